//! The parameters of each net, [W, b] of each layer, and their gradients in the same order, for
//! rules other than gradient descent.

use crate::{DeepNet, OneNet, SoftmaxRegression, ThreeNet, TwoNet};
use crate::{deep_net, one_net, softmax_regression, three_net, two_net};
use matrix::{Matrix, Real};

macro_rules! params {
    ($net:ident, $module:ident, $layers:literal, $([$w:ident, $b:ident, $dw:ident, $db:ident]),*) => {
        impl<T: Real> $net<T> {
            /// The weights and biases, [W, b] of each layer.
            pub fn params(&self) -> [[&Matrix<T>; 2]; $layers] {
                [$([&self.$w, &self.$b]),*]
            }

            /// The weights and biases, [W, b] of each layer, mutable.
            pub fn params_mut(&mut self) -> [[&mut Matrix<T>; 2]; $layers] {
                [$([&mut self.$w, &mut self.$b]),*]
            }
        }

        impl<T: Real> $module::Gradients<T> {
            /// The gradients of the weights and biases, [∇W, ∇b] of each layer.
            pub fn params(&self) -> [[&Matrix<T>; 2]; $layers] {
                [$([&self.$dw, &self.$db]),*]
            }
        }
    };
}

params!(OneNet, one_net, 1, [w1, b1, dw1, db1]);
params!(TwoNet, two_net, 2, [w1, b1, dw1, db1], [w2, b2, dw2, db2]);
params!(ThreeNet, three_net, 3, [w1, b1, dw1, db1], [w2, b2, dw2, db2], [w3, b3, dw3, db3]);
params!(SoftmaxRegression, softmax_regression, 1, [w, b, dw, db]);

impl<T: Real> DeepNet<T> {
    /// The weights and biases, [W, b] of each layer.
    pub fn params(&self) -> Vec<[&Matrix<T>; 2]> {
        self.layers.iter().map(|(w, b)| [w, b]).collect()
    }

    /// The weights and biases, [W, b] of each layer, mutable.
    pub fn params_mut(&mut self) -> Vec<[&mut Matrix<T>; 2]> {
        self.layers.iter_mut().map(|(w, b)| [w, b]).collect()
    }
}

impl<T: Real> deep_net::Gradients<T> {
    /// The gradients of the weights and biases, [∇W, ∇b] of each layer.
    pub fn params(&self) -> Vec<[&Matrix<T>; 2]> {
        self.dw.iter().zip(&self.db).map(|(dw, db)| [dw, db]).collect()
    }
}
