//! Line charts: how a loss falls and an accuracy rises.

use super::canvas::{Canvas, cell, fraction, ink, span};
use super::number::labels;
use super::style::Style;
use std::ops::RangeInclusive;

const MARKS: [char; 6] = ['*', '+', 'o', 'x', '#', '%'];

/// A line chart of one or more series over the same range of x.
///
/// A series that is longer than the chart is wide is averaged column by column, a shorter one is
/// drawn with straight lines between its values. Values that are not finite, on a log scale also
/// those that are not above 0, leave a gap and are counted under the chart.
#[derive(Clone, Debug)]
pub struct LineChart<'a> {
    y_name: &'a str,
    x_name: &'a str,
    x: RangeInclusive<usize>,
    series: Vec<(&'a str, &'a [f64])>,
    log: bool,
}

impl<'a> LineChart<'a> {
    /// An empty chart of `y_name` by `x_name`; the first value of a series belongs to the start of
    /// `x`, the last to its end.
    pub fn new(y_name: &'a str, x_name: &'a str, x: RangeInclusive<usize>) -> LineChart<'a> {
        LineChart { y_name, x_name, x, series: Vec::new(), log: false }
    }

    /// Adds a series. Where series meet, the later one is on top.
    pub fn series(mut self, name: &'a str, values: &'a [f64]) -> LineChart<'a> {
        self.series.push((name, values));
        self
    }

    /// Draws the logarithm of y, and averages logarithms.
    pub fn log_scale(mut self) -> LineChart<'a> {
        self.log = true;
        self
    }

    /// The chart as text, 11 rows high; 60 columns wide on a line of 80.
    pub fn draw(&self, style: Style) -> String {
        let scale = if self.log { ", log scale" } else { "" };
        let title = format!("{} by {}{scale}", self.y_name, self.x_name);
        let mut canvas = Canvas::new(style.width.saturating_sub(20).max(10), 11);
        let columns = if style.unicode { 2 * canvas.columns } else { canvas.columns };
        let height = |value: f64| if self.log { value.log10() } else { value };
        let curves: Vec<Vec<Option<f64>>> = self
            .series
            .iter()
            .map(|(_, values)| {
                resample(&values.iter().map(|&v| height(v)).collect::<Vec<_>>(), columns)
            })
            .collect();
        let Some((bottom, top)) = span(curves.iter().flatten().flatten().copied()) else {
            return format!("{title}\nno values to draw\n");
        };
        for (i, curve) in curves.iter().enumerate() {
            let rows = |rows| {
                let row = move |y: f64| rows - 1 - cell(fraction(y, (bottom, top)), rows);
                curve.iter().map(move |y| y.map(row))
            };
            if style.unicode {
                dots(&mut canvas, i, rows(44));
            } else {
                for (x, y) in rows(11).enumerate() {
                    y.into_iter().for_each(|y| canvas.put(x, y, MARKS[i % MARKS.len()], ink(i)));
                }
            }
        }

        let y = [bottom, bottom / 2.0 + top / 2.0, top];
        let y = labels(&y.map(|y| if self.log { 10_f64.powf(y) } else { y }), 4);
        let x = [&self.x.start().to_string(), self.x_name, &self.x.end().to_string()];
        let mut text = canvas.framed(&title, &y, x, &self.legend(style), style);
        let drawn = |value: &&f64| height(**value).is_finite();
        let all = self.series.iter().flat_map(|(_, values)| *values);
        let left_out = all.clone().count() - all.filter(drawn).count();
        if left_out > 0 {
            let kind = if self.log { "finite and above 0" } else { "finite" };
            text += &format!("not {kind}, left out: {left_out}\n");
        }
        text
    }

    /// What each mark means; nothing for a single series, which the title names.
    fn legend(&self, style: Style) -> Vec<String> {
        let sample = |i: usize| {
            let mut canvas = Canvas::new(5, 1);
            if style.unicode {
                dots(&mut canvas, i, (0..10).map(|_| Some(1)));
            } else {
                canvas.put(0, 0, MARKS[i % MARKS.len()], ink(i));
            }
            canvas.lines(style).concat()
        };
        let entry = |(i, (name, _)): (usize, &(&str, &[f64]))| format!("{} {name}", sample(i));
        let several = self.series.len() > 1;
        self.series.iter().enumerate().filter(|_| several).map(entry).collect()
    }
}

/// Draws a curve in braille dots; the first is solid, the next dashed, dotted, and of dashes and
/// dots.
fn dots(canvas: &mut Canvas, series: usize, rows: impl Iterator<Item = Option<usize>>) {
    let visible = |x: usize| match series % 4 {
        0 => true,
        1 => x % 8 < 5,
        2 => x.is_multiple_of(3),
        _ => x % 10 < 5 || x % 10 == 7,
    };
    let mut before = None;
    for (x, row) in rows.enumerate() {
        if let (Some(y), true) = (row, visible(x)) {
            // A steep curve stays connected: the column begins one dot beyond the last one.
            let start = match before {
                Some(last) if last < y => last + 1,
                Some(last) if last > y => last - 1,
                _ => y,
            };
            (start.min(y)..=start.max(y)).for_each(|y| canvas.put_dot(x, y, ink(series)));
        }
        before = row;
    }
}

/// One value per column: averages of a long series, straight lines between the values of a short
/// one, nothing where the series is not finite.
fn resample(values: &[f64], columns: usize) -> Vec<Option<f64>> {
    let n = values.len();
    if n > columns {
        let mean = |part: &[f64]| {
            let finite = || part.iter().filter(|v| v.is_finite());
            let count = finite().count() as f64;
            (count > 0.0).then(|| finite().map(|v| v / count).sum())
        };
        return (0..columns)
            .map(|c| mean(&values[c * n / columns..(c + 1) * n / columns]))
            .collect();
    }
    let finite = |i: usize| values.get(i).copied().filter(|v| v.is_finite());
    if n < 2 {
        return (0..columns).map(finite).collect();
    }
    let step = (columns - 1) as f64 / (n - 1) as f64;
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
