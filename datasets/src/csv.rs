//! Comma-separated values (RFC 4180), record by record.

use crate::foreign::{Foreign, Wanted, foreign};
use crate::text::Quoted;
use std::borrow::Cow;
use std::fmt;

/// The most fields of a record. Each takes much more memory than the comma that makes it.
const MOST_FIELDS: usize = 10_000;

/// What is wrong with a CSV file, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CsvError {
    /// The line, counted from 1.
    pub line: usize,
    /// The character within the line, counted from 1.
    pub column: usize,
    /// Why.
    pub problem: CsvProblem,
}

/// Why a CSV file could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the messages below explain the fields")]
pub enum CsvProblem {
    Foreign(Foreign),
    NotUtf8 { found: u8 },
    Quote,
    AfterQuote,
    Unclosed,
    Ragged { found: usize, expected: usize },
    TooManyFields,
    Value { found: String, expected: &'static str },
    NoColumn { found: String, name: &'static str },
    TwoColumns { name: &'static str },
    NoRows,
    Separator { found: &'static str },
}

impl fmt::Display for CsvError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use CsvProblem::*;
        write!(f, "line {}, column {}: ", self.line, self.column)?;
        match &self.problem {
            Foreign(found) => found.fmt(f),
            NotUtf8 { found } => write!(
                f,
                "found byte {found:#04x}, expected UTF-8 text: if it is from Windows, convert it \
                 with `iconv -f WINDOWS-1252 -t UTF-8 FILE > NEW`"
            ),
            Quote => f.write_str("found a quote in an unquoted field, expected none"),
            AfterQuote => {
                f.write_str("found more after the closing quote, expected a comma or a new line")
            }
            Unclosed => f.write_str("found a quote that is never closed, expected a second one"),
            Ragged { found, expected } => {
                write!(f, "found {found} fields, expected {expected} as in the first line")
            }
            TooManyFields => {
                write!(f, "found more than {MOST_FIELDS} fields, expected no more")
            }
            Value { found, expected } if found.is_empty() => {
                write!(f, "found an empty field, expected {expected}")
            }
            Value { found, expected } => write!(f, "found {}, expected {expected}", Quoted(found)),
            NoColumn { found, name } => {
                write!(f, "found {} as the header, expected a column '{name}'", Quoted(found))
            }
            TwoColumns { name } => {
                write!(f, "found a second column '{name}' in the header, expected one")
            }
            NoRows => f.write_str("found the end of the file, expected rows of data"),
            Separator { found } => write!(f, "found fields parted by {found}, expected ','"),
        }
    }
}

impl std::error::Error for CsvError {}

/// One field of a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field<'a> {
    /// Its text, without the quotes around it.
    pub text: Cow<'a, str>,
    /// The line it starts in, counted from 1.
    pub line: usize,
    /// The character it starts with, counted from 1 within the line.
    pub column: usize,
}

impl Field<'_> {
    /// The field as a number. Spaces around it do not matter.
    ///
    /// # Errors
    /// If it is anything but a finite decimal number with a point.
    pub fn number(&self) -> Result<f64, CsvError> {
        match self.text.trim().parse() {
            Ok(number) if f64::is_finite(number) => Ok(number),
            _ => Err(self.error("a number")),
        }
    }

    /// The error that this field is not what was `expected`.
    pub fn error(&self, expected: &'static str) -> CsvError {
        let found = self.text.trim().to_owned();
        self.problem(CsvProblem::Value { found, expected })
    }

    pub(crate) fn problem(&self, problem: CsvProblem) -> CsvError {
        CsvError { line: self.line, column: self.column, problem }
    }
}

/// The records of a file, from the first to the last: an iterator. After an error it ends.
///
/// Lines end with LF, CRLF or CR, the last one perhaps with none; blank lines are passed over. A
/// field in quotes may hold commas, line ends, and quotes, which are written twice. All records
/// have as many fields as the first, 10 000 at most.
///
/// ```
/// let mut records = datasets::csv::records(b"x,y\n1,\"a \"\"b\"\"\"\n")?;
/// assert_eq!(records.next().unwrap()?[1].text, "y");
/// assert_eq!(records.next().unwrap()?[1].text, "a \"b\"");
/// assert!(records.next().is_none());
/// # Ok::<(), datasets::csv::CsvError>(())
/// ```
///
/// # Errors
/// If the bytes are not UTF-8 text (a byte order mark at its start is ignored) or are no text of
/// this kind at all. The records bring their own errors.
pub fn records(bytes: &[u8]) -> Result<Records<'_>, CsvError> {
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let start = if text.trim_ascii_start().is_empty() { b"" } else { bytes };
    if let Some(found) = foreign(start, Wanted::Csv) {
        let problem = CsvProblem::Foreign(found);
        return Err(CsvError { line: 1, column: 1, problem });
    }
    let text = std::str::from_utf8(text).map_err(|error| {
        let (before, after) = text.split_at(error.valid_up_to());
        let before = str::from_utf8(before).expect("valid up to here");
        let mut place = Records::new(before);
        place.advance(before.len());
        place.error(CsvProblem::NotUtf8 { found: after[0] })
    })?;
    Ok(Records::new(text))
}

/// What [`records`] returns.
#[derive(Clone, Debug)]
pub struct Records<'a> {
    /// What has not been read yet, and where it starts.
    rest: &'a str,
    line: usize,
    column: usize,
    /// The number of fields, once a record has been read.
    width: Option<usize>,
}

impl<'a> Iterator for Records<'a> {
    type Item = Result<Vec<Field<'a>>, CsvError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.skip_blank_lines();
        if self.rest.is_empty() {
            return None;
        }
        let record = self.record();
        if record.is_err() {
            self.rest = "";
        }
        Some(record)
    }
}

impl<'a> Records<'a> {
    fn new(text: &'a str) -> Self {
        Self { rest: text, line: 1, column: 1, width: None }
    }

    /// An error at the place that has been reached, which is the end once all has been read.
    pub(crate) fn error(&self, problem: CsvProblem) -> CsvError {
        CsvError { line: self.line, column: self.column, problem }
    }

    /// Passes over `n` bytes.
    fn advance(&mut self, n: usize) -> &'a str {
        let (passed, rest) = self.rest.split_at(n);
        for (i, c) in passed.char_indices() {
            // CRLF is one line end, which the LF stands for.
            let crlf = c == '\r' && self.rest[i + 1..].starts_with('\n');
            match c {
                '\n' | '\r' if !crlf => (self.line, self.column) = (self.line + 1, 1),
                _ => self.column += 1,
            }
        }
        self.rest = rest;
        passed
    }

    fn skip_blank_lines(&mut self) {
        loop {
            let line = self.rest.find(['\r', '\n']).unwrap_or(self.rest.len());
            if self.rest.is_empty() || !self.rest[..line].trim().is_empty() {
                return;
            }
            self.advance((line + 1).min(self.rest.len()));
        }
    }

    fn record(&mut self) -> Result<Vec<Field<'a>>, CsvError> {
        let mut fields = Vec::new();
        loop {
            if fields.len() == MOST_FIELDS {
                return Err(self.error(CsvProblem::TooManyFields));
            }
            let (line, column) = (self.line, self.column);
            let text = if self.rest.starts_with('"') { self.quoted()? } else { self.unquoted()? };
            fields.push(Field { text, line, column });
            if !self.rest.starts_with(',') {
                break;
            }
            self.advance(1);
        }
        let (found, expected) = (fields.len(), *self.width.get_or_insert(fields.len()));
        if found != expected {
            return Err(fields[0].problem(CsvProblem::Ragged { found, expected }));
        }
        Ok(fields)
    }

    /// A field up to the next comma or line end.
    fn unquoted(&mut self) -> Result<Cow<'a, str>, CsvError> {
        let end = self.rest.find([',', '\r', '\n', '"']).unwrap_or(self.rest.len());
        let text = self.advance(end);
        if self.rest.starts_with('"') {
            return Err(self.error(CsvProblem::Quote));
        }
        Ok(text.into())
    }

    /// A field in quotes.
    fn quoted(&mut self) -> Result<Cow<'a, str>, CsvError> {
        let unclosed = self.error(CsvProblem::Unclosed);
        let mut text = Cow::default();
        loop {
            self.advance(1); // the opening quote, or the second of two
            let Some(end) = self.rest.find('"') else { return Err(unclosed) };
            text += self.advance(end);
            self.advance(1);
            if !self.rest.starts_with('"') {
                break;
            }
            text += "\"";
        }
        if self.rest.is_empty() || self.rest.starts_with([',', '\r', '\n']) {
            return Ok(text);
        }
        Err(self.error(CsvProblem::AfterQuote))
    }
}

#[cfg(test)]
mod tests;
