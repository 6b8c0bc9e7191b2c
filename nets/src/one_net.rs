//! OneNet, one layer with the sigmoid: logistic regression, derived in chapter 1.
//!
//! The letters are those of the chapter: m samples, D inputs, K outputs. Each output is a question of
//! its own with the target 0 or 1. A gate has one output; two outputs that learn the same gate
//! reproduce the tutorial's 1 × 2 bias (`docs/errata.md`, error 1).

use crate::INIT_STD;
use crate::activation::{sigmoid, softplus};
use matrix::{Matrix, Real, Rng};

/// The weights of the layer.
#[derive(Clone, Debug, PartialEq)]
pub struct OneNet<T = f64> {
    /// W¹, D × K.
    pub w1: Matrix<T>,
    /// b¹, 1 × K.
    pub b1: Matrix<T>,
}

/// Everything that `forward` computes.
#[derive(Clone, Debug, PartialEq)]
pub struct Activations<T = f64> {
    /// z¹, m × K: the scores.
    pub z1: Matrix<T>,
    /// h, m × K: the probability p(y = 1).
    pub h: Matrix<T>,
}

/// The gradient of the data loss with respect to each quantity, in its shape.
#[derive(Clone, Debug, PartialEq)]
pub struct Gradients<T = f64> {
    /// ∇z¹, m × K.
    pub dz1: Matrix<T>,
    /// ∇W¹, D × K.
    pub dw1: Matrix<T>,
    /// ∇b¹, 1 × K.
    pub db1: Matrix<T>,
}

/// The weight-decay rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// As the tutorial prints it: to each entry λ times the sum of all weights.
    Published,
    /// The gradient of ½λ‖W‖²: to each entry λ times its weight.
    L2,
    /// No decay.
    Off,
}

impl<T: Real> OneNet<T> {
    /// A net of the sizes [D, K]. Its weights and biases have the standard deviation 0.01.
    pub fn new([d, k]: [usize; 2], rng: &mut Rng) -> Self {
        let w1 = Matrix::normal(d, k, INIT_STD, rng);
        let b1 = Matrix::normal(1, k, INIT_STD, rng);
        Self { w1, b1 }
    }

    /// The scores and probabilities of the samples `a0`, m × D.
    #[track_caller]
    pub fn forward(&self, a0: &Matrix<T>) -> Activations<T> {
        let z1 = a0.dot(&self.w1).add_row(&self.b1); // (1.1)
        let h = z1.map(sigmoid); // (1.2)
        Activations { z1, h }
    }

    /// The cross-entropy to the targets `y`, m × K, each 0 or 1: the mean over the samples of the sum
    /// over the questions.
    #[track_caller]
    pub fn data_loss(acts: &Activations<T>, y: &Matrix<T>) -> T {
        let m = T::from_f64(y.rows() as f64);
        acts.z1.zip_map(y, |z, y| softplus((T::ONE - y - y) * z)).sum() / m // (1.3)
    }

    /// The gradient of the data loss for the samples `a0`, m × D, and the targets `y`, m × K.
    #[track_caller]
    pub fn backward(&self, a0: &Matrix<T>, acts: &Activations<T>, y: &Matrix<T>) -> Gradients<T> {
        let m = T::from_f64(a0.rows() as f64);
        let dz1 = (&acts.h - y) / m; // (1.4)
        let dw1 = a0.t().dot(&dz1); // (1.5)
        let db1 = dz1.sum_of_rows(); // (1.6)
        Gradients { dz1, dw1, db1 }
    }

    /// One step of gradient descent, with the rate η = `eta` and the weight decay λ = `lambda`.
    #[track_caller]
    pub fn update(&mut self, grads: &Gradients<T>, eta: T, lambda: T, rule: Rule) {
        let Gradients { dw1, db1, .. } = grads;
        match rule {
            Rule::Published => {
                let sum = self.w1.sum();
                self.w1.zip_apply(dw1, |w, dw| w - eta * (dw + lambda * sum)); // (1.7)
            }
            Rule::L2 => {
                self.w1.zip_apply(dw1, |w, dw| w - eta * (dw + lambda * w)); // (1.8)
            }
            Rule::Off => {
                self.w1.zip_apply(dw1, |w, dw| w - eta * dw); // (1.9)
            }
        }
        self.b1.zip_apply(db1, |b, db| b - eta * db); // (1.10)
    }
}
