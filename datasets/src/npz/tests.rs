use super::*;

fn fixture(name: &str) -> Vec<u8> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/");
    std::fs::read(format!("{folder}{name}")).unwrap()
}

fn written(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = Writer::default();
    files.iter().for_each(|(name, data)| zip.add(name, data));
    zip.finish().unwrap()
}

/// What reading a file says after some bytes of it were replaced.
fn error(file: &[u8], offset: usize, bytes: &[u8], name: &str) -> String {
    let mut file = file.to_vec();
    file[offset..offset + bytes.len()].copy_from_slice(bytes);
    match Npz::parse(file) {
        Err(error) => error.to_string(),
        Ok(zip) => zip.read(name).unwrap_err().to_string(),
    }
}

#[test]
fn what_is_written_is_read_again() {
    let files: [(&str, &[u8]); 3] = [("w1.npy", b"abc"), ("empty", b""), ("ä/b.txt", &[7; 1000])];
    let zip = Npz::parse(written(&files)).unwrap();
    assert_eq!(zip.names().collect::<Vec<_>>(), ["empty", "w1.npy", "ä/b.txt"]);
    for (name, data) in files {
        assert_eq!(zip.read(name).unwrap(), data);
    }
    let empty = Npz::parse(written(&[])).unwrap();
    assert_eq!(empty.names().count(), 0);
    let missing = empty.read("w1.npy").unwrap_err();
    assert_eq!(missing.to_string(), "found no file of this name, expected one");
}

/// Stored, the start of each file has ZIP64's form; the directory has the usual one.
#[test]
fn numpy_s_files_are_read_stored_and_compressed() {
    let [stored, deflated] =
        ["keras.npz", "keras-deflate.npz"].map(|name| Npz::parse(fixture(name)).unwrap());
    let names = ["x_test.npy", "x_train.npy", "y_test.npy", "y_train.npy"];
    assert_eq!(stored.names().collect::<Vec<_>>(), names);
    for name in names {
        let data = stored.read(name).unwrap();
        assert!(data.starts_with(b"\x93NUMPY"));
        assert_eq!(deflated.read(name).unwrap(), data);
    }
}

#[test]
fn a_comment_at_the_end_is_passed_over() {
    let mut file = written(&[("a", b"1")]);
    let end = file.len();
    // An end within the comment is not the end.
    file[end - 2..].copy_from_slice(&[30, 0]);
    file.extend([&END[..], &[9; 26]].concat());
    assert_eq!(Npz::parse(file.clone()).unwrap().read("a").unwrap(), &b"1"[..]);
    let longest = [&file[..end - 2], &[0xff; 2], &[9; 0xffff]].concat();
    assert_eq!(Npz::parse(longest).unwrap().read("a").unwrap(), &b"1"[..]);
    file.push(0);
    let error = Npz::parse(file).unwrap_err();
    assert_eq!(error.found, "the end of the file");
}

#[test]
fn what_is_not_as_it_should_be_is_named() {
    let file = written(&[("a", b"123"), ("b", b"456")]);
    let end = file.len() - 22;
    let entry = end - 2 * 47;
    let second = |at: usize, bytes: &[u8]| error(&file, entry + at, bytes, "a");
    assert_eq!(
        second(8, &[1]),
        format!("byte {entry}: found an encrypted file, expected one without a password")
    );
    assert_eq!(
        second(10, &[12]),
        format!("byte {entry}: found compression method 12, expected 0 or 8, stored or deflate")
    );
    assert_eq!(
        second(16, &[0; 4]),
        "byte 31: found checksum 0x884863d2, expected 0x00000000: the data are damaged"
    );
    assert_eq!(
        second(20, &[255; 4]),
        format!("byte {entry}: found ZIP64, expected a ZIP file of less than 4 GiB")
    );
    assert_eq!(
        second(20, &[2]),
        format!("byte {entry}: found 2 bytes of data, expected 3: the data are damaged")
    );
    let long = second(20, &[0, 1, 0, 0]);
    assert_eq!(long, "byte 0: found the end of the file, expected 256 bytes of data");
    assert_eq!(second(42, &[1]), "byte 1: found no file of this name here, expected one");
    let name = second(46, b"b");
    assert_eq!(name, format!("byte {}: found 'b' twice, expected it once", entry + 47));
    let damaged = "found a damaged directory, expected that of a ZIP file";
    assert_eq!(second(0, b"x"), format!("byte {entry}: {damaged}"));
    assert_eq!(second(28, &[200]), format!("byte {entry}: {damaged}"));
    let last = |at: usize, bytes: &[u8]| error(&file, end + at, bytes, "a");
    assert_eq!(last(16, &[0]), format!("byte {end}: {damaged}"));
    assert_eq!(last(8, &[1, 0, 1, 0]), format!("byte {}: {damaged}", entry + 47));
    assert_eq!(
        last(4, &[1]),
        format!("byte {end}: found one part of a ZIP file, expected the whole")
    );
    assert!(last(8, &[255; 4]).ends_with("found ZIP64, expected a ZIP file of less than 4 GiB"));
    let text = Npz::parse(b"a,b\n1,2\n".to_vec()).unwrap_err().to_string();
    assert_eq!(text, "byte 0: found text, expected an NPZ file");
}

#[test]
fn compressed_data_must_be_as_long_as_announced() {
    let file = fixture("keras-deflate.npz");
    let directory = file.windows(4).position(|window| window == ENTRY).unwrap();
    let name = "x_train.npy";
    let length: u32 = number(&file, directory + 24, 4) as u32;
    let says = |at: usize, number: u32| error(&file, directory + at, &number.to_le_bytes(), name);
    assert!(says(24, length + 1).ends_with("expected 135: the data are damaged"), "{length}");
    assert!(says(24, length - 1).contains("found more data, expected at most 133 bytes"));
    let packed: u32 = number(&file, directory + 20, 4) as u32;
    for (packed, expected) in [
        (
            packed - 1,
            "found the end of the compressed data, expected more: the file is cut off or damaged",
        ),
        (packed + 1, "found 1 byte after the compressed data, expected the end"),
    ] {
        let message = says(20, packed);
        assert!(message.ends_with(expected), "{message}");
    }
}

/// Of a byte and then 258 at once, 20 MB come out of 124 kB.
#[test]
fn however_much_is_announced_memory_has_a_limit() {
    // The last block, with fixed codes: a zero, 258 bytes from one back again and again, the end.
    let matches = "1100010100000".repeat(76_000);
    let bits = ["110", "00110000", &matches, "0000000"].concat();
    let bits: Vec<u8> = bits.chars().map(|bit| u8::from(bit == '1')).collect();
    let deflate: Vec<u8> =
        bits.chunks(8).map(|byte| byte.iter().rev().fold(0, |n, bit| n << 1 | bit)).collect();
    let mut file = written(&[("zeros", &deflate)]);
    let entry = file.len() - 22 - 51;
    file[entry + 10] = 8;
    let limit = 16 << 20;
    let advice = "if you trust it, unpack it with `unzip FILE`";
    // More data than announced are damaged, and no limit is in the way.
    for (announced, advice) in [(20_000_000, advice), (limit + 1, advice), (limit, "")] {
        file[entry + 24..entry + 28].copy_from_slice(&(announced as u32).to_le_bytes());
        let fault = Npz::parse(file.clone()).unwrap().read("zeros").unwrap_err();
        assert_eq!((&*fault.found, &*fault.note), ("more data", advice), "{announced}");
        assert_eq!(fault.expected, "at most 16777216 bytes");
    }
    // With four stored blocks before it, the data are large enough for what they become.
    let stored = [&[0, 0xff, 0xff, 0, 0][..], &[0; 0xffff]].concat().repeat(4);
    let data = vec![0; 4 * 0xffff + 1 + 76_000 * 258];
    let mut file = written(&[("zeros", &[stored, deflate].concat())]);
    let entry = file.len() - 22 - 51;
    file[entry + 10] = 8;
    file[entry + 16..entry + 20].copy_from_slice(&crc32(&data).to_le_bytes());
    file[entry + 24..entry + 28].copy_from_slice(&(data.len() as u32).to_le_bytes());
    assert!(Npz::parse(file).unwrap().read("zeros").unwrap() == data);
}

#[test]
fn what_could_not_be_read_again_is_not_written() {
    let mut zip = Writer::default();
    for n in 0..0xffff {
        zip.add(&n.to_string(), b"");
    }
    assert!(matches!(zip.finish(), Err(FileError::TooLong)));
}

#[test]
fn a_matrix_has_the_expected_shape_and_finite_numbers() {
    let written = written(&[
        ("w.npy", &npy::to_bytes(&Matrix::from_rows([[1.0, 2.0]]))),
        ("nan.npy", &npy::to_bytes(&Matrix::from_rows([[f64::NAN]]))),
        ("none.npy", b""),
    ]);
    let zip = Npz::parse(written).unwrap();
    let matrix = |name, shape| zip.matrix::<f64>(name, shape).map_err(|error| error.to_string());
    for shape in [[None, None], [Some(1), None], [None, Some(2)], [Some(1), Some(2)]] {
        assert_eq!(matrix("w.npy", shape), Ok(Matrix::from_rows([[1.0, 2.0]])));
    }
    for (name, shape, expected) in [
        ("w.npy", [Some(2), None], "w.npy: found shape 1×2, expected 2×2"),
        ("w.npy", [None, Some(1)], "w.npy: found shape 1×2, expected 1×1"),
        ("nan.npy", [None, None], "nan.npy: found a number that is not finite"),
        ("none.npy", [None, None], "none.npy: byte 0: found an empty file, expected NPY data"),
        ("b.npy", [None, None], "b.npy: found no file of this name, expected one"),
    ] {
        assert_eq!(matrix(name, shape), Err(expected.into()));
    }
}
