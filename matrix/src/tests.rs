use super::*;

/// The message of the panic in `f`.
fn panic_of<R>(f: impl FnOnce() -> R + std::panic::UnwindSafe) -> String {
    match std::panic::catch_unwind(f) {
        Ok(_) => panic!("no panic"),
        Err(payload) => *payload.downcast::<String>().expect("a formatted message"),
    }
}

fn numbered(rows: usize, cols: usize) -> Matrix {
    Matrix::from_fn(rows, cols, |i, j| (10 * i + j) as f64)
}

/// The entries of a view in a matrix of their own.
fn copy(view: View) -> Matrix {
    let (rows, cols) = view.shape();
    Matrix::from_fn(rows, cols, |i, j| view[(i, j)])
}

#[test]
fn a_matrix_is_row_major() {
    let a = numbered(2, 3);
    assert_eq!(a.as_slice(), [0.0, 1.0, 2.0, 10.0, 11.0, 12.0]);
    assert_eq!(a.shape(), (2, 3));
    assert_eq!((a.rows(), a.cols()), (2, 3));
    assert_eq!(a.row(1), [10.0, 11.0, 12.0]);
    assert_eq!(a[(1, 2)], 12.0);
    assert_eq!(a, Matrix::from_rows([[0.0, 1.0, 2.0], [10.0, 11.0, 12.0]]));
    assert_eq!(a, Matrix::from_vec(2, 3, vec![0.0, 1.0, 2.0, 10.0, 11.0, 12.0]));
    assert_eq!(a.iter_rows().map(|row| row[0]).collect::<Vec<_>>(), [0.0, 10.0]);
}

#[test]
fn entries_and_rows_can_be_changed() {
    let mut a = Matrix::zeros(2, 2);
    a[(0, 1)] = 5.0;
    a.row_mut(1)[0] = 7.0;
    a[(1, 1)] = 9.0;
    assert_eq!(a, Matrix::from_rows([[0.0, 5.0], [7.0, 9.0]]));
}

#[test]
fn views_transpose_and_cut_without_copying() {
    let a = numbered(4, 3);
    assert_eq!(a.t().shape(), (3, 4));
    assert_eq!(a.t()[(2, 3)], a[(3, 2)]);
    assert_eq!(copy(a.t().t()), a);
    let cut = a.view().slice_rows(1..3);
    assert_eq!(copy(cut), Matrix::from_rows([[10.0, 11.0, 12.0], [20.0, 21.0, 22.0]]));
    assert_eq!(cut.t()[(0, 1)], 20.0);
    assert_eq!(a.view().slice_rows(4..4).shape(), (0, 3));
    assert_eq!(copy(a.t().slice_rows(1..2)), Matrix::from_rows([[1.0, 11.0, 21.0, 31.0]]));
}

#[test]
fn operations_agree_with_paper() {
    let a = Matrix::from_rows([[1.0, -2.0], [3.0, 4.0]]);
    let b = Matrix::from_rows([[5.0, 6.0], [7.0, 8.0]]);
    assert_eq!(a.dot(&b), Matrix::from_rows([[-9.0, -10.0], [43.0, 50.0]]));
    assert_eq!(a.hadamard(&b), Matrix::from_rows([[5.0, -12.0], [21.0, 32.0]]));
    assert_eq!(&a + &b, Matrix::from_rows([[6.0, 4.0], [10.0, 12.0]]));
    assert_eq!(&a - &b, Matrix::from_rows([[-4.0, -8.0], [-4.0, -4.0]]));
    assert_eq!(a.clone() / 2.0, Matrix::from_rows([[0.5, -1.0], [1.5, 2.0]]));
    assert_eq!(a.clone() * 2.0, Matrix::from_rows([[2.0, -4.0], [6.0, 8.0]]));
    // Not 49 · (1 / 49), which rounds twice and is below 1.
    assert_eq!(Matrix::from_rows([[49.0]]) / 49.0, Matrix::from_rows([[1.0]]));
    assert_eq!(a.map(f64::abs), Matrix::from_rows([[1.0, 2.0], [3.0, 4.0]]));
    assert_eq!(a.sum_of_rows(), Matrix::from_rows([[4.0, 2.0]]));
    assert_eq!(
        a.clone().add_row(&Matrix::from_rows([[10.0, 20.0]])),
        Matrix::from_rows([[11.0, 18.0], [13.0, 24.0]])
    );
    assert_eq!((a.sum(), a.norm_squared()), (6.0, 30.0));
    let mut c = a.clone();
    c.zip_apply(&b, |a, b| a - 2.0 * b);
    assert_eq!(c, a.zip_map(&b, |a, b| a - 2.0 * b));
    assert_eq!(c, Matrix::from_rows([[-9.0, -14.0], [-11.0, -12.0]]));
    assert_eq!(Matrix::one_hot(&[2, 0], 3), Matrix::from_rows([[0.0, 0.0, 1.0], [1.0, 0.0, 0.0]]));
    assert!(a.is_finite() && !a.map(|_| f64::NAN).is_finite());
}

/// Enough entries that several threads share the work.
#[test]
fn large_matrices_are_worked_on_entry_by_entry_too() {
    let (m, n) = (301, 207);
    let (a, b) = (numbered(m, n), numbered(m, n).map(|x| x / 7.0));
    let row = Matrix::from_fn(1, n, |_, j| j as f64);
    let entry = |f: &dyn Fn(usize, usize) -> f64| Matrix::from_fn(m, n, f);
    assert_eq!(b, entry(&|i, j| a[(i, j)] / 7.0));
    assert_eq!(a.zip_map(&b, |a, b| a - 2.0 * b), entry(&|i, j| a[(i, j)] - 2.0 * b[(i, j)]));
    let mut c = a.clone();
    c.zip_apply(&b, |a, b| a * b);
    assert_eq!(c, entry(&|i, j| a[(i, j)] * b[(i, j)]));
    assert_eq!(a.clone().add_row(&row), entry(&|i, j| a[(i, j)] + j as f64));
    let bytes: Vec<u8> = (0..m * n).map(|i| i as u8).collect();
    let c = Matrix::from_slice(m, n, &bytes, |&x| f64::from(x) / 2.0);
    assert_eq!(c, entry(&|i, j| f64::from((i * n + j) as u8) / 2.0));
}

#[test]
fn empty_matrices_are_matrices() {
    let (tall, wide) = (Matrix::<f64>::zeros(3, 0), Matrix::<f64>::zeros(0, 3));
    assert_eq!(tall.dot(&wide), Matrix::zeros(3, 3)); // an empty sum is 0
    assert_eq!(wide.dot(&tall), Matrix::zeros(0, 0));
    assert_eq!(wide.sum_of_rows(), Matrix::zeros(1, 3));
    assert_eq!(tall.iter_rows().count(), 3);
    assert_eq!(tall.clone().add_row(&Matrix::zeros(1, 0)), tall);
}

#[test]
fn normal_matrices_follow_the_generator() {
    let a = Matrix::<f32>::normal(2, 2, 0.01, &mut Rng::new(7));
    let mut rng = Rng::new(7);
    assert_eq!(a.as_slice(), [(); 4].map(|()| (0.01 * rng.normal()) as f32));
}

#[test]
fn wrong_shapes_panic_with_both_shapes() {
    let a = numbered(2, 3);
    assert_eq!(panic_of(|| a.dot(&a)), "dot: 2×3 by 2×3, inner sizes differ");
    let huge = 1 << (usize::BITS / 2);
    let too_many = format!("zeros: {huge}×{huge} are too many entries");
    assert_eq!(panic_of(|| Matrix::<f64>::zeros(huge, 0).dot(&Matrix::zeros(0, huge))), too_many);
    assert_eq!(panic_of(|| &a + &numbered(3, 2)), "add: 2×3 and 3×2, shapes differ");
    assert_eq!(panic_of(|| &a - &numbered(2, 2)), "sub: 2×3 and 2×2, shapes differ");
    assert_eq!(panic_of(|| a.hadamard(&numbered(1, 3))), "hadamard: 2×3 and 1×3, shapes differ");
    assert_eq!(
        panic_of(|| a.zip_map(&numbered(1, 3), |a, _| a)),
        "zip_map: 2×3 and 1×3, shapes differ"
    );
    assert_eq!(
        panic_of(|| a.clone().zip_apply(&numbered(1, 3), |a, _| a)),
        "zip_apply: 2×3 and 1×3, shapes differ"
    );
    assert_eq!(panic_of(|| a.clone().add_row(&numbered(1, 2))), "add_row: 1×2 to 2×3, not 1×3");
    assert_eq!(panic_of(|| Matrix::from_vec(2, 3, vec![0.0])), "Matrix: 1 entries for 2×3");
    assert_eq!(panic_of(|| Matrix::from_slice(2, 3, &[0u8], |_| 0.0)), "Matrix: 1 entries for 2×3");
    assert_eq!(panic_of(|| a[(0, 3)]), "index: (0, 3) of 2×3");
    assert_eq!(panic_of(|| a.t()[(0, 2)]), "index: (0, 2) of 3×2");
    assert_eq!(panic_of(|| a.row(2).len()), "row: 2 of 2×3");
    assert_eq!(panic_of(|| a.clone().row_mut(2).len()), "row_mut: 2 of 2×3");
    assert_eq!(panic_of(|| a.view().slice_rows(1..3).shape()), "slice_rows: rows 1..3 of 2×3");
    assert_eq!(panic_of(|| Matrix::<f64>::one_hot(&[3], 3)), "index: (0, 3) of 1×3");
}
