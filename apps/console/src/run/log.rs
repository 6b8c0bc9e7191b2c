//! The training curve as a CSV file.

use crate::draw::number::shortest;
use std::error::Error;
use std::fmt;
use std::fs::File;
use std::io::{self, Read, Write};

/// A CSV file with a header and rows of numbers, or nothing at all if no file was asked for.
#[derive(Debug)]
pub struct Log {
    file: Option<(String, File)>,
    /// Until the first row is written: how many bytes of the file stay, and what follows them.
    start: Option<(u64, String)>,
}

impl Log {
    /// Opens the file, or makes it. What it held stays until the first row is written; then the
    /// header and the rows take its place. Without a path, all rows go nowhere.
    ///
    /// # Errors
    /// If the file cannot be written: ask before the work starts.
    pub fn create(path: Option<&str>, header: &[&str]) -> Result<Log, LogError> {
        Self::after(0, path, header)
    }

    /// The same for a run that goes on after `done`: of a log that is there, the rows whose first
    /// number is at most `done` stay.
    ///
    /// # Errors
    /// As for [`create`](Self::create), and if what is there is no log with this header.
    pub fn after(done: usize, path: Option<&str>, header: &[&str]) -> Result<Log, LogError> {
        let header = header.join(",") + "\n";
        let Some(path) = path else { return Ok(Log { file: None, start: None }) };
        let open = || {
            // Reading a pipe would wait for somebody who writes.
            let is_log = done > 0 && std::fs::metadata(path).is_ok_and(|data| data.is_file());
            let mut file = File::options().read(is_log).append(true).create(true).open(path)?;
            let mut text = Vec::new();
            if is_log {
                file.read_to_end(&mut text)?;
            }
            let start = (kept(&text, &header, done)?, header);
            let start = if start.0 > 0 { (start.0, String::new()) } else { start };
            Ok(Log { file: Some((path.into(), file)), start: Some(start) })
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
            let Some((kept, header)) = self.start.take() else {
                return file.write_all(row.as_bytes());
            };
            if file.metadata()?.is_file() {
                file.set_len(kept)?;
            }
            file.write_all((header + &row).as_bytes())
        };
        write().map_err(|error| LogError { path: path.clone(), error })
    }
}

/// How many bytes of a log stay: its header and the rows up to `done`.
fn kept(log: &[u8], header: &str, done: usize) -> io::Result<u64> {
    let mut lines = log.split_inclusive(|&byte| byte == b'\n');
    let Some(first) = lines.next() else { return Ok(0) };
    if first != header.as_bytes() {
        let found = String::from_utf8_lossy(first).trim_end().chars().take(60).collect::<String>();
        let expected = header.trim_end();
        return Err(io::Error::other(format!("found {found:?}, expected the header {expected}")));
    }
    let early = |line: &&[u8]| {
        let number = str::from_utf8(line).ok().and_then(|line| line.split(',').next());
        let number = number.and_then(|number| number.parse().ok());
        line.ends_with(b"\n") && number.is_some_and(|number: usize| number <= done)
    };
    let rows: usize = lines.take_while(early).map(<[u8]>::len).sum();
    Ok((first.len() + rows) as u64)
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
