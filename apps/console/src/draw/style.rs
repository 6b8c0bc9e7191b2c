//! How to draw: the width, Unicode or ASCII, colour or none; and text set side by side.

/// How to draw on standard output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    /// The number of columns that a line may fill.
    pub width: usize,
    /// Whether to draw with box lines, blocks and braille dots instead of ASCII.
    pub unicode: bool,
    /// Whether to colour marks; everything can be read without it.
    pub colour: bool,
}

impl Style {
    /// 80 columns of ASCII without colour.
    pub fn plain() -> Style {
        Style { width: 80, unicode: false, colour: false }
    }

    /// The same style in `width` columns: for drawings that stand side by side.
    pub fn with_width(self, width: usize) -> Style {
        Style { width, ..self }
    }
}

/// Texts of several lines set side by side, as many in a row as `width` columns hold, two columns
/// apart.
pub fn beside(blocks: &[String], width: usize) -> String {
    let widths: Vec<usize> =
        blocks.iter().map(|block| block.lines().map(visible_width).max().unwrap_or(0)).collect();
    let column_widths = |count: usize| -> Vec<usize> {
        let column = |start| widths.iter().skip(start).step_by(count).copied().max().unwrap_or(0);
        (0..count).map(column).collect()
    };
    let fits =
        |count: &usize| column_widths(*count).iter().sum::<usize>() + 2 * (count - 1) <= width;
    let count = (1..=blocks.len()).rev().find(fits).unwrap_or(1);
    let columns = column_widths(count);

    let mut text = String::new();
    for (i, row) in blocks.chunks(count).enumerate() {
        if i > 0 {
            text.push('\n');
        }
        let height = row.iter().map(|block| block.lines().count()).max().unwrap_or(0);
        for y in 0..height {
            let mut line = String::new();
            let mut end = 0;
            for (block, column) in row.iter().zip(&columns) {
                let part = block.lines().nth(y).unwrap_or("");
                line += &" ".repeat(end - visible_width(&line));
                line += part;
                end += column + 2;
            }
            text += line.trim_end();
            text.push('\n');
        }
    }
    text
}

/// The columns that a line fills: its characters without colour codes (`ESC [ … m`).
pub(crate) fn visible_width(line: &str) -> usize {
    let mut parts = line.split('\x1b');
    let plain = parts.next().map_or(0, |part| part.chars().count());
    plain + parts.map(|part| part.chars().skip_while(|&c| c != 'm').skip(1).count()).sum::<usize>()
}

/// Items one after the other, two columns apart, broken into lines of `width` columns.
pub(crate) fn flow(items: &[String], width: usize) -> String {
    let mut text = String::new();
    let mut column = 0;
    for item in items {
        let item_width = visible_width(item);
        if column > 0 && column + 2 + item_width > width {
            text.push('\n');
            column = 0;
        } else if column > 0 {
            text += "  ";
            column += 2;
        }
        text += item;
        column += item_width;
    }
    text.push('\n');
    text
}

#[cfg(test)]
mod tests;
