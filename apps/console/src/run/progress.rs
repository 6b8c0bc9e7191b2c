//! One line on standard error that shows the progress of a long run.

use super::terminal;
use crate::draw::number::{clock, seconds};
use std::fmt::Display;
use std::io::{self, ErrorKind, IsTerminal, Write};
use std::ops::RangeInclusive;
use std::sync::Mutex;
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
    shown: Shown,
    start: Instant,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    /// The number of steps that are done, with the parts of those that are under way.
    done: f64,
    last_line: Instant,
    last_look: Instant,
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
        let start = Instant::now();
        let state = Mutex::new(State { done: 0.0, last_line: start, last_look: start });
        Progress { unit, range, shown, start, state }
    }

    /// Shows that `part` of a step more is done: 1 for a whole step. Several threads may add their
    /// parts. The details are formatted only if they are shown: pass `format_args!`.
    ///
    /// # Errors
    /// If the reader of the output has closed the pipe, so that the run can stop. Save first what
    /// is to be kept. The next calls return the error again.
    pub fn add(&self, part: f64, details: impl Display) -> io::Result<()> {
        let now = Instant::now();
        let state = &mut *self.state.lock().expect("nothing panics that holds it");
        state.done += part;
        if now >= state.last_look + LOOK {
            broken(terminal::check_reader())?;
            state.last_look = now;
        }
        self.show(state, now, details, &mut io::stderr())
    }

    /// Prints a separate line, such as the path where something was saved.
    ///
    /// # Errors
    /// As for [`add`](Self::add).
    pub fn say(&self, line: impl Display) -> io::Result<()> {
        match self.shown {
            Shown::Nowhere => Ok(()),
            Shown::Drawn(_) => tell(&format!("\r\x1b[J{line}\n")),
            Shown::Printed => tell(&format!("{line}\n")),
        }
    }

    /// Writes the line if it is due.
    fn show(
        &self,
        state: &mut State,
        now: Instant,
        details: impl Display,
        out: &mut impl Write,
    ) -> io::Result<()> {
        let pause = if self.shown == Shown::Printed { PRINT } else { REDRAW };
        if self.shown == Shown::Nowhere || now < state.last_line + pause {
            return Ok(());
        }
        let line = self.line(state.done, &details.to_string(), (now - self.start).as_secs_f64());
        let text = match self.shown {
            // The last column stays free, because a character there makes some terminals start a
            // new line. The window may have become narrower, so line wrap is switched off (ECMA-48
            // has no code for this, but DEC's is understood everywhere) and the cursor returns to
            // the start of the line. Wherever the terminal moves the cursor, the next drawing
            // erases everything below it.
            Shown::Drawn(width) => {
                let line: String = line.chars().take(width - 1).collect();
                format!("\r\x1b[?7l{line}\x1b[J\x1b[?7h\r")
            }
            _ => line + "\n",
        };
        broken(out.write_all(text.as_bytes()))?;
        state.last_line = now;
        Ok(())
    }

    fn line(&self, done: f64, details: &str, elapsed: f64) -> String {
        let (unit, first, last) = (self.unit, *self.range.start(), *self.range.end());
        // A sum of parts that is rounded does not begin the next step.
        let begun = (done - 1e-6).ceil().max(1.0);
        let share = done - (begun - 1.0);
        let part =
            if share < 1.0 - 1e-6 { format!(", {:.0} %", 100.0 * share) } else { String::new() };
        let step = format!("{unit} {}/{last}{part}", first + begun as usize - 1);
        let each = elapsed / if done > 0.0 { done } else { 1.0 };
        let left = clock(each * ((last + 1).saturating_sub(first) as f64 - done));
        let word = unit.rsplit(' ').next().unwrap_or(unit);
        let time = format!("{}/{word}  {left} left", seconds(each));
        let parts = [step, details.to_string(), time];
        parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("  ")
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Shown::Drawn(_) = self.shown {
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
