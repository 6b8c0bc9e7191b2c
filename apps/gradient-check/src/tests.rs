use super::*;
use common::{assert_help_fits, output_of};

#[path = "../../console/tests/common/mod.rs"]
mod common;

#[test]
fn help_fits_the_screen() {
    assert_help_fits(&APP);
}

#[test]
fn all_gradients_pass() {
    let output = output_of(&APP, &[], gradient_check);
    let gradients = check_all::<f64>(1e-5, None, &mut Rng::new(0)).len();
    let last = format!("all {gradients} gradients are right, each error below 1e-6\n");
    assert!(output.ends_with(&last), "{output}");
}

#[test]
fn eq_0_9_trains_as_backward_does_for_32_times_the_passes() {
    let output = output_of(&APP, &["--count", "--epsilon", "1e-7"], gradient_check);
    let row = |name: &str| {
        let line = output.lines().find(|line| line.starts_with(name)).unwrap();
        line.split_whitespace().map(str::to_string).collect::<Vec<_>>()
    };
    let (differences, backward) = (row("eq. 0.9"), row("backward"));
    assert_eq!(differences[2..4], ["64", "128000"]);
    assert_eq!(differences.last(), backward.last());
    let loss: f64 = backward.last().unwrap().parse().unwrap();
    assert!(loss < 0.05, "{output}");
    let away = output.lines().find_map(|line| line.strip_prefix("largest difference")).unwrap();
    let away: f64 = away.rsplit(' ').next().unwrap().parse().unwrap();
    assert!(away < 1e-6, "{output}");
}

#[test]
#[should_panic(expected = "gradient-check: 1 of ")]
fn a_broken_gradient_fails() {
    output_of(&APP, &["--break", "3.9"], gradient_check);
}

#[test]
#[should_panic(expected = "--break: found \"3.1\", expected 1.4 1.5 1.6 2.6 2.7")]
fn only_gradients_can_be_broken() {
    output_of(&APP, &["--break", "3.1"], gradient_check);
}

#[test]
fn all_gradients_follow() {
    let output = output_of(&APP, &["--derive"], gradient_check);
    let gradients = check_all::<f64>(1e-5, None, &mut Rng::new(0)).len();
    assert!(
        output.ends_with(&format!("{gradients} of {gradients} gradients follow\n")),
        "{output}"
    );
}

#[test]
fn a_derivation_has_a_line_for_each_rule() {
    let output = output_of(&APP, &["--derive", "3.11"], gradient_check);
    let expected = "\
TwoNet, ∇a¹ (eq. 3.11)

forward       z² = a¹ · W² + 1 · b²   eq. 3.3
sum           dz² = d(a¹ · W²) + d(1 · b²)
product       dz² = da¹ · W² + a¹ · dW² + 1 · db²
others fixed  dz² = da¹ · W²
insertion     d(dataLoss) = tr((∇z²)ᵀ · da¹ · W²)
cycle         d(dataLoss) = tr(W² · (∇z²)ᵀ · da¹)
read off      (∇a¹)ᵀ = W² · (∇z²)ᵀ
transpose     ∇a¹ = ∇z² · (W²)ᵀ
the line      ∇a¹ = ∇z² · (W²)ᵀ
              let da1 = dz2.dot(self.w2.t()); // (3.11)
";
    assert!(output.starts_with(expected), "{output}");
}

#[test]
#[should_panic(expected = "1 of 29 gradients do not follow: eq. 3.9: a factor, 1.02 in place of 1")]
fn a_broken_gradient_does_not_follow() {
    output_of(&APP, &["--derive", "--break", "3.9"], gradient_check);
}

#[test]
#[should_panic(expected = "--derive: found \"3.1\", expected 1.4 1.5")]
fn only_gradients_are_derived() {
    output_of(&APP, &["--derive", "3.1"], gradient_check);
}
