//! TwoNet, one hidden layer with relu, then softmax: derived in chapter 3.
//!
//! The letters are those of the chapter: N samples, D inputs, H hidden units, K classes.

use crate::INIT_STD;
use crate::activation::{relu, relu_prime, softmax_of_rows};
use crate::loss::cross_entropy;
use matrix::{Matrix, Real, Rng};

/// The weights of the two layers.
#[derive(Clone, Debug, PartialEq)]
pub struct TwoNet<T = f64> {
    /// W¹, D × H.
    pub w1: Matrix<T>,
    /// b¹, 1 × H.
    pub b1: Matrix<T>,
    /// W², H × K.
    pub w2: Matrix<T>,
    /// b², 1 × K.
    pub b2: Matrix<T>,
}

/// Everything that `forward` computes.
#[derive(Clone, Debug, PartialEq)]
pub struct Activations<T = f64> {
    /// z¹, N × H.
    pub z1: Matrix<T>,
    /// a¹, N × H: the hidden features.
    pub a1: Matrix<T>,
    /// z², N × K: the scores.
    pub z2: Matrix<T>,
    /// probs, N × K: the probability of each class.
    pub probs: Matrix<T>,
}

/// The gradient of the data loss with respect to each quantity, in its shape.
#[derive(Clone, Debug, PartialEq)]
pub struct Gradients<T = f64> {
    /// ∇z², N × K.
    pub dz2: Matrix<T>,
    /// ∇W², H × K.
    pub dw2: Matrix<T>,
    /// ∇b², 1 × K.
    pub db2: Matrix<T>,
    /// ∇a¹, N × H.
    pub da1: Matrix<T>,
    /// ∇z¹, N × H.
    pub dz1: Matrix<T>,
    /// ∇W¹, D × H.
    pub dw1: Matrix<T>,
    /// ∇b¹, 1 × H.
    pub db1: Matrix<T>,
}

impl<T: Real> TwoNet<T> {
    /// A net of the sizes [D, H, K]. Its weights and biases have the standard deviation 0.01.
    pub fn new([d, h, k]: [usize; 3], rng: &mut Rng) -> Self {
        let w1 = Matrix::normal(d, h, INIT_STD, rng);
        let b1 = Matrix::normal(1, h, INIT_STD, rng);
        let w2 = Matrix::normal(h, k, INIT_STD, rng);
        let b2 = Matrix::normal(1, k, INIT_STD, rng);
        Self { w1, b1, w2, b2 }
    }

    /// The activations of the samples `a0`, N × D.
    #[track_caller]
    pub fn forward(&self, a0: &Matrix<T>) -> Activations<T> {
        let z1 = a0.dot(&self.w1).add_row(&self.b1); // (3.1)
        let a1 = z1.map(relu); // (3.2)
        let z2 = a1.dot(&self.w2).add_row(&self.b2); // (3.3)
        let probs = softmax_of_rows(&z2); // (3.4)
        Activations { z1, a1, z2, probs }
    }

    /// The mean cross-entropy to the one-hot labels `y`, N × K.
    #[track_caller]
    pub fn data_loss(acts: &Activations<T>, y: &Matrix<T>) -> T {
        cross_entropy(&acts.z2, y) // (3.5)
    }

    /// The regulariser, a penalty on large weights, with λ = `lambda`.
    pub fn reg_loss(&self, lambda: T) -> T {
        T::from_f64(0.5) * lambda * (self.w1.norm_squared() + self.w2.norm_squared()) // (3.6)
    }

    /// J, which the updates minimise: the data loss plus the regulariser.
    #[track_caller]
    pub fn loss(&self, acts: &Activations<T>, y: &Matrix<T>, lambda: T) -> T {
        Self::data_loss(acts, y) + self.reg_loss(lambda) // (3.7)
    }

    /// The gradient of the data loss for the samples `a0`, N × D, and one-hot labels `y`, N × K.
    #[track_caller]
    pub fn backward(&self, a0: &Matrix<T>, acts: &Activations<T>, y: &Matrix<T>) -> Gradients<T> {
        let Activations { z1, a1, probs, .. } = acts;
        let n = T::from_f64(a0.rows() as f64);
        let dz2 = (probs - y) / n; // (3.8)
        let dw2 = a1.t().dot(&dz2); // (3.9)
        let db2 = dz2.sum_of_rows(); // (3.10)
        let da1 = dz2.dot(self.w2.t()); // (3.11)
        let dz1 = da1.hadamard(&z1.map(relu_prime)); // (3.12)
        let dw1 = a0.t().dot(&dz1); // (3.13)
        let db1 = dz1.sum_of_rows(); // (3.14)
        Gradients { dz2, dw2, db2, da1, dz1, dw1, db1 }
    }

    /// One step of gradient descent on J, with the rate η = `eta` and λ = `lambda`.
    #[track_caller]
    pub fn update(&mut self, grads: &Gradients<T>, eta: T, lambda: T) {
        let Gradients { dw2, db2, dw1, db1, .. } = grads;
        self.w2.zip_apply(dw2, |w, dw| w - eta * (dw + lambda * w)); // (3.15)
        self.b2.zip_apply(db2, |b, db| b - eta * db); // (3.16)
        self.w1.zip_apply(dw1, |w, dw| w - eta * (dw + lambda * w)); // (3.17)
        self.b1.zip_apply(db1, |b, db| b - eta * db); // (3.18)
    }
}
