//! The mean cross-entropy of softmax scores (chapter 0).

use crate::activation::log_sum_exp;
use matrix::{Matrix, Real};

/// The mean over the rows of −ln p, where p is the softmax probability of the row's true class:
/// scores `z`, N × K, and one-hot labels `y`, N × K.
///
/// It is computed from the scores and not from the probabilities, so that it is finite and accurate
/// also where a probability rounds to 0.
///
/// # Panics
/// If the shapes differ.
#[track_caller]
pub fn cross_entropy<T: Real>(z: &Matrix<T>, y: &Matrix<T>) -> T {
    let n = T::from_f64(z.rows() as f64);
    let true_scores = z.hadamard(y).sum();
    let log_sums: T = z.iter_rows().map(log_sum_exp).sum();
    (log_sums - true_scores) / n // (0.7)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_loss_of_equal_scores_is_ln_k() {
        let z = Matrix::<f64>::zeros(5, 3);
        let loss = cross_entropy(&z, &Matrix::one_hot(&[0, 1, 2, 2, 1], 3));
        assert!((loss - 3f64.ln()).abs() < 1e-15);
    }

    #[test]
    fn the_loss_is_exact_where_the_probability_rounds_to_zero() {
        let z = Matrix::from_rows([[0.0, 2000.0]]);
        assert_eq!(cross_entropy(&z, &Matrix::one_hot(&[0], 2)), 2000.0);
        assert_eq!(cross_entropy(&z, &Matrix::one_hot(&[1], 2)), 0.0);
    }

    #[test]
    #[should_panic(expected = "hadamard: 1×2 and 1×3, shapes differ")]
    fn labels_of_another_shape_panic() {
        cross_entropy(&Matrix::<f64>::zeros(1, 2), &Matrix::one_hot(&[0], 3));
    }
}
