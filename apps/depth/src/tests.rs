use super::*;
use common::{answer_of, assert_help_fits, output_of};

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
    let [train, _] = Flowers::split(&datasets::iris(&datasets::iris_path()).unwrap(), 0);
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
    assert!(output.ends_with("\nlearned: 1 of 2 nets\n"), "{output}");
}

#[test]
fn every_depth_learns_from_he() {
    let output = output_of(&APP, &["--init", "he", "--iterations", "3000", "--quiet"], depth);
    assert!(output.ends_with("\nlearned: 6 of 6 nets\n"), "{output}");
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
