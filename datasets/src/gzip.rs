//! Decompression of gzip files: the frame (RFC 1952) around deflate data (RFC 1951).

mod crc32;
mod inflate;

pub use crc32::crc32;

use inflate::{Bits, Output, inflate};
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
        use GzipProblem::*;
        write!(f, "byte {}: ", self.offset)?;
        match self.problem {
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
                write!(f, "found {found} bytes of data, expected {expected}: the data are damaged")
            }
            TrailingGarbage { bytes } => {
                write!(f, "found {bytes} bytes after the gzip data, expected the end")
            }
            Truncated => f.write_str(
                "found the end of the file, expected more gzip data: the copy is cut off",
            ),
            TooLong { limit } => write!(f, "found more data, expected at most {limit} bytes"),
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

/// Whether `bytes` start like a gzip file.
pub fn is_gzip(bytes: &[u8]) -> bool {
    bytes.starts_with(&[0x1f, 0x8b])
}

/// The data that `bytes` hold compressed, at most `limit` bytes of them.
///
/// Several members one after another give their data one after another. Memory grows with the
/// data that come out, to no more than twice as much.
///
/// # Errors
/// If `bytes` are damaged, cut off, or followed by anything else, if a checksum or length does
/// not agree, or if there are more data than `limit`.
pub fn decompress(bytes: &[u8], limit: usize) -> Result<Vec<u8>, GzipError> {
    let mut out = Output::new(limit);
    members(bytes, &mut out)?;
    Ok(out.into_bytes())
}

/// The first `count` bytes of the data, or all of them if they are fewer. What comes after them
/// is not looked at.
pub(crate) fn decompress_start(bytes: &[u8], count: usize) -> Result<Vec<u8>, GzipError> {
    let mut out = Output::new(count);
    match members(bytes, &mut out) {
        Err(GzipError { problem: GzipProblem::TooLong { .. }, .. }) => {}
        result => result?,
    }
    Ok(out.into_bytes())
}

fn members(bytes: &[u8], out: &mut Output) -> Result<(), GzipError> {
    let mut bits = Bits::new(bytes);
    loop {
        let result = member(&mut bits, out);
        let offset = bits.offset();
        result.map_err(|problem| GzipError { offset, problem })?;
        match &bytes[offset..] {
            [] => return Ok(()),
            rest if is_gzip(rest) => {}
            rest => {
                let problem = GzipProblem::TrailingGarbage { bytes: rest.len() };
                return Err(GzipError { offset, problem });
            }
        }
    }
}

/// One member: header, deflate data, trailer (RFC 1952, section 2.3).
fn member(bits: &mut Bits, out: &mut Output) -> Result<(), GzipProblem> {
    use GzipProblem::*;
    const FHCRC: u8 = 1 << 1;
    const FEXTRA: u8 = 1 << 2;
    const FNAME: u8 = 1 << 3;
    const FCOMMENT: u8 = 1 << 4;
    const RESERVED: u8 = 7 << 5;

    let header = bits.offset();
    bits.field(2, |magic| if is_gzip(magic) { Ok(()) } else { Err(Magic) })?;
    bits.field(1, |method| match method[0] {
        8 => Ok(()),
        found => Err(Method { found }),
    })?;
    let flags = bits.field(1, |flags| match flags[0] {
        found if found & RESERVED != 0 => Err(ReservedFlags { found }),
        flags => Ok(flags),
    })?;
    bits.take_bytes(6)?; // time, level and operating system
    if flags & FEXTRA != 0 {
        let length = number(bits.take_bytes(2)?);
        bits.take_bytes(length as usize)?;
    }
    for flag in [FNAME, FCOMMENT] {
        while flags & flag != 0 && bits.take_bytes(1)? != [0] {}
    }
    if flags & FHCRC != 0 {
        let found = crc32(bits.bytes_since(header)) as u16;
        bits.field(2, |bytes| match number(bytes) as u16 {
            expected if found == expected => Ok(()),
            expected => Err(HeaderChecksum { found, expected }),
        })?;
    }

    let start = out.bytes().len();
    inflate(bits, out)?;
    let data = &out.bytes()[start..];
    let found = crc32(data);
    bits.field(4, |bytes| match number(bytes) {
        expected if found == expected => Ok(()),
        expected => Err(Checksum { found, expected }),
    })?;
    let found = data.len() as u32; // modulo 2³²
    bits.field(4, |bytes| match number(bytes) {
        expected if found == expected => Ok(()),
        expected => Err(Length { found, expected }),
    })
}

/// The number that up to four bytes hold, the least significant one first.
fn number(bytes: &[u8]) -> u32 {
    bytes.iter().rfold(0, |number, &byte| number << 8 | u32::from(byte))
}

#[cfg(test)]
mod tests;
