//! Reads digits from pictures: `--predict` (docs/07-your-own-digits.md).

use crate::export;
use crate::net::Net;
use crate::settings::Settings;
use crate::{kept, saved};
use console::{Options, Outcome, Style, Table, bars, beside, percent, picture};
use datasets::handwriting::{Digit, SIDE, digits};
use datasets::text::{Count, Shown};
use datasets::{Error, Images, Picture, file};
use std::fs;
use std::io::{self, Read as _, Write};
use std::path::{Path, PathBuf};

/// The name that stands for standard input or output.
const STANDARD: &str = "-";

/// The program.
pub(crate) fn run(options: &Options, out: &mut dyn Write) -> Outcome {
    options.allow_only("predict", &["load", "prepared"])?;
    let paths = options.texts("predict");
    let files = files(paths)?;
    let prepared = options.text("prepared");
    if let Some(path) = prepared {
        export::check(Path::new(path), &files, |p| p.rows % SIDE == 0 && p.cols % SIDE == 0)?;
    }
    let (settings, training) = match options.text("load") {
        Some(dir) => saved::load(dir, false)?,
        None => kept::net(options)?,
    };
    let reader = Reader { settings, net: training.best };
    let read: Vec<_> = files.iter().map(|path| (path, reader.read(path))).collect();

    if let Some(path) = prepared {
        let lines = read.iter().filter_map(|(_, read)| read.as_ref().ok()).flatten();
        let sheet = sheet(&lines.collect::<Vec<_>>()).ok_or("found no digit to write")?;
        export::write(path, &sheet, out)?;
        if path == STANDARD {
            return Ok(());
        }
    }
    if let ([(path, result)], false) =
        (&read[..], paths.iter().any(|path| Path::new(path).is_dir()))
    {
        let lines = result.as_ref().map_err(ToString::to_string)?;
        return Ok(write!(out, "{}\n{}", Shown(path), shown(lines, options))?);
    }
    let (table, problems) = table(&read, options.style);
    write!(out, "{table}")?;
    match problems.len() {
        0 => Ok(()),
        n => {
            let problems = problems.join("; ");
            Err(format!("{n} of {} not read: {problems}", Count(read.len(), "picture")).into())
        }
    }
}

/// The files that are named, those in a folder one after the other.
fn files(paths: &[String]) -> Result<Vec<PathBuf>, Error> {
    const ENDINGS: [&str; 18] = [
        "png", "pbm", "pgm", "ppm", "pnm", "jpg", "jpeg", "jfif", "heic", "heif", "gif", "webp",
        "bmp", "tif", "tiff", "avif", "jxl", "pam",
    ];
    let mut files = Vec::new();
    for path in paths.iter().map(PathBuf::from) {
        if !path.is_dir() {
            files.push(path);
            continue;
        }
        let entries = fs::read_dir(&path).and_then(Iterator::collect::<io::Result<Vec<_>>>);
        let mut found: Vec<PathBuf> =
            entries.map_err(saved::at(&path))?.iter().map(fs::DirEntry::path).collect();
        found.retain(|path| {
            let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase());
            ending.is_some_and(|ending| ENDINGS.contains(&&*ending)) && path.is_file()
        });
        if found.is_empty() {
            let cause = "found no picture in this folder, expected files such as digit.png";
            return Err(Error::new(&path, cause));
        }
        found.sort();
        files.extend(found);
    }
    Ok(files)
}

/// A net, and what it was trained on.
struct Reader {
    settings: Settings,
    net: Net,
}

/// A digit with what the net says of it.
struct Reading {
    digit: Digit,
    /// The rows and columns of `digit`.
    shape: (usize, usize),
    /// The probability of each class.
    probs: Vec<f32>,
    /// What class 0 is called.
    first_label: usize,
}

impl Reader {
    /// The digits of a picture, line by line.
    fn read(&self, path: &Path) -> Result<Vec<Vec<Reading>>, Error> {
        let picture = match path.as_os_str() == STANDARD {
            true => {
                let mut bytes = Vec::new();
                let input = io::stdin().lock().take(file::LIMIT).read_to_end(&mut bytes);
                input.map_err(saved::at(path))?;
                Picture::decode(bytes).map_err(|error| Error::new(path, error))?
            }
            false => Picture::read(path)?,
        };
        let shape = self.settings.shape.unwrap_or((SIDE, SIDE));
        let (rows, cols) = (picture.rows, picture.cols);
        // Images of other data are not prepared as those of MNIST were.
        let as_it_is = (rows, cols) == shape && self.settings.data.is_some();
        let lines = match as_it_is {
            true => vec![vec![Digit { pixels: picture.pixels, rows, cols }]],
            false if shape == (SIDE, SIDE) => digits(&picture),
            false => {
                let (m, n) = shape;
                let cause = format!("found {rows}×{cols} pixels, expected {m}×{n}");
                return Err(Error::new(path, cause));
            }
        };
        if self.net.inputs() != shape.0 * shape.1 {
            let cause = format!("expected a net for 28×28 pixels, found {}", self.net.inputs());
            return Err(Error::new(path, cause));
        }
        let read = |digit| self.ask(digit, shape);
        Ok(lines.into_iter().map(|line| line.into_iter().map(read).collect()).collect())
    }

    fn ask(&self, digit: Digit, (rows, cols): (usize, usize)) -> Reading {
        let images = Images {
            rows,
            cols,
            pixels: digit.pixels.clone(),
            labels: vec![0],
            classes: self.net.classes(),
            first_label: self.settings.first_label,
        };
        let probs = self.net.probs(&images.to_matrix(0..1, self.settings.scale));
        let first_label = self.settings.first_label.into();
        Reading { digit, shape: (rows, cols), probs: probs.row(0).to_vec(), first_label }
    }
}

/// What may be wrong with a digit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Doubt {
    Small,
    Thin,
    Thick,
    Wide,
    Unsure,
}

impl Reading {
    /// The likeliest class.
    fn best(&self) -> usize {
        let better = |best, k| if self.probs[k] > self.probs[best] { k } else { best };
        (1..self.probs.len()).fold(0, better)
    }

    fn name(&self, class: usize) -> String {
        (class + self.first_label).to_string()
    }

    fn answer(&self) -> String {
        self.name(self.best())
    }

    fn certainty(&self) -> f32 {
        self.probs[self.best()]
    }

    /// The class that comes next.
    fn second(&self) -> usize {
        let others = (0..self.probs.len()).filter(|&k| k != self.best());
        others
            .reduce(|best, k| if self.probs[k] > self.probs[best] { k } else { best })
            .unwrap_or(0)
    }

    /// What sets it apart from MNIST's digits: of those 70 000, one in a thousand has less than 3.6 %
    /// of ink, one in a thousand more than 29 %, and none is 2.3 times as wide as high.
    fn doubt(&self) -> Option<Doubt> {
        let ink: usize = self.digit.pixels.iter().map(|&ink| usize::from(ink)).sum();
        let ink = ink as f64 / (255 * self.digit.pixels.len()) as f64;
        let (rows, cols) = (self.digit.rows, self.digit.cols);
        let is_prepared = self.shape == (SIDE, SIDE);
        [
            (Doubt::Small, is_prepared && rows.max(cols) < 15),
            (Doubt::Wide, is_prepared && cols as f64 > 2.3 * rows as f64),
            (Doubt::Thin, is_prepared && ink < 0.036),
            (Doubt::Thick, is_prepared && ink > 0.29),
            (Doubt::Unsure, self.certainty() < 0.9),
        ]
        .into_iter()
        .find_map(|(doubt, is_there)| is_there.then_some(doubt))
    }
}

impl Doubt {
    fn word(self) -> &'static str {
        match self {
            Self::Small => "small",
            Self::Thin => "thin",
            Self::Thick => "thick",
            Self::Wide => "wide",
            Self::Unsure => "not sure",
        }
    }

    fn advice(self) -> &'static str {
        match self {
            Self::Small => "the mark has few pixels: write larger, or take the picture from nearer",
            Self::Thin => "less ink than any digit of MNIST: take a thicker pen, or write smaller",
            Self::Thick => "more ink than any digit of MNIST: take a thinner pen, or write larger",
            Self::Wide => {
                "wider than any digit of MNIST: leave room between digits, since marks\n\
                           that touch are read as one"
            }
            Self::Unsure => "the net is not sure: write the digit again, larger and more clearly",
        }
    }
}

/// What to do where there is no mark.
const NO_MARK: &str = "draw a digit with a dark pen on light paper, or light on dark";

/// The digits of one picture as the net sees them, and its answers.
fn shown(lines: &[Vec<Reading>], options: &Options) -> String {
    let style = options.style;
    let all: Vec<&Reading> = lines.iter().flatten().collect();
    let mut text = String::new();
    match all[..] {
        [] => return format!("answer: none, no mark found\n{NO_MARK}\n"),
        _ if options.quiet() => {}
        [reading] => {
            let label = |(k, &p): (usize, &f32)| (reading.name(k), f64::from(p));
            let rows: Vec<_> = reading.probs.iter().enumerate().map(label).collect();
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
                let [first, second] = [reading.best(), reading.second()];
                let certain = |k: usize| percent(reading.probs[k].into());
                let mut title = format!("{}, {}", reading.name(first), certain(first));
                if reading.certainty() < 0.9 {
                    title += &format!(" or {}, {}", reading.name(second), certain(second));
                }
                format!("{title}\n{seen}")
            };
            text += &beside(&all.iter().map(draw).collect::<Vec<_>>(), style.width);
        }
    }
    for line in lines.iter().flat_map(|line| line.chunks(style.width / 4)) {
        let answers: Vec<String> = line.iter().map(Reading::answer).collect();
        let certainty = line.iter().map(Reading::certainty).fold(1.0, f32::min);
        let each = if line.len() > 1 { "each at least " } else { "" };
        text += &format!("answer: {}, {each}{}\n", answers.join(" "), percent(certainty.into()));
    }
    let doubts: Vec<_> = all.iter().map(|reading| reading.doubt()).collect();
    text + &advice(doubts.into_iter().flatten())
}

/// A line for each doubt, once.
fn advice(doubts: impl Iterator<Item = Doubt>) -> String {
    let mut seen = Vec::new();
    for doubt in doubts {
        if !seen.contains(&doubt) {
            seen.push(doubt);
        }
    }
    seen.into_iter().map(|doubt| format!("{}\n", doubt.advice())).collect()
}

type Read<'a> = (&'a PathBuf, Result<Vec<Vec<Reading>>, Error>);

/// One row for each picture, and what is wrong with those that could not be read.
fn table(read: &[Read], style: Style) -> (String, Vec<String>) {
    let mut table = Table::new(["picture", "answer", "certainty", ""]);
    let (mut problems, mut doubts) = (Vec::new(), Vec::new());
    for (path, result) in read {
        let name = end(&Shown(path).to_string(), 30);
        let lines = match result {
            Ok(lines) => lines,
            Err(error) => {
                problems.push(error.to_string());
                table.row([&name, "-", "-", "not read"]);
                continue;
            }
        };
        let all = || lines.iter().flatten();
        let answers = all().map(Reading::answer).collect::<Vec<_>>().join(" ");
        let certainty = all().map(Reading::certainty).reduce(f32::min);
        let doubt = all().find_map(Reading::doubt);
        doubts.extend(all().filter_map(Reading::doubt));
        let word = if certainty.is_none() { "no mark" } else { doubt.map_or("", Doubt::word) };
        let certainty = certainty.map_or("-".into(), |certainty| percent(certainty.into()));
        let answers = if answers.is_empty() { "-".into() } else { end(&answers, 25) };
        table.row([&name, &answers, &certainty, word]);
    }
    let mut text = table.draw(style);
    text += &advice(doubts.into_iter());
    if read.iter().any(|(_, result)| result.as_ref().is_ok_and(Vec::is_empty)) {
        text += &format!("no mark: {NO_MARK}\n");
    }
    (text, problems)
}

/// A text of at most so many characters: `…` and its end, if it is longer.
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
