//! The product A·B: small matrices directly, others in blocks that fit into the caches, shared by
//! threads.

use crate::kernel::{Job, KC};
use crate::{Kernel, Matrix, Real, View, config, threads};

/// Up to this many multiplications, packing costs more than it saves.
const SMALL: usize = 128;

/// From this many multiplications on, other threads help: one would need more than about 40 µs.
const LARGE: usize = 2_000_000;

/// How much of packed B one pass over the rows of A uses, so that it stays in the L2 cache.
const BLOCK_BYTES: usize = 256 << 10;

/// How many panels of B one task packs.
const PANELS: usize = 4;

/// Tasks for each thread, so that one that is held up by other programs leaves some to the others.
const SHARES: usize = 3;

/// A·B for conforming A and B.
pub(crate) fn product<T: Real>(a: View<T>, b: View<T>) -> Matrix<T> {
    let large = a.rows * a.cols * b.cols >= LARGE;
    product_with(config::kernel(), if large { config::threads() } else { 1 }, a, b)
}

fn product_with<T: Real>(kernel: Kernel, threads: usize, a: View<T>, b: View<T>) -> Matrix<T> {
    let ((m, k), n) = (a.shape(), b.cols);
    let mut c = Matrix::zeros(m, n);
    if m * n * k == 0 {
        return c;
    }
    if m * n * k <= SMALL {
        T::run(kernel, Job::Small { a, b, c: &mut c.data });
        return c;
    }
    let (mr, nr) = T::tile(kernel);
    let kc = k.div_ceil(k.div_ceil(KC)); // blocks of k, about equal
    let nc = (BLOCK_BYTES / size_of::<T>() / kc).next_multiple_of(nr);
    let width = n.next_multiple_of(nr);
    let step = PANELS * nr;
    T::with_buffer(k * width, |packed| {
        // Block after block of k, and panel after panel inside a block.
        let blocks = packed.chunks_mut(kc * width).zip((0..k).step_by(kc));
        let tasks = blocks.flat_map(|(block, p)| {
            let b = b.slice_rows(p..k.min(p + kc));
            block
                .chunks_mut(b.rows * step)
                .zip((0..n).step_by(step))
                .map(move |(panels, j)| Job::Pack { b: b.slice_cols(j..n.min(j + step)), panels })
        });
        threads::for_each(threads, tasks, |job| T::run(kernel, job));

        let packed = &*packed;
        let mc = if threads == 1 { m } else { m.div_ceil(threads * SHARES) }.next_multiple_of(mr);
        let tasks = c.data.chunks_mut(mc * n).zip((0..m).step_by(mc));
        threads::for_each(threads, tasks, |(c, i)| {
            let a = a.slice_rows(i..m.min(i + mc));
            for first in (0..n).step_by(nc) {
                for (block, p) in packed.chunks(kc * width).zip((0..k).step_by(kc)) {
                    let a = a.slice_cols(p..k.min(p + kc));
                    let panels = &block[a.cols * first..a.cols * width.min(first + nc)];
                    T::run(kernel, Job::Tiles { a, panels, c, first, n });
                }
            }
        });
    });
    c
}

#[cfg(test)]
mod tests;
