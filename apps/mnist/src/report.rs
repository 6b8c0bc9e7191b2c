//! What the app shows of a run.

use crate::baseline::{self, BATCH, Baseline, LAMBDA, RATE};
use crate::evaluation::Evaluation;
use crate::settings::{Settings, join, name_of};
use crate::training::{Net, Training};
use console::{
    LineChart, Options, Outcome, Style, Table, bars, beside, fixed, percent, picture, shortest,
    uncertain, weights,
};
use datasets::Images;
use datasets::text::Shown;
use matrix::Matrix;
use nets::Init;
use nets::metrics::{confusion_matrix, standard_error};
use std::io::Write;

/// How many mistakes and hidden units are drawn.
const DRAWN: usize = 9;

/// What the run is about to do, or has done: `epochs` says which.
pub(crate) fn plan(training: &Training, epochs: &str, train: &Images, test: &Images) -> String {
    let settings = &training.settings;
    let Settings { batch, seed, data, .. } = settings;
    let rate = changes(&training.column(2), settings.rate);
    let lambda = changes(&training.column(3), settings.lambda);
    let scale = shortest(settings.scale);
    let data = data.as_ref().map(|folder| format!("images in {}\n", Shown(folder)));
    let init = match settings.init {
        Init::Small => String::new(),
        _ => format!(", init {}", name_of(settings.init)),
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

/// The rate or λ of each epoch and of the next one: each value with the first epoch that it is for.
fn changes(epochs: &[f64], next: f32) -> String {
    let (mut text, mut last) = (String::new(), None);
    for (epoch, value) in (1..).zip(epochs.iter().map(|&value| value as f32).chain([next])) {
        if last.is_some_and(|last| last != value) {
            text += &format!(", from epoch {epoch} on ");
        }
        if last != Some(value) {
            text += &shortest(value);
        }
        last = Some(value);
    }
    text
}

/// Tests the best net of a run that has ended and shows everything about it. `loss` is the data loss
/// of the last net on the training set. Returns what the test found.
pub(crate) fn results(
    options: &Options,
    training: &Training,
    [train, test]: [&Images; 2],
    loss: f64,
    baseline: Option<&Baseline>,
    out: &mut dyn Write,
) -> Outcome<Evaluation> {
    let (style, settings) = (options.style, &training.settings);
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
    let accuracies = [training.evaluate(&training.best, train).accuracy, tested.accuracy];
    let is_published = training.is_published();
    // What is published for softmax regression is about MNIST, and this many epochs reach it.
    let is_known =
        settings.data.is_none() && baseline.is_some_and(|b| b.epochs == baseline::EPOCHS);
    let published = [is_known.then_some("92.15 %"), is_published.then_some("97.92 %")];
    let name = training.name();
    let n_test = test.len();
    writeln!(out, "{}", comparison(name, accuracies, n_test, baseline, published, style))?;
    if let Some([mean, .., lambda]) = training.curve.last() {
        let reg = training.net.reg_loss(*lambda as f32).into();
        writeln!(out, "{}", objective(loss, reg, *mean))?;
    }
    let (accuracy, batch) = (percent(training.best_accuracy()), settings.batch);
    let published = if is_published { "; published: 100.00 %" } else { "" };
    writeln!(out, "best train accuracy: {accuracy}   (one batch of {batch}{published})")?;
    let error = standard_error(tested.accuracy, test.len());
    let accuracy = uncertain(tested.accuracy, error);
    let published = if is_published { "   (published: 97.92 %)" } else { "" };
    writeln!(out, "test accuracy: {accuracy}{published}")?;
    Ok(tested)
}

/// Loss and accuracy by epoch.
fn curves(training: &Training, style: Style) -> String {
    let [losses, accuracies] = [0, 1].map(|j| training.column(j));
    let loss = LineChart::new("loss", "epoch", 1..=losses.len()).series("", &losses).log_scale();
    let accuracy = LineChart::new("accuracy on the last batch", "epoch", 1..=losses.len());
    format!("{}\n{}", loss.draw(style), accuracy.series("", &accuracies).draw(style))
}

/// The mistakes of which the net is most confident, as it saw them.
fn mistakes(test: &Images, tested: &Evaluation, style: Style) -> String {
    let confidence = |i: usize| tested.probs[(i, tested.predicted[i])];
    let wrong = (0..test.len()).filter(|&i| tested.predicted[i] != tested.labels[i]).collect();
    let wrong = largest_first(wrong, &|i| confidence(i).into());
    let draw = |&i: &usize| {
        let [label, predicted] = [tested.labels[i], tested.predicted[i]].map(|k| name(test, k));
        let title = format!("{label} read as {predicted}, {}", percent(confidence(i).into()));
        format!("{title}\n{}", picture(test.image(i), test.cols, margin(test), style))
    };
    let pictures: Vec<String> = wrong.iter().take(DRAWN).map(draw).collect();
    let title = format!("mistakes: {} of {} test images", wrong.len(), test.len());
    format!("{title}, the most confident ones first\n{}", beside(&pictures, style.width))
}

/// What hidden units see of the images: the weights of the first layer, and of the second one, if it
/// is hidden, W¹·W², as if no relu were between them. The units with the largest norms are drawn.
fn hidden_units(net: &Net, images: &Images, style: Style) -> String {
    let draw = |title: &str, seen: &Matrix<f32>| {
        let column = |j: usize| -> Vec<f64> { seen.iter_rows().map(|row| row[j].into()).collect() };
        let norm = |j: usize| column(j).iter().map(|w| w * w).sum::<f64>();
        let units = largest_first((0..seen.cols()).collect(), &norm);
        let draw = |&j: &usize| {
            let picture = weights(&column(j), images.cols, margin(images), style);
            format!("unit {j}\n{picture}")
        };
        let pictures: Vec<String> = units.iter().take(DRAWN).map(draw).collect();
        let (drawn, all) = (pictures.len(), units.len());
        let pictures = beside(&pictures, style.width);
        format!("{title}: {drawn} of {all} units, with the largest norm\n{pictures}")
    };
    let layers = &net.layers;
    let first = draw("weights of the first layer", &layers[0].0);
    if layers.len() < 3 {
        return first;
    }
    let seen = layers[0].0.dot(&layers[1].0);
    format!("{first}\n{}", draw("seen by the second layer, W1 times W2", &seen))
}

/// Those of which `key` is largest come first, equal ones in the order that they are in.
pub(crate) fn largest_first(mut numbers: Vec<usize>, key: &dyn Fn(usize) -> f64) -> Vec<usize> {
    numbers.sort_by(|&a, &b| key(b).total_cmp(&key(a)));
    numbers
}

/// Digits of MNIST have a blank margin: without it three fit on 80 columns.
fn margin(images: &Images) -> usize {
    if (images.rows, images.cols) == (28, 28) { 2 } else { 0 }
}

/// What was read as what, and how much of each class was read right (recall).
fn confusion(test: &Images, tested: &Evaluation, class: &str, style: Style) -> String {
    let counts = confusion_matrix(&tested.predicted, &tested.labels, test.classes);
    let names: Vec<String> = (0..test.classes).map(|k| name(test, k)).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let share = |i: usize| counts[i][i] as f64 / counts[i].iter().sum::<usize>().max(1) as f64;
    let recalls: Vec<_> =
        names.iter().enumerate().map(|(i, n)| (n.to_string(), share(i))).collect();
    let matrix = console::confusion(&names, &counts, style);
    let recalls = bars(&recalls, 1.0, percent, style);
    format!("{} test images, {matrix}\nrecall by {class}\n{recalls}", test.len())
}

/// What a class is called in the files.
fn name(images: &Images, class: usize) -> String {
    (class + usize::from(images.first_label)).to_string()
}

/// Both networks next to the tutorial's table.
fn comparison(
    name: &str,
    accuracies: [f64; 2],
    n_test: usize,
    baseline: Option<&Baseline>,
    published: [Option<&str>; 2],
    style: Style,
) -> String {
    // The column of what is published is there if anything is.
    let columns = if published == [None, None] { 3 } else { 4 };
    let mut table = Table::new(["", "train", "test", "published test"].into_iter().take(columns));
    let mut row = |name: &str, accuracies: [f64; 2], published: Option<&str>| {
        let [train, test] = accuracies;
        let test = uncertain(test, standard_error(test, n_test));
        let cells = [name, &percent(train), &test, published.unwrap_or("-")];
        table.row(cells.into_iter().take(columns));
    };
    let mut schedule = String::new();
    if let Some(Baseline { epochs, train, test }) = baseline {
        row("softmax regression", [*train, *test], published[0]);
        schedule = format!(
            "softmax regression: epochs {epochs}, batches of {BATCH}, rate {RATE}, lambda {LAMBDA},\n\
             pixels centred and divided by 255\n"
        );
    }
    row(name, accuracies, published[1]);
    format!("{}{schedule}", table.draw(style))
}

/// J of the net after the last epoch on the training set, and the mean loss of the batches of that
/// epoch, each before the step on it.
fn objective(data: f64, reg: f64, mean: f64) -> String {
    // The sum of what is shown, so that it adds up to the last digit.
    let [data, reg] = [data, reg].map(|x| (x * 1e6).round() / 1e6);
    let [j, data, reg] = [data + reg, data, reg].map(|x| fixed(x, 6));
    let mean = fixed(mean, 4);
    format!(
        "J = {j} on the training set: data loss {data} + regulariser {reg}\n\
         mean data loss of the batches in the last epoch: {mean}"
    )
}
