//! One line on standard error that says how far a long run is.

use super::terminal::{columns, is_dumb};
use crate::draw::number::{clock, seconds};
use std::fmt::Display;
use std::io::{self, IsTerminal, Write};
use std::ops::RangeInclusive;
use std::time::{Duration, Instant};

const REDRAW: Duration = Duration::from_millis(100);

/// A line such as `epoch 37/200  loss 0.0412  0.42 s/epoch  1:09 left`, redrawn in place at most
/// ten times a second.
///
/// It is drawn only on a terminal, and wiped out when it is dropped. Drop it before printing
/// anything else.
#[derive(Debug)]
pub struct Progress {
    unit: &'static str,
    range: RangeInclusive<usize>,
    start: Instant,
    next_draw: Instant,
    /// The columns of the terminal; nothing if there is none to draw on.
    width: Option<usize>,
    drawn: bool,
}

impl Progress {
    /// A run over `range` of a unit such as "epoch", starting at this moment.
    pub fn new(unit: &'static str, range: RangeInclusive<usize>, quiet: bool) -> Progress {
        let draws = !quiet && io::stderr().is_terminal() && !is_dumb();
        let width = draws.then(|| columns(std::env::var("COLUMNS").ok().as_deref()));
        let start = Instant::now();
        Progress { unit, range, start, next_draw: start + REDRAW, width, drawn: false }
    }

    /// Says that `done` is reached. The details are formatted only if they are drawn: pass
    /// `format_args!`.
    pub fn show(&mut self, done: usize, details: impl Display) {
        let Some(width) = self.width else { return };
        let now = Instant::now();
        if now < self.next_draw {
            return;
        }
        self.next_draw = now + REDRAW;
        self.drawn = true;
        let line = self.line(done, &details.to_string(), (now - self.start).as_secs_f64());
        // The last column stays free: a character there makes some terminals begin a new line.
        let line: String = line.chars().take(width - 1).collect();
        let _ = write!(io::stderr(), "\r{line}\x1b[K");
    }

    fn line(&self, done: usize, details: &str, elapsed: f64) -> String {
        let Progress { unit, range, .. } = self;
        let last = range.end();
        let each = elapsed / (done + 1).saturating_sub(*range.start()).max(1) as f64;
        let left = clock(each * last.saturating_sub(done) as f64);
        let time = format!("{}/{unit}  {left} left", seconds(each));
        let parts = [format!("{unit} {done}/{last}"), details.to_string(), time];
        parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("  ")
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if self.drawn {
            let _ = write!(io::stderr(), "\r\x1b[K");
        }
    }
}

#[cfg(test)]
mod tests;
