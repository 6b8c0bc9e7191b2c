//! A run as one file in NumPy's NPZ format, a ZIP file of stored NPY files.
//!
//! `w1.npy`, `b1.npy` … are the best net, `last_w1.npy` … the net after the last epoch, from which a
//! run is resumed. `curve.npy` has a row for each epoch, and `images.npy` the size of the images and
//! the first label. `settings.txt` is text. `data.txt` is the path of the images, unless they are those
//! of this repository.

use crate::settings::Settings;
use crate::training::{Net, Training};
use console::same_file;
use datasets::file::{self, Content, OwnFile};
use datasets::npz::{Npz, Writer};
use datasets::text::Count;
use datasets::{Error, npy};
use matrix::Matrix;
use std::path::{Path, PathBuf, absolute};

const SETTINGS: &str = "settings.txt";
const DATA: &str = "data.txt";
const CURVE: &str = "curve.npy";
const IMAGES: &str = "images.npy";

/// Returns the run as the bytes of a file; `path` is for the error if they are too many.
pub(crate) fn bytes_for(path: &Path, training: &Training) -> Result<Vec<u8>, Error> {
    let Training { settings, images, net, best, curve } = training;
    let mut zip = Writer::default();
    for (prefix, net) in [("", best), ("last_", net)] {
        for (n, (w, b)) in (1..).zip(&net.layers) {
            zip.add(&format!("{prefix}w{n}.npy"), &npy::to_bytes(w));
            zip.add(&format!("{prefix}b{n}.npy"), &npy::to_bytes(b));
        }
    }
    zip.add(IMAGES, &npy::to_bytes(&Matrix::from_rows([images.map(|number| number as f64)])));
    if !curve.is_empty() {
        let curve = Matrix::from_fn(curve.len(), 4, |i, j| curve[i][j]);
        zip.add(CURVE, &npy::to_bytes(&curve));
    }
    let header = format!("# {} after {}\n", training.name(), Count(curve.len(), "epoch"));
    zip.add(SETTINGS, (header + &settings.to_text()).as_bytes());
    if let Some(path) = &settings.data {
        let path = absolute(path).unwrap_or(path.clone());
        zip.add(DATA, path.as_os_str().as_encoded_bytes());
    }
    zip.finish().map_err(|error| Error::new(path, error))
}

/// Reads a run. Returns also the content of the file, so that a change of it is noticed.
pub(crate) fn load(path: &str) -> Result<(Training, Content), Error> {
    let path = Path::new(path);
    let bytes = file::read(path)?;
    let content = Content::of(&bytes);
    let zip = Npz::parse(bytes).map_err(|error| Error::new(path, error))?;
    let in_file = |error: Error| Error { path: path.join(error.path), ..error };
    Ok((training(&zip).map_err(in_file)?, content))
}

/// Returns the run in a ZIP file. The path of an error is a name in this file.
fn training(zip: &Npz) -> Result<Training, Error> {
    let has = |name: &str| zip.names().any(|other| other == name);
    let read = |name: &str| zip.read(name).map_err(|fault| Error::new(name.as_ref(), fault));

    let settings = Settings::parse(&String::from_utf8_lossy(&read(SETTINGS)?));
    let mut settings = settings.map_err(|error| Error::new(SETTINGS.as_ref(), error))?;
    if has(DATA) {
        let path = path_of(read(DATA)?.into_owned());
        settings.data = Some(path.map_err(|cause| Error::new(DATA.as_ref(), cause))?);
    }
    let numbers: Matrix<f64> = zip.matrix(IMAGES, [Some(1), Some(3)])?;
    let images = [0, 1, 2].map(|j| numbers[(0, j)] as usize);
    let [rows, cols, first_label] = images;
    if first_label > 1 || numbers.as_slice() != images.map(|number| number as f64) {
        let cause = "found other numbers than rows, columns and the first label";
        return Err(Error::new(IMAGES.as_ref(), cause));
    }
    let best = net(zip, "", &settings, [rows.checked_mul(cols), None])?;
    let sizes = [best.layers[0].0.rows(), best.layers[settings.hidden.len()].0.cols()];
    let net = net(zip, "last_", &settings, sizes.map(Some))?;
    let mut curve = Vec::new();
    if has(CURVE) {
        let rows: Matrix<f64> = zip.matrix(CURVE, [None, Some(4)])?;
        curve = rows.iter_rows().map(|row| [row[0], row[1], row[2], row[3]]).collect();
    }
    Ok(Training { settings, images, net, best, curve })
}

/// Returns the net in the files whose names start with `prefix`. `inputs` and `classes` are its first
/// and last size, as far as they are known.
fn net(
    zip: &Npz,
    prefix: &str,
    settings: &Settings,
    [inputs, classes]: [Option<usize>; 2],
) -> Result<Net, Error> {
    let mut rows = inputs;
    let sizes = settings.hidden.iter().map(|&units| Some(units)).chain([classes]);
    let layers = (1..).zip(sizes).map(|(n, cols)| {
        let w: Matrix<f32> = zip.matrix(&format!("{prefix}w{n}.npy"), [rows, cols])?;
        rows = Some(w.cols());
        let b = zip.matrix(&format!("{prefix}b{n}.npy"), [Some(1), rows])?;
        Ok((w, b))
    });
    Ok(Net { layers: layers.collect::<Result<_, _>>()? })
}

/// The file in which a run is saved.
#[derive(Debug)]
pub(crate) struct Save {
    pub file: OwnFile,
    /// The epoch of the state in it.
    epoch: usize,
}

impl Save {
    /// Tries a save before the work starts, so that a wrong path is found now. `resumed` is the file
    /// from which the run was resumed.
    pub(crate) fn prepare(
        path: &str,
        resumed: Option<(&str, Content)>,
        training: &Training,
    ) -> Result<Self, Error> {
        let path = Path::new(path);
        let content = resumed.filter(|(from, _)| same_file(Path::new(from), path));
        let epoch = if content.is_some() { training.curve.len() } else { 0 };
        let file = OwnFile::new(path, content.map(|(_, content)| content));
        file.try_write(&bytes_for(file.path(), training)?)?;
        Ok(Self { file, epoch })
    }

    /// Saves the state; in another file if this one was changed by someone else.
    pub(crate) fn save(&mut self, training: &Training) -> Result<(), Error> {
        self.file.write(&bytes_for(self.file.path(), training)?)?;
        self.epoch = training.curve.len();
        Ok(())
    }

    /// Saves the state at the end of a run, unless it is already saved. The error says which epochs are
    /// lost, or that the run is in another file.
    pub(crate) fn finish(&mut self, training: &Training) -> Result<(), String> {
        let last = training.curve.len();
        if self.epoch < last {
            self.save(training).map_err(|error| match self.epoch {
                0 => format!("{error}; none of the {} is saved", Count(last, "epoch")),
                epoch => format!("{error}; epochs {} to {last} are not saved", epoch + 1),
            })?;
        }
        self.file.elsewhere().map_or(Ok(()), Err)
    }
}

/// Returns the path with these bytes, which only Unix allows to be other than text.
fn path_of(bytes: Vec<u8>) -> Result<PathBuf, &'static str> {
    #[cfg(unix)]
    return Ok(<std::ffi::OsString as std::os::unix::ffi::OsStringExt>::from_vec(bytes).into());
    #[cfg(not(unix))]
    String::from_utf8(bytes).map(PathBuf::from).map_err(|_| "found no path")
}

#[cfg(test)]
mod tests;
