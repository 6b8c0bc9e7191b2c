//! Maps of a probability over two inputs: where a net draws its decision boundary.

use super::canvas::{Canvas, Frame, NO_INK, cell, ends, fraction, ink};
use super::number::axis_labels;
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

/// A probability over a rectangle in shades, the lighter half below 0.5, with labelled points `(x,
/// y, label)` on top.
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
    let shades: &[char] =
        if style.unicode { &[' ', '░', '▓', '█'] } else { &[' ', '.', ':', '+', '*', '#'] };
    let columns = style.width.saturating_sub(12).clamp(10, 36) | 1;
    let mut canvas = Canvas::new(columns, (columns / 2) | 1);
    for row in 0..canvas.rows {
        for column in 0..columns {
            let along = |cell: usize, cells: usize| cell as f64 / (cells - 1) as f64;
            let at = |axis: Axis, t: f64| axis.from * (1.0 - t) + axis.to * t;
            let p =
                probability(at(x, along(column, columns)), at(y, 1.0 - along(row, canvas.rows)));
            let level = (p * shades.len() as f64) as usize;
            let shade = if p.is_nan() { '?' } else { shades[level.min(shades.len() - 1)] };
            canvas.put(column, row, shade, NO_INK);
        }
    }

    let mut labels: Vec<char> = points.iter().map(|point| point.2).collect();
    labels.sort();
    labels.dedup();
    let inside = points.iter().filter(|p| {
        let within =
            |value: f64, axis: Axis| (0.0..=1.0).contains(&fraction(value, axis.from, axis.to));
        within(p.0, x) && within(p.1, y)
    });
    for &(px, py, label) in inside {
        let column = cell(fraction(px, x.from, x.to), columns);
        let row = canvas.rows - 1 - cell(fraction(py, y.from, y.to), canvas.rows);
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
    let frame = Frame {
        title: title.to_string(),
        y: axis_labels(y.from, y.to),
        x: ends(x.name, x.from, x.to),
        legend: vec![format!("up: {}", y.name), format!("0 [{ramp}] 1")],
    };
    frame.draw(&canvas, style)
}

#[cfg(test)]
mod tests;
