//! The output for a run: its settings before, its curves, pictures and tables after.

use crate::baseline::Baseline;
use crate::evaluation::Evaluation;
use crate::settings::{Settings, join};
use crate::training::{Net, Training};
use console::{
    Options, Outcome, Style, Table, bars, beside, chart, fixed, log_chart, percent, picture,
    shortest, uncertain, weights,
};
use datasets::Images;
use datasets::text::Shown;
use matrix::Matrix;
use nets::Init;
use nets::metrics::{confusion_matrix, standard_error};
use std::io::Write;

/// How many mistakes and hidden units are drawn.
const DRAWN: usize = 9;

/// Returns the settings of a run that begins or has ended. `epochs` says which epochs.
pub(crate) fn plan(training: &Training, epochs: &str, train: &Images, test: &Images) -> String {
    let settings = &training.settings;
    let Settings { batch, seed, data, .. } = settings;
    let rate = changes(&training.column(2), settings.rate);
    let lambda = changes(&training.column(3), settings.lambda);
    let scale = shortest(settings.scale);
    let data = data.as_ref().map(|folder| format!("images in {}\n", Shown(folder)));
    let init = match settings.init {
        Init::Small => String::new(),
        init => format!(", init {}", init.name()),
    };
    format!(
        "{}{} images to train on, {} to test on, pixels divided by {scale}\n\
         {} {}, {epochs},\n\
         batches of {batch}, rate {rate}, lambda {lambda}, seed {seed}{init}\n",
        data.unwrap_or_default(),
        train.len(),
        test.len(),
        training.name(),
        join(&training.sizes(), "-"),
    )
}

/// Lists the values of the rate or λ, each with its first epoch. `next` is that of the next epoch.
fn changes(epochs: &[f64], next: f32) -> String {
    let values: Vec<f32> = epochs.iter().map(|&value| value as f32).chain([next]).collect();
    let (mut epoch, mut texts) = (1, Vec::new());
    for equal in values.chunk_by(|one, other| one == other) {
        let value = shortest(equal[0]);
        texts.push(if epoch == 1 { value } else { format!("from epoch {epoch} on {value}") });
        epoch += equal.len();
    }
    texts.join(", ")
}

/// Tests the best net of a run that has ended, and prints the results. Returns the data loss of the
/// last net on the training set, and what the best net predicts for the test set.
pub(crate) fn results(
    options: &Options,
    training: &Training,
    [train, test]: [&Images; 2],
    baseline: Option<Baseline>,
    out: &mut dyn Write,
) -> Outcome<(f64, Vec<usize>)> {
    let (style, settings) = (options.style, &training.settings);
    let loss = training.evaluate(&training.net, train).loss;
    let tested = training.evaluate(&training.best, test);
    // Images of other data sets may be too wide to draw.
    let drawn = test.cols <= style.width;
    if !options.quiet() && !training.curve.is_empty() {
        writeln!(out, "{}", curves(training, style))?;
    }
    if !options.quiet() && drawn {
        writeln!(out, "{}", mistakes(test, &tested, style))?;
    }
    if options.has("weights") && drawn {
        writeln!(out, "{}", hidden_units(&training.best, test, style))?;
    }
    let class = if settings.data.is_none() { "digit" } else { "class" };
    writeln!(out, "{}", confusion(test, &tested, class, style))?;
    let is_published = training.is_published();
    let accuracies = [training.evaluate(&training.best, train).accuracy, tested.accuracy];
    let mut rows = vec![(training.name(), accuracies, is_published.then_some("97.92 %"))];
    let mut schedule = String::new();
    if let Some(baseline) = baseline {
        let published = baseline.published.filter(|_| settings.data.is_none());
        rows.insert(0, ("softmax regression", [baseline.train, baseline.test], published));
        schedule = baseline.schedule;
    }
    writeln!(out, "{}{schedule}", comparison(&rows, test.len(), style))?;
    if let Some([mean, .., lambda]) = training.curve.last() {
        let reg = training.net.reg_loss(*lambda as f32).into();
        writeln!(out, "{}", objective(loss, reg, *mean))?;
    }
    let (accuracy, batch) = (percent(training.best_accuracy()), settings.batch);
    let published = if is_published { "; published: 100.00 %" } else { "" };
    writeln!(out, "best train accuracy: {accuracy}   (one batch of {batch}{published})")?;
    let accuracy = with_error(tested.accuracy, test.len());
    let published = if is_published { "   (published: 97.92 %)" } else { "" };
    writeln!(out, "test accuracy: {accuracy}{published}")?;
    Ok((loss, tested.predicted))
}

/// Formats an accuracy on `n` images with its standard error.
fn with_error(accuracy: f64, n: usize) -> String {
    uncertain(accuracy, standard_error(accuracy, n))
}

/// Draws loss and accuracy by epoch.
fn curves(training: &Training, style: Style) -> String {
    let ([losses, accuracies], n) = ([0, 1].map(|j| training.column(j)), training.curve.len());
    let loss = log_chart(["loss", "epoch"], n, &[("", &losses)], style);
    let names = ["accuracy on the last batch", "epoch"];
    format!("{loss}\n{}", chart(names, n, &[("", &accuracies)], style))
}

/// Draws the mistakes of which the net is most confident.
fn mistakes(test: &Images, tested: &Evaluation, style: Style) -> String {
    let confidence = |i: usize| f64::from(tested.probs[(i, tested.predicted[i])]);
    let is_wrong = |&i: &usize| tested.predicted[i] != test.labels[i];
    let wrong: Vec<usize> = (0..test.len()).filter(is_wrong).collect();
    let title = format!("mistakes: {} of {} test images", wrong.len(), test.len());
    let pictures = largest(wrong, confidence, style, |i| {
        let [label, predicted] =
            [test.labels[i], tested.predicted[i]].map(|class| test.label(class));
        let confidence = percent(confidence(i));
        let picture = picture(test.image(i), test.cols, margin(test), style);
        format!("{label} read as {predicted}, {confidence}\n{picture}")
    });
    format!("{title}, the most confident ones first\n{pictures}")
}

/// Draws what hidden units respond to: the weights of the first layer and, if the second one is hidden
/// too, W¹·W², which leaves out the relu between them. The units with the largest norms are drawn.
fn hidden_units(net: &Net, images: &Images, style: Style) -> String {
    let draw = |title: &str, seen: &Matrix<f32>| {
        let column = |j: usize| -> Vec<f64> { seen.iter_rows().map(|row| row[j].into()).collect() };
        let norm = |j: usize| column(j).iter().map(|w| w * w).sum::<f64>();
        let units = seen.cols();
        let pictures = largest((0..units).collect(), norm, style, |j| {
            format!("unit {j}\n{}", weights(&column(j), images.cols, margin(images), style))
        });
        let drawn = DRAWN.min(units);
        format!("{title}: {drawn} of {units} units, with the largest norm\n{pictures}")
    };
    let layers = &net.layers;
    let first = draw("weights of the first layer", &layers[0].0);
    if layers.len() < 3 {
        return first;
    }
    let seen = layers[0].0.dot(&layers[1].0);
    format!("{first}\n{}", draw("seen by the second layer, W1 times W2", &seen))
}

/// Draws those of the images or units whose `key` is largest; in case of a tie, the first ones.
fn largest(
    mut numbers: Vec<usize>,
    key: impl Fn(usize) -> f64,
    style: Style,
    draw: impl Fn(usize) -> String,
) -> String {
    numbers.sort_by(|&a, &b| key(b).total_cmp(&key(a)));
    let pictures: Vec<String> = numbers.into_iter().take(DRAWN).map(draw).collect();
    beside(&pictures, style.width)
}

/// The margin that is not drawn: MNIST's digits have a blank one, and without it three fit on 80
/// columns.
fn margin(images: &Images) -> usize {
    if (images.rows, images.cols) == (28, 28) { 2 } else { 0 }
}

/// Draws the confusion matrix and the recall of each class: the share of its images that is read right.
fn confusion(test: &Images, tested: &Evaluation, class: &str, style: Style) -> String {
    let counts = confusion_matrix(&tested.predicted, &test.labels, test.classes);
    let recall = |k: usize| counts[k][k] as f64 / counts[k].iter().sum::<usize>().max(1) as f64;
    let recalls: Vec<_> =
        (0..test.classes).map(|k| (test.label(k).to_string(), recall(k))).collect();
    let names: Vec<&str> = recalls.iter().map(|(name, _)| name.as_str()).collect();
    let matrix = console::confusion(&names, &counts, style);
    let recalls = bars(&recalls, 1.0, percent, style);
    format!("{} test images, {matrix}\nrecall by {class}\n{recalls}", test.len())
}

/// Draws the tutorial's table: the accuracies of each net on the training set and on `n_test` test
/// images, and the published test accuracy.
fn comparison(rows: &[(&str, [f64; 2], Option<&str>)], n_test: usize, style: Style) -> String {
    // The last column is left out if nothing is published.
    let columns = if rows.iter().any(|(.., published)| published.is_some()) { 4 } else { 3 };
    let mut table = Table::new(["", "train", "test", "published test"].into_iter().take(columns));
    for &(name, [train, test], published) in rows {
        let cells = [name, &percent(train), &with_error(test, n_test), published.unwrap_or("-")];
        table.row(cells.into_iter().take(columns));
    }
    table.draw(style)
}

/// Formats J of the last net on the training set, and the mean loss of the batches of the last epoch,
/// each before the step on it.
fn objective(data: f64, reg: f64, mean: f64) -> String {
    // J is the sum of the rounded numbers, so that the line adds up to the last digit.
    let [data, reg] = [data, reg].map(|x| (x * 1e6).round() / 1e6);
    let [j, data, reg] = [data + reg, data, reg].map(|x| fixed(x, 6));
    let mean = fixed(mean, 4);
    format!(
        "J = {j} on the training set: data loss {data} + regulariser {reg}\n\
         mean data loss of the batches in the last epoch: {mean}"
    )
}
