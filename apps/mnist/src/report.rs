//! What the app shows of a run.

use crate::baseline::{BATCH, Baseline, LAMBDA, RATE};
use crate::evaluation::Evaluation;
use crate::settings::Settings;
use crate::training::Training;
use console::{
    LineChart, Options, Outcome, Style, Table, bars, beside, fixed, percent, picture, shortest,
    weights,
};
use datasets::Images;
use nets::ThreeNet;
use nets::metrics::confusion_matrix;
use std::io::Write;

pub(crate) const DIGITS: [&str; 10] = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];
/// How many mistakes and hidden units are drawn.
const DRAWN: usize = 9;

/// What the run is about to do, or has done: `epochs` says which.
pub(crate) fn plan(settings: &Settings, epochs: &str, train: &Images, test: &Images) -> String {
    let Settings { hidden: [h1, h2], batch, seed, data, .. } = settings;
    let scale = shortest(settings.scale);
    let [rate, lambda] = [settings.rate, settings.lambda].map(shortest);
    let data = data.as_ref().map(|folder| format!("images in {}\n", folder.display()));
    format!(
        "{}{} images to train on, {} to test on, pixels divided by {scale}\n\
         ThreeNet {}-{h1}-{h2}-10, {epochs},\n\
         batches of {batch}, rate {rate}, lambda {lambda}, seed {seed}\n",
        data.unwrap_or_default(),
        train.len(),
        test.len(),
        train.rows * train.cols
    )
}

/// Tests the best net of a run and shows everything about it.
pub(crate) fn results(
    options: &Options,
    settings: &Settings,
    training: &Training,
    train: &Images,
    test: &Images,
    baseline: Option<Baseline>,
    out: &mut dyn Write,
) -> Outcome {
    let style = options.style;
    let evaluate = |images: &Images| {
        Evaluation::new(images, |part| {
            training.best.forward(&images.to_matrix(part, settings.scale)).probs
        })
    };
    let tested = evaluate(test);
    // Images of other data sets may be too wide to draw.
    let drawn = test.cols <= style.width;
    if !options.quiet() && !training.losses.is_empty() {
        writeln!(out, "{}", curves(training, style))?;
    }
    if !options.quiet() && drawn {
        writeln!(out, "{}", mistakes(test, &tested, style))?;
    }
    if options.has("weights") && drawn {
        writeln!(out, "{}", first_layer(&training.best, test, style))?;
    }
    writeln!(out, "{}", confusion(test, &tested, style))?;
    // What is published is about MNIST.
    let published = |figure| if settings.data.is_none() { figure } else { "-" };
    let accuracies = [evaluate(train).accuracy, tested.accuracy];
    writeln!(out, "{}", comparison(accuracies, baseline, published, style))?;
    if let Some(last) = training.losses.last() {
        writeln!(out, "{}", loss(*last, training.net.reg_loss(settings.lambda).into()))?;
    }
    writeln!(
        out,
        "best train accuracy: {}   (one batch of {}; published: {})",
        percent(training.best_accuracy),
        settings.batch,
        published("100.00 %")
    )?;
    let test = percent(tested.accuracy);
    writeln!(out, "test accuracy: {test}   (published: {})", published("97.92 %"))?;
    Ok(())
}

/// Loss and accuracy by epoch.
fn curves(training: &Training, style: Style) -> String {
    let Training { losses, accuracies, .. } = training;
    let loss = LineChart::new("loss", "epoch", 1..=losses.len()).series("", losses).log_scale();
    let accuracy = LineChart::new("accuracy on the last batch", "epoch", 1..=losses.len());
    format!("{}\n{}", loss.draw(style), accuracy.series("", accuracies).draw(style))
}

/// The mistakes that the net is most certain of, as it saw them.
fn mistakes(test: &Images, tested: &Evaluation, style: Style) -> String {
    let certainty = |i: usize| tested.probs[(i, tested.predicted[i])];
    let mut wrong: Vec<usize> =
        (0..test.len()).filter(|&i| tested.predicted[i] != tested.labels[i]).collect();
    wrong.sort_by(|&a, &b| certainty(b).total_cmp(&certainty(a)));
    let draw = |&i: &usize| {
        let (label, predicted) = (tested.labels[i], tested.predicted[i]);
        let title = format!("{label} read as {predicted}, {}", percent(certainty(i).into()));
        format!("{title}\n{}", picture(test.image(i), test.cols, margin(test), style))
    };
    let pictures: Vec<String> = wrong.iter().take(DRAWN).map(draw).collect();
    let title = format!("mistakes: {} of {} test images", wrong.len(), test.len());
    format!("{title}, the most certain ones first\n{}", beside(&pictures, style.width))
}

/// The weights into the hidden units of the first layer with the largest weights.
fn first_layer(net: &ThreeNet<f32>, images: &Images, style: Style) -> String {
    let column = |j: usize| -> Vec<f64> { net.w1.iter_rows().map(|row| row[j].into()).collect() };
    let size = |j: usize| column(j).iter().map(|w| w * w).sum::<f64>();
    let mut units: Vec<usize> = (0..net.w1.cols()).collect();
    units.sort_by(|&a, &b| size(b).total_cmp(&size(a)));
    let draw = |&j: &usize| {
        let picture = weights(&column(j), images.cols, margin(images), style);
        format!("unit {j}\n{picture}")
    };
    let pictures: Vec<String> = units.iter().take(DRAWN).map(draw).collect();
    format!(
        "weights into the {} of {} hidden units that have the largest\n{}",
        pictures.len(),
        units.len(),
        beside(&pictures, style.width)
    )
}

/// Digits of MNIST have a blank margin: without it three fit on 80 columns.
fn margin(images: &Images) -> usize {
    if (images.rows, images.cols) == (28, 28) { 2 } else { 0 }
}

/// What was read as what, and how much of each digit is right.
fn confusion(test: &Images, tested: &Evaluation, style: Style) -> String {
    let counts = confusion_matrix(&tested.predicted, &tested.labels, DIGITS.len());
    let share = |i: usize| counts[i][i] as f64 / counts[i].iter().sum::<usize>().max(1) as f64;
    let rows: Vec<_> = (0..DIGITS.len()).map(|i| (DIGITS[i].to_string(), share(i))).collect();
    format!(
        "{} test images, {}\ntest accuracy by digit\n{}",
        test.len(),
        console::confusion(&DIGITS, &counts, style),
        bars(&rows, 1.0, percent, style)
    )
}

/// Both networks beside the tutorial's table.
fn comparison(
    [train, test]: [f64; 2],
    baseline: Option<Baseline>,
    published: impl Fn(&'static str) -> &'static str,
    style: Style,
) -> String {
    let mut table = Table::new(["", "train", "test", "published test"]);
    let mut schedule = String::new();
    if let Some(Baseline { epochs, train, test }) = baseline {
        table.row(["softmax regression", &percent(train), &percent(test), published("92.15 %")]);
        schedule = format!(
            "softmax regression: epochs {epochs}, batches of {BATCH}, rate {RATE}, lambda {LAMBDA},\n\
             pixels centred and divided by 255\n"
        );
    }
    table.row(["ThreeNet", &percent(train), &percent(test), published("97.92 %")]);
    format!("{}{schedule}", table.draw(style))
}

/// J after the last epoch.
fn loss(data: f64, reg: f64) -> String {
    let [j, data, reg] = [data + reg, data, reg].map(|x| fixed(x, 4));
    format!("J = {j}: mean data loss of the last epoch {data}, regulariser {reg}")
}
