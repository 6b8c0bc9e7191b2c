//! Valid files of every format, changed at random and read again: no reader panics, takes
//! more steps or gives more than it may, and each agrees with a second one that is slow and plain.
//!
//! The changes come from a generator with fixed seeds, so that every run tries the same cases.

use super::{encoder, plain};
use crate::fault::{Fault, Place};
use crate::foreign::{Wanted, foreign};
use crate::npz::{self, Npz};
use crate::steps::counted;
use crate::{csv, gzip, idx, npy, png, pnm};
use matrix::{Matrix, Rng};
use std::fmt::Display;

/// Changes `file` in one to four places. `words` are pieces that mean something in its format.
fn mutate(file: &[u8], others: &[Vec<u8>], words: &[&[u8]], rng: &mut Rng) -> Vec<u8> {
    let mut file = file.to_vec();
    for _ in 0..1 + rng.below(4) {
        let at = rng.below(file.len() + 1);
        // The header decides most and is short.
        let at = if rng.below(3) == 0 { at.min(rng.below(32)) } else { at };
        let end = at + rng.below(file.len() - at + 1).min(rng.below(40));
        match rng.below(9) {
            0..=2 if at < file.len() => file[at] ^= 1 << rng.below(8),
            3 if at < file.len() => file[at] = *pick(&[0, 1, 0x1f, 0x7f, 0x80, 0xff, b'9'], rng),
            4 => file.truncate(at),
            5 => drop(file.drain(at..end)),
            6 => drop(file.splice(at..at, pick(words, rng).iter().copied())),
            7 => {
                let again = file[at..end].to_vec();
                drop(file.splice(at..at, again));
            }
            _ => {
                let other = pick(others, rng);
                let tail = &other[rng.below(other.len() + 1)..];
                file.truncate(at);
                file.extend_from_slice(tail);
            }
        }
    }
    file
}

fn pick<'a, T>(items: &'a [T], rng: &mut Rng) -> &'a T {
    &items[rng.below(items.len())]
}

/// Reads `cases` changed files with `check`, which says whether the file was accepted, and asserts
/// that a fair number was, since a file that is refused at its first byte tests little.
fn run(seed: u64, cases: usize, files: &[Vec<u8>], words: &[&[u8]], check: impl Fn(&[u8]) -> bool) {
    let mut rng = Rng::new(seed);
    let (mut accepted, mut most) = (0, 0);
    for file in files {
        assert!(check(file), "the file to start from is valid");
    }
    for _ in 0..cases {
        let start: &Vec<u8> = pick(files, &mut rng);
        let file = mutate(start, files, words, &mut rng);
        let (is_accepted, steps) = counted(MOST_STEPS, || check(&file));
        accepted += usize::from(is_accepted);
        most = most.max(steps);
    }
    println!("{cases} cases, {accepted} of them accepted, {most} steps at most for one");
    assert!(accepted >= cases / 100, "{accepted} accepted");
}

/// The most steps for one case: files of a few hundred bytes that give at most [`LIMIT`]. Memory that is
/// filled counts, a byte a step, so that this bounds memory as well.
const MOST_STEPS: usize = 1 << 19;

/// An error's message is one line in lower case, without a full stop.
fn assert_message(error: &impl Display) {
    let message = error.to_string();
    assert!(!message.contains(char::is_control) && !message.ends_with('.'), "{message:?}");
    assert!(message.len() < 400, "{message:?}");
}

fn offset(fault: &Fault) -> usize {
    match fault.place {
        Place::Byte(offset) => offset,
        _ => 0,
    }
}

fn fixture(name: &str) -> Vec<u8> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/");
    std::fs::read(format!("{folder}{name}")).unwrap()
}

const LIMIT: usize = 1 << 16;

#[test]
fn gzip_frames() {
    let names = ["stored.gz", "fixed.gz", "dynamic.gz", "flags.gz", "members.gz"];
    let mut files = names.map(fixture).to_vec();
    files.push(plain::gzip(&[3, 0], b"")); // the shortest
    let words: [&[u8]; 4] = [b"\x1f\x8b", b"\x1f\x8b\x08\x1e", b"\0\0\xff\xff", b"\0\0\0\0\0\0"];
    run(1, 30_000, &files, &words, |file| {
        let result = gzip::decompress(file, LIMIT);
        if let Err(error) = &result {
            assert_message(error);
            assert!(offset(error) <= file.len());
        }
        assert_eq!(result.as_deref().ok(), plain::gunzip(file, LIMIT).as_deref());
        result.is_ok()
    });
}

/// The same behind the checksum, which would hide nearly all of what inflate accepts.
#[test]
fn deflate_data() {
    let names = ["stored.gz", "fixed.gz", "dynamic.gz"];
    let files = names.map(fixture).map(|file| file[10..file.len() - 8].to_vec());
    let words: [&[u8]; 3] = [b"\0\0\xff\xff", b"\x01\0\0\xff\xff", b"\x03\0"];
    run(2, 30_000, &files, &words, |deflate| {
        // Zeros stand for the checksum and length: what accepts too much gets to them.
        let deflate = [deflate, &[0; 8]].concat();
        let Some((data, used)) = plain::inflate(&deflate, LIMIT) else {
            let file = &plain::gzip(&deflate, b"");
            let error = gzip::decompress(&file[..file.len() - 8], LIMIT).unwrap_err();
            assert_message(&error);
            // A checksum or length that is wrong: the deflate data were accepted.
            assert_ne!(error.note, "the data are damaged", "{error}");
            return false;
        };
        let file = plain::gzip(&deflate[..used], &data);
        assert_eq!(gzip::decompress(&file, LIMIT), Ok(data));
        true
    });
}

#[test]
fn idx_files() {
    let image = |shape: [u32; 3]| {
        let mut file = b"\0\0\x08\x03".to_vec();
        file.extend(shape.iter().flat_map(|dimension| dimension.to_be_bytes()));
        file.extend((0..shape.iter().product()).map(|i: u32| i as u8));
        file
    };
    let labels = b"\0\0\x08\x01\0\0\0\x05\x03\x01\x04\x01\x05".to_vec();
    let integers = b"\0\0\x0c\x02\0\0\0\x02\0\0\0\x02\0\0\0\x07aaaa\0\0\0\x09\xff\0\0\x02".to_vec();
    let mut files = vec![image([2, 3, 4]), image([1, 1, 1]), labels, integers];
    for i in 0..4 {
        files.push(plain::gzip(&plain::stored(&files[i]), &files[i]));
    }
    let words: [&[u8]; 6] = [
        b"\0\0\x08\x03",
        b"\0\0\x08\x01",
        b"\0\0\x0c\x01",
        b"\0\0\x0c\x02",
        b"\xff\xff\xff\xff",
        b"\0\0\0\x01",
    ];
    run(3, 30_000, &files, &words, |file| {
        let images = idx::parse_images(file);
        let labels = idx::parse_labels(file);
        let data = plain::gunzip(file, 1 << 20).unwrap_or(file.to_vec());
        let expected =
            plain::idx(&data, &[8], &[3]).map(|(shape, pixels)| (shape[1], shape[2], pixels));
        assert_eq!(images.as_ref().ok(), expected.as_ref());
        assert_eq!(labels.as_ref().ok(), plain::labels(&data).as_ref());
        for fault in [&images.as_ref().err(), &labels.as_ref().err()].into_iter().flatten() {
            let Some((n, how)) = fault.found.split_once(" too ") else { continue };
            let Ok(n) = n.split(' ').next().unwrap().parse::<i128>() else { continue };
            let shape: Vec<i128> = fault.expected[..fault.expected.find(' ').unwrap()]
                .split('×')
                .map(|dimension| dimension.parse().unwrap())
                .collect();
            let size = if data[2] == 8 { 1 } else { 4 };
            let announced = 4 + 4 * shape.len() as i128 + size * shape.iter().product::<i128>();
            let length = if how == "few" { announced - n } else { announced + n };
            assert_eq!(data.len() as i128, length);
        }
        images.as_ref().err().inspect(assert_message);
        labels.as_ref().err().inspect(assert_message);
        images.is_ok() || labels.is_ok()
    });
}

#[test]
fn csv_files() {
    let files = [
        "Id,SepalLengthCm,SepalWidthCm,PetalLengthCm,PetalWidthCm,Species\r\n\
         1,5.1,3.5,1.4,0.2,Iris-setosa\r\n2,7.0,3.2,4.7,1.4,Iris-versicolor\r\n",
        "\u{feff}species,\"petal width\",petal length,sepal width,\"sepal \"\"length\"\"\"\n\
         setosa,.2,1.4,3.5,\" 5.1\"\n\n\"virginica\",1e0,2,3,4",
        "5.1,3.5,1.4,0.2,Iris-setosa\n4.9,3.0,1.4,0.2,Iris-virginica\n\n",
        "x,\"a\r\nb\",\u{e9}\r\"\"\"\",,\u{1f33a}\r\n",
        "2,4,setosa,versicolor,virginica,,\n5.1,3.5,1.4,0.2,0\n,,,,\n4.9,3.0,1.4,0.2,2,,\n",
        "sep=;\nSepal length;Sepal width;Petal length;Petal width;target\n5,1;3,5;1,4;0,2;1\n\
         4,9;3,0;1,4;0,2;3\n",
        "5,1\t3,5\t1,4\t0,2\tI. setosa\n4,9\t3,0\t1,4\t0,2\tIris versicolour\n",
    ];
    let files = files.map(|text| text.as_bytes().to_vec());
    for commas in [9_999, 10_000] {
        let file = b",".repeat(commas);
        let records: Result<Vec<_>, _> = csv::records(&file).and_then(Iterator::collect);
        assert_eq!(records.is_ok(), plain::csv(&file).is_some());
    }
    let words: [&[u8]; 19] = [
        b"\"",
        b"\"\"",
        b",",
        b";",
        b"\t",
        b"|",
        b",,",
        b"0",
        b"3",
        b"label",
        b"I. ",
        b"\n",
        b"\r\n",
        b"NaN",
        b"1e999",
        b"\xef\xbb\xbf",
        b"\xff",
        b" in cm",
        b"setosa",
    ];
    run(4, 30_000, &files, &words, |file| {
        let fields = |record: Vec<csv::Field>| record.into_iter().map(|f| f.text.into()).collect();
        let records: Result<Vec<Vec<String>>, _> =
            csv::records(file).and_then(|records| records.map(|r| r.map(fields)).collect());
        let expected = plain::csv(file);
        assert_eq!(records.as_ref().ok(), expected.as_ref().map(|(_, records)| records));
        records.as_ref().err().inspect(assert_message);
        let iris = crate::parse_iris(file);
        iris.as_ref().err().inspect(assert_message);
        let found = iris.ok().map(|iris| (iris.features.as_slice().to_vec(), iris.species));
        assert_eq!(found, expected.and_then(|(c, records)| plain::iris(c, &records)));
        records.is_ok()
    });
}

/// Whatever a file starts with, asking for its format doesn't panic.
#[test]
fn foreign_formats() {
    let mut files: Vec<Vec<u8>> = ["members.gz", "f8.npy"].map(fixture).to_vec();
    files.push([b"PK\x03\x04", &[0; 22][..], b"\x07\0\0\0arr.npy"].concat());
    files.push([&[b'x'; 257][..], b"ustar\0\0"].concat());
    files.push(b"% iris\n@RELATION iris\n".to_vec());
    files.push(b"\xef\xbb\xbf <?xml version=\"1.0\"?>\n<svg>".to_vec());
    files.push(" [ {\"a\": \"\u{e9}\u{1f33a}\"} ]".repeat(40).into_bytes());
    files.push("a,b\n1,2\n".encode_utf16().flat_map(u16::to_le_bytes).collect());
    let words: [&[u8]; 6] =
        [b"PK\x03\x04", b"xl/workbook", b"\0\0\x08\x03", b"ftypheic", b"\xff\xff", b"<svg"];
    run(8, 30_000, &files, &words, |file| {
        for wanted in [Wanted::Idx, Wanted::Csv, Wanted::Npy, Wanted::Picture] {
            foreign(file, wanted).as_ref().inspect(assert_message);
        }
        foreign(file, Wanted::Idx).is_some()
    });
}

#[test]
fn npy_files() {
    let names = [
        "f8",
        "f4",
        "f8-fortran",
        "f8-big",
        "f4-big-fortran",
        "vector",
        "f8-version-2",
        "f2",
        "i8",
        "i2-big-fortran",
        "b1",
    ];
    let mut files = names.map(|name| fixture(&format!("{name}.npy"))).to_vec();
    let python_2 = "{'descr': '<f8', 'fortran_order': False, 'shape': (1L, 2L), }";
    let length = [python_2.len() as u8, 0];
    files.push([b"\x93NUMPY\x01\0", &length[..], python_2.as_bytes(), &[7; 16]].concat());
    let words: [&[u8]; 14] = [
        b"'<f4'",
        b"'>f8'",
        b"'<f2'",
        b"'|u1'",
        b"'>i4'",
        b"True",
        b"False",
        b"(6,)",
        b"(3, 2)",
        b"(2L, 3L)",
        b"L",
        b", ",
        b"99999999999",
        b"[('a', '<f4')]",
    ];
    run(5, 30_000, &files, &words, |file| {
        let double = npy::parse::<f64>(file);
        let single = npy::parse::<f32>(file);
        match &double {
            Ok(matrix) => {
                let expected = plain::npy(file, matrix.shape());
                assert!(same(matrix, &expected));
                let again = npy::parse(&npy::to_bytes(matrix)).unwrap();
                assert!(same(matrix, &again));
            }
            Err(error) => assert_message(error),
        }
        assert_eq!(single.is_ok(), double.is_ok());
        if let (Ok(single), Ok(double)) = (&single, &double) {
            let (rows, cols) = single.shape();
            let widened = Matrix::from_fn(rows, cols, |i, j| f64::from(single[(i, j)]));
            let rounded = double.map(|x| f64::from(x as f32));
            assert!(same(&widened, &rounded));
        }
        single.as_ref().err().inspect(assert_message);
        double.is_ok()
    });
}

/// Each as it is, and with the checksums in the directory set right.
#[test]
fn npz_files() {
    let mut written = npz::Writer::default();
    written.add("w1.npy", b"a matrix");
    written.add("settings.txt", b"");
    let mut files = vec![fixture("keras.npz"), fixture("keras-deflate.npz")];
    files.push(written.finish().unwrap());
    files.push([&files[2][..files[2].len() - 2], b"\x04\0note"].concat());
    let words: [&[u8]; 5] = [b"PK\x01\x02", b"PK\x03\x04", b"PK\x05\x06", b"\0\0", b"\xff\xff"];
    run(9, 30_000, &files, &words, |file| {
        check_npz(file) | check_npz(&plain::with_directory_checksums(file))
    });
}

fn check_npz(file: &[u8]) -> bool {
    let found = Npz::parse(file.to_vec()).and_then(|zip| {
        let read = |name: &str| Ok((name.to_owned(), zip.read(name)?.into_owned()));
        zip.names().map(read).collect::<Result<Vec<_>, _>>()
    });
    if let Err(error) = &found {
        assert_message(error);
        assert!(offset(error) <= file.len());
    }
    assert_eq!(found.as_ref().ok(), plain::zip(file, 1 << 24).as_ref());
    found.is_ok()
}

/// Whether two matrices are equal, or have NaN in the same places.
fn same(a: &Matrix, b: &Matrix) -> bool {
    let mut pairs = a.as_slice().iter().zip(b.as_slice());
    a.shape() == b.shape() && pairs.all(|(x, y)| x == y || x.is_nan() && y.is_nan())
}

#[test]
fn pnm_files() {
    let files: [&[u8]; 9] = [
        b"P2\n# plain\n3 2\n255\n0 1 2\n3 4 255\n",
        b"P5\n3 2\n255\nabcdef",
        b"P5 2 1 # raw\n 65535 \0\x01\xff\xff",
        b"P2#\n4 1 3 0 1 2 3#",
        b"P5 1 2 9#\n\x05\x09",
        b"P1 3 2\n1 0 1\n001#",
        b"P4#\n9 2 abcd",
        b"P3 2 1 15\n0 15 7 # one\n1 2 3",
        b"P6 1 2 255\nabcdef",
    ];
    let files = files.map(<[u8]>::to_vec);
    let words: [&[u8]; 8] = [b"#", b"\n", b" 1 ", b"999999999999", b"-1", b"P5 ", b"P3 ", b"P4 "];
    run(6, 30_000, &files, &words, |file| {
        let picture = pnm::parse(file);
        let expected = plain::pnm(file);
        let found = picture.as_ref().ok().map(|p| (p.rows, p.cols, &p.pixels));
        assert_eq!(found, expected.as_ref().map(|(rows, cols, pixels)| (*rows, *cols, pixels)));
        match picture {
            Ok(picture) => assert_eq!(pnm::parse(&pnm::to_bytes(&picture)), Ok(picture)),
            Err(error) => assert_message(&error),
        }
        expected.is_some()
    });
}

fn png_kinds() -> Vec<Vec<u8>> {
    let mut rng = Rng::new(7);
    let blocks = [encoder::Blocks::Stored, encoder::Blocks::Fixed, encoder::Blocks::Dynamic];
    let file = |(i, colour): (usize, (u8, usize))| {
        let (interlaced, blocks, part) = (i % 2 == 1, blocks[i % 3], [1000, 20][i % 2]);
        let kind = encoder::Kind { interlaced, blocks, part, ..encoder::Kind::new(colour) };
        let samples = encoder::random(&kind, 5, 6, &mut rng);
        let palette = (b"PLTE", vec![7; 3 << kind.depth.min(8)]);
        let chunks = if colour.0 == 3 { vec![palette] } else { Vec::new() };
        kind.encode(5, 6, &samples, &chunks)
    };
    encoder::COLOURS.into_iter().enumerate().map(file).collect()
}

/// Each as it is, and with checksums set right, which would hide nearly all of what the reader
/// accepts.
#[test]
fn png_files() {
    let words: [&[u8]; 6] = [
        b"\0\0\0\x02tRNS\0\x01....",
        b"\0\0\0\x04gAMA\0\x01\x86\xa0....",
        b"\0\0\0\x03PLTE\x01\x02\x03....",
        b"\0\0\0\0IDAT....",
        b"\0\0\0\x01sRGB\0....",
        b"\xff\xff\xff\xff",
    ];
    run(7, 30_000, &png_kinds(), &words, |file| {
        check_png(file) | check_png(&plain::with_checksums(file))
    });
}

fn check_png(file: &[u8]) -> bool {
    let picture = png::parse(file);
    let expected = plain::png(file);
    let found = picture.as_ref().ok().map(|p| (p.rows, p.cols, &p.pixels));
    assert_eq!(found, expected.as_ref().map(|(rows, cols, pixels)| (*rows, *cols, pixels)));
    match picture {
        Ok(picture) => assert_eq!(png::parse(&png::to_bytes(&picture)), Ok(picture)),
        Err(error) => assert_message(&error),
    }
    expected.is_some()
}
