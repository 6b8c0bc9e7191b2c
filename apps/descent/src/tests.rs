use super::*;
use common::{assert_help_fits, output_of};
use nets::descent::Rule;

#[path = "../../console/tests/common/mod.rs"]
mod common;

#[test]
fn help_fits_the_screen() {
    assert_help_fits(&APP);
}

/// The cells of the row of a table.
fn row<'a>(output: &'a str, name: &str) -> Vec<&'a str> {
    let line = output.lines().rfind(|line| line.trim_start().starts_with(name));
    line.unwrap_or_else(|| panic!("no {name} in\n{output}"))
        .split("  ")
        .map(str::trim)
        .filter(|cell| !cell.is_empty())
        .collect()
}

#[test]
fn on_the_quadratic_steps_are_those_that_are_derived() {
    let output = quadratic::pictures(console::Style::plain());
    // 0.5 · 25 y² and 0.5 x² shrink by the square of the factor, from 0.5 · (1 + 25 · 0.49) on.
    let steps = (1e-6_f64 / 6.625).ln() / (2.0 * (24.0_f64 / 26.0).ln());
    assert_eq!(
        row(&output, "plain, rate 0.0769"),
        ["plain, rate 0.0769", &format!("{:.0}", steps.ceil())]
    );
    assert_eq!(output.matches('S').count(), 1 + 4, "{output}");
}

#[test]
fn newton_ends_where_the_gradient_does_and_the_curvatures_are_eigenvalues() {
    let flowers = datasets::iris(&datasets::iris_path()).unwrap();
    for standard in [false, true] {
        let bed = iris::Bed::new(&flowers, standard, 0);
        assert!(bed.slope() < 1e-12, "{}", bed.slope());
        // The trace is the sum of all eigenvalues, none of which is negative.
        let ([least, most], trace) = (bed.curvatures(), bed.trace());
        assert!(
            0.0 < least && least < most && most < trace && trace < 14.0 * most,
            "{least} {most} {trace}"
        );
    }
    let bed = iris::Bed::new(&flowers, true, 0);
    assert!((bed.curvatures()[0] / 2e-4 - 1.0).abs() < 1e-9);
}

#[test]
fn a_rate_beyond_the_edge_never_comes_near() {
    let flowers = datasets::iris(&datasets::iris_path()).unwrap();
    let bed = iris::Bed::new(&flowers, true, 0);
    let edge = 2.0 / bed.curvatures()[1];
    let reaches = |factor: f64| {
        bed.run(Rule::Plain, factor * edge, 5000).is_some_and(|run| run.steps[1].is_some())
    };
    assert_eq!([0.9, 1.1].map(reaches), [true, false]);
}

#[test]
fn standardising_makes_every_rule_faster() {
    let output = output_of(&APP, &["--seeds", "1", "--iterations", "3000", "--quiet"], descent);
    let rows: Vec<&str> = output.lines().filter(|line| line.starts_with("plain")).collect();
    assert!(rows[0].contains("> 3000") && !rows[1].contains("> 3000"), "{output}");
}

#[test]
fn a_run_of_xor_is_as_long_as_it_takes() {
    let run = |rule, rate, seed| xor::run_one(rule, rate, seed, 10_000);
    assert!(
        run(Rule::Momentum(0.9), 1.0, 0).steps.unwrap() < run(Rule::Plain, 0.5, 0).steps.unwrap()
    );
    // Five of six units of seed 1 are dead.
    assert_eq!(run(Rule::Plain, 0.5, 1).steps, None);
}
