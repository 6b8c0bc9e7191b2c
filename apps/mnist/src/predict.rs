//! Reads digits from pictures: `--predict` (docs/06-your-own-digits.md).

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

/// Runs `--predict`.
pub(crate) fn run(options: &Options, out: &mut dyn Write) -> Outcome {
    let paths = options.texts("predict");
    let files = files(paths)?;
    let prepared = options.text("prepared");
    if let Some(path) = prepared {
        export::check(Path::new(path), &files, |p| p.rows % SIDE == 0 && p.cols % SIDE == 0)?;
    }
    // A picture that is not there is found before a net is loaded, or even trained.
    if let [path] = &files[..]
        && !path.exists()
        && path.as_os_str() != "-"
    {
        Picture::read(path)?;
    }
    let training = match options.text("load") {
        Some(file) => saved::load(file)?.0,
        None => net_in(&kept(), options)?,
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
    if let ([(path, result)], [named]) = (&read[..], paths)
        && *path == Path::new(named)
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

/// The file of the net that is used without `--load`.
fn kept() -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap_or("".as_ref());
    folder.join("target/mnist-net.npz")
}

/// Returns the run in this file. If there is none, trains one and saves it there.
fn net_in(file: &Path, options: &Options) -> Outcome<Training> {
    if file.exists() {
        let again = |error| format!("{error}; without this file the net is trained again");
        return Ok(saved::load(&file.to_string_lossy()).map_err(again)?.0);
    }
    let epochs = options.get("epochs", 1..)?;
    let Run { mut training, train, .. } = Run::open(options, None)?;
    let progress = Progress::new("epoch", 1..=epochs, options.quiet());
    let count = Count(epochs, "epoch");
    progress.say(format_args!("a net is trained first, {count}; it is kept in {}", Shown(file)))?;
    for _ in 0..epochs {
        training.epoch(&train, |_| ())?;
        progress.add(1.0, training.details())?;
    }
    // If it cannot be saved, the answers are the same. If cargo's target folder is elsewhere, the
    // folder does not exist yet.
    let _ = file.parent().map(fs::create_dir_all);
    let bytes = saved::bytes_for(file, &training);
    if let Err(error) = bytes.and_then(|bytes| file::write(file, &bytes)) {
        progress.say(format_args!("the net is not kept: {error}"))?;
    }
    Ok(training)
}

/// Returns the files that are named, and in place of a folder the pictures in it.
fn files(paths: &[String]) -> Result<Vec<PathBuf>, Error> {
    let of = |path: &String| match Path::new(path) {
        folder if folder.is_dir() => Picture::files(folder),
        file => Ok(vec![file.to_owned()]),
    };
    Ok(paths.iter().map(of).collect::<Result<Vec<_>, _>>()?.concat())
}

/// A digit with the net's probabilities.
struct Reading {
    /// The pixels as the net sees them.
    seen: Picture,
    /// The name and the probability of each class.
    probs: Vec<(String, f64)>,
    /// The same, the likeliest first.
    ranked: Vec<(String, f64)>,
    doubt: Option<Doubt>,
}

/// The digits of a picture, line by line.
type Lines = Vec<Vec<Reading>>;

/// The doubt about a digit of which the net is not sure.
const UNSURE: Doubt = Doubt {
    word: "not sure",
    advice: "the net is not sure: write the digit again, larger and more clearly",
};
/// The doubt about a picture without a mark.
const NO_MARK: Doubt = Doubt {
    word: "no mark",
    advice: "no mark found: draw a digit with a dark pen on light paper, or light on dark",
};
/// Below this probability the net is not sure.
const SURE: f64 = 0.9;

/// Reads the digits of a picture with the best net of a run.
fn read(path: &Path, training: &Training) -> Result<Lines, Error> {
    let picture = Picture::read(path)?;
    let Training { settings, images: [m, n, first_label], best: net, .. } = training;
    let shape @ (m, n) = (*m, *n);
    let (rows, cols) = (picture.rows, picture.cols);
    let lines = match (rows, cols) == shape && settings.data.is_some() {
        // Other data sets are not prepared as MNIST was.
        true => vec![vec![Digit { pixels: picture.pixels, rows, cols }]],
        false if shape == (SIDE, SIDE) => digits(&picture),
        false => {
            let cause = format!("found {rows}×{cols} pixels, expected {m}×{n}");
            return Err(Error::new(path, cause));
        }
    };
    let ask = |digit: Digit| {
        let factor = (1.0 / settings.scale) as f32;
        let a0 = Matrix::from_slice(1, m * n, &digit.pixels, |&ink| f32::from(ink) * factor);
        let probs = net.forward(&a0).probs;
        let probs = probs.row(0).iter().zip(*first_label..);
        let probs: Vec<_> = probs.map(|(&p, name)| (name.to_string(), f64::from(p))).collect();
        let mut ranked = probs.clone();
        ranked.sort_by(|(_, one), (_, other)| other.total_cmp(one));
        let doubt = digit.doubt().filter(|_| shape == (SIDE, SIDE));
        let doubt = doubt.or((ranked[0].1 < SURE).then_some(UNSURE));
        Reading { seen: Picture { rows: m, cols: n, pixels: digit.pixels }, probs, ranked, doubt }
    };
    Ok(lines.into_iter().map(|line| line.into_iter().map(ask).collect()).collect())
}

/// Shows the digits of one picture as the net sees them, and its answers.
fn shown(lines: &Lines, options: &Options) -> String {
    let style = options.style;
    let all: Vec<&Reading> = lines.iter().flatten().collect();
    let mut text = String::new();
    match all[..] {
        [] => text += "answer: none\n",
        _ if options.quiet() => {}
        [Reading { seen, probs, .. }] if seen.cols + 20 <= style.width => {
            let bars = bars(probs, 1.0, percent, style.with_width(style.width - seen.cols - 2));
            text += &beside(&[picture(&seen.pixels, seen.cols, 0, style), bars], style.width);
        }
        [reading] => text += &bars(&reading.probs, 1.0, percent, style),
        _ => {
            let draw = |Reading { seen, ranked, .. }: &&Reading| {
                let choices = if ranked[0].1 < SURE { 2 } else { 1 };
                let choices = ranked.iter().take(choices);
                let choices = choices.map(|(name, p)| format!("{name}, {}", percent(*p)));
                let choices = choices.collect::<Vec<_>>().join(" or ");
                format!("{choices}\n{}", picture(&seen.pixels, seen.cols, 2, style))
            };
            text += &beside(&all.iter().map(draw).collect::<Vec<_>>(), style.width);
        }
    }
    for line in lines.iter().flat_map(|line| line.chunks(style.width / 4)) {
        let each = if line.len() > 1 { "each at least " } else { "" };
        let (answers, certainty) = summary(line.iter());
        text += &format!("answer: {answers}, {each}{certainty}\n");
    }
    text + &advice(doubts(lines))
}

/// Returns the answers for some digits, and the lowest of their probabilities.
fn summary<'a>(readings: impl Iterator<Item = &'a Reading>) -> (String, String) {
    let (answers, probs): (Vec<&str>, Vec<f64>) =
        readings.map(|reading| (&*reading.ranked[0].0, reading.ranked[0].1)).unzip();
    (answers.join(" "), percent(probs.into_iter().fold(1.0, f64::min)))
}

/// Returns the doubts about a picture.
fn doubts(lines: &Lines) -> impl Iterator<Item = Doubt> {
    let of_digits = lines.iter().flatten().filter_map(|reading| reading.doubt);
    of_digits.chain(lines.is_empty().then_some(NO_MARK))
}

/// Returns the advice for each kind of doubt, one line each.
fn advice(doubts: impl Iterator<Item = Doubt>) -> String {
    let mut kinds: Vec<Doubt> = Vec::new();
    for doubt in doubts {
        if !kinds.contains(&doubt) {
            kinds.push(doubt);
        }
    }
    kinds.iter().map(|doubt| format!("{}\n", doubt.advice)).collect()
}

/// Shows one row for each picture, and below them the advice.
fn table(read: &[(&PathBuf, Result<Lines, Error>)], style: Style) -> String {
    let mut table = Table::new(["picture", "answer", "certainty", ""]);
    for (path, result) in read {
        let name = end(&Shown(path).to_string(), 30);
        let [answers, certainty, word] = match result {
            Err(_) => ["-", "-", "not read"].map(String::from),
            Ok(lines) if lines.is_empty() => ["-", "-", NO_MARK.word].map(String::from),
            Ok(lines) => {
                let (answers, certainty) = summary(lines.iter().flatten());
                let word = doubts(lines).next().map_or("", |doubt| doubt.word);
                [end(&answers, 25), certainty, word.into()]
            }
        };
        table.row([name, answers, certainty, word]);
    }
    let pictures = read.iter().filter_map(|(_, result)| result.as_ref().ok());
    table.draw(style) + &advice(pictures.flat_map(doubts))
}

/// Shortens a text to `most` characters: `…` and its end.
fn end(text: &str, most: usize) -> String {
    match text.chars().count() {
        length if length > most => {
            format!("…{}", text.chars().skip(length + 1 - most).collect::<String>())
        }
        _ => text.into(),
    }
}

/// Puts all digits into one picture: each line of writing is a row.
fn sheet(lines: &[&Vec<Reading>]) -> Option<Picture> {
    let Picture { rows, cols, .. } = lines.first()?.first()?.seen;
    let width = cols * lines.iter().map(|line| line.len()).max()?;
    let mut pixels = Vec::new();
    for (line, y) in lines.iter().flat_map(|line| (0..rows).map(move |y| (line, y))) {
        line.iter().for_each(|reading| pixels.extend(&reading.seen.pixels[y * cols..][..cols]));
        pixels.resize(pixels.len().next_multiple_of(width), 0);
    }
    Some(Picture { rows: lines.len() * rows, cols: width, pixels })
}

#[cfg(test)]
mod tests;
