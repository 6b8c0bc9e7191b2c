//! The settings of a run: from the command line, or from the text saved with a run.

use console::{ABOVE_0, OptionResult, Options, shortest};
use datasets::text::Quoted;
use datasets::{Error, Images};
use nets::Init;
use std::fmt::{self, Display};
use std::path::{Path, PathBuf, absolute};
use std::str::FromStr;

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

impl Display for Changing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|(epoch, value)| match epoch {
            1 => write!(f, "{}", shortest(*value)),
            _ => write!(f, ", from epoch {epoch} on {}", shortest(*value)),
        })
    }
}

/// What a setting may be, in words and as a condition.
type Kind<T> = (&'static str, fn(&T) -> bool);

const UNITS: Kind<usize> = ("a whole number from 1 to 10000", |units| (1..=10_000).contains(units));
const COUNT: Kind<usize> =
    ("a whole number from 1 to 1000000000", |count| (1..=1_000_000_000).contains(count));
const RATE: Kind<f32> =
    ("a number above 0 that 32 bits can hold", |rate| rate.is_finite() && *rate > 0.0);
const LAMBDA: Kind<f32> =
    ("a number, 0 or more, that 32 bits can hold", |lambda| lambda.is_finite() && *lambda >= 0.0);
/// Pixels are multiplied by 1/scale in 32 bits.
const SCALE: Kind<f64> = ("a number above 0 whose inverse 32 bits can hold", |scale| {
    *scale > 0.0 && ((1.0 / scale) as f32).is_normal()
});
const SEED: Kind<u64> = ("a whole number from 0 to 2^64 - 1", |_| true);
const SHARE: Kind<f64> = ("a number from 0 to 1", |share| (0.0..=1.0).contains(share));

/// How weights may start, by name.
const STARTS: [(&str, Init); 4] =
    [("small", Init::Small), ("he", Init::He), ("zero", Init::Zero), ("equal", Init::Equal)];

/// The names of the lines of a text.
const NAMES: &str = "hidden1 hidden2 hidden3 hidden4 hidden5 hidden6 init batch rate lambda scale \
                     seed best_accuracy shape first_label transpose data";

impl Settings {
    /// What the command line says.
    pub(crate) fn from_options(options: &Options) -> OptionResult<Self> {
        let sizes = options.text("hidden").unwrap_or_default().split(',');
        let sizes: Option<Vec<usize>> = sizes.map(|size| number(size, UNITS.1)).collect();
        let sizes = sizes.filter(|sizes| sizes.len() <= 6);
        let expected = "one to six whole numbers from 1 to 10000, as in 200,80";
        Ok(Self {
            hidden: sizes.ok_or_else(|| options.refuse("hidden", expected))?,
            init: options.choice("init", &STARTS)?,
            batch: options.get("batch", 1..=1_000_000_000)?,
            rate: Changing::new(rate(options)?),
            lambda: Changing::new(lambda(options)?),
            scale: fitting(options, "scale", options.get("scale", ABOVE_0)?, SCALE)?,
            seed: options.seed()?,
            shape: None,
            first_label: 0,
            transpose: options.has("transpose"),
            data: options.text("data").map(PathBuf::from),
        })
    }

    /// Takes the rate and λ of the command line, where it has them, from `epoch` on.
    pub(crate) fn change(&mut self, options: &Options, epoch: usize) -> OptionResult<()> {
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
        let mut text = String::new();
        let mut line = |name: &str, value: &dyn Display| text += &format!("{name} = {value}\n");
        for (layer, units) in (1..).zip(&self.hidden) {
            line(&format!("hidden{layer}"), units);
        }
        line("init", &name_of(self.init));
        line("batch", &self.batch);
        line("rate", &self.rate);
        line("lambda", &self.lambda);
        line("scale", &self.scale);
        line("seed", &self.seed);
        line("best_accuracy", &best_accuracy);
        if let Some((rows, cols)) = self.shape {
            line("shape", &format!("{rows}x{cols}"));
        }
        if self.first_label != 0 {
            line("first_label", &self.first_label);
        }
        if self.transpose {
            line("transpose", &true);
        }
        if let Some(path) = &self.data {
            line("data", &path_to_text(&absolute(path).unwrap_or(path.clone())));
        }
        text
    }

    /// The settings and the best accuracy in a text as [`Settings::to_text`] writes it, whatever
    /// editor it went through; older runs don't say everything. Blank lines and lines with a # in
    /// front do not count. An error says which line is wrong or missing.
    pub(crate) fn parse(text: &[u8]) -> Result<(Self, f64), String> {
        let lines = Lines::new(text)?;
        let layers = lines.0.iter().filter(|(_, name, _)| name.starts_with("hidden")).count();
        let hidden = (1..=layers.max(1)).map(|n| lines.number(&format!("hidden{n}"), UNITS));
        let start = |text: &str| Some(STARTS.iter().find(|(name, _)| *name == text)?.1);
        let label = |text: &str| number(text, |label| *label <= 1);
        let flag = |text: &str| text.parse().ok();
        let shape = |text: &str| {
            let (rows, cols) = text.split_once('x')?;
            Some((number(rows, COUNT.1)?, number(cols, COUNT.1)?))
        };
        let settings = Self {
            hidden: hidden.collect::<Result<_, _>>()?,
            init: lines.get("init", "small, he, zero or equal", start)?.unwrap_or(Init::Small),
            batch: lines.number("batch", COUNT)?,
            rate: lines.changing("rate", RATE)?,
            lambda: lines.changing("lambda", LAMBDA)?,
            scale: lines.number("scale", SCALE)?,
            seed: lines.number("seed", SEED)?,
            shape: lines.get("shape", "rows x columns, as in 28x28", shape)?,
            first_label: lines.get("first_label", "0 or 1", label)?.unwrap_or(0),
            transpose: lines.get("transpose", "true or false", flag)?.unwrap_or(false),
            data: lines.get("data", "a path", text_to_path)?,
        };
        Ok((settings, lines.number("best_accuracy", SHARE)?))
    }
}

/// The lines `name = value` of a text: number, name, value.
struct Lines<'a>(Vec<(usize, &'a str, &'a str)>);

impl<'a> Lines<'a> {
    fn new(text: &'a [u8]) -> Result<Self, String> {
        let text = str::from_utf8(text).map_err(|error| {
            let line = text[..error.valid_up_to()].split(|&byte| byte == b'\n').count();
            format!("line {line}: expected text in UTF-8")
        })?;
        let mut lines: Vec<(usize, &str, &str)> = Vec::new();
        for (line, text) in (1..).zip(text.trim_start_matches('\u{feff}').lines()) {
            if text.trim().is_empty() || text.starts_with('#') {
                continue;
            }
            let (name, value) = text.split_once('=').unwrap_or_default();
            let (name, value) = (name.trim(), value.trim());
            let is_known = NAMES.split(' ').any(|known| known == name);
            if !is_known || lines.iter().any(|(_, other, _)| *other == name) {
                let found = Quoted(text);
                return Err(format!(
                    "line {line}: found {found}, expected one of the settings, once"
                ));
            }
            lines.push((line, name, value));
        }
        Ok(Self(lines))
    }

    /// The value of a line, if it is there.
    fn get<T>(
        &self,
        name: &str,
        expected: &str,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Result<Option<T>, String> {
        let Some((line, _, found)) = self.0.iter().find(|(_, other, _)| *other == name) else {
            return Ok(None);
        };
        let wrong = || format!("line {line}: found {}, expected {expected}", Quoted(found));
        parse(found).ok_or_else(wrong).map(Some)
    }

    /// The number on a line that must be there.
    fn number<T: FromStr>(&self, name: &str, (expected, fits): Kind<T>) -> Result<T, String> {
        self.get(name, expected, |text| number(text, fits))?.ok_or_else(|| missing(name))
    }

    /// The numbers on a line that must be there.
    fn changing(&self, name: &str, (expected, fits): Kind<f32>) -> Result<Changing, String> {
        self.get(name, expected, |text| Changing::parse(text, fits))?.ok_or_else(|| missing(name))
    }
}

fn missing(name: &str) -> String {
    format!("found no line '{name} = …', expected one")
}

/// What a start is called.
pub(crate) fn name_of(init: Init) -> &'static str {
    STARTS.iter().find(|(_, start)| *start == init).map_or("", |(name, _)| name)
}

/// A number that `fits`.
fn number<T: FromStr>(text: &str, fits: impl Fn(&T) -> bool) -> Option<T> {
    text.parse().ok().filter(fits)
}

fn rate(options: &Options) -> OptionResult<f32> {
    fitting(options, "rate", options.get("rate", ABOVE_0)? as f32, RATE)
}

fn lambda(options: &Options) -> OptionResult<f32> {
    fitting(options, "lambda", options.get("lambda", 0.0..)? as f32, LAMBDA)
}

/// The number of an option if it is of this kind.
fn fitting<T>(
    options: &Options,
    name: &str,
    number: T,
    (expected, fits): Kind<T>,
) -> OptionResult<T> {
    if fits(&number) { Ok(number) } else { Err(options.refuse(name, expected)) }
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
    let escaped =
        |bytes: &[u8]| bytes.iter().map(|byte| format!("\\x{byte:02x}")).collect::<String>();
    let mut text = String::new();
    for chunk in path.as_os_str().as_encoded_bytes().utf8_chunks() {
        for c in chunk.valid().chars() {
            match plain(c) && c != '"' && c != '\\' {
                true => text.push(c),
                false => text += &escaped(c.encode_utf8(&mut [0; 4]).as_bytes()),
            }
        }
        text += &escaped(chunk.invalid());
    }
    format!("\"{text}\"")
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
