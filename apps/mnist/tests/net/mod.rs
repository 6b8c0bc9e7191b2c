//! A saved net, and its answers.

use datasets::npy;
use datasets::npz::Npz;
use matrix::Matrix;
use nets::ThreeNet;
use nets::metrics::predictions;
use std::path::Path;

/// The best net of a saved run.
pub(crate) fn load(file: &Path) -> ThreeNet<f32> {
    let file = Npz::parse(std::fs::read(file).unwrap()).unwrap();
    let read = |name: &str| npy::parse(&file.read(name).unwrap()).unwrap();
    ThreeNet {
        w1: read("w1.npy"),
        b1: read("b1.npy"),
        w2: read("w2.npy"),
        b2: read("b2.npy"),
        w3: read("w3.npy"),
        b3: read("b3.npy"),
    }
}

/// The digit that the net sees in 28 × 28 pixels.
pub(crate) fn answer(net: &ThreeNet<f32>, pixels: &[u8]) -> usize {
    let a0 = Matrix::from_vec(1, 784, pixels.iter().map(|&ink| f32::from(ink)).collect());
    predictions(&net.forward(&a0).probs)[0]
}
