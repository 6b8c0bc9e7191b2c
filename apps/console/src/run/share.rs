//! Independent runs, divided among threads.

use super::app::Outcome;
use std::io;
use std::panic::resume_unwind;
use std::sync::{Mutex, PoisonError};
use std::thread::{self, Builder};

/// Calls `run` on each item and returns the results in the order of the items, or the error of the
/// first item that fails. At most `threads` threads take the items one by one. If a thread cannot
/// be started, the others do its work.
pub fn share<T: Send, R: Send>(
    items: impl ExactSizeIterator<Item = T> + Send,
    threads: usize,
    run: impl Fn(T) -> Outcome<R> + Sync,
) -> Outcome<Vec<R>> {
    let (count, items) = (items.len(), Mutex::new(Some(items.enumerate())));
    let items = || items.lock().unwrap_or_else(PoisonError::into_inner);
    let next = || items().as_mut()?.next();
    let work = || {
        let mut results = Vec::new();
        while let Some((i, item)) = next() {
            let result = run(item);
            if result.is_err() {
                // Nobody begins another item.
                *items() = None;
            }
            results.push((i, result));
        }
        results
    };
    let mut results = thread::scope(|scope| {
        let start = |_| Builder::new().spawn_scoped(scope, work).ok();
        let others: Vec<_> = (1..threads.min(count)).map_while(start).collect();
        let mut results = work();
        for thread in others {
            results.extend(thread.join().unwrap_or_else(|panic| resume_unwind(panic)));
        }
        results
    });
    results.sort_by_key(|(i, _)| *i);
    results.into_iter().map(|(_, result)| result).collect()
}

/// Calls `run` with `count` seeds from `first` on, on all threads. Returns the results in the order of
/// the seeds, or the first error, with its seed unless the reader of the output has gone.
pub fn for_seeds<R: Send>(
    first: u64,
    count: usize,
    run: impl Fn(u64) -> Outcome<R> + Sync,
) -> Outcome<Vec<R>> {
    share(0..count, matrix::threads(), |i| {
        let seed = first.wrapping_add(i as u64);
        run(seed).map_err(|error| match error.downcast::<io::Error>() {
            Ok(error) => (*error).into(),
            Err(error) => format!("seed {seed}, {error}").into(),
        })
    })
}

#[cfg(test)]
mod tests;
