//! ThreeNet, two hidden layers with relu, then softmax: derived in chapter 4.
//!
//! The letters are those of the chapter: N samples, D inputs, H₁ and H₂ hidden units, K classes.

use crate::INIT_STD;
use crate::activation::{relu, relu_prime, softmax_of_rows};
use crate::loss::cross_entropy;
use matrix::{Matrix, Real, Rng};

/// The weights of the three layers.
#[derive(Clone, Debug, PartialEq)]
pub struct ThreeNet<T = f64> {
    /// W¹, D × H₁.
    pub w1: Matrix<T>,
    /// b¹, 1 × H₁.
    pub b1: Matrix<T>,
    /// W², H₁ × H₂.
    pub w2: Matrix<T>,
    /// b², 1 × H₂.
    pub b2: Matrix<T>,
    /// W³, H₂ × K.
    pub w3: Matrix<T>,
    /// b³, 1 × K.
    pub b3: Matrix<T>,
}

/// Everything that `forward` computes.
#[derive(Clone, Debug, PartialEq)]
pub struct Activations<T = f64> {
    /// z¹, N × H₁.
    pub z1: Matrix<T>,
    /// a¹, N × H₁.
    pub a1: Matrix<T>,
    /// z², N × H₂.
    pub z2: Matrix<T>,
    /// a², N × H₂.
    pub a2: Matrix<T>,
    /// z³, N × K: the scores.
    pub z3: Matrix<T>,
    /// probs, N × K: the probability of each class.
    pub probs: Matrix<T>,
}

/// The gradient of the data loss with respect to each quantity, in its shape.
#[derive(Clone, Debug, PartialEq)]
pub struct Gradients<T = f64> {
    /// ∇z³, N × K.
    pub dz3: Matrix<T>,
    /// ∇W³, H₂ × K.
    pub dw3: Matrix<T>,
    /// ∇b³, 1 × K.
    pub db3: Matrix<T>,
    /// ∇a², N × H₂.
    pub da2: Matrix<T>,
    /// ∇z², N × H₂.
    pub dz2: Matrix<T>,
    /// ∇W², H₁ × H₂.
    pub dw2: Matrix<T>,
    /// ∇b², 1 × H₂.
    pub db2: Matrix<T>,
    /// ∇a¹, N × H₁.
    pub da1: Matrix<T>,
    /// ∇z¹, N × H₁.
    pub dz1: Matrix<T>,
    /// ∇W¹, D × H₁.
    pub dw1: Matrix<T>,
    /// ∇b¹, 1 × H₁.
    pub db1: Matrix<T>,
}

impl<T: Real> ThreeNet<T> {
    /// A net of the sizes [D, H₁, H₂, K]. Its weights and biases have the standard deviation 0.01.
    pub fn new([d, h1, h2, k]: [usize; 4], rng: &mut Rng) -> Self {
        let w1 = Matrix::normal(d, h1, INIT_STD, rng);
        let b1 = Matrix::normal(1, h1, INIT_STD, rng);
        let w2 = Matrix::normal(h1, h2, INIT_STD, rng);
        let b2 = Matrix::normal(1, h2, INIT_STD, rng);
        let w3 = Matrix::normal(h2, k, INIT_STD, rng);
        let b3 = Matrix::normal(1, k, INIT_STD, rng);
        Self { w1, b1, w2, b2, w3, b3 }
    }

    /// The activations of the samples `a0`, N × D.
    #[track_caller]
    pub fn forward(&self, a0: &Matrix<T>) -> Activations<T> {
        let z1 = a0.dot(&self.w1).add_row(&self.b1); // (4.1)
        let a1 = z1.map(relu); // (4.2)
        let z2 = a1.dot(&self.w2).add_row(&self.b2); // (4.3)
        let a2 = z2.map(relu); // (4.4)
        let z3 = a2.dot(&self.w3).add_row(&self.b3); // (4.5)
        let probs = softmax_of_rows(&z3); // (4.6)
        Activations { z1, a1, z2, a2, z3, probs }
    }

    /// The mean cross-entropy to the one-hot labels `y`, N × K.
    #[track_caller]
    pub fn data_loss(acts: &Activations<T>, y: &Matrix<T>) -> T {
        cross_entropy(&acts.z3, y) // (4.7)
    }

    /// The regulariser, a penalty on large weights, with λ = `lambda`.
    pub fn reg_loss(&self, lambda: T) -> T {
        let norms = self.w1.norm_squared() + self.w2.norm_squared() + self.w3.norm_squared();
        T::from_f64(0.5) * lambda * norms // (4.8)
    }

    /// J, which the updates minimise: the data loss plus the regulariser.
    #[track_caller]
    pub fn loss(&self, acts: &Activations<T>, y: &Matrix<T>, lambda: T) -> T {
        Self::data_loss(acts, y) + self.reg_loss(lambda) // (4.9)
    }

    /// The gradient of the data loss for the samples `a0`, N × D, and one-hot labels `y`, N × K.
    #[track_caller]
    pub fn backward(&self, a0: &Matrix<T>, acts: &Activations<T>, y: &Matrix<T>) -> Gradients<T> {
        let Activations { z1, a1, z2, a2, probs, .. } = acts;
        let n = T::from_f64(a0.rows() as f64);
        let dz3 = (probs - y) / n; // (4.10)
        let dw3 = a2.t().dot(&dz3); // (4.11)
        let db3 = dz3.sum_of_rows(); // (4.12)
        let da2 = dz3.dot(self.w3.t()); // (4.13)
        let dz2 = da2.hadamard(&z2.map(relu_prime)); // (4.14)
        let dw2 = a1.t().dot(&dz2); // (4.15)
        let db2 = dz2.sum_of_rows(); // (4.16)
        let da1 = dz2.dot(self.w2.t()); // (4.17)
        let dz1 = da1.hadamard(&z1.map(relu_prime)); // (4.18)
        let dw1 = a0.t().dot(&dz1); // (4.19)
        let db1 = dz1.sum_of_rows(); // (4.20)
        Gradients { dz3, dw3, db3, da2, dz2, dw2, db2, da1, dz1, dw1, db1 }
    }

    /// One step of gradient descent on J, with the rate η = `eta` and λ = `lambda`.
    #[track_caller]
    pub fn update(&mut self, grads: &Gradients<T>, eta: T, lambda: T) {
        let Gradients { dw3, db3, dw2, db2, dw1, db1, .. } = grads;
        self.w3.zip_apply(dw3, |w, dw| w - eta * (dw + lambda * w)); // (4.21)
        self.b3.zip_apply(db3, |b, db| b - eta * db); // (4.22)
        self.w2.zip_apply(dw2, |w, dw| w - eta * (dw + lambda * w)); // (4.23)
        self.b2.zip_apply(db2, |b, db| b - eta * db); // (4.24)
        self.w1.zip_apply(dw1, |w, dw| w - eta * (dw + lambda * w)); // (4.25)
        self.b1.zip_apply(db1, |b, db| b - eta * db); // (4.26)
    }
}
