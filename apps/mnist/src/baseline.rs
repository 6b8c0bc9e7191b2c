//! Softmax regression next to ThreeNet: what a network without hidden layers achieves (chapter 2).

use crate::evaluation::Evaluation;
use console::{Causes, Outcome, Progress};
use datasets::Images;
use matrix::{Matrix, Rng};
use nets::SoftmaxRegression;
use std::ops::Range;

// The schedule of softmax regression. Its author's, rate 2e-4 for 10 000 epochs, ends at nearly the
// same figures: rate times steps is 938 there and 1876 here, along about the same path.
/// The epochs after which its accuracy is about the published one.
pub(crate) const EPOCHS: usize = 40;
pub(crate) const BATCH: usize = 128;
pub(crate) const RATE: f32 = 0.1;
pub(crate) const LAMBDA: f32 = 2e-4;

/// What softmax regression achieves.
pub(crate) struct Baseline {
    pub epochs: usize,
    pub train: f64,
    pub test: f64,
}

impl Baseline {
    /// Trains it in batches of consecutive images, and tests it.
    pub(crate) fn new(
        epochs: usize,
        seed: u64,
        [train, test]: [&Images; 2],
        mut progress: Progress,
    ) -> Outcome<Self> {
        let centre = centre(train);
        let sizes = [train.rows * train.cols, train.classes];
        let mut net = SoftmaxRegression::new(sizes, &mut Rng::new(seed));
        let causes = Causes {
            rate: ("rate", RATE.into()),
            decay: ("lambda", LAMBDA.into()),
            inputs: ("smaller pixels", 1.0),
        };
        for epoch in 1..=epochs {
            let mut total = 0.0;
            for start in (0..train.len()).step_by(BATCH) {
                let batch = start..train.len().min(start + BATCH);
                let (x, y) = (centred(train, batch.clone(), &centre), train.one_hot(batch.clone()));
                let acts = net.forward(&x);
                let loss = SoftmaxRegression::data_loss(&acts, &y).into();
                let step = start / BATCH + 1;
                let place = format_args!("softmax regression, epoch {epoch}, step {step}");
                let loss = causes.check(loss, place, epoch * step - 1)?;
                total += loss * batch.len() as f64;
                let grads = net.backward(&x, &acts, &y);
                net.update(&grads, RATE, LAMBDA);
            }
            let loss = total / train.len() as f64;
            progress.show(epoch, format_args!("loss {loss:.4}"))?;
        }
        let evaluate = |images: &Images| {
            Evaluation::new(images, |part| {
                let acts = net.forward(&centred(images, part.clone(), &centre));
                let loss = SoftmaxRegression::data_loss(&acts, &images.one_hot(part)).into();
                (loss, acts.probs)
            })
        };
        Ok(Self { epochs, train: evaluate(train).accuracy, test: evaluate(test).accuracy })
    }
}

/// The images `range` as softmax regression gets them: pixels by 255 plus `centre`.
fn centred(images: &Images, range: Range<usize>, centre: &Matrix<f32>) -> Matrix<f32> {
    images.to_matrix(range, 255.0).add_row(centre)
}

/// What centres the pixels of the training set: less their mean, by 255, 1 × D.
fn centre(images: &Images) -> Matrix<f32> {
    let mean = images.mean_pixels();
    Matrix::from_fn(1, mean.cols(), |_, j| (-mean[(0, j)] / 255.0) as f32)
}
