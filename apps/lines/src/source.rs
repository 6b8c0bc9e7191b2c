//! The files of the repository, and the error for a fault in one.

use std::fmt;
use std::fs;
use std::path::Path;

/// The folder of the repository.
pub const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

/// An error: what was found at a place, and what was expected there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    /// The file, from the folder of the repository.
    pub file: String,
    /// The number of the line, from 1; 0 for the whole file.
    pub line: usize,
    /// What was found there.
    pub found: String,
    /// What was expected instead.
    pub expected: String,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, line, found, expected } = self;
        let line = if *line > 0 { format!(":{line}") } else { String::new() };
        write!(f, "{file}{line}: found {found}, expected {expected}")
    }
}

impl std::error::Error for Error {}

/// A text file of the repository: its name, from the folder of the repository, and its lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Its name, with `/` between folders on every system.
    pub name: String,
    /// Its lines, without line breaks.
    pub lines: Vec<String>,
}

impl File {
    /// A file of this name and text.
    pub fn new(name: &str, text: &str) -> Self {
        Self { name: name.into(), lines: text.lines().map(String::from).collect() }
    }

    /// Reads a file of the repository in `root`.
    ///
    /// # Errors
    /// If it does not exist or is not text.
    pub fn read(root: &Path, name: &str) -> Result<Self, Error> {
        let unreadable = |error| Self::new(name, "").error(0, error, "a text file");
        Ok(Self::new(name, &fs::read_to_string(root.join(name)).map_err(unreadable)?))
    }

    /// Reads the files in a folder, and in those inside it, whose names end in `ext`, sorted by name.
    /// Hidden folders and `target` are left out.
    ///
    /// # Errors
    /// If one of them cannot be read.
    pub fn read_all(root: &Path, folder: &str, ext: &str) -> Result<Vec<Self>, Error> {
        let (mut folders, mut files) = (vec![folder.to_string()], Vec::new());
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(root.join(&folder)).into_iter().flatten().flatten() {
                let Ok(name) = entry.file_name().into_string() else { continue };
                let path =
                    if folder.is_empty() { name.clone() } else { format!("{folder}/{name}") };
                if entry.path().is_dir() && name != "target" && !name.starts_with('.') {
                    folders.push(path);
                } else if name.ends_with(ext) {
                    files.push(Self::read(root, &path)?);
                }
            }
        }
        files.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(files)
    }

    /// The error at a line, counted from 1.
    pub fn error(&self, line: usize, found: impl fmt::Display, expected: &str) -> Error {
        Error { file: self.name.clone(), line, found: found.to_string(), expected: expected.into() }
    }

    /// The line, counted from 0, at which the lines of `quote` start. They are compared word for
    /// word, without their common indentation.
    pub fn find(&self, quote: &[String]) -> Option<usize> {
        let indent = |line: &str| line.len() - line.trim_start().len();
        let first = quote.first()?;
        self.lines.windows(quote.len()).position(|window| {
            // All lines are indented by the same amount more or less.
            let shift = indent(&window[0]) as isize - indent(first) as isize;
            window.iter().zip(quote).all(|(source, quote)| {
                let shifted = indent(source) as isize - indent(quote) as isize;
                source.trim() == quote.trim() && (shifted == shift || quote.is_empty())
            })
        })
    }
}
