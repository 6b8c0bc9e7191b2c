//! The end of a run that has not learned: its loss is no longer a number, or larger than at first.

use crate::draw::number::{shortest, significant};
use std::error::Error;
use std::fmt::{self, Display};

/// Inputs up to this size are fit for a rate below 1.
const MODERATE: f64 = 1000.0;

/// What may make a loss infinite: the size of each, and the option that makes it smaller.
#[derive(Clone, Copy, Debug)]
pub struct Causes {
    /// Such as `("--rate", 0.1)`.
    pub rate: (&'static str, f64),
    /// Such as `("--lambda", 0.001)`: how many times itself a weight loses at a rate of 1.
    pub decay: (&'static str, f64),
    /// What makes the inputs smaller, such as "a larger --scale", and the largest input.
    pub inputs: (&'static str, f64),
}

impl Causes {
    /// The options `--rate` and `--lambda`, and inputs about as large as 1.
    pub fn new(rate: f64, lambda: f64) -> Causes {
        let inputs = ("smaller inputs", 1.0);
        Causes { rate: ("--rate", rate), decay: ("--lambda", lambda), inputs }
    }

    /// The loss if it is finite. If it is not, the weights are lost, and more steps cannot bring them
    /// back. `place` says where in the run it arose, such as "epoch 3, step 17", and `steps` how many
    /// were made before.
    ///
    /// # Errors
    /// If it is infinite or NaN.
    pub fn check(&self, loss: f64, place: impl Display, steps: usize) -> Result<f64, NotLearned> {
        if loss.is_finite() {
            return Ok(loss);
        }
        Err(NotLearned(format!(
            "{place}: the loss is {loss}; {} usually helps",
            self.advice(steps)
        )))
    }

    /// What usually helps a run whose loss is not finite after `steps` steps.
    fn advice(&self, steps: usize) -> String {
        let (rate, decay, inputs) = (self.rate.1, self.decay.1, self.inputs.1 / MODERATE);
        // A step multiplies each weight by 1 - rate · decay, whatever the loss says.
        let decays = rate * decay > 2.0 && decay > rate;
        if steps == 0 || (inputs > 1.0 && inputs > rate && !(decays && decay > inputs)) {
            let largest = significant(self.inputs.1, 3);
            format!("the inputs reach {largest}; {}", self.inputs.0)
        } else {
            format!("a smaller {}", if decays { self.decay.0 } else { self.rate.0 })
        }
    }
}

/// Why a run has not learned, in words.
#[derive(Clone, Debug, PartialEq)]
pub struct NotLearned(String);

impl NotLearned {
    /// Asks whether the net ended with a loss above the one it started from.
    ///
    /// # Errors
    /// If it did.
    pub fn check(net: impl Display, first: f64, last: f64) -> Result<(), NotLearned> {
        if last > first {
            let short = [first, last].map(|loss| significant(loss, 4));
            let [first, last] =
                if short[0] == short[1] { [first, last].map(shortest) } else { short };
            let message = format!("{net} has not learned: its loss rose from {first} to {last}");
            return Err(NotLearned(message));
        }
        Ok(())
    }

    /// The same, where it says as well which of many runs it was.
    pub(crate) fn of_seed(self, seed: u64) -> NotLearned {
        NotLearned(format!("seed {seed}, {self}"))
    }
}

impl Display for NotLearned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Error for NotLearned {}

#[cfg(test)]
mod tests;
