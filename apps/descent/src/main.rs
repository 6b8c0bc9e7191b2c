//! Rules of descent, each at its best rate: `cargo run -p descent` (chapter 8).

mod iris;
mod mnist;
mod quadratic;
mod sweep;
mod xor;

use console::{App, Opt, Options, Outcome};
use std::io::Write;
use std::process::ExitCode;

const APP: App = App {
    name: "descent",
    about: "rules of descent, each at the best rate of its own sweep",
    options: &[
        Opt("on WHAT", "iris", "iris (after a quadratic), xor or mnist"),
        Opt("iterations N", "10000", "steps at most, of iris and xor"),
        Opt("seeds N", "8", "runs of each rule, of iris and xor"),
        Opt("epochs N", "3", "epochs of mnist"),
        Opt::SEED,
        Opt::THREADS,
        Opt::QUIET,
        Opt::UNICODE,
    ],
};

fn main() -> ExitCode {
    APP.run(descent)
}

fn descent(options: &Options, out: &mut dyn Write) -> Outcome {
    let on: fn(&Options, &mut dyn Write) -> Outcome = options
        .choice("on", &[("iris", both as _), ("xor", xor::run as _), ("mnist", mnist::run as _)])?;
    on(options, out)
}

fn both(options: &Options, out: &mut dyn Write) -> Outcome {
    if !options.quiet() {
        write!(out, "{}", quadratic::pictures(options.style))?;
    }
    iris::run(options, out)
}

#[cfg(test)]
mod tests;
