//! How far to go along a gradient: plain gradient descent, momentum and Adam, derived in chapter 8.
//!
//! A rule changes the weights `w` of one matrix by `g`, the gradient of J with respect to them.

use matrix::{Matrix, Real};

/// A step of plain gradient descent at the rate η, `eta`.
#[track_caller]
pub fn plain<T: Real>(w: &mut Matrix<T>, g: &Matrix<T>, eta: T) {
    w.zip_apply(g, |w, g| w - eta * g); // (8.1)
}

/// The best rate of plain descent if the curvatures of J are between c₁ and c₂.
pub fn best_rate(c1: f64, c2: f64) -> f64 {
    let eta = 2.0 / (c1 + c2); // (8.2)
    eta
}

/// A step with momentum μ, `mu`. The velocity `v` is 0 before the first step.
#[track_caller]
pub fn momentum<T: Real>(w: &mut Matrix<T>, v: &mut Matrix<T>, g: &Matrix<T>, eta: T, mu: T) {
    v.zip_apply(g, |v, g| mu * v + g); // (8.3)
    w.zip_apply(v, |w, v| w - eta * v); // (8.4)
}

/// The best rate and the best μ of momentum, [η, μ], if the curvatures of J are between c₁ and c₂.
pub fn best_momentum(c1: f64, c2: f64) -> [f64; 2] {
    let (root1, root2) = (c1.sqrt(), c2.sqrt());
    let eta = (2.0 / (root1 + root2)).powi(2); // (8.5)
    let mu = ((root1 - root2) / (root1 + root2)).powi(2); // (8.6)
    [eta, mu]
}

/// Step `t` of Adam, from 1 on (Kingma and Ba 2015). The means `m` of g and `s` of g² are 0 before the
/// first step.
#[track_caller]
pub fn adam<T: Real>(
    w: &mut Matrix<T>,
    [m, s]: &mut [Matrix<T>; 2],
    g: &Matrix<T>,
    eta: T,
    t: i32,
) {
    let [beta1, beta2, tiny] = [0.9, 0.999, 1e-8].map(T::from_f64);
    let [part1, part2] = [0.9_f64, 0.999].map(|beta| T::from_f64(1.0 - beta.powi(t)));
    m.zip_apply(g, |m, g| beta1 * m + (T::ONE - beta1) * g); // (8.7)
    s.zip_apply(g, |s, g| beta2 * s + (T::ONE - beta2) * g * g); // (8.8)
    let step = m.zip_map(s, |m, s| m / part1 / ((s / part2).sqrt() + tiny)); // (8.9)
    w.zip_apply(&step, |w, step| w - eta * step); // (8.10)
}

/// The rules that need only gradients.
#[derive(Clone, Copy, Debug, PartialEq)]
#[expect(missing_docs, reason = "the names are those of the functions above")]
pub enum Rule {
    Plain,
    /// Momentum with this μ.
    Momentum(f64),
    Adam,
}

/// A rule applied to a net. It keeps two matrices for each matrix of the net: v, or m and s.
#[derive(Clone, Debug)]
pub struct Descent<T = f64> {
    rule: Rule,
    kept: Vec<[[Matrix<T>; 2]; 2]>,
    t: i32,
}

impl<T: Real> Descent<T> {
    /// The rule for a net with these `params()`, before the first step.
    pub fn new<'a>(rule: Rule, params: impl IntoIterator<Item = [&'a Matrix<T>; 2]>) -> Self {
        let zeros = |w: &Matrix<T>| [(); 2].map(|()| Matrix::zeros(w.rows(), w.cols()));
        Self { rule, kept: params.into_iter().map(|layer| layer.map(zeros)).collect(), t: 0 }
    }

    /// Takes a step: changes the `params_mut()` of a net by the `params()` of its gradients of the
    /// data loss.
    #[track_caller]
    pub fn step<'a>(
        &mut self,
        params: impl IntoIterator<Item = [&'a mut Matrix<T>; 2]>,
        grads: impl IntoIterator<Item = [&'a Matrix<T>; 2]>,
        eta: T,
        lambda: T,
    ) {
        self.t += 1;
        for ((params, grads), kept) in params.into_iter().zip(grads).zip(&mut self.kept) {
            // The biases have no decay.
            let layer = params.into_iter().zip(grads).zip(kept).zip([lambda, T::ZERO]);
            for (((w, dw), kept), lambda) in layer {
                let g = dw.zip_map(w, |dw, w| dw + lambda * w); // (8.11)
                match self.rule {
                    Rule::Plain => plain(w, &g, eta),
                    Rule::Momentum(mu) => momentum(w, &mut kept[0], &g, eta, T::from_f64(mu)),
                    Rule::Adam => adam(w, kept, &g, eta, self.t),
                }
            }
        }
    }
}
