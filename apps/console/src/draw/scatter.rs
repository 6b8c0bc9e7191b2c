//! Scatter plots: one letter per class, capital where the net is wrong.

use super::canvas::{Canvas, NO_INK, RED, ink, paint, span};
use super::style::Style;

/// Draws points `(x, y, letter)` over two inputs, named with their units. Each class has a small
/// letter. A misclassified point has the capital letter, and a cell with points of several classes
/// shows `&`.
pub fn scatter(
    x_name: &str,
    y_name: &str,
    classes: &[(char, &str)],
    points: &[(f64, f64, char)],
    style: Style,
) -> String {
    let title = format!("{y_name} by {x_name}");
    let spans = (span(points.iter().map(|p| p.0)), span(points.iter().map(|p| p.1)));
    let (Some(x), Some(y)) = spans else { return format!("{title}\nno points to draw\n") };
    let mut canvas = Canvas::new(style.width.saturating_sub(20).max(10), 15);
    (canvas.x, canvas.y) = (x, y);
    let mut meeting = false;
    // Misclassified points are drawn last, so that nothing hides them.
    let (wrong, right): (Vec<_>, Vec<_>) = points.iter().partition(|p| p.2.is_uppercase());
    for &&(x, y, letter) in right.iter().chain(&wrong) {
        let Some((column, row)) = canvas.place(x, y) else { continue };
        let class = classes.iter().position(|class| class.0 == letter);
        let (mark, colour) = match (class, canvas.get(column, row)) {
            (None, _) => (letter, RED),
            (Some(class), other) if [' ', letter].contains(&other) => (letter, ink(class)),
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
