use super::*;
use std::sync::atomic::AtomicBool;
use std::sync::mpsc;

#[test]
fn every_task_is_done_once() {
    for threads in 0..=4 {
        let mut done = [0; 100];
        for_each(threads, done.iter_mut(), |d| *d += 1);
        assert_eq!(done, [1; 100]);
    }
    for_each(2, 0..0, |_| panic!("there is no task"));
}

#[test]
fn chunks_are_whole_units_and_cover_everything() {
    for (len, unit) in [(0, 3), (1, 1), (10, 3), (100, 7), (96, 8), (5, 100)] {
        for threads in 1..=3 {
            let mut data = vec![0; len];
            let sizes = Mutex::new(Vec::new());
            for_each_chunk(threads, &mut data, unit, |start, chunk| {
                assert!(start % unit == 0 || start == len, "{start}");
                chunk.iter_mut().enumerate().for_each(|(i, x)| *x += start + i);
                sizes.lock().unwrap().push((start, chunk.len().div_ceil(unit)));
            });
            assert_eq!(data, (0..len).collect::<Vec<_>>());
            let mut sizes = sizes.into_inner().unwrap();
            sizes.sort_unstable();
            // They get smaller, apart from rounding.
            assert!(sizes.windows(2).all(|pair| pair[1].1 <= pair[0].1 + 1), "{sizes:?}");
        }
    }
}

#[test]
fn a_vector_is_built_from_zeros() {
    for threads in 1..=3 {
        let vec = build::<f32>(threads, 1000, 30, |start, chunk| {
            assert!(chunk.iter().all(|&x| x == 0.0));
            chunk.iter_mut().enumerate().for_each(|(i, x)| *x = (start + i) as f32);
        });
        assert_eq!(vec, (0..1000).map(|i| i as f32).collect::<Vec<_>>());
        let failed = || drop(build::<f64>(threads, 100, 1, |i, _| assert!(i < 50, "too far")));
        if threads > 1 {
            assert_eq!(panic_of(failed), "too far");
        }
    }
}

#[test]
fn a_vector_is_collected_from_parts() {
    for threads in 1..=3 {
        let vec = collect(threads, 1000, |start| (start..1000).map(|i| i as f64));
        assert_eq!(vec, (0..1000).map(f64::from).collect::<Vec<_>>());
    }
}

/// Also if an earlier job has left more workers awake.
#[test]
fn no_more_threads_take_part_than_asked_for() {
    for _ in 0..100 {
        for_each(4, 0..8, |_| thread::sleep(Duration::from_micros(100)));
        let threads = Mutex::new(Vec::new());
        for_each(2, 0..8, |_| {
            threads.lock().unwrap().push(thread::current().id());
            thread::sleep(Duration::from_micros(100));
        });
        let mut threads = threads.into_inner().unwrap();
        threads.sort_unstable_by_key(|id| format!("{id:?}"));
        threads.dedup();
        assert!(threads.len() <= 2, "{threads:?}");
    }
}

/// The message of the panic in `f`.
fn panic_of(f: impl FnOnce()) -> &'static str {
    catch_unwind(AssertUnwindSafe(f)).unwrap_err().downcast_ref::<&str>().unwrap()
}

#[test]
fn a_panic_reaches_the_caller_and_the_pool_goes_on() {
    for round in 0..20 {
        let message = panic_of(|| for_each(3, 0..50, |i| assert!(i != round, "task failed")));
        assert_eq!(message, "task failed");
    }
    every_task_is_done_once();
}

#[test]
fn a_panic_in_a_worker_reaches_the_caller() {
    let caller = thread::current().id();
    // Unless other tests keep the pool busy, a worker joins while the caller is in its first task.
    for _ in 0..1000 {
        let failed = AtomicBool::new(false);
        let result = catch_unwind(AssertUnwindSafe(|| {
            for_each(2, 0..2, |_| {
                if thread::current().id() != caller {
                    failed.store(true, Ordering::Relaxed);
                    panic!("worker failed");
                }
                thread::sleep(Duration::from_millis(1));
            });
        }));
        if failed.load(Ordering::Relaxed) {
            assert_eq!(*result.unwrap_err().downcast_ref::<&str>().unwrap(), "worker failed");
            return;
        }
        assert!(result.is_ok());
    }
    panic!("no worker ever took a task");
}

/// A panic whose value panics again when it is dropped.
struct Bomb;

impl Drop for Bomb {
    fn drop(&mut self) {
        panic!("dropped");
    }
}

#[test]
fn panics_of_all_threads_at_once_reach_the_caller_as_one() {
    let (done, all_done) = mpsc::channel();
    thread::spawn(move || {
        for _ in 0..50 {
            let result = catch_unwind(AssertUnwindSafe(|| {
                for_each(4, 0..8, |_| {
                    thread::sleep(Duration::from_millis(1));
                    std::panic::panic_any(Bomb);
                });
            }));
            mem::forget(result.unwrap_err());
        }
        every_task_is_done_once();
        done.send(()).unwrap();
    });
    all_done.recv_timeout(Duration::from_secs(60)).expect("a deadlock");
}

#[test]
fn calls_from_many_threads_and_from_inside_tasks_end() {
    let (done, all_done) = mpsc::channel();
    thread::spawn(move || {
        thread::scope(|scope| {
            for _ in 0..6 {
                scope.spawn(|| {
                    for _ in 0..200 {
                        let total = AtomicUsize::new(0);
                        for_each(3, 0..4, |i| {
                            for_each(3, 0..=i, |_| {
                                total.fetch_add(1, Ordering::Relaxed);
                            });
                        });
                        assert_eq!(total.into_inner(), 10);
                    }
                });
            }
        });
        done.send(()).unwrap();
    });
    all_done.recv_timeout(Duration::from_secs(60)).expect("a deadlock");
}
