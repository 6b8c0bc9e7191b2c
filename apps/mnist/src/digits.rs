//! Single digits as pictures: one is written to a file, others are read from files.

use crate::{report, saved};
use console::{Options, Outcome};
use datasets::{Images, pgm};
use std::io::Write;
use std::path::Path;

/// Writes a test image to a file, to try `--predict` with.
pub fn export(options: &Options, data: &Path, out: &mut dyn Write) -> Outcome {
    let [number, path] = options.texts("export") else {
        return Err(options.refuse("export", "two values, a number and a file").into());
    };
    let (_, test) = datasets::mnist(data)?;
    let Some(i) = number.parse().ok().filter(|&i| i < test.len()) else {
        let expected = format!("a number from 0 to {}, then a file", test.len() - 1);
        return Err(options.refuse("export", &expected).into());
    };
    let pixels = test.image(i).to_vec();
    pgm::write(Path::new(path), &pgm::Image { rows: test.rows, cols: test.cols, pixels })?;
    Ok(writeln!(out, "test image {i}, a {}, is in {path}", test.labels[i])?)
}

/// Reads digits from files, with a net that was kept.
pub fn predict(options: &Options, out: &mut dyn Write) -> Outcome {
    let Some(dir) = options.text("load") else {
        return Err(options.refuse("predict", "--load DIR beside it, a trained net").into());
    };
    let (settings, training) = saved::load(dir, false)?;
    for path in options.texts("predict") {
        let image = pgm::read(Path::new(path))?;
        let (rows, cols) = (image.rows, image.cols);
        if rows * cols != training.best.w1.rows() || rows != cols {
            let d = training.best.w1.rows();
            return Err(
                format!("{path}: found {rows}×{cols} pixels, expected a square of {d}").into()
            );
        }
        let images = Images { rows, cols, pixels: image.pixels, labels: vec![0] };
        let probs = training.best.forward(&images.to_matrix(0..1, settings.scale)).probs;
        writeln!(out, "{path}\n{}", report::prediction(&images, probs.row(0), options.style))?;
    }
    Ok(())
}
