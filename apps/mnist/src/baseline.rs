//! Softmax regression next to ThreeNet: the accuracy of a network without hidden layers (chapter 2).

use crate::evaluation::Evaluation;
use console::{Outcome, Progress};
use datasets::Images;
use matrix::{Matrix, Rng};
use nets::SoftmaxRegression;
use std::ops::Range;

// The schedule of softmax regression. The tutorial's schedule, rate 2e-4 for 10 000 epochs, ends with
// nearly the same figures: the path is about the same, and rate times steps is 938 there, 1876 here.
/// The epochs after which its accuracy is about the published one.
const EPOCHS: usize = 40;
const BATCH: usize = 128;
const RATE: f32 = 0.1;
const LAMBDA: f32 = 2e-4;

/// The accuracies of softmax regression.
pub(crate) struct Baseline {
    pub train: f64,
    pub test: f64,
    /// The published test accuracy on MNIST, if it was trained for as many epochs as that needs.
    pub published: Option<&'static str>,
    /// A text that says how it was trained.
    pub schedule: String,
}

impl Baseline {
    /// Trains it in batches of consecutive images, and tests it. Returns `None` for 0 epochs.
    pub(crate) fn new(
        epochs: usize,
        seed: u64,
        [train, test]: [&Images; 2],
        quiet: bool,
    ) -> Outcome<Option<Self>> {
        if epochs == 0 {
            return Ok(None);
        }
        let progress = Progress::new("softmax regression, epoch", 1..=epochs, quiet);
        let centre = centre(train);
        let sizes = [train.rows * train.cols, train.classes];
        let mut net = SoftmaxRegression::new(sizes, &mut Rng::new(seed));
        for _ in 0..epochs {
            let loss = epoch(&mut net, train, &centre);
            progress.add(1.0, format_args!("loss {loss:.4}"))?;
        }
        let evaluate = |images: &Images| {
            Evaluation::new(images, |part| {
                let acts = net.forward(&centred(images, part.clone(), &centre));
                let loss = SoftmaxRegression::data_loss(&acts, &images.one_hot(part)).into();
                (loss, acts.probs)
            })
        };
        let [train, test] = [train, test].map(|images| evaluate(images).accuracy);
        let published = (epochs == EPOCHS).then_some("92.15 %");
        let schedule = format!(
            "softmax regression: epochs {epochs}, batches of {BATCH}, rate {RATE}, lambda {LAMBDA},\n\
             pixels centred and divided by 255\n"
        );
        Ok(Some(Self { train, test, published, schedule }))
    }
}

/// Makes one pass over the images in batches of consecutive ones. Returns the mean loss of an image,
/// each before the step on its batch. No pixel is larger than 1, so that every loss is finite.
fn epoch(net: &mut SoftmaxRegression<f32>, images: &Images, centre: &Matrix<f32>) -> f64 {
    let (n, mut total) = (images.len(), 0.0);
    for start in (0..n).step_by(BATCH) {
        let batch = start..n.min(start + BATCH);
        let (x, y) = (centred(images, batch.clone(), centre), images.one_hot(batch.clone()));
        let acts = net.forward(&x);
        total += f64::from(SoftmaxRegression::data_loss(&acts, &y)) * batch.len() as f64;
        let grads = net.backward(&x, &acts, &y);
        net.update(&grads, RATE, LAMBDA);
    }
    total / n as f64
}

/// Returns the images `range` as softmax regression gets them: pixels divided by 255, plus `centre`.
fn centred(images: &Images, range: Range<usize>, centre: &Matrix<f32>) -> Matrix<f32> {
    images.to_matrix(range, 255.0).add_row(centre)
}

/// Returns the row that centres the pixels: minus the mean image of the set, divided by 255, 1 × D.
fn centre(images: &Images) -> Matrix<f32> {
    let mean = images.mean_pixels();
    Matrix::from_slice(1, mean.cols(), mean.as_slice(), |&pixel| (-pixel / 255.0) as f32)
}

#[cfg(test)]
mod tests;
