use super::*;

/// The magic number, the dimensions, and `n` bytes 0, 1, 2, …
fn file(magic: u32, shape: &[u32], n: usize) -> Vec<u8> {
    let mut file = magic.to_be_bytes().to_vec();
    for dimension in shape {
        file.extend(dimension.to_be_bytes());
    }
    file.extend((0..n).map(|i| i as u8));
    file
}

/// A gzip file of one stored block.
fn gz(data: &[u8]) -> Vec<u8> {
    let mut file = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255, 1];
    file.extend((data.len() as u16).to_le_bytes());
    file.extend((!(data.len() as u16)).to_le_bytes());
    file.extend(data);
    file.extend(gzip::crc32(data).to_le_bytes());
    file.extend((data.len() as u32).to_le_bytes());
    file
}

#[track_caller]
fn images_error(bytes: &[u8], expected: &str) {
    assert_eq!(parse_images(bytes).unwrap_err().to_string(), expected);
}

#[test]
fn images_and_labels_are_read_plain_and_compressed() {
    let images = file(0x803, &[2, 3, 4], 24);
    let expected = Ok((3, 4, (0..24).collect()));
    assert_eq!(parse_images(&images), expected);
    assert_eq!(parse_images(&gz(&images)), expected);
    let labels = file(0x801, &[5], 5);
    assert_eq!(parse_labels(&labels), Ok(vec![0, 1, 2, 3, 4]));
    assert_eq!(parse_labels(&gz(&labels)), Ok(vec![0, 1, 2, 3, 4]));
}

#[test]
fn what_is_no_idx_file_is_named() {
    images_error(b"", "byte 0: found an empty file, expected IDX data");
    images_error(&gz(b""), "byte 0: found an empty file, expected IDX data");
    let page = "byte 0: found a web page, expected IDX data: perhaps what a failed download left; \
                `curl -fLO URL` tells when one fails";
    images_error(b"<!DOCTYPE html>", page);
    images_error(b"\n <html>", page);
    images_error(b"<p>", page);
    images_error(b"\xef\xbb\xbf<!DOCTYPE html>", page);
    images_error(&gz(b"\xef\xbb\xbf\r\n<p>"), page);
    images_error(
        b"\x00\x01\x02\x03....",
        "byte 0: found magic number 0x00010203, expected 0x00000803: not an IDX file",
    );
    let zip = "byte 0: found a zip archive, expected IDX data: unpack it with `unzip FILE`";
    images_error(b"PK\x03\x04....", zip);
    images_error(&gz(b"PK\x03\x04...."), zip);
    let tar = [&b"train-images-idx3-ubyte"[..], &[0; 234], b"ustar\0", &[0; 250]].concat();
    let found = "byte 0: found a tar archive, expected IDX data: unpack it with `tar -xf FILE`";
    images_error(&gz(&tar), found);
    images_error(
        &gz(&gz(b"..")),
        "byte 0: found gzip data, expected IDX data: unpack it with `gunzip FILE`",
    );
}

#[test]
fn another_element_type_is_named() {
    for (code, name) in [
        (0x09, "signed bytes"),
        (0x0b, "16-bit integers"),
        (0x0c, "32-bit integers"),
        (0x0d, "32-bit floating-point numbers"),
        (0x0e, "64-bit floating-point numbers"),
    ] {
        images_error(
            &file(code << 8 | 3, &[1, 1, 1], 8),
            &format!(
                "byte 2: found {name} in 3 dimensions, as images have, expected unsigned bytes in 3 \
                 dimensions, as images have"
            ),
        );
    }
}

#[test]
fn labels_may_be_integers_of_which_the_first_column_counts() {
    let with = |magic, shape: &[u32], data: &[u8]| [&file(magic, shape, 0), data].concat();
    for labels in [
        with(0x801, &[2], &[3, 9]),
        with(0x802, &[2, 3], &[3, 7, 7, 9, 7, 7]),
        with(0xc01, &[2], &[0, 0, 0, 3, 0, 0, 0, 9]),
        with(0xc02, &[2, 2], &[0, 0, 0, 3, 7, 7, 7, 7, 0, 0, 0, 9, 7, 7, 7, 7]),
    ] {
        assert_eq!(parse_labels(&labels), Ok(vec![3, 9]));
        assert_eq!(parse_labels(&gz(&labels)), Ok(vec![3, 9]));
    }
    let mut labels = file(0xc01, &[2], 8);
    labels[8..].copy_from_slice(&[0, 0, 0, 255, 0xff, 0xff, 0xff, 0xff]);
    let error = parse_labels(&labels).unwrap_err().to_string();
    assert_eq!(error, "found label -1 for image 1, expected 0 to 255");
    let error = parse_labels(&labels[..15]).unwrap_err().to_string();
    assert_eq!(error, "byte 8: found 1 byte too few, expected 2 elements");
    let error = parse_labels(&file(0xd02, &[1, 1], 4)).unwrap_err().to_string();
    let found = "byte 2: found 32-bit floating-point numbers in 2 dimensions, expected unsigned \
                 bytes in 1 dimension, as labels have";
    assert_eq!(error, found);
    let error = parse_labels(&file(0xc03, &[1, 1, 1], 4)).unwrap_err().to_string();
    let found = "byte 2: found 32-bit integers in 3 dimensions, as images have, expected unsigned \
                 bytes in 1 dimension, as labels have";
    assert_eq!(error, found);
}

#[test]
fn the_number_of_dimensions_is_checked() {
    let labels = file(0x801, &[5], 5);
    let images = file(0x803, &[1, 1, 1], 1);
    images_error(
        &labels,
        "byte 2: found unsigned bytes in 1 dimension, as labels have, expected unsigned bytes in 3 \
         dimensions, as images have",
    );
    images_error(
        &file(0x802, &[1, 1], 1),
        "byte 2: found unsigned bytes in 2 dimensions, expected unsigned bytes in 3 dimensions, as \
         images have",
    );
    assert_eq!(
        parse_labels(&images).unwrap_err().to_string(),
        "byte 2: found unsigned bytes in 3 dimensions, as images have, expected unsigned bytes in 1 \
         dimension, as labels have"
    );
}

#[test]
fn swapped_bytes_are_recognised() {
    images_error(
        &[3, 8, 0, 0, 1, 0, 0, 0],
        "byte 0: found magic number 0x03080000, expected 0x00000803: the bytes of each \
         number are swapped, the file was written with the least significant byte first",
    );
    // The magic number is right, the sizes are not.
    let sizes = [b"\0\0\x08\x03", &[2, 0, 0, 0, 3, 0, 0, 0, 4, 0, 0, 0][..], &[7; 24]].concat();
    let found = "byte 4: found 33554432×50331648×67108864 elements, expected as many as there are: \
                 the bytes of each number are swapped, the file was written with the least \
                 significant byte first";
    images_error(&sizes, found);
    images_error(&gz(&sizes), found);
}

#[test]
fn the_length_is_checked() {
    images_error(&[0], "byte 1: found 1 byte, expected a header of 16");
    images_error(&file(0x803, &[1, 2], 0), "byte 12: found 12 bytes, expected a header of 16");
    let labels = parse_labels(&gz(&[0, 0, 8, 1, 0])).unwrap_err().to_string();
    assert_eq!(labels, "byte 5: found 5 bytes, expected a header of 8");
    let short = file(0x803, &[2, 3, 4], 23);
    images_error(&short, "byte 16: found 1 byte too few, expected 2×3×4 elements");
    let short = file(0x803, &[2, 3, 4], 20);
    images_error(&short, "byte 16: found 4 bytes too few, expected 2×3×4 elements");
    images_error(&gz(&short), "byte 16: found 4 bytes too few, expected 2×3×4 elements");
    let long = file(0x803, &[2, 3, 4], 26);
    images_error(&long, "byte 16: found 2 bytes too many, expected 2×3×4 elements");
    images_error(&gz(&long), "byte 16: found 2 bytes too many, expected 2×3×4 elements");
    let labels = parse_labels(&gz(&file(0x801, &[5], 6))).unwrap_err().to_string();
    assert_eq!(labels, "byte 8: found 1 byte too many, expected 5 elements");
}

#[test]
fn shapes_are_checked() {
    images_error(&file(0x803, &[0, 28, 28], 0), "byte 4: found 0×28×28 elements, expected some");
    images_error(&gz(&file(0x803, &[9, 0, 28], 0)), "byte 4: found 9×0×28 elements, expected some");
    let huge = file(0x803, &[u32::MAX; 3], 0);
    let message = "byte 16: found 79228162458924105385300197375 bytes too few, expected \
                   4294967295×4294967295×4294967295 elements";
    images_error(&huge, message);
    images_error(&gz(&huge), message);
    let large = file(0x803, &[1 << 20, 1 << 10, 1 << 10], 1);
    let message = "byte 16: found 1099511627775 bytes too few, expected 1048576×1024×1024 elements";
    images_error(&large, message);
    images_error(&gz(&large), message);
}

#[test]
fn damaged_gzip_data_are_an_error() {
    let images = gz(&file(0x803, &[2, 3, 4], 24));
    images_error(
        &images[..30],
        "byte 30: found the end of the compressed data, expected more: the file is cut off or damaged",
    );
    images_error(
        &gz(&images[..30])[..20],
        "byte 20: found the end of the compressed data, expected more: the file is cut off or damaged",
    );
}

/// The header of `announced` images of 1024×1024 zeros and `n` of them, compressed a thousandfold.
fn bomb(announced: u32, n: usize) -> Vec<u8> {
    // A block of type 1: the header, then a zero and 258 more of it again and again.
    let (mut bytes, mut count) = (Vec::new(), 0);
    let mut put = |bits: &str| {
        for bit in bits.bytes() {
            if count % 8 == 0 {
                bytes.push(0);
            }
            *bytes.last_mut().unwrap() |= (bit - b'0') << (count % 8);
            count += 1;
        }
    };
    put("110");
    let header = file(0x803, &[announced, 1024, 1024], 0);
    for byte in header.iter().chain(&[0]) {
        put(&format!("{:08b}", byte + 0x30));
    }
    for _ in 0..(n << 20) / 258 {
        put("1100010100000"); // length 258, distance 1
    }
    put("0000000");
    let mut file = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
    file.extend(bytes);
    file
}

#[test]
fn a_bomb_is_an_error() {
    for announced in [1, 20] {
        let file = bomb(announced, 20);
        let message = "found more data, expected at most 16777216 bytes: if you trust it, unpack it \
                       with `gunzip FILE`";
        let error = parse_images(&file).unwrap_err().to_string();
        assert!(error.ends_with(message), "{error}");
    }
}
