//! The slowest inputs that the formats allow: the steps of reading them grow with the bytes in and out,
//! and not with their square.

#[path = "../../examples/worst/inputs.rs"]
mod inputs;

use crate::steps::counted;
use inputs::{CASES, LENGTH};

#[test]
fn the_steps_grow_with_the_bytes() {
    for (name, make, read) in CASES {
        let bytes = make();
        // Compressed data give up to 64 times as much.
        let outcome = if name.contains("zeros") { 64 * LENGTH } else { LENGTH };
        let (_, steps) = counted(256 * outcome, || read(&bytes));
        println!("{name}: {:.1} steps a byte", steps as f64 / outcome as f64);
        assert!(steps >= bytes.len() / 100, "{name}: {steps} steps are too few to be all");
    }
}
