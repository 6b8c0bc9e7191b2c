//! The net that reads a drawn digit (docs/06-your-own-digits.md), as script files: `net.js`
//! contains the lines of ThreeNet and ten test digits, `weights.js` the reader's weights.

use crate::html::{json_list, json_object, json_string};
use crate::site::{Page, Site};
use crate::slider::step_entries;
use datasets::npz::Npz;
use datasets::text::Shown;
use datasets::{Error, file};
use std::fmt::Write as _;
use std::path::Path;

/// The page with the square for drawing.
pub(crate) const PAGE: &str = "docs/06-your-own-digits.md";
/// The height and width of a digit.
const SIDE: usize = 28;

/// The lines of the chapter's steps, and the first test digit of each class.
pub(crate) fn script(site: &Site<'_>, chapter: &Page<'_>, data: &Path) -> Result<String, Error> {
    let steps = chapter.steps.iter().map(|(tag, step)| {
        let (source, line) = site.equations[tag].line;
        let line = site.files.sources[source].lines[line].trim();
        let line = json_string(line.split(" // ").next().unwrap_or(line));
        (tag, json_object(step_entries(*tag, step).into_iter().chain([("line", line)])))
    });
    let missing = "There is no net here yet: cargo run -p mnist -- --save target/digits.npz trains one, \
        then cargo run -p book -- --net target/digits.npz writes this page with it.";
    let (_, test) = datasets::mnist(data)?;
    let first = (0..10).filter_map(|class| test.labels.iter().position(|&label| label == class));
    let digits = first.map(|i| json_string(&base64(test.image(i))));
    let json = json_object([
        ("weights", "null".into()),
        ("scale", "1".into()),
        ("eta", "0.01".into()),
        ("missing", json_string(missing)),
        ("steps", json_object(steps)),
        ("digits", json_list(digits)),
    ]);
    Ok(format!("\"use strict\";\nconst net = {json};\n"))
}

/// The weights of a run that `mnist` saved, for the page.
///
/// # Errors
/// If the file isn't the run of a net with two hidden layers for digits of 28 × 28 pixels.
pub fn weights(path: &Path) -> Result<String, Error> {
    let zip = Npz::parse(file::read(path)?).map_err(|error| Error::new(path, error))?;
    let (mut weights, mut inputs) = (Vec::new(), SIDE * SIDE);
    for letter in ["w1", "b1", "w2", "b2", "w3", "b3"] {
        let shape = match letter.starts_with('w') {
            true => [Some(inputs), None],
            false => [Some(1), Some(inputs)],
        };
        let matrix = zip.matrix::<f32>(&format!("{letter}.npy"), shape);
        let matrix = matrix.map_err(|error| Error { path: path.join(error.path), ..error })?;
        let (rows, cols) = matrix.shape();
        inputs = cols;
        let bytes: Vec<u8> = matrix.as_slice().iter().flat_map(|x| x.to_le_bytes()).collect();
        let entry = [rows.to_string(), cols.to_string(), json_string(&base64(&bytes))];
        weights.push((letter, json_list(entry)));
    }
    if inputs != 10 || zip.names().any(|name| name == "w4.npy") {
        let cause = "found another net, expected one with two hidden layers and ten classes";
        return Err(Error::new(path, cause));
    }
    let failed = |fault| Error::new(&path.join("settings.txt"), fault);
    let settings = zip.read("settings.txt").map_err(failed)?;
    let settings = String::from_utf8_lossy(&settings);
    let setting = |wanted: &str, default: f64| {
        let mut pairs = settings.lines().filter_map(|line| line.split_once(" = "));
        let value = pairs.find(|(name, _)| *name == wanted).and_then(|(_, x)| x.parse().ok());
        value.filter(|x: &f64| *x > 0.0 && x.is_finite()).unwrap_or(default).to_string()
    };
    let json = json_object([
        ("from", json_string(&Shown(path).to_string())),
        ("scale", setting("scale", 1.0)),
        ("eta", setting("rate", 0.01)),
        ("weights", json_object(weights)),
    ]);
    Ok(format!("\"use strict\";\nObject.assign(net, {json});\n"))
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
