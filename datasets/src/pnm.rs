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

impl Reader<'_> {
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
        let pixels = match format {
            b'1' => self.plain(rows, cols, Self::bit),
            b'2' => {
                self.plain(rows, cols, |reader| Ok(scaled(reader.number("a pixel", 0, max)?, max)))
            }
            b'3' => self.plain(rows, cols, |reader| {
                let mut sample = || Ok(scaled(reader.number("a sample", 0, max)?, max));
                Ok(grey([sample()?, sample()?, sample()?]))
            }),
            b'4' => self.bits(rows, cols),
            b'5' => self.raw::<1>(rows, cols, max, |[shade]| shade),
            _ => self.raw::<3>(rows, cols, max, grey),
        }?;
        match self.bytes.len() - self.offset {
            0 => Ok(Picture { rows, cols, pixels }),
            n => Err(Fault::new(format!("{} too many", Count(n, "byte")), "the end")),
        }
    }

    /// Pixels in plain text. The vector grows with the pixels found, whatever the header states.
    fn plain(
        &mut self,
        rows: usize,
        cols: usize,
        mut pixel: impl FnMut(&mut Self) -> Result<u8, Fault>,
    ) -> Result<Vec<u8>, Fault> {
        let mut pixels = Vec::new();
        for _ in 0..rows.saturating_mul(cols) {
            steps(1);
            pixels.push(pixel(self)?);
        }
        self.skip_blanks();
        Ok(pixels)
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

    /// The bytes of all rows, `length` for each; `None` is a length that overflows.
    fn rows(&mut self, rows: usize, cols: usize, length: Option<usize>) -> Result<&[u8], Fault> {
        match self.bytes.get(self.offset) {
            // The end of this comment's line is the whitespace between header and pixels.
            Some(b'#') => self.skip_comment(),
            Some(byte) if is_blank(*byte) => self.offset += 1,
            Some(&found) => return Err(other_byte(found, "whitespace")),
            None => return Err(end("whitespace")),
        }
        let rest = &self.bytes[self.offset..];
        let length = length.and_then(|length| length.checked_mul(rows));
        steps(length.unwrap_or(0).min(rest.len()));
        let bytes = length.and_then(|length| rest.get(..length));
        bytes.ok_or_else(|| {
            let expected = format!("{} of {}", Count(rows, "row"), Count(cols, "pixel"));
            Fault::new(Count(rest.len(), "byte").to_string(), expected)
        })
    }

    /// Eight pixels in a byte, the highest bit first, 1 for black. Each row starts with a new byte.
    fn bits(&mut self, rows: usize, cols: usize) -> Result<Vec<u8>, Fault> {
        let length = cols.div_ceil(8);
        let bytes = self.rows(rows, cols, Some(length))?;
        let shade = |bit: u8| if bit == 1 { 0 } else { 255 };
        let mut pixels = Vec::with_capacity(rows * cols);
        for row in bytes.chunks(length) {
            pixels.extend((0..cols).map(|x| shade(row[x / 8] >> (7 - x % 8) & 1)));
        }
        self.offset += rows * length;
        Ok(pixels)
    }

    /// Samples of one byte, or of two, big-endian, if `max` is above 255; `shade` converts the N
    /// samples of a pixel to grey.
    fn raw<const N: usize>(
        &mut self,
        rows: usize,
        cols: usize,
        max: usize,
        shade: impl Fn([u8; N]) -> u8,
    ) -> Result<Vec<u8>, Fault> {
        let width = if max < 256 { 1 } else { 2 };
        let bytes = self.rows(rows, cols, cols.checked_mul(N * width))?;
        let value = |sample: &[u8]| sample.iter().fold(0, |v, &byte| 256 * v + usize::from(byte));
        if max != 255 && max != 65535 {
            let mut samples = bytes.chunks_exact(width);
            if let Some(i) = samples.position(|sample| value(sample) > max) {
                let found = value(&bytes[i * width..][..width]).to_string();
                self.offset += i * width;
                let what = if N == 1 { "a pixel" } else { "a sample" };
                return Err(out_of_range(&found, what, 0, max));
            }
        }
        let pixels = match max {
            255 => bytes.as_chunks().0.iter().map(|samples| shade(*samples)).collect(),
            _ => {
                let sample = |pixel: &[u8], i| scaled(value(&pixel[i * width..][..width]), max);
                let pixel = |pixel| shade(std::array::from_fn(|i| sample(pixel, i)));
                bytes.chunks_exact(N * width).map(pixel).collect()
            }
        };
        self.offset += bytes.len();
        Ok(pixels)
    }

    /// A decimal number after whitespace or a comment.
    fn number(&mut self, what: &'static str, least: usize, most: usize) -> Result<usize, Fault> {
        let before = self.offset;
        self.skip_blanks();
        let start = self.offset;
        match self.bytes.get(start) {
            None => return Err(end(what)),
            Some(&found) if start == before => return Err(other_byte(found, "whitespace")),
            Some(&found) if !found.is_ascii_digit() => return Err(other_byte(found, what)),
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
        let digits = &self.bytes[start..self.offset];
        self.offset = start;
        Err(out_of_range(&String::from_utf8_lossy(digits), what, least, most))
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
