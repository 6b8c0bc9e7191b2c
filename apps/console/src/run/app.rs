//! An experiment as a program: its name, its options, its exit status.

use super::options::{Opt, Options};
use super::terminal;
use crate::draw::style::Style;
use files::file::FileError;
use files::text::OneLine;
use matrix::ConfigError;
use std::error::Error;
use std::ffi::OsString;
use std::io::{self, Write};
use std::process::ExitCode;

/// The result of an experiment. A [`ConfigError`] is the user's mistake. A bare [`io::Error`]
/// comes from standard output, since errors of files carry their path in a type of their own. Any
/// other error is a run that failed.
pub type Outcome<T = ()> = Result<T, Box<dyn Error + Send + Sync>>;

/// An experiment: its name, what it does in one line, and the table of its options.
#[derive(Clone, Copy, Debug)]
pub struct App {
    /// The name of the package and of the program.
    pub name: &'static str,
    /// What the experiment does, in one line.
    pub about: &'static str,
    /// The app's options. Every app also has `--help` and `--version`.
    pub options: &'static [Opt],
}

impl App {
    /// Runs `experiment` with the options of the command line and writes its output to standard
    /// output.
    ///
    /// The exit status is 0 if the run succeeds or if the reader of its output has closed the pipe
    /// (`| head`), 2 for a wrong option or environment variable, and 1 for any other error. An
    /// error is one line on standard error: `name: what is wrong`.
    pub fn run(&self, experiment: impl FnOnce(&Options, &mut dyn Write) -> Outcome) -> ExitCode {
        let args: Vec<OsString> = std::env::args_os().skip(1).collect();
        let Some((message, status)) = self.end_of(&args, experiment) else {
            return ExitCode::SUCCESS;
        };
        // Standard error may be closed as well; then the message cannot be shown.
        let _ = writeln!(io::stderr(), "{}: {}", self.name, OneLine(&message));
        ExitCode::from(status)
    }

    /// Runs `experiment` on standard output. Returns the error message and the exit status; `None` if
    /// it succeeded or if the reader of the output has closed the pipe.
    fn end_of(
        &self,
        args: &[OsString],
        experiment: impl FnOnce(&Options, &mut dyn Write) -> Outcome,
    ) -> Option<(String, u8)> {
        // Not locked: another thread that prints would wait forever.
        let mut out = io::stdout();
        let outcome = self.answer(args, terminal::style(), &mut out, experiment);
        let error = outcome.and_then(|()| Ok(out.flush()?)).err()?;
        match error.downcast::<io::Error>() {
            Ok(error) if error.kind() == io::ErrorKind::BrokenPipe => None,
            Ok(error) => Some((format!("standard output: {}", FileError::Io(*error)), 1)),
            Err(error) => {
                let status = if error.is::<ConfigError>() { 2 } else { 1 };
                Some((error.to_string(), status))
            }
        }
    }

    /// Runs `experiment` with these arguments and writes its output to `out`. `--help` and
    /// `--version` take precedence over all other arguments, even wrong ones.
    ///
    /// # Errors
    /// Errors of the options, of `out`, and of the experiment.
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
            // All packages have the version of the workspace.
            return Ok(writeln!(out, "{} {}", self.name, env!("CARGO_PKG_VERSION"))?);
        }
        let options = Options::parse(self.options, args, style)?;
        matrix::configure(options.threads()?)?;
        experiment(&options, out)
    }

    /// Returns the text of `--help`: the options as they are typed, what they do, and their defaults.
    fn help(&self) -> String {
        let last = Opt("help, --version", "", "show this, or the version");
        let table = [self.options, &[last]].concat();
        let line = |line: &[Opt]| {
            let usages: Vec<String> = line.iter().map(|opt| format!("--{}", opt.0)).collect();
            let text: String = line.iter().map(|opt| opt.2).collect();
            let defaults = line.iter().map(|opt| opt.1).filter(|default| !default.is_empty());
            let defaults = defaults.collect::<Vec<_>>().join(", ");
            let defaults =
                if defaults.is_empty() { defaults } else { format!(" (default: {defaults})") };
            (usages.join(", "), text + &defaults)
        };
        let lines: Vec<_> = table.split_inclusive(|opt| !opt.2.is_empty()).map(line).collect();
        let width = lines.iter().map(|(usage, _)| usage.len()).max().unwrap_or(0);
        let App { name, about, .. } = self;
        let mut help =
            format!("{name}: {about}\nusage: cargo run -p {name} -- [--option value]...\n\n");
        lines.iter().for_each(|(usage, text)| help += &format!("  {usage:width$}  {text}\n"));
        help
    }
}

#[cfg(test)]
mod tests;
