//! The terminal: how wide it is, what it understands, and whether the reader of a pipe is there.

use crate::draw::style::Style;
use std::env;
#[cfg(not(unix))]
use std::io::IsTerminal as AsFd;
use std::io::{self, IsTerminal};
#[cfg(unix)]
use std::os::fd::AsFd;

/// How to draw on standard output: in the width of the terminal (40 to 200), and in colour if it has
/// colours and `NO_COLOR` (<https://no-color.org>) is not set.
pub(crate) fn style() -> Style {
    let unset = |name| env::var_os(name).is_none_or(|value| value.is_empty());
    let colour = io::stdout().is_terminal() && unset("NO_COLOR") && has_escape_codes();
    Style { width: columns(&io::stdout()).clamp(40, 200), unicode: false, colour }
}

/// Whether the terminal understands escape codes, as far as the environment says: an old console of
/// Windows has no `TERM`, and Windows' new terminal has `WT_SESSION`.
pub(crate) fn has_escape_codes() -> bool {
    let has = |name| env::var_os(name).is_some_and(|value| !value.is_empty() && value != "dumb");
    has("TERM") || has("WT_SESSION")
}

/// The columns of a terminal: as `COLUMNS` says, else as the terminal itself does, else 80.
pub(crate) fn columns(terminal: &(impl IsTerminal + AsFd)) -> usize {
    let told = number(&env::var("COLUMNS").unwrap_or_default());
    told.or_else(|| terminal.is_terminal().then(|| window(terminal))?).unwrap_or(80)
}

/// The columns that `stty size` gives, which are the last on its line.
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

/// A number of columns; 0 means unknown.
fn number(text: &str) -> Option<usize> {
    text.trim().parse().ok().filter(|&columns| columns > 0)
}

/// Whether standard output is a pipe whose reader has gone. Only Linux tells this of a pipe before
/// something is written to it: opening it again for writing, without waiting, fails.
#[cfg(target_os = "linux")]
pub(crate) fn reader_has_gone() -> bool {
    use std::fs::{File, metadata};
    use std::os::unix::fs::{FileTypeExt, OpenOptionsExt};
    const STDOUT: &str = "/proc/self/fd/1";
    const ENXIO: i32 = 6;
    const O_NONBLOCK: i32 = match () {
        () if cfg!(any(target_arch = "mips", target_arch = "mips64")) => 0o200,
        () if cfg!(any(target_arch = "sparc", target_arch = "sparc64")) => 0o40000,
        () => 0o4000,
    };
    let is_pipe = metadata(STDOUT).is_ok_and(|data| data.file_type().is_fifo());
    let again = || File::options().write(true).custom_flags(O_NONBLOCK).open(STDOUT);
    is_pipe && again().is_err_and(|error| error.raw_os_error() == Some(ENXIO))
}

#[cfg(not(target_os = "linux"))]
pub(crate) fn reader_has_gone() -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_a_number_above_0() {
        let texts = ["", "100", " 64\n", "7", "wide", "0", "-1"];
        assert_eq!(texts.map(number), [None, Some(100), Some(64), Some(7), None, None, None]);
    }
}
