//! The hot loops of the product, written once, and the choice of processor instructions.
//!
//! A tile of C, `MR` rows by `NV` vectors, stays in registers during all steps of k: each step
//! multiplies `MR` numbers of A with `NV` vectors of B. A step whose numbers of A are all 0 is skipped.
//! `docs/07-matrix-product.md` explains why. The same lines are compiled for each kernel; only the
//! vectors and the size of the tile differ.

use crate::{Kernel, Real, View};
use std::array;
use std::cell::RefCell;

#[cfg(target_arch = "x86_64")]
mod x86;

/// The most steps of k that one visit to a tile makes: `MR` rows of A of this length fit into the
/// L1 cache, and a block of B of this height into the L2 cache. The number of a step is a byte.
pub(crate) const KC: usize = 256;

/// The most columns of a panel.
const WIDEST: usize = 96;

/// The most numbers in a vector.
const MOST_LANES: usize = 16;

/// A part of the product that the code of a kernel computes.
#[derive(Debug)]
pub enum Job<'a, T> {
    /// C ← C + A·B for small matrices, m×n: nothing is packed.
    Small { a: View<'a, T>, b: View<'a, T>, c: &'a mut [T] },
    /// `panel` ← B, packed, where B has at most as many columns as a tile. `check` asks whether its
    /// numbers are finite.
    Pack { b: View<'a, T>, panel: &'a mut [T], check: bool },
    /// C ← C + A·B in tiles.
    Tiles(Tiles<'a, T>),
}

/// C ← C + A·B in the columns of C from `first` on, as many as there are panels for.
#[derive(Debug)]
pub struct Tiles<'a, T> {
    /// A, with at most `KC` columns.
    pub(crate) a: View<'a, T>,
    /// The panels of B, one after the other.
    pub(crate) panels: &'a [T],
    /// C, with rows of `n` numbers.
    pub(crate) c: &'a mut [T],
    pub(crate) n: usize,
    pub(crate) first: usize,
    /// Whether steps may be skipped in which the numbers of A are 0.
    pub(crate) skip: bool,
    /// Space for `KC` columns of the rows of A that are copied at a time.
    pub(crate) space: &'a mut [T],
}

/// Instructions that this processor has, as the tokens inside prove.
#[derive(Clone, Copy, Debug)]
pub enum Isa {
    #[cfg(target_arch = "x86_64")]
    Avx512(x86::Avx512),
    #[cfg(target_arch = "x86_64")]
    Avx2(x86::Avx2),
    #[cfg(target_arch = "x86_64")]
    Fma(x86::Fma),
    Portable,
}

impl Isa {
    /// The instructions of a kernel, if this processor has them.
    pub(crate) fn detect(kernel: Kernel) -> Option<Isa> {
        #[cfg(target_arch = "x86_64")]
        return match kernel {
            Kernel::Avx512 => x86::Avx512::detect().map(Isa::Avx512),
            Kernel::Avx2 => x86::Avx2::detect().map(Isa::Avx2),
            Kernel::Portable => Some(x86::Fma::detect().map_or(Isa::Portable, Isa::Fma)),
        };
        #[cfg(not(target_arch = "x86_64"))]
        (kernel == Kernel::Portable).then_some(Isa::Portable)
    }
}

/// What the product needs of a number type.
pub trait Element: Sized {
    /// The rows of A that are copied at a time, and the columns of a tile.
    #[doc(hidden)]
    fn tile(isa: Isa) -> (usize, usize);

    /// Computes the job. Returns, for `Tiles`, whether any step was skipped; for `Pack` with `check`,
    /// whether all numbers of B are finite.
    #[doc(hidden)]
    fn run(isa: Isa, job: Job<Self>) -> bool;

    /// a·b + c, where a is `self`: rounded once if the processor can (`fma`), else twice.
    #[doc(hidden)]
    fn step(self, fma: bool, b: Self, c: Self) -> Self;

    /// Calls `f` with `len` numbers of any value, which this thread keeps for the next call. The
    /// first of them stands at the start of a cache line.
    #[doc(hidden)]
    fn with_buffer<R>(len: usize, f: impl FnOnce(&mut [Self]) -> R) -> R;
}

/// Whether every processor that can run this code has fused multiply-add.
pub(crate) const ALWAYS_FMA: bool = cfg!(any(target_arch = "aarch64", target_feature = "fma"));

/// The vectors in a row of the portable tile: aarch64 has 32 registers for them, others have 16.
const PORTABLE_NV: usize = if cfg!(target_arch = "aarch64") { 6 } else { 3 };

macro_rules! element {
    ($t:ident, portable: $lanes:literal) => {
        impl Element for $t {
            fn tile(isa: Isa) -> (usize, usize) {
                match isa {
                    #[cfg(target_arch = "x86_64")]
                    Isa::Avx512(_) => (8, 6 * 64 / size_of::<$t>()),
                    #[cfg(target_arch = "x86_64")]
                    Isa::Avx2(_) => (6, 2 * 32 / size_of::<$t>()),
                    _ => (4, PORTABLE_NV * $lanes),
                }
            }

            fn run(isa: Isa, job: Job<Self>) -> bool {
                match isa {
                    #[cfg(target_arch = "x86_64")]
                    Isa::Avx512(isa) => isa.run::<_, _, 4, 8, 6>(isa, job),
                    #[cfg(target_arch = "x86_64")]
                    Isa::Avx2(isa) => isa.run::<_, _, 6, 6, 2>(isa, job),
                    #[cfg(target_arch = "x86_64")]
                    Isa::Fma(isa) => isa.run::<_, _, 4, 4, PORTABLE_NV>(Lanes::<$lanes, true>, job),
                    Isa::Portable => {
                        run::<_, _, 4, 4, PORTABLE_NV>(Lanes::<$lanes, ALWAYS_FMA>, job)
                    }
                }
            }

            #[inline(always)]
            fn step(self, fma: bool, b: Self, c: Self) -> Self {
                if fma { self.mul_add(b, c) } else { self * b + c }
            }

            fn with_buffer<R>(len: usize, f: impl FnOnce(&mut [Self]) -> R) -> R {
                thread_local! { static BUFFERS: RefCell<Vec<Vec<$t>>> = const { RefCell::new(Vec::new()) } }
                let mut buffer = BUFFERS.with_borrow_mut(Vec::pop).unwrap_or_default();
                if buffer.len() < len + 16 {
                    buffer = vec![0.0; len + 16];
                }
                let start = buffer.as_ptr().align_offset(64).min(16);
                let result = f(&mut buffer[start..start + len]);
                BUFFERS.with_borrow_mut(|buffers| buffers.push(buffer));
                result
            }
        }
    };
}

element!(f32, portable: 4);
element!(f64, portable: 2);

/// Arithmetic on vectors, registers that hold several numbers. A value of an implementation exists
/// only if the processor can run it.
trait Simd<T: Real>: Copy {
    type Vector: Copy;
    /// How many numbers a vector holds.
    const LANES: usize;
    /// Whether `mul_add` rounds once.
    const FMA: bool;
    /// Whether parts of vectors are loaded and stored by one instruction.
    const PARTS: bool = false;

    fn splat(self, x: T) -> Self::Vector;
    fn load(self, from: &[T]) -> Self::Vector;
    fn store(self, x: Self::Vector, to: &mut [T]);
    /// As `load` and `store`; with `PARTS`, also for the first numbers of a vector alone.
    #[inline(always)]
    fn load_part(self, from: &[T]) -> Self::Vector {
        self.load(from)
    }
    #[inline(always)]
    fn store_part(self, x: Self::Vector, to: &mut [T]) {
        self.store(x, to);
    }
    /// a·b + c, element-wise.
    fn mul_add(self, a: Self::Vector, b: Self::Vector, c: Self::Vector) -> Self::Vector;
    /// One bit for each number, set if it isn't 0.
    fn nonzero(self, x: Self::Vector) -> u64;
}

/// Vectors in plain Rust, which the compiler puts into registers of the target if they fit.
#[derive(Clone, Copy)]
struct Lanes<const N: usize, const FMA: bool>;

impl<T: Real, const N: usize, const FMA: bool> Simd<T> for Lanes<N, FMA> {
    type Vector = [T; N];
    const LANES: usize = N;
    const FMA: bool = FMA;

    #[inline(always)]
    fn splat(self, x: T) -> [T; N] {
        [x; N]
    }
    #[inline(always)]
    fn load(self, from: &[T]) -> [T; N] {
        *from.first_chunk().unwrap()
    }
    #[inline(always)]
    fn store(self, x: [T; N], to: &mut [T]) {
        *to.first_chunk_mut().unwrap() = x;
    }
    #[inline(always)]
    fn mul_add(self, a: [T; N], b: [T; N], mut c: [T; N]) -> [T; N] {
        for i in 0..N {
            c[i] = a[i].step(FMA, b[i], c[i]);
        }
        c
    }
    #[inline(always)]
    fn nonzero(self, x: [T; N]) -> u64 {
        (0..N).fold(0, |bits, i| bits | u64::from(x[i] != T::ZERO) << i)
    }
}

#[inline(always)]
fn run<S: Simd<T>, T: Real, const MR: usize, const PR: usize, const NV: usize>(
    simd: S,
    job: Job<T>,
) -> bool {
    match job {
        Job::Small { a, b, c } => small::<S, T>(a, b, c),
        // If the width is known at compile time, each row is copied inline.
        Job::Pack { b, panel, check } if b.cols == NV * S::LANES => {
            pack(b, panel, NV * S::LANES, check)
        }
        Job::Pack { b, panel, check } => pack(b, panel, b.cols.next_multiple_of(S::LANES), check),
        Job::Tiles(tiles) => macro_kernel::<S, T, MR, PR, NV>(simd, tiles),
    }
}

/// C ← C + A·B, as on paper.
#[inline(always)]
fn small<S: Simd<T>, T: Real>(a: View<T>, b: View<T>, c: &mut [T]) -> bool {
    for (i, row) in c.chunks_exact_mut(b.cols.max(1)).enumerate() {
        for (j, c) in row.iter_mut().enumerate() {
            for p in 0..a.cols {
                *c = a[(i, p)].step(S::FMA, b[(p, j)], *c);
            }
        }
    }
    false
}

/// `panel` ← B, k×n for n up to `width`: row after row, each filled up with zeros. With `check`,
/// returns whether all numbers are finite.
#[inline(always)]
fn pack<T: Real>(b: View<T>, panel: &mut [T], width: usize, check: bool) -> bool {
    let panel = &mut panel[..b.rows * width];
    let rows = panel.chunks_exact_mut(width);
    if b.cols < width {
        for (p, row) in rows.enumerate() {
            // The buffer contains numbers of earlier products. If one of them were infinite, B would
            // seem not to be finite.
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
        // Each column is contiguous in memory. All are cut to the same length, so that no bounds
        // are checked.
        let columns: [&[T]; WIDEST] =
            array::from_fn(|j| &b.data[j.min(width - 1) * b.col_stride..][..b.rows]);
        for (p, row) in rows.enumerate() {
            for (out, column) in row.iter_mut().zip(&columns) {
                *out = column[p];
            }
        }
    }
    check && panel.iter().fold(true, |finite, x| finite & x.is_finite())
}

/// `PR` rows of A, copied into the L1 cache. If A is transposed, its columns instead, `PR` numbers
/// each, so that numbers are always copied that are next to each other in memory.
struct PackedA<'a, T, const PR: usize> {
    numbers: &'a mut [[T; KC]; PR],
    by_rows: bool,
}

impl<T: Real, const PR: usize> PackedA<'_, T, PR> {
    #[inline(always)]
    fn columns(&self) -> &[[T; PR]] {
        self.numbers.as_flattened().as_chunks().0
    }

    /// Copies `rows` rows of A from row i on. Other rows keep old numbers, which are not read.
    #[inline(always)]
    fn pack(&mut self, a: View<T>, i: usize, rows: usize) {
        if self.by_rows {
            for (r, row) in self.numbers.iter_mut().enumerate().take(rows) {
                row[..a.cols].copy_from_slice(&a.data[(i + r) * a.row_stride..][..a.cols]);
            }
        } else {
            let columns = &mut self.numbers.as_flattened_mut().as_chunks_mut::<PR>().0[..a.cols];
            for (column, from) in columns.iter_mut().zip(a.data[i..].chunks(a.col_stride)) {
                match from.first_chunk() {
                    Some(from) => *column = *from,
                    None => column[..rows].copy_from_slice(&from[..rows]),
                }
            }
        }
    }

    /// Whether at least an eighth of the k steps have only zeros in the `MR` rows from `top` on, judged
    /// by a sample.
    #[inline(always)]
    fn has_zeros<const MR: usize>(&self, top: usize, k: usize) -> bool {
        let zero = |r: usize, p: usize| {
            T::ZERO == if self.by_rows { self.numbers[r][p] } else { self.columns()[p][r] }
        };
        let sample = (0..k).step_by(16);
        8 * 16 * sample.filter(|&p| (top..top + MR).all(|r| zero(r, p))).count() >= k
    }

    /// Lists those of the k steps in which a number of the `MR` rows from `top` on is not 0.
    #[inline(always)]
    fn list<S: Simd<T>, const MR: usize>(&self, simd: S, top: usize, k: usize, steps: &mut Steps) {
        steps.len = 0;
        if self.by_rows {
            let group = S::LANES.max(8);
            for p in (0..k).step_by(group) {
                let mut bits = 0;
                for row in &self.numbers[top..top + MR] {
                    for v in (0..group).step_by(S::LANES) {
                        bits |= simd.nonzero(simd.load(&row[p + v..])) << v;
                    }
                }
                for i in (0..group).step_by(8) {
                    steps.push(p + i, (bits >> i) as u8);
                }
            }
        } else {
            let groups = self.numbers.as_flattened().chunks_exact(8 * PR);
            for (p, group) in (0..k).step_by(8).zip(groups) {
                let (mut bits, mut any) = (0, 0);
                for (v, x) in group.chunks_exact(S::LANES).enumerate() {
                    bits |= simd.nonzero(simd.load(x)) << (v * S::LANES);
                }
                for r in top..top + MR {
                    any |= bits >> r;
                }
                steps.push(p, every::<PR>(any));
            }
        }
        // Entries from `k` on are stale: earlier products left them.
        while steps.as_slice().last().is_some_and(|&p| usize::from(p) >= k) {
            steps.len -= 1;
        }
    }
}

/// The numbers of some steps of k, in order.
struct Steps {
    list: [u8; KC + 8],
    len: usize,
}

impl Steps {
    /// Appends those of the eight from p on whose bits are set.
    #[inline(always)]
    fn push(&mut self, p: usize, bits: u8) {
        let eight = u64::from_le_bytes(POSITIONS[usize::from(bits)]);
        let eight = eight.wrapping_add(p as u64 * 0x0101_0101_0101_0101);
        *self.list[self.len..].first_chunk_mut().unwrap() = eight.to_le_bytes();
        self.len += bits.count_ones() as usize;
    }

    #[inline(always)]
    fn as_slice(&self) -> &[u8] {
        &self.list[..self.len]
    }
}

/// For each byte, the positions of the bits that are set.
static POSITIONS: [[u8; 8]; 256] = {
    let mut table = [[0; 8]; 256];
    let mut i = 0;
    while i < 8 * 256 {
        let (byte, bit) = (i / 8, i % 8);
        if byte >> bit & 1 == 1 {
            table[byte][(byte & ((1 << bit) - 1)).count_ones() as usize] = bit as u8;
        }
        i += 1;
    }
    table
};

/// Bits 0, `N`, 2·`N` … 7·`N` of a word, one after the other.
#[inline(always)]
fn every<const N: usize>(word: u64) -> u8 {
    if N == 8 {
        return ((word & 0x0101_0101_0101_0101).wrapping_mul(0x0102_0408_1020_4080) >> 56) as u8;
    }
    let mut bits = 0;
    for p in 0..8 {
        bits |= (word >> (p * N) & 1) << p;
    }
    bits as u8
}

/// C ← C + A·B in the columns from `first` on, the macro-kernel: `PR` rows of A, copied into the L1
/// cache, are multiplied by all panels of B, `MR` rows at a time. Returns whether any step was skipped.
#[inline(always)]
fn macro_kernel<S: Simd<T>, T: Real, const MR: usize, const PR: usize, const NV: usize>(
    simd: S,
    tiles: Tiles<T>,
) -> bool {
    let Tiles { a, panels, c, first, n, skip, space } = tiles;
    let ((m, k), width) = (a.shape(), NV * S::LANES);
    let numbers = space.as_chunks_mut().0.first_chunk_mut().unwrap();
    let mut packed = PackedA::<T, PR> { numbers, by_rows: a.col_stride == 1 };
    let all: [u8; KC] = array::from_fn(|p| p as u8);
    let mut list = Steps { list: [0; KC + 8], len: 0 };
    let (mut edge, stride) = ([[[T::ZERO; MOST_LANES]; NV]; MR], NV * MOST_LANES);
    let edge = edge.as_flattened_mut().as_flattened_mut();
    let mut skipped = false;
    for i in (0..m).step_by(PR) {
        let rows = PR.min(m - i);
        packed.pack(a, i, rows);
        for top in (0..rows).step_by(MR) {
            let mut steps = &all[..k];
            if skip && packed.has_zeros::<MR>(top, k) {
                packed.list::<S, MR>(simd, top, k, &mut list);
                steps = list.as_slice();
            }
            skipped |= steps.len() < k;
            // Iterators over chunks would divide, which takes as long as a small tile.
            let (mut rest, mut j) = (panels, first);
            while !rest.is_empty() {
                let panel;
                (panel, rest) = rest.split_at(k * width);
                let (at, rows, cols) = ((i + top) * n + j, MR.min(rows - top), width.min(n - j));
                j += width;
                // For the last columns a narrower tile can be enough.
                let vectors = cols.div_ceil(S::LANES);
                let panel = &panel[..k * vectors * S::LANES];
                // At the edges of C only a part of the tile exists. A kernel without `PARTS` works on a copy.
                let is_copied = !S::PARTS && (rows, cols) != (MR, vectors * S::LANES);
                let (sums, stride, size) = if is_copied {
                    for r in 0..rows {
                        edge[r * stride..][..cols].copy_from_slice(&c[at + r * n..][..cols]);
                    }
                    (&mut edge[..], stride, (MR, vectors * S::LANES))
                } else {
                    (&mut c[at..], n, (rows, cols))
                };
                macro_rules! tile {
                    ($nv:expr) => {
                        tile::<S, T, MR, PR, { $nv }>(
                            simd, &packed, top, steps, panel, sums, stride, size,
                        )
                    };
                }
                match vectors {
                    1 => tile!(1),
                    2 => tile!(2),
                    3 if NV > 3 => tile!(3),
                    4 if NV > 4 => tile!(4),
                    5 if NV > 5 => tile!(5),
                    _ => tile!(NV),
                }
                if is_copied {
                    for r in 0..rows {
                        c[at + r * n..][..cols].copy_from_slice(&edge[r * stride..][..cols]);
                    }
                }
            }
        }
    }
    skipped
}

/// Loads a tile of C, at most `MR` rows by `NV` vectors, adds the products of all steps, and stores it.
#[inline(always)]
#[expect(clippy::too_many_arguments, reason = "all of them are what the loops run over")]
fn tile<S: Simd<T>, T: Real, const MR: usize, const PR: usize, const NV: usize>(
    simd: S,
    packed: &PackedA<'_, T, PR>,
    top: usize,
    steps: &[u8],
    panel: &[T],
    c: &mut [T],
    n: usize,
    (rows, cols): (usize, usize),
) {
    let mut sums = [[simd.splat(T::ZERO); NV]; MR];
    let is_part = S::PARTS && cols < NV * S::LANES;
    for (r, sums) in sums.iter_mut().enumerate() {
        if S::PARTS && r >= rows {
            continue;
        }
        for (v, sum) in sums.iter_mut().enumerate() {
            let c = &c[r * n..][..cols][v * S::LANES..];
            *sum = if is_part && v == NV - 1 { simd.load_part(c) } else { simd.load(c) };
        }
    }
    // Two loops, because in one loop for both orders the sums would not stay in registers.
    if packed.by_rows {
        let rows: &[[T; KC]; MR] = packed.numbers[top..].first_chunk().unwrap();
        multiply(simd, |r, p| rows[r][p], steps, panel, &mut sums);
    } else {
        let columns = packed.columns();
        multiply(simd, |r, p| columns[p][top + r], steps, panel, &mut sums);
    }
    for (r, sums) in sums.iter().enumerate() {
        if S::PARTS && r >= rows {
            continue;
        }
        for (v, sum) in sums.iter().enumerate() {
            let c = &mut c[r * n..][..cols][v * S::LANES..];
            if is_part && v == NV - 1 { simd.store_part(*sum, c) } else { simd.store(*sum, c) }
        }
    }
}

/// The micro-kernel, the innermost loops: adds the products of all steps to the sums, which stay in
/// registers. `a(r, p)` is row r, column p of A.
#[inline(always)]
fn multiply<S: Simd<T>, T: Real, const MR: usize, const NV: usize>(
    simd: S,
    a: impl Fn(usize, usize) -> T,
    steps: &[u8],
    panel: &[T],
    sums: &mut [[S::Vector; NV]; MR],
) {
    let zero = simd.splat(T::ZERO);
    for p in steps.iter().map(|&p| usize::from(p)) {
        let row = &panel[p * NV * S::LANES..][..NV * S::LANES];
        // Of the `MR` numbers of A and the `NV` vectors of B, the fewer are all kept in registers.
        if MR < NV {
            let mut column = [zero; MR];
            for (r, a_r) in column.iter_mut().enumerate() {
                *a_r = simd.splat(a(r, p));
            }
            for v in 0..NV {
                let b = simd.load(&row[v * S::LANES..]);
                for (sums, a) in sums.iter_mut().zip(column) {
                    sums[v] = simd.mul_add(a, b, sums[v]);
                }
            }
        } else {
            let mut b = [zero; NV];
            for (v, b) in b.iter_mut().enumerate() {
                *b = simd.load(&row[v * S::LANES..]);
            }
            for (r, sums) in sums.iter_mut().enumerate() {
                let a = simd.splat(a(r, p));
                for (sum, b) in sums.iter_mut().zip(b) {
                    *sum = simd.mul_add(a, b, *sum);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
