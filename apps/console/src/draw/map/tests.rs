//! Whole maps as text.

use super::{Axis, contours, map};
use crate::draw::style::Style;
use crate::draw::tests::{NARROW, UNICODE, assert_drawing, assert_tidy};

const AXES: [Axis; 2] =
    [Axis { name: "x1", from: 0.0, to: 1.0 }, Axis { name: "x2", from: 0.0, to: 1.0 }];

fn or(style: Style) -> String {
    let p = |x: f64, y: f64| 1.0 / (1.0 + (-8.0 * (x + y - 0.7)).exp());
    // The last point lies outside.
    let points = [(0.0, 0.0, '0'), (1.0, 1.0, '1'), (0.5, 0.5, '1'), (2.0, 0.0, '1')];
    map("OR: p(y = 1)", AXES, p, &points, style)
}

#[test]
fn a_decision_boundary_with_points_on_top() {
    assert_drawing(
        &or(NARROW.with_width(29)),
        29,
        r"
OR: p(y = 1)
1.0 |############### 1
    |*################
    |+**##############
    |::+**############
0.5 |..::+** 1 #######
    |  ..::+**########
    |    ..::+**######
    |      ..::+**####
0.0 |0       ..::+**##
    +-----------------
     0      x1       1
up: x2  0 [ .:+*#] 1
",
    );
    assert_drawing(
        &or(UNICODE.with_width(29)),
        29,
        r"
OR: p(y = 1)
1.0 ┤███████████████ 1
    │█████████████████
    │▓▓███████████████
    │░░▓▓█████████████
0.5 ┤  ░░▓▓█ 1 ███████
    │    ░░▓▓█████████
    │      ░░▓▓███████
    │        ░░▓▓█████
0.0 ┤0         ░░▓▓███
    └─────────────────
     0      x1       1
up: x2  0 [ ░▓█] 1
",
    );
}

#[test]
fn a_probability_that_is_none_is_a_question_mark() {
    let p = |x: f64, _: f64| if x > 0.5 { f64::NAN } else { 0.0 };
    assert_drawing(
        &map("p", AXES, p, &[], NARROW.with_width(22)),
        22,
        r"
p
1.0 |      ?????
    |      ?????
0.5 |      ?????
    |      ?????
0.0 |      ?????
    +-----------
     0   x1    1
up: x2  0 [ .:+*#] 1
",
    );
}

#[test]
fn every_width_is_kept() {
    for width in [40, 80, 120] {
        assert_tidy(&or(NARROW.with_width(width)), width);
        assert_tidy(&or(UNICODE.with_width(width)), width);
    }
    // A whole map and a prompt fit 24 lines.
    assert_eq!(or(Style::plain()).lines().count(), 23);
}

#[test]
fn a_bowl_with_a_path_on_top() {
    let axis = |name| Axis { name, from: -1.0, to: 1.0 };
    // The last point lies outside.
    let path = [(-1.0, 1.0), (-0.5, 0.5), (0.0, 0.0), (0.0, 3.0)];
    let bowl = |x: f64, y: f64| x * x + y * y;
    let drawing =
        contours("J", [axis("x"), axis("y")], &[0.3, 1.1], bowl, &path, NARROW.with_width(25));
    assert_drawing(
        &drawing,
        25,
        r"
J
 1 |S     .....
   |   ...........
   | ...o..   ......
   |.....       .....
 0 |....    o    ....
   |.....       .....
   | ......   ......
   |   ...........
-1 |      .....
   +-----------------
    -1      x       1
up: y
",
    );
}

#[test]
fn the_middle_is_a_cell_at_every_width() {
    let axis = |name| Axis { name, from: -1.0, to: 1.0 };
    for width in 20..=44 {
        let style = NARROW.with_width(width);
        let drawing = contours("J", [axis("x"), axis("y")], &[], |x, _| x, &[(0.0, 0.0)], style);
        let line = drawing.lines().find(|line| line.starts_with(" 0 |")).unwrap();
        let cells = drawing.lines().find(|line| line.contains("+-")).unwrap().len();
        assert_eq!(line.find('S'), Some((4 + cells) / 2), "{width}: {drawing}");
    }
}
