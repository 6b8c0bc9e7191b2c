//! Names the formats of files that a reader does not read: one table for all readers.
//!
//! A reader asks when a file does not start with its own signature. The answer names the format
//! that was found and, if there is one, the command that converts the file.

use crate::fault::Fault;
use crate::npz::is_zip;
use crate::steps::steps;
use crate::{gzip, png};
use std::fmt;

/// What a reader expects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// Images or labels: [`idx`](crate::idx).
    Idx,
    /// A table: [`csv`](crate::csv).
    Csv,
    /// A matrix: [`npy`](crate::npy).
    Npy,
    /// Several files in one: [`npz`](crate::npz).
    Npz,
    /// A picture: [`png`] or [`pnm`](crate::pnm).
    Picture,
}

impl fmt::Display for Wanted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Idx => "IDX data",
            Self::Csv => "comma-separated values",
            Self::Npy => "NPY data",
            Self::Npz => "an NPZ file",
            Self::Picture => "a PNG, PGM or PPM picture",
        })
    }
}

/// The fault that a file that starts with `bytes` is in another format than is wanted, if it is one
/// of those listed below. The format that the reader itself reads is not named.
///
/// ```
/// use datasets::foreign::{Wanted, foreign};
/// let found = foreign(b"PK\x03\x04 and more", Wanted::Idx).unwrap().to_string();
/// assert_eq!(found, "found a zip archive, expected IDX data: unpack it with `unzip FILE`");
/// ```
pub fn foreign(bytes: &[u8], wanted: Wanted) -> Option<Fault> {
    steps(bytes.len());
    let (format, _) = *FORMATS.iter().find(|(_, is)| is(bytes))?;
    let own = match format {
        PNG | PNM => Some(Wanted::Picture),
        NPY => Some(Wanted::Npy),
        IDX => Some(Wanted::Idx),
        TEXT => Some(Wanted::Csv),
        _ => None,
    };
    let fault = || Fault::new(format, wanted.to_string()).note(help(format, wanted));
    (own != Some(wanted)).then(fault)
}

const PNG: &str = "a PNG picture";
const PNM: &str = "a PBM, PGM or PPM picture";
const NPY: &str = "an NPY file";
const IDX: &str = "an IDX file";
const TEXT: &str = "text";

/// Tells whether bytes are the start of a file in some format.
type Test = fn(&[u8]) -> bool;

/// The names of formats, with their articles, and how they are told. The first that fits counts.
const FORMATS: &[(&str, Test)] = &[
    // Pictures.
    (PNG, png::is_png),
    ("a JPEG picture", |b| b.starts_with(b"\xff\xd8\xff")),
    ("a HEIC picture", |b| is_at(b, 4, &[b"ftyphei", b"ftyphevc", b"ftypmif1", b"ftypmsf1"])),
    ("an AVIF picture", |b| is_at(b, 4, &[b"ftypavif", b"ftypavis"])),
    ("a video", |b| is_at(b, 4, &[b"ftyp"])),
    ("a GIF picture", |b| is_at(b, 0, &[b"GIF87a", b"GIF89a"])),
    ("a WebP picture", |b| b.starts_with(b"RIFF") && is_at(b, 8, &[b"WEBP"])),
    ("a BMP picture", |b| b.starts_with(b"BM") && is_at(b, 6, &[b"\0\0\0\0"])),
    ("a TIFF picture", |b| is_at(b, 0, &[b"II*\0", b"MM\0*"])),
    ("a JPEG XL picture", |b| is_at(b, 0, &[b"\xff\x0a", b"\0\0\0\x0cJXL "])),
    ("an ICO picture", |b| b.starts_with(b"\0\0\x01\0")),
    ("a Photoshop picture", |b| b.starts_with(b"8BPS\0")),
    ("a PAM picture", |b| b.starts_with(b"P7\n")),
    ("a PDF document", |b| b.starts_with(b"%PDF-")),
    // Archives, and spreadsheets, which are archives.
    ("an old Excel workbook", |b| b.starts_with(b"\xd0\xcf\x11\xe0\xa1\xb1")),
    ("an OpenDocument spreadsheet", |b| is_zip(b) && contains(b, b"opendocument.spreadsheet")),
    ("gzip data", gzip::is_gzip),
    ("xz data", |b| b.starts_with(b"\xfd7zXZ\0")),
    ("bzip2 data", |b| b.starts_with(b"BZh") && is_at(b, 4, &[b"1AY&SY", b"\x17\x72E8P\x90"])),
    ("zstd data", |b| b.starts_with(b"\x28\xb5\x2f\xfd")),
    ("lz4 data", |b| b.starts_with(b"\x04\x22\x4d\x18")),
    ("compress data", |b| b.starts_with(b"\x1f\x9d")),
    ("a 7z archive", |b| b.starts_with(b"7z\xbc\xaf\x27\x1c")),
    ("a RAR archive", |b| b.starts_with(b"Rar!\x1a\x07")),
    ("a tar archive", |b| is_at(b, 257, &[b"ustar"])),
    // Data of other programs.
    (NPY, |b| b.starts_with(b"\x93NUMPY")),
    ("an Arrow file", |b| is_at(b, 0, &[b"ARROW1\0\0", b"FEA1\0"])),
    ("an HDF5 file", |b| b.starts_with(b"\x89HDF\r\n\x1a\n")),
    ("a MATLAB file", |b| b.starts_with(b"MATLAB 5.0 MAT-file")),
    ("an SQLite database", |b| b.starts_with(b"SQLite format 3\0")),
    ("R data", |b| is_at(b, 0, &[b"RDX2\n", b"RDX3\n", b"X\n\0\0\0"])),
    // Text.
    ("UTF-32 text", |b| is_at(b, 0, &[b"\xff\xfe\0\0", b"\0\0\xfe\xff"])),
    ("UTF-16 text", |b| is_at(b, 0, &[b"\xff\xfe", b"\xfe\xff"])),
    ("a Git LFS pointer", |b| b.starts_with(b"version https://git-lfs.github.com/spec/")),
    ("a git-annex pointer", |b| b.starts_with(b"/annex/objects/")),
    ("an empty file", <[u8]>::is_empty),
    ("a PNG picture copied as text, which changes it", is_png_as_text),
    ("an SVG picture", is_svg),
    (PNM, |b| matches!(b, [b'P', b'1'..=b'6', blank, ..] if blank.is_ascii_whitespace())),
    ("an Excel workbook", |b| is_zip(b) && contains(b, b"xl/workbook")),
    ("an NPZ archive of NPY files", |b| zip_name(b).is_some_and(|name| name.ends_with(b".npy"))),
    ("a PyTorch file", |b| zip_name(b).is_some_and(|name| name.ends_with(b"/data.pkl"))),
    ("a zip archive", is_zip),
    // Words may start with x and one of these letters.
    ("zlib data", |b| matches!(b, [b'x', 0x01 | 0x5e | 0x9c | 0xda, ..]) && !is_text(b)),
    // Two zeros, a type and a number of dimensions.
    (IDX, |b| matches!(b, [0, 0, 0x08 | 0x09 | 0x0b..=0x0e, 1..=4, ..])),
    ("a pickle of Python", is_pickle),
    // The first column of a table may be called PAR1.
    ("a Parquet file", |b| b.starts_with(b"PAR1") && (b.ends_with(b"PAR1") || b.contains(&0))),
    // Without a byte order mark.
    ("UTF-16LE text", |b| is_utf_16(b, 0)),
    ("UTF-16BE text", |b| is_utf_16(b, 1)),
    ("a web page", |b| text(b).starts_with(b"<")),
    ("JSON", is_json),
    ("an ARFF file of Weka", is_arff),
    (TEXT, is_text),
];

/// Whether the bytes from `at` on start with one of these parts.
fn is_at(bytes: &[u8], at: usize, parts: &[&[u8]]) -> bool {
    bytes.get(at..).is_some_and(|rest| parts.iter().any(|part| rest.starts_with(part)))
}

/// A command that converts a file of this format to the wanted one; empty if there is none.
fn help(format: &str, wanted: Wanted) -> String {
    use Wanted::{Csv, Npy, Picture};
    let convert = |command: &str| format!("convert it with `{command}`");
    let unpack = |command: &str| format!("unpack it with `{command} FILE`");
    let python = |code: &str| convert(&format!("python3 -c \"{code}\""));
    let pandas = |read: &str| {
        let write = "to_csv('FILE.csv', index=False)";
        python(&format!("import pandas; pandas.read_{read}('FILE').{write}"))
    };
    match (format, wanted) {
        ("a PNG picture copied as text, which changes it", _) => {
            "copy it as it is, as binary data".to_owned()
        }
        ("a PDF document", Picture) => convert("pdftoppm -png -singlefile FILE picture"),
        (_, Picture) if format.ends_with(" picture") => convert("magick FILE picture.png"),
        ("an Excel workbook" | "an old Excel workbook" | "an OpenDocument spreadsheet", Csv) => {
            convert("libreoffice --headless --convert-to csv FILE")
        }
        ("a PyTorch file", Npy) => {
            "save each tensor with `numpy.save(NAME, tensor.numpy())` in Python".to_owned()
        }
        ("an NPZ archive of NPY files", Npy) | ("a zip archive", _) => unpack("unzip"),
        ("gzip data", _) => unpack("gunzip"),
        ("zlib data", _) => "unpack it with `python3 -c \"import sys, zlib; \
             sys.stdout.buffer.write(zlib.decompress(open('FILE', 'rb').read()))\" > NEW`"
            .to_owned(),
        ("xz data", _) => unpack("unxz"),
        ("bzip2 data", _) => unpack("bunzip2"),
        ("zstd data", _) => unpack("unzstd"),
        ("lz4 data", _) => unpack("unlz4"),
        ("compress data", _) => unpack("uncompress"),
        ("a 7z archive", _) => unpack("7z x"),
        ("a RAR archive", _) => unpack("unrar x"),
        ("a tar archive", _) => unpack("tar -xf"),
        (NPY, Csv) => {
            let load = "numpy.load('FILE'), delimiter=','";
            python(&format!("import numpy; numpy.savetxt('FILE.csv', {load})"))
        }
        ("a pickle of Python", Csv) => "if you trust it, ".to_owned() + &pandas("pickle"),
        ("a pickle of Python", Npy) => {
            let load = "numpy.load('FILE', allow_pickle=True)";
            let code = format!("import numpy; numpy.save('FILE.npy', {load})");
            "if you trust it, ".to_owned() + &python(&code)
        }
        ("a Parquet file", Csv) => pandas("parquet"),
        ("an Arrow file", Csv) => pandas("feather"),
        ("JSON", Csv) => pandas("json"),
        ("UTF-32 text" | "UTF-16 text" | "UTF-16LE text" | "UTF-16BE text", Csv) => {
            convert(&format!("iconv -f {} -t UTF-8 FILE > NEW", format.trim_end_matches(" text")))
        }
        ("a Git LFS pointer", _) => "fetch the file with `git lfs pull`".to_owned(),
        ("a git-annex pointer", _) => "fetch the file with `git annex get FILE`".to_owned(),
        ("a web page" | "JSON", _) => {
            "perhaps what a failed download left; `curl -fLO URL` tells when one fails".to_owned()
        }
        ("an ARFF file of Weka", Csv) => convert("grep -v '^[%@]' FILE > NEW.csv"),
        (TEXT, Npy) => python("import numpy; numpy.save('FILE.npy', numpy.loadtxt('FILE'))"),
        _ => String::new(),
    }
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

/// The name of the first file in a zip archive.
fn zip_name(bytes: &[u8]) -> Option<&[u8]> {
    let length = bytes.get(26..28).filter(|_| bytes.starts_with(b"PK\x03\x04"))?;
    bytes.get(30..)?.get(..usize::from(length[0]) + 256 * usize::from(length[1]))
}

/// Copying as text changes line ends or the first byte, which loses its upper bit or becomes a
/// character of two or three bytes. PNG's signature is made to show this.
fn is_png_as_text(bytes: &[u8]) -> bool {
    let first: [&[u8]; 5] = [b"\x89", b"\x09", b"?", b"\xc2\x89", b"\xef\xbf\xbd"];
    let rest = first.iter().find_map(|first| bytes.strip_prefix(*first)?.strip_prefix(b"PNG"));
    rest.is_some_and(|rest| matches!(rest, [b'\r' | b'\n', ..]))
}

/// Protocols 2 to 5 start with their numbers, the older ones with an operation.
fn is_pickle(bytes: &[u8]) -> bool {
    let old = ["(dp", "(lp", "ccopy_reg\n", "cnumpy", "ccollections\n"];
    matches!(bytes, [0x80, 2..=5, ..]) || old.iter().any(|old| bytes.starts_with(old.as_bytes()))
}

/// Whether the first sixteen pairs of bytes are ASCII characters at `place` and zeros beside them.
fn is_utf_16(bytes: &[u8], place: usize) -> bool {
    let (pairs, _) = bytes.as_chunks();
    let is_letter = |byte: u8| matches!(byte, b'\t' | b'\n' | b'\r' | b' '..=b'~');
    let fits = |pair: &[u8; 2]| is_letter(pair[place]) && pair[1 - place] == 0;
    pairs.len() >= 2 && pairs.iter().take(16).all(fits)
}

/// The bytes without a byte order mark and leading whitespace.
fn text(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii_start()
}

fn is_svg(bytes: &[u8]) -> bool {
    let start = &text(bytes)[..text(bytes).len().min(1000)];
    start.starts_with(b"<svg") || start.starts_with(b"<?xml") && contains(start, b"<svg")
}

/// An object with a name, or a list of lists, objects or strings.
fn is_json(bytes: &[u8]) -> bool {
    match text(bytes) {
        [b'{', rest @ ..] => matches!(rest.trim_ascii_start(), [b'"' | b'}', ..]),
        [b'[', rest @ ..] => matches!(rest.trim_ascii_start(), [b'[' | b'{' | b'"', ..]),
        _ => false,
    }
}

/// Comments, then the name of the relation.
fn is_arff(bytes: &[u8]) -> bool {
    let mut lines = text(bytes).split(|&byte| byte == b'\n').map(<[u8]>::trim_ascii_start);
    let first = lines.find(|line| !line.is_empty() && !line.starts_with(b"%"));
    first.is_some_and(|line| line.len() > 9 && line[..9].eq_ignore_ascii_case(b"@relation"))
}

/// Whether the first 512 bytes are UTF-8 without control characters.
fn is_text(bytes: &[u8]) -> bool {
    let start = &bytes[..bytes.len().min(512)];
    let start = match str::from_utf8(start) {
        Ok(text) => text,
        // The last character may be cut.
        Err(error) if start.len() == 512 && error.error_len().is_none() => {
            str::from_utf8(&start[..error.valid_up_to()]).expect("valid up to here")
        }
        Err(_) => return false,
    };
    !start.contains(|c: char| c.is_control() && !c.is_ascii_whitespace())
}

#[cfg(test)]
mod tests;
