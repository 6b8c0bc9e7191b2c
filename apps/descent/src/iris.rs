//! Softmax regression on Iris, whose J has one minimum that Newton's steps find.

use crate::sweep::{in_parallel, rates, spread, sweep};
use console::text::Count;
use console::{Options, Outcome, Table, fixed, shortest, significant};
use datasets::{SPECIES, standardise};
use matrix::{Matrix, Rng};
use nets::SoftmaxRegression;
use nets::descent::{Descent, Rule};
use nets::newton::{hessian, newton, solve};
use std::io::Write;

/// The λ of softmax regression in `cargo run -p iris`.
pub(crate) const LAMBDA: f64 = 2e-4;

/// A run whose J is this far above J_min has diverged and is stopped.
const DIVERGED: f64 = 100.0;

/// The number of seeds by which the rates are chosen.
const SWEPT: usize = 3;

/// The number of Newton's steps from the start; J no longer changes after them.
const NEWTON: usize = 20;

/// The flowers of a split, the net before training, and where its J has its minimum.
pub(crate) struct Bed {
    pub x: Matrix,
    pub y: Matrix,
    pub start: SoftmaxRegression,
    pub minimum: SoftmaxRegression,
    pub least: f64,
    /// J after each of Newton's steps, from the start on.
    pub newton: Vec<f64>,
}

impl Bed {
    pub(crate) fn new(iris: &datasets::Iris, standard: bool, seed: u64) -> Self {
        let mut rng = Rng::new(seed);
        let start = SoftmaxRegression::new([4, SPECIES.len()], &mut rng);
        let [train, test] = iris.split(0.8, &mut rng);
        let (y, mut x) = (train.one_hot(), train.features);
        if standard {
            x = standardise(&x, &test.features).0;
        }
        let (mut minimum, mut j) = (start.clone(), Vec::new());
        for _ in 0..NEWTON {
            j.push(minimum.loss(&minimum.forward(&x), &y, LAMBDA));
            newton(&mut minimum, &x, &y, LAMBDA);
        }
        let least = minimum.loss(&minimum.forward(&x), &y, LAMBDA);
        Self { x, y, start, minimum, least, newton: j }
    }

    /// The least and the largest curvature of J at its minimum, without the direction in which it has none.
    pub(crate) fn curvatures(&self) -> [f64; 2] {
        let h = hessian(&self.minimum, &self.x, LAMBDA);
        let start = Matrix::normal(1, h.rows(), 1.0, &mut Rng::new(0));
        let inverse = |v: &Matrix| solve(h.clone(), v.clone(), SPECIES.len());
        [1.0 / largest(&start, inverse), largest(&start, |v| v.dot(&h))]
    }

    /// How many steps take J − J_min below 1e-3 and below 1e-6, and J − J_min after the last; nothing if it
    /// diverges.
    pub(crate) fn run(&self, rule: Rule, rate: f64, iterations: usize) -> Option<Run> {
        let mut net = self.start.clone();
        let mut descent = Descent::new(rule, net.params());
        let mut steps = [None; 2];
        for i in 0.. {
            let acts = net.forward(&self.x);
            let above = net.loss(&acts, &self.y, LAMBDA) - self.least;
            for (steps, goal) in steps.iter_mut().zip([1e-3, 1e-6]) {
                if steps.is_none() && above < goal {
                    *steps = Some(i);
                }
            }
            let diverged = above.is_nan() || above > DIVERGED;
            if i == iterations || steps[1].is_some() || diverged {
                return (!diverged).then_some(Run { steps, above });
            }
            let grads = net.backward(&self.x, &acts, &self.y);
            descent.step(net.params_mut(), grads.params(), rate, LAMBDA);
        }
        None
    }
}

pub(crate) struct Run {
    pub steps: [Option<usize>; 2],
    pub above: f64,
}

impl Run {
    /// The cost of a run: its steps until J − J_min is below 1e-6. A run that does not get there
    /// costs more, the further above it ends.
    pub(crate) fn cost(&self, iterations: usize) -> f64 {
        let missing = (1.0 + self.above / 1e-6).log10();
        self.steps[1].map_or(iterations as f64 * (1.0 + missing), |steps| steps as f64)
    }
}

/// The eigenvalue of the largest size of a symmetric matrix, by power iteration.
fn largest(start: &Matrix, times: impl Fn(&Matrix) -> Matrix) -> f64 {
    let mut v = start.clone();
    let mut norm = 0.0;
    for _ in 0..1000 {
        v = times(&v);
        norm = v.norm_squared().sqrt();
        v = v / norm;
    }
    norm
}

pub(crate) fn run(options: &Options, out: &mut dyn Write) -> Outcome {
    let iterations = options.get("iterations", 1..=1_000_000)?;
    let (seed, seeds) = (options.seed()?, options.get("seeds", 1..=1000)?);
    let iris = datasets::iris(&datasets::iris_path())?;
    let runs = Count(seeds, "seed");
    writeln!(out, "softmax regression on Iris, 120 flowers, lambda {}:", shortest(LAMBDA))?;
    writeln!(out, "steps until J - J_min is small, {runs} from {seed} on, {iterations} at most")?;
    for (standard, name) in [(false, "features as they are"), (true, "features standardised")] {
        let bed = |i: usize| Bed::new(&iris, standard, seed.wrapping_add(i as u64));
        let beds: Vec<Bed> = (0..seeds).map(bed).collect();
        let [least, most] = beds[0].curvatures();
        let j_min = fixed(beds[0].least, 4);
        let [from, to] = [least, most].map(|a| significant(a, 3));
        writeln!(out, "\n{name}, seed {seed}: J_min {j_min}, curvatures {from} to {to},")?;
        let edge = significant(2.0 / most, 3);
        writeln!(out, "condition number {:.0}, edge of plain descent {edge}", most / least)?;
        let tried = &beds[..seeds.min(SWEPT)];
        let best = sweep(&rates(-1, 8), tried, options.quiet(), |rule, rate, bed, limit| {
            // A run costs at least as much as it has steps.
            let most = iterations.min(limit as usize);
            let run = bed.run(rule, rate, most)?;
            (most == iterations || run.steps[1].is_some()).then(|| run.cost(iterations))
        })?;
        let header = ["rule", "rate", "< 1e-3", "of all seeds", "< 1e-6", "of all seeds", "left"];
        let mut table = Table::new(header);
        let runs: Vec<_> =
            best.iter().flat_map(|best| beds.iter().map(move |bed| (best, bed))).collect();
        let runs = in_parallel("run", &runs, options.quiet(), |((_, rule, rate), bed)| {
            bed.run(*rule, *rate, iterations)
        })?;
        for ((name, _, rate), runs) in best.iter().zip(runs.chunks(seeds)) {
            let steps = |goal: usize| {
                let steps = runs.iter().map(|run| run.as_ref().and_then(|run| run.steps[goal]));
                spread(steps.collect(), iterations)
            };
            let ([middle, range], [middle6, range6]) = (steps(0), steps(1));
            let mut left: Vec<f64> = runs
                .iter()
                .map(|run| run.as_ref().map_or(f64::INFINITY, |run| run.above))
                .collect();
            left.sort_by(f64::total_cmp);
            let left = match left[seeds / 2] {
                ..1e-6 => "-".into(),
                left => format!("{left:.1e}"),
            };
            table.row([(*name).into(), shortest(*rate), middle, range, middle6, range6, left]);
        }
        let steps = |goal: f64| {
            let steps = beds.iter().map(|bed| bed.newton.iter().position(|j| j - bed.least < goal));
            spread(steps.collect(), NEWTON)
        };
        let ([middle, range], [middle6, range6]) = (steps(1e-3), steps(1e-6));
        table.row(["Newton".into(), "-".into(), middle, range, middle6, range6, "-".into()]);
        write!(out, "{}", table.draw(options.style))?;
    }
    Ok(())
}
