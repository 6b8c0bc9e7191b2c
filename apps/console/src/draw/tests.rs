//! Helpers that the tests of the drawings share.

use super::style::Style;

pub(crate) const NARROW: Style = Style { width: 40, unicode: false, colour: false };
pub(crate) const UNICODE: Style = Style { unicode: true, ..NARROW };

/// Compares a drawing with the lines of a raw string, whose first line is empty, and asserts that
/// no line is wider than `width` or ends in a blank, and that there is no escape code.
#[track_caller]
pub(crate) fn assert_drawing(drawing: &str, width: usize, expected: &str) {
    assert_eq!(drawing, &expected[1..], "\n{drawing}");
    assert_tidy(drawing, width);
}

#[track_caller]
pub(crate) fn assert_tidy(drawing: &str, width: usize) {
    assert!(drawing.ends_with('\n') && !drawing.contains('\x1b'));
    for line in drawing.lines() {
        assert!(line.chars().count() <= width, "wider than {width}: {line:?}");
        assert_eq!(line, line.trim_end());
    }
}
