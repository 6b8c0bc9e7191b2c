//! Pictures in files, in the formats that drawing programs write: PNG and Netpbm's.

use crate::picture::Picture;
use crate::{png, pnm};
use files::Error;
use std::ffi::OsStr;
use std::path::Path;

impl Picture {
    /// The picture in the file `path`: PNG or one of Netpbm's formats, told by its bytes and not by
    /// its name.
    ///
    /// # Errors
    /// If the file cannot be read or is not such a picture.
    pub fn read(path: &Path) -> Result<Self, Error> {
        Self::decode(files::file::read(path)?).map_err(|error| Error::new(path, error))
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
        files::file::write(path, &bytes)
    }
}
