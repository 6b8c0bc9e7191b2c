//! Pictures in the PNG format, read as shades of grey.
//!
//! The format: Portable Network Graphics, third edition, <https://www.w3.org/TR/png-3/>, whose
//! sections are named here. In short: a file is a row of chunks. The data of its `IDAT` chunks are
//! one zlib stream of rows of pixels, each behind the number of the filter that made it easier to
//! compress. An interlaced picture comes as seven small ones.

mod error;
mod rows;

pub use error::{Place, PngError, PngProblem};

use crate::gzip::{adler32, crc32, unzlib};
use crate::picture::{Picture, grey};
use rows::{Rows, on_white};
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

/// The colour types (section 6.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Colour {
    Grey,
    Rgb,
    Palette,
    GreyAlpha,
    Rgba,
}

/// What the `IHDR` chunk says (section 11.2.1).
#[derive(Clone, Copy, Debug)]
struct Header {
    rows: usize,
    cols: usize,
    /// The bits of a sample.
    depth: usize,
    colour: Colour,
    passes: &'static [Pass],
}

/// One of the small pictures that make up a picture: each `each_x`-th pixel of each `each_y`-th row,
/// from the one at (x, y) on (section 8.1).
#[derive(Clone, Copy, Debug)]
struct Pass {
    x: usize,
    y: usize,
    each_x: usize,
    each_y: usize,
}

const WHOLE: [Pass; 1] = [pass(0, 0, 1, 1)];
const ADAM7: [Pass; 7] = [
    pass(0, 0, 8, 8),
    pass(4, 0, 8, 8),
    pass(0, 4, 4, 8),
    pass(2, 0, 4, 4),
    pass(0, 2, 2, 4),
    pass(1, 0, 2, 2),
    pass(0, 1, 1, 2),
];

const fn pass(x: usize, y: usize, each_x: usize, each_y: usize) -> Pass {
    Pass { x, y, each_x, each_y }
}

impl Header {
    fn samples_per_pixel(&self) -> usize {
        match self.colour {
            Colour::Grey | Colour::Palette => 1,
            Colour::GreyAlpha => 2,
            Colour::Rgb => 3,
            Colour::Rgba => 4,
        }
    }

    /// The bytes of a row of `cols` pixels.
    fn row_length(&self, cols: usize) -> usize {
        (cols * self.samples_per_pixel() * self.depth).div_ceil(8)
    }

    /// The rows and columns of a pass; nothing if it has no pixels.
    fn size(&self, pass: Pass) -> Option<(usize, usize)> {
        let rows = self.rows.checked_sub(pass.y)?.div_ceil(pass.each_y);
        let cols = self.cols.checked_sub(pass.x)?.div_ceil(pass.each_x);
        (rows > 0 && cols > 0).then_some((rows, cols))
    }

    /// The bytes of all rows, with their filters.
    fn length(&self) -> usize {
        let sizes = self.passes.iter().filter_map(|pass| self.size(*pass));
        sizes.map(|(rows, cols)| rows * (1 + self.row_length(cols))).sum()
    }
}

/// What the samples of a picture mean.
#[derive(Clone, Debug)]
struct Samples {
    /// The shade of grey, or of red, green or blue, for each value of a sample; in a picture with a
    /// palette, the shade of grey for each index.
    levels: Vec<u8>,
    /// The samples of pixels that cannot be seen, in a picture of colour type 2.
    transparent: Option<[u16; 3]>,
}

impl Samples {
    /// What follows from the chunks `PLTE`, `tRNS` and `gAMA`, where there are such (sections 11.2.2,
    /// 11.3.1, 11.3.2.1).
    fn new(
        header: &Header,
        palette: Option<&[u8]>,
        transparency: Option<&[u8]>,
        gamma: Option<u32>,
    ) -> Result<Self, PngProblem> {
        let Header { depth, colour, .. } = *header;
        // Samples that light to the power of `gamma` gave become those of light to 1/2.2. Differences
        // of a twentieth are between ways to write the same.
        let exponent = gamma.map_or(1.0, |gamma| 1e5 / (2.2 * f64::from(gamma)));
        let exponent = if (0.95..=1.05).contains(&exponent) { 1.0 } else { exponent };
        let most = f64::from((1u32 << depth) - 1);
        let level = |value: f64, most: f64| (255.0 * (value / most).powf(exponent)).round() as u8;
        let mut levels: Vec<u8> = (0..1u32 << depth).map(|v| level(f64::from(v), most)).collect();
        let number = |bytes: &[u8]| u16::from_be_bytes([bytes[0], bytes[1]]) & (most as u16);
        let mut transparent = None;
        match (colour, palette, transparency) {
            (Colour::Palette, None, _) => return Err(PngProblem::NoPalette),
            (Colour::Palette, Some(palette), alphas) => {
                let alphas = alphas.unwrap_or(&[]);
                let (colours, rest) = palette.as_chunks::<3>();
                if !rest.is_empty() || colours.is_empty() || colours.len() > levels.len() {
                    let most = levels.len();
                    return Err(PngProblem::PaletteLength { found: palette.len(), most });
                }
                if alphas.len() > colours.len() {
                    let (found, expected) = (alphas.len(), Some(colours.len()));
                    return Err(PngProblem::Transparency { found, expected });
                }
                let alphas = alphas.iter().copied().chain(std::iter::repeat(255));
                let level = |byte: u8| level(f64::from(byte), 255.0);
                let shade = |(colour, a): (&[u8; 3], u8)| on_white(grey(colour.map(level)), a);
                levels = colours.iter().zip(alphas).map(shade).collect();
            }
            (Colour::Grey, _, Some(value)) if value.len() == 2 => {
                levels[usize::from(number(value))] = 255;
            }
            (Colour::Rgb, _, Some(value)) if value.len() == 6 => {
                transparent = Some([number(value), number(&value[2..]), number(&value[4..])]);
            }
            (_, _, Some(value)) => {
                let expected = match colour {
                    Colour::Grey => Some(2),
                    Colour::Rgb => Some(6),
                    _ => None,
                };
                return Err(PngProblem::Transparency { found: value.len(), expected });
            }
            _ => {}
        }
        Ok(Self { levels, transparent })
    }
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
                b"gAMA" if is_first => {
                    let value = bytes.try_into().map(u32::from_be_bytes).ok().filter(|&g| g > 0);
                    gamma = Some(value.ok_or_else(|| self.wrong(&range, PngProblem::Gamma))?);
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
            let problem = PngProblem::HeaderLength { found: range.len() };
            return Err(self.wrong(&range, problem));
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

    fn wrong(&mut self, data: &Range<usize>, problem: PngProblem) -> PngProblem {
        self.offset = data.start;
        problem
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
