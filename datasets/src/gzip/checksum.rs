//! The checksums of gzip files (RFC 1952, section 8) and of zlib data (RFC 1950, section 8.2).

use crate::steps::steps;

/// The reversed polynomial x³² + x²⁶ + x²³ + x²² + x¹⁶ + x¹² + x¹¹ + x¹⁰ + x⁸ + x⁷ + x⁵ + x⁴ + x² + x + 1.
const POLYNOMIAL: u32 = 0xedb8_8320;

/// `TABLES[k][b]` is the remainder of byte b followed by k zero bytes.
///
/// Kounavis and Berry (2005), "A systematic approach to building high performance,
/// software-based, CRC generators": the remainders of eight bytes do not wait for each other.
static TABLES: [[u32; 256]; 8] = tables();

const fn tables() -> [[u32; 256]; 8] {
    let mut tables = [[0; 256]; 8];
    let mut i = 0;
    while i < 8 * 256 {
        let (k, byte) = (i / 256, i % 256);
        let (mut crc, mut bit) = (byte as u32, 0);
        while bit < 8 * (k + 1) {
            crc = if crc & 1 == 1 { crc >> 1 ^ POLYNOMIAL } else { crc >> 1 };
            bit += 1;
        }
        tables[k][byte] = crc;
        i += 1;
    }
    tables
}

/// The CRC-32 of `bytes`, eight bytes at a time.
///
/// ```
/// assert_eq!(datasets::gzip::crc32(b"123456789"), 0xcbf4_3926);
/// ```
pub fn crc32(bytes: &[u8]) -> u32 {
    steps(bytes.len());
    let mut crc = u32::MAX;
    let (chunks, rest) = bytes.as_chunks::<8>();
    for chunk in chunks {
        let x = u64::from_le_bytes(*chunk) ^ u64::from(crc);
        crc = 0;
        for (k, byte) in x.to_le_bytes().into_iter().enumerate() {
            crc ^= TABLES[7 - k][usize::from(byte)];
        }
    }
    for &byte in rest {
        crc = crc >> 8 ^ TABLES[0][usize::from(crc as u8 ^ byte)];
    }
    !crc
}

/// The Adler-32 checksum of `bytes`, which zlib data end with (RFC 1950, section 8.2).
pub(crate) fn adler32(bytes: &[u8]) -> u32 {
    const MODULUS: u32 = 65_521;
    /// So many bytes can be added before a sum reaches 2³².
    const MOST: usize = 5536;
    const BLOCK: usize = 16;
    steps(bytes.len());
    let (mut a, mut b) = (1, 0);
    for part in bytes.chunks(MOST) {
        let (blocks, rest) = part.as_chunks::<BLOCK>();
        for block in blocks {
            // The same sums as BLOCK rounds of the loop below, which would wait for each other.
            let (mut sum, mut weighted) = (0, 0);
            for (i, &byte) in block.iter().enumerate() {
                sum += u16::from(byte);
                weighted += (BLOCK - i) as u16 * u16::from(byte);
            }
            b += BLOCK as u32 * a + u32::from(weighted);
            a += u32::from(sum);
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

    /// The definition: one bit at a time.
    fn bit_by_bit(bytes: &[u8]) -> u32 {
        !bytes.iter().fold(u32::MAX, |crc, &byte| {
            (0..8).fold(crc ^ u32::from(byte), |crc, _| crc >> 1 ^ (POLYNOMIAL * (crc & 1)))
        })
    }

    #[test]
    fn crc_32_is_its_definition_for_every_length_and_alignment() {
        let mut rng = matrix::Rng::new(1);
        let bytes: Vec<u8> = (0..100).map(|_| rng.next_u64() as u8).collect();
        for start in 0..8 {
            for end in start..bytes.len() {
                assert_eq!(crc32(&bytes[start..end]), bit_by_bit(&bytes[start..end]));
            }
        }
    }

    #[test]
    fn adler_32_is_its_definition() {
        let definition = |bytes: &[u8]| {
            let step = |(a, b): (u32, u32), &byte: &u8| {
                let a = (a + u32::from(byte)) % 65_521;
                (a, (b + a) % 65_521)
            };
            let (a, b) = bytes.iter().fold((1, 0), step);
            b << 16 | a
        };
        assert_eq!(adler32(b"Wikipedia"), 0x11e6_0398);
        for byte in [0, 1, 0xff] {
            for length in (0..100).chain([5535, 5536, 5537, 20_000]) {
                let bytes = vec![byte; length];
                assert_eq!(adler32(&bytes), definition(&bytes));
            }
        }
    }
}
