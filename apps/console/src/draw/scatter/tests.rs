//! Whole scatter plots as text.

use super::{Point, scatter};
use crate::draw::style::Style;
use crate::draw::tests::{NARROW, UNICODE, assert_drawing, assert_tidy};

const CLASSES: [(char, &str); 2] = [('s', "setosa"), ('v', "versicolor")];

/// Two classes meet at (1, 2); at (0.5, 1) a misclassified point covers a correct one.
fn points() -> Vec<Point> {
    let point = |x, y, class, wrong| Point { x, y, class, wrong };
    vec![
        point(0.0, 0.0, 0, false),
        point(1.0, 2.0, 1, false),
        point(1.0, 2.0, 0, false),
        point(0.5, 1.0, 1, true),
        point(0.5, 1.0, 0, false),
        point(f64::NAN, 0.0, 0, false),
        point(0.2, 0.3, 0, false),
    ]
}

fn plot(points: &[Point], style: Style) -> String {
    scatter("length (cm)", "width (cm)", &CLASSES, points, style)
}

#[test]
fn letters_capitals_and_meeting_classes() {
    assert_drawing(
        &plot(&points(), NARROW),
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
        &plot(&points(), UNICODE),
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
        &scatter("length (cm)", "width (cm)", &CLASSES[..1], &points()[..1], NARROW),
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
        assert_tidy(&plot(&points(), NARROW.with_width(width)), width);
        assert_tidy(&plot(&points(), UNICODE.with_width(width)), width);
    }
}

#[test]
fn classes_have_colours() {
    let plot = plot(&points(), Style { colour: true, ..NARROW });
    assert!(plot.contains("|\x1b[36ms\x1b[0m\n") && plot.contains(" \x1b[31mV\x1b[0m\n"));
    assert!(plot.contains("\x1b[33mv\x1b[0m versicolor"));
}

#[test]
fn a_point_with_one_coordinate_that_is_not_finite_is_left_out() {
    let mut points = points();
    let expected = plot(&points, NARROW);
    for (x, y) in [(f64::NAN, 1.5), (0.7, f64::INFINITY)] {
        points.push(Point { x, y, class: 1, wrong: true });
        assert_eq!(plot(&points, NARROW), expected, "({x}, {y})");
    }
}
