//! Whole files, read and written, and the words in which errors speak of what comes from outside. Nothing
//! here knows a format: readers and charts both stand on it.

mod error;
pub mod file;
pub mod text;

pub use error::Error;
