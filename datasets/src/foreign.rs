//! Files in a format that a reader does not read, called by their names: one table for all readers.
//!
//! A reader asks once its own signature is not there. What it says then names the format that was
//! found and, where there is one, the command that makes of it what was expected.

use crate::steps::steps;
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
    /// A picture: [`png`](crate::png) or [`pnm`](crate::pnm).
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

/// A file in another format than a reader expects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Foreign {
    /// The name of the format, with its article.
    pub format: &'static str,
    /// What was expected.
    pub wanted: Wanted,
    /// What helps, if anything does.
    pub help: Option<&'static str>,
}

impl fmt::Display for Foreign {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "found {}, expected {}", self.format, self.wanted)?;
        self.help.map_or(Ok(()), |help| write!(f, ": {help}"))
    }
}

/// The format of a file that starts with `bytes`, if it is one of those in the table: not what the
/// reader wants, which it knows better.
///
/// ```
/// use datasets::foreign::{Wanted, foreign};
/// let found = foreign(b"PK\x03\x04 and more", Wanted::Idx).unwrap().to_string();
/// assert_eq!(found, "found a zip archive, expected IDX data: unpack it with `unzip FILE`");
/// ```
pub fn foreign(bytes: &[u8], wanted: Wanted) -> Option<Foreign> {
    steps(bytes.len());
    let format = FORMATS.iter().find(|format| (format.is)(bytes))?;
    let found = Foreign { format: format.name, wanted, help: (format.help)(wanted) };
    (format.own != Some(wanted)).then_some(found)
}

/// A row of the table.
struct Format {
    name: &'static str,
    /// The reader, if there is one.
    own: Option<Wanted>,
    /// Whether bytes are the start of such a file.
    is: fn(&[u8]) -> bool,
    /// What makes of it what is wanted.
    help: Help,
}

type Help = fn(Wanted) -> Option<&'static str>;

const fn format(name: &'static str, is: fn(&[u8]) -> bool, help: Help) -> Format {
    Format { name, own: None, is, help }
}

const fn own(name: &'static str, own: Wanted, is: fn(&[u8]) -> bool, help: Help) -> Format {
    Format { name, own: Some(own), is, help }
}

/// Help that is right for every reader, or for one of them.
macro_rules! help {
    ($text:literal) => {
        |_| Some($text)
    };
    ($($wanted:ident: $text:literal),*) => {
        |wanted| match wanted {
            $(Wanted::$wanted => Some($text),)*
            #[allow(unreachable_patterns, reason = "some say a word for each reader")]
            _ => None,
        }
    };
}

const PICTURE: Help = help!(Picture: "convert it with `magick FILE picture.png`");
const SPREADSHEET: Help =
    help!(Csv: "convert it with `libreoffice --headless --convert-to csv FILE`");
const DOWNLOAD: Help =
    help!("perhaps what a failed download left; `curl -fLO URL` tells when one fails");

/// The formats. The first that fits counts.
const FORMATS: &[Format] = &[
    format("an empty file", <[u8]>::is_empty, |_| None),
    // Pictures.
    own("a PNG picture", Wanted::Picture, |b| b.starts_with(b"\x89PNG\r\n\x1a\n"), |_| None),
    format(
        "a PNG picture copied as text, which changes it",
        is_png_as_text,
        help!("copy it as it is, as binary data"),
    ),
    format("a JPEG picture", |b| b.starts_with(b"\xff\xd8\xff"), PICTURE),
    format("a HEIC picture", |b| is_brand(b, &["heic", "heix", "hevc", "mif1", "msf1"]), PICTURE),
    format("an AVIF picture", |b| is_brand(b, &["avif", "avis"]), PICTURE),
    format("a video", |b| is_brand(b, &[""]), |_| None),
    format("a GIF picture", |b| b.starts_with(b"GIF87a") || b.starts_with(b"GIF89a"), PICTURE),
    format("a WebP picture", |b| b.starts_with(b"RIFF") && is_at(b, 8, b"WEBP"), PICTURE),
    // Words start with BM, too.
    format("a BMP picture", |b| b.starts_with(b"BM") && is_at(b, 6, &[0; 4]), PICTURE),
    format("a TIFF picture", |b| b.starts_with(b"II*\0") || b.starts_with(b"MM\0*"), PICTURE),
    format(
        "a JPEG XL picture",
        |b| b.starts_with(b"\xff\x0a") || b.starts_with(b"\0\0\0\x0cJXL "),
        PICTURE,
    ),
    format("an icon", |b| b.starts_with(b"\0\0\x01\0") && b.len() > 22, PICTURE),
    format("a Photoshop picture", |b| b.starts_with(b"8BPS\0"), PICTURE),
    format("an SVG picture", is_svg, PICTURE),
    own("a PBM, PGM or PPM picture", Wanted::Picture, is_pnm, |_| None),
    format("a PAM picture", |b| b.starts_with(b"P7\n"), PICTURE),
    format(
        "a PDF document",
        |b| b.starts_with(b"%PDF-"),
        help!(Picture: "convert it with `pdftoppm -png -singlefile FILE picture`"),
    ),
    // Spreadsheets and other archives with a purpose, then archives.
    format("an Excel workbook", |b| is_zip(b) && contains(b, b"xl/workbook"), SPREADSHEET),
    format("an old Excel workbook", |b| b.starts_with(b"\xd0\xcf\x11\xe0\xa1\xb1"), SPREADSHEET),
    format(
        "an OpenDocument spreadsheet",
        |b| is_zip(b) && is_at(b, 30, b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet"),
        SPREADSHEET,
    ),
    format(
        "an NPZ archive of NPY files",
        |b| zip_name(b).is_some_and(|name| name.ends_with(b".npy")),
        help!(Npy: "unpack it with `unzip FILE`"),
    ),
    format(
        "a PyTorch file",
        |b| zip_name(b).is_some_and(|name| name.ends_with(b"/data.pkl")),
        help!(Npy: "save each tensor with `numpy.save(NAME, tensor.numpy())` in Python"),
    ),
    format("a zip archive", is_zip, help!("unpack it with `unzip FILE`")),
    format("gzip data", |b| b.starts_with(b"\x1f\x8b"), help!("unpack it with `gunzip FILE`")),
    // Words start with these two letters as well.
    format(
        "zlib data",
        |b| matches!(b, [0x78, 0x01 | 0x5e | 0x9c | 0xda, ..]) && !is_text(b),
        help!(
            "unpack it with `python3 -c \"import sys, zlib; \
             sys.stdout.buffer.write(zlib.decompress(open('FILE', 'rb').read()))\" > NEW`"
        ),
    ),
    format("xz data", |b| b.starts_with(b"\xfd7zXZ\0"), help!("unpack it with `unxz FILE`")),
    format(
        "bzip2 data",
        |b| b.starts_with(b"BZh") && (is_at(b, 4, b"1AY&SY") || is_at(b, 4, b"\x17\x72E8P\x90")),
        help!("unpack it with `bunzip2 FILE`"),
    ),
    format(
        "zstd data",
        |b| b.starts_with(b"\x28\xb5\x2f\xfd"),
        help!("unpack it with `unzstd FILE`"),
    ),
    format(
        "lz4 data",
        |b| b.starts_with(b"\x04\x22\x4d\x18"),
        help!("unpack it with `unlz4 FILE`"),
    ),
    format(
        "compress data",
        |b| b.starts_with(b"\x1f\x9d"),
        help!("unpack it with `uncompress FILE`"),
    ),
    format(
        "a 7z archive",
        |b| b.starts_with(b"7z\xbc\xaf\x27\x1c"),
        help!("unpack it with `7z x FILE`"),
    ),
    format(
        "a RAR archive",
        |b| b.starts_with(b"Rar!\x1a\x07"),
        help!("unpack it with `unrar x FILE`"),
    ),
    format("a tar archive", |b| is_at(b, 257, b"ustar"), help!("unpack it with `tar -xf FILE`")),
    // Data of other programs.
    own(
        "an NPY file",
        Wanted::Npy,
        |b| b.starts_with(b"\x93NUMPY"),
        help!(Csv: "convert it with `python3 -c \"import numpy; numpy.savetxt('FILE.csv', \
                    numpy.load('FILE'), delimiter=',')\"`"),
    ),
    own("an IDX file", Wanted::Idx, is_idx, |_| None),
    format(
        "a pickle of Python",
        is_pickle,
        help!(
            Csv: "if you trust it, convert it with `python3 -c \"import pandas; \
                  pandas.read_pickle('FILE').to_csv('FILE.csv', index=False)\"`",
            Npy: "if you trust it, convert it with `python3 -c \"import numpy; \
                  numpy.save('FILE.npy', numpy.load('FILE', allow_pickle=True))\"`"
        ),
    ),
    format(
        "a Parquet file",
        // A column may have this name.
        |b| b.starts_with(b"PAR1") && (b.ends_with(b"PAR1") || b.contains(&0)),
        help!(Csv: "convert it with `python3 -c \"import pandas; \
                    pandas.read_parquet('FILE').to_csv('FILE.csv', index=False)\"`"),
    ),
    format(
        "an Arrow file",
        |b| b.starts_with(b"ARROW1\0\0") || b.starts_with(b"FEA1\0"),
        help!(Csv: "convert it with `python3 -c \"import pandas; \
                    pandas.read_feather('FILE').to_csv('FILE.csv', index=False)\"`"),
    ),
    format("an HDF5 file", |b| b.starts_with(b"\x89HDF\r\n\x1a\n"), |_| None),
    format("a MATLAB file", |b| b.starts_with(b"MATLAB 5.0 MAT-file"), |_| None),
    format("an SQLite database", |b| b.starts_with(b"SQLite format 3\0"), |_| None),
    format(
        "R data",
        |b| b.starts_with(b"RDX2\n") || b.starts_with(b"RDX3\n") || b.starts_with(b"X\n\0\0\0"),
        |_| None,
    ),
    // Text.
    format(
        "UTF-32 text",
        |b| b.starts_with(b"\xff\xfe\0\0") || b.starts_with(b"\0\0\xfe\xff"),
        help!(
            Csv: "convert it with `iconv -f UTF-32 -t UTF-8 FILE > NEW`"
        ),
    ),
    format(
        "UTF-16 text",
        |b| b.starts_with(b"\xff\xfe") || b.starts_with(b"\xfe\xff"),
        help!(
            Csv: "convert it with `iconv -f UTF-16 -t UTF-8 FILE > NEW`"
        ),
    ),
    format(
        "UTF-16 text without a byte order mark",
        |b| is_utf_16(b, 0),
        help!(
            Csv: "convert it with `iconv -f UTF-16LE -t UTF-8 FILE > NEW`"
        ),
    ),
    format(
        "UTF-16 text without a byte order mark",
        |b| is_utf_16(b, 1),
        help!(
            Csv: "convert it with `iconv -f UTF-16BE -t UTF-8 FILE > NEW`"
        ),
    ),
    format(
        "a Git LFS pointer",
        |b| b.starts_with(b"version https://git-lfs.github.com/spec/"),
        help!("fetch the file with `git lfs pull`"),
    ),
    format(
        "a git-annex pointer",
        |b| b.starts_with(b"/annex/objects/"),
        help!("fetch the file with `git annex get FILE`"),
    ),
    format("a web page", |b| text(b).starts_with(b"<"), DOWNLOAD),
    format("JSON", is_json, |wanted| match wanted {
        Wanted::Csv => Some(
            "convert it with `python3 -c \"import pandas; \
             pandas.read_json('FILE').to_csv('FILE.csv', index=False)\"`",
        ),
        _ => DOWNLOAD(wanted),
    }),
    format(
        "an ARFF file of Weka",
        is_arff,
        help!(
            Csv: "convert it with `grep -v '^[%@]' FILE > NEW.csv`"
        ),
    ),
    own(
        "text",
        Wanted::Csv,
        is_text,
        help!(
            Npy: "convert it with `python3 -c \"import numpy; \
                  numpy.save('FILE.npy', numpy.loadtxt('FILE'))\"`"
        ),
    ),
];

fn is_at(bytes: &[u8], offset: usize, part: &[u8]) -> bool {
    bytes.get(offset..).is_some_and(|rest| rest.starts_with(part))
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

/// The files that phones' pictures and videos are in have a brand.
fn is_brand(bytes: &[u8], brands: &[&str]) -> bool {
    is_at(bytes, 4, b"ftyp") && brands.iter().any(|brand| is_at(bytes, 8, brand.as_bytes()))
}

fn is_zip(bytes: &[u8]) -> bool {
    [b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08"].iter().any(|start| bytes.starts_with(*start))
}

/// The name of the first file in a zip archive.
fn zip_name(bytes: &[u8]) -> Option<&[u8]> {
    let length = bytes.get(26..28).filter(|_| bytes.starts_with(b"PK\x03\x04"))?;
    bytes.get(30..)?.get(..usize::from(length[0]) + 256 * usize::from(length[1]))
}

/// Two zeros, a type and a number of dimensions.
fn is_idx(bytes: &[u8]) -> bool {
    matches!(bytes, [0, 0, 0x08 | 0x09 | 0x0b..=0x0e, 1..=4, ..])
}

/// The first byte has lost its upper bit, or is a character of two or three bytes, or the line ends
/// have changed: the signature is made to tell this.
fn is_png_as_text(bytes: &[u8]) -> bool {
    let first: [&[u8]; 5] = [b"\x89", b"\x09", b"?", b"\xc2\x89", b"\xef\xbf\xbd"];
    let rest = first.iter().find_map(|first| bytes.strip_prefix(*first)?.strip_prefix(b"PNG"));
    rest.is_some_and(|rest| matches!(rest, [b'\r' | b'\n', ..]))
}

fn is_pnm(bytes: &[u8]) -> bool {
    matches!(bytes, [b'P', b'1'..=b'6', blank, ..] if blank.is_ascii_whitespace())
}

/// Protocols 2 to 5 start with their numbers, the older ones with an operation.
fn is_pickle(bytes: &[u8]) -> bool {
    let old = ["(dp", "(lp", "ccopy_reg\n", "cnumpy", "ccollections\n"];
    matches!(bytes, [0x80, 2..=5, ..]) || old.iter().any(|old| bytes.starts_with(old.as_bytes()))
}

/// Letters, digits and the like with a zero behind each, or with one in front of each.
fn is_utf_16(bytes: &[u8], place: usize) -> bool {
    let (pairs, _) = bytes.as_chunks();
    let is_letter = |byte: u8| matches!(byte, b'\t' | b'\n' | b'\r' | b' '..=b'~');
    let fits = |pair: &[u8; 2]| is_letter(pair[place]) && pair[1 - place] == 0;
    pairs.len() >= 2 && pairs.iter().take(16).all(fits)
}

/// Text from its first letter on.
fn text(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii_start()
}

fn is_svg(bytes: &[u8]) -> bool {
    let start = &text(bytes)[..text(bytes).len().min(1000)];
    start.starts_with(b"<svg") || start.starts_with(b"<?xml") && contains(start, b"<svg")
}

/// A list of something in brackets or quotes, or names with values.
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

/// Something that can be printed, as far as one can tell from the start.
fn is_text(bytes: &[u8]) -> bool {
    let start = &bytes[..bytes.len().min(512)];
    let start = match str::from_utf8(start) {
        Ok(text) => text,
        // The last letter may be cut.
        Err(error) if start.len() == 512 && error.error_len().is_none() => {
            str::from_utf8(&start[..error.valid_up_to()]).expect("valid up to here")
        }
        Err(_) => return false,
    };
    !start.contains(|c: char| c.is_control() && !c.is_ascii_whitespace())
}

#[cfg(test)]
mod tests;
