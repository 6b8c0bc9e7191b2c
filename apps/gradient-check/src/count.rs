//! What training costs without `backward`: the end of chapter 0, "Why backwards".

use console::{Outcome, Style, Table, fixed};
use matrix::{Matrix, Rng};
use nets::gradient_check::central_difference;
use nets::{ThreeNet, TwoNet};
use std::cell::Cell;
use std::io::Write;

const STEPS: usize = 2000;
const RATE: f64 = 0.1;

/// Trains TwoNet on XOR twice from the same start, with the gradients of eq. 0.9 and with those of
/// `backward`. Prints the number of passes, and what eq. 0.9 would cost on MNIST.
pub(crate) fn count(epsilon: f64, rng: &mut Rng, style: Style, out: &mut dyn Write) -> Outcome {
    let a0 = Matrix::from_rows([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]);
    let y = Matrix::one_hot(&[0, 1, 1, 0], 2);
    let start = TwoNet::new([2, 6, 2], rng);
    let size = |params: &[[&Matrix; 2]]| -> usize {
        params.iter().flatten().map(|p| p.as_slice().len()).sum()
    };
    let passes = Cell::new(0);
    let loss = |net: &TwoNet| {
        passes.set(passes.get() + 1);
        TwoNet::data_loss(&net.forward(&a0), &y)
    };
    // The derivative of the loss with respect to W or b of a layer; the rest of the net is fixed.
    let difference = |net: &TwoNet, layer: usize, which: usize| {
        central_difference(net.params()[layer][which], epsilon, |moved| {
            let mut net = net.clone();
            net.params_mut()[layer][which].clone_from(moved);
            loss(&net)
        })
    };

    let mut by_differences = start.clone();
    for _ in 0..STEPS {
        let grads = [0, 1].map(|layer| [0, 1].map(|w| difference(&by_differences, layer, w)));
        for (p, g) in by_differences.params_mut().into_iter().flatten().zip(grads.iter().flatten())
        {
            p.zip_apply(g, |p, g| p - RATE * g);
        }
    }
    let counted = passes.take();
    let mut by_backward = start.clone();
    for _ in 0..STEPS {
        let acts = by_backward.forward(&a0);
        let grads = by_backward.backward(&a0, &acts, &y);
        by_backward.update(&grads, RATE, 0.0);
    }
    let pairs = by_differences.params().into_iter().flatten();
    let away = pairs.zip(by_backward.params().into_iter().flatten()).fold(0.0, |away, (p, q)| {
        (p - q).as_slice().iter().fold(away, |away: f64, d| away.max(d.abs()))
    });

    let n = size(&start.params());
    writeln!(out, "TwoNet 2-6-2 learns XOR: {n} weights and biases, {STEPS} steps, rate {RATE}\n")?;
    let mut table = Table::new(["gradients by", "passes of a step", "of the run", "loss"]);
    table.row([
        "eq. 0.9",
        &(counted / STEPS).to_string(),
        &counted.to_string(),
        &fixed(loss(&by_differences), 4),
    ]);
    table.row([
        "backward",
        "1 forward, 1 back",
        &(2 * STEPS).to_string(),
        &fixed(loss(&by_backward), 4),
    ]);
    writeln!(out, "{}", table.draw(style))?;
    writeln!(out, "largest difference of a weight or bias at the end: {away:.1e}\n")?;

    let sizes = [784, 200, 80, 10];
    let n = size(&ThreeNet::<f64>::new(sizes, rng).params());
    // Multiplications for a sample. The backward pass takes two products for a layer, and one for
    // the first.
    let products: Vec<usize> = sizes.windows(2).map(|pair| pair[0] * pair[1]).collect();
    let forward: usize = products.iter().sum();
    let both = 3 * forward - products[0];
    let share = both as f64 / forward as f64;
    writeln!(out, "ThreeNet 784-200-80-10 on MNIST has {n} weights and biases. A step")?;
    writeln!(out, "by eq. 0.9 takes {} passes forward. One pass forward and one back", 2 * n)?;
    writeln!(out, "cost as much as {share:.1}: {:.0} times less.", 2.0 * n as f64 / share)?;
    Ok(())
}
