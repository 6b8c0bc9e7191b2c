//! Whole files, read up to a limit and written so that no reader ever meets half of one.

mod own;

pub use own::{Content, OwnFile};

use crate::Error;
use crate::text::{List, Shown, alike};
use std::fmt;
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

/// The longest file that is read, in bytes: 1 GiB. The largest of MNIST's has 47 MB.
pub const LIMIT: u64 = 1 << 30;

/// Why a file could not be read or written.
#[derive(Debug)]
pub enum FileError {
    /// The operating system says no.
    Io(io::Error),
    /// It does not exist. The paths are those of files in the folder with a similar name.
    Missing(Vec<String>),
    /// It does not exist, because this folder on its path does not.
    NoParent(PathBuf),
    /// There is a link, but nothing at the place that it leads to.
    Link(PathBuf),
    /// A folder was named where a file is expected.
    Folder,
    /// A file was named where a folder is expected.
    NoFolder,
    /// The file is longer than [`LIMIT`].
    TooLong,
}

impl fmt::Display for FileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(error) => match error.kind() {
                io::ErrorKind::NotFound => f.write_str("no such file or folder"),
                io::ErrorKind::PermissionDenied => f.write_str("permission denied"),
                io::ErrorKind::NotADirectory => {
                    f.write_str("found a file among the folders of this path")
                }
                _ => error.fmt(f),
            },
            Self::Missing(alike) => {
                f.write_str("no such file or folder")?;
                match &alike[..] {
                    [] => Ok(()),
                    [_] => write!(f, "; there is {}", List(alike)),
                    _ => write!(f, "; there are {}", List(alike)),
                }
            }
            Self::NoParent(folder) => write!(f, "no such folder: {}", Shown(folder)),
            Self::Link(target) => {
                write!(f, "found a link to {}, where nothing is", Shown(target))
            }
            Self::Folder => f.write_str("found a folder, expected a file"),
            Self::NoFolder => f.write_str("found a file, expected a folder"),
            Self::TooLong => write!(f, "found more than {LIMIT} bytes, expected no more"),
        }
    }
}

impl std::error::Error for FileError {}

impl FileError {
    /// Converts an error of the operating system on opening `path`.
    pub fn of(path: &Path, error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::NotFound => match path.read_link() {
                Ok(target) => Self::Link(target),
                Err(_) => Self::missing(path),
            },
            _ => Self::Io(error),
        }
    }

    /// The error for a missing `path`, or for the first of its folders that does not exist.
    fn missing(path: &Path) -> Self {
        let is_there = |folder: &Path| folder.as_os_str().is_empty() || folder.is_dir();
        let mut steps = path.ancestors().zip(path.ancestors().skip(1));
        let found = steps.find(|(_, folder)| is_there(folder));
        let Some((missing, folder)) = found else { return Self::Missing(Vec::new()) };
        let name = missing.file_name().unwrap_or_default().to_string_lossy();
        match nearby(folder, &name) {
            alike if alike.is_empty() && missing != path => Self::NoParent(missing.to_owned()),
            alike => Self::Missing(alike),
        }
    }
}

/// The paths in `folder` whose names are similar to `name`, at most five. Only ten thousand entries
/// of a large folder are compared.
fn nearby(folder: &Path, name: &str) -> Vec<String> {
    let here = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let Ok(entries) = here.read_dir() else { return Vec::new() };
    let names = entries.take(10_000).filter_map(Result::ok).map(|entry| entry.file_name());
    let mut found = alike(name, names.map(|name| name.to_string_lossy().into_owned()));
    found.truncate(5);
    found.iter().map(|name| folder.join(name).to_string_lossy().into_owned()).collect()
}

/// The bytes of the file `path`, or of standard input if that is `-`.
///
/// # Errors
/// If it cannot be read, is a folder, or is longer than [`LIMIT`].
pub fn read(path: &Path) -> Result<Vec<u8>, Error> {
    read_up_to(path, LIMIT).map_err(|error| Error::new(path, error))
}

fn read_up_to(path: &Path, limit: u64) -> Result<Vec<u8>, FileError> {
    if path.as_os_str() == "-" {
        return all_of(io::stdin().lock(), 0, limit);
    }
    // Windows opens no folder, and says that it must not.
    if path.is_dir() {
        return Err(FileError::Folder);
    }
    let file = File::open(path).map_err(|error| FileError::of(path, error))?;
    let metadata = file.metadata().map_err(FileError::Io)?;
    if metadata.len() > limit {
        return Err(FileError::TooLong);
    }
    all_of(file, metadata.len() as usize, limit)
}

/// Reads to the end. `length` is an estimate: a file may grow while it is read, and a device or
/// pipe has no known length.
fn all_of(file: impl Read, length: usize, limit: u64) -> Result<Vec<u8>, FileError> {
    let mut bytes = Vec::with_capacity(length + 1);
    file.take(limit + 1).read_to_end(&mut bytes).map_err(FileError::Io)?;
    if bytes.len() as u64 > limit { Err(FileError::TooLong) } else { Ok(bytes) }
}

/// Makes `bytes` the content of the file `path`, all at once.
///
/// They are written to a temporary file in the same folder, brought to the disk, and then renamed
/// to `path`. A reader that opens `path` meanwhile, or after a crash, finds the old content or the
/// new one, whole. A link stays a link, also one to a file that is yet to come, and a file keeps
/// its permissions. A file that is not a regular one, such as a pipe, is written to directly.
///
/// A process that is killed in between leaves the temporary file, `.NAME.PROCESS.NUMBER.tmp`. Nothing
/// reads it, and a later process does not remove it, because it cannot know that no other machine is
/// still writing there.
///
/// # Errors
/// If the operating system refuses one of these steps. The temporary file is then removed.
pub fn write(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    replace(path, bytes).map_err(|error| Error::new(path, error))
}

fn replace(path: &Path, bytes: &[u8]) -> Result<(), FileError> {
    let path = &behind_links(path).map_err(FileError::Io)?;
    if path.is_dir() {
        return Err(FileError::Folder);
    }
    if path.exists() && !path.is_file() {
        let file = File::options().write(true).open(path);
        return file.and_then(|mut file| file.write_all(bytes)).map_err(FileError::Io);
    }
    write_beside(path, bytes, |temporary| fs::rename(temporary, path).map(|()| true))?;
    Ok(())
}

/// Follows symbolic links from `path`. The target need not exist.
fn behind_links(path: &Path) -> io::Result<PathBuf> {
    // For links in a circle the system returns another error than this one.
    match path.canonicalize() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => match path.read_link() {
            Ok(target) => behind_links(&path.with_file_name("").join(target)),
            Err(_) => Ok(path.to_owned()),
        },
        found => found,
    }
}

/// Writes `bytes` to a new file next to `path`, flushes it to the disk, and calls `take` to rename
/// it. If `take` returns false or an error, the new file is removed.
fn write_beside(
    path: &Path,
    bytes: &[u8],
    take: impl FnOnce(&Path) -> io::Result<bool>,
) -> Result<bool, FileError> {
    let Some(name) = path.file_name() else {
        return Err(FileError::Io(io::ErrorKind::NotFound.into()));
    };
    let (temporary, mut file) = create_beside(path, &name.to_string_lossy())?;
    let written = file
        .write_all(bytes)
        .and_then(|()| file.sync_all())
        .and_then(|()| match fs::metadata(path) {
            Ok(old) => fs::set_permissions(&temporary, old.permissions()),
            Err(_) => Ok(()),
        })
        .and_then(|()| take(&temporary));
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    match written {
        // The name, too, is brought to the disk where the system can do that.
        Ok(true) => {
            let folder = File::open(folder.unwrap_or(Path::new(".")));
            let _ = folder.and_then(|folder| folder.sync_all());
        }
        // The first error is the one to report; a second one here would add nothing.
        _ => _ = fs::remove_file(&temporary),
    }
    written.map_err(FileError::Io)
}

/// Creates a file in the folder of `path`, with a name that no other file has and that is not
/// longer than systems allow.
fn create_beside(path: &Path, name: &str) -> Result<(PathBuf, File), FileError> {
    let start: String = name.chars().take(50).collect();
    let process = std::process::id();
    let mut number = 0;
    loop {
        let temporary = path.with_file_name(format!(".{start}.{process}.{number}.tmp"));
        match File::create_new(&temporary) {
            Ok(file) => return Ok((temporary, file)),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => number += 1,
            Err(error) => return Err(FileError::of(path, error)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The path of a file in a new folder of this test.
    fn path(name: &str) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("datasets-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir(&folder).unwrap();
        folder.join("file")
    }

    fn names(folder: &Path) -> Vec<String> {
        let entries = folder.read_dir().unwrap();
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }

    #[test]
    fn a_file_is_replaced_whole_and_nothing_is_left_beside_it() {
        let path = path("replace");
        write(&path, b"old and long").unwrap();
        write(&path, b"new").unwrap();
        assert_eq!(read(&path).unwrap(), b"new");
        let folder = path.parent().unwrap();
        assert_eq!(names(folder), ["file"]);
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    #[cfg(unix)]
    fn links_pipes_and_permissions_stay_what_they_are() {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let path = path("kinds");
        let folder = path.parent().unwrap().to_owned();
        write(&path, b"old").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        let link = folder.join("link");
        symlink(&path, &link).unwrap();
        write(&link, b"new").unwrap();
        assert!(link.is_symlink());
        assert_eq!(read(&path).unwrap(), b"new");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o640);
        write(Path::new("/dev/null"), b"gone").unwrap();
        assert!(!Path::new("/dev/null").is_file());
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    #[cfg(unix)]
    fn a_link_to_what_is_not_there_yet_leads_to_the_new_file() {
        use std::os::unix::fs::symlink;
        let path = path("dangling");
        let folder = path.parent().unwrap().to_owned();
        fs::create_dir(folder.join("below")).unwrap();
        for (target, name) in [("new", "link"), ("../link", "below/link"), ("below/link", "third")]
        {
            symlink(target, folder.join(name)).unwrap();
        }
        symlink(&path, folder.join("absolute")).unwrap();
        for (link, file) in [("third", "new"), ("absolute", "file")] {
            write(&folder.join(link), link.as_bytes()).unwrap();
            assert!(folder.join(link).is_symlink() && !folder.join(file).is_symlink());
            assert_eq!(read(&folder.join(file)).unwrap(), link.as_bytes());
        }

        let (a, b) = (folder.join("a"), folder.join("b"));
        symlink("a", &b).unwrap();
        symlink("b", &a).unwrap();
        let error = write(&a, b"lost").unwrap_err().to_string();
        assert_eq!(error, format!("{}: {}", a.display(), fs::metadata(&a).unwrap_err()));
        assert!(a.is_symlink() && b.is_symlink());
        symlink("nowhere/file", folder.join("lost")).unwrap();
        let error = write(&folder.join("lost"), b"lost").unwrap_err().to_string();
        let folder_of_it = folder.canonicalize().unwrap().join("nowhere");
        let found = format!("lost: no such folder: {}", folder_of_it.display());
        assert!(error.ends_with(&found), "{error}");
        let mut names = names(&folder);
        names.sort();
        assert_eq!(names, ["a", "absolute", "b", "below", "file", "link", "lost", "new", "third"]);
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn a_name_may_be_as_long_as_the_system_allows() {
        let path = path("long");
        for name in ["x".repeat(255), "é".repeat(127)] {
            let path = path.with_file_name(name);
            write(&path, b"new").unwrap();
            assert_eq!(read(&path).unwrap(), b"new");
        }
        fs::remove_dir_all(path.parent().unwrap()).unwrap();
    }

    #[test]
    fn a_temporary_file_that_another_left_is_not_touched() {
        let path = path("other");
        let other = path.with_file_name(format!(".file.{}.0.tmp", std::process::id()));
        fs::write(&other, b"other").unwrap();
        write(&path, b"new").unwrap();
        assert_eq!(
            (read(&other).unwrap(), read(&path).unwrap()),
            (b"other".to_vec(), b"new".to_vec())
        );
        fs::remove_dir_all(path.parent().unwrap()).unwrap();
    }

    #[test]
    fn a_failed_write_leaves_nothing() {
        let path = path("failed");
        let folder = path.parent().unwrap();
        fs::create_dir(&path).unwrap();
        let error = write(&path, b"new").unwrap_err().to_string();
        assert_eq!(error, format!("{}: found a folder, expected a file", path.display()));
        assert_eq!(names(folder), ["file"]);
        // Only the last step, the renaming, fails here.
        let error = write_beside(&path, b"new", |new| fs::rename(new, &path).map(|()| true));
        let error = error.unwrap_err();
        assert!(matches!(error, FileError::Io(_)));
        assert_eq!(names(folder), ["file"]);

        let error = write(&folder.join("nowhere/file"), b"new").unwrap_err().to_string();
        let nowhere = folder.join("nowhere");
        assert!(
            error.ends_with(&format!("file: no such folder: {}", nowhere.display())),
            "{error}"
        );
        // Windows resolves `nowhere/..` without looking for `nowhere`.
        if cfg!(unix) {
            let path = folder.join("nowhere/..");
            let error = write(&path, b"new").unwrap_err().to_string();
            assert_eq!(error, format!("{}: no such file or folder", path.display()));
        }
        let error = write(Path::new(""), b"new").unwrap_err().to_string();
        assert_eq!(error, "'': no such file or folder");
        let error = write(Path::new("/"), b"new").unwrap_err().to_string();
        assert_eq!(error, "/: found a folder, expected a file");
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        let path = path("read");
        let error = read(&path).unwrap_err().to_string();
        assert_eq!(error, format!("{}: no such file or folder", path.display()));
        let folder = path.parent().unwrap();
        let error = read(folder).unwrap_err().to_string();
        assert_eq!(error, format!("{}: found a folder, expected a file", folder.display()));
        fs::write(&path, b"12345").unwrap();
        assert_eq!(read_up_to(&path, 5).unwrap(), b"12345");
        // If the length is not known, reading stops one byte after the limit.
        let mut endless = io::repeat(0);
        assert!(matches!(all_of(&mut endless, 0, 1000), Err(FileError::TooLong)));
        assert_eq!(all_of(&b"12345"[..], 0, 5).unwrap(), b"12345");
        let error = read_up_to(&path, 4).unwrap_err().to_string();
        assert_eq!(error, "found more than 1073741824 bytes, expected no more");
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn what_looks_like_a_missing_file_is_named() {
        let path = path("alike");
        let folder = path.parent().unwrap();
        let message = |name: &str| {
            let error = read(&folder.join(name)).unwrap_err().to_string();
            error.replace(folder.to_str().unwrap(), "DIR").replace('\\', "/")
        };
        fs::create_dir(folder.join("data")).unwrap();
        fs::write(folder.join("data/Iris.csv"), b"").unwrap();
        if folder.join("data/iris.csv").exists() {
            return; // Names differ by more than capitals here, as on Windows and macOS.
        }
        let missing = "no such file or folder";
        let there = "there is 'DIR/data/Iris.csv'";
        assert_eq!(
            message("data/iris.csv.gz"),
            format!("DIR/data/iris.csv.gz: {missing}; {there}")
        );
        fs::write(folder.join("data/iris\u{e9}.csv.txt"), b"").unwrap();
        let there = "there are 'DIR/data/Iris.csv' and 'DIR/data/irisé.csv.txt'";
        assert_eq!(message("data/iris.csv"), format!("DIR/data/iris.csv: {missing}; {there}"));
        assert_eq!(
            message("date/iris.csv"),
            format!("DIR/date/iris.csv: {missing}; there is 'DIR/data'")
        );
        assert_eq!(message("data/wine.csv"), format!("DIR/data/wine.csv: {missing}"));
        for i in 0..8 {
            fs::write(folder.join(format!("data/iris-{i}.csv")), b"").unwrap();
        }
        assert_eq!(message("data/iris.txt").matches("DIR").count(), 1 + 5);
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    #[cfg(unix)]
    fn the_cause_is_named_and_not_a_symptom() {
        use std::os::unix::fs::symlink;
        let path = path("cause");
        let folder = path.parent().unwrap();
        let message = |path: &Path| {
            let error = read(path).unwrap_err().to_string();
            error.replace(folder.to_str().unwrap(), "DIR")
        };
        symlink("away\n", folder.join("link")).unwrap();
        let found = "DIR/link: found a link to away\\n, where nothing is";
        assert_eq!(message(&folder.join("link")), found);
        fs::write(&path, b"").unwrap();
        let found = "DIR/file/below: found a file among the folders of this path";
        assert_eq!(message(&path.join("below")), found);
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn other_errors_of_the_system_are_passed_on() {
        let message = |error: io::Error| FileError::Io(error).to_string();
        assert_eq!(message(io::ErrorKind::PermissionDenied.into()), "permission denied");
        assert_eq!(message(io::Error::other("disk on fire")), "disk on fire");
    }
}
