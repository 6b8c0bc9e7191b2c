//! What the benches share: their options, the time of the best run, and the peak of the processor.

use matrix::{Kernel, Real};
use std::hint::black_box;
use std::num::NonZero;
use std::process::ExitCode;
use std::time::{Duration, Instant};
use std::{env, fs};

/// What the command line says.
pub(crate) struct Options {
    /// `--steps` and `--size`, if the bench has them.
    pub steps: bool,
    pub size: Option<usize>,
    /// `--quick`: shorter and coarser.
    pub quick: bool,
}

/// Runs `bench`, which prints its tables and returns its numbers as CSV, as the command line says:
/// `--quick`, `--log FILE`, `--help`, and what `flags` has besides.
pub(crate) fn run(
    name: &str,
    help: &str,
    flags: &[&str],
    bench: impl Fn(&Options) -> String,
) -> ExitCode {
    let failure = |message: String, status: u8| {
        eprintln!("{name}: {message}");
        ExitCode::from(status)
    };
    let mut options = Options { steps: false, size: None, quick: false };
    let mut log = None;
    let mut args = env::args().skip(1);
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--bench" => {} // cargo says so
            "--quick" => options.quick = true,
            "--steps" if flags.contains(&"--steps") => options.steps = true,
            "--size" if flags.contains(&"--size") => {
                let size = args.next().and_then(|size| size.parse().ok());
                match size.filter(|n: &usize| *n > 0 && n.is_multiple_of(96)) {
                    Some(n) => options.size = Some(n),
                    None => return failure("--size needs a multiple of 96".into(), 2),
                }
            }
            "--log" => match args.next() {
                Some(file) => log = Some(file),
                None => return failure("--log needs a file".into(), 2),
            },
            "--help" => {
                print!("{help}");
                return ExitCode::SUCCESS;
            }
            _ => return failure(format!("unknown option {arg:?}, see --help"), 2),
        }
    }
    if options.size.is_some() && !options.steps {
        return failure("--size goes with --steps".into(), 2);
    }
    if let Err(error) = matrix::configure(None) {
        return failure(error.to_string(), 1);
    }
    // A file that cannot be written should be known before the work, not after it.
    if let Some(file) = &log
        && let Err(error) = fs::File::options().append(true).create(true).open(file)
    {
        return failure(format!("{file}: {error}"), 1);
    }
    let csv = bench(&options);
    match log.map(|file| fs::write(&file, csv).map_err(|error| format!("{file}: {error}"))) {
        Some(Err(message)) => failure(message, 1),
        _ => ExitCode::SUCCESS,
    }
}

/// The numbers of threads to measure: 1, 2, 4 up to the number of processors, and that number.
pub(crate) fn thread_counts() -> Vec<usize> {
    let most = std::thread::available_parallelism().map_or(1, NonZero::get);
    let mut counts: Vec<usize> = [1, 2, 4].into_iter().filter(|&t| t < most).collect();
    counts.push(most);
    counts
}

/// The seconds of the best run of `f`, which is run twice or more, for at least `time`.
pub(crate) fn best(time: Duration, mut f: impl FnMut()) -> f64 {
    let [best] = best_in_turn(time, [&mut f]);
    best
}

/// The seconds of the best run of each function. They run in turn, so that whatever else the machine
/// does slows all of them.
pub(crate) fn best_in_turn<const N: usize>(
    time: Duration,
    mut fs: [&mut dyn FnMut(); N],
) -> [f64; N] {
    let (start, mut best, mut rounds) = (Instant::now(), [f64::INFINITY; N], 0);
    while rounds < 2 || start.elapsed() < time {
        for (f, best) in fs.iter_mut().zip(&mut best) {
            let run = Instant::now();
            f();
            *best = best.min(run.elapsed().as_secs_f64());
        }
        rounds += 1;
    }
    best
}

/// The speed of fused multiply-adds on numbers in registers, by the instructions of a kernel, on one
/// thread, in GFLOP/s.
pub(crate) trait Peak: Real {
    fn peak(kernel: Kernel, time: Duration) -> f64;
}

const STEPS: usize = 100_000;
/// So many sums, that none waits for its own last step.
const SUMS: usize = 12;

/// Multiply-adds on vectors in plain Rust.
#[inline(always)]
fn plain<T: Real, const LANES: usize, const FMA: bool>() {
    let (x, y) = black_box(([T::from_f64(0.5); LANES], [T::ONE; LANES]));
    let mut sums = [y; SUMS];
    for _ in 0..STEPS {
        for sum in &mut sums {
            for i in 0..LANES {
                sum[i] = sum[i].step(FMA, x[i], y[i]);
            }
        }
    }
    black_box(sums);
}

#[cfg(target_arch = "x86_64")]
mod x86 {
    use super::{Real, STEPS, SUMS, black_box, plain};
    use std::arch::x86_64::*;

    macro_rules! multiply_adds {
        ($name:ident, $features:literal, $splat:ident, $fmadd:ident) => {
            #[target_feature(enable = $features)]
            pub(super) fn $name() {
                let (x, y) = black_box(($splat(0.5), $splat(1.0)));
                let mut sums = [y; SUMS];
                for _ in 0..STEPS {
                    for sum in &mut sums {
                        *sum = $fmadd(*sum, x, y);
                    }
                }
                black_box(sums);
            }
        };
    }

    multiply_adds!(avx512_f32, "avx512f", _mm512_set1_ps, _mm512_fmadd_ps);
    multiply_adds!(avx512_f64, "avx512f", _mm512_set1_pd, _mm512_fmadd_pd);
    multiply_adds!(avx2_f32, "avx2,fma", _mm256_set1_ps, _mm256_fmadd_ps);
    multiply_adds!(avx2_f64, "avx2,fma", _mm256_set1_pd, _mm256_fmadd_pd);

    #[target_feature(enable = "fma")]
    pub(super) fn plain_fma<T: Real, const LANES: usize>() {
        plain::<T, LANES, true>();
    }
}

macro_rules! peak {
    ($t:ident, $lanes:literal, $avx512:ident, $avx2:ident) => {
        impl Peak for $t {
            #[cfg_attr(
                target_arch = "x86_64",
                expect(unsafe_code, reason = "code for processor features is called")
            )]
            fn peak(kernel: Kernel, time: Duration) -> f64 {
                let (lanes, seconds) = match kernel {
                    #[cfg(target_arch = "x86_64")]
                    Kernel::Avx512 if is_x86_feature_detected!("avx512f") => {
                        // SAFETY: the processor has AVX-512F, as checked above.
                        (64 / size_of::<$t>(), best(time, || unsafe { x86::$avx512() }))
                    }
                    #[cfg(target_arch = "x86_64")]
                    Kernel::Avx2 if kernel.is_available() => {
                        // SAFETY: the processor has AVX2 and FMA, or the kernel were not available.
                        (32 / size_of::<$t>(), best(time, || unsafe { x86::$avx2() }))
                    }
                    #[cfg(target_arch = "x86_64")]
                    _ if is_x86_feature_detected!("fma") => {
                        // Such processors have vectors as wide as those of AVX2.
                        const LANES: usize = 2 * $lanes;
                        // SAFETY: the processor has FMA, as checked above.
                        (LANES, best(time, || unsafe { x86::plain_fma::<$t, LANES>() }))
                    }
                    _ => {
                        const FMA: bool = cfg!(target_arch = "aarch64");
                        ($lanes, best(time, plain::<$t, $lanes, FMA>))
                    }
                };
                (2 * STEPS * SUMS * lanes) as f64 / seconds / 1e9
            }
        }
    };
}

peak!(f32, 4, avx512_f32, avx2_f32);
peak!(f64, 2, avx512_f64, avx2_f64);
