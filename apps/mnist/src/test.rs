//! Tests the best net of a run that was saved: `--load`.

use crate::{report, saved};
use console::{Options, Outcome};
use std::io::Write;
use std::path::PathBuf;

/// The program.
pub(crate) fn run(options: &Options, out: &mut dyn Write) -> Outcome {
    options.allow_only("load", &["data", "weights"])?;
    let dir = options.text("load").unwrap_or_default();
    let (mut settings, training) = saved::load(dir, false)?;
    settings.data = options.text("data").map(PathBuf::from).or(settings.data);
    let (train, test) = datasets::mnist(&settings.folder())?;
    saved::check_size(dir, &training.best, &test)?;
    writeln!(out, "the run kept in {dir}")?;
    let epochs = format!("{} epochs", training.losses.len());
    writeln!(out, "{}", report::plan(&settings, &epochs, &train, &test))?;
    report::results(options, &settings, &training, &train, &test, None, out)
}
