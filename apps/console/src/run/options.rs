//! Long options: `--name value` or `--name=value`, checked against a table.

use crate::draw::style::Style;
use files::text::{Shortened, alike};
use matrix::ConfigError;
use std::ffi::OsString;
use std::fmt::Display;
use std::ops::{Bound, RangeBounds, RangeInclusive};
use std::str::FromStr;

type Text = &'static str;

/// One line of an app's table of options: the option and the placeholder of its value, as in
/// `rate R`; its default, empty if it has none; what it does.
///
/// Without a placeholder it is a flag. A placeholder with a blank, as in `export N FILE` or `predict
/// FILE ...`, stands for several values; in brackets, they may be left out. If the last text is empty,
/// the option shares a line of the help with the next one.
#[derive(Clone, Copy, Debug)]
pub struct Opt(pub Text, pub Text, pub Text);

impl Opt {
    /// `--seed N`, read by [`Options::seed`].
    pub const SEED: Opt = Opt("seed N", "0", "seed of the random numbers");
    /// `--threads N`: the number of threads of the matrix product, set by [`App`](crate::App).
    pub const THREADS: Opt = Opt("threads N", "", "threads (default: all cores)");
    /// `--log FILE.csv`, for [`Log::create`](crate::Log::create).
    pub const LOG: Opt = Opt("log FILE.csv", "", "write the training curve to this file");
    /// `--quiet`, read by [`Options::quiet`].
    pub const QUIET: Opt = Opt("quiet", "", "only the results: no charts, no progress");
    /// `--unicode`, read by [`App`](crate::App): it is in [`Options::style`].
    pub const UNICODE: Opt = Opt("unicode", "", "draw with Unicode blocks and braille");

    /// The name, and the placeholder of the value; empty for a flag.
    fn parts(&self) -> (Text, Text) {
        self.0.split_once(' ').unwrap_or((self.0, ""))
    }
}

/// The result of reading an option.
pub type OptionResult<T> = Result<T, ConfigError>;

/// A number type that [`Options::get`] can read.
pub trait Number: FromStr + PartialOrd + Display {
    /// The name of the type in messages.
    const KIND: &'static str = "a whole number";

    /// Whether the number is neither infinite nor NaN.
    fn is_finite(&self) -> bool {
        true
    }
}

impl Number for usize {}
impl Number for u64 {}
impl Number for f64 {
    const KIND: &'static str = "a finite number";

    fn is_finite(&self) -> bool {
        f64::is_finite(*self)
    }
}
impl Number for f32 {
    const KIND: &'static str = "a number of 32 bits";

    fn is_finite(&self) -> bool {
        f32::is_finite(*self)
    }
}

/// The numbers above 0: the range of learning rates.
pub const ABOVE_0: (Bound<f64>, Bound<f64>) = (Bound::Excluded(0.0), Bound::Unbounded);

/// The options of one run: the values from the command line, and defaults for the rest.
///
/// Two mistakes of the app itself panic: a name that is not in its table, and reading a number or a
/// choice from an option that has no default and was not given (call [`has`](Self::has) first).
#[derive(Debug)]
pub struct Options {
    table: &'static [Opt],
    given: Vec<(Text, Vec<String>)>,
    /// How to draw on standard output.
    pub style: Style,
}

impl Options {
    /// Parses command-line arguments (without the program's name) by a table of options.
    ///
    /// # Errors
    /// The first mistake from the left. Values are checked later, when they are read.
    pub fn parse(table: &'static [Opt], args: &[OsString], style: Style) -> OptionResult<Options> {
        if let Some(arg) = args.iter().find(|arg| arg.to_str().is_none()) {
            let arg = quote(&arg.to_string_lossy());
            return refused(format!("the argument {arg} is not UTF-8"));
        }
        let mut args = args.iter().filter_map(|arg| arg.to_str()).peekable();
        let mut options = Options { table, given: Vec::new(), style };
        while let Some(arg) = args.next() {
            let Some(text) = arg.strip_prefix("--") else {
                return refused(format!("unexpected argument {}, see --help", quote(arg)));
            };
            let (typed, value) = text.split_once('=').map_or((text, None), |(t, v)| (t, Some(v)));
            let known = table.iter().map(Opt::parts).find(|(name, _)| *name == typed);
            let (name, placeholder) = known.ok_or_else(|| options.unknown(typed))?;
            let is_flag = placeholder.is_empty();
            if options.has(name) {
                return refused(format!("--{name} is given twice"));
            }
            if let (true, Some(value)) = (is_flag, value) {
                return refused(format!("--{name} takes no value, found {}", quote(value)));
            }
            let mut values: Vec<String> = value.map(String::from).into_iter().collect();
            // A value may start with one minus, as negative numbers do, but not with two.
            while !is_flag
                && (values.is_empty() || placeholder.contains(' '))
                && let Some(value) = args.next_if(|value| !value.starts_with("--"))
            {
                values.push(value.into());
            }
            let needed = !is_flag && !placeholder.starts_with('[');
            if needed && values.concat().is_empty() {
                return refused(format!("missing value: --{name} {placeholder}"));
            }
            options.style.unicode |= name == Opt::UNICODE.0;
            options.given.push((name, values));
        }
        Ok(options)
    }

    fn unknown(&self, typed: &str) -> ConfigError {
        let names = self.table.iter().map(|opt| opt.parts().0.to_string());
        let hint = match alike(typed, names).first() {
            Some(name) => format!("did you mean --{name}?"),
            None => "see --help".into(),
        };
        ConfigError(format!("unknown option {}, {hint}", quote(&format!("--{typed}"))))
    }

    /// Whether the option was given on the command line.
    #[track_caller]
    pub fn has(&self, name: &str) -> bool {
        self.in_table(name);
        self.given.iter().any(|(given, _)| *given == name)
    }

    /// Whether to print only the results, without charts and progress: `--quiet`.
    pub fn quiet(&self) -> bool {
        self.has("quiet")
    }

    /// Returns the value of an option, or its default, or `None`.
    #[track_caller]
    pub fn text(&self, name: &str) -> Option<&str> {
        let default = Some(self.in_table(name).1).filter(|default| !default.is_empty());
        self.texts(name).first().map(String::as_str).or(default)
    }

    /// Returns all values of an option that takes several; none if it was not given.
    #[track_caller]
    pub fn texts(&self, name: &str) -> &[String] {
        self.in_table(name);
        self.given.iter().find(|(given, _)| *given == name).map_or(&[], |(_, values)| values)
    }

    /// Returns the number given for an option, within a range: `options.get("epochs", 1..=1000)?`.
    #[track_caller]
    pub fn get<T: Number>(&self, name: &str, within: impl RangeBounds<T>) -> OptionResult<T> {
        let expected = format!("{}{}", T::KIND, limits(&within));
        self.parsed(name, &expected, |text| number(text, &within))
    }

    /// Returns `count` numbers separated by commas, such as the sizes of layers.
    #[track_caller]
    pub fn list<T: Number>(
        &self,
        name: &str,
        count: RangeInclusive<usize>,
        within: impl RangeBounds<T>,
    ) -> OptionResult<Vec<T>> {
        let (least, most) = (count.start(), count.end());
        let number_of =
            if least == most { format!("{most}") } else { format!("{least} to {most}") };
        let kind = T::KIND.trim_start_matches("a ");
        let expected = format!("{number_of} {kind}s{} with commas between them", limits(&within));
        self.parsed(name, &expected, |text| {
            let numbers = text.split(',').map(|text| number(text, &within));
            numbers.collect::<Option<Vec<T>>>().filter(|found| count.contains(&found.len()))
        })
    }

    /// Returns the value of `--seed`, see [`Opt::SEED`].
    pub fn seed(&self) -> OptionResult<u64> {
        self.get("seed", 0..=u64::MAX)
    }

    /// Returns the value of `--threads`; `None` means one thread per core.
    pub(crate) fn threads(&self) -> OptionResult<Option<usize>> {
        let given = self.given.iter().any(|(name, _)| *name == "threads");
        given.then(|| self.get("threads", 1..=matrix::MOST_THREADS)).transpose()
    }

    /// Returns the choice that the option's value, one of a few words, stands for.
    #[track_caller]
    pub fn choice<T: Copy>(&self, name: &str, choices: &[(&str, T)]) -> OptionResult<T> {
        let words: Vec<_> = choices.iter().map(|(word, _)| *word).collect();
        let (last, first) = words.split_last().unwrap_or((&"", &[]));
        let expected = [&first.join(", "), *last].join(" or ");
        self.parsed(name, &expected, |text| {
            choices.iter().find(|(word, _)| *word == text).map(|(_, meaning)| *meaning)
        })
    }

    /// Returns the error for a value that only the app can check: `--batch: found "500", expected
    /// at most 120, the rows to train on`.
    #[track_caller]
    pub fn refuse(&self, name: &str, expected: &str) -> ConfigError {
        let found = quote(self.text(name).unwrap_or_default());
        ConfigError(format!("--{name}: found {found}, expected {expected}"))
    }

    /// Rejects a command line that has both options.
    #[track_caller]
    pub fn exclude(&self, one: &str, other: &str) -> OptionResult<()> {
        match self.has(one) && self.has(other) {
            true => refused(format!("--{one} and --{other} exclude each other")),
            false => Ok(()),
        }
    }

    /// Rejects a command line that combines `mode` with any option except `others`, names
    /// with blanks between them, and those that go with every mode: --threads, --quiet and --unicode.
    #[track_caller]
    pub fn allow_only(&self, mode: &str, others: &str) -> OptionResult<()> {
        let allowed = [mode, "threads quiet unicode", others].join(" ");
        let is_allowed = |name: &&str| allowed.split(' ').any(|other| other == *name);
        match self.given.iter().map(|(name, _)| *name).find(|name| !is_allowed(name)) {
            Some(other) => self.exclude(mode, other),
            None => Ok(()),
        }
    }

    #[track_caller]
    fn parsed<T>(
        &self,
        name: &str,
        expected: &str,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> OptionResult<T> {
        let text = self.text(name).unwrap_or_else(|| panic!("--{name} has no default"));
        parse(text).ok_or_else(|| self.refuse(name, expected))
    }

    #[track_caller]
    fn in_table(&self, name: &str) -> &'static Opt {
        let opt = self.table.iter().find(|opt| opt.parts().0 == name);
        opt.unwrap_or_else(|| panic!("--{name} is not in the table of options"))
    }
}

/// Parses a number; `None` unless it is finite and within the range.
fn number<T: Number>(text: &str, range: &impl RangeBounds<T>) -> Option<T> {
    text.parse().ok().filter(|number: &T| number.is_finite() && range.contains(number))
}

/// Describes the limits of a range in words.
fn limits<T: Number>(range: &impl RangeBounds<T>) -> String {
    match (range.start_bound(), range.end_bound()) {
        (Bound::Included(from), Bound::Included(to)) => format!(" from {from} to {to}"),
        (Bound::Excluded(from), Bound::Excluded(to)) => format!(" between {from} and {to}"),
        (Bound::Excluded(from), Bound::Included(to)) => format!(" above {from}, at most {to}"),
        (Bound::Excluded(from), _) => format!(" above {from}"),
        (Bound::Included(from), _) => format!(", {from} or more"),
        _ => String::new(),
    }
}

fn refused<T>(message: String) -> OptionResult<T> {
    Err(ConfigError(message))
}

/// Formats a text from the command line for messages.
fn quote(text: &str) -> String {
    format!("\"{}\"", Shortened(text))
}

#[cfg(test)]
mod tests;
