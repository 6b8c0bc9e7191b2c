//! Trains a new net or resumes a saved run, trains softmax regression for comparison, and tests both;
//! or tests the best net of a saved run.

use crate::baseline::Baseline;
use crate::report;
use crate::saved::{self, Save};
use crate::settings::Settings;
use crate::training::Training;
use console::{Log, Options, Outcome, Progress, check_learned, clock, significant};
use datasets::file::Content;
use datasets::text::{Count, OneLine, Shown};
use datasets::{Error, Images};
use std::io::{self, IsTerminal, Write};
use std::path::Path;
use std::time::Instant;

/// A run with its images.
pub(crate) struct Run {
    pub training: Training,
    /// The images to train on, shuffled.
    pub train: Images,
    pub test: Images,
    /// The training images that are held back: `--validate`.
    held_back: Option<Images>,
    /// The state before the training.
    start: Training,
    /// The content of the file from which the run was read.
    content: Option<Content>,
}

impl Run {
    /// Loads the run in a file, or begins a new one.
    pub(crate) fn open(options: &Options, file: Option<&str>) -> Outcome<Self> {
        let (saved, content) = file.map(saved::load).transpose()?.unzip();
        let given = Settings::from_options(options)?;
        let mut settings = given.clone();
        if let Some(saved) = &saved {
            settings = saved.settings.clone();
            // What `--resume` may change.
            settings.rate = if options.has("rate") { given.rate } else { settings.rate };
            settings.lambda = if options.has("lambda") { given.lambda } else { settings.lambda };
            settings.data = given.data.or(settings.data);
        }
        let (mut train, test) = settings.images(options)?;
        let held_back = if settings.validate { train.len() / 6 } else { 0 };
        let left = train.len() - held_back;
        if settings.batch >= left {
            let expected = format!("fewer than the {left} training images");
            let cause = format!("found batches of {}, expected {expected}", settings.batch);
            return Err(match file {
                Some(file) => Error::new(file.as_ref(), cause).into(),
                None => options.refuse("batch", &expected).into(),
            });
        }
        let start = Training::new(settings, &mut train);
        let held_back = (held_back > 0).then(|| train.split_off(left));
        let mut training = saved.unwrap_or_else(|| start.clone());
        training.settings = start.settings.clone();
        if (training.images, training.sizes()) != (start.images, start.sizes()) {
            let [found, expected] = [&training, &start].map(|training| {
                let ([rows, cols, _], sizes) = (training.images, training.sizes());
                format!("{rows}×{cols} pixels in {} classes", sizes[sizes.len() - 1])
            });
            let cause = format!("found a net for images of {found}, expected {expected}");
            return Err(Error::new(Path::new(file.unwrap_or_default()), cause).into());
        }
        Ok(Self { training, train, test, held_back, start, content })
    }
}

/// Tests the best net of a saved run: `--load`.
pub(crate) fn test(options: &Options, out: &mut dyn Write) -> Outcome {
    let file = options.text("load").unwrap_or_default();
    let Run { training, train, test, .. } = Run::open(options, Some(file))?;
    writeln!(out, "the run saved in {}", OneLine(file))?;
    let epochs = Count(training.curve.len(), "epoch").to_string();
    writeln!(out, "{}", report::plan(&training, &epochs, &train, &test))?;
    report::results(options, &training, [&train, &test], None, out)?;
    Ok(())
}

/// Trains and tests: a new run, or `--resume`.
pub(crate) fn run(options: &Options, out: &mut dyn Write) -> Outcome {
    let [resume, save] = ["resume", "save"].map(|name| options.text(name));
    let count = options.get("epochs", 1..=1_000_000_000_usize)?;
    let save_every = options.get("save-every", 1..=1_000_000_000_usize)?;
    if options.has("save-every") && save.is_none() {
        return Err(options.refuse("save-every", "--save RUN.npz with it").into());
    }
    let baseline_epochs = options.get("baseline-epochs", 0..=1_000_000)?;
    options.exclude("validate", "save")?;
    let Run { mut training, train, test, held_back, start, content } = Run::open(options, resume)?;
    let (first, last) = (training.curve.len() + 1, training.curve.len() + count);
    // The files are made last, so that a refused run leaves none.
    let save = save.map(|path| Save::prepare(path, resume.zip(content), &training));
    let mut save = save.transpose()?;
    let header = "epoch,loss,batch_accuracy,seconds";
    let mut log = Log::create(options.text("log"), header, first - 1)?;

    let epochs = format!("epochs {first} to {last}");
    write!(out, "{}", report::plan(&training, &epochs, &train, &test))?;
    match (&save, resume.map(OneLine)) {
        (Some(save), _) => {
            let (every, path) = (Count(save_every, "epoch"), Shown(save.file.path()));
            writeln!(out, "saved every {every} in {path}\n")?;
        }
        (None, Some(file)) => {
            writeln!(out, "nothing is saved; --save {file} adds to the run in {file}\n")?;
        }
        (None, None) => writeln!(out)?,
    }
    out.flush()?;
    let first_loss = start.evaluate(&start.net, &train).loss;
    let progress = Progress::new("epoch", first..=last, options.quiet());
    let begin = Instant::now();
    // If a row or a save fails, the run goes on: the next save may succeed.
    let mut logged = Ok(());
    let mut details = String::new();
    // The least loss on the images held back, its epoch, and the net then.
    let (mut least, mut best_epoch, mut chosen) = (f64::INFINITY, 0, training.net.clone());
    for epoch in first..=last {
        let start = Instant::now();
        // If the reader of the output is gone, the run ends, but after a whole epoch.
        let mut shown = Ok(());
        training.epoch(&train, |part| shown = progress.add(part, &details))?;
        details = training.details();
        if let Some(images) = &held_back {
            let loss = training.evaluate(&training.net, images).loss;
            if loss < least {
                (least, best_epoch, chosen) = (loss, epoch, training.net.clone());
            }
        }
        if let Some(save) = &mut save
            && epoch % save_every == 0
            && let Err(error) = save.save(&training)
        {
            let _ = progress.say(format_args!("epoch {epoch} is not saved: {error}"));
        }
        if logged.is_ok() {
            let [loss, accuracy, ..] = training.curve[epoch - 1];
            logged = log.row(&[epoch as f64, loss, accuracy, start.elapsed().as_secs_f64()]);
        }
        if shown.is_err() {
            save.map_or(Ok(()), |mut save| save.finish(&training))?;
            return Ok(shown?);
        }
    }
    let saved = save.as_mut().map_or(Ok(()), |save| save.finish(&training));
    drop(progress);
    let taken = begin.elapsed().as_secs_f64();
    if !options.quiet() && io::stderr().is_terminal() {
        let (count, each) = (Count(count, "epoch"), taken / count as f64);
        eprintln!("{count} in {}, {each:.3} s each", clock(taken));
    }
    if let Some(images) = held_back {
        training.best = chosen;
        writeln!(
            out,
            "{} images held back: their loss is least after epoch {best_epoch}, {least:.4};\n\
             the net of that epoch is tested\n",
            images.len()
        )?;
    }
    let sets = [&train, &test];
    let baseline = Baseline::new(baseline_epochs, training.settings.seed, sets, options.quiet());
    let shown =
        baseline.and_then(|baseline| report::results(options, &training, sets, baseline, out));
    saved?;
    logged?;
    let (loss, predicted) = shown?;
    if let Some(save) = save {
        writeln!(out, "saved after epoch {last} in {}", Shown(save.file.path()))?;
    }
    let largest = 255.0 / training.settings.scale;
    if largest < 1e-3 && predicted.iter().all(|&class| class == predicted[0]) {
        let (name, largest) = (training.name(), significant(largest, 3));
        return Err(format!(
            "{name} has not learned: it reads all test images alike; the inputs reach {largest}; \
             a smaller --scale usually helps"
        )
        .into());
    }
    Ok(check_learned(training.name(), first_loss, loss)?)
}
