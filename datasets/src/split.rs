//! A data set split at random into one part to train on and one to test on.

use matrix::{Matrix, Real, Rng};

/// The numbers 0 … n − 1 in random order, cut in two: a share to train on, rounded to the nearest
/// whole number, and the rest to test on.
///
/// ```
/// let (train, test) = datasets::split(150, 0.8, &mut matrix::Rng::new(1));
/// assert_eq!((train.len(), test.len()), (120, 30));
/// ```
///
/// # Panics
/// If `train_share` is not between 0 and 1.
#[track_caller]
pub fn split(n: usize, train_share: f64, rng: &mut Rng) -> (Vec<usize>, Vec<usize>) {
    assert!((0.0..=1.0).contains(&train_share), "split: share {train_share}, expected 0 to 1");
    let mut train: Vec<usize> = (0..n).collect();
    rng.shuffle(&mut train);
    let test = train.split_off((n as f64 * train_share).round() as usize);
    (train, test)
}

/// The rows of `a` that `indices` names, in that order: n × D for n indices.
///
/// # Panics
/// If there is no such row.
#[track_caller]
pub fn select<T: Real>(a: &Matrix<T>, indices: &[usize]) -> Matrix<T> {
    let mut data = Vec::with_capacity(indices.len() * a.cols());
    for &i in indices {
        data.extend_from_slice(a.row(i));
    }
    Matrix::from_vec(indices.len(), a.cols(), data)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_split_holds_every_row_once() {
        let (mut train, test) = split(150, 0.8, &mut Rng::new(1));
        assert_eq!((train.len(), test.len()), (120, 30));
        train.extend(test);
        assert_ne!(train, (0..150).collect::<Vec<_>>());
        train.sort_unstable();
        assert_eq!(train, (0..150).collect::<Vec<_>>());
    }

    #[test]
    fn a_split_depends_on_the_seed_alone() {
        assert_eq!(split(20, 0.5, &mut Rng::new(1)), split(20, 0.5, &mut Rng::new(1)));
        assert_ne!(split(20, 0.5, &mut Rng::new(1)), split(20, 0.5, &mut Rng::new(2)));
    }

    #[test]
    fn a_part_may_be_empty() {
        assert_eq!(split(3, 1.0, &mut Rng::new(1)).1, []);
        assert_eq!(split(3, 0.0, &mut Rng::new(1)).0, []);
        assert_eq!(split(0, 0.5, &mut Rng::new(1)), (vec![], vec![]));
    }

    #[test]
    fn the_share_is_rounded_to_the_nearest_number() {
        for (n, share, expected) in [(3, 0.9, 3), (10, 0.25, 3), (10, 0.24, 2), (10, 0.26, 3)] {
            assert_eq!(split(n, share, &mut Rng::new(1)).0.len(), expected, "{n}, {share}");
        }
    }

    #[test]
    #[should_panic(expected = "split: share 80, expected 0 to 1")]
    fn a_share_is_not_in_percent() {
        split(3, 80.0, &mut Rng::new(1));
    }

    #[test]
    fn selected_rows_come_in_the_order_asked_for() {
        let a = Matrix::from_rows([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]);
        assert_eq!(select(&a, &[2, 0, 2]), Matrix::from_rows([[5.0, 6.0], [1.0, 2.0], [5.0, 6.0]]));
        assert_eq!(select(&a, &[]).shape(), (0, 2));
    }
}
