//! One run for each of many seeds, shared out over threads.

use super::diverged::Diverged;
use super::progress::Progress;
use std::sync::Mutex;
use std::thread;

/// What `run` gives for `count` seeds from `first` on, in their order, or the first error. The seeds
/// are dealt out to `threads` threads in equal parts. `progress` hears how many are done.
pub fn for_seeds<R: Send>(
    first: u64,
    count: usize,
    threads: usize,
    progress: Progress,
    run: impl Fn(u64) -> Result<R, Diverged> + Sync,
) -> Result<Vec<R>, Diverged> {
    let done = Mutex::new((0, progress));
    let seeds: Vec<u64> = (0..count as u64).map(|i| first.wrapping_add(i)).collect();
    let run = |&seed: &u64| {
        let result = run(seed).map_err(|error| error.of_seed(seed));
        let (done, progress) = &mut *done.lock().expect("nothing panics that holds it");
        *done += 1;
        progress.show(*done, "");
        result
    };
    let run_all = |seeds: &[u64]| -> Vec<_> { seeds.iter().map(run).collect() };
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
            let progress = Progress::new("seed", 1..=count, true);
            let found = for_seeds(u64::MAX, count, threads, progress, Ok).unwrap();
            let expected: Vec<u64> = (0..count as u64).map(|i| i.wrapping_sub(1)).collect();
            assert_eq!(found, expected);
        }
    }

    #[test]
    fn the_first_error_is_returned() {
        let run = |seed| match seed % 3 {
            2 => Err(Diverged::check(f64::NAN, "step 1", "--rate").unwrap_err()),
            _ => Ok(seed),
        };
        let progress = Progress::new("seed", 1..=20, true);
        let error = for_seeds(0, 20, 3, progress, run).unwrap_err().to_string();
        assert!(error.starts_with("seed 2, step 1: "), "{error}");
    }
}
