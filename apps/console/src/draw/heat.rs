//! Pictures of pixels and of weights, two rows of pixels to a row of characters.

use super::canvas::{Canvas, NO_INK, RED, ink};
use super::style::Style;

/// Draws a picture with `columns` pixels per row, 0 (paper) to 255 (ink), without the outer
/// `margin` pixels on every side.
///
/// # Panics
/// If `columns` does not divide the number of pixels, or the margins leave nothing.
#[track_caller]
pub fn picture(pixels: &[u8], columns: usize, margin: usize, style: Style) -> String {
    const ASCII: [char; 10] = [' ', '.', ':', '-', '=', '+', '*', '#', '%', '@'];
    const BLOCKS: [char; 5] = [' ', '░', '▒', '▓', '█'];
    draw(pixels, columns, margin, style, |upper, lower| {
        let (upper, lower) = (usize::from(upper), usize::from(lower));
        let shade = |shades: &[char]| shades[(upper + lower) * shades.len() / 511];
        let mark = match style.unicode && upper.abs_diff(lower) > 127 {
            true if upper > lower => '▀',
            true => '▄',
            false => shade(style.pick(&ASCII[..], &BLOCKS)),
        };
        (mark, NO_INK)
    })
}

/// Draws weights in rows of `columns`, without the outer `margin` on every side: `#` and `+` above
/// 0, `=` and `-` below, blank near 0. Sizes are relative to the largest weight.
///
/// # Panics
/// As [`picture`].
#[track_caller]
pub fn weights(values: &[f64], columns: usize, margin: usize, style: Style) -> String {
    let largest = values.iter().filter(|v| v.is_finite()).fold(0.0_f64, |m, v| m.max(v.abs()));
    let [plus, plus2, minus, minus2] = style.pick(['+', '#', '-', '='], ['▒', '█', '─', '═']);
    draw(values, columns, margin, style, |upper, lower| {
        match (upper / 2.0 + lower / 2.0) / largest.max(f64::MIN_POSITIVE) {
            w if w > 0.5 => (plus2, ink(0)),
            w if w > 0.15 => (plus, ink(0)),
            w if w < -0.5 => (minus2, RED),
            w if w < -0.15 => (minus, RED),
            w if w.is_nan() => ('?', NO_INK),
            _ => (' ', NO_INK),
        }
    })
}

/// Draws one character for two values, one above the other. If the number of rows is odd, the last
/// row is paired with itself.
#[track_caller]
fn draw<T: Copy>(
    values: &[T],
    columns: usize,
    margin: usize,
    style: Style,
    mark: impl Fn(T, T) -> (char, u8),
) -> String {
    let rows = values.len() / columns.max(1);
    assert!(
        rows * columns == values.len() && 2 * margin < rows.min(columns),
        "picture: {} values in rows of {columns}, margin {margin}",
        values.len()
    );
    let mut canvas = Canvas::new(columns - 2 * margin, (rows - 2 * margin).div_ceil(2));
    for (y, x) in (0..canvas.rows).flat_map(|y| (0..columns - 2 * margin).map(move |x| (y, x))) {
        let value = |row: usize| values[row.min(rows - margin - 1) * columns + margin + x];
        let (mark, ink) = mark(value(margin + 2 * y), value(margin + 2 * y + 1));
        canvas.put(x, y, mark, ink);
    }
    canvas.lines(style).join("\n") + "\n"
}

#[cfg(test)]
mod tests;
