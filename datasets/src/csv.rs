//! Comma-separated values (RFC 4180), record by record or by the names of the columns.

use crate::fault::{Fault, Kind, Place};
use crate::foreign::{Wanted, foreign};
use crate::steps::steps;
use files::text::{Count, List, Quoted, Shortened};
use matrix::Matrix;
use std::borrow::Cow;

/// The most fields of a record. A field takes much more memory than its comma in the file.
const MOST_FIELDS: usize = 10_000;

/// The most blank fields at the end of a record that may be missing. Missing fields take memory
/// too.
const MOST_MISSING: usize = 16;

/// One field of a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field<'a> {
    /// Its text, without the quotes around it.
    pub text: Cow<'a, str>,
    /// The line and the character it starts with.
    pub place: Place,
    /// Whether a number may have a comma for its point: where commas do not separate fields.
    pub decimal_comma: bool,
}

impl Field<'_> {
    /// The field as a number. Spaces around it do not matter.
    ///
    /// # Errors
    /// If it is anything but a finite decimal number, with a point or, where commas do not separate
    /// fields, a comma.
    pub fn number(&self) -> Result<f64, Fault> {
        let text = self.text.trim();
        let number = match text.split_once(',') {
            Some((whole, rest)) if self.decimal_comma && !whole.contains('.') => {
                format!("{whole}.{rest}").parse()
            }
            _ => text.parse(),
        };
        match number {
            Ok(number) if f64::is_finite(number) => Ok(number),
            _ => Err(self.fault("a number")),
        }
    }

    /// Whether it is empty, or one of the usual signs for a value that is missing.
    pub fn is_missing(&self) -> bool {
        const SIGNS: [&str; 9] = ["", "?", "-", ".", "na", "n/a", "nan", "null", "none"];
        let text = self.text.trim();
        SIGNS.iter().any(|sign| text.eq_ignore_ascii_case(sign))
    }

    /// The fault that this field is not what was `expected`.
    pub fn fault(&self, expected: impl Into<String>) -> Fault {
        let found = match self.text.trim() {
            "" => "an empty field".to_owned(),
            text => Quoted(text).to_string(),
        };
        let kind = if self.is_missing() { Kind::Missing } else { Kind::Other };
        Fault::new(found, expected).kind(kind).at(self.place)
    }

    pub(crate) fn is_blank(&self) -> bool {
        self.text.trim().is_empty()
    }
}

/// The records of a file, from the first to the last: an iterator. After an error it ends.
///
/// Lines end with LF, CRLF or CR, the last one perhaps with none; lines of nothing but blank fields
/// are passed over. A field in quotes may contain commas, line ends, and quotes, which are written
/// twice. All records have as many fields as the first, 10 000 at most; blank ones at the end may be
/// too many, or up to 16 of them missing.
///
/// Fields are separated by commas unless the first line says otherwise: it has a tab, semicolon or
/// bar (the first of them counts) and no comma but between digits (`5,1;3,5`), or it is `sep=;` as
/// Excel writes it.
///
/// ```
/// let mut records = datasets::csv::records(b"x,y\n1,\"a \"\"b\"\"\"\n")?;
/// assert_eq!(records.next().unwrap()?[1].text, "y");
/// assert_eq!(records.next().unwrap()?[1].text, "a \"b\"");
/// assert!(records.next().is_none());
/// # Ok::<(), datasets::Fault>(())
/// ```
///
/// # Errors
/// If the bytes are not UTF-8 text (a byte order mark at its start is ignored, and so are zeros and
/// Ctrl-Z at its end), or are a file in another format. The records bring their own errors.
pub fn records(bytes: &[u8]) -> Result<Records<'_>, Fault> {
    let start = Place::Line { line: 1, column: 1 };
    if let Some(found) = foreign(bytes, Wanted::Csv) {
        return Err(found.at(start));
    }
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    // Programs for CP/M and DOS end a file so, and fill up its last block.
    let end = text.iter().rposition(|byte| !matches!(byte, 0 | 0x1a)).map_or(0, |last| last + 1);
    let (text, rest) = text.split_at(end);
    let valid = text.utf8_chunks().next().map_or("", |chunk| chunk.valid());
    let mut records = Records::new(valid);
    let zero = valid.find('\0').or((end == 0 && rest.contains(&0)).then_some(0));
    if let Some(zero) = zero {
        records.advance(zero);
        return Err(records.fault("a zero byte", "text").note("the file is damaged"));
    }
    if let Some(byte) = text.get(valid.len()) {
        records.advance(valid.len());
        return Err(records.fault(format!("byte {byte:#04x}"), "UTF-8 text").note(
            "if it is from Windows, convert it with `iconv -f WINDOWS-1252 -t UTF-8 FILE > NEW`",
        ));
    }
    if valid.trim().is_empty() {
        return Err(Fault::new("an empty file", Wanted::Csv.to_string()).at(start));
    }
    records.find_separator();
    Ok(records)
}

/// The iterator that [`records`] returns.
#[derive(Clone, Debug)]
pub struct Records<'a> {
    /// The bytes that have not been read yet, and the place at which they start.
    rest: &'a str,
    line: usize,
    column: usize,
    separator: char,
    /// The most and fewest fields of the records that follow the first, once that has been read.
    width: Option<(usize, usize)>,
}

impl<'a> Iterator for Records<'a> {
    type Item = Result<Vec<Field<'a>>, Fault>;

    fn next(&mut self) -> Option<Self::Item> {
        while !self.rest.is_empty() {
            let record = self.record();
            if record.is_err() {
                self.rest = "";
            }
            if let Some(record) = record.transpose() {
                return Some(record);
            }
        }
        None
    }
}

impl<'a> Records<'a> {
    fn new(text: &'a str) -> Self {
        Self { rest: text, line: 1, column: 1, separator: ',', width: None }
    }

    /// Takes the separator from the first line.
    fn find_separator(&mut self) {
        const OTHERS: [char; 3] = ['\t', ';', '|'];
        let mut lines = self.rest.split(['\r', '\n']).map(str::trim);
        let line = lines.find(|line| !line.is_empty()).unwrap_or_default();
        if let Some(separator) = line.strip_prefix("sep=").and_then(|rest| rest.parse().ok())
            && (OTHERS.contains(&separator) || separator == ',')
        {
            self.separator = separator;
            self.advance(self.rest.find(line).map_or(0, |start| start + line.len()));
            return;
        }
        // What is in quotes separates nothing, and neither does a comma between digits.
        let plain = line.split('"').step_by(2).collect::<Vec<_>>().join("\"");
        let is_digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
        let separates = |(i, _): (usize, &str)| {
            !is_digit(plain[..i].chars().last()) || !is_digit(plain[i + 1..].chars().next())
        };
        if !plain.match_indices(',').any(separates) {
            self.separator = plain.chars().find(|c| OTHERS.contains(c)).unwrap_or(',');
        }
    }

    /// Where what has not been read starts.
    fn place(&self) -> Place {
        Place::Line { line: self.line, column: self.column }
    }

    /// A fault at the place that has been reached: the end, once all has been read.
    fn fault(&self, found: impl Into<String>, expected: impl Into<String>) -> Fault {
        Fault::new(found, expected).at(self.place())
    }

    /// The fault that the end has been reached before a row of data.
    pub(crate) fn no_rows(&self) -> Fault {
        self.fault("the end of the file", "rows of data")
    }

    /// The fault for another number of rows than the first line says.
    pub(crate) fn other_count(&self, found: usize, expected: usize) -> Fault {
        let expected = format!("{expected} as the first line says");
        self.fault(Count(found, "row").to_string(), expected)
    }

    /// Passes over `n` bytes.
    fn advance(&mut self, n: usize) -> &'a str {
        steps(n);
        let (passed, rest) = self.rest.split_at(n);
        for (i, c) in passed.char_indices() {
            // CRLF is one line end; it is counted at the LF.
            let crlf = c == '\r' && self.rest[i + 1..].starts_with('\n');
            match c {
                '\n' | '\r' if !crlf => (self.line, self.column) = (self.line + 1, 1),
                _ => self.column += 1,
            }
        }
        self.rest = rest;
        passed
    }

    /// The fields of a line, or nothing if they are blank.
    fn record(&mut self) -> Result<Option<Vec<Field<'a>>>, Fault> {
        let mut fields = Vec::new();
        loop {
            if fields.len() == MOST_FIELDS {
                return Err(self.fault(format!("more than {MOST_FIELDS} fields"), "no more"));
            }
            fields.push(self.field()?);
            if !self.rest.starts_with(self.separator) {
                break;
            }
            self.advance(1);
        }
        steps(fields.len());
        let end = self.field_of("".into(), self.place());
        // Of CR and LF the second is taken for the end of a blank line.
        self.advance(self.rest.len().min(1));
        let Some(last) = fields.iter().rposition(|field| !field.is_blank()) else {
            return Ok(None);
        };
        let named = last + 1;
        let least = named.max(fields.len().saturating_sub(MOST_MISSING));
        let (most, least) = *self.width.get_or_insert((fields.len(), least));
        if named > most || fields.len() < least {
            let found = Count(fields.len(), "field").to_string();
            let expected = format!("{most} as in the first line");
            return Err(Fault::new(found, expected).at(fields[0].place));
        }
        fields.resize(most, end);
        Ok(Some(fields))
    }

    fn field(&mut self) -> Result<Field<'a>, Fault> {
        let place = self.place();
        let text = if self.rest.starts_with('"') { self.quoted()? } else { self.unquoted()? };
        Ok(self.field_of(text, place))
    }

    fn field_of(&self, text: Cow<'a, str>, place: Place) -> Field<'a> {
        Field { text, place, decimal_comma: self.separator != ',' }
    }

    /// A field up to the next separator or line end.
    fn unquoted(&mut self) -> Result<Cow<'a, str>, Fault> {
        let ends = [self.separator, '\r', '\n', '"'];
        let end = self.rest.find(ends).unwrap_or(self.rest.len());
        let text = self.advance(end);
        if self.rest.starts_with('"') {
            return Err(self.fault("a quote in an unquoted field", "none"));
        }
        Ok(text.into())
    }

    /// A field in quotes.
    fn quoted(&mut self) -> Result<Cow<'a, str>, Fault> {
        let unclosed = self.fault("a quote that is never closed", "a second one");
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
        Err(self.fault("more after the closing quote", "a comma or a new line"))
    }
}

/// A table whose first line names its columns.
///
/// ```
/// let table = datasets::csv::table(b"Alcohol,hue,class\n14.2,1.04,A\n12.4,0.98,B\n")?;
/// assert_eq!(table.numbers(&["hue", "alcohol"])?.row(0), [1.04, 14.2]);
/// assert_eq!(table.classes("class")?, (vec![0, 1], vec!["A".to_string(), "B".to_string()]));
/// # Ok::<(), datasets::Fault>(())
/// ```
///
/// # Errors
/// As for [`records`]. The rows bring their own errors.
pub fn table(bytes: &[u8]) -> Result<Table<'_>, Fault> {
    let mut rows = records(bytes)?;
    let header = rows.next().unwrap_or_else(|| Err(rows.no_rows()))?;
    Ok(Table { header, rows })
}

/// The table that [`table`] returns.
#[derive(Clone, Debug)]
pub struct Table<'a> {
    /// The fields of the first line.
    pub header: Vec<Field<'a>>,
    /// The records after it.
    pub rows: Records<'a>,
}

impl<'a> Table<'a> {
    /// The number of the column with this name or, if there is none, with one that differs in upper
    /// or lower case, blanks, points and the like.
    ///
    /// # Errors
    /// If there is no such column, or a second one.
    pub fn column(&self, name: &str) -> Result<usize, Fault> {
        let (same, alike) = (|field: &str| field.trim() == name, letters(name));
        match self.header.iter().any(|field| same(&field.text)) {
            true => self.find(name, same),
            false => self.find(name, |field| !alike.is_empty() && letters(field) == alike),
        }
    }

    /// The number of the column whose name `is_it`; errors call it `name`.
    pub(crate) fn find(&self, name: &str, is_it: impl Fn(&str) -> bool) -> Result<usize, Fault> {
        let mut found = (0..self.header.len()).filter(|&i| is_it(&self.header[i].text));
        match (found.next(), found.next()) {
            (Some(i), None) => Ok(i),
            (None, _) => Err(self.no_column(name)),
            (_, Some(i)) => {
                let found = format!("a second column '{name}' in the header");
                Err(Fault::new(found, "one").at(self.header[i].place))
            }
        }
    }

    /// The fault for a missing column `name`. If the first line is no header at all, the fault says
    /// what it is.
    fn no_column(&self, name: &str) -> Fault {
        let first = &self.header[0];
        if first.text.trim_start().starts_with('#') {
            let note = "take out such lines with `grep -v '^#' FILE > NEW.csv`";
            return Fault::new("a comment", "the names of the columns").note(note).at(first.place);
        }
        if self.is_separated_by_spaces() {
            let expected = "commas, semicolons or tabs";
            let note = "convert it with `tr -s ' ' , < FILE > NEW.csv`";
            let fault = Fault::new("fields separated by spaces", expected);
            return fault.note(note).at(first.place);
        }
        if let Some(number) = self.header.iter().find(|field| field.number().is_ok()) {
            let found = format!("{} in the first line", Quoted(number.text.trim()));
            let expected = format!("the names of the columns, one of them '{name}'");
            return Fault::new(found, expected).at(number.place);
        }
        let shown = |field: &Field| Shortened(field.text.trim()).to_string();
        let columns: Vec<String> = self.header.iter().map(shown).collect();
        let word = if columns.len() == 1 { "column" } else { "columns" };
        let found = format!("the {word} {}", List(&columns));
        Fault::new(found, format!("one named '{name}'")).at(first.place)
    }

    /// Whether this line and the next are both one field of as many words, which a sentence is not.
    fn is_separated_by_spaces(&self) -> bool {
        let words = |row: &[Field]| match row {
            [field] => field.text.split_whitespace().count(),
            _ => 0,
        };
        let next = self.rows.clone().next().and_then(Result::ok).unwrap_or_default();
        words(&self.header) > 2 && words(&next) == words(&self.header)
    }

    /// The numbers in the columns `names`, one row to a row: n × D for D names.
    ///
    /// # Errors
    /// If a column is missing, a value is not a finite number, or there are no rows.
    pub fn numbers(&self, names: &[&str]) -> Result<Matrix, Fault> {
        let columns: Result<Vec<_>, _> = names.iter().map(|name| self.column(name)).collect();
        let (n, numbers) = self.values(&columns?, Field::number)?;
        Ok(Matrix::from_vec(n, names.len(), numbers))
    }

    /// The class of each row, as an index into the names that come second: the texts in this
    /// column, each once, in alphabetical order.
    ///
    /// # Errors
    /// If the column is missing, a field is blank, or there are no rows.
    pub fn classes(&self, name: &str) -> Result<(Vec<usize>, Vec<String>), Fault> {
        let (_, texts) = self.values(&[self.column(name)?], |field| match field.is_missing() {
            true => Err(field.fault("a class")),
            false => Ok(field.text.trim().to_owned()),
        })?;
        let mut names = texts.clone();
        names.sort();
        names.dedup();
        let class = |text: &String| names.binary_search(text).expect("each text is a name");
        Ok((texts.iter().map(class).collect(), names))
    }

    /// The number of rows, and the values of the fields in these columns, row after row.
    fn values<T>(
        &self,
        columns: &[usize],
        value: impl Fn(&Field<'a>) -> Result<T, Fault>,
    ) -> Result<(usize, Vec<T>), Fault> {
        let (mut rows, mut n, mut values) = (self.rows.clone(), 0, Vec::new());
        for row in rows.by_ref() {
            let row = row?;
            n += 1;
            for &column in columns {
                values.push(value(&row[column])?);
            }
        }
        if n == 0 { Err(rows.no_rows()) } else { Ok((n, values)) }
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
