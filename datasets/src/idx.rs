//! Images and labels in the IDX format of the MNIST files, plain or gzip-compressed.
//!
//! The format, as the page of MNIST gives it: two zero bytes, the type of the elements, the
//! number of dimensions, each dimension as a big-endian 32-bit number, and the elements.
//! Compressed data are recognised by their first bytes, whatever the name of the file.

use crate::foreign::{Foreign, Wanted, foreign};
use crate::gzip::{self, GzipError, GzipProblem};
use std::fmt;

/// Compressed data may decompress to this many times their size …
pub const MOST_RATIO: usize = 64;
/// … or to this many bytes, if that is more. Decompress a file that goes beyond with `gunzip`.
pub const LEAST_LIMIT: usize = 16 << 20;

/// No more bytes of a file are needed to know its format.
const MOST_SIGNATURE: usize = 512;

/// The number that files of unsigned bytes in three dimensions start with.
const IMAGES: u32 = 0x0803;
/// The number that files of unsigned bytes in one dimension start with.
const LABELS: u32 = 0x0801;

/// What is wrong with an IDX file. The message says at which byte, counted from 0: of the file or,
/// if it holds sound gzip data, of what comes out of them.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the messages below explain the fields")]
pub enum IdxError {
    Foreign(Foreign),
    Gzip(GzipError),
    GzipTwice,
    GzipRatio { bytes: usize, limit: usize },
    Swapped { found: u32, expected: u32 },
    Magic { found: u32, expected: u32 },
    Type { found: u8 },
    Dimensions { found: u8, expected: u8 },
    Header { found: usize, expected: usize },
    Zero { shape: Vec<u32> },
    Overflow { shape: Vec<u32> },
    Short { shape: Vec<u32>, missing: usize },
    Long { shape: Vec<u32>, left_over: usize },
    LongCompressed { shape: Vec<u32>, more_than: usize },
}

impl IdxError {
    /// The byte that is not as expected.
    fn offset(&self) -> usize {
        use IdxError::*;
        match self {
            Type { .. } => 2,
            Dimensions { .. } => 3,
            Header { found, .. } => *found,
            Zero { .. } | Overflow { .. } => 4,
            Short { shape, .. } | Long { shape, .. } | LongCompressed { shape, .. } => {
                4 + 4 * shape.len()
            }
            _ => 0,
        }
    }
}

/// The type of element that a byte of the header stands for.
fn type_name(code: u8) -> Option<&'static str> {
    Some(match code {
        0x08 => "unsigned bytes",
        0x09 => "signed bytes",
        0x0b => "16-bit integers",
        0x0c => "32-bit integers",
        0x0d => "32-bit floating-point numbers",
        0x0e => "64-bit floating-point numbers",
        _ => return None,
    })
}

struct Shape<'a>(&'a [u32]);

impl fmt::Display for Shape<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, dimension) in self.0.iter().enumerate() {
            write!(f, "{}{dimension}", if i > 0 { "×" } else { "" })?;
        }
        Ok(())
    }
}

impl fmt::Display for IdxError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use IdxError::*;
        if let Gzip(error) = self {
            return error.fmt(f); // with the place
        }
        write!(f, "byte {}: ", self.offset())?;
        match self {
            Foreign(found) => found.fmt(f),
            Gzip(error) => error.fmt(f),
            GzipTwice => {
                f.write_str("found gzip data inside gzip data, expected IDX data: unpack it once with `gunzip FILE`")
            }
            GzipRatio { bytes, limit } => write!(
                f,
                "found {bytes} bytes that decompress to more than {limit}, expected less: \
                 gunzip the file if it is no trap"
            ),
            Swapped { found, expected } => write!(
                f,
                "found magic number {found:#010x}, expected {expected:#010x}: its bytes are \
                 swapped, the file was written with the least significant byte first"
            ),
            Magic { found, expected } => write!(
                f,
                "found magic number {found:#010x}, expected {expected:#010x}: not an IDX file"
            ),
            Type { found } => write!(
                f,
                "found {} ({found:#04x}) as elements, expected unsigned bytes (0x08)",
                type_name(*found).unwrap_or("an unknown type")
            ),
            Dimensions { found, expected } => {
                let name = |n: &u8| match n {
                    1 => "1 dimension, as labels have",
                    3 => "3 dimensions, as images have",
                    _ => "",
                };
                match name(found) {
                    "" => write!(f, "found {found} dimensions")?,
                    text => write!(f, "found {text}")?,
                }
                write!(f, ", expected {}", name(expected))
            }
            Header { found, expected } => {
                write!(f, "found {found} bytes, expected a header of {expected}")
            }
            Zero { shape } => write!(f, "found {} elements, expected some", Shape(shape)),
            Overflow { shape } => {
                write!(f, "found {} elements, expected a number that can be held", Shape(shape))
            }
            Short { shape, missing } => {
                write!(f, "found {missing} bytes too few, expected {} elements", Shape(shape))
            }
            Long { shape, left_over } => {
                write!(f, "found {left_over} bytes too many, expected {} elements", Shape(shape))
            }
            LongCompressed { shape, more_than } => write!(
                f,
                "found more than {more_than} bytes too many, expected {} elements",
                Shape(shape)
            ),
        }
    }
}

impl std::error::Error for IdxError {}

/// Rows, columns and the pixels of all images, image after image and row after row.
///
/// ```
/// let file = b"\0\0\x08\x03\0\0\0\x01\0\0\0\x02\0\0\0\x03abcdef"; // 1×2×3
/// assert_eq!(datasets::idx::parse_images(file), Ok((2, 3, b"abcdef".to_vec())));
/// ```
///
/// # Errors
/// If `bytes` are anything but one or more images of unsigned bytes.
pub fn parse_images(bytes: &[u8]) -> Result<(usize, usize, Vec<u8>), IdxError> {
    let (shape, pixels) = parse(bytes, IMAGES)?;
    Ok((shape[1] as usize, shape[2] as usize, pixels))
}

/// The labels, one for each image.
///
/// # Errors
/// If `bytes` are anything but one or more unsigned bytes in one dimension.
pub fn parse_labels(bytes: &[u8]) -> Result<Vec<u8>, IdxError> {
    Ok(parse(bytes, LABELS)?.1)
}

/// The shape and the elements of a file that should start with `magic`.
fn parse(bytes: &[u8], magic: u32) -> Result<(Vec<u32>, Vec<u8>), IdxError> {
    let header_len = 4 + 4 * (magic as usize & 0xff);
    if !gzip::is_gzip(bytes) {
        let shape = header(bytes, magic)?;
        check_length(&shape, header_len, bytes.len())?;
        return Ok((shape, bytes[header_len..].to_vec()));
    }

    // The header says how much should come out; the data decide how much does.
    let start = gzip::decompress_start(bytes, MOST_SIGNATURE).map_err(IdxError::Gzip)?;
    if gzip::is_gzip(&start) {
        return Err(IdxError::GzipTwice);
    }
    let shape = header(&start, magic)?;
    let announced = announced(&shape, header_len)?;
    let limit = LEAST_LIMIT.max(bytes.len().saturating_mul(MOST_RATIO));
    let mut data = gzip::decompress(bytes, announced.min(limit))
        .or_else(|error| match error.problem {
            // Again, to count what is left over.
            GzipProblem::TooLong { .. } if announced < limit => gzip::decompress(bytes, limit),
            _ => Err(error),
        })
        .map_err(|error| match error.problem {
            GzipProblem::TooLong { .. } if announced < limit => {
                IdxError::LongCompressed { shape: shape.clone(), more_than: limit - announced }
            }
            GzipProblem::TooLong { .. } => IdxError::GzipRatio { bytes: bytes.len(), limit },
            _ => IdxError::Gzip(error),
        })?;
    check_length(&shape, header_len, data.len())?;
    data.drain(..header_len);
    Ok((shape, data))
}

/// The dimensions that the header announces, if it starts with `magic`.
fn header(bytes: &[u8], magic: u32) -> Result<Vec<u32>, IdxError> {
    let dimensions = magic as u8;
    let expected = 4 + 4 * usize::from(dimensions);
    let Some((found, rest)) = bytes.split_first_chunk() else {
        let header = IdxError::Header { found: bytes.len(), expected };
        return Err(foreign(bytes, Wanted::Idx).map_or(header, IdxError::Foreign));
    };
    let found = u32::from_be_bytes(*found);
    if found != magic {
        return Err(match found.to_be_bytes() {
            [0, 0, 8, found] => IdxError::Dimensions { found, expected: dimensions },
            [0, 0, found, _] if type_name(found).is_some() => IdxError::Type { found },
            [1..=9, code, 0, 0] if type_name(code).is_some() => {
                IdxError::Swapped { found, expected: magic }
            }
            _ => match foreign(bytes, Wanted::Idx) {
                Some(found) => IdxError::Foreign(found),
                None => IdxError::Magic { found, expected: magic },
            },
        });
    }
    let (words, _) = rest.as_chunks();
    match words.get(..usize::from(dimensions)) {
        Some(words) => Ok(words.iter().map(|word| u32::from_be_bytes(*word)).collect()),
        None => Err(IdxError::Header { found: bytes.len(), expected }),
    }
}

/// The length of header and elements together.
fn announced(shape: &[u32], header_len: usize) -> Result<usize, IdxError> {
    if shape.contains(&0) {
        return Err(IdxError::Zero { shape: shape.to_vec() });
    }
    shape
        .iter()
        .try_fold(1usize, |n, &dimension| n.checked_mul(dimension as usize))
        .and_then(|n| n.checked_add(header_len))
        .ok_or_else(|| IdxError::Overflow { shape: shape.to_vec() })
}

fn check_length(shape: &[u32], header_len: usize, found: usize) -> Result<(), IdxError> {
    let expected = announced(shape, header_len)?;
    let shape = || shape.to_vec();
    match found.checked_sub(expected) {
        None => Err(IdxError::Short { shape: shape(), missing: expected - found }),
        Some(0) => Ok(()),
        Some(left_over) => Err(IdxError::Long { shape: shape(), left_over }),
    }
}

#[cfg(test)]
mod tests;
