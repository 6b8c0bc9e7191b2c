//! The product A·B: small matrices directly, others in blocks that fit into the caches, shared by
//! threads.

use crate::kernel::{Isa, Job, KC};
use crate::{Matrix, Real, View, config, threads};
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

/// Up to this many multiplications, packing costs more than it saves.
const SMALL: usize = 128;

/// From this many multiplications on, other threads help: one would need more than about 40 µs.
const LARGE: usize = 2_000_000;

/// How much of packed B one pass over the rows of A uses, so that it stays in the L2 cache.
const BLOCK_BYTES: usize = 512 << 10;

/// A·B for conforming A and B.
pub(crate) fn product<T: Real>(a: View<T>, b: View<T>) -> Matrix<T> {
    let large = multiplications(a, b) >= LARGE;
    product_with(config::isa(), if large { config::threads() } else { 1 }, a, b)
}

/// m·n·k, or the most that a number holds.
fn multiplications<T>(a: View<T>, b: View<T>) -> usize {
    a.rows.saturating_mul(b.cols).saturating_mul(a.cols)
}

fn product_with<T: Real>(isa: Isa, threads: usize, a: View<T>, b: View<T>) -> Matrix<T> {
    let ((m, k), n) = (a.shape(), b.cols);
    if multiplications(a, b) <= SMALL {
        let mut c = Matrix::zeros(m, n);
        if multiplications(a, b) > 0 {
            T::run(isa, Job::Small { a, b, c: &mut c.data });
        }
        return c;
    }
    let (mr, nr) = T::tile(isa);
    let kc = k.div_ceil(k.div_ceil(KC)); // blocks of k, about equal
    let nc = (BLOCK_BYTES / size_of::<T>() / kc).next_multiple_of(nr);
    let width = n.next_multiple_of(nr);
    T::with_buffer(k * width, |packed| {
        // Block after block of k, and panel after panel inside a block.
        let blocks = packed.chunks_mut(kc * width).zip((0..k).step_by(kc));
        let tasks = blocks.flat_map(|(block, p)| {
            let b = b.slice_rows(p..k.min(p + kc));
            block
                .chunks_mut(b.rows * nr)
                .zip((0..n).step_by(nr))
                .map(move |(panel, j)| Job::Pack { b: b.slice_cols(j..n.min(j + nr)), panel })
        });
        let finite = AtomicBool::new(true);
        threads::for_each(threads, tasks, |job| {
            if !T::run(isa, job) {
                finite.store(false, Relaxed);
            }
        });

        let packed = &*packed;
        // Few steps are gone through as soon as they are looked at.
        let skip = finite.into_inner() && k >= 16;
        let multiply = |a: View<T>, c: &mut [T], skip| {
            let mut sure = true;
            for first in (0..n).step_by(nc) {
                for (block, p) in packed.chunks(kc * width).zip((0..k).step_by(kc)) {
                    let a = a.slice_cols(p..k.min(p + kc));
                    let panels = &block[a.cols * first..a.cols * width.min(first + nc)];
                    sure &= T::run(isa, Job::Tiles { a, panels, c, first, n, skip });
                }
            }
            sure
        };
        let data = threads::build(threads, m * n, mr * n, |start, c| {
            let a = a.slice_rows(start / n..(start + c.len()) / n);
            if !multiply(a, c, skip) && skip {
                c.fill(T::ZERO);
                multiply(a, c, false);
            }
        });
        Matrix::from_vec(m, n, data)
    })
}

#[cfg(test)]
mod tests;
