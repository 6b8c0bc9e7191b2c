//! The numbered lines of the nets, read as text: which equation a line computes, from which
//! letters, and by which operations. The book shows these lines, and `gradient-check` derives them.

pub mod derive;
pub mod equations;
pub mod functions;
pub mod letters;
pub mod ops;
pub mod rules;
mod source;
pub mod term;

pub use source::{Error, File, ROOT};
