//! A grid of characters, and the frame with labelled axes that charts, maps and scatter plots draw
//! around it.

use super::number::labels;
use super::style::Style;
use super::style::flow;

/// A colour of the terminal: the number of its escape sequence (ECMA-48, SGR), 0 for none.
pub(crate) type Ink = u8;

/// No colour.
pub(crate) const NO_INK: Ink = 0;
/// The colour of what is wrong.
pub(crate) const RED: Ink = 31;

/// The colour of the i-th series or class.
pub(crate) fn ink(i: usize) -> Ink {
    [36, 33, 35, 32, 34][i % 5]
}

/// Text in a colour, if the style has colours.
pub(crate) fn paint(text: &str, ink: Ink, style: Style) -> String {
    if style.colour && ink != NO_INK {
        format!("\x1b[{ink}m{text}\x1b[0m")
    } else {
        text.to_string()
    }
}

/// A grid of characters with their colours; row 0 is at the top.
pub(crate) struct Canvas {
    pub columns: usize,
    pub rows: usize,
    cells: Vec<(char, Ink)>,
}

impl Canvas {
    pub(super) fn new(columns: usize, rows: usize) -> Canvas {
        Canvas { columns, rows, cells: vec![(' ', NO_INK); columns * rows] }
    }

    pub(super) fn get(&self, x: usize, y: usize) -> char {
        self.cells[y * self.columns + x].0
    }

    pub(super) fn put(&mut self, x: usize, y: usize, mark: char, ink: Ink) {
        self.cells[y * self.columns + x] = (mark, ink);
    }

    /// Sets one of the 2 × 4 braille dots of a cell; `x` and `y` count dots.
    pub(super) fn put_dot(&mut self, x: usize, y: usize, ink: Ink) {
        const BLANK: u32 = 0x2800;
        const DOTS: [[u32; 2]; 4] = [[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]];
        let old = (self.get(x / 2, y / 4) as u32).max(BLANK);
        let mark = char::from_u32(old | DOTS[y % 4][x % 2]).unwrap_or(' ');
        self.put(x / 2, y / 4, mark, ink);
    }

    /// The rows as text, from top to bottom.
    pub(super) fn lines(&self, style: Style) -> Vec<String> {
        let row = |cells: &[(char, Ink)]| {
            let end = cells.iter().rposition(|cell| cell.0 != ' ').map_or(0, |last| last + 1);
            cells[..end].chunk_by(|a, b| a.1 == b.1).fold(String::new(), |line, run| {
                line + &paint(&run.iter().map(|cell| cell.0).collect::<String>(), run[0].1, style)
            })
        };
        self.cells.chunks(self.columns).map(row).collect()
    }
}

/// What stands around a canvas.
pub(crate) struct Frame {
    pub title: String,
    /// The labels of the y axis: at the bottom, in the middle, at the top.
    pub y: Vec<String>,
    /// Under the x axis: its start, its name, its end.
    pub x: [String; 3],
    /// What the marks mean.
    pub legend: Vec<String>,
}

impl Frame {
    /// The canvas with its title, axes and legend.
    pub(super) fn draw(&self, canvas: &Canvas, style: Style) -> String {
        let margin = self.y.iter().map(|label| label.chars().count()).max().unwrap_or(0);
        let (tick, side, corner, line) =
            if style.unicode { ("┤", "│", "└", "─") } else { ("|", "|", "+", "-") };
        let mut text = format!("{}\n", self.title);
        for (y, row) in canvas.lines(style).iter().enumerate() {
            let label = match y {
                0 => &self.y[2],
                y if y == canvas.rows - 1 => &self.y[0],
                y if y == canvas.rows / 2 => &self.y[1],
                _ => "",
            };
            let side = if label.is_empty() { side } else { tick };
            text += &format!("{label:>margin$} {side}{row}\n");
        }
        text += &format!("{:margin$} {corner}{}\n", "", line.repeat(canvas.columns));

        let [start, name, end] = &self.x;
        let room = canvas.columns.saturating_sub(start.chars().count() + end.chars().count());
        let name = if name.chars().count() + 2 <= room { name } else { "" };
        let x = format!("{:margin$}  {start}{name:^room$}{end}", "");
        text += x.trim_end();
        text.push('\n');
        if !self.legend.is_empty() {
            text += &flow(&self.legend, style.width);
        }
        text
    }
}

/// What stands under an x axis of numbers: its start, its name, its end.
pub(crate) fn ends(name: &str, from: f64, to: f64) -> [String; 3] {
    let labels = labels(&[from, to], 4);
    [labels[0].clone(), name.to_string(), labels[1].clone()]
}

/// Where `value` lies between `from` (0) and `to` (1); halves keep the difference of huge numbers
/// finite.
pub(crate) fn fraction(value: f64, from: f64, to: f64) -> f64 {
    (value / 2.0 - from / 2.0) / (to / 2.0 - from / 2.0)
}

/// The cell that lies at a fraction of the way along `cells` cells, counted from the start.
pub(crate) fn cell(fraction: f64, cells: usize) -> usize {
    (fraction.clamp(0.0, 1.0) * (cells - 1) as f64).round() as usize
}

/// The smallest and the largest of some numbers, moved apart if they differ by no more than
/// rounding; nothing without numbers.
pub(crate) fn span(values: impl Iterator<Item = f64>) -> Option<(f64, f64)> {
    let extremes = |(a, b): (f64, f64), v: f64| (a.min(v), b.max(v));
    let (from, to) = values.fold((f64::INFINITY, f64::NEG_INFINITY), extremes);
    let size = from.abs().max(to.abs());
    match size {
        f64::INFINITY => None,
        0.0 => Some((-1.0, 1.0)),
        _ if to / size - from / size > 1e-12 => Some((from, to)),
        _ => Some((from - size / 2.0, from + size / 2.0)),
    }
}
