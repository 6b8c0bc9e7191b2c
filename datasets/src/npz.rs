//! Several files in one: ZIP, and so the NPZ format of NumPy, which is a ZIP of NPY files.
//!
//! The format: PKWARE's APPNOTE 6.3.10. The directory at the end counts, as for every other reader;
//! what stands in front of each file only says where its data start.

use crate::foreign::{Foreign, Wanted, foreign};
use crate::gzip::{GzipError, GzipProblem, crc32, inflate_all};
use crate::idx::{LEAST_LIMIT, MOST_RATIO};
use crate::steps::steps;
use files::file::{self, FileError};
use files::text::{Count, Quoted};
use std::borrow::Cow;
use std::fmt;

/// What is wrong with a ZIP file, and at which byte of it, counted from 0.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NpzError {
    /// Where the reader stopped.
    pub offset: usize,
    /// Why.
    pub problem: NpzProblem,
}

/// Why a ZIP file could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the messages below explain the fields")]
pub enum NpzProblem {
    Foreign(Foreign),
    NoEnd,
    Zip64,
    Parts,
    Directory,
    Twice { name: String },
    Missing,
    Encrypted,
    Method { found: u16 },
    Start,
    Range { length: usize },
    Deflate(GzipProblem),
    Packed,
    Ratio { bytes: usize, limit: usize },
    Length { found: usize, expected: usize },
    Checksum { found: u32, expected: u32 },
}

impl fmt::Display for NpzError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use NpzProblem::*;
        if self.problem == Missing {
            return f.write_str("found no file of this name, expected one");
        }
        write!(f, "byte {}: ", self.offset)?;
        match &self.problem {
            Foreign(found) => found.fmt(f),
            NoEnd => f.write_str(
                "found the end of the file, expected the directory of a ZIP file: the copy is cut off",
            ),
            Zip64 => f.write_str("found ZIP64, expected a ZIP file of less than 4 GiB"),
            Parts => f.write_str("found one part of a ZIP file, expected the whole"),
            Directory => f.write_str("found a damaged directory, expected that of a ZIP file"),
            Twice { name } => write!(f, "found {} twice, expected it once", Quoted(name)),
            Missing => Ok(()),
            Encrypted => f.write_str("found an encrypted file, expected one without a password"),
            Method { found } => {
                write!(f, "found compression method {found}")?;
                let name = match found {
                    1 | 6 => " (of the nineties)",
                    9 => " (deflate64)",
                    12 => " (bzip2)",
                    14 => " (LZMA)",
                    93 => " (zstd)",
                    95 => " (xz)",
                    _ => "",
                };
                write!(f, "{name}, expected 0 or 8, stored or deflate")
            }
            Start => f.write_str("found no file of this name here, expected one"),
            Range { length } => {
                write!(f, "found the end of the file, expected {} of data", Count(*length, "byte"))
            }
            Deflate(problem) => problem.fmt(f),
            Packed => f.write_str(
                "found another end of the compressed data, expected it where the directory says",
            ),
            Ratio { bytes, limit } => write!(
                f,
                "found {bytes} bytes that decompress to more than {limit}, expected less: \
                 if you trust it, unpack it with `unzip FILE`"
            ),
            Length { found, expected } => {
                write!(f, "found {} of data, expected {expected}: the data are damaged", Count(*found, "byte"))
            }
            Checksum { found, expected } => write!(
                f,
                "found checksum {found:#010x}, expected {expected:#010x}: the data are damaged"
            ),
        }
    }
}

impl std::error::Error for NpzError {}

/// Whether `bytes` start like a ZIP file.
pub fn is_zip(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06")
}

/// The files in a ZIP file.
#[derive(Clone, Debug)]
pub struct Npz {
    bytes: Vec<u8>,
    entries: Vec<Entry>,
}

/// What the directory says of a file.
#[derive(Clone, Debug)]
struct Entry {
    name: String,
    /// Where this is said.
    offset: usize,
    flags: u16,
    method: u16,
    crc: u32,
    packed: usize,
    length: usize,
    /// Where the file starts.
    start: usize,
}

const FILE: &[u8; 4] = b"PK\x03\x04";
const ENTRY: &[u8; 4] = b"PK\x01\x02";
const END: &[u8; 4] = b"PK\x05\x06";

/// The number in two or four bytes, the least significant one first.
fn number<T: TryFrom<u32>>(bytes: &[u8], offset: usize, width: usize) -> T
where
    T::Error: fmt::Debug,
{
    let bytes = &bytes[offset..offset + width];
    let number = bytes.iter().rfold(0, |number, &byte| number << 8 | u32::from(byte));
    number.try_into().expect("as wide as it is read")
}

impl Npz {
    /// Reads the directory of a ZIP file. The files themselves are looked at when they are read.
    ///
    /// # Errors
    /// If there is none, if it is damaged, if it has a name twice, or if it is in the form for more
    /// than 4 GiB (ZIP64).
    pub fn parse(bytes: Vec<u8>) -> Result<Self, NpzError> {
        let error = |offset, problem| Err(NpzError { offset, problem });
        if !is_zip(&bytes)
            && let Some(found) = foreign(&bytes, Wanted::Npz)
        {
            return error(0, NpzProblem::Foreign(found));
        }
        // The end has 22 bytes and a comment.
        let is_end = |&at: &usize| {
            steps(1);
            bytes[at..].starts_with(END)
                && at + 22 + number::<usize>(&bytes, at + 20, 2) == bytes.len()
        };
        let last = bytes.len().checked_sub(22);
        let ends = last.map(|last| (last.saturating_sub(0xffff)..=last).rev());
        let Some(end) = ends.and_then(|mut ends| ends.find(is_end)) else {
            return error(bytes.len(), NpzProblem::NoEnd);
        };
        let [disk, first_disk, here, count]: [usize; 4] =
            [4, 6, 8, 10].map(|at| number(&bytes, end + at, 2));
        let [length, start]: [usize; 2] = [12, 16].map(|at| number(&bytes, end + at, 4));
        if count == 0xffff || [length, start].contains(&0xffff_ffff) {
            return error(end, NpzProblem::Zip64);
        }
        if (disk, first_disk, here) != (0, 0, count) {
            return error(end, NpzProblem::Parts);
        }
        if start + length != end {
            return error(end, NpzProblem::Directory);
        }

        let (mut entries, mut at) = (Vec::<Entry>::new(), start);
        for _ in 0..count {
            let offset = at;
            let Some(head) = bytes[at..end].get(..46).filter(|head| head.starts_with(ENTRY)) else {
                return error(offset, NpzProblem::Directory);
            };
            let [flags, method] = [8, 10].map(|at| number(head, at, 2));
            let [packed, length, start]: [usize; 3] = [20, 24, 42].map(|at| number(head, at, 4));
            let [name, extra, comment]: [usize; 3] = [28, 30, 32].map(|at| number(head, at, 2));
            at += 46 + name + extra + comment;
            steps(at - offset);
            if at > end {
                return error(offset, NpzProblem::Directory);
            }
            if [packed, length, start].contains(&0xffff_ffff) {
                return error(offset, NpzProblem::Zip64);
            }
            let name = String::from_utf8_lossy(&bytes[offset + 46..][..name]).into_owned();
            let crc = number(head, 16, 4);
            entries.push(Entry { name, offset, flags, method, crc, packed, length, start });
        }
        if at != end {
            return error(at, NpzProblem::Directory);
        }
        entries.sort_by(|a, b| a.name.cmp(&b.name));
        if let Some(pair) = entries.windows(2).find(|pair| pair[0].name == pair[1].name) {
            let offset = pair[0].offset.max(pair[1].offset);
            return error(offset, NpzProblem::Twice { name: pair[0].name.clone() });
        }
        Ok(Self { bytes, entries })
    }

    /// The names of the files, in their order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.entries.iter().map(|entry| &*entry.name)
    }

    /// The content of a file.
    ///
    /// # Errors
    /// If it isn't there, is encrypted or compressed otherwise than with deflate, if its length or
    /// checksum isn't what the directory says, or if it would take more memory than [`MOST_RATIO`]
    /// times its own size, and more than [`LEAST_LIMIT`].
    pub fn read(&self, name: &str) -> Result<Cow<'_, [u8]>, NpzError> {
        let found = self.entries.binary_search_by(|entry| (*entry.name).cmp(name));
        let Ok(entry) = found.map(|i| &self.entries[i]) else {
            return Err(NpzError { offset: 0, problem: NpzProblem::Missing });
        };
        let at = |offset, problem| NpzError { offset, problem };
        let &Entry { offset, flags, method, crc, packed, length, start, .. } = entry;
        if flags & 1 != 0 {
            return Err(at(offset, NpzProblem::Encrypted));
        }
        let head = self.bytes.get(start..).and_then(|rest| rest.get(..30));
        let Some(head) = head.filter(|head| head.starts_with(FILE)) else {
            return Err(at(start.min(self.bytes.len()), NpzProblem::Start));
        };
        let [name, extra]: [usize; 2] = [26, 28].map(|at| number(head, at, 2));
        let data_start = start + 30 + name + extra;
        let Some(data) = self.bytes.get(data_start..).and_then(|rest| rest.get(..packed)) else {
            return Err(at(start, NpzProblem::Range { length: packed }));
        };
        let data = match method {
            0 => Cow::Borrowed(data),
            8 => {
                let limit = LEAST_LIMIT.max(packed.saturating_mul(MOST_RATIO));
                let inflated = inflate_all(data, length.min(limit)).map_err(|error| {
                    let GzipError { offset, problem } = error;
                    let problem = match problem {
                        GzipProblem::TooLong { .. } if length > limit => {
                            NpzProblem::Ratio { bytes: packed, limit }
                        }
                        GzipProblem::Truncated | GzipProblem::TrailingGarbage { .. } => {
                            NpzProblem::Packed
                        }
                        problem => NpzProblem::Deflate(problem),
                    };
                    at(data_start + offset, problem)
                });
                Cow::Owned(inflated?)
            }
            found => return Err(at(offset, NpzProblem::Method { found })),
        };
        if data.len() != length {
            let found = data.len();
            return Err(at(offset, NpzProblem::Length { found, expected: length }));
        }
        match crc32(&data) {
            found if found == crc => Ok(data),
            found => Err(at(data_start, NpzProblem::Checksum { found, expected: crc })),
        }
    }
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
        // What cannot be read again is not written.
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
