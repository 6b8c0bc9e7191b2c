//! Labelled images. They are kept as bytes, and a batch of them is converted to a matrix.

use matrix::{Matrix, Real, Rng};
use std::ops::Range;

/// Images and their labels. Pixels stay bytes until a batch of them is gathered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Images {
    /// The height of each image.
    pub rows: usize,
    /// The width of each image.
    pub cols: usize,
    /// The pixels, image after image and row after row; 0 is the background.
    pub pixels: Vec<u8>,
    /// The class of each image: 0 … K − 1. In MNIST the digit that it shows.
    pub labels: Vec<usize>,
    /// The number of classes, K: 10 in MNIST.
    pub classes: usize,
    /// The label of class 0 in the files: 0 in MNIST; 1 in EMNIST's letters, whose labels are 1 …
    /// 26.
    pub first_label: usize,
}

impl Images {
    /// The number of images.
    #[expect(clippy::len_without_is_empty, reason = "a set that was read is never empty")]
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// The pixels of image i, row after row.
    ///
    /// # Panics
    /// If there is no image i.
    #[track_caller]
    pub fn image(&self, i: usize) -> &[u8] {
        assert!(i < self.len(), "image: {i} of {}", self.len());
        let d = self.rows * self.cols;
        &self.pixels[i * d..(i + 1) * d]
    }

    /// The label of a class in the files.
    pub fn label(&self, class: usize) -> usize {
        class + self.first_label
    }

    /// Puts the images, with their labels, into a random order: [`Rng::shuffle`] in place, without a
    /// second copy of all pixels.
    pub fn shuffle(&mut self, rng: &mut Rng) {
        let d = self.rows * self.cols;
        for i in (1..self.len()).rev() {
            let j = rng.below(i + 1);
            self.labels.swap(i, j);
            let (before, from_i) = self.pixels.split_at_mut(i * d);
            if j < i {
                before[j * d..][..d].swap_with_slice(&mut from_i[..d]);
            }
        }
    }

    /// Takes the images from number `at` on out of the set.
    ///
    /// # Panics
    /// If there are fewer than `at` images.
    #[track_caller]
    pub fn split_off(&mut self, at: usize) -> Self {
        let pixels = self.pixels.split_off(at * self.rows * self.cols);
        Self { pixels, labels: self.labels.split_off(at), ..*self }
    }

    /// Makes each row of each image a column: EMNIST's images lie on their side.
    pub fn transpose(&mut self) {
        let Self { rows, cols, .. } = *self;
        let mut pixels = Vec::with_capacity(self.pixels.len());
        for image in self.pixels.chunks_exact(rows * cols) {
            (0..cols).for_each(|j| pixels.extend(image[j..].iter().step_by(cols)));
        }
        (self.rows, self.cols, self.pixels) = (cols, rows, pixels);
    }

    /// The images `range`, one to a row, each pixel times 1/`scale`: A⁽⁰⁾, n × D for n images of D =
    /// rows · columns pixels.
    ///
    /// # Panics
    /// If there are no such images.
    #[track_caller]
    pub fn to_matrix<T: Real>(&self, range: Range<usize>, scale: f64) -> Matrix<T> {
        self.assert_has(&range);
        let (n, d, factor) = (range.len(), self.rows * self.cols, T::from_f64(1.0 / scale));
        let pixels = &self.pixels[range.start * d..range.end * d];
        Matrix::from_slice(n, d, pixels, |&x| T::from(x) * factor)
    }

    /// The labels of the images `range`, one-hot: Y, n × K for n images.
    ///
    /// # Panics
    /// If there are no such images.
    #[track_caller]
    pub fn one_hot<T: Real>(&self, range: Range<usize>) -> Matrix<T> {
        self.assert_has(&range);
        Matrix::one_hot(&self.labels[range], self.classes)
    }

    #[track_caller]
    fn assert_has(&self, range: &Range<usize>) {
        let n = self.len();
        assert!(range.start <= range.end && range.end <= n, "images {range:?} of {n}");
    }

    /// The mean image, 1 × D, of pixels from 0 to 255.
    pub fn mean_pixels(&self) -> Matrix {
        let d = self.rows * self.cols;
        let mut sums = vec![0u64; d];
        for image in self.pixels.chunks_exact(d) {
            for (sum, &pixel) in sums.iter_mut().zip(image) {
                *sum += u64::from(pixel);
            }
        }
        let n = self.len() as f64;
        Matrix::from_vec(1, d, sums.into_iter().map(|sum| sum as f64 / n).collect())
    }
}
