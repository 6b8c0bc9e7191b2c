//! Which kernel the product uses, and how many threads.

use crate::kernel::Isa;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::{env, fmt, num::NonZero, thread};

/// A way to compute the product: the processor instructions that it may use.
///
/// All kernels do the same operations in the same order, so their results are the same to the last
/// bit. On aarch64, and on x86-64 with FMA, every step is one fused multiply-add; elsewhere every step
/// multiplies, rounds, adds and rounds again, so that the last bits differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kernel {
    /// AVX-512F, on x86-64.
    Avx512,
    /// AVX2 and FMA, on x86-64.
    Avx2,
    /// Any processor; on aarch64 the compiler uses NEON instructions.
    Portable,
}

impl Kernel {
    /// All kernels, the fastest first.
    pub const ALL: [Kernel; 3] = [Kernel::Avx512, Kernel::Avx2, Kernel::Portable];

    /// The name: `avx512`, `avx2` or `portable`.
    pub fn name(self) -> &'static str {
        ["avx512", "avx2", "portable"][self as usize]
    }

    /// Whether this processor can run it.
    pub fn is_available(self) -> bool {
        Isa::detect(self).is_some()
    }
}

/// A setting that cannot be used: which one, what was found, and what was expected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigError(pub String);

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for ConfigError {}

/// The most threads that a product can use.
pub const MOST_THREADS: usize = 1024;

/// The kernel in use, as its place in [`Kernel::ALL`].
static KERNEL: LazyLock<AtomicUsize> = LazyLock::new(|| {
    (kernel_from(&variable("MATRIX_KERNEL")).unwrap_or_else(|_| fastest()) as usize).into()
});
/// The number of threads in use.
static THREADS: LazyLock<AtomicUsize> = LazyLock::new(|| {
    threads_from(&variable("MATRIX_THREADS")).unwrap_or_else(|_| processors()).into()
});

/// Chooses the kernel and the number of threads. A program calls this once at the start.
///
/// The number of threads is `threads`, as for [`use_threads`], else the environment variable `MATRIX_THREADS`, else the
/// number of processors. The kernel is the environment variable `MATRIX_KERNEL` (`avx512`, `avx2` or
/// `portable`), else the fastest that the processor can run. An empty variable counts as not set.
///
/// Without this call the first product does the same, and ignores a variable that it cannot use.
///
/// # Errors
/// If a setting cannot be used. Then nothing is changed.
pub fn configure(threads: Option<usize>) -> Result<(), ConfigError> {
    configure_from(threads, &variable("MATRIX_THREADS"), &variable("MATRIX_KERNEL"))
}

fn configure_from(threads: Option<usize>, number: &str, name: &str) -> Result<(), ConfigError> {
    let threads = threads.map_or_else(|| threads_from(number), Ok)?;
    use_kernel(kernel_from(name)?);
    use_threads(threads);
    Ok(())
}

/// Makes the product use this kernel: for tests and measurements.
///
/// # Panics
/// If this processor cannot run it.
#[track_caller]
pub fn use_kernel(kernel: Kernel) {
    assert!(kernel.is_available(), "use_kernel: this processor cannot run {}", kernel.name());
    KERNEL.store(kernel as usize, Relaxed);
}

/// Makes the product use this many threads, or the nearest number from 1 to [`MOST_THREADS`].
pub fn use_threads(threads: usize) {
    THREADS.store(threads.clamp(1, MOST_THREADS), Relaxed);
}

/// The kernel in use.
pub fn kernel() -> Kernel {
    Kernel::ALL[KERNEL.load(Relaxed)]
}

/// The instructions of the kernel in use.
pub(crate) fn isa() -> Isa {
    Isa::detect(kernel()).unwrap_or(Isa::Portable)
}

/// The number of threads in use.
pub fn threads() -> usize {
    THREADS.load(Relaxed)
}

fn variable(name: &str) -> String {
    env::var_os(name).unwrap_or_default().to_string_lossy().into_owned()
}

fn kernel_from(name: &str) -> Result<Kernel, ConfigError> {
    if name.is_empty() {
        return Ok(fastest());
    }
    available().find(|kernel| kernel.name() == name).ok_or_else(|| {
        let expected = available().map(Kernel::name).collect::<Vec<_>>().join(" or ");
        ConfigError(format!("MATRIX_KERNEL: '{name}', expected {expected} on this processor"))
    })
}

fn fastest() -> Kernel {
    available().next().unwrap_or(Kernel::Portable)
}

fn available() -> impl Iterator<Item = Kernel> {
    Kernel::ALL.into_iter().filter(|kernel| kernel.is_available())
}

fn threads_from(number: &str) -> Result<usize, ConfigError> {
    if number.is_empty() {
        return Ok(processors());
    }
    let threads = number.parse().ok().filter(|threads| (1..=MOST_THREADS).contains(threads));
    let expected = format_args!("expected a number from 1 to {MOST_THREADS}");
    threads.ok_or_else(|| ConfigError(format!("MATRIX_THREADS: '{number}', {expected}")))
}

fn processors() -> usize {
    thread::available_parallelism().map_or(1, NonZero::get).min(MOST_THREADS)
}

#[cfg(test)]
mod tests;
