//! Reads digits from files with a net that was saved: `--predict`.

use crate::report::DIGITS;
use crate::saved;
use console::{Options, Outcome, Style, bars, beside, percent, picture};
use datasets::{Images, Picture};
use std::io::Write;
use std::path::Path;

/// The program.
pub(crate) fn run(options: &Options, out: &mut dyn Write) -> Outcome {
    options.allow_only("predict", &["load"])?;
    let Some(dir) = options.text("load") else {
        return Err(options.refuse("predict", "--load DIR beside it, a trained net").into());
    };
    let (settings, training) = saved::load(dir, false)?;
    for path in options.texts("predict") {
        let image = Picture::read(Path::new(path))?;
        let (rows, cols) = (image.rows, image.cols);
        if rows * cols != training.best.inputs() || rows != cols {
            let d = training.best.inputs();
            return Err(
                format!("{path}: found {rows}×{cols} pixels, expected a square of {d}").into()
            );
        }
        let images = Images {
            rows,
            cols,
            pixels: image.pixels,
            labels: vec![0],
            classes: 10,
            first_label: 0,
        };
        let probs = training.best.probs(&images.to_matrix(0..1, settings.scale));
        writeln!(out, "{path}\n{}", prediction(&images, probs.row(0), options.style))?;
    }
    Ok(())
}

/// A digit as the net sees it, the ten probabilities, and the answer.
fn prediction(image: &Images, probs: &[f32], style: Style) -> String {
    let rows: Vec<_> = DIGITS.iter().zip(probs).map(|(d, &p)| (d.to_string(), p.into())).collect();
    let seen = picture(&image.pixels, image.cols, 0, style);
    let room = style.with_width(style.width.saturating_sub(image.cols + 2));
    let bars = bars(&rows, 1.0, percent, room);
    let best = (1..10).fold(0, |best, k| if probs[k] > probs[best] { k } else { best });
    let bright =
        image.pixels.iter().map(|&x| usize::from(x)).sum::<usize>() > 128 * image.pixels.len();
    let hint = "the picture is mostly white; the net knows white digits on black\n";
    format!(
        "{}answer: {best}, {}\n{}",
        beside(&[seen, bars], style.width),
        percent(probs[best].into()),
        if bright { hint } else { "" }
    )
}
