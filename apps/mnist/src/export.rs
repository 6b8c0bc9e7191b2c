//! Writes a test image to a file, to try `--predict` with: `--export`.

use crate::settings::Settings;
use console::{Options, Outcome};
use datasets::Picture;
use std::io::Write;
use std::path::Path;

/// The program.
pub(crate) fn run(options: &Options, out: &mut dyn Write) -> Outcome {
    options.allow_only("export", &["data", "transpose"])?;
    let [number, path] = options.texts("export") else {
        return Err(options.refuse("export", "two values, a number and a file").into());
    };
    let (_, test) = Settings::from_options(options)?.images()?;
    let Some(i) = number.parse().ok().filter(|&i| i < test.len()) else {
        let expected = format!("a number from 0 to {}, then a file", test.len() - 1);
        return Err(options.refuse("export", &expected).into());
    };
    let pixels = test.image(i).to_vec();
    Picture { rows: test.rows, cols: test.cols, pixels }.write(Path::new(path))?;
    Ok(writeln!(out, "test image {i}, a {}, is in {path}", test.labels[i] + test.first_label)?)
}
