use super::*;
use crate::Kernel;
use crate::Rng;
use crate::kernel::ALWAYS_FMA;

/// The product by its definition: each entry one chain of multiply-adds, fused where the processor
/// can, by its own instruction (the software that stands in for it is wrong on some systems).
fn definition<T: Real>(a: View<T>, b: View<T>) -> Matrix<T> {
    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "fma")]
    fn fused<T: Real>(a: View<T>, b: View<T>) -> Matrix<T> {
        chains::<T, true>(a, b)
    }
    #[cfg(target_arch = "x86_64")]
    if is_x86_feature_detected!("fma") {
        #[expect(unsafe_code, reason = "the reference, in processor instructions")]
        // SAFETY: the processor has FMA, as checked above.
        return unsafe { fused(a, b) };
    }
    chains::<T, ALWAYS_FMA>(a, b)
}

#[inline(always)]
fn chains<T: Real, const FMA: bool>(a: View<T>, b: View<T>) -> Matrix<T> {
    let mut c = Matrix::zeros(a.rows, b.cols);
    for i in 0..a.rows {
        for j in 0..b.cols {
            for p in 0..a.cols {
                c[(i, j)] = a[(i, p)].step(FMA, b[(p, j)], c[(i, j)]);
            }
        }
    }
    c
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
    for isa in Kernel::ALL.into_iter().filter_map(Isa::detect) {
        for &threads in threads {
            assert!(
                same(&product_with(isa, threads, a, b), &expected),
                "{m}×{k} by {k}×{n}, {name}, {isa:?}, {threads} threads"
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

/// Which entries of A are 0: in pattern 0 none, in 1 whole columns, in 2 whole rows, in 3 most
/// entries, in 4 one part, in 5 all.
const PATTERNS: [fn(usize, usize, &mut Rng) -> bool; 6] = [
    |_, _, _| false,
    |_, p, _| p % 3 > 0,
    |i, _, _| i % 5 > 1,
    |_, _, rng| rng.below(8) > 0,
    |i, p, _| i % 16 < 9 && p % 40 < 33,
    |_, _, _| true,
];

/// A matrix with zeros of both signs in a pattern. The other numbers may be so small that products
/// of two of them are 0 or subnormal, or `extreme`.
fn with_zeros<T: Real>(
    (rows, cols): (usize, usize),
    pattern: usize,
    extreme: &[f64],
    rng: &mut Rng,
) -> Matrix<T> {
    let tiny = if size_of::<T>() == 4 { [1e-45, 1e-40, 1e-30] } else { [5e-324, 1e-310, 1e-200] };
    Matrix::from_fn(rows, cols, |i, p| {
        let sign = if rng.below(2) == 0 { 1.0 } else { -1.0 };
        let size = match rng.below(30) {
            _ if PATTERNS[pattern](i, p, rng) => 0.0,
            at @ 0..3 => tiny[at],
            3 if !extreme.is_empty() => extreme[rng.below(extreme.len())],
            _ => 1.0 - rng.uniform(),
        };
        T::from_f64(sign * size)
    })
}

/// Each pattern in A, plain and transposed, with B as it comes and with numbers that aren't finite.
fn check_zeros<T: Real>() {
    let mut rng = Rng::new(5);
    let threads = [1, 2, 3];
    for (m, k, n) in [(6, 25, 3), (24, 40, 101), (9, 300, 49), (33, 530, 10), (8, 7, 1030)] {
        for pattern in 0..PATTERNS.len() {
            for wild in [&[][..], &[f64::INFINITY], &[f64::NAN]] {
                let a = with_zeros::<T>((m, k), pattern, &[], &mut rng);
                let b = with_zeros::<T>((k, n), 0, wild, &mut rng);
                let at = Matrix::from_fn(a.cols(), a.rows(), |i, j| a[(j, i)]);
                let name = format!("pattern {pattern}, {wild:?} in B");
                check_views(a.view(), b.view(), &threads, &name);
                check_views(at.t(), b.view(), &threads, &name);
                if wild.len() == 1 && k > 100 {
                    assert!(definition(a.view(), b.view()).data.iter().any(|c| !c.is_finite()));
                }
            }
            let a = with_zeros::<T>((m, k), pattern, &[f64::INFINITY, f64::NAN], &mut rng);
            let b = with_zeros::<T>((k, n), 3, &[], &mut rng);
            check_views(a.view(), b.view(), &threads, &format!("pattern {pattern}, wild A"));
        }
    }
}

#[test]
fn zeros_in_a_leave_no_trace_in_the_bits_of_f32() {
    check_zeros::<f32>();
}

#[test]
fn zeros_in_a_leave_no_trace_in_the_bits_of_f64() {
    check_zeros::<f64>();
}

/// A sum can only be −0 where a fused multiply-add takes a product below 0 that is too small for the
/// type. Then +0 makes it +0. Rounded twice, +0 and −0 are +0 from the start.
#[test]
fn a_zero_after_a_sum_of_minus_zero_counts() {
    let fused = Kernel::ALL.into_iter().filter_map(Isa::detect).any(Isa::has_fma);
    for zeros in [1, 20, 300] {
        let mut a = Matrix::<f32>::zeros(9, zeros + 1);
        (0..9).for_each(|i| a[(i, 0)] = -1e-30);
        let b = Matrix::from_fn(zeros + 1, 20, |p, j| match p {
            0 => 1e-30,
            _ if j % 2 == 0 => 1.0,
            _ => -1.0,
        });
        let signs = Matrix::from_fn(9, 20, |_, j| if fused && j % 2 == 1 { -0.0 } else { 0.0 });
        assert!(same(&definition(a.view(), b.view()), &signs));
        check_views(a.view(), b.view(), &[1, 2], "minus zero");
    }
}
