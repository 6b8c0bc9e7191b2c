//! Pictures in the PNG format, read as shades of grey.
//!
//! The format: Portable Network Graphics, third edition, <https://www.w3.org/TR/png-3/>, whose
//! sections are named here. In short: a file is a row of chunks. The data of its `IDAT` chunks are
//! one zlib stream of rows of pixels, each behind the number of the filter that made it easier to
//! compress. An interlaced picture comes as seven small ones.

mod error;
mod header;
mod rows;
mod samples;

pub use error::{Place, PngError, PngProblem};

use crate::gzip::{adler32, crc32, unzlib};
use crate::picture::Picture;
use crate::steps::steps;
use header::{ADAM7, Colour, Header, Pass, WHOLE};
use rows::Rows;
use samples::Samples;
use std::ops::Range;

const SIGNATURE: [u8; 8] = *b"\x89PNG\r\n\x1a\n";

/// The largest width and height.
const MOST_SIDE: usize = 1 << 16;
/// The most pixels, each of which takes a byte of memory.
const MOST_PIXELS: usize = 1 << 28;
/// The most bytes that one byte of deflate data stands for: 258 of them take two bits.
const MOST_RATIO: usize = 1032;

/// Whether `bytes` start like a PNG file.
pub fn is_png(bytes: &[u8]) -> bool {
    bytes.starts_with(&SIGNATURE)
}

/// The picture in the bytes of a PNG file, in shades of grey as it looks on white paper.
///
/// Samples are taken for those of sRGB, as nearly all are, unless there is a `gAMA` chunk and no
/// `sRGB` chunk. Colour profiles are not looked at, and neither is what follows the `IEND` chunk.
///
/// # Errors
/// If the bytes are damaged or cut off, or if the picture has more than 65 536 pixels in a row or
/// column or more than 2²⁸ in all.
pub fn parse(bytes: &[u8]) -> Result<Picture, PngError> {
    decode(bytes.to_vec())
}

/// The same for bytes that are not needed any more: no copy of them is made.
pub(crate) fn decode(mut bytes: Vec<u8>) -> Result<Picture, PngError> {
    let mut chunks = Chunks { bytes: &bytes, offset: 0 };
    let contents = chunks.contents();
    let stopped = chunks.offset;
    let Contents { header, samples, data } =
        contents.map_err(|problem| PngError::at(stopped, problem))?;

    // The parts of the zlib stream move to the front, one behind the other.
    let mut length = 0;
    for part in &data {
        bytes.copy_within(part.clone(), length);
        length += part.len();
    }
    bytes.truncate(length);
    if header.length() > length.saturating_mul(MOST_RATIO) {
        let problem = PngProblem::TooFew { found: length, rows: header.rows, cols: header.cols };
        return Err(PngError::at(data[0].start, problem));
    }

    let mut rows = Rows::new(&header, &samples);
    let inflated = unzlib(&bytes, header.length(), |data| rows.take(data));
    // What is wrong with a row comes before what is wrong with the data behind it.
    rows.check()?;
    inflated.map_err(|error| {
        PngError::at(place(&data, error.offset), PngProblem::Data(error.problem))
    })?;
    rows.finish()
}

/// Where byte `n` of these parts of a file, taken together, stands in the file.
fn place(parts: &[Range<usize>], mut n: usize) -> usize {
    for part in parts {
        steps(1);
        if n < part.len() {
            return part.start + n;
        }
        n -= part.len();
    }
    parts.last().map_or(0, |part| part.end)
}

/// The bytes of a PNG file that shows `picture`, not compressed.
pub fn to_bytes(picture: &Picture) -> Vec<u8> {
    let rows = picture.pixels.chunks(picture.cols);
    let data: Vec<u8> = rows.flat_map(|row| [&[0], row].concat()).collect();
    let mut stream = vec![0x78, 0x01];
    let blocks = data.len().div_ceil(0xffff);
    for (i, block) in data.chunks(0xffff).enumerate() {
        let length = block.len() as u16;
        stream.push(u8::from(i + 1 == blocks));
        stream.extend(length.to_le_bytes());
        stream.extend((!length).to_le_bytes());
        stream.extend_from_slice(block);
    }
    stream.extend(adler32(1, &data).to_be_bytes());

    let mut header = Vec::new();
    header.extend((picture.cols as u32).to_be_bytes());
    header.extend((picture.rows as u32).to_be_bytes());
    header.extend([8, 0, 0, 0, 0]);
    let mut file = SIGNATURE.to_vec();
    for (name, data) in [(b"IHDR", header), (b"IDAT", stream), (b"IEND", Vec::new())] {
        let start = file.len() + 4;
        file.extend((data.len() as u32).to_be_bytes());
        file.extend_from_slice(name);
        file.extend(data);
        file.extend(crc32(&file[start..]).to_be_bytes());
    }
    file
}

/// What the chunks of a file hold.
struct Contents {
    header: Header,
    samples: Samples,
    /// Where the parts of the zlib stream stand.
    data: Vec<Range<usize>>,
}

/// The bytes of a file and how far they are read. After an error, `offset` is the place it speaks
/// of.
struct Chunks<'a> {
    bytes: &'a [u8],
    offset: usize,
}

impl<'a> Chunks<'a> {
    fn contents(&mut self) -> Result<Contents, PngProblem> {
        if !is_png(self.bytes) {
            return Err(PngProblem::Signature);
        }
        self.offset = SIGNATURE.len();
        let (name, range) = self.chunk("IHDR")?;
        if name != *b"IHDR" {
            return Err(self.misplaced(name, &range, "IHDR"));
        }
        let header = self.header(range)?;

        let (mut palette, mut transparency, mut gamma, mut is_srgb) = (None, None, None, false);
        let mut data: Vec<Range<usize>> = Vec::new();
        let mut before = name;
        loop {
            let expected = if data.is_empty() { "IDAT" } else { "IEND" };
            let (name, range) = self.chunk(expected)?;
            let bytes = &self.bytes[range.clone()];
            let is_first = data.is_empty();
            match &name {
                b"IDAT" if is_first || before == *b"IDAT" => data.push(range),
                b"IEND" if !is_first => break,
                b"PLTE" if is_first && palette.is_none() => palette = Some(bytes),
                b"tRNS" if is_first => transparency = Some(bytes),
                b"sRGB" if is_first => is_srgb = true,
                // Beyond these limits it is no picture's, and viewers pass over it.
                b"gAMA" if is_first => {
                    let value = bytes.try_into().map(u32::from_be_bytes).ok();
                    gamma = value.filter(|value| (16..=625_000_000).contains(value)).or(gamma);
                }
                // A small letter in front: a picture can be shown without it.
                [b'a'..=b'z', ..] => {}
                _ => return Err(self.misplaced(name, &range, expected)),
            }
            before = name;
        }
        self.offset = data[0].start - 8;
        let samples = Samples::new(&header, palette, transparency, gamma.filter(|_| !is_srgb))?;
        Ok(Contents { header, samples, data })
    }

    /// The name of the next chunk and where its data stand (section 5.3); `expected` is the name of
    /// one that is still to come.
    fn chunk(&mut self, expected: &'static str) -> Result<([u8; 4], Range<usize>), PngProblem> {
        let rest = &self.bytes[self.offset..];
        let Some((&[a, b, c, d, ref name @ ..], rest)) = rest.split_first_chunk::<8>() else {
            self.offset = self.bytes.len();
            return Err(PngProblem::End { expected });
        };
        let length = u32::from_be_bytes([a, b, c, d]) as usize;
        if !name.iter().all(u8::is_ascii_alphabetic) {
            self.offset += 4;
            return Err(PngProblem::Name { found: *name });
        }
        if rest.len() < 4 || length > rest.len() - 4 {
            self.offset = self.bytes.len();
            let missing = length as u64 + 4 - rest.len() as u64;
            let missing = missing.try_into().unwrap_or(usize::MAX);
            return Err(PngProblem::Cut { name: *name, missing });
        }
        let start = self.offset + 8;
        let range = start..start + length;
        let found = crc32(&self.bytes[start - 4..range.end]);
        let expected = &rest[length..][..4];
        let expected = u32::from_be_bytes([expected[0], expected[1], expected[2], expected[3]]);
        if found != expected {
            self.offset = range.end;
            return Err(PngProblem::Checksum { name: *name, found, expected });
        }
        self.offset = range.end + 4;
        Ok((*name, range))
    }

    /// The data of the `IHDR` chunk (section 11.2.1).
    fn header(&mut self, range: Range<usize>) -> Result<Header, PngProblem> {
        let &[w0, w1, w2, w3, h0, h1, h2, h3, depth, colour, compression, filter, interlace] =
            &self.bytes[range.clone()]
        else {
            self.offset = range.start;
            return Err(PngProblem::HeaderLength { found: range.len() });
        };
        let mut side = |what, at: usize, bytes| match u32::from_be_bytes(bytes) as usize {
            side @ 1..=MOST_SIDE => Ok(side),
            found => {
                self.offset = range.start + at;
                Err(PngProblem::Side { what, found, most: MOST_SIDE })
            }
        };
        let cols = side("width", 0, [w0, w1, w2, w3])?;
        let rows = side("height", 4, [h0, h1, h2, h3])?;
        self.offset = range.start;
        if rows.saturating_mul(cols) > MOST_PIXELS {
            return Err(PngProblem::Size { rows, cols, most: MOST_PIXELS });
        }
        let colour = match (colour, depth) {
            (0, 1 | 2 | 4 | 8 | 16) => Colour::Grey,
            (2, 8 | 16) => Colour::Rgb,
            (3, 1 | 2 | 4 | 8) => Colour::Palette,
            (4, 8 | 16) => Colour::GreyAlpha,
            (6, 8 | 16) => Colour::Rgba,
            _ => {
                self.offset += 8;
                return Err(PngProblem::Colour { depth, colour });
            }
        };
        for (at, method, found, most) in [
            (10, "compression method", compression, 0),
            (11, "filter method", filter, 0),
            (12, "interlace method", interlace, 1),
        ] {
            if found > most {
                self.offset += at;
                return Err(PngProblem::Method { method, found, most });
            }
        }
        self.offset = range.end + 4;
        let passes: &[Pass] = if interlace == 1 { &ADAM7 } else { &WHOLE };
        Ok(Header { rows, cols, depth: depth.into(), colour, passes })
    }

    fn misplaced(
        &mut self,
        found: [u8; 4],
        data: &Range<usize>,
        expected: &'static str,
    ) -> PngProblem {
        self.offset = data.start - 4;
        PngProblem::Chunk { found, expected }
    }
}

#[cfg(test)]
mod tests;
