//! Trains ThreeNet, a new one or that of a saved run, and softmax regression beside it; then tests
//! both.

use crate::baseline::Baseline;
use crate::saved::{self, Folder};
use crate::settings::Settings;
use crate::{report, training};
use console::{Log, Options, Outcome, Progress, clock, percent};
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::time::Instant;

/// A run with `--save` is saved after so many epochs, and after the last one.
const SAVED_EACH: usize = 10;

/// The program.
pub(crate) fn run(options: &Options, out: &mut dyn Write) -> Outcome {
    let epochs = options.at_least_one("epochs")?;
    let (mut settings, resumed) = match options.text("resume") {
        Some(dir) => {
            let others = ["epochs", "baseline-epochs", "weights", "save", "data", "log"];
            options.allow_only("resume", &others)?;
            let (settings, training) = saved::load(dir, true)?;
            (settings, Some((dir, training)))
        }
        None => (Settings::from_options(options)?, None),
    };
    let baseline_epochs = options.whole("baseline-epochs", 0..=1_000_000)?;
    settings.data = options.text("data").map(PathBuf::from).or(settings.data);
    let (mut train, test) = datasets::mnist(&settings.folder())?;
    if settings.batch >= train.len() {
        let expected = format!("fewer than the {} training images", train.len());
        return Err(match resumed {
            Some((dir, _)) => {
                format!("{dir}: batches of {}, expected {expected}", settings.batch).into()
            }
            None => options.refuse("batch", &expected).into(),
        });
    }
    let mut training = training::start(&settings, &mut train);
    if let Some((dir, resumed)) = resumed {
        saved::check_size(dir, &resumed.net, &train)?;
        training = resumed;
        if !options.has("save") {
            writeln!(
                out,
                "The run in {dir} stays as it is; --save {dir} would keep what comes of it."
            )?;
        }
    }
    let done = training.losses.len();
    let (first, last) = (done + 1, done + epochs);
    // What a refused run would leave behind is made last.
    let folder = options.text("save").map(Folder::prepare).transpose()?;
    if let (Some(folder), Some(log)) = (&folder, options.text("log")) {
        folder.check_without(Path::new(log))?;
    }
    let header = ["epoch", "loss", "batch_accuracy", "seconds"];
    let mut log = Log::after(done, options.text("log"), &header)?;
    let plan = report::plan(&settings, &format!("epochs {first} to {last}"), &train, &test);
    writeln!(out, "{plan}")?;
    let mut progress = Progress::new("epoch", first..=last, options.quiet());
    let begin = Instant::now();
    for epoch in first..=last {
        let start = Instant::now();
        training.epoch(&settings, &train)?;
        let (loss, accuracy) = (training.losses[epoch - 1], training.accuracies[epoch - 1]);
        log.row(&[epoch as f64, loss, accuracy, start.elapsed().as_secs_f64()])?;
        progress.show(epoch, format_args!("loss {loss:.4}  accuracy {}", percent(accuracy)));
        if let Some(folder) = &folder
            && (epoch % SAVED_EACH == 0 || epoch == last)
        {
            folder.save(&settings, &training)?;
        }
    }
    drop(progress);
    let taken = begin.elapsed().as_secs_f64();
    if !options.quiet() && io::stderr().is_terminal() {
        eprintln!("{epochs} epochs in {}, {:.3} s each", clock(taken), taken / epochs as f64);
    }

    let baseline = match baseline_epochs {
        0 => None,
        n => {
            let progress = Progress::new("softmax regression, epoch", 1..=n, options.quiet());
            Some(Baseline::new(n, settings.seed, &train, &test, progress)?)
        }
    };
    report::results(options, &settings, &training, &train, &test, baseline, out)
}
