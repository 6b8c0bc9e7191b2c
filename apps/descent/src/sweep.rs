//! The rules and the rates that are compared, and how a comparison is printed.

use console::{Outcome, Progress, share};
use nets::descent::Rule;
use std::sync::Mutex;

/// The rules and their names.
pub(crate) const RULES: [(&str, Rule); 4] = [
    ("plain", Rule::Plain),
    ("momentum 0.9", Rule::Momentum(0.9)),
    ("momentum 0.99", Rule::Momentum(0.99)),
    ("Adam", Rule::Adam),
];

/// 1, 2 and 5 times the powers of ten from 10^`from` on, `count` rates in all.
pub(crate) fn rates(from: i32, count: usize) -> Vec<f64> {
    let rate = |i: usize| [1.0, 2.0, 5.0][i % 3] * 10f64.powi(from + i as i32 / 3);
    (0..count).map(rate).collect()
}

/// For each rule, the rate whose runs from all these starts have the lowest total cost, the
/// smallest rate in case of a tie. A run that diverges returns no cost, and its rate is ruled out.
/// A run may also return no cost as soon as it exceeds its limit, because a cheaper rate is known
/// then.
pub(crate) fn sweep<S: Sync>(
    rates: &[f64],
    starts: &[S],
    quiet: bool,
    cost: impl Fn(Rule, f64, &S, f64) -> Option<f64> + Sync,
) -> Outcome<Vec<(&'static str, Rule, f64)>> {
    let least = RULES.map(|_| Mutex::new(f64::INFINITY));
    let of_rule = |i: usize| rates.iter().map(move |&rate| (i, rate));
    // The large rates come first, because their runs are short.
    let runs: Vec<(usize, f64)> = (0..RULES.len()).flat_map(of_rule).rev().collect();
    let mut costs = in_parallel("rate", &runs, quiet, |&(i, rate)| {
        let least = || least[i].lock().expect("nothing panics that holds it");
        let mut total = 0.0;
        for start in starts {
            let limit = *least() - total;
            total += cost(RULES[i].1, rate, start, limit).unwrap_or(f64::INFINITY);
            if total > *least() {
                return f64::INFINITY;
            }
        }
        let mut least = least();
        *least = least.min(total);
        total
    })?;
    costs.reverse();
    let best = |costs: &[f64]| {
        rates[(1..costs.len()).fold(0, |best, i| if costs[i] < costs[best] { i } else { best })]
    };
    Ok(RULES
        .into_iter()
        .zip(costs.chunks(rates.len()))
        .map(|((name, rule), costs)| (name, rule, best(costs)))
        .collect())
}

/// The results of `run` for all items, in their order, computed on all threads.
pub(crate) fn in_parallel<T: Sync, R: Send>(
    unit: &'static str,
    items: &[T],
    quiet: bool,
    run: impl Fn(&T) -> R + Sync,
) -> Outcome<Vec<R>> {
    let progress = Progress::new(unit, 1..=items.len(), quiet);
    share(items.iter(), matrix::threads(), |item| {
        let result = run(item);
        progress.add(1.0, "")?;
        Ok(result)
    })
}

/// The median, the lowest and the highest of some numbers of steps, as texts. A run without a
/// number is shown as `> last`.
pub(crate) fn spread(mut steps: Vec<Option<usize>>, last: usize) -> [String; 2] {
    steps.sort_by_key(|steps| steps.unwrap_or(usize::MAX));
    let text = |i: usize| steps[i].map_or(format!("> {last}"), |steps| steps.to_string());
    let [low, high] = [text(0), text(steps.len() - 1)];
    let range = if low == high { low } else { format!("{low} to {high}") };
    [text(steps.len() / 2), range]
}
