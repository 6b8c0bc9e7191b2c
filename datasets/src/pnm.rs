//! Reads Netpbm's formats PBM, PGM and PPM, plain (`P1` to `P3`) and raw (`P4` to `P6`), as shades
//! of grey.
//!
//! The formats: <https://netpbm.sourceforge.net/doc/>. A file contains one picture.

use crate::fault::Fault;
use crate::foreign::{Wanted, foreign};
use crate::picture::{Picture, grey};
use crate::steps::steps;
use files::file;
use files::text::{Count, Shortened};
use std::borrow::Cow;

/// The largest width and height: a file of the largest size that is read has no more pixels.
const MOST_SIZE: usize = file::LIMIT as usize;

/// Returns `picture` as the bytes of a raw PGM file (`P5`).
pub fn to_bytes(picture: &Picture) -> Vec<u8> {
    let mut bytes = format!("P5\n{} {}\n255\n", picture.cols, picture.rows).into_bytes();
    bytes.extend_from_slice(&picture.pixels);
    bytes
}

/// Returns the picture in the bytes of a file, in shades of grey.
///
/// Comments are skipped, in the header and between the numbers of a plain picture. If the largest
/// value M is not 255, a value v becomes 255 v / M, rounded to the nearest. Colours become grey by
/// the weights of ITU-R BT.601.
///
/// # Errors
/// If the bytes are not exactly one picture with at least one pixel.
pub fn parse(bytes: &[u8]) -> Result<Picture, Fault> {
    let mut reader = Reader { bytes, offset: 0 };
    reader.picture().map_err(|fault| fault.at_byte(reader.offset))
}

/// The bytes, and the offset of the next one to read. After an error, it is the place of the error.
struct Reader<'a> {
    bytes: &'a [u8],
    offset: usize,
}

impl<'a> Reader<'a> {
    fn picture(&mut self) -> Result<Picture, Fault> {
        let format = match self.bytes {
            [b'P', format @ b'1'..=b'6', ..] => *format,
            bytes => {
                let other = || Fault::new("bytes of no known format", Wanted::Picture.to_string());
                return Err(foreign(bytes, Wanted::Picture).unwrap_or_else(other));
            }
        };
        self.offset = 2;
        let cols = self.number("a width", 1, MOST_SIZE)?;
        let rows = self.number("a height", 1, MOST_SIZE)?;
        let max = match format {
            b'1' | b'4' => 1,
            _ => self.number("a largest value", 1, 65535)?,
        };
        let (colours, what) = match format {
            b'3' | b'6' => (3, "a sample"),
            _ => (1, "a pixel"),
        };
        let count = rows.saturating_mul(cols).saturating_mul(colours);
        let samples = match format {
            b'1' => self.plain(count, Self::bit)?.into(),
            b'2' | b'3' => {
                self.plain(count, |reader| Ok(scaled(reader.number(what, 0, max)?, max)))?.into()
            }
            b'4' => self.bits(rows, cols)?.into(),
            _ => self.raw(rows, cols, colours, max, what)?,
        };
        let pixels = match colours {
            1 => samples.into_owned(),
            _ => samples.as_chunks().0.iter().map(|rgb| grey(*rgb)).collect(),
        };
        match self.bytes.len() - self.offset {
            0 => Ok(Picture { rows, cols, pixels }),
            n => Err(Fault::new(format!("{} too many", Count(n, "byte")), "the end")),
        }
    }

    /// Samples in plain text. The vector grows with those found, whatever the header states.
    fn plain(
        &mut self,
        count: usize,
        mut sample: impl FnMut(&mut Self) -> Result<u8, Fault>,
    ) -> Result<Vec<u8>, Fault> {
        let mut samples = Vec::new();
        for _ in 0..count {
            steps(1);
            samples.push(sample(self)?);
        }
        self.skip_blanks();
        Ok(samples)
    }

    /// A digit, 1 for black. Two of them may follow each other without whitespace.
    fn bit(&mut self) -> Result<u8, Fault> {
        self.skip_blanks();
        let bit = match self.bytes.get(self.offset) {
            Some(b'0') => Ok(255),
            Some(b'1') => Ok(0),
            Some(&found) => Err(other_byte(found, "0 or 1")),
            None => Err(end("a pixel")),
        }?;
        self.offset += 1;
        Ok(bit)
    }

    /// The bytes of all rows, `length` for each.
    fn rows(&mut self, rows: usize, cols: usize, length: usize) -> Result<&'a [u8], Fault> {
        match self.bytes.get(self.offset) {
            // The end of this comment's line is the whitespace between header and pixels.
            Some(b'#') => self.skip_comment(),
            Some(byte) if is_blank(*byte) => self.offset += 1,
            Some(&found) => return Err(other_byte(found, "whitespace")),
            None => return Err(end("whitespace")),
        }
        let rest = &self.bytes[self.offset..];
        let length = rows.saturating_mul(length);
        steps(length.min(rest.len()));
        rest.get(..length).ok_or_else(|| {
            let expected = format!("{} of {}", Count(rows, "row"), Count(cols, "pixel"));
            Fault::new(Count(rest.len(), "byte").to_string(), expected)
        })
    }

    /// Eight pixels in a byte, the highest bit first, 1 for black. Each row starts with a new byte.
    fn bits(&mut self, rows: usize, cols: usize) -> Result<Vec<u8>, Fault> {
        let length = cols.div_ceil(8);
        let bytes = self.rows(rows, cols, length)?;
        let shade = |bit: u8| if bit == 1 { 0 } else { 255 };
        let mut pixels = Vec::with_capacity(rows * cols);
        for row in bytes.chunks(length) {
            pixels.extend((0..cols).map(|x| shade(row[x / 8] >> (7 - x % 8) & 1)));
        }
        self.offset += rows * length;
        Ok(pixels)
    }

    /// Samples of one byte, or of two, big-endian, if `max` is above 255.
    fn raw(
        &mut self,
        rows: usize,
        cols: usize,
        colours: usize,
        max: usize,
        what: &str,
    ) -> Result<Cow<'a, [u8]>, Fault> {
        let width = if max < 256 { 1 } else { 2 };
        let bytes = self.rows(rows, cols, cols.saturating_mul(colours * width))?;
        if max == 255 {
            self.offset += bytes.len();
            return Ok(bytes.into());
        }
        let mut samples = Vec::with_capacity(bytes.len() / width);
        for sample in bytes.chunks_exact(width) {
            let value = sample.iter().fold(0, |v, &byte| 256 * v + usize::from(byte));
            if value > max {
                return Err(out_of_range(&value.to_string(), what, 0, max));
            }
            samples.push(scaled(value, max));
            self.offset += width;
        }
        Ok(samples.into())
    }

    /// A decimal number after whitespace or a comment.
    fn number(&mut self, what: &str, least: usize, most: usize) -> Result<usize, Fault> {
        let before = self.offset;
        self.skip_blanks();
        let rest = &self.bytes[self.offset..];
        let digits = &rest[..rest.iter().take_while(|byte| byte.is_ascii_digit()).count()];
        match rest {
            [] => return Err(end(what)),
            [found, ..] if self.offset == before => return Err(other_byte(*found, "whitespace")),
            [found, ..] if digits.is_empty() => return Err(other_byte(*found, what)),
            _ => {}
        }
        let digits = String::from_utf8_lossy(digits);
        let number = digits.parse().ok().filter(|number| (least..=most).contains(number));
        let number = number.ok_or_else(|| out_of_range(&digits, what, least, most))?;
        self.offset += digits.len();
        Ok(number)
    }

    fn skip_blanks(&mut self) {
        while let Some(&byte) = self.bytes.get(self.offset) {
            steps(1);
            match byte {
                b'#' => self.skip_comment(),
                _ if is_blank(byte) => self.offset += 1,
                _ => break,
            }
        }
    }

    /// Skips from `#` to the start of the next line.
    fn skip_comment(&mut self) {
        let rest = &self.bytes[self.offset..];
        let line = rest.iter().position(|&byte| byte == b'\n' || byte == b'\r');
        let length = line.map_or(rest.len(), |n| n + 1);
        steps(length);
        self.offset += length;
    }
}

/// The fault for a file that ends before `expected`.
fn end(expected: &str) -> Fault {
    Fault::new("the end of the file", expected)
}

/// The fault for a byte `found` in place of `expected`.
fn other_byte(found: u8, expected: &str) -> Fault {
    Fault::new(format!("'{}'", found.escape_ascii()), expected)
}

/// The fault for a number that is too small or too large.
fn out_of_range(digits: &str, what: &str, least: usize, most: usize) -> Fault {
    Fault::new(format!("{} as {what}", Shortened(digits)), format!("{least} to {most}"))
}

fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | 0x0b | 0x0c)
}

/// Scales `value` from 0 … `max` to 0 … 255, rounded to the nearest.
fn scaled(value: usize, max: usize) -> u8 {
    ((255 * value + max / 2) / max) as u8
}

#[cfg(test)]
mod tests;
