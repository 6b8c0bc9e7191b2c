//! MNIST: 60 000 handwritten digits to train on and 10 000 to test on, 28×28 pixels each.
//!
//! LeCun, Cortes and Burges, "The MNIST database of handwritten digits". Any other data set in the
//! same four files is read too: Fashion-MNIST and Kuzushiji-MNIST, which have the same names, QMNIST
//! and EMNIST, which have their own. So is the one NPZ file that Keras keeps, and a ZIP of the four.

use crate::foreign::{Wanted, foreign};
use crate::npz::{self, Npz};
use crate::{gzip, idx, npy};
use files::Error;
use files::file::{self, FileError};
use files::text::{Count, List, Shown, alike};
use matrix::{Matrix, Real, Rng};
use std::collections::BTreeSet;
use std::fmt;
use std::fs::{DirEntry, File};
use std::io::{self, Read};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::thread;

/// Images and their labels. Pixels stay bytes until a batch of them is gathered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Images {
    /// The height of each image.
    pub rows: usize,
    /// The width of each image.
    pub cols: usize,
    /// The pixels, image after image and row after row; 0 is the background.
    pub pixels: Vec<u8>,
    /// The class of each image: 0 … K − 1. In MNIST the digit that it shows.
    pub labels: Vec<u8>,
    /// The number of classes, K: 10 in MNIST.
    pub classes: usize,
    /// What the files call class 0: 0 in MNIST; 1 in EMNIST's letters, whose labels are 1 … 26.
    pub first_label: u8,
}

impl Images {
    /// The number of images.
    #[expect(clippy::len_without_is_empty, reason = "a set that was read is never empty")]
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// The pixels of image i, row after row.
    ///
    /// # Panics
    /// If there is no image i.
    #[track_caller]
    pub fn image(&self, i: usize) -> &[u8] {
        assert!(i < self.len(), "image: {i} of {}", self.len());
        let d = self.rows * self.cols;
        &self.pixels[i * d..(i + 1) * d]
    }

    /// Puts the images, with their labels, into a random order: [`Rng::shuffle`] in place, without a
    /// second copy of all pixels.
    pub fn shuffle(&mut self, rng: &mut Rng) {
        let d = self.rows * self.cols;
        for i in (1..self.len()).rev() {
            let j = rng.below(i + 1);
            self.labels.swap(i, j);
            let (before, from_i) = self.pixels.split_at_mut(i * d);
            if j < i {
                before[j * d..][..d].swap_with_slice(&mut from_i[..d]);
            }
        }
    }

    /// Takes the images from number `at` on out of the set.
    ///
    /// # Panics
    /// If there are fewer than `at` images.
    #[track_caller]
    pub fn split_off(&mut self, at: usize) -> Self {
        let pixels = self.pixels.split_off(at * self.rows * self.cols);
        Self { pixels, labels: self.labels.split_off(at), ..*self }
    }

    /// Makes each row of each image a column: EMNIST's images lie on their side.
    pub fn transpose(&mut self) {
        let Self { rows, cols, .. } = *self;
        let mut pixels = Vec::with_capacity(self.pixels.len());
        for image in self.pixels.chunks_exact(rows * cols) {
            (0..cols).for_each(|j| pixels.extend(image[j..].iter().step_by(cols)));
        }
        (self.rows, self.cols, self.pixels) = (cols, rows, pixels);
    }

    /// The images `range`, one to a row, each pixel times 1/`scale`: A⁽⁰⁾, n × D for n images of D =
    /// rows · columns pixels.
    ///
    /// # Panics
    /// If there are no such images.
    #[track_caller]
    pub fn to_matrix<T: Real>(&self, range: Range<usize>, scale: f64) -> Matrix<T> {
        self.assert_has(&range);
        let (n, d, factor) = (range.len(), self.rows * self.cols, T::from_f64(1.0 / scale));
        let pixels = &self.pixels[range.start * d..range.end * d];
        Matrix::from_slice(n, d, pixels, |&x| T::from(x) * factor)
    }

    /// The labels of the images `range`, one-hot: Y, n × K for n images.
    ///
    /// # Panics
    /// If there are no such images.
    #[track_caller]
    pub fn one_hot<T: Real>(&self, range: Range<usize>) -> Matrix<T> {
        self.assert_has(&range);
        let labels: Vec<usize> = self.labels[range].iter().map(|&label| label.into()).collect();
        Matrix::one_hot(&labels, self.classes)
    }

    #[track_caller]
    fn assert_has(&self, range: &Range<usize>) {
        let n = self.len();
        assert!(range.start <= range.end && range.end <= n, "images {range:?} of {n}");
    }

    /// The mean image, 1 × D, of pixels from 0 to 255.
    pub fn mean_pixels(&self) -> Matrix {
        let d = self.rows * self.cols;
        let mut sums = vec![0u64; d];
        for image in self.pixels.chunks_exact(d) {
            for (sum, &pixel) in sums.iter_mut().zip(image) {
                *sum += u64::from(pixel);
            }
        }
        let n = self.len() as f64;
        Matrix::from_vec(1, d, sums.into_iter().map(|sum| sum as f64 / n).collect())
    }
}

/// What is wrong with the four files together.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the messages below explain the fields")]
pub enum MnistError {
    File { format: &'static str, help: Option<&'static str> },
    Missing { name: String, alike: Vec<String> },
    NotInZip { name: String, array: String },
    Elsewhere { name: String, folder: PathBuf, all_there: bool },
    Several { names: Vec<String>, example: PathBuf },
    Counts { labels: usize, images: usize },
    OneClass { label: u8 },
    Gap { index: usize, found: u8, first: u8 },
    Label { index: usize, found: u8, first: u8, last: u8 },
    Sizes { found: (usize, usize), expected: (usize, usize) },
}

impl fmt::Display for MnistError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Self::Missing { name, .. } | Self::Elsewhere { name, .. } = self {
            write!(f, "found neither {name} nor {name}.gz in this folder, expected one")?;
        }
        match self {
            Self::File { format, help } => {
                write!(f, "found {format}, expected the folder of the four files")?;
                help.map_or(Ok(()), |help| write!(f, ": {help}"))
            }
            Self::NotInZip { name, array } => {
                write!(f, "found neither {name} nor {array} in this ZIP file, expected one")
            }
            Self::Missing { alike, .. } => match &alike[..] {
                [] => Ok(()),
                [_] => write!(f, "; there is {}", List(alike)),
                _ => write!(f, "; there are {}", List(alike)),
            },
            Self::Elsewhere { folder, all_there: true, .. } => {
                write!(f, "; all four files are in {}", Shown(folder))
            }
            Self::Elsewhere { folder, .. } => write!(
                f,
                "; this file is in {}, but all four have to be in one folder",
                Shown(folder)
            ),
            Self::Several { names, example } => write!(
                f,
                "found the files of {}, expected those of one: name it, as in {}",
                List(names),
                Shown(example)
            ),
            Self::Counts { labels, images } => {
                let labels = Count(*labels, "label");
                write!(f, "found {labels}, expected {images}, one for each image")
            }
            Self::OneClass { label } => {
                write!(f, "found label {label} for all images, expected two labels or more")
            }
            Self::Gap { index, found, first } => write!(
                f,
                "found label {found} for image {index} and none from {first} to {}, expected no gap",
                found - 1
            ),
            Self::Label { index, found, first, last } => write!(
                f,
                "found label {found} for image {index}, expected {first} to {last} as in the \
                 training set"
            ),
            Self::Sizes { found, expected } => write!(
                f,
                "found images of {}×{} pixels, expected {}×{} as in the training set",
                found.0, found.1, expected.0, expected.1
            ),
        }
    }
}

impl std::error::Error for MnistError {}

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
    let place = &Place::of(dir)?;
    let read_test = || Set::read(place, TEST);
    let (train, test) = thread::scope(|scope| {
        // Where no thread can be started, this one reads both.
        let test = thread::Builder::new().spawn_scoped(scope, read_test);
        let train = Set::read(place, TRAIN);
        let join =
            |test: thread::ScopedJoinHandle<'_, _>| test.join().expect("errors are returned");
        (train, test.map_or_else(|_| read_test(), join))
    });
    let (train, test) = (train?, test?);
    let (found, expected) = (test.size, train.size);
    if found != expected {
        return Err(Error::new(&test.images_path, MnistError::Sizes { found, expected }));
    }
    let first = u8::from(!train.labels.contains(&0) && !test.labels.contains(&0));
    let last = train.labels.iter().copied().max().unwrap_or(0);
    if train.labels.iter().all(|&label| label == last) {
        return Err(Error::new(&train.labels_path, MnistError::OneClass { label: last }));
    }
    // A class of next to no images far from the others is a damaged label.
    let mut count = [0; 256];
    train.labels.iter().for_each(|&label| count[usize::from(label)] += 1);
    let below = (0..last).rev().find(|&label| count[usize::from(label)] > 0).unwrap_or(0);
    if below + 1 < last && count[usize::from(last)] <= train.labels.len() / 1000 {
        let index = train.labels.iter().position(|&label| label == last).unwrap_or(0);
        let problem = MnistError::Gap { index, found: last, first: below + 1 };
        return Err(Error::new(&train.labels_path, problem));
    }
    if let Some(index) = test.labels.iter().position(|&label| label > last) {
        let problem = MnistError::Label { index, found: test.labels[index], first, last };
        return Err(Error::new(&test.labels_path, problem));
    }
    Ok((train.into_images(first, last), test.into_images(first, last)))
}

/// One of the two sets as its files have it.
struct Set {
    size: (usize, usize),
    pixels: Vec<u8>,
    labels: Vec<u8>,
    images_path: PathBuf,
    labels_path: PathBuf,
}

impl Set {
    fn read(place: &Place, names: SetNames) -> Result<Self, Error> {
        let images_path = place.find((names, IMAGES))?;
        let labels_path = place.find((names, LABELS))?;
        let is_npy = |path: &Path| path.extension().is_some_and(|ending| ending == "npy");
        let (rows, cols, pixels) = place.parse(&images_path, |bytes| {
            if is_npy(&images_path) {
                Ok(npy::parse_images(bytes)?)
            } else {
                Ok(idx::parse_images(bytes)?)
            }
        })?;
        let labels = place.parse(&labels_path, |bytes| {
            if is_npy(&labels_path) {
                Ok(npy::parse_labels(bytes)?)
            } else {
                Ok(idx::parse_labels(bytes)?)
            }
        })?;
        let images = pixels.len() / (rows * cols);
        if labels.len() != images {
            let cause = MnistError::Counts { labels: labels.len(), images };
            return Err(Error::new(&labels_path, cause));
        }
        Ok(Self { size: (rows, cols), pixels, labels, images_path, labels_path })
    }

    fn into_images(mut self, first: u8, last: u8) -> Images {
        self.labels.iter_mut().for_each(|label| *label -= first);
        let Self { size: (rows, cols), pixels, labels, .. } = self;
        Images {
            rows,
            cols,
            pixels,
            labels,
            classes: usize::from(last - first) + 1,
            first_label: first,
        }
    }
}

/// How the files of a set begin, and how those with its images or labels go on.
type SetNames = &'static [&'static str];
const TRAIN: SetNames = &["train"];
const TEST: SetNames = &["t10k", "test"];
type Content = &'static [&'static str];
const IMAGES: Content = &["images-idx3-ubyte"];
const LABELS: Content = &["labels-idx1-ubyte", "labels-idx2-int"];
type Part = (SetNames, Content);
const PARTS: [Part; 4] = [(TRAIN, IMAGES), (TRAIN, LABELS), (TEST, IMAGES), (TEST, LABELS)];

/// The usual names of a file.
fn names((sets, contents): Part) -> impl Iterator<Item = String> {
    sets.iter()
        .flat_map(move |set| contents.iter().map(move |content| format!("{set}-{content}")))
        .flat_map(|name| [name.clone(), name.replace("-idx", ".idx")])
        .flat_map(|name| [name.clone(), format!("{name}.gz")])
}

/// The name of an array in Keras' file.
fn array_name((sets, contents): Part) -> String {
    let set = if sets == TRAIN { "train" } else { "test" };
    format!("{}_{set}.npy", if contents == IMAGES { "x" } else { "y" })
}

/// Where the four files are, and with what their names begin before the usual names.
struct Place {
    /// A folder, or the ZIP file with this content.
    folder: PathBuf,
    zip: Option<Npz>,
    prefix: String,
}

impl Place {
    /// What `dir` stands for.
    fn of(dir: &Path) -> Result<Self, Error> {
        let error = match dir.metadata() {
            Ok(_) => return Self::open(dir)?.with_prefix(),
            Err(error) => FileError::of(dir, error),
        };
        // A folder, or a ZIP file, and what the names in it begin with.
        if let (Some(folder), Some(name)) =
            (dir.parent(), dir.file_name().and_then(|name| name.to_str()))
            && (matches!(error, FileError::Missing(_)) || folder.is_file())
        {
            let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
            let trimmed = |prefix: &String| prefix.trim_end_matches(['-', '_', '.']) == name;
            if let Ok(place) = Self::open(folder)
                && let Some(prefix) = place.prefixes().into_iter().find(trimmed)
            {
                return Ok(Self { prefix, ..place });
            }
        }
        Err(Error::new(dir, error))
    }

    /// A folder or a ZIP file, without a prefix.
    fn open(path: &Path) -> Result<Self, Error> {
        let mut place = Self { folder: path.to_owned(), zip: None, prefix: String::new() };
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

    /// The place of the files with the usual names or, if there is none, of those with one beginning
    /// before them.
    fn with_prefix(mut self) -> Result<Self, Error> {
        if PARTS.iter().any(|&part| self.path(part).is_some()) {
            return Ok(self);
        }
        let mut prefixes = Vec::from_iter(self.prefixes());
        if prefixes.iter().any(|prefix| self.has_all(prefix)) {
            prefixes.retain(|prefix| self.has_all(prefix));
        }
        match prefixes.len() {
            0 => {}
            1 => self.prefix = prefixes.remove(0),
            _ => {
                let name = |prefix: &String| prefix.trim_end_matches(['-', '_', '.']).to_owned();
                let names: Vec<String> = prefixes.iter().map(name).collect();
                let example = self.folder.join(&names[0]);
                return Err(Error::new(&self.folder, MnistError::Several { names, example }));
            }
        }
        Ok(self)
    }

    /// With what the names of the files begin that then go on like the usual names.
    fn prefixes(&self) -> BTreeSet<String> {
        let usual: Vec<String> = PARTS.iter().flat_map(|&part| names(part)).collect();
        let prefix = |name: &str| {
            let prefix = usual.iter().find_map(|usual| name.strip_suffix(usual.as_str()))?;
            prefix.ends_with(['-', '_', '.']).then(|| prefix.to_owned())
        };
        match &self.zip {
            Some(zip) => zip.names().filter_map(|name| prefix(last_part(name))).collect(),
            None => entries_in(&self.folder).filter_map(|name| prefix(&name)).collect(),
        }
    }

    /// The names that the file may have.
    fn paths(&self, part: Part) -> impl Iterator<Item = PathBuf> {
        names(part).map(|name| self.folder.join(format!("{}{name}", self.prefix)))
    }

    /// The first of these names that is a file.
    fn path(&self, part: Part) -> Option<PathBuf> {
        self.path_with(&self.prefix, part)
    }

    fn path_with(&self, prefix: &str, part: Part) -> Option<PathBuf> {
        let mut names = names(part).map(|name| format!("{prefix}{name}"));
        let Some(zip) = &self.zip else {
            return names.map(|name| self.folder.join(name)).find(|path| path.is_file());
        };
        let array = array_name(part);
        let usual: Vec<String> = names.by_ref().collect();
        let is_it = |name: &&str| *name == array || usual.iter().any(|u| u == last_part(name));
        zip.names().find(is_it).map(|name| self.folder.join(name))
    }

    fn has_all(&self, prefix: &str) -> bool {
        PARTS.iter().all(|&part| self.path_with(prefix, part).is_some())
    }

    /// What `parse` makes of a file.
    fn parse<T>(
        &self,
        path: &Path,
        parse: impl FnOnce(&[u8]) -> Result<T, Box<dyn std::error::Error + Send + Sync>>,
    ) -> Result<T, Error> {
        let read = match &self.zip {
            None => parse(&file::read(path)?),
            Some(zip) => {
                let name = path.strip_prefix(&self.folder).unwrap_or(path).to_string_lossy();
                zip.read(&name).map_err(Into::into).and_then(|bytes| parse(&bytes))
            }
        };
        read.map_err(|cause| Error::new(path, cause))
    }

    /// As [`path`](Self::path), or else an error that says what is in the way, where else the file
    /// is, or what looks like it.
    fn find(&self, part: Part) -> Result<PathBuf, Error> {
        if let Some(path) = self.path(part) {
            return Ok(path);
        }
        let name = format!("{}{}-{}", self.prefix, part.0[0], part.1[0]);
        if self.zip.is_some() {
            let problem = MnistError::NotInZip { name, array: array_name(part) };
            return Err(Error::new(&self.folder, problem));
        }
        let obstacle = self.paths(part).find_map(|path| obstacle(&path).map(|error| (path, error)));
        match obstacle {
            // The file may be in a folder of its name.
            None | Some((_, FileError::Folder)) => {}
            Some((path, error)) => return Err(Error::new(&path, error)),
        }

        // Often the files are a folder or two further down, or one further up.
        let folder = &self.folder;
        let mut nearby = folders_in(folder);
        nearby.extend(nearby.clone().iter().flat_map(|dir| folders_in(dir)));
        nearby.extend(folder.canonicalize().ok().and_then(|dir| dir.parent().map(Path::to_owned)));
        let prefix = || self.prefix.clone();
        let places = nearby.into_iter().map(|folder| Self { folder, zip: None, prefix: prefix() });
        let places: Vec<Self> = places.filter(|place| place.path(part).is_some()).collect();
        let whole = places.iter().find(|place| place.has_all(&self.prefix));
        if let Some(place) = whole.or(places.first()) {
            let (all_there, elsewhere) = (whole.is_some(), place.folder.clone());
            let error = MnistError::Elsewhere { name, folder: elsewhere, all_there };
            return Err(Error::new(folder, error));
        }
        if let Some((path, error)) = obstacle {
            return Err(Error::new(&path, error));
        }
        let mut alike = alike(&name, entries_in(folder));
        alike.extend(entries_in(folder).filter(|name| name.to_lowercase().starts_with("mnist")));
        alike.truncate(5);
        Err(Error::new(folder, MnistError::Missing { name, alike }))
    }
}

/// The error that `path` is a file that starts so, of this kind if it is known.
fn not_a_folder(path: &Path, start: &[u8]) -> Error {
    let inner = gzip::decompress_start(start, 512).unwrap_or_default();
    let start = if inner.is_empty() { start } else { &inner };
    // Every format has a name here, that of the four files as well.
    let found = foreign(start, Wanted::Idx).map(|found| (found.format, found.help));
    let found = found.or(foreign(start, Wanted::Npy).map(|found| (found.format, None)));
    match found {
        Some((format, help)) => Error::new(path, MnistError::File { format, help }),
        None => Error::new(path, FileError::NoFolder),
    }
}

/// What keeps `path` from being read, if there is anything.
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
    // Most entries of large folders are files, which are quickly told; a link may be either.
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
