use super::*;
use common::{answer_of, assert_help_fits, output_of};
use matrix::Matrix;
use nets::DeepNet;
use nets::activation::{relu, relu_prime, softmax_of_rows};
use nets::deep_net::Gradients;
use nets::gradient_check::central_difference;
use nets::loss::cross_entropy;

#[path = "../../console/tests/common/mod.rs"]
mod common;

#[test]
fn help_fits_the_screen() {
    assert_help_fits(&APP);
}

const SETTINGS: Settings =
    Settings { hidden: 20, iterations: 10_000, rate: 0.05, lambda: 1e-3, seed: 0 };

#[test]
fn a_layer_costs_the_gradient_what_is_derived() {
    let [train, _] = train::split(&datasets::iris(&datasets::iris_path()).unwrap(), 0);
    for (init, hidden, expected) in
        [(Init::Small, 20, 0.0316), (Init::Small, 80, 0.0632), (Init::He, 20, 1.0)]
    {
        let log_of_factor = |seed| {
            let settings = Settings { hidden, seed, ..SETTINGS };
            let norm = |layers| train::first_norm(settings, init, layers, &train);
            (norm(8) / norm(1)).ln() / 7.0
        };
        let factor = ((0..10).map(log_of_factor).sum::<f64>() / 10.0).exp();
        assert!((factor / expected - 1.0).abs() < 0.2, "{init:?}, {hidden} units: {factor}");
    }
}

#[test]
fn three_layers_from_small_weights_learn_and_four_do_not() {
    let output = output_of(&APP, &["--init", "small", "--layers", "3,4", "--quiet"], depth);
    let loss = |layers: &str| {
        let line = output.lines().find(|line| line.trim_start().starts_with(layers)).unwrap();
        line.split_whitespace().nth(4).unwrap().to_string()
    };
    // 0.0506 with fused multiply-adds; a net on its way down from the plateau shows each rounding.
    let learned: f64 = loss("3 ").parse().unwrap();
    assert!((0.04..0.06).contains(&learned), "{output}");
    // The entropy of the shares of the species, 42, 37 and 41 of 120.
    let entropy: f64 = [42.0, 37.0, 41.0].map(|n: f64| -n / 120.0 * (n / 120.0).ln()).iter().sum();
    assert_eq!(loss("4 "), format!("{entropy:.4}"), "{output}");
    // 8 of the 30 flowers to test on.
    assert!(output.contains("35.00 %   26.67 % ± 8.07 %\n"), "{output}");
    assert!(output.ends_with("\nlearned: 1 of 2 nets\n"), "{output}");
}

#[test]
fn every_depth_learns_from_he() {
    let output = output_of(&APP, &["--init", "he", "--iterations", "3000", "--quiet"], depth);
    assert!(output.ends_with("\nlearned: 6 of 6 nets\n"), "{output}");
}

#[test]
fn the_plateau_is_a_height_and_not_the_first_loss() {
    let below = |iterations| {
        let args = ["--init", "he", "--layers", "1", "--iterations", iterations, "--quiet"];
        let output = output_of(&APP, &args, depth);
        let line = output.lines().find(|line| line.trim_start().starts_with("1 ")).unwrap();
        let fields: Vec<String> = line.split_whitespace().map(String::from).collect();
        (fields[3].clone(), fields[4].parse::<f64>().unwrap())
    };
    // The loss has halved after four steps, and is still above the plateau of 1.0971.
    let (at, loss) = below("4");
    assert!(at == "-" && loss > 1.0971, "{at}, {loss}");
    let (at, loss) = below("10");
    assert!(at == "7" && loss < 0.9 * 1.0971, "{at}, {loss}");
}

/// zˡ and aˡ of a DeepNet whose hidden layers add their input, but for the first: exercise 5.
fn forward(net: &DeepNet, a0: &Matrix) -> (Vec<Matrix>, Vec<Matrix>) {
    let (mut z, mut a) = (Vec::<Matrix>::new(), vec![a0.clone()]);
    for (w, b) in &net.layers {
        if let Some(z) = z.last() {
            let relu_of_z = z.map(relu);
            a.push(if a.len() == 1 { relu_of_z } else { &relu_of_z + &a[a.len() - 1] });
        }
        z.push(a[a.len() - 1].dot(w).add_row(b));
    }
    (z, a)
}

/// ∇Wˡ and ∇bˡ of this net, from the last layer to the first.
fn backward(net: &DeepNet, a0: &Matrix, y: &Matrix) -> Gradients {
    let (z, a) = forward(net, a0);
    let last = z.len() - 1;
    let mut dz = (&softmax_of_rows(&z[last]) - y) / a0.rows() as f64;
    let (mut da, mut dw, mut db): (Option<Matrix>, _, _) = (None, Vec::new(), Vec::new());
    for l in (0..=last).rev() {
        dw.insert(0, a[l].t().dot(&dz));
        db.insert(0, dz.sum_of_rows());
        if l > 0 {
            let through_w = dz.dot(net.layers[l].0.t());
            let below = da.map_or(through_w.clone(), |da| &through_w + &da);
            dz = below.hadamard(&z[l - 1].map(relu_prime));
            da = Some(below);
        }
    }
    Gradients { dz: vec![], da: vec![], dw, db }
}

#[test]
fn layers_that_add_their_input_learn_at_every_depth() {
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/answers.md");
    let page = std::fs::read_to_string(page).unwrap();
    let [train, _] = train::split(&datasets::iris(&datasets::iris_path()).unwrap(), 0);
    let (a0, y) = (&train.features, train.one_hot());
    let loss = |net: &DeepNet| {
        let (z, _) = forward(net, a0);
        cross_entropy(&z[z.len() - 1], &y)
    };
    let rates = [0.05, 0.05, 0.05, 0.05, 0.05, 0.005, 0.005];
    for (layers, rate) in [2, 3, 4, 8, 20, 20, 50].into_iter().zip(rates) {
        let mut net = train::start(SETTINGS, Init::Small, layers);
        let dw1 = backward(&net, a0, &y).dw.swap_remove(0);
        let differences = central_difference(&net.layers[0].0, 1e-7, |w| {
            let mut net = net.clone();
            net.layers[0].0 = w.clone();
            loss(&net)
        });
        let (norm, error) = (dw1.norm_squared(), (&dw1 - &differences).norm_squared());
        assert!(error < 1e-12 * norm, "{layers} layers: {error}, {norm}");
        let mut below = None;
        for i in 1..=2000 {
            if below.is_none() && loss(&net) < 0.9 * train::plateau(&y) {
                below = Some(i);
            }
            net.update(&backward(&net, a0, &y), rate, SETTINGS.lambda);
        }
        let below = below.expect("it learns");
        let (norm, loss) = (norm.sqrt(), loss(&net));
        let row = format!("\n| {layers} | {rate} | {norm:.1e} | {below} | {loss:.4} |\n");
        assert!(page.contains(&row), "the page hasn't{row}");
    }
}

#[test]
fn the_log_has_a_column_for_each_net() {
    let path = std::env::temp_dir().join(format!("depth-{}.csv", std::process::id()));
    let args = ["--layers", "1,2", "--iterations", "150", "--log", path.to_str().unwrap()];
    output_of(&APP, &args, depth);
    let log = std::fs::read_to_string(&path).unwrap();
    std::fs::remove_file(&path).unwrap();
    let lines: Vec<&str> = log.lines().collect();
    assert_eq!(lines[0], "iteration,small_1,small_2,he_1,he_2");
    assert!(lines[1].starts_with("100,") && lines[2].starts_with("150,"), "{log}");
    assert_eq!(lines.len(), 3);
}

#[test]
fn a_loss_that_is_not_finite_stops_the_run() {
    let args = ["--rate", "1e200", "--layers", "2"];
    let (_, outcome) = answer_of(&APP, &args, depth);
    let message = outcome.unwrap_err().to_string();
    assert!(message.starts_with("2 layers, iteration 2: the loss is NaN"), "{message}");
}
