//! A grid of characters, and the frame with labelled axes that charts, maps and scatter plots draw
//! around it.

use super::number::labels;
use super::style::{Style, beside, visible_width, widest};

/// A colour of the terminal: the number of its escape sequence (ECMA-48, SGR), 0 for none.
pub(crate) type Ink = u8;

/// No colour.
pub(crate) const NO_INK: Ink = 0;
/// The colour of errors.
pub(crate) const RED: Ink = 31;

/// The colour of the i-th series or class.
pub(crate) fn ink(i: usize) -> Ink {
    [36, 33, 35, 32, 34][i % 5]
}

/// Returns the text in a colour, if the style has colours.
pub(crate) fn paint(text: &str, ink: Ink, style: Style) -> String {
    match style.colour && ink != NO_INK {
        true => format!("\x1b[{ink}m{text}\x1b[0m"),
        false => text.to_string(),
    }
}

/// A grid of characters with their colours, over a range of x and a range of y; row 0 is at the top.
pub(crate) struct Canvas {
    pub columns: usize,
    pub rows: usize,
    cells: Vec<(char, Ink)>,
    pub x: (f64, f64),
    pub y: (f64, f64),
    /// Whether `y` holds logarithms.
    pub log: bool,
}

impl Canvas {
    /// A blank canvas over the unit square.
    pub(super) fn new(columns: usize, rows: usize) -> Canvas {
        let cells = vec![(' ', NO_INK); columns * rows];
        Canvas { columns, rows, cells, x: (0.0, 1.0), y: (0.0, 1.0), log: false }
    }

    /// Returns the column and the row of a point; `None` if it lies outside the ranges.
    pub(super) fn place(&self, x: f64, y: f64) -> Option<(usize, usize)> {
        let within = |value, (from, to)| (from..=to).contains(&value);
        let place = || (cell(fraction(x, self.x), self.columns), self.row(y, self.rows));
        (within(x, self.x) && within(y, self.y)).then(place)
    }

    /// Returns the row of y on a canvas of this many rows.
    pub(super) fn row(&self, y: f64, rows: usize) -> usize {
        rows - 1 - cell(fraction(y, self.y), rows)
    }

    pub(super) fn get(&self, x: usize, y: usize) -> char {
        self.cells[y * self.columns + x].0
    }

    pub(super) fn put(&mut self, x: usize, y: usize, mark: char, ink: Ink) {
        self.cells[y * self.columns + x] = (mark, ink);
    }

    /// Sets one of the 2 × 4 braille dots of a cell; `x` and `y` are counted in dots.
    pub(super) fn put_dot(&mut self, x: usize, y: usize, ink: Ink) {
        const BLANK: u32 = 0x2800;
        const DOTS: [[u32; 2]; 4] = [[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]];
        let old = (self.get(x / 2, y / 4) as u32).max(BLANK);
        let mark = char::from_u32(old | DOTS[y % 4][x % 2]).unwrap_or(' ');
        self.put(x / 2, y / 4, mark, ink);
    }

    /// Returns the rows as text, from top to bottom.
    pub(super) fn lines(&self, style: Style) -> Vec<String> {
        let row = |cells: &[(char, Ink)]| {
            let end = cells.iter().rposition(|cell| cell.0 != ' ').map_or(0, |last| last + 1);
            cells[..end].chunk_by(|a, b| a.1 == b.1).fold(String::new(), |line, run| {
                line + &paint(&run.iter().map(|cell| cell.0).collect::<String>(), run[0].1, style)
            })
        };
        self.cells.chunks(self.columns).map(row).collect()
    }

    /// Returns the canvas with its title and its axes, and the legend below.
    pub(super) fn framed(
        &self,
        title: &str,
        x_name: &str,
        legend: &[String],
        style: Style,
    ) -> String {
        let (from, to) = self.y;
        let y = [from, from / 2.0 + to / 2.0, to];
        let y = labels(&y.map(|y| if self.log { 10_f64.powf(y) } else { y }), 4);
        let [start, end] = &labels(&[self.x.0, self.x.1], 4)[..] else { unreachable!() };
        let margin = widest(&y);
        let (tick, side) = style.pick(("|", "|"), ("┤", "│"));
        let (corner, line) = style.pick(("+", "-"), ("└", "─"));
        let mut text = format!("{title}\n");
        for (row, cells) in self.lines(style).iter().enumerate() {
            let label = match row {
                0 => &y[2],
                _ if row == self.rows - 1 => &y[0],
                _ if row == self.rows / 2 => &y[1],
                _ => "",
            };
            let side = if label.is_empty() { side } else { tick };
            text += &format!("{label:>margin$} {side}{cells}\n");
        }
        text += &format!("{:margin$} {corner}{}\n", "", line.repeat(self.columns));
        let room = self.columns.saturating_sub(start.len() + end.len());
        let name = if visible_width(x_name) + 2 <= room { x_name } else { "" };
        let x = format!("{:margin$}  {start}{name:^room$}{end}", "");
        format!("{text}{}\n{}", x.trim_end(), beside(legend, style.width))
    }
}

/// Returns where `value` lies between `from` (0) and `to` (1). All terms are halved so that the
/// difference of huge numbers stays finite.
pub(crate) fn fraction(value: f64, (from, to): (f64, f64)) -> f64 {
    (value / 2.0 - from / 2.0) / (to / 2.0 - from / 2.0)
}

/// Returns the index of the cell at this fraction of the way along `cells` cells.
pub(crate) fn cell(fraction: f64, cells: usize) -> usize {
    (fraction.clamp(0.0, 1.0) * (cells - 1) as f64).round() as usize
}

/// Returns the smallest and the largest value, moved apart if they differ by no more than rounding;
/// `None` if there are no values.
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
