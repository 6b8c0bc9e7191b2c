//! Another rule than gradient descent, written outside of the nets: momentum.

use matrix::{Matrix, Rng};
use nets::metrics::predictions;
use nets::one_net::Rule;
use nets::{DeepNet, Init, OneNet, SoftmaxRegression, ThreeNet, TwoNet};

/// v ← μ v + ∇ + λ w and w ← w − η v, for all weights; the biases have no λ.
fn momentum<'a>(
    params: impl IntoIterator<Item = [&'a mut Matrix; 2]>,
    grads: impl IntoIterator<Item = [&'a Matrix; 2]>,
    velocities: &mut [[Matrix; 2]],
    [mu, eta, lambda]: [f64; 3],
) {
    for ((params, grads), velocities) in params.into_iter().zip(grads).zip(velocities) {
        for (i, p) in params.into_iter().enumerate() {
            let (v, lambda) = (&mut velocities[i], [lambda, 0.0][i]);
            v.zip_apply(grads[i], |v, g| mu * v + g);
            v.zip_apply(p, |v, p| v + lambda * p);
            p.zip_apply(v, |p, v| p - eta * v);
        }
    }
}

fn zeros(params: [&Matrix; 2]) -> [Matrix; 2] {
    params.map(|p| Matrix::zeros(p.rows(), p.cols()))
}

fn xor() -> (Matrix, Matrix) {
    let a0 = Matrix::from_rows([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]);
    (a0, Matrix::one_hot(&[0, 1, 1, 0], 2))
}

#[test]
fn momentum_zero_is_gradient_descent() {
    let (a0, y) = xor();
    let mut net = TwoNet::new([2, 6, 2], &mut Rng::new(0));
    let (mut descent, mut velocities) = (net.clone(), net.params().map(zeros));
    for _ in 0..50 {
        let grads = net.backward(&a0, &net.forward(&a0), &y);
        momentum(net.params_mut(), grads.params(), &mut velocities, [0.0, 0.1, 0.01]);
        let grads = descent.backward(&a0, &descent.forward(&a0), &y);
        descent.update(&grads, 0.1, 0.01);
    }
    assert_eq!(net, descent);
}

#[test]
fn momentum_learns_xor_sooner() {
    let (a0, y) = xor();
    let learns = |mu| {
        let mut net = DeepNet::new(&[2, 6, 2], Init::Small, &mut Rng::new(0));
        let mut velocities: Vec<[Matrix; 2]> = net.params().into_iter().map(zeros).collect();
        for _ in 0..300 {
            let grads = net.backward(&a0, &net.forward(&a0), &y);
            momentum(net.params_mut(), grads.params(), &mut velocities, [mu, 0.1, 1e-3]);
        }
        predictions(&net.forward(&a0).probs) == [0, 1, 1, 0]
    };
    assert_eq!((learns(0.0), learns(0.9)), (false, true));
}

/// One step of gradient descent for each net, by `update` and by its parameters and their gradients.
/// All layers have other shapes, and all parameters other values.
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
    check!(OneNet::new([5, 3], rng), [5, 3], |net, grads| net.update(&grads, 0.1, 0.0, Rule::L2));
    check!(SoftmaxRegression::new([5, 3], rng), [5, 3], |net, grads| net.update(&grads, 0.1, 0.0));
    check!(TwoNet::new([5, 4, 3], rng), [5, 4, 3], |net, grads| net.update(&grads, 0.1, 0.0));
    check!(ThreeNet::new([5, 6, 4, 3], rng), [5, 6, 4, 3], |net, grads| net
        .update(&grads, 0.1, 0.0));
    check!(DeepNet::new(&[5, 6, 7, 4, 3], Init::He, rng), [5, 6, 7, 4, 3], |net, grads| net
        .update(&grads, 0.1, 0.0));
}
