//! Every numbered gradient of every network against central differences: `cargo run -p gradient-check`;
//! with `--derive`, by the rules of chapter 0 instead, from the forward lines of the networks.

mod count;

use console::{App, Opt, Options, Outcome, Table};
use lines::File;
use lines::derive::{self, Derivation};
use matrix::Rng;
use nets::gradient_check::{TOLERANCE, check_all};
use std::io::Write;
use std::ops::Bound::{Excluded, Included};
use std::process::ExitCode;

const APP: App = App {
    name: "gradient-check",
    about: "every numbered gradient against central differences of the loss",
    options: &[
        Opt("precision P", "f64", "f64, or f32 to see why not"),
        Opt("epsilon E", "", "step of the differences (default: f64 1e-5, f32 5e-3)"),
        Opt("break N.M", "", "multiply the gradient of this equation by 1.02"),
        Opt("derive [N.M] ...", "", "derive all gradients, or these, by rules"),
        Opt("count", "", "train without `backward` and count the passes"),
        Opt::SEED,
        Opt::UNICODE,
    ],
};

fn main() -> ExitCode {
    APP.run(gradient_check)
}

/// The networks: their names, their files and the sources that were compiled.
const NETS: [(&str, &str, &str); 5] = [
    ("OneNet", "nets/src/one_net.rs", include_str!("../../../nets/src/one_net.rs")),
    (
        "softmax regression",
        "nets/src/softmax_regression.rs",
        include_str!("../../../nets/src/softmax_regression.rs"),
    ),
    ("TwoNet", "nets/src/two_net.rs", include_str!("../../../nets/src/two_net.rs")),
    ("ThreeNet", "nets/src/three_net.rs", include_str!("../../../nets/src/three_net.rs")),
    ("DeepNet", "nets/src/deep_net.rs", include_str!("../../../nets/src/deep_net.rs")),
];

fn gradient_check(options: &Options, out: &mut dyn Write) -> Outcome {
    if options.has("derive") {
        options.exclude("derive", "precision")?;
        options.exclude("derive", "epsilon")?;
        return derive(options, out);
    }
    let f32_wanted = options.choice("precision", &[("f64", false), ("f32", true)])?;
    let precision = if f32_wanted { "f32" } else { "f64" };
    // Near the cube root of the rounding error, where rounding and curvature cost about the same.
    let mut epsilon = if f32_wanted { 5e-3 } else { 1e-5 };
    if options.has("epsilon") {
        epsilon = options.get("epsilon", (Excluded(0.0), Included(0.01)))?;
    }
    let mut rng = Rng::new(options.seed()?);
    if options.has("count") {
        options.allow_only("count", "epsilon seed")?;
        return count::count(epsilon, &mut rng, options.style, out);
    }
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

/// Derives the gradients from the forward lines, and compares them with the lines that the nets run.
fn derive(options: &Options, out: &mut dyn Write) -> Outcome {
    let mut all: Vec<(&str, Derivation)> = Vec::new();
    for (net, name, text) in NETS {
        let derived = derive::derive(&File::new(name, text))?;
        all.extend(derived.into_iter().map(|derivation| (net, derivation)));
    }
    let numbers: Vec<String> = all.iter().map(|(_, found)| found.tag.to_string()).collect();
    let wanted = options.texts("derive");
    for (option, number) in wanted
        .iter()
        .map(|n| ("derive", n.as_str()))
        .chain(options.text("break").map(|n| ("break", n)))
    {
        if !numbers.iter().any(|known| known == number) {
            return Err(options.refuse(option, &numbers.join(" ")).into());
        }
    }
    for (_, derivation) in &mut all {
        if options.text("break") == Some(&derivation.tag.to_string()) {
            derivation.break_by(1.02);
        }
    }
    if !wanted.is_empty() {
        all.retain(|(_, found)| wanted.contains(&found.tag.to_string()));
        for (net, derivation) in &all {
            explain(net, derivation, out)?;
        }
    } else {
        let mut table = Table::new(["network", "eq.", "gradient", "follows by", ""]);
        for (i, (net, derivation)) in all.iter().enumerate() {
            if i > 0 && *net != all[i - 1].0 {
                table.rule();
            }
            let verdict = if derivation.follows() { "ok" } else { "FAILED" };
            let rules = derivation.rules.join(", ");
            let number = derivation.tag.to_string();
            table.row([*net, &number, &derivation.gradient, &rules, verdict]);
        }
        writeln!(
            out,
            "Each gradient derived from the lines of forward and of the loss by the rules of"
        )?;
        writeln!(out, "chapter 0, and compared with the line that computes it.\n")?;
        writeln!(out, "{}", table.draw(options.style))?;
    }
    let failed: Vec<String> = all
        .iter()
        .filter_map(|(_, found)| Some(format!("eq. {}: {}", found.tag, found.difference()?)))
        .collect();
    if failed.is_empty() {
        // A single derivation needs no summary.
        if all.len() > 1 {
            writeln!(out, "{} of {} gradients follow", all.len(), all.len())?;
        }
        return Ok(());
    }
    let count = failed.len();
    Err(format!("{count} of {} gradients do not follow: {}", all.len(), failed.join("; ")).into())
}

/// A derivation, a line for each rule, and then the line that the network runs.
fn explain(net: &str, derivation: &Derivation, out: &mut dyn Write) -> Outcome {
    writeln!(out, "{net}, {} (eq. {})\n", derivation.gradient, derivation.tag)?;
    let width = derivation.rows.iter().map(|(rule, _)| rule.len()).max().unwrap_or(0);
    for (rule, formula) in &derivation.rows {
        writeln!(out, "{rule:width$}  {formula}")?;
    }
    writeln!(out, "{:width$}  {} = {}", "the line", derivation.gradient, derivation.found)?;
    if let Some((_, file, text)) = NETS.iter().find(|(name, ..)| *name == net) {
        let line = text.lines().nth(derivation.line - 1).unwrap_or_default().trim();
        writeln!(out, "{:width$}  {line}", "")?;
        writeln!(out, "{:width$}  {file}:{}", "", derivation.line)?;
    }
    for condition in &derivation.conditions {
        writeln!(out, "{:width$}  {condition}", "holds if")?;
    }
    writeln!(out)?;
    Ok(())
}

#[cfg(test)]
mod tests;
