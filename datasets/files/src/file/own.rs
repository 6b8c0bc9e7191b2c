//! A file that a process writes again and again, and that is its own.

use super::{FileError, behind_links, write_beside};
use crate::Error;
use crate::text::Shown;
use std::fs::{self, File};
use std::hash::{DefaultHasher, Hasher};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

/// What a file holds, in so few bytes that two contents are never taken for the same by accident.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Content(usize, u64);

impl Content {
    /// That of these bytes.
    pub fn of(bytes: &[u8]) -> Self {
        let mut hash = DefaultHasher::new();
        hash.write(bytes);
        Self(bytes.len(), hash.finish())
    }
}

/// A file that never takes the place of anything that this process neither read nor wrote: then
/// another name is taken, `digits-2.npz` for `digits.npz`.
#[derive(Debug)]
pub struct OwnFile {
    wanted: PathBuf,
    path: PathBuf,
    /// What was last read from the file or written to it; nothing if it is yet to come.
    content: Option<Content>,
}

impl OwnFile {
    /// The file `path`, from which this process has read `content`, if it has.
    pub fn new(path: &Path, content: Option<Content>) -> Self {
        let mut file = Self { wanted: path.to_owned(), path: path.to_owned(), content };
        // A folder is a mistake that no other name mends.
        if file.content.is_none() && path.exists() && !path.is_dir() {
            file.path = file.free_path();
        }
        file
    }

    /// The file that is written.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Why that is not the file that was asked for, if it is not.
    pub fn elsewhere(&self) -> Option<String> {
        let [wanted, path] = [&self.wanted, &self.path].map(|path| Shown(path));
        let cause = "found a file that this run neither read nor wrote";
        (wanted.0 != path.0).then(|| format!("{wanted}: {cause}, so the run is saved in {path}"))
    }

    /// Tries what [`write`](Self::write) does but for the last step, and leaves nothing.
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

    /// Makes `bytes` the content of the file as the function [`write`](super::write) does, under
    /// another name if a person or a process has changed it.
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

    /// Does something with the path behind the links.
    fn at<T>(&self, act: impl FnOnce(&Path) -> Result<T, FileError>) -> Result<T, Error> {
        let path = behind_links(&self.path).map_err(FileError::Io);
        path.and_then(|path| act(&path)).map_err(|error| Error::new(&self.path, error))
    }

    /// Replaces the file if it holds what it should. Returns whether it does.
    fn replace(&self, path: &Path, bytes: &[u8]) -> Result<bool, FileError> {
        if path.exists() && !path.is_file() {
            return Ok(false);
        }
        write_beside(path, bytes, |temporary| {
            let Some(content) = self.content.as_ref().filter(|_| path.exists()) else {
                return take_name(temporary, path);
            };
            // Of two processes that know the same content, one looks when the other is done. Where
            // the system has no locks, two that are at it at once are not noticed.
            let file = File::open(path)?;
            let _ = file.lock();
            let is_known = Content::of(&fs::read(path)?) == *content;
            if is_known {
                fs::rename(temporary, path)?;
            }
            Ok(is_known)
        })
    }

    /// The first name that nothing has.
    fn free_path(&self) -> PathBuf {
        let ending = self.wanted.extension().map_or("".into(), |end| format!(".{}", end.display()));
        let wanted = self.wanted.to_string_lossy();
        let stem = wanted.strip_suffix(&ending).unwrap_or(&wanted);
        let mut paths = (2..).map(|n| PathBuf::from(format!("{stem}-{n}{ending}")));
        paths.find(|path| path.symlink_metadata().is_err()).unwrap_or_default()
    }
}

/// Gives a file a name that nothing has, or says that something has it.
fn take_name(temporary: &Path, path: &Path) -> io::Result<bool> {
    // A second name is never that of another file. Some file systems have no second names.
    let taken = match fs::hard_link(temporary, path) {
        Ok(()) => {
            // The name is taken, whether the first one goes or not.
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
