//! The training curve as a CSV file.

use super::app::Outcome;
use crate::draw::number::shortest;
use datasets::file::FileError;
use datasets::text::{Quoted, Shown};
use std::error::Error;
use std::fmt;
use std::fs::{self, File, Metadata};
use std::io::{self, ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// A CSV file with a header and rows of numbers, or nothing at all if no file was asked for.
#[derive(Debug)]
pub struct Log {
    to: To,
    /// The header with its line end, until it is written.
    header: String,
    line_end: &'static str,
}

#[derive(Debug)]
enum To {
    Nowhere,
    Stdout,
    Device(PathBuf, File),
    /// A file, of which so many bytes stay when the first row is written.
    File(PathBuf, File, Option<u64>),
}

impl Log {
    /// Opens the file, or makes it; `-` is standard output. An earlier log with this header stays
    /// until the first row is written; then the new one takes its place. Without a path, all rows go
    /// nowhere. `reads` are the files that the run reads.
    ///
    /// # Errors
    /// If the file cannot be written, is one of `reads`, or holds anything but an earlier log: ask
    /// before the work starts.
    pub fn create(path: Option<&str>, header: &[&str], reads: &[&Path]) -> Result<Log, LogError> {
        Self::after(0, path, header, reads)
    }

    /// The same for a run that is resumed after `done`: of a log that is there, the rows whose first
    /// number is at most `done` stay.
    ///
    /// # Errors
    /// As for [`create`](Self::create).
    pub fn after(
        done: usize,
        path: Option<&str>,
        header: &[&str],
        reads: &[&Path],
    ) -> Result<Log, LogError> {
        let mut log = Log { to: To::Nowhere, header: header.join(","), line_end: "\n" };
        match path.map(Path::new) {
            None => {}
            Some(path) if path == "-" || is_stdout(path) => log.to = To::Stdout,
            Some(path) if reads.iter().any(|read| same_file(read, path)) => {
                return Err(LogError::new(path, "this run reads it"));
            }
            Some(path) => log.open(path, done).map_err(|cause| LogError::new(path, cause))?,
        }
        Ok(log)
    }

    fn open(&mut self, path: &Path, done: usize) -> Outcome {
        // What is no file, such as a pipe, is not read: that would wait for another program.
        let kind = fs::metadata(path).ok();
        let is = |kind_is: fn(&Metadata) -> bool| kind.as_ref().is_some_and(kind_is);
        if is(Metadata::is_dir) {
            return Err(FileError::Folder.into());
        }
        let is_file = kind.is_none() || is(Metadata::is_file);
        let mut options = File::options();
        // Not `append`: Windows then refuses to cut off rows.
        options.read(is_file).write(true).create(true).truncate(false);
        // Windows' locks would keep programs from reading the file; there only one may open it to write.
        #[cfg(windows)]
        std::os::windows::fs::OpenOptionsExt::share_mode(&mut options, 1);
        let mut file = options.open(path).map_err(|error| cause(path, error))?;
        if !is_file {
            self.to = To::Device(path.into(), file);
            return Ok(());
        }
        #[cfg(unix)]
        if let Err(fs::TryLockError::WouldBlock) = file.try_lock() {
            return Err("another run writes it".into());
        }
        let stay = self.stays(&mut file, done)?;
        self.to = To::File(path.into(), file, Some(stay));
        Ok(())
    }

    /// How many bytes of a log stay: its header and the rows up to `done`.
    fn stays(&mut self, log: &mut File, done: usize) -> Outcome<u64> {
        let mut text = Vec::new();
        log.take(1000).read_to_end(&mut text).map_err(FileError::Io)?;
        if text.is_empty() {
            return Ok(0);
        }
        let line = String::from_utf8_lossy(text.split(|&byte| byte == b'\n').next().unwrap_or(&[]));
        let found = line.trim_start_matches('\u{feff}').trim_end();
        if found != self.header {
            let header = &self.header;
            return Err(format!(
                "found {}, expected a new file or an earlier log, which starts with {header}",
                Quoted(found)
            )
            .into());
        }
        if done == 0 || line.len() == text.len() {
            return Ok(0);
        }
        self.line_end = if line.ends_with('\r') { "\r\n" } else { "\n" };
        log.read_to_end(&mut text).map_err(FileError::Io)?;
        let early = |line: &&[u8]| {
            let number = str::from_utf8(line).ok().and_then(|line| line.split(',').next());
            let number = number.and_then(|number| number.trim().parse().ok());
            line.ends_with(b"\n") && number.is_some_and(|number: usize| number <= done)
        };
        let mut lines = text.split_inclusive(|&byte| byte == b'\n');
        let header = lines.next().map_or(0, <[u8]>::len);
        self.header.clear();
        Ok((header + lines.take_while(early).map(<[u8]>::len).sum::<usize>()) as u64)
    }

    /// Writes a row at once, each number with as many digits as reading it back needs.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn row(&mut self, values: &[f64]) -> Outcome {
        let Log { to, header, line_end } = self;
        let mut text = values.iter().map(|&value| shortest(value)).collect::<Vec<_>>().join(",");
        text += line_end;
        if !header.is_empty() {
            text = format!("{header}{line_end}{text}");
            header.clear();
        }
        let bytes = text.as_bytes();
        let failed = |path: &Path, error| LogError::new(path, FileError::Io(error));
        match to {
            To::Nowhere => {}
            To::Stdout => io::stdout().write_all(bytes)?,
            To::Device(path, file) => file.write_all(bytes).map_err(|error| failed(path, error))?,
            To::File(path, file, stay) => {
                let cut = stay.take().map_or(Ok(()), |stay| file.set_len(stay));
                let at_the_end = cut.and_then(|()| file.seek(SeekFrom::End(0)));
                at_the_end
                    .and_then(|_| file.write_all(bytes))
                    .map_err(|error| failed(path, error))?;
            }
        }
        Ok(())
    }
}

/// Why a file cannot be made.
fn cause(path: &Path, error: io::Error) -> Box<dyn Error + Send + Sync> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    match (error.kind(), path.read_link(), folder) {
        (ErrorKind::NotFound, Ok(target), _) => {
            format!("it is a link to {}, whose folder is not there", Shown(&target)).into()
        }
        (ErrorKind::NotFound, _, Some(folder)) if !folder.exists() => {
            format!("there is no folder {}", Shown(folder)).into()
        }
        _ => FileError::Io(error).into(),
    }
}

/// Whether two paths lead to the same file, which may have several names.
pub fn same_file(one: &Path, other: &Path) -> bool {
    #[cfg(unix)]
    let identity = |path: &Path| fs::metadata(path).map(|data| file_number(&data));
    #[cfg(not(unix))]
    let identity = Path::canonicalize;
    identity(one).is_ok_and(|one| identity(other).is_ok_and(|other| one == other))
}

/// What two names of one file have in common: the device and the number of the file on it.
#[cfg(unix)]
fn file_number(data: &Metadata) -> (u64, u64) {
    use std::os::unix::fs::MetadataExt;
    (data.dev(), data.ino())
}

/// Whether a path leads to where standard output goes.
#[cfg(unix)]
fn is_stdout(path: &Path) -> bool {
    use std::os::fd::AsFd;
    let stdout = io::stdout().as_fd().try_clone_to_owned();
    let stdout = stdout.and_then(|stdout| File::from(stdout).metadata());
    let (Ok(stdout), Ok(other)) = (stdout, fs::metadata(path)) else { return false };
    file_number(&stdout) == file_number(&other)
}

#[cfg(not(unix))]
fn is_stdout(_: &Path) -> bool {
    false
}

/// A log file that cannot be written.
#[derive(Debug)]
pub struct LogError(datasets::Error);

impl LogError {
    fn new(path: &Path, cause: impl Into<Box<dyn Error + Send + Sync>>) -> LogError {
        LogError(datasets::Error::new(path, cause))
    }
}

impl fmt::Display for LogError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot write the log {}", self.0)
    }
}

impl Error for LogError {}

#[cfg(test)]
mod tests;
