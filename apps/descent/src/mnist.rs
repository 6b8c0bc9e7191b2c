//! ThreeNet on MNIST, a few epochs of batches.

use crate::sweep::{rates, sweep};
use console::text::Count;
use console::{Options, Outcome, Table, fixed, shortest, uncertain};
use datasets::Images;
use matrix::{Matrix, Rng};
use nets::ThreeNet;
use nets::descent::{Descent, Rule};
use nets::metrics::{accuracy, predictions, standard_error};
use std::io::Write;

const LAMBDA: f32 = 1e-3;
const BATCH: usize = 256;

/// The mean loss of the batches of the last epoch, and the net; `None` if the loss diverges.
pub(crate) fn train(
    images: &Images,
    rule: Rule,
    rate: f64,
    epochs: usize,
    seed: u64,
) -> Option<(f64, ThreeNet<f32>)> {
    let mut net = ThreeNet::new([images.rows * images.cols, 200, 80, 10], &mut Rng::new(seed));
    let mut descent = Descent::new(rule, net.params());
    let starts = (0..images.len() - BATCH).step_by(BATCH);
    let mut total = 0.0;
    for _ in 0..epochs {
        total = 0.0;
        for start in starts.clone() {
            let batch = start..start + BATCH;
            let (a0, y) = (images.to_matrix(batch.clone(), 255.0), images.one_hot(batch));
            let acts = net.forward(&a0);
            total += f64::from(ThreeNet::data_loss(&acts, &y));
            let grads = net.backward(&a0, &acts, &y);
            descent.step(net.params_mut(), grads.params(), rate as f32, LAMBDA);
        }
        if !total.is_finite() {
            return None;
        }
    }
    Some((total / starts.len() as f64, net))
}

/// The accuracy of the net on these images.
pub(crate) fn test(net: &ThreeNet<f32>, images: &Images) -> f64 {
    let a0: Matrix<f32> = images.to_matrix(0..images.len(), 255.0);
    accuracy(&predictions(&net.forward(&a0).probs), &images.labels)
}

pub(crate) fn run(options: &Options, out: &mut dyn Write) -> Outcome {
    let (seed, epochs) = (options.seed()?, options.get("epochs", 1..=1000)?);
    let (mut images, test_images) = datasets::mnist(&datasets::mnist_dir())?;
    images.shuffle(&mut Rng::new(seed));
    writeln!(
        out,
        "ThreeNet on MNIST, {}, batches of {BATCH}, pixels 0 to 1,",
        Count(epochs, "epoch")
    )?;
    writeln!(
        out,
        "lambda {}, rates chosen by the loss of the last epoch, seed {seed}\n",
        shortest(LAMBDA)
    )?;
    let best = sweep(&rates(-4, 13), &[seed], options.quiet(), |rule, rate, &seed, _| {
        train(&images, rule, rate, epochs, seed).map(|(loss, _)| loss)
    })?;
    let mut table = Table::new(["rule", "rate", "loss", "test", "loss, seed + 1", "test"]);
    for (name, rule, rate) in best {
        let mut row = vec![name.to_string(), shortest(rate)];
        for seed in [seed, seed.wrapping_add(1)] {
            match train(&images, rule, rate, epochs, seed) {
                Some((loss, net)) => {
                    let accuracy = test(&net, &test_images);
                    let error = standard_error(accuracy, test_images.len());
                    row.extend([fixed(loss, 4), uncertain(accuracy, error)]);
                }
                None => row.extend(["-".into(), "-".into()]),
            }
        }
        table.row(row);
    }
    write!(out, "{}", table.draw(options.style))?;
    Ok(())
}
