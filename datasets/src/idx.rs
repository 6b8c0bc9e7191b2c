//! Images and labels in the IDX format of the MNIST files, plain or gzip-compressed.
//!
//! The format, as the page of MNIST gives it: two zero bytes, the type of the elements, the
//! number of dimensions, each dimension as a big-endian 32-bit number, and the elements.
//! Compressed data are recognised by their first bytes, whatever the name of the file.

use crate::foreign::{Foreign, Wanted, foreign};
use crate::gzip::{self, GzipError, GzipProblem};
use crate::steps::steps;
use files::text::Count;
use std::fmt;

/// Compressed data may decompress to this many times their size …
pub const MOST_RATIO: usize = 64;
/// … or to this many bytes, if that is more. Decompress a file that goes beyond with `gunzip`.
pub const LEAST_LIMIT: usize = 16 << 20;

/// No more bytes of a file are needed to know its format.
const MOST_SIGNATURE: usize = 512;

/// What the files of a data set contain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Content {
    /// Unsigned bytes in three dimensions.
    Images,
    /// Unsigned bytes or, in QMNIST, 32-bit integers; in one dimension or, in QMNIST, in two, of
    /// which the first column counts.
    Labels,
}

impl Content {
    /// The numbers that such a file may start with; the first is the usual one.
    fn magic(self) -> &'static [u32] {
        match self {
            Self::Images => &[0x0803],
            Self::Labels => &[0x0801, 0x0802, 0x0c01, 0x0c02],
        }
    }
}

/// What is wrong with an IDX file. The message says at which byte, counted from 0: of the file or,
/// if it is sound gzip data, of what comes out of them.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the messages below explain the fields")]
pub enum IdxError {
    Foreign(Foreign),
    Gzip(GzipError),
    GzipTwice,
    GzipRatio { bytes: usize, limit: usize },
    Swapped { found: u32, expected: u32 },
    Magic { found: u32, expected: u32 },
    Type { found: u8, content: Content },
    Dimensions { found: u8, content: Content },
    Header { found: usize, expected: usize },
    Zero { shape: Vec<u32> },
    SwappedSizes { shape: Vec<u32> },
    Short { shape: Vec<u32>, missing: u128 },
    Long { shape: Vec<u32>, left_over: usize },
    LongCompressed { shape: Vec<u32>, more_than: usize },
    Label { index: usize, found: i32 },
}

impl IdxError {
    /// The byte that is not as expected.
    fn offset(&self) -> usize {
        use IdxError::*;
        match self {
            Type { .. } => 2,
            Dimensions { .. } => 3,
            Header { found, .. } => *found,
            Zero { .. } | SwappedSizes { .. } => 4,
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
        if !matches!(self, Gzip(_) | Label { .. }) {
            write!(f, "byte {}: ", self.offset())?;
        }
        match self {
            Gzip(error) => error.fmt(f), // with the place
            Label { index, found } => {
                write!(f, "found label {found} for image {index}, expected 0 to 255")
            }
            Foreign(found) => found.fmt(f),
            GzipTwice => {
                f.write_str("found gzip data inside gzip data, expected IDX data: unpack it once with `gunzip FILE`")
            }
            GzipRatio { bytes, limit } => write!(
                f,
                "found {bytes} bytes that decompress to more than {limit}, expected less: \
                 if you trust it, unpack it with `gunzip FILE`"
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
            Type { found, content } => write!(
                f,
                "found {} ({found:#04x}) as elements, expected unsigned bytes (0x08){}",
                type_name(*found).unwrap_or("an unknown type"),
                match content {
                    Content::Images => "",
                    Content::Labels => " or 32-bit integers (0x0c)",
                }
            ),
            Dimensions { found, content } => {
                write!(f, "found {}", Count((*found).into(), "dimension"))?;
                match found {
                    1 => f.write_str(", as labels have")?,
                    3 => f.write_str(", as images have")?,
                    _ => {}
                }
                f.write_str(match content {
                    Content::Images => ", expected 3 dimensions, as images have",
                    Content::Labels => ", expected 1 dimension, as labels have",
                })
            }
            Header { found, expected } => {
                write!(f, "found {}, expected a header of {expected}", Count(*found, "byte"))
            }
            Zero { shape } => write!(f, "found {} elements, expected some", Shape(shape)),
            SwappedSizes { shape } => write!(
                f,
                "found {} elements, expected as many as there are: the bytes of each number are \
                 swapped, the file was written with the least significant byte first",
                Shape(shape)
            ),
            Short { shape, missing: 1 } => {
                write!(f, "found 1 byte too few, expected {} elements", Shape(shape))
            }
            Short { shape, missing } => {
                write!(f, "found {missing} bytes too few, expected {} elements", Shape(shape))
            }
            Long { shape, left_over } => write!(
                f,
                "found {} too many, expected {} elements",
                Count(*left_over, "byte"),
                Shape(shape)
            ),
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
    let (Header { shape, .. }, pixels) = parse(bytes, Content::Images)?;
    Ok((shape[1] as usize, shape[2] as usize, pixels))
}

/// The labels, one for each image. In two dimensions, a label is the first number of its row.
///
/// # Errors
/// If `bytes` are anything but one or more unsigned bytes, or 32-bit integers from 0 to 255, in one
/// or two dimensions.
pub fn parse_labels(bytes: &[u8]) -> Result<Vec<u8>, IdxError> {
    let (Header { size, shape }, data) = parse(bytes, Content::Labels)?;
    steps(data.len());
    let rows = data.chunks_exact(data.len() / shape[0] as usize).enumerate();
    let label = |(index, row): (usize, &[u8])| match row.first_chunk() {
        Some(&first) if size == 4 => {
            let found = i32::from_be_bytes(first);
            u8::try_from(found).map_err(|_| IdxError::Label { index, found })
        }
        _ => Ok(row[0]),
    };
    rows.map(label).collect()
}

/// What a file says of its elements before they come.
struct Header {
    /// How many bytes each takes.
    size: usize,
    shape: Vec<u32>,
}

impl Header {
    /// The header of a file, if it is one that this `content` has.
    fn parse(bytes: &[u8], content: Content) -> Result<Self, IdxError> {
        let magic = content.magic();
        let short = |found: &[u8], magic: u32| {
            let expected = 4 + 4 * (magic as usize & 0xff);
            IdxError::Header { found: found.len(), expected }
        };
        let Some((found, rest)) = bytes.split_first_chunk() else {
            let other = foreign(bytes, Wanted::Idx).map(IdxError::Foreign);
            return Err(other.unwrap_or(short(bytes, magic[0])));
        };
        let found = u32::from_be_bytes(*found);
        let [_, _, code, dimensions] = found.to_be_bytes();
        if !magic.contains(&found) {
            let is_type = |code| magic.iter().any(|magic| (magic >> 8) as u8 == code);
            return Err(match found.to_be_bytes() {
                [0, 0, _, found] if is_type(code) => IdxError::Dimensions { found, content },
                [0, 0, found, _] if type_name(found).is_some() => IdxError::Type { found, content },
                [1..=9, code, 0, 0] if type_name(code).is_some() => {
                    IdxError::Swapped { found, expected: magic[0] }
                }
                _ => match foreign(bytes, Wanted::Idx) {
                    Some(found) => IdxError::Foreign(found),
                    None => IdxError::Magic { found, expected: magic[0] },
                },
            });
        }
        let (words, _) = rest.as_chunks();
        let words = words.get(..dimensions.into()).ok_or_else(|| short(bytes, found))?;
        let shape: Vec<u32> = words.iter().map(|word| u32::from_be_bytes(*word)).collect();
        if shape.contains(&0) {
            return Err(IdxError::Zero { shape });
        }
        Ok(Self { size: if code == 0x0c { 4 } else { 1 }, shape })
    }

    /// The length of this header.
    fn len(&self) -> usize {
        4 + 4 * self.shape.len()
    }

    /// The length of header and elements together, which no machine may be able to hold.
    fn announced(&self) -> u128 {
        let elements: u128 = self.shape.iter().map(|&dimension| u128::from(dimension)).product();
        self.len() as u128 + elements * self.size as u128
    }

    fn check_length(&self, found: usize) -> Result<(), IdxError> {
        let shape = || self.shape.clone();
        let swapped = self.shape.iter().map(|dimension| dimension.swap_bytes()).collect();
        if self.announced() != found as u128
            && (Self { shape: swapped, ..*self }).announced() == found as u128
        {
            return Err(IdxError::SwappedSizes { shape: shape() });
        }
        match (found as u128).checked_sub(self.announced()) {
            None => {
                Err(IdxError::Short { shape: shape(), missing: self.announced() - found as u128 })
            }
            Some(0) => Ok(()),
            Some(left_over) => {
                Err(IdxError::Long { shape: shape(), left_over: left_over as usize })
            }
        }
    }
}

/// The header and the elements of a file.
fn parse(bytes: &[u8], content: Content) -> Result<(Header, Vec<u8>), IdxError> {
    if !gzip::is_gzip(bytes) {
        let header = Header::parse(bytes, content)?;
        header.check_length(bytes.len())?;
        let data = bytes[header.len()..].to_vec();
        return Ok((header, data));
    }

    // The header says how much should come out; the data decide how much does.
    let start = gzip::decompress_start(bytes, MOST_SIGNATURE).map_err(IdxError::Gzip)?;
    if gzip::is_gzip(&start) {
        return Err(IdxError::GzipTwice);
    }
    let header = Header::parse(&start, content)?;
    let limit = LEAST_LIMIT.max(bytes.len().saturating_mul(MOST_RATIO));
    let announced = usize::try_from(header.announced()).unwrap_or(usize::MAX);
    let mut data = gzip::decompress(bytes, announced.min(limit))
        .or_else(|error| match error.problem {
            // Again, to count what is left over.
            GzipProblem::TooLong { .. } if announced < limit => gzip::decompress(bytes, limit),
            _ => Err(error),
        })
        .map_err(|error| match error.problem {
            GzipProblem::TooLong { .. } if announced < limit => {
                let (shape, more_than) = (header.shape.clone(), limit - announced);
                IdxError::LongCompressed { shape, more_than }
            }
            GzipProblem::TooLong { .. } => IdxError::GzipRatio { bytes: bytes.len(), limit },
            _ => IdxError::Gzip(error),
        })?;
    header.check_length(data.len())?;
    data.drain(..header.len());
    Ok((header, data))
}

#[cfg(test)]
mod tests;
