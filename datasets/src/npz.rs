//! Several files in one: ZIP, and so the NPZ format of NumPy, which is a ZIP of NPY files.
//!
//! The format: PKWARE's APPNOTE 6.3.10. The directory at the end counts, as for every other reader;
//! the header before each file only says where its data start.

use crate::fault::{Fault, Kind};
use crate::foreign::{Wanted, foreign};
use crate::gzip::{self, check_sum, crc32, damaged, inflate, unpack};
use crate::npy;
use crate::steps::steps;
use files::Error;
use files::file::{self, FileError};
use files::text::{Count, Quoted};
use matrix::{Matrix, Real};
use std::borrow::Cow;

/// Whether `bytes` start like a ZIP file.
pub fn is_zip(bytes: &[u8]) -> bool {
    matches!(bytes, [b'P', b'K', 3, 4, ..] | [b'P', b'K', 5, 6, ..] | [b'P', b'K', 7, 8, ..])
}

/// The files in a ZIP file.
#[derive(Clone, Debug)]
pub struct Npz {
    bytes: Vec<u8>,
    /// The names, in their order, and the bytes at which their entries in the directory start.
    entries: Vec<(String, usize)>,
}

const FILE: &[u8; 4] = b"PK\x03\x04";
const ENTRY: &[u8; 4] = b"PK\x01\x02";
const END: &[u8; 4] = b"PK\x05\x06";

/// The number in two or four bytes from `offset` on.
fn number(bytes: &[u8], offset: usize, width: usize) -> usize {
    gzip::number(&bytes[offset..offset + width]) as usize
}

impl Npz {
    /// Reads the directory of a ZIP file. The files themselves are looked at when they are read.
    ///
    /// # Errors
    /// If there is none, if it is damaged, if it has a name twice, or if it is in the form for more
    /// than 4 GiB (ZIP64).
    pub fn parse(bytes: Vec<u8>) -> Result<Self, Fault> {
        if !is_zip(&bytes)
            && let Some(found) = foreign(&bytes, Wanted::Npz)
        {
            return Err(found.at_byte(0));
        }
        // The end has 22 bytes and a comment.
        let is_end = |&at: &usize| {
            steps(1);
            bytes[at..].starts_with(END) && at + 22 + number(&bytes, at + 20, 2) == bytes.len()
        };
        let mut ends = (0..bytes.len().saturating_sub(21)).rev().take(1 << 16);
        let Some(end) = ends.find(is_end) else {
            let fault = Fault::new("the end of the file", "the directory of a ZIP file");
            return Err(fault.note("the copy is cut off").at_byte(bytes.len()));
        };
        let [disk, first_disk, here, count] = [4, 6, 8, 10].map(|at| number(&bytes, end + at, 2));
        let [length, start] = [12, 16].map(|at| number(&bytes, end + at, 4));
        if count == 0xffff || [length, start].contains(&0xffff_ffff) {
            return Err(zip64().at_byte(end));
        }
        if (disk, first_disk, here) != (0, 0, count) {
            return Err(Fault::new("one part of a ZIP file", "the whole").at_byte(end));
        }
        if start + length != end {
            return Err(damaged_directory().at_byte(end));
        }

        let (mut entries, mut at) = (Vec::<(String, usize)>::new(), start);
        for _ in 0..count {
            let head = bytes[at..end].get(..46).filter(|head| head.starts_with(ENTRY));
            let head = head.ok_or_else(|| damaged_directory().at_byte(at))?;
            let [name, extra, comment] = [28, 30, 32].map(|at| number(head, at, 2));
            let next = at + 46 + name + extra + comment;
            steps(next - at);
            if next > end {
                return Err(damaged_directory().at_byte(at));
            }
            entries.push((String::from_utf8_lossy(&bytes[at + 46..][..name]).into_owned(), at));
            at = next;
        }
        if at != end {
            return Err(damaged_directory().at_byte(at));
        }
        entries.sort();
        if let Some(pair) = entries.windows(2).find(|pair| pair[0].0 == pair[1].0) {
            let (name, second) = &pair[1];
            return Err(Fault::new(format!("{} twice", Quoted(name)), "it once").at_byte(*second));
        }
        Ok(Self { bytes, entries })
    }

    /// The names of the files, in their order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.entries.iter().map(|(name, _)| &**name)
    }

    /// The content of a file.
    ///
    /// # Errors
    /// If it isn't there, is in the form for more than 4 GiB (ZIP64), is encrypted or compressed
    /// otherwise than with deflate, if its length or checksum isn't what the directory says, or if it
    /// would unpack to more than 64 times its own size and more than 16 MiB.
    pub fn read(&self, name: &str) -> Result<Cow<'_, [u8]>, Fault> {
        let found = self.entries.binary_search_by(|(entry, _)| (**entry).cmp(name));
        let offset = found.map(|i| self.entries[i].1);
        let offset = offset.map_err(|_| Fault::new("no file of this name", "one"))?;
        let entry = &self.bytes[offset..];
        let [flags, method] = [8, 10].map(|at| number(entry, at, 2));
        let [crc, packed, length, start] = [16, 20, 24, 42].map(|at| number(entry, at, 4));
        if [packed, length, start].contains(&0xffff_ffff) {
            return Err(zip64().at_byte(offset));
        }
        if flags & 1 != 0 {
            let fault = Fault::new("an encrypted file", "one without a password");
            return Err(fault.at_byte(offset));
        }
        let head = self.bytes.get(start..).and_then(|rest| rest.get(..30));
        let Some(head) = head.filter(|head| head.starts_with(FILE)) else {
            let fault = Fault::new("no file of this name here", "one");
            return Err(fault.at_byte(start.min(self.bytes.len())));
        };
        let [name, extra] = [26, 28].map(|at| number(head, at, 2));
        let data_start = start + 30 + name + extra;
        let Some(data) = self.bytes.get(data_start..).and_then(|rest| rest.get(..packed)) else {
            let expected = format!("{} of data", Count(packed, "byte"));
            return Err(Fault::new("the end of the file", expected).at_byte(start));
        };
        let data = match method {
            0 => Cow::Borrowed(data),
            8 => Cow::Owned(inflated(data, length, data_start)?),
            _ => {
                let found = format!("compression method {method}");
                return Err(Fault::new(found, "0 or 8, stored or deflate").at_byte(offset));
            }
        };
        if data.len() != length {
            let found = format!("{} of data", Count(data.len(), "byte"));
            return Err(damaged(found, length.to_string()).at_byte(offset));
        }
        check_sum(crc32(&data), crc as u32).map_err(|fault| fault.at_byte(data_start))?;
        Ok(data)
    }

    /// The matrix of finite numbers in an NPY file, of this shape as far as it is known.
    ///
    /// # Errors
    /// If there is none. The path of the error is `name`.
    pub fn matrix<T: Real>(
        &self,
        name: &str,
        [rows, cols]: [Option<usize>; 2],
    ) -> Result<Matrix<T>, Error> {
        let matrix = self.read(name).and_then(|bytes| npy::parse::<T>(&bytes));
        let matrix = matrix.map_err(|fault| Error::new(name.as_ref(), fault))?;
        let (m, n) = matrix.shape();
        let (rows, cols) = (rows.unwrap_or(m), cols.unwrap_or(n));
        if (m, n) != (rows, cols) {
            let fault = Fault::new(format!("shape {m}×{n}"), format!("{rows}×{cols}"));
            return Err(Error::new(name.as_ref(), fault));
        }
        match matrix.is_finite() {
            true => Ok(matrix),
            false => Err(Error::new(name.as_ref(), "found a number that is not finite")),
        }
    }
}

/// Unpacks deflate data, which start at byte `start` of the file, to `length` bytes.
fn inflated(data: &[u8], length: usize, start: usize) -> Result<Vec<u8>, Fault> {
    let limit = gzip::limit(data.len());
    unpack(data, length.min(limit), inflate).map_err(|fault| {
        let fault = fault.moved(|offset| start + offset);
        match fault.kind {
            Kind::TooLong if length > limit => {
                fault.note("if you trust it, unpack it with `unzip FILE`")
            }
            _ => fault,
        }
    })
}

fn zip64() -> Fault {
    Fault::new("ZIP64", "a ZIP file of less than 4 GiB")
}

fn damaged_directory() -> Fault {
    Fault::new("a damaged directory", "that of a ZIP file")
}

/// A ZIP file that grows by one file after the other, each stored as it is.
#[derive(Debug, Default)]
pub struct Writer {
    bytes: Vec<u8>,
    directory: Vec<u8>,
    count: u16,
    is_full: bool,
}

impl Writer {
    /// Adds a file of this name.
    pub fn add(&mut self, name: &str, data: &[u8]) {
        // A file that could not be read again is not written.
        if (self.bytes.len() + data.len()) as u64 > file::LIMIT || self.count == u16::MAX - 1 {
            self.is_full = true;
            return;
        }
        let start = (self.bytes.len() as u32).to_le_bytes();
        let [length, crc] = [data.len() as u32, crc32(data)].map(u32::to_le_bytes);
        let name_length = (name.len() as u16).to_le_bytes();
        // Version 2.0, names in UTF-8, stored, at midnight on the first day that the format knows.
        let version = [20, 0];
        let kind = [0, 8, 0, 0, 0, 0, 0x21, 0];
        let sizes = [crc, length, length].concat();
        let head = [&version[..], &kind, &sizes, &name_length, &[0; 2]].concat();
        self.bytes.extend([&FILE[..], &head, name.as_bytes(), data].concat());
        // No comment, on the first disk, without attributes.
        let entry = [&ENTRY[..], &version, &head, &[0; 10], &start, name.as_bytes()];
        self.directory.extend(entry.concat());
        self.count += 1;
    }

    /// The whole file.
    ///
    /// # Errors
    /// If it would be longer than [`file::LIMIT`] or have more files than the format can hold.
    pub fn finish(mut self) -> Result<Vec<u8>, FileError> {
        if self.is_full {
            return Err(FileError::TooLong);
        }
        let [length, start] =
            [&self.directory, &self.bytes].map(|part| (part.len() as u32).to_le_bytes());
        let count = self.count.to_le_bytes();
        self.bytes.append(&mut self.directory);
        self.bytes.extend([&END[..], &[0; 4], &count, &count, &length, &start, &[0; 2]].concat());
        Ok(self.bytes)
    }
}

#[cfg(test)]
mod tests;
