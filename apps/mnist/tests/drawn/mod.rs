//! Pictures of digits as people make them: MNIST's, drawn large on uneven paper and kept as PNG.

#[path = "../../../../datasets/tests/encoder/mod.rs"]
mod encoder;

use encoder::{Blocks, COLOURS, Kind};
use matrix::Rng;

/// A number from `low` to `high`.
fn between(low: f64, high: f64, rng: &mut Rng) -> f64 {
    low + (high - low) * rng.below(1 << 20) as f64 / (1 << 20) as f64
}

/// A PNG file that shows a digit of 28 × 28 pixels 8 to 16 times as large, somewhere on a paper of
/// 400 to 1200 pixels a side, dark on light or light on dark, with noise, specks, and light that
/// falls off by 40 %. `number` says which of the colour types and depths it has.
pub(crate) fn picture(digit: &[u8], number: usize, rng: &mut Rng) -> Vec<u8> {
    let scale = between(8.0, 16.0, rng);
    let inked = |place: fn(usize) -> usize| {
        let places = || (0..784).filter(|&i| digit[i] > 0).map(place);
        (places().min().unwrap() as f64, places().max().unwrap() as f64 + 1.0)
    };
    let ((top, bottom), (left, right)) = (inked(|i| i / 28), inked(|i| i % 28));
    let mut side = |ink: f64| (400 + rng.below(801)).max((ink * scale) as usize + 40);
    let (rows, cols) = (side(bottom - top), side(right - left));
    // Where the picture's first pixel is in the digit's.
    let y0 = top - between(10.0, rows as f64 - (bottom - top) * scale - 10.0, rng) / scale;
    let x0 = left - between(10.0, cols as f64 - (right - left) * scale - 10.0, rng) / scale;

    let kind = Kind {
        interlaced: rng.below(2) == 1,
        filter: rng.below(6),
        blocks: [Blocks::Stored, Blocks::Fixed, Blocks::Dynamic][rng.below(3)],
        part: 1 << (8 + rng.below(8)),
        ..Kind::new(COLOURS[number % COLOURS.len()])
    };
    let even = kind.depth < 8;
    let (light, dark) = match even {
        true => (255.0, 0.0),
        false => (between(180.0, 250.0, rng), between(10.0, 70.0, rng)),
    };
    let (paper, ink) = if rng.below(2) == 0 { (light, dark) } else { (dark, light) };
    let (towards_y, towards_x) = (between(-1.0, 1.0, rng), between(-1.0, 1.0, rng));
    let noise = if even { 0.0 } else { between(1.0, 8.0, rng) };
    let smooth = rng.below(2) == 1;
    let at = |y: i64, x: i64| match (0..28).contains(&y) && (0..28).contains(&x) {
        true => f64::from(digit[(28 * y + x) as usize]) / 255.0,
        false => 0.0,
    };
    let covered = |y: f64, x: f64| {
        if !smooth {
            return at(y.floor() as i64, x.floor() as i64);
        }
        let (y, x) = (y - 0.5, x - 0.5);
        let (i, j) = (y.floor() as i64, x.floor() as i64);
        let (v, u) = (y - y.floor(), x - x.floor());
        (1.0 - v) * ((1.0 - u) * at(i, j) + u * at(i, j + 1))
            + v * ((1.0 - u) * at(i + 1, j) + u * at(i + 1, j + 1))
    };
    let mut shades = Vec::with_capacity(rows * cols);
    for y in 0..rows {
        for x in 0..cols {
            let covered = covered(y0 + (y as f64 + 0.5) / scale, x0 + (x as f64 + 0.5) / scale);
            shades.push(paper + (ink - paper) * covered);
        }
    }
    for _ in 0..5 + rng.below(20) {
        let (size, y, x) = (1 + rng.below(4), rng.below(rows - 4), rng.below(cols - 4));
        for i in 0..size * size {
            shades[(y + i / size) * cols + x + i % size] = ink;
        }
    }
    // From 1 in one corner to 0.6 in the other.
    let (far_y, far_x) = (towards_y.abs(), towards_x.abs());
    for (i, shade) in shades.iter_mut().enumerate() {
        let (y, x) = ((i / cols) as f64 / rows as f64, (i % cols) as f64 / cols as f64);
        let y = if towards_y < 0.0 { 1.0 - y } else { y };
        let x = if towards_x < 0.0 { 1.0 - x } else { x };
        let fall = if even { 0.0 } else { 0.4 * (y * far_y + x * far_x) / (far_y + far_x) };
        // The sum of four numbers is nearly Gaussian.
        let bits = rng.next_u64();
        let grain = (0..4).map(|i| (bits >> (16 * i) & 0xffff) as f64 / 32768.0 - 1.0).sum::<f64>();
        let grain = grain * noise * 0.87;
        *shade = (*shade * (1.0 - fall) + grain).clamp(0.0, 255.0);
    }

    let most = f64::from((1u32 << kind.depth) - 1);
    let tint = [1.0, between(0.9, 1.0, rng), between(0.8, 1.0, rng)];
    let sample = |shade: f64, tint: f64| (shade * tint / 255.0 * most).round() as u16;
    let samples = shades.iter().flat_map(|&shade| match kind.colour {
        0 => vec![sample(shade, 1.0)],
        // The palette goes from white to black.
        3 => vec![sample(255.0 - shade, 1.0)],
        4 => vec![sample(shade, 1.0), most as u16],
        2 => tint.map(|tint| sample(shade, tint)).to_vec(),
        // What is white is transparent black.
        _ => vec![0, 0, 0, sample(255.0 - shade, 1.0)],
    });
    let palette: Vec<u8> = (0..1 << kind.depth.min(8))
        .flat_map(|i| [255 - (i * 255 / (most as usize)) as u8; 3])
        .collect();
    let chunks = if kind.colour == 3 { vec![(b"PLTE", palette)] } else { Vec::new() };
    kind.encode(rows, cols, &samples.collect::<Vec<_>>(), &chunks)
}

/// A colour photo of this size as PNG: a digit on grainy paper.
#[allow(dead_code, reason = "for the bench")]
pub(crate) fn photo(digit: &[u8], rows: usize, cols: usize, rng: &mut Rng) -> Vec<u8> {
    let kind = Kind { blocks: Blocks::Dynamic, part: 1 << 13, filter: 1, ..Kind::new((2, 8)) };
    let high = rows / 2 / 28;
    let mut samples = Vec::with_capacity(3 * rows * cols);
    for (y, x) in (0..rows).flat_map(|y| (0..cols).map(move |x| (y, x))) {
        let (i, j) = (y / high, x / high);
        let covered = if i < 28 && j < 28 { digit[28 * i + j] } else { 0 };
        let bits = rng.next_u64();
        let paper = [210, 205, 195].map(|shade| shade - 150 * u16::from(covered) / 255);
        let grain = |i: usize| (bits >> (8 * i) & 7) as u16;
        samples.extend([0, 1, 2].map(|i| paper[i] + grain(i)));
    }
    kind.encode(rows, cols, &samples, &[])
}
