//! The training curve as a CSV file.

use super::app::Outcome;
use crate::draw::number::shortest;
use files::Error;
use files::file::FileError;
use files::text::Quoted;
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// A CSV file with a header and rows of numbers; writes nothing if no file was asked for.
#[derive(Debug)]
pub struct Log {
    to: Option<To>,
    /// The header and the rows of an earlier log that are kept; empty once they are written.
    start: Vec<u8>,
}

#[derive(Debug)]
enum To {
    Stdout,
    File(PathBuf, File),
}

impl Log {
    /// Opens or creates the file; `-` is standard output. Of an earlier log with this header, the
    /// rows whose first number is at most `done` are kept (none if `done` is 0); the other rows are
    /// deleted when the first new row is written. Without a path, rows are discarded.
    ///
    /// # Errors
    /// If the file cannot be written, or holds anything but an earlier log. Call this before the
    /// work starts.
    pub fn create(path: Option<&str>, header: &str, done: usize) -> Result<Log, Error> {
        let mut log = Log { to: None, start: format!("{header}\n").into() };
        let Some(path) = path.map(Path::new) else { return Ok(log) };
        if path.as_os_str() == "-" || same_file(path, Path::new("/dev/stdout")) {
            log.to = Some(To::Stdout);
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
        let file = options.open(path).map_err(|error| FileError::of(path, error))?;
        #[cfg(unix)]
        if let (true, Err(fs::TryLockError::WouldBlock)) = (is_file, file.try_lock()) {
            return Err("another run writes it".into());
        }
        if is_file {
            self.keep(BufReader::new(&file), done)?;
        }
        self.to = Some(To::File(path.into(), file));
        Ok(())
    }

    /// Adds the rows up to `done` of an earlier log to the header.
    fn keep(&mut self, mut earlier: impl BufRead, done: usize) -> Outcome {
        let mut line = Vec::new();
        // No header is longer.
        earlier.by_ref().take(1000).read_until(b'\n', &mut line).map_err(FileError::Io)?;
        let (first, header) = (String::from_utf8_lossy(&line), self.start.trim_ascii_end());
        let found = first.trim_start_matches('\u{feff}').trim_end();
        if !first.is_empty() && found.as_bytes() != header {
            let (found, header) = (Quoted(found), String::from_utf8_lossy(header));
            let expected = format!("a new file or an earlier log, which starts with {header}");
            return Err(format!("found {found}, expected {expected}").into());
        }
        loop {
            let mut row = Vec::new();
            earlier.read_until(b'\n', &mut row).map_err(FileError::Io)?;
            let text = String::from_utf8_lossy(&row);
            let number = text.split(',').next().and_then(|number| number.trim().parse().ok());
            if !row.ends_with(b"\n") || !number.is_some_and(|number| (1..=done).contains(&number)) {
                return Ok(());
            }
            self.start.extend_from_slice(row.trim_ascii_end());
            self.start.push(b'\n');
        }
    }

    /// Writes a row immediately, each number with as many digits as are needed to read it back
    /// exactly.
    ///
    /// # Errors
    /// If the row cannot be written.
    pub fn row(&mut self, values: &[f64]) -> Outcome {
        let Some(to) = &mut self.to else { return Ok(()) };
        let start = std::mem::take(&mut self.start);
        let row = values.iter().map(|&value| shortest(value)).collect::<Vec<_>>().join(",");
        let text = [&start[..], row.as_bytes(), b"\n"].concat();
        match to {
            To::Stdout => Ok(io::stdout().write_all(&text)?),
            To::File(path, file) => {
                let written = write(file, &text, !start.is_empty());
                Ok(written.map_err(|error| Error::new(path, FileError::Io(error)))?)
            }
        }
    }
}

/// Appends `text`, or makes it the whole content. In both cases it is first appended: if the disk is
/// full, this step fails and nothing that the file held is lost.
fn write(mut file: &File, text: &[u8], is_whole: bool) -> io::Result<()> {
    // A pipe has no end to seek to, and cannot be cut.
    let can_be_cut = |file: &File| file.metadata().is_ok_and(|data| data.is_file());
    let end = file.seek(SeekFrom::End(0));
    match file.write_all(text) {
        Err(error) if can_be_cut(file) => {
            file.set_len(end?)?;
            Err(error)
        }
        Ok(()) if is_whole && can_be_cut(file) => {
            file.seek(SeekFrom::Start(0))?;
            file.write_all(text)?;
            file.set_len(text.len() as u64)
        }
        written => written,
    }
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
