//! The rules of chapter 8: against their closed forms on quadratics, against the updates of the nets, and
//! against central differences. golden.rs compares them with numpy.

use matrix::{Matrix, Rng};
use nets::descent::{Descent, Rule, adam, best_momentum, best_rate, momentum, plain};
use nets::gradient_check::central_difference;
use nets::metrics::predictions;
use nets::newton::{curvature, hessian, newton, solve};
use nets::{DeepNet, Init, OneNet, SoftmaxRegression, ThreeNet, TwoNet, one_net};

fn number(x: f64) -> Matrix {
    Matrix::from_rows([[x]])
}

#[track_caller]
fn assert_close(found: f64, expected: f64) {
    assert!((found - expected).abs() <= 1e-12 * expected.abs(), "{found:e}, expected {expected:e}");
}

/// The places after 0 … 60 steps on J = ½ a w², from w = 1.
fn path(a: f64, mut step: impl FnMut(&mut Matrix, &Matrix, i32)) -> Vec<f64> {
    let (mut w, mut path) = (number(1.0), vec![1.0]);
    for t in 1..=60 {
        let g = w.map(|w| a * w);
        step(&mut w, &g, t);
        path.push(w[(0, 0)]);
    }
    path
}

#[test]
fn plain_descent_on_a_parabola_is_a_power() {
    for (a, eta) in [(1.0, 0.1), (25.0, 0.07), (25.0, 0.0801), (3.0, 0.5)] {
        let path = path(a, |w, g, _| plain(w, g, eta));
        for (t, &w) in path.iter().enumerate() {
            assert_close(w, (1.0 - eta * a).powi(t as i32));
        }
        // Beyond 2 / a it diverges.
        assert_eq!(path[60].abs() < 1.0, eta < 2.0 / a, "{a}, {eta}");
    }
}

/// With roots r, s the place after t steps is A rᵗ + B sᵗ; for a pair of complex roots √μ e^{±iφ} it is
/// √μᵗ (cos tφ + C sin tφ).
#[test]
fn momentum_on_a_parabola_follows_its_roots() {
    for (a, eta, mu) in [(1.0, 0.1, 0.3), (2.0, 0.02, 0.5), (25.0, 0.1, 0.9), (1.0, 0.5, 0.99)] {
        let mut v = number(0.0);
        let path = path(a, |w, g, _| momentum(w, &mut v, g, eta, mu));
        let (half, first) = ((1.0 + mu - eta * a) / 2.0, 1.0 - eta * a);
        let under = half * half - mu;
        for (t, &w) in path.iter().enumerate() {
            let t = t as i32;
            let (expected, size) = if under > 0.0 {
                let (r, s) = (half + under.sqrt(), half - under.sqrt());
                let first = (first - s) / (r - s);
                (first * r.powi(t) + (1.0 - first) * s.powi(t), r.powi(t))
            } else {
                let (size, phi) = (mu.sqrt(), (half / mu.sqrt()).acos());
                let sine = (first / size - phi.cos()) / phi.sin();
                let (angle, size) = (f64::from(t) * phi, size.powi(t));
                (size * (angle.cos() + sine * angle.sin()), size)
            };
            assert!((w - expected).abs() <= 1e-12 * size.max(1.0), "{a} {eta} {mu}: step {t}");
        }
    }
}

/// How many steps take both coordinates of (1, 1) below 1e-150 on ½ (a₁ x² + a₂ y²): so far that only
/// the rate of convergence counts.
fn steps(a1: f64, a2: f64, mut step: impl FnMut(&mut Matrix, &Matrix)) -> usize {
    let mut w = Matrix::from_rows([[1.0, 1.0]]);
    for t in 0.. {
        if w.as_slice().iter().all(|w: &f64| w.abs() < 1e-150) || t == 100_000 {
            return t;
        }
        let g = Matrix::from_rows([[a1 * w[(0, 0)], a2 * w[(0, 1)]]]);
        step(&mut w, &g);
    }
    0
}

#[test]
fn the_best_rate_has_no_better_neighbour() {
    let (a1, a2) = (0.5, 50.0);
    let of = |eta: f64| steps(a1, a2, |w, g| plain(w, g, eta));
    let best = best_rate(a1, a2);
    assert!(of(best) < of(0.97 * best) && of(best) < of(1.01 * best));
    // Both coordinates shrink by (κ − 1) / (κ + 1) at each step.
    let factor: f64 = 99.0 / 101.0;
    assert_eq!(of(best), (1e-150_f64.ln() / factor.ln()).ceil() as usize);
}

#[test]
fn the_best_momentum_has_no_better_neighbour_and_needs_the_root_of_the_condition_number() {
    let (a1, a2) = (0.5, 50.0);
    let of = |eta: f64, mu: f64| {
        let mut v = Matrix::zeros(1, 2);
        steps(a1, a2, |w, g| momentum(w, &mut v, g, eta, mu))
    };
    let [eta, mu] = best_momentum(a1, a2);
    assert_close(mu.sqrt(), 9.0 / 11.0);
    let best = of(eta, mu);
    for (eta, mu) in [(0.9 * eta, mu), (1.05 * eta, mu), (eta, mu - 0.05), (eta, mu + 0.05)] {
        assert!(best < of(eta, mu), "{best} and {}: {eta}, {mu}", of(eta, mu));
    }
    let plainly = steps(a1, a2, |w, g| plain(w, g, best_rate(a1, a2)));
    assert!(best * 7 < plainly, "{best} and {plainly}");
}

#[test]
fn the_first_step_of_adam_is_the_rate_whatever_the_gradient() {
    for g in [1e-3, -5.0, 2e6] {
        let (mut w, mut means) = (number(0.0), [number(0.0), number(0.0)]);
        adam(&mut w, &mut means, &number(g), 0.1, 1);
        assert!((w[(0, 0)] + 0.1 * g.signum()).abs() < 2e-6, "{w:?}");
        // So is every other step while the gradient stays the same: the means are g and g².
        for t in 2..=9 {
            adam(&mut w, &mut means, &number(g), 0.1, t);
        }
        assert!((w[(0, 0)] + 0.9 * g.signum()).abs() < 2e-5, "{w:?}");
    }
}

/// Random samples and one-hot labels.
fn samples(seed: u64) -> (Matrix, Matrix, Rng) {
    let mut rng = Rng::new(seed);
    let a0 = Matrix::normal(20, 4, 1.0, &mut rng);
    let labels: Vec<usize> = (0..20).map(|_| rng.below(3)).collect();
    (a0, Matrix::one_hot(&labels, 3), rng)
}

macro_rules! plain_is_update {
    ($net:expr, $a0:expr, $y:expr) => {
        let mut ours = $net;
        let mut theirs = ours.clone();
        let mut descent = Descent::new(Rule::Plain, ours.params());
        let mut still = Descent::new(Rule::Momentum(0.0), ours.params());
        let mut third = ours.clone();
        for _ in 0..20 {
            let grads = ours.backward(&$a0, &ours.forward(&$a0), &$y);
            descent.step(ours.params_mut(), grads.params(), 0.1, 0.01);
            still.step(third.params_mut(), grads.params(), 0.1, 0.01);
            theirs.update(&grads, 0.1, 0.01);
            assert_eq!(ours, theirs);
            assert_eq!(third, theirs);
        }
    };
}

#[test]
fn plain_and_momentum_zero_are_the_update_of_every_net_to_the_last_bit() {
    let (a0, y, mut rng) = samples(0);
    let rng = &mut rng;
    plain_is_update!(SoftmaxRegression::new([4, 3], rng), a0, y);
    plain_is_update!(TwoNet::new([4, 5, 3], rng), a0, y);
    plain_is_update!(ThreeNet::new([4, 5, 6, 3], rng), a0, y);
    plain_is_update!(DeepNet::new(&[4, 5, 6, 5, 3], Init::He, rng), a0, y);
}

#[test]
fn momentum_and_adam_learn_xor_sooner() {
    let a0 = Matrix::from_rows([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]);
    let y = Matrix::one_hot(&[0, 1, 1, 0], 2);
    let learns = |rule, rate| {
        let mut net = DeepNet::new(&[2, 6, 2], Init::Small, &mut Rng::new(0));
        let mut descent = Descent::new(rule, net.params());
        for _ in 0..300 {
            let grads = net.backward(&a0, &net.forward(&a0), &y);
            descent.step(net.params_mut(), grads.params(), rate, 1e-3);
        }
        predictions(&net.forward(&a0).probs) == [0, 1, 1, 0]
    };
    let rules = [(Rule::Plain, 0.1), (Rule::Momentum(0.9), 0.1), (Rule::Adam, 0.01)];
    assert_eq!(rules.map(|(rule, rate)| learns(rule, rate)), [false, true, true]);
}

/// A net with random weights, and random samples.
fn softmax_regression(seed: u64) -> (SoftmaxRegression, Matrix, Matrix) {
    let (x, y, mut rng) = samples(seed);
    let w = Matrix::normal(4, 3, 1.0, &mut rng);
    (SoftmaxRegression { w, b: Matrix::normal(1, 3, 1.0, &mut rng) }, x, y)
}

#[test]
fn the_hessian_is_the_derivative_of_the_gradient() {
    let (net, x, y) = softmax_regression(1);
    let (direction, ..) = softmax_regression(2);
    let found = curvature(&net, &x, &direction, 0.1);
    // The slope of J along the direction, as a function of the weights; its gradient is H times it.
    let slope = |net: &SoftmaxRegression| {
        let grads = net.backward(&x, &net.forward(&x), &y);
        let dw = grads.dw.zip_map(&net.w, |dw, w| dw + 0.1 * w);
        dw.hadamard(&direction.w).sum() + grads.db.hadamard(&direction.b).sum()
    };
    let of_w = |w: &Matrix| slope(&SoftmaxRegression { w: w.clone(), ..net.clone() });
    let of_b = |b: &Matrix| slope(&SoftmaxRegression { b: b.clone(), ..net.clone() });
    let w = central_difference(&net.w, 1e-5, of_w);
    let b = central_difference(&net.b, 1e-5, of_b);
    assert!((&found.w - &w).norm_squared() < 1e-16 * w.norm_squared());
    assert!((&found.b - &b).norm_squared() < 1e-16 * b.norm_squared());
}

#[test]
fn the_hessian_is_symmetric_and_flat_where_all_biases_move_alike() {
    let (net, x, _) = softmax_regression(3);
    let h = hessian(&net, &x, 0.1);
    let transposed = Matrix::from_fn(15, 15, |i, j| h[(j, i)]);
    assert!((&h - &transposed).norm_squared() < 1e-28);
    let alike = Matrix::from_fn(15, 1, |i, _| f64::from(i >= 12));
    assert!(h.dot(&alike).norm_squared() < 1e-28);
    let g = Matrix::from_fn(1, 15, |_, j| if j < 12 { j as f64 } else { [1.0, 2.0, -3.0][j - 12] });
    let away = &solve(h.clone(), g.clone(), 3).dot(&h) - &g;
    assert!(away.norm_squared() < 1e-20 * g.norm_squared(), "{away:?}");
}

/// Near the minimum each step squares the distance, up to a factor.
#[test]
fn newton_squares_the_distance() {
    let (_, x, y) = softmax_regression(4);
    let mut net = SoftmaxRegression { w: Matrix::zeros(4, 3), b: Matrix::zeros(1, 3) };
    let mut norms = Vec::new();
    for _ in 0..7 {
        let grads = net.backward(&x, &net.forward(&x), &y);
        let dw = grads.dw.zip_map(&net.w, |dw, w| dw + 0.01 * w);
        norms.push((dw.norm_squared() + grads.db.norm_squared()).sqrt());
        newton(&mut net, &x, &y, 0.01);
    }
    assert!(norms[6] < 1e-14, "{norms:?}");
    let squared = (1..6).filter(|&i| norms[i] < 0.1 && norms[i] < 10.0 * norms[i - 1].powi(2));
    assert!(squared.count() >= 3, "{norms:?}");
}

/// One step of gradient descent for each net, by `update` and by its parameters and their gradients.
/// All layers have different shapes, and all parameters different values.
#[test]
fn parameters_and_gradients_come_in_pairs() {
    let rng = &mut Rng::new(3);
    let a0 = Matrix::normal(7, 5, 1.0, rng);
    let y = Matrix::one_hot(&[0, 1, 2, 0, 1, 2, 1], 3);
    macro_rules! check {
        ($net:expr, $sizes:expr, |$descent:ident, $grads:ident| $update:expr) => {
            let mut net = $net;
            net.params_mut()
                .into_iter()
                .flatten()
                .for_each(|p| *p = Matrix::normal(p.rows(), p.cols(), 1.0, rng));
            let shapes = net.params().into_iter().map(|[w, b]| [w.shape(), b.shape()]);
            let expected = $sizes.windows(2).map(|s| [(s[0], s[1]), (1, s[1])]);
            assert!(shapes.eq(expected), "{net:?}");
            let mut $descent = net.clone();
            let $grads = net.backward(&a0, &net.forward(&a0), &y);
            $update;
            for (params, grads) in net.params_mut().into_iter().zip($grads.params()) {
                for (p, g) in params.into_iter().zip(grads) {
                    p.zip_apply(g, |p, g| p - 0.1 * g);
                }
            }
            assert_eq!(net, $descent);
        };
    }
    check!(OneNet::new([5, 3], rng), [5, 3], |net, grads| net.update(
        &grads,
        0.1,
        0.0,
        one_net::Rule::L2
    ));
    check!(SoftmaxRegression::new([5, 3], rng), [5, 3], |net, grads| net.update(&grads, 0.1, 0.0));
    check!(TwoNet::new([5, 4, 3], rng), [5, 4, 3], |net, grads| net.update(&grads, 0.1, 0.0));
    check!(ThreeNet::new([5, 6, 4, 3], rng), [5, 6, 4, 3], |net, grads| net
        .update(&grads, 0.1, 0.0));
    check!(DeepNet::new(&[5, 6, 7, 4, 3], Init::He, rng), [5, 6, 7, 4, 3], |net, grads| net
        .update(&grads, 0.1, 0.0));
}
