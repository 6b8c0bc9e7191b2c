//! ThreeNet and softmax regression learn to read digits: `cargo run -p mnist` (chapters 2 and 4).
//!
//! The app is four programs: [`train`] trains a net, new or resumed, or tests one that was saved;
//! [`predict`] reads digits with it; [`export`] writes a test image to try that with. The programs
//! share the other files.

mod baseline;
mod evaluation;
mod export;
mod predict;
mod report;
mod saved;
mod settings;
mod train;
mod training;

use console::{App, Opt, Options, Outcome};
use std::io::Write;
use std::process::ExitCode;

const APP: App = App {
    name: "mnist",
    about: "ThreeNet and softmax regression learn to read digits",
    options: &[
        Opt("epochs N", "200", ""),
        Opt("batch N", "256", "passes over the data, batch size"),
        Opt("rate R", "0.001", ""),
        Opt("lambda L", "0.001", "learning rate, regulariser"),
        Opt("hidden H1,...", "200,80", "units of one to six hidden layers"),
        Opt("init START", "small", "small, he, zero or equal weights"),
        Opt("scale S", "1", "divide the pixels, 0 to 255, by this"),
        Opt("baseline-epochs N", "40", "softmax-regression epochs (0: skip)"),
        Opt("validate", "", ""),
        Opt("weights", "", "hold back images to choose the net by; draw units"),
        Opt("save RUN.npz", "", "save the run in this file"),
        Opt("save-every N", "10", "epochs from one save to the next"),
        Opt("load RUN", "", ""),
        Opt("resume RUN", "", "test a saved run, train it for --epochs more"),
        Opt("predict FILE|DIR|- ...", "", "read digits by --load's net or target/mnist-net.npz"),
        Opt("prepared FILE", "", "with --predict: write what the net sees"),
        Opt("export N FILE", "", "write test image N to a PGM or PNG file"),
        Opt("data DIR", "", ""),
        Opt("transpose", "", "data like MNIST's; images on their side (EMNIST)"),
        Opt::SEED,
        Opt::THREADS,
        Opt::LOG,
        Opt::QUIET,
        Opt::UNICODE,
    ],
};

type Program = fn(&Options, &mut dyn Write) -> Outcome;

/// The options that select a program, with the other options that this program takes. Without any of
/// them, a new net is trained.
const PROGRAMS: [(&str, &str, Program); 4] = [
    ("export", "data transpose", export::run),
    ("predict", "load prepared", predict::run),
    ("load", "data weights", train::test),
    ("resume", "epochs rate lambda baseline-epochs weights data save save-every log", train::run),
];

fn main() -> ExitCode {
    APP.run(mnist)
}

/// Runs the program that the options select.
fn mnist(options: &Options, out: &mut dyn Write) -> Outcome {
    for name in ["save", "load", "resume", "data"] {
        if options.text(name) == Some("-") {
            return Err(options.refuse(name, "a file or folder").into());
        }
    }
    match PROGRAMS.iter().find(|(name, ..)| options.has(name)) {
        Some((name, others, run)) => {
            options.allow_only(name, others)?;
            run(options, out)
        }
        None => train::run(options, out),
    }
}

#[cfg(test)]
mod tests;
