//! Horizontal bars: probabilities, accuracies, and histograms.

use super::canvas::fraction;
use super::number::labels;
use super::style::{Style, widest};

/// Draws labelled bars. A bar of the value `full` fills the part of the line that the labels leave
/// free. `text` formats the value.
pub fn bars(
    rows: &[(String, f64)],
    full: f64,
    text: impl Fn(f64) -> String,
    style: Style,
) -> String {
    let texts: Vec<String> = rows.iter().map(|(_, value)| text(*value)).collect();
    let (label_width, text_width) = (widest(rows.iter().map(|(label, _)| label)), widest(&texts));
    let room = style.width.saturating_sub(label_width + text_width + 4).clamp(1, 60);
    let side = style.pick('|', '│');
    let row = |((label, value), text): (&(String, f64), &String)| {
        let bar = bar((value / full).clamp(0.0, 1.0) * room as f64, style.unicode);
        let line = format!("{label:>label_width$} {text:>text_width$} {side}{bar}");
        format!("{}\n", line.trim_end())
    };
    rows.iter().zip(&texts).map(row).collect()
}

/// Returns a bar of this many cells, in Unicode to an eighth of a cell.
fn bar(length: f64, unicode: bool) -> String {
    if !unicode {
        return "#".repeat(length.round() as usize);
    }
    let eighths = (8.0 * length).round() as usize;
    let last = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"][eighths % 8];
    "█".repeat(eighths / 8) + last
}

/// Draws how many values lie in each of `bins` equal ranges between the smallest and the largest
/// value. A range includes its start; the last one also includes its end. The values are finite.
pub fn histogram(title: &str, values: &[f64], bins: usize, style: Style) -> String {
    let from = values.iter().copied().fold(f64::INFINITY, f64::min);
    let to = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    // Values that differ by little more than rounding share one bin: their labels would be the
    // same.
    let differ = to - from > 1e-8 * from.abs().max(to.abs());
    let (to, bins) = if differ { (to, bins) } else { (from, 1) };
    let mut counts = vec![0.0; bins];
    for &value in values {
        let share = fraction(value, (from, to));
        counts[((share * bins as f64) as usize).min(bins - 1)] += 1.0;
    }
    let edge = |i: usize| from * (1.0 - i as f64 / bins as f64) + to * (i as f64 / bins as f64);
    let edges = labels(&(0..=bins).map(edge).collect::<Vec<_>>(), 3);
    let ranges = edges.windows(2).map(|edge| format!("{} to {}", edge[0], edge[1]));
    let full = counts.iter().copied().fold(1.0, f64::max);
    let rows: Vec<_> = ranges.zip(counts).collect();
    format!("{title}\n{}", bars(&rows, full, |count| format!("{count}"), style))
}

#[cfg(test)]
mod tests;
