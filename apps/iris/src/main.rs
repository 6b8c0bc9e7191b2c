//! ThreeNet and softmax regression learn Iris: `cargo run -p iris` (chapters 2 and 4).

mod report;
mod train;

use console::text::Count;
use console::{
    ABOVE_0, App, Log, Opt, Options, Outcome, Progress, chart, check_learned, percent, shortest,
};
use datasets::{Error, Fault, Iris, Kind};
use nets::Init;
use std::io::Write;
use std::ops::Bound::Excluded;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use train::{Settings, Start};

const APP: App = App {
    name: "iris",
    about: "ThreeNet and softmax regression learn the three species of Iris",
    options: &[
        Opt("hidden H1,H2", "20,20", "units of the two hidden layers"),
        Opt("iterations N", "10000", "steps of gradient descent"),
        Opt("rate R", "0.05", "learning rate"),
        Opt("lambda L", "0.001", "strength of the regulariser"),
        Opt("init START", "small", "small, he, zero or equal weights"),
        Opt("printed-update", "", "b2, b3 as in the tutorial's code: b -= rate * b"),
        Opt("baseline-iterations N", "10000", "iterations of softmax regression"),
        Opt("baseline-rate R", "0.05", "rate of softmax regression"),
        Opt("baseline-lambda L", "0.0002", "lambda of softmax regression"),
        Opt("train-share S", "0.8", "share of the flowers to train on"),
        Opt("splits N", "", "compare both on N random splits, from --seed on"),
        Opt("compare-init", "", "compare the four starts on each of --splits"),
        Opt("data FILE", "", "another CSV file with the same columns"),
        Opt("skip-missing", "", "drop flowers with missing values and count them"),
        Opt::SEED,
        Opt::THREADS,
        Opt::LOG,
        Opt::QUIET,
        Opt::UNICODE,
    ],
};

fn main() -> ExitCode {
    APP.run(iris)
}

fn iris(options: &Options, out: &mut dyn Write) -> Outcome {
    let settings = Settings {
        hidden: options.list("hidden", 2..=2, 1..=10_000)?.try_into().expect("two"),
        iterations: options.get("iterations", 1..=100_000_000)?,
        rate: options.get("rate", ABOVE_0)?,
        lambda: options.get("lambda", 0.0..)?,
        init: options.choice("init", &Init::NAMED)?,
        printed_update: options.has("printed-update"),
        baseline_iterations: options.get("baseline-iterations", 1..=100_000_000)?,
        baseline_rate: options.get("baseline-rate", ABOVE_0)?,
        baseline_lambda: options.get("baseline-lambda", 0.0..)?,
        train_share: options.get("train-share", (Excluded(0.0), Excluded(1.0)))?,
    };
    let (seed, style) = (options.seed()?, options.style);
    options.exclude("splits", "log")?;
    options.exclude("compare-init", "log")?;
    options.exclude("compare-init", "init")?;
    let splits = options.has("splits").then(|| options.get("splits", 1..=10_000)).transpose()?;
    let path = options.text("data").map_or_else(datasets::iris_path, PathBuf::from);
    let (iris, skipped) = read(&path, options.has("skip-missing"))?;
    let n = iris.species.len();
    let n_train = (n as f64 * settings.train_share).round() as usize;
    if n_train == 0 || n_train == n {
        let flowers = Count(n, "flower");
        if !options.has("train-share") {
            let message = format!("found {flowers}, expected some to train and some to test on");
            return Err(Error::new(&path, message).into());
        }
        let expected =
            format!("a share of {flowers} that leaves some to train and some to test on");
        return Err(options.refuse("train-share", &expected).into());
    }
    let mut log = Log::create(options.text("log"), "iteration,loss,train_accuracy", 0)?;

    let Settings { hidden: [h1, h2], iterations, printed_update, .. } = settings;
    let (train_on, n_test) = (Count(n_train, "flower"), n - n_train);
    writeln!(out, "Iris: {train_on} to train on, all in one batch, and {n_test} to test on")?;
    if skipped > 0 {
        writeln!(out, "{} with missing values dropped", Count(skipped, "flower"))?;
    }
    let [steps, baseline_steps] =
        [iterations, settings.baseline_iterations].map(|n| Count(n, "iteration"));
    let [rate, lambda] = [settings.rate, settings.lambda].map(shortest);
    writeln!(out, "ThreeNet 4-{h1}-{h2}-3: {steps}, rate {rate}, lambda {lambda}")?;
    if settings.init != Init::Small {
        writeln!(out, "init {}", settings.init.name())?;
    }
    if printed_update {
        writeln!(out, "b2, b3 as printed: b -= rate * b")?;
    }
    if options.has("compare-init") {
        let splits = splits.unwrap_or(4);
        writeln!(out, "{}, seeds from {seed} on\n", Count(splits, "random split"))?;
        let starts =
            Init::NAMED.map(|(_, init)| Start::new(Settings { init, ..settings }, &iris, seed));
        writeln!(out, "{}", report::norms(&starts.map(|start| start.norms()), style))?;
        let train = |(_, init)| {
            let settings = Settings { init, ..settings };
            train::train_three_nets(settings, &iris, seed, splits, options.quiet())
        };
        let runs = Init::NAMED.into_iter().map(train).collect::<Outcome<Vec<_>>>()?;
        return Ok(write!(out, "{}", report::starts(&runs, style))?);
    }
    let [rate, lambda] = [settings.baseline_rate, settings.baseline_lambda].map(shortest);
    writeln!(out, "softmax regression: {baseline_steps}, rate {rate}, lambda {lambda}")?;
    if let Some(splits) = splits {
        writeln!(out, "{}, seeds from {seed} on\n", Count(splits, "random split"))?;
        let pairs = train::train_many(settings, &iris, seed, splits, options.quiet())?;
        return Ok(write!(out, "{}", report::splits(&pairs, style))?);
    }

    writeln!(out, "seed {seed}\n")?;
    let start = Start::new(settings, &iris, seed);
    let progress = Progress::new("iteration", 1..=iterations, options.quiet());
    let mut details = String::new();
    let net = train::train_three_net(settings, &start, |i, point| {
        if let Some((loss, accuracy)) = point {
            log.row(&[i as f64, loss, accuracy])?;
            details = format!("loss {loss:.4}  accuracy {}", percent(accuracy));
        }
        Ok(progress.add(1.0, &details)?)
    })?;
    drop(progress);
    let all = 1..=settings.baseline_iterations;
    let progress = Progress::new("softmax regression, iteration", all, options.quiet());
    let baseline = train::train_softmax_regression(settings, &start, |loss| {
        Ok(progress.add(1.0, format_args!("loss {loss:.4}"))?)
    })?;
    drop(progress);
    if !options.quiet() {
        let curve = |y, values: &[f64]| chart([y, "iteration"], iterations, &[("", values)], style);
        writeln!(out, "{}", curve("loss", &net.losses))?;
        writeln!(out, "{}", curve("training accuracy", &net.train_accuracies))?;
        writeln!(out, "{}", report::flowers(&start.test, &net.predicted, style))?;
    }
    writeln!(out, "{}", report::confusion(&start.test, &net.predicted, style))?;
    let is_published = settings == Settings::PUBLISHED && !options.has("data");
    writeln!(out, "{}", report::comparison(&net, &baseline, is_published, style))?;
    let published = |figure| match is_published {
        true => format!("   (published: {figure})"),
        false => String::new(),
    };
    writeln!(out, "best train accuracy: {}{}", percent(net.best_train), published("98.33 %"))?;
    let test = report::test(&net);
    writeln!(out, "test accuracy: {test}{}", published("100.00 %"))?;
    check_learned("ThreeNet", net.first, net.loss)?;
    Ok(check_learned("softmax regression", baseline.first, baseline.loss)?)
}

/// Whether the fault of a file is a missing value.
fn is_missing(fault: &Fault) -> bool {
    fault.kind == Kind::Missing
}

/// The flowers of a file, and how many of them were dropped because a value is missing.
fn read(path: &Path, skip_missing: bool) -> Result<(Iris, usize), Error> {
    if skip_missing {
        return datasets::iris_without_missing(path);
    }
    match datasets::iris(path) {
        Err(Error { cause, .. }) if cause.downcast_ref().is_some_and(is_missing) => {
            Err(Error::new(path, format!("{cause}; --skip-missing drops such flowers")))
        }
        Err(Error { cause, .. }) if path == datasets::iris_path() && !path.exists() => {
            Err(Error::new(path, format!("{cause}; --data FILE names another file")))
        }
        iris => Ok((iris?, 0)),
    }
}

#[cfg(test)]
mod tests;
