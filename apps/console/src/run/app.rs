//! An experiment as a program: its name, its options, its exit status.

use super::options::{Opt, OptionError, Options};
use super::terminal;
use crate::draw::style::Style;
use std::error::Error;
use std::ffi::OsString;
use std::io::{self, Write};
use std::process::ExitCode;

/// What an experiment returns. An [`OptionError`] in it is the user's mistake, a bare [`io::Error`]
/// comes from standard output (errors of files carry their path in a type of their own), anything
/// else is a run that failed.
pub type Outcome = Result<(), Box<dyn Error>>;

/// An experiment: its name, what it does in one line, and the table of its options.
#[derive(Clone, Copy, Debug)]
pub struct App {
    /// The name of the package and of the program.
    pub name: &'static str,
    /// What it does, in one line.
    pub about: &'static str,
    /// Its own options. `--quiet`, `--unicode`, `--help` and `--version` are there in every app.
    pub options: &'static [Opt],
}

impl App {
    /// Runs `experiment` with the options of the command line, its output going to standard output.
    ///
    /// The exit status is 0 when it succeeds or when nobody reads the output any more (`| head`), 2
    /// for a wrong option, 1 for any other error. An error is one line on standard error: `name:
    /// what is wrong`.
    pub fn run(&self, experiment: impl FnOnce(&Options, &mut dyn Write) -> Outcome) -> ExitCode {
        let args: Vec<OsString> = std::env::args_os().skip(1).collect();
        let mut out = io::stdout().lock();
        let outcome = self.answer(&args, &mut out, terminal::style, experiment);
        let (message, status) = match outcome.and_then(|()| Ok(out.flush()?)) {
            Ok(()) => return ExitCode::SUCCESS,
            Err(error) => match error.downcast_ref::<io::Error>() {
                Some(error) if error.kind() == io::ErrorKind::BrokenPipe => {
                    return ExitCode::SUCCESS;
                }
                Some(error) => (format!("standard output: {error}"), 1),
                None => (error.to_string(), if error.is::<OptionError>() { 2 } else { 1 }),
            },
        };
        // Standard error may be closed as well; then there is nobody left to tell.
        let _ = writeln!(io::stderr(), "{}: {}", self.name, message.replace('\n', " "));
        ExitCode::from(status)
    }

    /// What the app prints for these arguments, in 80 columns and without colour: for tests.
    ///
    /// # Panics
    /// If the run fails; the message is the error's. If a line is wider than 80 columns.
    #[track_caller]
    pub fn output(
        &self,
        args: &[&str],
        experiment: impl FnOnce(&Options, &mut dyn Write) -> Outcome,
    ) -> String {
        let args: Vec<OsString> = args.iter().map(OsString::from).collect();
        let mut out = Vec::new();
        let style = |unicode| Style { unicode, ..Style::plain() };
        if let Err(error) = self.answer(&args, &mut out, style, experiment) {
            panic!("{}: {error}", self.name);
        }
        let output = String::from_utf8(out).expect("text");
        for line in output.lines() {
            assert!(line.chars().count() <= 80, "{}: wider than 80: {line}", self.name);
        }
        output
    }

    /// `--help` and `--version` win over everything else on the line, mistakes included.
    fn answer(
        &self,
        args: &[OsString],
        out: &mut dyn Write,
        style: impl FnOnce(bool) -> Style,
        experiment: impl FnOnce(&Options, &mut dyn Write) -> Outcome,
    ) -> Outcome {
        if args.iter().any(|arg| arg == "--help" || arg == "-h") {
            write!(out, "{}", self.help())?;
        } else if args.iter().any(|arg| arg == "--version") {
            writeln!(out, "{} {}", self.name, env!("CARGO_PKG_VERSION"))?;
        } else {
            let mut options = Options::parse(self.every_option().collect(), args)?;
            options.style = style(options.has("unicode"));
            experiment(&options, out)?;
        }
        Ok(())
    }

    /// The text of `--help`: one line per option, with its default.
    pub fn help(&self) -> String {
        let last = "--help, --version";
        let widths = self.every_option().map(|opt| opt.usage().len());
        let width = widths.chain([last.len()]).max().unwrap_or(0);
        let mut help = format!("{}: {}\n", self.name, self.about);
        help += &format!("usage: cargo run -p {} -- [--option value]...\n\n", self.name);
        for opt in self.every_option() {
            help += &format!("  {:width$}  {}{}\n", opt.usage(), opt.help, opt.default_text());
        }
        help + &format!("  {last:width$}  show this, or the version\n")
    }

    /// Asserts that `--help` and the prompt after it fit a terminal of 80 columns and 24 lines: for
    /// the tests of an app.
    ///
    /// # Panics
    /// If they do not.
    #[track_caller]
    pub fn assert_help_fits(&self) {
        let help = self.help();
        assert!(help.lines().count() <= 23, "{} lines of help:\n{help}", help.lines().count());
        for line in help.lines() {
            assert!(line.chars().count() <= 80, "{} columns: {line}", line.chars().count());
        }
    }

    fn every_option(&self) -> impl Iterator<Item = &'static Opt> {
        self.options.iter().chain(&[Opt::QUIET, Opt::UNICODE])
    }
}

#[cfg(test)]
mod tests;
