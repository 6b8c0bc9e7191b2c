//! Second readers, slow and plain: bit by bit and character by character, without tables.

use crate::foreign::{Wanted, foreign};
use crate::gzip::crc32;
use matrix::Matrix;

/// A gzip file with the shortest header around deflate data, which stand for `data`.
pub(crate) fn gzip(deflate: &[u8], data: &[u8]) -> Vec<u8> {
    let mut file = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
    file.extend_from_slice(deflate);
    file.extend(crc32(data).to_le_bytes());
    file.extend((data.len() as u32).to_le_bytes());
    file
}

/// Deflate data of one stored block.
pub(crate) fn stored(data: &[u8]) -> Vec<u8> {
    let mut deflate = vec![1];
    deflate.extend((data.len() as u16).to_le_bytes());
    deflate.extend((!(data.len() as u16)).to_le_bytes());
    deflate.extend_from_slice(data);
    deflate
}

/// RFC 1952.
pub(crate) fn gunzip(mut file: &[u8], limit: usize) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    loop {
        let whole = file;
        let header = file.split_off(..10)?;
        let flags = header[3];
        if header[..3] != [0x1f, 0x8b, 8] || flags & 0b1110_0000 != 0 {
            return None;
        }
        if flags & 4 != 0 {
            let length = file.split_off(..2)?;
            file.split_off(..usize::from(length[0]) + 256 * usize::from(length[1]))?;
        }
        for flag in [8, 16] {
            if flags & flag != 0 {
                let length = file.iter().position(|&byte| byte == 0)?;
                file.split_off(..=length)?;
            }
        }
        if flags & 2 != 0 {
            let crc = crc32(&whole[..whole.len() - file.len()]);
            if file.split_off(..2)? != &crc.to_le_bytes()[..2] {
                return None;
            }
        }
        let (data, used) = inflate(file, limit.checked_sub(out.len())?)?;
        file.split_off(..used)?;
        if file.split_off(..4)? != crc32(&data).to_le_bytes() {
            return None;
        }
        if file.split_off(..4)? != (data.len() as u32).to_le_bytes() {
            return None;
        }
        out.extend(data);
        if file.iter().all(|&byte| byte == 0) {
            return Some(out);
        }
    }
}

/// RFC 1951: the data, and how many bytes they took.
pub(crate) fn inflate(bytes: &[u8], limit: usize) -> Option<(Vec<u8>, usize)> {
    let mut bits = Bits { bytes, at: 0 };
    let mut out = Vec::new();
    loop {
        let last = bits.number(1)? == 1;
        match bits.number(2)? {
            0 => {
                bits.at = bits.at.next_multiple_of(8);
                let (length, complement) = (bits.number(16)?, bits.number(16)?);
                if length + complement != 0xffff {
                    return None;
                }
                for _ in 0..length {
                    out.push(bits.number(8)? as u8);
                }
            }
            1 => {
                let lengths: Vec<usize> = (0..288)
                    .map(|symbol| match symbol {
                        0..144 => 8,
                        144..256 => 9,
                        256..280 => 7,
                        _ => 8,
                    })
                    .collect();
                block(&mut bits, &mut out, limit, &Code::new(&lengths)?, &Code::new(&[5; 32])?)?;
            }
            2 => {
                let (literals, distances) = (257 + bits.number(5)?, 1 + bits.number(5)?);
                let count = 4 + bits.number(4)?;
                if literals > 286 || distances > 30 {
                    return None;
                }
                let order = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
                let mut lengths = [0; 19];
                for &symbol in &order[..count] {
                    lengths[symbol] = bits.number(3)?;
                }
                let code = Code::new(&lengths)?;
                let mut lengths = Vec::new();
                while lengths.len() < literals + distances {
                    match code.symbol(&mut bits)? {
                        16 => {
                            let length = *lengths.last()?;
                            lengths.extend(vec![length; 3 + bits.number(2)?]);
                        }
                        17 => lengths.extend(vec![0; 3 + bits.number(3)?]),
                        18 => lengths.extend(vec![0; 11 + bits.number(7)?]),
                        length => lengths.push(length),
                    }
                }
                if lengths.len() > literals + distances || lengths[256] == 0 {
                    return None;
                }
                let distances = Code::of_distances(&lengths[literals..])?;
                block(&mut bits, &mut out, limit, &Code::new(&lengths[..literals])?, &distances)?;
            }
            _ => return None,
        }
        if out.len() > limit {
            return None;
        }
        if last {
            return Some((out, bits.at.div_ceil(8)));
        }
    }
}

fn block(
    bits: &mut Bits,
    out: &mut Vec<u8>,
    limit: usize,
    literals: &Code,
    distances: &Code,
) -> Option<()> {
    while out.len() <= limit {
        match literals.symbol(bits)? {
            literal @ 0..=255 => out.push(literal as u8),
            256 => return Some(()),
            symbol @ 257..=285 => {
                // How many lengths each symbol stands for, from 3 on, decides where the next starts.
                let extra =
                    |symbol| if symbol < 265 || symbol == 285 { 0 } else { (symbol - 261) / 4 };
                let start = 3 + (257..symbol).map(|symbol| 1 << extra(symbol)).sum::<usize>();
                let start = if symbol == 285 { 258 } else { start };
                let length = start + bits.number(extra(symbol))?;
                let symbol = distances.symbol(bits)?;
                if symbol > 29 {
                    return None;
                }
                let extra = |symbol: usize| (symbol / 2).saturating_sub(1);
                let start = 1 + (0..symbol).map(|symbol| 1 << extra(symbol)).sum::<usize>();
                let distance = start + bits.number(extra(symbol))?;
                for _ in 0..length {
                    out.push(out[out.len().checked_sub(distance)?]);
                }
            }
            _ => return None,
        }
    }
    None
}

struct Bits<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Bits<'_> {
    fn number(&mut self, n: usize) -> Option<usize> {
        let mut number = 0;
        for i in 0..n {
            let byte = self.bytes.get(self.at / 8)?;
            number |= usize::from(byte >> (self.at % 8) & 1) << i;
            self.at += 1;
        }
        Some(number)
    }
}

/// Each symbol's code and its length, by the algorithm of RFC 1951, section 3.2.2.
struct Code(Vec<(usize, usize, usize)>);

impl Code {
    /// A complete code.
    fn new(lengths: &[usize]) -> Option<Self> {
        let (code, share) = Self::any(lengths);
        (share == 1 << 15).then_some(code)
    }

    /// A complete code, or one symbol of one bit, or none.
    fn of_distances(lengths: &[usize]) -> Option<Self> {
        let (code, share) = Self::any(lengths);
        let longest = *lengths.iter().max()?;
        (share == 1 << 15 || longest <= 1 && share < 1 << 15).then_some(code)
    }

    /// The code, and which share of all 15-bit words begin with one of it (Kraft).
    fn any(lengths: &[usize]) -> (Self, usize) {
        let (mut codes, mut code, mut share) = (Vec::new(), 0, 0);
        for length in 1..=15 {
            code <<= 1;
            for (symbol, _) in lengths.iter().enumerate().filter(|(_, l)| **l == length) {
                codes.push((length, code, symbol));
                code += 1;
                share += 1 << (15 - length);
            }
        }
        (Self(codes), share)
    }

    fn symbol(&self, bits: &mut Bits) -> Option<usize> {
        let mut code = 0;
        for length in 1..=15 {
            code = code << 1 | bits.number(1)?;
            if let Some(found) = self.0.iter().find(|(l, c, _)| (*l, *c) == (length, code)) {
                return Some(found.2);
            }
        }
        None
    }
}

/// The shape and the elements of a file of these types and numbers of dimensions.
pub(crate) fn idx(file: &[u8], types: &[u8], dimensions: &[u8]) -> Option<(Vec<usize>, Vec<u8>)> {
    let (magic, rest) = file.split_at_checked(4)?;
    let [0, 0, code, n] = *magic else { return None };
    if !types.contains(&code) || !dimensions.contains(&n) {
        return None;
    }
    let (dimensions, size) = (usize::from(n), if code == 8 { 1 } else { 4 });
    let (header, elements) = rest.split_at_checked(4 * dimensions)?;
    let number = |bytes: &[u8]| bytes.iter().fold(0, |n, &byte| n * 256 + usize::from(byte));
    let shape: Vec<usize> = header.chunks(4).map(number).collect();
    let count: u128 = shape.iter().map(|&dimension| dimension as u128).product();
    let elements = elements.to_vec();
    (count > 0 && count * size == elements.len() as u128).then_some((shape, elements))
}

/// The labels of such a file.
pub(crate) fn labels(file: &[u8]) -> Option<Vec<u8>> {
    let (shape, elements) = idx(file, &[8, 12], &[1, 2])?;
    let size = if file[2] == 8 { 1 } else { 4 };
    let columns = shape.get(1).copied().unwrap_or(1);
    let label = |i: usize| {
        let bytes = &elements[i * columns * size..][..size];
        let (last, high) = bytes.split_last()?;
        high.iter().all(|&byte| byte == 0).then_some(*last)
    };
    (0..shape[0]).map(label).collect()
}

/// RFC 4180, one character after another, with the separator that the first line has.
pub(crate) fn csv(file: &[u8]) -> Option<(char, Vec<Vec<String>>)> {
    if foreign(file, Wanted::Csv).is_some() {
        return None;
    }
    let file = file.strip_prefix(b"\xef\xbb\xbf").unwrap_or(file);
    let text = String::from_utf8(file.to_vec()).ok()?;
    let text = text.trim_end_matches(['\0', '\x1a']).to_string();
    if text.contains('\0') {
        return None;
    }
    let first = text.split(['\n', '\r']).map(str::trim).find(|line| !line.is_empty())?;
    let said = ["sep=\t", "sep=;", "sep=|", "sep=,"].contains(&first);
    let separator = if said { first.chars().last()? } else { separator(first) };
    let text = if said { text.split_once(first)?.1 } else { &text };

    enum State {
        Start,
        Unquoted,
        Quoted,
        /// After a quote in a quoted field, which ends it or is the first of two.
        Quote,
    }
    let mut state = State::Start;
    let (mut records, mut record, mut field) = (Vec::new(), Vec::new(), String::new());
    for c in text.chars().chain(['\n']) {
        match (&state, c) {
            (State::Quoted, '"') => state = State::Quote,
            (State::Quoted, c) => field.push(c),
            (State::Quote, '"') => {
                field.push('"');
                state = State::Quoted;
            }
            (State::Start, '"') => state = State::Quoted,
            (_, c) if c == separator => {
                record.push(std::mem::take(&mut field));
                state = State::Start;
            }
            (_, '\n' | '\r') => {
                record.push(std::mem::take(&mut field));
                records.push(std::mem::take(&mut record));
                state = State::Start;
            }
            (State::Quote, _) | (State::Unquoted, '"') => return None,
            (State::Start | State::Unquoted, c) => {
                field.push(c);
                state = State::Unquoted;
            }
        }
    }
    // The line end that was added at the end is inside quotes that are never closed.
    if matches!(state, State::Quoted) {
        return None;
    }
    if records.iter().any(|record| record.len() > 10_000) {
        return None;
    }
    let named = |record: &[String]| record.iter().filter(|text| !text.trim().is_empty()).count();
    records.retain(|record| named(record) > 0);
    let width = records.first().map_or(0, Vec::len);
    let least = records.first().map_or(0, |first| {
        let blank = first.iter().rev().take_while(|text| text.trim().is_empty()).take(16).count();
        width - blank
    });
    for record in &mut records {
        if record.len() < least || named(&record[width.min(record.len())..]) > 0 {
            return None;
        }
        record.resize(width, String::new());
    }
    Some((separator, records))
}

fn separator(line: &str) -> char {
    let line: Vec<char> = line.chars().collect();
    let mut quotes = 0;
    let mut found = ',';
    for i in 0..line.len() {
        quotes += usize::from(line[i] == '"');
        if quotes % 2 == 1 {
            continue;
        }
        if line[i] == ',' {
            let digits = i > 0 && i + 1 < line.len();
            if !digits || !line[i - 1].is_ascii_digit() || !line[i + 1].is_ascii_digit() {
                return ',';
            }
        } else if found == ',' && "\t;|".contains(line[i]) {
            found = line[i];
        }
    }
    found
}

/// The features of all flowers, one after another, and their species.
pub(crate) fn iris(separator: char, records: &[Vec<String>]) -> Option<(Vec<f64>, Vec<usize>)> {
    let number = |text: &str| {
        let mut text = text.trim().to_string();
        let parts: Vec<&str> = text.split(',').collect();
        if separator != ',' && parts.len() == 2 && !parts[0].contains('.') {
            text = parts.join(".");
        }
        text.parse().ok().filter(|x: &f64| x.is_finite())
    };
    let letters = |text: &str| -> String {
        text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
    };
    let species = |text: &str| match letters(text).as_str() {
        "setosa" | "irissetosa" | "isetosa" => Some(0),
        "versicolor" | "irisversicolor" | "iversicolor" => Some(1),
        "versicolour" | "irisversicolour" | "iversicolour" => Some(1),
        "virginica" | "irisvirginica" | "ivirginica" => Some(2),
        _ => None,
    };
    // Where a name stands, if it does once.
    let column = |names: &[String]| {
        let is_it = |text: &&String| names.contains(&letters(text));
        let count = records[0].iter().filter(is_it).count();
        (count == 1).then(|| records[0].iter().position(|text| is_it(&text))).flatten()
    };
    let first = records.first()?;
    let five = first.len() >= 5 && first[5..].iter().all(|text| text.trim().is_empty());
    let counted = || {
        let count: usize = first[0].trim().parse().ok()?;
        let four: usize = first[1].trim().parse().ok()?;
        let mut order = vec![species(&first[2])?, species(&first[3])?, species(&first[4])?];
        let names = order.clone();
        order.sort();
        (four == 4 && order == [0, 1, 2]).then_some((count, names))
    };
    let counted = if five { counted() } else { None };
    let is_row = || {
        let right = first[..4].iter().filter_map(|text| number(text)).count();
        right > 0 || species(&first[4]).is_some()
    };
    let (columns, rows) = if counted.is_some() {
        ([0, 1, 2, 3, 4], &records[1..])
    } else if five && is_row() {
        ([0, 1, 2, 3, 4], records)
    } else {
        let feature = |name: &str| column(&["", "cm", "incm"].map(|cm| format!("{name}{cm}")));
        let kinds = "species variety class name speciesname targetname targetnames label target";
        let is_there = |kind: &&str| first.iter().any(|text| letters(text) == *kind);
        let kind = kinds.split(' ').find(is_there)?;
        let columns = [
            feature("sepallength")?,
            feature("sepalwidth")?,
            feature("petallength")?,
            feature("petalwidth")?,
            column(&[kind.to_string()])?,
        ];
        (columns, &records[1..])
    };
    let (mut features, mut kinds, mut numbers) = (Vec::new(), Vec::new(), Vec::new());
    for (i, row) in rows.iter().enumerate() {
        let is_first = i == 0 && rows.len() == records.len();
        if !is_first && row.iter().all(|text| text.trim().is_empty()) {
            continue;
        }
        for &column in &columns[..4] {
            features.push(number(&row[column])?);
        }
        let text = &row[columns[4]];
        let label = number(text).filter(|x| [0.0, 1.0, 2.0, 3.0].contains(x)).map(|x| x as usize);
        numbers.extend(label);
        kinds.push(species(text).map(Ok).or(label.map(Err))?);
    }
    let from_1 = numbers.contains(&3);
    if from_1 && numbers.contains(&0) || counted.as_ref().is_some_and(|(n, _)| *n != kinds.len()) {
        return None;
    }
    let order = counted.map_or(vec![0, 1, 2], |(_, order)| order);
    let kind = |kind| match kind {
        Ok(species) => species,
        Err(label) => order[label - usize::from(from_1)],
    };
    let kinds: Vec<usize> = kinds.into_iter().map(kind).collect();
    (!kinds.is_empty()).then_some((features, kinds))
}

/// The numbers of an NPY file that was accepted with this shape, and the size of each in bytes.
pub(crate) fn npy(file: &[u8], (rows, cols): (usize, usize)) -> Matrix {
    let start = match file[6] {
        1 => 10 + usize::from(file[8]) + 256 * usize::from(file[9]),
        _ => 12 + u32::from_le_bytes(file[8..12].try_into().unwrap()) as usize,
    };
    let header: Vec<u8> =
        file[..start].iter().copied().filter(|byte| !byte.is_ascii_whitespace()).collect();
    let mut header = String::from_utf8_lossy(&header).replace('"', "'");
    for digit in '0'..='9' {
        header = header.replace(&format!("{digit}L"), &digit.to_string());
    }
    let shapes = [
        format!("({rows},{cols})"),
        format!("({rows},{cols},)"),
        format!("({cols},)"),
        format!("({cols})"),
    ];
    let plain_numbers = header.replace("(0", "(").replace(",0", ",");
    assert!(
        shapes.iter().any(|shape| header.contains(shape) || plain_numbers.contains(shape)),
        "{header}"
    );
    let fortran = header.contains("'fortran_order':True");
    let descr = header.split("'descr':'").nth(1).unwrap();
    let (order, kind, size) = (&descr[..1], &descr[1..2], descr[2..3].parse::<usize>().unwrap());
    assert_eq!(file.len(), start + rows * cols * size);
    Matrix::from_fn(rows, cols, |i, j| {
        let index = if fortran { j * rows + i } else { i * cols + j };
        let mut bytes = file[start + index * size..][..size].to_vec();
        if order == "<" {
            bytes.reverse();
        }
        let bits = bytes.iter().fold(0u64, |bits, &byte| bits << 8 | u64::from(byte));
        match (kind, size) {
            ("f", 2) => half(bits),
            ("f", 4) => f64::from(f32::from_bits(bits as u32)),
            ("f", 8) => f64::from_bits(bits),
            ("i", _) if bits >> (8 * size - 1) == 1 => {
                let unused = 64 - 8 * size;
                ((bits << unused) as i64 >> unused) as f64
            }
            ("i" | "u" | "b", _) => bits as f64,
            _ => panic!("{header}"),
        }
    })
}

/// The names and contents of the files of a ZIP file, in the order of their names.
pub(crate) fn zip(file: &[u8], limit: usize) -> Option<Vec<(String, Vec<u8>)>> {
    let mut files = Vec::new();
    for entry in zip_entries(file)? {
        let number = |at: usize, n: usize| little(&file[entry + at..][..n]);
        let (packed, length, start) = (number(20, 4), number(24, 4), number(42, 4));
        let name = String::from_utf8_lossy(&file[entry + 46..][..number(28, 2)]).into_owned();
        if number(8, 2) % 2 == 1 || !file.get(start..)?.starts_with(b"PK\x03\x04") {
            return None;
        }
        let head = file.get(start..start + 30)?;
        let data = start + 30 + little(&head[26..28]) + little(&head[28..30]);
        let data = file.get(data..)?.get(..packed)?;
        let data = match number(10, 2) {
            0 => data.to_vec(),
            8 => inflate(data, limit.min(length)).filter(|(_, used)| *used == packed)?.0,
            _ => return None,
        };
        if data.len() != length || crc32(&data) as usize != number(16, 4) {
            return None;
        }
        files.push((name, data));
    }
    files.sort();
    let is_twice = files.windows(2).any(|pair| pair[0].0 == pair[1].0);
    (!is_twice).then_some(files)
}

fn little(bytes: &[u8]) -> usize {
    bytes.iter().rev().fold(0, |n, &byte| 256 * n + usize::from(byte))
}

/// Where each file stands in the directory.
fn zip_entries(file: &[u8]) -> Option<Vec<usize>> {
    let is_end = |&end: &usize| {
        let found = &file[end..];
        found.starts_with(b"PK\x05\x06")
            && found.len() >= 22
            && found.len() == 22 + little(&found[20..22])
    };
    let end = (0..file.len()).rfind(is_end)?;
    let count = little(&file[end + 10..][..2]);
    if file[end + 4..][..4] != [0; 4] || little(&file[end + 8..][..2]) != count || count == 0xffff {
        return None;
    }
    let (mut at, mut entries) = (little(&file[end + 16..][..4]), Vec::new());
    if at + little(&file[end + 12..][..4]) != end {
        return None;
    }
    for _ in 0..count {
        let head = file[..end].get(at..at + 46).filter(|head| head.starts_with(b"PK\x01\x02"))?;
        let sizes = [20, 24, 42].map(|at| little(&head[at..at + 4]));
        if sizes.contains(&0xffff_ffff) {
            return None;
        }
        entries.push(at);
        at += 46 + [28, 30, 32].map(|at| little(&head[at..at + 2])).iter().sum::<usize>();
    }
    (at == end).then_some(entries)
}

/// The file with the checksums of what is stored in it, as far as it is there.
pub(crate) fn with_directory_checksums(file: &[u8]) -> Vec<u8> {
    let mut right = file.to_vec();
    for entry in zip_entries(file).unwrap_or_default() {
        let number = |at: usize| little(&file[entry + at..][..4]);
        let start = number(42);
        let Some(head) = file.get(start..).and_then(|rest| rest.get(..30)) else { continue };
        let data = start + 30 + little(&head[26..28]) + little(&head[28..30]);
        let Some(data) = file.get(data..).and_then(|rest| rest.get(..number(20))) else { continue };
        let data = match file[entry + 10] {
            8 => inflate(data, 1 << 20).map_or(Vec::new(), |(data, _)| data),
            _ => data.to_vec(),
        };
        right[entry + 16..entry + 20].copy_from_slice(&crc32(&data).to_le_bytes());
    }
    right
}

/// Red, green and blue as a shade of grey.
fn grey(rgb: &[u8]) -> u8 {
    let sum: f64 =
        rgb.iter().zip([19_595.0, 38_470.0, 7_471.0]).map(|(&c, w)| w * f64::from(c)).sum();
    (sum / 65_536.0 + 0.5).floor() as u8
}

/// A number of 16 bits, made a longer one by moving its bits.
fn half(bits: u64) -> f64 {
    let (sign, rest) = (bits >> 15 << 63, bits & 0x7fff);
    let exponent = rest >> 10;
    match exponent {
        0 => f64::from_bits(sign | 1f64.to_bits()) * rest as f64 / 16_777_216.0,
        31 => f64::from_bits(sign | 2047 << 52 | (rest & 1023) << 42),
        _ => f64::from_bits(sign | (exponent + 1023 - 15) << 52 | (rest & 1023) << 42),
    }
}

/// Rows, columns and pixels.
pub(crate) fn pnm(file: &[u8]) -> Option<(usize, usize, Vec<u8>)> {
    let format = match file.get(..2)? {
        [b'P', format @ b'1'..=b'6'] => format - b'0',
        _ => return None,
    };
    let blank = |byte: u8| byte == b' ' || (9..=13).contains(&byte);

    // Comments become blanks, of the same length so that places stay; after the header of a raw
    // picture nothing is a comment, so that this copy is only looked at up to there.
    let mut text = file.to_vec();
    let mut in_comment = false;
    for byte in &mut text {
        in_comment = (in_comment || *byte == b'#') && *byte != b'\n' && *byte != b'\r';
        if in_comment {
            *byte = b' ';
        }
    }
    let mut at = 2;
    let number = |at: &mut usize| {
        let start = *at;
        while blank(*text.get(*at)?) {
            *at += 1;
        }
        if *at == start {
            return None;
        }
        let digits: String =
            text[*at..].iter().map(|&byte| byte as char).take_while(char::is_ascii_digit).collect();
        *at += digits.len();
        let number: u128 = digits.parse().ok()?;
        usize::try_from(number).ok()
    };
    let (cols, rows) = (number(&mut at)?, number(&mut at)?);
    let max = if format % 3 == 1 { 1 } else { number(&mut at)? };
    if cols == 0 || rows == 0 || max == 0 || max > 65535 {
        return None;
    }
    let shade = |value: usize| {
        (value <= max).then(|| (value as f64 * 255.0 / max as f64 + 0.5).floor() as u8)
    };
    let per_pixel = if format % 3 == 0 { 3 } else { 1 };
    let count = (rows as u128) * (cols as u128) * per_pixel as u128;
    let mut samples = Vec::new();
    if format <= 3 {
        let mut i = 0;
        while i < count {
            if format == 1 {
                while blank(*text.get(at)?) {
                    at += 1;
                }
                let index = b"10".iter().position(|&digit| digit == text[at])?;
                samples.push([0, 255][index]);
                at += 1;
            } else {
                samples.push(shade(number(&mut at)?)?);
            }
            i += 1;
        }
        text[at..].iter().all(|&byte| blank(byte)).then_some(())?;
    } else {
        let mut start = at;
        if *file.get(start)? == b'#' {
            while start < file.len() && file[start] != b'\n' && file[start] != b'\r' {
                start += 1;
            }
            start = (start + 1).min(file.len());
        } else if blank(file[start]) {
            start += 1;
        } else {
            return None;
        }
        let data = &file[start..];
        let length = match format {
            4 => (rows as u128) * (cols as u128).div_ceil(8),
            _ => count * if max < 256 { 1 } else { 2 },
        };
        if data.len() as u128 != length {
            return None;
        }
        if format == 4 {
            for (y, x) in (0..rows).flat_map(|y| (0..cols).map(move |x| (y, x))) {
                let byte = data[y * cols.div_ceil(8) + x / 8];
                samples.push(if byte & 128 >> (x % 8) == 0 { 255 } else { 0 });
            }
        } else {
            for sample in data.chunks(if max < 256 { 1 } else { 2 }) {
                let value = sample.iter().fold(0, |n, &byte| n * 256 + usize::from(byte));
                samples.push(shade(value)?);
            }
        }
    }
    let pixels = samples.chunks(per_pixel);
    Some((rows, cols, pixels.map(|p| if p.len() == 3 { grey(p) } else { p[0] }).collect()))
}

/// A PNG file with the checksums that its chunks and its data should have; damaged parts stay.
pub(crate) fn with_checksums(file: &[u8]) -> Vec<u8> {
    let mut file = file.to_vec();
    let mut at = 8;
    let mut stream: Vec<usize> = Vec::new();
    while let Some(head) = file.get(at..at + 8) {
        let length = u32::from_be_bytes([head[0], head[1], head[2], head[3]]) as usize;
        if length > file.len() || at + length + 12 > file.len() {
            break;
        }
        if &file[at + 4..at + 8] == b"IDAT" {
            stream.extend(at + 8..at + 8 + length);
        }
        at += length + 12;
    }
    let bytes: Vec<u8> = stream.iter().map(|&i| file[i]).collect();
    if let Some((data, used)) = bytes.get(2..).and_then(|bytes| inflate(bytes, 1 << 20)) {
        let adler = super::encoder::adler32(&data).to_be_bytes();
        for (byte, place) in adler.iter().zip(stream.iter().skip(2 + used)) {
            file[*place] = *byte;
        }
    }
    let mut at = 8;
    while let Some(head) = file.get(at..at + 8) {
        let length = u32::from_be_bytes([head[0], head[1], head[2], head[3]]) as usize;
        if length > file.len() || at + length + 12 > file.len() {
            break;
        }
        let end = at + 8 + length;
        let crc = super::encoder::crc32(&file[at + 4..end]).to_be_bytes();
        file[end..end + 4].copy_from_slice(&crc);
        at = end + 4;
    }
    file
}

/// Rows, columns and pixels.
pub(crate) fn png(file: &[u8]) -> Option<(usize, usize, Vec<u8>)> {
    let [on_white, on_black] = [png_on(255, file)?, png_on(0, file)?];
    let is_lost = on_white.2.iter().min() > Some(&235) && on_black.2.iter().max() >= Some(&20);
    Some(if is_lost { on_black } else { on_white })
}

fn png_on(ground: u8, mut file: &[u8]) -> Option<(usize, usize, Vec<u8>)> {
    if file.split_off(..8)? != b"\x89PNG\r\n\x1a\n" {
        return None;
    }
    let mut chunks: Vec<([u8; 4], &[u8])> = Vec::new();
    while chunks.last().is_none_or(|(name, _)| name != b"IEND") {
        let length = u32::from_be_bytes(file.split_off(..4)?.try_into().unwrap());
        let whole = file;
        let name: [u8; 4] = file.split_off(..4)?.try_into().unwrap();
        let data = file.split_off(..usize::try_from(length).unwrap())?;
        let crc = super::encoder::crc32(&whole[..4 + data.len()]);
        if file.split_off(..4)? != crc.to_be_bytes() || !name.iter().all(u8::is_ascii_alphabetic) {
            return None;
        }
        chunks.push((name, data));
    }
    let names: Vec<&[u8; 4]> = chunks.iter().map(|(name, _)| name).collect();
    let first_data = names.iter().position(|name| *name == b"IDAT")?;
    let last_data = names.iter().rposition(|name| *name == b"IDAT")?;
    let known: [&[u8; 4]; 4] = [b"IHDR", b"PLTE", b"IDAT", b"IEND"];
    for (i, name) in names.iter().enumerate() {
        let in_place = match *name {
            b"IHDR" => i == 0,
            b"PLTE" => i < first_data && !names[..i].contains(&b"PLTE"),
            b"IDAT" => names[first_data..=last_data].iter().all(|name| *name == b"IDAT"),
            _ => name[0].is_ascii_lowercase() || known.contains(name),
        };
        if !in_place || i == 0 && *name != b"IHDR" {
            return None;
        }
    }
    let before = |wanted: &[u8; 4]| {
        let mut chunks = chunks[..first_data].iter().rev();
        chunks.find(|(name, _)| name == wanted).map(|(_, data)| *data)
    };
    let header = chunks[0].1;
    if header.len() != 13 || header[10] != 0 || header[11] != 0 || header[12] > 1 {
        return None;
    }
    let side = |i: usize| u32::from_be_bytes(header[i..i + 4].try_into().unwrap()) as usize;
    let (cols, rows, depth, colour) = (side(0), side(4), usize::from(header[8]), header[9]);
    let sides = 1..=65_536;
    if !sides.contains(&cols) || !sides.contains(&rows) || rows as u64 * cols as u64 > 1 << 28 {
        return None;
    }
    super::encoder::COLOURS.contains(&(colour, depth)).then_some(())?;

    // What samples mean.
    let gammas = chunks[..first_data].iter().filter(|(name, _)| name == b"gAMA");
    let gammas = gammas.filter_map(|(_, data)| Some(u32::from_be_bytes((*data).try_into().ok()?)));
    let gamma = gammas.rev().find(|gamma| (16..=625_000_000).contains(gamma));
    let gamma = gamma.filter(|_| before(b"sRGB").is_none());
    let exponent = gamma.map_or(1.0, |gamma| 1e5 / (2.2 * f64::from(gamma)));
    let exponent = if (exponent - 1.0).abs() <= 0.05 { 1.0 } else { exponent };
    let level = |value: f64| (255.0 * value.powf(exponent)).round() as u8;
    let laid = |grey: u8, alpha: u8| {
        let [ground, grey, alpha] = [ground, grey, alpha].map(f64::from);
        ((grey * alpha + ground * (255.0 - alpha)) / 255.0 + 0.5).floor() as u8
    };
    let mut trns = before(b"tRNS").unwrap_or(&[]);
    let mut palette = Vec::new();
    if colour == 3 {
        let bytes = before(b"PLTE")?;
        if trns.len() > (bytes.len() / 3).min(1 << depth) {
            trns = &[];
        }
        let alphas = trns.iter().chain(std::iter::repeat(&255));
        let level = |&byte: &u8| level(f64::from(byte) / 255.0);
        let colour = |(rgb, &alpha): (&[u8], &u8)| {
            laid(grey(&rgb.iter().map(level).collect::<Vec<u8>>()), alpha)
        };
        palette = bytes.chunks(3).zip(alphas).map(colour).collect();
        if bytes.len() % 3 != 0 || palette.is_empty() || palette.len() > 256 {
            return None;
        }
        palette.truncate(1 << depth);
    } else if Some(&trns.len()) != [2, 9, 6].get(usize::from(colour)) {
        trns = &[];
    }
    let hidden: Vec<usize> = trns
        .chunks(2)
        .map(|pair| {
            pair.iter().fold(0, |n, &byte| n * 256 + usize::from(byte)) & ((1 << depth) - 1)
        })
        .collect();

    let data: Vec<&[u8]> = chunks[first_data..=last_data].iter().map(|(_, data)| *data).collect();
    let stream = data.concat();
    let [a, b, deflate @ ..] = &stream[..] else { return None };
    let remainder = (usize::from(*a) * 256 + usize::from(*b)) % 31;
    if a & 15 != 8 || a >> 4 > 7 || remainder != 0 || b & 32 != 0 {
        return None;
    }
    let (data, used) = inflate(deflate, 1 << 20)?;
    if deflate[used..] != super::encoder::adler32(&data).to_be_bytes() {
        return None;
    }

    let n = [1, 0, 3, 1, 2, 0, 4][usize::from(colour)];
    let step = (n * depth).div_ceil(8);
    let mut pixels = vec![0; rows * cols];
    let mut bytes = data.into_iter();
    // The pattern in section 8.1 of the standard.
    let adam7 = "16462646 77777777 56565656 77777777 36463646 77777777 56565656 77777777";
    let pass_of = |y: usize, x: usize| match header[12] {
        0 => 1,
        _ => usize::from(adam7.as_bytes()[y % 8 * 9 + x % 8] - b'0'),
    };
    for pass in 1..=7 {
        let mut above: Vec<u8> = Vec::new();
        for y in 0..rows {
            let xs: Vec<usize> = (0..cols).filter(|&x| pass_of(y, x) == pass).collect();
            if xs.is_empty() {
                continue;
            }
            let filter = bytes.next()?;
            let length = (xs.len() * n * depth).div_ceil(8);
            let mut row: Vec<u8> = Vec::new();
            above.resize(length, 0);
            for i in 0..length {
                let left = i.checked_sub(step).map_or(0, |i| i32::from(row[i]));
                let corner = i.checked_sub(step).map_or(0, |i| i32::from(above[i]));
                let up = i32::from(above[i]);
                let nearest = |p: &i32| (left + up - corner - p).abs();
                let predicted = match filter {
                    0 => 0,
                    1 => left,
                    2 => up,
                    3 => (left + up) / 2,
                    4 => [left, up, corner].into_iter().min_by_key(nearest).unwrap(),
                    _ => return None,
                };
                row.push((i32::from(bytes.next()?) + predicted) as u8);
            }
            let bit = |i: usize| usize::from(row[i / 8] >> (7 - i % 8) & 1);
            let sample = |i: usize| (0..depth).fold(0, |v, k| 2 * v + bit(i * depth + k));
            for (i, x) in xs.into_iter().enumerate() {
                let pixel: Vec<usize> = (0..n).map(|k| sample(i * n + k)).collect();
                let most = ((1 << depth) - 1) as f64;
                let levels: Vec<u8> = pixel.iter().map(|&v| level(v as f64 / most)).collect();
                let shade = |levels: &[u8]| if n < 3 { levels[0] } else { grey(&levels[..3]) };
                pixels[y * cols + x] = match colour {
                    3 => *palette.get(pixel[0])?,
                    0 | 2 if pixel == hidden => ground,
                    0 | 2 => shade(&levels),
                    _ => {
                        let alpha = pixel[n - 1] as f64 * 255.0 / most;
                        laid(shade(&levels), (alpha + 0.5).floor() as u8)
                    }
                };
            }
            above = row;
        }
    }
    bytes.next().is_none().then_some((rows, cols, pixels))
}
