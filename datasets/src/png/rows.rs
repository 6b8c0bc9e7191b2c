//! Rows of pixels: unfiltered, turned into shades of grey, and put where they belong.

use super::header::{Colour, Header, Pass};
use super::samples::Samples;
use crate::fault::{Fault, Place};
use crate::picture::{grey, laid_on};
use crate::steps::steps;

/// The pixels of a picture whose rows, unfiltered, are these `data`.
pub(super) fn pixels(
    header: &Header,
    samples: &Samples,
    mut data: Vec<u8>,
) -> Result<Vec<u8>, Fault> {
    let mut pixels = vec![0; header.rows * header.cols];
    steps(pixels.len() + data.len());
    let mut data = &mut data[..];
    for (number, pass) in header.passes.iter().enumerate() {
        let Some((rows, cols)) = header.size(*pass) else { continue };
        let length = header.row_length(cols);
        // Above the first row are zeros.
        let mut above = &vec![0; length][..];
        for y in 0..rows {
            let at_row = |fault: Fault| fault.at(Place::Row { pass: number + 1, row: y + 1 });
            let Some((row, rest)) = data.split_at_mut_checked(1 + length) else {
                return Err(at_row(Fault::new("the end of the data", "this row")));
            };
            let (filter, row) = (row[0], &mut row[1..]);
            data = rest;
            unfilter(filter, header.row_length(1), row, above).map_err(at_row)?;
            let start = (pass.y + y * pass.each_y) * header.cols;
            let places = &mut pixels[start..start + header.cols][pass.x..];
            set_shades(header, samples, *pass, row, places).map_err(at_row)?;
            above = row;
        }
    }
    Ok(pixels)
}

/// Sets the places of a pass to the shades of a row.
fn set_shades(
    header: &Header,
    &Samples { ref levels, transparent, ground }: &Samples,
    pass: Pass,
    row: &[u8],
    places: &mut [u8],
) -> Result<(), Fault> {
    let level = |sample: u8| levels[usize::from(sample)];
    let wide = |[high, low]: [u8; 2]| u16::from_be_bytes([high, low]);
    let wide_level = |sample| levels[usize::from(wide(sample))];
    let on = |grey, alpha| laid_on(ground, grey, alpha);
    // Alpha of 16 bits on the scale of 8.
    let narrow = |sample| ((u32::from(wide(sample)) * 255 + 32_767) / 65_535) as u8;
    match (header.colour, header.depth) {
        (Colour::Grey | Colour::Palette, depth @ 1..=8) => {
            let samples = match depth {
                1 => &unpacked::<8>(row),
                2 => &unpacked::<4>(row),
                4 => &unpacked::<2>(row),
                _ => row,
            };
            // More samples than pixels: the last byte may have unused bits.
            let cols = places.len().div_ceil(pass.each_x);
            let has_all = levels.len() == 1 << depth;
            let is_missing = |sample: &u8| !has_all && usize::from(*sample) >= levels.len();
            if let Some(x) = samples[..cols].iter().position(is_missing) {
                let found = format!("colour {} as pixel {}", samples[x], x + 1);
                let most = levels.len();
                let expected = format!("a number below {most}, as the palette is long");
                return Err(Fault::new(found, expected));
            }
            fill(places, pass, &samples[..cols], |[sample]| level(sample));
        }
        (Colour::Grey | Colour::Palette, _) => fill(places, pass, row, wide_level),
        (Colour::GreyAlpha, 8) => fill(places, pass, row, |[g, a]| on(level(g), a)),
        (Colour::GreyAlpha, _) => {
            fill(places, pass, row, |[g, h, a, b]| on(wide_level([g, h]), narrow([a, b])));
        }
        (Colour::Rgb, 8) => fill(places, pass, row, |rgb: [u8; 3]| {
            let hidden = Some(rgb.map(u16::from)) == transparent;
            if hidden { ground } else { grey(rgb.map(level)) }
        }),
        (Colour::Rgb, _) => fill(places, pass, row, |[r, s, g, h, b, c]| {
            let rgb = [[r, s], [g, h], [b, c]];
            let hidden = Some(rgb.map(wide)) == transparent;
            if hidden { ground } else { grey(rgb.map(wide_level)) }
        }),
        (Colour::Rgba, 8) => {
            fill(places, pass, row, |[r, g, b, a]| on(grey([r, g, b].map(level)), a));
        }
        (Colour::Rgba, _) => fill(places, pass, row, |[r, s, g, h, b, c, a, z]| {
            on(grey([[r, s], [g, h], [b, c]].map(wide_level)), narrow([a, z]))
        }),
    }
    Ok(())
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
fn unfilter(filter: u8, length: usize, row: &mut [u8], above: &[u8]) -> Result<(), Fault> {
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

fn add<const B: usize>(filter: u8, row: &mut [u8], above: &[u8]) -> Result<(), Fault> {
    match filter {
        0 => {}
        1 => predict::<B>(row, above, |left, _, _| left),
        2 => predict::<B>(row, above, |_, up, _| up),
        3 => predict::<B>(row, above, |left, up, _| ((u16::from(left) + u16::from(up)) / 2) as u8),
        4 => predict::<B>(row, above, paeth),
        found => return Err(Fault::new(format!("filter {found}"), "0 to 4")),
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
