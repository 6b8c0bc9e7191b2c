use super::*;
use crate::fault::{Kind, Place};

/// Deflate data, written bit by bit.
#[derive(Default)]
struct Writer {
    bytes: Vec<u8>,
    count: usize,
}

impl Writer {
    /// A number of `n` bits, the lowest first.
    fn number(mut self, value: usize, n: usize) -> Self {
        for i in 0..n {
            if self.count.is_multiple_of(8) {
                self.bytes.push(0);
            }
            *self.bytes.last_mut().unwrap() |= ((value >> i & 1) as u8) << (self.count % 8);
            self.count += 1;
        }
        self
    }

    /// A code of bits as they are written on paper, the highest first.
    fn code(self, code: &str) -> Self {
        code.bytes().fold(self, |writer, bit| writer.number(usize::from(bit - b'0'), 1))
    }

    fn aligned(mut self, bytes: &[u8]) -> Self {
        self.bytes.extend_from_slice(bytes);
        self.count = 8 * self.bytes.len();
        self
    }

    /// The head of a dynamic block that ends the data: the numbers of codes, and the lengths of
    /// the code length codes by symbol.
    fn dynamic(self, literals: usize, distances: usize, lengths: &[(usize, usize)]) -> Self {
        const ORDER: [usize; 19] =
            [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
        let head = self.number(0b101, 3).number(literals - 257, 5).number(distances - 1, 5);
        ORDER.iter().fold(head.number(15, 4), |writer, symbol| {
            let length = lengths.iter().find(|(s, _)| s == symbol).map_or(0, |&(_, n)| n);
            writer.number(length, 3)
        })
    }

    /// A gzip file around the data, which should decompress to `data`.
    fn gzip(self, data: &[u8]) -> Vec<u8> {
        let mut file = HEADER.to_vec();
        file.extend(self.bytes);
        file.extend(crc32(data).to_le_bytes());
        file.extend((data.len() as u32).to_le_bytes());
        file
    }
}

/// The header has 10 bytes, so that deflate data start at byte 10.
const HEADER: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 255];

fn fixed() -> Writer {
    Writer::default().number(0b011, 3)
}

fn message(file: &[u8]) -> String {
    decompress(file, 1 << 20).unwrap_err().to_string()
}

/// What the files in `tests/fixtures` hold: 0, 1, 4, 9, … one to a line.
fn squares() -> Vec<u8> {
    (0..400).flat_map(|n| format!("{}\n", n * n).into_bytes()).collect()
}

const FIXTURES: [&[u8]; 5] = [
    include_bytes!("../../tests/fixtures/stored.gz"),
    include_bytes!("../../tests/fixtures/fixed.gz"),
    include_bytes!("../../tests/fixtures/dynamic.gz"),
    include_bytes!("../../tests/fixtures/flags.gz"),
    include_bytes!("../../tests/fixtures/members.gz"),
];

#[test]
fn every_kind_of_block_header_and_member_made_by_zlib_is_read() {
    for file in FIXTURES {
        assert_eq!(decompress(file, 1 << 20), Ok(squares()));
    }
}

#[test]
fn a_file_cut_off_anywhere_is_an_error() {
    for file in FIXTURES {
        for n in 0..file.len() {
            match decompress(&file[..n], 1 << 20) {
                Err(Fault { place, note, .. }) if note == "the file is cut off or damaged" => {
                    assert_eq!(place, Place::Byte(n));
                }
                // A copy that ends with a member is whole as far as anyone can tell.
                Ok(data) => assert!(n > 0 && squares().starts_with(&data)),
                // Of a member that follows, one byte is not enough to know it.
                Err(Fault { found, .. }) if found == "1 byte after the compressed data" => {}
                other => panic!("{n} bytes: {other:?}"),
            }
        }
    }
    let error = "byte 500: found the end of the compressed data, expected more: the file is cut off or damaged";
    assert_eq!(message(&FIXTURES[2][..500]), error);
}

#[test]
fn a_bit_that_flips_behind_the_header_changes_no_data_unnoticed() {
    let file = FIXTURES[2];
    for bit in 8 * HEADER.len()..8 * file.len() {
        let mut file = file.to_vec();
        file[bit / 8] ^= 1 << (bit % 8);
        // The bits that fill up the last byte mean nothing, and a match may be found elsewhere too.
        if let Ok(data) = decompress(&file, 1 << 20) {
            assert_eq!(data, squares(), "bit {bit}");
        }
    }
}

#[test]
fn stored_blocks_may_be_empty_and_start_at_whole_bytes() {
    let file = Writer::default()
        .number(0b000, 3)
        .aligned(&[0, 0, 255, 255])
        .number(0b001, 3)
        .aligned(&[2, 0, 253, 255, b'h', b'i'])
        .gzip(b"hi");
    assert_eq!(decompress(&file, 2), Ok(b"hi".to_vec()));
}

#[test]
fn matches_may_overlap_what_they_become() {
    for distance in 1..=40 {
        for length in [3, 4, 10, 11, 15, 16, 17, 31, 32, 33, 114, 257, 258] {
            let mut data: Vec<u8> = (b'0'..).take(distance).collect();
            let mut file = fixed();
            for &byte in &data {
                file = file.code(&format!("{:08b}", byte + 0x30));
            }
            file = fixed_match(file, length, distance);
            for _ in 0..length {
                data.push(data[data.len() - distance]);
            }
            let file = file.code("0000000").gzip(&data);
            assert_eq!(decompress(&file, data.len()), Ok(data), "{length} from {distance}");
        }
    }
}

/// The codes of a match in a block of type 1, by the tables of RFC 1951, section 3.2.5.
fn fixed_match(file: Writer, length: usize, distance: usize) -> Writer {
    const LENGTHS: [(usize, usize, usize); 10] = [
        (257, 3, 0),
        (258, 4, 0),
        (264, 10, 0),
        (265, 11, 1),
        (267, 15, 1),
        (269, 19, 2),
        (273, 35, 3),
        (277, 67, 4),
        (280, 115, 4),
        (284, 227, 5),
    ];
    const DISTANCES: [(usize, usize, usize); 9] = [
        (0, 1, 0),
        (1, 2, 0),
        (2, 3, 0),
        (3, 4, 0),
        (4, 5, 1),
        (6, 9, 2),
        (8, 17, 3),
        (10, 33, 4),
        (29, 24577, 13),
    ];
    // The last code that starts at or below; in a run of codes with as many extra bits, the code
    // goes up by one where the value goes up by two to the number of extra bits.
    let find = |table: &[(usize, usize, usize)], value: usize| {
        let &(code, base, extra) = table.iter().rfind(|(_, base, _)| *base <= value).unwrap();
        let steps = (value - base) >> extra;
        (code + steps, value - base - (steps << extra), extra)
    };
    let (code, rest, extra) = if length == 258 { (285, 0, 0) } else { find(&LENGTHS, length) };
    let file = match code {
        257..280 => file.code(&format!("{:07b}", code - 256)),
        _ => file.code(&format!("{:08b}", code - 280 + 0b1100_0000)),
    };
    let file = file.number(rest, extra);
    let (code, rest, extra) = find(&DISTANCES, distance);
    file.code(&format!("{code:05b}")).number(rest, extra)
}

#[test]
fn the_longest_distance_is_32768() {
    let data: Vec<u8> = (0..32768u32).map(|i| (i % 251) as u8).collect();
    let (length, complement) = ((32768u16).to_le_bytes(), (!32768u16).to_le_bytes());
    let file = Writer::default().number(0, 3).aligned(&length).aligned(&complement).aligned(&data);
    let file = fixed_match(file.number(0b011, 3), 4, 32768).code("0000000");
    let data = [&data[..], &data[..4]].concat();
    assert_eq!(decompress(&file.gzip(&data), data.len()), Ok(data));
}

#[test]
fn a_single_distance_code_may_have_one_bit() {
    // Code lengths: 0 → 0, 1 → 10, 18 → 11. Literal a and the end have a bit each, length 3 none.
    let file = Writer::default()
        .dynamic(258, 1, &[(0, 2), (1, 2), (2, 2), (18, 2)])
        .code("11")
        .number(97 - 11, 7)
        .code("10") // a: 2 bits
        .code("11")
        .number(138 - 11, 7)
        .code("11")
        .number(20 - 11, 7)
        .code("10") // the end: 2 bits
        .code("01") // length 3: 1 bit
        .code("01") // distance 1: 1 bit
        .code("10") // a
        .code("0")
        .code("0") // 3 bytes from 1 back
        .code("11"); // the end
    assert_eq!(decompress(&file.gzip(b"aaaa"), 4), Ok(b"aaaa".to_vec()));
}

#[test]
fn a_distance_code_may_be_absent() {
    // Literal a has the code 0, the end the code 1.
    let file = Writer::default()
        .dynamic(257, 1, &[(0, 2), (1, 2), (2, 2), (18, 2)])
        .code("11")
        .number(97 - 11, 7)
        .code("01") // a
        .code("11")
        .number(138 - 11, 7)
        .code("11")
        .number(20 - 11, 7)
        .code("01") // the end
        .code("00") // no distance
        .code("001");
    assert_eq!(decompress(&file.gzip(b"aa"), 2), Ok(b"aa".to_vec()));
}

#[test]
fn the_data_may_be_empty() {
    assert_eq!(decompress(&fixed().code("0000000").gzip(b""), 0), Ok(vec![]));
}

#[test]
fn the_frame_is_checked() {
    let good = fixed().code("10010001").code("0000000").gzip(b"a");
    assert_eq!(decompress(&good, 1), Ok(b"a".to_vec()));
    let with = |place: usize, value: u8| {
        let mut file = good.clone();
        file[place] = value;
        file
    };
    let found = "byte 0: found no gzip data, expected them to start with 1f 8b";
    assert_eq!(message(&with(0, b'P')), found);
    let found = "byte 0: found compression method 7, expected 8, which is deflate";
    assert_eq!(message(&with(2, 7)), found);
    let found = "byte 0: found header flags 0b00100001, expected the upper three to be 0";
    assert_eq!(message(&with(3, 0b0010_0001)), found);
    let found = "byte 13: found checksum 0xe8b7be43, expected 0xe8b7be00: the data are damaged";
    assert_eq!(message(&with(13, 0)), found);
    let found = "byte 17: found 1 byte of data, expected 2: the data are damaged";
    assert_eq!(message(&with(17, 2)), found);
    for n in [1, 2, 511] {
        assert_eq!(decompress(&[&good[..], &vec![0; n]].concat(), 1), Ok(b"a".to_vec()));
    }
    let file = [&good[..], &[0, 1]].concat();
    assert_eq!(
        message(&file),
        "byte 21: found 2 bytes after the compressed data, expected the end"
    );
    let file = [&good[..], b"\n"].concat();
    assert_eq!(message(&file), "byte 21: found 1 byte after the compressed data, expected the end");
    let file = [&good[..], &[0], &good].concat();
    assert_eq!(
        message(&file),
        "byte 21: found 22 bytes after the compressed data, expected the end"
    );
    let file = [&good[..], &with(2, 7)].concat();
    let found = "byte 21: found compression method 7, expected 8, which is deflate";
    assert_eq!(message(&file), found);

    let mut file = FIXTURES[3].to_vec();
    file[12] ^= 1;
    let found = "byte 41: found header checksum 0x4e1d, expected 0x9739";
    assert_eq!(message(&file), found);
}

#[test]
fn blocks_are_checked() {
    let message = |file: Writer| message(&file.gzip(b""));
    let found = "byte 11: found block type 3, expected 0, 1 or 2";
    assert_eq!(message(Writer::default().number(0b111, 3)), found);
    let found = "byte 11: found stored length 0x0001 and 0x0001, expected complements";
    assert_eq!(message(Writer::default().number(1, 3).aligned(&[1, 0, 1, 0])), found);
    let found = "byte 11: found 287 literal and length codes, expected at most 286";
    assert_eq!(message(Writer::default().dynamic(287, 1, &[])), found);
    let found = "byte 12: found 31 distance codes, expected at most 30";
    assert_eq!(message(Writer::default().dynamic(286, 31, &[])), found);

    let found = "byte 12: found distance 1, expected at most 0";
    assert_eq!(message(fixed_match(fixed(), 3, 1)), found);
    let file = fixed_match(fixed().code("10010001"), 3, 2);
    assert_eq!(message(file), "byte 13: found distance 2, expected at most 1");
    for code in ["11000110", "11000111"] {
        let found = "byte 12: found an unused literal and length code, expected one in use";
        assert_eq!(message(fixed().code(code)), found);
    }
    for code in ["11110", "11111"] {
        let found = "byte 13: found an unused distance code, expected one in use";
        assert_eq!(message(fixed().code("10010001").code("0000001").code(code)), found);
    }
}

#[test]
fn a_distance_does_not_reach_into_the_member_before() {
    let file = fixed().code("10010001").code("0000000").gzip(b"a");
    let file = [file, fixed_match(fixed(), 3, 1).gzip(b"")].concat();
    assert_eq!(message(&file), "byte 33: found distance 1, expected at most 0");
}

#[test]
fn codes_are_checked() {
    let message = |file: Writer| message(&file.gzip(b""));
    let dynamic = |lengths| Writer::default().dynamic(257, 1, lengths);
    let found = "byte 20: found too many short code length codes, expected a complete set";
    assert_eq!(message(dynamic(&[(0, 1), (1, 1), (2, 1)])), found);
    for lengths in [&[][..], &[(0, 1)], &[(0, 1), (1, 2)]] {
        let found = "byte 20: found too few code length codes, expected a complete set";
        assert_eq!(message(dynamic(lengths)), found);
    }
    let found = "byte 20: found a repeated code length, expected a first one before it";
    assert_eq!(message(dynamic(&[(16, 1), (1, 1)]).code("1")), found);
    let found = "byte 22: found a code length repeated too often, expected an end of the list";
    let file = dynamic(&[(18, 1), (1, 1)]).code("1").number(127, 7).code("1").number(127, 7);
    assert_eq!(message(file), found);
    // 257 lengths of 0 and one of 1: the literals end before, the distance is the last.
    let file = dynamic(&[(18, 1), (1, 1)]).code("1").number(127, 7).code("1").number(108, 7);
    let found = "byte 22: found no code for the end of the block, expected one";
    assert_eq!(message(file.code("0")), found);
    // All 257 literals with one bit each.
    let file = (0..258).fold(dynamic(&[(0, 1), (1, 1)]), |file, _| file.code("1"));
    let found = "byte 52: found too many short literal and length codes, expected a complete set";
    assert_eq!(message(file), found);
    // One literal, the end, with one bit.
    let ends = |literals, distances| {
        Writer::default()
            .dynamic(literals, distances, &[(18, 1), (1, 1)])
            .code("1")
            .number(127, 7)
            .code("1")
            .number(107, 7)
            .code("0")
    };
    let found = "byte 22: found too few literal and length codes, expected a complete set";
    assert_eq!(message(ends(257, 1).code("0")), found);
    // Two literals with one bit each, and three distances with one bit each.
    let found = "byte 22: found too many short distance codes, expected a complete set";
    assert_eq!(message(ends(258, 3).code("0").code("000")), found);
    // Two distances of two bits leave half of the codes unused.
    let file = Writer::default()
        .dynamic(258, 2, &[(0, 2), (1, 2), (2, 2), (18, 2)])
        .code("11")
        .number(127, 7)
        .code("11")
        .number(107, 7)
        .code("01")
        .code("01")
        .code("10")
        .code("10");
    let found = "byte 23: found too few distance codes, expected a complete set";
    assert_eq!(message(file), found);
    // The end, 0, and length 3, 1, but no distance has a code.
    let file = Writer::default()
        .dynamic(258, 1, &[(0, 2), (1, 2), (2, 2), (18, 2)])
        .code("11")
        .number(127, 7)
        .code("11")
        .number(107, 7)
        .code("01")
        .code("01")
        .code("00");
    let found = "byte 23: found an unused distance code, expected one in use";
    assert_eq!(message(file.code("1").code("0")), found);
    // A single distance code of one bit, and the other bit.
    let file = Writer::default()
        .dynamic(258, 1, &[(18, 1), (1, 1)])
        .code("1")
        .number(127, 7)
        .code("1")
        .number(107, 7)
        .code("000");
    let found = "byte 22: found an unused distance code, expected one in use";
    assert_eq!(message(file.code("1").code("1")), found);
}

#[test]
fn the_data_are_no_longer_than_the_limit() {
    for file in FIXTURES {
        let n = squares().len();
        assert!(decompress(file, n).is_ok());
        for limit in [n - 1, n / 2, 1, 0] {
            let error = decompress(file, limit).unwrap_err();
            assert_eq!(error.kind, Kind::TooLong);
            assert_eq!(decompress_start(file, limit), squares()[..limit]);
        }
        assert_eq!(decompress_start(file, n + 1), squares());
    }
    let error = decompress(FIXTURES[0], 100).unwrap_err().to_string();
    assert_eq!(error, "byte 2352: found more data, expected at most 100 bytes");
}
