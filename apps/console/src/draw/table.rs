//! Tables: published against measured, and confusion matrices.

use super::number::fixed;
use super::style::Style;

/// A table with a header; columns of numbers are aligned on the right, columns of words on the
/// left.
#[derive(Clone, Debug)]
pub struct Table {
    header: Vec<String>,
    /// The rows; an empty one is a rule.
    rows: Vec<Vec<String>>,
}

impl Table {
    /// A table of these columns.
    pub fn new<S: Into<String>>(header: impl IntoIterator<Item = S>) -> Table {
        Table { header: header.into_iter().map(Into::into).collect(), rows: Vec::new() }
    }

    /// Adds a row.
    ///
    /// # Panics
    /// If it has not as many cells as the header.
    #[track_caller]
    pub fn row<S: Into<String>>(&mut self, cells: impl IntoIterator<Item = S>) -> &mut Table {
        let cells: Vec<String> = cells.into_iter().map(Into::into).collect();
        let (found, columns) = (cells.len(), self.header.len());
        assert!(found == columns, "table: a row of {found} cells for {columns} columns");
        self.rows.push(cells);
        self
    }

    /// Adds a rule between the rows before and after.
    pub fn rule(&mut self) -> &mut Table {
        self.rows.push(Vec::new());
        self
    }

    /// The table as text. It is as wide as its cells need.
    pub fn draw(&self, style: Style) -> String {
        let lines = || std::iter::once(&self.header).chain(&self.rows);
        let width =
            |c: usize| lines().filter_map(|row| row.get(c)).map(|t| t.chars().count()).max();
        let widths: Vec<usize> = (0..self.header.len()).map(|c| width(c).unwrap_or(0)).collect();
        let body = |c: usize| self.rows.iter().filter_map(move |row| row.get(c));
        let numeric: Vec<bool> = (0..self.header.len())
            .map(|c| body(c).all(|text| is_numeric(text)) && body(c).any(|text| !text.is_empty()))
            .collect();
        let dash = if style.unicode { "─" } else { "-" };
        let rule = dash.repeat(widths.iter().sum::<usize>() + 2 * widths.len().saturating_sub(1));
        let line = |row: &Vec<String>| {
            if row.is_empty() {
                return rule.clone();
            }
            let cells = row.iter().zip(&widths).zip(&numeric).map(|((text, width), numeric)| {
                if *numeric { format!("{text:>width$}") } else { format!("{text:width$}") }
            });
            cells.collect::<Vec<_>>().join("  ").trim_end().to_string()
        };
        let mut text = format!("{}\n{rule}\n", line(&self.header));
        for row in &self.rows {
            text += &line(row);
            text.push('\n');
        }
        text
    }
}

/// Whether a cell holds one number, perhaps with a sign or a unit, or stands for a missing one.
fn is_numeric(text: &str) -> bool {
    let digits = text.trim_start_matches(['-', '−', '+', '±', '.', '<', '>', '≥', '≤', ' ']);
    let numbers = text.split(' ').filter(|word| word.parse::<f64>().is_ok()).count();
    let one = text.contains('±') || numbers <= 1;
    one && (digits.is_empty() || digits.starts_with(|c: char| c.is_ascii_digit()) || numbers == 1)
}

/// A confusion matrix: a row for each true class, a column for each predicted one, no count shown
/// as a dot; with the recall of each class at the end of its row and the precision at the foot of
/// its column, in percent.
///
/// # Panics
/// If `counts` is not square with one row per class.
#[track_caller]
pub fn confusion(classes: &[&str], counts: &[impl AsRef<[usize]>], style: Style) -> String {
    let counts: Vec<&[usize]> = counts.iter().map(AsRef::as_ref).collect();
    let k = classes.len();
    assert!(
        counts.len() == k && counts.iter().all(|row| row.len() == k),
        "confusion: {k} classes, counts of another shape"
    );
    let share = |part: usize, whole: usize| match (part, whole) {
        (_, 0) => "-".to_string(),
        _ if part == whole => "100".to_string(),
        // A class with mistakes is never rounded up to 100.0.
        _ => fixed((100.0 * part as f64 / whole as f64).min(99.9), 1),
    };
    // All classes get columns of one width, which holds a percentage.
    let width = classes.iter().map(|name| name.chars().count()).max().unwrap_or(0).max(4);
    let mut header = vec!["true".to_string()];
    header.extend(classes.iter().map(|name| format!("{name:>width$}")));
    header.push("recall".into());
    let mut table = Table::new(header);
    for (i, row) in counts.iter().enumerate() {
        let count = |&count: &usize| if count == 0 { ".".to_string() } else { count.to_string() };
        let mut cells = vec![classes[i].to_string()];
        cells.extend(row.iter().map(count));
        cells.push(share(row[i], row.iter().sum()));
        table.row(cells);
    }
    let mut cells = vec!["precision".to_string()];
    cells.extend((0..k).map(|j| share(counts[j][j], counts.iter().map(|row| row[j]).sum())));
    cells.push(String::new());
    table.rule().row(cells);
    let title = "rows: true, columns: predicted; recall and precision in %";
    format!("{title}\n{}", table.draw(style))
}

#[cfg(test)]
mod tests;
