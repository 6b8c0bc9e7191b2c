//! Comma-separated values (RFC 4180), record by record or by the names of the columns.

use crate::foreign::{Foreign, Wanted, foreign};
use crate::steps::steps;
use files::text::{Count, List, Quoted, Shortened};
use matrix::Matrix;
use std::borrow::Cow;
use std::fmt;

/// The most fields of a record. Each takes much more memory than the comma that makes it.
const MOST_FIELDS: usize = 10_000;

/// The most blank fields at the end of a record that may be missing. What is missing in the file
/// takes memory all the same.
const MOST_MISSING: usize = 16;

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
    Missing { found: String, expected: &'static str },
    NoColumn { columns: Vec<String>, name: String },
    NoHeader { found: String, name: String },
    TwoColumns { name: String },
    Spaces,
    Comment,
    Nul,
    NoRows,
    Rows { found: usize, expected: usize },
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
                write!(
                    f,
                    "found {}, expected {expected} as in the first line",
                    Count(*found, "field")
                )
            }
            TooManyFields => {
                write!(f, "found more than {MOST_FIELDS} fields, expected no more")
            }
            Value { found, expected } | Missing { found, expected } if found.is_empty() => {
                write!(f, "found an empty field, expected {expected}")
            }
            Value { found, expected } | Missing { found, expected } => {
                write!(f, "found {}, expected {expected}", Quoted(found))
            }
            NoColumn { columns, name } => {
                let word = if columns.len() == 1 { "column" } else { "columns" };
                write!(f, "found the {word} {}, expected one named '{name}'", List(columns))
            }
            NoHeader { found, name } => write!(
                f,
                "found {} in the first line, expected the names of the columns, one of them \
                 '{name}'",
                Quoted(found)
            ),
            TwoColumns { name } => {
                write!(f, "found a second column '{name}' in the header, expected one")
            }
            Spaces => f.write_str(
                "found fields separated by spaces, expected commas, semicolons or tabs: convert it \
                 with `tr -s ' ' , < FILE > NEW.csv`",
            ),
            Comment => f.write_str(
                "found a comment, expected the names of the columns: take out such lines with \
                 `grep -v '^#' FILE > NEW.csv`",
            ),
            Nul => f.write_str("found a zero byte, expected text: the file is damaged"),
            NoRows => f.write_str("found the end of the file, expected rows of data"),
            Rows { found, expected } => {
                write!(
                    f,
                    "found {}, expected {expected} as the first line says",
                    Count(*found, "row")
                )
            }
        }
    }
}

impl std::error::Error for CsvError {}

impl CsvError {
    /// Whether a value is missing: an empty field or what stands for one, such as `?` and `NA`.
    pub fn is_missing(&self) -> bool {
        matches!(self.problem, CsvProblem::Missing { .. })
    }
}

/// One field of a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field<'a> {
    /// Its text, without the quotes around it.
    pub text: Cow<'a, str>,
    /// The line it starts in, counted from 1.
    pub line: usize,
    /// The character it starts with, counted from 1 within the line.
    pub column: usize,
    /// Whether a number may have a comma for its point: where commas do not separate fields.
    pub decimal_comma: bool,
}

impl Field<'_> {
    /// The field as a number. Spaces around it do not matter.
    ///
    /// # Errors
    /// If it is anything but a finite decimal number, with a point or, where commas do not separate
    /// fields, a comma.
    pub fn number(&self) -> Result<f64, CsvError> {
        let text = self.text.trim();
        let number = match text.split_once(',') {
            Some((whole, rest)) if self.decimal_comma && !whole.contains('.') => {
                format!("{whole}.{rest}").parse()
            }
            _ => text.parse(),
        };
        match number {
            Ok(number) if f64::is_finite(number) => Ok(number),
            _ => Err(self.error("a number")),
        }
    }

    /// Whether it is empty, or one of the usual signs for a value that is missing.
    pub fn is_missing(&self) -> bool {
        const SIGNS: [&str; 9] = ["", "?", "-", ".", "na", "n/a", "nan", "null", "none"];
        let text = self.text.trim();
        SIGNS.iter().any(|sign| text.eq_ignore_ascii_case(sign))
    }

    /// The error that this field is not what was `expected`.
    pub fn error(&self, expected: &'static str) -> CsvError {
        let found = self.text.trim().to_owned();
        self.problem(match self.is_missing() {
            true => CsvProblem::Missing { found, expected },
            false => CsvProblem::Value { found, expected },
        })
    }

    pub(crate) fn is_blank(&self) -> bool {
        self.text.trim().is_empty()
    }

    pub(crate) fn problem(&self, problem: CsvProblem) -> CsvError {
        CsvError { line: self.line, column: self.column, problem }
    }
}

/// The records of a file, from the first to the last: an iterator. After an error it ends.
///
/// Lines end with LF, CRLF or CR, the last one perhaps with none; blank lines are passed over. A
/// field in quotes may contain commas, line ends, and quotes, which are written twice. All records
/// have as many fields as the first, 10 000 at most; blank ones at the end may be too many, or up
/// to 16 of them missing.
///
/// What separates the fields is a comma unless the first line says otherwise: it has a tab, semicolon
/// or bar (the first of them counts) and no comma but between digits (`5,1;3,5`), or it is `sep=;` as Excel writes it.
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
/// If the bytes are not UTF-8 text (a byte order mark at its start is ignored, and so are zeros and
/// Ctrl-Z at its end), or are a file in another format. The records bring their own errors.
pub fn records(bytes: &[u8]) -> Result<Records<'_>, CsvError> {
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let other = |bytes| {
        let problem = CsvProblem::Foreign(foreign(bytes, Wanted::Csv)?);
        Some(CsvError { line: 1, column: 1, problem })
    };
    other(bytes).map_or(Ok(()), Err)?;
    // The ends that CP/M's and DOS' programs wrote, and what fills up a block.
    let end = text.iter().rposition(|byte| !matches!(byte, 0 | 0x1a)).map_or(0, |last| last + 1);
    let (text, rest) = text.split_at(end);
    let valid = str::from_utf8(text).map_or_else(|error| error.valid_up_to(), str::len);
    let before = str::from_utf8(&text[..valid]).expect("valid up to here");
    let zero = if end == 0 && rest.contains(&0) { Some(0) } else { before.find('\0') };
    let problem = match text.get(valid) {
        Some(&found) if zero.is_none() => Some(CsvProblem::NotUtf8 { found }),
        _ => zero.map(|_| CsvProblem::Nul),
    };
    if let Some(problem) = problem {
        let mut place = Records::new(before);
        place.advance(zero.unwrap_or(valid));
        return Err(place.error(problem));
    }
    let text = before;
    if text.trim().is_empty() {
        other(b"").map_or(Ok(()), Err)?;
    }
    let mut records = Records::new(text);
    records.find_separator();
    Ok(records)
}

/// What [`records`] returns.
#[derive(Clone, Debug)]
pub struct Records<'a> {
    /// What has not been read yet, and where it starts.
    rest: &'a str,
    line: usize,
    column: usize,
    separator: char,
    /// The most and fewest fields of the records that follow the first, once that has been read.
    width: Option<(usize, usize)>,
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
        Self { rest: text, line: 1, column: 1, separator: ',', width: None }
    }

    /// Takes the separator from the first line.
    fn find_separator(&mut self) {
        const OTHERS: [char; 3] = ['\t', ';', '|'];
        self.skip_blank_lines();
        let end = self.rest.find(['\r', '\n']).unwrap_or(self.rest.len());
        let line = self.rest[..end].trim();
        if let Some(separator) = line.strip_prefix("sep=").and_then(|rest| rest.parse().ok())
            && (OTHERS.contains(&separator) || separator == ',')
        {
            self.separator = separator;
            self.advance(end);
            return;
        }
        let mut other = None;
        let mut outside = true;
        for (i, c) in line.char_indices() {
            let is_digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
            match c {
                '"' => outside = !outside,
                ',' if outside => {
                    let (before, after) = (line[..i].chars().last(), line[i + 1..].chars().next());
                    if !is_digit(before) || !is_digit(after) {
                        return;
                    }
                }
                _ if outside && OTHERS.contains(&c) => other = other.or(Some(c)),
                _ => {}
            }
        }
        self.separator = other.unwrap_or(',');
    }

    /// The error that there is this problem at the place that has been reached, which is the end
    /// once all has been read.
    pub fn error(&self, problem: CsvProblem) -> CsvError {
        CsvError { line: self.line, column: self.column, problem }
    }

    /// Passes over `n` bytes.
    fn advance(&mut self, n: usize) -> &'a str {
        steps(n);
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
            steps(1);
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
            fields.push(self.field()?);
            if !self.rest.starts_with(self.separator) {
                break;
            }
            self.advance(1);
        }
        steps(fields.len());
        let is_named = |field: &Field| !field.is_blank();
        let named = fields.iter().rposition(is_named).map_or(0, |last| last + 1);
        let least = named.max(fields.len().saturating_sub(MOST_MISSING));
        let (most, least) = *self.width.get_or_insert((fields.len(), least));
        if named > most || fields.len() < least {
            let problem = CsvProblem::Ragged { found: fields.len(), expected: most };
            return Err(fields[0].problem(problem));
        }
        let (line, column, decimal_comma) = (self.line, self.column, self.separator != ',');
        let blank = Field { text: Cow::Borrowed(""), line, column, decimal_comma };
        fields.resize(most, blank);
        Ok(fields)
    }

    fn field(&mut self) -> Result<Field<'a>, CsvError> {
        let (line, column, decimal_comma) = (self.line, self.column, self.separator != ',');
        let text = if self.rest.starts_with('"') { self.quoted()? } else { self.unquoted()? };
        Ok(Field { text, line, column, decimal_comma })
    }

    /// A field up to the next separator or line end.
    fn unquoted(&mut self) -> Result<Cow<'a, str>, CsvError> {
        let ends = [self.separator, '\r', '\n', '"'];
        let end = self.rest.find(ends).unwrap_or(self.rest.len());
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
        if self.rest.is_empty() || self.rest.starts_with([self.separator, '\r', '\n']) {
            return Ok(text);
        }
        Err(self.error(CsvProblem::AfterQuote))
    }
}

/// A table whose first line names its columns.
///
/// ```
/// let table = datasets::csv::table(b"Alcohol,hue,class\n14.2,1.04,A\n12.4,0.98,B\n")?;
/// assert_eq!(table.numbers(&["hue", "alcohol"])?.row(0), [1.04, 14.2]);
/// assert_eq!(table.classes("class")?, (vec![0, 1], vec!["A".to_string(), "B".to_string()]));
/// # Ok::<(), datasets::csv::CsvError>(())
/// ```
///
/// # Errors
/// As for [`records`]. The rows bring their own errors.
pub fn table(bytes: &[u8]) -> Result<Table<'_>, CsvError> {
    let mut rows = records(bytes)?;
    let header = rows.next().unwrap_or_else(|| Err(rows.error(CsvProblem::NoRows)))?;
    Ok(Table { header, rows })
}

/// What [`table`] returns.
#[derive(Clone, Debug)]
pub struct Table<'a> {
    /// The fields of the first line.
    pub header: Vec<Field<'a>>,
    rows: Records<'a>,
}

impl<'a> Table<'a> {
    /// The rows after the header. Rows of nothing but blank fields are passed over.
    pub fn rows(&self) -> Rows<'a> {
        Rows(self.rows.clone())
    }

    /// The number of the column with this name or, if there is none, with one that differs in upper
    /// or lower case, blanks, points and the like.
    ///
    /// # Errors
    /// If there is no such column, or a second one.
    pub fn column(&self, name: &str) -> Result<usize, CsvError> {
        let (same, alike) = (|field: &str| field.trim() == name, letters(name));
        match self.header.iter().any(|field| same(&field.text)) {
            true => self.find(name, same),
            false => self.find(name, |field| !alike.is_empty() && letters(field) == alike),
        }
    }

    /// The number of the column whose name `is_it`; errors call it `name`.
    pub(crate) fn find(&self, name: &str, is_it: impl Fn(&str) -> bool) -> Result<usize, CsvError> {
        let mut found = (0..self.header.len()).filter(|&i| is_it(&self.header[i].text));
        match (found.next(), found.next()) {
            (Some(i), None) => Ok(i),
            (None, _) => Err(self.no_column(name.to_owned())),
            (_, Some(i)) => {
                Err(self.header[i].problem(CsvProblem::TwoColumns { name: name.to_owned() }))
            }
        }
    }

    fn no_column(&self, name: String) -> CsvError {
        let words = |row: &[Field]| match row {
            [field] => field.text.split_whitespace().count(),
            _ => 0,
        };
        // A sentence is no row of a table: the next line has another number of words, or no word is a
        // number.
        let n = words(&self.header);
        let has_number =
            || self.header[0].text.split_whitespace().any(|w| w.parse::<f64>().is_ok());
        let next = self.rows().next();
        let is_table =
            n > 2 && next.map_or_else(has_number, |row| row.is_ok_and(|row| words(&row) == n));
        let number = self.header.iter().find(|field| field.number().is_ok());
        match number {
            _ if self.header[0].text.trim_start().starts_with('#') => {
                self.header[0].problem(CsvProblem::Comment)
            }
            _ if is_table => self.header[0].problem(CsvProblem::Spaces),
            Some(number) => {
                let found = number.text.trim().to_owned();
                number.problem(CsvProblem::NoHeader { found, name })
            }
            None => {
                let shown = |field: &Field| Shortened(field.text.trim()).to_string();
                let columns = self.header.iter().map(shown).collect();
                self.header[0].problem(CsvProblem::NoColumn { columns, name })
            }
        }
    }

    /// The numbers in the columns `names`, one row to a row: n × D for D names.
    ///
    /// # Errors
    /// If a column is missing, a value is not a finite number, or there are no rows.
    pub fn numbers(&self, names: &[&str]) -> Result<Matrix, CsvError> {
        let columns: Result<Vec<_>, _> = names.iter().map(|name| self.column(name)).collect();
        let (columns, mut rows) = (columns?, self.rows());
        let (mut numbers, mut n) = (Vec::new(), 0);
        for row in rows.by_ref() {
            let row = row?;
            n += 1;
            for &column in &columns {
                numbers.push(row[column].number()?);
            }
        }
        match n {
            0 => Err(rows.error(CsvProblem::NoRows)),
            _ => Ok(Matrix::from_vec(n, names.len(), numbers)),
        }
    }

    /// The class of each row, as an index into the names that come second: the texts in this
    /// column, each once, in alphabetical order.
    ///
    /// # Errors
    /// If the column is missing, a field is blank, or there are no rows.
    pub fn classes(&self, name: &str) -> Result<(Vec<usize>, Vec<String>), CsvError> {
        let (column, mut rows) = (self.column(name)?, self.rows());
        let mut texts = Vec::new();
        for row in rows.by_ref() {
            let row = row?;
            match &row[column] {
                field if field.is_missing() => return Err(field.error("a class")),
                field => texts.push(field.text.trim().to_owned()),
            }
        }
        let mut names = texts.clone();
        names.sort();
        names.dedup();
        if names.is_empty() {
            return Err(rows.error(CsvProblem::NoRows));
        }
        let class = |text: &String| names.binary_search(text).expect("each text is a name");
        Ok((texts.iter().map(class).collect(), names))
    }
}

/// What [`Table::rows`] returns.
#[derive(Clone, Debug)]
pub struct Rows<'a>(Records<'a>);

impl<'a> Iterator for Rows<'a> {
    type Item = Result<Vec<Field<'a>>, CsvError>;

    fn next(&mut self) -> Option<Self::Item> {
        let is_blank =
            |row: &Self::Item| row.as_ref().is_ok_and(|row| row.iter().all(Field::is_blank));
        self.0.by_ref().find(|row| !is_blank(row))
    }
}

impl Rows<'_> {
    pub(crate) fn error(&self, problem: CsvProblem) -> CsvError {
        self.0.error(problem)
    }
}

/// The letters and digits of a name, in lower case.
pub(crate) fn letters(name: &str) -> String {
    steps(name.len());
    let letters = name.chars().filter(|c| c.is_alphanumeric());
    letters.flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests;
