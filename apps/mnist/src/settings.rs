//! The settings of a run: from the command line, or from the text saved with a run.

use crate::APP;
use console::{ABOVE_0, OptionResult, Options, Style};
use datasets::text::Quoted;
use datasets::{Error, Images};
use nets::Init;
use std::ops::Bound;
use std::path::PathBuf;

/// The settings of a run.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Settings {
    /// The units of each hidden layer.
    pub hidden: Vec<usize>,
    /// How weights and biases start.
    pub init: Init,
    pub batch: usize,
    pub rate: f32,
    pub lambda: f32,
    /// The divisor of the pixels, which are 0 to 255.
    pub scale: f64,
    pub seed: u64,
    /// Whether the images lie on their side in their files.
    pub transpose: bool,
    /// Whether a sixth of the training images is held back to choose the best net by.
    pub validate: bool,
    /// The path of the images; `None` for the MNIST files of this repository.
    pub data: Option<PathBuf>,
}

/// The options with a value that are saved with a run.
const SAVED: [&str; 7] = ["hidden", "init", "batch", "rate", "lambda", "scale", "seed"];

impl Settings {
    /// Reads the settings from the command line.
    pub(crate) fn from_options(options: &Options) -> OptionResult<Self> {
        let scale = options.get("scale", ABOVE_0)?;
        // Pixels are multiplied by 1/scale in 32 bits.
        if !((1.0 / scale) as f32).is_normal() {
            return Err(options.refuse("scale", "a number above 0 whose inverse 32 bits can hold"));
        }
        Ok(Self {
            hidden: options.list("hidden", 1..=6, 1..=10_000)?,
            init: options.choice("init", &Init::NAMED)?,
            batch: options.get("batch", 1..=1_000_000_000)?,
            rate: options.get("rate", (Bound::Excluded(0.0), Bound::Unbounded))?,
            lambda: options.get("lambda", 0.0..)?,
            scale,
            seed: options.seed()?,
            transpose: options.has("transpose"),
            validate: options.has("validate"),
            data: options.text("data").map(PathBuf::from),
        })
    }

    /// Reads the images to train on and those to test on.
    pub(crate) fn images(&self, options: &Options) -> Result<(Images, Images), Error> {
        let place = self.data.clone().unwrap_or_else(datasets::mnist_dir);
        let help = match options.has("predict") {
            true => "--load RUN takes the net of a saved run",
            false => "--data DIR says where the images are",
        };
        let mut sets = datasets::mnist(&place).map_err(|error| match options.text("data") {
            None if error.path == place => Error::new(&place, format!("{}; {help}", error.cause)),
            _ => error,
        })?;
        if self.transpose {
            sets.0.transpose();
            sets.1.transpose();
        }
        Ok(sets)
    }

    /// Returns the settings as lines of text, without the path of the images, which may be any bytes.
    pub(crate) fn to_text(&self) -> String {
        let Self { hidden, init, batch, rate, lambda, scale, seed, transpose, .. } = self;
        let (hidden, init) = (join(hidden, ","), init.name());
        format!(
            "hidden = {hidden}\ninit = {init}\nbatch = {batch}\nrate = {rate}\nlambda = {lambda}\n\
             scale = {scale}\nseed = {seed}\ntranspose = {transpose}\n"
        )
    }

    /// Reads a text as [`Settings::to_text`] writes it. A setting that is missing has its default;
    /// lines that start with # are skipped.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let mut args = Vec::new();
        for (line, text) in (1..).zip(text.lines()).filter(|(_, text)| !text.starts_with('#')) {
            let (name, value) = text.split_once('=').unwrap_or_default();
            match (name.trim(), value.trim()) {
                ("transpose", "true") => args.push("--transpose".into()),
                ("transpose", "false") => {}
                (name, value) if SAVED.contains(&name) => {
                    args.push(format!("--{name}={value}").into());
                }
                _ => {
                    return Err(format!("line {line}: found {}, expected a setting", Quoted(text)));
                }
            }
        }
        let options = Options::parse(APP.options, &args, Style::plain());
        options.and_then(|options| Self::from_options(&options)).map_err(|error| error.to_string())
    }
}

/// Joins numbers with a text between them.
pub(crate) fn join(numbers: &[usize], between: &str) -> String {
    numbers.iter().map(usize::to_string).collect::<Vec<_>>().join(between)
}

#[cfg(test)]
mod tests;
