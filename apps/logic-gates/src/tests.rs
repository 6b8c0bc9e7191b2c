use super::*;
use common::{answer_of, assert_help_fits, output_of};
use gates::Gate;
use matrix::Matrix;
use nets::OneNet;
use nets::gradient_check::central_difference;
use std::fs;

#[path = "../../console/tests/common/mod.rs"]
mod common;

/// Trains under a rule as the app does by default.
fn trained(gate: &'static Gate, rule: Rule, seed: u64) -> Training {
    let mut net = Training::new(gate, Loss::CrossEntropy, seed);
    net.steps(1..200_001, rule, Settings::PUBLISHED).unwrap();
    net
}

fn assert_near(found: &[f64], expected: &[f64]) {
    assert_eq!(found.len(), expected.len());
    for (f, e) in found.iter().zip(expected) {
        assert!((f - e).abs() < 0.001, "{found:?}, expected {expected:?}");
    }
}

#[test]
fn help_fits_the_screen() {
    assert_help_fits(&APP);
}

#[test]
fn the_output_leads_to_xor() {
    let output = output_of(&APP, &["--iterations", "1000"], logic_gates);
    assert!(output.contains("\nXOR, the same way: p(y=1) = 0.5"), "{output}");
    assert!(output.contains("Two can: cargo run -p xor\n"), "{output}");
    assert_eq!(output.matches("NOT   (1)").count(), 1, "{output}"); // under L2
}

#[test]
fn published_figures_stand_beside_the_published_run_alone() {
    let default = output_of(&APP, &["--quiet", "--seed", "3"], logic_gates);
    assert_eq!(default.matches("published W").count(), 1, "{default}");
    for args in ["--rule=l2", "--iterations=1000"] {
        let output = output_of(&APP, &["--quiet", args], logic_gates);
        assert!(!output.contains("published W") && !output.contains("  published\n"), "{output}");
    }
}

#[test]
fn the_published_rule_gives_the_published_numbers() {
    for (gate, seed) in [(&AND_2, 1), (&OR, 2), (&NOT, 3)] {
        let trained = trained(gate, Rule::Published, seed);
        let known = gate.published.as_ref().unwrap();
        // Where the two outputs of AND end depends a little on where they start.
        let b = known.b.iter().sum::<f64>() / gate.outputs as f64;
        for k in 0..gate.outputs {
            let w: Vec<f64> = trained.net.w1.iter_rows().map(|row| row[k]).collect();
            assert_near(&w, known.w[k]);
            assert_near(&[trained.net.b1[(0, k)]], &[b]);
        }
        assert_near(&trained.p(), known.p);
    }
}

#[test]
fn the_other_rules_give_the_numbers_of_numpy() {
    let and = |rule| trained(&AND, rule, 4);
    assert_near(and(Rule::Published).net.w1.as_slice(), &[3.884, 3.884]);
    assert_near(and(Rule::Published).net.b1.as_slice(), &[-6.093]);
    assert_near(and(Rule::L2).net.w1.as_slice(), &[4.0526, 4.0526]);
    assert_near(&and(Rule::L2).p(), &[0.00181, 0.09454, 0.09454, 0.85731]);
    assert_near(trained(&OR, Rule::Off, 5).net.w1.as_slice(), &[5.3599, 5.3597]);
}

#[test]
fn one_layer_cannot_learn_xor() {
    assert_near(&trained(&XOR, Rule::Off, 6).p(), &[0.5; 4]);
}

#[test]
fn training_in_parts_gives_the_same_net_and_curve() {
    let (mut whole, mut parts) =
        (Training::new(&OR, Loss::CrossEntropy, 1), Training::new(&OR, Loss::CrossEntropy, 1));
    whole.steps(1..1701, Rule::L2, Settings::PUBLISHED).unwrap();
    for part in [1..501, 501..1501, 1501..1701] {
        parts.steps(part, Rule::L2, Settings::PUBLISHED).unwrap();
    }
    assert_eq!((&whole.net, &whole.losses), (&parts.net, &parts.losses));
    assert_eq!(whole.losses.len(), 4);
}

/// The log of a run with these options, and how the run ends.
fn log(name: &str, args: &[&str]) -> (String, Outcome) {
    let path = std::env::temp_dir().join(format!("logic-gates-{name}-{}.csv", std::process::id()));
    let args = [args, &["--quiet", "--log", path.to_str().unwrap()]].concat();
    let (_, outcome) = answer_of(&APP, &args, logic_gates);
    let log = fs::read_to_string(&path).unwrap();
    fs::remove_file(path).unwrap();
    (log, outcome)
}

#[test]
fn the_log_has_a_row_for_every_500_iterations() {
    let (log, outcome) = log("rows", &["--iterations", "26200"]);
    outcome.unwrap();
    let first: Vec<&str> = log.lines().map(|line| line.split(',').next().unwrap()).collect();
    assert_eq!(first.len(), 54);
    assert_eq!(first[..3], ["iteration", "500", "1000"]);
    assert_eq!(first[51..], ["25500", "26000", "26200"]);
    assert!(log.lines().all(|line| line.split(',').count() == 5), "{log}");
}

#[test]
fn a_run_that_diverges_says_where_and_has_its_log() {
    let (log, outcome) = log("diverged", &["--rate", "1e300", "--lambda", "1"]);
    let error = outcome.unwrap_err().to_string();
    let expected = "AND, b 1x2, iteration 3: the loss is NaN; a smaller --rate usually helps";
    assert_eq!(error, expected);
    assert_eq!(log, "iteration,and,or,not,xor\n500,NaN,NaN,NaN,NaN\n");
}

#[test]
fn a_net_that_ends_worse_than_it_began_is_a_failure() {
    let args = ["--rate", "1000", "--lambda", "0", "--iterations", "3", "--rule", "off"];
    let (output, outcome) = answer_of(&APP, &args, logic_gates);
    assert!(output.contains("gate  input  label  p(y=1)\n"), "{output}");
    let error = outcome.unwrap_err().to_string();
    assert!(error.starts_with("AND has not learned: its loss rose from 0.6"), "{error}");
}

#[test]
fn squared_error_learns_less_and_a_saturated_neuron_least() {
    let output = output_of(&APP, &["--loss", "squared", "--rule", "off", "--quiet"], logic_gates);
    assert!(output.contains("rate 0.001, lambda 0.001, squared error, seed 0\n"), "{output}");
    let end = "first gradient with respect to z: squared error 0.0173, -ln p 0.9820,\n\
               56.6 times as large\n";
    assert!(output.contains(end), "{output}");
    let p = output.lines().find_map(|line| line.trim_start().strip_prefix("(1,1)      1  "));
    assert_eq!(p, Some("0.6787"), "{output}");
}

#[test]
fn the_gradient_of_squared_error_is_that_of_its_differences() {
    let mut training = Training::new(&OR, Loss::Squared, 1);
    training.net.w1 = Matrix::from_rows([[1.5], [-0.5]]);
    let Training { net, .. } = &training;
    let (a0, y) =
        (Matrix::from_vec(4, 2, OR.inputs.concat()), Matrix::from_vec(4, 1, OR.labels.into()));
    let grads = Loss::Squared.gradient(net, &a0, &net.forward(&a0), &y);
    let of_w1 = |w1: &Matrix| {
        let net = OneNet { w1: w1.clone(), ..net.clone() };
        Loss::Squared.mean(&net.forward(&a0), &y)
    };
    let expected = central_difference(&net.w1, 1e-5, of_w1);
    assert!((&grads.dw1 - &expected).norm_squared().sqrt() < 1e-9, "{grads:?}, {expected:?}");
}
