//! What the app shows of its runs.

use crate::train::{Run, SHOWN};
use console::text::Count;
use console::{Style, Table, fixed, percent, scatter, uncertain};
use datasets::{Iris, SPECIES};
use nets::Init;
use nets::metrics::{confusion_matrix, standard_error};
use std::cmp::Ordering;

/// The test flowers by the size of their petals.
pub(crate) fn flowers(test: &Iris, predicted: &[usize], style: Style) -> String {
    // Versicolor and virginica share their first letter.
    let classes = [('s', SPECIES[0]), ('c', SPECIES[1]), ('g', SPECIES[2])];
    let point = |i: usize| {
        let (letter, _) = classes[test.species[i]];
        let is_right = predicted[i] == test.species[i];
        let letter = if is_right { letter } else { letter.to_ascii_uppercase() };
        (test.features[(i, 2)], test.features[(i, 3)], letter)
    };
    let points: Vec<_> = (0..test.species.len()).map(point).collect();
    scatter("petal length (cm)", "petal width (cm)", &classes, &points, style)
}

/// The confusion matrix of the test flowers.
pub(crate) fn confusion(test: &Iris, predicted: &[usize], style: Style) -> String {
    let counts = confusion_matrix(predicted, &test.species, SPECIES.len());
    format!("test flowers, {}", console::confusion(&SPECIES, &counts, style))
}

/// Both networks on the same split, next to the tutorial's table if the settings are the
/// tutorial's.
pub(crate) fn comparison(net: &Run, baseline: &Run, is_published: bool, style: Style) -> String {
    let columns = if is_published { 4 } else { 3 };
    let mut table = Table::new(["", "train", "test", "published"].into_iter().take(columns));
    let row = |name: &str, run: &Run, published: &str| {
        [name.to_string(), percent(run.best_train), test(run), published.to_string()]
            .into_iter()
            .take(columns)
    };
    table.row(row("softmax regression", baseline, "96.67 % (test)"));
    table.row(row("ThreeNet", net, "98.33 % (train)"));
    format!("{}\n{}{}", table.draw(style), j("softmax regression", baseline), j("ThreeNet", net))
}

/// The test accuracy of a run, with its standard error.
pub(crate) fn test(run: &Run) -> String {
    uncertain(run.test, standard_error(run.test, run.predicted.len()))
}

/// What ± means in a table of means over splits that have this many test flowers each.
fn plus_minus(n_test: usize) -> String {
    let flowers = Count(n_test, "test flower");
    format!("±: the standard error of the accuracy on the {flowers} of one split\n")
}

/// J of a net after its last step, and its parts.
fn j(name: &str, run: &Run) -> String {
    let [j, loss, reg] = [run.loss + run.reg_loss, run.loss, run.reg_loss].map(|x| fixed(x, 4));
    format!("{name}: J = {j}, data loss {loss}, regulariser {reg}\n")
}

/// Both networks on the same splits: mean and range.
pub(crate) fn splits(pairs: &[(Run, Run)], style: Style) -> String {
    let mut table = Table::new(["", "mean", "±", "lowest", "highest"]);
    let n_test = pairs[0].0.predicted.len();
    let mut row = |name: &str, is_test: bool, of: fn(&(Run, Run)) -> f64| {
        let values: Vec<f64> = pairs.iter().map(of).collect();
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        let lowest = values.iter().copied().fold(f64::INFINITY, f64::min);
        let highest = values.iter().copied().fold(0.0, f64::max);
        let error = if is_test { percent(standard_error(mean, n_test)) } else { String::new() };
        table.row([name.into(), percent(mean), error, percent(lowest), percent(highest)]);
    };
    row("ThreeNet, best train accuracy", false, |(net, _)| net.best_train);
    row("ThreeNet, test accuracy", true, |(net, _)| net.test);
    row("softmax regression, train accuracy", false, |(_, baseline)| baseline.best_train);
    row("softmax regression, test accuracy", true, |(_, baseline)| baseline.test);
    let count = |order: Ordering| {
        pairs.iter().filter(|(net, base)| net.test.total_cmp(&base.test) == order).count()
    };
    format!(
        "{}{}\non the test flowers ThreeNet is better on {}, softmax regression on {}, and\n\
         they are equal on {}\n",
        table.draw(style),
        plus_minus(n_test),
        Count(count(Ordering::Greater), "split"),
        count(Ordering::Less),
        count(Ordering::Equal)
    )
}

/// The norms of the gradients before the first step, for each start.
pub(crate) fn norms(starts: &[Vec<f64>], style: Style) -> String {
    let mut table = Table::new(["start", "dW1", "db1", "dW2", "db2", "dW3", "db3"]);
    for ((name, _), norms) in Init::NAMED.iter().zip(starts) {
        let norms = norms.iter().map(|norm| format!("{norm:.1e}"));
        table.row([(*name).to_string()].into_iter().chain(norms));
    }
    format!("the norms of the gradients before the first step\n\n{}", table.draw(style))
}

/// The four starts on the same splits: the mean of the losses and of the accuracies.
pub(crate) fn starts(runs: &[Vec<Run>], style: Style) -> String {
    let (n_losses, n_test) = (runs[0][0].shown.len(), runs[0][0].predicted.len());
    let mut header = vec!["start".to_string()];
    header.extend(SHOWN[..n_losses].iter().map(usize::to_string));
    header.extend(["train", "test", "±"].map(String::from));
    let mut table = Table::new(header);
    for ((name, _), runs) in Init::NAMED.iter().zip(runs) {
        let mean = |of: &dyn Fn(&Run) -> f64| runs.iter().map(of).sum::<f64>() / runs.len() as f64;
        let test = mean(&|run| run.test);
        let mut row = vec![(*name).to_string()];
        row.extend((0..n_losses).map(|i| fixed(mean(&|run| run.shown[i]), 4)));
        row.extend([mean(&|run| run.best_train), test, standard_error(test, n_test)].map(percent));
        table.row(row);
    }
    format!(
        "the mean data loss before these iterations, and the mean accuracies\n\n{}{}",
        table.draw(style),
        plus_minus(n_test)
    )
}
