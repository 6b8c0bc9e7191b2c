//! Text from outside as messages show it: on one line, in quotes, and not for ever.

use std::fmt::{self, Display, Formatter};
use std::path::Path;

/// Text on one line, whatever it holds: control characters and other invisible ones are escaped.
///
/// ```
/// assert_eq!(datasets::text::OneLine("it's a\n\u{1b}[31mé").to_string(), "it's a\\n\\u{1b}[31mé");
/// ```
#[derive(Clone, Copy, Debug)]
pub struct OneLine<'a>(pub &'a str);

impl Display for OneLine<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.0.chars().try_for_each(|c| match c {
            '\'' | '"' | '\\' => write!(f, "{c}"),
            _ => write!(f, "{}", c.escape_debug()),
        })
    }
}

/// The path of a file or folder on one line; an empty one is `''`.
#[derive(Clone, Copy, Debug)]
pub struct Shown<'a>(pub &'a Path);

impl Display for Shown<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match &*self.0.to_string_lossy() {
            "" => f.write_str("''"),
            path => OneLine(path).fmt(f),
        }
    }
}

/// The first forty characters of a text on one line, with `…` for what follows them.
#[derive(Clone, Copy, Debug)]
pub struct Shortened<'a>(pub &'a str);

impl Display for Shortened<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        const MOST: usize = 40;
        let end = self.0.char_indices().nth(MOST).map_or(self.0.len(), |(i, _)| i);
        let dots = if end < self.0.len() { "…" } else { "" };
        write!(f, "{}{dots}", OneLine(&self.0[..end]))
    }
}

/// The same in single quotes.
#[derive(Clone, Copy, Debug)]
pub struct Quoted<'a>(pub &'a str);

impl Display for Quoted<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "'{}'", Shortened(self.0))
    }
}

/// A number of things, in the singular for one of them: `1 byte`, `0 bytes`, `2 bytes`.
#[derive(Clone, Copy, Debug)]
pub struct Count<'a>(pub usize, pub &'a str);

impl Display for Count<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}{}", self.0, self.1, if self.0 == 1 { "" } else { "s" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_one_line_whatever_they_hold() {
        let path = "it's\\a\n\x1b[31m\u{2028}\u{202e}é.csv";
        let shown = "it's\\a\\n\\u{1b}[31m\\u{2028}\\u{202e}é.csv";
        assert_eq!(Shown(Path::new(path)).to_string(), shown);
        assert_eq!(Shown(Path::new("")).to_string(), "''");
    }

    #[test]
    fn a_quotation_has_forty_characters_at_most() {
        assert_eq!(Quoted("say \"hi\"\t").to_string(), "'say \"hi\"\\t'");
        assert_eq!(Quoted(&"é".repeat(40)).to_string(), format!("'{}'", "é".repeat(40)));
        assert_eq!(Quoted(&"é".repeat(41)).to_string(), format!("'{}…'", "é".repeat(40)));
    }

    #[test]
    fn one_thing_is_singular() {
        let counts = [0, 1, 2].map(|n| Count(n, "byte").to_string());
        assert_eq!(counts, ["0 bytes", "1 byte", "2 bytes"]);
    }
}
