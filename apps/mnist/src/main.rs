//! ThreeNet and softmax regression learn to read digits: `cargo run -p mnist` (chapters 3 and 4).

mod digits;
mod evaluate;
mod report;
mod saved;
mod settings;
mod train;

use console::{App, Log, Opt, Options, Outcome, Progress, clock, percent};
use evaluate::Baseline;
use saved::Folder;
use settings::Settings;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

const APP: App = App {
    name: "mnist",
    about: "ThreeNet and softmax regression learn to read digits",
    options: &[
        Opt::value("epochs", "N", "200", "passes over the training images"),
        Opt::value("batch", "N", "256", "images in a batch"),
        Opt::value("rate", "R", "0.001", "learning rate"),
        Opt::value("lambda", "L", "0.001", "strength of the regulariser"),
        Opt::value("hidden", "H1,H2", "200,80", "units of the two hidden layers"),
        Opt::value("scale", "S", "1", "divide the pixels, 0 to 255, by this"),
        Opt::value("baseline-epochs", "N", "40", "of softmax regression; 0 for none"),
        Opt::flag("weights", "draw weights of the first layer"),
        Opt::optional("save", "DIR", "keep the run in this folder"),
        Opt::optional("load", "DIR", "test a run that was kept instead of training"),
        Opt::optional("resume", "DIR", "go on from a run that was kept, for --epochs more"),
        Opt::several("predict", "FILE", "with --load: read digits from PGM files of 28x28"),
        Opt::several("export", "N FILE", "write test image N to a PGM file"),
        Opt::optional("data", "DIR", "other data in the four files of MNIST"),
        Opt::SEED,
        Opt::THREADS,
        Opt::LOG,
    ],
};

fn main() -> ExitCode {
    APP.run(mnist)
}

fn mnist(options: &Options, out: &mut dyn Write) -> Outcome {
    matrix::configure(options.threads()?)?;
    MODES.iter().try_for_each(|(mode, others)| options.allow_only(mode, others))?;
    let given = options.text("data").map(PathBuf::from);
    if options.has("export") {
        return digits::export(options, &given.unwrap_or_else(datasets::mnist_dir), out);
    }
    if options.has("predict") {
        return digits::predict(options, out);
    }
    if let Some(dir) = options.text("load") {
        let (mut settings, training) = saved::load(dir, false)?;
        settings.data = given.or(settings.data);
        let (train, test) = datasets::mnist(&settings.folder())?;
        saved::check_size(dir, &training.best, &test)?;
        let epochs = format!("{} epochs", training.losses.len());
        writeln!(out, "the run kept in {dir}")?;
        writeln!(out, "{}", report::plan(&settings, &epochs, &train, &test))?;
        return report::results(options, &settings, &training, &train, &test, None, out);
    }

    let epochs = options.at_least_one("epochs")?;
    let (mut settings, resumed) = match options.text("resume") {
        Some(dir) => {
            let (settings, training) = saved::load(dir, true)?;
            (settings, Some((dir, training)))
        }
        None => (Settings::from_options(options)?, None),
    };
    let baseline_epochs = options.whole("baseline-epochs", 0..=1_000_000)?;
    settings.data = given.or(settings.data);
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
    let mut training = train::start(&settings, &mut train);
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
    if !options.quiet() && std::io::IsTerminal::is_terminal(&std::io::stderr()) {
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

/// A run with `--save` is saved after so many epochs, and after the last one.
const SAVED_EACH: usize = 10;

/// The options that make the app do something else than train a new net, and those that go with
/// them: what a run keeps is not given again, and a test trains nothing.
const MODES: [(&str, &[&str]); 4] = [
    ("resume", &["epochs", "baseline-epochs", "weights", "save", "data", "log"]),
    ("load", &["weights", "predict", "data"]),
    ("predict", &["load"]),
    ("export", &["data"]),
];

#[cfg(test)]
mod tests;
