//! The net that is trained: ThreeNet.

use matrix::{Matrix, Rng};
use nets::ThreeNet;

/// A net with its weights.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Net {
    Three(ThreeNet<f32>),
}

impl Net {
    /// A net of these sizes: inputs, hidden layers, classes.
    pub(crate) fn new(sizes: &[usize], rng: &mut Rng) -> Self {
        match *sizes {
            [d, h1, h2, k] => Self::Three(ThreeNet::new([d, h1, h2, k], rng)),
            _ => panic!("Net::new: sizes {sizes:?}"),
        }
    }

    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Three(_) => "ThreeNet",
        }
    }

    /// Its sizes as they are written: 784-200-80-10.
    pub(crate) fn sizes(&self) -> String {
        let outputs =
            self.layers().iter().fold(String::new(), |s, (w, _)| s + &format!("-{}", w.cols()));
        format!("{}{outputs}", self.inputs())
    }

    /// The number of inputs.
    pub(crate) fn inputs(&self) -> usize {
        self.layers()[0].0.rows()
    }

    /// The number of classes.
    pub(crate) fn classes(&self) -> usize {
        self.layers().last().map_or(0, |(w, _)| w.cols())
    }

    /// The weights and biases of the layers.
    pub(crate) fn layers(&self) -> Vec<(&Matrix<f32>, &Matrix<f32>)> {
        match self {
            Self::Three(ThreeNet { w1, b1, w2, b2, w3, b3 }) => vec![(w1, b1), (w2, b2), (w3, b3)],
        }
    }

    /// A net of these weights and biases.
    pub(crate) fn from_layers(layers: Vec<(Matrix<f32>, Matrix<f32>)>) -> Self {
        match <[_; 3]>::try_from(layers) {
            Ok([(w1, b1), (w2, b2), (w3, b3)]) => Self::Three(ThreeNet { w1, b1, w2, b2, w3, b3 }),
            Err(layers) => panic!("{}", layers.len()),
        }
    }

    /// The probabilities of the classes of the samples `a0`.
    pub(crate) fn probs(&self, a0: &Matrix<f32>) -> Matrix<f32> {
        match self {
            Self::Three(net) => net.forward(a0).probs,
        }
    }

    /// The data loss of a batch and the probabilities of the classes.
    pub(crate) fn evaluate(&self, a0: &Matrix<f32>, y: &Matrix<f32>) -> (f64, Matrix<f32>) {
        match self {
            Self::Three(net) => {
                let acts = net.forward(a0);
                (ThreeNet::data_loss(&acts, y).into(), acts.probs)
            }
        }
    }

    /// One step of gradient descent on a batch. Returns the data loss before the step.
    pub(crate) fn step(
        &mut self,
        a0: &Matrix<f32>,
        y: &Matrix<f32>,
        rate: f32,
        lambda: f32,
    ) -> f64 {
        match self {
            Self::Three(net) => {
                let acts = net.forward(a0);
                let grads = net.backward(a0, &acts, y);
                net.update(&grads, rate, lambda);
                ThreeNet::data_loss(&acts, y).into()
            }
        }
    }

    pub(crate) fn reg_loss(&self, lambda: f32) -> f64 {
        match self {
            Self::Three(net) => net.reg_loss(lambda).into(),
        }
    }
}
