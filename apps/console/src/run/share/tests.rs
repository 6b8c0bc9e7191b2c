//! Results keep the order of the items, whatever the number of threads.

use super::{for_seeds, share};
use crate::run::app::Outcome;
use crate::run::diverged::Causes;
use std::io;
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
fn seeds_are_counted_from_the_first() {
    for (count, _) in COUNTS {
        let expected: Vec<u64> = (0..count as u64).map(|i| i.wrapping_sub(1)).collect();
        assert_eq!(for_seeds(u64::MAX, count, Ok).unwrap(), expected);
    }
}

#[test]
fn the_first_error_is_returned_and_ends_the_work() {
    for threads in [1, 3] {
        let ran = Mutex::new(Vec::new());
        let error = share(0..1000, threads, |i| {
            ran.lock().unwrap().push(i);
            if i % 5 == 3 { Err(format!("item {i}").into()) } else { Ok(i) }
        });
        assert_eq!(error.unwrap_err().to_string(), "item 3");
        assert!(ran.into_inner().unwrap().len() < if threads > 1 { 1000 } else { 5 });
    }
}

#[test]
fn a_run_that_has_not_learned_is_named_by_its_seed() {
    let causes = Causes::new(0.1, 0.0);
    let error = for_seeds(7, 3, |_| Ok(causes.check(f64::NAN, "step 1", 1)?)).unwrap_err();
    let expected = "seed 7, step 1: the loss is NaN; a smaller --rate usually helps";
    assert_eq!(error.to_string(), expected);
    // An app tells by its type that the reader of the output has gone.
    let gone = |_| Outcome::<()>::Err(io::Error::from(io::ErrorKind::BrokenPipe).into());
    assert!(for_seeds(7, 3, gone).unwrap_err().is::<io::Error>());
}

#[test]
#[should_panic(expected = "item 2")]
fn a_panic_is_passed_on() {
    let _ = share([1, 2, 3].into_iter(), 3, |i| if i == 2 { panic!("item {i}") } else { Ok(()) });
}
