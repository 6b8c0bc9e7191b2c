//! The runs: ThreeNet and softmax regression on one random split, or both on many.

use console::{Diverged, Progress, for_seeds};
use datasets::{Iris, SPECIES, select, split};
use matrix::{Matrix, Rng};
use nets::metrics::{accuracy, predictions};
use nets::{SoftmaxRegression, ThreeNet};

/// The losses of so many iterations are averaged into one point of the curve, and the training
/// accuracy is taken after them, as in the tutorial.
pub(crate) const AVERAGED: usize = 100;

/// The constants of a run.
#[derive(Clone, Copy)]
pub(crate) struct Settings {
    pub hidden: [usize; 2],
    pub iterations: usize,
    pub rate: f64,
    pub lambda: f64,
    pub printed_update: bool,
    pub baseline_iterations: usize,
    pub baseline_rate: f64,
    pub baseline_lambda: f64,
    pub train_share: f64,
}

/// Flowers to train or to test on: features, one-hot species, species.
pub(crate) struct Flowers {
    pub a0: Matrix,
    pub y: Matrix,
    pub species: Vec<usize>,
}

/// What a net achieves on one split.
pub(crate) struct Run {
    pub losses: Vec<f64>,
    pub train_accuracies: Vec<f64>,
    pub best_train: f64,
    /// The data loss on the training flowers and the regulariser after the last step.
    pub loss: f64,
    pub reg_loss: f64,
    /// The species that the best net predicts for the test flowers.
    pub predicted: Vec<usize>,
    pub test: f64,
}

/// What a seed stands for: the two nets before training, and a random split of the flowers.
pub(crate) struct Start {
    pub net: ThreeNet,
    pub baseline: SoftmaxRegression,
    pub train: Flowers,
    pub test: Flowers,
}

impl Start {
    pub(crate) fn new(settings: Settings, iris: &Iris, seed: u64) -> Self {
        let mut rng = Rng::new(seed);
        let [h1, h2] = settings.hidden;
        let net = ThreeNet::new([4, h1, h2, 3], &mut rng);
        let baseline = SoftmaxRegression::new([4, 3], &mut rng);
        let (train, test) = split(iris.species.len(), settings.train_share, &mut rng);
        let flowers = |indices: &[usize]| {
            let species: Vec<usize> = indices.iter().map(|&i| iris.species[i]).collect();
            let y = Matrix::one_hot(&species, SPECIES.len());
            Flowers { a0: select(&iris.features, indices), y, species }
        };
        Self { net, baseline, train: flowers(&train), test: flowers(&test) }
    }
}

/// Trains ThreeNet as the tutorial does.
pub(crate) fn train_three_net(
    settings: Settings,
    start: &Start,
    mut progress: impl FnMut(usize, f64, f64),
) -> Result<Run, Diverged> {
    let Settings { iterations, rate, lambda, printed_update, .. } = settings;
    let Start { train, test, .. } = start;
    let mut net = start.net.clone();
    let (mut losses, mut train_accuracies, mut total) = (Vec::new(), Vec::new(), 0.0);
    let (mut best, mut best_train) = (net.clone(), 0.0);
    for i in 1..=iterations {
        let acts = net.forward(&train.a0);
        let loss = ThreeNet::data_loss(&acts, &train.y);
        total += Diverged::check(loss, format_args!("ThreeNet, iteration {i}"), "--rate")?;
        let grads = net.backward(&train.a0, &acts, &train.y);
        let (b2, b3) = (net.b2.clone(), net.b3.clone());
        net.update(&grads, rate, lambda);
        if printed_update {
            (net.b2, net.b3) = (b2 * (1.0 - rate), b3 * (1.0 - rate)); // docs/errata.md, error 8
        }
        if i % AVERAGED == 0 || i == iterations {
            losses.push(total / ((i - 1) % AVERAGED + 1) as f64);
            total = 0.0;
            let accuracy = accuracy(&predictions(&net.forward(&train.a0).probs), &train.species);
            train_accuracies.push(accuracy);
            // Of equals the latest is kept.
            if accuracy >= best_train {
                (best, best_train) = (net.clone(), accuracy);
            }
            progress(i, losses[losses.len() - 1], accuracy);
        }
    }
    let loss = ThreeNet::data_loss(&net.forward(&train.a0), &train.y);
    let reg_loss = net.reg_loss(lambda);
    let predicted = predictions(&best.forward(&test.a0).probs);
    let test = accuracy(&predicted, &test.species);
    Ok(Run { losses, train_accuracies, best_train, loss, reg_loss, predicted, test })
}

/// Trains softmax regression. Its J has one minimum and falls all the way, so the last net is kept
/// and not the best one on the way. It is far from the minimum after 10 000 iterations (chapter 4).
pub(crate) fn train_softmax_regression(settings: Settings, start: &Start) -> Result<Run, Diverged> {
    let Settings { baseline_iterations, baseline_rate, baseline_lambda, .. } = settings;
    let Start { train, test, .. } = start;
    let mut net = start.baseline.clone();
    let mut losses = Vec::new();
    for i in 1..=baseline_iterations {
        let acts = net.forward(&train.a0);
        let loss = SoftmaxRegression::data_loss(&acts, &train.y);
        let place = format_args!("softmax regression, iteration {i}");
        losses.push(Diverged::check(loss, place, "--baseline-rate")?);
        let grads = net.backward(&train.a0, &acts, &train.y);
        net.update(&grads, baseline_rate, baseline_lambda);
    }
    let acts = net.forward(&train.a0);
    let loss = SoftmaxRegression::data_loss(&acts, &train.y);
    let reg_loss = net.reg_loss(baseline_lambda);
    let best_train = accuracy(&predictions(&acts.probs), &train.species);
    let train_accuracies = vec![best_train];
    let predicted = predictions(&net.forward(&test.a0).probs);
    let test = accuracy(&predicted, &test.species);
    Ok(Run { losses, train_accuracies, best_train, loss, reg_loss, predicted, test })
}

/// What ThreeNet and softmax regression achieve on each of `splits` random splits. The losses, which
/// would be a great deal of memory, are not kept.
pub(crate) fn train_many(
    settings: Settings,
    iris: &Iris,
    first_seed: u64,
    splits: usize,
    quiet: bool,
) -> Result<Vec<(Run, Run)>, Diverged> {
    let progress = Progress::new("split", 1..=splits, quiet);
    for_seeds(first_seed, splits, matrix::threads(), progress, |seed| {
        let start = Start::new(settings, iris, seed);
        let short = |run: Run| Run { losses: Vec::new(), ..run };
        let net = train_three_net(settings, &start, |_, _, _| ())?;
        Ok((short(net), short(train_softmax_regression(settings, &start)?)))
    })
}
