use super::*;

#[track_caller]
fn assert_pixels(bytes: &[u8], rows: usize, cols: usize, pixels: &[u8]) {
    assert_eq!(parse(bytes), Ok(Picture { rows, cols, pixels: pixels.to_vec() }));
}

#[track_caller]
fn assert_error(bytes: &[u8], expected: &str) {
    assert_eq!(parse(bytes).unwrap_err().to_string(), expected);
}

#[test]
fn plain_and_raw_pictures_are_read() {
    assert_pixels(b"P2\n3 2\n255\n0 1 2\n3 4 255\n", 2, 3, &[0, 1, 2, 3, 4, 255]);
    assert_pixels(b"P5\n3 2\n255\nabcdef", 2, 3, b"abcdef");
}

#[test]
fn bits_are_black_where_they_are_set() {
    assert_pixels(b"P1\n3 2\n0 1 0\n1#c\n11", 2, 3, &[255, 0, 255, 0, 0, 0]);
    assert_pixels(b"P1 3 2 010111\n", 2, 3, &[255, 0, 255, 0, 0, 0]);
    assert_pixels(b"P4 3 2\n\x5f\xe0", 2, 3, &[255, 0, 255, 0, 0, 0]);
    let nine = [255, 255, 255, 255, 255, 255, 255, 255, 0];
    assert_pixels(b"P4 9 1 \x00\x80", 1, 9, &nine);
}

#[test]
fn colours_become_shades_of_grey() {
    let shades = [76, 150, 29, 128, 255];
    assert_pixels(b"P3 5 1 255 255 0 0 0 255 0 0 0 255 128 128 128 255 255 255", 1, 5, &shades);
    let raw = b"P6 5 1 255\n\xff\0\0\0\xff\0\0\0\xff\x80\x80\x80\xff\xff\xff";
    assert_pixels(raw, 1, 5, &shades);
    assert_pixels(b"P6 1 1 256 \x01\0\0\0\0\0", 1, 1, &[76]);
}

#[test]
fn blanks_and_comments_stand_between_numbers() {
    assert_pixels(b"P2#a\n#b 7\r3\t\x0b\x0c1 # c\n255 0#d\n1 2 # the end", 1, 3, &[0, 1, 2]);
    assert_pixels(b"P5 # a\n2#b\n1\n255#c\nab", 1, 2, b"ab");
    assert_pixels(b"P5 2 1 255 # ", 1, 2, b"# ");
}

#[test]
fn other_largest_values_are_scaled() {
    assert_pixels(b"P2 4 1 3 0 1 2 3", 1, 4, &[0, 85, 170, 255]);
    assert_pixels(b"P2 3 1 2 0 1 2", 1, 3, &[0, 128, 255]);
    assert_pixels(b"P5 2 1 1 \x00\x01", 1, 2, &[0, 255]);
    assert_pixels(b"P5 3 1 256 \x00\x00\x00\x80\x01\x00", 1, 3, &[0, 128, 255]);
    assert_pixels(b"P2 2 1 65535 32768 65535", 1, 2, &[128, 255]);
}

#[test]
fn what_is_written_can_be_read() {
    let image = Picture { rows: 2, cols: 3, pixels: vec![0, 10, 13, 35, 128, 255] };
    assert_eq!(to_bytes(&image), b"P5\n3 2\n255\n\x00\x0a\x0d\x23\x80\xff");
    assert_eq!(parse(&to_bytes(&image)), Ok(image));
}

#[test]
fn the_header_is_checked() {
    for bytes in [&b"P8 1 1 255 abc\0"[..], b"\x89PN"] {
        let expected = "expected a PNG, PGM or PPM picture";
        assert_error(bytes, &format!("byte 0: found bytes of no known format, {expected}"));
    }
    assert_error(b"", "byte 0: found an empty file, expected a PNG, PGM or PPM picture");
    assert_error(b"P", "byte 0: found text, expected a PNG, PGM or PPM picture");
    assert_error(
        b"\xff\xd8\xff",
        "byte 0: found a JPEG picture, expected a PNG, PGM or PPM picture: convert it with \
         `magick FILE picture.png`",
    );
    assert_error(b"P53 2 255 ", "byte 2: found '3', expected whitespace");
    assert_error(b"P5", "byte 2: found the end of the file, expected a width");
    assert_error(b"P5 3 # 2", "byte 8: found the end of the file, expected a height");
    assert_error(b"P5 3 2\n", "byte 7: found the end of the file, expected a largest value");
    assert_error(b"P5 3 -2 255 ", "byte 5: found '-', expected a height");
    assert_error(b"P5 3 2\xff", "byte 6: found '\\xff', expected whitespace");
    assert_error(b"P5 0 2 255 ", "byte 3: found 0 as a width, expected 1 to 1073741824");
    assert_error(
        b"P2 2 1073741825 255 ",
        "byte 5: found 1073741825 as a height, expected 1 to 1073741824",
    );
    for found in ["0", "65536", "99999999999999999999999999"] {
        assert_error(
            format!("P5 3 2 {found} ").as_bytes(),
            &format!("byte 7: found {found} as a largest value, expected 1 to 65535"),
        );
    }
    let nines = "9".repeat(40);
    assert_error(
        format!("P5 {nines}9 2 255 ").as_bytes(),
        &format!("byte 3: found {nines}… as a width, expected 1 to 1073741824"),
    );
    assert_error(b"P5 1 1 255", "byte 10: found the end of the file, expected whitespace");
    assert_error(b"P5 1 1 255x", "byte 10: found 'x', expected whitespace");
}

#[test]
fn the_pixels_are_checked() {
    assert_error(b"P5 3 2 255 abcde", "byte 11: found 5 bytes, expected 2 rows of 3 pixels");
    assert_error(b"P5 3 2 256 abcdef", "byte 11: found 6 bytes, expected 2 rows of 3 pixels");
    assert_error(
        b"P5 1073741824 1073741824 255 ",
        "byte 29: found 0 bytes, expected 1073741824 rows of 1073741824 pixels",
    );
    assert_error(b"P4 9 2 abc", "byte 7: found 3 bytes, expected 2 rows of 9 pixels");
    assert_error(b"P6 1 1 255 abcd", "byte 14: found 1 byte too many, expected the end");
    assert_error(b"P6 2 1 255 a", "byte 11: found 1 byte, expected 1 row of 2 pixels");
    assert_error(b"P1 2 1 02", "byte 8: found '2', expected 0 or 1");
    assert_error(b"P1 2 1 0", "byte 8: found the end of the file, expected a pixel");
    assert_error(b"P5 1 1 255 ab", "byte 12: found 1 byte too many, expected the end");
    let found = "found 16 as a pixel, expected 0 to 15";
    assert_error(b"P5 2 1 15 \x0f\x10", &format!("byte 11: {found}"));
    assert_error(b"P2 2 1 15 15 16", &format!("byte 13: {found}"));
    let found = "found 16 as a sample, expected 0 to 15";
    assert_error(b"P6 1 1 15 \x01\x10\x0f", &format!("byte 11: {found}"));
    assert_error(b"P3 1 1 15 1 16 15", &format!("byte 12: {found}"));
    assert_error(b"P2 2 1 15 15", "byte 12: found the end of the file, expected a pixel");
    assert_error(b"P5 1 1 256 \xff\xff", "byte 11: found 65535 as a pixel, expected 0 to 256");
    let found = "byte 17: found 257 as a pixel, expected 0 to 256";
    assert_error(b"P5 4 1 256 \x01\x00\x00\x02\x00\x00\x01\x01", found);
    assert_error(b"P2 1073741824 1073741824 15 15 x", "byte 31: found 'x', expected a pixel");
    assert_error(b"P2 1 1 15 15 \n 1", "byte 15: found 1 byte too many, expected the end");
    assert_error(b"P2 1 1 15 15x", "byte 12: found 1 byte too many, expected the end");
}
