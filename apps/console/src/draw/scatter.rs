//! Scatter plots: one letter per class, capital where the net is wrong.

use super::canvas::{Canvas, NO_INK, RED, ink, paint, span};
use super::style::Style;

/// A sample in a scatter plot.
#[derive(Clone, Copy, Debug)]
pub struct Point {
    /// The value along the x axis.
    pub x: f64,
    /// The value along the y axis.
    pub y: f64,
    /// The index of its class.
    pub class: usize,
    /// Whether the net predicts another class.
    pub wrong: bool,
}

/// Draws points over two inputs, named with their units. Each class has a small letter. A
/// misclassified point shows the capital letter, and a cell with points of several classes shows
/// `&`. Points that are not finite are left out.
///
/// # Panics
/// If the class of a point is not among `classes`.
#[track_caller]
pub fn scatter(
    x_name: &str,
    y_name: &str,
    classes: &[(char, &str)],
    points: &[Point],
    style: Style,
) -> String {
    let title = format!("{y_name} by {x_name}");
    let points: Vec<&Point> =
        points.iter().filter(|p| p.x.is_finite() && p.y.is_finite()).collect();
    let spans = (span(points.iter().map(|p| p.x)), span(points.iter().map(|p| p.y)));
    let (Some(x), Some(y)) = spans else { return format!("{title}\nno points to draw\n") };
    let mut canvas = Canvas::new(style.width.saturating_sub(20).max(10), 15);
    (canvas.x, canvas.y) = (x, y);
    let mut meeting = false;
    // Misclassified points are drawn last, so that nothing hides them.
    let (wrong, right): (Vec<&Point>, _) = points.iter().partition(|p| p.wrong);
    for point in right.iter().chain(&wrong) {
        let Some((column, row)) = canvas.place(point.x, point.y) else { continue };
        let letter = classes[point.class].0;
        let (mark, colour) = match canvas.get(column, row) {
            _ if point.wrong => (letter.to_ascii_uppercase(), RED),
            other if other == ' ' || other == letter => (letter, ink(point.class)),
            _ => ('&', NO_INK),
        };
        meeting |= mark == '&';
        canvas.put(column, row, mark, colour);
    }

    let name = |(i, (letter, name)): (usize, &(char, &str))| {
        format!("{} {name}", paint(&letter.to_string(), ink(i), style))
    };
    let mut legend: Vec<String> = classes.iter().enumerate().map(name).collect();
    if meeting {
        legend.push("& more than one".into());
    }
    if !wrong.is_empty() {
        legend.push(format!("{}: wrong ({})", paint("capital", RED, style), wrong.len()));
    }
    canvas.framed(&title, x_name, &legend, style)
}

#[cfg(test)]
mod tests;
