//! Trains ThreeNet, a new one or that of a saved run, and softmax regression next to it; then tests
//! both.

use crate::baseline::Baseline;
use crate::report::{self, Run};
use crate::saved::{self, Folder};
use crate::settings::Settings;
use crate::training;
use console::{Log, NotLearned, Options, Outcome, Progress, clock, percent};
use datasets::text::{Count, OneLine};
use std::io::{self, IsTerminal, Write};
use std::time::Instant;

/// The program.
pub(crate) fn run(options: &Options, out: &mut dyn Write) -> Outcome {
    let resume = options.text("resume");
    if resume.is_some() {
        let others = ["epochs", "rate", "lambda", "baseline-epochs", "weights", "data"];
        options.allow_only("resume", &[&others[..], &["save", "save-every", "log"]].concat())?;
    }
    let count = options.get("epochs", 1..=1_000_000_000_usize)?;
    let save_every = options.get("save-every", 1..=1_000_000_000_usize)?;
    if options.has("save-every") && !options.has("save") {
        return Err(options.refuse("save-every", "--save DIR with it").into());
    }
    let baseline_epochs = options.get("baseline-epochs", 0..=1_000_000)?;

    let resumed = resume.map(|dir| saved::load(dir, true)).transpose()?;
    let (mut settings, resumed) = match resumed {
        Some((settings, training)) => (settings, Some(training)),
        None => (Settings::from_options(options)?, None),
    };
    let (mut train, test) = match (resume, &resumed) {
        (Some(dir), Some(training)) => {
            saved::images(dir, &mut settings, &training.net, options.text("data"))?
        }
        _ => settings.images()?,
    };
    (settings.shape, settings.first_label) = (Some((train.rows, train.cols)), train.first_label);
    if settings.batch >= train.len() {
        let expected = format!("fewer than the {} training images", train.len());
        return Err(match resume {
            Some(dir) => {
                let dir = OneLine(dir);
                format!("{dir}: found batches of {}, expected {expected}", settings.batch).into()
            }
            None => options.refuse("batch", &expected).into(),
        });
    }
    let start = training::start(&settings, &mut train);
    let first_loss = training::data_loss(&start.net, &settings, &train);
    let mut training = resumed.unwrap_or(start);
    let (first, last) = (training.losses.len() + 1, training.losses.len() + count);
    settings.change(options, first)?;
    // What a refused run would leave behind is made last.
    let mut folder = match options.text("save") {
        Some(path) => Some(Folder::prepare(path, resume, &settings, &training)?),
        None => None,
    };
    let header = ["epoch", "loss", "batch_accuracy", "seconds"];
    let mut log = Log::after(first - 1, options.text("log"), &header, &[])?;

    let epochs = format!("epochs {first} to {last}");
    write!(out, "{}", report::plan(&settings, &training.net, &epochs, &train, &test))?;
    match (options.text("save").map(OneLine), resume.map(OneLine)) {
        (Some(dir), _) => {
            let cadence = Count(save_every, "epoch");
            writeln!(out, "saved every {cadence} in {dir}\n")?;
        }
        (None, Some(dir)) => {
            writeln!(out, "nothing is saved; --save {dir} adds to the run in {dir}\n")?;
        }
        (None, None) => writeln!(out)?,
    }
    let mut progress = Progress::new("epoch", first..=last, options.quiet());
    let begin = Instant::now();
    // What cannot be written costs nothing but itself: the next save may succeed.
    let (mut unsaved, mut unlogged) = (None, None);
    let mut details = String::new();
    for epoch in first..=last {
        let start = Instant::now();
        // That the reader has gone ends the run, but after a whole epoch.
        let mut shown = Ok(());
        training.epoch(&settings, &train, |share| {
            if shown.is_ok() {
                shown = progress.show_part(epoch, share, &details);
            }
        })?;
        let (loss, accuracy) = (training.losses[epoch - 1], training.accuracies[epoch - 1]);
        details = format!("loss {loss:.4}  accuracy {}", percent(accuracy));
        shown = shown.and_then(|()| progress.show(epoch, &details));
        if let Some(folder) = &mut folder
            && (epoch % save_every == 0 || epoch == last || shown.is_err())
        {
            unsaved = folder.save(&settings, &training).err();
            if let Some(error) = &unsaved {
                let _ = progress.say(format_args!("epoch {epoch} is not saved: {error}"));
            }
        }
        if unlogged.is_none() {
            let seconds = start.elapsed().as_secs_f64();
            unlogged = log.row(&[epoch as f64, loss, accuracy, seconds]).err();
        }
        match (&folder, unsaved.as_ref()) {
            (Some(folder), Some(error)) if shown.is_err() => {
                return Err(format!("{error}; {}", folder.missing(epoch)).into());
            }
            _ => shown?,
        }
    }
    drop(progress);
    let taken = begin.elapsed().as_secs_f64();
    if !options.quiet() && io::stderr().is_terminal() {
        let (count, each) = (Count(count, "epoch"), taken / count as f64);
        eprintln!("{count} in {}, {each:.3} s each", clock(taken));
    }

    let baseline = match baseline_epochs {
        0 => None,
        n => {
            let progress = Progress::new("softmax regression, epoch", 1..=n, options.quiet());
            Some(Baseline::new(n, settings.seed, &train, &test, progress))
        }
    };
    if let (Some(folder), Some(_)) = (&mut folder, &unsaved) {
        unsaved = folder.save(&settings, &training).err();
    }
    let loss = training::data_loss(&training.net, &settings, &train);
    let (settings, training, train, test) = (&settings, &training, &train, &test);
    let shown = baseline.transpose().and_then(|baseline| {
        let run = Run { settings, training, train, test, loss, baseline };
        report::results(options, &run, out)
    });
    if let (Some(folder), Some(error)) = (folder, unsaved) {
        return Err(format!("{error}; {}", folder.missing(last)).into());
    }
    unlogged.map_or(Ok(()), Err)?;
    shown?;
    if let Some(dir) = options.text("save").map(OneLine) {
        writeln!(out, "saved after epoch {last} in {dir}")?;
    }
    Ok(NotLearned::check(training.net.name(), first_loss, loss)?)
}
