use super::*;
use crate::Rng;

/// The product by its definition: each entry one chain of fused multiply-adds.
fn definition<T: Real>(a: View<T>, b: View<T>) -> Matrix<T> {
    Matrix::from_fn(a.rows, b.cols, |i, j| {
        (0..a.cols).fold(T::ZERO, |c, p| a[(i, p)].step::<true>(b[(p, j)], c))
    })
}

/// Whether all entries are the same, to the bit, or both NaN.
fn same<T: Real>(a: &Matrix<T>, b: &Matrix<T>) -> bool {
    let bits = |x: &T| Some(x.to_f64().to_bits()).filter(|_| !x.to_f64().is_nan());
    a.shape() == b.shape() && a.data.iter().map(bits).eq(b.data.iter().map(bits))
}

fn random<T: Real>(rows: usize, cols: usize, rng: &mut Rng) -> Matrix<T> {
    Matrix::from_fn(rows, cols, |_, _| T::from_f64(2.0 * rng.uniform() - 1.0))
}

/// Checks m×k by k×n on every kernel, for all mixes of plain and transposed.
fn check<T: Real>((m, k, n): (usize, usize, usize), threads: &[usize], rng: &mut Rng) {
    let (a, at) = (random::<T>(m, k, rng), random::<T>(k, m, rng));
    let (b, bt) = (random::<T>(k, n, rng), random::<T>(n, k, rng));
    for (s, a) in [a.view(), at.t()].into_iter().enumerate() {
        for (t, b) in [b.view(), bt.t()].into_iter().enumerate() {
            check_views(a, b, threads, &format!("transposed: {s}, {t}"));
        }
    }
}

fn check_views<T: Real>(a: View<T>, b: View<T>, threads: &[usize], name: &str) {
    let ((m, k), n) = (a.shape(), b.cols);
    let expected = definition(a, b);
    for kernel in Kernel::ALL.into_iter().filter(|kernel| kernel.is_available()) {
        for &threads in threads {
            assert!(
                same(&product_with(kernel, threads, a, b), &expected),
                "{m}×{k} by {k}×{n}, {name}, {kernel:?}, {threads} threads"
            );
        }
    }
}

#[test]
fn every_small_shape_equals_the_definition_to_the_bit() {
    let mut rng = Rng::new(1);
    for (m, n) in (0..=12).flat_map(|m| (0..=12).map(move |n| (m, n))) {
        for k in 0..=20 {
            check::<f32>((m, k, n), &[1], &mut rng);
            check::<f64>((m, k, n), &[1], &mut rng);
        }
    }
}

#[test]
fn larger_and_odd_shapes_equal_the_definition_to_the_bit() {
    let mut rng = Rng::new(2);
    let shapes = [
        (64, 784, 200),
        (784, 64, 40),
        (97, 513, 33),
        (1, 1000, 17),
        (100, 1, 300),
        (25, 257, 65),
        (100, 100, 1),
        (13, 300, 31),
        (5, 300, 1100), // several blocks of columns
        (0, 300, 200),
        (300, 0, 200),
        (300, 200, 0),
    ];
    for shape in shapes {
        check::<f32>(shape, &[1, 2, 3], &mut rng);
        check::<f64>(shape, &[1, 2, 3], &mut rng);
    }
}

#[test]
fn cut_views_equal_the_definition_to_the_bit() {
    let mut rng = Rng::new(3);
    let (a, b) = (random::<f64>(40, 50, &mut rng), random::<f64>(60, 45, &mut rng));
    check_views(a.view().slice_rows(3..37), b.view().slice_rows(10..60), &[1, 2], "rows");
    check_views(
        a.view().slice_rows(30..37).t(),
        b.view().slice_rows(9..16),
        &[1, 2],
        "rows, one transposed",
    );
    check_views(a.t().slice_rows(0..33).t(), b.view().slice_rows(1..34), &[1, 2], "columns");
}

#[test]
fn infinities_and_nans_stand_where_the_definition_has_them() {
    let mut rng = Rng::new(4);
    let mut wild = |rows, cols| {
        Matrix::<f32>::from_fn(rows, cols, |_, _| match rng.below(40) {
            0 => f32::INFINITY,
            1 => f32::NEG_INFINITY,
            2 => f32::NAN,
            3 => f32::MAX,
            4 => f32::MIN_POSITIVE / 8.0,
            5 => -0.0,
            _ => rng.uniform() as f32,
        })
    };
    for (m, k, n) in [(3, 2, 2), (20, 7, 21), (31, 9, 50)] {
        let (a, b) = (wild(m, k), wild(k, n));
        assert!(!definition(a.view(), b.view()).is_finite());
        check_views(a.view(), b.view(), &[1, 2], "wild");
    }
}
