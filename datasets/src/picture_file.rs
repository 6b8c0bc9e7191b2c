//! Pictures in files, in the formats that drawing programs write: PNG and Netpbm's.

use crate::fault::Fault;
use crate::picture::Picture;
use crate::{png, pnm};
use files::Error;
use files::file::FileError;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

impl Picture {
    /// The picture in the file `path`: PNG or one of Netpbm's formats, told by its bytes and not by
    /// its name.
    ///
    /// # Errors
    /// If the file cannot be read or is not such a picture.
    pub fn read(path: &Path) -> Result<Self, Error> {
        Self::decode(&files::file::read(path)?).map_err(|error| Error::new(path, error))
    }

    /// The files in a folder whose names end as those of pictures do, in order. There may be pictures
    /// among them of formats that can't be read: to say so is better than to pass over them.
    ///
    /// # Errors
    /// If the folder can't be read or there is none.
    pub fn files(folder: &Path) -> Result<Vec<PathBuf>, Error> {
        const ENDINGS: [&str; 18] = [
            "png", "pbm", "pgm", "ppm", "pnm", "jpg", "jpeg", "jfif", "heic", "heif", "gif",
            "webp", "bmp", "tif", "tiff", "avif", "jxl", "pam",
        ];
        let at = |error| Error::new(folder, FileError::of(folder, error));
        let mut files = Vec::new();
        for entry in folder.read_dir().map_err(at)? {
            let path = entry.map_err(at)?.path();
            let ends_in =
                |end: &&str| path.extension().is_some_and(|e| e.eq_ignore_ascii_case(end));
            // A Mac puts what it knows of 1.png into ._1.png.
            let is_hidden = |name: &OsStr| name.as_encoded_bytes().starts_with(b".");
            let is_shown = !path.file_name().is_some_and(is_hidden);
            if ENDINGS.iter().any(ends_in) && is_shown && path.is_file() {
                files.push(path);
            }
        }
        if files.is_empty() {
            let cause = "found no picture in this folder, expected files such as digit.png";
            return Err(Error::new(folder, cause));
        }
        files.sort();
        Ok(files)
    }

    /// The picture in the bytes of a file.
    ///
    /// # Errors
    /// If the bytes are not a picture in one of these formats.
    pub fn decode(bytes: &[u8]) -> Result<Self, Fault> {
        if png::is_png(bytes) { png::parse(bytes) } else { pnm::parse(bytes) }
    }

    /// Writes the picture to the file `path`: as PNG if the name ends in `.png`, else as raw PGM.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn write(&self, path: &Path) -> Result<(), Error> {
        let bytes = match path.extension() {
            Some(end) if end.eq_ignore_ascii_case("png") => png::to_bytes(self),
            _ => pnm::to_bytes(self),
        };
        files::file::write(path, &bytes)
    }
}
