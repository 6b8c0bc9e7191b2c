//! How the page of chapter 8 runs on from its recorded numbers: the trees that lead from one iteration to the
//! next. Those of the rules are its numbered lines; J and its gradient are given by the run.

use crate::ops::{self, Op, Step};
use crate::runs::{RULES, Recording};
use crate::site::Page;
use lines::functions::functions;

/// What changes from step to step besides the weights: t is one more.
const ADVANCE: [&str; 2] = [
    "let part1 = 1.0 - beta1 * (1.0 - part1);", //
    "let part2 = 1.0 - beta2 * (1.0 - part2);",
];

/// The trees as JSON: `before` makes the gradients of each rule from its weights, `advance` what the next step
/// starts from. Both are null if the run gives no gradient.
pub fn json(page: &Page<'_>, run: &Recording) -> String {
    let list = |trees: Vec<(String, Op)>| {
        let trees = trees.iter().map(|(key, op)| format!("[\"{key}\",{}]", op.json()));
        format!("[{}]", trees.collect::<Vec<_>>().join(","))
    };
    match (run.gradient, page.steps.values().find(|step| step.result == "g.step")) {
        (Some(gradient), Some(whole)) => {
            let advance = list(trees(&ADVANCE));
            format!("\"before\":{},\"advance\":{advance}", list(before(gradient, whole)))
        }
        _ => "\"before\":null,\"advance\":null".into(),
    }
}

/// What each rule's line of g needs, the line with the letters of the rule, and the letters that the page shows.
fn before(gradient: [&str; 2], whole: &Step) -> Vec<(String, Op)> {
    let mut all = Vec::new();
    for rule in RULES {
        let of_rule = |name: &str| match name.split('.').next() {
            Some(letter @ ("w" | "dw" | "loss" | "g")) => format!("{letter}.{rule}"),
            _ => name.to_string(),
        };
        for (key, mut op) in [trees(&gradient), vec![("g".into(), whole.op.clone())]].concat() {
            op.for_letters(&mut |name| *name = of_rule(name));
            all.push((of_rule(&key), op));
        }
    }
    let shown = [("w.step", "w.plain"), ("dw", "dw.plain")];
    all.extend(shown.map(|(key, from)| (key.into(), Op::Value(from.into()))));
    all
}

/// Lines of code as letters and the operations that make them.
fn trees<const N: usize>(code: &[&str; N]) -> Vec<(String, Op)> {
    code.iter()
        .map(|line| {
            let lines = ["fn f() {", line, "}"].map(String::from);
            let step = ops::step(&lines, &functions(&lines)[0], 1, &|_| true);
            let Step { result, op, .. } = step.unwrap_or_else(|found| panic!("{line}: {found}"));
            (result, op)
        })
        .collect()
}
