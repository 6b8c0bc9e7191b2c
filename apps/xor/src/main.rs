//! TwoNet learns XOR: `cargo run -p xor` (chapter 3).

mod report;

use console::text::Count;
use console::{
    ABOVE_0, App, Causes, Log, Opt, Options, Outcome, Progress, chart, check_learned, fixed,
    for_seeds, percent, shortest,
};
use matrix::{Matrix, Rng};
use nets::metrics::{accuracy, predictions};
use nets::two_net::Activations;
use nets::{Init, TwoNet};
use std::io::Write;
use std::process::ExitCode;

const APP: App = App {
    name: "xor",
    about: "TwoNet, one hidden layer with relu, learns XOR",
    options: &[
        Opt("hidden H", "6", "hidden units (the tutorial's code says 30)"),
        Opt("iterations N", "10000", "steps of gradient descent"),
        Opt("rate R", "0.1", "learning rate"),
        Opt("lambda L", "0.001", "strength of the regulariser"),
        Opt("init START", "small", "small, he, zero or equal weights"),
        Opt("printed-update", "", "b2 as the tutorial's code prints it: b2 -= rate * b2"),
        Opt("seeds N", "", "run N seeds, from --seed on, and compare them"),
        Opt("compare-init", "", "compare the four starts on each of --seeds"),
        Opt::SEED,
        Opt::THREADS,
        Opt::LOG,
        Opt::QUIET,
        Opt::UNICODE,
    ],
};

const INPUTS: [[f64; 2]; 4] = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]];
const LABELS: [usize; 4] = [0, 1, 1, 0];

/// The constants of a run.
#[derive(Clone, Copy, PartialEq)]
struct Settings {
    hidden: usize,
    iterations: usize,
    rate: f64,
    lambda: f64,
    init: Init,
    printed_update: bool,
}

impl Settings {
    /// Those of the tutorial's text. Its code has 30 hidden units.
    const PUBLISHED: Settings = Settings {
        hidden: 6,
        iterations: 10_000,
        rate: 0.1,
        lambda: 1e-3,
        init: Init::Small,
        printed_update: false,
    };
}

/// A run at its end.
struct Run {
    net: TwoNet,
    acts: Activations,
    /// Which hidden units were dead before the first step.
    born_dead: Vec<bool>,
    /// The data loss before each step.
    losses: Vec<f64>,
    /// The data loss after the last step, and whether it still fell during the last tenth of the steps.
    loss: f64,
    falling: bool,
    accuracy: f64,
}

fn main() -> ExitCode {
    APP.run(xor)
}

fn xor(options: &Options, out: &mut dyn Write) -> Outcome {
    let settings = Settings {
        hidden: options.get("hidden", 1..=10_000)?,
        iterations: options.get("iterations", 1..=10_000_000)?,
        rate: options.get("rate", ABOVE_0)?,
        lambda: options.get("lambda", 0.0..)?,
        init: options.choice("init", &Init::NAMED)?,
        printed_update: options.has("printed-update"),
    };
    let Settings { hidden, iterations, rate, lambda, init, printed_update } = settings;
    let (seed, style) = (options.seed()?, options.style);
    options.exclude("seeds", "log")?;
    options.exclude("compare-init", "log")?;
    options.exclude("compare-init", "init")?;
    let seeds = options.has("seeds").then(|| options.get("seeds", 1..=100_000)).transpose()?;
    let mut log = Log::create(options.text("log"), "iteration,loss", 0)?;
    let steps = Count(iterations, "iteration");
    writeln!(out, "TwoNet learns XOR: 2-{hidden}-2, {steps} on all four rows,")?;
    let mut constants = format!("rate {}, lambda {}", shortest(rate), shortest(lambda));
    if init != Init::Small {
        constants += &format!(", init {}", init.name());
    }
    if printed_update {
        constants += ", b2 -= rate * b2 as printed";
    }
    if options.has("compare-init") {
        let seeds = seeds.unwrap_or(20);
        writeln!(out, "{constants}, {} from {seed} on\n", Count(seeds, "seed"))?;
        let runs = Init::NAMED.map(|(_, init)| {
            train_many(Settings { init, ..settings }, seed, seeds, options.quiet())
        });
        let runs = runs.into_iter().collect::<Outcome<Vec<_>>>()?;
        return Ok(write!(out, "{}", report::starts(&runs, style))?);
    }
    if let Some(seeds) = seeds {
        writeln!(out, "{constants}, {} from {seed} on\n", Count(seeds, "seed"))?;
        let runs = train_many(settings, seed, seeds, options.quiet())?;
        return Ok(write!(out, "{}", report::seeds(&runs, seed, style))?);
    }

    writeln!(out, "{constants}, seed {seed}\n")?;
    let progress = Progress::new("iteration", 1..=iterations, options.quiet());
    let run = train(settings, seed, |i, loss| {
        log.row(&[i as f64, loss])?;
        Ok(progress.add(1.0, format_args!("loss {loss:.4}"))?)
    })?;
    drop(progress);
    if !options.quiet() {
        let losses = [("", &run.losses[..])];
        writeln!(out, "{}", chart(["loss", "iteration"], iterations, &losses, style))?;
        writeln!(out, "{}", report::pictures(&run, style))?;
    }
    writeln!(out, "{}", report::features(&run, style))?;
    if run.accuracy < 1.0 {
        writeln!(out, "this run failed: {}", report::failure(&run))?;
    }
    let (loss, reg_loss) = (run.loss, run.net.reg_loss(lambda));
    let [j, loss, reg_loss] = [loss + reg_loss, loss, reg_loss].map(|x| fixed(x, 4));
    writeln!(out, "J = {j}: data loss {loss}, regulariser {reg_loss}")?;
    writeln!(out, "labels:  {LABELS:?}")?;
    writeln!(out, "predict: {:?}", predictions(&run.acts.probs))?;
    let is_published =
        [6, 30].contains(&hidden) && settings == Settings { hidden, ..Settings::PUBLISHED };
    let published = if is_published { "   (published: 100.00 %)" } else { "" };
    writeln!(out, "training accuracy: {}{published}", percent(run.accuracy))?;
    Ok(check_learned("TwoNet", run.losses[0], run.loss)?)
}

/// Trains a new net on the four rows at once. `report` gets the number of each iteration and the
/// loss before its step, even if it is not finite.
fn train(
    settings: Settings,
    seed: u64,
    mut report: impl FnMut(usize, f64) -> Outcome,
) -> Outcome<Run> {
    let Settings { hidden, iterations, rate, lambda, init, printed_update } = settings;
    let causes = Causes::new(rate, lambda);
    let (a0, y) = (Matrix::from_rows(INPUTS), Matrix::one_hot(&LABELS, 2));
    let rng = &mut Rng::new(seed);
    let [(w1, b1), (w2, b2)] = [[2, hidden], [hidden, 2]].map(|sizes| init.layer(sizes, rng));
    let mut net = TwoNet { w1, b1, w2, b2 };
    let born_dead = dead(&net.forward(&a0).z1);
    let mut losses = Vec::new();
    for i in 1..=iterations {
        let acts = net.forward(&a0);
        let loss = TwoNet::data_loss(&acts, &y);
        report(i, loss)?;
        losses.push(causes.check(loss, format_args!("iteration {i}"), i - 1)?);
        let grads = net.backward(&a0, &acts, &y);
        let b2 = net.b2.clone();
        net.update(&grads, rate, lambda);
        if printed_update {
            net.b2 = b2 * (1.0 - rate); // docs/errata.md, error 8
        }
    }
    let acts = net.forward(&a0);
    let loss = TwoNet::data_loss(&acts, &y);
    // J contains the weights, so this checks that they are finite too.
    let j = loss + net.reg_loss(lambda);
    causes.check(j, "after the last iteration", iterations)?;
    let falling = loss < 0.99 * losses[iterations - iterations.div_ceil(10)];
    let accuracy = accuracy(&predictions(&acts.probs), &LABELS);
    Ok(Run { net, acts, born_dead, losses, loss, falling, accuracy })
}

/// Which hidden units are off for all rows, so that no gradient reaches them.
fn dead(z1: &Matrix) -> Vec<bool> {
    (0..z1.cols()).map(|unit| z1.iter_rows().all(|row| row[unit] < 0.0)).collect()
}

/// The iterations whose losses are kept if there are many runs.
const SHOWN: [usize; 5] = [1, 100, 300, 1000, 10_000];

/// The iterations between two reports if there are many runs.
const REPORTED: usize = 100;

/// Trains one net for each seed. Only the losses of [`SHOWN`] are kept, since all would take too much
/// memory.
fn train_many(settings: Settings, first: u64, seeds: usize, quiet: bool) -> Outcome<Vec<Run>> {
    let progress = Progress::new("seed", 1..=seeds, quiet);
    for_seeds(first, seeds, |seed| {
        let part = REPORTED as f64 / settings.iterations as f64;
        let report = |i, _| if i % REPORTED == 0 { Ok(progress.add(part, "")?) } else { Ok(()) };
        let run = train(settings, seed, report)?;
        let losses = SHOWN.iter().map_while(|i| run.losses.get(i - 1)).copied().collect();
        Ok(Run { losses, ..run })
    })
}

#[cfg(test)]
mod tests;
