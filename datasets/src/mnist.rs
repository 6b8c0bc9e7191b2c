//! MNIST: 60 000 handwritten digits to train on and 10 000 to test on, 28×28 pixels each.
//!
//! LeCun, Cortes and Burges, "The MNIST database of handwritten digits". Any other data set in
//! the same four files with ten classes is read too, Fashion-MNIST for one.

use crate::file::{self, FileError};
use crate::text::Shown;
use crate::{Error, idx};
use matrix::{Matrix, Real, Rng};
use std::fmt;
use std::fs::DirEntry;
use std::ops::Range;
use std::path::{Path, PathBuf};

/// The number of classes: the labels are 0 … 9.
const CLASSES: u8 = 10;

/// Images and their labels. Pixels stay bytes until a batch of them is gathered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Images {
    /// The height of each image.
    pub rows: usize,
    /// The width of each image.
    pub cols: usize,
    /// The pixels, image after image and row after row; 0 is the background.
    pub pixels: Vec<u8>,
    /// What each image shows: 0 … 9.
    pub labels: Vec<u8>,
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

    /// Puts the images, with their labels, into a random order.
    pub fn shuffle(&mut self, rng: &mut Rng) {
        let mut order: Vec<usize> = (0..self.len()).collect();
        rng.shuffle(&mut order);
        self.labels = order.iter().map(|&i| self.labels[i]).collect();
        let mut pixels = Vec::with_capacity(self.pixels.len());
        order.iter().for_each(|&i| pixels.extend_from_slice(self.image(i)));
        self.pixels = pixels;
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

    /// The labels of the images `range`, one-hot: Y, n × 10 for n images.
    ///
    /// # Panics
    /// If there are no such images.
    #[track_caller]
    pub fn one_hot<T: Real>(&self, range: Range<usize>) -> Matrix<T> {
        self.assert_has(&range);
        let labels: Vec<usize> = self.labels[range].iter().map(|&label| label.into()).collect();
        Matrix::one_hot(&labels, CLASSES.into())
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
    Missing { names: Vec<String>, elsewhere: Option<PathBuf>, all_there: bool },
    Counts { labels: usize, images: usize },
    Label { index: usize, found: u8 },
    Sizes { found: (usize, usize), expected: (usize, usize) },
}

impl fmt::Display for MnistError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing { names, elsewhere, all_there } => {
                write!(f, "found none of {} in this folder, expected one", names.join(", "))?;
                let Some(folder) = elsewhere else { return Ok(()) };
                let (which, rest) = match all_there {
                    true => ("all four files are", ""),
                    false => ("this file is", ", but all four have to be in one folder"),
                };
                write!(f, "; {which} in {}{rest}", Shown(folder))
            }
            Self::Counts { labels, images } => {
                write!(f, "found {labels} labels, expected {images}, one for each image")
            }
            Self::Label { index, found } => {
                write!(f, "found label {found} for image {index}, expected 0 to {}", CLASSES - 1)
            }
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

/// The images to train on and those to test on, from the four files in the folder `dir`.
///
/// Their names are `train-images-idx3-ubyte`, `train-labels-idx1-ubyte`, `t10k-images-idx3-ubyte`
/// and `t10k-labels-idx1-ubyte`, or the same with `.idx` for `-idx`, and with or without `.gz`.
///
/// # Errors
/// If a file is missing or is not what its name says, or if the four do not belong together.
pub fn mnist(dir: &Path) -> Result<(Images, Images), Error> {
    let (train, test) = std::thread::scope(|scope| {
        let test = scope.spawn(|| images(dir, "t10k"));
        let train = images(dir, "train");
        (train, test.join().expect("reading returns its errors"))
    });
    let ((train, _), (test, test_path)) = (train?, test?);
    let (found, expected) = ((test.rows, test.cols), (train.rows, train.cols));
    if found != expected {
        return Err(Error::new(&test_path, MnistError::Sizes { found, expected }));
    }
    Ok((train, test))
}

/// One of the two sets, and the path of its images.
fn images(dir: &Path, set: &str) -> Result<(Images, PathBuf), Error> {
    let images_path = find(dir, set, IMAGES)?;
    let labels_path = find(dir, set, LABELS)?;
    let (rows, cols, pixels) = idx::parse_images(&file::read(&images_path)?)
        .map_err(|error| Error::new(&images_path, error))?;
    let labels = idx::parse_labels(&file::read(&labels_path)?)
        .map_err(|error| Error::new(&labels_path, error))?;

    let images = pixels.len() / (rows * cols);
    if labels.len() != images {
        let cause = MnistError::Counts { labels: labels.len(), images };
        return Err(Error::new(&labels_path, cause));
    }
    if let Some(index) = labels.iter().position(|&label| label >= CLASSES) {
        let cause = MnistError::Label { index, found: labels[index] };
        return Err(Error::new(&labels_path, cause));
    }
    Ok((Images { rows, cols, pixels, labels }, images_path))
}

/// What a file holds, as its name says: the kind and the number of dimensions.
type Content = (&'static str, u8);
const IMAGES: Content = ("images", 3);
const LABELS: Content = ("labels", 1);

/// The usual names of a file.
fn names(set: &str, (kind, dimensions): Content) -> Vec<String> {
    let mut names = Vec::new();
    for idx in ["-idx", ".idx"] {
        for gz in ["", ".gz"] {
            names.push(format!("{set}-{kind}{idx}{dimensions}-ubyte{gz}"));
        }
    }
    names
}

/// The first of the usual names that is a file in `dir`.
fn find_in(dir: &Path, set: &str, content: Content) -> Option<PathBuf> {
    names(set, content).iter().map(|name| dir.join(name)).find(|path| path.is_file())
}

/// As [`find_in`], or else an error that says where else the file is.
fn find(dir: &Path, set: &str, content: Content) -> Result<PathBuf, Error> {
    let metadata = dir.metadata().map_err(|error| Error::new(dir, FileError::Io(error)))?;
    if !metadata.is_dir() {
        return Err(Error::new(dir, FileError::NoFolder));
    }
    if let Some(path) = find_in(dir, set, content) {
        return Ok(path);
    }

    // Often the files are a folder or two further down, or one further up.
    let mut nearby = folders_in(dir);
    nearby.extend(nearby.clone().iter().flat_map(|dir| folders_in(dir)));
    nearby.extend(dir.canonicalize().ok().and_then(|dir| dir.parent().map(Path::to_owned)));
    nearby.retain(|dir| find_in(dir, set, content).is_some());
    let has_all = |dir: &&PathBuf| {
        let has = |set| find_in(dir, set, IMAGES).and(find_in(dir, set, LABELS)).is_some();
        has("train") && has("t10k")
    };
    let whole = nearby.iter().find(has_all);
    let elsewhere = whole.or(nearby.first()).cloned();
    let (names, all_there) = (names(set, content), whole.is_some());
    Err(Error::new(dir, MnistError::Missing { names, elsewhere, all_there }))
}

/// The first hundred folders in `dir`, in order of their names. Of a folder with more than ten
/// thousand entries only so many are looked at.
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
