//! Line charts: how a loss falls and an accuracy rises.

use super::canvas::{Canvas, ink, span};
use super::style::Style;

const MARKS: [char; 6] = ['*', '+', 'o', 'x', '#', '%'];

/// A series of values with its name.
pub type Series<'a> = (&'a str, &'a [f64]);

/// Draws a line chart of one or more series, 11 rows high, and 60 columns wide on a line of 80. `names`
/// are those of y and of x. The first value of a series is drawn at x = 1, the last at x = `n`. Where
/// series meet, the later one is on top.
///
/// A series longer than the chart is wide is averaged column by column; the values of a shorter one
/// are joined by straight lines. Values that are not finite leave a gap and are counted under the
/// chart.
pub fn chart(names: [&str; 2], n: usize, series: &[Series], style: Style) -> String {
    draw(names, n, series, false, style)
}

/// Draws a [`chart`] with a log scale for y. Columns are then averages of logarithms, and values not
/// above 0 leave a gap, too.
pub fn log_chart(names: [&str; 2], n: usize, series: &[Series], style: Style) -> String {
    draw(names, n, series, true, style)
}

fn draw([y, x]: [&str; 2], n: usize, series: &[Series], log: bool, style: Style) -> String {
    let title = format!("{y} by {x}{}", if log { ", log scale" } else { "" });
    let mut canvas = Canvas::new(style.width.saturating_sub(20).max(10), 11);
    let height = |&value: &f64| if log { value.log10() } else { value };
    let heights: Vec<Vec<f64>> =
        series.iter().map(|(_, values)| values.iter().map(height).collect()).collect();
    let (columns, rows) = style.pick((canvas.columns, 11), (2 * canvas.columns, 44));
    let curves: Vec<_> = heights.iter().map(|values| resample(values, columns)).collect();
    let Some(range) = span(curves.iter().flatten().flatten().copied()) else {
        return format!("{title}\nno values to draw\n");
    };
    (canvas.x, canvas.y, canvas.log) = ((1.0, n as f64), range, log);
    for (i, curve) in curves.iter().enumerate() {
        let rows: Vec<_> = curve.iter().map(|y| y.map(|y| canvas.row(y, rows))).collect();
        trace(&mut canvas, i, &rows, style);
    }
    let mut text = canvas.framed(&title, x, &legend(series, style), style);
    let left_out = heights.iter().flatten().filter(|height| !height.is_finite()).count();
    if left_out > 0 {
        let kind = if log { "finite and above 0" } else { "finite" };
        text += &format!("not {kind}, left out: {left_out}\n");
    }
    text
}

/// Returns the legend; nothing for a single series, which the title names.
fn legend(series: &[Series], style: Style) -> Vec<String> {
    let entry = |(i, (name, _)): (usize, &Series)| {
        let mut canvas = Canvas::new(5, 1);
        trace(&mut canvas, i, style.pick(&[Some(0)][..], &[Some(1); 10]), style);
        format!("{} {name}", canvas.lines(style).concat())
    };
    let several = series.len() > 1;
    series.iter().enumerate().filter(|_| several).map(entry).collect()
}

/// Draws a curve: one character per column, or braille dots. In dots the first curve is solid, the
/// next ones are dashed, dotted, and dash-dotted.
fn trace(canvas: &mut Canvas, series: usize, rows: &[Option<usize>], style: Style) {
    let visible = |x: usize| match series % 4 {
        0 => true,
        1 => x % 8 < 5,
        2 => x.is_multiple_of(3),
        _ => x % 10 < 5 || x % 10 == 7,
    };
    let mut before = None;
    for (x, &row) in rows.iter().enumerate() {
        match row {
            Some(y) if !style.unicode => {
                canvas.put(x, y, MARKS[series % MARKS.len()], ink(series));
            }
            Some(y) if visible(x) => {
                // A steep curve stays connected: this column starts one dot beyond the last dot
                // before it.
                let start = match before {
                    Some(last) if last < y => last + 1,
                    Some(last) if last > y => last - 1,
                    _ => y,
                };
                (start.min(y)..=start.max(y)).for_each(|y| canvas.put_dot(x, y, ink(series)));
            }
            _ => {}
        }
        before = row;
    }
}

/// Returns one value per column: averages of a long series, linear interpolation of a short one,
/// `None` where the series is not finite.
fn resample(values: &[f64], columns: usize) -> Vec<Option<f64>> {
    let n = values.len();
    if n > columns {
        let mean = |part: &[f64]| {
            let finite = || part.iter().filter(|v| v.is_finite());
            let count = finite().count() as f64;
            (count > 0.0).then(|| finite().map(|v| v / count).sum())
        };
        let part = |c: usize| &values[c * n / columns..(c + 1) * n / columns];
        return (0..columns).map(|c| mean(part(c))).collect();
    }
    let finite = |i: usize| values.get(i).copied().filter(|v| v.is_finite());
    // Infinite for a single value, which is then in the first column.
    let step = (columns - 1) as f64 / n.saturating_sub(1) as f64;
    let at = |c: usize| {
        let position = c as f64 / step;
        let nearest = position.round();
        if (nearest * step).round() as usize == c {
            return finite(nearest as usize);
        }
        let (left, share) = (position as usize, position.fract());
        Some(finite(left)? * (1.0 - share) + finite(left + 1)? * share)
    };
    (0..columns).map(at).collect()
}

#[cfg(test)]
mod tests;
