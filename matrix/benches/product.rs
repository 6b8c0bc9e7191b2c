//! How fast the product is, beside what the processor can do: `cargo bench -p matrix`.

use matrix::{Kernel, Matrix, Real, Rng};
use std::fmt::Write as _;
use std::hint::black_box;
use std::process::ExitCode;
use std::time::{Duration, Instant};
use std::{env, fs};

mod steps;

const HELP: &str = "\
Measures the matrix product in GFLOP/s: cargo bench -p matrix -- [OPTIONS]

  --steps     measure the versions of docs/05-matrix-product.md instead
  --quick     shorter measurements, and nothing larger than 512
  --log FILE  write the numbers as CSV, too

The peak is that of fused multiply-adds without memory. Each number is the best
of several runs.
";

/// The products of one training step on MNIST, then squares: name, m, k, n, transposed A, B.
const SHAPES: [(&str, usize, usize, usize, bool, bool); 12] = [
    ("x·W1", 256, 784, 200, false, false),
    ("xᵀ·δ1", 784, 256, 200, true, false),
    ("a1·W2", 256, 200, 80, false, false),
    ("a1ᵀ·δ2", 200, 256, 80, true, false),
    ("δ2·W2ᵀ", 256, 80, 200, false, true),
    ("a2·W3", 256, 80, 10, false, false),
    ("δ3·W3ᵀ", 256, 10, 80, false, true),
    ("a2ᵀ·δ3", 80, 256, 10, true, false),
    ("256³", 256, 256, 256, false, false),
    ("512³", 512, 512, 512, false, false),
    ("1024³", 1024, 1024, 1024, false, false),
    ("2048³", 2048, 2048, 2048, false, false),
];

fn main() -> ExitCode {
    let (mut show_steps, mut quick, mut log) = (false, false, None);
    let mut args = env::args().skip(1);
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--bench" => {} // cargo says so
            "--steps" => show_steps = true,
            "--quick" => quick = true,
            "--log" => match args.next() {
                Some(file) => log = Some(file),
                None => return failure("--log needs a file", 2),
            },
            "--help" => {
                print!("{HELP}");
                return ExitCode::SUCCESS;
            }
            _ => return failure(&format!("unknown option '{arg}', see --help"), 2),
        }
    }
    if let Err(error) = matrix::configure(None) {
        return failure(&error.to_string(), 1);
    }
    let bench = Bench { time: Duration::from_millis(if quick { 20 } else { 150 }), quick };
    let csv = if show_steps { bench.steps() } else { bench.shapes() };
    if let Some(file) = log
        && let Err(error) = fs::write(&file, csv)
    {
        return failure(&format!("{file}: {error}"), 1);
    }
    ExitCode::SUCCESS
}

fn failure(message: &str, status: u8) -> ExitCode {
    eprintln!("product: {message}");
    ExitCode::from(status)
}

struct Bench {
    /// How long one measurement takes, at least.
    time: Duration,
    quick: bool,
}

impl Bench {
    /// The speed of the best run of `f`, which does `flops` operations, in GFLOP/s.
    fn gflops(&self, flops: usize, mut f: impl FnMut()) -> f64 {
        let mut best = f64::INFINITY;
        let start = Instant::now();
        let mut runs = 0;
        while runs < 2 || start.elapsed() < self.time {
            let run = Instant::now();
            f();
            best = best.min(run.elapsed().as_secs_f64());
            runs += 1;
        }
        flops as f64 / best / 1e9
    }

    fn shapes(&self) -> String {
        let mut csv = "type,kernel,threads,product,m,k,n,gflops,peak\n".into();
        for kernel in Kernel::ALL.into_iter().filter(|kernel| kernel.is_available()) {
            if matrix::use_kernel(kernel).is_ok() {
                self.table::<f32>("f32", kernel, &mut csv);
                self.table::<f64>("f64", kernel, &mut csv);
            }
        }
        csv
    }

    /// One type on one kernel: a line for each shape, a column for each number of threads.
    fn table<T: Peak>(&self, name: &str, kernel: Kernel, csv: &mut String) {
        let peak = T::peak(self, kernel);
        let most = std::thread::available_parallelism().map_or(1, |n| n.get());
        let threads: Vec<usize> =
            [1, 2, 4, most].into_iter().filter(|&t| t <= most.min(4) || t == most).collect();
        let threads = &threads[..threads.len() - usize::from([1, 2, 4].contains(&most))];
        println!("{name}, kernel {}, peak {peak:.1} GFLOP/s on one thread", kernel.name());
        print!("{:8}{:>14}{:>12}", "product", "m×k·k×n", "plain loop");
        threads.iter().for_each(|t| print!("{:>11}", format!("{t} thr.")));
        println!("{:>10}", "% of peak");
        for (product, m, k, n, a_transposed, b_transposed) in SHAPES {
            if self.quick && m * k * n > 512 * 512 * 512 {
                continue;
            }
            let a: Matrix<T> = if a_transposed { random(k, m) } else { random(m, k) };
            let b: Matrix<T> = if b_transposed { random(n, k) } else { random(k, n) };
            let a = if a_transposed { a.t() } else { a.view() };
            let b = if b_transposed { b.t() } else { b.view() };
            let flops = 2 * m * k * n;
            print!("{product:8}{:>14}", format!("{m}×{k}·{k}×{n}"));
            let mut record = |kernel: &str, threads: usize, gflops: f64| {
                let shape = format!("{product},{m},{k},{n}");
                writeln!(csv, "{name},{kernel},{threads},{shape},{gflops:.2},{peak:.2}").unwrap();
            };
            if m * k * n <= 512 * 512 * 512 {
                let gflops = self.gflops(flops, || drop(black_box(plain(a, b))));
                print!("{gflops:>12.1}");
                record("plain loop", 1, gflops);
            } else {
                print!("{:>12}", "-");
            }
            let mut share = 0.0;
            for &t in threads {
                matrix::use_threads(t);
                let gflops = self.gflops(flops, || drop(black_box(a.dot(b))));
                print!("{gflops:>11.1}");
                record(kernel.name(), t, gflops);
                if t == 1 {
                    share = 100.0 * gflops / peak;
                }
            }
            println!("{share:>8.0} %");
        }
        println!();
    }

    /// The steps of the chapter.
    #[cfg_attr(target_arch = "x86_64", expect(unsafe_code, reason = "code for features is called"))]
    fn steps(&self) -> String {
        const N: usize = 768;
        let (a, b) = (random::<f32>(N, N), random::<f32>(N, N));
        let expected = a.dot(&b);
        let (a, b) = (a.as_slice(), b.as_slice());
        let mut c = vec![0.0; N * N];
        let mut csv = String::from("step,baseline,wide\n");
        let mut line = |name: &str, baseline: Option<f64>, wide: Option<f64>| {
            let number = |x: Option<f64>| x.map_or("-".into(), |x| format!("{x:.1}"));
            println!("{name:28}{:>12}{:>12}", number(baseline), number(wide));
            writeln!(csv, "{name},{},{}", number(baseline), number(wide)).unwrap();
        };
        #[cfg(target_arch = "x86_64")]
        let is_wide = Kernel::Avx2.is_available();
        #[cfg(not(target_arch = "x86_64"))]
        let is_wide = false;
        println!("{N}×{N}·{N}×{N}, f32, GFLOP/s");
        println!("{:28}{:>12}{:>12}", "step", "baseline", "AVX2 + FMA");
        let flops = 2 * N * N * N;
        for (step, name) in steps::NAMES.into_iter().enumerate() {
            let baseline = self.gflops(flops, || {
                c.fill(0.0);
                steps::baseline(step, N, a, b, &mut c);
            });
            assert!(close(&c, expected.as_slice()), "{name} is wrong");
            #[cfg(target_arch = "x86_64")]
            let wide = is_wide.then(|| {
                let wide = self.gflops(flops, || {
                    c.fill(0.0);
                    // SAFETY: the processor has AVX2 and FMA, as `is_wide` says.
                    unsafe { steps::wide(step, N, a, b, &mut c) };
                });
                assert!(c == expected.as_slice(), "{name}: not the bits of dot");
                wide
            });
            #[cfg(not(target_arch = "x86_64"))]
            let wide = None;
            line(&format!("{} {name}", step + 1), Some(baseline), wide);
        }
        let all = std::thread::available_parallelism().map_or(1, |n| n.get());
        for t in [2, all] {
            let gflops = self.gflops(flops, || {
                c.fill(0.0);
                steps::threads(t, N, a, &mut c, |a, c| {
                    #[cfg(target_arch = "x86_64")]
                    if is_wide {
                        // SAFETY: the processor has AVX2 and FMA, as `is_wide` says.
                        return unsafe { steps::wide(4, N, a, b, c) };
                    }
                    steps::baseline(4, N, a, b, c);
                });
            });
            assert!(!is_wide || c == expected.as_slice(), "threads: not the bits of dot");
            let (baseline, wide) =
                if is_wide { (None, Some(gflops)) } else { (Some(gflops), None) };
            line(&format!("7 {t} threads"), baseline, wide);
        }
        let (a, b) = (random::<f32>(N, N), random::<f32>(N, N));
        for t in [1, 2, all] {
            matrix::use_threads(t);
            let gflops = self.gflops(flops, || drop(black_box(a.dot(&b))));
            let (baseline, wide) =
                if is_wide { (None, Some(gflops)) } else { (Some(gflops), None) };
            line(&format!("  the library, {t} threads"), baseline, wide);
        }
        line("  peak of one thread", None, Some(f32::peak(self, matrix::kernel())));
        csv
    }
}

fn random<T: Real>(rows: usize, cols: usize) -> Matrix<T> {
    let mut rng = Rng::new(1);
    Matrix::from_fn(rows, cols, |_, _| T::from_f64(2.0 * rng.uniform() - 1.0))
}

/// The product as a beginner writes it.
fn plain<T: Real>(a: matrix::View<T>, b: matrix::View<T>) -> Matrix<T> {
    Matrix::from_fn(a.shape().0, b.shape().1, |i, j| {
        (0..a.shape().1).map(|p| a[(i, p)] * b[(p, j)]).sum()
    })
}

/// Whether both are the same apart from rounding.
fn close(a: &[f32], b: &[f32]) -> bool {
    a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-3)
}

const STEPS: usize = 100_000;

/// The operations of [`multiply_adds`].
fn flops<const LANES: usize>() -> usize {
    2 * STEPS * 12 * LANES
}

/// Multiply-adds on twelve vectors, so many that none waits for the one before.
#[inline(always)]
fn multiply_adds<T: Real, const LANES: usize, const FMA: bool>() {
    let mut sums = [[T::ZERO; LANES]; 12];
    let (x, y) = black_box(([T::from_f64(0.5); LANES], [T::ONE; LANES]));
    for _ in 0..STEPS {
        for sum in &mut sums {
            for j in 0..LANES {
                sum[j] = sum[j].step::<FMA>(x[j], y[j]);
            }
        }
    }
    black_box(sums);
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f")]
fn multiply_adds_avx512<T: Real, const LANES: usize>() {
    multiply_adds::<T, LANES, true>();
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "fma")]
fn multiply_adds_avx<T: Real, const LANES: usize>() {
    multiply_adds::<T, LANES, true>();
}

/// What a number type brings along for the peak.
trait Peak: Real {
    /// The speed of fused multiply-adds in registers, by the instructions of a kernel.
    fn peak(bench: &Bench, kernel: Kernel) -> f64;
}

macro_rules! peak {
    ($t:ident, $avx512:literal, $avx:literal, $baseline:literal) => {
        impl Peak for $t {
            #[cfg_attr(
                target_arch = "x86_64",
                expect(unsafe_code, reason = "code for processor features is called")
            )]
            fn peak(bench: &Bench, kernel: Kernel) -> f64 {
                match kernel {
                    #[cfg(target_arch = "x86_64")]
                    Kernel::Avx512 if is_x86_feature_detected!("avx512f") => {
                        // SAFETY: the processor has AVX-512F, as checked above.
                        bench.gflops(flops::<$avx512>(), || unsafe {
                            multiply_adds_avx512::<$t, $avx512>()
                        })
                    }
                    #[cfg(target_arch = "x86_64")]
                    _ if is_x86_feature_detected!("fma") => {
                        // SAFETY: the processor has FMA, as checked above.
                        bench.gflops(flops::<$avx>(), || unsafe { multiply_adds_avx::<$t, $avx>() })
                    }
                    _ => bench.gflops(flops::<$baseline>(), || {
                        multiply_adds::<$t, $baseline, { cfg!(target_arch = "aarch64") }>()
                    }),
                }
            }
        }
    };
}

peak!(f32, 16, 8, 4);
peak!(f64, 8, 4, 2);
