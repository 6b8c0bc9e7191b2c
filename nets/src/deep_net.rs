//! DeepNet, any number of layers with relu between them, then softmax: derived in chapter 5.
//!
//! The letters are those of the chapter: N samples, L layers, and the sizes
//! H₀ = D, the inputs, to H_L = K, the classes.

use crate::Init;
use crate::activation::{relu, relu_prime, softmax_of_rows};
use crate::loss::cross_entropy;
use matrix::{Matrix, Real, Rng};
use std::iter::once;

/// The weights of all layers.
#[derive(Clone, Debug, PartialEq)]
pub struct DeepNet<T = f64> {
    /// Wˡ, Hₗ₋₁ × Hₗ, and bˡ, 1 × Hₗ, for l = 1 … L.
    pub layers: Vec<(Matrix<T>, Matrix<T>)>,
}

/// Everything that `forward` computes.
#[derive(Clone, Debug, PartialEq)]
pub struct Activations<T = f64> {
    /// zˡ, N × Hₗ, for l = 1 … L; zᴸ contains the scores.
    pub z: Vec<Matrix<T>>,
    /// aˡ, N × Hₗ, for l = 1 … L − 1.
    pub a: Vec<Matrix<T>>,
    /// probs, N × K: the probability of each class.
    pub probs: Matrix<T>,
}

/// The gradient of the data loss with respect to each quantity, in its shape.
#[derive(Clone, Debug, PartialEq)]
pub struct Gradients<T = f64> {
    /// ∇zˡ, N × Hₗ, for l = 1 … L.
    pub dz: Vec<Matrix<T>>,
    /// ∇aˡ, N × Hₗ, for l = 1 … L − 1.
    pub da: Vec<Matrix<T>>,
    /// ∇Wˡ, Hₗ₋₁ × Hₗ, for l = 1 … L.
    pub dw: Vec<Matrix<T>>,
    /// ∇bˡ, 1 × Hₗ, for l = 1 … L.
    pub db: Vec<Matrix<T>>,
}

impl<T: Real> DeepNet<T> {
    /// A net of the sizes D, H₁, …, K that starts as `init` says.
    ///
    /// # Panics
    /// If there are fewer than two sizes.
    #[track_caller]
    pub fn new(sizes: &[usize], init: Init, rng: &mut Rng) -> Self {
        assert!(sizes.len() >= 2, "DeepNet::new: sizes {sizes:?}, fewer than two");
        let layers = sizes.windows(2).map(|pair| init.layer([pair[0], pair[1]], rng)).collect();
        Self { layers }
    }

    /// The activations of the samples `a0`, N × D.
    #[track_caller]
    pub fn forward(&self, a0: &Matrix<T>) -> Activations<T> {
        let (mut z, mut a) = (Vec::<Matrix<T>>::new(), Vec::new());
        for (w, b) in &self.layers {
            if let Some(z) = z.last() {
                a.push(z.map(relu)); // (5.1)
            }
            z.push(a.last().unwrap_or(a0).dot(w).add_row(b)); // (5.2)
        }
        let probs = softmax_of_rows(&z[z.len() - 1]); // (5.3)
        Activations { z, a, probs }
    }

    /// The mean cross-entropy to the one-hot labels `y`, N × K.
    #[track_caller]
    pub fn data_loss(acts: &Activations<T>, y: &Matrix<T>) -> T {
        cross_entropy(&acts.z[acts.z.len() - 1], y) // (5.4)
    }

    /// The regulariser, a penalty on large weights, with λ = `lambda`.
    pub fn reg_loss(&self, lambda: T) -> T {
        let norms: T = self.layers.iter().map(|(w, _)| w.norm_squared()).sum();
        T::from_f64(0.5) * lambda * norms // (5.5)
    }

    /// J, which the updates minimise: the data loss plus the regulariser.
    #[track_caller]
    pub fn loss(&self, acts: &Activations<T>, y: &Matrix<T>, lambda: T) -> T {
        Self::data_loss(acts, y) + self.reg_loss(lambda) // (5.6)
    }

    /// The gradient of the data loss for the samples `a0`, N × D, and one-hot labels `y`, N × K.
    #[track_caller]
    pub fn backward(&self, a0: &Matrix<T>, acts: &Activations<T>, y: &Matrix<T>) -> Gradients<T> {
        let probs = &acts.probs;
        let n = T::from_f64(a0.rows() as f64);
        let dz = (probs - y) / n; // (5.7)
        let mut grads = Gradients { dz: vec![dz], da: vec![], dw: vec![], db: vec![] };
        for ((w, _), z) in self.layers[1..].iter().zip(&acts.z).rev() {
            let da = grads.dz[0].dot(w.t()); // (5.8)
            let dz = da.hadamard(&z.map(relu_prime)); // (5.9)
            grads.da.insert(0, da);
            grads.dz.insert(0, dz);
        }
        for (a, dz) in once(a0).chain(&acts.a).zip(&grads.dz) {
            let dw = a.t().dot(dz); // (5.10)
            let db = dz.sum_of_rows(); // (5.11)
            grads.dw.push(dw);
            grads.db.push(db);
        }
        grads
    }

    /// One step of gradient descent on J, with the rate η = `eta` and λ = `lambda`.
    #[track_caller]
    pub fn update(&mut self, grads: &Gradients<T>, eta: T, lambda: T) {
        for ((w, b), (dw, db)) in self.layers.iter_mut().zip(grads.dw.iter().zip(&grads.db)) {
            w.zip_apply(dw, |w, dw| w - eta * (dw + lambda * w)); // (5.12)
            b.zip_apply(db, |b, db| b - eta * db); // (5.13)
        }
    }
}
