//! What can be wrong with gzip data, and how it is said.

use files::text::Count;
use std::fmt;

/// What is wrong with gzip data, and at which byte of them, counted from 0.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GzipError {
    /// Where the reader stopped: the first byte of which it had read nothing.
    pub offset: usize,
    /// Why.
    pub problem: GzipProblem,
}

/// Why gzip data could not be read. The messages of [`GzipError`] say more.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the messages below explain the fields")]
pub enum GzipProblem {
    // The frame.
    Magic,
    Method { found: u8 },
    ReservedFlags { found: u8 },
    HeaderChecksum { found: u16, expected: u16 },
    Checksum { found: u32, expected: u32 },
    Length { found: u32, expected: u32 },
    TrailingGarbage { bytes: usize },
    ZlibHeader { found: [u8; 2] },
    // The deflate data.
    Truncated,
    TooLong { limit: usize },
    BlockType,
    StoredLength { length: u16, complement: u16 },
    TooManyLiteralCodes { found: usize },
    TooManyDistanceCodes { found: usize },
    Oversubscribed { code: &'static str },
    Incomplete { code: &'static str },
    NothingToRepeat,
    RepeatTooLong,
    NoEndOfBlock,
    Symbol { code: &'static str },
    Distance { distance: usize, available: usize },
}

impl fmt::Display for GzipError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "byte {}: {}", self.offset, self.problem)
    }
}

impl fmt::Display for GzipProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use GzipProblem::*;
        match self {
            Magic => f.write_str("found no gzip data, expected them to start with 1f 8b"),
            Method { found } => {
                write!(f, "found compression method {found}, expected 8, which is deflate")
            }
            ReservedFlags { found } => {
                write!(f, "found header flags {found:#010b}, expected the upper three to be 0")
            }
            HeaderChecksum { found, expected } => {
                write!(f, "found header checksum {found:#06x}, expected {expected:#06x}")
            }
            Checksum { found, expected } => write!(
                f,
                "found checksum {found:#010x}, expected {expected:#010x}: the data are damaged"
            ),
            Length { found, expected } => {
                write!(
                    f,
                    "found {} of data, expected {expected}: the data are damaged",
                    Count(*found as usize, "byte")
                )
            }
            TrailingGarbage { bytes } => {
                write!(f, "found {} after the gzip data, expected the end", Count(*bytes, "byte"))
            }
            ZlibHeader { found: [first, second] } => {
                write!(f, "found {first:02x} {second:02x}, expected zlib data without a dictionary")
            }
            Truncated => f.write_str(
                "found the end of the file, expected more gzip data: the copy is cut off",
            ),
            TooLong { limit } => {
                write!(f, "found more data, expected at most {}", Count(*limit, "byte"))
            }
            BlockType => f.write_str("found block type 3, expected 0, 1 or 2"),
            StoredLength { length, complement } => write!(
                f,
                "found stored length {length:#06x} and {complement:#06x}, expected complements"
            ),
            TooManyLiteralCodes { found } => {
                write!(f, "found {found} literal and length codes, expected at most 286")
            }
            TooManyDistanceCodes { found } => {
                write!(f, "found {found} distance codes, expected at most 30")
            }
            Oversubscribed { code } => {
                write!(f, "found too many short {code} codes, expected a complete set")
            }
            Incomplete { code } => {
                write!(f, "found too few {code} codes, expected a complete set")
            }
            NothingToRepeat => {
                f.write_str("found a repeated code length, expected a first one before it")
            }
            RepeatTooLong => {
                f.write_str("found a code length repeated too often, expected an end of the list")
            }
            NoEndOfBlock => f.write_str("found no code for the end of the block, expected one"),
            Symbol { code } => write!(f, "found an unused {code} code, expected one in use"),
            Distance { distance, available } => {
                write!(f, "found distance {distance}, expected at most {available}")
            }
        }
    }
}

impl std::error::Error for GzipError {}
