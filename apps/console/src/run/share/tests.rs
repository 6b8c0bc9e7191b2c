//! Results keep the order of the items, whatever the number of threads.

use super::{for_seeds, place, share};
use crate::run::diverged::Causes;
use crate::run::progress::Progress;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::thread;
use std::time::Instant;

const COUNTS: [(usize, usize); 7] = [(0, 2), (1, 4), (7, 2), (7, 7), (5, 100), (4, 0), (300, 3)];

#[test]
fn every_item_has_its_result_in_its_place() {
    for (count, threads) in COUNTS {
        let items: Vec<usize> = (0..count).collect();
        let found = share(items.iter(), threads, |i| Ok(10 * i)).unwrap();
        assert_eq!(found, items.iter().map(|i| 10 * i).collect::<Vec<_>>());
    }
}

/// Two threads that take turns, so that neither handles two neighbouring items.
#[test]
fn results_keep_the_order_of_the_items() {
    let begun = AtomicUsize::new(0);
    let found = share(0..4, 2, |i| {
        begun.fetch_add(1, SeqCst);
        // Waits for the other item of its pair, but not forever.
        let start = Instant::now();
        while begun.load(SeqCst) < (i | 1) + 1 && start.elapsed().as_secs() < 10 {
            thread::yield_now();
        }
        Ok(i)
    });
    assert_eq!(found.unwrap(), [0, 1, 2, 3]);
}

#[test]
fn every_seed_has_its_run_and_the_shares_of_all_make_their_number() {
    for (count, threads) in COUNTS {
        let progress = Progress::new("seed", 1..=count, true);
        let found = for_seeds(u64::MAX, count, threads, progress, |seed, done| {
            (0..4).try_for_each(|_| done(0.25))?;
            Ok(seed)
        });
        let expected: Vec<u64> = (0..count as u64).map(|i| i.wrapping_sub(1)).collect();
        assert_eq!(found.unwrap(), expected);
    }
}

#[test]
fn the_first_error_is_returned_and_ends_the_work() {
    let causes = Causes::new(0.1, 0.0);
    for threads in [1, 3] {
        let ran = Mutex::new(Vec::new());
        let progress = Progress::new("seed", 1..=1000, true);
        let error = for_seeds(0, 1000, threads, progress, |seed, _| {
            ran.lock().unwrap().push(seed);
            match seed % 5 {
                3 => Err(causes.check(f64::NAN, "step 1", 1).unwrap_err().into()),
                _ => Ok(seed),
            }
        });
        let error = error.unwrap_err().to_string();
        assert_eq!(error, "seed 3, step 1: the loss is NaN; a smaller --rate usually helps");
        assert!(threads > 1 || ran.into_inner().unwrap() == [0, 1, 2, 3]);
    }
}

#[test]
#[should_panic(expected = "item 2")]
fn a_panic_is_passed_on() {
    let _ = share([1, 2, 3].into_iter(), 3, |i| if i == 2 { panic!("item {i}") } else { Ok(()) });
}

#[test]
fn parts_that_are_rounded_do_not_begin_an_item_that_is_not_there() {
    assert_eq!([place(0.25), place(1.0), place(1.25)], [(1, 0.25), (1, 1.0), (2, 0.25)]);
    for parts in [3, 10, 49, 20_000] {
        let done = (0..5 * parts).fold(0.0, |done, _| done + 1.0 / f64::from(parts));
        let (item, share) = place(done);
        assert!(item == 5 && (share - 1.0).abs() < 1e-6, "{parts} parts: {item}, {share}");
    }
}
