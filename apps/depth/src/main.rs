//! DeepNet learns Iris with one to eight layers: `cargo run -p depth` (chapter 5).

mod report;
mod train;

use console::text::Count;
use console::{ABOVE_0, App, Log, Opt, Options, Outcome, shortest};
use nets::Init;
use std::io::Write;
use std::process::ExitCode;
use train::{AVERAGED, Run, Settings};

const APP: App = App {
    name: "depth",
    about: "DeepNet learns Iris with few and with many layers",
    options: &[
        Opt("layers L,L,...", "1,2,3,4,6,8", "numbers of layers to compare"),
        Opt("init START", "both", "how weights start: small, he or both"),
        Opt("hidden H", "20", "units of each layer but the last"),
        Opt("iterations N", "10000", "steps of gradient descent"),
        Opt("rate R", "0.05", "learning rate"),
        Opt("lambda L", "0.001", "strength of the regulariser"),
        Opt::SEED,
        Opt::THREADS,
        Opt("log FILE.csv", "", "write all training curves to this file"),
        Opt::QUIET,
        Opt::UNICODE,
    ],
};

fn main() -> ExitCode {
    APP.run(depth)
}

fn depth(options: &Options, out: &mut dyn Write) -> Outcome {
    let inits: &[Init] = options.choice(
        "init",
        &[("small", &[Init::Small][..]), ("he", &[Init::He]), ("both", &[Init::Small, Init::He])],
    )?;
    let layers: Vec<usize> = options.list("layers", 1..=10, 1..=100)?;
    let settings = Settings {
        hidden: options.get("hidden", 1..=1000)?,
        iterations: options.get("iterations", 1..=10_000_000)?,
        rate: options.get("rate", ABOVE_0)?,
        lambda: options.get("lambda", 0.0..)?,
        seed: options.seed()?,
    };
    let Settings { hidden, iterations, rate, lambda, seed } = settings;
    let [train, test] = train::split(&datasets::iris(&datasets::iris_path())?, seed);
    let names: Vec<String> = inits
        .iter()
        .flat_map(|&init| layers.iter().map(move |l| format!("{}_{l}", init.name())))
        .collect();
    let header = format!("iteration,{}", names.join(","));
    let mut log = Log::create(options.text("log"), &header, 0)?;

    let (train_on, n_test) = (Count(train.species.len(), "flower"), test.species.len());
    writeln!(out, "Iris: {train_on} to train on, all in one batch, and {n_test} to test on")?;
    let (units, steps) = (Count(hidden, "unit"), Count(iterations, "iteration"));
    let [rate, lambda] = [rate, lambda].map(shortest);
    writeln!(out, "DeepNet with {units} in each layer but the last: {steps},")?;
    writeln!(out, "rate {rate}, lambda {lambda}, seed {seed}\n")?;

    let norms: Vec<Vec<f64>> = inits
        .iter()
        .map(|&init| {
            let deepest = *layers.iter().max().expect("one or more");
            (1..=deepest).map(|l| train::first_norm(settings, init, l, &train)).collect()
        })
        .collect();
    if !options.quiet() {
        writeln!(out, "{}", report::norms(inits, &norms, options.style))?;
    }
    let runs = train::train_all(settings, inits, &layers, [&train, &test], options.quiet())?;
    for point in 0..runs[0].losses.len() {
        let mut row = vec![((point + 1) * AVERAGED).min(iterations) as f64];
        row.extend(runs.iter().map(|run| run.losses[point]));
        log.row(&row)?;
    }
    for ((&init, runs), norms) in inits.iter().zip(runs.chunks(layers.len())).zip(&norms) {
        writeln!(out, "{}", report::heading(init, hidden))?;
        if !options.quiet() {
            writeln!(out, "\n{}", report::losses(&layers, runs, iterations, options.style))?;
        }
        writeln!(out, "{}", report::table(&layers, runs, norms, n_test, options.style))?;
    }
    let learned = runs.iter().filter(|run| run.has_learned()).count();
    writeln!(out, "learned: {learned} of {}", Count(runs.len(), "net"))?;
    Ok(())
}

#[cfg(test)]
mod tests;
