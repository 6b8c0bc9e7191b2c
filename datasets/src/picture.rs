//! Grey pictures, in the formats that drawing programs write: PNG and Netpbm's.

use crate::{Error, file, png, pnm};
use std::ffi::OsStr;
use std::path::Path;

/// A grey picture, row after row from the top left; 0 is black, 255 white.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// The height.
    pub rows: usize,
    /// The width.
    pub cols: usize,
    /// rows × cols shades of grey.
    pub pixels: Vec<u8>,
}

impl Picture {
    /// The picture in the file `path`: PNG or one of Netpbm's formats, told by its bytes and not by
    /// its name.
    ///
    /// # Errors
    /// If the file cannot be read or is not such a picture.
    pub fn read(path: &Path) -> Result<Self, Error> {
        Self::decode(file::read(path)?).map_err(|error| Error::new(path, error))
    }

    /// The picture in the bytes of a file.
    ///
    /// # Errors
    /// If the bytes are not a picture in one of these formats.
    pub fn decode(bytes: Vec<u8>) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        match png::is_png(&bytes) {
            true => Ok(png::decode(bytes)?),
            false => Ok(pnm::parse(&bytes)?),
        }
    }

    /// Writes the picture to the file `path`: as PNG if the name ends in `.png`, else as raw PGM.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn write(&self, path: &Path) -> Result<(), Error> {
        let is_png = path.extension().and_then(OsStr::to_str).map(str::to_ascii_lowercase);
        let bytes = if is_png.as_deref() == Some("png") {
            png::to_bytes(self)
        } else {
            pnm::to_bytes(self)
        };
        file::write(path, &bytes)
    }
}

/// How light a colour looks, with the weights of ITU-R BT.601; equal parts give themselves.
#[inline(always)]
pub(crate) fn grey([red, green, blue]: [u8; 3]) -> u8 {
    let [red, green, blue] = [red, green, blue].map(u32::from);
    ((19_595 * red + 38_470 * green + 7_471 * blue + (1 << 15)) >> 16) as u8
}
