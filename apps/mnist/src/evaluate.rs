//! What a trained net achieves on a set of images.

use crate::train::{self, labels};
use console::{Diverged, Progress};
use datasets::Images;
use matrix::Matrix;
use nets::metrics::{accuracy, predictions};

/// A net's answers for all images of a set.
pub struct Evaluation {
    /// The probability of each digit for each image, n × 10.
    pub probs: Matrix<f32>,
    pub predicted: Vec<usize>,
    pub labels: Vec<usize>,
    pub accuracy: f64,
}

impl Evaluation {
    /// Asks `probs` for the probabilities of images by their numbers, a thousand at a time so that
    /// memory stays small.
    pub fn new(images: &Images, probs: impl Fn(&[usize]) -> Matrix<f32>) -> Self {
        let all: Vec<usize> = (0..images.len()).collect();
        let parts = all.chunks(1000).flat_map(|part| probs(part).as_slice().to_vec());
        let probs = Matrix::from_vec(images.len(), 10, parts.collect());
        let (labels, predicted) = (labels(images, &all), predictions(&probs));
        let accuracy = accuracy(&predicted, &labels);
        Self { probs, predicted, labels, accuracy }
    }
}

/// What softmax regression achieves.
pub struct Baseline {
    pub epochs: usize,
    pub train: f64,
    pub test: f64,
}

impl Baseline {
    /// Trains it and tests it.
    pub fn new(
        epochs: usize,
        seed: u64,
        train: &Images,
        test: &Images,
        mut progress: Progress,
    ) -> Result<Self, Diverged> {
        let centre = train::centre(train);
        let show = |epoch, loss| progress.show(epoch, format_args!("loss {loss:.4}"));
        let net = train::softmax_regression(epochs, seed, train, &centre, show)?;
        let evaluate = |images: &Images| {
            let x = |part: &[usize]| images.gather(part, 255.0).add_row(&centre);
            Evaluation::new(images, |part| net.forward(&x(part)).probs).accuracy
        };
        Ok(Self { epochs, train: evaluate(train), test: evaluate(test) })
    }
}
