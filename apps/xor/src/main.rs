//! TwoNet learns XOR: `cargo run -p xor` (chapter 2).

mod report;

use console::{
    App, Diverged, LineChart, Log, Opt, Options, Outcome, Progress, fixed, for_seeds, percent,
    shortest,
};
use matrix::{Matrix, Rng};
use nets::TwoNet;
use nets::metrics::{accuracy, predictions};
use nets::two_net::Activations;
use std::io::Write;
use std::process::ExitCode;

const APP: App = App {
    name: "xor",
    about: "TwoNet, one hidden layer with relu, learns XOR",
    options: &[
        Opt::value("hidden", "H", "6", "hidden units (the tutorial's code says 30)"),
        Opt::value("iterations", "N", "10000", "steps of gradient descent"),
        Opt::value("rate", "R", "0.1", "learning rate"),
        Opt::value("lambda", "L", "0.001", "strength of the regulariser"),
        Opt::flag("printed-update", "b2 as the tutorial's code prints it: b2 -= rate * b2"),
        Opt::optional("seeds", "N", "run N seeds, from --seed on, and compare them"),
        Opt::SEED,
        Opt::THREADS,
        Opt::LOG,
    ],
};

const INPUTS: [[f64; 2]; 4] = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]];
const ANSWERS: [usize; 4] = [0, 1, 1, 0];

/// The constants of a run.
#[derive(Clone, Copy)]
struct Settings {
    hidden: usize,
    iterations: usize,
    rate: f64,
    lambda: f64,
    printed_update: bool,
}

/// A run at its end.
struct Run {
    net: TwoNet,
    acts: Activations,
    /// The data loss before each step.
    losses: Vec<f64>,
    /// The data loss after the last step, and whether the last tenth of them made it smaller still.
    loss: f64,
    falling: bool,
    accuracy: f64,
}

fn main() -> ExitCode {
    APP.run(xor)
}

fn xor(options: &Options, out: &mut dyn Write) -> Outcome {
    matrix::configure(options.threads()?)?;
    let settings = Settings {
        hidden: options.whole("hidden", 1..=10_000)?,
        iterations: options.whole("iterations", 1..=10_000_000)?,
        rate: options.positive("rate")?,
        lambda: options.not_negative("lambda")?,
        printed_update: options.has("printed-update"),
    };
    let Settings { hidden, iterations, rate, lambda, printed_update } = settings;
    let (seed, style) = (options.seed()?, options.style);
    options.exclude("seeds", "log")?;
    let seeds =
        if options.has("seeds") { Some(options.whole("seeds", 1..=100_000)?) } else { None };
    writeln!(out, "TwoNet learns XOR: 2-{hidden}-2, {iterations} iterations on all four rows,")?;
    let update = if printed_update { ", b2 -= rate * b2 as printed" } else { "" };
    let constants = format!("rate {}, lambda {}{update}", shortest(rate), shortest(lambda));
    if let Some(seeds) = seeds {
        writeln!(out, "{constants}, {seeds} seeds from {seed} on\n")?;
        let runs = train_many(settings, seed, seeds, options.quiet())?;
        return Ok(write!(out, "{}", report::seeds(&runs, seed, style))?);
    }

    writeln!(out, "{constants}, seed {seed}\n")?;
    let mut log = Log::create(options.text("log"), &["iteration", "loss"])?;
    let mut progress = Progress::new("iteration", 1..=iterations, options.quiet());
    let run = train(settings, seed, |i, loss| progress.show(i, format_args!("loss {loss:.4}")))?;
    drop(progress);
    for (i, &loss) in run.losses.iter().enumerate() {
        log.row(&[(i + 1) as f64, loss])?;
    }
    if !options.quiet() {
        let chart = LineChart::new("loss", "iteration", 1..=iterations).series("", &run.losses);
        writeln!(out, "{}", chart.draw(style))?;
        writeln!(out, "{}", report::pictures(&run, style))?;
    }
    writeln!(out, "{}", report::features(&run, style))?;
    if run.accuracy < 1.0 {
        writeln!(out, "this run failed: {}", report::failure(&run))?;
    }
    let (loss, reg_loss) = (run.loss, run.net.reg_loss(lambda));
    let [j, loss, reg_loss] = [loss + reg_loss, loss, reg_loss].map(|x| fixed(x, 4));
    writeln!(out, "J = {j}: data loss {loss}, regulariser {reg_loss}")?;
    writeln!(out, "labels:  {ANSWERS:?}")?;
    writeln!(out, "predict: {:?}", predictions(&run.acts.probs))?;
    writeln!(out, "training accuracy: {}   (published: 100.00 %)", percent(run.accuracy))?;
    Ok(())
}

/// Trains a new net on the four rows at once. `progress` hears of every iteration and its loss.
fn train(
    settings: Settings,
    seed: u64,
    mut progress: impl FnMut(usize, f64),
) -> Result<Run, Diverged> {
    let Settings { hidden, iterations, rate, lambda, printed_update } = settings;
    let (a0, y) = (Matrix::from_rows(INPUTS), Matrix::one_hot(&ANSWERS, 2));
    let mut net = TwoNet::new([2, hidden, 2], &mut Rng::new(seed));
    let mut losses = Vec::new();
    for i in 1..=iterations {
        let acts = net.forward(&a0);
        let loss = TwoNet::data_loss(&acts, &y);
        losses.push(Diverged::check(loss, format_args!("iteration {i}"), "--rate")?);
        progress(i, loss);
        let grads = net.backward(&a0, &acts, &y);
        let b2 = net.b2.clone();
        net.update(&grads, rate, lambda);
        if printed_update {
            net.b2 = b2 * (1.0 - rate); // docs/errata.md, error 8
        }
    }
    let acts = net.forward(&a0);
    let loss = TwoNet::data_loss(&acts, &y);
    let falling = loss < 0.99 * losses[iterations - iterations.div_ceil(10)];
    let accuracy = accuracy(&predictions(&acts.probs), &ANSWERS);
    Ok(Run { net, acts, losses, loss, falling, accuracy })
}

/// Trains one net for each seed, without keeping the losses, which would be a great deal of memory.
fn train_many(
    settings: Settings,
    first: u64,
    seeds: usize,
    quiet: bool,
) -> Result<Vec<Run>, Diverged> {
    let progress = Progress::new("seed", 1..=seeds, quiet);
    for_seeds(first, seeds, matrix::threads(), progress, |seed| {
        Ok(Run { losses: Vec::new(), ..train(settings, seed, |_, _| ())? })
    })
}

#[cfg(test)]
mod tests;
