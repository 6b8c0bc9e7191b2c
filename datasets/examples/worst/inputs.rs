//! Inputs that are as slow or as large as the formats allow.

use datasets::npz::{Npz, Writer};
use datasets::{gzip, idx, npy, png, pnm};

/// The length of each input, or a little less.
pub(crate) const LENGTH: usize = 1_000_000;

/// A name, how to make the input, and how to read it.
pub(crate) type Case = (&'static str, fn() -> Vec<u8>, fn(&[u8]) -> String);

pub(crate) const CASES: [Case; 18] = [
    ("gzip: empty members", empty_members, gunzip),
    ("gzip: empty blocks, fixed codes", || deflate(&["0100000000000"[..10].into()]), gunzip),
    ("gzip: empty blocks, dynamic codes", || deflate(&[dynamic()]), gunzip),
    ("gzip: zeros, 258 at once", || deflate(&zeros()), gunzip),
    ("idx: an image of zeros", idx_zeros, |bytes| outcome(idx::parse_images(bytes))),
    ("csv: commas", || vec![b','; LENGTH], iris),
    ("csv: lines of one letter", || b"a\n".repeat(LENGTH / 2), iris),
    ("csv: two quotes again and again", || vec![b'"'; LENGTH], iris),
    ("csv: a header of points", || [&b"."[..], &b",.".repeat(9_999)].concat(), iris),
    ("csv: rows without blank columns", blank_columns, iris),
    ("npy: a matrix of truth values", npy_truth, |bytes| outcome(npy::parse::<f64>(bytes))),
    ("npy: a long header", npy_header, |bytes| outcome(npy::parse::<f64>(bytes))),
    ("npy: a Fortran matrix of f4", npy_matrix, |bytes| outcome(npy::parse::<f64>(bytes))),
    ("pgm: plain, one digit a pixel", plain_pgm, |bytes| outcome(pnm::parse(bytes))),
    (
        "pgm: a comment",
        || [b"P5#", &b"#".repeat(LENGTH)[..]].concat(),
        |bytes| outcome(pnm::parse(bytes)),
    ),
    ("png: chunks without data", png_chunks, |bytes| outcome(png::parse(bytes))),
    ("zip: files without data", zip_entries, zip),
    ("zip: ends again and again", || b"PK\x05\x06".repeat(LENGTH / 4), zip),
];

fn outcome<T>(result: Result<T, impl std::fmt::Display>) -> String {
    result.map_or_else(|error| error.to_string(), |_| "read".to_owned())
}

fn gunzip(bytes: &[u8]) -> String {
    outcome(gzip::decompress(bytes, 64 * LENGTH))
}

fn iris(bytes: &[u8]) -> String {
    outcome(datasets::parse_iris(bytes))
}

const HEADER: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];

fn empty_members() -> Vec<u8> {
    [&HEADER[..], &[3, 0, 0, 0, 0, 0, 0, 0, 0, 0]].concat().repeat(LENGTH / 20)
}

/// A gzip file of these pieces, the last one again and again.
fn deflate(pieces: &[String]) -> Vec<u8> {
    let (last, first) = pieces.split_last().expect("one piece or more");
    let mut bits = first.concat();
    while bits.len() + last.len() < 8 * (LENGTH - 10) {
        bits += last;
    }
    let byte = |bits: &[u8]| bits.iter().rev().fold(0, |byte, bit| byte << 1 | (bit - b'0'));
    HEADER.into_iter().chain(bits.as_bytes().chunks(8).map(byte)).collect()
}

/// A number of `n` bits as it stands in the data, the lowest bit first.
fn number(value: usize, n: usize) -> String {
    (0..n).map(|i| if value >> i & 1 == 1 { '1' } else { '0' }).collect()
}

/// A block with the longest codes there are and no data.
fn dynamic() -> String {
    // Code lengths 1 … 15 have 4 bits each, and 18 has as many.
    let mut bits = "001".to_owned() + &number(29, 5) + &number(0, 5) + &number(15, 4);
    for symbol in [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15] {
        bits += &number(if matches!(symbol, 1..=15 | 18) { 4 } else { 0 }, 3);
    }
    let length = |n: usize| format!("{:04b}", n - 1);
    let zeros = |n: usize| "1111".to_owned() + &number(n - 11, 7);
    // The end has one bit, and fifteen lengths 2 … 15, 15; then one distance with one bit.
    bits += &(zeros(138) + &zeros(118) + &length(1));
    for n in 2..=15 {
        bits += &length(n);
    }
    bits + &length(15) + &zeros(14) + &length(1) + "0"
}

/// A byte of zero, and then 258 more with each 13 bits.
fn zeros() -> [String; 2] {
    ["110".to_owned() + "00110000", "1100010100000".to_owned()]
}

/// The header of an image that is as large as what follows, all zeros, would be.
fn idx_zeros() -> Vec<u8> {
    let header = [0, 0, 8, 3, 0, 0, 0, 1, 0, 1, 0, 0, 0, 1, 0, 0];
    let literals = header.map(|byte: u8| format!("{:08b}", byte + 0x30)).concat();
    deflate(&["110".to_owned() + &literals + "00110000", "1100010100000".to_owned()])
}

fn npy_header() -> Vec<u8> {
    let shape = "1,".repeat(LENGTH / 2 - 64);
    let header = format!("{{'descr': '<f8', 'fortran_order': False, 'shape': ({shape})}}");
    let length = (header.len() as u32).to_le_bytes();
    [b"\x93NUMPY\x02\x00", &length[..], header.as_bytes()].concat()
}

/// Each row lacks the most fields that it may.
fn blank_columns() -> Vec<u8> {
    let header = b"sepal length,sepal width,petal length,petal width,species,,,,,,,,,,,,,,,,\n";
    [&header[..], &b"1,1,1,1,0\n".repeat(LENGTH / 10 - 10)].concat()
}

fn npy_truth() -> Vec<u8> {
    let header = "{'descr': '|b1', 'fortran_order': False, 'shape': (999, 1000)}";
    let length = (header.len() as u16).to_le_bytes();
    [b"\x93NUMPY\x01\x00", &length[..], header.as_bytes(), &[1; 999_000]].concat()
}

fn npy_matrix() -> Vec<u8> {
    let header = "{'descr': '>f4', 'fortran_order': True, 'shape': (499, 500)}";
    let length = (header.len() as u16).to_le_bytes();
    let data = vec![0; 4 * 499 * 500];
    [b"\x93NUMPY\x01\x00", &length[..], header.as_bytes(), &data].concat()
}

fn plain_pgm() -> Vec<u8> {
    [b"P2 999 500 9", &b" 0".repeat(999 * 500)[..]].concat()
}

/// A picture of one pixel whose data are in the last of very many chunks.
fn png_chunks() -> Vec<u8> {
    let chunk = |name: &[u8; 4], data: &[u8]| {
        let named = [&name[..], data].concat();
        let length = (data.len() as u32).to_be_bytes();
        [&length[..], &named, &gzip::crc32(&named).to_be_bytes()].concat()
    };
    let header = chunk(b"IHDR", &[0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0]);
    let empty = chunk(b"IDAT", b"").repeat(LENGTH / 12 - 10);
    let data = chunk(b"IDAT", b"\x78\x01\x01\x02\0\xfd\xff\0\0\0\x02\0\x01");
    [b"\x89PNG\r\n\x1a\n", &header[..], &empty, &data, &chunk(b"IEND", b"")].concat()
}

fn zip_entries() -> Vec<u8> {
    let mut zip = Writer::default();
    (0..LENGTH / 88).for_each(|n| zip.add(&format!("{n:06}"), b""));
    zip.finish().expect("not too many files")
}

/// Reads each file in a ZIP file.
fn zip(bytes: &[u8]) -> String {
    let read = |zip: Npz| zip.names().try_for_each(|name| zip.read(name).map(drop));
    outcome(Npz::parse(bytes.to_vec()).and_then(read))
}
