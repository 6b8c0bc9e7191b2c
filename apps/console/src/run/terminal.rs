//! The terminal: its width, the codes that it understands, and whether the reader of a pipe is
//! still there.

use crate::draw::style::Style;
use std::env;
#[cfg(not(unix))]
use std::io::IsTerminal as AsFd;
use std::io::{self, IsTerminal};
#[cfg(unix)]
use std::os::fd::AsFd;

/// The style for standard output: the width of the terminal (40 to 200), and colour if the terminal
/// has colours and `NO_COLOR` (<https://no-color.org>) is not set.
pub(crate) fn style() -> Style {
    let unset = |name| env::var_os(name).is_none_or(|value| value.is_empty());
    let colour = io::stdout().is_terminal() && unset("NO_COLOR") && has_escape_codes();
    Style { width: width(columns(&io::stdout())), unicode: false, colour }
}

/// Returns the width of drawings in a terminal with this many columns: charts need a minimum, and
/// very long lines are hard to follow.
fn width(columns: usize) -> usize {
    columns.clamp(40, 200)
}

/// Whether the terminal understands escape codes, according to the environment: an old console of
/// Windows has no `TERM`; Windows' new terminal has `WT_SESSION`.
pub(crate) fn has_escape_codes() -> bool {
    let has = |name| env::var_os(name).is_some_and(|value| !value.is_empty() && value != "dumb");
    has("TERM") || has("WT_SESSION")
}

/// Returns the number of columns: from `COLUMNS`, else from the terminal itself, else 80.
pub(crate) fn columns(terminal: &(impl IsTerminal + AsFd)) -> usize {
    let told = number(&env::var("COLUMNS").unwrap_or_default());
    told.or_else(|| terminal.is_terminal().then(|| window(terminal))?).unwrap_or(80)
}

/// Returns the number of columns from `stty size`: the last number on its line.
#[cfg(unix)]
fn window(terminal: &impl AsFd) -> Option<usize> {
    use std::process::{Command, Stdio};
    let terminal = terminal.as_fd().try_clone_to_owned().ok()?;
    let stty = Command::new("stty").arg("size").stdin(terminal).stderr(Stdio::null()).output();
    number(str::from_utf8(&stty.ok()?.stdout).ok()?.split_whitespace().next_back()?)
}

#[cfg(not(unix))]
fn window(_: &impl AsFd) -> Option<usize> {
    None
}

/// Parses a number of columns; 0 means unknown.
fn number(text: &str) -> Option<usize> {
    text.trim().parse().ok().filter(|&columns| columns > 0)
}

/// Returns an error if standard output is a pipe whose reader has closed it. Only Linux can tell
/// this before anything is written: there, the contents of an empty pipe are moved by `splice`,
/// which fails without writing a byte.
pub(crate) fn check_reader() -> io::Result<()> {
    #[cfg(target_os = "linux")]
    {
        let mut stdout = std::fs::File::from(io::stdout().as_fd().try_clone_to_owned()?);
        let (mut empty, _) = io::pipe()?;
        io::copy(&mut empty, &mut stdout)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drawings_are_as_wide_as_the_terminal_but_for_very_narrow_and_very_wide_ones() {
        assert_eq!([10, 40, 120, 200, 500].map(width), [40, 40, 120, 200, 200]);
    }

    #[test]
    fn what_is_no_terminal_has_80_columns_unless_the_environment_says_more() {
        let file = std::fs::File::open(env::current_exe().unwrap()).unwrap();
        assert_eq!(window(&file), None);
        let told = env::var("COLUMNS").ok().and_then(|told| number(&told));
        assert_eq!(columns(&file), told.unwrap_or(80));
    }

    #[test]
    fn columns_are_a_number_above_0() {
        let texts = ["", "100", " 64\n", "7", "wide", "0", "-1"];
        assert_eq!(texts.map(number), [None, Some(100), Some(64), Some(7), None, None, None]);
    }
}
