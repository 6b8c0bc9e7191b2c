//! Contours of a function of two numbers, and a path through them.

use super::canvas::{Canvas, NO_INK, ink};
use super::map::Axis;
use super::style::Style;

/// Draws contours of a function over a rectangle: the bands between neighbouring `levels`, every
/// other band dotted. On top is a path, `o` at each point and `S` at the first. Points outside are
/// left out.
///
/// The drawing is as wide as the style, up to 37 cells, and half as high, so that equal axes make a
/// square.
pub fn contours(
    title: &str,
    [x, y]: [Axis; 2],
    levels: &[f64],
    function: impl Fn(f64, f64) -> f64,
    path: &[(f64, f64)],
    style: Style,
) -> String {
    let columns = style.width.saturating_sub(8).clamp(10, 36) | 1;
    let rows = (columns / 2) | 1;
    let mut canvas = Canvas::new(columns, rows);
    (canvas.x, canvas.y) = ((x.from, x.to), (y.from, y.to));
    let at = |axis: Axis, cell: usize, cells: usize| {
        axis.from + (axis.to - axis.from) * cell as f64 / (cells - 1) as f64
    };
    let below = |column: usize, row: usize| {
        let value = function(at(x, column, columns), at(y, rows - 1 - row, rows));
        levels.iter().filter(|&&level| value < level).count()
    };
    for (row, column) in (0..rows).flat_map(|row| (0..columns).map(move |column| (row, column))) {
        if below(column, row) % 2 == 1 {
            canvas.put(column, row, style.pick('.', '░'), NO_INK);
        }
    }
    let within = |value: f64, axis: Axis| (axis.from..=axis.to).contains(&value);
    for (i, &(px, py)) in path.iter().enumerate().rev() {
        if within(px, x) && within(py, y) {
            let (column, row) = canvas.place(px, py);
            canvas.put(column, row, if i == 0 { 'S' } else { 'o' }, ink(0));
        }
    }
    canvas.framed(title, x.name, &[format!("up: {}", y.name)], style)
}

#[cfg(test)]
mod tests;
