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
        // The pixels are divided by 255 and centred: minus the mean image of the training set, 1 × D.
        let mean = train.mean_pixels();
        let centre = Matrix::from_fn(1, mean.cols(), |_, j| (-mean[(0, j)] / 255.0) as f32);
        let inputs =
            |images: &Images, range: Range<usize>| images.to_matrix(range, 255.0).add_row(&centre);
        let sizes = [train.rows * train.cols, train.classes];
        let mut net = SoftmaxRegression::new(sizes, &mut Rng::new(seed));
        for _ in 0..epochs {
            // The mean of all images, each before the step on its batch. It is finite, because no
            // pixel is larger than 1.
            let (n, mut loss) = (train.len(), 0.0);
            for start in (0..n).step_by(BATCH) {
                let batch = start..n.min(start + BATCH);
                let (x, y) = (inputs(train, batch.clone()), train.one_hot(batch));
                let acts = net.forward(&x);
                let grads = net.backward(&x, &acts, &y);
                net.update(&grads, RATE, LAMBDA);
                let part = x.rows() as f64 / n as f64;
                loss += part * f64::from(SoftmaxRegression::data_loss(&acts, &y));
            }
            progress.add(1.0, format_args!("loss {loss:.4}"))?;
        }
        let evaluate = |images: &Images| {
            Evaluation::new(images, |part| {
                let acts = net.forward(&inputs(images, part.clone()));
                (SoftmaxRegression::data_loss(&acts, &images.one_hot(part)).into(), acts.probs)
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

#[cfg(test)]
mod tests;
