//! The runs: ThreeNet and softmax regression on one random split, or both on many.

use console::{Causes, Outcome, Progress, for_seeds};
use datasets::Iris;
use matrix::Rng;
use nets::metrics::{accuracy, predictions};
use nets::{Init, SoftmaxRegression, ThreeNet};

/// The losses of this many iterations are averaged into one point of the curve, and the training
/// accuracy is taken after them, as in the tutorial.
const AVERAGED: usize = 100;

/// The iterations at which starts are compared.
pub(crate) const SHOWN: [usize; 5] = [1, 100, 300, 1000, 10_000];

/// The constants of a run.
#[derive(Clone, Copy, PartialEq)]
pub(crate) struct Settings {
    pub hidden: [usize; 2],
    pub iterations: usize,
    pub rate: f64,
    pub lambda: f64,
    pub init: Init,
    pub printed_update: bool,
    pub baseline_iterations: usize,
    pub baseline_rate: f64,
    pub baseline_lambda: f64,
    pub train_share: f64,
}

impl Settings {
    /// The tutorial's constants. Softmax regression has a larger rate and takes a hundredth of the
    /// tutorial's steps (`docs/results.md`).
    pub(crate) const PUBLISHED: Settings = Settings {
        hidden: [20, 20],
        iterations: 10_000,
        rate: 0.05,
        lambda: 1e-3,
        init: Init::Small,
        printed_update: false,
        baseline_iterations: 10_000,
        baseline_rate: 0.05,
        baseline_lambda: 2e-4,
        train_share: 0.8,
    };
}

/// The results of a net on one split.
pub(crate) struct Run {
    pub losses: Vec<f64>,
    /// The data losses before the iterations [`SHOWN`].
    pub shown: Vec<f64>,
    pub train_accuracies: Vec<f64>,
    pub best_train: f64,
    /// The data loss on the training flowers before the first step and after the last, and the
    /// regulariser then.
    pub first: f64,
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
    pub train: Iris,
    pub test: Iris,
}

impl Start {
    pub(crate) fn new(settings: Settings, iris: &Iris, seed: u64) -> Self {
        let mut rng = Rng::new(seed);
        let [h1, h2] = settings.hidden;
        // Drawn even if another start replaces it, so that a seed always splits the flowers alike.
        let mut net = ThreeNet::new([4, h1, h2, 3], &mut rng);
        if settings.init != Init::Small {
            let rng = &mut Rng::new(seed);
            let layers = [[4, h1], [h1, h2], [h2, 3]].map(|sizes| settings.init.layer(sizes, rng));
            let [(w1, b1), (w2, b2), (w3, b3)] = layers;
            net = ThreeNet { w1, b1, w2, b2, w3, b3 };
        }
        let baseline = SoftmaxRegression::new([4, 3], &mut rng);
        let [train, test] = iris.split(settings.train_share, &mut rng);
        Self { net, baseline, train, test }
    }

    /// The norms of the gradients before the first step: ‖∇W¹‖, ‖∇b¹‖, ‖∇W²‖, …
    pub(crate) fn norms(&self) -> Vec<f64> {
        let (net, a0) = (&self.net, &self.train.features);
        let grads = net.backward(a0, &net.forward(a0), &self.train.one_hot());
        grads.params().as_flattened().iter().map(|grad| grad.norm_squared().sqrt()).collect()
    }
}

/// A point of the curve: the mean of the losses, and the training accuracy.
pub(crate) type Point = (f64, f64);

/// Trains ThreeNet as the tutorial does. `report` gets each iteration, and the point of the curve that
/// ends with it; a loss that is not finite is in the last one.
pub(crate) fn train_three_net(
    settings: Settings,
    start: &Start,
    mut report: impl FnMut(usize, Option<Point>) -> Outcome,
) -> Outcome<Run> {
    let Settings { iterations, rate, lambda, printed_update, .. } = settings;
    let Start { train, test, .. } = start;
    let (a0, y) = (&train.features, train.one_hot());
    let causes = causes(("--rate", rate), ("--lambda", lambda), train);
    let mut net = start.net.clone();
    let (mut losses, mut train_accuracies, mut total) = (Vec::new(), Vec::new(), 0.0);
    let (mut best, mut best_train, mut shown) = (net.clone(), 0.0, Vec::new());
    for i in 1..=iterations {
        let acts = net.forward(a0);
        let loss = ThreeNet::data_loss(&acts, &y);
        let place = format_args!("ThreeNet, iteration {i}");
        let checked = causes.check(loss, place, i - 1);
        total += loss;
        if SHOWN.contains(&i) {
            shown.push(loss);
        }
        if checked.is_ok() {
            let grads = net.backward(a0, &acts, &y);
            let (b2, b3) = (net.b2.clone(), net.b3.clone());
            net.update(&grads, rate, lambda);
            if printed_update {
                // docs/errata.md, error 8
                (net.b2, net.b3) = (b2 * (1.0 - rate), b3 * (1.0 - rate));
            }
        }
        let mut point = None;
        if i % AVERAGED == 0 || i == iterations || checked.is_err() {
            losses.push(total / ((i - 1) % AVERAGED + 1) as f64);
            total = 0.0;
            let accuracy = accuracy(&predictions(&net.forward(a0).probs), &train.species);
            train_accuracies.push(accuracy);
            // In case of a tie the latest is the best.
            if accuracy >= best_train {
                (best, best_train) = (net.clone(), accuracy);
            }
            point = Some((losses[losses.len() - 1], accuracy));
        }
        report(i, point)?;
        checked?;
    }
    let (first, loss) = (shown[0], ThreeNet::data_loss(&net.forward(a0), &y));
    let reg_loss = net.reg_loss(lambda);
    // J contains the weights, so this checks that they are finite too.
    let place = "ThreeNet, after the last iteration";
    causes.check(loss + reg_loss, place, iterations)?;
    let predicted = predictions(&best.forward(&test.features).probs);
    let test = accuracy(&predicted, &test.species);
    Ok(Run { losses, shown, train_accuracies, best_train, first, loss, reg_loss, predicted, test })
}

/// Trains softmax regression. Its J has one minimum and falls with each step, so the last net
/// counts and not the best one seen in training. It is far from the minimum after 10 000 iterations
/// (chapter 2). `report` gets the loss of each iteration.
pub(crate) fn train_softmax_regression(
    settings: Settings,
    start: &Start,
    mut report: impl FnMut(f64) -> Outcome,
) -> Outcome<Run> {
    let Settings { baseline_iterations: iterations, baseline_rate, baseline_lambda, .. } = settings;
    let Start { train, test, .. } = start;
    let (a0, y) = (&train.features, train.one_hot());
    let decay = ("--baseline-lambda", baseline_lambda);
    let causes = causes(("--baseline-rate", baseline_rate), decay, train);
    let mut net = start.baseline.clone();
    let mut losses = Vec::new();
    for i in 1..=iterations {
        let acts = net.forward(a0);
        let loss = SoftmaxRegression::data_loss(&acts, &y);
        let place = format_args!("softmax regression, iteration {i}");
        losses.push(causes.check(loss, place, i - 1)?);
        let grads = net.backward(a0, &acts, &y);
        net.update(&grads, baseline_rate, baseline_lambda);
        report(loss)?;
    }
    let acts = net.forward(a0);
    let loss = SoftmaxRegression::data_loss(&acts, &y);
    let reg_loss = net.reg_loss(baseline_lambda);
    let place = "softmax regression, after the last iteration";
    causes.check(loss + reg_loss, place, iterations)?;
    let best_train = accuracy(&predictions(&acts.probs), &train.species);
    let (train_accuracies, first, shown) = (vec![best_train], losses[0], Vec::new());
    let predicted = predictions(&net.forward(&test.features).probs);
    let test = accuracy(&predicted, &test.species);
    Ok(Run { losses, shown, train_accuracies, best_train, first, loss, reg_loss, predicted, test })
}

/// The possible causes of a loss that is not finite.
fn causes(rate: (&'static str, f64), decay: (&'static str, f64), train: &Iris) -> Causes {
    let largest = train.features.as_slice().iter().fold(0.0, |most, x| x.abs().max(most));
    Causes { rate, decay, inputs: ("dividing the features by a constant", largest) }
}

/// The results of ThreeNet and softmax regression on each of `splits` random splits. The losses are
/// left out, because they would take too much memory.
pub(crate) fn train_many(
    settings: Settings,
    iris: &Iris,
    first_seed: u64,
    splits: usize,
    quiet: bool,
) -> Outcome<Vec<(Run, Run)>> {
    let progress = Progress::new("split", 1..=splits, quiet);
    for_seeds(first_seed, splits, |seed| {
        let start = Start::new(settings, iris, seed);
        let short = |run: Run| Run { losses: Vec::new(), ..run };
        let all = settings.iterations + settings.baseline_iterations;
        let part = || Ok(progress.add(1.0 / all as f64, "")?);
        let net = train_three_net(settings, &start, |_, _| part())?;
        let baseline = train_softmax_regression(settings, &start, |_| part())?;
        Ok((short(net), short(baseline)))
    })
}

/// The results of ThreeNet alone on each of `splits` random splits.
pub(crate) fn train_three_nets(
    settings: Settings,
    iris: &Iris,
    first_seed: u64,
    splits: usize,
    quiet: bool,
) -> Outcome<Vec<Run>> {
    let progress = Progress::new(settings.init.name(), 1..=splits, quiet);
    for_seeds(first_seed, splits, |seed| {
        let part = 1.0 / settings.iterations as f64;
        let start = Start::new(settings, iris, seed);
        train_three_net(settings, &start, |_, _| Ok(progress.add(part, "")?))
    })
}
