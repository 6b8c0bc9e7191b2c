//! A file that this process writes again and again, without replacing anything of others.

use super::{FileError, behind_links, write_beside};
use crate::Error;
use crate::text::Shown;
use std::fs::{self, File};
use std::hash::{DefaultHasher, Hasher};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

/// The length and the hash of a file's content, to tell whether it has changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Content(usize, u64);

impl Content {
    /// The length and the hash of these bytes.
    pub fn of(bytes: &[u8]) -> Self {
        let mut hash = DefaultHasher::new();
        hash.write(bytes);
        Self(bytes.len(), hash.finish())
    }
}

/// A file that this process may replace: it has read or written the present content. If anything else
/// has the name, the file gets another name, `digits-2.npz` in place of `digits.npz`.
#[derive(Debug)]
pub struct OwnFile {
    wanted: PathBuf,
    path: PathBuf,
    /// What this process last read from the file or wrote to it. `None` if the file does not exist yet.
    content: Option<Content>,
}

impl OwnFile {
    /// The file `path`. `content` is what this process has read from it, if it has.
    pub fn new(path: &Path, content: Option<Content>) -> Self {
        let mut file = Self { wanted: path.to_owned(), path: path.to_owned(), content };
        // For a folder, `write` reports an error: another name would not help.
        if file.content.is_none() && path.exists() && !path.is_dir() {
            file.path = file.free_path();
        }
        file
    }

    /// The path to which the file is written.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// If the file has another name than was asked for: the reason, as a message.
    pub fn elsewhere(&self) -> Option<String> {
        let [wanted, path] = [&self.wanted, &self.path].map(|path| Shown(path));
        let cause = "found a file that this run neither read nor wrote";
        (wanted.0 != path.0).then(|| format!("{wanted}: {cause}, so the run is saved in {path}"))
    }

    /// Tries all steps of [`write`](Self::write) but the last one, and leaves no file.
    ///
    /// # Errors
    /// As the function [`write`](super::write) says.
    pub fn try_write(&self, bytes: &[u8]) -> Result<(), Error> {
        self.at(|path| match path.is_dir() {
            true => Err(FileError::Folder),
            false => write_beside(path, bytes, |_| Ok(false)),
        })?;
        Ok(())
    }

    /// Writes `bytes` to the file as the function [`write`](super::write) does; under another name if
    /// anyone else has changed the file.
    ///
    /// # Errors
    /// As that function says.
    pub fn write(&mut self, bytes: &[u8]) -> Result<(), Error> {
        while !self.at(|path| self.replace(path, bytes))? {
            self.content = None;
            self.path = self.free_path();
        }
        self.content = Some(Content::of(bytes));
        Ok(())
    }

    /// Calls `act` with the path to which the links lead.
    fn at<T>(&self, act: impl FnOnce(&Path) -> Result<T, FileError>) -> Result<T, Error> {
        let path = behind_links(&self.path).map_err(FileError::Io);
        path.and_then(|path| act(&path)).map_err(|error| Error::new(&self.path, error))
    }

    /// Replaces the file unless anyone else has changed it. Returns whether it was replaced.
    fn replace(&self, path: &Path, bytes: &[u8]) -> Result<bool, FileError> {
        if path.exists() && !path.is_file() {
            return Ok(false);
        }
        write_beside(path, bytes, |temporary| {
            let Some(content) = self.content.as_ref().filter(|_| path.exists()) else {
                return take_name(temporary, path);
            };
            // Two processes may have read the same content. With the lock, the second one looks after
            // the first has replaced it. Windows lets nobody read a file that is locked or replace one
            // that is open; there, and where the system has no locks, that is not noticed.
            let file = if cfg!(windows) { None } else { Some(File::open(path)?) };
            let _ = file.as_ref().map(File::lock);
            let is_known = Content::of(&fs::read(path)?) == *content;
            if is_known {
                fs::rename(temporary, path)?;
            }
            Ok(is_known)
        })
    }

    /// The first of the names `stem-2`, `stem-3`, … that does not exist.
    fn free_path(&self) -> PathBuf {
        let ending = self.wanted.extension().map_or("".into(), |end| format!(".{}", end.display()));
        let wanted = self.wanted.to_string_lossy();
        let stem = wanted.strip_suffix(&ending).unwrap_or(&wanted);
        let mut paths = (2..).map(|n| PathBuf::from(format!("{stem}-{n}{ending}")));
        paths.find(|path| path.symlink_metadata().is_err()).unwrap_or_default()
    }
}

/// Renames a file to a name that does not exist yet. Returns whether that was possible.
fn take_name(temporary: &Path, path: &Path) -> io::Result<bool> {
    // A hard link never replaces a file. Some file systems have no hard links.
    let taken = match fs::hard_link(temporary, path) {
        Ok(()) => {
            // The file has its new name, whether or not the temporary one can be removed.
            let _ = fs::remove_file(temporary);
            Ok(())
        }
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Err(error),
        Err(_) => File::create_new(path).and_then(|_| fs::rename(temporary, path)),
    };
    match taken {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(false),
        result => result.map(|()| true),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_its_own_stays() {
        let folder = std::env::temp_dir().join(format!("files-own-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir(&folder).unwrap();
        let [path, second] = ["a.b.txt", "a.b-2.txt"].map(|name| folder.join(name));
        let mut own = OwnFile::new(&path, None);
        own.try_write(b"1").unwrap();
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 0);
        own.write(b"1").unwrap();
        own.write(b"2").unwrap();
        assert_eq!((fs::read(&path).unwrap(), own.elsewhere()), (b"2".to_vec(), None));
        // Another one may take it over if it has read it; then this one goes elsewhere.
        let mut other = OwnFile::new(&path, Some(Content::of(b"2")));
        other.write(b"3").unwrap();
        own.write(b"4").unwrap();
        own.write(b"5").unwrap();
        assert_eq!(
            (fs::read(&path).unwrap(), fs::read(&second).unwrap()),
            (b"3".into(), b"5".into())
        );
        let cause = "found a file that this run neither read nor wrote, so the run is saved in";
        let expected = format!("{}: {cause} {}", path.display(), second.display());
        assert_eq!((own.path(), own.elsewhere()), (&*second, Some(expected)));
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 2);
        assert!(OwnFile::new(&folder, None).try_write(b"").is_err());
        fs::remove_dir_all(folder).unwrap();
    }
}
