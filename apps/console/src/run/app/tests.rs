//! The help as a whole, and what an experiment prints.

use super::{App, Outcome};
use crate::draw::style::Style;
use crate::run::options::{Opt, Options};
use std::ffi::OsString;
use std::io::{self, ErrorKind, Write};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

const APP: App = App {
    name: "xor",
    about: "TwoNet learns XOR",
    options: &[
        Opt("epochs N", "10000", "iterations"),
        Opt("rate R", "0.1", ""),
        Opt("lambda L", "0.001", "of them"),
        Opt("load D", "", ""),
        Opt("check", "", "of a run"),
        Opt("printed-update", "", "update b2 as the printed code does"),
        Opt("predict FILE ...", "", "classify these images"),
        Opt::SEED,
        Opt::THREADS,
        Opt::LOG,
        Opt::QUIET,
        Opt::UNICODE,
    ],
};

fn experiment(options: &Options, out: &mut dyn Write) -> Outcome {
    let epochs = options.get("epochs", 1..=100_000_usize)?;
    writeln!(out, "{epochs} epochs, {} columns", options.style.width)?;
    if options.has("unicode") { Err("diverged\nat once".into()) } else { Ok(()) }
}

#[test]
fn help_shows_every_option_with_its_default() {
    let expected = "\
xor: TwoNet learns XOR
usage: cargo run -p xor -- [--option value]...

  --epochs N            iterations (default: 10000)
  --rate R, --lambda L  of them (default: 0.1, 0.001)
  --load D, --check     of a run
  --printed-update      update b2 as the printed code does
  --predict FILE ...    classify these images
  --seed N              seed of the random numbers (default: 0)
  --threads N           threads (default: all cores)
  --log FILE.csv        write the training curve to this file
  --quiet               only the results: no charts, no progress
  --unicode             draw with Unicode blocks and braille
  --help, --version     show this, or the version
";
    for line in [&["--help"][..], &["--nonsense", "-h"], &["--version", "--help"]] {
        assert_eq!(output(line), expected);
    }
}

#[test]
fn an_app_takes_and_lists_the_options_of_its_table_alone() {
    let app = App { options: &[Opt::SEED], ..APP };
    let help = app.help();
    let names: Vec<&str> = help.split("\n  --").skip(1).map(|text| &text[..4]).collect();
    assert_eq!(names, ["seed", "help"]);
    for option in ["--quiet", "--unicode"] {
        let error = Options::parse(app.options, &[option.into()], Style::plain())
            .expect_err("unknown")
            .to_string();
        assert_eq!(error, format!("unknown option \"{option}\", see --help"));
    }
}

fn answer(args: &[&str]) -> (String, Outcome) {
    let args: Vec<OsString> = args.iter().map(OsString::from).collect();
    let mut out = Vec::new();
    let outcome = APP.answer(&args, Style::plain(), &mut out, experiment);
    (String::from_utf8(out).expect("text"), outcome)
}

#[track_caller]
fn output(args: &[&str]) -> String {
    let (output, outcome) = answer(args);
    outcome.expect("no error");
    output
}

#[test]
fn the_version_is_that_of_the_workspace() {
    assert_eq!(output(&["--version"]), concat!("xor ", env!("CARGO_PKG_VERSION"), "\n"));
}

#[test]
fn the_output_of_an_experiment() {
    assert_eq!(output(&["--epochs", "7"]), "7 epochs, 80 columns\n");
}

#[test]
fn a_wrong_option_is_told_from_a_failed_run() {
    let end = |args: &[&str]| {
        let args: Vec<OsString> = args.iter().map(OsString::from).collect();
        APP.end_of(&args, experiment)
    };
    let refused = r#"--epochs: found "0", expected a whole number from 1 to 100000"#;
    assert_eq!(end(&["--epochs", "0"]), Some((refused.into(), 2)));
    let unknown = r#"unknown option "--epoch", did you mean --epochs?"#;
    assert_eq!(end(&["--epoch"]), Some((unknown.into(), 2)));
    let threads = r#"--threads: found "1025", expected a whole number from 1 to 1024"#;
    assert_eq!(end(&["--threads", "1025"]), Some((threads.into(), 2)));
    assert_eq!(end(&["--unicode"]), Some(("diverged\nat once".into(), 1)));
}

#[test]
fn a_reader_that_has_gone_is_no_failure_and_a_full_disk_is() {
    let end = |error: io::Error| APP.end_of(&[], |_, _| Err(error.into()));
    assert_eq!(end(ErrorKind::BrokenPipe.into()), None);
    let full = "standard output: disk full".to_string();
    assert_eq!(end(io::Error::other("disk full")), Some((full, 1)));
    assert_eq!(APP.end_of(&[], |_, _| Ok(())), None);
}

#[test]
fn threads_can_print_while_an_experiment_runs() {
    let end = APP.end_of(&[], |_, _| {
        let (sender, receiver) = mpsc::channel();
        thread::spawn(move || sender.send(io::stdout().flush().is_ok()));
        assert_eq!(receiver.recv_timeout(Duration::from_secs(60)), Ok(true));
        Ok(())
    });
    assert_eq!(end, None);
}
