//! Images and labels in the IDX format of the MNIST files, plain or gzip-compressed.
//!
//! The format, as the page of MNIST gives it: two zero bytes, the type of the elements, the
//! number of dimensions, each dimension as a big-endian 32-bit number, and the elements.
//! Compressed data are recognised by their first bytes, whatever the name of the file.

use crate::fault::{Fault, Kind};
use crate::foreign::{Wanted, foreign};
use crate::gzip;
use crate::steps::steps;
use files::text::Count;
use std::borrow::Cow;

/// What the files of a data set contain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Content {
    /// Unsigned bytes in three dimensions.
    Images,
    /// Unsigned bytes or, in QMNIST, 32-bit integers; in one dimension or, in QMNIST, in two, of
    /// which the first column counts.
    Labels,
}

impl Content {
    /// The numbers that such a file may start with; the first is the usual one.
    fn magic(self) -> &'static [u32] {
        match self {
            Self::Images => &[0x0803],
            Self::Labels => &[0x0801, 0x0802, 0x0c01, 0x0c02],
        }
    }
}

/// Rows, columns and the pixels of all images, image after image and row after row.
///
/// ```
/// let file = b"\0\0\x08\x03\0\0\0\x01\0\0\0\x02\0\0\0\x03abcdef"; // 1×2×3
/// assert_eq!(datasets::idx::parse_images(file), Ok((2, 3, b"abcdef".to_vec())));
/// ```
///
/// # Errors
/// If `bytes` are anything but one or more images of unsigned bytes.
pub fn parse_images(bytes: &[u8]) -> Result<(usize, usize, Vec<u8>), Fault> {
    let (Header { shape, .. }, pixels) = parse(bytes, Content::Images)?;
    Ok((shape[1] as usize, shape[2] as usize, pixels))
}

/// The labels, one for each image. In two dimensions, a label is the first number of its row.
///
/// # Errors
/// If `bytes` are anything but one or more unsigned bytes, or 32-bit integers from 0 to 255, in one
/// or two dimensions.
pub fn parse_labels(bytes: &[u8]) -> Result<Vec<u8>, Fault> {
    let (Header { size, shape }, data) = parse(bytes, Content::Labels)?;
    steps(data.len());
    let rows = data.chunks_exact(data.len() / shape[0] as usize).enumerate();
    let label = |(index, row): (usize, &[u8])| match row.first_chunk() {
        Some(&first) if size == 4 => {
            let found = i32::from_be_bytes(first);
            let found_it = || format!("label {found} for image {index}");
            u8::try_from(found).map_err(|_| Fault::new(found_it(), "0 to 255"))
        }
        _ => Ok(row[0]),
    };
    rows.map(label).collect()
}

/// The header of a file, which describes its elements.
struct Header {
    /// The bytes of an element.
    size: usize,
    shape: Vec<u32>,
}

impl Header {
    /// The header of a file, if it is one that this `content` has.
    fn parse(bytes: &[u8], content: Content) -> Result<Self, Fault> {
        let magic = content.magic();
        let short = |magic: u32| {
            let expected = format!("a header of {}", 4 + 4 * (magic & 0xff));
            Fault::new(Count(bytes.len(), "byte").to_string(), expected).at_byte(bytes.len())
        };
        let Some((&[zero, second, code, dimensions], rest)) = bytes.split_first_chunk() else {
            let other = foreign(bytes, Wanted::Idx).map(|fault| fault.at_byte(0));
            return Err(other.unwrap_or_else(|| short(magic[0])));
        };
        let found = u32::from_be_bytes([zero, second, code, dimensions]);
        if !magic.contains(&found) {
            return Err(content.other_magic(bytes, found));
        }
        let (words, _) = rest.as_chunks();
        let words = words.get(..dimensions.into()).ok_or_else(|| short(found))?;
        let shape = words.iter().map(|word| u32::from_be_bytes(*word)).collect();
        let header = Self { size: if code == 0x0c { 4 } else { 1 }, shape };
        match header.shape.contains(&0) {
            true => Err(Fault::new(header.elements(), "some").at_byte(4)),
            false => Ok(header),
        }
    }

    /// The length of this header.
    fn len(&self) -> usize {
        4 + 4 * self.shape.len()
    }

    /// The number of elements, as in `60000×28×28 elements`.
    fn elements(&self) -> String {
        let shape: Vec<String> = self.shape.iter().map(ToString::to_string).collect();
        format!("{} elements", shape.join("×"))
    }

    /// The length of header and elements together, which no machine may be able to hold.
    fn announced(&self) -> u128 {
        let elements: u128 = self.shape.iter().map(|&dimension| u128::from(dimension)).product();
        self.len() as u128 + elements * self.size as u128
    }

    fn check_length(&self, found: usize) -> Result<(), Fault> {
        let (found, announced) = (found as u128, self.announced());
        if found == announced {
            return Ok(());
        }
        let swapped = self.shape.iter().map(|dimension| dimension.swap_bytes()).collect();
        if (Self { shape: swapped, ..*self }).announced() == found {
            let expected = "as many as there are";
            return Err(Fault::new(self.elements(), expected).note(SWAPPED).at_byte(4));
        }
        let bytes = match found.abs_diff(announced) {
            1 => "1 byte".to_owned(),
            n => format!("{n} bytes"),
        };
        let how = if found < announced { "few" } else { "many" };
        Err(Fault::new(format!("{bytes} too {how}"), self.elements()).at_byte(self.len()))
    }
}

const SWAPPED: &str = "the bytes of each number are swapped, the file was written with the least \
                       significant byte first";

/// What an IDX file contains that starts with this number; nothing if the number is not one of IDX.
fn described(magic: u32) -> Option<String> {
    let [0, 0, code, n] = magic.to_be_bytes() else { return None };
    let elements = match code {
        0x08 => "unsigned bytes",
        0x09 => "signed bytes",
        0x0b => "16-bit integers",
        0x0c => "32-bit integers",
        0x0d => "32-bit floating-point numbers",
        0x0e => "64-bit floating-point numbers",
        _ => return None,
    };
    let what = match n {
        1 => ", as labels have",
        3 => ", as images have",
        _ => "",
    };
    Some(format!("{elements} in {}{what}", Count(n.into(), "dimension")))
}

impl Content {
    /// The fault for a file that starts with another magic number than that of `self`; it names
    /// what the file is.
    fn other_magic(self, bytes: &[u8], found: u32) -> Fault {
        let usual = self.magic()[0];
        if let (Some(found), Some(expected)) = (described(found), described(usual)) {
            return Fault::new(found, expected).at_byte(2);
        }
        let other = |note| {
            let found = format!("magic number {found:#010x}");
            Fault::new(found, format!("{usual:#010x}")).note(note)
        };
        let fault = match described(found.swap_bytes()) {
            Some(_) => other(SWAPPED),
            None => foreign(bytes, Wanted::Idx).unwrap_or_else(|| other("not an IDX file")),
        };
        fault.at_byte(0)
    }
}

/// The header and the elements of a file.
fn parse(bytes: &[u8], content: Content) -> Result<(Header, Vec<u8>), Fault> {
    let mut data = Cow::Borrowed(bytes);
    if gzip::is_gzip(bytes) {
        let unpacked = gzip::decompress(bytes, gzip::limit(bytes.len()));
        let unpacked = unpacked.map_err(|fault| match fault.kind {
            Kind::TooLong => fault.note("if you trust it, unpack it with `gunzip FILE`"),
            _ => fault,
        })?;
        data = Cow::Owned(unpacked);
    }
    let header = Header::parse(&data, content)?;
    header.check_length(data.len())?;
    let mut data = data.into_owned();
    data.drain(..header.len());
    Ok((header, data))
}

#[cfg(test)]
mod tests;
