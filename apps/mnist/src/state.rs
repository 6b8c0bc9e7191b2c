//! The state of a run as the files of one folder: its settings as text, its matrices in NumPy's
//! format.
//!
//! `w1.npy`, `b1.npy` … are the best net, `last_w1.npy` … the net after the last epoch, from which a
//! run is resumed, and `curve.npy` the loss and the batch accuracy of each epoch. `settings.txt` is
//! written last.

use crate::net::Net;
use crate::settings::Settings;
use crate::training::Training;
use datasets::file::{self, FileError};
use datasets::text::Count;
use datasets::{Error, npy};
use matrix::{Matrix, Real};
use std::fs::File;
use std::hash::{DefaultHasher, Hasher};
use std::io::{self, Write};
use std::path::Path;

pub(crate) const SETTINGS: &str = "settings.txt";
const CURVE: &str = "curve.npy";

/// Whether a state may have a file of this name.
pub(crate) fn has_file(name: &str) -> bool {
    let parameter =
        name.strip_suffix(".npy").map(|name| name.strip_prefix("last_").unwrap_or(name));
    let layer = parameter.and_then(|name| name.strip_prefix(['w', 'b']));
    name == SETTINGS || name == CURVE || layer.is_some_and(|layer| layer.parse::<u8>().is_ok())
}

/// Writes the files to an empty folder, to the disk: all that are needed to resume the run, or else
/// to test its best net. Returns a hash of what is in them.
pub(crate) fn write(folder: &Path, training: &Training, to_resume: bool) -> Result<u32, Error> {
    let mut hash = DefaultHasher::new();
    let mut write = |name: &str, bytes: &[u8]| {
        hash.write(bytes);
        let path = folder.join(name);
        let write = |mut file: File| file.write_all(bytes).and_then(|()| file.sync_all());
        File::create_new(&path).and_then(write).map_err(at(&path))
    };
    let nets = [("", &training.best), ("last_", &training.net)];
    for (prefix, net) in &nets[..if to_resume { 2 } else { 1 }] {
        for (n, (w, b)) in (1..).zip(net.layers()) {
            write(&format!("{prefix}w{n}.npy"), &npy::to_bytes(w))?;
            write(&format!("{prefix}b{n}.npy"), &npy::to_bytes(b))?;
        }
    }
    let epochs = training.losses.len();
    if epochs > 0 {
        let curve = [&training.losses, &training.accuracies];
        let curve = Matrix::from_fn(epochs, 2, |i, j| curve[j][i]);
        write(CURVE, &npy::to_bytes(&curve))?;
    }
    let header = format!("# {} after {}\n", training.net.name(), Count(epochs, "epoch"));
    let settings = training.settings.to_text(training.best_accuracy);
    write(SETTINGS, (header + &settings).as_bytes())?;
    Ok(hash.finish() as u32)
}

/// The state in a folder, to resume the run or else to test its best net: for that, this net and the
/// settings are enough.
pub(crate) fn read(folder: &Path, to_resume: bool) -> Result<Training, Error> {
    let path = folder.join(SETTINGS);
    let (settings, best_accuracy) =
        Settings::parse(&file::read(&path)?).map_err(|error| Error::new(&path, error))?;
    let pixels = settings.shape.map(|(rows, cols)| rows * cols);
    let best = read_net(folder, "", &settings, [pixels, None])?;
    let is_there = |name: &str| to_resume || folder.join(name).exists();
    let net = match is_there("last_w1.npy") {
        true => read_net(folder, "last_", &settings, [best.inputs(), best.classes()].map(Some))?,
        false => best.clone(),
    };
    let mut curve = Matrix::<f64>::zeros(0, 2);
    if is_there(CURVE) {
        let path = folder.join(CURVE);
        curve = npy::read(&path)?;
        check_shape(&path, &curve, curve.rows(), 2)?;
    }
    let column = |j| curve.iter_rows().map(|row: &[f64]| row[j]).collect();
    let (losses, accuracies) = (column(0), column(1));
    Ok(Training { settings, net, best, best_accuracy, losses, accuracies })
}

/// The net in the files whose names start with `prefix`, its first and last size those of
/// the images and labels if they are known.
fn read_net(
    folder: &Path,
    prefix: &str,
    settings: &Settings,
    [inputs, classes]: [Option<usize>; 2],
) -> Result<Net, Error> {
    let read = |name: String, rows: Option<usize>, cols: Option<usize>| {
        let path = folder.join(format!("{prefix}{name}.npy"));
        let matrix: Matrix<f32> = npy::read(&path)?;
        let (rows, cols) = (rows.unwrap_or(matrix.rows()), cols.unwrap_or(matrix.cols()));
        check_shape(&path, &matrix, rows, cols)?;
        match matrix.is_finite() {
            true => Ok(matrix),
            false => Err(Error::new(&path, "found a number that is not finite")),
        }
    };
    let mut rows = inputs;
    let sizes = settings.hidden.iter().map(|&units| Some(units)).chain([classes]);
    let layers = (1..).zip(sizes).map(|(n, cols)| {
        let w = read(format!("w{n}"), rows, cols)?;
        let b = read(format!("b{n}"), Some(1), Some(w.cols()))?;
        rows = Some(w.cols());
        Ok((w, b))
    });
    Ok(Net::from_layers(layers.collect::<Result<_, _>>()?))
}

fn check_shape<T: Real>(
    path: &Path,
    found: &Matrix<T>,
    rows: usize,
    cols: usize,
) -> Result<(), Error> {
    if found.shape() == (rows, cols) {
        return Ok(());
    }
    let (m, n) = found.shape();
    Err(Error::new(path, format!("found shape {m}×{n}, expected {rows}×{cols}")))
}

/// What `map_err` makes of an error with a file.
pub(crate) fn at(path: &Path) -> impl Fn(io::Error) -> Error {
    |error| Error::new(path, FileError::of(path, error))
}
