//! The training curve as a CSV file.

use std::error::Error;
use std::fmt;
use std::fs::File;
use std::io::{self, Write};

/// A CSV file with a header and rows of numbers, or nothing at all if no file was asked for.
pub struct Log {
    file: Option<(String, File)>,
    /// The header, until the first row is written.
    header: Option<String>,
}

impl Log {
    /// Opens the file, or makes it. What it held stays until the first row is written; then the
    /// header and the rows take its place. To `go_on` means to add rows to a file that has some.
    /// Without a path, all rows go nowhere.
    ///
    /// # Errors
    /// If the file cannot be written: ask before the work starts.
    pub fn create(path: Option<&str>, header: &[&str], go_on: bool) -> Result<Log, LogError> {
        let header = Some(header.join(",") + "\n");
        let Some(path) = path else { return Ok(Log { file: None, header }) };
        let open = || {
            let file = File::options().append(true).create(true).open(path)?;
            let rows = go_on && file.metadata()?.len() > 0;
            Ok(Log { file: Some((path.into(), file)), header: header.filter(|_| !rows) })
        };
        open().map_err(|error| LogError { path: path.into(), error })
    }

    /// Writes a row at once, each number with as many digits as reading it back needs.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn row(&mut self, values: &[f64]) -> Result<(), LogError> {
        let Some((path, file)) = &mut self.file else { return Ok(()) };
        let row = values.iter().map(|&value| shortest(value)).collect::<Vec<_>>().join(",") + "\n";
        let mut write = || {
            let Some(header) = self.header.take() else { return file.write_all(row.as_bytes()) };
            if file.metadata()?.is_file() {
                file.set_len(0)?;
            }
            file.write_all((header + &row).as_bytes())
        };
        write().map_err(|error| LogError { path: path.clone(), error })
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
