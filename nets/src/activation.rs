//! The functions that act on one number or one row: sigmoid, relu, softmax (chapter 0).

use crate::metrics::place_of_largest;
use matrix::{Matrix, Real};

/// The sigmoid σ(z): a number of any size to a probability.
///
/// For large −z the power overflows to ∞ and σ is 0, as it should be.
pub fn sigmoid<T: Real>(z: T) -> T {
    T::ONE / (T::ONE + (-z).exp()) // (0.1)
}

/// ln(1 + eᶻ), without the overflow of eᶻ: −ln(1 − σ(z)).
pub fn softplus<T: Real>(z: T) -> T {
    let positive_part = if z > T::ZERO { z } else { T::ZERO };
    positive_part + (-z.abs()).exp().ln_1p() // (0.2)
}

/// max(0, z). NaN stays NaN, so that the loss shows when a run has failed.
pub fn relu<T: Real>(z: T) -> T {
    if z < T::ZERO { T::ZERO } else { z } // (0.3)
}

/// The derivative of relu; at 0, where there is none, 1 as in the tutorial.
pub fn relu_prime<T: Real>(z: T) -> T {
    if z >= T::ZERO { T::ONE } else { T::ZERO } // (0.4)
}

/// The softmax of each row: positive numbers with the sum 1, in the shape of `z`.
///
/// The row's maximum is subtracted first. It cancels on paper; here it keeps eᶻ from overflowing.
pub fn softmax_of_rows<T: Real>(z: &Matrix<T>) -> Matrix<T> {
    let mut probs = z.clone();
    for i in 0..z.rows() {
        let row = probs.row_mut(i);
        let m = max(row);
        row.iter_mut().for_each(|p| *p = (*p - m).exp());
        let sum: T = row.iter().copied().sum();
        row.iter_mut().for_each(|p| *p = *p / sum); // (0.5)
    }
    probs
}

/// ln Σ eᶻ over one row, without overflow, and accurate near 0 as well.
///
/// # Panics
/// If the row is empty.
#[track_caller]
pub fn log_sum_exp<T: Real>(row: &[T]) -> T {
    let t = place_of_largest(row);
    let others: T = (0..row.len()).filter(|&k| k != t).map(|k| (row[k] - row[t]).exp()).sum();
    row[t] + others.ln_1p() // (0.6)
}

/// The largest number of a row. NaN is ignored unless it comes first; the softmax of a row that
/// contains NaN is NaN in both cases.
fn max<T: Real>(row: &[T]) -> T {
    row.iter().copied().reduce(|a, b| if b > a { b } else { a }).unwrap_or(T::ZERO)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sigmoid_is_right_at_the_ends() {
        assert_eq!(sigmoid(0.0), 0.5);
        assert_eq!((sigmoid(-1e4), sigmoid(1e4)), (0.0, 1.0));
        assert!((sigmoid(2.0) + sigmoid(-2.0) - 1.0f64).abs() < 1e-15);
        assert!(sigmoid(f64::NAN).is_nan());
    }

    #[test]
    fn softplus_neither_overflows_nor_vanishes() {
        assert_eq!(softplus(0.0), 2f64.ln());
        assert_eq!((softplus(1e4), softplus(-1e4)), (1e4, 0.0));
        assert_eq!(softplus(-40.0), (-40f64).exp());
        assert!(softplus(f64::NAN).is_nan());
    }

    #[test]
    fn relu_keeps_nan_and_its_derivative_at_zero_is_one() {
        assert_eq!([-1.0, 0.0, 2.0].map(relu), [0.0, 0.0, 2.0]);
        assert_eq!([-1.0, 0.0, 2.0].map(relu_prime), [0.0, 1.0, 1.0]);
        assert!(relu(f64::NAN).is_nan());
    }

    #[test]
    fn softmax_survives_scores_that_overflow_exp() {
        let z = Matrix::<f32>::from_rows([[1000.0, 1000.0], [-1000.0, 0.0], [88.8, 90.0]]);
        let probs = softmax_of_rows(&z);
        assert_eq!((probs.row(0), probs.row(1)), (&[0.5, 0.5][..], &[0.0, 1.0][..]));
        assert!(probs.is_finite());
        assert_eq!(log_sum_exp(z.row(0)), 1000.0 + 2f32.ln());
        // The textbook form overflows at the third row.
        assert!(88.8f32.exp().is_infinite());
    }

    #[test]
    fn log_sum_exp_is_accurate_where_it_is_near_zero() {
        assert_eq!(log_sum_exp(&[-30.0, 0.0f32]), (-30f32).exp());
        assert_eq!(log_sum_exp(&[0.0, -50.0, -50.0]), 2.0 * (-50f64).exp());
        assert_eq!(log_sum_exp(&[3.0]), 3.0);
    }

    #[test]
    fn softmax_of_nan_is_nan_and_of_nothing_is_nothing() {
        for row in [[0.0, f64::NAN], [f64::NAN, 0.0]] {
            let probs = softmax_of_rows(&Matrix::from_rows([row]));
            assert!(probs.as_slice().iter().all(|p| p.is_nan()));
            assert!(log_sum_exp(&row).is_nan());
        }
        assert_eq!(softmax_of_rows(&Matrix::<f64>::zeros(2, 0)).shape(), (2, 0));
    }
}
