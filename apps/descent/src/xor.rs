//! TwoNet on XOR: J has more than one valley, and not every start reaches the right one.

use crate::sweep::{in_parallel, rates, spread, sweep};
use console::text::Count;
use console::{Options, Outcome, Table, shortest};
use matrix::{Matrix, Rng};
use nets::TwoNet;
use nets::descent::{Descent, Rule};
use std::io::Write;

const LAMBDA: f64 = 1e-3;

/// A run at its end.
pub(crate) struct Run {
    /// The number of steps until the data loss is below 0.1, where all four rows are right.
    pub steps: Option<usize>,
    /// The number of relus that are dead at the start, and how many of these are not at the end.
    pub dead: usize,
    pub revived: usize,
}

pub(crate) fn run_one(rule: Rule, rate: f64, seed: u64, iterations: usize) -> Run {
    let a0 = Matrix::from_rows([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]);
    let y = Matrix::one_hot(&[0, 1, 1, 0], 2);
    let mut net = TwoNet::<f64>::new([2, 6, 2], &mut Rng::new(seed));
    let dead = |net: &TwoNet| -> Vec<bool> {
        let z1 = net.forward(&a0).z1;
        (0..z1.cols()).map(|unit| z1.iter_rows().all(|row| row[unit] < 0.0)).collect()
    };
    let born_dead = dead(&net);
    let mut descent = Descent::new(rule, net.params());
    let mut steps = None;
    for i in 0..=iterations {
        let acts = net.forward(&a0);
        if TwoNet::data_loss(&acts, &y) < 0.1 {
            steps = Some(i);
            break;
        }
        let grads = net.backward(&a0, &acts, &y);
        descent.step(net.params_mut(), grads.params(), rate, LAMBDA);
    }
    let revived = born_dead.iter().zip(dead(&net)).filter(|&(&before, after)| before && !after);
    Run { steps, dead: born_dead.iter().filter(|&&dead| dead).count(), revived: revived.count() }
}

pub(crate) fn run(options: &Options, out: &mut dyn Write) -> Outcome {
    let iterations = options.get("iterations", 1..=1_000_000)?;
    let (seed, seeds) = (options.seed()?, options.get("seeds", 1..=1000)?);
    let runs = Count(seeds, "seed");
    writeln!(out, "TwoNet learns XOR: 2-6-2, lambda {}, {runs} from {seed} on,", shortest(LAMBDA))?;
    writeln!(out, "steps until the data loss is below 0.1, {iterations} at most\n")?;
    let all: Vec<u64> = (0..seeds).map(|i| seed.wrapping_add(i as u64)).collect();
    let best = sweep(&rates(-3, 12), &all, options.quiet(), |rule, rate, &seed, _| {
        Some(run_one(rule, rate, seed, iterations).steps.unwrap_or(10 * iterations) as f64)
    })?;
    let mut table =
        Table::new(["rule", "rate", "seeds that learn", "steps", "of all seeds", "revived"]);
    for (name, rule, rate) in best {
        let runs = in_parallel("seed", &all, true, |&seed| run_one(rule, rate, seed, iterations))?;
        let steps: Vec<Option<usize>> = runs.iter().map(|run| run.steps).collect();
        let learned = steps.iter().flatten().count().to_string();
        let [middle, range] = spread(steps, iterations);
        let sum = |of: fn(&Run) -> usize| runs.iter().map(of).sum::<usize>();
        let revived = format!("{} of {}", sum(|run| run.revived), sum(|run| run.dead));
        table.row([name.into(), shortest(rate), learned, middle, range, revived]);
    }
    writeln!(out, "{}", table.draw(options.style))?;
    writeln!(
        out,
        "revived: of the relus that are dead at the start, those that are not at the end"
    )?;
    Ok(())
}
