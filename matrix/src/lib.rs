//! A row-major matrix, written to be read: the type and its operations as they stand on paper.
//!
//! Only the product is optimised; `docs/07-matrix-product.md` explains how, step by step. The
//! element-wise operations are plain loops; threads share the long ones.
//!
//! ```
//! use matrix::Matrix;
//!
//! let a0 = Matrix::from_rows([[0.0, 1.0], [1.0, 1.0]]); // two samples, two inputs
//! let w1 = Matrix::from_rows([[2.0], [3.0]]);
//! let b1 = Matrix::from_rows([[-1.0]]);
//! let z1 = a0.dot(&w1).add_row(&b1);
//! assert_eq!(z1, Matrix::from_rows([[2.0], [4.0]]));
//! ```

mod config;
mod kernel;
mod matrix;
mod ops;
mod product;
mod real;
mod rng;
mod threads;
mod view;

pub use config::{
    ConfigError, Kernel, MOST_THREADS, configure, kernel, threads, use_kernel, use_threads,
};
pub use matrix::Matrix;
pub use real::Real;
pub use rng::Rng;
pub use view::View;

#[cfg(test)]
mod tests;
