//! The help as a whole, and what an experiment prints.

use super::{App, Outcome};
use crate::draw::style::Style;
use crate::run::options::{Opt, OptionError, Options};
use std::ffi::OsString;
use std::io::Write;

const APP: App = App {
    name: "xor",
    about: "TwoNet learns XOR",
    options: &[
        Opt::value("epochs", "N", "10000", "iterations"),
        Opt::flag("printed-update", "update b2 as the printed code does"),
        Opt::several("predict", "FILE", "classify these images"),
        Opt::SEED,
        Opt::THREADS,
        Opt::LOG,
    ],
};

fn experiment(options: &Options, out: &mut dyn Write) -> Outcome {
    let epochs = options.at_least_one("epochs")?;
    writeln!(out, "{epochs} epochs, {} columns", options.style.width)?;
    if options.has("unicode") { Err("diverged\nat once".into()) } else { Ok(()) }
}

#[test]
fn help_shows_every_option_with_its_default() {
    let expected = "\
xor: TwoNet learns XOR
usage: cargo run -p xor -- [--option value]...

  --epochs N         iterations (default: 10000)
  --printed-update   update b2 as the printed code does
  --predict FILE...  classify these images
  --seed N           seed of the random numbers (default: 0)
  --threads N        worker threads (default: all cores)
  --log FILE.csv     write the training curve to this file
  --quiet            the results alone: no charts, no progress
  --unicode          draw with Unicode blocks and braille dots
  --help, --version  show this, or the version
";
    assert_eq!(APP.help(), expected);
    APP.assert_help_fits();
    for line in [&["--help"][..], &["--nonsense", "-h"], &["--version", "--help"]] {
        assert_eq!(APP.output(line, experiment), expected);
    }
}

#[test]
fn the_version_is_that_of_the_package() {
    let expected = format!("xor {}\n", env!("CARGO_PKG_VERSION"));
    assert_eq!(APP.output(&["--version"], experiment), expected);
}

#[test]
fn the_output_of_an_experiment() {
    assert_eq!(APP.output(&["--epochs", "7"], experiment), "7 epochs, 80 columns\n");
}

#[test]
#[should_panic(expected = "xor: diverged")]
fn a_failed_experiment_has_no_output() {
    APP.output(&["--unicode"], experiment);
}

#[test]
fn a_wrong_option_is_told_from_a_failed_run() {
    let mut out = Vec::new();
    let mut answer = |args: &[&str]| {
        let args: Vec<OsString> = args.iter().map(OsString::from).collect();
        APP.answer(&args, &mut out, |_| Style::plain(), experiment).expect_err("an error")
    };
    assert!(answer(&["--epochs", "0"]).is::<OptionError>());
    assert!(answer(&["--epoch"]).is::<OptionError>());
    assert!(!answer(&["--unicode"]).is::<OptionError>());
}

#[test]
#[should_panic(expected = "24 lines of help")]
fn help_that_is_too_high() {
    const MANY: [Opt; 18] = [Opt::SEED; 18];
    App { name: "many", about: "", options: &MANY }.assert_help_fits();
}

#[test]
#[should_panic(expected = "columns: ")]
fn help_that_is_too_wide() {
    const WIDE: [Opt; 1] = [Opt::flag(
        "wide",
        "a text so long that it does not fit into the eighty columns that a terminal has",
    )];
    App { name: "wide", about: "", options: &WIDE }.assert_help_fits();
}
