//! The training of ThreeNet, as in the tutorial: the state of a run, and one epoch of it (chapter 3).

use crate::net::Net;
use crate::settings::{Changing, Settings};
use console::{Causes, Diverged};
use datasets::Images;
use matrix::Rng;
use nets::metrics::{accuracy, predictions};
use std::ops::Range;

/// A training run between two epochs.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Training {
    pub net: Net,
    /// The net with the best batch accuracy so far, the latest in case of a tie.
    pub best: Net,
    pub best_accuracy: f64,
    /// Of each epoch the mean loss of its batches.
    pub losses: Vec<f64>,
    /// Of each epoch the accuracy on its last batch, after the step on it.
    pub accuracies: Vec<f64>,
}

/// The net before training. The images are shuffled, once.
pub(crate) fn start(settings: &Settings, images: &mut Images) -> Training {
    let mut rng = Rng::new(settings.seed);
    let sizes = [&[images.rows * images.cols], &settings.hidden[..], &[images.classes]].concat();
    let net = Net::new(&sizes, settings.init, &mut rng);
    images.shuffle(&mut rng);
    let (losses, accuracies) = (Vec::new(), Vec::new());
    Training { best: net.clone(), net, best_accuracy: 0.0, losses, accuracies }
}

/// The data loss of a net on a set of images, a thousand at a time so that memory stays small.
pub(crate) fn data_loss(net: &Net, settings: &Settings, images: &Images) -> f64 {
    let n = images.len();
    let parts = (0..n).step_by(1000).map(|start| start..n.min(start + 1000));
    let losses = parts.map(|part| {
        let a0 = images.to_matrix(part.clone(), settings.scale);
        net.evaluate(&a0, &images.one_hot(part.clone())).0 * part.len() as f64
    });
    losses.sum::<f64>() / n as f64
}

impl Training {
    /// One pass over the images in their order. Batches start at 0, N, 2N, … below n − N, as in the
    /// tutorial; so some images at the end are never used.
    /// `report` gets the share of it that is done, after each step but the last.
    pub(crate) fn epoch(
        &mut self,
        settings: &Settings,
        images: &Images,
        mut report: impl FnMut(f64),
    ) -> Result<(), Diverged> {
        let Settings { batch, scale, .. } = *settings;
        let [rate, lambda] = [&settings.rate, &settings.lambda].map(Changing::value);
        let epoch = self.losses.len() + 1;
        let starts = (0..images.len() - batch).step_by(batch);
        let steps = starts.len();
        let before = (epoch - 1) * steps;
        let causes = Causes {
            rate: ("--rate", rate.into()),
            decay: ("--lambda", lambda.into()),
            inputs: ("a larger --scale", 255.0 / scale),
        };
        let mut total = 0.0;
        for (step, start) in (1..).zip(starts) {
            let batch = start..start + batch;
            let (a0, y) = (images.to_matrix(batch.clone(), scale), images.one_hot(batch.clone()));
            let name = self.net.name();
            let loss = self.net.step(&a0, &y, rate, lambda);
            let place = format_args!("{name}, epoch {epoch}, step {step}");
            total += Diverged::check(loss, place, before + step - 1, &causes)?;
            if step < steps {
                report(step as f64 / steps as f64);
            } else {
                let (loss, probs) = self.net.evaluate(&a0, &y);
                // J has the weights in it as well: they must be numbers, too.
                let j = loss + self.net.reg_loss(lambda);
                let place = format_args!("{name}, after epoch {epoch}");
                Diverged::check(j, place, before + steps, &causes)?;
                self.accuracies.push(accuracy(&predictions(&probs), &labels(images, batch)));
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
