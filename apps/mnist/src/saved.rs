//! A training run kept in a folder: its settings as text, its matrices in NumPy's format.
//!
//! `w1.npy` … `b3.npy` are the best net, `last_w1.npy` … the net after the last epoch, from which a
//! run goes on, and `curve.npy` the loss and the batch accuracy of each epoch. The whole folder is
//! replaced at once: what was saved before stays until the new state is complete.

use crate::train::{Settings, Training};
use datasets::{file, npy};
use matrix::{Matrix, Real};
use nets::ThreeNet;
use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

const SETTINGS: &str = "settings.txt";
const CURVE: &str = "curve.npy";
const PARAMETERS: [&str; 6] = ["w1", "b1", "w2", "b2", "w3", "b3"];

/// Why a run cannot be saved or loaded.
#[derive(Debug)]
pub enum SavedError {
    /// A file cannot be read, written or understood.
    File(datasets::Error),
    /// A folder cannot be made, moved or listed.
    Folder(PathBuf, io::Error),
    /// The folder holds a file that no save wrote, so that it cannot be replaced.
    Foreign(PathBuf, String),
    /// The last part of the path is no name, so that nothing can be put beside it.
    Nameless(PathBuf),
    /// There is no such folder, but a save that was cut short left the state before it here.
    Interrupted(PathBuf, PathBuf),
    /// A line of the settings is not `name = value` with a known name, once.
    Line(PathBuf, usize, String),
    /// A value of the settings is not what its name needs.
    Value(PathBuf, usize, String),
    /// The settings lack this name.
    Missing(PathBuf, &'static str),
    /// A matrix has another shape than the matrices before it need.
    Shape(PathBuf, (usize, usize), (usize, usize)),
}

impl fmt::Display for SavedError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let in_folder = |path: &Path| path.display().to_string().escape_debug().to_string();
        match self {
            Self::File(error) => error.fmt(f),
            Self::Folder(path, error) => write!(f, "{}: {error}", in_folder(path)),
            Self::Foreign(path, name) => write!(
                f,
                "{}: found {name:?}, expected a new folder, an empty one or an earlier save",
                in_folder(path)
            ),
            Self::Nameless(path) => {
                write!(f, "{}: expected a path that ends in a folder's name", in_folder(path))
            }
            Self::Interrupted(path, old) => write!(
                f,
                "{}: no such folder; a save was cut short, and the state before it is in {}",
                in_folder(path),
                in_folder(old)
            ),
            Self::Line(path, line, found) => write!(
                f,
                "{}: line {line}: found {found:?}, expected one of the settings, once",
                in_folder(path)
            ),
            Self::Value(path, line, found) => {
                write!(f, "{}: line {line}: found {found:?}, out of range", in_folder(path))
            }
            Self::Missing(path, name) => {
                write!(f, "{}: found no line {name:?}, expected one", in_folder(path))
            }
            Self::Shape(path, (rows, cols), (m, n)) => {
                write!(f, "{}: found shape {rows}×{cols}, expected {m}×{n}", in_folder(path))
            }
        }
    }
}

impl std::error::Error for SavedError {}

impl From<datasets::Error> for SavedError {
    fn from(error: datasets::Error) -> Self {
        Self::File(error)
    }
}

/// A folder that a run can be saved to.
pub struct Folder {
    path: PathBuf,
}

impl Folder {
    /// Checks before the work starts that `path` can be saved to, now and again later.
    pub fn prepare(path: &str) -> Result<Self, SavedError> {
        let path = Path::new(path);
        // A link stays a link: the folder it leads to is replaced.
        let path = path.canonicalize().unwrap_or(path.to_owned());
        if path.file_name().is_none() {
            return Err(SavedError::Nameless(path));
        }
        let folder = Self { path };
        for path in [&folder.path, &folder.beside("new"), &folder.beside("old")] {
            check_own(path)?;
        }
        let new = folder.beside("new");
        fs::create_dir_all(&new).map_err(|error| SavedError::Folder(new, error))?;
        remove(&folder.beside("new"))?;
        Ok(folder)
    }

    /// `DIR.new` or `DIR.old` for `DIR`.
    fn beside(&self, ending: &str) -> PathBuf {
        let mut name = self.path.file_name().expect("checked").to_owned();
        name.push(".");
        name.push(ending);
        self.path.with_file_name(name)
    }

    /// Replaces what is in the folder by `training`.
    pub fn save(&self, settings: &Settings, training: &Training) -> Result<(), SavedError> {
        let (new, old) = (self.beside("new"), self.beside("old"));
        remove(&new)?;
        fs::create_dir(&new).map_err(|error| SavedError::Folder(new.clone(), error))?;
        file::write(&new.join(SETTINGS), settings_text(settings, training).as_bytes())?;
        for (prefix, net) in [("", &training.best), ("last_", &training.net)] {
            for (name, parameter) in PARAMETERS.iter().zip(parameters(net)) {
                npy::write(&new.join(format!("{prefix}{name}.npy")), parameter)?;
            }
        }
        let curve = [&training.losses, &training.accuracies];
        let curve = Matrix::from_fn(training.losses.len(), 2, |i, j| curve[j][i]);
        npy::write(&new.join(CURVE), &curve)?;

        let rename = |from: &Path, to: &Path| {
            fs::rename(from, to).map_err(|error| SavedError::Folder(to.to_owned(), error))
        };
        if self.path.exists() {
            check_own(&self.path)?;
            remove(&old)?;
            rename(&self.path, &old)?;
        }
        rename(&new, &self.path)?;
        remove(&old)
    }
}

/// Reads a run.
pub fn load(path: &str) -> Result<(Settings, Training), SavedError> {
    let folder = Path::new(path);
    if !folder.exists() {
        let mut old = folder.as_os_str().to_owned();
        old.push(".old");
        let old = PathBuf::from(old);
        if old.exists() {
            return Err(SavedError::Interrupted(folder.to_owned(), old));
        }
    }
    let path = folder.join(SETTINGS);
    let text = file::read(&path)?;
    let (settings, best_accuracy) = parse_settings(&path, &String::from_utf8_lossy(&text))?;
    let best = load_net(folder, "", settings.hidden)?;
    let net = load_net(folder, "last_", settings.hidden)?;
    let (d, last_d) = (best.w1.shape(), net.w1.shape());
    check_shape(folder.join("last_w1.npy"), last_d, d)?;
    let curve = npy::read::<f64>(&folder.join(CURVE))?;
    check_shape(folder.join(CURVE), curve.shape(), (curve.rows(), 2))?;
    let column = |j| curve.iter_rows().map(|row: &[f64]| row[j]).collect();
    let (losses, accuracies) = (column(0), column(1));
    Ok((settings, Training { net, best, best_accuracy, losses, accuracies }))
}

/// The net in the files of `folder` whose names start with `prefix`.
fn load_net(
    folder: &Path,
    prefix: &str,
    [h1, h2]: [usize; 2],
) -> Result<ThreeNet<f32>, SavedError> {
    let path = |name: &str| folder.join(format!("{prefix}{name}.npy"));
    let read = |name: &str, shape: Option<(usize, usize)>| {
        let matrix: Matrix<f32> = npy::read(&path(name))?;
        let expected = shape.unwrap_or((matrix.rows(), h1));
        check_shape(path(name), matrix.shape(), expected)?;
        Ok::<_, SavedError>(matrix)
    };
    Ok(ThreeNet {
        w1: read("w1", None)?,
        b1: read("b1", Some((1, h1)))?,
        w2: read("w2", Some((h1, h2)))?,
        b2: read("b2", Some((1, h2)))?,
        w3: read("w3", Some((h2, 10)))?,
        b3: read("b3", Some((1, 10)))?,
    })
}

fn check_shape(
    path: PathBuf,
    found: (usize, usize),
    expected: (usize, usize),
) -> Result<(), SavedError> {
    if found == expected { Ok(()) } else { Err(SavedError::Shape(path, found, expected)) }
}

fn parameters<T: Real>(net: &ThreeNet<T>) -> [&Matrix<T>; 6] {
    [&net.w1, &net.b1, &net.w2, &net.b2, &net.w3, &net.b3]
}

fn settings_text(settings: &Settings, training: &Training) -> String {
    let Settings { hidden: [h1, h2], batch, rate, lambda, scale, seed } = settings;
    let (epochs, best_accuracy) = (training.losses.len(), training.best_accuracy);
    format!(
        "# ThreeNet after {epochs} epochs: cargo run -p mnist -- --load DIR\n\
         hidden1 = {h1}\nhidden2 = {h2}\nbatch = {batch}\nrate = {rate}\nlambda = {lambda}\n\
         scale = {scale}\nseed = {seed}\nbest_accuracy = {best_accuracy}\n"
    )
}

/// The settings and the best accuracy in the text of `settings.txt`.
fn parse_settings(path: &Path, text: &str) -> Result<(Settings, f64), SavedError> {
    const NAMES: [&str; 8] =
        ["hidden1", "hidden2", "batch", "rate", "lambda", "scale", "seed", "best_accuracy"];
    let mut values: [Option<(usize, &str)>; 8] = [None; 8];
    for (i, line) in text.lines().enumerate() {
        if line.trim().is_empty() || line.starts_with('#') {
            continue;
        }
        let unknown = || SavedError::Line(path.to_owned(), i + 1, line.chars().take(60).collect());
        let (name, value) = line.split_once('=').ok_or_else(unknown)?;
        let place = NAMES.iter().position(|&n| n == name.trim()).ok_or_else(unknown)?;
        if values[place].replace((i + 1, value.trim())).is_some() {
            return Err(unknown());
        }
    }
    let value = |place: usize, least: f64, most: f64| {
        let name = NAMES[place];
        let (line, text) = values[place].ok_or(SavedError::Missing(path.to_owned(), name))?;
        let number = text.parse().ok().filter(|x| (least..=most).contains(x));
        number.ok_or_else(|| {
            let found = text.chars().take(60).collect();
            SavedError::Value(path.to_owned(), line, found)
        })
    };
    let whole = |place: usize, most: f64| value(place, 1.0, most).map(|x: f64| x as usize);
    let settings = Settings {
        hidden: [whole(0, 1e4)?, whole(1, 1e4)?],
        batch: whole(2, 1e9)?,
        rate: value(3, f64::MIN_POSITIVE, f32::MAX.into())? as f32,
        lambda: value(4, 0.0, f32::MAX.into())? as f32,
        scale: value(5, f64::MIN_POSITIVE, f64::MAX)?,
        seed: {
            value(6, 0.0, u64::MAX as f64)?;
            let (line, text) = values[6].expect("it has a value");
            text.parse().map_err(|_| SavedError::Value(path.to_owned(), line, text.into()))?
        },
    };
    Ok((settings, value(7, 0.0, 1.0)?))
}

/// Whether a save writes a file of this name.
fn is_own(name: &str) -> bool {
    let parameter =
        name.strip_suffix(".npy").map(|name| name.strip_prefix("last_").unwrap_or(name));
    name == SETTINGS || name == CURVE || parameter.is_some_and(|name| PARAMETERS.contains(&name))
}

/// The names in a folder, none if there is no such folder.
fn names(path: &Path) -> Result<Vec<String>, SavedError> {
    let list = || -> io::Result<Vec<String>> {
        let entries = match fs::read_dir(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            entries => entries?,
        };
        entries.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned())).collect()
    };
    list().map_err(|error| SavedError::Folder(path.to_owned(), error))
}

/// Refuses a folder that holds anything but what a save writes.
fn check_own(path: &Path) -> Result<(), SavedError> {
    match names(path)?.into_iter().find(|name| !is_own(name)) {
        Some(name) => Err(SavedError::Foreign(path.to_owned(), name)),
        None => Ok(()),
    }
}

/// Removes a folder that a save wrote, if there is one.
fn remove(path: &Path) -> Result<(), SavedError> {
    check_own(path)?;
    match fs::remove_dir_all(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(SavedError::Folder(path.to_owned(), error))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests;
