//! Computes the numbers of `docs/answers.md` that no app prints, and checks that the tests named there
//! exist.

use matrix::{Matrix, Rng};
use nets::activation::{relu, relu_prime, sigmoid, softmax_of_rows, softplus};
use nets::descent::{adam, best_momentum, momentum, plain};
use nets::gradient_check::central_difference;
use nets::metrics::{predictions, standard_error};
use nets::one_net::Rule;
use nets::{Init, OneNet, SoftmaxRegression, ThreeNet, TwoNet};
use std::f64::consts::PI;
use std::fs;
use std::path::Path;

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

/// An answer of the page, and the numbers that a test has computed for it.
struct Answer {
    text: String,
    computed: Vec<String>,
}

impl Answer {
    /// The answer to exercise `number` of a chapter, without its fenced blocks.
    fn of(chapter: u32, number: u32) -> Self {
        let page = fs::read_to_string(Path::new(ROOT).join("docs/answers.md")).unwrap();
        let page = page.replace('\r', "");
        let start = page.find(&format!("\n## Chapter {chapter}\n")).unwrap();
        let text = page[start + 1..].split("\n## ").next().unwrap();
        let start = text.find(&format!("\n**{number}.**")).unwrap();
        let text = text[start + 1..].split("\n**").next().unwrap();
        let text: String = text.split("```").step_by(2).collect();
        Self { text: text.replace('\n', " "), computed: Vec::new() }
    }

    /// Asserts that the answer has this number, with `digits` after the point.
    #[track_caller]
    fn says(&mut self, number: f64, digits: usize) -> &mut Self {
        let word = format!("{number:.digits$}").replace('-', "−");
        assert!(self.words().any(|found| found == word), "{word} is not in: {}", self.text);
        self.computed.push(word.trim_start_matches('−').into());
        self
    }

    fn words(&self) -> impl Iterator<Item = &str> {
        let words = self.text.split(|c: char| !c.is_ascii_digit() && c != '.' && c != '−');
        words.map(|word| word.trim_matches('.'))
    }

    /// Asserts that the answer has no other number with a point in it, except `given` ones.
    #[track_caller]
    fn and_no_other(&self, given: &[&str]) {
        for word in self.words().map(|word| word.trim_start_matches('−')) {
            let known = self.computed.iter().any(|c| c == word) || given.contains(&word);
            assert!(known || !word.contains('.'), "{word} is not computed: {}", self.text);
        }
    }
}

const GATE: [[f64; 2]; 4] = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]];

#[test]
fn chapter_0() {
    let a = Matrix::from_rows([[1.0, 2.0], [3.0, 4.0]]);
    let trace = |m: &Matrix| m[(0, 0)] + m[(1, 1)];
    let mut answer = Answer::of(0, 1);
    answer.says(trace(&a.dot(&a)), 0).says(trace(&a.t().dot(&a)), 0).and_no_other(&[]);
    assert_eq!(a.norm_squared(), trace(&a.t().dot(&a)));
    let w = Matrix::from_rows([[1.0], [-1.0]]);
    let y = Matrix::from_rows([[0.0], [1.0]]);
    let da = (&a.dot(&w) - &y).dot(w.t());
    assert_eq!(da, Matrix::from_rows([[-1.0, 1.0], [-2.0, 2.0]]));
    assert!(Answer::of(0, 2).text.contains("(−1, 1) and (−2, 2)"));
}

#[test]
fn the_gradient_of_squares_of_any_function() {
    let rng = &mut Rng::new(0);
    let a = Matrix::<f64>::normal(4, 3, 1.0, rng);
    let w = Matrix::normal(3, 2, 1.0, rng);
    let y = Matrix::normal(4, 2, 1.0, rng);
    let j = |w: &Matrix| 0.5 * (&a.dot(w).map(softplus) - &y).norm_squared();
    let z = a.dot(&w);
    let dw = a.t().dot(&(&z.map(softplus) - &y).hadamard(&z.map(sigmoid)));
    let differences = central_difference(&w, 1e-5, j);
    assert!((&dw - &differences).norm_squared() < 1e-12 * dw.norm_squared());
}

#[test]
fn chapter_1() {
    let z = 4.052 + 4.052 - 6.311;
    let mut answer = Answer::of(1, 1);
    answer.says(z, 3).says(sigmoid(z), 4).says(sigmoid(4.052 - 6.311), 4);
    answer.and_no_other(&["4.052", "6.311"]);

    let h = sigmoid(2.0 + 2.0);
    let mut answer = Answer::of(1, 2);
    answer.says(h, 4).says(h * (1.0 - h), 4).says(h * h * (1.0 - h), 4);
    answer.says(1.0 / (h * (1.0 - h)), 1).and_no_other(&[]);

    let mut answer = Answer::of(1, 4);
    answer.says(2.0 * 10f64.ln(), 3).says(8.819 - 4.236, 3);
    answer.says(-0.5 * 1.4f64.ln(), 3).says(-13.399 + 1.5 * 8.819, 2);
    answer.and_no_other(&["1.5", "13.399", "8.819"]);
}

#[test]
fn four_times_the_gradient_is_a_quarter_of_the_rate() {
    let (a0, y) = (Matrix::from_rows(GATE), Matrix::from_rows([[0.0], [0.0], [0.0], [1.0]]));
    let mut nets = [(); 2].map(|()| OneNet::new([2, 1], &mut Rng::new(0)));
    for _ in 0..1000 {
        for (net, factor) in nets.iter_mut().zip([1.0, 4.0]) {
            let mut grads = net.backward(&a0, &net.forward(&a0), &y);
            grads.dw1 = grads.dw1.map(|dw| factor * dw);
            grads.db1 = grads.db1.map(|db| factor * db);
            net.update(&grads, 0.001 / factor, 0.001 * factor, Rule::L2);
        }
    }
    let away = |m: &Matrix, n: &Matrix| (m - n).norm_squared();
    let [one, other] = &nets;
    assert!(away(&one.w1, &other.w1) + away(&one.b1, &other.b1) < 1e-24, "{nets:?}");
    let (rate, lambda) = (0.001 / 4.0, 0.001 * 4.0);
    let command = format!("--rate {rate} --lambda {lambda}");
    assert!(Answer::of(1, 6).text.contains(&command), "{command}");
}

#[test]
fn a_product_of_the_inputs_makes_xor_easy() {
    let a0 = Matrix::from_fn(4, 3, |i, j| match j {
        2 => GATE[i][0] * GATE[i][1],
        _ => GATE[i][j],
    });
    let y = Matrix::from_rows([[0.0], [1.0], [1.0], [0.0]]);
    let mut net = OneNet::new([3, 1], &mut Rng::new(0));
    for _ in 0..200_000 {
        let grads = net.backward(&a0, &net.forward(&a0), &y);
        net.update(&grads, 0.001, 0.001, Rule::Published);
    }
    let h = net.forward(&a0).h;
    let mut answer = Answer::of(1, 8);
    for &w in net.w1.as_slice().iter().chain(net.b1.as_slice()) {
        answer.says(w, 3);
    }
    for &p in h.as_slice() {
        answer.says(p, 4);
    }
    answer.and_no_other(&[]);
}

#[test]
fn chapter_2() {
    let probs = softmax_of_rows(&Matrix::<f64>::from_rows([[2.0, 1.0, 0.0]]));
    let mut answer = Answer::of(2, 1);
    for &p in probs.as_slice() {
        answer.says(p, 4);
    }
    answer.says(probs[(0, 0)] / probs[(0, 1)], 3).and_no_other(&[]);

    let steps = (0.5f64.ln() / (1.0f64 - 0.05 * 0.0002).ln()).ceil();
    let text = Answer::of(2, 4).text;
    assert_eq!(steps, 69_315.0);
    assert!(text.contains("69 315 steps"), "{text}");
}

#[test]
fn softmax_of_two_is_one_net() {
    let a0 = Matrix::from_rows(GATE);
    let (y, labels) = (Matrix::from_rows([[0.0], [1.0], [1.0], [1.0]]), [0, 1, 1, 1]);
    let one_hot = Matrix::one_hot(&labels, 2);
    let mut softmax = SoftmaxRegression::<f64>::new([2, 2], &mut Rng::new(0));
    let difference = |m: &Matrix| Matrix::from_fn(m.rows(), 1, |i, _| m[(i, 1)] - m[(i, 0)]);
    let mut one = OneNet { w1: difference(&softmax.w), b1: difference(&softmax.b) };
    let (eta, lambda) = (0.5, 0.01);
    for step in 0..1000 {
        let acts = softmax.forward(&a0);
        let one_acts = one.forward(&a0);
        let loss = SoftmaxRegression::data_loss(&acts, &one_hot);
        let away = (loss - OneNet::data_loss(&one_acts, &y)).abs();
        assert!(away < 1e-12, "step {step}: {away}");
        softmax.update(&softmax.backward(&a0, &acts, &one_hot), eta, lambda);
        one.update(&one.backward(&a0, &one_acts, &y), 2.0 * eta, lambda / 2.0, Rule::L2);
    }
    assert!((&difference(&softmax.w) - &one.w1).norm_squared() < 1e-20);
    assert_eq!(predictions(&softmax.forward(&a0).probs), labels);
}

#[test]
fn chapter_3() {
    let net = TwoNet {
        w1: Matrix::from_rows([[1.0, 1.0], [1.0, 1.0]]),
        b1: Matrix::from_rows([[0.0, -1.5]]),
        w2: Matrix::from_rows([[-1.0, 1.0], [4.0, -4.0]]),
        b2: Matrix::zeros(1, 2),
    };
    let of_row = |x: [f64; 2], label: usize| {
        let (a0, y) = (Matrix::from_rows([x]), Matrix::one_hot(&[label], 2));
        net.backward(&a0, &net.forward(&a0), &y).dw2
    };
    let (first, second) = (of_row([1.0, 1.0], 0), of_row([0.0, 1.0], 1));
    assert_eq!(first, Matrix::from_rows([[-1.0, 1.0], [-0.25, 0.25]]));
    let mut answer = Answer::of(3, 1);
    answer.says(0.25, 2).says(second[(0, 0)], 4).says(second[(0, 1)], 4).and_no_other(&[]);
    assert_eq!(second.row(1), [0.0, 0.0]);
    let (a0, y) = (Matrix::from_rows([[1.0, 1.0], [0.0, 1.0]]), Matrix::one_hot(&[0, 1], 2));
    let both = net.backward(&a0, &net.forward(&a0), &y).dw2;
    assert!((&both - &((&first + &second) / 2.0)).norm_squared() < 1e-30);

    let net = TwoNet {
        w1: Matrix::from_rows([[1.0, 1.0], [1.0, 1.0]]),
        b1: Matrix::from_rows([[0.0, -1.0]]),
        w2: Matrix::from_rows([[-1.0, 1.0], [2.0, -2.0]]),
        b2: Matrix::from_rows([[0.5, -0.5]]),
    };
    let acts = net.forward(&Matrix::from_rows(GATE));
    assert_eq!(predictions(&acts.probs), [0, 1, 1, 0]);
    let differences: Vec<f64> = acts.z2.iter_rows().map(|z| z[1] - z[0]).collect();
    assert_eq!(differences, [-1.0, 1.0, 1.0, -1.0]);

    let factor: f64 = 1.0 - 0.1 * 0.001;
    let steps = (0.5f64.ln() / factor.ln()).ceil();
    Answer::of(3, 6).says(factor, 4).says(steps, 0).and_no_other(&[]);
}

#[test]
fn a_unit_is_born_dead_with_a_probability_of_0_277() {
    let angles = [0.5f64.sqrt(), 2.0 / 6f64.sqrt()].map(|cosine| cosine.acos().to_degrees());
    let sum = 2.0 * (angles[0] + angles[1]);
    let share = (720.0 - sum - 360.0) / 720.0;
    let mut answer = Answer::of(3, 8);
    answer.says(angles[0], 0).says(angles[1], 2).says(sum, 2).says(share, 3).and_no_other(&[]);

    let (mut dead, draws, rng) = (0, 100_000, &mut Rng::new(0));
    for _ in 0..draws {
        let [b, u, v] = [(); 3].map(|()| rng.normal());
        dead += usize::from([b, b + u, b + v, b + u + v].iter().all(|&z| z < 0.0));
    }
    let found = f64::from(u32::try_from(dead).unwrap()) / f64::from(draws);
    assert!((found - share).abs() < 0.005, "{found}");
}

#[test]
fn chapter_4() {
    let net = ThreeNet::<f32>::new([784, 200, 80, 10], &mut Rng::new(0));
    let parameters = [&net.w1, &net.b1, &net.w2, &net.b2, &net.w3, &net.b3];
    let count: usize = parameters.iter().map(|m| m.as_slice().len()).sum();
    assert_eq!((count, 256 * 784 * 200), (173_890, 40_140_800));
    let text = Answer::of(4, 1).text;
    assert!(text.contains("= 173 890 ") && text.contains("= 40 140 800 "), "{text}");

    let w = 1.0 + 0.1 * (1.0 - sigmoid(1.0));
    Answer::of(4, 2).says(w, 4).and_no_other(&["0.1", "0.2689"]);

    let entropy: f64 = [41.0, 42.0, 37.0].map(|n: f64| -n / 120.0 * (n / 120.0).ln()).iter().sum();
    Answer::of(4, 3).says(entropy, 4).and_no_other(&[]);
}

#[test]
fn chapter_7() {
    let step = 2 * 256 * (2 * 784 * 200 + 3 * 200 * 80 + 3 * 80 * 10);
    assert_eq!(step, 186_368_000);
    let mut answer = Answer::of(7, 1);
    assert!(answer.text.contains("186 368 000 for a step"), "{}", answer.text);
    answer.says(f64::from(step) * 234.0 / 1e9, 1).and_no_other(&[]);
    let (mut answer, sums) = (Answer::of(7, 3), 384.0);
    for (rows, columns) in [(4.0, 96.0), (8.0, 48.0)] {
        assert_eq!(rows * columns, sums);
        answer.says(sums, 0).says(2.0 * sums, 0).says(2.0 * sums / (rows + columns), 1);
    }
    answer.and_no_other(&[]);
}

/// w after each of `steps` steps on J = ½ c w², from w = 1 on.
fn places(c: f64, steps: usize, mut step: impl FnMut(&mut Matrix, &Matrix, i32)) -> Vec<f64> {
    let mut w = Matrix::from_rows([[1.0]]);
    let place = |t: usize| {
        let g = w.map(|w| c * w);
        step(&mut w, &g, t as i32);
        w[(0, 0)]
    };
    (1..=steps).map(place).collect()
}

#[test]
fn chapter_8() {
    let mut answer = Answer::of(8, 1);
    for (eta, digits) in [(0.1, 3), (0.5, 0), (0.6, 3)] {
        let path = places(4.0, 3, |w, g, _| plain(w, g, eta));
        answer.says(path[2], digits).says(path[0], if eta == 0.5 { 0 } else { 1 });
    }
    answer.and_no_other(&["0.4"]);

    let (mut answer, mut v) = (Answer::of(8, 2), Matrix::zeros(1, 1));
    let path = places(4.0, 3, |w, g, _| {
        momentum(w, &mut v, g, 0.1, 0.9);
        assert!([4.0, 6.0, 5.4].iter().any(|expected| (v[(0, 0)] - expected).abs() < 1e-12));
    });
    answer.says(path[0], 1).says(path[1].abs(), 1).says(path[2], 2).says(5.4, 1);
    answer.and_no_other(&["0.9", "2.4"]);

    let steps = |factor: f64| (1e-6_f64.ln() / factor.ln()).ceil();
    let mut answer = Answer::of(8, 4);
    answer.says(steps(9999.0 / 10_001.0), 0).says(steps(99.0 / 101.0), 0).says(1e6_f64.ln(), 3);
    let [eta, mu] = best_momentum(1.0, 10_000.0);
    for c in [1.0, 10_000.0] {
        let mut v = Matrix::zeros(1, 1);
        let path = places(c, 2000, |w, g, _| momentum(w, &mut v, g, eta, mu));
        let far = path.iter().rposition(|w| w.abs() > 1e-6).unwrap();
        answer.says((far + 2) as f64, 0);
    }
    answer.and_no_other(&[]);
}

#[test]
fn adam_does_not_see_the_scale_of_j() {
    let path = |scale: f64| {
        let mut means = [Matrix::zeros(1, 1), Matrix::zeros(1, 1)];
        places(4.0, 200, |w, g, t| adam(w, &mut means, &g.map(|g| scale * g), 0.1, t))
    };
    for (one, other) in path(1.0).iter().zip(path(1000.0)) {
        assert!((one - other).abs() < 1e-6, "{one}, {other}");
    }
}

/// Momentum with the gradient at the point to which the velocity leads. `w` is that point.
fn nesterov(w: &mut Matrix, v: &mut Matrix, g: &Matrix, eta: f64, mu: f64) {
    // Back from that point to the weights, one step of momentum, and forward again.
    w.zip_apply(v, |w, v| w + eta * mu * v);
    momentum(w, v, g, eta, mu);
    w.zip_apply(v, |w, v| w - eta * mu * v);
}

#[test]
fn nesterov_damps_large_curvatures() {
    let (eta, mu) = (0.1_f64, 0.9_f64);
    for c in [1.0_f64, 5.0, 9.0] {
        let mut v = Matrix::zeros(1, 1);
        let path = places(c, 400, |w, g, _| nesterov(w, &mut v, g, eta, mu));
        // A wave that shrinks by r in each step: the last places fit wₜ₊₁ = s wₜ − r² wₜ₋₁.
        let [w0, w1, w2, w3] = [100, 101, 102, 103].map(|t| path[t]);
        let r_squared = (w2 * w2 - w1 * w3) / (w1 * w1 - w0 * w2);
        let expected = mu * (1.0 - eta * c);
        assert!((r_squared / expected - 1.0).abs() < 1e-9, "{c}: {r_squared}, {expected}");
    }
}

#[test]
fn chapter_9() {
    let p: f64 = 0.977;
    let n = 8.0 * p * (1.0 - p) / 0.002_f64.powi(2);
    let mut answer = Answer::of(9, 1);
    answer.says(n, 0).and_no_other(&["0.977", "0.002"]);
    let difference = 2f64.sqrt() * standard_error(p, n as usize);
    assert!((2.0 * difference / 0.002 - 1.0).abs() < 1e-4);

    Answer::of(9, 2).says(0.05_f64.powf(1.0 / 30.0), 3).and_no_other(&["0.05"]);
    let mut answer = Answer::of(9, 3);
    answer.says(472.0 * (1.0 - 0.9633), 1).says(472.0 * (1.0 - 0.8877), 1);
    answer.and_no_other(&["0.9633", "0.8877"]);
    let (before, after) = (sigmoid(4.0), sigmoid(2.0));
    Answer::of(9, 4).says(before, 3).says(after, 4).and_no_other(&[]);
}

#[test]
fn the_best_of_a_hundred_equal_nets() {
    let (p, n): (f64, usize) = (0.977, 10_000);
    // The binomial distribution: each probability from the one before, first the probability of 0.
    let (mut log_probability, mut at_most, mut best) = (n as f64 * (1.0 - p).ln(), 0.0_f64, 0.0);
    for k in 0..n {
        at_most += log_probability.exp();
        // A mean is the sum over k of the probability that the best has more than k.
        best += 1.0 - at_most.min(1.0).powi(100);
        log_probability += ((n - k) as f64 / (k + 1) as f64 * p / (1.0 - p)).ln();
    }
    let (above, error) = (best / n as f64 - p, standard_error(p, n));
    let mut answer = Answer::of(9, 5);
    answer.says(100.0 * above, 2).says(above / error, 1).says(100.0 * error, 2);
    answer.and_no_other(&["9.1"]);
}

#[test]
fn every_exercise_has_an_answer() {
    /// The numbers with which lines of a text start, between `before` and `after`.
    fn numbers(text: &str, before: &str, after: &str) -> Vec<u32> {
        let number = |line: &str| line.strip_prefix(before)?.split_once(after)?.0.parse().ok();
        text.lines().filter_map(number).collect()
    }
    let read = |name: &str| fs::read_to_string(Path::new(ROOT).join("docs").join(name)).unwrap();
    let answers = read("answers.md");
    let mut exercises = 0;
    for chapter in answers.split("\n## Chapter ").skip(1) {
        let of_chapter = |name: &String| name.starts_with(&format!("0{}-", &chapter[..1]));
        let names = fs::read_dir(Path::new(ROOT).join("docs")).unwrap();
        let mut names = names.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let page = read(&names.find(of_chapter).expect("a chapter of this number"));
        let asked = numbers(page.split_once("\n## Exercises").unwrap().1, "", ". ");
        assert_eq!(asked, numbers(chapter, "**", ".**"), "chapter {}", &chapter[..1]);
        exercises += asked.len();
    }
    assert!(exercises > 50, "only {exercises} exercises");
}

#[test]
fn the_tests_that_answers_name_exist() {
    let mut tests = String::new();
    for folder in ["nets/src", "nets/tests/all", "apps/iris/src", "apps/depth/src"] {
        for entry in fs::read_dir(Path::new(ROOT).join(folder)).unwrap() {
            tests += &fs::read_to_string(entry.unwrap().path()).unwrap();
        }
    }
    let page = fs::read_to_string(Path::new(ROOT).join("docs/answers.md")).unwrap();
    let names = page.split('`').filter(|word| {
        word.matches('_').count() > 1
            && word.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
    });
    let mut count = 0;
    for name in names {
        assert!(tests.contains(&format!("fn {name}()")), "{name} is not a test");
        count += 1;
    }
    assert!(count > 5, "{count} names of tests in the answers");
}

#[test]
fn a_relu_net_learns_a_sine() {
    let n = 50;
    let x = Matrix::from_fn(n, 1, |i, _| PI * (2.0 * i as f64 / (n - 1) as f64 - 1.0));
    let y = x.map(f64::sin);
    let mut answer = Answer::of(3, 9);
    for (h, digits) in [(3, 3), (10, 4), (100, 5)] {
        let mut rng = Rng::new(0);
        let (mut w1, mut b1) = Init::He.layer::<f64>([1, h], &mut rng);
        let (mut w2, mut b2) = Init::He.layer::<f64>([h, 1], &mut rng);
        let mut v = [&w2, &b2, &w1, &b1].map(|w| Matrix::zeros(w.rows(), w.cols()));
        let mut error = 0.0;
        for _ in 0..10_000 {
            let z1 = x.dot(&w1).add_row(&b1);
            let a1 = z1.map(relu);
            let z2 = a1.dot(&w2).add_row(&b2);
            error = (&z2 - &y).norm_squared() / n as f64;
            let dz2 = (&z2 - &y) / n as f64;
            let (dw2, db2) = (a1.t().dot(&dz2), dz2.sum_of_rows());
            let dz1 = dz2.dot(w2.t()).hadamard(&z1.map(relu_prime));
            let (dw1, db1) = (x.t().dot(&dz1), dz1.sum_of_rows());
            let weights = [&mut w2, &mut b2, &mut w1, &mut b1];
            for ((w, v), g) in weights.into_iter().zip(&mut v).zip([dw2, db2, dw1, db1]) {
                momentum(w, v, &g, 0.01, 0.9);
            }
        }
        answer.says(error, digits);
    }
    answer.and_no_other(&["0.9", "0.01", "3.8"]);
}
