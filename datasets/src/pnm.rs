//! Grey pictures in the PGM format of Netpbm, plain (`P2`) and raw (`P5`).
//!
//! The format: <https://netpbm.sourceforge.net/doc/pgm.html>. One picture to a file.

use crate::foreign::{Foreign, Wanted, foreign};
use crate::text::Shortened;
use crate::{Error, file};
use std::fmt;
use std::path::Path;

/// The largest width and height: no file that is read holds more pixels.
const MOST_SIZE: usize = file::LIMIT as usize;

/// A grey picture, row after row from the top left; 0 is black, 255 white.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Image {
    /// The height.
    pub rows: usize,
    /// The width.
    pub cols: usize,
    /// rows × cols shades of grey.
    pub pixels: Vec<u8>,
}

/// What is wrong with a PGM file, and at which byte of it, counted from 0.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PnmError {
    /// Where the reader stopped.
    pub offset: usize,
    /// Why.
    pub problem: PnmProblem,
}

/// Why a PGM file could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the messages below explain the fields")]
pub enum PnmProblem {
    Foreign(Foreign),
    Magic,
    End { expected: &'static str },
    Byte { found: u8, expected: &'static str },
    OutOfRange { what: &'static str, found: String, least: usize, most: usize },
    Short { found: usize, rows: usize, cols: usize },
    LeftOver { bytes: usize },
}

impl fmt::Display for PnmError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use PnmProblem::*;
        write!(f, "byte {}: ", self.offset)?;
        match &self.problem {
            Foreign(found) => found.fmt(f),
            Magic => write!(f, "found no PGM picture, expected 'P2' or 'P5'"),
            End { expected } => write!(f, "found the end of the file, expected {expected}"),
            Byte { found, expected } => {
                write!(f, "found '{}', expected {expected}", found.escape_ascii())
            }
            OutOfRange { what, found, least, most } => {
                write!(f, "found {} as {what}, expected {least} to {most}", Shortened(found))
            }
            Short { found, rows, cols } => {
                write!(f, "found {found} bytes, expected {rows} rows of {cols} pixels")
            }
            LeftOver { bytes } => write!(f, "found {bytes} bytes too many, expected the end"),
        }
    }
}

impl std::error::Error for PnmError {}

/// The picture in the file `path`.
///
/// # Errors
/// If the file cannot be read or is not a PGM picture.
pub fn read(path: &Path) -> Result<Image, Error> {
    parse(&file::read(path)?).map_err(|error| Error::new(path, error))
}

/// Writes `image` to the file `path`, as [`to_bytes`] gives it.
///
/// # Errors
/// If the file cannot be written.
pub fn write(path: &Path, image: &Image) -> Result<(), Error> {
    file::write(path, &to_bytes(image))
}

/// The bytes of a raw (`P5`) PGM file that shows `image`.
pub fn to_bytes(image: &Image) -> Vec<u8> {
    let mut bytes = format!("P5\n{} {}\n255\n", image.cols, image.rows).into_bytes();
    bytes.extend_from_slice(&image.pixels);
    bytes
}

/// The picture in the bytes of a PGM file.
///
/// Comments are skipped, in the header and between the numbers of a plain picture. Where the
/// largest value M is not 255, a value v becomes 255 v / M, rounded to the nearest.
///
/// # Errors
/// If the bytes are anything but one PGM picture with at least one pixel.
pub fn parse(bytes: &[u8]) -> Result<Image, PnmError> {
    let mut reader = Reader { bytes, offset: 0 };
    reader.picture().map_err(|problem| PnmError { offset: reader.offset, problem })
}

/// The bytes and how far they are read. After an error, `offset` is the place it speaks of.
struct Reader<'a> {
    bytes: &'a [u8],
    offset: usize,
}

impl Reader<'_> {
    fn picture(&mut self) -> Result<Image, PnmProblem> {
        let plain = match self.bytes {
            [b'P', b'2', ..] => true,
            [b'P', b'5', ..] => false,
            _ => {
                let found = foreign(self.bytes, Wanted::Picture);
                return Err(found.map_or(PnmProblem::Magic, PnmProblem::Foreign));
            }
        };
        self.offset = 2;
        let cols = self.number("a width", 1, MOST_SIZE)?;
        let rows = self.number("a height", 1, MOST_SIZE)?;
        let max = self.number("a largest value", 1, 65535)?;
        let pixels = if plain { self.plain(rows, cols, max)? } else { self.raw(rows, cols, max)? };
        match self.bytes.len() - self.offset {
            0 => Ok(Image { rows, cols, pixels }),
            bytes => Err(PnmProblem::LeftOver { bytes }),
        }
    }

    /// Decimal numbers. The vector grows as they come, whatever the header announces.
    fn plain(&mut self, rows: usize, cols: usize, max: usize) -> Result<Vec<u8>, PnmProblem> {
        let mut pixels = Vec::new();
        for _ in 0..rows.saturating_mul(cols) {
            pixels.push(scaled(self.number("a pixel", 0, max)?, max));
        }
        self.skip_blanks();
        Ok(pixels)
    }

    /// One byte to a pixel, or two, the more significant one first, if `max` needs two.
    fn raw(&mut self, rows: usize, cols: usize, max: usize) -> Result<Vec<u8>, PnmProblem> {
        match self.bytes.get(self.offset) {
            // A comment here ends in the one blank that parts header and pixels.
            Some(b'#') => self.skip_comment(),
            Some(byte) if is_blank(*byte) => self.offset += 1,
            Some(&found) => return Err(PnmProblem::Byte { found, expected: "a blank" }),
            None => return Err(PnmProblem::End { expected: "a blank" }),
        }
        let rest = &self.bytes[self.offset..];
        let width = if max < 256 { 1 } else { 2 };
        let length = rows.checked_mul(cols).and_then(|n| n.checked_mul(width));
        let Some(pixels) = length.and_then(|n| rest.get(..n)) else {
            return Err(PnmProblem::Short { found: rest.len(), rows, cols });
        };
        if max == 255 {
            self.offset += pixels.len();
            return Ok(pixels.to_vec());
        }
        let mut shades = Vec::with_capacity(rows * cols);
        for sample in pixels.chunks_exact(width) {
            let value = sample.iter().fold(0, |value, &byte| 256 * value + usize::from(byte));
            if value > max {
                let (what, found) = ("a pixel", value.to_string());
                return Err(PnmProblem::OutOfRange { what, found, least: 0, most: max });
            }
            shades.push(scaled(value, max));
            self.offset += width;
        }
        Ok(shades)
    }

    /// A decimal number after at least one blank or comment.
    fn number(
        &mut self,
        what: &'static str,
        least: usize,
        most: usize,
    ) -> Result<usize, PnmProblem> {
        let before = self.offset;
        self.skip_blanks();
        let start = self.offset;
        match self.bytes.get(start) {
            None => return Err(PnmProblem::End { expected: what }),
            Some(&found) if start == before => {
                return Err(PnmProblem::Byte { found, expected: "a blank" });
            }
            Some(&found) if !found.is_ascii_digit() => {
                return Err(PnmProblem::Byte { found, expected: what });
            }
            Some(_) => {}
        }
        let mut number: usize = 0;
        while let Some(digit @ b'0'..=b'9') = self.bytes.get(self.offset) {
            number = number.saturating_mul(10).saturating_add(usize::from(digit - b'0'));
            self.offset += 1;
        }
        if (least..=most).contains(&number) {
            return Ok(number);
        }
        let found = String::from_utf8_lossy(&self.bytes[start..self.offset]).into_owned();
        self.offset = start;
        Err(PnmProblem::OutOfRange { what, found, least, most })
    }

    fn skip_blanks(&mut self) {
        while let Some(&byte) = self.bytes.get(self.offset) {
            match byte {
                b'#' => self.skip_comment(),
                _ if is_blank(byte) => self.offset += 1,
                _ => break,
            }
        }
    }

    /// Goes from `#` to behind the end of its line.
    fn skip_comment(&mut self) {
        let rest = &self.bytes[self.offset..];
        let line = rest.iter().position(|&byte| byte == b'\n' || byte == b'\r');
        self.offset += line.map_or(rest.len(), |n| n + 1);
    }
}

fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | 0x0b | 0x0c)
}

/// `value` of 0 … `max` on the scale 0 … 255.
fn scaled(value: usize, max: usize) -> u8 {
    ((255 * value + max / 2) / max) as u8
}

#[cfg(test)]
mod tests;
