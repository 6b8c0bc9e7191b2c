//! A saved net, and its answers.

use datasets::npy;
use matrix::Matrix;
use nets::ThreeNet;
use nets::metrics::predictions;
use std::path::Path;

/// The net in the files of a save.
pub(crate) fn load(folder: &Path) -> ThreeNet<f32> {
    let read = |name: &str| npy::read(&folder.join(name)).unwrap();
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
