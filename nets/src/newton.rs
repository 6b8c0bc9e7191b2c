//! Newton's step for softmax regression, from the second derivatives of J: derived in chapter 8.
//!
//! A direction in which weights and biases move has their shapes, so its type is
//! [`SoftmaxRegression`] too.

use crate::SoftmaxRegression;
use matrix::Matrix;

/// H times a direction: the change of the gradient of J in it. The samples `x` are N × D.
#[track_caller]
pub fn curvature(
    net: &SoftmaxRegression,
    x: &Matrix,
    direction: &SoftmaxRegression,
    lambda: f64,
) -> SoftmaxRegression {
    let SoftmaxRegression { w: u, b: r } = direction;
    let probs = net.forward(x).probs;
    let (n, ones) = (x.rows() as f64, Matrix::from_fn(u.cols(), u.cols(), |_, _| 1.0));
    let q = x.dot(u).add_row(r); // (8.12)
    let mean = probs.hadamard(&q).dot(&ones); // (8.13)
    let rise = probs.hadamard(&(&q - &mean)); // (8.14)
    let w = (x.t().dot(&rise) / n).zip_map(u, |w, u| w + lambda * u); // (8.15)
    let b = rise.sum_of_rows() / n; // (8.16)
    SoftmaxRegression { w, b }
}

/// H, the matrix of all second derivatives of J. Its rows and columns are in the order of the weights: W
/// row by row, then b.
#[track_caller]
pub fn hessian(net: &SoftmaxRegression, x: &Matrix, lambda: f64) -> Matrix {
    let n = net.w.as_slice().len() + net.b.as_slice().len();
    let mut h = Matrix::zeros(n, n);
    for i in 0..n {
        let unit = Matrix::from_fn(1, n, |_, j| f64::from(i == j));
        let column = curvature(net, x, &shaped(&unit, net), lambda);
        h.row_mut(i).copy_from_slice(flat(&column).as_slice());
    }
    h
}

/// Newton's step: to the minimum of the quadratic function with the value, slope and curvature of J here.
#[track_caller]
pub fn newton(net: &mut SoftmaxRegression, x: &Matrix, y: &Matrix, lambda: f64) {
    let grads = net.backward(x, &net.forward(x), y);
    let dw = grads.dw.zip_map(&net.w, |dw, w| dw + lambda * w);
    let g = SoftmaxRegression { w: dw, b: grads.db };
    let step = shaped(&solve(hessian(net, x, lambda), flat(&g), net.b.cols()), net);
    net.w = &net.w - &step.w; // (8.17)
    net.b = &net.b - &step.b; // (8.18)
}

/// H⁻¹ g by elimination; `g` is one row. A number added to all `k` biases changes nothing, so H is
/// 0 in this direction and has no inverse. So a curvature is added to H there. It does not change
/// the result, since g has no component in this direction.
#[track_caller]
pub fn solve(mut h: Matrix, mut g: Matrix, k: usize) -> Matrix {
    let n = h.rows();
    for (i, j) in (n - k..n).flat_map(|i| (n - k..n).map(move |j| (i, j))) {
        h[(i, j)] += 1.0;
    }
    for p in 0..n {
        for i in p + 1..n {
            let factor = h[(i, p)] / h[(p, p)];
            for j in p..n {
                h[(i, j)] -= factor * h[(p, j)];
            }
            g[(0, i)] -= factor * g[(0, p)];
        }
    }
    for p in (0..n).rev() {
        let others: f64 = (p + 1..n).map(|j| h[(p, j)] * g[(0, j)]).sum();
        g[(0, p)] = (g[(0, p)] - others) / h[(p, p)];
    }
    g
}

/// The weights, then the biases, in one row.
fn flat(net: &SoftmaxRegression) -> Matrix {
    let all = [net.w.as_slice(), net.b.as_slice()].concat();
    Matrix::from_vec(1, all.len(), all)
}

/// The weights and biases in such a row, in the shapes of `like`.
fn shaped(row: &Matrix, like: &SoftmaxRegression) -> SoftmaxRegression {
    let ((d, k), row) = (like.w.shape(), row.row(0));
    SoftmaxRegression {
        w: Matrix::from_vec(d, k, row[..d * k].to_vec()),
        b: Matrix::from_vec(1, k, row[d * k..].to_vec()),
    }
}
