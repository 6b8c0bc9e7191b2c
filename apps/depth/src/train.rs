//! The runs: one for each number of layers and each start.

use console::{Causes, Outcome, Progress, share};
use datasets::{Iris, SPECIES};
use matrix::{Matrix, Rng};
use nets::metrics::{accuracy, predictions};
use nets::{DeepNet, Init};

/// The losses of this many iterations are averaged into one point of the curve.
pub(crate) const AVERAGED: usize = 100;

/// The constants of a run.
#[derive(Clone, Copy)]
pub(crate) struct Settings {
    pub hidden: usize,
    pub iterations: usize,
    pub rate: f64,
    pub lambda: f64,
    pub seed: u64,
}

/// Four fifths of the flowers, drawn at random, and the others: the same split as that of
/// `cargo run -p iris` for this seed, which draws two nets before it splits the flowers.
pub(crate) fn split(iris: &Iris, seed: u64) -> [Iris; 2] {
    let mut rng = Rng::new(seed);
    DeepNet::<f64>::new(&[4, 20, 20, SPECIES.len()], Init::Small, &mut rng);
    DeepNet::<f64>::new(&[4, SPECIES.len()], Init::Small, &mut rng);
    iris.split(0.8, &mut rng)
}

/// The height of the plateau: the entropy of the shares of the species (chapter 4).
pub(crate) fn plateau(y: &Matrix) -> f64 {
    let shares = y.sum_of_rows() / y.rows() as f64;
    -shares.map(|q| q * q.ln()).sum()
}

/// A run at its end.
pub(crate) struct Run {
    /// The means of [`AVERAGED`] losses each.
    pub losses: Vec<f64>,
    /// The loss after the last step.
    pub last: f64,
    /// The height of the plateau, and the first iteration whose loss was below 0.9 times this.
    pub plateau: f64,
    pub below: Option<usize>,
    /// The accuracy of the last net on the flowers to train on and on those to test on.
    pub train: f64,
    pub test: f64,
}

impl Run {
    /// Whether the loss has fallen to less than half of the plateau.
    pub(crate) fn has_learned(&self) -> bool {
        self.last < 0.5 * self.plateau
    }
}

/// A net of `layers` layers. All start from the same random numbers.
pub(crate) fn start(settings: Settings, init: Init, layers: usize) -> DeepNet {
    let mut sizes = vec![settings.hidden; layers + 1];
    (sizes[0], sizes[layers]) = (4, SPECIES.len());
    DeepNet::new(&sizes, init, &mut Rng::new(settings.seed))
}

/// ‖∇W¹‖ before the first step.
pub(crate) fn first_norm(settings: Settings, init: Init, layers: usize, train: &Iris) -> f64 {
    let net = start(settings, init, layers);
    let a0 = &train.features;
    let grads = net.backward(a0, &net.forward(a0), &train.one_hot());
    grads.dw[0].norm_squared().sqrt()
}

fn train_one(
    settings: Settings,
    init: Init,
    layers: usize,
    [train, test]: [&Iris; 2],
    progress: &Progress,
) -> Outcome<Run> {
    let Settings { iterations, rate, lambda, .. } = settings;
    let causes = Causes::new(rate, lambda);
    let mut net = start(settings, init, layers);
    let (mut losses, mut total, mut below) = (Vec::new(), 0.0, None);
    let (a0, y) = (&train.features, train.one_hot());
    let plateau = plateau(&y);
    for i in 1..=iterations {
        let acts = net.forward(a0);
        let place = format_args!("{layers} layers, iteration {i}");
        let loss = DeepNet::data_loss(&acts, &y);
        total += causes.check(loss, place, i - 1)?;
        if below.is_none() && loss < 0.9 * plateau {
            below = Some(i);
        }
        let grads = net.backward(a0, &acts, &y);
        net.update(&grads, rate, lambda);
        if i % AVERAGED == 0 || i == iterations {
            losses.push(total / ((i - 1) % AVERAGED + 1) as f64);
            total = 0.0;
        }
        progress.add(1.0 / iterations as f64, "")?;
    }
    let last = DeepNet::data_loss(&net.forward(a0), &y);
    // J contains the weights, so this checks that they are finite too.
    let place = format_args!("{layers} layers, after the last iteration");
    causes.check(last + net.reg_loss(lambda), place, iterations)?;
    let accuracy_on = |flowers: &Iris| {
        accuracy(&predictions(&net.forward(&flowers.features).probs), &flowers.species)
    };
    let [train, test] = [train, test].map(accuracy_on);
    Ok(Run { losses, last, plateau, below, train, test })
}

/// All runs: for each start one with each number of layers.
pub(crate) fn train_all(
    settings: Settings,
    inits: &[Init],
    layers: &[usize],
    flowers: [&Iris; 2],
    quiet: bool,
) -> Outcome<Vec<Run>> {
    let nets: Vec<(Init, usize)> =
        inits.iter().flat_map(|&init| layers.iter().map(move |&l| (init, l))).collect();
    let progress = Progress::new("net", 1..=nets.len(), quiet);
    share(nets.into_iter(), matrix::threads(), |(init, layers)| {
        train_one(settings, init, layers, flowers, &progress)
    })
}
