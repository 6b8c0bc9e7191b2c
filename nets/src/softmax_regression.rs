//! Softmax regression, one layer and no hidden one: the baseline, derived in chapter 2.
//!
//! The letters are those of the chapter: N samples, D inputs, K classes.

use crate::INIT_STD;
use crate::activation::softmax_of_rows;
use crate::loss::cross_entropy;
use matrix::{Matrix, Real, Rng};

/// The weights of the layer.
#[derive(Clone, Debug, PartialEq)]
pub struct SoftmaxRegression<T = f64> {
    /// W, D × K.
    pub w: Matrix<T>,
    /// b, 1 × K.
    pub b: Matrix<T>,
}

/// Everything that `forward` computes.
#[derive(Clone, Debug, PartialEq)]
pub struct Activations<T = f64> {
    /// z, N × K: the scores.
    pub z: Matrix<T>,
    /// probs, N × K: the probability of each class.
    pub probs: Matrix<T>,
}

/// The gradient of the data loss with respect to each quantity, in its shape.
#[derive(Clone, Debug, PartialEq)]
pub struct Gradients<T = f64> {
    /// ∇z, N × K.
    pub dz: Matrix<T>,
    /// ∇W, D × K.
    pub dw: Matrix<T>,
    /// ∇b, 1 × K.
    pub db: Matrix<T>,
}

impl<T: Real> SoftmaxRegression<T> {
    /// A net of the sizes [D, K]. Its weights and biases have the standard deviation 0.01.
    pub fn new([d, k]: [usize; 2], rng: &mut Rng) -> Self {
        let w = Matrix::normal(d, k, INIT_STD, rng);
        let b = Matrix::normal(1, k, INIT_STD, rng);
        Self { w, b }
    }

    /// The scores and probabilities of the samples `x`, N × D.
    #[track_caller]
    pub fn forward(&self, x: &Matrix<T>) -> Activations<T> {
        let z = x.dot(&self.w).add_row(&self.b); // (2.1)
        let probs = softmax_of_rows(&z); // (2.2)
        Activations { z, probs }
    }

    /// The mean cross-entropy to the one-hot labels `y`, N × K.
    #[track_caller]
    pub fn data_loss(acts: &Activations<T>, y: &Matrix<T>) -> T {
        cross_entropy(&acts.z, y) // (2.3)
    }

    /// The regulariser, a penalty on large weights, with λ = `lambda`.
    pub fn reg_loss(&self, lambda: T) -> T {
        T::from_f64(0.5) * lambda * self.w.norm_squared() // (2.4)
    }

    /// J, which the updates minimise: the data loss plus the regulariser.
    #[track_caller]
    pub fn loss(&self, acts: &Activations<T>, y: &Matrix<T>, lambda: T) -> T {
        Self::data_loss(acts, y) + self.reg_loss(lambda) // (2.5)
    }

    /// The gradient of the data loss for the samples `x`, N × D, and one-hot labels `y`, N × K.
    #[track_caller]
    pub fn backward(&self, x: &Matrix<T>, acts: &Activations<T>, y: &Matrix<T>) -> Gradients<T> {
        let n = T::from_f64(x.rows() as f64);
        let dz = (&acts.probs - y) / n; // (2.6)
        let dw = x.t().dot(&dz); // (2.7)
        let db = dz.sum_of_rows(); // (2.8)
        Gradients { dz, dw, db }
    }

    /// One step of gradient descent on J, with the rate η = `eta` and λ = `lambda`.
    #[track_caller]
    pub fn update(&mut self, grads: &Gradients<T>, eta: T, lambda: T) {
        self.w.zip_apply(&grads.dw, |w, dw| w - eta * (dw + lambda * w)); // (2.9)
        self.b.zip_apply(&grads.db, |b, db| b - eta * db); // (2.10)
    }
}
