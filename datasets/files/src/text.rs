//! Text from outside, as messages show it: on one line, in quotes, shortened.

use std::fmt::{self, Display, Formatter};
use std::path::Path;

/// Any text on one line: control characters and other invisible ones are escaped.
///
/// ```
/// assert_eq!(files::text::OneLine("it's a\n\u{1b}[31mé").to_string(), "it's a\\n\\u{1b}[31mé");
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

/// The path of a file or folder on one line; an empty path is shown as `''`.
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

/// The first forty characters of a text on one line, then `…` if it is longer.
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

/// A [`Shortened`] text in single quotes.
#[derive(Clone, Copy, Debug)]
pub struct Quoted<'a>(pub &'a str);

impl Display for Quoted<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "'{}'", Shortened(self.0))
    }
}

/// A number and its noun, in the singular after 1: `1 byte`, `0 bytes`, `2 bytes`.
#[derive(Clone, Copy, Debug)]
pub struct Count<'a>(pub usize, pub &'a str);

impl Display for Count<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}{}", self.0, self.1, if self.0 == 1 { "" } else { "s" })
    }
}

/// A list of texts in quotes, such as `'a', 'b' and 'c'`: the first fifty, and how many follow.
#[derive(Clone, Copy, Debug)]
pub struct List<'a>(pub &'a [String]);

impl Display for List<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        const MOST: usize = 50;
        let shown = &self.0[..self.0.len().min(MOST)];
        let more = self.0.len() - shown.len();
        for (i, text) in shown.iter().enumerate() {
            let comma = match i {
                0 => "",
                _ if more == 0 && i + 1 == shown.len() => " and ",
                _ => ", ",
            };
            write!(f, "{comma}'{}'", OneLine(text))?;
        }
        if more > 0 { write!(f, " and {more} more") } else { Ok(()) }
    }
}

/// Returns those of `names` that are similar to `name`, the most similar first: names with the same
/// letters and digits, and names whose part before the point contains the other's, is contained
/// in it, or differs in at most two letters.
pub fn alike(name: &str, names: impl IntoIterator<Item = String>) -> Vec<String> {
    let plain = |name: &str| {
        name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
    };
    let stem = |name: &str| plain(name.split('.').next().unwrap_or(name));
    let (wanted, wanted_stem): (String, String) = (plain(name), stem(name));
    let distance_to = |other: &str| {
        let (whole, stem): (String, String) = (plain(other), stem(other));
        let within = |a: &str, b: &str| a.len() >= 3 && b.contains(a);
        if whole == wanted {
            Some(0)
        } else if within(&wanted_stem, &stem) || within(&stem, &wanted_stem) {
            Some(1)
        } else {
            let distance = distance(&wanted_stem, &stem);
            (distance <= 2.min(wanted_stem.len() / 2)).then(|| 1 + distance)
        }
    };
    let more = |other: &str| -> usize {
        let stem: String = stem(other);
        stem.len().abs_diff(wanted_stem.len())
    };
    let names = names.into_iter();
    let mut found: Vec<(usize, usize, String)> =
        names.filter_map(|name| Some((distance_to(&name)?, more(&name), name))).collect();
    found.sort();
    found.into_iter().map(|(_, _, name)| name).collect()
}

/// Returns how many letters have to be added, removed or replaced to change `a` into `b`, or
/// `usize::MAX` if the lengths differ by more than two or `a` is longer than 64 bytes.
fn distance(a: &str, b: &str) -> usize {
    if a.len().abs_diff(b.len()) > 2 || a.len() > 64 {
        return usize::MAX;
    }
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, c) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for j in 0..b.len() {
            let replaced = diagonal + usize::from(c != b[j]);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
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
    fn a_list_says_how_many_more_there_are() {
        let names: Vec<String> = (1..=52).map(|i| i.to_string()).collect();
        assert_eq!(List(&names[..1]).to_string(), "'1'");
        assert_eq!(List(&names[..2]).to_string(), "'1' and '2'");
        assert!(List(&names[..50]).to_string().ends_with(", '49' and '50'"));
        assert!(List(&names).to_string().ends_with(", '49', '50' and 2 more"));
        assert_eq!(List(&["a\n".into()]).to_string(), "'a\\n'");
    }

    #[test]
    fn names_that_look_like_another_are_found() {
        let alike = |name: &str, names: &[&str]| {
            alike(name, names.iter().map(ToString::to_string)).join(" ")
        };
        let names =
            ["iris.data", "Iris.csv", "iris.csv.txt", "my-iris.csv", "irsi.csv", "wine.csv"];
        let found = "Iris.csv iris.csv.txt iris.data my-iris.csv irsi.csv";
        assert_eq!(alike("iris.csv", &names), found);
        assert_eq!(
            alike("seven.png", &["seven (1).png", "SEVEN.PNG", "eleven.png"]),
            "SEVEN.PNG seven (1).png eleven.png"
        );
        assert_eq!(alike("7.png", &["8.png", "17.png", "a.png", "7.pgm"]), "7.pgm");
        assert_eq!(alike("7.png", &["7 .png", "77"]), "7 .png");
        assert_eq!(alike("seven.png", &["sevfn.png", "svn.png", "s.png"]), "sevfn.png svn.png");
        let epochs = "epochs baseline-epochs";
        assert_eq!(alike("epoch", &["baseline-epochs", "epochs"]), epochs);
        let long = "x".repeat(255);
        assert_eq!(alike(&long, &[&long[1..], "y"]), long[1..]);
    }

    #[test]
    fn letters_are_counted_that_differ() {
        for (a, b, expected) in [
            ("abc", "abc", 0),
            ("abc", "ac", 1),
            ("abc", "acb", 2),
            ("", "ab", 2),
            ("kitten", "sitting", 3),
            ("a", "abcd", usize::MAX),
        ] {
            assert_eq!((distance(a, b), distance(b, a)), (expected, expected), "{a} {b}");
        }
    }

    #[test]
    fn one_thing_is_singular() {
        let counts = [0, 1, 2].map(|n| Count(n, "byte").to_string());
        assert_eq!(counts, ["0 bytes", "1 byte", "2 bytes"]);
    }
}
