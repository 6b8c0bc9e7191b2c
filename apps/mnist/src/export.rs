//! Writes a test image to a file, to try `--predict` with: `--export`.

use crate::settings::Settings;
use console::{Options, Outcome, same_file};
use datasets::text::OneLine;
use datasets::{Error, Picture, pnm};
use std::io::Write;
use std::path::{Path, PathBuf};

/// Runs `--export`.
pub(crate) fn run(options: &Options, out: &mut dyn Write) -> Outcome {
    let [number, path] = options.texts("export") else {
        return Err(options.refuse("export", "two values, a number and a file").into());
    };
    let (_, test) = Settings::from_options(options)?.images(options)?;
    let Some(i) = number.parse().ok().filter(|&i| i < test.len()) else {
        let expected = format!("a number from 0 to {}, then a file", test.len() - 1);
        return Err(options.refuse("export", &expected).into());
    };
    let (rows, cols) = (test.rows, test.cols);
    let is_in_the_set = |found: &Picture| {
        (found.rows, found.cols) == (rows, cols)
            && test.pixels.chunks_exact(rows * cols).any(|image| image == found.pixels)
    };
    check(Path::new(path), &[], is_in_the_set)?;
    let pixels = test.image(i).to_vec();
    write(path, &Picture { rows, cols, pixels }, out)?;
    if path != "-" {
        let label = test.label(test.labels[i]);
        writeln!(out, "test image {i}, a {label}, is in {}", OneLine(path))?;
    }
    Ok(())
}

/// Checks that a picture may be written to `path`: it is not among the files that are `read`, and if
/// it exists, it is an earlier output, as `is_output` tells.
pub(crate) fn check(
    path: &Path,
    read: &[PathBuf],
    is_output: impl Fn(&Picture) -> bool,
) -> Result<(), Error> {
    if path.as_os_str() == "-" || !path.is_file() {
        return Ok(());
    }
    if read.iter().any(|other| same_file(other, path)) {
        return Err(Error::new(path, "this file is read, expected another one to write to"));
    }
    match Picture::read(path) {
        Ok(picture) if is_output(&picture) => Ok(()),
        _ => Err(Error::new(path, "found a file that was not written here, expected a new one")),
    }
}

/// Writes a picture to a file, or as PGM to standard output if the path is `-`.
pub(crate) fn write(path: &str, picture: &Picture, out: &mut dyn Write) -> Outcome {
    match path {
        "-" => Ok(out.write_all(&pnm::to_bytes(picture))?),
        path => Ok(picture.write(Path::new(path))?),
    }
}
