//! What can be wrong with a PNG file, and how it is said.

use crate::gzip::GzipProblem;
use files::text::Count;
use std::fmt;

/// What is wrong with a PNG file, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PngError {
    /// Where.
    pub place: Place,
    /// Why.
    pub problem: PngProblem,
}

/// A place in a PNG file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// A byte of the file, counted from 0.
    Byte(usize),
    /// A row of the picture, or of one of the seven passes of an interlaced one; both are counted
    /// from 1.
    Row {
        /// The pass; 1 if there is one only.
        pass: usize,
        /// The row of that pass.
        row: usize,
    },
}

/// Why a PNG file could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the messages below explain the fields")]
pub enum PngProblem {
    // The chunks.
    Signature,
    End { expected: &'static str },
    Name { found: [u8; 4] },
    Cut { name: [u8; 4], missing: usize },
    Checksum { name: [u8; 4], found: u32, expected: u32 },
    Chunk { found: [u8; 4], expected: &'static str },
    // The header.
    HeaderLength { found: usize },
    Side { what: &'static str, found: usize, most: usize },
    Size { rows: usize, cols: usize, most: usize },
    Colour { colour: u8, depth: u8 },
    Method { method: &'static str, found: u8, most: u8 },
    // What samples mean.
    NoPalette,
    PaletteLength { found: usize },
    // The pixels.
    TooFew { found: usize, rows: usize, cols: usize },
    Data(GzipProblem),
    Filter { found: u8 },
    Index { x: usize, found: u8, colours: usize },
    NoRow,
}

impl PngError {
    pub(super) fn at(offset: usize, problem: PngProblem) -> Self {
        Self { place: Place::Byte(offset), problem }
    }
}

/// The name of a chunk, whatever its bytes.
fn name(bytes: &[u8; 4]) -> impl fmt::Display {
    bytes.escape_ascii()
}

impl fmt::Display for PngError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.place {
            Place::Byte(offset) => write!(f, "byte {offset}: ")?,
            Place::Row { pass: 1, row } => write!(f, "row {row}: ")?,
            Place::Row { pass, row } => write!(f, "pass {pass}, row {row}: ")?,
        }
        self.problem.fmt(f)
    }
}

impl fmt::Display for PngProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use PngProblem::*;
        match self {
            Signature => f.write_str("found no png picture, expected it to start with 89 'PNG'"),
            End { expected } => write!(
                f,
                "found the end of the file, expected a chunk '{expected}': the copy is cut off"
            ),
            Name { found } => {
                write!(f, "found '{}' as the name of a chunk, expected four letters", name(found))
            }
            Cut { name: chunk, missing } => write!(
                f,
                "found the end of the file, expected {} of chunk '{}': the copy is cut off",
                Count(*missing, "more byte"),
                name(chunk)
            ),
            Checksum { name: chunk, found, expected } => write!(
                f,
                "found checksum {found:#010x} of chunk '{}', expected {expected:#010x}: \
                 the file is damaged",
                name(chunk)
            ),
            Chunk { found: [b'C', b'g', b'B', b'I'], .. } => f.write_str(
                "found a picture of an iPhone's app (chunk 'CgBI'), expected one in plain PNG: \
                 convert it on a Mac with `sips -s format png FILE --out NEW.png`",
            ),
            Chunk { found, expected } => {
                write!(f, "found chunk '{}', expected '{expected}'", name(found))
            }
            HeaderLength { found } => {
                write!(f, "found a header of {}, expected 13", Count(*found, "byte"))
            }
            Side { what, found, most } => {
                write!(f, "found {found} as the {what}, expected 1 to {most}")
            }
            Size { rows, cols, most } => {
                write!(f, "found {cols} × {rows} pixels, expected at most {most} in all")
            }
            Colour { colour, depth } => write!(
                f,
                "found colour type {colour} with {depth} bits a sample, expected 0 (1, 2, 4, 8 \
                 or 16 bits), 3 (1, 2, 4 or 8), or 2, 4 or 6 (8 or 16)"
            ),
            Method { method, found, most: 0 } => write!(f, "found {method} {found}, expected 0"),
            Method { method, found, most } => {
                write!(f, "found {method} {found}, expected 0 or {most}")
            }
            NoPalette => f.write_str("found no chunk 'PLTE', expected the colours of the palette"),
            PaletteLength { found } => write!(
                f,
                "found {} of colours, expected three a colour and 1 to 256 colours",
                Count(*found, "byte")
            ),
            TooFew { found, rows, cols } => write!(
                f,
                "found {} of compressed data, expected more for {cols} × {rows} pixels",
                Count(*found, "byte")
            ),
            Data(GzipProblem::Truncated) => {
                f.write_str("found the end of the data, expected more: the picture is cut off")
            }
            Data(GzipProblem::TooLong { .. }) => {
                f.write_str("found more data than the picture's size says, expected the end")
            }
            Data(GzipProblem::TrailingGarbage { bytes }) => {
                write!(f, "found {} after the last row, expected the end", Count(*bytes, "byte"))
            }
            Data(problem) => problem.fmt(f),
            Filter { found } => write!(f, "found filter {found}, expected 0 to 4"),
            Index { x, found, colours } => write!(
                f,
                "found colour {found} as pixel {}, expected a number below {colours}, as the \
                 palette is long",
                x + 1
            ),
            NoRow => f.write_str("found the end of the data, expected this row"),
        }
    }
}

impl std::error::Error for PngError {}
