//! Few images to train on: λ is chosen on the validation set, and judged on the test set.

use crate::RATE;
use crate::digits::Digits;
use console::{Options, Outcome, Progress, Table, fixed, shortest};
use matrix::Rng;
use nets::ThreeNet;
use std::io::Write;

/// The images to train on, all in one batch.
const FEW: usize = 300;

const LAMBDAS: [f32; 7] = [0.0, 0.01, 0.1, 0.3, 1.0, 2.0, 4.0];

pub(crate) fn run(options: &Options, out: &mut dyn Write) -> Outcome {
    let epochs: usize = options.get("epochs", 1..=100_000)?;
    let held_back = options.get("held-back", 100..=50_000)?;
    let seed = options.seed()?;
    let (mut images, test) = datasets::mnist(&datasets::mnist_dir())?;
    images.shuffle(&mut Rng::new(seed));
    let few = Digits { images: &images, range: 0..FEW };
    let validation = Digits { images: &images, range: images.len() - held_back..images.len() };
    let test = Digits { images: &test, range: 0..test.len() };
    let steps = 10 * epochs;
    writeln!(
        out,
        "ThreeNet on {FEW} images of MNIST, {steps} steps on all of them, rate {},",
        shortest(RATE)
    )?;
    writeln!(out, "{held_back} images to validate on, seed {seed}\n")?;
    let net = ThreeNet::new([784, 200, 80, 10], &mut Rng::new(seed));
    compare(&net, &few, &validation, &test, steps, options, out)
}

/// Trains the net with each λ, and prints its losses and accuracies.
pub(crate) fn compare(
    start: &ThreeNet<f32>,
    few: &Digits<'_>,
    validation: &Digits<'_>,
    test: &Digits<'_>,
    steps: usize,
    options: &Options,
    out: &mut dyn Write,
) -> Outcome {
    let header =
        ["lambda", "train loss", "validation loss", "validation accuracy", "test accuracy"];
    let mut table = Table::new(header);
    let progress = Progress::new("lambda", 1..=LAMBDAS.len(), options.quiet());
    for lambda in LAMBDAS {
        let mut net = start.clone();
        for _ in 0..steps {
            few.epoch(&mut net, few.len(), lambda);
        }
        let [train, validated, tested] =
            [few, validation, test].map(|digits| digits.evaluate(&net));
        table.row([
            shortest(lambda),
            fixed(train.loss, 4),
            fixed(validated.loss, 4),
            validation.uncertain(validated.accuracy),
            test.uncertain(tested.accuracy),
        ]);
        progress.add(1.0, "")?;
    }
    drop(progress);
    write!(out, "{}", table.draw(options.style))?;
    Ok(())
}
