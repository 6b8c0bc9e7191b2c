//! MNIST: 60 000 handwritten digits to train on and 10 000 to test on, 28×28 pixels each.
//!
//! LeCun, Cortes and Burges, "The MNIST database of handwritten digits". Any other data set in the
//! same four files is read too: Fashion-MNIST and Kuzushiji-MNIST, which have the same names, QMNIST
//! and EMNIST, which have their own. So is the one NPZ file that Keras keeps, and a ZIP of the four.

use crate::fault::Fault;
use crate::foreign::{Wanted, foreign};
use crate::images::Images;
use crate::npz::{self, Npz};
use crate::{gzip, idx, npy};
use files::Error;
use files::file::{self, FileError};
use files::text::{Count, List, Shown, alike};
use std::collections::BTreeSet;
use std::fs::{DirEntry, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::thread;

/// The folder of the MNIST files that come with this crate.
pub fn mnist_dir() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("data/mnist")
}

/// The images to train on and those to test on, from the four files in the folder `dir` or in the ZIP
/// file `dir`.
///
/// Their names are `train-images-idx3-ubyte`, `train-labels-idx1-ubyte`, `t10k-images-idx3-ubyte`
/// and `t10k-labels-idx1-ubyte`, or the same with `test` for `t10k`, with `.idx` for `-idx`, with
/// `idx2-int` for `idx1-ubyte`, and with or without `.gz`.
///
/// All four may have the same beginning before that, as `emnist-letters-` has. Where one folder has
/// the files of several sets, `dir` is the folder and the beginning: `emnist/emnist-letters`.
///
/// In place of them an NPZ file has `x_train.npy`, `y_train.npy`, `x_test.npy` and `y_test.npy`, as
/// Keras' `mnist.npz` does.
///
/// There are as many classes as the labels of the training set have: the labels 0 … K − 1 or, if
/// none is 0, 1 … K.
///
/// # Errors
/// If a file is missing or is not what its name says, or if the four do not belong together.
pub fn mnist(dir: &Path) -> Result<(Images, Images), Error> {
    let place = &Place::of(dir).map_err(|error| crate::moved(error, &mnist_dir()))?;
    let read_test = || Set::read(place, &TEST);
    let (train, test) = thread::scope(|scope| {
        // Where no thread can be started, this one reads both.
        let test = thread::Builder::new().spawn_scoped(scope, read_test);
        let train = Set::read(place, &TRAIN);
        let join =
            |test: thread::ScopedJoinHandle<'_, _>| test.join().expect("errors are returned");
        (train, test.map_or_else(|_| read_test(), join))
    });
    let (train, test) = (train?, test?);
    if test.size != train.size {
        let [(rows, cols), (high, wide)] = [test.size, train.size];
        let found = format!("images of {rows}×{cols} pixels");
        let expected = format!("{high}×{wide} as in the training set");
        return Err(Error::new(&test.images_path, Fault::new(found, expected)));
    }
    let first = u8::from(!train.labels.contains(&0) && !test.labels.contains(&0));
    let last = train.last_label().map_err(|fault| Error::new(&train.labels_path, fault))?;
    if let Some(i) = test.labels.iter().position(|&label| label > last) {
        let found = format!("label {} for image {i}", test.labels[i]);
        let expected = format!("{first} to {last} as in the training set");
        return Err(Error::new(&test.labels_path, Fault::new(found, expected)));
    }
    Ok((train.into_images(first, last), test.into_images(first, last)))
}

/// The training set or the test set as its files have it.
struct Set {
    size: (usize, usize),
    pixels: Vec<u8>,
    labels: Vec<u8>,
    images_path: PathBuf,
    labels_path: PathBuf,
}

impl Set {
    fn read(place: &Place, [images, labels]: &[Part; 2]) -> Result<Self, Error> {
        let (images_path, labels_path) = (place.find(images)?, place.find(labels)?);
        let is_npy = |path: &Path| path.extension().is_some_and(|ending| ending == "npy");
        let parse_images: fn(&[u8]) -> Result<_, Fault> = match is_npy(&images_path) {
            true => npy::parse_images,
            false => idx::parse_images,
        };
        let parse_labels: fn(&[u8]) -> Result<_, Fault> = match is_npy(&labels_path) {
            true => npy::parse_labels,
            false => idx::parse_labels,
        };
        let (rows, cols, pixels) = place.read(&images_path, parse_images)?;
        let labels = place.read(&labels_path, parse_labels)?;
        let images = pixels.len() / (rows * cols);
        if labels.len() != images {
            let found = Count(labels.len(), "label").to_string();
            let fault = Fault::new(found, format!("{images}, one for each image"));
            return Err(Error::new(&labels_path, fault));
        }
        Ok(Self { size: (rows, cols), pixels, labels, images_path, labels_path })
    }

    /// The largest label, if the labels are those of classes.
    fn last_label(&self) -> Result<u8, Fault> {
        let mut count = [0; 256];
        self.labels.iter().for_each(|&label| count[usize::from(label)] += 1);
        let mut used = (0..=255).rev().filter(|&label: &u8| count[usize::from(label)] > 0);
        let last = used.next().unwrap_or(0);
        let Some(below) = used.next() else {
            let found = format!("label {last} for all images");
            return Err(Fault::new(found, "two labels or more"));
        };
        // A label that next to no image has, far from the others, is damaged.
        if below + 1 < last && count[usize::from(last)] <= self.labels.len() / 1000 {
            let image = self.labels.iter().position(|&label| label == last).unwrap_or(0);
            let gap = format!("none from {} to {}", below + 1, last - 1);
            return Err(Fault::new(format!("label {last} for image {image} and {gap}"), "no gap"));
        }
        Ok(last)
    }

    fn into_images(self, first: u8, last: u8) -> Images {
        let Self { size: (rows, cols), pixels, labels, .. } = self;
        let labels = labels.into_iter().map(|label| usize::from(label - first)).collect();
        let classes = usize::from(last - first) + 1;
        Images { rows, cols, pixels, labels, classes, first_label: first.into() }
    }
}

/// One of the four files: the usual starts of its name and how they go on, and the array of Keras'
/// file that holds the same.
struct Part {
    sets: &'static [&'static str],
    contents: &'static [&'static str],
    array: &'static str,
}

const IMAGES: &[&str] = &["images-idx3-ubyte"];
const LABELS: &[&str] = &["labels-idx1-ubyte", "labels-idx2-int"];
const TRAIN: [Part; 2] = [
    Part { sets: &["train"], contents: IMAGES, array: "x_train.npy" },
    Part { sets: &["train"], contents: LABELS, array: "y_train.npy" },
];
const TEST: [Part; 2] = [
    Part { sets: &["t10k", "test"], contents: IMAGES, array: "x_test.npy" },
    Part { sets: &["t10k", "test"], contents: LABELS, array: "y_test.npy" },
];

impl Part {
    /// The usual names of the file.
    fn names(&self) -> impl Iterator<Item = String> {
        self.sets
            .iter()
            .flat_map(|set| self.contents.iter().map(move |content| format!("{set}-{content}")))
            .flat_map(|name| [name.clone(), name.replace("-idx", ".idx")])
            .flat_map(|name| [name.clone(), format!("{name}.gz")])
    }
}

fn parts() -> impl Iterator<Item = &'static Part> {
    TRAIN.iter().chain(&TEST)
}

/// Where the four files are: a folder, or the ZIP file with this content.
struct Place {
    path: PathBuf,
    zip: Option<Npz>,
    /// The prefix of the usual names, such as `emnist-letters-`.
    prefix: String,
}

impl Place {
    /// The place that `dir` names: a folder or a ZIP file, or one of these and the start of the names.
    fn of(dir: &Path) -> Result<Self, Error> {
        let error = match dir.metadata() {
            Ok(_) => return Self::open(dir)?.with_prefix(),
            Err(error) => FileError::of(dir, error),
        };
        let path = match dir.parent() {
            Some(parent) if parent.as_os_str().is_empty() => Path::new("."),
            Some(parent) => parent,
            None => dir,
        };
        if (matches!(error, FileError::Missing(_)) || path.is_file())
            && let Some(name) = dir.file_name().and_then(|name| name.to_str())
            && let Ok(place) = Self::open(path)
            && let Some(prefix) = place.prefixes().into_iter().find(|prefix| shown(prefix) == name)
        {
            return Ok(Self { prefix, ..place });
        }
        Err(Error::new(dir, error))
    }

    /// A folder or a ZIP file, without a prefix.
    fn open(path: &Path) -> Result<Self, Error> {
        let mut place = Self { path: path.to_owned(), zip: None, prefix: String::new() };
        if !path.is_dir() {
            let mut start = Vec::new();
            let read = File::open(path).and_then(|file| file.take(1 << 16).read_to_end(&mut start));
            if read.is_err() {
                return Err(Error::new(path, FileError::NoFolder));
            }
            if !npz::is_zip(&start) {
                return Err(not_a_folder(path, &start));
            }
            let zip = Npz::parse(file::read(path)?).map_err(|error| Error::new(path, error))?;
            place.zip = Some(zip);
        }
        Ok(place)
    }

    /// The same with the one prefix that the files here have, if they don't have the usual names.
    fn with_prefix(mut self) -> Result<Self, Error> {
        if parts().any(|part| self.path_of(part).is_some()) {
            return Ok(self);
        }
        let mut prefixes = Vec::from_iter(self.prefixes());
        if prefixes.iter().any(|prefix| self.has_all(prefix)) {
            prefixes.retain(|prefix| self.has_all(prefix));
        }
        if prefixes.len() > 1 {
            let names: Vec<String> = prefixes.iter().map(|prefix| shown(prefix).into()).collect();
            let example = self.path.join(&names[0]);
            let expected = format!("those of one: name it, as in {}", Shown(&example));
            let fault = Fault::new(format!("the files of {}", List(&names)), expected);
            return Err(Error::new(&self.path, fault));
        }
        self.prefix = prefixes.pop().unwrap_or_default();
        Ok(self)
    }

    /// The prefixes of usual names among the files here.
    fn prefixes(&self) -> BTreeSet<String> {
        let usual: Vec<String> = parts().flat_map(Part::names).collect();
        let prefix = |name: &str| {
            let prefix = usual.iter().find_map(|usual| name.strip_suffix(usual.as_str()))?;
            prefix.ends_with(SEPARATORS).then(|| prefix.to_owned())
        };
        match &self.zip {
            Some(zip) => zip.names().filter_map(|name| prefix(last_part(name))).collect(),
            None => entries_in(&self.path).filter_map(|name| prefix(&name)).collect(),
        }
    }

    /// The path of a file in a folder or a ZIP file, if it exists.
    fn path_of(&self, part: &Part) -> Option<PathBuf> {
        self.path_with(&self.prefix, part)
    }

    fn path_with(&self, prefix: &str, part: &Part) -> Option<PathBuf> {
        let mut names = part.names().map(|name| format!("{prefix}{name}"));
        let Some(zip) = &self.zip else {
            return names.map(|name| self.path.join(name)).find(|path| path.is_file());
        };
        let usual: Vec<String> = names.by_ref().collect();
        let is_it = |name: &&str| *name == part.array || usual.iter().any(|u| u == last_part(name));
        zip.names().find(is_it).map(|name| self.path.join(name))
    }

    fn has_all(&self, prefix: &str) -> bool {
        parts().all(|part| self.path_with(prefix, part).is_some())
    }

    /// Reads the file at this path, which may be in the ZIP file.
    fn read<T>(
        &self,
        path: &Path,
        parse: impl FnOnce(&[u8]) -> Result<T, Fault>,
    ) -> Result<T, Error> {
        let result = match &self.zip {
            None => parse(&file::read(path)?),
            Some(zip) => {
                let name = path.strip_prefix(&self.path).unwrap_or(path).to_string_lossy();
                zip.read(&name).and_then(|bytes| parse(&bytes))
            }
        };
        result.map_err(|fault| Error::new(path, fault))
    }

    /// As [`path_of`](Self::path_of), or an error that says what is in the way, where else the file
    /// is, or what looks like it.
    fn find(&self, part: &Part) -> Result<PathBuf, Error> {
        if let Some(path) = self.path_of(part) {
            return Ok(path);
        }
        let name = format!("{}{}-{}", self.prefix, part.sets[0], part.contents[0]);
        if self.zip.is_some() {
            let found = format!("neither {name} nor {} in this ZIP file", part.array);
            return Err(Error::new(&self.path, Fault::new(found, "one")));
        }
        let names = part.names().map(|name| self.path.join(format!("{}{name}", self.prefix)));
        let obstacle = names.filter_map(|path| Some((obstacle(&path)?, path))).next();
        match obstacle {
            // The file may be in a folder of its name.
            None | Some((FileError::Folder, _)) => {}
            Some((error, path)) => return Err(Error::new(&path, error)),
        }
        // Often the files are a folder or two further down, or one further up.
        let mut nearby = folders_in(&self.path);
        nearby.extend(nearby.clone().iter().flat_map(|dir| folders_in(dir)));
        nearby
            .extend(self.path.canonicalize().ok().and_then(|dir| dir.parent().map(Path::to_owned)));
        let places = nearby.into_iter();
        let places = places.map(|path| Self { path, zip: None, prefix: self.prefix.clone() });
        let places: Vec<Self> = places.filter(|place| place.path_of(part).is_some()).collect();
        let has_all = places.iter().find(|place| place.has_all(&self.prefix));
        let advice = match (has_all, &places[..], obstacle) {
            (Some(place), ..) => format!("; all four files are in {}", Shown(&place.path)),
            (None, [place, ..], _) => {
                let rule = "but all four have to be in one folder";
                format!("; this file is in {}, {rule}", Shown(&place.path))
            }
            (None, [], Some((error, path))) => return Err(Error::new(&path, error)),
            (None, [], None) => {
                let is_mnist = |name: &String| name.to_lowercase().starts_with("mnist");
                let mut alike = alike(&name, entries_in(&self.path));
                alike.extend(entries_in(&self.path).filter(is_mnist));
                alike.truncate(5);
                match &alike[..] {
                    [] => String::new(),
                    [_] => format!("; there is {}", List(&alike)),
                    _ => format!("; there are {}", List(&alike)),
                }
            }
        };
        let found = format!("neither {name} nor {name}.gz in this folder");
        Err(Error::new(&self.path, Fault::new(found, format!("one{advice}"))))
    }
}

/// The characters between a prefix and the usual name.
const SEPARATORS: [char; 3] = ['-', '_', '.'];

/// A prefix as people type it.
fn shown(prefix: &str) -> &str {
    prefix.trim_end_matches(SEPARATORS)
}

/// The error that `path` is a file that starts so, of this kind if it is known.
fn not_a_folder(path: &Path, start: &[u8]) -> Error {
    let inner = gzip::decompress_start(start, 512);
    let start = if inner.is_empty() { start } else { &inner };
    // Readers do not name their own format, but here IDX is as foreign as any other.
    match foreign(start, Wanted::Idx).or_else(|| foreign(start, Wanted::Npy)) {
        Some(found) => {
            let expected = "the folder of the four files".to_owned();
            Error::new(path, Fault { expected, ..found })
        }
        None => Error::new(path, FileError::NoFolder),
    }
}

/// The reason why `path` cannot be read, if there is one.
fn obstacle(path: &Path) -> Option<FileError> {
    match path.metadata() {
        Ok(metadata) => metadata.is_dir().then_some(FileError::Folder),
        Err(error) if error.kind() == io::ErrorKind::NotFound && !path.is_symlink() => None,
        Err(error) => Some(FileError::of(path, error)),
    }
}

/// The name of a file in a ZIP file, without its folders.
fn last_part(name: &str) -> &str {
    name.rsplit('/').next().unwrap_or(name)
}

/// The names in `folder`. Of a large folder only ten thousand are looked at.
fn entries_in(folder: &Path) -> impl Iterator<Item = String> {
    let entries = folder.read_dir().into_iter().flatten().take(10_000).filter_map(Result::ok);
    entries.map(|entry| entry.file_name().to_string_lossy().into_owned())
}

/// The first hundred folders in `dir`, in order of their names. Of a large folder only ten thousand
/// entries are looked at.
fn folders_in(dir: &Path) -> Vec<PathBuf> {
    let Ok(entries) = dir.read_dir() else { return Vec::new() };
    // Most entries of large folders are files, which needs no further call; a link may be either.
    let no_file = |entry: &DirEntry| entry.file_type().is_ok_and(|kind| !kind.is_file());
    let entries = entries.take(10_000).filter_map(Result::ok).filter(no_file);
    let mut folders: Vec<PathBuf> =
        entries.map(|entry| entry.path()).filter(|path| path.is_dir()).collect();
    folders.sort();
    folders.truncate(100);
    folders
}

#[cfg(test)]
mod tests;
