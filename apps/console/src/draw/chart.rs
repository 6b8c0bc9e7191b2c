//! Line charts: how a loss falls and an accuracy rises.

use super::canvas::{Canvas, ink, span};
use super::style::Style;
use std::ops::RangeInclusive;

const MARKS: [char; 6] = ['*', '+', 'o', 'x', '#', '%'];

/// A line chart of one or more series over the same range of x.
///
/// A series longer than the chart is wide is averaged column by column; the values of a shorter one
/// are joined by straight lines. Values that are not finite (on a log scale also those not above 0)
/// leave a gap and are counted under the chart.
#[derive(Clone, Debug)]
pub struct LineChart<'a> {
    y_name: &'a str,
    x_name: &'a str,
    x: RangeInclusive<usize>,
    series: Vec<(&'a str, &'a [f64])>,
    log: bool,
}

impl<'a> LineChart<'a> {
    /// Creates an empty chart of `y_name` against `x_name`. The first value of a series is drawn at
    /// the start of `x`, the last at its end.
    pub fn new(y_name: &'a str, x_name: &'a str, x: RangeInclusive<usize>) -> LineChart<'a> {
        LineChart { y_name, x_name, x, series: Vec::new(), log: false }
    }

    /// Adds a series. Where series meet, the later one is on top.
    pub fn series(mut self, name: &'a str, values: &'a [f64]) -> LineChart<'a> {
        self.series.push((name, values));
        self
    }

    /// Uses a log scale for y. Columns are then averages of logarithms.
    pub fn log_scale(mut self) -> LineChart<'a> {
        self.log = true;
        self
    }

    /// Returns the chart as text: 11 rows high, and 60 columns wide on a line of 80.
    pub fn draw(&self, style: Style) -> String {
        let scale = if self.log { ", log scale" } else { "" };
        let title = format!("{} by {}{scale}", self.y_name, self.x_name);
        let mut canvas = Canvas::new(style.width.saturating_sub(20).max(10), 11);
        let height = |&value: &f64| if self.log { value.log10() } else { value };
        let series = self.series.iter();
        let heights: Vec<Vec<f64>> =
            series.map(|(_, values)| values.iter().map(height).collect()).collect();
        let (columns, rows) = style.pick((canvas.columns, 11), (2 * canvas.columns, 44));
        let curves: Vec<_> = heights.iter().map(|values| resample(values, columns)).collect();
        let Some(range) = span(curves.iter().flatten().flatten().copied()) else {
            return format!("{title}\nno values to draw\n");
        };
        canvas.x = (*self.x.start() as f64, *self.x.end() as f64);
        (canvas.y, canvas.log) = (range, self.log);
        for (i, curve) in curves.iter().enumerate() {
            let rows: Vec<_> = curve.iter().map(|y| y.map(|y| canvas.row(y, rows))).collect();
            trace(&mut canvas, i, &rows, style);
        }
        let mut text = canvas.framed(&title, self.x_name, &self.legend(style), style);
        let left_out = heights.iter().flatten().filter(|height| !height.is_finite()).count();
        if left_out > 0 {
            let kind = if self.log { "finite and above 0" } else { "finite" };
            text += &format!("not {kind}, left out: {left_out}\n");
        }
        text
    }

    /// Returns the legend; `None` for a single series, which the title names.
    fn legend(&self, style: Style) -> Vec<String> {
        let sample = |i: usize| {
            let mut canvas = Canvas::new(5, 1);
            trace(&mut canvas, i, style.pick(&[Some(0)][..], &[Some(1); 10]), style);
            canvas.lines(style).concat()
        };
        let entry = |(i, (name, _)): (usize, &(&str, &[f64]))| format!("{} {name}", sample(i));
        let several = self.series.len() > 1;
        self.series.iter().enumerate().filter(|_| several).map(entry).collect()
    }
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
