//! ThreeNet and softmax regression learn Iris: `cargo run -p iris` (chapters 3 and 4).

mod report;
mod train;

use console::{App, LineChart, Log, Opt, Options, Outcome, Progress, percent, shortest};
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use train::{AVERAGED, Settings, Start};

const APP: App = App {
    name: "iris",
    about: "ThreeNet and softmax regression learn the three species of Iris",
    options: &[
        Opt::value("hidden", "H1,H2", "20,20", "units of the two hidden layers"),
        Opt::value("iterations", "N", "10000", "steps of gradient descent"),
        Opt::value("rate", "R", "0.05", "learning rate"),
        Opt::value("lambda", "L", "0.001", "strength of the regulariser"),
        Opt::flag("printed-update", "b2, b3 as in the tutorial's code: b -= rate * b"),
        Opt::value("baseline-iterations", "N", "10000", "the same for softmax regression"),
        Opt::value("baseline-rate", "R", "0.05", "the same for softmax regression"),
        Opt::value("baseline-lambda", "L", "0.0002", "the same for softmax regression"),
        Opt::value("train-share", "S", "0.8", "share of the flowers to train on"),
        Opt::optional("splits", "N", "compare both on N random splits, from --seed on"),
        Opt::optional("data", "FILE", "another CSV file of the same columns"),
        Opt::SEED,
        Opt::THREADS,
        Opt::LOG,
    ],
};

fn main() -> ExitCode {
    APP.run(iris)
}

fn iris(options: &Options, out: &mut dyn Write) -> Outcome {
    matrix::configure(options.threads()?)?;
    let train_share = options.positive("train-share")?;
    if train_share >= 1.0 {
        return Err(options.refuse("train-share", "a number between 0 and 1").into());
    }
    let settings = Settings {
        hidden: options.wholes("hidden", 1..=10_000)?,
        iterations: options.whole("iterations", 1..=100_000_000)?,
        rate: options.positive("rate")?,
        lambda: options.not_negative("lambda")?,
        printed_update: options.has("printed-update"),
        baseline_iterations: options.whole("baseline-iterations", 1..=100_000_000)?,
        baseline_rate: options.positive("baseline-rate")?,
        baseline_lambda: options.not_negative("baseline-lambda")?,
        train_share,
    };
    let (seed, style) = (options.seed()?, options.style);
    let path = options.text("data").map_or_else(datasets::iris_path, PathBuf::from);
    let iris = datasets::iris(&path)?;
    let n_train = (iris.species.len() as f64 * train_share).round() as usize;
    if n_train == 0 || n_train == iris.species.len() {
        let expected = format!(
            "a share of the {} flowers that leaves some to train on and some to test on",
            iris.species.len()
        );
        return Err(options.refuse("train-share", &expected).into());
    }
    options.exclude("splits", "log")?;
    let splits =
        if options.has("splits") { Some(options.whole("splits", 1..=10_000)?) } else { None };

    let Settings { hidden: [h1, h2], iterations, printed_update, baseline_iterations, .. } =
        settings;
    let [rate, lambda] = [settings.rate, settings.lambda].map(shortest);
    let n_test = iris.species.len() - n_train;
    writeln!(
        out,
        "Iris: {n_train} flowers to train on, all in one batch, and {n_test} to test on"
    )?;
    writeln!(out, "ThreeNet 4-{h1}-{h2}-3: {iterations} iterations, rate {rate}, lambda {lambda}")?;
    if printed_update {
        writeln!(out, "b2, b3 as printed: b -= rate * b")?;
    }
    let [rate, lambda] = [settings.baseline_rate, settings.baseline_lambda].map(shortest);
    writeln!(
        out,
        "softmax regression: {baseline_iterations} iterations, rate {rate}, lambda {lambda}"
    )?;
    if let Some(splits) = splits {
        writeln!(out, "{splits} random splits, seeds from {seed} on\n")?;
        let pairs = train::train_many(settings, &iris, seed, splits, options.quiet())?;
        return Ok(write!(out, "{}", report::splits(&pairs, style))?);
    }

    writeln!(out, "seed {seed}\n")?;
    let mut log = Log::create(options.text("log"), &["iteration", "loss", "train_accuracy"])?;
    let mut progress = Progress::new("iteration", 1..=iterations, options.quiet());
    let start = Start::new(settings, &iris, seed);
    let net = train::train_three_net(settings, &start, |i, loss, accuracy| {
        progress.show(i, format_args!("loss {loss:.4}  accuracy {}", percent(accuracy)));
    })?;
    drop(progress);
    for (i, (&loss, &accuracy)) in net.losses.iter().zip(&net.train_accuracies).enumerate() {
        log.row(&[((i + 1) * AVERAGED).min(iterations) as f64, loss, accuracy])?;
    }
    let baseline = train::train_softmax_regression(settings, &start)?;
    if !options.quiet() {
        let loss = LineChart::new("loss", "iteration", 1..=iterations);
        writeln!(out, "{}", loss.series("", &net.losses).draw(style))?;
        let accuracy = LineChart::new("training accuracy", "iteration", 1..=iterations);
        writeln!(out, "{}", accuracy.series("", &net.train_accuracies).draw(style))?;
        writeln!(out, "{}", report::flowers(&start.test, &net.predicted, style))?;
    }
    writeln!(out, "{}", report::confusion(&start.test, &net.predicted, style))?;
    writeln!(out, "{}", report::comparison(&net, &baseline, style))?;
    writeln!(out, "best train accuracy: {}   (published: 98.33 %)", percent(net.best_train))?;
    writeln!(out, "test accuracy: {}   (published: 100.00 %)", percent(net.test))?;
    Ok(())
}

#[cfg(test)]
mod tests;
