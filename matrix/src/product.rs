//! The product A·B: small matrices directly, others in blocks that fit into the caches, shared by
//! threads.

use crate::kernel::{Isa, Job, KC, Tiles};
use crate::{Matrix, Real, View, config, threads};
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

/// Up to this many multiplications, packing costs more than it saves.
const SMALL: usize = 128;

/// From this many multiplications on, threads share the work: one would need more than about 40 µs.
const LARGE: usize = 2_000_000;

/// How many bytes of packed B one pass over the rows of A uses, so that they stay in the L2 cache.
const BLOCK_BYTES: usize = 512 << 10;

/// A·B for conforming A and B.
pub(crate) fn product<T: Real>(a: View<T>, b: View<T>) -> Matrix<T> {
    let large = multiplications(a, b) >= LARGE;
    product_with(config::isa(), if large { config::threads() } else { 1 }, a, b)
}

/// m·n·k, or the largest `usize` if that is too large.
fn multiplications<T>(a: View<T>, b: View<T>) -> usize {
    a.rows.saturating_mul(b.cols).saturating_mul(a.cols)
}

fn product_with<T: Real>(isa: Isa, threads: usize, a: View<T>, b: View<T>) -> Matrix<T> {
    let ((m, k), n) = (a.shape(), b.cols);
    if multiplications(a, b) <= SMALL {
        let mut c = Matrix::zeros(m, n);
        T::run(isa, Job::Small { a, b, c: &mut c.data });
        return c;
    }
    let (mr, nr) = T::tile(isa);
    let kc = k.div_ceil(k.div_ceil(KC)); // blocks of k, about equal
    let nc = (BLOCK_BYTES / size_of::<T>() / kc).next_multiple_of(nr);
    let width = n.next_multiple_of(nr);
    T::with_buffer(k * width, |packed| {
        // Block after block of k, and panel after panel inside a block.
        let blocks = packed.chunks_mut(kc * width).zip((0..k).step_by(kc));
        // A sample shows whether it is worth looking for zeros.
        let mut sample = a.data.iter().step_by(a.data.len() / 31 + 1);
        let zeros = k >= 16 && sample.any(|x| *x == T::ZERO);
        let skip = AtomicBool::new(zeros);
        let tasks =
            blocks.flat_map(|(block, p)| {
                let b = b.slice_rows(p..k.min(p + kc));
                block.chunks_mut(b.rows * nr).zip((0..n).step_by(nr)).map(move |(panel, j)| {
                    Job::Pack { b: b.slice_cols(j..n.min(j + nr)), panel, check: zeros }
                })
            });
        threads::for_each(threads, tasks, |job| {
            if !T::run(isa, job) {
                skip.store(false, Relaxed);
            }
        });

        let packed = &*packed;
        let skip = skip.into_inner();
        let multiply = |a: View<T>, c: &mut [T], space: &mut [T], skip| {
            let mut skipped = false;
            for first in (0..n).step_by(nc) {
                for (block, p) in packed.chunks(kc * width).zip((0..k).step_by(kc)) {
                    let a = a.slice_cols(p..k.min(p + kc));
                    let panels = &block[a.cols * first..a.cols * width.min(first + nc)];
                    skipped |=
                        T::run(isa, Job::Tiles(Tiles { a, panels, c, n, first, skip, space }));
                }
            }
            skipped
        };
        let data = threads::build(threads, m * n, mr * n, |start, c| {
            let a = a.slice_rows(start / n..(start + c.len()) / n);
            T::with_buffer(mr * KC, |space| {
                if multiply(a, c, space, skip)
                    && c.iter().fold(false, |any, x| any | (*x == T::ZERO) & x.is_sign_negative())
                {
                    c.fill(T::ZERO);
                    multiply(a, c, space, false);
                }
            });
        });
        Matrix::from_vec(m, n, data)
    })
}

#[cfg(test)]
mod tests;
