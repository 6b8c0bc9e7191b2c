//! Tests of all readers at once.

#[path = "../../tests/encoder/mod.rs"]
mod encoder;
mod mutations;
mod plain;
mod worst;
