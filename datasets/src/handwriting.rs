//! Digits in a picture, found and prepared as those of MNIST were (docs/06-your-own-digits.md).
//!
//! MNIST's digits were scaled into 20 × 20 pixels, keeping their shape, and placed in 28 × 28 so that
//! their centre of mass is in the middle. What was done before is what a picture of a pen on paper
//! needs: ink is told from paper, and marks from specks.

mod doubt;

pub use doubt::Doubt;

use crate::picture::Picture;
use crate::steps::steps;
use std::mem::take;

/// The height and width of a prepared digit.
pub const SIDE: usize = 28;
/// The height and width that its ink is scaled into.
const BOX: usize = 20;
/// The row and the column, counted from 0, in which the centre of mass lies.
const CENTRE: f64 = 14.0;
/// Marks are looked for in no more pixels than this.
const MOST_PIXELS: usize = 1 << 22;
/// Marks that are smaller are specks.
const LEAST: usize = 5;
/// No more marks than this are looked at, the highest ones: a picture of more is not writing.
const MOST_MARKS: usize = 1000;
/// The cells along the longer side in which the light is measured.
const CELLS: usize = 32;

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
/// A digit is a mark whose ink hangs together, with the small pieces near it. Ink is what differs
/// from the paper, and paper is what most of the picture's border shows. A picture that is one of
/// MNIST's already, or its negative, comes back as it is.
pub fn digits(picture: &Picture) -> Vec<Vec<Digit>> {
    if let Some(digit) = as_in_mnist(picture) {
        return vec![vec![digit]];
    }
    let (small, factor) = shrunk(picture);
    let ink = Ink::new(&small);
    drop(small);
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
    let negative = picture.pixels.iter().map(|&shade| 255 - shade).collect();
    [picture.pixels.clone(), negative].into_iter().find_map(|pixels| {
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

/// The picture, each side divided by the smallest whole number that makes it small enough, and that
/// number. Each pixel is the mean of those it stands for.
fn shrunk(picture: &Picture) -> (Picture, usize) {
    let Picture { rows, cols, .. } = *picture;
    let factor = (1..).find(|f| rows.div_ceil(*f) * cols.div_ceil(*f) <= MOST_PIXELS).unwrap_or(1);
    if factor == 1 {
        return (picture.clone(), 1);
    }
    let mut pixels = Vec::with_capacity(rows.div_ceil(factor) * cols.div_ceil(factor));
    for block in picture.pixels.chunks(factor * cols) {
        let mut sums = vec![0u16; cols];
        let high = block.len() / cols;
        for row in block.chunks(cols) {
            sums.iter_mut().zip(row).for_each(|(sum, &shade)| *sum += u16::from(shade));
        }
        let mean = |sums: &[u16]| {
            let sum: u32 = sums.iter().map(|&sum| u32::from(sum)).sum();
            (sum / (sums.len() * high) as u32) as u8
        };
        pixels.extend(sums.chunks(factor).map(mean));
    }
    (Picture { rows: rows.div_ceil(factor), cols: cols.div_ceil(factor), pixels }, factor)
}

/// How much ink there is in each pixel: 0 on paper, 255 where all light is gone.
struct Ink {
    cols: usize,
    pixels: Vec<u8>,
    /// What paper reaches by noise.
    noise: u8,
    /// The least in a mark.
    threshold: u8,
    /// What is as dark as a stroke.
    dark: u8,
}

/// A measure of the light in cells of a picture, row after row.
#[derive(Clone)]
struct Grid {
    rows: usize,
    cols: usize,
    values: Vec<u8>,
}

impl Ink {
    fn new(picture: &Picture) -> Self {
        let cell = picture.rows.max(picture.cols).div_ceil(CELLS).max(4);
        let [darkest, dark, light, lightest] = percentiles(picture, cell, [0.02, 0.2, 0.8, 0.98]);
        // Paper is light or dark. Right is what leaves more ink on the more even paper.
        let negative = |grid: Grid| grid.map(|shade| 255 - shade);
        let [(on_light, on_light_ink), (on_dark, on_dark_ink)] =
            [(light, darkest), (negative(dark), negative(lightest))].map(|(paper, ink)| {
                let paper = paper.without_ink();
                let contrast =
                    paper.values.iter().zip(&ink.values).map(|(p, i)| p.saturating_sub(*i));
                let contrast = i32::from(contrast.max().unwrap_or(0));
                let least = paper.values.iter().min().map_or(0, |&least| i32::from(least));
                let most = paper.values.iter().max().map_or(0, |&most| i32::from(most));
                (paper, contrast - (most - least))
            });
        let is_dark = on_dark_ink > on_light_ink;
        let paper = if is_dark { on_dark } else { on_light };

        let mut pixels = Vec::with_capacity(picture.pixels.len());
        for (y, row) in picture.pixels.chunks(picture.cols).enumerate() {
            let paper = paper.row(y, cell, picture.cols);
            pixels.extend(row.iter().zip(paper).map(|(&shade, paper)| {
                let shade = if is_dark { 255 - shade } else { shade };
                ((paper - f32::from(shade)) * 255.0 / paper.max(1.0)) as u8
            }));
        }
        let mut counts = [0; 256];
        pixels.iter().for_each(|&ink| counts[usize::from(ink)] += 1);
        // Paper is most of a picture: its mean and its spread.
        let [middle, above] = [0.5, 0.84].map(|share| usize::from(reached(&counts, share)));
        let noise = (middle + 3 * (above - middle).min(20)).min(255);
        let power =
            |n: i32| (noise..256).map(|v| f64::from(counts[v]) * (v as f64).powi(n)).sum::<f64>();
        // The mean ink, in which dark ink counts for more than the many pixels of faint lines.
        let mean = if power(2) > 0.0 { power(3) / power(2) } else { 255.0 };
        let at_least = |share: f64| (share * mean).max(noise as f64 + 1.0).max(20.0) as u8;
        let (threshold, dark) = (at_least(0.25), at_least(0.5));
        let mut ink = Self { cols: picture.cols, pixels, noise: noise as u8, threshold, dark };
        ink.take_out_lines();
        ink
    }

    /// Takes out ruled lines and frames, but not where a stroke crosses them: thin rows and columns
    /// of the picture that are inked for the most part, where there are several.
    fn take_out_lines(&mut self) {
        let (rows, cols) = (self.pixels.len() / self.cols, self.cols);
        let (mut in_row, mut in_col) = (vec![0; rows], vec![0; cols]);
        for (row, in_row) in self.pixels.chunks(cols).zip(&mut in_row) {
            for (ink, in_col) in row.iter().zip(&mut in_col) {
                let is_inked = usize::from(*ink >= self.threshold);
                *in_row += is_inked;
                *in_col += is_inked;
            }
        }
        for (counts, length, step, along) in [(in_row, cols, cols, 1), (in_col, rows, 1, cols)] {
            let is_full = |count: usize| 5 * count > 3 * length;
            let mut bands = Vec::new();
            let mut from = 0;
            for band in counts.chunk_by(|a, b| is_full(*a) == is_full(*b)) {
                let to = from + band.len();
                if is_full(band[0]) && band.len() <= (counts.len() / 50).max(4) {
                    bands.push((from, to));
                }
                from = to;
            }
            if bands.len() < 2 {
                continue;
            }
            for ((from, to), at) in
                bands.iter().flat_map(|band| (0..length).map(move |at| (*band, at)))
            {
                let is_inked =
                    |line: usize| self.pixels[line * step + at * along] >= self.threshold;
                let is_crossed =
                    from > 0 && to < counts.len() && is_inked(from - 1) && is_inked(to);
                if !is_crossed {
                    (from..to).for_each(|line| self.pixels[line * step + at * along] = 0);
                }
            }
        }
    }
}

/// For each cell the shades that these shares of its pixels do not reach.
fn percentiles<const N: usize>(picture: &Picture, cell: usize, shares: [f64; N]) -> [Grid; N] {
    let (rows, cols) = (picture.rows.div_ceil(cell), picture.cols.div_ceil(cell));
    let mut grids = [(); N].map(|()| Grid { rows, cols, values: Vec::new() });
    for band in picture.pixels.chunks(cell * picture.cols) {
        let mut counts = vec![[0u32; 256]; cols];
        for row in band.chunks(picture.cols) {
            for (counts, part) in counts.iter_mut().zip(row.chunks(cell)) {
                part.iter().for_each(|&shade| counts[usize::from(shade)] += 1);
            }
        }
        for counts in counts {
            for (grid, share) in grids.iter_mut().zip(shares) {
                grid.values.push(reached(&counts, share));
            }
        }
    }
    grids
}

/// The value that this share of the counted ones does not reach.
fn reached(counts: &[u32; 256], share: f64) -> u8 {
    let mut left = (share * f64::from(counts.iter().sum::<u32>())) as u32;
    let is_there = |&count: &u32| {
        let found = left < count;
        left = left.saturating_sub(count);
        found
    };
    counts.iter().position(is_there).unwrap_or(255) as u8
}

impl Grid {
    fn map(mut self, f: impl Fn(u8) -> u8) -> Self {
        self.values.iter_mut().for_each(|value| *value = f(*value));
        self
    }

    /// The grid of light paper without dark marks on it: what is narrower than a quarter of the
    /// picture goes, and what is narrower than a half if it is too dark for a shadow.
    fn without_ink(&self) -> Self {
        let closed = |reach| self.extreme(reach, u8::max).extreme(reach, u8::min);
        let (fine, coarse) = (closed(CELLS / 10), closed(CELLS / 4));
        let choose = |(&fine, &coarse): (&u8, &u8)| {
            if u16::from(fine) * 20 >= u16::from(coarse) * 9 { fine } else { coarse }
        };
        let values = fine.values.iter().zip(&coarse.values).map(choose).collect();
        Self { values, ..*self }
    }

    /// The largest or smallest value within `reach` cells.
    fn extreme(&self, reach: usize, of: fn(u8, u8) -> u8) -> Self {
        let mut grid = self.clone();
        for (step, length) in [(1, self.cols), (self.cols, self.rows)] {
            let before = grid.values.clone();
            for (i, value) in grid.values.iter_mut().enumerate() {
                let at = i / step % length;
                let range = at.saturating_sub(reach)..(at + reach + 1).min(length);
                let start = i - at * step;
                *value = range.map(|at| before[start + at * step]).reduce(of).unwrap_or(*value);
            }
        }
        grid
    }

    /// The values for the pixels of row `y`, in straight lines from the middle of one cell to that of
    /// the next.
    fn row(&self, y: usize, cell: usize, cols: usize) -> Vec<f32> {
        let place = |pixel: usize, cells: usize| {
            let at = ((pixel as f32 + 0.5) / cell as f32 - 0.5).clamp(0.0, (cells - 1) as f32);
            let first = (at as usize).min(cells.saturating_sub(2));
            (first, (first + 1).min(cells - 1), at - first as f32)
        };
        let (top, bottom, share) = place(y, self.rows);
        let value = |row: usize, col: usize| f32::from(self.values[row * self.cols + col]);
        let line: Vec<f32> = (0..self.cols)
            .map(|col| value(top, col) * (1.0 - share) + value(bottom, col) * share)
            .collect();
        let pixel = |x| {
            let (left, right, share) = place(x, self.cols);
            line[left] * (1.0 - share) + line[right] * share
        };
        (0..cols).map(pixel).collect()
    }
}

/// Ink that hangs together, or several such pieces: where its pixels are, and the box around them.
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

    /// Takes in another one.
    fn join(&mut self, other: Self) {
        self.pixels.extend(other.pixels);
        (self.top, self.bottom) = (self.top.min(other.top), self.bottom.max(other.bottom));
        (self.left, self.right) = (self.left.min(other.left), self.right.max(other.right));
    }

    /// How far apart the boxes are, across and down; 0 if they overlap that way.
    fn gaps(&self, other: &Self) -> (usize, usize) {
        let across = self.left.max(other.left).saturating_sub(self.right.min(other.right));
        let down = self.top.max(other.top).saturating_sub(self.bottom.min(other.bottom));
        (across, down)
    }
}

/// The pieces of ink that hang together, at edges or corners.
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
        // The pixels are those that were found, and next to which others are looked for in turn.
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

/// The marks that may be digits. Specks are left out, and so are lines from one border to the other
/// if there is anything else.
fn marks(ink: &Ink) -> Vec<Mark> {
    let rows = ink.pixels.len() / ink.cols;
    let mut pieces = pieces(ink);
    // Where the light changes at the border there is a pale piece; a mark there is dark.
    let is_dark = |piece: &Mark| {
        let at_border =
            piece.left == 0 || piece.top == 0 || piece.right == ink.cols || piece.bottom == rows;
        let shades = piece.pixels.iter().map(|&pixel| ink.pixels[pixel as usize]);
        let dark = shades.filter(|&shade| shade >= ink.dark).count();
        dark > if at_border { piece.pixels.len() / 2 } else { 0 }
    };
    pieces.retain(|piece| piece.size() >= LEAST && is_dark(piece));
    let is_line = |piece: &Mark| {
        piece.left == 0 && piece.right == ink.cols || piece.top == 0 && piece.bottom == rows
    };
    if pieces.iter().any(|piece| !is_line(piece)) {
        pieces.retain(|piece| !is_line(piece));
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
            // A stroke of its own, such as the bar of a 5, or what a pen left out.
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

/// The lines of writing from the top, the marks of each from the left.
fn lines(mut marks: Vec<Mark>) -> Vec<Vec<Mark>> {
    marks.sort_by_key(|mark| mark.left);
    let mut lines: Vec<Vec<Mark>> = Vec::new();
    for mark in marks {
        // The line whose last mark stands at the same height, for the most part.
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

/// The mark as MNIST would have it.
fn prepared(ink: &Ink, mark: &Mark) -> Vec<u8> {
    // The ink of this mark alone, and what is around it: the blurred edge of its strokes.
    let (rows, cols) = (mark.rows(), mark.cols());
    let mut shades = vec![0u8; rows * cols];
    let mut inked = Vec::new();
    for pixel in mark.pixels.iter().map(|&pixel| pixel as usize) {
        let (y, x) = (pixel / ink.cols - mark.top, pixel % ink.cols - mark.left);
        shades[y * cols + x] = ink.pixels[pixel];
        inked.push(ink.pixels[pixel]);
    }
    let middle = inked.len() / 2;
    let full = f32::from(*inked.select_nth_unstable(middle).1);
    let none = f32::from(ink.noise);

    // Area averages: a pixel gives each of those that it overlaps its share.
    let scale = BOX as f32 / rows.max(cols) as f32;
    let length = |side: usize| ((side as f32 * scale).round() as usize).clamp(1, BOX);
    let (high, wide) = (length(rows), length(cols));
    let (down, across) = (high as f32 / rows as f32, wide as f32 / cols as f32);
    let mut sums = vec![0.0; high * wide];
    for (y, row) in shades.chunks(cols).enumerate() {
        let mut line = vec![0.0; wide];
        for (x, &shade) in row.iter().enumerate() {
            let ink = ((f32::from(shade) - none) / (full - none).max(1.0)).clamp(0.0, 1.0);
            if ink > 0.0 {
                spread(x, across, wide, |at, share| line[at] += ink * share);
            }
        }
        spread(y, down, high, |at, share| {
            let sums = &mut sums[at * wide..][..wide];
            sums.iter_mut().zip(&line).for_each(|(sum, ink)| *sum += ink * share);
        });
    }

    // The darkest tenth is full ink, as in MNIST.
    let mut inked: Vec<f32> = sums.iter().copied().filter(|&ink| ink > 0.05).collect();
    inked.sort_by(f32::total_cmp);
    let most = inked.get(inked.len() * 9 / 10).copied().unwrap_or(1.0).min(1.0);
    let pixels: Vec<u8> =
        sums.iter().map(|ink| (255.0 * (ink / most).min(1.0)).round() as u8).collect();

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

/// Calls `add` with each of the `length` places that pixel `at` overlaps when it becomes `scale`
/// pixels long, and by how much.
fn spread(at: usize, scale: f32, length: usize, mut add: impl FnMut(usize, f32)) {
    let (from, to) = (at as f32 * scale, (at + 1) as f32 * scale);
    for place in (from as usize)..(to.ceil() as usize).min(length) {
        let share = to.min((place + 1) as f32) - from.max(place as f32);
        if share > 0.0 {
            add(place, share);
        }
    }
}

#[cfg(test)]
mod tests;
