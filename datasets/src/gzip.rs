//! Decompression of gzip files: the frame (RFC 1952) around deflate data (RFC 1951).

mod crc32;
mod error;
mod inflate;
mod zlib;

pub use crc32::crc32;
pub use error::{GzipError, GzipProblem};
pub(crate) use zlib::{adler32, unzlib};

use inflate::{Bits, Output, inflate};

/// Whether `bytes` start like a gzip file.
pub fn is_gzip(bytes: &[u8]) -> bool {
    bytes.starts_with(&[0x1f, 0x8b])
}

/// The data in compressed `bytes`, at most `limit` bytes of them.
///
/// Several members one after another give their data one after another. Memory grows with the
/// data that come out, to no more than twice as much.
///
/// # Errors
/// If `bytes` are damaged, cut off, or followed by anything but zeros, if a checksum or length does
/// not agree, or if there are more data than `limit`.
pub fn decompress(bytes: &[u8], limit: usize) -> Result<Vec<u8>, GzipError> {
    let mut out = Output::new(limit, None);
    members(bytes, &mut out)?;
    Ok(out.into_bytes())
}

/// The first `count` bytes of the data, or all of them if they are fewer. What comes after them
/// is not looked at.
pub(crate) fn decompress_start(bytes: &[u8], count: usize) -> Result<Vec<u8>, GzipError> {
    let mut out = Output::new(count, None);
    match members(bytes, &mut out) {
        Err(GzipError { problem: GzipProblem::TooLong { .. }, .. }) => {}
        result => result?,
    }
    Ok(out.into_bytes())
}

/// The data in `bytes`, deflate data without a frame and nothing else, at most `limit` bytes of them.
pub(crate) fn inflate_all(bytes: &[u8], limit: usize) -> Result<Vec<u8>, GzipError> {
    let (mut bits, mut out) = (Bits::new(bytes), Output::new(limit, None));
    let result = inflate(&mut bits, &mut out).map(|()| out.into_bytes());
    let offset = bits.offset();
    match result {
        Err(problem) => Err(GzipError { offset, problem }),
        Ok(data) if data.len() > limit || offset < bytes.len() => {
            let problem = GzipProblem::TrailingGarbage { bytes: bytes.len() - offset };
            Err(GzipError { offset, problem })
        }
        Ok(data) => Ok(data),
    }
}

fn members(bytes: &[u8], out: &mut Output) -> Result<(), GzipError> {
    let mut bits = Bits::new(bytes);
    loop {
        let result = member(&mut bits, out);
        let offset = bits.offset();
        result.map_err(|problem| GzipError { offset, problem })?;
        match &bytes[offset..] {
            rest if is_gzip(rest) => {}
            // Tapes and some downloads are filled up with zeros.
            rest if rest.iter().all(|&byte| byte == 0) => return Ok(()),
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
