//! The training of ThreeNet, as in the tutorial: the state of a run, and one epoch of it (chapter 3).

use crate::settings::Settings;
use console::Diverged;
use datasets::Images;
use matrix::Rng;
use nets::ThreeNet;
use nets::metrics::{accuracy, predictions};
use std::ops::Range;

/// A training run between two epochs.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Training {
    pub net: ThreeNet<f32>,
    /// The net with the best batch accuracy so far; of equals, the latest.
    pub best: ThreeNet<f32>,
    pub best_accuracy: f64,
    /// Of each epoch the mean loss of its batches.
    pub losses: Vec<f64>,
    /// Of each epoch the accuracy on its last batch, after the step on it.
    pub accuracies: Vec<f64>,
}

/// The net before training. The images are shuffled, once.
pub(crate) fn start(settings: &Settings, images: &mut Images) -> Training {
    let mut rng = Rng::new(settings.seed);
    let [h1, h2] = settings.hidden;
    let net = ThreeNet::new([images.rows * images.cols, h1, h2, 10], &mut rng);
    images.shuffle(&mut rng);
    let (losses, accuracies) = (Vec::new(), Vec::new());
    Training { best: net.clone(), net, best_accuracy: 0.0, losses, accuracies }
}

impl Training {
    /// One pass over the images in their order. Batches start at 0, N, 2N, … below n − N, as in the
    /// tutorial; so some images at the end are never used.
    pub(crate) fn epoch(&mut self, settings: &Settings, images: &Images) -> Result<(), Diverged> {
        let Settings { batch, rate, lambda, scale, .. } = *settings;
        let epoch = self.losses.len() + 1;
        let starts = (0..images.len() - batch).step_by(batch);
        let steps = starts.len();
        let mut total = 0.0;
        for (step, start) in starts.enumerate() {
            let batch = start..start + batch;
            let (a0, y) = (images.to_matrix(batch.clone(), scale), images.one_hot(batch.clone()));
            let acts = self.net.forward(&a0);
            let loss = ThreeNet::data_loss(&acts, &y).into();
            let place = format_args!("ThreeNet, epoch {epoch}, step {}", step + 1);
            total += Diverged::check(loss, place, "rate")?;
            let grads = self.net.backward(&a0, &acts, &y);
            self.net.update(&grads, rate, lambda);
            if step + 1 == steps {
                let acts = self.net.forward(&a0);
                // J has the weights in it as well: they must be numbers, too.
                let j = self.net.loss(&acts, &y, lambda).into();
                Diverged::check(j, format_args!("ThreeNet, after epoch {epoch}"), "rate")?;
                let predicted = predictions(&acts.probs);
                self.accuracies.push(accuracy(&predicted, &labels(images, batch)));
            }
        }
        self.losses.push(total / steps as f64);
        let accuracy = self.accuracies[epoch - 1];
        if accuracy >= self.best_accuracy {
            (self.best, self.best_accuracy) = (self.net.clone(), accuracy);
        }
        Ok(())
    }
}

/// The labels of the images `range`.
pub(crate) fn labels(images: &Images, range: Range<usize>) -> Vec<usize> {
    images.labels[range].iter().map(|&label| label.into()).collect()
}
