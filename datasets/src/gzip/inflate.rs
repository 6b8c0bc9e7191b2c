//! Decompression of deflate data (RFC 1951) with lookup tables.

use crate::fault::{Fault, Kind};
use crate::steps::steps;
use files::text::Count;
use std::sync::LazyLock;

/// In a box, so that a result fits into registers.
pub(crate) type Result<T, E = Box<Fault>> = std::result::Result<T, E>;

/// The fault that this was found where that was expected.
#[cold]
pub(super) fn fault<T>(found: impl Into<String>, expected: impl Into<String>) -> Result<T> {
    Err(Fault::new(found, expected).into())
}

/// Compressed bytes, read bit by bit from the lowest bit of each. Zeros follow the last one.
pub(crate) struct Bits<'a> {
    bytes: &'a [u8],
    /// The first byte that is not in `buffer`.
    next: usize,
    /// Bits that are read ahead; the next one is the lowest.
    buffer: u64,
    /// How many of them are valid. Higher bits may be set to those of the bytes from `next` on.
    count: u32,
}

impl<'a> Bits<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, next: 0, buffer: 0, count: 0 }
    }

    /// The first byte of which no bit has been read. It is beyond the end if zeros have been read.
    pub(super) fn offset(&self) -> usize {
        self.next - (self.count / 8) as usize
    }

    /// Brings the buffer to 56 bits or more. Fails if zeros behind the end have been read.
    #[inline(always)]
    fn refill(&mut self) -> Result<()> {
        steps(1);
        let word = match self.bytes.get(self.next..self.next + 8) {
            Some(&[a, b, c, d, e, f, g, h]) => u64::from_le_bytes([a, b, c, d, e, f, g, h]),
            _ if self.offset() > self.bytes.len() => return self.truncated(),
            _ => {
                let rest = self.bytes.get(self.next..).unwrap_or_default();
                rest.iter().rfold(0, |word, &byte| word << 8 | u64::from(byte))
            }
        };
        self.buffer |= word << self.count;
        self.next += ((63 - self.count) / 8) as usize;
        self.count |= 56; // = count + 8 · ((63 − count) / 8)
        Ok(())
    }

    #[cold]
    pub(super) fn truncated<T>(&mut self) -> Result<T> {
        (self.next, self.buffer, self.count) = (self.bytes.len(), 0, 0);
        let fault = Fault::new("the end of the compressed data", "more");
        Err(fault.note("the file is cut off or damaged").into())
    }

    /// The next `n` ≤ 16 bits as a number; they are in the buffer.
    #[inline(always)]
    fn buffered(&mut self, n: u8) -> usize {
        let value = self.buffer & ((1 << n) - 1);
        self.buffer >>= n;
        self.count -= u32::from(n);
        value as usize
    }

    /// The next `n` ≤ 16 bits as a number.
    fn take(&mut self, n: u8) -> Result<usize> {
        self.refill()?;
        Ok(self.buffered(n))
    }

    /// Goes to the next whole byte and empties the buffer.
    fn align(&mut self) {
        (self.next, self.buffer, self.count) = (self.offset(), 0, 0);
    }

    /// The next `n` whole bytes.
    pub(super) fn take_bytes(&mut self, n: usize) -> Result<&'a [u8]> {
        self.field(n, Ok)
    }

    /// Calls `read` with the next `n` whole bytes. If it fails they are not consumed, so that the
    /// offset of the error is where they start.
    pub(super) fn field<T>(
        &mut self,
        n: usize,
        read: impl FnOnce(&'a [u8]) -> Result<T>,
    ) -> Result<T> {
        self.align();
        let Some(bytes) = self.rest().get(..n) else { return self.truncated() };
        let value = read(bytes)?;
        self.next += n;
        Ok(value)
    }

    /// The bytes from the next whole one on.
    pub(super) fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.offset()..).unwrap_or_default()
    }

    /// The bytes since `offset`, when whole bytes have been read.
    pub(super) fn bytes_since(&self, offset: usize) -> &'a [u8] {
        &self.bytes[offset..self.next]
    }
}

/// The data that have come out so far.
pub(crate) struct Output {
    pub(super) data: Vec<u8>,
    /// Where the data of the present member start: no distance reaches beyond.
    start: usize,
    /// More data than these are a fault.
    pub(super) limit: usize,
}

impl Output {
    pub(super) fn new(limit: usize) -> Self {
        Self { data: Vec::new(), start: 0, limit }
    }

    #[inline(always)]
    fn check(&self) -> Result<()> {
        if self.data.len() > self.limit { self.too_long() } else { Ok(()) }
    }

    #[cold]
    fn too_long(&self) -> Result<()> {
        let most = format!("at most {}", Count(self.limit, "byte"));
        Err(Fault::new("more data", most).kind(Kind::TooLong).into())
    }

    /// Repeats `length` bytes from `distance` bytes back, which may overlap what they become.
    #[inline(always)]
    fn repeat(&mut self, distance: usize, mut length: usize) {
        steps(length);
        let from = self.data.len() - distance;
        // Copied bytes can be copied again, so that each copy is twice as long.
        while length > 0 {
            let n = length.min(self.data.len() - from);
            self.data.extend_from_within(from..from + n);
            length -= n;
        }
    }
}

/// The meaning of a code.
#[derive(Clone, Copy)]
struct Symbol {
    /// A literal byte, [`END`], or [`END`] + a length; or a distance; or a code length.
    value: u16,
    /// The number of bits that follow the code and are added to the value.
    extra_bits: u8,
    /// The bits of the code.
    bits: u8,
}

/// The value of the end of a block.
const END: u16 = 256;
/// The value of a code that no symbol has, or whose symbol must not occur.
const UNUSED: u16 = u16::MAX;

impl Symbol {
    const fn new(value: u16, extra_bits: u8) -> Self {
        Self { value, extra_bits, bits: 1 }
    }
}

/// The codes of one alphabet, looked up by the next bits of the data.
///
/// The first [`INDEX_BITS`] of them are the index, or as many as the longest code has. Longer codes
/// go on in a second table, which follows in the same vector and is indexed by the bits after those:
/// its start is the value of a symbol of [`LINK`] bits.
struct Table {
    symbols: Vec<Symbol>,
    mask: usize,
}

const INDEX_BITS: u8 = 11;
const LINK: u8 = INDEX_BITS + 1;
/// The length of a second table. The longest code has 15 bits.
const SECOND: usize = 1 << (15 - INDEX_BITS);

impl Table {
    /// The table of a code whose symbol i has a code of `lengths[i]` bits, or none if that is 0,
    /// and means `symbol(i)`; `name` is for the error.
    ///
    /// The codes follow from their lengths (RFC 1951, section 3.2.2).
    fn new(name: &'static str, lengths: &[u8], symbol: impl Fn(u16) -> Symbol) -> Result<Self> {
        let mut counts = [0; 16];
        lengths.iter().for_each(|&length| counts[usize::from(length)] += 1);
        counts[0] = 0;
        let longest = counts.iter().rposition(|&count| count > 0).unwrap_or(0);
        let mut next_codes = [0u32; 17];
        for length in 1..=15 {
            let end = next_codes[length] + counts[length];
            if end > 1 << length {
                return fault(format!("too many short {name} codes"), "a complete set");
            }
            next_codes[length + 1] = 2 * end;
        }
        if next_codes[16] < 1 << 16 && (name != DISTANCE || longest > 1) {
            return fault(format!("too few {name} codes"), "a complete set");
        }

        let mut symbols = vec![Symbol::new(UNUSED, 0); 1 << longest.min(INDEX_BITS.into())];
        let mask = symbols.len() - 1;
        steps(lengths.len() + symbols.len());
        for (i, &bits) in lengths.iter().enumerate().filter(|(_, bits)| **bits > 0) {
            // Codes are stored with the highest bit first, numbers with the lowest bit first.
            let next = &mut next_codes[usize::from(bits)];
            let code = (next.reverse_bits() >> (32 - bits)) as usize;
            *next += 1;
            let symbol = Symbol { bits, ..symbol(i as u16) };
            let (table, code, bits) = if bits <= INDEX_BITS {
                (&mut symbols[..=mask], code, bits)
            } else {
                if symbols[code & mask].bits != LINK {
                    let value = symbols.len() as u16;
                    symbols[code & mask] = Symbol { value, extra_bits: 0, bits: LINK };
                    symbols.resize(symbols.len() + SECOND, Symbol::new(UNUSED, 0));
                }
                let start = usize::from(symbols[code & mask].value);
                (&mut symbols[start..][..SECOND], code >> INDEX_BITS, bits - INDEX_BITS)
            };
            table[code..].iter_mut().step_by(1 << bits).for_each(|place| *place = symbol);
        }
        Ok(Self { symbols, mask })
    }

    /// Looks up the next code of `bits` and consumes it.
    #[inline(always)]
    fn decode(&self, bits: &mut Bits) -> Symbol {
        let next = bits.buffer as usize;
        let mut symbol = self.symbols[next & self.mask];
        if symbol.bits == LINK {
            symbol = self.symbols[usize::from(symbol.value) + (next >> INDEX_BITS) % SECOND];
        }
        bits.buffered(symbol.bits);
        symbol
    }
}

const CODE_LENGTH: &str = "code length";
const LITERAL: &str = "literal and length";
const DISTANCE: &str = "distance";

/// The code of literals, lengths and the end of the block (RFC 1951, section 3.2.5).
fn literal_table(lengths: &[u8]) -> Result<Table> {
    Table::new(LITERAL, lengths, |symbol| match symbol {
        0..=END => Symbol::new(symbol, 0),
        257..=264 => Symbol::new(END + symbol - 254, 0),
        // Four lengths share a number of extra bits, beginning with one bit at length 11.
        265..=284 => {
            let (extra, quarter) = ((symbol - 261) / 4, (symbol - 261) % 4);
            Symbol::new(END + 3 + ((4 + quarter) << extra), extra as u8)
        }
        285 => Symbol::new(END + 258, 0),
        _ => Symbol::new(UNUSED, 0),
    })
}

/// The code of distances (RFC 1951, section 3.2.5).
fn distance_table(lengths: &[u8]) -> Result<Table> {
    Table::new(DISTANCE, lengths, |symbol| match symbol {
        0..=1 => Symbol::new(symbol + 1, 0),
        // Two distances share a number of extra bits.
        2..=29 => {
            let (extra, half) = ((symbol - 2) / 2, symbol % 2);
            Symbol::new(1 + ((2 + half) << extra), extra as u8)
        }
        _ => Symbol::new(UNUSED, 0),
    })
}

/// The codes of blocks of type 1 (RFC 1951, section 3.2.6), built once.
static FIXED: LazyLock<(Table, Table)> = LazyLock::new(|| {
    let mut lengths = [8; 288];
    lengths[144..256].fill(9);
    lengths[256..280].fill(7);
    let tables = literal_table(&lengths).and_then(|l| Ok((l, distance_table(&[5; 32])?)));
    tables.expect("the fixed codes are complete")
});

/// Appends the data of the blocks in `bits` to `out`, and goes to the byte after the last block.
pub(crate) fn inflate(bits: &mut Bits, out: &mut Output) -> Result<()> {
    out.start = out.data.len();
    loop {
        let last = bits.take(1)? == 1;
        match bits.take(2)? {
            0 => {
                let length = bits.field(4, |bytes| {
                    let length = u16::from_le_bytes([bytes[0], bytes[1]]);
                    let complement = u16::from_le_bytes([bytes[2], bytes[3]]);
                    if length != !complement {
                        let found = format!("stored length {length:#06x} and {complement:#06x}");
                        return fault(found, "complements");
                    }
                    Ok(length)
                })?;
                out.data.extend_from_slice(bits.take_bytes(length.into())?);
                out.check()?;
            }
            1 => codes(bits, out, &FIXED.0, &FIXED.1)?,
            2 => {
                let (literals, distances) = tables(bits)?;
                codes(bits, out, &literals, &distances)?;
            }
            _ => return fault("block type 3", "0, 1 or 2"),
        }
        if last {
            bits.align();
            return Ok(());
        }
    }
}

/// The two codes at the head of a block of type 2 (RFC 1951, section 3.2.7).
fn tables(bits: &mut Bits) -> Result<(Table, Table)> {
    let literals = 257 + bits.take(5)?;
    if literals > 286 {
        return fault(format!("{literals} literal and length codes"), "at most 286");
    }
    let distances = 1 + bits.take(5)?;
    if distances > 30 {
        return fault(format!("{distances} distance codes"), "at most 30");
    }
    let count = 4 + bits.take(4)?;
    const ORDER: [usize; 19] = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
    let mut lengths = [0; 19];
    for symbol in &ORDER[..count] {
        lengths[*symbol] = bits.take(3)? as u8;
    }
    let table = Table::new(CODE_LENGTH, &lengths, |symbol| Symbol::new(symbol, 0))?;

    let mut lengths = [0; 286 + 30];
    let lengths = &mut lengths[..literals + distances];
    let mut done = 0;
    while done < lengths.len() {
        bits.refill()?;
        let (length, times) = match table.decode(bits).value {
            UNUSED => return unused(CODE_LENGTH),
            16 => match done.checked_sub(1) {
                Some(before) => (lengths[before], 3 + bits.take(2)?),
                None => return fault("a repeated code length", "a first one before it"),
            },
            17 => (0, 3 + bits.take(3)?),
            18 => (0, 11 + bits.take(7)?),
            length => (length as u8, 1),
        };
        match lengths.get_mut(done..done + times) {
            Some(places) => places.fill(length),
            None => {
                return fault("a code length repeated too often", "an end of the list");
            }
        }
        done += times;
    }
    let (literals, distances) = lengths.split_at(literals);
    if literals[256] == 0 {
        return fault("no code for the end of the block", "one");
    }
    Ok((literal_table(literals)?, distance_table(distances)?))
}

/// The fault that data have a code of this kind that no symbol has.
#[cold]
fn unused<T>(code: &str) -> Result<T> {
    fault(format!("an unused {code} code"), "one in use")
}

/// The rest of a block of type 1 or 2: literals and repetitions (RFC 1951, section 3.2.3).
fn codes(bits: &mut Bits, out: &mut Output, literals: &Table, distances: &Table) -> Result<()> {
    loop {
        out.check()?;
        // The longest code has 15 bits.
        if bits.count < 15 {
            bits.refill()?;
        }
        let symbol = literals.decode(bits);
        match symbol.value {
            byte @ ..END => {
                out.data.push(byte as u8);
                continue;
            }
            END => return out.check(),
            UNUSED => return unused(LITERAL),
            _ => {}
        }
        // The rest of the pair has at most 5 + 15 + 13 bits.
        bits.refill()?;
        let length = usize::from(symbol.value - END) + bits.buffered(symbol.extra_bits);
        let symbol = distances.decode(bits);
        if symbol.value == UNUSED {
            return unused(DISTANCE);
        }
        let distance = usize::from(symbol.value) + bits.buffered(symbol.extra_bits);
        let available = out.data.len() - out.start;
        if distance > available {
            return fault(format!("distance {distance}"), format!("at most {available}"));
        }
        out.repeat(distance, length);
    }
}
