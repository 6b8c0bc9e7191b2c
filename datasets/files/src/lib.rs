//! Reads and writes whole files, and formats text from outside for error messages. It knows no file
//! format; readers and charts both use it.

mod error;
pub mod file;
pub mod text;

pub use error::Error;
