use super::*;
use common::assert_help_fits;
use matrix::Matrix;

#[path = "../../console/tests/common/mod.rs"]
mod common;

#[test]
fn help_fits_the_screen() {
    assert_help_fits(&APP);
}

#[test]
fn a_shift_moves_every_pixel_and_lets_nothing_in() {
    let a0 = Matrix::from_rows([[1.0, 2.0, 3.0, 4.0]]);
    let moved = |by| unlike::shifted(&a0, 2, by);
    assert_eq!(moved([0, 0]), a0);
    assert_eq!(moved([1, 0]), Matrix::from_rows([[0.0, 0.0, 1.0, 2.0]]));
    assert_eq!(moved([-1, 0]), Matrix::from_rows([[3.0, 4.0, 0.0, 0.0]]));
    assert_eq!(moved([0, 1]), Matrix::from_rows([[0.0, 1.0, 0.0, 3.0]]));
    assert_eq!(moved([0, -1]), Matrix::from_rows([[2.0, 0.0, 4.0, 0.0]]));
}
