//! A PNG encoder, plain and apart from the reader that it tests: every kind of picture, filter and
//! deflate block.

use matrix::Rng;

/// How the compressed data are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Blocks {
    Stored,
    Fixed,
    Dynamic,
}

/// What kind of file to write.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Kind {
    /// 0 grey, 2 red green blue, 3 palette, 4 grey and alpha, 6 red green blue alpha.
    pub(crate) colour: u8,
    /// The bits of a sample.
    pub(crate) depth: usize,
    pub(crate) interlaced: bool,
    /// 0 to 4 for all rows, or 5 for one after the other.
    pub(crate) filter: usize,
    pub(crate) blocks: Blocks,
    /// The most bytes of an `IDAT` chunk.
    pub(crate) part: usize,
}

/// Every colour type with every depth that it may have.
pub(crate) const COLOURS: [(u8, usize); 15] = [
    (0, 1),
    (0, 2),
    (0, 4),
    (0, 8),
    (0, 16),
    (2, 8),
    (2, 16),
    (3, 1),
    (3, 2),
    (3, 4),
    (3, 8),
    (4, 8),
    (4, 16),
    (6, 8),
    (6, 16),
];

impl Kind {
    pub(crate) fn new((colour, depth): (u8, usize)) -> Self {
        let (interlaced, blocks, part) = (false, Blocks::Fixed, 1 << 20);
        Self { colour, depth, interlaced, filter: 5, blocks, part }
    }

    pub(crate) fn samples_per_pixel(&self) -> usize {
        [1, 0, 3, 1, 2, 0, 4][usize::from(self.colour)]
    }

    /// The file that shows these samples, with `chunks` in front of the data.
    pub(crate) fn encode(
        &self,
        rows: usize,
        cols: usize,
        samples: &[u16],
        chunks: &[(&[u8; 4], Vec<u8>)],
    ) -> Vec<u8> {
        let n = self.samples_per_pixel();
        assert_eq!(samples.len(), rows * cols * n);
        let passes: &[[usize; 4]] = match self.interlaced {
            false => &[[0, 0, 1, 1]],
            true => &[
                [0, 0, 8, 8],
                [4, 0, 8, 8],
                [0, 4, 4, 8],
                [2, 0, 4, 4],
                [0, 2, 2, 4],
                [1, 0, 2, 2],
                [0, 1, 1, 2],
            ],
        };
        let mut data = Vec::new();
        for &[x0, y0, dx, dy] in passes {
            let mut above = Vec::new();
            for (i, y) in (y0..rows).step_by(dy).enumerate() {
                let pixels = (x0..cols).step_by(dx).map(|x| &samples[(y * cols + x) * n..][..n]);
                let row = self.row(&pixels.flatten().copied().collect::<Vec<u16>>());
                if row.is_empty() {
                    break;
                }
                above.resize(row.len(), 0);
                let filter = if self.filter < 5 { self.filter } else { i % 5 };
                self.filtered(filter, &row, &above, &mut data);
                above = row;
            }
        }
        let mut stream = vec![0x78, 0x9c];
        stream.extend(deflate(&data, self.blocks));
        stream.extend(adler32(&data).to_be_bytes());

        let mut header = Vec::new();
        header.extend((cols as u32).to_be_bytes());
        header.extend((rows as u32).to_be_bytes());
        header.extend([self.depth as u8, self.colour, 0, 0, u8::from(self.interlaced)]);
        let mut file = b"\x89PNG\r\n\x1a\n".to_vec();
        file.extend(chunk(b"IHDR", &header));
        chunks.iter().for_each(|(name, data)| file.extend(chunk(name, data)));
        stream.chunks(self.part).for_each(|part| file.extend(chunk(b"IDAT", part)));
        file.extend(chunk(b"IEND", b""));
        file
    }

    /// The bytes of a row of samples.
    fn row(&self, samples: &[u16]) -> Vec<u8> {
        match self.depth {
            16 => samples.iter().flat_map(|sample| sample.to_be_bytes()).collect(),
            depth => {
                let byte = |samples: &[u16]| {
                    let bits = samples.iter().fold(0, |bits, &sample| bits << depth | sample);
                    (bits << (8 - depth * samples.len())) as u8
                };
                samples.chunks(8 / depth).map(byte).collect()
            }
        }
    }

    fn filtered(&self, filter: usize, row: &[u8], above: &[u8], data: &mut Vec<u8>) {
        let step = (self.samples_per_pixel() * self.depth).div_ceil(8);
        data.push(filter as u8);
        for (i, &byte) in row.iter().enumerate() {
            let before = |row: &[u8]| i.checked_sub(step).map_or(0, |i| i32::from(row[i]));
            let (a, b, c) = (before(row), i32::from(above[i]), before(above));
            let predicted = match filter {
                0 => 0,
                1 => a,
                2 => b,
                3 => (a + b) / 2,
                _ => [a, b, c].into_iter().min_by_key(|x| (a + b - c - x).abs()).unwrap(),
            };
            data.push((i32::from(byte) - predicted) as u8);
        }
    }
}

/// A chunk: length, name, data, checksum.
pub(crate) fn chunk(name: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let named = [&name[..], data].concat();
    let length = (data.len() as u32).to_be_bytes();
    [&length[..], &named, &crc32(&named).to_be_bytes()].concat()
}

/// CRC-32, four bits at a time.
pub(crate) fn crc32(bytes: &[u8]) -> u32 {
    let step = |crc: u32| crc >> 1 ^ (0xedb8_8320 * (crc & 1));
    let table: [u32; 16] = std::array::from_fn(|i| step(step(step(step(i as u32)))));
    let half = |crc: u32| crc >> 4 ^ table[(crc & 15) as usize];
    !bytes.iter().fold(!0, |crc, &byte| half(half(crc ^ u32::from(byte))))
}

/// Adler-32, byte by byte.
pub(crate) fn adler32(bytes: &[u8]) -> u32 {
    let (a, b) = bytes.iter().fold((1, 0), |(a, b), &byte| {
        let a = (a + u32::from(byte)) % 65_521;
        (a, (b + a) % 65_521)
    });
    b << 16 | a
}

/// Bits as deflate data hold them, the lowest of each byte first.
#[derive(Default)]
struct Bits {
    bytes: Vec<u8>,
    buffer: u64,
    count: usize,
}

impl Bits {
    /// A number, its lowest bit first.
    fn number(&mut self, value: usize, bits: usize) {
        self.buffer |= (value as u64) << self.count;
        self.count += bits;
        while self.count >= 8 {
            self.bytes.push(self.buffer as u8);
            self.buffer >>= 8;
            self.count -= 8;
        }
    }

    /// A code, its highest bit first.
    fn code(&mut self, (code, bits): (usize, usize)) {
        self.number(code.reverse_bits() >> (usize::BITS as usize - bits), bits);
    }

    fn align(&mut self) {
        self.number(0, (8 - self.count % 8) % 8);
    }
}

/// Codes from their lengths (RFC 1951, section 3.2.2).
fn codes(lengths: &[usize]) -> Vec<(usize, usize)> {
    let smaller = |i: usize| {
        (0..lengths.len()).filter(move |&j| (lengths[j], j) < (lengths[i], i) && lengths[j] > 0)
    };
    let sum = |i: usize| smaller(i).map(|j| 1 << (lengths[i] - lengths[j])).sum::<usize>();
    (0..lengths.len()).map(|i| (if lengths[i] > 0 { sum(i) } else { 0 }, lengths[i])).collect()
}

/// The first code of a set for lengths or distances that includes `value`, from the least values
/// and the extra bits.
fn band(value: usize, base: usize, extra: impl Fn(usize) -> usize) -> (usize, usize, usize) {
    let (mut symbol, mut least) = (0, base);
    while least + (1 << extra(symbol)) <= value {
        least += 1 << extra(symbol);
        symbol += 1;
    }
    (symbol, value - least, extra(symbol))
}

/// RFC 1951: blocks of one kind, with what repeats taken from where it was last.
fn deflate(data: &[u8], kind: Blocks) -> Vec<u8> {
    let mut bits = Bits::default();
    if kind == Blocks::Stored {
        let blocks = data.len().div_ceil(60_000);
        for (i, block) in data.chunks(60_000).enumerate() {
            bits.number(usize::from(i + 1 == blocks), 3);
            bits.align();
            bits.number(block.len(), 16);
            bits.number(!block.len() & 0xffff, 16);
            block.iter().for_each(|&byte| bits.number(byte.into(), 8));
        }
        return bits.bytes;
    }
    let (literals, distances) = match kind {
        Blocks::Fixed => {
            let length = |i| {
                if i < 144 {
                    8
                } else if i < 256 {
                    9
                } else if i < 280 {
                    7
                } else {
                    8
                }
            };
            ((0..288).map(length).collect::<Vec<_>>(), vec![5; 30])
        }
        // Complete sets: 226/2⁸ + 60/2⁹ = 1 and 2/2⁴ + 28/2⁵ = 1.
        _ => (
            (0..286).map(|i| if i < 226 { 8 } else { 9 }).collect(),
            (0..30).map(|i| if i < 2 { 4 } else { 5 }).collect(),
        ),
    };
    bits.number(1, 1);
    match kind {
        Blocks::Fixed => bits.number(1, 2),
        _ => {
            bits.number(2, 2);
            bits.number(286 - 257, 5);
            bits.number(30 - 1, 5);
            bits.number(19 - 4, 4);
            // Code lengths 4, 5, 8 and 9 have two bits each.
            for symbol in [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15] {
                bits.number(if [4, 5, 8, 9].contains(&symbol) { 2 } else { 0 }, 3);
            }
            for length in literals.iter().chain(&distances) {
                let code = [4, 5, 8, 9].iter().position(|symbol| symbol == length).unwrap();
                bits.code((code, 2));
            }
        }
    }
    let (literals, distances) = (codes(&literals), codes(&distances));
    let mut last = vec![usize::MAX; 1 << 16];
    let mut at = 0;
    while at < data.len() {
        let mut length = 0;
        let mut distance = 0;
        if let Some(&[a, b, c]) = data.get(at..at + 3) {
            let hash = usize::from(a) | (usize::from(b) ^ usize::from(c) << 3) << 8 & 0xffff;
            let before = std::mem::replace(&mut last[hash], at);
            if before < at && at - before <= 1 << 15 {
                distance = at - before;
                let same = data[before..].iter().zip(&data[at..]).take(258);
                length = same.take_while(|(x, y)| x == y).count();
            }
        }
        if length < 3 {
            bits.code(literals[usize::from(data[at])]);
            at += 1;
            continue;
        }
        let (symbol, rest, extra) = match length {
            258 => (28, 0, 0),
            _ => band(length, 3, |symbol| (symbol / 4).saturating_sub(1)),
        };
        bits.code(literals[257 + symbol]);
        bits.number(rest, extra);
        let (symbol, rest, extra) = band(distance, 1, |symbol| (symbol / 2).saturating_sub(1));
        bits.code(distances[symbol]);
        bits.number(rest, extra);
        at += length;
    }
    bits.code(literals[256]);
    bits.align();
    bits.bytes
}

/// Samples of this kind, in flat pieces so that there is something to repeat.
#[allow(dead_code, reason = "not all tests need it")]
pub(crate) fn random(kind: &Kind, rows: usize, cols: usize, rng: &mut Rng) -> Vec<u16> {
    let n = kind.samples_per_pixel();
    let mut samples = Vec::new();
    while samples.len() < rows * cols * n {
        let pixel: Vec<u16> = (0..n).map(|_| rng.below(1 << kind.depth) as u16).collect();
        for _ in 0..1 + rng.below(9) * rng.below(2) {
            samples.extend(&pixel);
        }
    }
    samples.truncate(rows * cols * n);
    samples
}
