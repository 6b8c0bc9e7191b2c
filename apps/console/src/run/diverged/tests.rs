//! Messages about a loss that is not finite or has risen.

use super::{Causes, check_learned};

fn message(loss: f64, steps: usize, causes: Causes) -> String {
    causes.check(loss, "epoch 3, step 17", steps).unwrap_err()
}

#[test]
fn a_finite_loss_passes_and_another_is_an_error() {
    let usual = Causes::new(0.1, 0.001);
    assert_eq!(usual.check(0.5, "epoch 3, step 17", 9), Ok(0.5));
    let expected = "epoch 3, step 17: the loss is NaN; a smaller --rate usually helps";
    assert_eq!(message(f64::NAN, 9, usual), expected);
    assert_eq!(message(f64::INFINITY, 9, usual), expected.replace("NaN", "inf"));
}

#[test]
fn the_advice_is_about_what_did_it() {
    let advice = |steps, rate: f64, lambda: f64, inputs: f64| {
        let causes = Causes { inputs: ("a larger --scale", inputs), ..Causes::new(rate, lambda) };
        message(f64::NAN, steps, causes).split_once("; ").expect("advice").1.to_string()
    };
    for (rate, lambda, inputs) in [(0.1, 0.001, 1.0), (1e200, 0.001, 1.0), (5.0, 1.0, 255.0)] {
        assert_eq!(advice(9, rate, lambda, inputs), "a smaller --rate usually helps");
    }
    for (rate, lambda, inputs) in [(0.1, 100.0, 1.0), (0.001, 1e5, 255.0), (0.1, 1e9, 1e4)] {
        assert_eq!(advice(9, rate, lambda, inputs), "a smaller --lambda usually helps");
    }
    // Decay alone makes weights grow only if rate · lambda is above 2.
    assert_eq!(advice(9, 0.1, 19.0, 1.0), "a smaller --rate usually helps");
    // Of causes of the same size, the rate is named, or else the inputs.
    for (rate, lambda, inputs) in [(2.0, 2.0, 1.0), (3.0, 0.1, 3000.0), (0.5, 0.1, 1000.0)] {
        assert_eq!(advice(9, rate, lambda, inputs), "a smaller --rate usually helps");
    }
    let inputs = "the inputs reach 5000; a larger --scale usually helps";
    assert_eq!(advice(9, 1.0, 5.0, 5000.0), inputs);
    let scale = "the inputs reach 2.55e8; a larger --scale usually helps";
    assert_eq!(advice(9, 0.001, 0.001, 2.55e8), scale);
    // Before the first step, neither the rate nor the decay has had an effect.
    assert_eq!(advice(0, 1e200, 1e200, 2.55e8), scale);
}

#[test]
fn a_loss_that_has_risen_is_an_error() {
    let check = |first, last| check_learned("TwoNet", first, last);
    assert_eq!((check(0.7, 0.1), check(0.7, 0.7)), (Ok(()), Ok(())));
    let message = |first, last| check(first, last).unwrap_err();
    assert_eq!(message(0.5, 12.5), "TwoNet has not learned: its loss rose from 0.5000 to 12.50");
    let nearly = "TwoNet has not learned: its loss rose from 0.50001 to 0.50002";
    assert_eq!(message(0.50001, 0.50002), nearly);
}
