//! Tests the best net of a run that was saved: `--load`.

use crate::report::{self, Run};
use crate::{saved, training};
use console::{Options, Outcome};
use datasets::text::{Count, OneLine};
use std::io::Write;

/// The program.
pub(crate) fn run(options: &Options, out: &mut dyn Write) -> Outcome {
    options.allow_only("load", &["data", "weights"])?;
    let dir = options.text("load").unwrap_or_default();
    let (mut settings, saved) = saved::load(dir, false)?;
    let (mut train, test) = saved::images(dir, &mut settings, &saved.best, options.text("data"))?;
    // In the order of the training, so that the sums have the same bits as there.
    training::start(&settings, &mut train);
    writeln!(out, "the run saved in {}", OneLine(dir))?;
    let epochs = Count(saved.losses.len(), "epoch").to_string();
    writeln!(out, "{}", report::plan(&settings, &saved.best, &epochs, &train, &test))?;
    let loss = training::data_loss(&saved.net, &settings, &train);
    let (settings, training, train, test) = (&settings, &saved, &train, &test);
    let run = Run { settings, training, train, test, loss, baseline: None };
    report::results(options, &run, out)
}
