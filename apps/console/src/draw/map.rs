//! Maps of functions of two numbers: where a net draws its decision boundary, and the contours of a
//! loss.

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
    axes: [Axis; 2],
    probability: impl Fn(f64, f64) -> f64,
    points: &[(f64, f64, char)],
    style: Style,
) -> String {
    let shades: &[char] = style.pick(&[' ', '.', ':', '+', '*', '#'][..], &[' ', '░', '▓', '█']);
    let mut canvas = shaded(axes, style.width.saturating_sub(12), |x, y| {
        let p = probability(x, y);
        let level = (p * shades.len() as f64) as usize;
        if p.is_nan() { '?' } else { shades[level.min(shades.len() - 1)] }
    });
    let mut labels: Vec<char> = points.iter().map(|point| point.2).collect();
    labels.sort();
    labels.dedup();
    for &(x, y, label) in points {
        let Some((column, row)) = canvas.place(x, y) else { continue };
        // A blank on each side keeps the label readable on dark shades.
        for side in column.saturating_sub(1)..=(column + 1).min(canvas.columns - 1) {
            if !labels.contains(&canvas.get(side, row)) {
                canvas.put(side, row, ' ', NO_INK);
            }
        }
        let class = labels.iter().position(|other| *other == label).unwrap_or(0);
        canvas.put(column, row, label, ink(class));
    }
    let ramp: String = shades.iter().collect();
    let [x, y] = axes.map(|axis| axis.name);
    canvas.framed(title, x, &[format!("up: {y}"), format!("0 [{ramp}] 1")], style)
}

/// Draws contours of a function over a rectangle: the bands between neighbouring `levels`, every
/// other band dotted. On top is a path, `o` at each point and `S` at the first. Points outside are
/// left out. The drawing is as large as a [`map`].
pub fn contours(
    title: &str,
    axes: [Axis; 2],
    levels: &[f64],
    function: impl Fn(f64, f64) -> f64,
    path: &[(f64, f64)],
    style: Style,
) -> String {
    let mut canvas = shaded(axes, style.width.saturating_sub(8), |x, y| {
        let value = function(x, y);
        let above = levels.iter().filter(|&&level| value < level).count();
        if above % 2 == 1 { style.pick('.', '░') } else { ' ' }
    });
    for (i, &(x, y)) in path.iter().enumerate().rev() {
        if let Some((column, row)) = canvas.place(x, y) {
            canvas.put(column, row, if i == 0 { 'S' } else { 'o' }, ink(0));
        }
    }
    let [x, y] = axes.map(|axis| axis.name);
    canvas.framed(title, x, &[format!("up: {y}")], style)
}

/// Returns a canvas over a rectangle with the marks of its cells.
fn shaded([x, y]: [Axis; 2], width: usize, mark: impl Fn(f64, f64) -> char) -> Canvas {
    let columns = width.clamp(10, 36) | 1;
    let rows = (columns / 2) | 1;
    let mut canvas = Canvas::new(columns, rows);
    (canvas.x, canvas.y) = ((x.from, x.to), (y.from, y.to));
    let at = |axis: Axis, cell: usize, cells: usize| {
        let t = cell as f64 / (cells - 1) as f64;
        axis.from * (1.0 - t) + axis.to * t
    };
    for (row, column) in (0..rows).flat_map(|row| (0..columns).map(move |column| (row, column))) {
        let mark = mark(at(x, column, columns), at(y, rows - 1 - row, rows));
        canvas.put(column, row, mark, NO_INK);
    }
    canvas
}

#[cfg(test)]
mod tests;
