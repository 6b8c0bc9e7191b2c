//! Decompression of deflate data (RFC 1951) with lookup tables.

use crate::fault::{Fault, Kind};
use crate::steps::steps;
use files::text::Count;
use std::sync::LazyLock;

/// In a box, so that a result fits into registers.
pub(super) type Result<T, E = Box<Fault>> = std::result::Result<T, E>;

/// The fault that this was found where that was expected.
#[cold]
pub(super) fn fault<T>(found: impl Into<String>, expected: impl Into<String>) -> Result<T> {
    Err(Fault::new(found, expected).into())
}

/// Compressed bytes, read bit by bit from the lowest bit of each.
pub(super) struct Bits<'a> {
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

    /// The first byte of which no bit has been read.
    pub(super) fn offset(&self) -> usize {
        self.next - (self.count / 8) as usize
    }

    /// Brings the buffer to 56 bits or more, or to all that are left.
    #[inline(always)]
    fn refill(&mut self) {
        steps(1);
        if let Some(chunk) = self.bytes[self.next..].first_chunk() {
            self.buffer |= u64::from_le_bytes(*chunk) << self.count;
            self.next += ((63 - self.count) / 8) as usize;
            self.count |= 56; // = count + 8 · ((63 − count) / 8)
        } else {
            self.refill_at_the_end();
        }
    }

    #[cold]
    fn refill_at_the_end(&mut self) {
        while self.count < 56 && self.next < self.bytes.len() {
            self.buffer |= u64::from(self.bytes[self.next]) << self.count;
            self.next += 1;
            self.count += 8;
        }
    }

    /// Skips `n` bits, which are in the buffer unless the data are cut off.
    #[inline(always)]
    fn consume(&mut self, n: u32) -> Result<()> {
        if n > self.count {
            return self.truncated();
        }
        self.buffer >>= n;
        self.count -= n;
        Ok(())
    }

    #[cold]
    fn truncated<T>(&mut self) -> Result<T> {
        self.next = self.bytes.len();
        (self.buffer, self.count) = (0, 0);
        let fault = Fault::new("the end of the file", "more gzip data");
        Err(fault.note("the copy is cut off").kind(Kind::Truncated).into())
    }

    /// The next `n` ≤ 16 bits as a number; they are in the buffer unless the data are cut off.
    #[inline(always)]
    fn buffered(&mut self, n: u32) -> Result<usize> {
        let value = self.buffer & ((1 << n) - 1);
        self.consume(n)?;
        Ok(value as usize)
    }

    /// The next `n` ≤ 16 bits as a number.
    fn take(&mut self, n: u32) -> Result<usize> {
        if self.count < n {
            self.refill();
        }
        self.buffered(n)
    }

    /// Goes to the next whole byte and empties the buffer.
    fn align(&mut self) {
        self.next = self.offset();
        (self.buffer, self.count) = (0, 0);
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
        let Some(bytes) = self.bytes[self.next..].get(..n) else { return self.truncated() };
        let value = read(bytes)?;
        self.next += n;
        Ok(value)
    }

    /// The bytes from the next whole one on.
    pub(super) fn rest(&self) -> &'a [u8] {
        &self.bytes[self.offset()..]
    }

    /// The bytes since `offset`, when whole bytes have been read.
    pub(super) fn bytes_since(&self, offset: usize) -> &'a [u8] {
        &self.bytes[offset..self.next]
    }
}

/// The data that have come out so far, up to a limit.
pub(super) struct Output {
    /// Data, then zeros that are written over later.
    buffer: Vec<u8>,
    len: usize,
    /// Where the data of the present member start: no distance reaches beyond.
    start: usize,
    limit: usize,
}

/// A match has at most 258 bytes and is copied by 16, so that this room is enough for one.
const ROOM: usize = 258 + 16;

impl Output {
    pub(super) fn new(limit: usize) -> Self {
        Self { buffer: Vec::new(), len: 0, start: 0, limit }
    }

    /// Makes room for as many bytes as the limit allows: the caller knows how many will come.
    pub(super) fn reserve_all(&mut self) {
        self.buffer = vec![0; self.limit.saturating_add(ROOM)];
        steps(self.limit);
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.buffer[..self.len]
    }

    /// The data, up to the limit.
    pub(super) fn into_bytes(mut self) -> Vec<u8> {
        self.buffer.truncate(self.len.min(self.limit));
        self.buffer
    }

    /// Makes room for one symbol. Fails if the limit has been passed.
    #[inline(always)]
    fn reserve(&mut self) -> Result<()> {
        if self.len + ROOM > self.buffer.len() { self.grow(0) } else { Ok(()) }
    }

    /// Makes room for `more` bytes, within the limit, and one symbol.
    #[cold]
    fn grow(&mut self, more: usize) -> Result<()> {
        self.check()?;
        let enough = self.len + more + ROOM;
        if enough > self.buffer.len() {
            let most = self.limit.saturating_add(ROOM);
            let target = enough.max(2 * self.buffer.len()).max(1 << 12).min(most);
            steps(target);
            // Vec itself would reserve far more than the limit.
            self.buffer.reserve_exact(target - self.buffer.len());
            self.buffer.resize(target, 0);
        }
        Ok(())
    }

    fn check(&self) -> Result<()> {
        if self.len > self.limit { self.too_long() } else { Ok(()) }
    }

    fn too_long(&self) -> Result<()> {
        let most = format!("at most {}", Count(self.limit, "byte"));
        Err(Fault::new("more data", most).kind(Kind::TooLong).into())
    }

    #[inline(always)]
    fn push(&mut self, byte: u8) {
        self.buffer[self.len] = byte;
        self.len += 1;
    }

    fn extend(&mut self, bytes: &[u8]) -> Result<()> {
        self.check()?;
        let n = bytes.len().min(self.limit - self.len);
        steps(n);
        self.grow(n)?;
        self.buffer[self.len..][..n].copy_from_slice(&bytes[..n]);
        self.len += n;
        if n < bytes.len() { self.too_long() } else { Ok(()) }
    }

    /// Repeats `length` bytes from `distance` bytes back, which may overlap what they become.
    #[inline(always)]
    fn repeat(&mut self, distance: usize, length: usize) {
        let (from, to) = (self.len - distance, self.len);
        steps(length);
        self.len += length;
        if distance >= 16 {
            // In steps of 16 bytes. The last step may write too many, which are written over later.
            for i in (0..length).step_by(16) {
                self.buffer.copy_within(from + i..from + i + 16, to + i);
            }
        } else {
            // Copied bytes can be copied again, so that each copy is twice as long.
            let mut done = 0;
            while done < length {
                let n = (distance + done).min(length - done);
                self.buffer.copy_within(from..from + n, to + done);
                done += n;
            }
        }
    }
}

/// The meaning of a code, packed into one word that is read at once: bits 0 … 3 are the code's
/// length, 4 … 7 the number of extra bits, 8 … 11 the kind, and from bit 16 the value.
#[derive(Clone, Copy)]
struct Entry(u32);

impl Entry {
    /// A length or distance: its value is the least one, to which the extra bits are added.
    const BASE: u32 = 0;
    /// A literal byte, or a code length.
    const LITERAL: u32 = 1 << 8;
    /// The end of the block.
    const END: u32 = 1 << 9;
    /// A code of more bits than the table's index: its value is where the second table starts.
    const LINK: u32 = 1 << 10;
    /// A code that no symbol has, or whose symbol must not occur.
    const UNUSED: u32 = 1 << 11;

    const fn new(kind: u32, value: usize, extra_bits: usize) -> Self {
        Self(kind | (value as u32) << 16 | (extra_bits as u32) << 4)
    }

    fn is(self, kind: u32) -> bool {
        self.0 & kind != 0
    }

    fn value(self) -> usize {
        (self.0 >> 16) as usize
    }

    fn extra_bits(self) -> u32 {
        self.0 >> 4 & 15
    }

    fn code_length(self) -> u32 {
        self.0 & 15
    }

    fn with_code_length(self, length: usize) -> Self {
        Self(self.0 | length as u32)
    }
}

/// The longest code, in bits.
const MOST_BITS: usize = 15;

/// The codes of one alphabet, looked up by the next bits of the data.
///
/// The first `bits` of them are the index. Longer codes go on in a second table, which follows in
/// the same vector and is indexed by the bits after those.
struct Table {
    entries: Vec<Entry>,
    bits: u32,
    mask: u64,
    second_mask: u64,
}

impl Table {
    /// The table of a code whose symbol i has a code of `lengths[i]` bits, or none if that is 0,
    /// and means `symbols(i)`; `name` is for the error.
    ///
    /// The codes follow from their lengths (RFC 1951, section 3.2.2).
    fn new(
        name: &'static str,
        lengths: &[u8],
        index_bits: usize,
        symbols: impl Fn(usize) -> Entry,
    ) -> Result<Self> {
        let mut counts = [0; MOST_BITS + 1];
        for &length in lengths {
            counts[usize::from(length)] += 1;
        }
        counts[0] = 0;
        let longest = counts.iter().rposition(|&count| count > 0).unwrap_or(0);

        let mut next_codes = [0u32; MOST_BITS + 2];
        for length in 1..=MOST_BITS {
            let end = next_codes[length] + counts[length];
            if end > 1 << length {
                return fault(format!("too many short {name} codes"), "a complete set");
            }
            next_codes[length + 1] = 2 * end;
        }
        let complete = next_codes[MOST_BITS + 1] == 2 << MOST_BITS;
        if !complete && (name != DISTANCE || longest > 1) {
            return fault(format!("too few {name} codes"), "a complete set");
        }

        let bits = longest.min(index_bits);
        let second_bits = longest - bits;
        let unused = Entry::new(Entry::UNUSED, 0, 0).with_code_length(1);
        let mut entries = vec![unused; 1 << bits];
        steps(lengths.len() + entries.len());
        for (symbol, &length) in lengths.iter().enumerate() {
            let length = usize::from(length);
            if length == 0 {
                continue;
            }
            // A code stands in the data from its highest bit on, a number from its lowest.
            let code = (next_codes[length].reverse_bits() >> (32 - length)) as usize;
            next_codes[length] += 1;
            let entry = symbols(symbol).with_code_length(length);
            if length <= bits {
                for place in entries[code..1 << bits].iter_mut().step_by(1 << length) {
                    *place = entry;
                }
                continue;
            }
            let first = code & ((1 << bits) - 1);
            if !entries[first].is(Entry::LINK) {
                entries[first] = Entry::new(Entry::LINK, entries.len(), 0);
                entries.resize(entries.len() + (1 << second_bits), unused);
            }
            let start = entries[first].value();
            let second = &mut entries[start..][..1 << second_bits];
            for place in second[code >> bits..].iter_mut().step_by(1 << (length - bits)) {
                *place = entry;
            }
        }
        let (mask, second_mask) = ((1 << bits) - 1, (1 << second_bits) - 1);
        Ok(Self { entries, bits: bits as u32, mask, second_mask })
    }

    /// Looks up the next code of `bits` and consumes it.
    #[inline(always)]
    fn decode(&self, bits: &mut Bits) -> Result<Entry> {
        let mut entry = self.entries[(bits.buffer & self.mask) as usize];
        if entry.is(Entry::LINK) {
            let second = (bits.buffer >> self.bits & self.second_mask) as usize;
            entry = self.entries[entry.value() + second];
        }
        bits.consume(entry.code_length())?;
        Ok(entry)
    }
}

const CODE_LENGTH: &str = "code length";
const LITERAL: &str = "literal and length";
const DISTANCE: &str = "distance";

/// The code of code lengths (RFC 1951, section 3.2.7).
fn code_length_table(lengths: &[u8]) -> Result<Table> {
    Table::new(CODE_LENGTH, lengths, 7, |symbol| Entry::new(Entry::LITERAL, symbol, 0))
}

/// The code of literals, lengths and the end of the block (RFC 1951, section 3.2.5).
fn literal_table(lengths: &[u8]) -> Result<Table> {
    Table::new(LITERAL, lengths, 11, |symbol| match symbol {
        0..=255 => Entry::new(Entry::LITERAL, symbol, 0),
        256 => Entry::new(Entry::END, 0, 0),
        257..=264 => Entry::new(Entry::BASE, symbol - 254, 0),
        // Four lengths share a number of extra bits, beginning with one bit at length 11.
        265..=284 => {
            let (extra, quarter) = ((symbol - 261) / 4, (symbol - 261) % 4);
            Entry::new(Entry::BASE, 3 + ((4 + quarter) << extra), extra)
        }
        285 => Entry::new(Entry::BASE, 258, 0),
        _ => Entry::new(Entry::UNUSED, 0, 0),
    })
}

/// The code of distances (RFC 1951, section 3.2.5).
fn distance_table(lengths: &[u8]) -> Result<Table> {
    Table::new(DISTANCE, lengths, 9, |symbol| match symbol {
        0..=1 => Entry::new(Entry::BASE, symbol + 1, 0),
        // Two distances share a number of extra bits.
        2..=29 => {
            let (extra, half) = ((symbol - 2) / 2, symbol % 2);
            Entry::new(Entry::BASE, 1 + ((2 + half) << extra), extra)
        }
        _ => Entry::new(Entry::UNUSED, 0, 0),
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
pub(super) fn inflate(bits: &mut Bits, out: &mut Output) -> Result<()> {
    out.start = out.len;
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
                out.extend(bits.take_bytes(length.into())?)?;
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
            return out.check();
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
    let table = code_length_table(&lengths)?;

    let mut lengths = [0; 286 + 30];
    let lengths = &mut lengths[..literals + distances];
    let mut done = 0;
    while done < lengths.len() {
        bits.refill();
        let entry = table.decode(bits)?;
        if entry.is(Entry::UNUSED) {
            return unused(CODE_LENGTH);
        }
        let (length, times) = match entry.value() {
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
        out.reserve()?;
        // A length, a distance and their extra bits have 15 + 5 + 15 + 13 = 48 bits at most.
        bits.refill();
        let entry = literals.decode(bits)?;
        if entry.is(Entry::LITERAL) {
            out.push(entry.value() as u8);
            continue;
        }
        if entry.is(Entry::END) {
            return Ok(());
        }
        if entry.is(Entry::UNUSED) {
            return unused(LITERAL);
        }
        let length = entry.value() + bits.buffered(entry.extra_bits())?;
        let entry = distances.decode(bits)?;
        if entry.is(Entry::UNUSED) {
            return unused(DISTANCE);
        }
        let distance = entry.value() + bits.buffered(entry.extra_bits())?;
        let available = out.len - out.start;
        if distance > available {
            return fault(format!("distance {distance}"), format!("at most {available}"));
        }
        out.repeat(distance, length);
    }
}
