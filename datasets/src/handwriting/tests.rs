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
    for noise in [2, 20, 60] {
        let pixels = (0..200 * 300).map(|_| 150 + rng.below(noise) as u8).collect();
        assert_eq!(digits(&Picture { rows: 200, cols: 300, pixels }).len(), 0, "{noise}");
    }
}

/// Paper with lines of this shade, 40 pixels from one to the next and `thick`, along the rows and the
/// columns, which rise by `rise` in 1000; and the same bars as in [`drawn`].
fn squared(shade: u8, thick: i32, rise: i32, bars: &[[usize; 4]]) -> Picture {
    let mut picture = drawn(700, 600, 220, 40, bars);
    for (i, pixel) in picture.pixels.iter_mut().enumerate() {
        let (y, x) = (i as i32 / 600, i as i32 % 600);
        let is_line = |along: i32, line: i32| (line - along * rise / 1000).rem_euclid(40) < thick;
        if is_line(x, y) || is_line(-y, x) {
            *pixel = shade.min(*pixel);
        }
    }
    picture
}

#[test]
fn ruled_lines_are_removed_and_the_strokes_that_they_cross_are_not() {
    let bar = [[210, 250, 100, 30]];
    for (shade, thick, rise) in
        [(40, 2, 0), (120, 1, 0), (40, 3, 35), (40, 2, -35), (120, 3, 20), (190, 3, -10)]
    {
        let found = digits(&squared(shade, thick, rise, &bar));
        let case = format!("{shade} {thick} {rise}");
        assert_eq!(found.iter().flatten().count(), 1, "{case}");
        let digit = &found[0][0];
        // Where a line goes along an edge of the bar, a few pixels of it may stay.
        assert!(digit.rows.abs_diff(100) <= 8 && digit.cols.abs_diff(30) <= 8, "{case}");
        let ink = digit.pixels.iter().map(|&ink| usize::from(ink)).sum::<usize>() / 255;
        assert!((100..150).contains(&ink), "{case}: {ink} pixels of ink, not 20 × 6");
        assert_eq!(digits(&squared(shade, thick, rise, &[])).len(), 0, "{case}");
    }
}

#[test]
fn shadows_and_the_table_are_no_ink() {
    let digit = [[200, 150, 120, 30]];
    let dim = |picture: &mut Picture, is_in: fn(usize, usize) -> bool| {
        let cols = picture.cols;
        for (i, shade) in picture.pixels.iter_mut().enumerate() {
            if is_in(i / cols, i % cols) {
                *shade = (u16::from(*shade) * 6 / 10) as u8;
            }
        }
    };
    let shadows: [fn(usize, usize) -> bool; 4] = [
        |y, x| 2 * y + x < 700,
        |_, x| x > 160,
        |y, x| (250..340).contains(&x) && (100..400).contains(&y), // narrow
        |y, x| y + x < 100,
    ];
    for shadow in shadows {
        let mut picture = drawn(500, 400, 220, 40, &digit);
        dim(&mut picture, shadow);
        assert_eq!(sizes(&picture), [[(120, 30)]]);
        let mut blank = drawn(500, 400, 220, 40, &[]);
        dim(&mut blank, shadow);
        assert_eq!(digits(&blank).len(), 0);
    }
    for table in [30, 100] {
        let around = [[0, 0, 500, 40], [0, 370, 500, 30], [0, 0, 30, 400], [460, 0, 40, 400]];
        let mut picture = drawn(500, 400, 220, table, &around);
        assert_eq!(digits(&picture).len(), 0, "{table}");
        (200..320).for_each(|y| picture.pixels[y * 400 + 150..][..30].fill(25));
        assert_eq!(sizes(&picture), [[(120, 30)]], "{table}");
    }
}

/// The edge of a shadow goes through cells in which the light is measured, and through the mark.
#[test]
fn a_shadow_may_end_in_a_mark() {
    for (down, across) in [(1, 0), (0, 1), (1, 1), (3, -2), (1, -4)] {
        for place in 0..8 {
            let mut picture = drawn(500, 400, 220, 40, &[[200, 150, 120, 30]]);
            for (i, shade) in picture.pixels.iter_mut().enumerate() {
                let (y, x) = ((i / 400) as i32 - 258, (i % 400) as i32 - 162);
                if down * y + across * x > place {
                    *shade = (u16::from(*shade) * 6 / 10) as u8;
                }
            }
            assert_eq!(sizes(&picture), [[(120, 30)]], "{down} {across} {place}");
        }
    }
}

#[test]
fn a_mark_as_long_as_the_picture_is_alone_and_others_may_touch_its_edge() {
    let mark = [120, 140, 60, 20];
    for [top, left, high, wide] in [[200, 0, 20, 300], [0, 200, 300, 20]] {
        let bars = [[top, left, high, wide], mark];
        assert_eq!(sizes(&drawn(300, 300, 255, 0, &bars[..1])), [[(high, wide)]]);
        assert_eq!(sizes(&drawn(300, 300, 255, 0, &bars)), [[(60, 20)]]);
    }
    // A 7 that was cut out closely: one of its strokes is along an edge.
    let seven = drawn(300, 300, 255, 0, &[[0, 0, 20, 300], [20, 200, 280, 25]]);
    assert_eq!(sizes(&seven), [[(300, 300)]]);
    // A block, and a thin stroke from it to one of the edges.
    for (block, stroke) in [
        ([110, 30, 80, 60], [150, 0, 3, 30]),
        ([110, 210, 80, 60], [150, 270, 3, 30]),
        ([30, 120, 60, 80], [0, 150, 30, 3]),
        ([210, 120, 60, 80], [270, 150, 30, 3]),
    ] {
        let found = digits(&drawn(300, 300, 255, 0, &[block, stroke, mark]));
        assert_eq!(found.iter().flatten().count(), 2, "{stroke:?}");
    }
}

/// Smudges have little dark ink: a quarter of their pixels at most.
#[test]
fn a_pale_piece_is_a_mark_if_more_than_a_quarter_of_it_is_dark() {
    for (core, is_mark) in [(28, false), (32, true)] {
        let mut picture = drawn(500, 500, 250, 30, &[[100, 50, 120, 30]]);
        for (size, shade) in [(60, 170), (core, 30)] {
            (200..200 + size).for_each(|y| picture.pixels[y * 500 + 300..][..size].fill(shade));
        }
        assert_eq!(digits(&picture).iter().flatten().count(), 1 + usize::from(is_mark), "{core}");
    }
}

#[test]
fn the_smallest_mark_has_five_pixels_and_parts_below_a_gap_belong_to_it() {
    assert_eq!(sizes(&drawn(40, 40, 255, 0, &[[10, 10, 5, 3]])), [[(5, 3)]]);
    assert_eq!(digits(&drawn(40, 40, 255, 0, &[[10, 10, 4, 3]])).len(), 0);
    let stem = drawn(300, 300, 255, 0, &[[50, 100, 100, 20], [160, 100, 50, 20]]);
    assert_eq!(sizes(&stem), [[(160, 20)]]);
}

/// An L with strokes of 3 and 6 pixels: a tenth of its size, 0.3 and 0.6 pixels wide.
#[test]
fn the_darkest_tenth_is_full_ink() {
    let picture = drawn(400, 400, 255, 0, &[[100, 100, 200, 3], [294, 100, 6, 100]]);
    let pixels = &digits(&picture)[0][0].pixels;
    let count = |ink: std::ops::RangeInclusive<u8>| {
        pixels.iter().filter(|pixel| ink.contains(pixel)).count()
    };
    assert_eq!((count(250..=255), count(120..=135)), (10, 19));
}

#[test]
fn large_pictures_are_shrunk_by_means() {
    let mut picture = drawn(2500, 2101, 200, 20, &[[600, 501, 900, 201]]);
    assert_eq!(sizes(&picture), [[(900, 201)]]);
    picture.pixels[..4].fill(100);
    let small = shrunk(&picture, 2);
    assert_eq!((small.rows, small.cols), (1250, 1051));
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

/// The slopes that are tried grow with the width, and each is tried in every column.
#[test]
fn the_steps_grow_with_the_pixels_however_wide_the_picture_is() {
    let mut pixels = vec![255; 3 * 100_000];
    pixels[100_000..200_000].fill(0);
    let picture = Picture { rows: 3, cols: 100_000, pixels };
    let (lines, _) = counted(20_000_000, || digits(&picture));
    assert_eq!(lines.len(), 1);
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
