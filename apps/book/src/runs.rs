//! Small runs of the nets themselves, recorded while the book is written: one for each chapter with
//! numbers. A new chapter adds its function to [`record`].

use crate::ops::Values;
use matrix::{Matrix, Rng};
use nets::metrics::predictions;
use nets::one_net::Rule;
use nets::{OneNet, SoftmaxRegression, ThreeNet, TwoNet};

/// A run at the iterations that are shown.
#[derive(Clone, Debug)]
pub struct Recording {
    /// What is learned, in a few words.
    pub about: &'static str,
    /// What was recorded, iteration by iteration.
    pub moments: Vec<Moment>,
}

/// All numbers of one iteration.
#[derive(Clone, Debug)]
pub struct Moment {
    /// How many steps were taken before.
    pub iteration: usize,
    /// The letters as they are in this iteration. What an update makes of a letter is under the
    /// number of its equation.
    pub values: Values,
    /// The predictions beside the labels.
    pub predictions: String,
}

/// The run of a chapter, if it has one.
///
/// # Errors
/// If the data cannot be read.
pub fn record(chapter: u32) -> Result<Option<Recording>, datasets::Error> {
    Ok(match chapter {
        1 => Some(one_net()),
        2 => Some(softmax_regression(six_flowers()?)),
        3 => Some(two_net()),
        4 => Some(three_net(six_flowers()?)),
        _ => None,
    })
}

const GATE: [[f64; 2]; 4] = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]];

/// Puts fields of a struct among the values, under their names.
macro_rules! keep {
    ($values:expr, $from:expr, $($field:ident)+) => {
        $($values.insert(stringify!($field).into(), $from.$field.clone());)+
    };
}

/// The run of a net that ends in softmax: what it learns, its last step, the net, the name of the samples,
/// samples and labels, η, λ; its weights, activations and gradients; its updates with their equations.
macro_rules! softmax_run {
    ($about:expr, $last:expr, $net:ident $sizes:expr, $x:ident $data:expr, $eta:expr, $lambda:expr,
     [$($w:ident)+] [$($a:ident)+] [$($g:ident)+] [$($tag:literal $to:ident)+]) => {{
        let (($x, y), eta, lambda) = ($data, $eta, $lambda);
        let mut net = $net::new($sizes, &mut Rng::new(0));
        recorded($about, $last, |values| {
            let acts = net.forward(&$x);
            let grads = net.backward(&$x, &acts, &y);
            let before = net.clone();
            net.update(&grads, eta, lambda);
            let loss = before.loss(&acts, &y, lambda);
            let (data, reg) = ($net::data_loss(&acts, &y), before.reg_loss(lambda));
            numbers(values, [("n", $x.rows() as f64), ("eta", eta), ("lambda", lambda)]);
            numbers(values, [("data_loss", data), ("reg_loss", reg), ("loss", loss)]);
            matrices(values, [(stringify!($x), &$x), ("y", &y)]);
            keep!(values, before, $($w)+);
            keep!(values, acts, $($a)+);
            keep!(values, grads, $($g)+);
            matrices(values, [$(($tag, &net.$to)),+]);
            (predictions(&acts.probs), predictions(&y))
        })
    }};
}

/// OR, with the L2 rule. What the other rules would make of W is computed beside it.
fn one_net() -> Recording {
    let (a0, y) = (Matrix::from_rows(GATE), Matrix::from_rows([[0.0], [1.0], [1.0], [1.0]]));
    let (eta, lambda) = (0.1, 0.001);
    let mut net = OneNet::new([2, 1], &mut Rng::new(0));
    recorded("OneNet learns OR", 10_000, |values| {
        let acts = net.forward(&a0);
        let grads = net.backward(&a0, &acts, &y);
        let updated = |rule| {
            let mut net = net.clone();
            net.update(&grads, eta, lambda, rule);
            net
        };
        let next = updated(Rule::L2);
        numbers(values, [("m", a0.rows() as f64), ("eta", eta), ("lambda", lambda)]);
        numbers(values, [("data_loss", OneNet::data_loss(&acts, &y))]);
        matrices(values, [("a0", &a0), ("y", &y)]);
        keep!(values, net, w1 b1);
        keep!(values, acts, z1 h);
        keep!(values, grads, dz1 dw1 db1);
        let (published, off) = (updated(Rule::Published), updated(Rule::Off));
        matrices(values, [("1.7", &published.w1), ("1.8", &next.w1), ("1.9", &off.w1)]);
        matrices(values, [("1.10", &next.b1)]);
        net = next;
        (acts.h.as_slice().iter().map(|&h| usize::from(h > 0.5)).collect(), vec![0, 1, 1, 1])
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

/// Takes the steps from 0 to `last`. `step` takes one, puts down its numbers and returns predictions and
/// labels. Kept are iterations that are asked for by round numbers, and those where the loss has moved.
fn recorded(
    about: &'static str,
    last: usize,
    mut step: impl FnMut(&mut Values) -> (Vec<usize>, Vec<usize>),
) -> Recording {
    let mut moments: Vec<Moment> = Vec::new();
    let (mut first, mut before) = (None, f64::INFINITY);
    for iteration in 0..=last {
        let mut values = Values::new();
        let (predicted, labels) = step(&mut values);
        let loss = values.get("loss").unwrap_or(&values["data_loss"])[(0, 0)];
        let moved = (before - loss).abs() > *first.get_or_insert(loss) / 12.0;
        if moved || round(iteration) || iteration == last {
            let right = predicted.iter().zip(&labels).filter(|(p, l)| p == l).count();
            let predicted: Vec<String> = predicted.iter().map(usize::to_string).collect();
            let predictions = format!("{}, {right} of {} right", predicted.join(" "), labels.len());
            moments.push(Moment { iteration, values, predictions });
            before = loss;
        }
    }
    Recording { about, moments }
}

/// 1, 10, 100, 200, 500, 1000, 2000 and so on.
fn round(iteration: usize) -> bool {
    let mut digits = iteration;
    while digits >= 10 && digits.is_multiple_of(10) {
        digits /= 10;
    }
    digits == 1 || iteration >= 100 && matches!(digits, 2 | 5)
}

fn matrices<const N: usize>(values: &mut Values, pairs: [(&str, &Matrix); N]) {
    values.extend(pairs.map(|(name, matrix)| (name.to_string(), matrix.clone())));
}

fn numbers<const N: usize>(values: &mut Values, pairs: [(&str, f64); N]) {
    values.extend(pairs.map(|(name, x)| (name.to_string(), Matrix::from_rows([[x]]))));
}
