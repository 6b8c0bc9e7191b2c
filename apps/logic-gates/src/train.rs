//! The training of a gate, a part at a time, so that those of several gates can be logged side by
//! side.

use crate::gates::Gate;
use console::Causes;
use matrix::{Matrix, Rng};
use nets::OneNet;
use nets::one_net::{Activations, Gradients, Rule};
use std::ops::Range;

/// The losses of this many iterations are averaged into one point of the curve, as in the tutorial.
pub(crate) const AVERAGED: usize = 500;

/// The constants of a run.
#[derive(Clone, Copy, PartialEq)]
pub(crate) struct Settings {
    pub iterations: usize,
    pub rate: f64,
    pub lambda: f64,
    pub loss: Loss,
}

impl Settings {
    /// The tutorial's constants.
    pub(crate) const PUBLISHED: Settings =
        Settings { iterations: 200_000, rate: 1e-3, lambda: 1e-3, loss: Loss::CrossEntropy };
}

/// What is minimised.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Loss {
    /// −ln p, as OneNet has it.
    CrossEntropy,
    /// ½ (h − y)².
    Squared,
}

impl Loss {
    /// The mean over the samples.
    pub(crate) fn mean(self, acts: &Activations, y: &Matrix) -> f64 {
        match self {
            Self::CrossEntropy => OneNet::data_loss(acts, y),
            Self::Squared => 0.5 * (&acts.h - y).norm_squared() / y.rows() as f64,
        }
    }

    /// Its gradient.
    pub(crate) fn gradient(
        self,
        net: &OneNet,
        a0: &Matrix,
        acts: &Activations,
        y: &Matrix,
    ) -> Gradients {
        let grads = net.backward(a0, acts, y);
        match self {
            Self::CrossEntropy => grads,
            Self::Squared => {
                let sigmoid_prime = acts.h.map(|h| h * (1.0 - h));
                let dz1 = grads.dz1.hadamard(&sigmoid_prime);
                Gradients { dw1: a0.t().dot(&dz1), db1: dz1.sum_of_rows(), dz1 }
            }
        }
    }
}

/// A gate and its net.
pub(crate) struct Training {
    pub gate: &'static Gate,
    pub net: OneNet,
    a0: Matrix,
    y: Matrix,
    /// The loss before the first step.
    pub first: f64,
    /// The means of the losses so far.
    pub losses: Vec<f64>,
}

impl Training {
    /// A net before training.
    pub(crate) fn new(gate: &'static Gate, loss: Loss, seed: u64) -> Training {
        let (m, d, k) = (gate.inputs.len(), gate.inputs[0].len(), gate.outputs);
        let a0 = Matrix::from_vec(m, d, gate.inputs.concat());
        let y = Matrix::from_fn(m, k, |i, _| gate.labels[i]);
        let mut net = OneNet::new([d, k], &mut Rng::new(seed));
        // Outputs that learn the same start from the same W and differ in b, as in the tutorial.
        net.w1 = Matrix::from_fn(d, k, |i, _| net.w1[(i, 0)]);
        let first = loss.mean(&net.forward(&a0), &y);
        Training { gate, net, a0, y, first, losses: Vec::new() }
    }

    /// Makes the steps of these iterations, each on all rows of the truth table. If a loss is not
    /// finite, the mean that contains it is the last.
    pub(crate) fn steps(
        &mut self,
        iterations: Range<usize>,
        rule: Rule,
        settings: Settings,
    ) -> Result<(), String> {
        let Settings { rate, lambda, loss, .. } = settings;
        let Training { gate, net, a0, y, losses, .. } = self;
        // The published rule takes λ times the sum of all weights from each of them.
        let weights = if rule == Rule::Published { net.w1.as_slice().len() } else { 1 };
        let causes = Causes::new(rate, lambda * weights as f64);
        let (last, mut total, mut count) = (iterations.end, 0.0, 0.0);
        let mut record = |i: usize, loss| {
            let checked = causes.check(loss, format_args!("{}, iteration {i}", gate.name), i - 1);
            (total, count) = (total + loss, count + 1.0);
            if i.is_multiple_of(AVERAGED) || i + 1 == last || checked.is_err() {
                losses.push(total / count);
                (total, count) = (0.0, 0.0);
            }
            checked
        };
        for i in iterations {
            let acts = net.forward(a0);
            record(i, loss.mean(&acts, y))?;
            let grads = loss.gradient(net, a0, &acts, y);
            net.update(&grads, rate, lambda, rule);
        }
        Ok(())
    }

    /// The loss of the net as it is.
    pub(crate) fn loss(&self, loss: Loss) -> f64 {
        loss.mean(&self.net.forward(&self.a0), &self.y)
    }

    /// p(y = 1) of the first output for each row of inputs.
    pub(crate) fn p(&self) -> Vec<f64> {
        self.net.forward(&self.a0).h.iter_rows().map(|row| row[0]).collect()
    }
}

/// Nielsen's saturated neuron (Neural Networks and Deep Learning, chapter 3): one input, which is 1,
/// weight and bias 2, label 0. Trains it under a loss. Returns the first gradient with respect to z, and
/// h before each step.
pub(crate) fn saturated(loss: Loss, steps: usize, rate: f64) -> (f64, Vec<f64>) {
    let number = |x| Matrix::from_rows([[x]]);
    let (a0, y) = (number(1.0), number(0.0));
    let mut net = OneNet { w1: number(2.0), b1: number(2.0) };
    let (mut first, mut h) = (0.0, Vec::new());
    for step in 0..steps {
        let acts = net.forward(&a0);
        let grads = loss.gradient(&net, &a0, &acts, &y);
        if step == 0 {
            first = grads.dz1[(0, 0)];
        }
        h.push(acts.h[(0, 0)]);
        net.update(&grads, rate, 0.0, Rule::Off);
    }
    (first, h)
}
