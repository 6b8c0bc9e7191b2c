//! The training curve as a CSV file.

use super::app::Outcome;
use crate::draw::number::shortest;
use files::Error;
use files::file::FileError;
use files::text::Quoted;
use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// A CSV file with a header and rows of numbers; writes nothing if no file was asked for.
#[derive(Debug)]
pub struct Log {
    to: To,
    /// The header; empty once it is written.
    header: String,
    line_end: &'static str,
}

#[derive(Debug)]
enum To {
    Nowhere,
    Stdout,
    /// The number of bytes that are kept when the first row is written; `None` for a pipe, and
    /// after the first row.
    File {
        path: PathBuf,
        file: File,
        stay: Option<u64>,
    },
}

impl Log {
    /// Opens or creates the file; `-` is standard output. Of an earlier log with this header, the
    /// rows whose first number is at most `done` are kept (none if `done` is 0); the other rows are
    /// deleted when the first new row is written. Without a path, rows are discarded. `reads` are
    /// the files that the run reads.
    ///
    /// # Errors
    /// If the file cannot be written, is one of `reads`, or holds anything but an earlier log. Call
    /// this before the work starts.
    pub fn create(
        path: Option<&str>,
        header: &[&str],
        reads: &[&Path],
        done: usize,
    ) -> Result<Log, Error> {
        let mut log = Log { to: To::Nowhere, header: header.join(","), line_end: "\n" };
        let Some(path) = path.map(Path::new) else { return Ok(log) };
        if path == "-" || same_file(path, Path::new("/dev/stdout")) {
            log.to = To::Stdout;
        } else if reads.iter().any(|read| same_file(read, path)) {
            return Err(Error::new(path, "this run reads it, so it cannot be its log"));
        } else {
            log.open(path, done).map_err(|cause| Error::new(path, cause))?;
        }
        Ok(log)
    }

    fn open(&mut self, path: &Path, done: usize) -> Outcome {
        // Windows cannot open a folder, and reports that permission is denied.
        if path.is_dir() {
            return Err(FileError::Folder.into());
        }
        // Only regular files are read: reading a pipe would wait for another program.
        let is_file = fs::metadata(path).map_or(true, |data| data.is_file());
        let mut options = File::options();
        // Not `append`: Windows would then refuse to truncate the file.
        options.read(is_file).write(true).create(true).truncate(false);
        // A lock on Windows would keep other programs from reading the file; there, only one
        // process may open it for writing.
        #[cfg(windows)]
        std::os::windows::fs::OpenOptionsExt::share_mode(&mut options, 1);
        let mut file = options.open(path).map_err(|error| FileError::of(path, error))?;
        #[cfg(unix)]
        if let (true, Err(fs::TryLockError::WouldBlock)) = (is_file, file.try_lock()) {
            return Err("another run writes it".into());
        }
        let stay = if is_file { Some(self.stays(&mut file, done)?) } else { None };
        self.to = To::File { path: path.into(), file, stay };
        Ok(())
    }

    /// Returns how many bytes of an earlier log are kept: its header and the rows up to `done`.
    fn stays(&mut self, log: &mut File, done: usize) -> Outcome<u64> {
        let mut text = Vec::new();
        log.take(1000).read_to_end(&mut text).map_err(FileError::Io)?;
        let line = text.split_inclusive(|&byte| byte == b'\n').next().unwrap_or(&[]).to_vec();
        let found = String::from_utf8_lossy(&line);
        let found = found.trim_start_matches('\u{feff}').trim_end();
        if !text.is_empty() && found != self.header {
            let (found, header) = (Quoted(found), &self.header);
            let expected = format!("a new file or an earlier log, which starts with {header}");
            return Err(format!("found {found}, expected {expected}").into());
        }
        if done == 0 || !line.ends_with(b"\n") {
            return Ok(0);
        }
        self.line_end = if line.ends_with(b"\r\n") { "\r\n" } else { "\n" };
        self.header.clear();
        log.read_to_end(&mut text).map_err(FileError::Io)?;
        let early = |line: &&[u8]| {
            let number = str::from_utf8(line).ok().and_then(|line| line.split(',').next());
            let number = number.and_then(|number| number.trim().parse().ok());
            line.ends_with(b"\n") && number.is_some_and(|number: usize| number <= done)
        };
        let rows = text.split_inclusive(|&byte| byte == b'\n').skip(1).take_while(early);
        Ok((line.len() + rows.map(<[u8]>::len).sum::<usize>()) as u64)
    }

    /// Writes a row immediately, each number with as many digits as are needed to read it back
    /// exactly.
    ///
    /// # Errors
    /// If the row cannot be written.
    pub fn row(&mut self, values: &[f64]) -> Outcome {
        let end = self.line_end;
        let header = std::mem::take(&mut self.header);
        let header = if header.is_empty() { header } else { header + end };
        let row = values.iter().map(|&value| shortest(value)).collect::<Vec<_>>().join(",");
        let text = format!("{header}{row}{end}");
        match &mut self.to {
            To::Nowhere => Ok(()),
            To::Stdout => Ok(io::stdout().write_all(text.as_bytes())?),
            To::File { path, file, stay } => {
                let written = match stay.take() {
                    Some(stay) => {
                        start_at(file, |file, end| file.set_len(end), stay, text.as_bytes())
                    }
                    None => {
                        // A pipe has no end to seek to.
                        let _ = file.seek(SeekFrom::End(0));
                        file.write_all(text.as_bytes())
                    }
                };
                Ok(written.map_err(|error| Error::new(path, FileError::Io(error)))?)
            }
        }
    }
}

/// Replaces everything after the first `stay` bytes by `text`; `cut` truncates the file to a length.
/// First it appends `text` to the end: if the disk is full, this step fails and nothing that the file
/// held is lost.
fn start_at<F: Write + Seek>(
    file: &mut F,
    cut: impl FnOnce(&mut F, u64) -> io::Result<()>,
    stay: u64,
    text: &[u8],
) -> io::Result<()> {
    let end = file.seek(SeekFrom::End(0))?;
    if let Err(error) = file.write_all(text) {
        cut(file, end)?;
        return Err(error);
    }
    file.seek(SeekFrom::Start(stay))?;
    file.write_all(text)?;
    cut(file, stay + text.len() as u64)
}

/// Whether two paths name the same file, which may have several names.
pub fn same_file(one: &Path, other: &Path) -> bool {
    // A file is identified by its device and its inode number.
    #[cfg(unix)]
    let identity = |path: &Path| {
        use std::os::unix::fs::MetadataExt;
        fs::metadata(path).map(|file| (file.dev(), file.ino()))
    };
    #[cfg(not(unix))]
    let identity = Path::canonicalize;
    identity(one).is_ok_and(|one| identity(other).is_ok_and(|other| one == other))
}

#[cfg(test)]
mod tests;
