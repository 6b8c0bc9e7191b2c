//! Features brought to one scale, so that one learning rate suits all of them.

use matrix::{Matrix, Real};

/// The features of the samples to train on and of those to test on, each column less its mean and
/// divided by its standard deviation: n × D and m × D. A column whose values are all the same
/// becomes zeros.
///
/// Mean and deviation are those of the samples to train on, for both: what is tested must not be
/// known before.
///
/// ```
/// use matrix::Matrix;
/// let train = Matrix::from_rows([[1.0, 200.0], [3.0, 400.0]]);
/// let test = Matrix::from_rows([[2.0, 600.0]]);
/// let (train, test) = datasets::standardise(&train, &test);
/// assert_eq!(train, Matrix::from_rows([[-1.0, -1.0], [1.0, 1.0]]));
/// assert_eq!(test, Matrix::from_rows([[0.0, 3.0]]));
/// ```
///
/// # Panics
/// If the two differ in their number of columns, or there is nothing to train on.
#[track_caller]
pub fn standardise<T: Real>(train: &Matrix<T>, test: &Matrix<T>) -> (Matrix<T>, Matrix<T>) {
    let (train_shape, test_shape) = (train.shape(), test.shape());
    assert!(
        train_shape.1 == test_shape.1 && train_shape.0 > 0,
        "standardise: {train_shape:?} and {test_shape:?}"
    );
    let n = train.rows() as f64;
    let scale = |j: usize| {
        let column = || train.iter_rows().map(|row| row[j].to_f64());
        let mean: f64 = column().map(|x| x / n).sum();
        let deviation = column().map(|x| (x - mean).powi(2) / n).sum::<f64>().sqrt();
        // If all values are equal, rounding the mean leaves a tiny difference, which is not a
        // deviation.
        if deviation <= 1e-12 * mean.abs() { (mean, None) } else { (mean, Some(deviation)) }
    };
    let scales: Vec<(f64, Option<f64>)> = (0..train.cols()).map(scale).collect();
    let apply = |a: &Matrix<T>| {
        Matrix::from_fn(a.rows(), a.cols(), |i, j| {
            let (mean, deviation) = scales[j];
            T::from_f64(deviation.map_or(0.0, |deviation| (a[(i, j)].to_f64() - mean) / deviation))
        })
    };
    (apply(train), apply(test))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{iris, iris_path, select, split};
    use matrix::Rng;

    #[test]
    fn every_column_has_mean_0_and_deviation_1() {
        let features = iris(&iris_path()).unwrap().features;
        let (train, test) = split(150, 0.8, &mut Rng::new(1));
        let (train, test) = (select(&features, &train), select(&features, &test));
        let (a, b) = standardise(&train, &test);
        assert_eq!((a.shape(), b.shape()), ((120, 4), (30, 4)));
        for j in 0..4 {
            let column: Vec<f64> = (0..120).map(|i| a[(i, j)]).collect();
            let mean = column.iter().sum::<f64>() / 120.0;
            let variance = column.iter().map(|x| x * x).sum::<f64>() / 120.0;
            assert!(mean.abs() < 1e-14 && (variance - 1.0).abs() < 1e-14, "{mean} {variance}");
            // One straight line for both.
            let slope = (a[(1, j)] - a[(0, j)]) / (train[(1, j)] - train[(0, j)]);
            let expected = a[(0, j)] + slope * (test[(0, j)] - train[(0, j)]);
            assert!((b[(0, j)] - expected).abs() < 1e-12);
        }
    }

    #[test]
    fn a_column_of_one_value_becomes_zeros() {
        let train = Matrix::<f32>::from_rows([[0.1, 0.0, 1.0], [0.1, 0.0, 3.0], [0.1, 0.0, 2.0]]);
        let test = Matrix::from_rows([[7.0, 1.0, 2.0]]);
        let (train, test) = standardise(&train, &test);
        assert_eq!(test, Matrix::from_rows([[0.0, 0.0, 0.0]]));
        assert_eq!(train.row(2), [0.0; 3]);
        assert!((train[(1, 2)] - 1.5f32.sqrt()).abs() < 1e-6);
        assert_eq!(standardise(&train, &Matrix::zeros(0, 3)).1.shape(), (0, 3));
        // The mean of ten times 0.1 is not 0.1 to the last bit.
        let train = Matrix::from_fn(10, 1, |_, _| 0.1);
        let (train, test) = standardise(&train, &Matrix::from_rows([[0.2]]));
        assert_eq!((train, test), (Matrix::zeros(10, 1), Matrix::zeros(1, 1)));
    }

    #[test]
    #[should_panic(expected = "standardise: (2, 3) and (2, 4)")]
    fn columns_must_agree() {
        let _ = standardise(&Matrix::<f64>::zeros(2, 3), &Matrix::zeros(2, 4));
    }

    #[test]
    #[should_panic(expected = "standardise: (0, 3) and (2, 3)")]
    fn nothing_has_no_mean() {
        let _ = standardise(&Matrix::<f64>::zeros(0, 3), &Matrix::zeros(2, 3));
    }
}
