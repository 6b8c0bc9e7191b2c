//! A borrowed matrix, which can be transposed or cut without copying its entries.

use crate::{Matrix, Real, product};
use std::ops::{Index, Range};

/// A matrix that borrows its entries: entry (i, j) is at `i · row_stride + j · col_stride`. One of
/// the strides is 1.
///
/// [`Matrix::t`] makes one by exchanging the two strides, so a transpose costs nothing:
///
/// ```
/// let a = matrix::Matrix::from_rows([[1.0, 2.0], [3.0, 4.0]]);
/// assert_eq!(a.t()[(0, 1)], 3.0);
/// assert_eq!(a.t().dot(&a)[(0, 0)], 10.0); // aᵀ is never built
/// ```
#[derive(Clone, Copy, Debug)]
#[must_use = "a view changes nothing"]
pub struct View<'a, T = f64> {
    pub(crate) data: &'a [T],
    pub(crate) rows: usize,
    pub(crate) cols: usize,
    pub(crate) row_stride: usize,
    pub(crate) col_stride: usize,
}

impl<'a, T: Real> View<'a, T> {
    /// Rows and columns.
    pub fn shape(&self) -> (usize, usize) {
        (self.rows, self.cols)
    }

    /// The transpose.
    pub fn t(&self) -> View<'a, T> {
        let View { data, rows, cols, row_stride, col_stride } = *self;
        View { data, rows: cols, cols: rows, row_stride: col_stride, col_stride: row_stride }
    }

    /// The rows `range`, all columns.
    ///
    /// # Panics
    /// If there are no such rows.
    #[track_caller]
    pub fn slice_rows(&self, Range { start, end }: Range<usize>) -> View<'a, T> {
        let (rows, cols) = self.shape();
        assert!(start <= end && end <= rows, "slice_rows: rows {start}..{end} of {rows}×{cols}");
        // An empty range of rows may start after the last entry.
        let first = (start * self.row_stride).min(self.data.len());
        View { data: &self.data[first..], rows: end - start, ..*self }
    }

    /// The columns `range`, all rows.
    #[track_caller]
    pub(crate) fn slice_cols(&self, range: Range<usize>) -> View<'a, T> {
        self.t().slice_rows(range).t()
    }

    /// The product: see [`Matrix::dot`].
    ///
    /// # Panics
    /// As [`Matrix::dot`].
    #[track_caller]
    pub fn dot<'b>(&self, rhs: impl Into<View<'b, T>>) -> Matrix<T> {
        let rhs = rhs.into();
        let ((m, k), (rows, n)) = (self.shape(), rhs.shape());
        assert!(k == rows, "dot: {m}×{k} by {rows}×{n}, inner sizes differ");
        product::product(*self, rhs)
    }

    /// The index of entry (i, j) in the data.
    #[track_caller]
    pub(crate) fn place(&self, (i, j): (usize, usize)) -> usize {
        let (rows, cols) = self.shape();
        if i >= rows || j >= cols {
            outside((i, j), (rows, cols));
        }
        i * self.row_stride + j * self.col_stride
    }
}

impl<T: Real> Index<(usize, usize)> for View<'_, T> {
    type Output = T;

    #[track_caller]
    fn index(&self, at: (usize, usize)) -> &T {
        &self.data[self.place(at)]
    }
}

impl<'a, T: Real> From<&'a Matrix<T>> for View<'a, T> {
    fn from(matrix: &'a Matrix<T>) -> Self {
        matrix.view()
    }
}

/// A function of its own: with the panic inside the check, loops over entries would not keep their
/// numbers in registers.
#[cold]
#[track_caller]
fn outside((i, j): (usize, usize), (rows, cols): (usize, usize)) -> ! {
    panic!("index: ({i}, {j}) of {rows}×{cols}")
}
