//! What the app shows of its runs.

use crate::{INPUTS, LABELS, Run, SHOWN, dead};
use console::text::Count;
use console::{Axis, Style, Table, beside, fixed, histogram, map, percent};
use matrix::Matrix;
use nets::Init;
use nets::activation::softmax_of_rows;
use std::f64::consts::LN_2;

/// Maps of p(y = 1), over the inputs and over the two hidden features that matter most.
pub(crate) fn pictures(run: &Run, style: Style) -> String {
    let style = style.with_width(style.width / 2 - 1);
    let label = |i: usize| if LABELS[i] == 0 { '0' } else { '1' };
    let net = &run.net;

    let of_inputs = |x1, x2| net.forward(&Matrix::from_rows([[x1, x2]])).probs[(0, 1)];
    let points: Vec<_> = INPUTS.iter().enumerate().map(|(i, x)| (x[0], x[1], label(i))).collect();
    let axis = |name| Axis { name, from: -0.5, to: 1.5 };
    let inputs = map("p(y=1) over the inputs", [axis("x1"), axis("x2")], of_inputs, &points, style);
    let &[u, v, ..] = &units(run)[..] else { return inputs };

    // The other features are held at their mean over the four rows.
    let a1 = &run.acts.a1;
    let mean = a1.sum_of_rows() / 4.0;
    let of_features = |au, av| {
        let mut a1 = mean.clone();
        (a1[(0, u)], a1[(0, v)]) = (au, av);
        softmax_of_rows(&a1.dot(&net.w2).add_row(&net.b2))[(0, 1)]
    };
    let points: Vec<_> = (0..4).map(|i| (a1[(i, u)], a1[(i, v)], label(i))).collect();
    let largest = |unit: usize| (0..4).map(|i| a1[(i, unit)]).fold(1e-3, f64::max);
    let names = [u, v].map(|unit| format!("a1[{unit}]"));
    let axis = |name, unit| Axis { name, from: -0.2 * largest(unit), to: 1.2 * largest(unit) };
    let axes = [axis(&names[0], u), axis(&names[1], v)];
    let features = map("p(y=1) over two hidden features", axes, of_features, &points, style);
    beside(&[inputs, features], 2 * style.width + 2)
}

/// The hidden units, sorted by how much their features change the scores, the largest change first.
fn units(run: &Run) -> Vec<usize> {
    let (a1, w2) = (&run.acts.a1, &run.net.w2);
    let influence = |unit: usize| {
        let values = (0..4).map(|i| a1[(i, unit)]);
        let range = values.clone().fold(0.0, f64::max) - values.fold(f64::INFINITY, f64::min);
        range * (w2[(unit, 1)] - w2[(unit, 0)]).abs()
    };
    let mut units: Vec<usize> = (0..a1.cols()).collect();
    units.sort_by(|&a, &b| influence(b).total_cmp(&influence(a)));
    units
}

/// The hidden features of each row of inputs, and the probability they lead to.
pub(crate) fn features(run: &Run, style: Style) -> String {
    let (a1, probs) = (&run.acts.a1, &run.acts.probs);
    let mut units = units(run);
    units.truncate((style.width - 24) / 8);
    let mut header = vec!["input".to_string(), "label".into()];
    header.extend(units.iter().map(|unit| format!("a1[{unit}]")));
    header.push("p(y=1)".into());
    let mut table = Table::new(header);
    for (i, [x1, x2]) in INPUTS.iter().enumerate() {
        let mut row = vec![format!("({x1},{x2})"), LABELS[i].to_string()];
        row.extend(units.iter().map(|&unit| fixed(a1[(i, unit)], 2)));
        row.push(fixed(probs[(i, 1)], 4));
        table.row(row);
    }
    let shown = format!("{} of {}", units.len(), Count(a1.cols(), "hidden feature"));
    format!("{shown}, the most influential first\n{}", table.draw(style))
}

/// Why a run failed, as far as its loss and its hidden units tell.
pub(crate) fn failure(run: &Run) -> String {
    let units = run.born_dead.len();
    let dead = count(&dead(&run.acts.z1));
    let live = units - dead;
    if run.falling {
        "still falling: it needs more --iterations".into()
    } else if live >= 2 && run.loss > 0.99 * LN_2 {
        "still near ln 2, where p is 0.5 for every row".into()
    } else if units == 1 && dead == 1 {
        "its only relu is dead".into()
    } else if live == 0 {
        format!("all {dead} relus are dead")
    } else if dead > 0 {
        format!("{dead} of {units} relus are dead")
    } else {
        "the hidden units tell too few rows apart".into()
    }
}

/// The final losses of runs with the seeds from `first` on, the failures among them, and how many
/// succeeded.
pub(crate) fn seeds(runs: &[Run], first: u64, style: Style) -> String {
    let losses: Vec<f64> = runs.iter().map(|run| run.loss).collect();
    let mut text = histogram("runs by final loss", &losses, 10, style);
    for (i, run) in runs.iter().enumerate().filter(|(_, run)| run.accuracy < 1.0) {
        let (seed, why) = (first.wrapping_add(i as u64), failure(run));
        text += &format!(
            "\nseed {seed}: {}, loss {}: {why}",
            percent(run.accuracy),
            fixed(run.loss, 3)
        );
    }
    let right = runs.iter().filter(|run| run.accuracy == 1.0).count();
    let reach = if runs.len() == 1 { "reaches" } else { "reach" };
    let seeds = Count(runs.len(), "seed");
    let right = format!("{right} of {seeds} {reach} a training accuracy of 100 %");
    format!("{text}\n{right}\n\n{}", births(runs, style))
}

/// How many relus are dead at the start and at the end; and for each number alive at the start, how
/// many runs succeed.
fn births(runs: &[Run], style: Style) -> String {
    let (mut born, mut died, mut revived) = (0, 0, 0);
    for run in runs {
        for (&before, after) in run.born_dead.iter().zip(dead(&run.acts.z1)) {
            born += usize::from(before);
            died += usize::from(!before && after);
            revived += usize::from(before && !after);
        }
    }
    let units = runs.iter().map(|run| run.born_dead.len()).sum::<usize>();
    let mut table = Table::new(["relus alive at the start", "seeds", "reach 100 %"]);
    for alive in 0..=runs[0].born_dead.len() {
        let of = |run: &&Run| run.born_dead.len() - count(&run.born_dead) == alive;
        let runs: Vec<&Run> = runs.iter().filter(of).collect();
        let right = runs.iter().filter(|run| run.accuracy == 1.0).count();
        if !runs.is_empty() {
            table.row([alive, runs.len(), right].map(|n| n.to_string()));
        }
    }
    format!(
        "{born} of {} {} dead at the start; later {died} die and {revived} revive\n{}",
        Count(units, "relu"),
        if units == 1 { "is" } else { "are" },
        table.draw(style)
    )
}

fn count(units: &[bool]) -> usize {
    units.iter().filter(|&&unit| unit).count()
}

/// The four starts on the same seeds: the mean loss before some iterations and at the end, and how many
/// runs succeed.
pub(crate) fn starts(runs: &[Vec<Run>], style: Style) -> String {
    let shown = SHOWN[..runs[0][0].losses.len()].iter().map(usize::to_string);
    let mut table =
        Table::new(["start".into()].into_iter().chain(shown).chain(["reach 100 %".into()]));
    for ((name, _), runs) in Init::NAMED.iter().zip(runs) {
        let mut row = vec![(*name).to_string()];
        for i in 0..runs[0].losses.len() {
            let total: f64 = runs.iter().map(|run| run.losses[i]).sum();
            row.push(fixed(total / runs.len() as f64, 4));
        }
        let right = runs.iter().filter(|run| run.accuracy == 1.0).count();
        row.push(format!("{right} of {}", runs.len()));
        table.row(row);
    }
    format!("the mean data loss before these iterations\n\n{}", table.draw(style))
}
