use super::*;
use crate::steps::counted;

/// A picture of this paper with bars of ink on it: top, left, height, width.
fn drawn(rows: usize, cols: usize, paper: u8, ink: u8, bars: &[[usize; 4]]) -> Picture {
    let mut pixels = vec![paper; rows * cols];
    for &[top, left, high, wide] in bars {
        for y in top..top + high {
            pixels[y * cols + left..][..wide].fill(ink);
        }
    }
    Picture { rows, cols, pixels }
}

/// The sizes of the marks, line by line.
fn sizes(picture: &Picture) -> Vec<Vec<(usize, usize)>> {
    let sizes = |line: &Vec<Digit>| line.iter().map(|digit| (digit.rows, digit.cols)).collect();
    digits(picture).iter().map(sizes).collect()
}

#[test]
fn mnist_and_its_negative_come_back_as_they_are() {
    let (train, test) = crate::mnist(&crate::mnist_dir()).unwrap();
    for (images, step) in [(train, 9), (test, 1)] {
        for i in (0..images.len()).step_by(step) {
            let pixels = images.image(i).to_vec();
            let picture = Picture { rows: 28, cols: 28, pixels };
            let found = as_in_mnist(&picture).unwrap_or_else(|| panic!("image {i}"));
            assert_eq!(found.pixels, picture.pixels);
            let pixels = picture.pixels.iter().map(|&shade| 255 - shade).collect();
            let negative = Picture { pixels, ..picture };
            assert_eq!(as_in_mnist(&negative), Some(found));
        }
    }
}

#[test]
fn a_mark_fills_twenty_pixels_with_its_mass_in_the_middle() {
    for (paper, ink) in [(255, 0), (0, 255), (180, 90), (60, 200)] {
        // A bar of 100 × 40 becomes one of 20 × 8, in rows 4 to 23 and columns 10 to 17.
        let picture = drawn(300, 400, paper, ink, &[[20, 300, 100, 40]]);
        let found = digits(&picture);
        assert_eq!(sizes(&picture), [[(100, 40)]]);
        let mut expected = vec![0; SIDE * SIDE];
        (4..24).for_each(|y| expected[y * SIDE + 10..y * SIDE + 18].fill(255));
        assert_eq!(found[0][0].pixels, expected);
    }
}

#[test]
fn pixels_are_area_averages() {
    // An L of 30 × 30 with strokes of 6 and 3: two thirds of its size, 4 and 2 pixels wide.
    let picture = drawn(90, 90, 255, 0, &[[30, 30, 30, 6], [57, 30, 3, 30]]);
    let pixels = &digits(&picture)[0][0].pixels;
    // Centre of mass: (6 · 27 · 13 + 3 · 30 · 28) / 252 = 18.36 rows down, two thirds of it 12.2.
    let row = |y: usize| pixels[y * SIDE..][..SIDE].iter().filter(|&&ink| ink == 255).count();
    let rows: Vec<usize> = (0..SIDE).map(row).collect();
    let top = rows.iter().position(|&n| n > 0).unwrap();
    assert_eq!(rows[top..top + 18], [4; 18]);
    assert_eq!(rows[top + 18..top + 20], [20; 2]);
    assert_eq!(pixels.iter().filter(|&&ink| ink > 0).count(), 4 * 18 + 2 * 20);
}

#[test]
fn marks_are_read_from_the_left_a_line_at_a_time() {
    let bars = [[60, 250, 60, 20], [55, 50, 70, 10], [50, 150, 80, 30], [200, 60, 90, 40]];
    let found = sizes(&drawn(350, 400, 230, 40, &bars));
    assert_eq!(found, [vec![(70, 10), (80, 30), (60, 20)], vec![(90, 40)]]);
    // A line may rise.
    let bars = [[200, 50, 60, 20], [170, 150, 60, 20], [140, 250, 60, 20], [110, 350, 60, 20]];
    assert_eq!(sizes(&drawn(350, 400, 230, 40, &bars)), [[(60, 20); 4]]);
}

#[test]
fn small_pieces_belong_to_the_mark_next_to_them() {
    // The bar of a 5 away from the rest.
    let picture = drawn(300, 300, 255, 0, &[[110, 100, 90, 20], [95, 125, 15, 60]]);
    assert_eq!(sizes(&picture), [[(105, 85)]]);
    // Specks and a ruled line do not count, whether near or far.
    let bars = [[100, 100, 90, 20], [95, 130, 4, 4], [20, 250, 6, 6], [250, 0, 2, 300]];
    assert_eq!(sizes(&drawn(300, 300, 255, 0, &bars)), [[(90, 20)]]);
}

#[test]
fn a_low_mark_is_in_the_line_of_a_high_one_and_a_small_one_away_from_it_in_none() {
    let bars = [[100, 50, 90, 20], [130, 200, 40, 20]];
    assert_eq!(sizes(&drawn(300, 400, 230, 40, &bars)), [[(90, 20), (40, 20)]]);
    let bars = [[100, 50, 100, 20], [20, 300, 18, 18]];
    assert_eq!(sizes(&drawn(300, 400, 230, 40, &bars)), [[(100, 20)]]);
}

#[test]
fn light_that_falls_off_is_not_ink() {
    let mut picture = drawn(500, 400, 220, 30, &[[100, 80, 200, 30], [320, 250, 100, 20]]);
    for (i, shade) in picture.pixels.iter_mut().enumerate() {
        let share = 1.0 - 0.4 * (i / 400 + i % 400) as f64 / 900.0;
        *shade = (f64::from(*shade) * share) as u8;
    }
    assert_eq!(sizes(&picture), [[(200, 30)], [(100, 20)]]);
    picture.pixels.iter_mut().for_each(|shade| *shade = 255 - *shade);
    assert_eq!(sizes(&picture), [[(200, 30)], [(100, 20)]]);
}

#[test]
fn where_nothing_is_drawn_nothing_is_found() {
    for (rows, cols) in [(1, 1), (1, 300), (300, 1), (3, 3), (28, 28), (200, 300)] {
        for shade in [0, 128, 255] {
            assert_eq!(digits(&drawn(rows, cols, shade, 0, &[])), [] as [Vec<Digit>; 0]);
        }
    }
    let mut rng = matrix::Rng::new(1);
    let pixels = (0..200 * 300).map(|_| 150 + rng.below(20) as u8).collect();
    assert_eq!(digits(&Picture { rows: 200, cols: 300, pixels }).len(), 0);
}

#[test]
fn large_pictures_are_shrunk_by_means() {
    let mut picture = drawn(2500, 2101, 200, 20, &[[600, 500, 800, 200]]);
    assert_eq!(sizes(&picture), [[(800, 200)]]);
    picture.pixels[..4].fill(100);
    let (small, factor) = shrunk(&picture);
    assert_eq!((factor, small.rows, small.cols), (2, 1250, 1051));
    assert_eq!(small.pixels[..3], [150, 150, 200]);
    assert_eq!(small.pixels.len(), 1250 * 1051);
}

/// Each piece is compared with each mark.
#[test]
fn the_steps_grow_with_the_pixels_however_many_marks_there_are() {
    let pixels = (0..2000 * 2000).map(|i| if i / 2000 % 8 < 5 && i % 8 < 5 { 0 } else { 255 });
    let picture = Picture { rows: 2000, cols: 2000, pixels: pixels.collect() };
    let (lines, _) = counted(20_000_000, || digits(&picture));
    assert!(lines.iter().map(Vec::len).sum::<usize>() <= MOST_MARKS);
}

#[test]
fn the_picture_of_chapter_6_is_one_mark_and_stands_on_the_page() {
    let docs = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/");
    let read = |name: &str| std::fs::read_to_string(format!("{docs}{name}")).unwrap();
    let picture = read("two.pbm");
    assert_eq!(sizes(&crate::pnm::parse(picture.as_bytes()).unwrap()), [[(15, 16)]]);
    let inked = picture.lines().skip(3).filter(|line| line.contains('1'));
    let inked = inked.collect::<Vec<_>>().join("\n");
    assert!(read("06-your-own-digits.md").contains(&format!("\n```text\n{inked}\n```\n")));
}
