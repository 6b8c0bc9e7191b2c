//! Small networks, one line of code per equation; `docs/` derives the equations.
//!
//! | chapter | file | learns |
//! |---|---|---|
//! | 1 | [`one_net`] | AND, OR, NOT |
//! | 2 | [`softmax_regression`] | Iris, MNIST, for comparison |
//! | 3 | [`two_net`] | XOR |
//! | 4 | [`three_net`] | Iris, MNIST |
//! | 5 | [`deep_net`] | the same with any number of layers |
//! | 8 | [`descent`], [`newton`] | rules other than plain gradient descent |
//!
//! Each network is a plain struct of weights and biases with three functions: `forward` computes
//! the activations, `backward` the gradients of the data loss, `update` takes one step of gradient
//! descent. A line that computes a numbered equation ends in its number. The networks repeat each
//! other on purpose, like their chapters. A rule other than gradient descent goes through the weights and
//! biases by `params_mut` and through their gradients by `params`, as [`descent`] does.
//!
//! ```
//! use matrix::{Matrix, Rng};
//! use nets::TwoNet;
//!
//! let a0 = Matrix::from_rows([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]);
//! let y = Matrix::one_hot(&[0, 1, 1, 0], 2);
//! let mut net = TwoNet::new([2, 6, 2], &mut Rng::new(0));
//! for _ in 0..2000 {
//!     let acts = net.forward(&a0);
//!     let grads = net.backward(&a0, &acts, &y);
//!     net.update(&grads, 0.1, 1e-3);
//! }
//! assert_eq!(nets::metrics::predictions(&net.forward(&a0).probs), [0, 1, 1, 0]);
//! ```

pub mod activation;
pub mod deep_net;
pub mod descent;
pub mod gradient_check;
pub mod init;
pub mod loss;
pub mod metrics;
pub mod newton;
pub mod one_net;
mod params;
pub mod softmax_regression;
pub mod three_net;
pub mod two_net;

pub use deep_net::DeepNet;
pub use init::Init;
pub use one_net::OneNet;
pub use softmax_regression::SoftmaxRegression;
pub use three_net::ThreeNet;
pub use two_net::TwoNet;

/// The standard deviation of every starting weight and bias, as in the tutorial.
const INIT_STD: f64 = 0.01;

/// Runs the example in the README of the workspace.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;
