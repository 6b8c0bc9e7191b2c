//! One run for each of many seeds, shared out over threads.

use std::thread;

/// What `run` gives for `count` seeds from `first` on, in their order, or its first error. The seeds
/// are dealt out to `threads` threads in equal parts.
pub fn for_seeds<R: Send, E: Send>(
    first: u64,
    count: usize,
    threads: usize,
    run: impl Fn(u64) -> Result<R, E> + Sync,
) -> Result<Vec<R>, E> {
    let seeds: Vec<u64> = (0..count as u64).map(|i| first.wrapping_add(i)).collect();
    let run_all = |seeds: &[u64]| -> Vec<_> { seeds.iter().map(|&seed| run(seed)).collect() };
    thread::scope(|scope| {
        let parts = seeds.chunks(count.div_ceil(threads.max(1)).max(1));
        let threads: Vec<_> = parts.map(|part| scope.spawn(|| run_all(part))).collect();
        threads.into_iter().flat_map(|thread| thread.join().expect("runs return errors")).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_seed_has_its_run_in_its_place() {
        for (count, threads) in [(0, 2), (1, 4), (7, 2), (7, 7), (5, 100), (4, 0)] {
            let found = for_seeds(u64::MAX, count, threads, Ok::<_, ()>).unwrap();
            let expected: Vec<u64> = (0..count as u64).map(|i| i.wrapping_sub(1)).collect();
            assert_eq!(found, expected);
        }
    }

    #[test]
    fn the_first_error_is_returned() {
        let run = |seed| if seed % 3 == 2 { Err(seed) } else { Ok(seed) };
        assert_eq!(for_seeds(0, 20, 3, run), Err(2));
    }
}
