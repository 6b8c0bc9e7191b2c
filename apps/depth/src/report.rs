//! What the app shows of its runs.

use crate::Run;
use console::{Style, Table, chart, fixed, percent, significant, uncertain};
use nets::Init;
use nets::metrics::standard_error;

/// The start in words, and the derived factor of a layer of `hidden` units.
pub(crate) fn heading(init: Init, hidden: usize) -> String {
    let hidden = hidden as f64;
    let (start, std) = match init {
        Init::He => ("he: weights of the variance 2 / inputs, biases 0", (2.0 / hidden).sqrt()),
        _ => ("small: weights and biases of deviation 0.01", 0.01),
    };
    let factor = significant(std * (hidden / 2.0).sqrt(), 2);
    format!("{start}; derived factor of a layer: {factor}")
}

/// ‖∇W¹‖ before the first step, from one layer on.
pub(crate) fn norms(inits: &[Init], norms: &[Vec<f64>], style: Style) -> String {
    let log10 = |norms: &Vec<f64>| norms.iter().map(|norm| norm.log10()).collect();
    let logs: Vec<Vec<f64>> = norms.iter().map(log10).collect();
    let series = inits.iter().zip(&logs).map(|(&init, logs)| (init.name(), &logs[..]));
    let names = ["log10 |dW1| before the first step", "layers"];
    chart(names, norms[0].len(), &series.collect::<Vec<_>>(), style)
}

/// The losses of all runs from one start.
pub(crate) fn losses(layers: &[usize], runs: &[Run], iterations: usize, style: Style) -> String {
    let names: Vec<String> = layers.iter().map(usize::to_string).collect();
    let series = names.iter().zip(runs).map(|(name, run)| (name.as_str(), &run.losses[..]));
    chart(["loss", "iteration"], iterations, &series.collect::<Vec<_>>(), style)
}

/// A row for each run from one start, tested on `n_test` flowers. The factor is the mean over all
/// layers but the first.
pub(crate) fn table(
    layers: &[usize],
    runs: &[Run],
    norms: &[f64],
    n_test: usize,
    style: Style,
) -> String {
    let header = ["layers", "|dW1|", "factor", "below plateau at", "loss", "train", "test"];
    let mut table = Table::new(header);
    for (&layers, run) in layers.iter().zip(runs) {
        let norm = norms[layers - 1];
        let factor = match layers {
            1 => "-".into(),
            _ => significant((norm / norms[0]).powf(1.0 / (layers - 1) as f64), 2),
        };
        table.row([
            layers.to_string(),
            format!("{norm:.1e}"),
            factor,
            run.below.map_or("-".into(), |i| i.to_string()),
            fixed(run.last, 4),
            percent(run.train),
            uncertain(run.test, standard_error(run.test, n_test)),
        ]);
    }
    table.draw(style)
}
