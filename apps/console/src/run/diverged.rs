//! The end of a run whose loss is no number any more.

use std::error::Error;
use std::fmt;

/// A loss that is infinite or NaN: the weights are lost, and more steps cannot bring them back.
#[derive(Clone, Debug, PartialEq)]
pub struct Diverged {
    place: String,
    loss: f64,
    option: &'static str,
}

impl Diverged {
    /// The loss if it is finite. `place` says where in the run it arose, such as "epoch 3, step 17";
    /// `option` is the rate that may be too large, such as "--rate".
    ///
    /// # Errors
    /// If it is not.
    pub fn check(
        loss: f64,
        place: impl fmt::Display,
        option: &'static str,
    ) -> Result<f64, Diverged> {
        if loss.is_finite() {
            Ok(loss)
        } else {
            Err(Diverged { place: place.to_string(), loss, option })
        }
    }

    /// The same, where the place says which of many runs it was as well.
    pub fn of_seed(self, seed: u64) -> Diverged {
        Diverged { place: format!("seed {seed}, {}", self.place), ..self }
    }
}

impl fmt::Display for Diverged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Diverged { place, loss, option } = self;
        write!(f, "{place}: the loss is {loss}; a smaller {option} usually helps")
    }
}

impl Error for Diverged {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_finite_loss_passes_and_another_is_an_error() {
        assert_eq!(Diverged::check(0.5, "epoch 3, step 17", "--rate"), Ok(0.5));
        let error =
            |loss| Diverged::check(loss, "epoch 3, step 17", "--rate").unwrap_err().to_string();
        let expected = "epoch 3, step 17: the loss is NaN; a smaller --rate usually helps";
        assert_eq!(error(f64::NAN), expected);
        assert_eq!(error(f64::INFINITY), expected.replace("NaN", "inf"));
        let of_seed =
            Diverged::check(f64::NAN, "epoch 3, step 17", "--rate").unwrap_err().of_seed(7);
        assert_eq!(of_seed.to_string(), format!("seed 7, {expected}"));
    }
}
