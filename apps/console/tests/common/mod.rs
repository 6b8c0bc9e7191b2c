//! What the tests of the apps share; each includes this file by its path.

use console::{App, Options, Outcome, Style};
use std::ffi::OsString;
use std::io::Write;

/// What an app prints for these arguments, in 80 columns and without colour.
#[track_caller]
pub(crate) fn output_of(
    app: &App,
    args: &[&str],
    experiment: impl FnOnce(&Options, &mut dyn Write) -> Outcome,
) -> String {
    let (output, outcome) = answer_of(app, args, experiment);
    outcome.unwrap_or_else(|error| panic!("{}: {error}", app.name));
    output
}

/// What an app prints for these arguments, and how it ends.
#[track_caller]
pub(crate) fn answer_of(
    app: &App,
    args: &[&str],
    experiment: impl FnOnce(&Options, &mut dyn Write) -> Outcome,
) -> (String, Outcome) {
    let args: Vec<OsString> = args.iter().map(OsString::from).collect();
    let mut out = Vec::new();
    let outcome = app.answer(&args, Style::plain(), &mut out, experiment);
    let output = String::from_utf8(out).expect("text");
    for line in output.lines() {
        assert!(line.chars().count() <= 80, "{}: wider than 80: {line}", app.name);
    }
    (output, outcome)
}

/// Asserts that `--help` and the prompt after it fit a terminal of 80 columns and 24 lines.
#[track_caller]
pub(crate) fn assert_help_fits(app: &App) {
    let help = output_of(app, &["--help"], |_, _| Ok(()));
    assert!(help.lines().count() <= 23, "{} lines of help:\n{help}", help.lines().count());
}
