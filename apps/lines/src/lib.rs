//! The numbered lines of the nets, read as text: which equation a line computes, from which letters,
//! and by which operations. The book shows them, `gradient-check` derives them.

pub mod equations;
pub mod functions;
pub mod letters;
pub mod ops;
mod source;

pub use source::{Error, File, ROOT};
