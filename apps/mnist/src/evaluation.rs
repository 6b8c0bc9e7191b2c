//! The loss and the accuracy of a trained net on a set of images.

use datasets::Images;
use matrix::Matrix;
use nets::metrics::{accuracy, predictions};
use std::ops::Range;

/// A net's predictions for all images of a set.
pub(crate) struct Evaluation {
    /// The data loss.
    pub loss: f64,
    /// The probability of each class for each image, N × K.
    pub probs: Matrix<f32>,
    pub predicted: Vec<usize>,
    pub accuracy: f64,
}

impl Evaluation {
    /// Evaluates a net. `net` returns the data loss and the probabilities for a range of images; it is
    /// called for a thousand images at a time, so that memory stays small.
    pub(crate) fn new(images: &Images, net: impl Fn(Range<usize>) -> (f64, Matrix<f32>)) -> Self {
        let n = images.len();
        let (mut loss, mut probs) = (0.0, Vec::new());
        for start in (0..n).step_by(1000) {
            let part = start..n.min(start + 1000);
            let (mean, found) = net(part.clone());
            loss += mean * part.len() as f64;
            probs.extend_from_slice(found.as_slice());
        }
        let probs = Matrix::from_vec(n, images.classes, probs);
        let predicted = predictions(&probs);
        let accuracy = accuracy(&predicted, &images.labels);
        Self { loss: loss / n as f64, probs, predicted, accuracy }
    }
}

#[cfg(test)]
mod tests;
