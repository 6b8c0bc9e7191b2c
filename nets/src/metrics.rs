//! Figures for a trained net: accuracy, its standard error, and the confusion matrix.

use matrix::{Matrix, Real};

/// The most probable class of each row, the first in case of a tie.
pub fn predictions<T: Real>(probs: &Matrix<T>) -> Vec<usize> {
    probs.iter_rows().map(place_of_largest).collect()
}

/// The place of the largest number of a row, the first in case of a tie.
pub(crate) fn place_of_largest<T: Real>(row: &[T]) -> usize {
    (1..row.len()).fold(0, |best, k| if row[k] > row[best] { k } else { best })
}

/// The share of predictions that equal their label, from 0 to 1; 0 if there are no predictions.
///
/// # Panics
/// If the numbers of labels and of predictions differ.
#[track_caller]
pub fn accuracy(predicted: &[usize], labels: &[usize]) -> f64 {
    assert_same_length(predicted, labels);
    let right = predicted.iter().zip(labels).filter(|(p, l)| p == l).count();
    right as f64 / labels.len().max(1) as f64 // (0.8)
}

/// The standard error of a share `p` that was counted in `n` independent samples (chapter 9).
pub fn standard_error(p: f64, n: usize) -> f64 {
    let error = (p * (1.0 - p) / n as f64).sqrt(); // (9.1)
    error
}

/// How often label i was predicted as j, in row i, column j.
///
/// # Panics
/// If the numbers of labels and of predictions differ, or if one of them is not below `classes`.
#[track_caller]
pub fn confusion_matrix(predicted: &[usize], labels: &[usize], classes: usize) -> Vec<Vec<usize>> {
    assert_same_length(predicted, labels);
    let mut counts = vec![vec![0; classes]; classes];
    for (&p, &l) in predicted.iter().zip(labels) {
        counts[l][p] += 1;
    }
    counts
}

#[track_caller]
fn assert_same_length(predicted: &[usize], labels: &[usize]) {
    let (p, l) = (predicted.len(), labels.len());
    assert!(p == l, "{p} predictions for {l} labels");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_of_equal_probabilities_is_predicted() {
        let probs = Matrix::from_rows([[0.2, 0.4, 0.4], [0.6, 0.2, 0.2], [0.1, 0.1, 0.8]]);
        assert_eq!(predictions(&probs), [1, 0, 2]);
    }

    #[test]
    fn counts_and_shares_come_out_by_hand() {
        let (predicted, labels) = ([0, 0, 1, 2, 2, 2], [0, 1, 1, 2, 2, 1]);
        assert_eq!(accuracy(&predicted, &labels), 4.0 / 6.0);
        let confusion = confusion_matrix(&predicted, &labels, 4);
        assert_eq!(confusion, [[1, 0, 0, 0], [1, 1, 1, 0], [0, 0, 2, 0], [0, 0, 0, 0]]);
        assert_eq!(accuracy(&[], &[]), 0.0);
    }

    #[test]
    #[should_panic(expected = "1 predictions for 2 labels")]
    fn missing_predictions_panic() {
        accuracy(&[0], &[0, 1]);
    }
}
