//! One line on standard error that shows the progress of a long run.

use super::terminal;
use crate::draw::number::{clock, seconds};
use std::fmt::Display;
use std::io::{self, ErrorKind, IsTerminal, Write};
use std::ops::RangeInclusive;
use std::time::{Duration, Instant};

/// How often the line is redrawn on a terminal, how often it is printed elsewhere, and how often to
/// check that the reader of standard output is still there.
const REDRAW: Duration = Duration::from_millis(100);
const PRINT: Duration = Duration::from_secs(10);
const LOOK: Duration = Duration::from_secs(1);

/// A line such as `epoch 37/200  loss 0.0412  0.42 s/epoch  1:09 left`.
///
/// On a terminal the line is redrawn in place, at most ten times a second, and erased when this
/// value is dropped: drop it before printing anything else. Elsewhere a line is printed every ten
/// seconds.
#[derive(Debug)]
pub struct Progress {
    unit: &'static str,
    range: RangeInclusive<usize>,
    start: Instant,
    next_line: Instant,
    next_look: Instant,
    shown: Shown,
    drawn: bool,
}

/// Where and how the line is shown.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Shown {
    Nowhere,
    /// In place, in this number of columns.
    Drawn(usize),
    /// As a separate line from time to time.
    Printed,
}

impl Progress {
    /// Starts the clock of a run over `range`, counted in `unit`: "epoch", or more words of which the
    /// last is the unit, such as "softmax regression, epoch".
    pub fn new(unit: &'static str, range: RangeInclusive<usize>, quiet: bool) -> Progress {
        let stderr = io::stderr();
        let shown = match stderr.is_terminal() && terminal::has_escape_codes() {
            _ if quiet => Shown::Nowhere,
            true => Shown::Drawn(terminal::columns(&stderr)),
            false => Shown::Printed,
        };
        Self::starting(Instant::now(), unit, range, shown)
    }

    fn starting(
        start: Instant,
        unit: &'static str,
        range: RangeInclusive<usize>,
        shown: Shown,
    ) -> Progress {
        let next_line = start + if shown == Shown::Printed { PRINT } else { REDRAW };
        Progress { unit, range, start, next_line, next_look: start + LOOK, shown, drawn: false }
    }

    /// Shows that step `done` is finished. The details are formatted only if they are shown: pass
    /// `format_args!`.
    ///
    /// # Errors
    /// If the reader of the output has closed the pipe, so that the run can stop. Save first what
    /// is to be kept.
    pub fn show(&mut self, done: usize, details: impl Display) -> io::Result<()> {
        self.show_part(done, 1.0, details)
    }

    /// Shows progress within a long step: a share from 0 to 1 of step `current` is done.
    ///
    /// # Errors
    /// As for [`show`](Self::show).
    pub fn show_part(
        &mut self,
        current: usize,
        share: f64,
        details: impl Display,
    ) -> io::Result<()> {
        let now = Instant::now();
        if now >= self.next_look {
            self.next_look = now + LOOK;
            broken(terminal::check_reader())?;
        }
        self.due(now, current, share, details).map_or(Ok(()), |text| tell(&text))
    }

    /// Prints a separate line, such as the path where something was saved.
    ///
    /// # Errors
    /// As for [`show`](Self::show).
    pub fn say(&mut self, line: impl Display) -> io::Result<()> {
        match self.shown {
            Shown::Nowhere => Ok(()),
            Shown::Drawn(_) => tell(&format!("\r\x1b[J{line}\n")),
            Shown::Printed => tell(&format!("{line}\n")),
        }
    }

    /// Returns the text to write now, if any.
    fn due(
        &mut self,
        now: Instant,
        current: usize,
        share: f64,
        details: impl Display,
    ) -> Option<String> {
        if self.shown == Shown::Nowhere || now < self.next_line {
            return None;
        }
        let line =
            self.line(current, share, &details.to_string(), (now - self.start).as_secs_f64());
        let Shown::Drawn(width) = self.shown else {
            self.next_line = now + PRINT;
            return Some(line + "\n");
        };
        self.next_line = now + REDRAW;
        self.drawn = true;
        // The last column stays free, because a character there makes some terminals start a new
        // line. The window may have become narrower, so line wrap is switched off (ECMA-48 has no
        // code for this, but DEC's is understood everywhere) and the cursor returns to the start of
        // the line. Wherever the terminal moves the cursor, the next drawing erases everything
        // below it.
        let line: String = line.chars().take(width - 1).collect();
        Some(format!("\r\x1b[?7l{line}\x1b[J\x1b[?7h\r"))
    }

    fn line(&self, current: usize, share: f64, details: &str, elapsed: f64) -> String {
        let (unit, first, last) = (self.unit, *self.range.start(), *self.range.end());
        let done = (current + 1).saturating_sub(first) as f64 - 1.0 + share;
        let each = elapsed / if done > 0.0 { done } else { 1.0 };
        let left = clock(each * (last.saturating_sub(current) as f64 + 1.0 - share));
        let part = if share < 1.0 { format!(", {:.0} %", 100.0 * share) } else { String::new() };
        let word = unit.rsplit(' ').next().unwrap_or(unit);
        let time = format!("{}/{word}  {left} left", seconds(each));
        let parts = [format!("{unit} {current}/{last}{part}"), details.to_string(), time];
        parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("  ")
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if self.drawn {
            let _ = tell("\r\x1b[J");
        }
    }
}

fn tell(text: &str) -> io::Result<()> {
    broken(io::stderr().write_all(text.as_bytes()))
}

/// Returns an error only for a closed pipe: a run does not stop because its progress cannot be
/// shown for another reason.
fn broken(result: io::Result<()>) -> io::Result<()> {
    result.or_else(|error| if error.kind() == ErrorKind::BrokenPipe { Err(error) } else { Ok(()) })
}

#[cfg(test)]
mod tests;
