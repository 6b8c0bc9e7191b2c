//! The hot loop of the product, written once, and the choice of processor features.
//!
//! A tile of C, `MR` × `NR`, stays in registers while k runs: each step multiplies `MR` numbers of
//! A with `NR` numbers of B. `docs/05-matrix-product.md` tells why. The same lines are compiled for
//! each kernel; only the size of the tile and the permitted instructions differ.

use crate::{Kernel, Real, View};
use std::array;
use std::cell::Cell;

/// The most steps of k that one visit to a tile makes: a panel of B, KC × `NR`, and the rows of A
/// beside it fit into the L1 cache.
pub const KC: usize = 256;

/// What the product has done in the fast code of a kernel.
pub enum Job<'a, T> {
    /// C ← C + A·B for small matrices, m×n: nothing is packed.
    Small { a: View<'a, T>, b: View<'a, T>, c: &'a mut [T] },
    /// `panels` ← B, packed.
    Pack { b: View<'a, T>, panels: &'a mut [T] },
    /// C ← C + A·B in the columns that start at `first`, where A has at most KC columns, `panels`
    /// is B packed, and C has rows of `n` numbers.
    Tiles { a: View<'a, T>, panels: &'a [T], c: &'a mut [T], first: usize, n: usize },
}

/// What a number type must bring along for the product.
pub trait Element: Sized {
    /// The tile `MR` × `NR` of a kernel.
    #[doc(hidden)]
    fn tile(kernel: Kernel) -> (usize, usize);

    /// Does the job with the features of a kernel.
    #[doc(hidden)]
    fn run(kernel: Kernel, job: Job<Self>);

    /// a·b + c, where a is `self`: rounded once if the processor can (`FMA`), else twice.
    #[doc(hidden)]
    fn step<const FMA: bool>(self, b: Self, c: Self) -> Self;

    /// Calls `f` with `len` numbers of any value, which this thread keeps for the next call. The
    /// first of them stands at the start of a cache line.
    #[doc(hidden)]
    fn with_buffer<R>(len: usize, f: impl FnOnce(&mut [Self]) -> R) -> R;
}

/// Whether every processor that can run this code has fused multiply-add.
const ALWAYS_FMA: bool = cfg!(any(target_arch = "aarch64", target_feature = "fma"));

macro_rules! element {
    ($t:ident, avx512: $w:literal $w2:literal, avx2: $x:literal $x2:literal, portable: $y:literal $y2:literal) => {
        impl Element for $t {
            fn tile(kernel: Kernel) -> (usize, usize) {
                match kernel {
                    Kernel::Avx512 => (12, $w),
                    Kernel::Avx2 => (6, $x),
                    Kernel::Portable => (6, $y),
                }
            }

            #[cfg_attr(
                target_arch = "x86_64",
                expect(unsafe_code, reason = "code for processor features is called")
            )]
            fn run(kernel: Kernel, job: Job<Self>) {
                #[cfg(not(target_arch = "x86_64"))]
                let _ = kernel;
                #[cfg(target_arch = "x86_64")]
                match kernel {
                    Kernel::Avx512 if is_x86_feature_detected!("avx512f") => {
                        // SAFETY: the processor has AVX-512F, as checked above.
                        return unsafe { avx512::<$t, 12, $w, $w2>(job) };
                    }
                    Kernel::Avx2 if is_x86_feature_detected!("avx2") && has_fma() => {
                        // SAFETY: the processor has AVX2 and FMA, as checked above.
                        return unsafe { avx2::<$t, 6, $x, $x2>(job) };
                    }
                    _ if has_fma() => {
                        // SAFETY: the processor has FMA, as checked above.
                        return unsafe { fma::<$t, 6, $y, $y2>(job) };
                    }
                    _ => {}
                }
                run::<$t, 6, $y, $y2, ALWAYS_FMA>(job)
            }

            #[inline(always)]
            fn step<const FMA: bool>(self, b: Self, c: Self) -> Self {
                if FMA { self.mul_add(b, c) } else { self * b + c }
            }

            fn with_buffer<R>(len: usize, f: impl FnOnce(&mut [Self]) -> R) -> R {
                thread_local! { static BUFFER: Cell<Vec<$t>> = const { Cell::new(Vec::new()) } }
                let mut buffer = BUFFER.take();
                if buffer.len() < len + 16 {
                    buffer = vec![0.0; len + 16];
                }
                let start = buffer.as_ptr().align_offset(64).min(16);
                let result = f(&mut buffer[start..start + len]);
                BUFFER.set(buffer);
                result
            }
        }
    };
}

// The columns of a tile, and of the narrower tiles that the last columns of C may make do with. On
// AVX-512 the compiler makes slow code of 12×16 tiles in f32.
element!(f32, avx512: 32 32, avx2: 16 8, portable: 8 4);
element!(f64, avx512: 16 8, avx2: 8 4, portable: 4 2);

#[cfg(target_arch = "x86_64")]
fn has_fma() -> bool {
    is_x86_feature_detected!("fma")
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f")]
fn avx512<T: Real, const MR: usize, const NR: usize, const HALF: usize>(job: Job<T>) {
    run::<T, MR, NR, HALF, true>(job)
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
fn avx2<T: Real, const MR: usize, const NR: usize, const HALF: usize>(job: Job<T>) {
    run::<T, MR, NR, HALF, true>(job)
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "fma")]
fn fma<T: Real, const MR: usize, const NR: usize, const HALF: usize>(job: Job<T>) {
    run::<T, MR, NR, HALF, true>(job)
}

#[inline(always)]
fn run<T: Real, const MR: usize, const NR: usize, const HALF: usize, const FMA: bool>(job: Job<T>) {
    match job {
        Job::Small { a, b, c } => small::<T, FMA>(a, b, c),
        Job::Pack { b, panels } => pack::<T, NR, HALF>(b, panels),
        Job::Tiles { a, panels, c, first, n } => {
            tiles::<T, MR, NR, HALF, FMA>(a, panels, c, first, n)
        }
    }
}

/// C ← C + A·B, as on paper.
#[inline(always)]
fn small<T: Real, const FMA: bool>(a: View<T>, b: View<T>, c: &mut [T]) {
    for (i, row) in c.chunks_exact_mut(b.cols).enumerate() {
        for (j, c) in row.iter_mut().enumerate() {
            for p in 0..a.cols {
                *c = a[(i, p)].step::<FMA>(b[(p, j)], *c);
            }
        }
    }
}

/// `panels` ← B, k×n, `W` columns to a panel, and row after row inside a panel.
///
/// What is left over makes a panel of `HALF` columns if they suffice.
#[inline(always)]
fn pack<T: Real, const W: usize, const HALF: usize>(b: View<T>, panels: &mut [T]) {
    let (k, n) = b.shape();
    let (whole, last) = panels.split_at_mut(n / W * W * k);
    let (whole, _) = whole.as_chunks_mut::<W>();
    for (panel, j) in whole.chunks_exact_mut(k).zip((0..n).step_by(W)) {
        let b = b.slice_cols(j..j + W);
        if b.col_stride == 1 {
            for (p, row) in panel.iter_mut().enumerate() {
                *row = *b.data[p * b.row_stride..].first_chunk().unwrap();
            }
        } else {
            pack_transposed(b, panel);
        }
    }
    let rest = b.slice_cols(n - n % W..n);
    match rest.cols {
        0 => {}
        cols if cols <= HALF => pack_rest::<T, HALF>(rest, last),
        _ => pack_rest::<T, W>(rest, last),
    }
}

/// One panel ← B, whose columns stand in memory one after the other: eight rows at a time, which
/// the compiler transposes in registers.
#[inline(always)]
fn pack_transposed<T: Real, const W: usize>(b: View<T>, panel: &mut [[T; W]]) {
    let columns: [&[T]; W] = array::from_fn(|j| &b.data[j * b.col_stride..][..b.rows]);
    let (blocks, rest) = panel.as_chunks_mut::<8>();
    for (p, block) in blocks.iter_mut().enumerate() {
        let columns: [&[T; 8]; W] = columns.map(|c| c[8 * p..].first_chunk().unwrap());
        *block = array::from_fn(|q| array::from_fn(|j| columns[j][q]));
    }
    for (p, row) in (b.rows / 8 * 8..).zip(rest) {
        *row = columns.map(|column| column[p]);
    }
}

/// One panel ← B, which has fewer columns. What follows them is never used.
#[inline(always)]
fn pack_rest<T: Real, const W: usize>(b: View<T>, panel: &mut [T]) {
    for (p, row) in panel.as_chunks_mut::<W>().0.iter_mut().enumerate().take(b.rows) {
        for (j, out) in row.iter_mut().enumerate().take(b.cols) {
            *out = b.data[p * b.row_stride + j * b.col_stride];
        }
    }
}

/// C ← C + A·B in the columns from `first` on: `MR` rows of A, copied into the L1 cache, meet all
/// panels of B in turn.
#[inline(always)]
fn tiles<T: Real, const MR: usize, const NR: usize, const HALF: usize, const FMA: bool>(
    a: View<T>,
    panels: &[T],
    c: &mut [T],
    first: usize,
    n: usize,
) {
    let (m, k) = a.shape();
    // The rows of A one after the other. If A is transposed, its columns instead, `MR` numbers
    // each: either way whole runs are copied.
    let mut strip = [[T::ZERO; KC]; MR];
    let by_rows = a.col_stride == 1;
    for i in (0..m).step_by(MR) {
        let rows = MR.min(m - i);
        if by_rows {
            for (r, row) in strip.iter_mut().enumerate().take(rows) {
                row[..k].copy_from_slice(&a.data[(i + r) * a.row_stride..][..k]);
            }
        } else {
            pack::<T, MR, MR>(a.slice_rows(i..i + rows).t(), strip.as_flattened_mut());
        }
        for (b, j) in panels.chunks_exact(k * NR).zip((first..n).step_by(NR)) {
            let (c, size) = (&mut c[i * n + j..], (rows, NR.min(n - j)));
            if size.1 <= HALF {
                let b = &b.as_chunks::<HALF>().0[..k];
                tile_or_edge::<T, MR, HALF, FMA>(&strip, by_rows, b, c, n, size);
            } else {
                let b = b.as_chunks::<NR>().0;
                tile_or_edge::<T, MR, NR, FMA>(&strip, by_rows, b, c, n, size);
            }
        }
    }
}

/// The tile at the start of `c` ← itself + A·B. At the edges of C, where only `rows` × `cols` of it
/// are there, a copy is worked on.
#[inline(always)]
fn tile_or_edge<T: Real, const MR: usize, const NR: usize, const FMA: bool>(
    strip: &[[T; KC]; MR],
    by_rows: bool,
    b: &[[T; NR]],
    c: &mut [T],
    n: usize,
    (rows, cols): (usize, usize),
) {
    if (rows, cols) == (MR, NR) {
        return tile::<T, MR, NR, FMA>(strip, by_rows, b, c, n);
    }
    let mut edge = [[T::ZERO; NR]; MR];
    for (edge, c) in edge.iter_mut().zip(c.chunks(n)).take(rows) {
        edge[..cols].copy_from_slice(&c[..cols]);
    }
    tile::<T, MR, NR, FMA>(strip, by_rows, b, edge.as_flattened_mut(), NR);
    for (edge, c) in edge.iter().zip(c.chunks_mut(n)).take(rows) {
        c[..cols].copy_from_slice(&edge[..cols]);
    }
}

/// The tile at the start of `c`, whose rows are `n` apart, ← itself + A·B.
///
/// The loop stands here twice, because in one loop for both the sums would not stay in registers.
/// No closures: compiled on their own, they would lack the processor features.
#[inline(always)]
fn tile<T: Real, const MR: usize, const NR: usize, const FMA: bool>(
    strip: &[[T; KC]; MR],
    by_rows: bool,
    b: &[[T; NR]],
    c: &mut [T],
    n: usize,
) {
    if by_rows {
        sums::<T, MR, NR, FMA, true>(strip, b, c, n);
    } else {
        sums::<T, MR, NR, FMA, false>(strip, b, c, n);
    }
}

/// The innermost loops: MR × NR sums in registers.
#[inline(always)]
fn sums<T: Real, const MR: usize, const NR: usize, const FMA: bool, const BY_ROWS: bool>(
    strip: &[[T; KC]; MR],
    b: &[[T; NR]],
    c: &mut [T],
    n: usize,
) {
    let mut sum: [[T; NR]; MR] = array::from_fn(|i| *c[i * n..].first_chunk().unwrap());
    let columns = strip.as_flattened().as_chunks::<MR>().0.first_chunk::<KC>().unwrap();
    let b = &b[..b.len().min(KC)]; // p < KC holds anyway; this tells the compiler
    for (p, b) in b.iter().enumerate() {
        for i in 0..MR {
            let a = if BY_ROWS { strip[i][p] } else { columns[p][i] };
            sum[i] = fused::<T, NR, FMA>(a, b, sum[i]);
        }
    }
    for (i, sum) in sum.iter().enumerate() {
        *c[i * n..].first_chunk_mut().unwrap() = *sum;
    }
}

/// c + a·b for one row of a tile. In a loop of its own, so that the compiler unrolls it first: only
/// then does it keep 12×32 sums in registers.
#[inline(always)]
fn fused<T: Real, const NR: usize, const FMA: bool>(a: T, b: &[T; NR], mut c: [T; NR]) -> [T; NR] {
    for (c, b) in c.iter_mut().zip(b) {
        *c = a.step::<FMA>(*b, *c);
    }
    c
}

#[cfg(test)]
mod tests;
