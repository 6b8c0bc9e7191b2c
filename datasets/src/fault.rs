//! The error of all readers: what is wrong with the bytes of a file, and where.

use std::fmt;

/// A fault in the bytes of a file. `Display` shows all of it on one line.
///
/// ```
/// use datasets::Place;
/// let fault = datasets::idx::parse_labels(b"\0\0\x08\x01\0\0\0\x02\x07").unwrap_err();
/// assert_eq!((fault.place, &*fault.found), (Place::Byte(8), "1 byte too few"));
/// assert_eq!(fault.to_string(), "byte 8: found 1 byte too few, expected 2 elements");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Where the reader stopped.
    pub place: Place,
    /// What was found there.
    pub found: String,
    /// What was expected there.
    pub expected: String,
    /// The cause, or a command that helps; empty if there is nothing to say.
    pub note: String,
    /// The kind of fault, for callers that treat some kinds in a special way.
    pub kind: Kind,
}

/// A place in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the comments on the variants explain the fields")]
pub enum Place {
    /// No place in particular, or one that the message names.
    File,
    /// A byte, counted from 0.
    Byte(usize),
    /// A character of a line, both counted from 1.
    Line { line: usize, column: usize },
    /// A row of a picture, or of one of the seven passes of an interlaced one; both counted from 1.
    Row { pass: usize, row: usize },
}

/// The kinds of faults that callers tell apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A value is missing: an empty field, or a sign for a missing value such as `?` and `NA`.
    Missing,
    /// Compressed data unpack to more bytes than the reader allows.
    TooLong,
    /// Any other.
    Other,
}

impl Fault {
    /// A fault whose place is not set yet.
    pub(crate) fn new(found: impl Into<String>, expected: impl Into<String>) -> Self {
        let (found, expected) = (found.into(), expected.into());
        Self { place: Place::File, found, expected, note: String::new(), kind: Kind::Other }
    }

    pub(crate) fn at(self, place: Place) -> Self {
        Self { place, ..self }
    }

    pub(crate) fn at_byte(self, offset: usize) -> Self {
        self.at(Place::Byte(offset))
    }

    /// The same at another byte.
    pub(crate) fn moved(self, to: impl FnOnce(usize) -> usize) -> Self {
        match self.place {
            Place::Byte(offset) => self.at_byte(to(offset)),
            _ => self,
        }
    }

    pub(crate) fn note(self, note: impl Into<String>) -> Self {
        Self { note: note.into(), ..self }
    }

    pub(crate) fn kind(self, kind: Kind) -> Self {
        Self { kind, ..self }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.place {
            Place::File => {}
            Place::Byte(offset) => write!(f, "byte {offset}: ")?,
            Place::Line { line, column } => write!(f, "line {line}, column {column}: ")?,
            Place::Row { pass: 1, row } => write!(f, "row {row}: ")?,
            Place::Row { pass, row } => write!(f, "pass {pass}, row {row}: ")?,
        }
        write!(f, "found {}, expected {}", self.found, self.expected)?;
        if self.note.is_empty() { Ok(()) } else { write!(f, ": {}", self.note) }
    }
}

impl std::error::Error for Fault {}
