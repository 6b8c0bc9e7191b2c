//! The training of ThreeNet, as in the tutorial: the state of a run, and one epoch of it (chapter 4).

use crate::evaluation::Evaluation;
use crate::net::Net;
use crate::settings::{Changing, Settings};
use console::{Causes, NotLearned, percent};
use datasets::Images;
use matrix::Rng;
use nets::loss::cross_entropy;
use nets::metrics::{accuracy, predictions};
use std::ops::Range;

/// A training run between two epochs.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Training {
    pub settings: Settings,
    pub net: Net,
    /// The net with the best batch accuracy so far, the latest in case of a tie.
    pub best: Net,
    pub best_accuracy: f64,
    /// Of each epoch the mean loss of its batches.
    pub losses: Vec<f64>,
    /// Of each epoch the accuracy on its last batch, after the step on it.
    pub accuracies: Vec<f64>,
}

impl Training {
    /// The state before training. The images are shuffled, once.
    pub(crate) fn new(mut settings: Settings, images: &mut Images) -> Self {
        let mut rng = Rng::new(settings.seed);
        let sizes = [&[images.rows * images.cols], &settings.hidden[..], &[images.classes]];
        let net = Net::new(&sizes.concat(), settings.init, &mut rng);
        images.shuffle(&mut rng);
        settings.set_images(images);
        let (losses, accuracies) = (Vec::new(), Vec::new());
        Self { settings, best: net.clone(), net, best_accuracy: 0.0, losses, accuracies }
    }

    /// What one of the nets achieves on these images.
    pub(crate) fn evaluate(&self, net: &Net, images: &Images) -> Evaluation {
        let scale = self.settings.scale;
        Evaluation::new(images, |part| {
            let [scores, probs] = net.forward(&images.to_matrix(part.clone(), scale));
            (cross_entropy(&scores, &images.one_hot(part)).into(), probs)
        })
    }

    /// One pass over the images in their order. Batches start at 0, N, 2N, … below n − N, as in the
    /// tutorial; so some images at the end are never used.
    /// `report` gets the share of it that is done, after each step but the last.
    pub(crate) fn epoch(
        &mut self,
        images: &Images,
        mut report: impl FnMut(f64),
    ) -> Result<(), NotLearned> {
        let Settings { batch, scale, ref rate, ref lambda, .. } = self.settings;
        let [rate, lambda] = [rate, lambda].map(Changing::value);
        let epoch = self.losses.len() + 1;
        let starts = (0..images.len() - batch).step_by(batch);
        let steps = starts.len();
        let before = (epoch - 1) * steps;
        let causes = Causes {
            inputs: ("a larger --scale", 255.0 / scale),
            ..Causes::new(rate.into(), lambda.into())
        };
        let mut total = 0.0;
        for (step, start) in (1..).zip(starts) {
            let batch = start..start + batch;
            let (a0, y) = (images.to_matrix(batch.clone(), scale), images.one_hot(batch.clone()));
            let name = self.net.name();
            let loss = self.net.step(&a0, &y, rate, lambda);
            let place = format_args!("{name}, epoch {epoch}, step {step}");
            total += causes.check(loss, place, before + step - 1)?;
            if step < steps {
                report(step as f64 / steps as f64);
            } else {
                let [scores, probs] = self.net.forward(&a0);
                // J has the weights in it as well: they must be numbers, too.
                let j = f64::from(cross_entropy(&scores, &y)) + self.net.reg_loss(lambda);
                let place = format_args!("{name}, after epoch {epoch}");
                causes.check(j, place, before + steps)?;
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

    /// How the last epoch went.
    pub(crate) fn details(&self) -> String {
        let last = |values: &[f64]| values.last().copied().unwrap_or(0.0);
        let (loss, accuracy) = (last(&self.losses), percent(last(&self.accuracies)));
        format!("loss {loss:.4}  accuracy {accuracy}")
    }
}

/// The labels of the images `range`.
pub(crate) fn labels(images: &Images, range: Range<usize>) -> Vec<usize> {
    images.labels[range].iter().map(|&label| label.into()).collect()
}
