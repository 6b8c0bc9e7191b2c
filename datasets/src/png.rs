//! Pictures in the PNG format, read as shades of grey.
//!
//! The format: Portable Network Graphics, third edition, <https://www.w3.org/TR/png-3/>, whose
//! sections are named here. In short: a file is a row of chunks. The data of its `IDAT` chunks are
//! one zlib stream of rows of pixels, each behind the number of the filter that made it easier to
//! compress. An interlaced picture is stored as seven small ones.

mod header;
mod rows;
mod samples;

use crate::fault::Fault;
use crate::gzip::{adler32, crc32, unpack, zlib};
use crate::picture::Picture;
use files::text::Count;
use header::{ADAM7, Colour, Header, Pass, WHOLE};
use samples::Samples;
use std::ops::Range;

const SIGNATURE: [u8; 8] = *b"\x89PNG\r\n\x1a\n";

/// The largest width and height.
const MOST_SIDE: usize = 1 << 16;
/// The most pixels: of 8 bytes each, they have 1 GiB in the rows of the file.
const MOST_PIXELS: usize = 1 << 27;
/// The most bytes that one byte of deflate data stands for: 258 of them take two bits.
const MOST_RATIO: usize = 1032;

/// Of marks with less contrast than this, next to nothing is seen.
const LEAST_CONTRAST: u8 = 20;

/// Whether `bytes` start like a PNG file.
pub fn is_png(bytes: &[u8]) -> bool {
    bytes.starts_with(&SIGNATURE)
}

/// The picture in the bytes of a PNG file, in shades of grey as it looks on white paper; or on black,
/// if what is drawn is white on a transparent ground, so that white paper would show nothing.
///
/// Samples are taken for those of sRGB, as nearly all are, unless there is a `gAMA` chunk and no
/// `sRGB` chunk. Colour profiles are not looked at, and neither is what follows the `IEND` chunk.
///
/// # Errors
/// If the bytes are damaged or cut off, or if the picture has more than 65 536 pixels in a row or
/// column or more than 2²⁷ in all.
pub fn parse(bytes: &[u8]) -> Result<Picture, Fault> {
    let on_white = laid_on(255, bytes)?;
    if on_white.pixels.iter().all(|&shade| shade > 255 - LEAST_CONTRAST) {
        let on_black = laid_on(0, bytes)?;
        if on_black.pixels.iter().any(|&shade| shade >= LEAST_CONTRAST) {
            return Ok(on_black);
        }
    }
    Ok(on_white)
}

/// The picture as it looks on a ground of this shade.
fn laid_on(ground: u8, bytes: &[u8]) -> Result<Picture, Fault> {
    let (header, samples, stream, parts) = contents(bytes, ground)?;
    if header.length() > stream.len().saturating_mul(MOST_RATIO) {
        let found = format!("{} of compressed data", Count(stream.len(), "byte"));
        let expected = format!("more for {} × {} pixels", header.cols, header.rows);
        return Err(Fault::new(found, expected).at_byte(parts[0].1));
    }
    let place = |n| parts.iter().rfind(|(at, _)| *at <= n).map_or(n, |(at, start)| start + n - at);
    let rows = unpack(&stream, header.length(), zlib).map_err(|fault| fault.moved(place))?;
    let pixels = rows::pixels(&header, &samples, rows)?;
    Ok(Picture { rows: header.rows, cols: header.cols, pixels })
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
    stream.extend(adler32(&data).to_be_bytes());

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

/// Where a part of the zlib stream starts in the stream and in the file.
type Part = (usize, usize);

/// Reads all chunks of a file, whose picture is laid on `ground`: what they say, and the zlib stream.
fn contents(file: &[u8], ground: u8) -> Result<(Header, Samples, Vec<u8>, Vec<Part>), Fault> {
    if !is_png(file) {
        return Err(Fault::new("no png picture", "it to start with 89 'PNG'").at_byte(0));
    }
    let (name, range) = chunk(file, SIGNATURE.len(), "IHDR")?;
    if name != *b"IHDR" {
        return Err(misplaced(name, &range, "IHDR"));
    }
    let header = header(&file[range.clone()]).map_err(|fault| fault.moved(|n| range.start + n))?;

    let (mut palette, mut transparency, mut gamma, mut is_srgb) = (None, None, None, false);
    let (mut stream, mut parts) = (Vec::with_capacity(file.len()), Vec::<Part>::new());
    let (mut before, mut end) = (name, range.end + 4);
    loop {
        let is_first = parts.is_empty();
        let expected = if is_first { "IDAT" } else { "IEND" };
        let (name, range) = chunk(file, end, expected)?;
        end = range.end + 4;
        let bytes = &file[range.clone()];
        match &name {
            b"IDAT" if is_first || before == *b"IDAT" => {
                parts.push((stream.len(), range.start));
                stream.extend_from_slice(bytes);
            }
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
            _ => return Err(misplaced(name, &range, expected)),
        }
        before = name;
    }
    let gamma = gamma.filter(|_| !is_srgb);
    let samples = Samples::new(&header, ground, palette, transparency, gamma);
    let samples = samples.map_err(|fault| fault.at_byte(parts[0].1 - 8))?;
    Ok((header, samples, stream, parts))
}

/// The name of the chunk at `offset` and the place of its data (section 5.3); `expected` is the name
/// of a chunk that has to follow.
fn chunk(
    file: &[u8],
    offset: usize,
    expected: &'static str,
) -> Result<([u8; 4], Range<usize>), Fault> {
    let cut_off = |expected| {
        let fault = Fault::new("the end of the file", expected).note("the copy is cut off");
        Err(fault.at_byte(file.len()))
    };
    let Some((&[a, b, c, d, ref name @ ..], rest)) = file[offset..].split_first_chunk::<8>() else {
        return cut_off(format!("a chunk '{expected}'"));
    };
    let length = u32::from_be_bytes([a, b, c, d]) as usize;
    let shown = name.escape_ascii();
    if !name.iter().all(u8::is_ascii_alphabetic) {
        let found = format!("'{shown}' as the name of a chunk");
        return Err(Fault::new(found, "four letters").at_byte(offset + 4));
    }
    if rest.len() < 4 || length > rest.len() - 4 {
        let missing = length as u64 + 4 - rest.len() as u64;
        let missing = Count(missing.try_into().unwrap_or(usize::MAX), "more byte");
        return cut_off(format!("{missing} of chunk '{shown}'"));
    }
    let range = offset + 8..offset + 8 + length;
    let found = crc32(&file[offset + 4..range.end]);
    let expected = rest[length..].first_chunk().map_or(0, |crc| u32::from_be_bytes(*crc));
    if found != expected {
        let found = format!("checksum {found:#010x} of chunk '{shown}'");
        let fault = Fault::new(found, format!("{expected:#010x}"));
        return Err(fault.note("the file is damaged").at_byte(range.end));
    }
    Ok((*name, range))
}

/// The data of the `IHDR` chunk (section 11.2.1).
fn header(data: &[u8]) -> Result<Header, Fault> {
    let &[w0, w1, w2, w3, h0, h1, h2, h3, depth, colour, compression, filter, interlace] = data
    else {
        let found = format!("a header of {}", Count(data.len(), "byte"));
        return Err(Fault::new(found, "13").at_byte(0));
    };
    let side = |what, at, bytes| match u32::from_be_bytes(bytes) as usize {
        side @ 1..=MOST_SIDE => Ok(side),
        found => {
            let expected = format!("1 to {MOST_SIDE}");
            Err(Fault::new(format!("{found} as the {what}"), expected).at_byte(at))
        }
    };
    let cols = side("width", 0, [w0, w1, w2, w3])?;
    let rows = side("height", 4, [h0, h1, h2, h3])?;
    if rows.saturating_mul(cols) > MOST_PIXELS {
        let found = format!("{cols} × {rows} pixels");
        return Err(Fault::new(found, format!("at most {MOST_PIXELS} in all")).at_byte(0));
    }
    let colour = match (colour, depth) {
        (0, 1 | 2 | 4 | 8 | 16) => Colour::Grey,
        (2, 8 | 16) => Colour::Rgb,
        (3, 1 | 2 | 4 | 8) => Colour::Palette,
        (4, 8 | 16) => Colour::GreyAlpha,
        (6, 8 | 16) => Colour::Rgba,
        _ => {
            let found = format!("colour type {colour} with {depth} bits a sample");
            let expected = "0 (1, 2, 4, 8 or 16 bits), 3 (1, 2, 4 or 8), or 2, 4 or 6 (8 or 16)";
            return Err(Fault::new(found, expected).at_byte(8));
        }
    };
    for (at, method, found, most) in [
        (10, "compression method", compression, 0),
        (11, "filter method", filter, 0),
        (12, "interlace method", interlace, 1),
    ] {
        if found > most {
            let expected = if most == 0 { "0" } else { "0 or 1" };
            return Err(Fault::new(format!("{method} {found}"), expected).at_byte(at));
        }
    }
    let passes: &[Pass] = if interlace == 1 { &ADAM7 } else { &WHOLE };
    Ok(Header { rows, cols, depth: depth.into(), colour, passes })
}

/// The fault for this chunk in place of the `expected` one.
fn misplaced(name: [u8; 4], data: &Range<usize>, expected: &str) -> Fault {
    let fault = if name == *b"CgBI" {
        let found = "a picture of an iPhone's app (chunk 'CgBI')";
        let note = "convert it on a Mac with `sips -s format png FILE --out NEW.png`";
        Fault::new(found, "one in plain PNG").note(note)
    } else {
        Fault::new(format!("chunk '{}'", name.escape_ascii()), format!("'{expected}'"))
    };
    fault.at_byte(data.start - 4)
}

#[cfg(test)]
mod tests;
