//! Every numbered gradient against central differences of the loss (chapter 0).
//!
//! A gradient of weights is checked through the network's own `forward`. A gradient of something
//! in between, such as ∇a¹, is checked through the rest of the network after it. This rest is written here
//! a second time, so an error in either version is found.

use crate::activation::{relu, softplus};
use crate::loss::cross_entropy;
use crate::{DeepNet, OneNet, SoftmaxRegression, ThreeNet, TwoNet};
use matrix::{Matrix, Real, Rng};

/// An error below this passes.
pub const TOLERANCE: f64 = 1e-6;

/// The check of one gradient; for DeepNet, of the gradients of all layers together.
#[derive(Clone, Debug, PartialEq)]
pub struct Check {
    /// The network it belongs to.
    pub net: &'static str,
    /// The number of the equation, such as 2.9.
    pub equation: &'static str,
    /// The formula, in short.
    pub formula: &'static str,
    /// How many entries it has.
    pub entries: usize,
    /// The largest difference of an entry from the central difference, as a share of the
    /// gradient's norm.
    pub error: f64,
}

impl Check {
    /// Whether the error is below [`TOLERANCE`]; NaN is not.
    pub fn passes(&self) -> bool {
        self.error < TOLERANCE
    }
}

/// The gradient of `f` at `x` by central differences: entry (i, j) is
/// (f(x with xᵢⱼ + ε) − f(x with xᵢⱼ − ε)) / 2ε, where 2ε is the difference of the two rounded points.
pub fn central_difference<T: Real>(
    x: &Matrix<T>,
    epsilon: f64,
    f: impl Fn(&Matrix<T>) -> T,
) -> Matrix<T> {
    let mut moved = x.clone();
    Matrix::from_fn(x.rows(), x.cols(), |i, j| {
        let mut f_at = |v: T| {
            moved[(i, j)] = v;
            let f = f(&moved);
            moved[(i, j)] = x[(i, j)];
            f
        };
        let (left, right) = (x[(i, j)] - T::from_f64(epsilon), x[(i, j)] + T::from_f64(epsilon));
        let difference = f_at(right) - f_at(left);
        difference / (right - left) // (0.9)
    })
}

/// Checks every gradient of every network, with weights and samples drawn from `rng` and steps of
/// ±`epsilon`. The gradient of the equation `broken` is multiplied by 1.02 first, to show that the
/// check detects the error.
///
/// # Panics
/// If ε is not in 0 … 0.01.
#[track_caller]
pub fn check_all<T: Real>(epsilon: f64, broken: Option<&str>, rng: &mut Rng) -> Vec<Check> {
    assert!(epsilon > 0.0 && epsilon <= 0.01, "check_all: ε = {epsilon}, not in 0 … 0.01");
    let mut checker = Checker { net: "", epsilon, broken, checks: Vec::new() };
    checker.one_net::<T>(rng);
    checker.softmax_regression::<T>(rng);
    checker.two_net::<T>(rng);
    checker.three_net::<T>(rng);
    checker.deep_net::<T>(rng);
    checker.checks
}

struct Checker<'a> {
    net: &'static str,
    epsilon: f64,
    broken: Option<&'a str>,
    checks: Vec<Check>,
}

impl Checker<'_> {
    /// Checks that `gradient` is that of `loss` with respect to its argument, at the point `at`.
    fn check<T: Real>(
        &mut self,
        equation: &'static str,
        formula: &'static str,
        gradient: &Matrix<T>,
        at: &Matrix<T>,
        loss: &dyn Fn(&Matrix<T>) -> T,
    ) {
        let factor = if self.broken == Some(equation) { 1.02 } else { 1.0 };
        let gradient = gradient.map(|g| T::from_f64(factor) * g);
        let expected = central_difference(at, self.epsilon, loss);
        let largest =
            (&gradient - &expected).as_slice().iter().map(|d| d.abs().to_f64()).fold(0.0, larger);
        let error = largest / gradient.norm_squared().to_f64().sqrt();
        let entries = gradient.as_slice().len();
        match self.checks.iter_mut().find(|check| check.equation == equation) {
            Some(check) => {
                check.entries += entries;
                check.error = larger(check.error, error);
            }
            None => {
                self.checks.push(Check { net: self.net, equation, formula, entries, error });
            }
        }
    }

    fn one_net<T: Real>(&mut self, rng: &mut Rng) {
        self.net = "OneNet";
        let a0 = Matrix::<T>::normal(5, 3, 1.0, rng);
        let y = Matrix::from_fn(5, 2, |_, _| T::from_f64(rng.below(2) as f64));
        let net = OneNet { w1: Matrix::normal(3, 2, 1.0, rng), b1: Matrix::normal(1, 2, 1.0, rng) };
        let acts = net.forward(&a0);
        let grads = net.backward(&a0, &acts, &y);

        let m = T::from_f64(5.0);
        let of_z1 = |z1: &Matrix<T>| z1.zip_map(&y, |z, y| softplus(z) - y * z).sum() / m;
        self.check("1.4", "dz1 = (h - y) / m", &grads.dz1, &acts.z1, &of_z1);
        let of_net = |net: OneNet<T>| OneNet::data_loss(&net.forward(&a0), &y);
        let of_w1 = |w1: &Matrix<T>| of_net(OneNet { w1: w1.clone(), ..net.clone() });
        self.check("1.5", "dw1 = a0.t().dot(dz1)", &grads.dw1, &net.w1, &of_w1);
        let of_b1 = |b1: &Matrix<T>| of_net(OneNet { b1: b1.clone(), ..net.clone() });
        self.check("1.6", "db1 = dz1.sum_of_rows()", &grads.db1, &net.b1, &of_b1);
    }

    fn two_net<T: Real>(&mut self, rng: &mut Rng) {
        self.net = "TwoNet";
        let (a0, y) = samples(7, 3, 4, rng);
        let net = draw_off_the_kinks(self.epsilon, rng, |rng| {
            let net = TwoNet {
                w1: Matrix::<T>::normal(3, 5, 1.0, rng),
                b1: Matrix::normal(1, 5, 1.0, rng),
                w2: Matrix::normal(5, 4, 1.0, rng),
                b2: Matrix::normal(1, 4, 1.0, rng),
            };
            let z1 = net.forward(&a0).z1;
            (net, vec![z1])
        });
        let acts = net.forward(&a0);
        let grads = net.backward(&a0, &acts, &y);

        let of_z2 = |z2: &Matrix<T>| cross_entropy(z2, &y);
        self.check("3.8", "dz2 = (probs - y) / n", &grads.dz2, &acts.z2, &of_z2);
        let of_net = |net: TwoNet<T>| TwoNet::data_loss(&net.forward(&a0), &y);
        let of_w2 = |w2: &Matrix<T>| of_net(TwoNet { w2: w2.clone(), ..net.clone() });
        self.check("3.9", "dw2 = a1.t().dot(dz2)", &grads.dw2, &net.w2, &of_w2);
        let of_b2 = |b2: &Matrix<T>| of_net(TwoNet { b2: b2.clone(), ..net.clone() });
        self.check("3.10", "db2 = dz2.sum_of_rows()", &grads.db2, &net.b2, &of_b2);
        let of_a1 = |a1: &Matrix<T>| of_z2(&a1.dot(&net.w2).add_row(&net.b2));
        self.check("3.11", "da1 = dz2.dot(w2.t())", &grads.da1, &acts.a1, &of_a1);
        let of_z1 = |z1: &Matrix<T>| of_a1(&z1.map(relu));
        self.check("3.12", "dz1 = da1 * (z1 >= 0)", &grads.dz1, &acts.z1, &of_z1);
        let of_w1 = |w1: &Matrix<T>| of_net(TwoNet { w1: w1.clone(), ..net.clone() });
        self.check("3.13", "dw1 = a0.t().dot(dz1)", &grads.dw1, &net.w1, &of_w1);
        let of_b1 = |b1: &Matrix<T>| of_net(TwoNet { b1: b1.clone(), ..net.clone() });
        self.check("3.14", "db1 = dz1.sum_of_rows()", &grads.db1, &net.b1, &of_b1);
    }

    fn three_net<T: Real>(&mut self, rng: &mut Rng) {
        self.net = "ThreeNet";
        let (a0, y) = samples(7, 3, 4, rng);
        let net = draw_off_the_kinks(self.epsilon, rng, |rng| {
            let net = ThreeNet {
                w1: Matrix::<T>::normal(3, 6, 1.0, rng),
                b1: Matrix::normal(1, 6, 1.0, rng),
                w2: Matrix::normal(6, 5, 1.0, rng),
                b2: Matrix::normal(1, 5, 1.0, rng),
                w3: Matrix::normal(5, 4, 1.0, rng),
                b3: Matrix::normal(1, 4, 1.0, rng),
            };
            let acts = net.forward(&a0);
            (net, vec![acts.z1, acts.z2])
        });
        let acts = net.forward(&a0);
        let grads = net.backward(&a0, &acts, &y);

        let of_z3 = |z3: &Matrix<T>| cross_entropy(z3, &y);
        self.check("4.10", "dz3 = (probs - y) / n", &grads.dz3, &acts.z3, &of_z3);
        let of_net = |net: ThreeNet<T>| ThreeNet::data_loss(&net.forward(&a0), &y);
        let of_w3 = |w3: &Matrix<T>| of_net(ThreeNet { w3: w3.clone(), ..net.clone() });
        self.check("4.11", "dw3 = a2.t().dot(dz3)", &grads.dw3, &net.w3, &of_w3);
        let of_b3 = |b3: &Matrix<T>| of_net(ThreeNet { b3: b3.clone(), ..net.clone() });
        self.check("4.12", "db3 = dz3.sum_of_rows()", &grads.db3, &net.b3, &of_b3);
        let of_a2 = |a2: &Matrix<T>| of_z3(&a2.dot(&net.w3).add_row(&net.b3));
        self.check("4.13", "da2 = dz3.dot(w3.t())", &grads.da2, &acts.a2, &of_a2);
        let of_z2 = |z2: &Matrix<T>| of_a2(&z2.map(relu));
        self.check("4.14", "dz2 = da2 * (z2 >= 0)", &grads.dz2, &acts.z2, &of_z2);
        let of_w2 = |w2: &Matrix<T>| of_net(ThreeNet { w2: w2.clone(), ..net.clone() });
        self.check("4.15", "dw2 = a1.t().dot(dz2)", &grads.dw2, &net.w2, &of_w2);
        let of_b2 = |b2: &Matrix<T>| of_net(ThreeNet { b2: b2.clone(), ..net.clone() });
        self.check("4.16", "db2 = dz2.sum_of_rows()", &grads.db2, &net.b2, &of_b2);
        let of_a1 = |a1: &Matrix<T>| of_z2(&a1.dot(&net.w2).add_row(&net.b2));
        self.check("4.17", "da1 = dz2.dot(w2.t())", &grads.da1, &acts.a1, &of_a1);
        let of_z1 = |z1: &Matrix<T>| of_a1(&z1.map(relu));
        self.check("4.18", "dz1 = da1 * (z1 >= 0)", &grads.dz1, &acts.z1, &of_z1);
        let of_w1 = |w1: &Matrix<T>| of_net(ThreeNet { w1: w1.clone(), ..net.clone() });
        self.check("4.19", "dw1 = a0.t().dot(dz1)", &grads.dw1, &net.w1, &of_w1);
        let of_b1 = |b1: &Matrix<T>| of_net(ThreeNet { b1: b1.clone(), ..net.clone() });
        self.check("4.20", "db1 = dz1.sum_of_rows()", &grads.db1, &net.b1, &of_b1);
    }

    fn softmax_regression<T: Real>(&mut self, rng: &mut Rng) {
        self.net = "softmax regression";
        let (x, y) = samples(7, 3, 4, rng);
        let net = SoftmaxRegression {
            w: Matrix::<T>::normal(3, 4, 1.0, rng),
            b: Matrix::normal(1, 4, 1.0, rng),
        };
        let acts = net.forward(&x);
        let grads = net.backward(&x, &acts, &y);

        let of_z = |z: &Matrix<T>| cross_entropy(z, &y);
        self.check("2.6", "dz = (probs - y) / n", &grads.dz, &acts.z, &of_z);
        let of_net = |net: SoftmaxRegression<T>| SoftmaxRegression::data_loss(&net.forward(&x), &y);
        let of_w = |w: &Matrix<T>| of_net(SoftmaxRegression { w: w.clone(), ..net.clone() });
        self.check("2.7", "dw = x.t().dot(dz)", &grads.dw, &net.w, &of_w);
        let of_b = |b: &Matrix<T>| of_net(SoftmaxRegression { b: b.clone(), ..net.clone() });
        self.check("2.8", "db = dz.sum_of_rows()", &grads.db, &net.b, &of_b);
    }

    fn deep_net<T: Real>(&mut self, rng: &mut Rng) {
        self.net = "DeepNet";
        let (a0, y) = samples(7, 3, 4, rng);
        let net = draw_off_the_kinks(self.epsilon, rng, |rng| {
            let layer = |s: &[usize]| {
                (Matrix::<T>::normal(s[0], s[1], 1.0, rng), Matrix::normal(1, s[1], 1.0, rng))
            };
            let net = DeepNet { layers: [3, 6, 5, 5, 4].windows(2).map(layer).collect() };
            let mut relu_inputs = net.forward(&a0).z;
            relu_inputs.pop();
            (net, relu_inputs)
        });
        let acts = net.forward(&a0);
        let grads = net.backward(&a0, &acts, &y);

        // The loss as a function of zˡ or of aˡ, where l counts from 1.
        let of_z = |l: usize, z: &Matrix<T>| {
            let layer =
                |z: Matrix<T>, (w, b): &(Matrix<T>, Matrix<T>)| z.map(relu).dot(w).add_row(b);
            cross_entropy(&net.layers[l..].iter().fold(z.clone(), layer), &y)
        };
        let of_a = |l: usize, a: &Matrix<T>| {
            let (w, b) = &net.layers[l];
            of_z(l + 1, &a.dot(w).add_row(b))
        };
        let of_net = |change: &dyn Fn(&mut DeepNet<T>)| {
            let mut net = net.clone();
            change(&mut net);
            DeepNet::data_loss(&net.forward(&a0), &y)
        };
        for l in (1..=net.layers.len()).rev() {
            let (z, dz) = (&acts.z[l - 1], &grads.dz[l - 1]);
            if l == net.layers.len() {
                self.check("5.7", "dz = (probs - y) / n", dz, z, &|z| of_z(l, z));
            } else {
                let (a, da) = (&acts.a[l - 1], &grads.da[l - 1]);
                self.check("5.8", "da = dz.dot(w.t())", da, a, &|a| of_a(l, a));
                self.check("5.9", "dz = da * (z >= 0)", dz, z, &|z| of_z(l, z));
            }
        }
        for (l, (w, b)) in net.layers.iter().enumerate() {
            let (dw, db) = (&grads.dw[l], &grads.db[l]);
            let of_w = |w: &Matrix<T>| of_net(&|net| net.layers[l].0 = w.clone());
            self.check("5.10", "dw = a.t().dot(dz)", dw, w, &of_w);
            let of_b = |b: &Matrix<T>| of_net(&|net| net.layers[l].1 = b.clone());
            self.check("5.11", "db = dz.sum_of_rows()", db, b, &of_b);
        }
    }
}

/// The larger of two errors; NaN is larger than any.
fn larger(a: f64, b: f64) -> f64 {
    if b > a || b.is_nan() { b } else { a }
}

/// Random samples, n × d, and one-hot labels, n × k.
fn samples<T: Real>(n: usize, d: usize, k: usize, rng: &mut Rng) -> (Matrix<T>, Matrix<T>) {
    let a0 = Matrix::normal(n, d, 1.0, rng);
    let labels: Vec<usize> = (0..n).map(|_| rng.below(k)).collect();
    (a0, Matrix::one_hot(&labels, k))
}

/// Draws networks until two conditions hold. One sample is active in every relu layer; otherwise all
/// gradients before some layer are 0. And no input of a relu is so near to 0 that a step of ±`epsilon`
/// in another entry could move it across 0, where relu has no derivative.
fn draw_off_the_kinks<T: Real, N>(
    epsilon: f64,
    rng: &mut Rng,
    draw: impl Fn(&mut Rng) -> (N, Vec<Matrix<T>>),
) -> N {
    loop {
        let (net, relu_inputs) = draw(rng);
        let open = |z: &Matrix<T>, i: usize| z.row(i).iter().any(|&z| z > T::ZERO);
        let passes = |i: usize| relu_inputs.iter().all(|z| open(z, i));
        let off = |z: &Matrix<T>| z.as_slice().iter().all(|z| z.abs().to_f64() > 20.0 * epsilon);
        if (0..relu_inputs[0].rows()).any(passes) && relu_inputs.iter().all(off) {
            return net;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The checks of an equation whose loss is the sum of squares, so that the gradient is 2 x.
    fn checks(gradients: &[Matrix]) -> Vec<Check> {
        let x = Matrix::from_rows([[1.0, -2.0], [3.0, 0.5]]);
        let mut checker = Checker { net: "", epsilon: 1e-5, broken: None, checks: Vec::new() };
        for gradient in gradients {
            checker.check("0.0", "", gradient, &x, &Matrix::norm_squared);
        }
        checker.checks
    }

    #[test]
    fn only_an_error_below_the_tolerance_passes() {
        for (error, passes) in [(0.99e-6, true), (TOLERANCE, false), (f64::NAN, false)] {
            let check = Check { net: "", equation: "", formula: "", entries: 1, error };
            assert_eq!(check.passes(), passes, "{error}");
        }
    }

    #[test]
    fn gradients_under_one_number_are_one_check_of_all_their_entries() {
        let right = Matrix::from_rows([[2.0, -4.0], [6.0, 1.0]]);
        let wrong = right.map(|g| if g == 6.0 { 6.1 } else { g });
        for (gradients, entries, passes) in [
            (vec![right.clone()], 4, true),
            (vec![right.clone(), right.clone(), right.clone()], 12, true),
            (vec![right.clone(), wrong.clone()], 8, false),
            (vec![wrong, right], 8, false),
        ] {
            let [check] = &checks(&gradients)[..] else { panic!("one number, one check") };
            assert_eq!((check.entries, check.passes()), (entries, passes), "{check:?}");
        }
    }

    #[test]
    fn nan_fails_wherever_it_is() {
        let right = Matrix::from_rows([[2.0, -4.0], [6.0, 1.0]]);
        for place in 0..4 {
            let mut nan = right.clone();
            nan[(place / 2, place % 2)] = f64::NAN;
            for gradients in
                [vec![nan.clone()], vec![right.clone(), nan.clone()], vec![nan, right.clone()]]
            {
                assert!(!checks(&gradients)[0].passes());
            }
        }
        assert!(larger(1.0, f64::NAN).is_nan() && larger(f64::NAN, 1.0).is_nan());
        assert_eq!((larger(1.0, 2.0), larger(2.0, 1.0)), (2.0, 2.0));
    }

    /// In each draw but the last, some input of a relu is near 0, or no sample is active in every
    /// relu layer.
    #[test]
    fn nets_near_a_kink_or_shut_are_drawn_again() {
        let epsilon = 1e-3;
        let draws = [
            [[[1.0, 1.0], [1.0, 0.019]], [[1.0, 1.0], [1.0, 1.0]]],
            [[[1.0, 1.0], [1.0, 1.0]], [[-0.019, 1.0], [1.0, 1.0]]],
            [[[0.0, 1.0], [1.0, 1.0]], [[1.0, 1.0], [1.0, 1.0]]],
            [[[1.0, 1.0], [-1.0, -1.0]], [[-1.0, -1.0], [1.0, 1.0]]], // a different sample in each layer
            [[[-1.0, -1.0], [-1.0, -1.0]], [[1.0, 1.0], [1.0, 1.0]]],
            [[[0.021, -1.0], [-1.0, -1.0]], [[-1.0, 1.0], [-1.0, -0.021]]],
        ];
        let at = std::cell::Cell::new(0);
        let drawn = draw_off_the_kinks(epsilon, &mut Rng::new(0), |_| {
            at.set(at.get() + 1);
            (at.get(), draws[at.get() - 1].map(Matrix::<f64>::from_rows).to_vec())
        });
        assert_eq!(drawn, draws.len());
    }
}
