//! Long options: `--name value` or `--name=value`, checked against a table.

use crate::draw::style::Style;
use std::error::Error;
use std::ffi::OsString;
use std::fmt;
use std::ops::RangeInclusive;

/// One line of an app's table of options.
#[derive(Clone, Copy, Debug)]
pub struct Opt {
    pub(crate) name: &'static str,
    /// What stands for the value in the help; empty for a flag.
    pub(crate) value: &'static str,
    pub(crate) default: Option<&'static str>,
    pub(crate) help: &'static str,
    many: bool,
}

impl Opt {
    /// `--seed N`, read by [`Options::seed`].
    pub const SEED: Opt = Opt::value("seed", "N", "0", "seed of the random numbers");
    /// `--threads N`, read by [`Options::threads`].
    pub const THREADS: Opt = Opt::optional("threads", "N", "worker threads (default: all cores)");
    /// `--log FILE.csv`, for [`Log::create`](crate::Log::create).
    pub const LOG: Opt = Opt::optional("log", "FILE.csv", "write the training curve to this file");
    pub(crate) const QUIET: Opt = Opt::flag("quiet", "the results alone: no charts, no progress");
    pub(crate) const UNICODE: Opt =
        Opt::flag("unicode", "draw with Unicode blocks and braille dots");

    /// An option with a value and a default.
    pub const fn value(
        name: &'static str,
        value: &'static str,
        default: &'static str,
        help: &'static str,
    ) -> Opt {
        Opt { name, value, default: Some(default), help, many: false }
    }

    /// An option with a value that may be left out.
    pub const fn optional(name: &'static str, value: &'static str, help: &'static str) -> Opt {
        Opt { name, value, default: None, help, many: false }
    }

    /// An option with one or more values: `--predict a.pgm b.pgm`.
    pub const fn several(name: &'static str, value: &'static str, help: &'static str) -> Opt {
        Opt { name, value, default: None, help, many: true }
    }

    /// An option that is there or not.
    pub const fn flag(name: &'static str, help: &'static str) -> Opt {
        Opt { name, value: "", default: None, help, many: false }
    }

    fn is_flag(&self) -> bool {
        self.value.is_empty()
    }

    pub(crate) fn usage(&self) -> String {
        // "N FILE" are two values, "FILE" stands for any number of them.
        let several = if self.many && !self.value.contains(' ') { "..." } else { "" };
        format!("--{} {}{several}", self.name, self.value).trim_end().to_string()
    }

    pub(crate) fn default_text(&self) -> String {
        self.default.map_or(String::new(), |default| format!(" (default: {default})"))
    }
}

/// What is wrong with a command line.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the variants explain their fields")]
pub enum OptionError {
    /// No such option; `nearest` is one with a similar name.
    Unknown { name: String, nearest: Option<&'static str> },
    /// The option ends the line, or another option follows.
    MissingValue { name: &'static str, value: &'static str },
    /// `--flag=value`.
    UnwantedValue { name: &'static str, value: String },
    /// The value is not what the option expects.
    Value { name: &'static str, found: String, expected: String },
    /// The option is there twice.
    Repeated { name: &'static str },
    /// These two exclude each other.
    Conflict { one: &'static str, other: &'static str },
    /// An argument that belongs to no option.
    Unexpected { argument: String },
    /// An argument that is not UTF-8, shown with replacement characters.
    NotUtf8 { argument: String },
}

impl fmt::Display for OptionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown { name, nearest: Some(nearest) } => {
                write!(f, "unknown option {name:?}, did you mean --{nearest}?")
            }
            Self::Unknown { name, nearest: None } => {
                write!(f, "unknown option {name:?}, see --help")
            }
            Self::MissingValue { name, value } => write!(f, "missing value: --{name} {value}"),
            Self::UnwantedValue { name, value } => {
                write!(f, "--{name} takes no value, found {value:?}")
            }
            Self::Value { name, found, expected } => {
                write!(f, "--{name}: found {found:?}, expected {expected}")
            }
            Self::Repeated { name } => write!(f, "--{name} is given twice"),
            Self::Conflict { one, other } => {
                write!(f, "--{one} and --{other} exclude each other")
            }
            Self::Unexpected { argument } => {
                write!(f, "unexpected argument {argument:?}, see --help")
            }
            Self::NotUtf8 { argument } => write!(f, "the argument {argument:?} is not UTF-8"),
        }
    }
}

impl Error for OptionError {}

/// The options of one run: what the command line gave, defaults for the rest.
///
/// Two mistakes of the app itself panic: a name that is not in its table, and asking for the number
/// or the choice of an option that has no default and is not there (ask [`has`](Self::has) first).
#[derive(Debug)]
pub struct Options {
    table: Vec<&'static Opt>,
    given: Vec<(&'static str, Vec<String>)>,
    /// How to draw on standard output.
    pub style: Style,
}

impl Options {
    /// Reads command-line arguments (without the program's name) by a table of options.
    ///
    /// # Errors
    /// The first mistake from the left. Values are checked later, when they are asked for.
    pub(crate) fn parse(
        table: Vec<&'static Opt>,
        args: &[OsString],
    ) -> Result<Options, OptionError> {
        let mut given: Vec<(&str, Vec<String>)> = Vec::new();
        let utf8 = |arg: &OsString| {
            arg.to_str()
                .map(String::from)
                .ok_or_else(|| OptionError::NotUtf8 { argument: arg.to_string_lossy().into() })
        };
        let args: Vec<String> = args.iter().map(utf8).collect::<Result<_, _>>()?;
        let mut args = args.into_iter().peekable();
        while let Some(argument) = args.next() {
            let Some(text) = argument.strip_prefix("--") else {
                return Err(OptionError::Unexpected { argument });
            };
            let (typed, value) = match text.split_once('=') {
                Some((typed, value)) => (typed, Some(value.to_string())),
                None => (text, None),
            };
            let Some(opt) = table.iter().find(|opt| opt.name == typed) else {
                let nearest = nearest(typed, table.iter().map(|opt| opt.name));
                return Err(OptionError::Unknown { name: format!("--{typed}"), nearest });
            };
            let name = opt.name;
            if given.iter().any(|(other, _)| *other == name) {
                return Err(OptionError::Repeated { name });
            }
            if let (true, Some(value)) = (opt.is_flag(), &value) {
                return Err(OptionError::UnwantedValue { name, value: value.clone() });
            }
            let mut values: Vec<String> = value.into_iter().collect();
            // A value may begin with one minus, as numbers do, but not with two.
            while !opt.is_flag()
                && (values.is_empty() || opt.many)
                && let Some(value) = args.next_if(|value| !value.starts_with("--"))
            {
                values.push(value);
            }
            if !opt.is_flag() && values.concat().is_empty() {
                return Err(OptionError::MissingValue { name, value: opt.value });
            }
            given.push((name, values));
        }
        Ok(Options { table, given, style: Style::plain() })
    }

    /// Whether the command line has this option.
    #[track_caller]
    pub fn has(&self, name: &str) -> bool {
        let name = self.in_table(name).name;
        self.given.iter().any(|(given, _)| *given == name)
    }

    /// Whether only the results are wanted, without charts and progress: `--quiet`.
    pub fn quiet(&self) -> bool {
        self.has("quiet")
    }

    /// The value of an option, or its default, or nothing.
    #[track_caller]
    pub fn text(&self, name: &str) -> Option<&str> {
        let default = self.in_table(name).default;
        self.texts(name).first().map(String::as_str).or(default)
    }

    /// All values of an option that takes several; none if it is not there.
    #[track_caller]
    pub fn texts(&self, name: &str) -> &[String] {
        let name = self.in_table(name).name;
        self.given.iter().find(|(given, _)| *given == name).map_or(&[], |(_, values)| values)
    }

    /// The value of `--seed`, see [`Opt::SEED`].
    pub fn seed(&self) -> Result<u64, OptionError> {
        self.parsed("seed", "a whole number from 0 to 2^64 - 1", |text| text.parse().ok())
    }

    /// The value of `--threads`, see [`Opt::THREADS`]; nothing means as many as there are cores.
    pub fn threads(&self) -> Result<Option<usize>, OptionError> {
        self.has("threads").then(|| self.whole("threads", 1..=1024)).transpose()
    }

    /// A whole number within `range`, both ends included.
    #[track_caller]
    pub fn whole(&self, name: &str, range: RangeInclusive<usize>) -> Result<usize, OptionError> {
        let expected = format!("a whole number from {} to {}", range.start(), range.end());
        self.parsed(name, &expected, |text| text.parse().ok().filter(|n| range.contains(n)))
    }

    /// N whole numbers within `range` with commas between them, as the sizes of layers are.
    ///
    /// # Panics
    /// As [`whole`](Self::whole).
    #[track_caller]
    pub fn wholes<const N: usize>(
        &self,
        name: &str,
        range: RangeInclusive<usize>,
    ) -> Result<[usize; N], OptionError> {
        let (from, to) = (range.start(), range.end());
        let expected =
            format!("{N} whole numbers from {from} to {to}, as in {}", ["20"; N].join(","));
        let parse = |text: &str| text.parse().ok().filter(|n| range.contains(n));
        self.parsed(name, &expected, |text| {
            text.split(',').map(parse).collect::<Option<Vec<usize>>>()?.try_into().ok()
        })
    }

    /// A whole number from 1 to 10⁹, as counts of epochs and rows are.
    #[track_caller]
    pub fn at_least_one(&self, name: &str) -> Result<usize, OptionError> {
        self.whole(name, 1..=1_000_000_000)
    }

    /// A finite number above 0, as a learning rate is.
    #[track_caller]
    pub fn positive(&self, name: &str) -> Result<f64, OptionError> {
        let accept = |number: &f64| number.is_finite() && *number > 0.0;
        self.parsed(name, "a number above 0", |text| text.parse().ok().filter(accept))
    }

    /// A finite number that is 0 or more, as the strength of a regulariser is.
    #[track_caller]
    pub fn not_negative(&self, name: &str) -> Result<f64, OptionError> {
        let accept = |number: &f64| number.is_finite() && *number >= 0.0;
        self.parsed(name, "a number, 0 or more", |text| text.parse().ok().filter(accept))
    }

    /// One of a few words, each standing for something.
    #[track_caller]
    pub fn choice<T: Copy>(&self, name: &str, choices: &[(&str, T)]) -> Result<T, OptionError> {
        let words: Vec<_> = choices.iter().map(|(word, _)| *word).collect();
        self.parsed(name, &words.join(" or "), |text| {
            choices.iter().find(|(word, _)| *word == text).map(|(_, meaning)| *meaning)
        })
    }

    /// The error for a value that only the app can judge: `--batch: found "500", expected at
    /// most 120, the rows to train on`.
    #[track_caller]
    pub fn refuse(&self, name: &str, expected: &str) -> OptionError {
        let found = self.text(name).unwrap_or_default().into();
        OptionError::Value { name: self.in_table(name).name, found, expected: expected.into() }
    }

    /// Refuses a command line that has both options.
    #[track_caller]
    pub fn exclude(&self, one: &str, other: &str) -> Result<(), OptionError> {
        if self.has(one) && self.has(other) {
            let (one, other) = (self.in_table(one).name, self.in_table(other).name);
            return Err(OptionError::Conflict { one, other });
        }
        Ok(())
    }

    /// Refuses a command line that has `mode` and an option that is neither one of `others` nor one
    /// of those that go with all, --threads, --quiet and --unicode.
    #[track_caller]
    pub fn allow_only(&self, mode: &str, others: &[&str]) -> Result<(), OptionError> {
        let with_all = [mode, "threads", "quiet", "unicode"];
        let mut given = self.given.iter().map(|(name, _)| *name);
        match given.find(|name| !with_all.contains(name) && !others.contains(name)) {
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
    ) -> Result<T, OptionError> {
        let text = self.text(name).unwrap_or_else(|| panic!("--{name} has no default"));
        parse(text).ok_or_else(|| self.refuse(name, expected))
    }

    #[track_caller]
    fn in_table(&self, name: &str) -> &'static Opt {
        let opt = self.table.iter().find(|opt| opt.name == name);
        opt.unwrap_or_else(|| panic!("--{name} is not in the table of options"))
    }
}

/// The name that is the fewest edits away, if these are at most a third of its letters or it begins
/// with what was typed.
fn nearest(typed: &str, names: impl Iterator<Item = &'static str>) -> Option<&'static str> {
    let begins = |name: &str| typed.len() > 1 && name.starts_with(typed);
    names
        .map(|name| (if begins(name) { 0 } else { edits(typed, name) }, name))
        .filter(|(edits, name)| *edits <= name.len().div_ceil(3))
        .min_by_key(|(edits, _)| *edits)
        .map(|(_, name)| name)
}

/// How many letters must be put in, left out or replaced to make `b` of `a` (Levenshtein 1966).
fn edits(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.chars().count()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.chars().enumerate() {
            let replace = diagonal + usize::from(x != y);
            diagonal = row[j + 1];
            row[j + 1] = replace.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.chars().count()]
}

#[cfg(test)]
mod tests;
