//! The training of ThreeNet, as in the tutorial: the state of a run, and one epoch of it (chapter 4).

use crate::evaluation::Evaluation;
use crate::settings::Settings;
use console::{Causes, percent};
use datasets::Images;
use matrix::Rng;
use nets::DeepNet;
use nets::metrics::{accuracy, predictions};

/// The net that is trained. With three layers it computes what ThreeNet does, to the last bit.
pub(crate) type Net = DeepNet<f32>;

/// A training run between two epochs.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Training {
    pub settings: Settings,
    /// The rows and columns of the images, and the label of class 0 in their files.
    pub images: [usize; 3],
    pub net: Net,
    /// The net with the best batch accuracy so far, the latest in case of a tie.
    pub best: Net,
    /// For each epoch: the mean loss of its batches, the accuracy on the last batch after its step, the
    /// rate and λ.
    pub curve: Vec<[f64; 4]>,
}

impl Training {
    /// The state before training. The images are shuffled, once.
    pub(crate) fn new(settings: Settings, images: &mut Images) -> Self {
        let mut rng = Rng::new(settings.seed);
        let sizes = [&[images.rows * images.cols], &settings.hidden[..], &[images.classes]];
        let net = Net::new(&sizes.concat(), settings.init, &mut rng);
        images.shuffle(&mut rng);
        let images = [images.rows, images.cols, images.first_label];
        Self { settings, images, best: net.clone(), net, curve: Vec::new() }
    }

    /// The name of the net: the tutorial's, if it has the tutorial's three layers.
    pub(crate) fn name(&self) -> &'static str {
        if self.net.layers.len() == 3 { "ThreeNet" } else { "DeepNet" }
    }

    /// The sizes of the net: inputs, hidden layers, classes.
    pub(crate) fn sizes(&self) -> Vec<usize> {
        let layers = &self.net.layers;
        [layers[0].0.rows()].into_iter().chain(layers.iter().map(|(w, _)| w.cols())).collect()
    }

    /// Returns a column of the curve.
    pub(crate) fn column(&self, j: usize) -> Vec<f64> {
        self.curve.iter().map(|row| row[j]).collect()
    }

    /// The best batch accuracy.
    pub(crate) fn best_accuracy(&self) -> f64 {
        self.column(1).into_iter().fold(0.0, f64::max)
    }

    /// Whether this is the run whose results the tutorial has published.
    pub(crate) fn is_published(&self) -> bool {
        let seed = self.settings.seed;
        let thousandth = f64::from(1e-3_f32);
        Settings::parse("").is_ok_and(|default| self.settings == Settings { seed, ..default })
            && self.curve.len() == 200
            && self.curve.iter().all(|&[.., rate, lambda]| [rate, lambda] == [thousandth; 2])
    }

    /// Evaluates one of the nets on these images.
    pub(crate) fn evaluate(&self, net: &Net, images: &Images) -> Evaluation {
        Evaluation::new(images, |part| {
            let acts = net.forward(&images.to_matrix(part.clone(), self.settings.scale));
            (Net::data_loss(&acts, &images.one_hot(part)).into(), acts.probs)
        })
    }

    /// Makes one pass over the n images in their order. Batches of N start at 0, N, 2N, … below n − N,
    /// as in the tutorial; so some images at the end are never used. After each step, `report` gets the
    /// part of the epoch that this step is.
    pub(crate) fn epoch(
        &mut self,
        images: &Images,
        mut report: impl FnMut(f64),
    ) -> Result<(), String> {
        let Settings { batch, scale, rate, lambda, .. } = self.settings;
        let (name, epoch) = (self.name(), self.curve.len() + 1);
        let starts = (0..images.len() - batch).step_by(batch);
        let steps = starts.len();
        let before = (epoch - 1) * steps;
        let causes = Causes {
            inputs: ("a larger --scale", 255.0 / scale),
            ..Causes::new(rate.into(), lambda.into())
        };
        let (mut total, mut last_accuracy) = (0.0, 0.0);
        for (step, start) in (1..).zip(starts) {
            let batch = start..start + batch;
            let (a0, y) = (images.to_matrix(batch.clone(), scale), images.one_hot(batch.clone()));
            let acts = self.net.forward(&a0);
            let grads = self.net.backward(&a0, &acts, &y);
            self.net.update(&grads, rate, lambda);
            let loss = Net::data_loss(&acts, &y).into();
            let place = format_args!("{name}, epoch {epoch}, step {step}");
            total += causes.check(loss, place, before + step - 1)?;
            report(1.0 / steps as f64);
            if step == steps {
                let acts = self.net.forward(&a0);
                // J contains the weights, so this checks them too.
                let j = self.net.loss(&acts, &y, lambda).into();
                let place = format_args!("{name}, after epoch {epoch}");
                causes.check(j, place, before + steps)?;
                last_accuracy = accuracy(&predictions(&acts.probs), &images.labels[batch]);
            }
        }
        if last_accuracy >= self.best_accuracy() {
            self.best = self.net.clone();
        }
        let loss = total / steps as f64;
        self.curve.push([loss, last_accuracy, rate.into(), lambda.into()]);
        Ok(())
    }

    /// Returns the loss and the accuracy of the last epoch, for the progress line.
    pub(crate) fn details(&self) -> String {
        let [loss, accuracy, ..] = self.curve.last().copied().unwrap_or_default();
        format!("loss {loss:.4}  accuracy {}", percent(accuracy))
    }
}

#[cfg(test)]
mod tests;
