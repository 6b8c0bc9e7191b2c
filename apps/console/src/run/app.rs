//! An experiment as a program: its name, its options, its exit status.

use super::options::{Opt, OptionError, OptionResult, Options};
use super::terminal;
use crate::draw::style::Style;
use files::file::FileError;
use files::text::OneLine;
use std::error::Error;
use std::ffi::OsString;
use std::io::{self, Write};
use std::process::ExitCode;

/// What an experiment returns. An [`OptionError`] in it is the user's mistake, a bare [`io::Error`]
/// comes from standard output (errors of files carry their path in a type of their own), anything
/// else is a run that failed.
pub type Outcome<T = ()> = Result<T, Box<dyn Error + Send + Sync>>;

/// An experiment: its name, what it does in one line, and the table of its options.
#[derive(Clone, Copy, Debug)]
pub struct App {
    /// The name of the package and of the program.
    pub name: &'static str,
    /// The version of the package: `env!("CARGO_PKG_VERSION")`.
    pub version: &'static str,
    /// What it does, in one line.
    pub about: &'static str,
    /// Its own options. `--quiet`, `--unicode`, `--help` and `--version` are there in every app.
    pub options: &'static [Opt],
}

impl App {
    /// Runs `experiment` with the options of the command line, its output going to standard output.
    ///
    /// The exit status is 0 when it succeeds or when the reader of its output has gone (`| head`), 2
    /// for a wrong option or environment variable, 1 for any other error. An error is one line on
    /// standard error: `name: what is wrong`.
    pub fn run(&self, experiment: impl FnOnce(&Options, &mut dyn Write) -> Outcome) -> ExitCode {
        let args: Vec<OsString> = std::env::args_os().skip(1).collect();
        let Some((message, status)) = self.end_of(&args, experiment) else {
            return ExitCode::SUCCESS;
        };
        // Standard error may be closed as well; then there is no way to say it.
        let _ = writeln!(io::stderr(), "{}: {}", self.name, OneLine(&message));
        ExitCode::from(status)
    }

    /// Runs `experiment` on standard output: what is said of its end, and the exit status.
    fn end_of(
        &self,
        args: &[OsString],
        experiment: impl FnOnce(&Options, &mut dyn Write) -> Outcome,
    ) -> Option<(String, u8)> {
        // Not locked: a thread that prints would wait for ever.
        let mut out = io::stdout();
        let outcome = self.answer(args, terminal::style(), &mut out, experiment);
        complaint(outcome.and_then(|()| Ok(out.flush()?)))
    }

    /// Runs `experiment` with these arguments, its output going to `out`. `--help` and `--version`
    /// win over everything else on the line, mistakes included.
    ///
    /// # Errors
    /// Those of the options, of `out`, and of the experiment.
    pub fn answer(
        &self,
        args: &[OsString],
        style: Style,
        out: &mut dyn Write,
        experiment: impl FnOnce(&Options, &mut dyn Write) -> Outcome,
    ) -> Outcome {
        if args.iter().any(|arg| arg == "--help" || arg == "-h") {
            return Ok(out.write_all(self.help().as_bytes())?);
        }
        if args.iter().any(|arg| arg == "--version") {
            return Ok(writeln!(out, "{} {}", self.name, self.version)?);
        }
        let options = self.options(args, style)?;
        matrix::configure(options.threads()?)?;
        experiment(&options, out)
    }

    /// The options that these arguments stand for.
    ///
    /// # Errors
    /// If one is unknown, is there twice or lacks its value.
    pub fn options(&self, args: &[OsString], style: Style) -> OptionResult<Options> {
        let table = self.options.iter().chain(&[Opt::QUIET, Opt::UNICODE]).collect();
        let mut options = Options::parse(table, args, style)?;
        options.style.unicode = options.has("unicode");
        Ok(options)
    }

    /// The text of `--help`: the options with their defaults.
    fn help(&self) -> String {
        let options = [self.options, &[Opt::QUIET, Opt::UNICODE]].concat();
        let last = ["--help, --version", "show this, or the version"].map(String::from);
        let lines: Vec<[String; 2]> = Opt::help(&options).chain([last]).collect();
        let width = lines.iter().map(|[usage, _]| usage.len()).max().unwrap_or(0);
        let mut help = format!("{}: {}\n", self.name, self.about);
        help += &format!("usage: cargo run -p {} -- [--option value]...\n\n", self.name);
        lines.iter().for_each(|[usage, text]| help += &format!("  {usage:width$}  {text}\n"));
        help
    }
}

/// What is said of the end of a run, and its exit status; nothing if all went well or the reader of
/// the output has gone.
fn complaint(outcome: Outcome) -> Option<(String, u8)> {
    let error = outcome.err()?;
    match error.downcast::<io::Error>() {
        Ok(error) if error.kind() == io::ErrorKind::BrokenPipe => None,
        Ok(error) => Some((format!("standard output: {}", FileError::Io(*error)), 1)),
        Err(error) => {
            let is_option = error.is::<OptionError>() || error.is::<matrix::ConfigError>();
            Some((error.to_string(), if is_option { 2 } else { 1 }))
        }
    }
}

#[cfg(test)]
mod tests;
