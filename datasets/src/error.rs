//! What went wrong with a file: its path and the cause.

use crate::csv::CsvError;
use crate::file::FileError;
use crate::idx::IdxError;
use crate::mnist::MnistError;
use crate::npy::NpyError;
use crate::pgm::PgmError;
use std::fmt;
use std::path::{Path, PathBuf};

/// What went wrong with which file, or folder. `Display` says all of it on one line.
#[derive(Debug)]
pub struct Error {
    /// The file or folder, as it was asked for.
    pub path: PathBuf,
    /// What is wrong with it.
    pub cause: Cause,
}

/// What is wrong with a file, by the reader that found it.
#[derive(Debug)]
#[expect(missing_docs, reason = "each variant is named for its reader")]
pub enum Cause {
    File(FileError),
    Csv(CsvError),
    Idx(IdxError),
    Mnist(MnistError),
    Npy(NpyError),
    Pgm(PgmError),
}

impl Error {
    pub(crate) fn new(path: &Path, cause: impl Into<Cause>) -> Self {
        Self { path: path.to_owned(), cause: cause.into() }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.path.to_string_lossy() {
            "" => write!(f, "'': {}", self.cause),
            path => write!(f, "{}: {}", OneLine(path), self.cause),
        }
    }
}

impl std::error::Error for Error {}

macro_rules! causes {
    ($($variant:ident($error:ident)),*) => {
        impl fmt::Display for Cause {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match self {
                    $(Self::$variant(error) => error.fmt(f),)*
                }
            }
        }

        $(
            impl From<$error> for Cause {
                fn from(error: $error) -> Self {
                    Self::$variant(error)
                }
            }

            impl std::error::Error for $error {}
        )*
    };
}

causes!(
    File(FileError),
    Csv(CsvError),
    Idx(IdxError),
    Mnist(MnistError),
    Npy(NpyError),
    Pgm(PgmError)
);

/// Text from outside as an error message shows it: on one line, whatever it holds.
pub(crate) struct OneLine<'a>(pub &'a str);

impl fmt::Display for OneLine<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.chars().try_for_each(|c| match c {
            '\'' | '"' | '\\' => write!(f, "{c}"),
            _ => write!(f, "{}", c.escape_debug()),
        })
    }
}

/// Text from a file as an error message shows it: on one line, and not for ever.
pub(crate) struct Shortened<'a>(pub &'a str);

impl fmt::Display for Shortened<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const MOST: usize = 40;
        let end = self.0.char_indices().nth(MOST).map_or(self.0.len(), |(i, _)| i);
        let dots = if end < self.0.len() { "…" } else { "" };
        write!(f, "{}{dots}", OneLine(&self.0[..end]))
    }
}

/// The same in quotes.
pub(crate) struct Quoted<'a>(pub &'a str);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "'{}'", Shortened(self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_is_one_line_whatever_the_path() {
        let error = Error::new(Path::new("it's\\a\n\x1b[31m\u{2028}é.csv"), IdxError::Empty);
        let path = "it's\\a\\n\\u{1b}[31m\\u{2028}é.csv";
        let message = format!("{path}: byte 0: found an empty file, expected idx data");
        assert_eq!(error.to_string(), message);
        let error = Error::new(Path::new(""), FileError::TooLong).to_string();
        assert_eq!(error, "'': found more than 1073741824 bytes, expected no more");
    }

    #[test]
    fn a_quotation_has_forty_characters_at_most() {
        assert_eq!(Quoted("say \"hi\"\t").to_string(), "'say \"hi\"\\t'");
        assert_eq!(Quoted(&"é".repeat(40)).to_string(), format!("'{}'", "é".repeat(40)));
        assert_eq!(Quoted(&"é".repeat(41)).to_string(), format!("'{}…'", "é".repeat(40)));
    }
}
