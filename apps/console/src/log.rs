//! The training curve as a CSV file.

use std::error::Error;
use std::fmt;
use std::fs::File;
use std::io::{self, LineWriter, Write};

/// A CSV file with a header and rows of numbers, or nothing at all if no file was asked for.
pub struct Log {
    file: Option<(String, LineWriter<File>)>,
}

impl Log {
    /// Creates the file and writes its header; without a path, all rows go nowhere.
    ///
    /// # Errors
    /// If the file cannot be created or written: ask before the work starts.
    pub fn create(path: Option<&str>, header: &[&str]) -> Result<Log, LogError> {
        let Some(path) = path else { return Ok(Log { file: None }) };
        let file = File::create(path).map_err(|error| LogError { path: path.into(), error })?;
        let mut log = Log { file: Some((path.into(), LineWriter::new(file))) };
        log.line(&header.join(","))?;
        Ok(log)
    }

    /// Writes a row at once, each number with as many digits as reading it back needs.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn row(&mut self, values: &[f64]) -> Result<(), LogError> {
        if self.file.is_none() {
            return Ok(());
        }
        self.line(&values.iter().map(|&value| shortest(value)).collect::<Vec<_>>().join(","))
    }

    fn line(&mut self, line: &str) -> Result<(), LogError> {
        let Some((path, file)) = &mut self.file else { return Ok(()) };
        writeln!(file, "{line}").map_err(|error| LogError { path: path.clone(), error })
    }
}

/// The shortest text that reads back as the same number.
fn shortest(value: f64) -> String {
    match value.abs() {
        1e-5..1e15 | 0.0 => format!("{value}"),
        _ if value.is_finite() => format!("{value:e}"),
        _ => format!("{value}"),
    }
}

/// A log file that cannot be written.
#[derive(Debug)]
pub struct LogError {
    path: String,
    error: io::Error,
}

impl fmt::Display for LogError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot write the log {}: {}", self.path, self.error)
    }
}

impl Error for LogError {}

#[cfg(test)]
mod tests;
