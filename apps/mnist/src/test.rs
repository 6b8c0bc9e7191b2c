//! Tests the best net of a run that was saved: `--load`.

use crate::training::Training;
use crate::{report, saved};
use console::{Options, Outcome};
use datasets::text::{Count, OneLine};
use std::io::Write;

/// The program.
pub(crate) fn run(options: &Options, out: &mut dyn Write) -> Outcome {
    let dir = options.text("load").unwrap_or_default();
    let mut training = saved::load(dir, false)?;
    let (mut train, test) = saved::images(dir, &mut training, options.text("data"))?;
    // In the order of the training, so that the sums have the same bits as there.
    Training::new(training.settings.clone(), &mut train);
    writeln!(out, "the run saved in {}", OneLine(dir))?;
    let epochs = Count(training.losses.len(), "epoch").to_string();
    writeln!(out, "{}", report::plan(&training, &epochs, &train, &test))?;
    let loss = training.evaluate(&training.net, &train).loss;
    report::results(options, &training, [&train, &test], loss, None, out)
}
