//! What a net that reads digits does not know: `cargo run -p doubt` (chapter 9).

mod digits;
mod few;
mod iris;
mod unlike;

use console::{App, Opt, Options, Outcome, Progress, Style, Table, fixed, percent, shortest};
use digits::Digits;
use matrix::Rng;
use nets::ThreeNet;
use std::io::Write;
use std::process::ExitCode;

const APP: App = App {
    name: "doubt",
    about: "when to stop, how sure a net is, and what it says of what it never saw",
    options: &[
        Opt("on WHAT", "digits", "digits, few: 300 images, or iris"),
        Opt("epochs N", "200", "epochs to train"),
        Opt("held-back N", "10000", "training images to validate on"),
        Opt::SEED,
        Opt::THREADS,
        Opt::QUIET,
        Opt::UNICODE,
    ],
};

/// As in the tutorial.
const LAMBDA: f32 = 1e-3;
const RATE: f32 = 1e-3;

fn main() -> ExitCode {
    APP.run(doubt)
}

fn doubt(options: &Options, out: &mut dyn Write) -> Outcome {
    let on: fn(&Options, &mut dyn Write) -> Outcome = options
        .choice("on", &[("digits", run as _), ("few", few::run as _), ("iris", iris::run as _)])?;
    on(options, out)
}

/// The epochs whose losses are shown.
fn shown(epoch: usize, last: usize) -> bool {
    [1, 10, 20, 40, 60, 80, 100, 120, 160].contains(&epoch) || epoch == last
}

fn run(options: &Options, out: &mut dyn Write) -> Outcome {
    let epochs = options.get("epochs", 1..=100_000)?;
    let held_back = options.get("held-back", 100..=50_000)?;
    let seed = options.seed()?;
    let mut rng = Rng::new(seed);
    let net = ThreeNet::<f32>::new([784, 200, 80, 10], &mut rng);
    let (mut images, test) = datasets::mnist(&datasets::mnist_dir())?;
    images.shuffle(&mut rng);
    let train = images.len() - held_back;
    let [training, validation] =
        [0..train, train..images.len()].map(|range| Digits { images: &images, range });
    let test = Digits { images: &test, range: 0..test.len() };
    writeln!(out, "ThreeNet on MNIST: {train} images to train on, {held_back} to validate on,")?;
    writeln!(
        out,
        "{} to test on; {epochs} epochs, rate {}, lambda {}, seed {seed}\n",
        test.len(),
        shortest(RATE),
        shortest(LAMBDA)
    )?;
    let [last, best] = train_and_validate(net, &training, &validation, epochs, options, out)?;
    write!(out, "{}", judged(&last, &best, &test, &mut rng, options.style))?;
    Ok(())
}

/// Trains and prints the losses of some epochs. Returns the last net and that of the lowest
/// validation loss.
fn train_and_validate(
    mut net: ThreeNet<f32>,
    training: &Digits<'_>,
    validation: &Digits<'_>,
    epochs: usize,
    options: &Options,
    out: &mut dyn Write,
) -> Outcome<[ThreeNet<f32>; 2]> {
    let mut table = Table::new(["epoch", "train loss", "validation loss", "validation accuracy"]);
    let (mut best, mut least, mut best_epoch) = (net.clone(), f64::INFINITY, 0);
    let progress = Progress::new("epoch", 1..=epochs, options.quiet());
    for epoch in 1..=epochs {
        training.epoch(&mut net, 256, LAMBDA);
        let found = validation.evaluate(&net);
        if found.loss < least {
            (best, least, best_epoch) = (net.clone(), found.loss, epoch);
        }
        if shown(epoch, epochs) {
            let loss = fixed(training.evaluate(&net).loss, 4);
            table.row([epoch.to_string(), loss, fixed(found.loss, 4), percent(found.accuracy)]);
        }
        progress.add(1.0, format_args!("validation loss {:.4}", found.loss))?;
    }
    drop(progress);
    writeln!(out, "{}", table.draw(options.style))?;
    writeln!(out, "best: that of the lowest validation loss, after epoch {best_epoch}")?;
    Ok([net, best])
}

/// Prints the tables of both nets on the test images, and of the last one on noise and on shifted
/// images.
fn judged(
    net: &ThreeNet<f32>,
    best: &ThreeNet<f32>,
    test: &Digits<'_>,
    rng: &mut Rng,
    style: Style,
) -> String {
    let mut table = Table::new(["net", "test loss", "test accuracy", "mean confidence"]);
    let last = test.evaluate(net);
    for (name, found) in [("last", &last), ("best", &test.evaluate(best))] {
        let accuracy = test.uncertain(found.accuracy);
        table.row([name.into(), fixed(found.loss, 4), accuracy, percent(found.confidence())]);
    }
    format!(
        "{}\nthe last net on the test images, by confidence\n{}\nthe last net on noise\n{}\n\
         the last net on shifted test images\n{}",
        table.draw(style),
        last.reliability(style),
        unlike::noise(net, rng, style),
        unlike::shifts(net, test, style)
    )
}

#[cfg(test)]
mod tests;
