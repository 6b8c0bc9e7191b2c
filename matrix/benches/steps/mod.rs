//! The product step by step, from the definition to the ideas of the library: see
//! `docs/07-matrix-product.md`. B is n×n, A and C are m×n, all `f32`; m and n are multiples of every
//! tile, and C starts as zeros.

use std::array;
use std::thread;

/// The steps in the order of the chapter. The next are wider vectors, which are the columns of the
/// table, threads, and zeros.
pub(crate) const NAMES: [&str; 5] =
    ["definition", "loop order", "register tile", "packing", "cache blocks"];
/// What to call a `Step` with for cache blocks, and for zeros.
pub(crate) const CACHE_BLOCKS: usize = 4;
pub(crate) const ZEROS: usize = 5;

/// C ← A·B by one of the steps, for some processor instructions.
pub(crate) type Step = fn(step: usize, n: usize, a: &[f32], b: &[f32], c: &mut [f32]);

/// The names of the instructions that this processor has, whether they fuse multiply and add, and
/// the steps compiled for them.
pub(crate) fn variants() -> Vec<(&'static str, bool, Step)> {
    const FMA: bool = cfg!(target_arch = "aarch64");
    #[cfg_attr(not(target_arch = "x86_64"), expect(unused_mut, reason = "there is but one"))]
    let mut variants: Vec<(_, _, Step)> = vec![("baseline", FMA, run::<8, FMA>)];
    #[cfg(target_arch = "x86_64")]
    if matrix::Kernel::Avx2.is_available() {
        #[expect(unsafe_code, reason = "code for processor features is called")]
        // SAFETY: the processor has AVX2 and FMA, or the kernel were not available.
        variants.push(("AVX2", true, |step, n, a, b, c| unsafe { avx2(step, n, a, b, c) }));
    }
    #[cfg(target_arch = "x86_64")]
    if matrix::Kernel::Avx512.is_available() {
        #[expect(unsafe_code, reason = "code for processor features is called")]
        // SAFETY: the processor has AVX-512F, or the kernel were not available.
        variants.push(("AVX-512", true, |step, n, a, b, c| unsafe { avx512(step, n, a, b, c) }));
    }
    variants
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
fn avx2(step: usize, n: usize, a: &[f32], b: &[f32], c: &mut [f32]) {
    run::<16, true>(step, n, a, b, c);
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f")]
fn avx512(step: usize, n: usize, a: &[f32], b: &[f32], c: &mut [f32]) {
    run::<32, true>(step, n, a, b, c);
}

#[inline(always)]
fn run<const NR: usize, const FMA: bool>(
    step: usize,
    n: usize,
    a: &[f32],
    b: &[f32],
    c: &mut [f32],
) {
    match step {
        0 => definition::<FMA>(n, a, b, c),
        1 => loop_order::<FMA>(n, a, b, c),
        2 => register_tile::<6, NR, FMA>(n, a, b, c),
        3 => packing::<6, NR, FMA>(n, a, b, c),
        CACHE_BLOCKS => cache_blocks::<6, NR, FMA>(n, a, b, c),
        _ => zeros::<6, NR, FMA>(n, a, b, c),
    }
}

/// ab + c, rounded once with fused multiply-add and twice without.
#[inline(always)]
fn fused<const FMA: bool>(a: f32, b: f32, c: f32) -> f32 {
    if FMA { a.mul_add(b, c) } else { a * b + c }
}

/// c + a·b for one row of a tile.
#[inline(always)]
fn row<const NR: usize, const FMA: bool>(a: f32, b: &[f32; NR], mut c: [f32; NR]) -> [f32; NR] {
    for (c, b) in c.iter_mut().zip(b) {
        *c = fused::<FMA>(a, *b, *c);
    }
    c
}

#[inline(always)]
fn definition<const FMA: bool>(n: usize, a: &[f32], b: &[f32], c: &mut [f32]) {
    for i in 0..c.len() / n {
        for j in 0..n {
            for p in 0..n {
                c[i * n + j] = fused::<FMA>(a[i * n + p], b[p * n + j], c[i * n + j]);
            }
        }
    }
}

#[inline(always)]
fn loop_order<const FMA: bool>(n: usize, a: &[f32], b: &[f32], c: &mut [f32]) {
    for (a, c) in a.chunks_exact(n).zip(c.chunks_exact_mut(n)) {
        for (a, b) in a.iter().zip(b.chunks_exact(n)) {
            for (b, c) in b.iter().zip(&mut *c) {
                *c = fused::<FMA>(*a, *b, *c);
            }
        }
    }
}

#[inline(always)]
fn register_tile<const MR: usize, const NR: usize, const FMA: bool>(
    n: usize,
    a: &[f32],
    b: &[f32],
    c: &mut [f32],
) {
    for i in (0..c.len() / n).step_by(MR) {
        for j in (0..n).step_by(NR) {
            let mut sum = [[0.0; NR]; MR];
            for p in 0..n {
                let b: &[f32; NR] = b[p * n + j..].first_chunk().unwrap();
                for r in 0..MR {
                    sum[r] = row::<NR, FMA>(a[(i + r) * n + p], b, sum[r]);
                }
            }
            for r in 0..MR {
                c[(i + r) * n + j..][..NR].copy_from_slice(&sum[r]);
            }
        }
    }
}

#[inline(always)]
fn packing<const MR: usize, const NR: usize, const FMA: bool>(
    n: usize,
    a: &[f32],
    b: &[f32],
    c: &mut [f32],
) {
    let panels: Vec<Vec<[f32; NR]>> = (0..n / NR).map(|j| pack(n, b, j * NR, 0, n)).collect();
    for i in (0..c.len() / n).step_by(MR) {
        let strip: Vec<[f32; MR]> =
            (0..n).map(|p| array::from_fn(|r| a[(i + r) * n + p])).collect();
        for (j, panel) in panels.iter().enumerate() {
            tile::<MR, NR, FMA>(strip.iter().zip(panel), &mut c[i * n + j * NR..], n);
        }
    }
}

/// The panel of B that starts at column j, from row `start` to row `end`, row after row.
#[inline(always)]
fn pack<const NR: usize>(
    n: usize,
    b: &[f32],
    j: usize,
    start: usize,
    end: usize,
) -> Vec<[f32; NR]> {
    (start..end).map(|p| *b[p * n + j..].first_chunk().unwrap()).collect()
}

/// The tile at the start of `c` ← itself + strip · panel, given as a column of the strip and a row of
/// the panel for each step.
#[inline(always)]
fn tile<'a, const MR: usize, const NR: usize, const FMA: bool>(
    steps: impl Iterator<Item = (&'a [f32; MR], &'a [f32; NR])>,
    c: &mut [f32],
    n: usize,
) {
    let mut sum: [[f32; NR]; MR] = array::from_fn(|r| *c[r * n..].first_chunk().unwrap());
    for (a, b) in steps {
        for r in 0..MR {
            sum[r] = row::<NR, FMA>(a[r], b, sum[r]);
        }
    }
    for r in 0..MR {
        c[r * n..][..NR].copy_from_slice(&sum[r]);
    }
}

/// Rows of B in one block: a strip of A beside it, 256 × 6 numbers, is a fifth of a 32 KiB L1 cache.
const KC: usize = 256;
/// Columns of B in one block: the block, 256 × 512 numbers, is half of a 1 MiB L2 cache.
const NC: usize = 512;

#[inline(always)]
fn cache_blocks<const MR: usize, const NR: usize, const FMA: bool>(
    n: usize,
    a: &[f32],
    b: &[f32],
    c: &mut [f32],
) {
    for first in (0..n).step_by(NC) {
        for start in (0..n).step_by(KC) {
            let end = n.min(start + KC);
            let columns = (first..n.min(first + NC)).step_by(NR);
            let panels: Vec<Vec<[f32; NR]>> =
                columns.clone().map(|j| pack(n, b, j, start, end)).collect();
            for i in (0..c.len() / n).step_by(MR) {
                let strip: Vec<[f32; MR]> =
                    (start..end).map(|p| array::from_fn(|r| a[(i + r) * n + p])).collect();
                for (panel, j) in panels.iter().zip(columns.clone()) {
                    tile::<MR, NR, FMA>(strip.iter().zip(panel), &mut c[i * n + j..], n);
                }
            }
        }
    }
}

/// As `cache_blocks`, but for each strip of A the steps are listed in which it has a number other
/// than 0, and the tiles make only those.
#[inline(always)]
fn zeros<const MR: usize, const NR: usize, const FMA: bool>(
    n: usize,
    a: &[f32],
    b: &[f32],
    c: &mut [f32],
) {
    for first in (0..n).step_by(NC) {
        for start in (0..n).step_by(KC) {
            let end = n.min(start + KC);
            let columns = (first..n.min(first + NC)).step_by(NR);
            let panels: Vec<Vec<[f32; NR]>> =
                columns.clone().map(|j| pack(n, b, j, start, end)).collect();
            for i in (0..c.len() / n).step_by(MR) {
                let strip: Vec<[f32; MR]> =
                    (start..end).map(|p| array::from_fn(|r| a[(i + r) * n + p])).collect();
                let steps: Vec<usize> =
                    (0..strip.len()).filter(|&p| strip[p] != [0.0; MR]).collect();
                for (panel, j) in panels.iter().zip(columns.clone()) {
                    let steps = steps.iter().map(|&p| (&strip[p], &panel[p]));
                    tile::<MR, NR, FMA>(steps, &mut c[i * n + j..], n);
                }
            }
        }
    }
}

/// Step 7: rows of C for each thread. `multiply` is cache blocks, by baseline or wide code.
pub(crate) fn threads(
    threads: usize,
    n: usize,
    a: &[f32],
    c: &mut [f32],
    multiply: impl Fn(&[f32], &mut [f32]) + Sync,
) {
    let rows = (c.len() / n).div_ceil(threads).next_multiple_of(6);
    thread::scope(|scope| {
        for (a, c) in a.chunks(rows * n).zip(c.chunks_mut(rows * n)) {
            scope.spawn(|| multiply(a, c));
        }
    });
}
