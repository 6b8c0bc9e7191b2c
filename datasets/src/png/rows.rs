//! Rows of pixels: unfiltered, turned into shades of grey, and put where they belong.

use super::header::{Colour, Header};
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
    // Rows of pixels smaller than a byte are filtered as if those had one.
    let unfilter = match header.row_length(1) {
        1 => unfilter::<1>,
        2 => unfilter::<2>,
        3 => unfilter::<3>,
        4 => unfilter::<4>,
        6 => unfilter::<6>,
        _ => unfilter::<8>,
    };
    let mut data = &mut data[..];
    for (number, &pass) in header.passes.iter().enumerate() {
        let Some((rows, cols)) = header.size(pass) else { continue };
        let [first_x, first_y, each_x, each_y] = pass;
        let length = header.row_length(cols);
        let mut shades = vec![0; cols];
        // Above the first row are zeros.
        let mut above = &vec![0; length][..];
        for y in 0..rows {
            let at_row = |fault: Fault| fault.at(Place::Row { pass: number + 1, row: y + 1 });
            let Some((row, rest)) = data.split_at_mut_checked(1 + length) else {
                return Err(at_row(Fault::new("the end of the data", "this row")));
            };
            let (filter, row) = (row[0], &mut row[1..]);
            data = rest;
            unfilter(filter, row, above).map_err(at_row)?;
            set_shades(header, samples, row, &mut shades).map_err(at_row)?;
            let start = (first_y + y * each_y) * header.cols + first_x;
            if each_x == 1 {
                pixels[start..][..cols].copy_from_slice(&shades);
            } else {
                let places = pixels[start..].iter_mut().step_by(each_x);
                places.zip(&shades).for_each(|(place, shade)| *place = *shade);
            }
            above = row;
        }
    }
    Ok(pixels)
}

/// Sets the shades of a row.
fn set_shades(
    &Header { depth, colour, .. }: &Header,
    &Samples { ref levels, transparent, ground }: &Samples,
    row: &[u8],
    shades: &mut [u8],
) -> Result<(), Fault> {
    let row = match depth {
        1 => &unpacked::<8>(row),
        2 => &unpacked::<4>(row),
        4 => &unpacked::<2>(row),
        _ => row,
    };
    let level = |sample: usize| levels[sample];
    let on_ground = |grey, alpha: usize| match depth {
        16 => laid_on(ground, grey, ((alpha * 255 + 32_767) / 65_535) as u8),
        _ => laid_on(ground, grey, alpha as u8),
    };
    match colour {
        Colour::Grey => set(shades, row, depth, |[sample]| level(sample)),
        Colour::Palette => {
            // The last byte may have unused bits.
            let row = &row[..shades.len()];
            if let Some(x) = row.iter().position(|&index| usize::from(index) >= levels.len()) {
                let expected = format!("a number below {}, as the palette is long", levels.len());
                let found = format!("colour {} as pixel {}", row[x], x + 1);
                return Err(Fault::new(found, expected));
            }
            set(shades, row, depth, |[index]| level(index));
        }
        Colour::GreyAlpha => {
            set(shades, row, depth, |[grey, alpha]| on_ground(level(grey), alpha));
        }
        Colour::Rgb => set(shades, row, depth, |rgb| {
            if Some(rgb) == transparent { ground } else { grey(rgb.map(level)) }
        }),
        Colour::Rgba => set(shades, row, depth, |[red, green, blue, alpha]| {
            on_ground(grey([red, green, blue].map(level)), alpha)
        }),
    }
    Ok(())
}

/// Sets the shades of pixels of N samples, which have one byte or two.
#[inline(always)]
fn set<const N: usize>(
    shades: &mut [u8],
    row: &[u8],
    depth: usize,
    shade: impl Fn([usize; N]) -> u8,
) {
    let shades = shades.iter_mut();
    if depth == 16 {
        let pixels = row.as_chunks().0.as_chunks::<N>().0;
        let number = |pair| u16::from_be_bytes(pair).into();
        shades.zip(pixels).for_each(|(to, pixel)| *to = shade(pixel.map(number)));
    } else {
        let pixels = row.as_chunks::<N>().0;
        shades.zip(pixels).for_each(|(to, pixel)| *to = shade(pixel.map(usize::from)));
    }
}

/// The samples of a row, N to a byte.
fn unpacked<const N: usize>(row: &[u8]) -> Vec<u8> {
    let depth = 8 / N;
    let sample = |byte: u8, i| byte >> (8 - depth * (i + 1)) & (0xff >> (8 - depth));
    let bytes = row.iter().map(|byte| std::array::from_fn(|i| sample(*byte, i)));
    bytes.collect::<Vec<[u8; N]>>().into_flattened()
}

/// Adds to each byte what its filter took away (section 9.2). Pixels have B bytes.
fn unfilter<const B: usize>(filter: u8, row: &mut [u8], above: &[u8]) -> Result<(), Fault> {
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
