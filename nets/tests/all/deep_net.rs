//! DeepNet with one, two and three layers is softmax regression, TwoNet and ThreeNet, bit for bit.

use matrix::{Matrix, Real, Rng};
use nets::{DeepNet, Init, SoftmaxRegression, ThreeNet, TwoNet};

const STEPS: usize = 100;

/// Samples of three classes, each class around a point of its own.
fn samples<T: Real>() -> (Matrix<T>, Matrix<T>) {
    let mut rng = Rng::new(1);
    let labels: Vec<usize> = (0..30).map(|i| i % 3).collect();
    let centres = Matrix::<T>::normal(3, 4, 3.0, &mut rng);
    let noise = Matrix::<T>::normal(30, 4, 1.0, &mut rng);
    let y = Matrix::one_hot(&labels, 3);
    (&y.dot(&centres) + &noise, y)
}

/// Trains the net `$explicit` and a deep one beside it, and compares all that is computed.
macro_rules! same_bits {
    ($t:ty, $explicit:ident, $sizes:expr, $scores:ident, [$($w:ident $b:ident $dw:ident $db:ident),*]) => {{
        let ((a0, y), sizes) = (samples::<$t>(), $sizes);
        let mut net = $explicit::<$t>::new(sizes, &mut Rng::new(2));
        let mut deep = DeepNet::<$t>::new(&sizes, Init::Small, &mut Rng::new(2));
        let (eta, lambda) = (0.3, 0.01);
        for step in 0..STEPS {
            let (acts, deep_acts) = (net.forward(&a0), deep.forward(&a0));
            assert_eq!(deep_acts.z.last(), Some(&acts.$scores), "step {step}");
            assert_eq!(deep_acts.probs, acts.probs, "step {step}");
            let loss = net.loss(&acts, &y, lambda);
            assert_eq!(deep.loss(&deep_acts, &y, lambda), loss, "step {step}");
            let (grads, deep_grads) =
                (net.backward(&a0, &acts, &y), deep.backward(&a0, &deep_acts, &y));
            assert!(deep_grads.dw.iter().eq([$(&grads.$dw),*]), "step {step}");
            assert!(deep_grads.db.iter().eq([$(&grads.$db),*]), "step {step}");
            net.update(&grads, eta, lambda);
            deep.update(&deep_grads, eta, lambda);
        }
        assert!(deep.layers.iter().map(|(w, b)| (w, b)).eq([$((&net.$w, &net.$b)),*]));
        let loss = net.loss(&net.forward(&a0), &y, lambda);
        assert!(loss.is_finite() && loss < 1.09, "{loss}: nothing was learned");
    }};
}

#[test]
fn one_layer_is_softmax_regression() {
    same_bits!(f64, SoftmaxRegression, [4, 3], z, [w b dw db]);
    same_bits!(f32, SoftmaxRegression, [4, 3], z, [w b dw db]);
}

#[test]
fn two_layers_are_two_net() {
    same_bits!(f64, TwoNet, [4, 7, 3], z2, [w1 b1 dw1 db1, w2 b2 dw2 db2]);
    same_bits!(f32, TwoNet, [4, 7, 3], z2, [w1 b1 dw1 db1, w2 b2 dw2 db2]);
}

#[test]
fn three_layers_are_three_net() {
    same_bits!(f64, ThreeNet, [4, 7, 6, 3], z3, [w1 b1 dw1 db1, w2 b2 dw2 db2, w3 b3 dw3 db3]);
    same_bits!(f32, ThreeNet, [4, 7, 6, 3], z3, [w1 b1 dw1 db1, w2 b2 dw2 db2, w3 b3 dw3 db3]);
}

#[test]
fn every_layer_but_the_last_has_its_gradients_of_activations() {
    let (a0, y) = samples::<f64>();
    let net = DeepNet::new(&[4, 5, 6, 7, 3], Init::He, &mut Rng::new(3));
    let acts = net.forward(&a0);
    let grads = net.backward(&a0, &acts, &y);
    let shapes = |matrices: &[Matrix]| matrices.iter().map(Matrix::shape).collect::<Vec<_>>();
    assert_eq!(shapes(&grads.dz), shapes(&acts.z));
    assert_eq!(shapes(&grads.da), shapes(&acts.a));
    assert_eq!(shapes(&grads.da), [(30, 5), (30, 6), (30, 7)]);
}

#[test]
#[should_panic(expected = "DeepNet::new: sizes [4], fewer than two")]
fn a_net_without_a_layer_panics() {
    DeepNet::<f64>::new(&[4], Init::Small, &mut Rng::new(0));
}
