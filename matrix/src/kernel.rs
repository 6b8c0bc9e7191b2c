//! The hot loop of the product, written once, and the choice of processor features.
//!
//! A tile of C, `MR` rows by `NV` vectors, stays in registers while k runs: each step multiplies
//! `MR` numbers of A with `NV` vectors of B. `docs/05-matrix-product.md` tells why. The same lines
//! are compiled for each kernel; only the vectors and the size of the tile differ.

use crate::{Kernel, Real, View};
use std::array;
use std::cell::Cell;
use std::hint;

#[cfg(target_arch = "x86_64")]
mod x86;
#[cfg(target_arch = "x86_64")]
use x86::{__m256, __m256d, __m512, __m512d, avx2, avx512, fma};

/// The most steps of k that one visit to a tile makes: `MR` rows of A, so long, fit into the L1
/// cache, and a block of B, so high, into the L2 cache.
pub(crate) const KC: usize = 256;

/// The most columns of a tile.
const WIDEST: usize = 48;

/// What the product has done in the fast code of a kernel.
#[derive(Debug)]
pub enum Job<'a, T> {
    /// C ← C + A·B for small matrices, m×n: nothing is packed.
    Small { a: View<'a, T>, b: View<'a, T>, c: &'a mut [T] },
    /// `panel` ← B, packed, where B has at most as many columns as a tile.
    Pack { b: View<'a, T>, panel: &'a mut [T] },
    /// C ← C + A·B in the columns that start at `first`, where A has at most KC columns, `panels`
    /// are those of B one after the other, and C has rows of `n` numbers. With `skip`, steps are
    /// left out in which all numbers of A are 0.
    Tiles { a: View<'a, T>, panels: &'a [T], c: &'a mut [T], first: usize, n: usize, skip: bool },
}

/// What a number type must bring along for the product.
pub trait Element: Sized {
    /// The rows and columns of a kernel's tile.
    #[doc(hidden)]
    fn tile(kernel: Kernel) -> (usize, usize);

    /// Does the job with the features of a kernel. Comes back with whether steps may be skipped:
    /// for B, packed, if no number is infinite or NaN; for tiles of C, if no number is −0.
    #[doc(hidden)]
    fn run(kernel: Kernel, job: Job<Self>) -> bool;

    /// a·b + c, where a is `self`: rounded once if the processor can (`FMA`), else twice.
    #[doc(hidden)]
    fn step<const FMA: bool>(self, b: Self, c: Self) -> Self;

    /// Whether this is the number −0, which equals 0.
    #[doc(hidden)]
    fn is_negative_zero(&self) -> bool;

    /// Calls `f` with `len` numbers of any value, which this thread keeps for the next call. The
    /// first of them stands at the start of a cache line.
    #[doc(hidden)]
    fn with_buffer<R>(len: usize, f: impl FnOnce(&mut [Self]) -> R) -> R;
}

/// Whether every processor that can run this code has fused multiply-add.
pub(crate) const ALWAYS_FMA: bool = cfg!(any(target_arch = "aarch64", target_feature = "fma"));

/// Whether this processor has it.
#[cfg(test)]
pub(crate) fn has_fma() -> bool {
    #[cfg(target_arch = "x86_64")]
    return is_x86_feature_detected!("fma");
    #[cfg(not(target_arch = "x86_64"))]
    ALWAYS_FMA
}

/// The rows of the portable tile: aarch64 has 32 registers for vectors, others have 16.
const PORTABLE_MR: usize = if cfg!(target_arch = "aarch64") { 8 } else { 4 };

macro_rules! element {
    ($t:ident, avx512: $v512:ident, avx2: $v256:ident, portable: $lanes:literal) => {
        impl Element for $t {
            fn tile(kernel: Kernel) -> (usize, usize) {
                match kernel {
                    Kernel::Avx512 => (8, 3 * 64 / size_of::<$t>()),
                    Kernel::Avx2 => (6, 2 * 32 / size_of::<$t>()),
                    Kernel::Portable => (PORTABLE_MR, 3 * $lanes),
                }
            }

            #[cfg_attr(
                target_arch = "x86_64",
                expect(unsafe_code, reason = "code for processor features is called")
            )]
            fn run(kernel: Kernel, job: Job<Self>) -> bool {
                match kernel {
                    #[cfg(target_arch = "x86_64")]
                    Kernel::Avx512 if is_x86_feature_detected!("avx512f") => {
                        // SAFETY: the processor has AVX-512F, as checked above.
                        unsafe { avx512::<$v512, 8, 3>(job) }
                    }
                    #[cfg(target_arch = "x86_64")]
                    Kernel::Avx2
                        if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") =>
                    {
                        // SAFETY: the processor has AVX2 and FMA, as checked above.
                        unsafe { avx2::<$v256, 6, 2>(job) }
                    }
                    #[cfg(target_arch = "x86_64")]
                    _ if is_x86_feature_detected!("fma") => {
                        // SAFETY: the processor has FMA, as checked above.
                        unsafe { fma::<Lanes<$t, $lanes, true>, PORTABLE_MR, 3>(job) }
                    }
                    _ => run::<Lanes<$t, $lanes, ALWAYS_FMA>, PORTABLE_MR, 3, ALWAYS_FMA>(job),
                }
            }

            #[inline(always)]
            fn step<const FMA: bool>(self, b: Self, c: Self) -> Self {
                if FMA { self.mul_add(b, c) } else { self * b + c }
            }

            #[inline(always)]
            fn is_negative_zero(&self) -> bool {
                self.to_bits() == (-0.0 as $t).to_bits()
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

element!(f32, avx512: __m512, avx2: __m256, portable: 4);
element!(f64, avx512: __m512d, avx2: __m256d, portable: 2);

/// A register that holds several numbers.
///
/// The vectors of a processor may be used in functions compiled for its features alone: nothing
/// but [`Element::run`] names them, which calls such functions.
trait Vector: Copy {
    type Number: Real;
    /// How many they are.
    const LANES: usize;

    fn splat(x: Self::Number) -> Self;
    fn load(from: &[Self::Number]) -> Self;
    fn store(self, to: &mut [Self::Number]);
    /// `self` + a·b, number by number.
    fn plus_product(self, a: Self, b: Self) -> Self;
}

/// A vector in plain Rust, which the compiler puts into a register of the target if it fits.
#[derive(Clone, Copy)]
struct Lanes<T, const N: usize, const FMA: bool>([T; N]);

impl<T: Real, const N: usize, const FMA: bool> Vector for Lanes<T, N, FMA> {
    type Number = T;
    const LANES: usize = N;

    #[inline(always)]
    fn splat(x: T) -> Self {
        Self([x; N])
    }
    #[inline(always)]
    fn load(from: &[T]) -> Self {
        Self(*from.first_chunk().unwrap())
    }
    #[inline(always)]
    fn store(self, to: &mut [T]) {
        *to.first_chunk_mut().unwrap() = self.0;
    }
    #[inline(always)]
    fn plus_product(mut self, a: Self, b: Self) -> Self {
        for i in 0..N {
            self.0[i] = a.0[i].step::<FMA>(b.0[i], self.0[i]);
        }
        self
    }
}

#[inline(always)]
fn run<V: Vector, const MR: usize, const NV: usize, const FMA: bool>(job: Job<V::Number>) -> bool {
    match job {
        Job::Small { a, b, c } => small::<_, FMA>(a, b, c),
        // Of a width that the compiler knows, rows are copied without a call of a function.
        Job::Pack { b, panel } if b.cols == NV * V::LANES => pack(b, panel, NV * V::LANES),
        Job::Pack { b, panel } => pack(b, panel, b.cols.next_multiple_of(V::LANES)),
        Job::Tiles { a, panels, c, first, n, skip } => {
            tiles::<V, MR, NV>(a, panels, c, first, n, skip)
        }
    }
}

/// C ← C + A·B, as on paper.
#[inline(always)]
fn small<T: Real, const FMA: bool>(a: View<T>, b: View<T>, c: &mut [T]) -> bool {
    for (i, row) in c.chunks_exact_mut(b.cols).enumerate() {
        for (j, c) in row.iter_mut().enumerate() {
            for p in 0..a.cols {
                *c = a[(i, p)].step::<FMA>(b[(p, j)], *c);
            }
        }
    }
    false
}

/// `panel` ← B, k×n for n up to `width`: row after row, zeros after the end of each.
#[inline(always)]
fn pack<T: Real>(b: View<T>, panel: &mut [T], width: usize) -> bool {
    let panel = &mut panel[..b.rows * width];
    let rows = panel.chunks_exact_mut(width);
    if b.cols < width {
        for (p, row) in rows.enumerate() {
            row.fill(T::ZERO);
            for (j, out) in row.iter_mut().enumerate().take(b.cols) {
                *out = b.data[p * b.row_stride + j * b.col_stride];
            }
        }
    } else if b.col_stride == 1 {
        for (p, row) in rows.enumerate() {
            row.copy_from_slice(&b.data[p * b.row_stride..][..width]);
        }
    } else {
        // Its columns stand in memory one after the other. An array of them, cut to the same
        // length, so that no bounds are checked.
        let columns: [&[T]; WIDEST] =
            array::from_fn(|j| &b.data[j.min(width - 1) * b.col_stride..][..b.rows]);
        for (p, row) in rows.enumerate() {
            for (out, column) in row.iter_mut().zip(&columns) {
                *out = column[p];
            }
        }
    }
    panel.iter().fold(true, |finite, x| finite & x.is_finite())
}

/// C ← C + A·B in the columns from `first` on: `MR` rows of A, copied into the L1 cache, meet all
/// panels of B in turn.
#[inline(always)]
fn tiles<V: Vector, const MR: usize, const NV: usize>(
    a: View<V::Number>,
    panels: &[V::Number],
    c: &mut [V::Number],
    first: usize,
    n: usize,
    skip: bool,
) -> bool {
    let ((m, k), width) = (a.shape(), NV * V::LANES);
    // The rows of A one after the other. If A is transposed, its columns instead, `MR` numbers
    // each: either way whole runs are copied.
    let mut strip = [[V::Number::ZERO; KC]; MR];
    let by_rows = a.col_stride == 1;
    let mut steps: [u8; KC] = array::from_fn(|p| p as u8);
    let mut left = k;
    let mut sure = true;
    for i in (0..m).step_by(MR) {
        let rows = MR.min(m - i);
        let mut some = [false; KC];
        if by_rows {
            for (r, row) in strip.iter_mut().enumerate().take(rows) {
                row[..k].copy_from_slice(&a.data[(i + r) * a.row_stride..][..k]);
                for (some, &x) in some.iter_mut().zip(&*row) {
                    *some |= x != V::Number::ZERO;
                }
            }
        } else {
            let (columns, _) = strip.as_flattened_mut().as_chunks_mut::<MR>();
            for ((p, column), some) in columns.iter_mut().enumerate().take(k).zip(&mut some) {
                let from = &a.data[p * a.col_stride + i..];
                match from.first_chunk() {
                    Some(from) => *column = *from,
                    None => {
                        *column = [V::Number::ZERO; MR];
                        column[..rows].copy_from_slice(&from[..rows]);
                    }
                }
                *some = column.iter().fold(false, |some, &x| some | (x != V::Number::ZERO));
            }
        }
        if skip {
            left = 0;
            for (p, some) in some[..k].iter().enumerate() {
                steps[left] = p as u8;
                left += usize::from(*some);
            }
        }
        for (panel, j) in panels.chunks_exact(k * width).zip((first..n).step_by(width)) {
            let (c, size) = (&mut c[i * n + j..], (rows, width.min(n - j)));
            // The last columns may make do with a narrower tile.
            let vectors = size.1.div_ceil(V::LANES);
            let panel = &panel[..k * vectors * V::LANES];
            let steps = &steps[..left];
            match vectors {
                1 => tile_or_edge::<V, MR, 1>(&strip, by_rows, steps, panel, c, n, size),
                2 => tile_or_edge::<V, MR, 2>(&strip, by_rows, steps, panel, c, n, size),
                _ => tile_or_edge::<V, MR, NV>(&strip, by_rows, steps, panel, c, n, size),
            }
        }
        let (last, rows) = (n.min(first + panels.len() / k), &c[i * n..(i + rows) * n]);
        for row in rows.chunks_exact(n) {
            sure &= row[first..last].iter().fold(true, |sure, x| sure & !x.is_negative_zero());
        }
    }
    sure
}

/// The tile at the start of `c` ← itself + A·B. At the edges of C, where only `rows` × `cols` of it
/// are there, a copy is worked on.
#[inline(always)]
fn tile_or_edge<V: Vector, const MR: usize, const NV: usize>(
    strip: &[[V::Number; KC]; MR],
    by_rows: bool,
    steps: &[u8],
    panel: &[V::Number],
    c: &mut [V::Number],
    n: usize,
    (rows, cols): (usize, usize),
) {
    if (rows, cols) == (MR, NV * V::LANES) {
        return tile::<V, MR, NV>(strip, by_rows, steps, panel, c, n);
    }
    let mut edge = [[V::Number::ZERO; WIDEST]; MR];
    for (edge, c) in edge.iter_mut().zip(c.chunks(n)).take(rows) {
        edge[..cols].copy_from_slice(&c[..cols]);
    }
    // If the compiler could look through, it would have the sums in `edge` and not in registers.
    let copy = hint::black_box(edge.as_flattened_mut());
    tile::<V, MR, NV>(strip, by_rows, steps, panel, copy, WIDEST);
    for (edge, c) in edge.iter().zip(c.chunks_mut(n)).take(rows) {
        c[..cols].copy_from_slice(&edge[..cols]);
    }
}

/// The tile at the start of `c`, whose rows are `n` apart, ← itself + A·B.
#[inline(always)]
fn tile<V: Vector, const MR: usize, const NV: usize>(
    strip: &[[V::Number; KC]; MR],
    by_rows: bool,
    steps: &[u8],
    panel: &[V::Number],
    c: &mut [V::Number],
    n: usize,
) {
    // Two loops, because in one for both the sums would not stay in registers.
    if by_rows {
        sums::<V, MR, NV>(|r, p| strip[r][p], steps, panel, c, n);
    } else {
        let columns: &[[V::Number; MR]] = strip.as_flattened().as_chunks().0;
        sums::<V, MR, NV>(|r, p| columns[p][r], steps, panel, c, n);
    }
}

/// The innermost loops: `MR` × `NV` vectors of sums in registers. `a(r, p)` is row r, column p of
/// the strip of A.
#[inline(always)]
fn sums<V: Vector, const MR: usize, const NV: usize>(
    a: impl Fn(usize, usize) -> V::Number,
    steps: &[u8],
    panel: &[V::Number],
    c: &mut [V::Number],
    n: usize,
) {
    let mut sums: [[V; NV]; MR] =
        array::from_fn(|r| array::from_fn(|v| V::load(&c[r * n + v * V::LANES..])));
    for p in steps.iter().map(|&p| usize::from(p)) {
        let row = &panel[p * NV * V::LANES..][..NV * V::LANES];
        let b: [V; NV] = array::from_fn(|v| V::load(&row[v * V::LANES..]));
        for (r, row) in sums.iter_mut().enumerate() {
            let a = V::splat(a(r, p));
            for (sum, b) in row.iter_mut().zip(b) {
                *sum = sum.plus_product(a, b);
            }
        }
    }
    for (r, row) in sums.iter().enumerate() {
        for (v, sum) in row.iter().enumerate() {
            sum.store(&mut c[r * n + v * V::LANES..]);
        }
    }
}

#[cfg(test)]
mod tests;
