//! Whole drawings as text.

use super::{Axis, contours};
use crate::draw::testing::{NARROW, assert_drawing};

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
