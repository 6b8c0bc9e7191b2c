//! Small runs of the nets themselves, recorded while the book is written: one for each chapter with
//! numbers. A new chapter adds its function to [`record`].

use crate::ops::{Values, number};
use matrix::{Matrix, Rng};
use nets::descent::{Rule as Descent, adam, best_momentum, best_rate, momentum, plain};
use nets::metrics::predictions;
use nets::one_net::Rule;
use nets::{OneNet, SoftmaxRegression, ThreeNet, TwoNet};
use std::collections::BTreeMap;
use std::sync::OnceLock;

/// A run, at the iterations that are shown.
#[derive(Clone, Debug, Default)]
pub struct Recording {
    /// The task, in a few words.
    pub about: &'static str,
    /// The rules that are compared; empty for the net's own update.
    pub rules: &'static [&'static str],
    /// For rules: the lines that compute dw and the loss from w; empty for those of chapter 3's net.
    pub code: &'static [&'static str],
    /// For rules: the matrices that they change besides w.
    pub others: &'static [&'static str],
    /// The recorded iterations.
    pub moments: Vec<Moment>,
}

/// All numbers of one iteration.
#[derive(Clone, Debug)]
pub struct Moment {
    /// The number of steps taken before.
    pub iteration: usize,
    /// The letters as they are in this iteration. The result of an update has the number of its
    /// equation as its name; `w.adam` is the w of `fn adam`, where other functions have another w.
    pub values: Values,
    /// J, which the updates minimise, for each of the rules.
    pub losses: Vec<f64>,
    /// The predictions, next to the labels.
    pub predictions: String,
}

/// The runs of a chapter, recorded once in a process: they don't depend on the pages.
///
/// # Errors
/// If the data cannot be read.
pub fn record(chapter: u32) -> Result<&'static [Recording], &'static datasets::Error> {
    static RUNS: OnceLock<Result<BTreeMap<u32, Vec<Recording>>, datasets::Error>> = OnceLock::new();
    let all = || {
        let flowers = six_flowers()?;
        Ok(BTreeMap::from([
            (1, vec![one_net()]),
            (2, vec![softmax_regression(flowers.clone())]),
            (3, vec![two_net()]),
            (4, vec![three_net(flowers)]),
            (8, vec![quadratic(), rules_on_xor()]),
        ]))
    };
    Ok(RUNS.get_or_init(all).as_ref()?.get(&chapter).map_or(&[], Vec::as_slice))
}

/// The rules of chapter 8: the name of the function, the letters that it keeps from step to step, and the
/// equations of their new values and of that of w.
pub const RULES: [(&str, &[&str], &[&str]); 3] = [
    ("plain", &[], &["8.1"]),
    ("momentum", &["v"], &["8.3", "8.4"]),
    ("adam", &["m", "s"], &["8.7", "8.8", "8.10"]),
];

/// The curvatures of chapter 8's quadratic along x and along y.
const CURVATURES: [f64; 2] = [1.0, 25.0];

const GATE: [[f64; 2]; 4] = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]];

/// Variables under their names: numbers, matrices, or the matrices in a struct.
macro_rules! letters {
    (numbers $($name:ident)+) => { named([$((stringify!($name), number($name))),+]) };
    (matrices $($name:ident)+) => { named([$((stringify!($name), $name.clone())),+]) };
    (in $from:ident $($field:ident)+) => { named([$((stringify!($field), $from.$field.clone())),+]) };
}

/// The run of a net that ends in softmax: what it learns, its last step, the net, the name of the samples,
/// samples and labels, η, λ; its weights, activations and gradients; its updates with their equations.
macro_rules! softmax_run {
    ($about:expr, $last:expr, $net:ident $sizes:expr, $x:ident $data:expr, $eta:expr, $lambda:expr,
     [$($w:ident)+] [$($a:ident)+] [$($g:ident)+] [$($tag:literal $to:ident)+]) => {{
        let (($x, y), eta, lambda) = ($data, $eta, $lambda);
        let mut net = $net::new($sizes, &mut Rng::new(0));
        recorded($about, $last, || {
            let acts = net.forward(&$x);
            let grads = net.backward(&$x, &acts, &y);
            let (n, loss) = ($x.rows() as f64, net.loss(&acts, &y, lambda));
            let (data_loss, reg_loss) = ($net::data_loss(&acts, &y), net.reg_loss(lambda));
            let mut values = letters!(numbers n eta lambda data_loss reg_loss loss);
            values.extend(letters!(matrices $x y));
            values.extend(letters!(in net $($w)+));
            values.extend(letters!(in acts $($a)+));
            values.extend(letters!(in grads $($g)+));
            net.update(&grads, eta, lambda);
            values.extend(named([$(($tag, net.$to.clone())),+]));
            (values, predictions(&acts.probs), predictions(&y))
        })
    }};
}

/// OR, with the L2 rule. The results of the other rules for W are computed as well.
fn one_net() -> Recording {
    let (a0, y) = (Matrix::from_rows(GATE), Matrix::from_rows([[0.0], [1.0], [1.0], [1.0]]));
    let (eta, lambda) = (0.1, 0.001);
    let mut net = OneNet::new([2, 1], &mut Rng::new(0));
    recorded("OneNet learns OR", 10_000, || {
        let acts = net.forward(&a0);
        let grads = net.backward(&a0, &acts, &y);
        let updated = |rule| {
            let mut net = net.clone();
            net.update(&grads, eta, lambda, rule);
            net
        };
        let (m, data_loss) = (a0.rows() as f64, OneNet::data_loss(&acts, &y));
        let mut values = letters!(numbers m eta lambda data_loss);
        values.extend(letters!(matrices a0 y));
        values.extend(letters!(in net w1 b1));
        values.extend(letters!(in acts z1 h));
        values.extend(letters!(in grads dz1 dw1 db1));
        let (published, off) = (updated(Rule::Published), updated(Rule::Off));
        net = updated(Rule::L2);
        values.extend(named([("1.7", published.w1), ("1.8", net.w1.clone()), ("1.9", off.w1)]));
        values.extend(named([("1.10", net.b1.clone())]));
        let predicted = acts.h.as_slice().iter().map(|&h| usize::from(h > 0.5));
        (values, predicted.collect(), vec![0, 1, 1, 1])
    })
}

/// XOR, as `cargo run -p xor` trains it.
fn two_net() -> Recording {
    softmax_run!(
        "TwoNet learns XOR", 10_000, TwoNet [2, 6, 2],
        a0 (Matrix::from_rows(GATE), Matrix::one_hot(&[0, 1, 1, 0], 2)), 0.1, 0.001,
        [w1 b1 w2 b2] [z1 a1 z2 probs] [dz2 dw2 db2 da1 dz1 dw1 db1]
        ["3.15" w2 "3.16" b2 "3.17" w1 "3.18" b1]
    )
}

/// Six flowers, with hidden layers that fit on a page.
fn three_net(flowers: (Matrix, Matrix)) -> Recording {
    softmax_run!(
        "ThreeNet learns six flowers", 10_000, ThreeNet [4, 5, 4, 3], a0 flowers, 0.05, 0.001,
        [w1 b1 w2 b2 w3 b3] [z1 a1 z2 a2 z3 probs]
        [dz3 dw3 db3 da2 dz2 dw2 db2 da1 dz1 dw1 db1]
        ["4.21" w3 "4.22" b3 "4.23" w2 "4.24" b2 "4.25" w1 "4.26" b1]
    )
}

fn softmax_regression(flowers: (Matrix, Matrix)) -> Recording {
    softmax_run!(
        "softmax regression learns six flowers", 2000, SoftmaxRegression [4, 3], x flowers, 0.05, 0.0002,
        [w b] [z probs] [dz dw db] ["2.9" w "2.10" b]
    )
}

/// Two flowers of each species, and their labels.
fn six_flowers() -> Result<(Matrix, Matrix), datasets::Error> {
    let iris = datasets::iris(&datasets::iris_path())?;
    let flowers = [0, 1, 50, 51, 100, 101];
    let features = Matrix::from_fn(6, 4, |i, j| iris.features[(flowers[i], j)]);
    let species = flowers.map(|i| iris.species[i]);
    Ok((features, Matrix::one_hot(&species, 3)))
}

/// J = ½ (x² + 25 y²), as `cargo run -p descent` draws it: w is the row x, y.
fn quadratic() -> Recording {
    let [c1, c2] = CURVATURES;
    let [eta, mu] = best_momentum(c1, c2);
    let rules =
        [(Descent::Plain, best_rate(c1, c2)), (Descent::Momentum(mu), eta), (Descent::Adam, 0.1)];
    let c = Matrix::from_rows([[c1, c2]]);
    let run = Recording {
        about: "J = ½ (x² + 25 y²)",
        code: &["let dw = c.hadamard(&w);", "let loss = 0.5 * dw.hadamard(&w).sum();"],
        ..Recording::default()
    };
    let given = named([("c", c.clone()), ("lambda", number(0.0))]);
    side_by_side(run, 200, vec![Matrix::from_rows([[-1.0, 0.7]])], rules, given, |w| {
        let dw = c.hadamard(&w[0]);
        (0.5 * dw.hadamard(&w[0]).sum(), String::new(), vec![dw])
    })
}

/// XOR as in chapter 3, each rule at the rate that `cargo run -p descent -- --on xor` found: w is W⁽¹⁾.
fn rules_on_xor() -> Recording {
    let (labels, lambda) = ([0, 1, 1, 0], 0.001);
    let (a0, y) = (Matrix::from_rows(GATE), Matrix::one_hot(&labels, 2));
    let rules = [(Descent::Plain, 0.5), (Descent::Momentum(0.9), 1.0), (Descent::Adam, 0.005)];
    let TwoNet { w1, b1, w2, b2 } = TwoNet::new([2, 6, 2], &mut Rng::new(0));
    let others = &["b1", "w2", "b2"];
    let run = Recording { about: "XOR, w = W⁽¹⁾", others, ..Recording::default() };
    let (n, zero) = (4.0, 0.0);
    let mut given = letters!(numbers n zero lambda);
    given.extend(letters!(matrices a0 y));
    side_by_side(run, 1000, vec![w1, b1, w2, b2], rules, given, |params| {
        let [w1, b1, w2, b2] = [0, 1, 2, 3].map(|i| params[i].clone());
        let net = TwoNet { w1, b1, w2, b2 };
        let acts = net.forward(&a0);
        let grads = net.backward(&a0, &acts, &y);
        let right = predictions(&acts.probs).into_iter().zip(labels).filter(|(p, l)| p == l);
        let predicted = format!("{} of 4 right", right.count());
        let grads = vec![grads.dw1, grads.db1, grads.dw2, grads.db2];
        (net.loss(&acts, &y, lambda), predicted, grads)
    })
}

/// The three rules from the same start, the steps from 0 to `last`; the numbers are those of the first
/// matrix. `at` returns J, the predictions and the gradients of the data loss.
fn side_by_side(
    run: Recording,
    last: usize,
    start: Vec<Matrix>,
    rules: [(Descent, f64); 3],
    mut given: Values,
    at: impl Fn(&[Matrix]) -> (f64, String, Vec<Matrix>),
) -> Recording {
    // For each rule and matrix, the state of the rule: v, or m and s.
    let zeros = |w: &Matrix| [(); 2].map(|()| Matrix::zeros(w.rows(), w.cols()));
    let means: Vec<_> = start.iter().map(zeros).collect();
    let (mut states, mut moments) = ([(); 3].map(|()| (start.clone(), means.clone())), Vec::new());
    given.extend(settings(rules));
    for iteration in 0..=last {
        let (mut values, mut losses, mut predicted) = (given.clone(), Vec::new(), Vec::new());
        let t = iteration as i32 + 1;
        let [part1, part2] = [0.9, 0.999].map(|beta: f64| 1.0 - beta.powi(t));
        values.extend(letters!(numbers part1 part2));
        for (((name, letters, tags), (rule, eta)), (w, kept)) in
            RULES.into_iter().zip(rules).zip(&mut states)
        {
            let (loss, prediction, grads) = at(w);
            losses.push(loss);
            predicted.push(prediction);
            values.insert(format!("dw.{name}"), grads[0].clone());
            values.insert(format!("loss.{name}"), number(loss));
            for (i, ((w, kept), dw)) in w.iter_mut().zip(kept).zip(&grads).enumerate() {
                let lambda = if i % 2 == 0 { given["lambda"][(0, 0)] } else { 0.0 };
                let g = dw.zip_map(w, |dw, w| dw + lambda * w);
                // Of the other matrices, only the values are kept from which the next step starts.
                let other = i.checked_sub(1).map(|i| run.others[i]);
                let of = other.map_or(String::new(), |other| format!(".{name}.{other}"));
                values.insert(format!("{}.{name}", other.unwrap_or("w")), w.clone());
                values.extend(
                    letters.iter().zip(&*kept).map(|(a, m)| (format!("{a}{of}"), m.clone())),
                );
                let before = kept.clone();
                match rule {
                    Descent::Plain => plain(w, &g, eta),
                    Descent::Momentum(mu) => momentum(w, &mut kept[0], &g, eta, mu),
                    Descent::Adam => adam(w, kept, &g, eta, t),
                }
                if other.is_some() {
                    continue;
                }
                let after = kept[..letters.len()].iter().chain([&*w]).cloned();
                values.extend(named(tags.iter().copied().zip(after)));
                if rule == Descent::Adam {
                    // From w = 0, at the rate 1, w becomes minus the step.
                    let mut minus = Matrix::zeros(w.rows(), w.cols());
                    adam(&mut minus, &mut before.clone(), &g, 1.0, t);
                    values.insert("step".into(), minus.map(|x| -x));
                }
                values.insert(format!("g.{name}"), g);
            }
        }
        // Eq. 8.11 shows the numbers of plain descent.
        for (key, plain) in [("w.step", "w.plain"), ("dw", "dw.plain"), ("g.step", "g.plain")] {
            values.insert(key.into(), values[plain].clone());
        }
        let decades = iteration <= 100 && iteration % 10 == 0 || iteration % 100 == 0;
        if iteration <= 20 || decades {
            predicted.retain(|prediction| !prediction.is_empty());
            moments.push(Moment { iteration, values, losses, predictions: predicted.join(", ") });
        }
    }
    Recording { rules: &["plain", "momentum", "Adam"], moments, ..run }
}

/// The numbers of the rules, and the best rates for the curvatures of the quadratic.
fn settings(rules: [(Descent, f64); 3]) -> Values {
    let [c1, c2] = CURVATURES;
    let [eta, mu] = best_momentum(c1, c2);
    let (root1, root2) = (c1.sqrt(), c2.sqrt());
    let [beta1, beta2, tiny] = [0.9, 0.999, 1e-8];
    let mut values = letters!(numbers c1 c2 root1 root2 beta1 beta2 tiny);
    values.extend(named([("eta.best_rate", number(best_rate(c1, c2)))]));
    values.extend(named([("eta.best_momentum", number(eta)), ("mu.best_momentum", number(mu))]));
    for ((name, ..), (rule, eta)) in RULES.into_iter().zip(rules) {
        values.insert(format!("eta.{name}"), number(eta));
        if let Descent::Momentum(mu) = rule {
            values.insert(format!("mu.{name}"), number(mu));
        }
    }
    values
}

/// Takes the steps from 0 to `last`. `step` takes one and returns its numbers, predictions and
/// labels. It keeps the iterations with round numbers, and those at which the loss has changed
/// clearly.
fn recorded(
    about: &'static str,
    last: usize,
    mut step: impl FnMut() -> (Values, Vec<usize>, Vec<usize>),
) -> Recording {
    let mut moments: Vec<Moment> = Vec::new();
    let (mut first, mut before) = (None, f64::INFINITY);
    for iteration in 0..=last {
        let (values, predicted, labels) = step();
        let loss = values.get("loss").unwrap_or(&values["data_loss"])[(0, 0)];
        let moved = (before - loss).abs() > *first.get_or_insert(loss) / 12.0;
        if moved || round(iteration) || iteration == last {
            let right = predicted.iter().zip(&labels).filter(|(p, l)| p == l).count();
            let predicted: Vec<String> = predicted.iter().map(usize::to_string).collect();
            let predictions = format!("{}, {right} of {} right", predicted.join(" "), labels.len());
            moments.push(Moment { iteration, values, losses: vec![loss], predictions });
            before = loss;
        }
    }
    Recording { about, moments, ..Recording::default() }
}

/// 1, 10, 100, 200, 500, 1000, 2000 and so on.
fn round(iteration: usize) -> bool {
    let text = iteration.to_string();
    let first = text.trim_end_matches('0');
    first == "1" || iteration >= 100 && matches!(first, "2" | "5")
}

fn named<'a>(pairs: impl IntoIterator<Item = (&'a str, Matrix)>) -> Values {
    pairs.into_iter().map(|(name, value)| (name.to_string(), value)).collect()
}
