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
