//! The error of a file: its path and the cause.

use crate::text::Shown;
use std::fmt;
use std::path::{Path, PathBuf};

/// The path of a file or folder and what is wrong with it. `Display` shows both on one line.
///
/// The cause is the error of the reader that found it:
///
/// ```
/// use files::file::FileError;
/// let error = files::file::read("nowhere.csv".as_ref()).unwrap_err();
/// assert!(matches!(error.cause.downcast_ref(), Some(FileError::Missing(_))));
/// assert_eq!(error.to_string(), "nowhere.csv: no such file or folder");
/// ```
#[derive(Debug)]
pub struct Error {
    /// The file or folder, as it was asked for.
    pub path: PathBuf,
    /// The cause.
    pub cause: Box<dyn std::error::Error + Send + Sync>,
}

impl Error {
    /// The error that `cause` is what is wrong with `path`.
    pub fn new(path: &Path, cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self { path: path.to_owned(), cause: cause.into() }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.path.to_str() {
            Some("-") => write!(f, "standard input: {}", self.cause),
            _ => write!(f, "{}: {}", Shown(&self.path), self.cause),
        }
    }
}

// The message holds the cause's, so that there is no `source` whose message would follow it.
impl std::error::Error for Error {}
