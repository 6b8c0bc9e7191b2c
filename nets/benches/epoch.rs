//! How long an epoch of the MNIST job takes, beside its floor: `cargo bench -p nets`.

use common::{Options, Peak, best_in_turn, thread_counts};
use datasets::Images;
use matrix::{Matrix, Real, Rng};
use nets::ThreeNet;
use std::fmt::Write as _;
use std::hint::black_box;
use std::process::ExitCode;
use std::time::Duration;

#[path = "../../matrix/benches/common/mod.rs"]
mod common;

const HELP: &str = "\
Measures an epoch of the MNIST job, 234 steps of 256 images, ThreeNet 784-200-80-10:
cargo bench -p nets -- [OPTIONS]

  --quick     one tenth of an epoch, fewer runs
  --log FILE  write the numbers as CSV, too

floor: what its products would take at the measured peak of multiply-adds, on as
many threads. products: the share of the time that they do take. Each number is
the best of several runs. memory: the most that this process had so far, both
data sets included.
";

const BATCH: usize = 256;
const SIZES: [usize; 4] = [784, 200, 80, 10];

fn main() -> ExitCode {
    common::run("epoch", HELP, &[], epochs)
}

fn epochs(options: &Options) -> String {
    let (mut train, _) = datasets::mnist(&datasets::mnist_dir()).expect("it comes with the code");
    train.shuffle(&mut Rng::new(0));
    let mut csv = "type,threads,seconds,floor,products,memory_mb\n".into();
    println!("an epoch of MNIST, kernel {}", matrix::kernel().name());
    println!("type  threads   seconds     floor  of peak  products     memory");
    table::<f32>("f32", &train, options, &mut csv);
    table::<f64>("f64", &train, options, &mut csv);
    csv
}

fn table<T: Peak>(name: &str, train: &Images, options: &Options, csv: &mut String) {
    let steps = (train.len() - BATCH).div_ceil(BATCH);
    let (steps, part, time) = match options.quick {
        true => (steps / 10, (steps / 10) as f64 / steps as f64, Duration::ZERO),
        false => (steps, 1.0, Duration::from_secs(10)),
    };
    let peak = T::peak(matrix::kernel(), Duration::from_millis(150));
    for threads in thread_counts() {
        matrix::use_threads(threads);
        let mut net = ThreeNet::<T>::new(SIZES, &mut Rng::new(0));
        let (flops, mut products) = products::<T>(steps);
        let mut epoch = || train_steps(&mut net, train, steps);
        let times = best_in_turn(time, [&mut epoch, &mut products]);
        let [seconds, in_products] = times.map(|seconds| seconds / part);
        let floor = flops / part / 1e9 / peak / threads as f64;
        let (of_peak, share) = (floor / seconds, in_products / seconds);
        let memory = peak_memory_mb();
        let text = memory.map_or("-".into(), |mb| format!("{mb:.0} MB"));
        println!(
            "{name:4}{threads:9}{seconds:10.3}{floor:10.3}{:7.0} %{:8.0} %{text:>11}",
            100.0 * of_peak,
            100.0 * share
        );
        let memory = memory.map_or(String::new(), |mb| format!("{mb:.1}"));
        writeln!(csv, "{name},{threads},{seconds:.4},{floor:.4},{share:.3},{memory}").unwrap();
    }
}

/// Steps of training, as the app `mnist` does them.
fn train_steps<T: Real>(net: &mut ThreeNet<T>, train: &Images, steps: usize) {
    let mut total = T::ZERO;
    for step in 0..steps {
        let batch = BATCH * step..BATCH * (step + 1);
        let (a0, y) = (train.to_matrix(batch.clone(), 1.0), train.one_hot(batch));
        let acts = net.forward(&a0);
        total += ThreeNet::data_loss(&acts, &y);
        let grads = net.backward(&a0, &acts, &y);
        net.update(&grads, T::from_f64(1e-3), T::from_f64(1e-3));
    }
    black_box(total);
}

/// The products in so many steps: how many floating-point operations they are, and what does them.
fn products<T: Real>(steps: usize) -> (f64, impl FnMut()) {
    let mut rng = Rng::new(1);
    let mut random = |rows, cols| Matrix::<T>::normal(rows, cols, 1.0, &mut rng);
    let [d, h1, h2, k] = SIZES;
    let (w1, w2, w3) = (random(d, h1), random(h1, h2), random(h2, k));
    let (a0, a1, a2) = (random(BATCH, d), random(BATCH, h1), random(BATCH, h2));
    let (dz1, dz2, dz3) = (random(BATCH, h1), random(BATCH, h2), random(BATCH, k));
    let products = move || {
        for _ in 0..steps {
            black_box((a0.dot(&w1), a1.dot(&w2), a2.dot(&w3)));
            black_box((a2.t().dot(&dz3), dz3.dot(w3.t())));
            black_box((a1.t().dot(&dz2), dz2.dot(w2.t())));
            black_box(a0.t().dot(&dz1));
        }
    };
    // Each weight is in one product forward, one for its gradient, and, beyond the first layer, one
    // for the gradient of what comes in.
    let multiplications = BATCH * (2 * d * h1 + 3 * h1 * h2 + 3 * h2 * k);
    (2.0 * (steps * multiplications) as f64, products)
}

/// The most memory that this process had, where the system tells.
fn peak_memory_mb() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix(" kB")?.parse::<f64>().ok().map(|kb| kb / 1e3)
}
