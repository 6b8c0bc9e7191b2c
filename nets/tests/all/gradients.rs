//! Every gradient of every network against central differences, and every update against J.

use matrix::{Matrix, Rng};
use nets::gradient_check::{central_difference, check_all};
use nets::one_net::Rule;
use nets::{DeepNet, Init, OneNet, SoftmaxRegression, ThreeNet, TwoNet};
use std::collections::BTreeSet;

const EPSILON: f64 = 1e-5;

#[test]
fn every_gradient_passes_in_f64() {
    for seed in 0..200 {
        let checks = check_all::<f64>(EPSILON, None, &mut Rng::new(seed));
        assert!(!checks.is_empty());
        for check in &checks {
            assert!(check.passes(), "seed {seed}: {check:?}");
        }
    }
}

#[test]
fn every_numbered_gradient_of_every_net_is_checked() {
    let checks = check_all::<f64>(EPSILON, None, &mut Rng::new(1));
    let nets = [
        ("OneNet", 1, 4..=6),
        ("softmax regression", 2, 6..=8),
        ("TwoNet", 3, 8..=14),
        ("ThreeNet", 4, 10..=20),
        ("DeepNet", 5, 7..=11),
    ];
    let of_net = |(net, chapter, numbers): (&'static str, _, std::ops::RangeInclusive<u32>)| {
        numbers.map(move |number| (net, format!("{chapter}.{number}")))
    };
    let expected: BTreeSet<_> = nets.into_iter().flat_map(of_net).collect();
    let found = checks.iter().map(|check| (check.net, check.equation.to_string())).collect();
    assert_eq!(expected, found);
}

#[test]
fn each_broken_gradient_fails_and_no_other() {
    let checks = |broken| check_all::<f64>(EPSILON, broken, &mut Rng::new(1));
    for equation in checks(None).iter().map(|check| check.equation) {
        for check in checks(Some(equation)) {
            assert_eq!(check.passes(), check.equation != equation, "{equation} broken: {check:?}");
        }
    }
}

#[test]
fn f32_is_too_coarse_to_check_gradients() {
    let checks = check_all::<f32>(5e-3, None, &mut Rng::new(1));
    assert!(checks.iter().all(|check| check.error < 0.01), "{checks:?}");
    assert!(checks.iter().any(|check| !check.passes()));
}

/// Asserts that the step from `before` to `after` at the rate `eta` is −η times the gradient of
/// `loss` at `before`.
fn assert_descends(
    name: &str,
    before: &Matrix,
    after: &Matrix,
    eta: f64,
    loss: impl Fn(&Matrix) -> f64,
) {
    let gradient = (before - after) / eta;
    let expected = central_difference(before, EPSILON, loss);
    let error = (&gradient - &expected).norm_squared().sqrt() / expected.norm_squared().sqrt();
    assert!(error < 1e-6, "{name}: the step is off by {error:e} of the gradient's norm");
}

#[test]
fn one_net_descends_on_its_loss() {
    let mut rng = Rng::new(1);
    let (a0, eta, lambda) = (Matrix::normal(6, 3, 1.0, &mut rng), 0.1, 0.3);
    let y = Matrix::from_fn(6, 2, |i, j| ((i + j) % 2) as f64);
    let net = OneNet { w1: Matrix::normal(3, 2, 1.0, &mut rng), ..OneNet::new([3, 2], &mut rng) };
    let acts = net.forward(&a0);
    let grads = net.backward(&a0, &acts, &y);
    let half = 0.5 * lambda;
    type Penalty<'a> = &'a dyn Fn(&Matrix) -> f64;
    let penalties: [(Rule, Penalty); 3] = [
        (Rule::Published, &|w1| half * w1.sum() * w1.sum()),
        (Rule::L2, &|w1| half * w1.norm_squared()),
        (Rule::Off, &|_| 0.0),
    ];
    for (rule, penalty) in penalties {
        let mut after = net.clone();
        after.update(&grads, eta, lambda, rule);
        let loss = |net: OneNet| OneNet::data_loss(&net.forward(&a0), &y) + penalty(&net.w1);
        assert_descends("w1", &net.w1, &after.w1, eta, |w1| {
            loss(OneNet { w1: w1.clone(), ..net.clone() })
        });
        assert_descends("b1", &net.b1, &after.b1, eta, |b1| {
            loss(OneNet { b1: b1.clone(), ..net.clone() })
        });
    }
}

#[test]
fn two_net_descends_on_j() {
    let mut rng = Rng::new(2);
    let (a0, eta, lambda) = (Matrix::normal(6, 3, 1.0, &mut rng), 0.1, 0.3);
    let y = Matrix::one_hot(&[0, 1, 2, 0, 1, 2], 3);
    let mut net = TwoNet::new([3, 4, 3], &mut rng);
    net.w1 = Matrix::normal(3, 4, 1.0, &mut rng);
    net.w2 = Matrix::normal(4, 3, 1.0, &mut rng);
    let acts = net.forward(&a0);
    let mut after = net.clone();
    after.update(&net.backward(&a0, &acts, &y), eta, lambda);
    let loss = |net: TwoNet| net.loss(&net.forward(&a0), &y, lambda);
    assert_descends("w1", &net.w1, &after.w1, eta, |w1| {
        loss(TwoNet { w1: w1.clone(), ..net.clone() })
    });
    assert_descends("b1", &net.b1, &after.b1, eta, |b1| {
        loss(TwoNet { b1: b1.clone(), ..net.clone() })
    });
    assert_descends("w2", &net.w2, &after.w2, eta, |w2| {
        loss(TwoNet { w2: w2.clone(), ..net.clone() })
    });
    assert_descends("b2", &net.b2, &after.b2, eta, |b2| {
        loss(TwoNet { b2: b2.clone(), ..net.clone() })
    });
}

#[test]
fn three_net_descends_on_j() {
    let mut rng = Rng::new(3);
    let (a0, eta, lambda) = (Matrix::normal(6, 3, 1.0, &mut rng), 0.1, 0.3);
    let y = Matrix::one_hot(&[0, 1, 2, 0, 1, 2], 3);
    let mut net = ThreeNet::new([3, 5, 4, 3], &mut rng);
    net.w1 = Matrix::normal(3, 5, 1.0, &mut rng);
    net.w2 = Matrix::normal(5, 4, 1.0, &mut rng);
    net.w3 = Matrix::normal(4, 3, 1.0, &mut rng);
    let acts = net.forward(&a0);
    let mut after = net.clone();
    after.update(&net.backward(&a0, &acts, &y), eta, lambda);
    let loss = |net: ThreeNet| net.loss(&net.forward(&a0), &y, lambda);
    assert_descends("w1", &net.w1, &after.w1, eta, |w1| {
        loss(ThreeNet { w1: w1.clone(), ..net.clone() })
    });
    assert_descends("b1", &net.b1, &after.b1, eta, |b1| {
        loss(ThreeNet { b1: b1.clone(), ..net.clone() })
    });
    assert_descends("w2", &net.w2, &after.w2, eta, |w2| {
        loss(ThreeNet { w2: w2.clone(), ..net.clone() })
    });
    assert_descends("b2", &net.b2, &after.b2, eta, |b2| {
        loss(ThreeNet { b2: b2.clone(), ..net.clone() })
    });
    assert_descends("w3", &net.w3, &after.w3, eta, |w3| {
        loss(ThreeNet { w3: w3.clone(), ..net.clone() })
    });
    assert_descends("b3", &net.b3, &after.b3, eta, |b3| {
        loss(ThreeNet { b3: b3.clone(), ..net.clone() })
    });
}

#[test]
fn softmax_regression_descends_on_j() {
    let mut rng = Rng::new(4);
    let (x, eta, lambda) = (Matrix::normal(6, 3, 1.0, &mut rng), 0.1, 0.3);
    let y = Matrix::one_hot(&[0, 1, 2, 0, 1, 2], 3);
    let mut net = SoftmaxRegression::new([3, 3], &mut rng);
    net.w = Matrix::normal(3, 3, 1.0, &mut rng);
    let acts = net.forward(&x);
    let mut after = net.clone();
    after.update(&net.backward(&x, &acts, &y), eta, lambda);
    let loss = |net: SoftmaxRegression| net.loss(&net.forward(&x), &y, lambda);
    assert_descends("w", &net.w, &after.w, eta, |w| {
        loss(SoftmaxRegression { w: w.clone(), ..net.clone() })
    });
    assert_descends("b", &net.b, &after.b, eta, |b| {
        loss(SoftmaxRegression { b: b.clone(), ..net.clone() })
    });
}

#[test]
fn deep_net_descends_on_j() {
    let mut rng = Rng::new(5);
    let (a0, eta, lambda) = (Matrix::normal(6, 3, 1.0, &mut rng), 0.1, 0.3);
    let y = Matrix::one_hot(&[0, 1, 2, 0, 1, 2], 3);
    let mut net = DeepNet::new(&[3, 5, 4, 4, 3], Init::He, &mut rng);
    // With a bias of 0 the input of relu would be exactly 0 wherever the layer before is inactive.
    net.layers.iter_mut().for_each(|(_, b)| *b = Matrix::normal(1, b.cols(), 1.0, &mut rng));
    let acts = net.forward(&a0);
    let mut after = net.clone();
    after.update(&net.backward(&a0, &acts, &y), eta, lambda);
    let loss = |net: &DeepNet| net.loss(&net.forward(&a0), &y, lambda);
    for (l, ((w, b), (w_after, b_after))) in net.layers.iter().zip(&after.layers).enumerate() {
        assert_descends(&format!("w{}", l + 1), w, w_after, eta, |w| {
            let mut net = net.clone();
            net.layers[l].0 = w.clone();
            loss(&net)
        });
        assert_descends(&format!("b{}", l + 1), b, b_after, eta, |b| {
            let mut net = net.clone();
            net.layers[l].1 = b.clone();
            loss(&net)
        });
    }
}
