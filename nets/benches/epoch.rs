//! How long an epoch of the MNIST job takes, compared with its floor: `cargo bench -p nets`.

use common::{Options, Peak, best_in_turn, thread_counts};
use datasets::Images;
use matrix::{Real, Rng};
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
many threads. without zeros: the same without those where a pixel is 0; a zero
can be skipped only where several rows have one. of floor: the time as a
multiple of the floor. Each number is the best of several runs. memory: the most
that this process had so far, both data sets included.
";

const BATCH: usize = 256;
const SIZES: [usize; 4] = [784, 200, 80, 10];

fn main() -> ExitCode {
    common::run("epoch", HELP, &[], epochs)
}

fn epochs(options: &Options) -> String {
    let (mut train, _) = datasets::mnist(&datasets::mnist_dir()).expect("it comes with the code");
    train.shuffle(&mut Rng::new(0));
    let mut csv = "type,threads,seconds,floor,without_zeros,memory_mb\n".into();
    println!("an epoch of MNIST, kernel {}", matrix::kernel().name());
    println!("type  threads   seconds     floor  without zeros  of floor    memory");
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
        let mut epoch = || train_steps(&mut net, train, steps);
        let [seconds] = best_in_turn(time, [&mut epoch]).map(|seconds| seconds / part);
        let [floor, left] = multiplications(train)
            .map(|count| 2.0 * count * (steps as f64 / part) / 1e9 / peak / threads as f64);
        let memory = peak_memory_mb();
        let text = memory.map_or("-".into(), |mb| format!("{mb:.0} MB"));
        println!(
            "{name:4}{threads:9}{seconds:10.3}{floor:10.3}{left:15.3}{:10.2}{text:>10}",
            seconds / floor
        );
        let memory = memory.map_or(String::new(), |mb| format!("{mb:.1}"));
        writeln!(csv, "{name},{threads},{seconds:.4},{floor:.4},{left:.4},{memory}").unwrap();
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

/// The multiplications of a step: all of them, and those whose factor is not a pixel of 0.
fn multiplications(train: &Images) -> [f64; 2] {
    let [d, h1, h2, k] = SIZES;
    let nonzero = train.pixels.iter().filter(|&&pixel| pixel != 0).count();
    // Each weight is used in one product of the forward pass, one for its gradient and, except in the
    // first layer, one for the gradient of the layer's input.
    let first = (BATCH * 2 * d * h1) as f64;
    let rest = (BATCH * 3 * (h1 * h2 + h2 * k)) as f64;
    [first + rest, first * nonzero as f64 / train.pixels.len() as f64 + rest]
}

/// The most memory that this process has used, if the system reports it.
fn peak_memory_mb() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix(" kB")?.parse::<f64>().ok().map(|kb| kb / 1e3)
}
