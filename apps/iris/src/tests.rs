use super::*;
use common::{answer_of, assert_help_fits, output_of};
use std::fs;

#[path = "../../console/tests/common/mod.rs"]
mod common;

#[test]
fn help_fits_the_screen() {
    assert_help_fits(&APP);
}

#[test]
fn the_last_lines_are_those_of_the_tutorial() {
    let output = output_of(&APP, &["--iterations", "3000", "--baseline-iterations", "500"], iris);
    let lines: Vec<&str> = output.lines().collect();
    let [train, test] = lines[lines.len() - 2..] else { panic!("{output}") };
    assert!(train.starts_with("best train accuracy: "), "{train}");
    assert!(test.starts_with("test accuracy: "), "{test}");
}

#[test]
fn the_mean_over_16_splits_is_as_measured_in_numpy() {
    let output = output_of(&APP, &["--splits", "16"], iris);
    let mean = |name: &str| -> f64 {
        let line = output.lines().find(|line| line.starts_with(name)).unwrap();
        line[name.len()..].trim_start().split(' ').next().unwrap().parse().unwrap()
    };
    for (name, range) in [
        ("ThreeNet, best train accuracy", 98.3..=100.0),
        ("ThreeNet, test accuracy", 95.0..=98.0),
        ("softmax regression, test accuracy", 95.0..=98.0),
    ] {
        assert!(range.contains(&mean(name)), "{name}\n{output}");
    }
    let p = mean("ThreeNet, test accuracy") / 100.0;
    let error = format!("%  {:.2} %  ", 100.0 * (p * (1.0 - p) / 30.0).sqrt());
    let line = output.lines().find(|line| line.starts_with("ThreeNet, test accuracy")).unwrap();
    assert!(
        line.contains(&error) && output.contains(" 30 test flowers of one split\n"),
        "{output}"
    );
}

#[test]
#[should_panic(expected = "ThreeNet, iteration 2: the loss is NaN; a smaller --rate usually helps")]
fn a_loss_that_is_not_finite_stops_the_run() {
    output_of(&APP, &["--rate", "1e200"], iris);
}

#[test]
#[should_panic(expected = "--train-share: found \"0.001\", expected")]
fn a_share_must_leave_flowers_for_both_sets() {
    output_of(&APP, &["--train-share", "0.001"], iris);
}

/// The log of a run with these options, and how the run ends.
fn log(name: &str, args: &[&str]) -> (String, Outcome) {
    let path = std::env::temp_dir().join(format!("iris-{name}-{}.csv", std::process::id()));
    let args = [args, &["--quiet", "--log", path.to_str().unwrap()]].concat();
    let (_, outcome) = answer_of(&APP, &args, iris);
    let log = fs::read_to_string(&path).unwrap();
    fs::remove_file(path).unwrap();
    (log, outcome)
}

#[test]
fn the_log_has_a_row_for_every_hundred_iterations() {
    let (log, outcome) = log("rows", &["--iterations", "250", "--baseline-iterations", "1"]);
    outcome.unwrap();
    let first: Vec<&str> = log.lines().map(|line| line.split(',').next().unwrap()).collect();
    assert_eq!(first, ["iteration", "100", "200", "250"]);
}

#[test]
fn a_run_that_diverges_has_its_log() {
    let (log, outcome) = log("diverged", &["--rate", "1e200"]);
    assert!(outcome.is_err());
    let (rows, last) = (log.lines().count(), log.lines().last().unwrap());
    assert!(rows == 2 && last.starts_with("2,NaN,0."), "{log}");
}

#[test]
fn the_data_are_blamed_where_they_did_it_and_are_not_the_log() {
    let path = std::env::temp_dir().join(format!("iris-huge-{}.csv", std::process::id()));
    let flowers = ["setosa", "versicolor", "virginica"].map(|s| format!("1e200,1e150,1,1,{s}\n"));
    fs::write(&path, flowers.concat().repeat(9)).unwrap();
    let path = path.to_str().unwrap();
    let error = |args: &[&str]| {
        answer_of(&APP, &[args, &["--data", path]].concat(), iris).1.unwrap_err().to_string()
    };
    let diverged = error(&[]);
    let advice = "; the inputs reach 1.00e200; dividing the features by a constant usually helps";
    assert!(diverged.ends_with(advice), "{diverged}");
    let refused = error(&["--log", path]);
    assert!(refused.contains(": found '1e200,1e150,1,1,setosa', expected a new file"), "{refused}");
    fs::remove_file(path).unwrap();
}

#[test]
fn a_net_that_ends_worse_than_it_began_is_a_failure() {
    let args = ["--rate", "1e4", "--iterations", "2", "--baseline-iterations", "10"];
    let (output, outcome) = answer_of(&APP, &args, iris);
    assert!(output.contains("\ntest accuracy: "), "{output}");
    let error = outcome.unwrap_err().to_string();
    assert!(error.starts_with("ThreeNet has not learned: its loss rose from 1.098 to "), "{error}");
}

#[test]
fn published_figures_stand_beside_the_published_run_alone() {
    let quick = ["--quiet", "--iterations", "100"];
    let output = output_of(&APP, &quick, iris);
    assert!(!output.contains("published"), "{output}");
    assert_eq!(output_of(&APP, &["--quiet"], iris).matches("published").count(), 3);
}

#[test]
fn neither_zero_nor_equal_weights_tell_flowers_as_well_as_he() {
    let args = ["--compare-init", "--splits", "1", "--iterations", "1000", "--quiet"];
    let output = output_of(&APP, &args, iris);
    let rows = |start: &str| -> Vec<Vec<String>> {
        let lines = output.lines().filter(|line| line.starts_with(start));
        lines.map(|line| line.split_whitespace().map(String::from).collect()).collect()
    };
    let [norms, losses] = &rows("zero")[..] else { panic!("{output}") };
    assert_eq!(norms[1..6], ["0.0e0"; 5], "{output}");
    // The entropy of the shares of the species, 42, 37 and 41 of 120.
    assert_eq!(losses[4], "1.0971", "{output}");
    let loss = |start: &str| -> f64 { rows(start)[1][4].parse().unwrap() };
    assert!(loss("he") < loss("small") && loss("small") < loss("zero"), "{output}");
}

#[test]
fn every_start_has_the_same_split() {
    let iris = datasets::iris(&datasets::iris_path()).unwrap();
    let starts =
        Init::NAMED.map(|(_, init)| Start::new(Settings { init, ..Settings::PUBLISHED }, &iris, 3));
    assert!(starts.iter().all(|start| start.train == starts[0].train));
}

#[test]
fn flowers_with_missing_values_are_dropped_on_demand() {
    let path = std::env::temp_dir().join(format!("iris-missing-{}.csv", std::process::id()));
    let file = fs::read_to_string(datasets::iris_path()).unwrap();
    let file = file.replacen("5.1,3.5", ",3.5", 1).replacen("4.9,3.0", "NA,3.0", 1);
    fs::write(&path, file).unwrap();
    let args = ["--data", path.to_str().unwrap(), "--iterations", "1", "--quiet"];
    let (_, outcome) = answer_of(&APP, &args, iris);
    let message = outcome.unwrap_err().to_string();
    let expected = "line 2, column 3: found an empty field, expected a number; --skip-missing \
                    drops such flowers";
    assert!(message.ends_with(expected), "{message}");
    let (output, _) = answer_of(&APP, &[&args[..], &["--skip-missing"]].concat(), iris);
    let expected = "Iris: 118 flowers to train on, all in one batch, and 30 to test on\n\
                    2 flowers with missing values dropped\n";
    assert!(output.starts_with(expected), "{output}");
    fs::remove_file(path).unwrap();
}

/// The table of answer 3.8.
#[test]
fn gradients_on_the_plateau() {
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/answers.md");
    let page = fs::read_to_string(page).unwrap();
    let iris = datasets::iris(&datasets::iris_path()).unwrap();
    let start = Start::new(Settings::PUBLISHED, &iris, 0);
    let (mut net, a0, y) = (start.net, &start.train.features, start.train.one_hot());
    for i in 1..=901 {
        let grads = net.backward(a0, &net.forward(a0), &y);
        if i % 300 == 1 {
            let norms = [&grads.db3, &grads.dw3, &grads.dw1].map(|g| g.norm_squared().sqrt());
            let [b3, w3, w1] = norms.map(|norm| format!("{norm:.1e}"));
            let row = format!("\n| {i} | {b3} | {w3} | {w1} |\n");
            assert!(page.contains(&row), "the page hasn't{row}");
        }
        net.update(&grads, Settings::PUBLISHED.rate, Settings::PUBLISHED.lambda);
    }
}

#[test]
fn one_split_is_singular() {
    let args = ["--splits", "1", "--iterations", "1000", "--baseline-iterations", "1", "--quiet"];
    let output = output_of(&APP, &args, iris);
    assert!(output.contains("ThreeNet is better on 1 split, softmax regression on 0"), "{output}");
}

#[test]
fn each_iteration_is_reported_and_each_hundredth_is_a_point() {
    let iris = datasets::iris(&datasets::iris_path()).unwrap();
    let settings = Settings { iterations: 101, ..Settings::PUBLISHED };
    let mut reports = Vec::new();
    let report = |i, point: Option<train::Point>| {
        reports.push((i, point.is_some()));
        Ok(())
    };
    train::train_three_net(settings, &Start::new(settings, &iris, 0), report).unwrap();
    assert_eq!(reports, (1..=101).map(|i| (i, i >= 100)).collect::<Vec<_>>());
}
