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
        Self::from_layers(DeepNet::new(sizes, init, rng).layers)
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

    /// Its sizes: inputs, hidden layers, classes.
    pub(crate) fn sizes(&self) -> Vec<usize> {
        let layers = self.layers();
        [layers[0].0.rows()].into_iter().chain(layers.iter().map(|(w, _)| w.cols())).collect()
    }

    pub(crate) fn inputs(&self) -> usize {
        self.sizes()[0]
    }

    pub(crate) fn classes(&self) -> usize {
        self.sizes()[self.layers().len()]
    }

    /// The scores and the probabilities of the classes for the samples `a0`, N × K each.
    pub(crate) fn forward(&self, a0: &Matrix<f32>) -> [Matrix<f32>; 2] {
        match self {
            Self::Three(net) => {
                let acts = net.forward(a0);
                [acts.z3, acts.probs]
            }
            Self::Deep(net) => {
                let mut acts = net.forward(a0);
                [acts.z.swap_remove(net.layers.len() - 1), acts.probs]
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
