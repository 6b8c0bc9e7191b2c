//! Rows of pixels: unfiltered, turned into shades of grey, and put where they belong.

use super::error::{Place, PngError, PngProblem};
use super::header::{Colour, Header, Pass};
use super::samples::Samples;
use crate::picture::{Picture, grey, on_white};
use crate::steps::steps;

/// A picture to which one row after the other is added.
#[derive(Debug)]
pub(super) struct Rows<'a> {
    header: &'a Header,
    samples: &'a Samples,
    pixels: Vec<u8>,
    /// The passes to come, from the present one on.
    passes: &'a [Pass],
    /// The next row of the present pass.
    y: usize,
    /// What has come of that row: its filter, then its bytes.
    row: Vec<u8>,
    /// The row above it, in the same form; zeros above the first.
    above: Vec<u8>,
    /// What is wrong with a row. What comes after it is not looked at.
    error: Option<PngError>,
}

impl<'a> Rows<'a> {
    pub(super) fn new(header: &'a Header, samples: &'a Samples) -> Self {
        let pixels = vec![0; header.rows * header.cols];
        steps(pixels.len());
        let (row, above) = (Vec::new(), Vec::new());
        let passes = header.passes;
        let mut rows = Self { header, samples, pixels, passes, y: 0, row, above, error: None };
        rows.start_pass();
        rows
    }

    /// Goes to the next pass that has pixels, from the present one on.
    fn start_pass(&mut self) {
        while let [pass, rest @ ..] = self.passes {
            if let Some((_, cols)) = self.header.size(*pass) {
                self.above.clear();
                self.above.resize(1 + self.header.row_length(cols), 0);
                return;
            }
            self.passes = rest;
        }
    }

    /// Takes the next bytes of the rows.
    pub(super) fn take(&mut self, mut bytes: &[u8]) {
        while let [pass, rest @ ..] = self.passes
            && self.error.is_none()
        {
            let Some((first, later)) = bytes.split_at_checked(self.above.len() - self.row.len())
            else {
                self.row.extend_from_slice(bytes);
                return;
            };
            self.row.extend_from_slice(first);
            bytes = later;
            if let Err(problem) = self.add_row(*pass) {
                self.error = Some(PngError { place: self.place(), problem });
                return;
            }
            std::mem::swap(&mut self.row, &mut self.above);
            self.row.clear();
            self.y += 1;
            if self.header.size(*pass).is_none_or(|(rows, _)| self.y == rows) {
                (self.y, self.passes) = (0, rest);
                self.start_pass();
            }
        }
    }

    /// Where the next row stands.
    fn place(&self) -> Place {
        Place::Row { pass: self.header.passes.len() - self.passes.len() + 1, row: self.y + 1 }
    }

    /// Whether all rows that have come were right.
    pub(super) fn check(&self) -> Result<(), PngError> {
        self.error.clone().map_or(Ok(()), Err)
    }

    /// The picture, if all rows have come.
    pub(super) fn finish(self) -> Result<Picture, PngError> {
        if !self.passes.is_empty() {
            return Err(PngError { place: self.place(), problem: PngProblem::NoRow });
        }
        Ok(Picture { rows: self.header.rows, cols: self.header.cols, pixels: self.pixels })
    }

    /// Adds the whole row that has come.
    fn add_row(&mut self, pass: Pass) -> Result<(), PngProblem> {
        let Self { header, samples: Samples { levels, transparent }, .. } = *self;
        let (filter, row) = self.row.split_first_mut().ok_or(PngProblem::NoRow)?;
        steps(row.len());
        let pixel_length = header.row_length(1);
        unfilter(*filter, pixel_length, row, &self.above[1..])?;

        let start = (pass.y + self.y * pass.each_y) * header.cols;
        let places = &mut self.pixels[start..start + header.cols][pass.x..];
        let level = |sample: u8| levels[usize::from(sample)];
        let wide = |[high, low]: [u8; 2]| u16::from_be_bytes([high, low]);
        let wide_level = |sample| levels[usize::from(wide(sample))];
        // Alpha of 16 bits on the scale of 8.
        let narrow = |sample| ((u32::from(wide(sample)) * 255 + 32_767) / 65_535) as u8;
        match (header.colour, header.depth) {
            (Colour::Grey | Colour::Palette, depth @ 1..=8) => {
                let samples = match depth {
                    1 => &unpacked::<8>(row),
                    2 => &unpacked::<4>(row),
                    4 => &unpacked::<2>(row),
                    _ => &*row,
                };
                // More samples than pixels: the last byte may have unused bits.
                let cols = places.len().div_ceil(pass.each_x);
                let has_all = levels.len() == 1 << depth;
                let is_missing = |sample: &u8| !has_all && usize::from(*sample) >= levels.len();
                if let Some(x) = samples[..cols].iter().position(is_missing) {
                    let (found, colours) = (samples[x], levels.len());
                    return Err(PngProblem::Index { x, found, colours });
                }
                fill(places, pass, &samples[..cols], |[sample]| level(sample));
            }
            (Colour::Grey | Colour::Palette, _) => fill(places, pass, row, wide_level),
            (Colour::GreyAlpha, 8) => fill(places, pass, row, |[g, a]| on_white(level(g), a)),
            (Colour::GreyAlpha, _) => {
                fill(places, pass, row, |[g, h, a, b]| {
                    on_white(wide_level([g, h]), narrow([a, b]))
                });
            }
            (Colour::Rgb, 8) => fill(places, pass, row, |rgb: [u8; 3]| {
                let hidden = Some(rgb.map(u16::from)) == *transparent;
                if hidden { 255 } else { grey(rgb.map(level)) }
            }),
            (Colour::Rgb, _) => fill(places, pass, row, |[r, s, g, h, b, c]| {
                let rgb = [[r, s], [g, h], [b, c]];
                let hidden = Some(rgb.map(wide)) == *transparent;
                if hidden { 255 } else { grey(rgb.map(wide_level)) }
            }),
            (Colour::Rgba, 8) => {
                fill(places, pass, row, |[r, g, b, a]| on_white(grey([r, g, b].map(level)), a));
            }
            (Colour::Rgba, _) => fill(places, pass, row, |[r, s, g, h, b, c, a, z]| {
                on_white(grey([[r, s], [g, h], [b, c]].map(wide_level)), narrow([a, z]))
            }),
        }
        Ok(())
    }
}

/// The samples of a row, N to a byte.
fn unpacked<const N: usize>(row: &[u8]) -> Vec<u8> {
    let depth = 8 / N;
    let sample = |byte: u8, i| byte >> (8 - depth * (i + 1)) & (0xff >> (8 - depth));
    let bytes = row.iter().map(|byte| std::array::from_fn(|i| sample(*byte, i)));
    bytes.collect::<Vec<[u8; N]>>().into_flattened()
}

/// Sets the places of a pass to the shades of its pixels, which have B bytes.
#[inline(always)]
fn fill<const B: usize>(places: &mut [u8], pass: Pass, row: &[u8], shade: impl Fn([u8; B]) -> u8) {
    let pixels = row.as_chunks().0.iter();
    if pass.each_x == 1 {
        places.iter_mut().zip(pixels).for_each(|(place, pixel)| *place = shade(*pixel));
    } else {
        let places = places.iter_mut().step_by(pass.each_x);
        places.zip(pixels).for_each(|(place, pixel)| *place = shade(*pixel));
    }
}

/// Adds to each byte what its filter took away (section 9.2). Pixels have `length` bytes, and rows
/// of smaller pixels are treated as if those had one.
fn unfilter(filter: u8, length: usize, row: &mut [u8], above: &[u8]) -> Result<(), PngProblem> {
    let add = match length {
        1 => add::<1>,
        2 => add::<2>,
        3 => add::<3>,
        4 => add::<4>,
        6 => add::<6>,
        _ => add::<8>,
    };
    add(filter, row, above)
}

fn add<const B: usize>(filter: u8, row: &mut [u8], above: &[u8]) -> Result<(), PngProblem> {
    match filter {
        0 => {}
        1 => predict::<B>(row, above, |left, _, _| left),
        2 => predict::<B>(row, above, |_, up, _| up),
        3 => predict::<B>(row, above, |left, up, _| ((u16::from(left) + u16::from(up)) / 2) as u8),
        4 => predict::<B>(row, above, paeth),
        found => return Err(PngProblem::Filter { found }),
    }
    Ok(())
}

/// Adds to each byte what is predicted from the same byte of the pixels to the left, above, and
/// above to the left.
#[inline(always)]
fn predict<const B: usize>(row: &mut [u8], above: &[u8], from: impl Fn(u8, u8, u8) -> u8) {
    let (mut left, mut corner) = ([0; B], [0; B]);
    for (pixel, up) in row.as_chunks_mut::<B>().0.iter_mut().zip(above.as_chunks::<B>().0) {
        for i in 0..B {
            pixel[i] = pixel[i].wrapping_add(from(left[i], up[i], corner[i]));
        }
        (left, corner) = (*pixel, *up);
    }
}

/// Whichever of the three is nearest to left + up − corner, in case of a tie the first (section
/// 9.4).
#[inline(always)]
fn paeth(left: u8, up: u8, corner: u8) -> u8 {
    let [a, b, c] = [left, up, corner].map(i16::from);
    let (to_left, to_up, to_corner) = ((b - c).abs(), (a - c).abs(), (a + b - 2 * c).abs());
    let nearer = if to_up < to_left { up } else { left };
    if to_corner < to_left.min(to_up) { corner } else { nearer }
}
