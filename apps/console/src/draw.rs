//! Drawing: each function takes values and returns a `String`. Nothing here prints, or asks where
//! the text will be shown.

pub(crate) mod bars;
mod canvas;
pub(crate) mod chart;
pub(crate) mod heat;
pub(crate) mod map;
pub(crate) mod number;
pub(crate) mod scatter;
pub(crate) mod style;
pub(crate) mod table;
#[cfg(test)]
mod tests;
