//! How the page of chapter 8 continues a run from its recorded numbers: the operations that lead
//! from one iteration to the next. All are numbered lines, of the rules and of the net that learns;
//! only the quadratic has its own.

use crate::equations::Tag;
use crate::html::{Entries, json_list, json_string};
use crate::links::function_of;
use crate::ops::{self, Step};
use crate::runs::{RULES, Recording};
use crate::site::{Page, Site};
use lines::functions::functions;
use lines::term::Term;

/// Besides the weights, t changes in each step: it grows by one.
const ADVANCE: [&str; 2] = [
    "let part1 = 1.0 - beta1 * (1.0 - part1);", //
    "let part2 = 1.0 - beta2 * (1.0 - part2);",
];

/// Letters with the operations that compute them, in order.
type Trees = Vec<(String, Term)>;

/// The operations as entries of JSON: `before` computes the numbers of the rules that the page does not show,
/// `advance` those that the next step starts from.
pub(crate) fn entries(site: &Site<'_>, page: &Page<'_>, run: &Recording) -> Entries {
    let whole = page.steps.values().find(|step| step.result == "g.step");
    let Some(whole) = whole.filter(|_| !run.rules.is_empty()) else { return Vec::new() };
    let mut net = trees(run.code);
    if net.is_empty() {
        // The lines of the net, forward and backward.
        let page = site.pages.iter().find(|page| page.chapter == Some(3));
        let steps = page.into_iter().flat_map(|page| page.steps.values());
        let steps = steps.filter(|step| !step.update);
        net = steps.map(|step| (step.result.clone(), step.term.clone())).collect();
    }
    let (mut before, mut advance) = (Trees::new(), trees(&ADVANCE));
    for (rule, ..) in RULES {
        let of_rule = |name: &str| match name.split('.').next().unwrap_or(name) {
            "w1" => format!("w.{rule}"),
            "dw1" => format!("dw.{rule}"),
            // Samples, labels and settings are the same for all rules.
            "a0" | "y" | "n" | "c" | "lambda" => name.into(),
            letter => format!("{letter}.{rule}"),
        };
        before.extend(net.iter().map(|(key, term)| (of_rule(key), term.renamed(&of_rule))));
        before.push((of_rule(&whole.result), whole.term.renamed(&of_rule)));
        for other in run.others {
            // Each matrix has its own w, dw, g and v, or m and s; a bias has no λ.
            let own = |name: &str| match name.split('.').next().unwrap_or(name) {
                "w" => format!("{other}.{rule}"),
                "dw" => format!("d{other}.{rule}"),
                "lambda" if other.starts_with('b') => "zero".into(),
                letter @ ("g" | "v" | "m" | "s" | "step") => format!("{letter}.{rule}.{other}"),
                _ if Tag::parse(name).is_some() => format!("{name}.{other}"),
                _ => name.into(),
            };
            before.push((own(&whole.result), whole.term.renamed(&own)));
            for (tag, step) in page.steps.iter().filter(|(tag, _)| is_of(site, **tag, rule)) {
                let key = own(&step.key(*tag));
                before.push((key.clone(), step.term.renamed(&own)));
                if step.update {
                    advance.push((own(&step.result), Term::Letter(key)));
                }
            }
        }
    }
    let shown = [("w.step", "w.plain"), ("dw", "dw.plain")];
    before.extend(shown.map(|(key, from)| (key.into(), Term::Letter(from.into()))));
    let json = |trees: Trees| {
        json_list(trees.iter().map(|(key, term)| json_list([json_string(key), term.json()])))
    };
    vec![("before", json(before)), ("advance", json(advance))]
}

/// Whether an equation is computed in the function of this name.
fn is_of(site: &Site<'_>, tag: Tag, name: &str) -> bool {
    let (source, line) = site.equations[&tag].line;
    function_of(&site.files.sources[source], line).is_some_and(|function| function.name == name)
}

/// Lines of code as operations.
fn trees(code: &[&str]) -> Trees {
    let tree = |line: &&str| {
        let lines = ["fn f() {", line, "}"].map(String::from);
        let step = ops::step(&lines, &functions(&lines)[0], 1, &|_| true);
        let Step { result, term, .. } = step.unwrap_or_else(|found| panic!("{line}: {found}"));
        (result, term)
    };
    code.iter().map(tree).collect()
}
