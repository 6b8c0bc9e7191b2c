//! The pages in `docs/` and the sources as one text: what the tests of page, code and output share.

pub mod equations;
pub mod markdown;
pub mod source;

pub use source::{Error, File, ROOT};
