//! The operations element by element or row by row: each is a loop over the numbers.

use crate::{Matrix, Real, config, threads};
use std::ops::{Add, Div, Mul, Sub};

/// From this many entries on, threads share the work: one would need more than about 10 µs.
const LARGE: usize = 32_768;

/// How many threads work on this number of entries.
fn threads_for(entries: usize) -> usize {
    if entries >= LARGE { config::threads() } else { 1 }
}

impl<T: Real> Matrix<T> {
    /// A matrix whose entries are f of those of `data`, row after row.
    ///
    /// # Panics
    /// If the number of entries in `data` is not rows × cols.
    #[track_caller]
    pub fn from_slice<U: Sync>(
        rows: usize,
        cols: usize,
        data: &[U],
        f: impl Fn(&U) -> T + Sync,
    ) -> Matrix<T> {
        let (len, from) = (data.len(), |start: usize| data[start..].iter().map(&f));
        Self::from_vec(rows, cols, threads::collect(threads_for(len), len, from))
    }

    /// f(A), element-wise.
    pub fn map(&self, f: impl Fn(T) -> T + Sync) -> Matrix<T> {
        Self::from_slice(self.rows, self.cols, &self.data, |&a| f(a))
    }

    /// f(A, B), element-wise.
    ///
    /// # Panics
    /// If the shapes differ.
    #[track_caller]
    pub fn zip_map(&self, rhs: &Matrix<T>, f: impl Fn(T, T) -> T + Sync) -> Matrix<T> {
        self.zip("zip_map", rhs, f)
    }

    #[track_caller]
    fn zip(&self, operation: &str, rhs: &Matrix<T>, f: impl Fn(T, T) -> T + Sync) -> Matrix<T> {
        self.assert_same_shape(operation, rhs);
        let (a, b, len) = (&self.data, &rhs.data, self.data.len());
        let data = threads::collect(threads_for(len), len, |start| {
            a[start..].iter().zip(&b[start..]).map(|(&a, &b)| f(a, b))
        });
        Self { data, rows: self.rows, cols: self.cols }
    }

    /// A ← f(A, B), element-wise, in place: the form of every update rule.
    ///
    /// # Panics
    /// If the shapes differ.
    #[track_caller]
    pub fn zip_apply(&mut self, rhs: &Matrix<T>, f: impl Fn(T, T) -> T + Sync) {
        self.assert_same_shape("zip_apply", rhs);
        threads::for_each_chunk(threads_for(self.data.len()), &mut self.data, 1, |start, a| {
            a.iter_mut().zip(&rhs.data[start..]).for_each(|(a, &b)| *a = f(*a, b));
        });
    }

    /// The element-wise product A ∗ B, written A ⊙ B elsewhere.
    ///
    /// # Panics
    /// If the shapes differ.
    #[track_caller]
    pub fn hadamard(&self, rhs: &Matrix<T>) -> Matrix<T> {
        self.zip("hadamard", rhs, |a, b| a * b)
    }

    /// A + 1·b: the row b, 1×n, added to each row of A, m×n. This is numpy's broadcast of a bias.
    ///
    /// # Panics
    /// If b is not 1×n.
    #[track_caller]
    pub fn add_row(mut self, b: &Matrix<T>) -> Matrix<T> {
        let ((m, n), (rows, cols)) = (self.shape(), b.shape());
        assert!((rows, cols) == (1, n), "add_row: {rows}×{cols} to {m}×{n}, not 1×{n}");
        let row = n.max(1); // chunks of 0 numbers are not allowed
        threads::for_each_chunk(threads_for(m * n), &mut self.data, row, |_, rows| {
            for row in rows.chunks_exact_mut(row) {
                row.iter_mut().zip(&b.data).for_each(|(a, &b)| *a += b);
            }
        });
        self
    }

    /// 1ᵀ·A: the sum of the rows, 1×n.
    pub fn sum_of_rows(&self) -> Matrix<T> {
        let mut sum = Matrix::zeros(1, self.cols);
        for row in self.iter_rows() {
            sum.data.iter_mut().zip(row).for_each(|(s, &a)| *s += a);
        }
        sum
    }

    /// The sum of all entries.
    pub fn sum(&self) -> T {
        self.data.iter().copied().sum()
    }

    /// ‖A‖²: the sum of all entries squared.
    pub fn norm_squared(&self) -> T {
        self.data.iter().map(|&a| a * a).sum()
    }

    /// Whether no entry is infinite or NaN.
    pub fn is_finite(&self) -> bool {
        self.data.iter().all(|a| a.is_finite())
    }

    #[track_caller]
    fn assert_same_shape(&self, operation: &str, rhs: &Matrix<T>) {
        let ((m, n), (rows, cols)) = (self.shape(), rhs.shape());
        assert!((m, n) == (rows, cols), "{operation}: {m}×{n} and {rows}×{cols}, shapes differ");
    }
}

/// A + B.
impl<T: Real> Add for &Matrix<T> {
    type Output = Matrix<T>;

    #[track_caller]
    fn add(self, rhs: &Matrix<T>) -> Matrix<T> {
        self.zip("add", rhs, |a, b| a + b)
    }
}

/// A − B.
impl<T: Real> Sub for &Matrix<T> {
    type Output = Matrix<T>;

    #[track_caller]
    fn sub(self, rhs: &Matrix<T>) -> Matrix<T> {
        self.zip("sub", rhs, |a, b| a - b)
    }
}

/// A·s, each entry times the number s, in place.
impl<T: Real> Mul<T> for Matrix<T> {
    type Output = Matrix<T>;

    fn mul(mut self, s: T) -> Matrix<T> {
        self.data.iter_mut().for_each(|a| *a = *a * s);
        self
    }
}

/// A/s, each entry divided by the number s, in place.
impl<T: Real> Div<T> for Matrix<T> {
    type Output = Matrix<T>;

    fn div(mut self, s: T) -> Matrix<T> {
        self.data.iter_mut().for_each(|a| *a = *a / s);
        self
    }
}
