//! Drawings: a picture of the characters -, |, +, < and > in a text block becomes an SVG with lines
//! and the words of the picture.

use crate::html::escape;
use lines::letters::identifiers;
use std::fmt::Write as _;

/// The width and height of a character.
const CELL: (f64, f64) = (7.8, 17.0);

/// The characters of a picture, with spaces around them.
struct Grid<'a>(Vec<Vec<char>>, &'a dyn Fn(&str) -> bool);

/// The lines of a block as SVG, if they are a drawing: without a command, and with `--` in it.
/// Words that are `known` letters are marked with their names in Rust.
pub(crate) fn svg(lines: &[String], known: &dyn Fn(&str) -> bool) -> Option<String> {
    let command = lines.first()?.starts_with("$ ");
    if command || !lines.iter().any(|line| line.contains("--")) {
        return None;
    }
    let grid = Grid(lines.iter().map(|line| line.chars().collect()).collect(), known);
    let width = lines.iter().map(|line| line.chars().count()).max()? as f64 * CELL.0;
    let height = lines.len() as f64 * CELL.1;
    let (mut path, mut heads, mut words) = (String::new(), String::new(), String::new());
    for row in 0..lines.len() {
        for col in (0..grid.0[row].len()).filter(|&col| grid.is_line(row, col)) {
            grid.strokes(row, col, &mut path, &mut heads);
        }
        words += &grid.words(row);
    }
    let label: Vec<&str> = lines.iter().flat_map(|line| line.split_whitespace()).collect();
    let label = label.into_iter().filter(|word| word.chars().any(char::is_alphanumeric));
    Some(format!(
        "<figure class=\"wide drawing\">\n<svg viewBox=\"0 0 {width:.0} {height:.0}\" role=\"img\" aria-label=\"{}\" \
         style=\"--width:{width:.0}px\">\n<path class=\"strokes\" d=\"{path}\"/>\n<path class=\"heads\" d=\"{heads}\"/>\n{words}</svg>\n</figure>\n",
        escape(&label.collect::<Vec<_>>().join(" "))
    ))
}

impl Grid<'_> {
    fn at(&self, row: usize, col: usize) -> char {
        self.0.get(row).and_then(|row| row.get(col)).copied().unwrap_or(' ')
    }

    /// The characters at the left, at the right, above and below.
    fn around(&self, row: usize, col: usize) -> [char; 4] {
        let before = |at: usize| at.checked_sub(1).unwrap_or(usize::MAX);
        let [left, above] = [self.at(row, before(col)), self.at(before(row), col)];
        [left, self.at(row, col + 1), above, self.at(row + 1, col)]
    }

    /// Whether a character is a part of a line: not the minus of −0.5, nor a sum's plus.
    fn is_line(&self, row: usize, col: usize) -> bool {
        let [left, right, above, below] = self.around(row, col);
        let joins = |c: char| matches!(c, '-' | '+' | '<' | '>' | '|');
        match self.at(row, col) {
            '|' => true,
            '-' => (joins(left) || joins(right)) && !(right.is_alphanumeric() || right == '.'),
            '+' => left == '-' || right == '-' || (above == '|' && below == '|'),
            '>' => left == '-',
            '<' => right == '-',
            _ => false,
        }
    }

    fn strokes(&self, row: usize, col: usize, path: &mut String, heads: &mut String) {
        let [left, right, above, below] = self.around(row, col);
        let ((width, height), c) = (CELL, self.at(row, col));
        let (x, y) = (col as f64 * width, (row as f64 + 0.5) * height);
        let (middle, half) = (x + width / 2.0, height / 2.0);
        // It ends at the line of a box, or in the middle of a corner.
        let level = |c| matches!(c, '-' | '<' | '>');
        let from = if left == '|' { x - width / 2.0 } else { x };
        let to = if right == '|' { x + width * 1.5 } else { x + width };
        let (from, to) = match c {
            '+' if !level(left) => (middle, to),
            '+' if !level(right) => (from, middle),
            _ => (from, to),
        };
        if c != '|' {
            let _ = write!(path, "M{from:.1} {y:.1}H{to:.1}");
        }
        if matches!(c, '|' | '+') {
            let joins = |other| if c == '|' || matches!(other, '|' | '+') { half } else { 0.0 };
            let (up, down) = (y - joins(above), y + joins(below));
            let _ = write!(path, "M{middle:.1} {up:.1}V{down:.1}");
        }
        match c {
            '>' => _ = write!(heads, "M{to:.1} {y:.1}l-7 -4v8z"),
            '<' => _ = write!(heads, "M{from:.1} {y:.1}l7 -4v8z"),
            _ => {}
        }
    }

    /// The words of a row, with spaces in place of its lines.
    fn words(&self, row: usize) -> String {
        let word = |col| if self.is_line(row, col) { ' ' } else { self.at(row, col) };
        let text: String = (0..self.0[row].len()).map(word).collect();
        let (start, text) = (text.len() - text.trim_start().len(), text.trim());
        if text.is_empty() {
            return String::new();
        }
        let (x, y) = (start as f64 * CELL.0, (row as f64 + 0.5) * CELL.1 + 4.5);
        let (length, text) = (text.chars().count() as f64 * CELL.0, self.marked(text));
        format!(
            "<text x=\"{x:.1}\" y=\"{y:.1}\" textLength=\"{length:.1}\" xml:space=\"preserve\">{text}</text>\n"
        )
    }

    /// A text with its letters marked: W1 of a drawing is w1 in Rust.
    fn marked(&self, text: &str) -> String {
        let (mut html, mut from) = (String::new(), 0);
        for (at, word) in identifiers(text) {
            let name = word.to_lowercase();
            if (self.1)(&name) {
                html += &escape(&text[from..at]);
                html += &format!("<tspan data-s=\"{name}\">{}</tspan>", escape(word));
                from = at + word.len();
            }
        }
        html + &escape(&text[from..])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(text: &str) -> Option<String> {
        let lines: Vec<String> = text.lines().map(String::from).collect();
        svg(&lines, &|name| name == "w1")
    }

    #[test]
    fn lines_are_drawn_and_words_stay() {
        let svg = drawn("x1 -- W1 -->| -0.5 |\n x + b      +------+").unwrap();
        // The words of a row stand where they stood, with spaces in place of the lines.
        let row = "xml:space=\"preserve\">x1    <tspan data-s=\"w1\">W1</tspan>      -0.5</text>";
        assert!(svg.contains(row), "{svg}");
        // A sum is no line. The words stand in the middle of their row.
        let sum =
            "<text x=\"7.8\" y=\"30.0\" textLength=\"39.0\" xml:space=\"preserve\">x + b</text>";
        assert!(svg.contains(sum), "{svg}");
        assert_eq!(svg.matches("l-7 -4v8z").count(), 1, "{svg}");
        // The arrow ends at the side of the box.
        let side = 12.5 * CELL.0;
        assert!(svg.contains(&format!("M{side:.1} 8.5l-7")), "{svg}");
        assert!(svg.contains(&format!("M{side:.1} 17.0V25.5")), "{svg}");
    }

    #[test]
    fn a_box_is_closed_and_lines_that_meet_it_reach_it() {
        let svg = drawn("+---+\n|   |--\n+---+").unwrap();
        // The middles of its sides; the line starts at the right one.
        let (left, right, line) = ("M3.9 17.0V34.0", "M35.1 17.0V34.0", "M35.1 25.5H46.8");
        assert!([left, right, line].iter().all(|stroke| svg.contains(stroke)), "{svg}");
        // Its corners: upper left and lower right.
        assert!(svg.contains("M3.9 8.5H7.8M3.9 8.5V17.0"), "{svg}");
        assert!(svg.contains("M31.2 42.5H35.1M35.1 34.0V42.5"), "{svg}");
    }

    #[test]
    fn a_plus_between_two_bars_is_a_line() {
        for sum in ["--+\n  |\na + b", "a + b\n  |\n  +--"] {
            assert!(drawn(sum).unwrap().contains(">a + b</text>"), "{sum}");
        }
        let joined = drawn("  |\na + b --\n  |").unwrap();
        assert!(joined.contains(">a   b</text>"), "{joined}");
    }

    #[test]
    fn output_of_a_program_is_no_drawing() {
        assert_eq!(drawn("$ cargo run -p xor\n--- 1 ---"), None);
        assert_eq!(drawn("  .+#%@@%#+.\n"), None);
    }
}
