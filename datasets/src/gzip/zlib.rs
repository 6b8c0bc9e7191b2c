//! Decompression of zlib data (RFC 1950), which PNG files hold: deflate data in another frame.

use super::inflate::{Bits, Output, inflate};
use super::{GzipError, GzipProblem};
use crate::steps::steps;

/// Gives `sink` the data that `bytes` hold compressed, at most `limit` bytes of them, piece by
/// piece as they come out. Memory is a few hundred kB.
pub(crate) fn unzlib(
    bytes: &[u8],
    limit: usize,
    mut sink: impl FnMut(&[u8]),
) -> Result<(), GzipError> {
    let mut bits = Bits::new(bytes);
    let result = stream(&mut bits, limit, &mut sink);
    let offset = bits.offset();
    result.map_err(|problem| GzipError { offset, problem })?;
    match bytes.len() - offset {
        0 => Ok(()),
        bytes => Err(GzipError { offset, problem: GzipProblem::TrailingGarbage { bytes } }),
    }
}

fn stream(bits: &mut Bits, limit: usize, sink: &mut dyn FnMut(&[u8])) -> Result<(), GzipProblem> {
    bits.field(2, |bytes| {
        let found = [bytes[0], bytes[1]];
        // The method, the size of the window, a remainder, and no dictionary.
        let is_deflate = found[0] & 15 == 8 && found[0] >> 4 <= 7;
        match is_deflate && u16::from_be_bytes(found) % 31 == 0 && found[1] & 32 == 0 {
            true => Ok(()),
            false => Err(GzipProblem::ZlibHeader { found }),
        }
    })?;
    let mut found = 1;
    let mut sink = |data: &[u8]| {
        found = adler32(found, data);
        sink(data);
    };
    let mut out = Output::new(limit, Some(&mut sink));
    inflate(bits, &mut out)?;
    out.finish();
    bits.field(4, |bytes| match bytes.iter().fold(0, |n, &byte| n << 8 | u32::from(byte)) {
        expected if found == expected => Ok(()),
        expected => Err(GzipProblem::Checksum { found, expected }),
    })
}

/// The checksum of what came before, 1 at the start, and of `bytes` (RFC 1950, section 8.2).
pub(crate) fn adler32(before: u32, bytes: &[u8]) -> u32 {
    const MODULUS: u32 = 65_521;
    /// As many bytes as can be added before a sum reaches 2³².
    const MOST: usize = 5536;
    const BLOCK: usize = 32;
    steps(bytes.len());
    let (mut a, mut b) = (before & 0xffff, before >> 16);
    for part in bytes.chunks(MOST) {
        let (blocks, rest) = part.as_chunks::<BLOCK>();
        for block in blocks {
            // What BLOCK steps of the loop below come to, so that they need not wait for each other.
            let (mut sum, mut weighted) = (0, 0);
            for (i, &byte) in block.iter().enumerate() {
                sum += u32::from(byte);
                weighted += (BLOCK - i) as u32 * u32::from(byte);
            }
            b += BLOCK as u32 * a + weighted;
            a += sum;
        }
        for &byte in rest {
            a += u32::from(byte);
            b += a;
        }
        (a, b) = (a % MODULUS, b % MODULUS);
    }
    b << 16 | a
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_is_its_definition() {
        let definition = |bytes: &[u8]| {
            let step = |(a, b): (u32, u32), &byte: &u8| {
                let a = (a + u32::from(byte)) % 65_521;
                (a, (b + a) % 65_521)
            };
            let (a, b) = bytes.iter().fold((1, 0), step);
            b << 16 | a
        };
        assert_eq!(adler32(1, b"Wikipedia"), 0x11e6_0398);
        for byte in [0, 1, 0xff] {
            for length in (0..100).chain([5535, 5536, 5537, 20_000]) {
                let bytes = vec![byte; length];
                assert_eq!(adler32(1, &bytes), definition(&bytes));
                let (first, second) = bytes.split_at(length / 3);
                assert_eq!(adler32(adler32(1, first), second), definition(&bytes));
            }
        }
    }
}
