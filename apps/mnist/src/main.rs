//! ThreeNet and softmax regression learn to read digits: `cargo run -p mnist` (chapters 3 and 4).
//!
//! The app is four programs, each in a file of its own: [`train`] trains a net, new or resumed;
//! [`mod@test`] tests one that was saved; [`predict`] reads digits with it; [`export`] writes a picture
//! to try that with. The other files are what these share.

mod baseline;
mod evaluation;
mod export;
mod kept;
mod lock;
mod net;
mod predict;
mod report;
mod saved;
mod settings;
mod state;
mod test;
mod train;
mod training;

use console::{App, Opt, Options, Outcome};
use std::io::Write;
use std::process::ExitCode;

const APP: App = App {
    name: "mnist",
    version: env!("CARGO_PKG_VERSION"),
    about: "ThreeNet and softmax regression learn to read digits",
    options: &[
        Opt::value("epochs", "N", "200", "passes over the training images"),
        Opt::value("batch", "N", "256", "images in a batch"),
        Opt::value("rate", "R", "0.001", "learning rate"),
        Opt::value("lambda", "L", "0.001", "strength of the regulariser"),
        Opt::value("hidden", "H1,...", "200,80", "units of the hidden layers, one to six"),
        Opt::value("init", "START", "small", "weights at first: small, he, zero, equal"),
        Opt::value("scale", "S", "1", "divide the pixels, 0 to 255, by this"),
        Opt::value("baseline-epochs", "N", "40", "softmax-regression epochs (0: skip)"),
        Opt::flag("weights", "draw weights of the first layer"),
        Opt::optional("save", "DIR", "save the run in this folder"),
        Opt::value("save-every", "N", "10", "epochs from one save to the next"),
        Opt::optional("load", "DIR", "test a saved run instead of training"),
        Opt::optional("resume", "DIR", "train a saved run for --epochs more"),
        Opt::several("predict", "FILE", "read digits from pictures or folders (- is stdin)"),
        Opt::optional("prepared", "FILE", "with --predict: write what the net sees"),
        Opt::several("export", "N FILE", "write test image N to a PGM or PNG file"),
        Opt::optional("data", "DIR", "other data in the four files of MNIST"),
        Opt::flag("transpose", "with --data: images on their side, as EMNIST's are"),
        Opt::SEED,
        Opt::THREADS,
        Opt::LOG,
    ],
};

fn main() -> ExitCode {
    APP.run(mnist)
}

/// The program that the options ask for.
fn mnist(options: &Options, out: &mut dyn Write) -> Outcome {
    if options.has("export") {
        export::run(options, out)
    } else if options.has("predict") {
        predict::run(options, out)
    } else if options.has("load") {
        test::run(options, out)
    } else {
        train::run(options, out)
    }
}

#[cfg(test)]
mod tests;
