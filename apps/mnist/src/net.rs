//! The net that is trained: ThreeNet for two hidden layers, DeepNet for any other number of them.

use matrix::{Matrix, Rng};
use nets::{DeepNet, Init, ThreeNet};

/// A net with its weights.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::large_enum_variant, reason = "a run has two of them")]
pub(crate) enum Net {
    Three(ThreeNet<f32>),
    Deep(DeepNet<f32>),
}

impl Net {
    /// A net of these sizes: inputs, hidden layers, classes.
    pub(crate) fn new(sizes: &[usize], init: Init, rng: &mut Rng) -> Self {
        let sizes = sizes.windows(2).map(|pair| [pair[0], pair[1]]);
        Self::from_layers(sizes.map(|sizes| init.layer(sizes, rng)).collect())
    }

    /// A net of the weights and biases of its layers.
    pub(crate) fn from_layers(layers: Vec<(Matrix<f32>, Matrix<f32>)>) -> Self {
        match <[_; 3]>::try_from(layers) {
            Ok([(w1, b1), (w2, b2), (w3, b3)]) => Self::Three(ThreeNet { w1, b1, w2, b2, w3, b3 }),
            Err(layers) => Self::Deep(DeepNet { layers }),
        }
    }

    /// The weights and biases of its layers.
    pub(crate) fn layers(&self) -> Vec<(&Matrix<f32>, &Matrix<f32>)> {
        match self {
            Self::Three(ThreeNet { w1, b1, w2, b2, w3, b3 }) => vec![(w1, b1), (w2, b2), (w3, b3)],
            Self::Deep(net) => net.layers.iter().map(|(w, b)| (w, b)).collect(),
        }
    }

    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Three(_) => "ThreeNet",
            Self::Deep(_) => "DeepNet",
        }
    }

    /// Its sizes as they are written: 784-200-80-10.
    pub(crate) fn sizes(&self) -> String {
        let mut sizes = self.inputs().to_string();
        self.layers().iter().for_each(|(w, _)| sizes += &format!("-{}", w.cols()));
        sizes
    }

    /// The number of inputs.
    pub(crate) fn inputs(&self) -> usize {
        self.layers()[0].0.rows()
    }

    /// The number of classes.
    pub(crate) fn classes(&self) -> usize {
        self.layers().last().map_or(0, |(w, _)| w.cols())
    }

    /// The probability of each class for the samples `a0`, N × K.
    pub(crate) fn probs(&self, a0: &Matrix<f32>) -> Matrix<f32> {
        match self {
            Self::Three(net) => net.forward(a0).probs,
            Self::Deep(net) => net.forward(a0).probs,
        }
    }

    /// The data loss of the samples `a0` with the one-hot labels `y`, and the probabilities.
    pub(crate) fn evaluate(&self, a0: &Matrix<f32>, y: &Matrix<f32>) -> (f64, Matrix<f32>) {
        match self {
            Self::Three(net) => {
                let acts = net.forward(a0);
                (ThreeNet::data_loss(&acts, y).into(), acts.probs)
            }
            Self::Deep(net) => {
                let acts = net.forward(a0);
                (DeepNet::data_loss(&acts, y).into(), acts.probs)
            }
        }
    }

    /// The regulariser.
    pub(crate) fn reg_loss(&self, lambda: f32) -> f64 {
        match self {
            Self::Three(net) => net.reg_loss(lambda).into(),
            Self::Deep(net) => net.reg_loss(lambda).into(),
        }
    }

    /// One step of gradient descent on a batch. Returns the data loss before it.
    pub(crate) fn step(&mut self, a0: &Matrix<f32>, y: &Matrix<f32>, eta: f32, lambda: f32) -> f64 {
        match self {
            Self::Three(net) => {
                let acts = net.forward(a0);
                let grads = net.backward(a0, &acts, y);
                net.update(&grads, eta, lambda);
                ThreeNet::data_loss(&acts, y).into()
            }
            Self::Deep(net) => {
                let acts = net.forward(a0);
                let grads = net.backward(a0, &acts, y);
                net.update(&grads, eta, lambda);
                DeepNet::data_loss(&acts, y).into()
            }
        }
    }
}
