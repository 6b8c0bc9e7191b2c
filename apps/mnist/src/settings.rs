//! The settings of a run: from the command line, or from the text saved with a run.

use console::{ABOVE_0, OptionError, Options, shortest};
use datasets::text::Quoted;
use datasets::{Error, Images};
use nets::Init;
use std::fmt;
use std::path::{Path, PathBuf, absolute};

/// The settings of a run.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Settings {
    /// The units of each hidden layer.
    pub hidden: Vec<usize>,
    /// How weights and biases start.
    pub init: Init,
    pub batch: usize,
    pub rate: Changing,
    pub lambda: Changing,
    /// What each pixel, 0 to 255, is divided by.
    pub scale: f64,
    pub seed: u64,
    /// The rows and columns of the images; `None` before they are read, and in older runs.
    pub shape: Option<(usize, usize)>,
    /// What the files of the images call class 0.
    pub first_label: u8,
    /// Whether the images lie on their side in their files.
    pub transpose: bool,
    /// The folder of the images; `None` for those of MNIST that come with this repository.
    pub data: Option<PathBuf>,
}

/// A number that a resumed run may change: each value with the first epoch that it is for.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Changing(Vec<(usize, f32)>);

impl Changing {
    /// This value in all epochs.
    pub(crate) fn new(value: f32) -> Self {
        Self(vec![(1, value)])
    }

    /// The latest value.
    pub(crate) fn value(&self) -> f32 {
        self.0[self.0.len() - 1].1
    }

    /// Takes another value from `epoch` on.
    fn change(&mut self, epoch: usize, value: f32) {
        if value != self.value() {
            self.0.push((epoch, value));
        }
    }

    /// As `Display` writes it, of values that `fit`.
    fn parse(text: &str, fits: fn(&f32) -> bool) -> Option<Self> {
        let mut parts = text.split(", from epoch ");
        let mut values = vec![(1, number(parts.next()?, fits)?)];
        for part in parts {
            let (epoch, value) = part.split_once(" on ")?;
            let later = |epoch: &usize| *epoch > values[values.len() - 1].0;
            values.push((number(epoch, later)?, number(value, fits)?));
        }
        Some(Self(values))
    }
}

impl fmt::Display for Changing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|(epoch, value)| match epoch {
            1 => write!(f, "{}", shortest(*value)),
            _ => write!(f, ", from epoch {epoch} on {}", shortest(*value)),
        })
    }
}

/// Why a text is not that of settings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum SettingsError {
    /// From this line on it is not UTF-8.
    NotUtf8 { line: usize },
    /// A line is not `name = value` with a known name, once.
    Line { line: usize, found: String },
    /// A value is not what its name needs.
    Value { line: usize, found: String, expected: &'static str },
    /// There is no line of this name.
    Missing { name: String },
}

impl fmt::Display for SettingsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotUtf8 { line } => write!(f, "line {line}: expected text in UTF-8"),
            Self::Line { line, found } => {
                write!(
                    f,
                    "line {line}: found {}, expected one of the settings, once",
                    Quoted(found)
                )
            }
            Self::Value { line, found, expected } => {
                write!(f, "line {line}: found {}, expected {expected}", Quoted(found))
            }
            Self::Missing { name } => write!(f, "found no line '{name} = …', expected one"),
        }
    }
}

impl std::error::Error for SettingsError {}

/// The most hidden layers.
const LAYERS: usize = 6;
const SIZES: &str = "one to six whole numbers from 1 to 10000, as in 200,80";
const UNITS: &str = "a whole number from 1 to 10000";
const COUNT: &str = "a whole number from 1 to 1000000000";
const RATE: &str = "a number above 0 that 32 bits can hold";
const LAMBDA: &str = "a number, 0 or more, that 32 bits can hold";
const SCALE: &str = "a number above 0 whose inverse 32 bits can hold";

const NAMES: [&str; 11] = [
    "init",
    "batch",
    "rate",
    "lambda",
    "scale",
    "seed",
    "best_accuracy",
    "shape",
    "first_label",
    "transpose",
    "data",
];
/// How weights may start, by name.
const STARTS: [(&str, Init); 4] =
    [("small", Init::Small), ("he", Init::He), ("zero", Init::Zero), ("equal", Init::Equal)];

impl Settings {
    /// What the command line says.
    pub(crate) fn from_options(options: &Options) -> Result<Self, OptionError> {
        let sizes = options.text("hidden").unwrap_or_default().split(',');
        let sizes: Option<Vec<usize>> = sizes.map(|size| number(size, is_units)).collect();
        let sizes = sizes.filter(|sizes| sizes.len() <= LAYERS);
        Ok(Self {
            hidden: sizes.ok_or_else(|| options.refuse("hidden", SIZES))?,
            init: options.choice("init", &STARTS)?,
            batch: options.get("batch", 1..=1_000_000_000)?,
            rate: Changing::new(rate(options)?),
            lambda: Changing::new(lambda(options)?),
            scale: Some(options.get("scale", ABOVE_0)?)
                .filter(is_scale)
                .ok_or_else(|| options.refuse("scale", SCALE))?,
            seed: options.seed()?,
            shape: None,
            first_label: 0,
            transpose: options.has("transpose"),
            data: options.text("data").map(PathBuf::from),
        })
    }

    /// Takes the rate and λ of the command line, where it has them, from `epoch` on.
    pub(crate) fn change(&mut self, options: &Options, epoch: usize) -> Result<(), OptionError> {
        if options.has("rate") {
            self.rate.change(epoch, rate(options)?);
        }
        if options.has("lambda") {
            self.lambda.change(epoch, lambda(options)?);
        }
        Ok(())
    }

    /// Whether these are the tutorial's, of which figures are published; the seed may be any.
    pub(crate) fn is_published(&self) -> bool {
        let Self { hidden, init, batch, rate, lambda, scale, data, .. } = self;
        let thousandth = &Changing::new(1e-3);
        (&hidden[..], *init, *batch, *scale, data) == (&[200, 80], Init::Small, 256, 1.0, &None)
            && (rate, lambda) == (thousandth, thousandth)
    }

    /// The folder of the images.
    pub(crate) fn folder(&self) -> PathBuf {
        self.data.clone().unwrap_or_else(datasets::mnist_dir)
    }

    /// The images to train on and those to test on.
    pub(crate) fn images(&self) -> Result<(Images, Images), Error> {
        let mut sets = datasets::mnist(&self.folder())?;
        if self.transpose {
            sets.0.transpose();
            sets.1.transpose();
        }
        Ok(sets)
    }

    /// Notes what the images are like.
    pub(crate) fn set_images(&mut self, images: &Images) {
        self.shape = Some((images.rows, images.cols));
        self.first_label = images.first_label;
    }

    /// The settings and the best accuracy as lines of text.
    pub(crate) fn to_text(&self, best_accuracy: f64) -> String {
        let Self {
            hidden,
            init,
            batch,
            rate,
            lambda,
            scale,
            seed,
            shape,
            first_label,
            transpose,
            data,
        } = self;
        let init = name_of(*init);
        let mut text = String::new();
        for (layer, units) in (1..).zip(hidden) {
            text += &format!("hidden{layer} = {units}\n");
        }
        text += &format!(
            "init = {init}\nbatch = {batch}\nrate = {rate}\nlambda = {lambda}\nscale = {scale}\n\
             seed = {seed}\nbest_accuracy = {best_accuracy}\n"
        );
        if let Some((rows, cols)) = shape {
            text += &format!("shape = {rows}x{cols}\n");
        }
        if *first_label != 0 {
            text += &format!("first_label = {first_label}\n");
        }
        if *transpose {
            text += "transpose = true\n";
        }
        if let Some(path) = data {
            text += &format!("data = {}\n", path_to_text(&absolute(path).unwrap_or(path.clone())));
        }
        text
    }

    /// The settings and the best accuracy in a text as [`Settings::to_text`] writes it, whatever
    /// editor it went through. Blank lines and lines with a # in front do not count.
    pub(crate) fn parse(text: &[u8]) -> Result<(Self, f64), SettingsError> {
        let text = str::from_utf8(text).map_err(|error| SettingsError::NotUtf8 {
            line: text[..error.valid_up_to()].split(|&byte| byte == b'\n').count(),
        })?;
        let lines = Lines::new(text.trim_start_matches('\u{feff}'))?;
        let hidden = (1..=LAYERS).map_while(|n| {
            let units = |text: &str| number(text, is_units);
            lines.optional(&format!("hidden{n}"), UNITS, units).transpose()
        });
        let hidden = hidden.collect::<Result<Vec<_>, _>>()?;
        if hidden.is_empty()
            || hidden.len() < lines.0.iter().filter(|line| is_hidden(line.1)).count()
        {
            return Err(SettingsError::Missing { name: format!("hidden{}", hidden.len() + 1) });
        }
        let start =
            |text: &str| STARTS.iter().find(|(name, _)| *name == text).map(|(_, start)| *start);
        let init = lines.optional("init", "small, he, zero or equal", start)?;
        let settings = Self {
            hidden,
            // Older runs don't say it.
            init: init.unwrap_or(Init::Small),
            batch: lines.value("batch", COUNT, |text| number(text, is_count))?,
            rate: lines.value("rate", RATE, |text| Changing::parse(text, is_rate))?,
            lambda: lines.value("lambda", LAMBDA, |text| Changing::parse(text, is_lambda))?,
            scale: lines.value("scale", SCALE, |text| number(text, is_scale))?,
            seed: lines
                .value("seed", "a whole number from 0 to 2^64 - 1", |text| text.parse().ok())?,
            shape: lines.optional("shape", "rows x columns, as in 28x28", |text| {
                let (rows, cols) = text.split_once('x')?;
                Some((number(rows, is_count)?, number(cols, is_count)?))
            })?,
            first_label: lines
                .optional("first_label", "0 or 1", |text| number(text, |n| *n <= 1))?
                .unwrap_or(0),
            transpose: lines
                .optional("transpose", "true or false", |text| text.parse().ok())?
                .unwrap_or(false),
            data: lines.optional("data", "a path", text_to_path)?,
        };
        let share = |text: &str| number(text, |x: &f64| (0.0..=1.0).contains(x));
        Ok((settings, lines.value("best_accuracy", "a number from 0 to 1", share)?))
    }
}

/// The lines `name = value` of a text: number, name, value.
struct Lines<'a>(Vec<(usize, &'a str, &'a str)>);

impl<'a> Lines<'a> {
    fn new(text: &'a str) -> Result<Self, SettingsError> {
        let mut lines: Vec<(usize, &str, &str)> = Vec::new();
        for (line, text) in (1..).zip(text.lines()) {
            if text.trim().is_empty() || text.starts_with('#') {
                continue;
            }
            let unknown = || SettingsError::Line { line, found: text.into() };
            let (name, value) = text.split_once('=').ok_or_else(unknown)?;
            let (name, value) = (name.trim(), value.trim());
            let known = NAMES.contains(&name) || is_hidden(name);
            if !known || lines.iter().any(|(_, other, _)| *other == name) {
                return Err(unknown());
            }
            lines.push((line, name, value));
        }
        Ok(Self(lines))
    }

    /// The value of a line that must be there.
    fn value<T>(
        &self,
        name: &str,
        expected: &'static str,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Result<T, SettingsError> {
        let value = self.optional(name, expected, parse)?;
        value.ok_or_else(|| SettingsError::Missing { name: name.into() })
    }

    fn optional<T>(
        &self,
        name: &str,
        expected: &'static str,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Result<Option<T>, SettingsError> {
        let Some(&(line, _, found)) = self.0.iter().find(|(_, other, _)| *other == name) else {
            return Ok(None);
        };
        let wrong = || SettingsError::Value { line, found: found.into(), expected };
        parse(found).ok_or_else(wrong).map(Some)
    }
}

/// Whether a line has the units of a hidden layer.
fn is_hidden(name: &str) -> bool {
    let layer = name.strip_prefix("hidden").and_then(|layer| layer.parse().ok());
    layer.is_some_and(|layer| (1..=LAYERS).contains(&layer))
}

/// What a start is called.
pub(crate) fn name_of(init: Init) -> &'static str {
    STARTS.iter().find(|(_, start)| *start == init).map_or("", |(name, _)| name)
}

/// A number that `fits`.
fn number<T: std::str::FromStr>(text: &str, fits: impl Fn(&T) -> bool) -> Option<T> {
    text.parse().ok().filter(fits)
}

fn is_units(units: &usize) -> bool {
    (1..=10_000).contains(units)
}

fn is_count(count: &usize) -> bool {
    (1..=1_000_000_000).contains(count)
}

fn is_rate(rate: &f32) -> bool {
    rate.is_finite() && *rate > 0.0
}

fn is_lambda(lambda: &f32) -> bool {
    lambda.is_finite() && *lambda >= 0.0
}

/// Whether pixels can be multiplied by 1/`scale` in 32 bits.
fn is_scale(scale: &f64) -> bool {
    *scale > 0.0 && ((1.0 / scale) as f32).is_normal()
}

fn rate(options: &Options) -> Result<f32, OptionError> {
    let rate = options.get("rate", ABOVE_0)? as f32;
    if is_rate(&rate) { Ok(rate) } else { Err(options.refuse("rate", RATE)) }
}

fn lambda(options: &Options) -> Result<f32, OptionError> {
    let lambda = options.get("lambda", 0.0..)? as f32;
    if is_lambda(&lambda) { Ok(lambda) } else { Err(options.refuse("lambda", LAMBDA)) }
}

/// A path as the value of a line: as it is, if it reads back so; else in double quotes, `\xNN`
/// standing for each byte that could not be read back.
fn path_to_text(path: &Path) -> String {
    let plain = |c: char| !c.is_control() && (c == ' ' || !c.is_whitespace());
    let is_plain =
        |text: &&str| text.trim() == *text && !text.starts_with('"') && text.chars().all(plain);
    if let Some(text) = path.to_str().filter(is_plain) {
        return text.into();
    }
    let mut text = String::from("\"");
    let escape = |text: &mut String, bytes: &[u8]| {
        bytes.iter().for_each(|byte| text.push_str(&format!("\\x{byte:02x}")));
    };
    for chunk in path.as_os_str().as_encoded_bytes().utf8_chunks() {
        for c in chunk.valid().chars() {
            match c {
                '"' | '\\' => escape(&mut text, c.encode_utf8(&mut [0; 4]).as_bytes()),
                _ if !plain(c) => escape(&mut text, c.encode_utf8(&mut [0; 4]).as_bytes()),
                _ => text.push(c),
            }
        }
        escape(&mut text, chunk.invalid());
    }
    text + "\""
}

/// The path in a text as [`path_to_text`] writes it.
fn text_to_path(text: &str) -> Option<PathBuf> {
    let Some(quoted) = text.strip_prefix('"') else { return Some(text.into()) };
    let mut bytes = Vec::new();
    let mut parts = quoted.strip_suffix('"')?.split("\\x");
    bytes.extend_from_slice(parts.next()?.as_bytes());
    for part in parts {
        bytes.push(u8::from_str_radix(part.get(..2)?, 16).ok()?);
        bytes.extend_from_slice(&part.as_bytes()[2..]);
    }
    path_of(bytes)
}

#[cfg(unix)]
fn path_of(bytes: Vec<u8>) -> Option<PathBuf> {
    use std::os::unix::ffi::OsStringExt;
    Some(std::ffi::OsString::from_vec(bytes).into())
}

/// Elsewhere a path is text, or not one that a file can hold.
#[cfg(not(unix))]
fn path_of(bytes: Vec<u8>) -> Option<PathBuf> {
    String::from_utf8(bytes).ok().map(PathBuf::from)
}

#[cfg(test)]
mod tests;
