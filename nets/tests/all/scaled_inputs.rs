//! Chapter 4, "What dividing the pixels by 255 does": which start, rate and λ of W¹ make up for
//! divided inputs. With 256, a power of two, no rounding changes, and the run is the same to the last bit.

use matrix::{Matrix, Rng};
use nets::ThreeNet;

/// W¹ starts s times as large and learns at s² times the rate with λ / s², while the inputs are
/// divided by s. A larger rate of W¹ alone is a larger gradient of it: η s² (∇W¹ + λ/s² W¹) =
/// η (s² ∇W¹ + λ W¹).
#[test]
fn w1_makes_up_for_divided_inputs_to_the_last_bit() {
    let mut rng = Rng::new(1);
    let pixels = Matrix::<f32>::from_fn(40, 30, |_, _| rng.below(256) as f32);
    let labels: Vec<usize> = (0..40).map(|i| i % 4).collect();
    let (s, eta, lambda) = (256.0, 0.01, 1e-3);
    let (divided, y) = (pixels.clone() / s, Matrix::one_hot(&labels, 4));
    let mut raw = ThreeNet::new([30, 12, 8, 4], &mut rng);
    let mut net = ThreeNet { w1: raw.w1.clone() * s, ..raw.clone() };
    let first = ThreeNet::data_loss(&raw.forward(&pixels), &y);
    for step in 0..300 {
        let (raw_acts, acts) = (raw.forward(&pixels), net.forward(&divided));
        assert_eq!(acts, raw_acts, "step {step}");
        raw.update(&raw.backward(&pixels, &raw_acts, &y), eta, lambda);
        let mut grads = net.backward(&divided, &acts, &y);
        grads.dw1 = grads.dw1 * (s * s);
        net.update(&grads, eta, lambda);
    }
    assert_eq!(net, ThreeNet { w1: raw.w1.clone() * s, ..raw.clone() });
    let last = ThreeNet::data_loss(&raw.forward(&pixels), &y);
    assert!(last < 0.5 * first, "{first} to {last}: nothing was learned");
}
