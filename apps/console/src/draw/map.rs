//! Maps of a probability over two inputs: where a net draws its decision boundary.

use super::canvas::{Canvas, NO_INK, ink};
use super::style::Style;

/// The range of an input, and its name with its unit.
#[derive(Clone, Copy, Debug)]
pub struct Axis<'a> {
    /// The name, with the unit if there is one: "petal length (cm)".
    pub name: &'a str,
    /// Where the axis starts.
    pub from: f64,
    /// Where it ends.
    pub to: f64,
}

/// Draws a probability over a rectangle in shades, lighter below 0.5, with labelled points `(x, y,
/// label)` on top.
///
/// The map is as wide as the style, up to 37 cells, and half as high, so that equal axes make a
/// square.
pub fn map(
    title: &str,
    [x, y]: [Axis; 2],
    probability: impl Fn(f64, f64) -> f64,
    points: &[(f64, f64, char)],
    style: Style,
) -> String {
    let shades: &[char] = style.pick(&[' ', '.', ':', '+', '*', '#'][..], &[' ', '░', '▓', '█']);
    let columns = style.width.saturating_sub(12).clamp(10, 36) | 1;
    let rows = (columns / 2) | 1;
    let mut canvas = Canvas::new(columns, rows);
    (canvas.x, canvas.y) = ((x.from, x.to), (y.from, y.to));
    for (row, column) in (0..rows).flat_map(|row| (0..columns).map(move |column| (row, column))) {
        let at = |axis: Axis, cell: usize, cells: usize| {
            let t = cell as f64 / (cells - 1) as f64;
            axis.from * (1.0 - t) + axis.to * t
        };
        let p = probability(at(x, column, columns), at(y, rows - 1 - row, rows));
        let level = (p * shades.len() as f64) as usize;
        let shade = if p.is_nan() { '?' } else { shades[level.min(shades.len() - 1)] };
        canvas.put(column, row, shade, NO_INK);
    }

    let mut labels: Vec<char> = points.iter().map(|point| point.2).collect();
    labels.sort();
    labels.dedup();
    let within = |value: f64, axis: Axis| (axis.from..=axis.to).contains(&value);
    for &(px, py, label) in points.iter().filter(|p| within(p.0, x) && within(p.1, y)) {
        let (column, row) = canvas.place(px, py);
        // A blank on each side keeps the label readable on dark shades.
        for side in column.saturating_sub(1)..=(column + 1).min(columns - 1) {
            if !labels.contains(&canvas.get(side, row)) {
                canvas.put(side, row, ' ', NO_INK);
            }
        }
        let class = labels.iter().position(|other| *other == label).unwrap_or(0);
        canvas.put(column, row, label, ink(class));
    }
    let ramp: String = shades.iter().collect();
    canvas.framed(title, x.name, &[format!("up: {}", y.name), format!("0 [{ramp}] 1")], style)
}

#[cfg(test)]
mod tests;
