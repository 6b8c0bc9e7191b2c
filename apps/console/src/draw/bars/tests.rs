//! Whole bar charts and histograms as text.

use super::{bars, histogram};
use crate::draw::number::percent;
use crate::draw::style::Style;
use crate::draw::tests::{NARROW, UNICODE, assert_drawing, assert_tidy};

fn answers() -> [(String, f64); 4] {
    [("no", 0.0), ("maybe", 0.04), ("yes", 0.96), ("nan", f64::NAN)].map(|(l, v)| (l.into(), v))
}

#[test]
fn probabilities() {
    assert_drawing(
        &bars(&answers(), 1.0, percent, NARROW),
        40,
        r"
   no  0.00 % |
maybe  4.00 % |#
  yes 96.00 % |#######################
  nan   NaN % |
",
    );
    assert_drawing(
        &bars(&answers(), 1.0, percent, UNICODE),
        40,
        r"
   no  0.00 % │
maybe  4.00 % │█
  yes 96.00 % │███████████████████████
  nan   NaN % │
",
    );
}

#[test]
fn a_bar_ends_at_an_eighth() {
    let rows = [("a".to_string(), 0.5 + 3.0 / 264.0), ("b".to_string(), 7.0)];
    let text = bars(&rows, 1.0, |_| String::new(), UNICODE.with_width(38));
    assert_eq!(text, format!("a  │{}▉\nb  │{}\n", "█".repeat(16), "█".repeat(33)));
}

#[test]
fn bins_with_their_ranges() {
    let losses = [0.1, 0.12, 0.2, 0.31, 0.693, 0.693];
    assert_drawing(
        &histogram("final losses", &losses, 4, NARROW),
        40,
        r"
final losses
0.100 to 0.248 3 |#####################
0.248 to 0.396 1 |#######
0.396 to 0.545 0 |
0.545 to 0.693 2 |##############
",
    );
    assert_drawing(
        &histogram("final losses", &losses, 4, UNICODE),
        40,
        r"
final losses
0.100 to 0.248 3 │█████████████████████
0.248 to 0.396 1 │███████
0.396 to 0.545 0 │
0.545 to 0.693 2 │██████████████
",
    );
}

#[test]
fn equal_values_share_a_bin() {
    assert_drawing(
        &histogram("final losses", &[0.5, 0.5], 4, NARROW),
        40,
        r"
final losses
0.5 to 0.5 2 |#########################
",
    );
    let nearly = histogram("final losses", &[0.5, 0.5 + 4e-9], 4, NARROW);
    assert_eq!(nearly, histogram("final losses", &[0.5, 0.5], 4, NARROW));
}

#[test]
fn every_width_is_kept() {
    for width in [40, 80, 120] {
        for unicode in [false, true] {
            let style = Style { width, unicode, colour: false };
            assert_tidy(&bars(&answers(), 1.0, percent, style), width);
            assert_tidy(&histogram("x", &[f64::MIN, f64::MAX, 0.0], 9, style), width);
        }
    }
}
