//! The product A·B.

use crate::{Matrix, Real, View};

/// A·B for conforming A and B.
pub(crate) fn product<T: Real>(a: View<T>, b: View<T>) -> Matrix<T> {
    let ((m, k), n) = (a.shape(), b.cols);
    let mut c = Matrix::zeros(m, n);
    for i in 0..m {
        for p in 0..k {
            let aip = a[(i, p)];
            for j in 0..n {
                c[(i, j)] = aip.fused(b[(p, j)], c[(i, j)]);
            }
        }
    }
    c
}
