use super::*;

const ALL: [Wanted; 4] = [Wanted::Idx, Wanted::Csv, Wanted::Npy, Wanted::Picture];

/// The start of a zip archive whose first file has this name and content.
fn zip(name: &str, content: &[u8]) -> Vec<u8> {
    let length = (name.len() as u16).to_le_bytes();
    [b"PK\x03\x04", &[0; 22][..], &length, &[0; 2], name.as_bytes(), content].concat()
}

fn utf_16(text: &str, swap: bool) -> Vec<u8> {
    let bytes = |unit: u16| if swap { unit.to_be_bytes() } else { unit.to_le_bytes() };
    text.encode_utf16().flat_map(bytes).collect()
}

/// A file of each format, and its name.
fn files() -> Vec<(&'static str, Vec<u8>)> {
    let at = |n: usize, part: &[u8]| [&vec![1; n], part].concat();
    let phone = |brand: &str| [b"\0\0\0\x18ftyp", brand.as_bytes(), b"\0\0\0\0"].concat();
    let page = b"\xef\xbb\xbf\r\n<!DOCTYPE html>";
    let files: [(&str, &[u8]); 77] = [
        ("an empty file", b""),
        ("a PNG picture", b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR"),
        ("a JPEG picture", b"\xff\xd8\xff\xe0\0\x10JFIF"),
        ("a HEIC picture", &phone("heic")),
        ("a HEIC picture", &phone("mif1")),
        ("a HEIC picture", &phone("hevc")),
        ("an AVIF picture", &phone("avif")),
        ("a video", &phone("qt  ")),
        ("a GIF picture", b"GIF87a"),
        ("a GIF picture", b"GIF89a"),
        ("a PNG picture copied as text, which changes it", b"\x89PNG\n\x1a\n\0\0"),
        ("a PNG picture copied as text, which changes it", b"\xef\xbf\xbdPNG\r\n\x1a\n"),
        ("a WebP picture", b"RIFF\xd8\0\0\0WEBPVP8L"),
        ("a BMP picture", b"BM\x46\x07\0\0\0\0\0\0\x46\0"),
        ("a TIFF picture", b"II*\0\x08\0\0\0"),
        ("a TIFF picture", b"MM\0*\0\0\0\x08"),
        ("a JPEG XL picture", b"\xff\x0a\xfa\x1f"),
        ("a JPEG XL picture", b"\0\0\0\x0cJXL \r\n\x87\n"),
        ("an ICO picture", b"\0\0\x01\0\x01\0\x10\x10\0\0\x01\0\x20\0\0\0\0\0\x16\0\0\0\x28"),
        ("a Photoshop picture", b"8BPS\0\x01"),
        ("an SVG picture", b"<svg xmlns=\"http://www.w3.org/2000/svg\">"),
        ("an SVG picture", b"<?xml version=\"1.0\"?>\n<svg>"),
        ("a PAM picture", b"P7\nWIDTH 28\n"),
        ("a PBM, PGM or PPM picture", b"P5\n28 28\n255\n"),
        ("a PBM, PGM or PPM picture", b"P6 1 1 255 abc"),
        ("a PDF document", b"%PDF-1.7\n"),
        ("an Excel workbook", &zip("[Content_Types].xml", b"..PK\x03\x04..xl/workbook.xml..")),
        ("an old Excel workbook", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
        (
            "an OpenDocument spreadsheet",
            &zip("mimetype", b"application/vnd.oasis.opendocument.spreadsheetPK"),
        ),
        ("an NPZ archive of NPY files", &zip("x_train.npy", b"\x93NUMPY")),
        ("a PyTorch file", &zip("archive/data.pkl", b"\x80\x02")),
        ("a zip archive", &zip("train-images-idx3-ubyte", b"")),
        ("a zip archive", b"PK\x05\x06\0\0"),
        ("a zip archive", b"PK\x07\x08PK"),
        ("gzip data", b"\x1f\x8b\x08\0"),
        ("zlib data", b"x\x9c\xed\xcb"),
        ("xz data", b"\xfd7zXZ\0\0\x04"),
        ("bzip2 data", b"BZh91AY&SY"),
        ("zstd data", b"\x28\xb5\x2f\xfd\x04\x68"),
        ("lz4 data", b"\x04\x22\x4d\x18"),
        ("compress data", b"\x1f\x9d\x90"),
        ("a 7z archive", b"7z\xbc\xaf\x27\x1c\0\x04"),
        ("a RAR archive", b"Rar!\x1a\x07\x01\0"),
        ("a tar archive", &at(257, b"ustar\x0000")),
        ("an NPY file", b"\x93NUMPY\x01\0"),
        ("an IDX file", b"\0\0\x08\x03\0\0\0\x01"),
        ("an IDX file", b"\0\0\x0c\x04\0\0\0\x01"),
        ("a pickle of Python", b"\x80\x04\x95\x10\0"),
        ("a pickle of Python", b"\x80\x03]q\0"),
        ("a pickle of Python", b"(lp0\n"),
        ("a pickle of Python", b"ccopy_reg\n_reconstructor\n"),
        ("a Parquet file", b"PAR1\x15\x04\x15\0 .. PAR1"),
        ("a Parquet file", b"PAR1\x15\x04\x15\0 ..cut off"),
        ("an Arrow file", b"ARROW1\0\0\xff\xff"),
        ("an Arrow file", b"FEA1\0\0\0\0"),
        ("an HDF5 file", b"\x89HDF\r\n\x1a\n"),
        ("a MATLAB file", b"MATLAB 5.0 MAT-file, Platform: GLNXA64"),
        ("an SQLite database", b"SQLite format 3\0"),
        ("R data", b"RDX3\nX\n"),
        ("R data", b"X\n\0\0\0\x03"),
        ("UTF-32 text", b"\xff\xfe\0\0a\0\0\0"),
        ("UTF-16 text", b"\xff\xfea\0"),
        ("UTF-16 text", b"\xfe\xff\0a"),
        ("UTF-16LE text", &utf_16("5.1,3.5\r\n", false)),
        ("UTF-16LE text", &utf_16("a,", false)),
        ("UTF-16BE text", &utf_16("sepal length (cm),größe", true)),
        ("a Git LFS pointer", b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a"),
        ("a git-annex pointer", b"/annex/objects/SHA256E-s9912422--aa"),
        ("a web page", b" \n<html>"),
        ("a web page", page),
        ("JSON", b"{\"message\": \"Not Found\"}"),
        ("JSON", b"[\n  {\"sepalLength\": 5.1"),
        ("an ARFF file of Weka", b"% 1. Title: Iris\n%\n\n@RELATION iris\n"),
        ("an ARFF file of Weka", b"@relation iris\n"),
        ("text", b"sepal_length,sepal_width\n5.1,3.5\n"),
        ("text", &"é".repeat(300).into_bytes()),
        ("text", &format!("a{}", "é".repeat(300)).into_bytes()),
    ];
    files.into_iter().map(|(name, file)| (name, file.to_vec())).collect()
}

#[test]
fn each_format_is_called_by_its_name() {
    let files = files();
    for (name, file) in &files {
        let own = match *name {
            "a PNG picture" | "a PBM, PGM or PPM picture" => Some(Wanted::Picture),
            "an NPY file" => Some(Wanted::Npy),
            "an IDX file" => Some(Wanted::Idx),
            "text" => Some(Wanted::Csv),
            _ => None,
        };
        for wanted in ALL {
            let found = foreign(file, wanted).map(|fault| fault.found);
            let expected = (own != Some(wanted)).then(|| name.to_string());
            assert_eq!(found, expected, "{name}, for {wanted:?}");
        }
    }
    for (format, _) in FORMATS {
        assert!(files.iter().any(|(name, _)| name == format), "{format} has a file");
    }
}

#[test]
fn what_is_none_of_them_has_no_name() {
    let files: [&[u8]; 8] = [
        b"\0",
        b"\x93NUM",
        b"BMI,weight\n1,2",
        b"PAR1,par2\n1,2",
        b"[x],y",
        b"a\0b",
        b"\0\0\x07\x03",
        b"\0\0\x08\x05",
    ];
    for file in files {
        assert_eq!(foreign(file, Wanted::Csv), None, "{}", file.escape_ascii());
    }
    // One character is cut off by the end of the file, and one byte is in none.
    let latin_1 = [b"caf\xe9,", &[b'1'; 600][..]].concat();
    for file in [&b"\x01\x02\x03\x04"[..], b"caf\xc3", &latin_1, b"\xff"] {
        assert_eq!(foreign(file, Wanted::Idx), None, "{}", file.escape_ascii());
    }
}

#[test]
fn a_command_helps_the_reader_that_asks() {
    let message = |file: &[u8], wanted| foreign(file, wanted).unwrap().to_string();
    let heic = b"\0\0\0\x18ftypheic";
    assert_eq!(
        message(heic, Wanted::Picture),
        "found a HEIC picture, expected a PNG, PGM or PPM picture: convert it with `magick FILE \
         picture.png`"
    );
    assert_eq!(message(heic, Wanted::Idx), "found a HEIC picture, expected IDX data");
    let npz = zip("arr_0.npy", b"");
    let unzip = "found an NPZ archive of NPY files, expected NPY data: unpack it with `unzip FILE`";
    assert_eq!(message(&npz, Wanted::Npy), unzip);
    let excel = message(&zip("[Content_Types].xml", b"xl/workbook.xml"), Wanted::Csv);
    let found = "found an Excel workbook, expected comma-separated values: convert it with \
                 `libreoffice --headless --convert-to csv FILE`";
    assert_eq!(excel, found);
    let json = "found JSON, expected IDX data: perhaps what a failed download left; `curl -fLO \
                URL` tells when one fails";
    assert_eq!(message(b"{\"message\": 404}", Wanted::Idx), json);
    for wanted in ALL {
        let xz = message(b"\xfd7zXZ\0", wanted);
        assert_eq!(xz, format!("found xz data, expected {wanted}: unpack it with `unxz FILE`"));
    }
    for (_, file) in files() {
        for message in ALL.iter().filter_map(|&wanted| foreign(&file, wanted)) {
            let message = message.to_string();
            assert!(message.len() < 300 && !message.contains("  "), "{message}");
        }
    }
}
