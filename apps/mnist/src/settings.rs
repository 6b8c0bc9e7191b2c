//! The constants of a run: from the command line, or from the text kept with a run.

use console::{OptionError, Options};
use std::path::{PathBuf, absolute};

/// The constants of a run.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Settings {
    pub hidden: [usize; 2],
    pub batch: usize,
    pub rate: f32,
    pub lambda: f32,
    /// What each pixel, 0 to 255, is divided by.
    pub scale: f64,
    pub seed: u64,
    /// The folder of the images; nothing if they are those of MNIST that come with this repository.
    pub data: Option<PathBuf>,
}

/// Why a text is not that of settings: the number of the line, and what stands there; or the name
/// of a line that is missing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum SettingsError {
    /// A line is not `name = value` with a known name, once.
    Line { line: usize, found: String },
    /// A value is not what its name needs.
    Value { line: usize, found: String },
    /// There is no line of this name.
    Missing { name: &'static str },
}

/// The most hidden units of a layer.
const MOST_UNITS: usize = 10_000;

const NAMES: [&str; 9] =
    ["hidden1", "hidden2", "batch", "rate", "lambda", "scale", "seed", "best_accuracy", "data"];

impl Settings {
    /// What the command line says.
    pub(crate) fn from_options(options: &Options) -> Result<Self, OptionError> {
        let single = |name: &str, value: f64, fits: bool| match fits {
            true => Ok(value as f32),
            false => Err(options.refuse(name, "a number that 32 bits can hold")),
        };
        let (rate, lambda) = (options.positive("rate")?, options.not_negative("lambda")?);
        let scale = options.positive("scale")?;
        single("scale", scale, is_scale(scale))?;
        Ok(Self {
            hidden: options.wholes("hidden", 1..=MOST_UNITS)?,
            batch: options.at_least_one("batch")?,
            rate: single("rate", rate, is_rate(rate as f32))?,
            lambda: single("lambda", lambda, is_lambda(lambda as f32))?,
            scale,
            seed: options.seed()?,
            data: None,
        })
    }

    /// The folder of the images.
    pub(crate) fn folder(&self) -> PathBuf {
        self.data.clone().unwrap_or_else(datasets::mnist_dir)
    }

    /// The settings and the best accuracy as lines of text.
    pub(crate) fn to_text(&self, best_accuracy: f64) -> String {
        let Self { hidden: [h1, h2], batch, rate, lambda, scale, seed, data } = self;
        let data = data.as_ref().map(|path| absolute(path).unwrap_or(path.clone()));
        let data = data.map(|path| format!("data = {}\n", path.display()));
        format!(
            "hidden1 = {h1}\nhidden2 = {h2}\nbatch = {batch}\nrate = {rate}\nlambda = {lambda}\n\
             scale = {scale}\nseed = {seed}\nbest_accuracy = {best_accuracy}\n{}",
            data.unwrap_or_default()
        )
    }

    /// The settings and the best accuracy in a text as [`Settings::to_text`] writes it; blank lines
    /// and lines with a # in front do not count.
    pub(crate) fn parse(text: &str) -> Result<(Self, f64), SettingsError> {
        let mut values: [Option<(usize, &str)>; NAMES.len()] = [None; NAMES.len()];
        for (line, text) in (1..).zip(text.lines()) {
            if text.trim().is_empty() || text.starts_with('#') {
                continue;
            }
            let unknown = || SettingsError::Line { line, found: start(text) };
            let (name, value) = text.split_once('=').ok_or_else(unknown)?;
            let place = NAMES.iter().position(|&n| n == name.trim()).ok_or_else(unknown)?;
            if values[place].replace((line, value.trim())).is_some() {
                return Err(unknown());
            }
        }
        let units = |place| value(&values, place, |n: &usize| (1..=MOST_UNITS).contains(n));
        let settings = Self {
            hidden: [units(0)?, units(1)?],
            batch: value(&values, 2, |n: &usize| (1..=1_000_000_000).contains(n))?,
            rate: value(&values, 3, |x: &f32| is_rate(*x))?,
            lambda: value(&values, 4, |x: &f32| is_lambda(*x))?,
            scale: value(&values, 5, |x: &f64| is_scale(*x))?,
            seed: value(&values, 6, |_: &u64| true)?,
            data: values[8].map(|(_, folder)| folder.into()),
        };
        Ok((settings, value(&values, 7, |x: &f64| (0.0..=1.0).contains(x))?))
    }
}

fn is_rate(rate: f32) -> bool {
    rate.is_finite() && rate > 0.0
}

fn is_lambda(lambda: f32) -> bool {
    lambda.is_finite() && lambda >= 0.0
}

/// Whether pixels can be multiplied by 1/`scale` in 32 bits.
fn is_scale(scale: f64) -> bool {
    scale > 0.0 && ((1.0 / scale) as f32).is_normal()
}

/// The value of the setting `NAMES[place]`, if it is one and `fits`.
fn value<V: std::str::FromStr>(
    values: &[Option<(usize, &str)>],
    place: usize,
    fits: impl Fn(&V) -> bool,
) -> Result<V, SettingsError> {
    let (line, text) = values[place].ok_or(SettingsError::Missing { name: NAMES[place] })?;
    let value = text.parse().ok().filter(fits);
    value.ok_or_else(|| SettingsError::Value { line, found: start(text) })
}

/// The start of a text, for an error message.
fn start(text: &str) -> String {
    text.chars().take(60).collect()
}
