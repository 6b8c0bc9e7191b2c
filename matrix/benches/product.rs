//! How fast the product is, beside what the processor can do: `cargo bench -p matrix`.

use common::{Options, Peak, best, thread_counts};
use matrix::{Kernel, Matrix, Real, Rng, View};
use std::fmt::Write as _;
use std::hint::black_box;
use std::process::ExitCode;
use std::time::Duration;
use steps::Step;

mod common;
mod steps;

const HELP: &str = "\
Measures the matrix product in GFLOP/s: cargo bench -p matrix -- [OPTIONS]

  --steps     measure the versions of docs/07-matrix-product.md instead
  --size N    their size, a multiple of 96 (default: 1536)
  --quick     shorter measurements, and nothing larger than 512
  --log FILE  write the numbers as CSV, too

The second table has the products with images as they are: the first batch of
MNIST. left: the share of the steps in which 1, 4 and 8 rows have a number other
than 0.
For --steps, row i of the images is image i of MNIST, its 784 pixels repeated.
Where steps are skipped, the speed is as if they were not.
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
    common::run("product", HELP, &["--steps", "--size"], |options| {
        if options.steps { steps(options) } else { shapes(options) }
    })
}

/// How long one measurement takes, at least.
fn time(options: &Options) -> Duration {
    Duration::from_millis(if options.quick { 20 } else { 150 })
}

/// The shapes, by type, kernel and number of threads.
fn shapes(options: &Options) -> String {
    let mut csv = "type,kernel,threads,product,m,k,n,gflops,peak\n".into();
    for kernel in kernels() {
        matrix::use_kernel(kernel);
        table::<f32>("f32", kernel, options, &mut csv);
        table::<f64>("f64", kernel, options, &mut csv);
        images::<f32>("f32", kernel, options, &mut csv);
        images::<f64>("f64", kernel, options, &mut csv);
    }
    csv
}

/// The products of a step whose A has zeros, with the first batch of MNIST in place of random numbers.
fn images<T: Peak>(name: &str, kernel: Kernel, options: &Options, csv: &mut String) {
    let (mut train, _) = datasets::mnist(&datasets::mnist_dir()).expect("it comes with the code");
    train.shuffle(&mut Rng::new(0));
    let x: Matrix<T> = train.to_matrix(0..256, 1.0);
    let a1 = x.dot(&random(784, 200)).map(|z| if z > T::ZERO { z } else { T::ZERO });
    let products = [
        ("x·W1", x.view(), random(784, 200)),
        ("xᵀ·δ1", x.t(), random(256, 200)),
        ("a1·W2", a1.view(), random(200, 80)),
        ("a1ᵀ·δ2", a1.t(), random(256, 80)),
    ];
    let peak = T::peak(kernel, time(options));
    println!("{name}, kernel {}, images, GFLOP/s as if nothing were skipped", kernel.name());
    print!("{:8}{:>14}{:>18}", "product", "m×k·k×n", "left of 1, 4, 8");
    thread_counts().iter().for_each(|t| print!("{:>11}", format!("{t} thr.")));
    println!("{:>10}", "% of peak");
    for (product, a, b) in products {
        let ((m, k), n) = (a.shape(), b.cols());
        print!("{product:8}{:>14}", format!("{m}×{k}·{k}×{n}"));
        [1, 4, 8].into_iter().for_each(|rows| print!("{:>4.0} %", 100.0 * left(a, rows)));
        let mut share = 0.0;
        for t in thread_counts() {
            matrix::use_threads(t);
            let seconds = best(time(options), || drop(black_box(a.dot(&b))));
            let gflops = 2.0 * (m * k * n) as f64 / seconds / 1e9;
            print!("{gflops:>11.1}");
            writeln!(
                csv,
                "{name},{},{t},{product} images,{m},{k},{n},{gflops:.2},{peak:.2}",
                kernel.name()
            )
            .unwrap();
            if t == 1 {
                share = 100.0 * gflops / peak;
            }
        }
        println!("{share:>8.0} %");
    }
    println!();
}

/// The share of the steps in which one of `rows` rows of A has a number other than 0.
fn left<T: Real>(a: View<T>, rows: usize) -> f64 {
    let (m, k) = a.shape();
    let some = |i: usize, p: usize| (i..m.min(i + rows)).any(|r| a[(r, p)] != T::ZERO);
    let strips = (0..m).step_by(rows);
    let left = strips.map(|i| (0..k).filter(|&p| some(i, p)).count()).sum::<usize>();
    left as f64 / (m.div_ceil(rows) * k) as f64
}

/// One type on one kernel: a line for each shape, a column for each number of threads.
fn table<T: Peak>(name: &str, kernel: Kernel, options: &Options, csv: &mut String) {
    let time = time(options);
    let peak = T::peak(kernel, time);
    println!("{name}, kernel {}, peak {peak:.1} GFLOP/s on one thread", kernel.name());
    print!("{:8}{:>14}{:>12}", "product", "m×k·k×n", "plain loop");
    thread_counts().iter().for_each(|t| print!("{:>11}", format!("{t} thr.")));
    println!("{:>10}", "% of peak");
    for (product, m, k, n, a_transposed, b_transposed) in SHAPES {
        let multiplications = m * k * n;
        if options.quick && multiplications > 512 * 512 * 512 {
            continue;
        }
        let gflops = |f: &dyn Fn() -> Matrix<T>| {
            2.0 * multiplications as f64 / best(time, || drop(black_box(f()))) / 1e9
        };
        let a = if a_transposed { random(k, m) } else { random::<T>(m, k) };
        let b = if b_transposed { random(n, k) } else { random::<T>(k, n) };
        let a = if a_transposed { a.t() } else { a.view() };
        let b = if b_transposed { b.t() } else { b.view() };
        print!("{product:8}{:>14}", format!("{m}×{k}·{k}×{n}"));
        let mut record = |kernel: &str, threads: usize, gflops: f64| {
            let shape = format!("{product},{m},{k},{n}");
            writeln!(csv, "{name},{kernel},{threads},{shape},{gflops:.2},{peak:.2}").unwrap();
        };
        // It is so slow that some rows must do.
        let rows = m.min(16);
        let some = a.slice_rows(0..rows);
        let speed = best(time, || drop(black_box(plain(some, b))));
        let speed = 2.0 * (rows * k * n) as f64 / speed / 1e9;
        print!("{speed:>12.1}");
        record("plain loop", 1, speed);
        let mut share = 0.0;
        for t in thread_counts() {
            matrix::use_threads(t);
            let gflops = gflops(&|| a.dot(b));
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

/// Rows of C ← the same rows of A · B, by the instructions of a step.
type Multiply<'a> = dyn Fn(Step, &[f32], &mut [f32]) + 'a;

/// The steps of the chapter: a line for each, a column for each kind of instructions.
fn steps(options: &Options) -> String {
    let n = options.size.unwrap_or(if options.quick { 384 } else { 1536 });
    let variants = steps::variants();
    let (a, b) = (random::<f32>(n, n), random::<f32>(n, n));
    let expected = a.dot(&b);
    let gflops = |rows: usize, f: &mut dyn FnMut()| {
        2.0 * (rows * n * n) as f64 / best(time(options), f) / 1e9
    };
    let names: Vec<&str> = variants.iter().map(|variant| variant.0).collect();
    let mut csv = format!("step,{}\n", names.join(","));
    println!("{n}×{n}·{n}×{n}, f32, GFLOP/s");
    println!("{:26}{}", "", names.iter().map(|name| format!("{name:>10}")).collect::<String>());
    let mut line = |name: &str, numbers: &[f64]| {
        let numbers: Vec<String> = numbers.iter().map(|x| format!("{x:.1}")).collect();
        let columns: String = numbers.iter().map(|x| format!("{x:>10}")).collect();
        println!("{name:26}{columns}");
        writeln!(csv, "{name},{}", numbers.join(",")).unwrap();
    };

    let (mut c, b_data) = (vec![0.0; n * n], b.as_slice());
    let rows = n.min(1536);
    let mut measure = |name: &str,
                       rows: usize,
                       (a, expected): (&Matrix<f32>, &Matrix<f32>),
                       multiply: &Multiply| {
        let numbers = variants.iter().map(|(_, fused, run)| {
            let c = &mut c[..rows * n];
            let gflops = gflops(rows, &mut || {
                c.fill(0.0);
                multiply(*run, a.as_slice(), c);
            });
            check(name, *fused, c, expected);
            gflops
        });
        line(name, &numbers.collect::<Vec<_>>());
    };
    for (step, name) in steps::NAMES.iter().enumerate() {
        // The first takes so long that a few rows of C must do.
        let rows = if step == 0 { 12 } else { rows };
        let multiply = |run: Step, a: &[f32], c: &mut [f32]| run(step, n, a, b_data, c);
        measure(&format!("{} {name}", step + 1), rows, (&a, &expected), &multiply);
    }
    for threads in thread_counts().into_iter().skip(1) {
        measure(&format!("7 threads: {threads}"), rows, (&a, &expected), &|run, a, c| {
            steps::threads(threads, n, a, c, |a, c| run(steps::CACHE_BLOCKS, n, a, b_data, c));
        });
    }
    let images = repeated_images(n);
    // Nothing to skip, which tells what it costs to look, and what the images of MNIST have.
    for (name, a) in [("8 zeros: none", &a), ("8 zeros: images", &images)] {
        measure(name, rows, (a, &a.dot(&b)), &|run, a, c| run(steps::ZEROS, n, a, b_data, c));
    }
    println!();
    for (name, a) in [("the library", &a), ("library on images", &images)] {
        for threads in thread_counts() {
            matrix::use_threads(threads);
            let numbers = kernels().map(|kernel| {
                matrix::use_kernel(kernel);
                gflops(n, &mut || drop(black_box(a.dot(&b))))
            });
            line(&format!("{name}: {threads} thr."), &numbers.collect::<Vec<_>>());
        }
    }
    let peaks = kernels().map(|kernel| f32::peak(kernel, time(options)));
    line("peak of one thread", &peaks.collect::<Vec<_>>());
    csv
}

/// n×n: the first n images of MNIST, one in each row, their 784 pixels over and over.
fn repeated_images(n: usize) -> Matrix<f32> {
    let (train, _) = datasets::mnist(&datasets::mnist_dir()).expect("it comes with the code");
    let x: Matrix<f32> = train.to_matrix(0..n.min(train.len()), 255.0);
    Matrix::from_fn(n, n, |i, p| x[(i % x.rows(), p % x.cols())])
}

/// The kernels that this processor can run, the fastest last, as the columns of the steps are.
fn kernels() -> impl Iterator<Item = Kernel> {
    Kernel::ALL.into_iter().rev().filter(|kernel| kernel.is_available())
}

/// Asserts that a step is right: the bits of `dot` where multiply-adds are fused as there.
fn check(name: &str, fused: bool, c: &[f32], expected: &Matrix<f32>) {
    let mut pairs = c.iter().zip(expected.as_slice());
    let same =
        if fused { pairs.all(|(c, e)| c == e) } else { pairs.all(|(c, e)| (c - e).abs() < 1e-3) };
    assert!(same, "{name} is wrong");
}

fn random<T: Real>(rows: usize, cols: usize) -> Matrix<T> {
    let mut rng = Rng::new(1);
    Matrix::from_fn(rows, cols, |_, _| T::from_f64(2.0 * rng.uniform() - 1.0))
}

/// The product as a beginner writes it.
fn plain<T: Real>(a: View<T>, b: View<T>) -> Matrix<T> {
    Matrix::from_fn(a.shape().0, b.shape().1, |i, j| {
        (0..a.shape().1).map(|p| a[(i, p)] * b[(p, j)]).sum()
    })
}
