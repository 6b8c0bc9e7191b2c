//! The type: its constructors, its entries, and the call of the product.

use crate::{Real, Rng, View};
use std::ops::{Index, IndexMut};

/// A matrix of numbers, row after row in one vector.
///
/// There is no `*` of two matrices: paper has two products, and here they are [`Matrix::dot`] and
/// [`Matrix::hadamard`].
#[derive(Clone, Debug, Default, PartialEq)]
#[must_use = "operations make a new matrix and leave this one as it is"]
pub struct Matrix<T = f64> {
    pub(crate) rows: usize,
    pub(crate) cols: usize,
    pub(crate) data: Vec<T>,
}

impl<T: Real> Matrix<T> {
    /// A matrix of zeros.
    ///
    /// # Panics
    /// If rows × cols is more than a `usize` holds.
    #[track_caller]
    pub fn zeros(rows: usize, cols: usize) -> Self {
        Self { rows, cols, data: vec![T::ZERO; entries("zeros", rows, cols)] }
    }

    /// A matrix of the given rows.
    pub fn from_rows<const R: usize, const C: usize>(rows: [[T; C]; R]) -> Self {
        Self { rows: R, cols: C, data: rows.as_flattened().to_vec() }
    }

    /// A matrix of `data`, row after row.
    ///
    /// # Panics
    /// If the number of entries in `data` is not rows × cols.
    #[track_caller]
    pub fn from_vec(rows: usize, cols: usize, data: Vec<T>) -> Self {
        let len = data.len();
        assert!(rows.checked_mul(cols) == Some(len), "Matrix: {len} entries for {rows}×{cols}");
        Self { rows, cols, data }
    }

    /// A matrix whose entry (i, j) is `f(i, j)`. Rows are filled from the first to the last.
    ///
    /// # Panics
    /// If rows × cols is more than a `usize` holds.
    #[track_caller]
    pub fn from_fn(rows: usize, cols: usize, mut f: impl FnMut(usize, usize) -> T) -> Self {
        let mut data = Vec::with_capacity(entries("from_fn", rows, cols));
        for i in 0..rows {
            data.extend((0..cols).map(|j| f(i, j)));
        }
        Self { rows, cols, data }
    }

    /// A matrix of independent normal numbers with mean 0 and standard deviation `std`.
    pub fn normal(rows: usize, cols: usize, std: f64, rng: &mut Rng) -> Self {
        Self::from_fn(rows, cols, |_, _| T::from_f64(std * rng.normal()))
    }

    /// One row for each label, with 1 in the label's column and 0 elsewhere: Y, n×`classes`.
    ///
    /// # Panics
    /// If a label is not below `classes`.
    #[track_caller]
    pub fn one_hot(labels: &[usize], classes: usize) -> Self {
        let mut y = Self::zeros(labels.len(), classes);
        for (i, &label) in labels.iter().enumerate() {
            y[(i, label)] = T::ONE;
        }
        y
    }

    /// Rows and columns.
    pub fn shape(&self) -> (usize, usize) {
        (self.rows, self.cols)
    }

    /// The number of rows.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// The number of columns.
    pub fn cols(&self) -> usize {
        self.cols
    }

    /// Row i.
    ///
    /// # Panics
    /// If there is no row i.
    #[track_caller]
    pub fn row(&self, i: usize) -> &[T] {
        assert!(i < self.rows, "row: {i} of {}×{}", self.rows, self.cols);
        &self.data[i * self.cols..(i + 1) * self.cols]
    }

    /// Row i, mutable.
    ///
    /// # Panics
    /// If there is no row i.
    #[track_caller]
    pub fn row_mut(&mut self, i: usize) -> &mut [T] {
        assert!(i < self.rows, "row_mut: {i} of {}×{}", self.rows, self.cols);
        &mut self.data[i * self.cols..(i + 1) * self.cols]
    }

    /// All rows, from the first to the last.
    pub fn iter_rows(&self) -> impl ExactSizeIterator<Item = &[T]> {
        (0..self.rows).map(|i| self.row(i))
    }

    /// All entries, row after row.
    pub fn as_slice(&self) -> &[T] {
        &self.data
    }

    /// The whole matrix, borrowed.
    pub fn view(&self) -> View<'_, T> {
        let &Self { rows, cols, ref data } = self;
        View { data, rows, cols, row_stride: cols, col_stride: 1 }
    }

    /// The transpose Aᵀ, as a view: nothing is copied.
    pub fn t(&self) -> View<'_, T> {
        self.view().t()
    }

    /// The product A·B, m×n, where A is `self`, m×k, and B is `rhs`, k×n.
    ///
    /// Entry (i, j) is a chain of fused multiply-adds, aᵢ₀·b₀ⱼ + aᵢ₁·b₁ⱼ + … in this order,
    /// starting from 0, whatever the number of threads; on processors without fused multiply-add
    /// each step rounds twice (see [`Kernel`](crate::Kernel)).
    ///
    /// ```
    /// let a = matrix::Matrix::from_rows([[1.0, 2.0], [3.0, 4.0]]);
    /// assert_eq!(a.dot(a.t())[(0, 1)], 11.0);
    /// ```
    ///
    /// # Panics
    /// If the number of columns of A is not the number of rows of B.
    #[track_caller]
    pub fn dot<'b>(&self, rhs: impl Into<View<'b, T>>) -> Matrix<T> {
        self.view().dot(rhs)
    }
}

/// rows × cols.
#[track_caller]
fn entries(operation: &str, rows: usize, cols: usize) -> usize {
    let entries = rows.checked_mul(cols);
    entries.unwrap_or_else(|| panic!("{operation}: {rows}×{cols} are too many entries"))
}

impl<T: Real> Index<(usize, usize)> for Matrix<T> {
    type Output = T;

    #[track_caller]
    fn index(&self, at: (usize, usize)) -> &T {
        &self.data[self.view().place(at)]
    }
}

impl<T: Real> IndexMut<(usize, usize)> for Matrix<T> {
    #[track_caller]
    fn index_mut(&mut self, at: (usize, usize)) -> &mut T {
        let place = self.view().place(at);
        &mut self.data[place]
    }
}
