//! The end of a run that has not learned: its loss is no longer a number, or larger than at first.

use crate::draw::number::{shortest, significant};
use std::error::Error;
use std::fmt::{self, Display};

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
    /// What usually helps a run whose loss is not finite after `steps` steps.
    fn advice(&self, steps: usize) -> String {
        let (rate, decay, inputs) = (self.rate.1, self.decay.1, self.inputs.1 / MODERATE);
        // A step multiplies each weight by 1 - rate · decay, whatever the loss says.
        let decays = rate * decay > 2.0 && decay > rate;
        if steps == 0 || (inputs > 1.0 && inputs > rate && !(decays && decay > inputs)) {
            let largest = significant(self.inputs.1, 3);
            format!("the inputs reach {largest}; {} usually helps", self.inputs.0)
        } else {
            format!("a smaller {} usually helps", if decays { self.decay.0 } else { self.rate.0 })
        }
    }
}

/// Inputs up to this size are fit for a rate below 1.
const MODERATE: f64 = 1000.0;

/// A loss that is infinite or NaN: the weights are lost, and more steps cannot bring them back.
#[derive(Clone, Debug, PartialEq)]
pub struct Diverged {
    place: String,
    loss: f64,
    advice: String,
}

impl Diverged {
    /// The loss if it is finite. `place` says where in the run it arose, such as "epoch 3, step 17",
    /// and `steps` how many were made before.
    ///
    /// # Errors
    /// If it is not.
    pub fn check(
        loss: f64,
        place: impl Display,
        steps: usize,
        causes: &Causes,
    ) -> Result<f64, Diverged> {
        if loss.is_finite() {
            Ok(loss)
        } else {
            Err(Diverged { place: place.to_string(), loss, advice: causes.advice(steps) })
        }
    }

    /// The same, where the place says which of many runs it was as well.
    pub(crate) fn of_seed(self, seed: u64) -> Diverged {
        Diverged { place: format!("seed {seed}, {}", self.place), ..self }
    }
}

impl Display for Diverged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: the loss is {}; {}", self.place, self.loss, self.advice)
    }
}

impl Error for Diverged {}

/// A loss at the end of a run that is larger than the one it started from.
#[derive(Clone, Debug, PartialEq)]
pub struct NotLearned {
    net: String,
    first: f64,
    last: f64,
}

impl NotLearned {
    /// Asks whether the net ended with a loss above the one it started from.
    ///
    /// # Errors
    /// If it did.
    pub fn check(net: impl Display, first: f64, last: f64) -> Result<(), NotLearned> {
        match last > first {
            true => Err(NotLearned { net: net.to_string(), first, last }),
            false => Ok(()),
        }
    }
}

impl Display for NotLearned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { first, last, .. } = *self;
        let texts = [first, last].map(|loss| significant(loss, 4));
        let [first, last] = if texts[0] == texts[1] { [first, last].map(shortest) } else { texts };
        write!(f, "{} has not learned: its loss rose from {first} to {last}", self.net)
    }
}

impl Error for NotLearned {}

#[cfg(test)]
mod tests;
