//! A training run kept in a folder: its settings as text, its matrices in NumPy's format.
//!
//! `w1.npy` … `b3.npy` are the best net, `last_w1.npy` … the net after the last epoch, from which a
//! run goes on, and `curve.npy` the loss and the batch accuracy of each epoch. `settings.txt` is
//! written last, so that a folder that has it is complete.
//!
//! A save fills a folder `.NAME.saving` beside the folder NAME and then takes its place by renaming;
//! what was there before goes to `.NAME.before` until that is done. Whenever a save is cut short,
//! one complete state is there under one of the three names, and `load` and the next save find it.

use crate::settings::{Settings, SettingsError};
use crate::training::Training;
use datasets::{Images, file, npy};
use matrix::{Matrix, Real};
use nets::ThreeNet;
use std::env;
use std::ffi::OsString;
use std::fmt;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

const SETTINGS: &str = "settings.txt";
const CURVE: &str = "curve.npy";
const PARAMETERS: [&str; 6] = ["w1", "b1", "w2", "b2", "w3", "b3"];
/// What `settings.txt` starts with.
const HEADER: &str = "# ThreeNet after ";

/// Why a run cannot be saved or loaded.
#[derive(Debug)]
pub(crate) enum SavedError {
    /// A file cannot be read or understood.
    File(datasets::Error),
    /// A file or folder cannot be made, moved or listed.
    Io(PathBuf, io::Error),
    /// The new state is complete, in the second folder, but cannot take the place of the first.
    Stranded(PathBuf, PathBuf, io::Error),
    /// The folder holds a file that no save wrote, so that it cannot be replaced.
    Foreign(PathBuf, String),
    /// The last part of the path is no name, so that nothing can be put beside it.
    Nameless(PathBuf),
    /// The program runs in the folder, so that it cannot be replaced by another.
    Current(PathBuf),
    /// The text of the settings is none.
    Settings(PathBuf, SettingsError),
    /// A matrix has another shape than the matrices before it need.
    Shape(PathBuf, (usize, usize), (usize, usize)),
    /// A parameter is infinite or not a number.
    NotFinite(PathBuf),
}

impl fmt::Display for SavedError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = |path: &Path| path.display().to_string().escape_debug().to_string();
        match self {
            Self::File(error) => error.fmt(f),
            Self::Io(path, error) => write!(f, "{}: {error}", shown(path)),
            Self::Stranded(path, saving, error) => {
                write!(f, "{}: {error}; the new state is in {}", shown(path), shown(saving))
            }
            Self::Foreign(path, name) => write!(
                f,
                "{}: found {name:?}, expected a new folder, an empty one or an earlier save",
                shown(path)
            ),
            Self::Nameless(path) => {
                write!(f, "{}: expected a path that ends in a folder's name", shown(path))
            }
            Self::Current(path) => {
                write!(f, "{}: found the folder to run in, expected another one", shown(path))
            }
            Self::Settings(path, error) => {
                write!(f, "{}: ", shown(path))?;
                match error {
                    SettingsError::Line { line, found } => {
                        write!(
                            f,
                            "line {line}: found {found:?}, expected one of the settings, once"
                        )
                    }
                    SettingsError::Value { line, found } => {
                        write!(f, "line {line}: found {found:?}, out of range")
                    }
                    SettingsError::Missing { name } => {
                        write!(f, "found no line {name:?}, expected one")
                    }
                }
            }
            Self::Shape(path, (rows, cols), (m, n)) => {
                write!(f, "{}: found shape {rows}×{cols}, expected {m}×{n}", shown(path))
            }
            Self::NotFinite(path) => {
                write!(f, "{}: found a number that is not finite", shown(path))
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

/// What `map_err` makes of an error with this path.
fn at(path: &Path) -> impl Fn(io::Error) -> SavedError {
    |error| SavedError::Io(path.to_owned(), error)
}

/// A folder that a run can be saved to.
pub(crate) struct Folder {
    path: PathBuf,
    saving: PathBuf,
    before: PathBuf,
}

impl Folder {
    fn new(path: &str) -> Result<Self, SavedError> {
        let path = Path::new(path);
        // A link stays a link: the folder it leads to is replaced.
        let path = path.canonicalize().unwrap_or(path.to_owned());
        let Some(name) = path.file_name() else { return Err(SavedError::Nameless(path)) };
        let beside = |ending: &str| {
            let mut hidden = OsString::from(".");
            hidden.push(name);
            hidden.push(ending);
            path.with_file_name(hidden)
        };
        Ok(Self { saving: beside(".saving"), before: beside(".before"), path })
    }

    /// Where the state is: elsewhere than in the folder only if a save was cut short.
    fn state(&self) -> &Path {
        let complete = |path: &&&PathBuf| path.join(SETTINGS).is_file();
        [&self.path, &self.saving, &self.before].iter().find(complete).unwrap_or(&&self.path)
    }

    /// Makes the folder if there is none, and checks before the work starts that it can be saved to.
    pub(crate) fn prepare(path: &str) -> Result<Self, SavedError> {
        let folder = Self::new(path)?;
        let Self { path, saving, before } = &folder;
        if env::current_dir().is_ok_and(|current| current.starts_with(path)) {
            return Err(SavedError::Current(path.clone()));
        }
        if folder.state() == path {
            fs::create_dir_all(path).map_err(at(path))?;
        } else {
            // It takes the place of an empty folder, too.
            let _ = fs::remove_dir(path);
            fs::rename(folder.state(), path).map_err(at(path))?;
        }
        folder.check()?;
        remove(saving)?;
        remove(before)?;
        fs::rename(path, before).and_then(|()| fs::rename(before, path)).map_err(at(path))?;
        Ok(folder)
    }

    /// Refuses a folder that holds anything but what a save writes.
    fn check(&self) -> Result<(), SavedError> {
        let names = names(&self.path)?;
        let settings = fs::read_to_string(self.path.join(SETTINGS)).unwrap_or_default();
        let is_save = settings.starts_with(HEADER);
        match names.into_iter().find(|name| !is_save || !is_own(name)) {
            Some(name) => Err(SavedError::Foreign(self.path.clone(), name)),
            None => Ok(()),
        }
    }

    /// Refuses a file in the folder: it would be in the way of the first save.
    pub(crate) fn check_without(&self, file: &Path) -> Result<(), SavedError> {
        let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
        let folder = folder.unwrap_or(Path::new(".")).canonicalize();
        match file.file_name() {
            Some(name) if folder.is_ok_and(|folder| folder == self.path) => {
                Err(SavedError::Foreign(self.path.clone(), name.to_string_lossy().into()))
            }
            _ => Ok(()),
        }
    }

    /// Replaces what is in the folder by `training`.
    pub(crate) fn save(&self, settings: &Settings, training: &Training) -> Result<(), SavedError> {
        let Self { path, saving, before } = self;
        remove(saving)?;
        remove(before)?;
        // Half a state is of no use to anybody.
        self.fill(settings, training).inspect_err(|_| _ = remove(saving))?;
        self.check()?;
        let stranded = |error| SavedError::Stranded(path.clone(), saving.clone(), error);
        match fs::rename(path, before) {
            // Somebody has removed it meanwhile.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            moved => moved.map_err(stranded)?,
        }
        if let Err(error) = fs::rename(saving, path) {
            // If this fails too, the state before is found under its second name.
            let _ = fs::rename(before, path);
            return Err(stranded(error));
        }
        remove(before)
    }

    /// Writes all files of a state to the folder `.NAME.saving`.
    fn fill(&self, settings: &Settings, training: &Training) -> Result<(), SavedError> {
        let saving = &self.saving;
        fs::create_dir(saving).map_err(at(saving))?;
        let write = |name: &str, bytes: &[u8]| {
            let path = saving.join(name);
            let write = |mut file: File| file.write_all(bytes).and_then(|()| file.sync_all());
            File::create_new(&path).and_then(write).map_err(at(&path))
        };
        for (prefix, net) in [("", &training.best), ("last_", &training.net)] {
            for (name, parameter) in PARAMETERS.iter().zip(parameters(net)) {
                write(&format!("{prefix}{name}.npy"), &npy::to_bytes(parameter))?;
            }
        }
        let curve = [&training.losses, &training.accuracies];
        let curve = Matrix::from_fn(training.losses.len(), 2, |i, j| curve[j][i]);
        write(CURVE, &npy::to_bytes(&curve))?;
        let epochs = training.losses.len();
        let header = format!("{HEADER}{epochs} epochs: cargo run -p mnist -- --load DIR\n");
        let text = header + &settings.to_text(training.best_accuracy);
        write(SETTINGS, text.as_bytes())?;
        match fs::metadata(&self.path) {
            Ok(old) => fs::set_permissions(saving, old.permissions()).map_err(at(saving)),
            Err(_) => Ok(()),
        }
    }
}

/// Reads a run, to go on with it or else to test its best net. For a test, the best net and the
/// settings are enough.
pub(crate) fn load(path: &str, to_resume: bool) -> Result<(Settings, Training), SavedError> {
    let folder = Folder::new(path)?;
    // Messages name the folder as it was asked for.
    let folder = if folder.state() == folder.path { Path::new(path) } else { folder.state() };
    let path = folder.join(SETTINGS);
    let text = file::read(&path)?;
    let settings = Settings::parse(&String::from_utf8_lossy(&text));
    let (settings, best_accuracy) = settings.map_err(|error| SavedError::Settings(path, error))?;
    let best = load_net(folder, "", settings.hidden)?;
    let is_there = |name: &str| to_resume || folder.join(name).exists();
    let mut net = best.clone();
    if is_there("last_w1.npy") {
        net = load_net(folder, "last_", settings.hidden)?;
        check_shape(folder.join("last_w1.npy"), net.w1.shape(), best.w1.shape())?;
    }
    let (mut losses, mut accuracies) = (Vec::new(), Vec::new());
    if is_there(CURVE) {
        let curve = npy::read::<f64>(&folder.join(CURVE))?;
        check_shape(folder.join(CURVE), curve.shape(), (curve.rows(), 2))?;
        let column = |j| curve.iter_rows().map(|row: &[f64]| row[j]).collect();
        (losses, accuracies) = (column(0), column(1));
    }
    Ok((settings, Training { net, best, best_accuracy, losses, accuracies }))
}

/// Refuses a net that was trained on images of another size.
pub(crate) fn check_size(dir: &str, net: &ThreeNet<f32>, images: &Images) -> Result<(), String> {
    let (d, pixels) = (net.w1.rows(), images.rows * images.cols);
    if d == pixels {
        return Ok(());
    }
    Err(format!("{dir}: found a net for {d} pixels, expected {pixels} as the images have"))
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
        if matrix.is_finite() { Ok(matrix) } else { Err(SavedError::NotFinite(path(name))) }
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
    list().map_err(at(path))
}

/// Removes what a save that was cut short left under a hidden name, if there is anything.
fn remove(path: &Path) -> Result<(), SavedError> {
    if let Some(name) = names(path)?.into_iter().find(|name| !is_own(name)) {
        return Err(SavedError::Foreign(path.to_owned(), name));
    }
    match fs::remove_dir_all(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(at(path)(error)),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests;
