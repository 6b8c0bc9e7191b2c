//! The hot loops of the product, written once, and the choice of processor instructions.
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

/// The most steps of k that one visit to a tile makes: `MR` rows of A of this length fit into the
/// L1 cache, and a block of B of this height into the L2 cache. The number of a step is a byte.
pub(crate) const KC: usize = 256;

/// The most columns of a panel.
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
    /// left out in which the numbers of A are 0.
    Tiles { a: View<'a, T>, panels: &'a [T], c: &'a mut [T], first: usize, n: usize, skip: bool },
}

/// Instructions that this processor has been found to have. The tokens inside are the proof.
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
        match kernel {
            #[cfg(target_arch = "x86_64")]
            Kernel::Avx512 => x86::Avx512::detect().map(Isa::Avx512),
            #[cfg(target_arch = "x86_64")]
            Kernel::Avx2 => x86::Avx2::detect().map(Isa::Avx2),
            #[cfg(not(target_arch = "x86_64"))]
            Kernel::Avx512 | Kernel::Avx2 => None,
            #[cfg(target_arch = "x86_64")]
            Kernel::Portable => Some(x86::Fma::detect().map_or(Isa::Portable, Isa::Fma)),
            #[cfg(not(target_arch = "x86_64"))]
            Kernel::Portable => Some(Isa::Portable),
        }
    }

    /// Whether it fuses multiply and add.
    #[cfg(test)]
    pub(crate) fn has_fma(self) -> bool {
        ALWAYS_FMA || !matches!(self, Isa::Portable)
    }
}

/// What a number type must bring along for the product.
pub trait Element: Sized {
    /// The rows and columns of a tile.
    #[doc(hidden)]
    fn tile(isa: Isa) -> (usize, usize);

    /// Does the job. Comes back with whether steps may be skipped: for B, packed, if no number is
    /// infinite or NaN; for tiles of C, if no number is −0.
    #[doc(hidden)]
    fn run(isa: Isa, job: Job<Self>) -> bool;

    /// a·b + c, where a is `self`: rounded once if the processor can (`FMA`), else twice.
    #[doc(hidden)]
    fn step<const FMA: bool>(self, b: Self, c: Self) -> Self;

    /// Whether this number is −0, which equals 0.
    #[doc(hidden)]
    fn is_negative_zero(&self) -> bool;

    /// Calls `f` with `len` numbers of any value, which this thread keeps for the next call. The
    /// first of them stands at the start of a cache line.
    #[doc(hidden)]
    fn with_buffer<R>(len: usize, f: impl FnOnce(&mut [Self]) -> R) -> R;
}

/// Whether every processor that can run this code has fused multiply-add.
pub(crate) const ALWAYS_FMA: bool = cfg!(any(target_arch = "aarch64", target_feature = "fma"));

/// The rows of the portable tile: aarch64 has 32 registers for vectors, others have 16.
const PORTABLE_MR: usize = if cfg!(target_arch = "aarch64") { 8 } else { 4 };

macro_rules! element {
    ($t:ident, portable: $lanes:literal) => {
        impl Element for $t {
            fn tile(isa: Isa) -> (usize, usize) {
                match isa {
                    #[cfg(target_arch = "x86_64")]
                    Isa::Avx512(_) => (8, 3 * 64 / size_of::<$t>()),
                    #[cfg(target_arch = "x86_64")]
                    Isa::Avx2(_) => (6, 2 * 32 / size_of::<$t>()),
                    _ => (PORTABLE_MR, 3 * $lanes),
                }
            }

            fn run(isa: Isa, job: Job<Self>) -> bool {
                const HALF: usize = PORTABLE_MR / 2;
                match isa {
                    #[cfg(target_arch = "x86_64")]
                    Isa::Avx512(isa) => isa.run::<_, _, 8, 4, 3>(isa, job),
                    #[cfg(target_arch = "x86_64")]
                    Isa::Avx2(isa) => isa.run::<_, _, 6, 3, 2>(isa, job),
                    #[cfg(target_arch = "x86_64")]
                    Isa::Fma(isa) => {
                        isa.run::<_, _, PORTABLE_MR, HALF, 3>(Lanes::<$lanes, true>, job)
                    }
                    Isa::Portable => {
                        run::<_, _, PORTABLE_MR, HALF, 3>(Lanes::<$lanes, ALWAYS_FMA>, job)
                    }
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

element!(f32, portable: 4);
element!(f64, portable: 2);

/// Arithmetic on vectors, registers that hold several numbers. To have a value of an
/// implementation is to know that the processor can run it.
trait Simd<T>: Copy {
    type Vector: Copy;
    /// How many numbers a vector holds.
    const LANES: usize;
    /// Whether `mul_add` rounds once.
    const FMA: bool;

    fn splat(self, x: T) -> Self::Vector;
    fn load(self, from: &[T]) -> Self::Vector;
    fn store(self, x: Self::Vector, to: &mut [T]);
    /// a·b + c, element-wise.
    fn mul_add(self, a: Self::Vector, b: Self::Vector, c: Self::Vector) -> Self::Vector;
    /// One bit for each number, set if it isn't 0.
    fn nonzero(self, x: Self::Vector) -> u64;
    /// For each pair of numbers one that is 0 only if both are.
    fn or(self, a: Self::Vector, b: Self::Vector) -> Self::Vector;
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
            c[i] = a[i].step::<FMA>(b[i], c[i]);
        }
        c
    }
    #[inline(always)]
    fn nonzero(self, x: [T; N]) -> u64 {
        (0..N).fold(0, |bits, i| bits | u64::from(x[i] != T::ZERO) << i)
    }
    #[inline(always)]
    fn or(self, a: [T; N], b: [T; N]) -> [T; N] {
        array::from_fn(|i| if a[i] != T::ZERO { a[i] } else { b[i] })
    }
}

#[inline(always)]
fn run<S: Simd<T>, T: Real, const MR: usize, const HALF: usize, const NV: usize>(
    simd: S,
    job: Job<T>,
) -> bool {
    match job {
        Job::Small { a, b, c } => small::<S, T>(a, b, c),
        // Of a width that the compiler knows, rows are copied without a call of a function.
        Job::Pack { b, panel } if b.cols == NV * S::LANES => pack(b, panel, NV * S::LANES),
        Job::Pack { b, panel } => pack(b, panel, b.cols.next_multiple_of(S::LANES)),
        Job::Tiles { a, panels, c, first, n, skip } => {
            macro_kernel::<S, T, MR, HALF, NV>(simd, a, panels, c, first, n, skip)
        }
    }
}

/// C ← C + A·B, as on paper.
#[inline(always)]
fn small<S: Simd<T>, T: Real>(a: View<T>, b: View<T>, c: &mut [T]) -> bool {
    for (i, row) in c.chunks_exact_mut(b.cols).enumerate() {
        for (j, c) in row.iter_mut().enumerate() {
            for p in 0..a.cols {
                let (a, b) = (a[(i, p)], b[(p, j)]);
                *c = if S::FMA { a.step::<true>(b, *c) } else { a.step::<false>(b, *c) };
            }
        }
    }
    false
}

/// `panel` ← B, k×n for n up to `width`: row after row, zeros after the end of each. Comes back with
/// whether all numbers are finite.
#[inline(always)]
fn pack<T: Real>(b: View<T>, panel: &mut [T], width: usize) -> bool {
    let panel = &mut panel[..b.rows * width];
    let rows = panel.chunks_exact_mut(width);
    if b.cols < width {
        for (p, row) in rows.enumerate() {
            // The buffer holds what other products left there. An infinity among it would make B
            // look as if it weren't finite.
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

/// A set of steps of k, a bit for each.
type Set = [u64; KC / 64];

/// Steps of k, in order.
struct Steps {
    list: [u8; KC + 8],
    len: usize,
}

impl Steps {
    const NONE: Self = Self { list: [0; KC + 8], len: 0 };

    /// Lists a set.
    #[inline(always)]
    fn set(&mut self, set: &Set) -> &[u8] {
        self.len = 0;
        for (i, bits) in set.iter().flat_map(|word| word.to_le_bytes()).enumerate() {
            let eight = u64::from_le_bytes(POSITIONS[usize::from(bits)]);
            let eight = eight + 8 * i as u64 * 0x0101_0101_0101_0101;
            *self.list[self.len..].first_chunk_mut().unwrap() = eight.to_le_bytes();
            self.len += bits.count_ones() as usize;
        }
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

/// `MR` rows of A, copied into the L1 cache. If A is transposed, its columns instead, `MR` numbers
/// each: either way whole runs are copied.
struct PackedA<T, const MR: usize> {
    numbers: [[T; KC]; MR],
    by_rows: bool,
}

impl<T: Real, const MR: usize> PackedA<T, MR> {
    /// Copies `rows` rows of A from row i on; rows that A has not are zeros.
    #[inline(always)]
    fn pack(&mut self, a: View<T>, i: usize, rows: usize) {
        if rows < MR {
            self.numbers = [[T::ZERO; KC]; MR];
        }
        if self.by_rows {
            for (r, row) in self.numbers.iter_mut().enumerate().take(rows) {
                row[..a.cols].copy_from_slice(&a.data[(i + r) * a.row_stride..][..a.cols]);
            }
        } else {
            let columns = self.numbers.as_flattened_mut().as_chunks_mut::<MR>().0;
            for (p, column) in columns.iter_mut().enumerate().take(a.cols) {
                let from = &a.data[p * a.col_stride + i..];
                match from.first_chunk() {
                    Some(from) => *column = *from,
                    None => column[..rows].copy_from_slice(&from[..rows]),
                }
            }
        }
    }

    /// The steps, of k, in which a number of the upper or of the lower half of the rows is not 0; or,
    /// as a sample, only some of 64 steps each.
    #[inline(always)]
    fn steps<S: Simd<T>>(&self, simd: S, k: usize, sample: bool) -> [Set; 2] {
        let mut sets = [[0; KC / 64]; 2];
        let half = MR / 2;
        if self.by_rows {
            for (h, set) in sets.iter_mut().enumerate() {
                let rows = &self.numbers[h * half..][..half];
                for v in (0..k.div_ceil(S::LANES)).step_by(if sample { 64 / S::LANES } else { 1 }) {
                    let x = |r: usize| simd.load(&rows[r][v * S::LANES..]);
                    let any = (1..half).fold(x(0), |any, r| simd.or(any, x(r)));
                    set[v * S::LANES / 64] |= simd.nonzero(any) << (v * S::LANES % 64);
                }
            }
        } else {
            let groups = self.numbers.as_flattened().chunks_exact(8 * MR).enumerate();
            for (g, group) in groups.take(k.div_ceil(8)).step_by(if sample { 8 } else { 1 }) {
                let word = nonzero(simd, group);
                if word == u64::MAX >> (64 - 8 * MR) {
                    sets.iter_mut().for_each(|set| set[g / 8] |= 0xff << (g % 8 * 8));
                    continue;
                }
                for (h, set) in sets.iter_mut().enumerate() {
                    let any = (1..half).fold(word, |all, r| all | word >> r) >> (h * half);
                    set[g / 8] |= every::<MR>(any) << (g % 8 * 8);
                }
            }
        }
        sets
    }
}

/// One bit for each of up to 64 numbers, set if it isn't 0.
#[inline(always)]
fn nonzero<S: Simd<T>, T>(simd: S, numbers: &[T]) -> u64 {
    let vectors = numbers.chunks_exact(S::LANES).enumerate();
    vectors.fold(0, |bits, (v, x)| bits | simd.nonzero(simd.load(x)) << (v * S::LANES))
}

/// Bits 0, `N`, 2·`N` … 7·`N` of a word, one after the other.
#[inline(always)]
fn every<const N: usize>(word: u64) -> u64 {
    if N == 8 {
        return (word & 0x0101_0101_0101_0101).wrapping_mul(0x0102_0408_1020_4080) >> 56;
    }
    (0..8).fold(0, |bits, p| bits | (word >> (p * N) & 1) << p)
}

fn len(set: &Set) -> usize {
    set.iter().map(|word| word.count_ones() as usize).sum()
}

/// C ← C + A·B in the columns from `first` on, the macro-kernel: `MR` rows of A, copied into the L1
/// cache, meet all panels of B in turn.
#[inline(always)]
fn macro_kernel<S: Simd<T>, T: Real, const MR: usize, const HALF: usize, const NV: usize>(
    simd: S,
    a: View<T>,
    panels: &[T],
    c: &mut [T],
    first: usize,
    n: usize,
    skip: bool,
) -> bool {
    let ((m, k), width) = (a.shape(), NV * S::LANES);
    let mut packed = PackedA { numbers: [[T::ZERO; KC]; MR], by_rows: a.col_stride == 1 };
    let every: Set = array::from_fn(|w| match k.saturating_sub(64 * w) {
        bits @ 0..64 => (1 << bits) - 1,
        _ => u64::MAX,
    });
    let sampled =
        len(&every.map(|word| word & ((1 << if packed.by_rows { S::LANES } else { 8 }) - 1)));
    let all: [u8; KC] = array::from_fn(|p| p as u8);
    let mut lists = [Steps::NONE; 3];
    let end = n.min(first + panels.len() / k);
    let mut sure = true;
    for i in (0..m).step_by(MR) {
        let rows = MR.min(m - i);
        packed.pack(a, i, rows);
        // A sample tells whether zeros are worth looking for.
        let mut sets = [every; 2];
        if skip {
            let sample = packed.steps(simd, k, true);
            if 8 * (len(&sample[0]) + len(&sample[1])) < 7 * 2 * sampled {
                sets = packed.steps(simd, k, false);
            }
        }
        let [u, l] = sets;
        let both: Set = array::from_fn(|w| u[w] | l[w]);
        let full = u == every && l == every;
        let halves = !full
            && end - first > (2 * NV - 1) * S::LANES
            && 16 * (len(&u) + len(&l)) < 30 * len(&both);
        let [both_list, upper, lower] = &mut lists;
        let steps = if full { &all[..k] } else { both_list.set(&both) };
        let [upper, lower]: [&[u8]; 2] =
            if halves { [upper.set(&u), lower.set(&l)] } else { [&[]; 2] };
        let mut rest = panels;
        let mut j = first;
        while j < end {
            let cols = end - j;
            let c = &mut c[i * n + j..];
            if halves && cols > (2 * NV - 1) * S::LANES {
                // Half as many rows, twice as many columns: fewer steps have a number in their rows.
                let panels = [&rest[..k * width], &rest[k * width..][..k * width]];
                for (h, steps) in [upper, lower].into_iter().enumerate().take(rows.div_ceil(HALF)) {
                    let c = &mut c[h * HALF * n..];
                    let size = (HALF.min(rows - h * HALF), cols.min(2 * width));
                    tile::<S, T, MR, HALF, NV, 2>(
                        simd,
                        &packed,
                        h * HALF,
                        steps,
                        panels,
                        c,
                        n,
                        size,
                    );
                }
                j += 2 * width;
                rest = &rest[2 * k * width..];
            } else {
                // The last columns may make do with a narrower tile.
                let vectors = cols.min(width).div_ceil(S::LANES);
                let (panels, size) = ([&rest[..k * vectors * S::LANES]], (rows, cols.min(width)));
                match vectors {
                    1 => tile::<S, T, MR, MR, 1, 1>(simd, &packed, 0, steps, panels, c, n, size),
                    2 => tile::<S, T, MR, MR, 2, 1>(simd, &packed, 0, steps, panels, c, n, size),
                    _ => tile::<S, T, MR, MR, NV, 1>(simd, &packed, 0, steps, panels, c, n, size),
                }
                j += width;
                rest = &rest[k * width..];
            }
        }
        if !full {
            let sums = &c[i * n..(i + rows) * n];
            sure &= sums.iter().fold(true, |sure, x| sure & !x.is_negative_zero());
        }
    }
    sure
}

/// The tile at the start of `c`, `ROWS` rows from row `top` of the packed ones on by `NP` panels of
/// `NV` vectors, ← itself + A·B. At the edges of C, where only `rows` × `cols` of it are there, a copy
/// is worked on.
#[inline(always)]
#[expect(clippy::too_many_arguments, reason = "all of them are what the loop runs over")]
fn tile<
    S: Simd<T>,
    T: Real,
    const MR: usize,
    const ROWS: usize,
    const NV: usize,
    const NP: usize,
>(
    simd: S,
    a: &PackedA<T, MR>,
    top: usize,
    steps: &[u8],
    panels: [&[T]; NP],
    c: &mut [T],
    n: usize,
    (rows, cols): (usize, usize),
) {
    if (rows, cols) == (ROWS, NP * NV * S::LANES) {
        return sums::<S, T, MR, ROWS, NV, NP>(simd, a, top, steps, panels, c, n);
    }
    let mut edge = [[[T::ZERO; WIDEST]; NP]; ROWS];
    let stride = NP * WIDEST;
    let copy = edge.as_flattened_mut().as_flattened_mut();
    for (edge, c) in copy.chunks_mut(stride).zip(c.chunks(n)).take(rows) {
        edge[..cols].copy_from_slice(&c[..cols]);
    }
    // If the compiler could look through, it would have the sums in `edge` and not in registers.
    let copy = hint::black_box(copy);
    sums::<S, T, MR, ROWS, NV, NP>(simd, a, top, steps, panels, copy, stride);
    for (edge, c) in copy.chunks(stride).zip(c.chunks_mut(n)).take(rows) {
        c[..cols].copy_from_slice(&edge[..cols]);
    }
}

#[inline(always)]
fn sums<
    S: Simd<T>,
    T: Real,
    const MR: usize,
    const ROWS: usize,
    const NV: usize,
    const NP: usize,
>(
    simd: S,
    a: &PackedA<T, MR>,
    top: usize,
    steps: &[u8],
    panels: [&[T]; NP],
    c: &mut [T],
    n: usize,
) {
    // Two loops, because in one for both the sums would not stay in registers.
    if a.by_rows {
        let rows: &[[T; KC]; ROWS] = a.numbers[top..].first_chunk().unwrap();
        micro_kernel::<S, T, ROWS, NV, NP>(simd, |r, p| rows[r][p], steps, panels, c, n);
    } else {
        let columns: &[[T; MR]] = a.numbers.as_flattened().as_chunks().0;
        micro_kernel::<S, T, ROWS, NV, NP>(simd, |r, p| columns[p][top + r], steps, panels, c, n);
    }
}

/// The innermost loops, the micro-kernel: `ROWS` × `NP` · `NV` vectors of sums in registers. `a(r, p)`
/// is row r, column p of A.
#[inline(always)]
fn micro_kernel<S: Simd<T>, T: Real, const ROWS: usize, const NV: usize, const NP: usize>(
    simd: S,
    a: impl Fn(usize, usize) -> T,
    steps: &[u8],
    panels: [&[T]; NP],
    c: &mut [T],
    n: usize,
) {
    let mut sums = [[[simd.splat(T::ZERO); NV]; NP]; ROWS];
    for (r, sums) in sums.iter_mut().enumerate() {
        for (v, sum) in sums.as_flattened_mut().iter_mut().enumerate() {
            *sum = simd.load(&c[r * n + v * S::LANES..]);
        }
    }
    for p in steps.iter().map(|&p| usize::from(p)) {
        if NP == 1 {
            let mut b = [simd.splat(T::ZERO); NV];
            let row = &panels[0][p * NV * S::LANES..][..NV * S::LANES];
            for (v, b) in b.iter_mut().enumerate() {
                *b = simd.load(&row[v * S::LANES..]);
            }
            for (r, sums) in sums.iter_mut().enumerate() {
                let a = simd.splat(a(r, p));
                for (sum, b) in sums[0].iter_mut().zip(b) {
                    *sum = simd.mul_add(a, b, *sum);
                }
            }
        } else {
            // Of two panels, not all vectors find a register.
            let mut column = [simd.splat(T::ZERO); ROWS];
            for (r, x) in column.iter_mut().enumerate() {
                *x = simd.splat(a(r, p));
            }
            for (q, panel) in panels.iter().enumerate() {
                let row = &panel[p * NV * S::LANES..][..NV * S::LANES];
                for v in 0..NV {
                    let b = simd.load(&row[v * S::LANES..]);
                    for (sums, a) in sums.iter_mut().zip(column) {
                        sums[q][v] = simd.mul_add(a, b, sums[q][v]);
                    }
                }
            }
        }
    }
    for (r, sums) in sums.iter().enumerate() {
        for (v, sum) in sums.as_flattened().iter().enumerate() {
            simd.store(*sum, &mut c[r * n + v * S::LANES..]);
        }
    }
}

#[cfg(test)]
mod tests;
