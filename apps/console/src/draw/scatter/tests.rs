//! Whole scatter plots as text.

use super::scatter;
use crate::draw::style::Style;
use crate::draw::tests::{NARROW, UNICODE, assert_drawing, assert_tidy};

const CLASSES: [(char, &str); 2] = [('s', "setosa"), ('v', "versicolor")];

/// Two classes meet at (1, 2); at (0.5, 1) a misclassified point covers a correct one.
const POINTS: [(f64, f64, char); 7] = [
    (0.0, 0.0, 's'),
    (1.0, 2.0, 'v'),
    (1.0, 2.0, 's'),
    (0.5, 1.0, 'V'),
    (0.5, 1.0, 's'),
    (f64::NAN, 0.0, 's'),
    (0.2, 0.3, 's'),
];

fn plot(points: &[(f64, f64, char)], style: Style) -> String {
    scatter("length (cm)", "width (cm)", &CLASSES, points, style)
}

#[test]
fn letters_capitals_and_meeting_classes() {
    assert_drawing(
        &plot(&POINTS, NARROW),
        40,
        r"
width (cm) by length (cm)
2 |                   &
  |
  |
  |
  |
  |
  |
1 |          V
  |
  |
  |
  |
  |    s
  |
0 |s
  +--------------------
   0   length (cm)    1
s setosa         v versicolor
& more than one  capital: wrong (1)
",
    );
    assert_drawing(
        &plot(&POINTS, UNICODE),
        40,
        r"
width (cm) by length (cm)
2 ┤                   &
  │
  │
  │
  │
  │
  │
1 ┤          V
  │
  │
  │
  │
  │    s
  │
0 ┤s
  └────────────────────
   0   length (cm)    1
s setosa         v versicolor
& more than one  capital: wrong (1)
",
    );
}

#[test]
fn one_point_and_none() {
    assert_drawing(
        &scatter("length (cm)", "width (cm)", &CLASSES[..1], &POINTS[..1], NARROW),
        40,
        r"
width (cm) by length (cm)
 1 |
   |
   |
   |
   |
   |
   |
 0 |          s
   |
   |
   |
   |
   |
   |
-1 |
   +--------------------
    -1   length (cm)   1
s setosa
",
    );
    assert_eq!(plot(&[], NARROW), "width (cm) by length (cm)\nno points to draw\n");
}

#[test]
fn every_width_is_kept() {
    for width in [40, 80, 120] {
        assert_tidy(&plot(&POINTS, NARROW.with_width(width)), width);
        assert_tidy(&plot(&POINTS, UNICODE.with_width(width)), width);
    }
}

#[test]
fn classes_have_colours() {
    let plot = plot(&POINTS, Style { colour: true, ..NARROW });
    assert!(plot.contains("|\x1b[36ms\x1b[0m\n") && plot.contains(" \x1b[31mV\x1b[0m\n"));
    assert!(plot.contains("\x1b[33mv\x1b[0m versicolor"));
}

#[test]
fn a_point_that_is_not_a_number_is_left_out() {
    let expected = plot(&POINTS, NARROW);
    for (x, y) in [(f64::NAN, 1.5), (0.7, f64::NAN)] {
        assert_eq!(plot(&[&POINTS[..], &[(x, y, 'v')]].concat(), NARROW), expected, "({x}, {y})");
    }
}
