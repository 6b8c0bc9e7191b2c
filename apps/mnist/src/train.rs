//! Trains ThreeNet, a new one or that of a saved run, and softmax regression next to it; then tests
//! both.

use crate::baseline::Baseline;
use crate::report;
use crate::saved::{self, Folder};
use crate::settings::Settings;
use crate::training::Training;
use console::{Log, NotLearned, Options, Outcome, Progress, clock};
use datasets::text::{Count, OneLine};
use std::io::{self, IsTerminal, Write};
use std::time::Instant;

/// The program.
pub(crate) fn run(options: &Options, out: &mut dyn Write) -> Outcome {
    let [resume, save] = ["resume", "save"].map(|name| options.text(name));
    let count = options.get("epochs", 1..=1_000_000_000_usize)?;
    let save_every = options.get("save-every", 1..=1_000_000_000_usize)?;
    if options.has("save-every") && save.is_none() {
        return Err(options.refuse("save-every", "--save DIR with it").into());
    }
    let baseline_epochs = options.get("baseline-epochs", 0..=1_000_000)?;

    let mut resumed = resume.map(|dir| saved::load(dir, true)).transpose()?;
    let (settings, (mut train, test)) = match (resume, &mut resumed) {
        (Some(dir), Some(training)) => {
            let images = saved::images(dir, training, options.text("data"))?;
            (training.settings.clone(), images)
        }
        _ => {
            let settings = Settings::from_options(options)?;
            let images = settings.images()?;
            (settings, images)
        }
    };
    if settings.batch >= train.len() {
        let expected = format!("fewer than the {} training images", train.len());
        return Err(match resume.map(OneLine) {
            Some(dir) => {
                format!("{dir}: found batches of {}, expected {expected}", settings.batch).into()
            }
            None => options.refuse("batch", &expected).into(),
        });
    }
    let start = Training::new(settings, &mut train);
    let first_loss = start.evaluate(&start.net, &train).loss;
    let mut training = resumed.unwrap_or(start);
    let (first, last) = (training.losses.len() + 1, training.losses.len() + count);
    training.settings.change(options, first)?;
    // What a refused run would leave behind is made last.
    let folder = save.map(|path| Folder::prepare(path, resume, &training));
    let mut folder = folder.transpose()?;
    let header = ["epoch", "loss", "batch_accuracy", "seconds"];
    let mut log = Log::create(options.text("log"), &header, &[], first - 1)?;

    let epochs = format!("epochs {first} to {last}");
    write!(out, "{}", report::plan(&training, &epochs, &train, &test))?;
    match (save.map(OneLine), resume.map(OneLine)) {
        (Some(dir), _) => {
            writeln!(out, "saved every {} in {dir}\n", Count(save_every, "epoch"))?;
        }
        (None, Some(dir)) => {
            writeln!(out, "nothing is saved; --save {dir} adds to the run in {dir}\n")?;
        }
        (None, None) => writeln!(out)?,
    }
    let mut progress = Progress::new("epoch", first..=last, options.quiet());
    let begin = Instant::now();
    // What cannot be written costs nothing but itself: the next save may succeed.
    let mut logged = Ok(());
    let mut details = String::new();
    for epoch in first..=last {
        let start = Instant::now();
        // That the reader has gone ends the run, but after a whole epoch.
        let mut shown = Ok(());
        training.epoch(&train, |share| {
            if shown.is_ok() {
                shown = progress.show_part(epoch, share, &details);
            }
        })?;
        details = training.details();
        shown = shown.and_then(|()| progress.show(epoch, &details));
        if let Some(folder) = &mut folder
            && (epoch % save_every == 0 || epoch == last || shown.is_err())
            && let Err(error) = folder.save(&training)
        {
            let _ = progress.say(format_args!("epoch {epoch} is not saved: {error}"));
        }
        if logged.is_ok() {
            let [loss, accuracy] = [&training.losses, &training.accuracies].map(|v| v[epoch - 1]);
            logged = log.row(&[epoch as f64, loss, accuracy, start.elapsed().as_secs_f64()]);
        }
        if shown.is_err() {
            folder.map_or(Ok(()), |mut folder| folder.finish(&training))?;
            return Ok(shown?);
        }
    }
    drop(progress);
    let taken = begin.elapsed().as_secs_f64();
    if !options.quiet() && io::stderr().is_terminal() {
        let (count, each) = (Count(count, "epoch"), taken / count as f64);
        eprintln!("{count} in {}, {each:.3} s each", clock(taken));
    }

    let sets = [&train, &test];
    let progress = |n| Progress::new("softmax regression, epoch", 1..=n, options.quiet());
    let baseline = Some(baseline_epochs).filter(|&n| n > 0);
    let baseline =
        baseline.map(|n| Baseline::new(n, training.settings.seed, sets, progress(n))).transpose();
    let saved = folder.map_or(Ok(()), |mut folder| folder.finish(&training));
    let loss = training.evaluate(&training.net, &train).loss;
    let shown = baseline.and_then(|baseline| {
        report::results(options, &training, sets, loss, baseline.as_ref(), out)
    });
    saved?;
    logged?;
    shown?;
    if let Some(dir) = save.map(OneLine) {
        writeln!(out, "saved after epoch {last} in {dir}")?;
    }
    Ok(NotLearned::check(training.net.name(), first_loss, loss)?)
}
