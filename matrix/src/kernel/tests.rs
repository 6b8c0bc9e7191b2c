use super::*;
use crate::Matrix;

impl Isa {
    /// Whether it fuses multiply and add.
    pub(crate) fn has_fma(self) -> bool {
        ALWAYS_FMA || !matches!(self, Isa::Portable)
    }
}

/// What the portable kernel does on a processor without fused multiply-add.
#[test]
fn without_fma_each_step_rounds_twice() {
    let a = Matrix::<f32>::from_fn(13, 30, |i, p| 1.0 / (1 + i + p) as f32);
    let b = Matrix::<f32>::from_fn(30, 9, |p, j| 1.0 / (2 + p + j) as f32);
    let expected =
        Matrix::from_fn(13, 9, |i, j| (0..30).fold(0.0, |c, p| a[(i, p)] * b[(p, j)] + c));
    fn run(job: Job<f32>) {
        super::run::<_, _, 6, 6, 3>(Lanes::<4, false>, job);
    }
    let mut small = Matrix::zeros(13, 9);
    run(Job::Small { a: a.view(), b: b.view(), c: &mut small.data });
    assert_eq!(small, expected);
    let mut packed = [f32::NAN; 12 * 30];
    run(Job::Pack { b: b.view(), panel: &mut packed, check: true });
    let (mut tiled, n) = (Matrix::zeros(13, 9), 9);
    run(Job::Tiles(Tiles {
        a: a.view(),
        panels: &packed,
        c: &mut tiled.data,
        n,
        first: 0,
        skip: true,
        space: &mut [f32::NAN; 6 * KC],
    }));
    assert_eq!(tiled, expected);
    assert_eq!(tiled != a.dot(&b), Isa::detect(Kernel::Portable).unwrap().has_fma());
}
