//! The mean cross-entropy of softmax scores (chapter 0).

use crate::activation::log_sum_exp;
use matrix::{Matrix, Real};

/// The mean over the rows of −ln p, where p is the softmax probability of the row's true class:
/// scores `z`, N × K, and one-hot labels `y`, N × K.
///
/// It is computed from the scores and not from the probabilities, so that it is finite and accurate
/// also where a probability rounds to 0 or 1.
///
/// # Panics
/// If the shapes differ.
#[track_caller]
pub fn cross_entropy<T: Real>(z: &Matrix<T>, y: &Matrix<T>) -> T {
    let n = T::from_f64(z.rows() as f64);
    let (true_scores, mut above) = (z.hadamard(y), z.clone());
    for i in 0..z.rows() {
        let true_score: T = true_scores.row(i).iter().copied().sum();
        above.row_mut(i).iter_mut().for_each(|z| *z = *z - true_score);
    }
    above.iter_rows().map(log_sum_exp).sum::<T>() / n // (0.7)
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
    fn the_loss_is_accurate_where_a_probability_rounds_to_zero_or_one() {
        let z = Matrix::from_rows([[0.0, 2000.0]]);
        assert_eq!(cross_entropy(&z, &Matrix::one_hot(&[0], 2)), 2000.0);
        assert_eq!(cross_entropy(&z, &Matrix::one_hot(&[1], 2)), 0.0);
        let z = Matrix::from_rows([[0.0, 40.0]]);
        assert_eq!(cross_entropy(&z, &Matrix::one_hot(&[1], 2)), (-40f64).exp());
    }

    /// Two sums over the batch, one taken from the other, would be off by a fifth here.
    #[test]
    fn large_scores_leave_the_loss_accurate_in_f32() {
        let labels: Vec<usize> = (0..60_000).map(|i| i % 10).collect();
        let (base, gap) = (100.0f32, 7.0f32);
        let y = Matrix::<f32>::one_hot(&labels, 10);
        let z = y.map(|y| base + gap * y);
        let expected = (9.0 * f64::from(-gap).exp()).ln_1p();
        let loss = f64::from(cross_entropy(&z, &y));
        assert!((loss / expected - 1.0).abs() < 1e-3, "{loss}, expected {expected}");
    }

    #[test]
    #[should_panic(expected = "hadamard: 1×2 and 1×3, shapes differ")]
    fn labels_of_another_shape_panic() {
        cross_entropy(&Matrix::<f64>::zeros(1, 2), &Matrix::one_hot(&[0], 3));
    }
}
