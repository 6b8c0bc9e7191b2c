//! The terminal: how wide it is, and what it understands.

use crate::draw::style::Style;
use std::env;
use std::io::{self, IsTerminal};

/// How to draw on standard output: in the width that `COLUMNS` gives (40 to 200, else 80), and in
/// colour if it is a terminal that has it and `NO_COLOR` (<https://no-color.org>) is not set.
pub(crate) fn style(unicode: bool) -> Style {
    let unset = |name| env::var_os(name).is_none_or(|value| value.is_empty());
    let colour = io::stdout().is_terminal() && unset("NO_COLOR") && !is_dumb();
    Style { width: columns(env::var("COLUMNS").ok().as_deref()), unicode, colour }
}

/// Whether the terminal understands no control sequences.
pub(crate) fn is_dumb() -> bool {
    env::var_os("TERM").is_some_and(|term| term == "dumb")
}

/// The columns of a terminal, given the value of `COLUMNS`; 0 means unknown.
pub(crate) fn columns(value: Option<&str>) -> usize {
    let columns = value.and_then(|value| value.trim().parse().ok()).filter(|&n| n > 0);
    columns.map_or(80, |n: usize| n.clamp(40, 200))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_width_of_the_terminal() {
        let values =
            [None, Some("100"), Some(" 64\n"), Some("7"), Some("9999"), Some("wide"), Some("0")];
        assert_eq!(values.map(columns), [80, 100, 64, 40, 200, 80, 80]);
    }

    #[test]
    fn unicode_is_as_asked_for() {
        assert!(style(true).unicode && !style(false).unicode);
    }
}
