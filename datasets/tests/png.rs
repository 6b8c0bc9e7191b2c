//! PNG pictures of every kind, written by an encoder of this test's own, are read to the shade.

mod encoder;

use datasets::{Picture, png};
use encoder::{Blocks, COLOURS, Kind, chunk, random};
use matrix::Rng;

/// What a picture should look like, pixel by pixel, from the formulas in the standard.
struct Look {
    /// Samples to the power of this.
    exponent: f64,
    palette: Vec<[u8; 3]>,
    /// The alpha of each index, or the transparent pixel.
    transparency: Vec<u16>,
}

impl Look {
    fn shade(&self, kind: &Kind, pixel: &[u16], ground: f64) -> u8 {
        let most = f64::from((1u32 << kind.depth) - 1);
        let level = |value: f64| (255.0 * value.powf(self.exponent)).round();
        let sample = |i: usize| level(f64::from(pixel[i]) / most);
        let (rgb, alpha) = match kind.colour {
            3 => {
                let index = usize::from(pixel[0]);
                let alpha = self.transparency.get(index).map_or(255, |&alpha| alpha);
                (self.palette[index].map(|c| level(f64::from(c) / 255.0)), f64::from(alpha) / 255.0)
            }
            colour => {
                let rgb = match colour {
                    0 | 4 => [sample(0); 3],
                    _ => [sample(0), sample(1), sample(2)],
                };
                let hidden = self.transparency == pixel;
                let alpha = match colour {
                    0 | 2 => f64::from(u8::from(!hidden)),
                    _ => (f64::from(pixel[pixel.len() - 1]) / most * 255.0).round() / 255.0,
                };
                (rgb, alpha)
            }
        };
        let [red, green, blue] = rgb;
        let grey = (0.299 * red + 0.587 * green + 0.114 * blue).round();
        (ground + (grey - ground) * alpha).round() as u8
    }
}

#[track_caller]
fn assert_read(kind: &Kind, rows: usize, cols: usize, gamma: Option<u32>, rng: &mut Rng) {
    let mut samples = random(kind, rows, cols, rng);
    let exponent = gamma.map_or(1.0, |gamma| 1e5 / 2.2 / f64::from(gamma));
    let mut look = Look { exponent, palette: Vec::new(), transparency: Vec::new() };
    let mut chunks: Vec<(&[u8; 4], Vec<u8>)> = Vec::new();
    if let Some(gamma) = gamma {
        chunks.push((b"gAMA", gamma.to_be_bytes().to_vec()));
    }
    let transparent = rng.below(2) == 1;
    if kind.colour == 3 {
        let colours = 1 + rng.below((1 << kind.depth).min(200));
        samples.iter_mut().for_each(|sample| *sample %= colours as u16);
        let mut byte = || rng.below(256) as u8;
        look.palette = (0..colours).map(|_| [byte(), byte(), byte()]).collect();
        chunks.push((b"PLTE", look.palette.concat()));
    }
    if transparent && kind.colour == 3 {
        let n = 1 + rng.below(look.palette.len());
        look.transparency = (0..n).map(|_| rng.below(256) as u16).collect();
        chunks.push((b"tRNS", look.transparency.iter().map(|&alpha| alpha as u8).collect()));
    } else if transparent && kind.colour < 3 {
        let n = kind.samples_per_pixel();
        look.transparency = samples[samples.len() / 2 / n * n..][..n].to_vec();
        let bytes = look.transparency.iter().flat_map(|sample| sample.to_be_bytes());
        chunks.push((b"tRNS", bytes.collect()));
    }
    chunks.push((b"tEXt", b"Comment\0nothing to see".to_vec()));
    let file = kind.encode(rows, cols, &samples, &chunks);
    let picture = png::parse(&file).unwrap_or_else(|error| panic!("{kind:?}: {error}"));
    assert_eq!((picture.rows, picture.cols), (rows, cols), "{kind:?}");
    let on = |ground: f64| -> Vec<u8> {
        let pixels = samples.chunks(kind.samples_per_pixel());
        pixels.map(|pixel| look.shade(kind, pixel, ground)).collect()
    };
    let [white, black] = [on(255.0), on(0.0)];
    let is_lost = white.iter().min() > Some(&235) && black.iter().max() >= Some(&20);
    let expected = if is_lost { black } else { white };
    for (i, (expected, found)) in expected.into_iter().zip(picture.pixels).enumerate() {
        // A rounding on the way may move a shade by one.
        assert!(found.abs_diff(expected) <= 1, "{kind:?}, pixel {i}: {found} for {expected}");
    }
}

#[test]
fn every_colour_depth_filter_and_block_interlaced_or_not() {
    let mut rng = Rng::new(1);
    for colour in COLOURS {
        for (i, (rows, cols)) in
            [(1, 1), (1, 9), (9, 1), (3, 5), (8, 8), (40, 70)].into_iter().enumerate()
        {
            for filter in 0..6 {
                for interlaced in [false, true] {
                    let blocks = [Blocks::Stored, Blocks::Fixed, Blocks::Dynamic][(i + filter) % 3];
                    let part = [1 << 20, 1, 7, 1000][(i + filter) % 4];
                    let kind = Kind { interlaced, filter, blocks, part, ..Kind::new(colour) };
                    let gamma = [None, None, Some(100_000), Some(35_000)][rng.below(4)];
                    assert_read(&kind, rows, cols, gamma, &mut rng);
                }
            }
        }
    }
}

/// More than the window of deflate, so that data leave it on the way.
#[test]
fn large_pictures_are_read_piece_by_piece() {
    let mut rng = Rng::new(2);
    for (colour, blocks) in
        [((2, 8), Blocks::Dynamic), ((0, 16), Blocks::Stored), ((0, 1), Blocks::Fixed)]
    {
        let kind = Kind { blocks, part: 8192, ..Kind::new(colour) };
        assert_read(&kind, 600, 500, None, &mut rng);
    }
}

#[test]
fn gamma_counts_unless_the_picture_says_that_it_is_srgb() {
    let kind = Kind::new((0, 8));
    let shade = |chunks: &[(&[u8; 4], Vec<u8>)]| {
        png::parse(&kind.encode(1, 1, &[64], chunks)).unwrap().pixels[0]
    };
    let gamma = |gamma: u32| (b"gAMA", gamma.to_be_bytes().to_vec());
    assert_eq!(shade(&[]), 64);
    // Light of 64/255 is written as 255 (64/255)^(1/2.2).
    assert_eq!(shade(&[gamma(100_000)]), 136);
    assert_eq!(shade(&[gamma(45_455)]), 64);
    assert_eq!(shade(&[gamma(50_000)]), 73);
    assert_eq!(shade(&[gamma(42_000)]), 57);
    assert_eq!(shade(&[gamma(100_000), (b"sRGB", vec![0])]), 64);
}

#[test]
fn a_picture_survives_being_written() {
    for (rows, cols) in [(1, 1), (28, 28), (300, 400)] {
        let pixels = (0..rows * cols).map(|i: usize| (i.wrapping_mul(i) / 7) as u8).collect();
        let picture = Picture { rows, cols, pixels };
        assert_eq!(png::parse(&png::to_bytes(&picture)).unwrap(), picture);
    }
}

#[test]
fn the_name_of_a_file_tells_which_format_is_written() {
    let folder = std::env::temp_dir().join(format!("datasets-picture-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let picture = Picture { rows: 1, cols: 2, pixels: vec![1, 2] };
    for (name, is_png) in [("a.png", true), ("B.PNG", true), ("c.pgm", false), ("png", false)] {
        let path = folder.join(name);
        picture.write(&path).unwrap();
        assert_eq!(png::is_png(&std::fs::read(&path).unwrap()), is_png, "{name}");
        assert_eq!(Picture::read(&path).unwrap(), picture);
    }
    std::fs::remove_dir_all(folder).unwrap();
}

#[track_caller]
fn assert_error(file: &[u8], expected: &str) {
    assert_eq!(png::parse(file).unwrap_err().to_string(), expected);
}

/// A file of these chunks.
fn file(chunks: &[(&[u8; 4], &[u8])]) -> Vec<u8> {
    let chunks = chunks.iter().flat_map(|(name, data)| chunk(name, data));
    b"\x89PNG\r\n\x1a\n".iter().copied().chain(chunks).collect()
}

fn header(width: u32, height: u32, rest: [u8; 5]) -> Vec<u8> {
    [&width.to_be_bytes()[..], &height.to_be_bytes(), &rest].concat()
}

#[test]
fn chunks_are_checked() {
    let ihdr = &header(1, 1, [8, 0, 0, 0, 0])[..];
    assert_error(b"GIF89a", "byte 0: found no png picture, expected it to start with 89 'PNG'");
    let ending = "the copy is cut off";
    let end = "found the end of the file, expected";
    assert_error(&file(&[]), &format!("byte 8: {end} a chunk 'IHDR': {ending}"));
    let whole = file(&[(b"IHDR", ihdr)]);
    assert_error(&whole, &format!("byte 33: {end} a chunk 'IDAT': {ending}"));
    assert_error(&whole[..30], &format!("byte 30: {end} 3 more bytes of chunk 'IHDR': {ending}"));
    assert_error(&whole[..32], &format!("byte 32: {end} 1 more byte of chunk 'IHDR': {ending}"));
    let long = [&whole[..8], &[0xff; 4], &whole[12..]].concat();
    let message = format!("byte 33: {end} 4294967282 more bytes of chunk 'IHDR': {ending}");
    assert_error(&long, &message);
    let mut damaged = whole.clone();
    damaged[20] ^= 1;
    assert_error(
        &damaged,
        "byte 29: found checksum 0x2d058f16 of chunk 'IHDR', expected 0x3a7e9b55: the file is damaged",
    );
    let named = file(&[(b"IH\nR", ihdr)]);
    assert_error(&named, "byte 12: found 'IH\\nR' as the name of a chunk, expected four letters");
    for (chunks, message) in [
        (&[(b"IDAT", ihdr)][..], "byte 12: found chunk 'IDAT', expected 'IHDR'"),
        (
            &[(b"CgBI", &b"1234"[..]), (b"IHDR", ihdr)],
            "byte 12: found a picture of an iPhone's app (chunk 'CgBI'), expected one in plain PNG: \
             convert it on a Mac with `sips -s format png FILE --out NEW.png`",
        ),
        (&[(b"IHDR", ihdr), (b"IHDR", ihdr)], "byte 37: found chunk 'IHDR', expected 'IDAT'"),
        (&[(b"IHDR", ihdr), (b"IEND", b"")], "byte 37: found chunk 'IEND', expected 'IDAT'"),
        (
            &[(b"IHDR", ihdr), (b"IDAT", b""), (b"tIME", b""), (b"IDAT", b"")],
            "byte 61: found chunk 'IDAT', expected 'IEND'",
        ),
        (&[(b"IHDR", &ihdr[1..])], "byte 16: found a header of 12 bytes, expected 13"),
    ] {
        assert_error(&file(chunks), message);
    }
}

#[test]
fn headers_are_checked() {
    let error = |width, height, rest, expected: &str| {
        assert_error(&file(&[(b"IHDR", &header(width, height, rest))]), expected);
    };
    error(0, 1, [8, 0, 0, 0, 0], "byte 16: found 0 as the width, expected 1 to 65536");
    error(
        1,
        1 << 31,
        [8, 0, 0, 0, 0],
        "byte 20: found 2147483648 as the height, expected 1 to 65536",
    );
    let size = "byte 16: found 65536 × 65536 pixels, expected at most 134217728 in all";
    error(1 << 16, 1 << 16, [8, 0, 0, 0, 0], size);
    for (colour, depth) in [(0, 3), (1, 8), (2, 4), (3, 16), (4, 1), (5, 8), (6, 0), (7, 8)] {
        let message = format!(
            "byte 24: found colour type {colour} with {depth} bits a sample, expected 0 (1, 2, 4, 8 \
             or 16 bits), 3 (1, 2, 4 or 8), or 2, 4 or 6 (8 or 16)"
        );
        error(1, 1, [depth, colour, 0, 0, 0], &message);
    }
    error(1, 1, [8, 0, 1, 0, 0], "byte 26: found compression method 1, expected 0");
    error(1, 1, [8, 0, 0, 1, 0], "byte 27: found filter method 1, expected 0");
    error(1, 1, [8, 0, 0, 0, 2], "byte 28: found interlace method 2, expected 0 or 1");
}

#[test]
fn palettes_are_checked() {
    let error = |colour: (u8, usize), chunks: &[(&[u8; 4], Vec<u8>)], expected: &str| {
        let kind = Kind::new(colour);
        let samples = vec![1; kind.samples_per_pixel()];
        assert_error(&kind.encode(1, 1, &samples, chunks), expected);
    };
    error((3, 2), &[], "byte 33: found no chunk 'PLTE', expected the colours of the palette");
    let message =
        |found| format!("found {found} of colours, expected three a colour and 1 to 256 colours");
    for (length, found) in [(0, "0 bytes"), (1, "1 byte"), (771, "771 bytes")] {
        let message = format!("byte {}: {}", 45 + length, message(found));
        error((3, 2), &[(b"PLTE", vec![0; length])], &message);
    }
    let greys = (b"PLTE", (0..=255).flat_map(|shade| [shade; 3]).collect());
    let most = Kind::new((3, 8)).encode(1, 1, &[255], &[greys]);
    assert_eq!(png::parse(&most).unwrap().pixels, [255]);
    let one = (b"PLTE", vec![0; 3]);
    error(
        (3, 2),
        &[one],
        "row 1: found colour 1 as pixel 1, expected a number below 1, as the palette is long",
    );
}

/// White on a transparent ground, as programs with dark windows write it: on white paper it would be
/// a blank sheet.
#[test]
fn white_marks_on_a_transparent_ground_are_seen() {
    let shades = |colour: (u8, usize), samples: &[u16], chunks: &[(&[u8; 4], Vec<u8>)]| {
        let kind = Kind::new(colour);
        let file = kind.encode(1, samples.len() / kind.samples_per_pixel(), samples, chunks);
        png::parse(&file).unwrap().pixels
    };
    let white = 255;
    let marks = [0, 128, 255];
    let grey_alpha = marks.map(|alpha| [white, alpha]);
    assert_eq!(shades((4, 8), grey_alpha.as_flattened(), &[]), [0, 128, 255]);
    let rgba = marks.map(|alpha| [white, white, white, alpha]);
    assert_eq!(shades((6, 8), rgba.as_flattened(), &[]), [0, 128, 255]);
    let palette = [(b"PLTE", vec![255; 6]), (b"tRNS", vec![0])];
    assert_eq!(shades((3, 1), &[0, 1], &palette), [0, 255]);
    assert_eq!(shades((0, 8), &[254, white], &[(b"tRNS", vec![0, 254])]), [0, 255]);
    let transparent = [(b"tRNS", vec![0, 254, 0, 254, 0, 254])];
    assert_eq!(shades((2, 8), &[254, 254, 254, white, white, white], &transparent), [0, 255]);
    // Nothing is drawn, or it can be seen on white.
    assert_eq!(shades((4, 8), &[white, 0, white, 0], &[]), [255, 255]);
    assert_eq!(shades((4, 8), &[white, 255, white, 255], &[]), [255, 255]);
    assert_eq!(shades((4, 8), &[235, 255, white, 0], &[]), [235, 255]);
}

/// As every viewer shows them, which pass over what does not fit.
#[test]
fn what_does_not_fit_a_picture_is_passed_over() {
    let shades = |colour: (u8, usize), chunks: &[(&[u8; 4], Vec<u8>)]| {
        let kind = Kind::new(colour);
        let samples = vec![1; kind.samples_per_pixel()];
        png::parse(&kind.encode(1, 1, &samples, chunks)).unwrap().pixels
    };
    for (colour, length) in [((0, 8), 1), ((2, 8), 2), ((4, 8), 2), ((6, 16), 2)] {
        let plain = shades(colour, &[]);
        assert_eq!(shades(colour, &[(b"tRNS", vec![0; length])]), plain, "{colour:?}");
    }
    let palette = (b"PLTE", vec![10; 6]);
    assert_eq!(shades((3, 1), &[palette.clone(), (b"tRNS", vec![0; 3])]), [10]);
    assert_eq!(shades((3, 1), &[palette.clone(), (b"tRNS", vec![0; 2])]), [255]);
    assert_eq!(shades((3, 1), &[(b"PLTE", vec![10; 9])]), [10]);
    assert_eq!(shades((3, 1), &[(b"PLTE", vec![10; 9]), (b"tRNS", vec![0; 3])]), [10]);
    // Of a transparent sample, the bits beyond the depth do not count.
    assert_eq!(shades((0, 8), &[(b"tRNS", vec![1, 1])]), [255]);
    assert_eq!(shades((2, 8), &[(b"tRNS", vec![7, 1, 0, 1, 9, 1])]), [255]);
    assert_eq!(shades((0, 8), &[(b"tRNS", vec![1, 2])]), [1]);
    for gamma in [vec![0; 4], vec![0, 0, 0, 15], vec![0xff; 4], vec![1; 3]] {
        assert_eq!(shades((0, 8), &[(b"gAMA", gamma)]), [1]);
    }
}

/// A zlib stream of stored data.
fn stream(data: &[u8]) -> Vec<u8> {
    let length = data.len() as u16;
    let head = [0x78, 0x9c, 1];
    let adler = encoder::adler32(data).to_be_bytes();
    [&head[..], &length.to_le_bytes(), &(!length).to_le_bytes(), data, &adler].concat()
}

#[test]
fn data_are_checked() {
    // Two rows of two pixels.
    let ihdr = header(2, 2, [8, 0, 0, 0, 0]);
    let error = |parts: &[&[u8]], expected: &str| {
        let mut chunks = vec![(b"IHDR", &ihdr[..])];
        chunks.extend(parts.iter().map(|part| (b"IDAT", *part)));
        chunks.push((b"IEND", b""));
        assert_error(&file(&chunks), expected);
    };
    let whole = stream(&[0, 1, 2, 0, 3, 4]);
    let cut = "found the end of the compressed data, expected more: the file is cut off or damaged";
    error(&[&[]], "byte 41: found 0 bytes of compressed data, expected more for 2 × 2 pixels");
    error(&[&whole[..5]], &format!("byte 46: {cut}"));
    error(&[&whole[..5], &whole[5..9]], &format!("byte 62: {cut}"));
    // The remainder, the window, the method and the dictionary; the others are right.
    for [first, second] in [[0x78, 0x9d], [0x88, 0x1c], [0x77, 0x09], [0x78, 0x20]] {
        let found = format!("found {first:02x} {second:02x}");
        let expected = "expected zlib data without a dictionary";
        error(&[&[first, second]], &format!("byte 41: {found}, {expected}"));
    }
    // The place is that in the file, whatever the chunks.
    let mut damaged = whole.clone();
    damaged[3] ^= 1;
    let message = "found stored length 0x0007 and 0xfff9, expected complements";
    error(&[&damaged], &format!("byte 44: {message}"));
    error(&[&damaged[..2], &[], &damaged[2..]], &format!("byte 68: {message}"));
    let mut damaged = whole.clone();
    *damaged.last_mut().unwrap() ^= 1;
    let message = "found checksum 0x001d000b, expected 0x001d000a: the data are damaged";
    error(&[&damaged], &format!("byte 54: {message}"));
    error(
        &[&[&whole[..], b"x"].concat()],
        "byte 58: found 1 byte after the compressed data, expected the end",
    );
    let message = "found more data, expected at most 6 bytes";
    error(&[&stream(&[0; 7])], &format!("byte 55: {message}"));
    error(&[&stream(&[0; 5])], "row 2: found the end of the data, expected this row");
    error(&[&stream(&[0, 0, 0, 5, 0, 0])], "row 2: found filter 5, expected 0 to 4");
    let ihdr = header(2, 2, [8, 0, 0, 0, 1]);
    let interlaced =
        file(&[(b"IHDR", &ihdr), (b"IDAT", &stream(&[0, 0, 0, 0, 9, 0, 0])), (b"IEND", b"")]);
    assert_error(&interlaced, "pass 7, row 1: found filter 9, expected 0 to 4");
}

/// What follows the end is of no interest: some telephones leave older pictures there.
#[test]
fn bytes_behind_the_end_are_passed_over() {
    let kind = Kind::new((0, 8));
    let mut file = kind.encode(1, 2, &[1, 2], &[]);
    file.extend(b"anything");
    assert_eq!(png::parse(&file).unwrap().pixels, [1, 2]);
}

/// A header of the largest size with next to no data.
#[test]
fn memory_is_what_the_data_can_fill() {
    let ihdr = header(1 << 14, 1 << 13, [16, 6, 0, 0, 0]);
    let file = file(&[(b"IHDR", &ihdr), (b"IDAT", &stream(&[0; 100])), (b"IEND", b"")]);
    let message = "found 111 bytes of compressed data, expected more for 16384 × 8192 pixels";
    assert_error(&file, &format!("byte 41: {message}"));
}
