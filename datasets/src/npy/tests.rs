use super::*;

macro_rules! fixture {
    ($name:literal) => {
        include_bytes!(concat!("../../tests/fixtures/", $name, ".npy"))
    };
}

fn matrix() -> Matrix {
    Matrix::from_rows([[1.0, -2.5, 3e-5], [1.0 / 3.0, 0.0, 65504.0]])
}

fn rounded() -> Matrix<f32> {
    Matrix::from_rows([[1.0, -2.5, 3e-5], [1.0 / 3.0, 0.0, 65504.0]])
}

/// A file of version 1.0 with this header.
fn file(header: &str, data: &[u8]) -> Vec<u8> {
    let mut file = b"\x93NUMPY\x01\x00".to_vec();
    file.extend((header.len() as u16).to_le_bytes());
    file.extend(header.as_bytes());
    file.extend(data);
    file
}

#[track_caller]
fn assert_error(bytes: &[u8], expected: &str) {
    assert_eq!(parse::<f64>(bytes).unwrap_err().to_string(), expected);
}

#[track_caller]
fn assert_header_error(header: &str, expected: &str) {
    assert_error(&file(header, &[0; 8]), expected);
}

#[test]
fn what_numpy_writes_is_read() {
    let files: [&[u8]; 5] = [
        fixture!("f8"),
        fixture!("f8-fortran"),
        fixture!("f8-big"),
        fixture!("f8-version-2"),
        fixture!("f8-version-3"),
    ];
    for file in files {
        assert_eq!(parse(file), Ok(matrix()));
    }
    assert_eq!(parse(fixture!("f4")), Ok(rounded()));
    assert_eq!(parse(fixture!("f4-big-fortran")), Ok(rounded()));
    assert_eq!(parse(fixture!("vector")), Ok(Matrix::from_rows([[1.0, -2.5, 3e-5]])));
}

#[test]
fn what_numpy_would_write_is_written() {
    assert_eq!(to_bytes(&matrix()), fixture!("f8"));
    assert_eq!(to_bytes(&rounded()), fixture!("f4"));
    // Whatever the length of the shape, the data start at a multiple of 64 bytes.
    for rows in [1, 10, 100, 1000, 10_000, 100_000] {
        let a = Matrix::<f32>::zeros(rows, 1);
        assert_eq!((to_bytes(&a).len() - 4 * rows) % 64, 0);
        assert_eq!(parse(&to_bytes(&a)), Ok(a));
    }
}

#[test]
fn either_size_goes_into_either_type() {
    let exact = Matrix::from_fn(2, 3, |i, j| f64::from(rounded()[(i, j)]));
    assert_eq!(parse(fixture!("f4")), Ok(exact));
    assert_eq!(parse(fixture!("f8")), Ok(rounded()));
}

#[test]
fn numbers_of_16_bits_are_numpys() {
    let halves: Matrix = parse(fixture!("f2")).unwrap();
    assert_eq!(halves, parse(fixture!("f2-as-f8")).unwrap());
    assert_eq!(halves[(0, 3)], 65504.0);
    for (bits, number) in
        [(0x0001, 2f64.powi(-24)), (0x03ff, 1023.0 * 2f64.powi(-24)), (0xfc00, -f64::INFINITY)]
    {
        assert_eq!(half(bits), number);
    }
    assert!(half(0x7c01).is_nan() && half(0x8000).is_sign_negative());
}

#[test]
fn integers_are_numbers() {
    assert_eq!(parse(fixture!("i8")), Ok(Matrix::from_fn(2, 3, |i, j| (3 * i + j) as f64)));
    let integers = Matrix::from_rows([[1.0, -2.0, 300.0], [-32768.0, 0.0, 32767.0]]);
    assert_eq!(parse(fixture!("i2-big-fortran")), Ok(integers));
    assert_eq!(parse(fixture!("b1")), Ok(Matrix::<f32>::from_rows([[1.0, 0.0]])));
    for (descr, bytes, number) in [
        ("|u1", &[0xfe][..], 254.0),
        ("|i1", &[0xfe], -2.0),
        ("<u2", &[0xfe, 0xff], 65534.0),
        (">u2", &[0xff, 0xfe], 65534.0),
        ("<i2", &[0xfe, 0xff], -2.0),
        ("<u4", &[0xfe, 0xff, 0xff, 0xff], 4_294_967_294.0),
        (">u4", &[0xff, 0xff, 0xff, 0xfe], 4_294_967_294.0),
        ("<i4", &[0xfe, 0xff, 0xff, 0xff], -2.0),
        (">i4", &[0xff, 0xff, 0xff, 0xfe], -2.0),
        ("<u8", &[0xff; 8], 2f64.powi(64)), // rounded
        (">u8", &[0, 0, 0, 0, 0, 0, 1, 2], 258.0),
        (">i8", &[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe], -2.0),
    ] {
        let header = format!("{{'descr': '{descr}', 'fortran_order': False, 'shape': (1,)}}");
        assert_eq!(parse(&file(&header, bytes)), Ok(Matrix::from_rows([[number]])), "{descr}");
    }
}

#[test]
fn the_bits_survive() {
    let special = [f64::INFINITY, -0.0, f64::MIN_POSITIVE / 4.0, f64::MAX, f64::EPSILON];
    let a = Matrix::from_rows([special]);
    let b: Matrix = parse(&to_bytes(&a)).unwrap();
    let bits = |numbers: &[f64]| numbers.iter().map(|x| x.to_bits()).collect::<Vec<_>>();
    assert_eq!(bits(b.as_slice()), bits(&special));
    let nan: Matrix<f32> = parse(&to_bytes(&Matrix::from_rows([[f32::NAN]]))).unwrap();
    assert!(nan[(0, 0)].is_nan());
}

#[test]
fn a_header_may_be_written_in_other_ways() {
    let header = "{ \"shape\" :(1,1),'fortran_order':False , 'descr': '<f8'}";
    assert_eq!(parse(&file(header, &[0; 8])), Ok(Matrix::<f64>::zeros(1, 1)));
    let header = "{'descr': '<f8', 'fortran_order': True, 'shape': (1,), } \n";
    assert_eq!(parse(&file(header, &[0; 8])), Ok(Matrix::<f64>::zeros(1, 1)));
    // Python 2 marks its long numbers.
    let header = "{'descr': '<f8', 'fortran_order': False, 'shape': (2L, 3L), }";
    assert_eq!(parse(&file(header, &[0; 48])), Ok(Matrix::<f64>::zeros(2, 3)));
    let header = "{'descr': '<f8', 'fortran_order': False, 'shape': (3L,), }";
    assert_eq!(parse(&file(header, &[0; 24])), Ok(Matrix::<f64>::zeros(1, 3)));
}

#[test]
fn the_frame_is_checked() {
    assert_error(b"", "byte 0: found an empty file, expected NPY data");
    let zip = "byte 0: found a zip archive, expected NPY data: unpack it with `unzip FILE`";
    assert_error(b"PK\x03\x04", zip);
    let found = "byte 0: found no NPY data, expected them to start with \\x93NUMPY";
    assert_error(b"\x93NUMP", found);
    let truncated = "found the end of the file, expected";
    assert_error(b"\x93NUMPY\x01", &format!("byte 7: {truncated} 1 more byte of header"));
    assert_error(b"\x93NUMPY\x04\x01", "byte 6: found version 4.1, expected 1.0, 2.0 or 3.0");
    assert_error(b"\x93NUMPY\x01\x00\x76", &format!("byte 9: {truncated} 1 more byte of header"));
    assert_error(
        b"\x93NUMPY\x02\x00\xff\xff\xff\xff",
        &format!("byte 12: {truncated} 4294967295 more bytes of header"),
    );
    assert_error(&fixture!("f8")[..100], &format!("byte 100: {truncated} 28 more bytes of header"));
}

#[test]
fn the_header_is_checked() {
    let whole = "{'descr': '<f8', 'fortran_order': False, 'shape': (1, 1)}";
    let long = format!("{whole} x");
    for (header, found, expected) in [
        ("", "''", "a Python dictionary in braces"),
        ("\u{e9}t\u{e9}!", "'été!'", "a Python dictionary in braces"),
        ("{", "'{'", "a Python dictionary in braces"),
        ("{'descr': '<f8'", "'{'descr': '<f8''", "a Python dictionary in braces"),
        (&long, &format!("'{}…'", &long[..40]), "a Python dictionary in braces"),
        (&whole.replace("False", "0"), "'0'", "True or False"),
        (&whole.replace("False", "Falsely"), "'Falsely'", "True or False"),
        (&whole.replace("False", ""), "''", "True or False"),
    ] {
        let message = format!("byte 10: found {found} in the header, expected {expected}");
        assert_header_error(header, &message);
    }
    for shape in [
        "3",
        "(3",
        "3)",
        "[3]",
        "(-1)",
        "(x,)",
        "(L,)",
        "(1LL)",
        "(1 2)",
        "(1 L)",
        "(1,,2)",
        "(1.0)",
        "(99999999999999999999,)",
    ] {
        let expected = "in the header, expected a shape such as (2, 3)";
        assert_header_error(
            &whole.replace("(1, 1)", shape),
            &format!("byte 10: found '{shape}' {expected}"),
        );
    }
    let expected = "expected 'descr', 'fortran_order' and 'shape', each once";
    let found = "byte 10: found more than three entries in the header";
    for more in ["'order': 1", "'descr': '<f8'", "x", ""] {
        let header = whole.replace('}', &format!(", {more}, }}"));
        assert_header_error(&header, &format!("{found}, {expected}"));
    }
    for (header, name) in [
        ("{}", "descr"),
        ("{descr: '<f8'}", "descr"),
        ("{'descr\": '<f8'}", "descr"),
        ("{'descr' '<f8'}", "descr"),
        ("{'descr': '<f8'}", "fortran_order"),
        ("{'descr': '<f8', 'fortran_order': True}", "shape"),
        ("{'descr': '<f8', 'fortran_order': True, 'fortran_order': True}", "shape"),
    ] {
        let expected = format!("byte 10: found no '{name}' in the header, expected one");
        assert_header_error(header, &expected);
    }
}

#[test]
fn types_and_shapes_are_checked() {
    let header = |descr: &str, shape: &str| {
        format!("{{'descr': '{descr}', 'fortran_order': True, 'shape': {shape}}}")
    };
    let numbers = "expected integers of 1 to 8 bytes or floating-point numbers of 2, 4 or 8";
    let found = format!("byte 128: found elements of type '<c16', {numbers}");
    assert_error(fixture!("c16"), &found);
    for descr in ["|f8", "=f8", "f8", "<f1", "<f16", "<i1", "|u2", "<M8[s]", "|S3", "|O", ""] {
        assert_header_error(
            &header(descr, "(1,)"),
            &format!(
                "byte {}: found elements of type '{descr}', {numbers}",
                10 + header(descr, "(1,)").len()
            ),
        );
    }
    for descr in [
        "[('a', '<f4')]",
        "[('a', [('b', '<f4', (2,))])]",
        "('<f4', (2,))",
        "None",
        "<f8",
        "'<f8",
        "'<f8' \"a\"",
    ] {
        assert_header_error(
            &header("", "(1,)").replace("''", descr),
            &format!("byte 10: found elements of type '{descr}', {numbers}"),
        );
    }
    assert_error(fixture!("scalar"), "byte 128: found 0 dimensions, expected 1 or 2");
    assert_error(fixture!("cube"), "byte 128: found 3 dimensions, expected 1 or 2");
    for (shape, name) in [("(0,)", "1×0"), ("(3, 0)", "3×0"), ("(0, 9999999999)", "0×9999999999")]
    {
        let start = 10 + header("<f8", shape).len();
        let expected = format!("byte {start}: found shape {name}, expected one number or more");
        assert_header_error(&header("<f8", shape), &expected);
    }
    for (shape, name) in [("(2,)", "1×2"), ("(9999999999, 9999999999)", "9999999999×9999999999")]
    {
        let start = 10 + header("<f8", shape).len();
        let expected =
            format!("byte {start}: found 8 bytes of data, expected {name} numbers of 8 bytes");
        assert_header_error(&header("<f8", shape), &expected);
    }
    let long = [fixture!("f4"), &b"!"[..]].concat();
    let expected = "byte 128: found 25 bytes of data, expected 2×3 numbers of 4 bytes";
    assert_error(&long, expected);
}
