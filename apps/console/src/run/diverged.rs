//! Runs that have not learned: the loss is no longer a finite number, or is larger than at the
//! start.

use crate::draw::number::{shortest, significant};
use std::fmt::Display;

/// For inputs up to this size, a rate below 1 is not too large.
const MODERATE: f64 = 1000.0;

/// Possible causes of an infinite loss: each with its size, and the option that makes it smaller.
#[derive(Clone, Copy, Debug)]
pub struct Causes {
    /// The option and its value, such as `("--rate", 0.1)`.
    pub rate: (&'static str, f64),
    /// The option and its value, such as `("--lambda", 0.001)`. At a rate of 1, a step takes this
    /// multiple of a weight away from it.
    pub decay: (&'static str, f64),
    /// How to make the inputs smaller, such as "a larger --scale", and the largest input.
    pub inputs: (&'static str, f64),
}

impl Causes {
    /// Causes with the options `--rate` and `--lambda`, and inputs of about 1.
    pub fn new(rate: f64, lambda: f64) -> Causes {
        let inputs = ("smaller inputs", 1.0);
        Causes { rate: ("--rate", rate), decay: ("--lambda", lambda), inputs }
    }

    /// Returns the loss if it is finite. If it is not, the weights are lost, and more steps cannot
    /// bring them back. `place` is where in the run this happened, such as "epoch 3, step 17", and
    /// `steps` is the number of steps made before.
    ///
    /// # Errors
    /// If the loss is infinite or NaN.
    pub fn check(&self, loss: f64, place: impl Display, steps: usize) -> Result<f64, String> {
        if loss.is_finite() {
            return Ok(loss);
        }
        Err(format!("{place}: the loss is {loss}; {} usually helps", self.advice(steps)))
    }

    /// Names the change that usually helps if the loss is not finite after `steps` steps.
    fn advice(&self, steps: usize) -> String {
        let (rate, decay, inputs) = (self.rate.1, self.decay.1, self.inputs.1 / MODERATE);
        // Weight decay multiplies each weight by 1 - rate · decay at every step, whatever the loss
        // is.
        let decays = rate * decay > 2.0 && decay > rate;
        if steps == 0 || (inputs > 1.0 && inputs > rate && !(decays && decay > inputs)) {
            let largest = significant(self.inputs.1, 3);
            format!("the inputs reach {largest}; {}", self.inputs.0)
        } else {
            format!("a smaller {}", if decays { self.decay.0 } else { self.rate.0 })
        }
    }
}

/// Checks that the net's loss at the end is not above its loss at the start.
///
/// # Errors
/// If the loss is above.
pub fn check_learned(net: impl Display, first: f64, last: f64) -> Result<(), String> {
    if last > first {
        let short = [first, last].map(|loss| significant(loss, 4));
        let [first, last] = if short[0] == short[1] { [first, last].map(shortest) } else { short };
        return Err(format!("{net} has not learned: its loss rose from {first} to {last}"));
    }
    Ok(())
}

#[cfg(test)]
mod tests;
