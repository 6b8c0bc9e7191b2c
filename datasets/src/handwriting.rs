//! Finds the digits in a picture and prepares them as MNIST's were (docs/06-your-own-digits.md).
//!
//! The steps: measure the light of the paper, then the ink of each pixel; remove ruled lines; collect
//! connected pixels into marks and leave out specks; scale each mark into 20 × 20 pixels without
//! changing its proportions, and place it in 28 × 28 so that its centre of mass is in the middle.

mod doubt;

pub use doubt::Doubt;

use crate::picture::Picture;
use crate::steps::steps;
use matrix::Matrix;
use std::mem::take;

/// The height and width of a prepared digit.
pub const SIDE: usize = 28;
/// The height and width that its ink is scaled into.
const BOX: usize = 20;
/// The row and the column, counted from 0, in which the centre of mass lies.
const CENTRE: f64 = 14.0;
/// Larger pictures are shrunk to this number of pixels.
const MOST_PIXELS: usize = 1 << 20;
/// Pieces of ink that are smaller, in pixels of the longer side, are specks.
const LEAST: usize = 5;
/// Only so many pieces are looked at, the highest ones: a picture of more is not writing.
const MOST_MARKS: usize = 1000;
/// The cells along the longer side in which the light is measured.
const CELLS: usize = 128;

/// A digit as the net sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Digit {
    /// 28 × 28 pixels, 0 (paper) to 255 (ink).
    pub pixels: Vec<u8>,
    /// The height of the mark in the picture.
    pub rows: usize,
    /// Its width.
    pub cols: usize,
}

/// The digits of a picture: its lines from the top, each from the left.
///
/// A digit is a mark of connected ink, with the small pieces near it, on light or dark paper. A picture
/// that is one of MNIST's already is returned as it is, and so is its negative, inverted.
pub fn digits(picture: &Picture) -> Vec<Vec<Digit>> {
    if let Some(digit) = as_in_mnist(picture) {
        return vec![vec![digit]];
    }
    let is_small = |f: &usize| picture.rows.div_ceil(*f) * picture.cols.div_ceil(*f) <= MOST_PIXELS;
    let factor = (1..).find(is_small).unwrap_or(1);
    let ink = Ink::new(&shrunk(picture, factor));
    let prepare = |mark: &Mark| Digit {
        rows: mark.rows() * factor,
        cols: mark.cols() * factor,
        pixels: prepared(&ink, mark),
    };
    let lines = lines(marks(&ink));
    lines.iter().map(|line| line.iter().map(prepare).collect()).collect()
}

/// The picture as a digit if it is one of MNIST's: ink that fills 20 pixels one way or the other,
/// with its centre of mass in the middle, on 0.
fn as_in_mnist(picture: &Picture) -> Option<Digit> {
    if (picture.rows, picture.cols) != (SIDE, SIDE) {
        return None;
    }
    [picture.clone(), negative(picture)].into_iter().find_map(|Picture { pixels, .. }| {
        let is_ink = |&i: &usize| pixels[i] > 0;
        let inked = || (0..SIDE * SIDE).filter(is_ink);
        let length = |place: fn(usize) -> usize| {
            Some(inked().map(place).max()? - inked().map(place).min()? + 1)
        };
        let (rows, cols) = (length(|i| i / SIDE)?, length(|i| i % SIDE)?);
        let (y, x) = centre_of_mass(&pixels, SIDE);
        let is_centred = (y - CENTRE).abs() < 0.55 && (x - CENTRE).abs() < 0.55;
        let is_scaled = (BOX - 1..=BOX).contains(&rows.max(cols));
        (is_centred && is_scaled).then_some(Digit { pixels, rows, cols })
    })
}

/// The row and the column of the centre of mass, counted from 0, of pixels in rows of `cols`.
fn centre_of_mass(pixels: &[u8], cols: usize) -> (f64, f64) {
    let (mut mass, mut y, mut x) = (0.0, 0.0, 0.0);
    for (i, &ink) in pixels.iter().enumerate() {
        let ink = f64::from(ink);
        mass += ink;
        y += ink * (i / cols) as f64;
        x += ink * (i % cols) as f64;
    }
    (y / mass, x / mass)
}

/// The picture, each side divided by `factor`: each pixel is the mean of those that it replaces.
fn shrunk(picture: &Picture, factor: usize) -> Picture {
    let Picture { rows, cols, .. } = *picture;
    let mut pixels = Vec::with_capacity(rows.div_ceil(factor) * cols.div_ceil(factor));
    for block in picture.pixels.chunks(factor * cols) {
        let mut sums = vec![0u32; cols];
        for row in block.chunks(cols) {
            sums.iter_mut().zip(row).for_each(|(sum, &shade)| *sum += u32::from(shade));
        }
        let high = block.len() / cols;
        let mean = |sums: &[u32]| (sums.iter().sum::<u32>() / (sums.len() * high) as u32) as u8;
        pixels.extend(sums.chunks(factor).map(mean));
    }
    Picture { rows: rows.div_ceil(factor), cols: cols.div_ceil(factor), pixels }
}

/// The ink of each pixel, from 0, as bright as the paper, to 255, black.
struct Ink {
    cols: usize,
    pixels: Vec<u8>,
    /// The noise of the paper is below this.
    noise: u8,
    /// A pixel of a mark has at least this much ink.
    threshold: u8,
    /// The inside of a stroke has at least this much.
    dark: u8,
}

impl Ink {
    fn new(picture: &Picture) -> Self {
        let Picture { rows, cols, .. } = *picture;
        let cell = rows.max(cols).div_ceil(CELLS);
        let light = shrunk(picture, cell);
        // Is the paper light or dark? If strokes are taken for paper, its light varies more.
        let (on_light, on_dark) = (without_ink(&light), without_ink(&negative(&light)));
        let is_dark = 5 * variation(&on_dark) < 4 * variation(&on_light);
        let paper = if is_dark { on_dark } else { on_light };
        // At the edge of a shadow, the darker of two cells counts.
        let paper = extreme(&paper, 1, u8::min);

        let mut pixels = Vec::with_capacity(picture.pixels.len());
        for (y, row) in picture.pixels.chunks(cols).enumerate() {
            let paper = &paper.pixels[y / cell * paper.cols..];
            pixels.extend(row.iter().enumerate().map(|(x, &shade)| {
                let shade = if is_dark { 255 - shade } else { shade };
                let paper = paper[x / cell];
                (u32::from(paper.saturating_sub(shade)) * 255 / u32::from(paper.max(1))) as u8
            }));
        }
        let mut counts = [0; 256];
        pixels.iter().for_each(|&ink| counts[usize::from(ink)] += 1);
        // Most pixels are paper, so that the median and the spread are the paper's.
        let [middle, above] = [0.5, 0.84].map(|share| usize::from(reached(&counts, share)));
        let noise = (middle + 3 * (above - middle).min(20)).min(255);
        let power =
            |n: i32| (noise..256).map(|v| f64::from(counts[v]) * (v as f64).powi(n)).sum::<f64>();
        // A mean of the ink in which dark pixels count more than the many pixels of pale lines.
        let mean = if power(2) > 0.0 { power(3) / power(2) } else { 255.0 };
        let threshold = (0.25 * mean).max(noise as f64 + 1.0).max(20.0) as u8;
        let dark = (0.5 * mean).max(2.0 * noise as f64).max(40.0) as u8;
        // Ruled lines and frames: those along the rows, then those along the columns.
        for cols in [cols, rows] {
            take_out_rows(&mut pixels, cols, threshold);
            pixels = transposed(&pixels, cols);
        }
        Self { cols, pixels, noise: noise as u8, threshold, dark }
    }
}

fn transposed(pixels: &[u8], cols: usize) -> Vec<u8> {
    (0..cols).flat_map(|x| pixels[x..].iter().step_by(cols).copied()).collect()
}

/// Removes thin lines along the rows, of which more than half is inked, if there are several; but not
/// where a stroke crosses them. They may rise or fall by a twentieth of their length, 3 degrees,
/// and by twice the height of the picture at most.
fn take_out_rows(pixels: &mut [u8], cols: usize, threshold: u8) {
    let rows = pixels.len() / cols;
    // Lines are numbered by their rows in the middle column, plus `most`, since some are above or below
    // the picture there. In column x, line i is in row i + shifts[x] − 2 · most.
    let (most, n) = ((cols / 40).min(rows), cols as isize);
    let shifts = |rise: isize| -> Vec<usize> {
        steps(cols);
        (0..n).map(|x| (most as isize + rise * (2 * x - n) / (2 * n)) as usize).collect()
    };
    let places: Vec<usize> = (0..pixels.len()).filter(|&i| pixels[i] >= threshold).collect();
    let inked = |shifts: &Vec<usize>| {
        let mut counts = vec![0usize; rows + 2 * most];
        places.iter().for_each(|i| counts[i / cols + 2 * most - shifts[i % cols]] += 1);
        counts
    };
    // At the right slope a few lines have most of the ink.
    let sharpness = |shifts: &Vec<usize>| inked(shifts).iter().map(|n| n * n).sum::<usize>();
    let rises = (0..=2 * most as isize).rev().flat_map(|rise| [rise, -rise]);
    let shifts = rises.map(shifts).max_by_key(sharpness).unwrap_or_default();
    let inked = inked(&shifts);
    let mut visible = vec![0; inked.len()];
    for shift in &shifts {
        visible[2 * most - shift..][..rows].iter_mut().for_each(|n| *n += 1);
    }

    let is_full = |i: &usize| 2 * inked[*i] > visible[*i] && 8 * visible[*i] > cols;
    let lines: Vec<usize> = (0..inked.len()).collect();
    let bands = lines.chunk_by(|a, b| is_full(a) == is_full(b));
    let is_thin = |band: &&[usize]| is_full(&band[0]) && band.len() <= (rows / 50).max(4);
    let bands: Vec<&[usize]> = bands.filter(is_thin).collect();
    if bands.len() < 2 {
        return;
    }
    for (band, x) in bands.into_iter().flat_map(|band| (0..cols).map(move |x| (band, x))) {
        let place = |line: usize| {
            let row = (line + shifts[x]).checked_sub(2 * most)?;
            (row < rows).then_some(row * cols + x)
        };
        let is_inked = |line| place(line).is_some_and(|place| pixels[place] >= threshold);
        // One more line on each side: the edges of a line are pale.
        let (from, to) = (band[0].saturating_sub(1), band[0] + band.len() + 1);
        let is_crossed = from > 0 && is_inked(from - 1) && is_inked(to);
        if !is_crossed {
            (from..to).filter_map(place).for_each(|place| pixels[place] = 0);
        }
    }
}

/// The smallest value that more than this share of the counted values does not exceed.
fn reached(counts: &[u32; 256], share: f64) -> u8 {
    let mut left = (share * f64::from(counts.iter().sum::<u32>())) as u32;
    let is_there = |&count: &u32| {
        let found = left < count;
        left = left.saturating_sub(count);
        found
    };
    counts.iter().position(is_there).unwrap_or(255) as u8
}

fn negative(picture: &Picture) -> Picture {
    let pixels = picture.pixels.iter().map(|&shade| 255 - shade).collect();
    Picture { pixels, ..*picture }
}

/// Light paper without the marks on it. Areas darker than their surroundings become as light as those:
/// up to an eighth of the picture's longer side in width, or up to a third if they are too dark for a
/// shadow.
fn without_ink(picture: &Picture) -> Picture {
    let side = picture.rows.max(picture.cols);
    let closed = |reach| extreme(&extreme(picture, reach, u8::max), reach, u8::min);
    let (fine, coarse) = (closed(side / 12), closed(side / 6));
    let choose = |(&fine, &coarse): (&u8, &u8)| {
        if u16::from(fine) * 20 >= u16::from(coarse) * 9 { fine } else { coarse }
    };
    let pixels = fine.pixels.iter().zip(&coarse.pixels).map(choose).collect();
    Picture { pixels, ..*picture }
}

/// The sum of the differences between neighbours.
fn variation(picture: &Picture) -> usize {
    let difference = |(a, b): (&u8, &u8)| usize::from(a.abs_diff(*b));
    let across = picture.pixels.chunks(picture.cols).flat_map(|row| row.iter().zip(&row[1..]));
    let down = picture.pixels.iter().zip(picture.pixels.iter().skip(picture.cols));
    across.chain(down).map(difference).sum()
}

/// For each pixel the largest or smallest shade within `reach` rows and columns.
fn extreme(picture: &Picture, reach: usize, of: fn(u8, u8) -> u8) -> Picture {
    let mut pixels = picture.pixels.clone();
    for (step, length) in [(1, picture.cols), (picture.cols, picture.rows)] {
        let before = pixels.clone();
        for (i, value) in pixels.iter_mut().enumerate() {
            let at = i / step % length;
            let range = at.saturating_sub(reach)..(at + reach + 1).min(length);
            let start = i - at * step;
            *value = range.map(|at| before[start + at * step]).reduce(of).unwrap_or(*value);
        }
    }
    Picture { pixels, ..*picture }
}

/// Connected pixels of ink, or several such pieces: where the pixels are, and the box around them.
#[derive(Clone)]
struct Mark {
    pixels: Vec<u32>,
    top: usize,
    bottom: usize,
    left: usize,
    right: usize,
}

impl Mark {
    fn rows(&self) -> usize {
        self.bottom - self.top
    }

    fn cols(&self) -> usize {
        self.right - self.left
    }

    fn size(&self) -> usize {
        self.rows().max(self.cols())
    }

    /// Adds the pixels of `other`.
    fn join(&mut self, other: Self) {
        self.pixels.extend(other.pixels);
        (self.top, self.bottom) = (self.top.min(other.top), self.bottom.max(other.bottom));
        (self.left, self.right) = (self.left.min(other.left), self.right.max(other.right));
    }

    /// The gaps between the boxes, across and down; 0 if they overlap in that direction.
    fn gaps(&self, other: &Self) -> (usize, usize) {
        let across = self.left.max(other.left).saturating_sub(self.right.min(other.right));
        let down = self.top.max(other.top).saturating_sub(self.bottom.min(other.bottom));
        (across, down)
    }
}

/// The pieces of connected ink. Pixels that touch at a corner are connected.
fn pieces(ink: &Ink) -> Vec<Mark> {
    let (rows, cols) = (ink.pixels.len() / ink.cols, ink.cols);
    let mut is_left: Vec<bool> = ink.pixels.iter().map(|&shade| shade >= ink.threshold).collect();
    let mut marks = Vec::new();
    let mut start = 0;
    while let Some(after) = is_left[start..].iter().position(|&is_left| is_left) {
        start += after;
        is_left[start] = false;
        let (y, x) = (start / cols, start % cols);
        let pixels = vec![start as u32];
        let mut mark = Mark { pixels, top: y, bottom: y + 1, left: x, right: x + 1 };
        // Each pixel that was found is visited once, and its neighbours are added.
        let mut next = 0;
        while let Some(&pixel) = mark.pixels.get(next) {
            steps(1);
            next += 1;
            let (y, x) = (pixel as usize / cols, pixel as usize % cols);
            (mark.bottom, mark.left, mark.right) =
                (mark.bottom.max(y + 1), mark.left.min(x), mark.right.max(x + 1));
            for y in y.saturating_sub(1)..(y + 2).min(rows) {
                for x in x.saturating_sub(1)..(x + 2).min(cols) {
                    if take(&mut is_left[y * cols + x]) {
                        mark.pixels.push((y * cols + x) as u32);
                    }
                }
            }
        }
        marks.push(mark);
    }
    marks
}

/// The marks that may be digits: connected pieces, each with the small pieces near it, without specks
/// and without what is beside the paper.
fn marks(ink: &Ink) -> Vec<Mark> {
    let (rows, cols) = (ink.pixels.len() / ink.cols, ink.cols);
    let is_dark = |piece: &Mark| {
        let shades = piece.pixels.iter().map(|&pixel| ink.pixels[pixel as usize]);
        4 * shades.filter(|&shade| shade >= ink.dark).count() > piece.pixels.len()
    };
    let is_across = |piece: &Mark| {
        piece.left == 0 && piece.right == cols || piece.top == 0 && piece.bottom == rows
    };
    // The table around the paper, the corner of a shadow, or a line that leaves the picture.
    let is_beside = |piece: &Mark| {
        let at_border = |&&pixel: &&u32| {
            let (y, x) = (pixel as usize / cols, pixel as usize % cols);
            x == 0 || y == 0 || x + 1 == cols || y + 1 == rows
        };
        let n = piece.pixels.iter().filter(at_border).count();
        match is_across(piece) {
            true => n > 2 * piece.size(),
            false => n > 0 && (3 * n >= piece.size() || piece.pixels.len() < 5 * piece.size()),
        }
    };
    let mut pieces = pieces(ink);
    pieces.retain(|piece| piece.size() >= LEAST && is_dark(piece) && !is_beside(piece));
    // A digit may fill the picture, but then it is alone.
    if !pieces.iter().all(is_across) {
        pieces.retain(|piece| !is_across(piece));
    }
    pieces.sort_by_key(|piece| std::cmp::Reverse(piece.rows()));
    pieces.truncate(MOST_MARKS);
    let largest = pieces.iter().map(Mark::size).max().unwrap_or(0);
    let mut marks: Vec<Mark> = Vec::new();
    for piece in pieces {
        steps(marks.len());
        let near = |mark: &&mut Mark| {
            let (across, down) = mark.gaps(&piece);
            let whole = mark.size();
            // The bar of a 5, or the part of a stroke below a gap that the pen left.
            let is_bar = 5 * piece.rows() <= 2 * whole && 3 * across.max(down) <= whole;
            let is_part = 5 * piece.rows() <= 3 * whole && across == 0 && 5 * down <= whole;
            is_bar || is_part
        };
        let is_speck = 10 * piece.size() < largest;
        match marks.iter_mut().filter(near).min_by_key(|mark| mark.gaps(&piece)) {
            _ if is_speck => {}
            Some(mark) => mark.join(piece),
            None if 4 * piece.size() < largest => {}
            None => marks.push(piece),
        }
    }
    marks
}

/// The lines of writing, from the top; the marks of each, from the left.
fn lines(mut marks: Vec<Mark>) -> Vec<Vec<Mark>> {
    marks.sort_by_key(|mark| mark.left);
    let mut lines: Vec<Vec<Mark>> = Vec::new();
    for mark in marks {
        // The line whose last mark has at least half of the height in common with this one.
        let shared = |line: &Vec<Mark>| {
            let last = &line[line.len() - 1];
            let shared = last.bottom.min(mark.bottom).saturating_sub(last.top.max(mark.top));
            (2 * shared >= last.rows().min(mark.rows())).then_some(shared)
        };
        steps(lines.len());
        match (0..lines.len()).filter_map(|i| Some((shared(&lines[i])?, i))).max() {
            Some((_, line)) => lines[line].push(mark),
            None => lines.push(vec![mark]),
        }
    }
    lines.sort_by_key(|line| {
        line.iter().map(|mark| mark.top + mark.bottom).sum::<usize>() / line.len()
    });
    lines
}

/// The mark as 28 × 28 pixels, prepared as MNIST's digits were.
fn prepared(ink: &Ink, mark: &Mark) -> Vec<u8> {
    // The median of the mark's ink counts as 1, the noise of the paper as 0.
    let mut inked: Vec<u8> = mark.pixels.iter().map(|&pixel| ink.pixels[pixel as usize]).collect();
    let middle = inked.len() / 2;
    let full = f32::from(*inked.select_nth_unstable(middle).1);
    let none = f32::from(ink.noise);
    // A: the ink of this mark alone, without that of others in the same box.
    let (rows, cols) = (mark.rows(), mark.cols());
    let mut a = Matrix::zeros(rows, cols);
    for pixel in mark.pixels.iter().map(|&pixel| pixel as usize) {
        let (y, x) = (pixel / ink.cols - mark.top, pixel % ink.cols - mark.left);
        let shade = f32::from(ink.pixels[pixel]);
        a[(y, x)] = ((shade - none) / (full - none).max(1.0)).clamp(0.0, 1.0);
    }

    let scale = BOX as f32 / rows.max(cols) as f32;
    let length = |side: usize| ((side as f32 * scale).round() as usize).clamp(1, BOX);
    let (high, wide) = (length(rows), length(cols));
    let (o, q) = (parts(high, rows), parts(wide, cols));
    let b = o.dot(&a).dot(q.t());

    // The darkest tenth becomes full ink, as in MNIST.
    let mut inked: Vec<f32> = b.as_slice().iter().copied().filter(|&ink| ink > 0.05).collect();
    inked.sort_by(f32::total_cmp);
    let most = inked.get(inked.len() * 9 / 10).copied().unwrap_or(1.0).min(1.0);
    let shade = |ink: &f32| (255.0 * (ink / most).min(1.0)).round() as u8;
    let pixels: Vec<u8> = b.as_slice().iter().map(shade).collect();

    let (y, x) = centre_of_mass(&pixels, wide);
    let offset = |centre: f64, side: usize| {
        ((CENTRE - 0.5 - centre).ceil().max(0.0) as usize).min(SIDE - side)
    };
    let (top, left) = (offset(y, high), offset(x, wide));
    let mut digit = vec![0; SIDE * SIDE];
    for (y, row) in pixels.chunks(wide).enumerate() {
        digit[(top + y) * SIDE + left..][..wide].copy_from_slice(row);
    }
    digit
}

/// The matrix O that turns `old` rows into `new` ones: row i has the parts of the new row i that each
/// old row covers.
fn parts(new: usize, old: usize) -> Matrix<f32> {
    let scale = new as f32 / old as f32;
    Matrix::from_fn(new, old, |i, j| {
        let (from, to) = (j as f32 * scale, (j + 1) as f32 * scale);
        (to.min((i + 1) as f32) - from.max(i as f32)).max(0.0)
    })
}

#[cfg(test)]
mod tests;
