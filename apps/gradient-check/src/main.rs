//! Every numbered gradient of every network against central differences: `cargo run -p gradient-check`.

use console::{App, Opt, Options, Outcome, Table};
use matrix::Rng;
use nets::gradient_check::{TOLERANCE, check_all};
use std::io::Write;
use std::ops::Bound::{Excluded, Included};
use std::process::ExitCode;

const APP: App = App {
    name: "gradient-check",
    version: env!("CARGO_PKG_VERSION"),
    about: "every numbered gradient against central differences of the loss",
    options: &[
        Opt::value("precision", "P", "f64", "f64, or f32 to see why not"),
        Opt::optional("epsilon", "E", "step of the differences (default: f64 1e-5, f32 5e-3)"),
        Opt::optional("break", "N.M", "multiply the gradient of this equation by 1.02"),
        Opt::SEED,
    ],
};

fn main() -> ExitCode {
    APP.run(gradient_check)
}

fn gradient_check(options: &Options, out: &mut dyn Write) -> Outcome {
    let f32_wanted = options.choice("precision", &[("f64", false), ("f32", true)])?;
    let precision = if f32_wanted { "f32" } else { "f64" };
    // Near the cube root of the rounding error, where rounding and curvature cost about the same.
    let mut epsilon = if f32_wanted { 5e-3 } else { 1e-5 };
    if options.has("epsilon") {
        epsilon = options.get("epsilon", (Excluded(0.0), Included(0.01)))?;
    }
    let mut rng = Rng::new(options.seed()?);
    let broken = options.text("break");
    let check = if f32_wanted { check_all::<f32> } else { check_all::<f64> };
    let checks = check(epsilon, broken, &mut rng);
    if let Some(broken) = broken
        && !checks.iter().any(|check| check.equation == broken)
    {
        let numbers: Vec<_> = checks.iter().map(|check| check.equation).collect();
        return Err(options.refuse("break", &numbers.join(" ")).into());
    }

    writeln!(
        out,
        "Each gradient in {precision}, against central differences with a step of {epsilon:e}."
    )?;
    writeln!(out, "error: the largest difference of an entry, as a share of the gradient's norm")?;
    if let Some(broken) = broken {
        writeln!(out, "broken on purpose: the gradient of eq. {broken} is multiplied by 1.02")?;
    }
    writeln!(out)?;
    let mut table = Table::new(["network", "eq.", "formula", "entries", "error", ""]);
    for (i, check) in checks.iter().enumerate() {
        if i > 0 && check.net != checks[i - 1].net {
            table.rule();
        }
        table.row([
            check.net,
            check.equation,
            check.formula,
            &check.entries.to_string(),
            &format!("{:.1e}", check.error),
            if check.passes() { "ok" } else { "FAILED" },
        ]);
    }
    writeln!(out, "{}", table.draw(options.style))?;

    let failed = checks.iter().filter(|check| !check.passes()).count();
    if failed == 0 {
        writeln!(out, "all {} gradients are right, each error below {TOLERANCE:e}", checks.len())?;
        return Ok(());
    }
    if f32_wanted {
        writeln!(
            out,
            "f32 has 7 digits. The loss keeps about 7 of them, the difference of two losses\n\
             only a few, so a right gradient and one that is off by 1e-4 look alike."
        )?;
    }
    Err(format!("{failed} of {} gradients have an error of {TOLERANCE:e} or more", checks.len())
        .into())
}

#[cfg(test)]
mod tests;
