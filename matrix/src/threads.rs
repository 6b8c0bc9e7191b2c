//! A pool of worker threads that share the tasks of one product at a time.

use crate::{MOST_THREADS, Real};
use std::any::Any;
use std::hint;
use std::mem::{self, MaybeUninit};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, TryLockError};
use std::thread;
use std::time::{Duration, Instant};

/// How long a thread looks for a change before it sleeps. Waking a sleeper takes about as long, and
/// between two products of a training step no more time passes.
const SPIN: Duration = Duration::from_micros(50);

/// Shares for each thread, so that one that is held up by other programs leaves some to the others.
/// They get smaller, so that all threads are done at about the same time.
const SHARES: usize = 4;

/// What a thread does that takes part in a job: it takes tasks until there are none.
type Work = dyn Fn() + Sync;

struct State {
    /// What the present caller wants to be done.
    work: Option<&'static Work>,
    /// How many workers may still join.
    seats: usize,
    /// How many workers there are, and how many of them sleep.
    workers: usize,
    sleeping: usize,
    /// Whether the caller sleeps until the last worker has left.
    caller_sleeps: bool,
    /// What the first worker that panicked said.
    panic: Option<Box<dyn Any + Send>>,
}

static STATE: Mutex<State> = Mutex::new(State {
    work: None,
    seats: 0,
    workers: 0,
    sleeping: 0,
    caller_sleeps: false,
    panic: None,
});
/// Held by the thread whose job the workers share.
static TURN: Mutex<()> = Mutex::new(());
/// The number of jobs so far. Workers wait for it to change.
static JOBS: AtomicUsize = AtomicUsize::new(0);
/// How many workers are inside the present job. It grows under the lock of the state only.
static ACTIVE: AtomicUsize = AtomicUsize::new(0);
static JOB_POSTED: Condvar = Condvar::new();
static WORKER_LEFT: Condvar = Condvar::new();

/// Calls `f` with each of the tasks, on up to `threads` threads, this one among them.
///
/// A panic in `f` reaches the caller when the other tasks are done. Workers serve one caller at a
/// time: whoever comes meanwhile, from another thread or from inside a task, does all of it alone.
/// So nobody waits for somebody who waits.
pub(crate) fn for_each<I: Iterator + Send>(threads: usize, tasks: I, f: impl Fn(I::Item) + Sync) {
    if threads <= 1 {
        return tasks.for_each(f);
    }
    let tasks = Mutex::new(tasks);
    let next = || tasks.lock().ok()?.next();
    let work = || {
        while let Some(task) = next() {
            f(task);
        }
    };
    let turn = match TURN.try_lock() {
        Ok(turn) => turn,
        Err(TryLockError::Poisoned(error)) => error.into_inner(),
        Err(TryLockError::WouldBlock) => return work(),
    };
    let result = share(threads - 1, &work);
    drop(turn);
    if let Err(panic) = result {
        resume_unwind(panic);
    }
}

/// Calls `f` with each of the shares of `data`, and where in `data` it starts. A share is a number
/// of whole `unit`s. After i of n shares, about (1 − i/n)² of the units are left.
pub(crate) fn for_each_share<U: Send>(
    threads: usize,
    data: &mut [U],
    unit: usize,
    f: impl Fn(usize, &mut [U]) + Sync,
) {
    let (len, units) = (data.len(), data.len().div_ceil(unit));
    let shares = if threads <= 1 { 1 } else { threads.min(MOST_THREADS) * SHARES };
    let mut rest = data;
    let tasks = (0..shares).map(|i| {
        let left = |i: usize| units * (shares - i).pow(2) / shares.pow(2);
        let [start, end] = [i, i + 1].map(|i| len.min((units - left(i)) * unit));
        let share;
        (share, rest) = mem::take(&mut rest).split_at_mut(end - start);
        (start, share)
    });
    for_each(threads, tasks, |(start, share)| f(start, share));
}

/// A vector of `len` zeros, which `f` changes, share by share as in [`for_each_share`].
///
/// Each share is zeroed just before it is changed, by the same thread, while it is in its cache.
#[expect(unsafe_code, reason = "the vector is zeroed in parts")]
pub(crate) fn build<T: Real>(
    threads: usize,
    len: usize,
    unit: usize,
    f: impl Fn(usize, &mut [T]) + Sync,
) -> Vec<T> {
    let mut vec = Vec::with_capacity(len);
    for_each_share(threads, &mut vec.spare_capacity_mut()[..len], unit, |start, share| {
        share.iter_mut().for_each(|number| _ = number.write(T::ZERO));
        // SAFETY: each number of the share has just been written.
        f(start, unsafe { &mut *(share as *mut [MaybeUninit<T>] as *mut [T]) });
    });
    // SAFETY: the shares are the first `len` numbers, and all are written.
    unsafe { vec.set_len(len) };
    vec
}

/// Does `work` here and on up to `seats` workers, until all have come back from it.
#[expect(unsafe_code, reason = "workers outlive what a caller lends them")]
fn share(seats: usize, work: &(dyn Fn() + Sync)) -> thread::Result<()> {
    // SAFETY: the reference is used as long as its referent lives. Only workers that have counted
    // themselves as active, under the lock, use it. Below it is taken back under the same lock and
    // then nobody is active before this function returns; it cannot unwind in between.
    let lent = unsafe { mem::transmute::<&(dyn Fn() + Sync), &'static Work>(work) };
    let mut state = lock();
    while state.workers < seats {
        // Without another thread the work takes longer, but it is done.
        let Ok(_) = thread::Builder::new().name("matrix".into()).spawn(serve) else { break };
        state.workers += 1;
    }
    state.work = Some(lent);
    state.seats = seats;
    JOBS.fetch_add(1, Ordering::Release);
    let sleeping = state.sleeping;
    drop(state);
    if sleeping > 0 {
        JOB_POSTED.notify_all();
    }

    let result = catch_unwind(AssertUnwindSafe(work));

    lock().work = None;
    spin_while(|| ACTIVE.load(Ordering::Acquire) > 0);
    let mut state = lock();
    while ACTIVE.load(Ordering::Acquire) > 0 {
        state.caller_sleeps = true;
        state = WORKER_LEFT.wait(state).unwrap_or_else(|error| error.into_inner());
    }
    state.caller_sleeps = false;
    match (result, state.panic.take()) {
        (Ok(()), None) => Ok(()),
        (Ok(()), Some(panic)) | (Err(panic), None) => Err(panic),
        (Err(panic), Some(second)) => {
            mem::forget(second);
            Err(panic)
        }
    }
}

/// The life of a worker.
fn serve() {
    let mut seen = 0;
    loop {
        spin_while(|| JOBS.load(Ordering::Acquire) == seen);
        let mut state = lock();
        while JOBS.load(Ordering::Acquire) == seen {
            state.sleeping += 1;
            state = JOB_POSTED.wait(state).unwrap_or_else(|error| error.into_inner());
            state.sleeping -= 1;
        }
        seen = JOBS.load(Ordering::Acquire);
        let Some(work) = state.work.filter(|_| state.seats > 0) else { continue };
        state.seats -= 1;
        ACTIVE.fetch_add(1, Ordering::Relaxed);
        drop(state);
        let result = catch_unwind(AssertUnwindSafe(work));
        let mut state = lock();
        match result {
            Err(panic) if state.panic.is_none() => state.panic = Some(panic),
            // One is enough. Dropping this one could panic again, so it is left as it is.
            Err(panic) => mem::forget(panic),
            Ok(()) => {}
        }
        // Whoever sees that nobody is active may return, and what `work` borrows is gone.
        ACTIVE.fetch_sub(1, Ordering::Release);
        let caller_sleeps = state.caller_sleeps;
        drop(state);
        if caller_sleeps {
            WORKER_LEFT.notify_one();
        }
    }
}

fn spin_while(unchanged: impl Fn() -> bool) {
    let start = Instant::now();
    while unchanged() && start.elapsed() < SPIN {
        for _ in 0..16 {
            hint::spin_loop();
        }
    }
}

/// Nothing panics while it holds this lock.
fn lock() -> MutexGuard<'static, State> {
    STATE.lock().unwrap_or_else(|error| error.into_inner())
}

#[cfg(test)]
mod tests;
