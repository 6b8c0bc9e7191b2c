//! Matrices in the NPY format of NumPy.
//!
//! The format: NumPy Enhancement Proposal 1 and the documentation of `numpy.lib.format`.

use crate::fault::Fault;
use crate::foreign::{Wanted, foreign};
use crate::steps::steps;
use files::text::{Count, Quoted};
use files::{Error, file};
use matrix::{Matrix, Real};
use std::path::Path;

/// Returns the matrix in the NPY file `path`.
///
/// # Errors
/// If the file cannot be read, or [`parse`] returns an error.
pub fn read<T: Real>(path: &Path) -> Result<Matrix<T>, Error> {
    parse(&file::read(path)?).map_err(|error| Error::new(path, error))
}

/// Writes the [`to_bytes`] of `a` to the file `path`.
///
/// # Errors
/// If the file cannot be written.
pub fn write<T: Real>(path: &Path, a: &Matrix<T>) -> Result<(), Error> {
    file::write(path, &to_bytes(a))
}

const MAGIC: &[u8; 6] = b"\x93NUMPY";

/// Whether T is `f64`. Otherwise it is `f32`, the only other type.
fn is_f64<T: Real>() -> bool {
    size_of::<T>() == 8
}

/// Returns `a` as the bytes of an NPY file: version 1.0, C order, little-endian.
///
/// Reading them back as the same type gives the same bits, except for the payload of a NaN.
pub fn to_bytes<T: Real>(a: &Matrix<T>) -> Vec<u8> {
    let descr = if is_f64::<T>() { "<f8" } else { "<f4" };
    let (rows, cols) = a.shape();
    let mut header =
        format!("{{'descr': '{descr}', 'fortran_order': False, 'shape': ({rows}, {cols}), }}");
    // The header ends in spaces and a new line, so that the data start at a multiple of 64 bytes.
    let start = (MAGIC.len() + 4 + header.len() + 1).next_multiple_of(64);
    let header_len = start - MAGIC.len() - 4;
    header = format!("{header:<0$}\n", header_len - 1);

    let mut bytes = Vec::with_capacity(start + size_of_val(a.as_slice()));
    bytes.extend_from_slice(MAGIC);
    bytes.extend_from_slice(&[1, 0]);
    bytes.extend_from_slice(&(header_len as u16).to_le_bytes());
    bytes.extend_from_slice(header.as_bytes());
    for &x in a.as_slice() {
        if is_f64::<T>() {
            bytes.extend_from_slice(&x.to_f64().to_le_bytes());
        } else {
            bytes.extend_from_slice(&(x.to_f64() as f32).to_le_bytes());
        }
    }
    bytes
}

/// Returns the matrix in the bytes of an NPY file of version 1.0, 2.0 or 3.0.
///
/// It reads floating-point numbers of 2, 4 or 8 bytes, integers of 1 to 8 bytes with or without a
/// sign, and truth values (as 0 and 1), little- or big-endian, in C or Fortran order. An array of
/// one dimension becomes one row. A number that T cannot represent exactly is rounded.
///
/// # Errors
/// If the bytes are no such file, are too many or too few, or contain no number.
pub fn parse<T: Real>(bytes: &[u8]) -> Result<Matrix<T>, Fault> {
    let (Header { descr, fortran_order, shape }, start) = header(bytes)?;
    let (rows, cols) = match shape[..] {
        [cols] => (1, cols),
        [rows, cols] => (rows, cols),
        _ => {
            let found = Count(shape.len(), "dimension").to_string();
            return Err(Fault::new(found, "1 or 2").at_byte(start));
        }
    };
    let (size, number) = element(&descr).ok_or_else(|| other_type(&descr).at_byte(start))?;
    let data = &bytes[start..];
    let (rows, cols) = checked(rows, cols, size, data).map_err(|fault| fault.at_byte(start))?;
    steps(data.len());
    let numbers = data.chunks_exact(size).map(|bytes| T::from_f64(number(bytes))).collect();
    Ok(if fortran_order {
        // Fortran order lists the columns, which are the rows of the transpose.
        let transpose = Matrix::from_vec(cols, rows, numbers);
        Matrix::from_fn(rows, cols, |i, j| transpose[(j, i)])
    } else {
        Matrix::from_vec(rows, cols, numbers)
    })
}

/// Returns rows, columns, and the pixels of all images in the bytes of an NPY file, image after
/// image and row after row. A fourth dimension of 1 is accepted, because some frameworks add it.
///
/// # Errors
/// If the bytes are not one or more images of unsigned bytes in C order.
pub fn parse_images(bytes: &[u8]) -> Result<(usize, usize, Vec<u8>), Fault> {
    let (Header { descr, fortran_order, shape }, start) = header(bytes)?;
    let (&[n, rows, cols] | &[n, rows, cols, 1], "|u1", false) =
        (&shape[..], &*descr, fortran_order)
    else {
        let order = if fortran_order { " in Fortran order" } else { "" };
        let shape = Count(shape.len(), "dimension");
        let found = format!("elements of type {} in {shape}{order}", Quoted(&descr));
        let expected = "images: unsigned bytes (|u1) in three dimensions, in C order";
        return Err(Fault::new(found, expected).at_byte(start));
    };
    let data = &bytes[start..];
    let pixels = rows.saturating_mul(cols);
    checked(n, pixels, 1, data).map_err(|fault| fault.at_byte(start))?;
    Ok((rows as usize, cols as usize, data.to_vec()))
}

/// Returns the labels in the bytes of an NPY file, one for each image.
///
/// # Errors
/// If [`parse`] returns an error, or a label is not a whole number from 0 to 255.
pub fn parse_labels(bytes: &[u8]) -> Result<Vec<u8>, Fault> {
    let labels = parse::<f64>(bytes)?;
    let label = |(index, &found): (usize, &f64)| match found as u8 {
        label if f64::from(label) == found => Ok(label),
        _ => {
            let found = format!("label {found} for image {index}");
            Err(Fault::new(found, "whole numbers from 0 to 255"))
        }
    };
    labels.as_slice().iter().enumerate().map(label).collect()
}

/// Returns the shape if `data` has exactly the bytes of rows × cols elements of `size` bytes.
fn checked(rows: u64, cols: u64, size: usize, data: &[u8]) -> Result<(usize, usize), Fault> {
    if rows == 0 || cols == 0 {
        return Err(Fault::new(format!("shape {rows}×{cols}"), "one number or more"));
    }
    let count = u128::from(rows) * u128::from(cols);
    if count.checked_mul(size as u128) != Some(data.len() as u128) {
        let found = format!("{} of data", Count(data.len(), "byte"));
        return Err(Fault::new(found, format!("{rows}×{cols} numbers of {}", Count(size, "byte"))));
    }
    Ok((rows as usize, cols as usize))
}

/// The fault for elements of a type that is not supported.
fn other_type(descr: &str) -> Fault {
    let expected = "integers of 1 to 8 bytes or floating-point numbers of 2, 4 or 8";
    Fault::new(format!("elements of type {}", Quoted(descr)), expected)
}

/// The size in bytes of an element of type `descr`, and its conversion to a number.
fn element(descr: &str) -> Option<(usize, impl Fn(&[u8]) -> f64 + use<>)> {
    let (order, kind) = descr.split_at_checked(1)?;
    let (kind, size) = match *kind.as_bytes() {
        [b'b', b'1'] => (b'u', 1),
        [kind @ (b'u' | b'i'), size @ (b'1' | b'2' | b'4' | b'8')] => (kind, size - b'0'),
        [b'f', size @ (b'2' | b'4' | b'8')] => (b'f', size - b'0'),
        _ => return None,
    };
    let is_big_endian = match (order, size) {
        ("|", 1) | ("<", 2..) => false,
        (">", 2..) => true,
        _ => return None,
    };
    let append = |bits: u64, &byte: &u8| bits << 8 | u64::from(byte);
    let number = move |bytes: &[u8]| {
        let bytes = bytes.iter();
        let bits = if is_big_endian { bytes.fold(0, append) } else { bytes.rfold(0, append) };
        match (kind, size) {
            (b'f', 2) => half(bits as u16),
            (b'f', 4) => f32::from_bits(bits as u32).into(),
            (b'f', _) => f64::from_bits(bits),
            // The sign is moved to the highest bit and back.
            (b'i', _) => ((bits << (64 - 8 * size)) as i64 >> (64 - 8 * size)) as f64,
            _ => bits as f64,
        }
    };
    Some((size.into(), number))
}

/// The value of a 16-bit number: a sign, five bits of exponent, ten bits of fraction.
fn half(bits: u16) -> f64 {
    let (exponent, fraction) = (i32::from(bits >> 10 & 31), f64::from(bits & 1023));
    let size = match exponent {
        0 => fraction * 2f64.powi(-24),
        31 if fraction == 0.0 => f64::INFINITY,
        31 => f64::NAN,
        _ => (1024.0 + fraction) * 2f64.powi(exponent - 25),
    };
    if bits >> 15 == 0 { size } else { -size }
}

struct Header {
    descr: String,
    fortran_order: bool,
    shape: Vec<u64>,
}

impl Header {
    /// Reads a Python dictionary, `{'descr': '<f8', 'fortran_order': False, 'shape': (2, 3), }`.
    fn parse(text: &str) -> Result<Self, Fault> {
        steps(text.len());
        let fault =
            |found, expected| Fault::new(format!("{} in the header", Quoted(found)), expected);
        let inside = text.trim().strip_prefix('{').and_then(|text| text.strip_suffix('}'));
        let inside = inside.ok_or_else(|| fault(text.trim(), "a Python dictionary in braces"))?;
        // Commas in a shape or in a list of types do not separate entries.
        let mut depth = 0;
        let is_end = |c| {
            depth += i32::from(matches!(c, '(' | '[')) - i32::from(matches!(c, ')' | ']'));
            c == ',' && depth == 0
        };
        let entries = inside.trim_end().split_terminator(is_end).take(4);
        let entries: Vec<(&str, &str)> =
            entries.map(|entry| entry.split_once(':').unwrap_or((entry, ""))).collect();
        let value = |name: &str| {
            let mut values = entries.iter().filter(|(key, _)| unquoted(key) == Some(name));
            let value = values.next().map(|(_, value)| value.trim());
            value.ok_or_else(|| Fault::new(format!("no '{name}' in the header"), "one"))
        };
        let (descr, order, shape) = (value("descr")?, value("fortran_order")?, value("shape")?);
        if entries.len() > 3 {
            let expected = "'descr', 'fortran_order' and 'shape', each once";
            return Err(Fault::new("more than three entries in the header", expected));
        }
        let fortran_order = match order {
            "True" => true,
            "False" => false,
            _ => return Err(fault(order, "True or False")),
        };
        let descr = unquoted(descr).ok_or_else(|| other_type(descr))?.to_owned();
        let shape = dimensions(shape).ok_or_else(|| fault(shape, "a shape such as (2, 3)"))?;
        Ok(Self { descr, fortran_order, shape })
    }
}

/// The text inside single or double quotes.
fn unquoted(text: &str) -> Option<&str> {
    let text = text.trim();
    ['\'', '"'].iter().find_map(|quote| text.strip_prefix(*quote)?.strip_suffix(*quote))
}

/// The numbers of a tuple such as `(2, 3)` or `(2,)`. Python 2 writes `(2L, 3L)`.
fn dimensions(tuple: &str) -> Option<Vec<u64>> {
    let numbers = tuple.strip_prefix('(')?.strip_suffix(')')?.trim_end().split_terminator(',');
    let number = |text: &str| text.strip_suffix('L').unwrap_or(text).parse().ok();
    numbers.map(|text| number(text.trim())).collect()
}

/// Reads the header. Returns it with the offset at which the data start.
fn header(bytes: &[u8]) -> Result<(Header, usize), Fault> {
    let take = |offset: usize, n: usize| match bytes[offset..].get(..n) {
        Some(bytes) => Ok(bytes),
        None => {
            let missing = Count(n - (bytes.len() - offset), "more byte");
            let fault = Fault::new("the end of the file", format!("{missing} of header"));
            Err(fault.at_byte(bytes.len()))
        }
    };
    if !bytes.starts_with(MAGIC) {
        let other = || Fault::new("no NPY data", "them to start with \\x93NUMPY");
        return Err(foreign(bytes, Wanted::Npy).unwrap_or_else(other).at_byte(0));
    }
    let version = take(MAGIC.len(), 2)?;
    let width = match version {
        [1, 0] => 2,
        [2 | 3, 0] => 4,
        _ => {
            let found = format!("version {}.{}", version[0], version[1]);
            return Err(Fault::new(found, "1.0, 2.0 or 3.0").at_byte(MAGIC.len()));
        }
    };
    let length = take(MAGIC.len() + 2, width)?;
    let length = length.iter().rfold(0, |n, &byte| n << 8 | usize::from(byte));
    let offset = MAGIC.len() + 2 + width;
    let text = take(offset, length)?;
    let header = Header::parse(&String::from_utf8_lossy(text));
    Ok((header.map_err(|fault| fault.at_byte(offset))?, offset + length))
}

#[cfg(test)]
mod tests;
