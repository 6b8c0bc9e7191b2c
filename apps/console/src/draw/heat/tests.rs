//! Whole pictures as text.

use super::{picture, weights};
use crate::draw::tests::{NARROW, UNICODE, assert_drawing};

/// A ring in 10 × 10 pixels.
fn ring() -> Vec<u8> {
    let pixel = |i: i32| {
        let (x, y) = (f64::from(i % 10) - 4.5, f64::from(i / 10) - 4.5);
        (255.0 * (1.0 - (x.hypot(y) - 3.2).abs() / 1.6).max(0.0)) as u8
    };
    (0..100).map(pixel).collect()
}

#[test]
fn pixels_two_rows_to_a_line() {
    assert_drawing(
        &picture(&ring(), 10, 0, NARROW),
        10,
        r"
  .-==-.
 =%+::+%=
.#+    +#.
 =%+::+%=
  .-==-.
",
    );
    assert_drawing(
        &picture(&ring(), 10, 0, UNICODE),
        10,
        r"
   ▄▄▄▄
 ▒█▒▀▀▒█▒
 ▓▒    ▒▓
 ▒█▒▄▄▒█▒
   ▀▀▀▀
",
    );
    assert_drawing(
        &picture(&ring(), 10, 2, NARROW),
        6,
        r"
%+::+%
+    +
%+::+%
",
    );
    assert_drawing(
        &picture(&ring(), 10, 2, UNICODE),
        6,
        r"
█▒▀▀▒█
▒    ▒
█▒▄▄▒█
",
    );
}

#[test]
fn the_darkest_and_the_lightest_pixels() {
    assert_eq!(picture(&[0, 255, 0, 255, 0, 255], 2, 0, NARROW), " @\n @\n");
    assert_eq!(picture(&[0, 255, 0, 255, 255, 0], 2, 0, UNICODE), " █\n█\n");
    assert_eq!(picture(&[0, 255, 255, 0], 2, 0, UNICODE), "▄▀\n");
}

#[test]
fn weights_show_their_sign() {
    let row = |factor: f64| (0..9).map(move |j| (f64::from(j) - 4.0) * factor);
    let values: Vec<f64> = [1.0, 1.0, 1.0, 1.0, -0.6, -0.6].into_iter().flat_map(row).collect();
    assert_drawing(
        &weights(&values, 9, 0, NARROW),
        9,
        r"
==-- ++##
==-- ++##
#++   --=
",
    );
    assert_drawing(
        &weights(&values, 9, 0, UNICODE),
        9,
        r"
══── ▒▒██
══── ▒▒██
█▒▒   ──═
",
    );
    assert_eq!(weights(&[0.0, f64::NAN, 0.0, 1.0], 2, 0, NARROW), " ?\n");
    assert_eq!(weights(&[0.0; 4], 2, 0, NARROW), "\n");
}

#[test]
#[should_panic(expected = "picture: 7 values in rows of 2, margin 0")]
fn rows_must_be_whole() {
    picture(&[0; 7], 2, 0, NARROW);
}

#[test]
#[should_panic(expected = "picture: 16 values in rows of 4, margin 2")]
fn margins_must_leave_something() {
    picture(&[0; 16], 4, 2, NARROW);
}
