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
#[should_panic(expected = "gradient-check: 1 of ")]
fn a_broken_gradient_fails() {
    output_of(&APP, &["--break", "3.9"], gradient_check);
}

#[test]
#[should_panic(expected = "--break: found \"3.1\", expected 1.4 1.5 1.6 2.6 2.7")]
fn only_gradients_can_be_broken() {
    output_of(&APP, &["--break", "3.1"], gradient_check);
}
