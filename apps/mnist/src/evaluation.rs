//! What a trained net achieves on a set of images.

use crate::training::labels;
use datasets::Images;
use matrix::Matrix;
use nets::metrics::{accuracy, predictions};
use std::ops::Range;

/// A net's predictions for all images of a set.
pub(crate) struct Evaluation {
    /// The probability of each class for each image, N × K.
    pub probs: Matrix<f32>,
    pub predicted: Vec<usize>,
    pub labels: Vec<usize>,
    pub accuracy: f64,
}

impl Evaluation {
    /// Asks `probs` for the probabilities of a range of images, a thousand at a time so that memory
    /// stays small.
    pub(crate) fn new(images: &Images, probs: impl Fn(Range<usize>) -> Matrix<f32>) -> Self {
        let n = images.len();
        let parts = (0..n).step_by(1000).map(|start| start..n.min(start + 1000));
        let probs = parts.flat_map(|part| probs(part).as_slice().to_vec()).collect();
        let probs = Matrix::from_vec(n, images.classes, probs);
        let (labels, predicted) = (labels(images, 0..n), predictions(&probs));
        let accuracy = accuracy(&predicted, &labels);
        Self { probs, predicted, labels, accuracy }
    }
}
