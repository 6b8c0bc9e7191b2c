//! Decompression of gzip files (RFC 1952) and zlib data (RFC 1950): frames around deflate data (RFC 1951).

mod checksum;
mod inflate;

pub(crate) use checksum::adler32;
pub use checksum::crc32;

use crate::fault::Fault;
use files::text::Count;
pub(crate) use inflate::inflate;
use inflate::{Bits, Output, Result, fault};

/// Whether `bytes` start like a gzip file.
pub fn is_gzip(bytes: &[u8]) -> bool {
    bytes.starts_with(&[0x1f, 0x8b])
}

/// The most bytes that compressed data of this length may unpack to: 64 times as many or 16 MiB,
/// whichever is more.
pub(crate) fn limit(length: usize) -> usize {
    length.saturating_mul(64).max(16 << 20)
}

/// The data in compressed `bytes`, at most `limit` bytes of them.
///
/// Several members one after another give their data one after another. Memory grows with the
/// data that come out, to no more than twice as much.
///
/// # Errors
/// If `bytes` are damaged, cut off, or followed by anything but zeros, if a checksum or length does
/// not agree, or if there are more data than `limit`.
pub fn decompress(bytes: &[u8], limit: usize) -> Result<Vec<u8>, Fault> {
    unpack(bytes, limit, members)
}

/// The first `count` bytes of the data, or fewer if no more can be read.
pub(crate) fn decompress_start(bytes: &[u8], count: usize) -> Vec<u8> {
    let mut out = Output::new(count);
    let _ = members(&mut Bits::new(bytes), &mut out);
    out.data.truncate(count);
    out.data
}

/// The data in `bytes`, at most `limit` bytes of them, which [`inflate`], [`zlib`] or [`members`] reads.
pub(crate) fn unpack(
    bytes: &[u8],
    limit: usize,
    read: fn(&mut Bits, &mut Output) -> Result<()>,
) -> Result<Vec<u8>, Fault> {
    let (mut bits, mut out) = (Bits::new(bytes), Output::new(limit));
    let result = read(&mut bits, &mut out).and_then(|()| match bits.rest().len() {
        0 => Ok(()),
        n => fault(format!("{} after the compressed data", Count(n, "byte")), "the end"),
    });
    // A fault in the zeros after the end means that the data ended early; it is not a fault in the
    // data.
    let result = if bits.offset() > bytes.len() { bits.truncated() } else { result };
    result.map(|()| out.data).map_err(|fault| fault.at_byte(bits.offset()))
}

fn members(bits: &mut Bits, out: &mut Output) -> Result<()> {
    loop {
        member(bits, out)?;
        // Tapes and some downloads are filled up with zeros.
        if bits.rest().iter().all(|&byte| byte == 0) {
            return bits.take_bytes(bits.rest().len()).map(drop);
        }
        if !is_gzip(bits.rest()) {
            return Ok(());
        }
    }
}

/// One member: header, deflate data, trailer (RFC 1952, section 2.3).
fn member(bits: &mut Bits, out: &mut Output) -> Result<()> {
    const FHCRC: u8 = 1 << 1;
    const FEXTRA: u8 = 1 << 2;
    const FNAME: u8 = 1 << 3;
    const FCOMMENT: u8 = 1 << 4;
    const RESERVED: u8 = 7 << 5;

    let header = bits.offset();
    let flags = bits.field(4, |start| match *start {
        [0x1f, 0x8b, 8, flags] if flags & RESERVED == 0 => Ok(flags),
        [0x1f, 0x8b, 8, flags] => {
            fault(format!("header flags {flags:#010b}"), "the upper three to be 0")
        }
        [0x1f, 0x8b, method, _] => {
            fault(format!("compression method {method}"), "8, which is deflate")
        }
        _ => fault("no gzip data", "them to start with 1f 8b"),
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
            expected => fault(format!("header checksum {found:#06x}"), format!("{expected:#06x}")),
        })?;
    }

    let start = out.data.len();
    inflate(bits, out)?;
    let data = &out.data[start..];
    let found = crc32(data);
    bits.field(4, |bytes| Ok(check_sum(found, number(bytes))?))?;
    let length = data.len() as u32; // modulo 2³²
    bits.field(4, |bytes| match number(bytes) {
        expected if length == expected => Ok(()),
        expected => {
            let found = format!("{} of data", Count(length as usize, "byte"));
            Err(damaged(found, expected.to_string()).into())
        }
    })
}

/// Zlib data: two bytes of header, deflate data, a checksum (RFC 1950, section 2.2).
pub(crate) fn zlib(bits: &mut Bits, out: &mut Output) -> Result<()> {
    bits.field(2, |bytes| {
        let (first, second) = (bytes[0], bytes[1]);
        // The method, the size of the window, a remainder, and no dictionary.
        let is_deflate = first & 15 == 8 && first >> 4 <= 7;
        match is_deflate && u16::from_be_bytes([first, second]) % 31 == 0 && second & 32 == 0 {
            true => Ok(()),
            false => fault(format!("{first:02x} {second:02x}"), "zlib data without a dictionary"),
        }
    })?;
    out.data.reserve_exact(out.limit);
    inflate(bits, out)?;
    let found = adler32(&out.data);
    bits.field(4, |bytes| Ok(check_sum(found, number(bytes).swap_bytes())?))
}

/// Checks the checksum of data against that in their frame.
pub(crate) fn check_sum(found: u32, expected: u32) -> Result<(), Fault> {
    match found == expected {
        true => Ok(()),
        false => Err(damaged(format!("checksum {found:#010x}"), format!("{expected:#010x}"))),
    }
}

/// The fault for data that differ from the length or checksum in their frame.
pub(crate) fn damaged(found: String, expected: String) -> Fault {
    Fault::new(found, expected).note("the data are damaged")
}

/// The number that up to four bytes hold, the least significant one first.
pub(crate) fn number(bytes: &[u8]) -> u32 {
    bytes.iter().rfold(0, |number, &byte| number << 8 | u32::from(byte))
}

#[cfg(test)]
mod tests;
