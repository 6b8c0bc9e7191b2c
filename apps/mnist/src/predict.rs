//! Reads digits from pictures: `--predict` (docs/06-your-own-digits.md).

use crate::report::largest_first;
use crate::train::Run;
use crate::training::Training;
use crate::{export, saved};
use console::{Options, Outcome, Progress, Style, Table, bars, beside, percent, picture};
use datasets::handwriting::{Digit, Doubt, SIDE, digits};
use datasets::text::{Count, Shown};
use datasets::{Error, Picture, file};
use matrix::Matrix;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

/// The program.
pub(crate) fn run(options: &Options, out: &mut dyn Write) -> Outcome {
    let paths = options.texts("predict");
    let files = files(paths)?;
    let prepared = options.text("prepared");
    if let Some(path) = prepared {
        export::check(Path::new(path), &files, |p| p.rows % SIDE == 0 && p.cols % SIDE == 0)?;
    }
    let training = match options.text("load") {
        Some(file) => saved::load(file)?.0,
        None => net_in(&kept(), options.get("epochs", 1..)?, options)?,
    };
    let read: Vec<_> = files.iter().map(|path| (path, read(path, &training))).collect();

    if let Some(path) = prepared {
        let lines = read.iter().filter_map(|(_, read)| read.as_ref().ok()).flatten();
        let sheet = sheet(&lines.collect::<Vec<_>>()).ok_or("found no digit to write")?;
        export::write(path, &sheet, out)?;
        if path == "-" {
            return Ok(());
        }
    }
    if let ([(path, result)], false) =
        (&read[..], paths.iter().any(|path| Path::new(path).is_dir()))
    {
        let lines = result.as_ref().map_err(ToString::to_string)?;
        return Ok(write!(out, "{}\n{}", Shown(path), shown(lines, options))?);
    }
    write!(out, "{}", table(&read, options.style))?;
    let problems = read.iter().filter_map(|(_, result)| result.as_ref().err());
    let problems: Vec<String> = problems.map(ToString::to_string).collect();
    if problems.is_empty() {
        return Ok(());
    }
    let (n, of) = (problems.len(), Count(read.len(), "picture"));
    Err(format!("{n} of {of} not read: {}", problems.join("; ")).into())
}

/// The file of the net that reads digits where no run is named.
fn kept() -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap_or("".as_ref());
    folder.join("target/mnist-net.npz")
}

/// The run in this file, or one that is trained now and then saved there.
fn net_in(file: &Path, epochs: usize, options: &Options) -> Outcome<Training> {
    if file.exists() {
        let again = |error| format!("{error}; without this file the net is trained again");
        return Ok(saved::load(&file.to_string_lossy()).map_err(again)?.0);
    }
    let Run { mut training, train, .. } = Run::open(options, None)?;
    let mut progress = Progress::new("epoch", 1..=epochs, options.quiet());
    let count = Count(epochs, "epoch");
    progress.say(format_args!("a net is trained first, {count}; it is kept in {}", Shown(file)))?;
    for epoch in 1..=epochs {
        training.epoch(&train, |_| ())?;
        progress.show(epoch, training.details())?;
    }
    // Whether it can be kept changes no answer. Where cargo builds elsewhere, there is no folder yet.
    let _ = file.parent().map(fs::create_dir_all);
    let bytes = saved::bytes_for(file, &training);
    if let Err(error) = bytes.and_then(|bytes| file::write(file, &bytes)) {
        progress.say(format_args!("the net is not kept: {error}"))?;
    }
    Ok(training)
}

/// The files that are named, those in a folder one after the other.
fn files(paths: &[String]) -> Result<Vec<PathBuf>, Error> {
    let of = |path: &String| match Path::new(path) {
        folder if folder.is_dir() => Picture::files(folder),
        file => Ok(vec![file.to_owned()]),
    };
    Ok(paths.iter().map(of).collect::<Result<Vec<_>, _>>()?.concat())
}

/// A digit with what the net says of it.
struct Reading {
    digit: Digit,
    /// The rows and columns of its pixels.
    shape: (usize, usize),
    /// The name and the probability of each class.
    probs: Vec<(String, f32)>,
}

/// The digits of a picture, line by line.
type Lines = Vec<Vec<Reading>>;

/// The digits of a picture as the best net of a run reads them.
fn read(path: &Path, training: &Training) -> Result<Lines, Error> {
    let picture = Picture::read(path)?;
    let Training { settings, images: [m, n, first_label], best: net, .. } = training;
    let (m, n) = (*m, *n);
    let (rows, cols) = (picture.rows, picture.cols);
    let lines = match (rows, cols) == (m, n) && settings.data.is_some() {
        // Images of other data are not prepared as those of MNIST were.
        true => vec![vec![Digit { pixels: picture.pixels, rows, cols }]],
        false if (m, n) == (SIDE, SIDE) => digits(&picture),
        false => {
            let cause = format!("found {rows}×{cols} pixels, expected {m}×{n}");
            return Err(Error::new(path, cause));
        }
    };
    let ask = |digit: Digit| {
        let factor = (1.0 / settings.scale) as f32;
        let a0 = Matrix::from_slice(1, m * n, &digit.pixels, |&ink| f32::from(ink) * factor);
        let probs = net.forward(&a0).probs;
        let names = (*first_label..).map(|name| name.to_string());
        Reading { digit, shape: (m, n), probs: names.zip(probs.row(0).iter().copied()).collect() }
    };
    Ok(lines.into_iter().map(|line| line.into_iter().map(ask).collect()).collect())
}

/// What is said of a digit that the net is not sure of.
const UNSURE: Doubt = Doubt {
    word: "not sure",
    advice: "the net is not sure: write the digit again, larger and more clearly",
};
/// What to do where there is no mark.
const NO_MARK: &str = "draw a digit with a dark pen on light paper, or light on dark";

impl Reading {
    /// The classes with their probabilities, the likeliest first.
    fn ranked(&self) -> Vec<&(String, f32)> {
        let classes = largest_first((0..self.probs.len()).collect(), &|k| self.probs[k].1.into());
        classes.into_iter().map(|k| &self.probs[k]).collect()
    }

    fn answer(&self) -> &str {
        &self.ranked()[0].0
    }

    fn certainty(&self) -> f32 {
        self.ranked()[0].1
    }

    fn doubt(&self) -> Option<Doubt> {
        let is_prepared = self.shape == (SIDE, SIDE);
        let doubt = self.digit.doubt().filter(|_| is_prepared);
        doubt.or((self.certainty() < 0.9).then_some(UNSURE))
    }
}

/// The digits of one picture as the net sees them, and its answers.
fn shown(lines: &Lines, options: &Options) -> String {
    let style = options.style;
    let all: Vec<&Reading> = lines.iter().flatten().collect();
    let mut text = String::new();
    match all[..] {
        [] => return format!("answer: none, no mark found\n{NO_MARK}\n"),
        _ if options.quiet() => {}
        [reading] => {
            let row = |(name, p): &(String, f32)| (name.clone(), f64::from(*p));
            let rows: Vec<_> = reading.probs.iter().map(row).collect();
            let (_, cols) = reading.shape;
            if cols + 20 <= style.width {
                let seen = picture(&reading.digit.pixels, cols, 0, style);
                let room = style.with_width(style.width - cols - 2);
                text += &beside(&[seen, bars(&rows, 1.0, percent, room)], style.width);
            } else {
                text += &bars(&rows, 1.0, percent, style);
            }
        }
        _ => {
            let draw = |reading: &&Reading| {
                let seen = picture(&reading.digit.pixels, reading.shape.1, 2, style);
                let choices = if reading.certainty() < 0.9 { 2 } else { 1 };
                let choices = reading.ranked().into_iter().take(choices);
                let choices = choices.map(|(name, p)| format!("{name}, {}", percent((*p).into())));
                format!("{}\n{seen}", choices.collect::<Vec<_>>().join(" or "))
            };
            text += &beside(&all.iter().map(draw).collect::<Vec<_>>(), style.width);
        }
    }
    for line in lines.iter().flat_map(|line| line.chunks(style.width / 4)) {
        let each = if line.len() > 1 { "each at least " } else { "" };
        let (answers, certainty) = summary(line.iter());
        text += &format!("answer: {answers}, {each}{certainty}\n");
    }
    text + &advice(all.into_iter())
}

/// The answers to some digits, and how certain the net is of each at least.
fn summary<'a>(readings: impl Iterator<Item = &'a Reading> + Clone) -> (String, String) {
    let answers = readings.clone().map(Reading::answer).collect::<Vec<_>>().join(" ");
    let certainty = readings.map(Reading::certainty).fold(1.0, f32::min);
    (answers, percent(certainty.into()))
}

/// A line for each doubt, once.
fn advice<'a>(readings: impl Iterator<Item = &'a Reading>) -> String {
    let mut doubts: Vec<Doubt> = Vec::new();
    for doubt in readings.filter_map(Reading::doubt) {
        if !doubts.contains(&doubt) {
            doubts.push(doubt);
        }
    }
    doubts.iter().map(|doubt| format!("{}\n", doubt.advice)).collect()
}

/// One row for each picture, and what to do about them.
fn table(read: &[(&PathBuf, Result<Lines, Error>)], style: Style) -> String {
    let mut table = Table::new(["picture", "answer", "certainty", ""]);
    for (path, result) in read {
        let name = end(&Shown(path).to_string(), 30);
        let (answers, certainty, word) = match result {
            Err(_) => ("-".into(), "-".into(), "not read"),
            Ok(lines) if lines.is_empty() => ("-".into(), "-".into(), "no mark"),
            Ok(lines) => {
                let all = || lines.iter().flatten();
                let (answers, certainty) = summary(all());
                let doubt = all().find_map(Reading::doubt);
                (end(&answers, 25), certainty, doubt.map_or("", |doubt| doubt.word))
            }
        };
        table.row([&name, &answers, &certainty, word]);
    }
    let lines = || read.iter().filter_map(|(_, result)| result.as_ref().ok());
    let no_mark =
        if lines().any(Vec::is_empty) { format!("no mark: {NO_MARK}\n") } else { String::new() };
    table.draw(style) + &advice(lines().flatten().flatten()) + &no_mark
}

/// A text of at most `most` characters: `…` and its end, if it is longer.
fn end(text: &str, most: usize) -> String {
    match text.chars().count() {
        length if length > most => {
            format!("…{}", text.chars().skip(length + 1 - most).collect::<String>())
        }
        _ => text.into(),
    }
}

/// All digits in one picture: each line of writing is a row.
fn sheet(lines: &[&Vec<Reading>]) -> Option<Picture> {
    let (high, wide) = lines.first()?.first()?.shape;
    let cols = wide * lines.iter().map(|line| line.len()).max()?;
    let mut pixels = vec![0; lines.len() * high * cols];
    for (i, line) in lines.iter().enumerate() {
        for (j, reading) in line.iter().enumerate() {
            for (y, row) in reading.digit.pixels.chunks(wide).enumerate() {
                pixels[(i * high + y) * cols + j * wide..][..wide].copy_from_slice(row);
            }
        }
    }
    Some(Picture { rows: lines.len() * high, cols, pixels })
}

#[cfg(test)]
mod tests;
