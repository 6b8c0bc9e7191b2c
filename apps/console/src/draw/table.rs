//! Tables: published against measured, and confusion matrices.

use super::number::fixed;
use super::style::{Style, widest};
use std::cmp::Reverse;

/// A table with a header. Columns of numbers are aligned on the right, columns of words on the
/// left.
#[derive(Clone, Debug)]
pub struct Table {
    header: Vec<String>,
    /// The rows; an empty one is a rule.
    rows: Vec<Vec<String>>,
}

impl Table {
    /// Creates a table with these columns.
    pub fn new<S: Into<String>>(header: impl IntoIterator<Item = S>) -> Table {
        Table { header: header.into_iter().map(Into::into).collect(), rows: Vec::new() }
    }

    /// Adds a row.
    ///
    /// # Panics
    /// If the row does not have as many cells as the header.
    #[track_caller]
    pub fn row<S: Into<String>>(&mut self, cells: impl IntoIterator<Item = S>) -> &mut Table {
        let cells: Vec<String> = cells.into_iter().map(Into::into).collect();
        let (found, columns) = (cells.len(), self.header.len());
        assert!(found == columns, "table: a row of {found} cells for {columns} columns");
        self.rows.push(cells);
        self
    }

    /// Adds a horizontal rule after the rows so far.
    pub fn rule(&mut self) -> &mut Table {
        self.rows.push(Vec::new());
        self
    }

    /// Returns the table as text, as wide as its cells need.
    pub fn draw(&self, style: Style) -> String {
        let column = |c: usize| self.rows.iter().filter_map(move |row| row.get(c));
        let columns = self.header.iter().enumerate().map(|(c, name)| {
            let is_numeric =
                column(c).all(|text| is_numeric(text)) && column(c).any(|text| !text.is_empty());
            (widest(column(c).chain([name])), is_numeric)
        });
        let columns: Vec<(usize, bool)> = columns.collect();
        let rule = columns.iter().map(|(width, _)| width + 2).sum::<usize>().saturating_sub(2);
        let rule = style.pick("-", "─").repeat(rule);
        let line = |row: &Vec<String>| {
            if row.is_empty() {
                return format!("{rule}\n");
            }
            let cells = row.iter().zip(&columns).map(|(text, &(width, is_numeric))| {
                if is_numeric { format!("{text:>width$}") } else { format!("{text:width$}") }
            });
            format!("{}\n", cells.collect::<Vec<_>>().join("  ").trim_end())
        };
        let rows: String = self.rows.iter().map(line).collect();
        format!("{}{rule}\n{rows}", line(&self.header))
    }
}

/// Whether a cell holds one number, with or without a sign or a unit, or marks a missing number.
fn is_numeric(text: &str) -> bool {
    let digits = text.trim_start_matches(['-', '−', '+', '±', '.', '<', '>', '≥', '≤', ' ']);
    let numbers = text.split(' ').filter(|word| word.parse::<f64>().is_ok()).count();
    let one = text.contains('±') || numbers <= 1;
    one && (digits.is_empty() || digits.starts_with(|c: char| c.is_ascii_digit()) || numbers == 1)
}

/// Draws a confusion matrix: a row for each true class, a column for each predicted class, a dot
/// for a count of 0. The recall of each class stands at the end of its row, the precision at the
/// foot of its column, in percent. If there are too many classes for a matrix, the most frequent
/// mistakes are listed instead.
pub fn confusion(classes: &[&str], counts: &[Vec<usize>], style: Style) -> String {
    let k = classes.len();
    let share = |part: usize, whole: usize| match (part, whole) {
        (_, 0) => "-".to_string(),
        _ if part == whole => "100".to_string(),
        // The share of a class with mistakes is never rounded up to 100.0.
        _ => fixed((100.0 * part as f64 / whole as f64).min(99.9), 1),
    };
    // All classes get columns of the same width, wide enough for a percentage.
    let width = widest(classes).max(4);
    let text = |text: &str| vec![text.to_string()];
    let names = classes.iter().map(|name| format!("{name:>width$}")).collect();
    let mut table = Table::new([text("true"), names, text("recall")].concat());
    let count = |&count: &usize| if count == 0 { ".".to_string() } else { count.to_string() };
    for (i, row) in counts.iter().enumerate() {
        let recall = share(row[i], row.iter().sum());
        table.row([text(classes[i]), row.iter().map(count).collect(), vec![recall]].concat());
    }
    let precision = |j: usize| share(counts[j][j], counts.iter().map(|row| row[j]).sum());
    let cells = [text("precision"), (0..k).map(precision).collect(), text("")].concat();
    table.rule().row(cells);
    let title = "rows: true, columns: predicted; recall and precision in %";
    let matrix = table.draw(style);
    match matrix.lines().all(|line| line.chars().count() <= style.width) {
        true => format!("{title}\n{matrix}"),
        false => frequent_mistakes(classes, counts, style),
    }
}

/// Lists the ten most frequent mistakes.
fn frequent_mistakes(classes: &[&str], counts: &[Vec<usize>], style: Style) -> String {
    let k = classes.len();
    let count = |pair: usize| counts[pair / k][pair % k];
    let is_mistake = |&pair: &usize| pair / k != pair % k && count(pair) > 0;
    let mut mistakes: Vec<usize> = (0..k * k).filter(is_mistake).collect();
    mistakes.sort_by_key(|&pair| Reverse(count(pair)));
    let mut table = Table::new(["true", "read as", "images"]);
    for &pair in mistakes.iter().take(10) {
        table.row([classes[pair / k], classes[pair % k], &count(pair).to_string()]);
    }
    format!("the most frequent mistakes\n{}", table.draw(style))
}

#[cfg(test)]
mod tests;
