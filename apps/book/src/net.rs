//! The net that reads a drawn digit (docs/06-your-own-digits.md), as script files: `net.js`
//! contains the lines of ThreeNet and ten test digits, `weights.js` the reader's weights.

use crate::html::json_string;
use crate::site::{Page, Site};
use datasets::npz::Npz;
use datasets::text::Shown;
use datasets::{Error, file, gzip, idx, npy};
use matrix::Matrix;
use std::fmt::Write as _;
use std::path::Path;

/// The page with the square for drawing.
pub const PAGE: &str = "docs/06-your-own-digits.md";
/// The height and width of a digit.
const SIDE: usize = 28;
/// More bytes than the unpacked test set of MNIST.
const LIMIT: usize = 1 << 24;

/// The lines of the chapter's steps, and the first test digit of each class.
///
/// # Errors
/// If the test set cannot be read.
pub fn script(site: &Site<'_>, chapter: &Page<'_>, data: &Path) -> Result<String, Error> {
    let steps = chapter.steps.iter().map(|(tag, step)| {
        let (source, line) = site.equations[tag].line;
        let line = site.files.sources[source].lines[line].trim();
        let line = json_string(line.split(" // ").next().unwrap_or(line));
        let (result, key, op) = (&step.result, step.key(*tag), step.op.json());
        format!(
            "\"{tag}\":{{\"result\":\"{result}\",\"key\":\"{key}\",\"op\":{op},\"line\":{line}}}"
        )
    });
    let steps = steps.collect::<Vec<_>>().join(",\n");
    let digits = digits(data)?.into_iter().map(|digit| json_string(&base64(&digit)));
    let digits = digits.collect::<Vec<_>>().join(",\n");
    Ok(format!(
        "\"use strict\";\nconst net = {{\"weights\":null,\"scale\":1,\"eta\":0.01,\n\
         \"missing\":\"There is no net here yet: cargo run -p mnist -- --save target/digits.npz trains one, \
         then cargo run -p book -- --net target/digits.npz writes this page with it.\",\n\
         \"steps\":{{{steps}}},\n\"digits\":[{digits}]}};\n"
    ))
}

/// The first digit of each class in the test set.
fn digits(data: &Path) -> Result<Vec<Vec<u8>>, Error> {
    let unpacked = |name: &str| {
        let path = data.join(name);
        let bytes = gzip::decompress(&file::read(&path)?, LIMIT);
        bytes.map_err(|error| Error::new(&path, error)).map(|bytes| (path, bytes))
    };
    let (path, images) = unpacked("t10k-images-idx3-ubyte.gz")?;
    let (rows, cols, pixels) = idx::parse_images(&images).map_err(|e| Error::new(&path, e))?;
    let (path, labels) = unpacked("t10k-labels-idx1-ubyte.gz")?;
    let labels = idx::parse_labels(&labels).map_err(|error| Error::new(&path, error))?;
    let first = |class: u8| {
        let at = labels.iter().position(|&label| label == class);
        let missing = || Error::new(&path, format!("found no digit {class}"));
        let image = at.and_then(|at| pixels.chunks(rows * cols).nth(at)).ok_or_else(missing)?;
        Ok(image.to_vec())
    };
    (0..10).map(first).collect()
}

/// The weights of a run that `mnist` saved, for the page.
///
/// # Errors
/// If the file isn't the run of a net with two hidden layers for digits of 28 × 28 pixels.
pub fn weights(path: &Path) -> Result<String, Error> {
    let zip = Npz::parse(file::read(path)?).map_err(|error| Error::new(path, error))?;
    let inside = |name: &str| path.join(name);
    let (mut weights, mut inputs) = (Vec::new(), SIDE * SIDE);
    for layer in 1..=3 {
        for letter in ["w", "b"] {
            let name = format!("{letter}{layer}.npy");
            let bytes = zip.read(&name).map_err(|error| Error::new(&inside(&name), error))?;
            let matrix = npy::parse::<f32>(&bytes).map_err(|e| Error::new(&inside(&name), e))?;
            let (rows, cols) = matrix.shape();
            let expected = if letter == "w" { (inputs, cols) } else { (1, inputs) };
            if (rows, cols) != expected || !matrix.is_finite() {
                let (m, n) = expected;
                let cause = format!("found {rows}×{cols} numbers, expected {m}×{n} finite ones");
                return Err(Error::new(&inside(&name), cause));
            }
            inputs = cols;
            weights.push(entry(&format!("{letter}{layer}"), &matrix));
        }
    }
    if inputs != 10 || zip.names().any(|name| name == "w4.npy") {
        let cause = "found another net, expected one with two hidden layers and ten classes";
        return Err(Error::new(path, cause));
    }
    let settings = zip.read("settings.txt").map_err(|e| Error::new(&inside("settings.txt"), e))?;
    let settings = String::from_utf8_lossy(&settings);
    let setting = |wanted: &str| {
        let pairs = settings.lines().filter_map(|line| line.split_once(" = "));
        let found = pairs.into_iter().find(|(name, _)| *name == wanted);
        found.and_then(|(_, value)| value.parse::<f64>().ok()).filter(|x| *x > 0.0 && x.is_finite())
    };
    let (scale, eta) = (setting("scale").unwrap_or(1.0), setting("rate").unwrap_or(0.01));
    let from = json_string(&Shown(path).to_string());
    Ok(format!(
        "\"use strict\";\nObject.assign(net, {{\"from\":{from},\"scale\":{scale},\"eta\":{eta},\n\
         \"weights\":{{{}}}}});\n",
        weights.join(",\n")
    ))
}

/// A matrix by its name: rows, columns, and its numbers as bytes.
fn entry(name: &str, matrix: &Matrix<f32>) -> String {
    let bytes: Vec<u8> = matrix.as_slice().iter().flat_map(|x| x.to_le_bytes()).collect();
    let (rows, cols) = matrix.shape();
    format!("\"{name}\":[{rows},{cols},\"{}\"]", base64(&bytes))
}

/// Bytes as text: three of them become four characters.
fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for part in bytes.chunks(3) {
        let number = (0..3).fold(0, |n, i| n << 8 | usize::from(*part.get(i).unwrap_or(&0)));
        for i in 0..4 {
            let digit = char::from(DIGITS[number >> (18 - 6 * i) & 63]);
            let _ = write!(text, "{}", if i > part.len() { '=' } else { digit });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_become_text() {
        for (bytes, text) in
            [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg==")]
        {
            assert_eq!(base64(bytes.as_bytes()), text);
        }
    }
}
