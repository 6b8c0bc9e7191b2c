//! The training of a gate, a part at a time, so that those of several gates can be logged side by
//! side.

use crate::gates::Gate;
use console::{Causes, Diverged};
use matrix::{Matrix, Rng};
use nets::OneNet;
use nets::one_net::Rule;
use std::ops::Range;

/// The losses of this many iterations are averaged into one point of the curve, as in the tutorial.
pub(crate) const AVERAGED: usize = 500;

/// The constants of a run.
#[derive(Clone, Copy, PartialEq)]
pub(crate) struct Settings {
    pub iterations: usize,
    pub rate: f64,
    pub lambda: f64,
}

impl Settings {
    /// Those of the tutorial.
    pub(crate) const PUBLISHED: Settings =
        Settings { iterations: 200_000, rate: 1e-3, lambda: 1e-3 };
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
    pub(crate) fn new(gate: &'static Gate, seed: u64) -> Training {
        let (m, d, k) = (gate.inputs.len(), gate.inputs[0].len(), gate.outputs);
        let a0 = Matrix::from_vec(m, d, gate.inputs.concat());
        let y = Matrix::from_fn(m, k, |i, _| gate.labels[i]);
        let mut net = OneNet::new([d, k], &mut Rng::new(seed));
        // Outputs that learn the same start from the same W and differ in b, as in the tutorial.
        net.w1 = Matrix::from_fn(d, k, |i, _| net.w1[(i, 0)]);
        let mut training = Training { gate, net, a0, y, first: 0.0, losses: Vec::new() };
        training.first = training.loss();
        training
    }

    /// Makes the steps of these iterations, each on all rows of the truth table. The mean of the
    /// losses that ends in one that is not finite is the last.
    pub(crate) fn steps(
        &mut self,
        iterations: Range<usize>,
        rule: Rule,
        settings: Settings,
    ) -> Result<(), Diverged> {
        let Settings { rate, lambda, .. } = settings;
        let Training { gate, net, a0, y, losses, .. } = self;
        // The published rule takes λ times the sum of all weights from each of them.
        let weights = if rule == Rule::Published { net.w1.as_slice().len() } else { 1 };
        let causes = Causes {
            rate: ("--rate", rate),
            decay: ("--lambda", lambda * weights as f64),
            inputs: ("smaller inputs", 1.0),
        };
        let (last, mut total, mut count) = (iterations.end, 0.0, 0.0);
        let mut record = |i: usize, loss| {
            let checked =
                Diverged::check(loss, format_args!("{}, iteration {i}", gate.name), i - 1, &causes);
            (total, count) = (total + loss, count + 1.0);
            if i.is_multiple_of(AVERAGED) || i + 1 == last || checked.is_err() {
                losses.push(total / count);
                (total, count) = (0.0, 0.0);
            }
            checked
        };
        for i in iterations {
            let acts = net.forward(a0);
            let loss = OneNet::loss(&acts, y);
            record(i, loss)?;
            let grads = net.backward(a0, &acts, y);
            net.update(&grads, rate, lambda, rule);
        }
        Ok(())
    }

    /// The loss of the net as it is.
    pub(crate) fn loss(&self) -> f64 {
        OneNet::loss(&self.net.forward(&self.a0), &self.y)
    }

    /// p(y = 1) of the first output for each row of inputs.
    pub(crate) fn p(&self) -> Vec<f64> {
        self.net.forward(&self.a0).h.iter_rows().map(|row| row[0]).collect()
    }
}
