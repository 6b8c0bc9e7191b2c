use super::*;

#[test]
fn help_fits_the_screen() {
    APP.assert_help_fits();
}

#[test]
fn the_last_lines_are_those_of_the_tutorial() {
    let output = APP.output(&["--iterations", "3000", "--baseline-iterations", "500"], iris);
    let lines: Vec<&str> = output.lines().collect();
    let [train, test] = lines[lines.len() - 2..] else { panic!("{output}") };
    assert!(train.starts_with("best train accuracy: "), "{train}");
    assert!(test.starts_with("test accuracy: "), "{test}");
}

#[test]
fn the_mean_over_16_splits_is_as_measured_in_numpy() {
    let output = APP.output(&["--splits", "16"], iris);
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
}

#[test]
#[should_panic(expected = "ThreeNet, iteration 2: the loss is NaN; a smaller --rate usually helps")]
fn a_loss_that_is_not_finite_stops_the_run() {
    APP.output(&["--rate", "1e200"], iris);
}

#[test]
#[should_panic(expected = "--train-share: found \"0.001\", expected")]
fn a_share_must_leave_flowers_for_both_sets() {
    APP.output(&["--train-share", "0.001"], iris);
}
