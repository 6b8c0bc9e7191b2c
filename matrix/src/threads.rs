//! A pool of worker threads that share the tasks of one product at a time.

use crate::Real;
use std::hint;
use std::mem::{self, MaybeUninit};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// How long a thread looks for a change before it sleeps. Waking it takes about as long, and the time
/// between two products of a training step is no longer.
const SPIN: Duration = Duration::from_micros(50);

/// Chunks for each thread, so that a thread that other programs delay leaves some of them to the
/// others. The chunks get smaller, so that all threads finish at about the same time.
const CHUNKS: usize = 4;

/// The work of a thread in a job: it takes tasks until there are none.
type Work = dyn Fn() + Sync;

struct State {
    /// The work for the present caller.
    work: Option<&'static Work>,
    /// How many workers may still join.
    helpers_wanted: usize,
    /// How many workers there are, and how many of them sleep.
    workers: usize,
    sleeping: usize,
}

static STATE: Mutex<State> =
    Mutex::new(State { work: None, helpers_wanted: 0, workers: 0, sleeping: 0 });
/// Held by the thread whose job the workers share.
static TURN: Mutex<()> = Mutex::new(());
/// The number of jobs so far. Workers wait for it to change.
static JOBS: AtomicUsize = AtomicUsize::new(0);
/// How many workers are inside the present job. It only grows under the lock of the state.
static ACTIVE: AtomicUsize = AtomicUsize::new(0);
static JOB_POSTED: Condvar = Condvar::new();
static WORKER_LEFT: Condvar = Condvar::new();

/// Calls `f` with each of the tasks, on up to `threads` threads, this one among them.
///
/// A panic in `f` reaches the caller as soon as no thread is in a task. Workers serve one caller at a
/// time: a call that comes meanwhile, from another thread or from inside a task, does all its tasks
/// itself. So no two threads ever wait for each other.
pub(crate) fn for_each<I: Iterator + Send>(threads: usize, tasks: I, f: impl Fn(I::Item) + Sync) {
    if threads <= 1 {
        return tasks.for_each(f);
    }
    let (tasks, panic) = (Mutex::new(tasks), Mutex::new(None));
    let next = || tasks.lock().ok()?.next();
    let work = || {
        let all = || {
            while let Some(task) = next() {
                f(task);
            }
        };
        if let Err(payload) = catch_unwind(AssertUnwindSafe(all)) {
            // One payload is enough. Dropping the other could panic again, so it is forgotten.
            mem::forget(panic.lock().unwrap().replace(payload));
        }
    };
    match TURN.try_lock() {
        Ok(_turn) => run_on_pool(threads - 1, &work),
        Err(_) => work(),
    }
    if let Some(payload) = panic.into_inner().unwrap() {
        resume_unwind(payload);
    }
}

/// Calls `f` with each of the chunks of `data`, and where in `data` it starts. A chunk is a number
/// of whole `unit`s. After i of n chunks, about (1 − i/n)² of the units are left.
pub(crate) fn for_each_chunk<U: Send>(
    threads: usize,
    data: &mut [U],
    unit: usize,
    f: impl Fn(usize, &mut [U]) + Sync,
) {
    if threads > 1 { share_chunks(threads, data, unit, &f) } else { f(0, data) }
}

/// [`for_each_chunk`] on several threads, compiled once and not for each `f`, so that nets compile faster.
fn share_chunks<U: Send>(
    threads: usize,
    data: &mut [U],
    unit: usize,
    f: &(dyn Fn(usize, &mut [U]) + Sync),
) {
    let (len, units, chunks) = (data.len(), data.len().div_ceil(unit), threads * CHUNKS);
    let mut rest = data;
    let tasks = (0..chunks).map(|i| {
        let left = |i: usize| units as u64 * (chunks - i).pow(2) as u64 / chunks.pow(2) as u64;
        let [start, end] = [i, i + 1].map(|i| len.min((units - left(i) as usize) * unit));
        (start, rest.split_off_mut(..end - start).unwrap())
    });
    for_each(threads, tasks, |(start, chunk)| f(start, chunk));
}

/// A vector of `len` zeros, which `f` changes, chunk by chunk as in [`for_each_chunk`].
///
/// Each chunk is zeroed just before it is changed, by the same thread, while it is in its cache. With
/// `vec![0; len]` in place of the unsafe code, products take 4 to 8 % longer.
#[expect(unsafe_code, reason = "the vector is zeroed in parts")]
pub(crate) fn build<T: Real>(
    threads: usize,
    len: usize,
    unit: usize,
    f: impl Fn(usize, &mut [T]) + Sync,
) -> Vec<T> {
    let mut vec = Vec::with_capacity(len);
    for_each_chunk(threads, &mut vec.spare_capacity_mut()[..len], unit, |start, chunk| {
        chunk.iter_mut().for_each(|number| _ = number.write(T::ZERO));
        // SAFETY: each number of the chunk has just been written.
        f(start, unsafe { &mut *(chunk as *mut [MaybeUninit<T>] as *mut [T]) });
    });
    // SAFETY: the chunks are the first `len` numbers, and all are written.
    unsafe { vec.set_len(len) };
    vec
}

/// A vector of the `len` items of `f(0)`; `f(start)` gives those from `start` on.
pub(crate) fn collect<T: Real, I: Iterator<Item = T>>(
    threads: usize,
    len: usize,
    f: impl Fn(usize) -> I + Sync,
) -> Vec<T> {
    if threads <= 1 {
        return f(0).collect();
    }
    build(threads, len, 1, |start, chunk| {
        chunk.iter_mut().zip(f(start)).for_each(|(number, x)| *number = x);
    })
}

/// Does `work`, which never unwinds, here and on up to `helpers_wanted` workers, until all have
/// come back.
#[expect(unsafe_code, reason = "workers outlive what a caller lends them")]
fn run_on_pool(helpers_wanted: usize, work: &(dyn Fn() + Sync)) {
    // SAFETY: the reference is used as long as its referent lives. Only workers that have counted
    // themselves as active, under the lock, use it. Below it is taken back under the same lock and
    // then nobody is active before this function returns; it cannot unwind in between.
    let lent = unsafe { mem::transmute::<&(dyn Fn() + Sync), &'static Work>(work) };
    let mut state = lock();
    while state.workers < helpers_wanted {
        // If no thread can be started, the work takes longer.
        let Ok(_) = thread::Builder::new().name("matrix".into()).spawn(serve) else { break };
        state.workers += 1;
    }
    state.work = Some(lent);
    state.helpers_wanted = helpers_wanted;
    JOBS.fetch_add(1, Ordering::Release);
    let wake = helpers_wanted.min(state.sleeping);
    drop(state);
    (0..wake).for_each(|_| JOB_POSTED.notify_one());

    work();

    lock().work = None;
    spin_while(|| ACTIVE.load(Ordering::Acquire) > 0);
    let active = |_: &mut State| ACTIVE.load(Ordering::Acquire) > 0;
    drop(WORKER_LEFT.wait_while(lock(), active));
}

/// The loop of a worker.
fn serve() {
    let mut seen = 0;
    loop {
        spin_while(|| JOBS.load(Ordering::Acquire) == seen);
        let mut state = lock();
        state.sleeping += 1;
        while JOBS.load(Ordering::Acquire) == seen {
            state = JOB_POSTED.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        state.sleeping -= 1;
        seen = JOBS.load(Ordering::Acquire);
        let Some(work) = state.work.filter(|_| state.helpers_wanted > 0) else { continue };
        state.helpers_wanted -= 1;
        ACTIVE.fetch_add(1, Ordering::Relaxed);
        drop(state);
        work();
        // As soon as the caller sees that no worker is active it may return, and what `work` borrows no
        // longer exists. The lock is held so that the caller cannot miss the change and fall asleep.
        let state = lock();
        let was_last = ACTIVE.fetch_sub(1, Ordering::Release) == 1;
        drop(state);
        if was_last {
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
    STATE.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
