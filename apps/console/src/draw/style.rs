//! The style of drawings (width, Unicode or ASCII, colour or none), and text set side by side.

/// How to draw on standard output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    /// The largest number of columns in a line.
    pub width: usize,
    /// Whether to draw with box lines, blocks and braille dots instead of ASCII.
    pub unicode: bool,
    /// Whether to colour marks; drawings can be read without colour.
    pub colour: bool,
}

impl Style {
    /// 80 columns of ASCII without colour.
    pub fn plain() -> Style {
        Style { width: 80, unicode: false, colour: false }
    }

    /// What to draw with: ASCII or Unicode.
    pub(crate) fn pick<T>(self, ascii: T, unicode: T) -> T {
        if self.unicode { unicode } else { ascii }
    }

    /// Returns the same style with this width, for drawings side by side.
    pub fn with_width(self, width: usize) -> Style {
        Style { width, ..self }
    }
}

/// Sets texts side by side, two columns apart, as many in a row as fit into `width` columns. If a text
/// has several lines, an empty line separates the rows.
pub fn beside(blocks: &[String], width: usize) -> String {
    let widths: Vec<usize> = blocks.iter().map(|block| widest(block.lines())).collect();
    let columns = |count: usize| -> Vec<usize> {
        let column = |first| widths.iter().skip(first).step_by(count).copied().max().unwrap_or(0);
        (0..count).map(column).collect()
    };
    let fits = |&count: &usize| columns(count).iter().sum::<usize>() + 2 * (count - 1) <= width;
    let count = (1..=blocks.len()).rev().find(fits).unwrap_or(1);
    let columns = columns(count);
    let row = |row: &[String]| {
        let height = row.iter().map(|block| block.lines().count()).max().unwrap_or(0);
        let line = |y| {
            let (mut line, mut end) = (String::new(), 0);
            for (block, column) in row.iter().zip(&columns) {
                line += &" ".repeat(end - visible_width(&line));
                line += block.lines().nth(y).unwrap_or("");
                end += column + 2;
            }
            format!("{}\n", line.trim_end())
        };
        (0..height).map(line).collect()
    };
    let gap = if blocks.iter().any(|block| block.lines().nth(1).is_some()) { "\n" } else { "" };
    blocks.chunks(count).map(row).collect::<Vec<String>>().join(gap)
}

/// Returns the width of the widest text.
pub(crate) fn widest<T: AsRef<str>>(texts: impl IntoIterator<Item = T>) -> usize {
    texts.into_iter().map(|text| visible_width(text.as_ref())).max().unwrap_or(0)
}

/// Returns the number of columns that a line fills: its characters without colour codes (`ESC [ …
/// m`).
pub(crate) fn visible_width(line: &str) -> usize {
    let mut parts = line.split('\x1b');
    let plain = parts.next().map_or(0, |part| part.chars().count());
    plain + parts.map(|part| part.chars().skip_while(|&c| c != 'm').skip(1).count()).sum::<usize>()
}

#[cfg(test)]
mod tests;
