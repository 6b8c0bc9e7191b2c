//! The data sets and the readers behind them: Iris (CSV) and MNIST (IDX, gzip), and the formats in
//! which networks and pictures are saved (NPY, NPZ, PNG, PGM).
//!
//! ```
//! let (train, test) = datasets::mnist(&datasets::mnist_dir())?;
//! assert_eq!((train.len(), test.len(), train.classes), (60_000, 10_000, 10));
//! let a0 = train.to_matrix::<f32>(0..256, 255.0); // 256 × 784, pixels from 0 to 1
//! let y = train.one_hot::<f32>(0..256); // 256 × 10
//! # let _ = (a0, y);
//!
//! let iris = datasets::iris(&datasets::iris_path())?;
//! assert_eq!(iris.features.shape(), (150, 4));
//! # Ok::<(), datasets::Error>(())
//! ```
//!
//! Every reader is a pure function from bytes to a value or to one typed error that says where
//! in the bytes it stopped, what it found and what it expected. Reading a file adds the path.
//! Nothing that a file contains makes a reader panic, hang, or allocate more than the file's
//! size warrants; `README.md` of this crate lists what each one accepts.

pub mod csv;
mod fault;
pub mod foreign;
pub mod gzip;
pub mod handwriting;
pub mod idx;
mod images;
mod iris;
mod mnist;
pub mod npy;
pub mod npz;
mod picture;
mod picture_file;
pub mod png;
pub mod pnm;
mod split;
mod standardise;
mod steps;

pub use fault::{Fault, Kind, Place};
pub use files::{Error, file, text};
pub use images::Images;
pub use iris::{
    FEATURES, Iris, SPECIES, iris, iris_path, iris_without_missing, parse as parse_iris,
};
pub use mnist::{mnist, mnist_dir};
pub use picture::Picture;
pub use split::{select, split};
pub use standardise::standardise;

/// Says what to do if `shipped`, which comes with this crate, is missing: then the folder in which
/// the program was built has moved.
fn moved(error: Error, shipped: &std::path::Path) -> Error {
    if error.path != shipped || shipped.exists() {
        return error;
    }
    let advice = "this program was built in a folder that has moved: build it again";
    Error::new(&error.path, format!("{}; {advice}", error.cause))
}

/// Runs the example in `README.md`.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

#[cfg(test)]
mod tests;

// Tests that are also examples call this crate by its name.
#[cfg(test)]
extern crate self as datasets;
