//! Softmax regression on Iris at the minimum of J: which λ helps, over many splits.

use crate::digits::Said;
use console::{Options, Outcome, Progress, Table, fixed, for_seeds, percent, shortest};
use datasets::{Iris, SPECIES};
use matrix::Rng;
use nets::SoftmaxRegression;
use nets::metrics::predictions;
use nets::newton::newton;
use std::io::Write;

/// The largest first: Newton's steps for a λ start at the minimum of the one before.
pub(crate) const LAMBDAS: [f64; 6] = [1e-1, 1e-2, 1e-3, 2e-4, 1e-4, 1e-6];

/// The number of Newton's steps for each λ; J no longer changes after them.
const STEPS: usize = 12;

const SPLITS: usize = 200;

/// The net at the minimum of J for each λ, the flowers that it was trained on, and the others.
pub(crate) fn minima(iris: &Iris, seed: u64) -> (Vec<SoftmaxRegression>, [Iris; 2]) {
    let mut rng = Rng::new(seed);
    let mut net = SoftmaxRegression::new([4, SPECIES.len()], &mut rng);
    let sets = iris.split(0.8, &mut rng);
    let (x, y) = (&sets[0].features, sets[0].one_hot());
    let minimum = |lambda| {
        (0..STEPS).for_each(|_| newton(&mut net, x, &y, lambda));
        net.clone()
    };
    (LAMBDAS.map(minimum).into(), sets)
}

/// The predictions of a net for some flowers.
pub(crate) fn said(net: &SoftmaxRegression, flowers: &Iris) -> Said {
    let (acts, y) = (net.forward(&flowers.features), flowers.one_hot());
    let answers = predictions(&acts.probs).into_iter().enumerate();
    let sure = answers.map(|(i, k)| (acts.probs[(i, k)], y[(i, k)] == 1.0));
    Said::new(SoftmaxRegression::data_loss(&acts, &y), sure.collect())
}

pub(crate) fn run(options: &Options, out: &mut dyn Write) -> Outcome {
    let seed = options.seed()?;
    let iris = datasets::iris(&datasets::iris_path())?;
    writeln!(out, "softmax regression on Iris at the minimum of J: 120 flowers to train on,")?;
    writeln!(out, "30 to test on, the mean of {SPLITS} splits, seeds from {seed} on\n")?;
    let progress = Progress::new("split", 1..=SPLITS, options.quiet());
    let splits = for_seeds(seed, SPLITS, |seed| {
        let (nets, sets) = minima(&iris, seed);
        progress.add(1.0, "")?;
        let of = |net: &SoftmaxRegression| [said(net, &sets[0]), said(net, &sets[1])];
        Ok(nets.iter().map(of).collect::<Vec<_>>())
    })?;
    drop(progress);
    write!(out, "{}", table(&splits).draw(options.style))?;
    writeln!(out, "\nlowest in: in how many splits this lambda has the lowest test loss")?;
    writeln!(out, "all right: in how many all 30 test flowers are classified correctly")?;
    Ok(())
}

/// A row for each λ: the means over the splits. Each split has, for each λ, the predictions for the
/// flowers to train on and for the others.
pub(crate) fn table(splits: &[Vec<[Said; 2]>]) -> Table {
    let mut table = Table::new([
        "lambda",
        "train loss",
        "test loss",
        "lowest in",
        "all right",
        "test accuracy",
        "confidence",
    ]);
    for (l, lambda) in LAMBDAS.into_iter().enumerate() {
        let mean = |of: &dyn Fn(&[Said; 2]) -> f64| {
            splits.iter().map(|split| of(&split[l])).sum::<f64>() / splits.len() as f64
        };
        let lowest =
            |split: &&Vec<[Said; 2]>| split.iter().all(|[_, s]| split[l][1].loss <= s.loss);
        table.row([
            shortest(lambda),
            fixed(mean(&|[train, _]| train.loss), 4),
            fixed(mean(&|[_, test]| test.loss), 4),
            splits.iter().filter(lowest).count().to_string(),
            splits.iter().filter(|split| split[l][1].accuracy == 1.0).count().to_string(),
            percent(mean(&|[_, test]| test.accuracy)),
            percent(mean(&|[_, test]| test.confidence())),
        ]);
    }
    table
}
