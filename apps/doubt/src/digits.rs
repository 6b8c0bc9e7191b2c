//! A set of digits: an epoch of training on it, and a net's predictions for it.

use crate::RATE;
use console::{Style, Table, percent, uncertain};
use datasets::Images;
use matrix::Matrix;
use nets::ThreeNet;
use nets::metrics::{predictions, standard_error};
use std::ops::Range;

/// Some of the images of a set.
pub(crate) struct Digits<'a> {
    pub images: &'a Images,
    pub range: Range<usize>,
}

/// The predictions of a net for some samples.
pub(crate) struct Said {
    pub loss: f64,
    pub accuracy: f64,
    /// For each sample, the probability of the predicted class, and whether the class is right.
    sure: Vec<(f64, bool)>,
}

impl Digits<'_> {
    pub(crate) fn len(&self) -> usize {
        self.range.len()
    }

    /// An accuracy on these digits with its standard error.
    pub(crate) fn uncertain(&self, accuracy: f64) -> String {
        uncertain(accuracy, standard_error(accuracy, self.len()))
    }

    /// One pass over the images in batches. Images left over at the end are not used, as in chapter
    /// 4.
    pub(crate) fn epoch(&self, net: &mut ThreeNet<f32>, batch: usize, lambda: f32) {
        for start in self.range.clone().step_by(batch).take(self.len() / batch) {
            let batch = start..start + batch;
            let (a0, y) = (self.images.to_matrix(batch.clone(), 1.0), self.images.one_hot(batch));
            let grads = net.backward(&a0, &net.forward(&a0), &y);
            net.update(&grads, RATE, lambda);
        }
    }

    /// The net's predictions, computed for a thousand images at a time.
    pub(crate) fn evaluate(&self, net: &ThreeNet<f32>) -> Said {
        self.evaluate_changed(net, |a0| a0)
    }

    /// The net's predictions for the images after a change.
    pub(crate) fn evaluate_changed(
        &self,
        net: &ThreeNet<f32>,
        change: impl Fn(Matrix<f32>) -> Matrix<f32>,
    ) -> Said {
        let (mut loss, mut sure) = (0.0, Vec::new());
        for start in self.range.clone().step_by(1000) {
            let part = start..self.range.end.min(start + 1000);
            let acts = net.forward(&change(self.images.to_matrix(part.clone(), 1.0)));
            let y = self.images.one_hot(part.clone());
            loss += f64::from(ThreeNet::data_loss(&acts, &y)) * part.len() as f64;
            let predicted = predictions(&acts.probs).into_iter().enumerate();
            sure.extend(predicted.map(|(i, k)| (acts.probs[(i, k)].into(), y[(i, k)] == 1.0)));
        }
        Said::new(loss / self.len() as f64, sure)
    }
}

impl Said {
    /// From the mean loss, and from the probability of each answer and whether it is right.
    pub(crate) fn new(loss: f64, sure: Vec<(f64, bool)>) -> Self {
        let right = sure.iter().filter(|(_, right)| *right).count();
        Self { loss, accuracy: right as f64 / sure.len() as f64, sure }
    }

    /// The mean probability of the predicted class.
    pub(crate) fn confidence(&self) -> f64 {
        self.sure.iter().map(|(p, _)| p).sum::<f64>() / self.sure.len() as f64
    }

    /// The reliability diagram as a table: for each range of confidence, the share of right
    /// answers, as a number and as a mark next to the mark of the mean confidence.
    pub(crate) fn reliability(&self, style: Style) -> String {
        let mut table =
            Table::new(["confidence", "images", "mean", "right", "0 to 100 %, | mean, * right"]);
        for (from, to) in BINS {
            let bin = self.sure.iter().filter(|&&(p, _)| p >= from && (p < to || to == 1.0));
            let (count, total, right) = bin.fold((0, 0.0, 0), |(count, total, right), &(p, is)| {
                (count + 1, total + p, right + usize::from(is))
            });
            if count == 0 {
                continue;
            }
            let [mean, share] = [total, right as f64].map(|sum| sum / f64::from(count));
            let cell = |share: f64| (share * 30.0).round() as usize;
            let bar = (0..=30).map(|i| match i {
                _ if i == cell(share) => '*',
                _ if i == cell(mean) => '|',
                _ => '.',
            });
            let name = format!("{:.1} to {:.1} %", 100.0 * from, 100.0 * to);
            table.row([name, count.to_string(), percent(mean), percent(share), bar.collect()]);
        }
        table.draw(style)
    }
}

/// The ranges of confidence, narrower where most images are.
const BINS: [(f64, f64); 7] = [
    (0.0, 0.5),
    (0.5, 0.7),
    (0.7, 0.9),
    (0.9, 0.99),
    (0.99, 0.999),
    (0.999, 0.9999),
    (0.9999, 1.0),
];
