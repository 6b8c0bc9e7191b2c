//! Whole charts as text.

use super::{chart, log_chart};
use crate::draw::style::Style;
use crate::draw::tests::{NARROW, UNICODE, assert_drawing, assert_tidy};

const NAMES: [&str; 2] = ["loss", "epoch"];

fn decay() -> Vec<f64> {
    (0..100).map(|i| 2.0 * 0.95_f64.powi(i)).collect()
}

fn one(values: &[f64]) -> String {
    chart(NAMES, 5, &[("training", values)], NARROW)
}

#[test]
fn two_series_with_marks_and_a_legend() {
    let decay = decay();
    let series = [("training", &decay[..]), ("test", &[2.0, 1.0, 0.5])];
    let chart = |style| chart(NAMES, 100, &series, style);
    assert_drawing(
        &chart(NARROW),
        40,
        r"
loss by epoch
2.000 |+
      |*++
      |   ++
      | *   ++
      |       ++
1.007 |  *      +++
      |   *        ++++
      |    *           +++
      |     **            +
      |       ****
0.014 |           *********
      +--------------------
       1     epoch      100
* training  + test
",
    );
    assert_drawing(
        &chart(UNICODE),
        40,
        r"
loss by epoch
2.000 ┤⢳⢄
      │⠸⡀⠁
      │ ⡇  ⠢⡀
      │ ⢸   ⠈⠂
      │  ⢇     ⢄
1.007 ┤  ⠘⡄     ⠑⠄
      │   ⠱⡀       ⠑⠢⠄
      │    ⠱⡀          ⠒⠤⡀
      │     ⠑⢄
      │       ⠑⢄⡀
0.013 ┤         ⠈⠉⠒⠢⠤⠤⠤⣀⣀⣀⣀
      └────────────────────
       1     epoch      100
⠒⠒⠒⠒⠒ training  ⠒⠒⠂ ⠒ test
",
    );
}

#[test]
fn a_log_scale_is_straight_for_a_power() {
    let decay = decay();
    let chart = |style| log_chart(NAMES, 100, &[("training", &decay)], style);
    assert_drawing(
        &chart(NARROW),
        40,
        r"
loss by epoch, log scale
1.8050 |*
       | **
       |   **
       |     **
       |       **
0.1579 |         **
       |           **
       |             **
       |               **
       |                 **
0.0138 |                   *
       +--------------------
        1     epoch      100
",
    );
    assert_drawing(
        &chart(UNICODE),
        40,
        r"
loss by epoch, log scale
1.9494 ┤⠑⢄
       │  ⠱⡀
       │   ⠈⠢⡀
       │     ⠈⠢⡀
       │       ⠘⢄
0.1599 ┤         ⠑⢄
       │           ⠑⢄
       │            ⠈⠢⡀
       │              ⠈⠢⡀
       │                ⠈⢢
0.0131 ┤                  ⠑⢄
       └────────────────────
        1     epoch      100
",
    );
}

#[test]
fn what_is_not_finite_leaves_a_gap_and_is_counted() {
    assert_drawing(
        &one(&[1.0, f64::NAN, 3.0, f64::INFINITY, 2.0]),
        40,
        r"
loss by epoch
3 |          *
  |
  |
  |
  |
2 |                   *
  |
  |
  |
  |
1 |*
  +--------------------
   1      epoch       5
not finite, left out: 2
",
    );
    let values = [1.0, 0.0, -1.0, 0.01];
    assert_drawing(
        &log_chart(NAMES, 4, &[("training", &values)], NARROW),
        40,
        r"
loss by epoch, log scale
1.00 |*
     |
     |
     |
     |
0.10 |
     |
     |
     |
     |
0.01 |                   *
     +--------------------
      1      epoch       4
not finite and above 0, left out: 2
",
    );
}

#[test]
fn a_constant_series_runs_through_the_middle() {
    assert_drawing(
        &one(&[0.693; 5]),
        40,
        r"
loss by epoch
1.039 |
      |
      |
      |
      |
0.693 |********************
      |
      |
      |
      |
0.346 |
      +--------------------
       1      epoch       5
",
    );
    assert_drawing(
        &one(&[0.0; 5]),
        40,
        r"
loss by epoch
 1 |
   |
   |
   |
   |
 0 |********************
   |
   |
   |
   |
-1 |
   +--------------------
    1      epoch       5
",
    );
    // Averages of a constant differ by rounding.
    assert_eq!(one(&[0.693; 5]), one(&[0.693; 777]));
}

#[test]
fn a_single_value_is_one_mark() {
    assert_drawing(
        &chart(NAMES, 1, &[("training", &[0.693])], NARROW),
        40,
        r"
loss by epoch
1.039 |
      |
      |
      |
      |
0.693 |*
      |
      |
      |
      |
0.346 |
      +--------------------
       1      epoch       1
",
    );
}

#[test]
fn without_values_there_is_no_chart() {
    let expected = "loss by epoch\nno values to draw\n";
    assert_eq!(one(&[]), expected);
    assert_eq!(one(&[f64::NAN, f64::INFINITY]), expected);
    assert_eq!(chart(NAMES, 5, &[], UNICODE), expected);
}

#[test]
fn a_spike_in_a_long_series_is_averaged_away() {
    let mut values = vec![1.0; 6000];
    values[0] = 0.0;
    values[3000] = 101.0;
    let chart = chart(["loss", "step"], 6000, &[("training", &values)], Style::plain());
    assert!(chart.contains("2.000 |"), "{chart}");
}

#[test]
fn every_width_is_kept_for_every_size_of_number() {
    let series = [
        vec![f64::MAX, f64::MIN],
        vec![1e-300, 2e-300],
        vec![0.123_456_78, 0.123_456_79],
        vec![-123_456.0, 9_876_543.21],
        vec![5e-324, 0.0],
        vec![f64::MAX; 3],
        decay(),
    ];
    for width in [40, 80, 120] {
        for unicode in [false, true] {
            let style = Style { width, unicode, colour: false };
            for values in &series {
                let names = ["training", "a second one", "and one more", "and the last"];
                let series = names.map(|name| (name, &values[..]));
                assert_tidy(&chart(NAMES, 100, &series, style), width);
                assert_tidy(&log_chart(NAMES, 100, &series, style), width);
            }
        }
    }
    let chart = |style| chart(NAMES, 2, &[("training", &[1.0, 2.0])], style);
    let axis = |width| chart(NARROW.with_width(width)).matches('-').count();
    assert_eq!([40, 80, 120].map(axis), [20, 60, 100]);
}

#[test]
fn colour_changes_no_character() {
    let decay = decay();
    let chart = |style| chart(NAMES, 100, &[("a", &decay), ("b", &[1.0])], style);
    let coloured = chart(Style { colour: true, ..NARROW });
    assert!(coloured.contains("\x1b[36m*"), "{coloured:?}");
    let plain = coloured.replace("\x1b[36m", "").replace("\x1b[33m", "").replace("\x1b[0m", "");
    assert_eq!(plain, chart(NARROW));
}

/// Which dots of a column's braille characters are set, from the top.
fn columns_of_dots(chart: &str) -> Vec<Vec<usize>> {
    let rows: Vec<Vec<u32>> = chart
        .lines()
        .filter(|line| line.chars().any(|c| ('\u{2801}'..='\u{28ff}').contains(&c)))
        .map(|line| {
            line.chars().skip_while(|c| !"│┤".contains(*c)).skip(1).map(u32::from).collect()
        })
        .collect();
    let width = rows.iter().map(Vec::len).max().unwrap();
    let bits = [[0, 1, 2, 6], [3, 4, 5, 7]];
    let is_set = |x: usize, y: usize| {
        let cell = rows[y / 4].get(x / 2).copied().unwrap_or(0).saturating_sub(0x2800);
        cell < 256 && cell >> bits[x % 2][y % 4] & 1 == 1
    };
    (0..2 * width).map(|x| (0..4 * rows.len()).filter(|&y| is_set(x, y)).collect()).collect()
}

#[test]
fn a_steep_curve_stays_connected_upwards_and_downwards() {
    let values: Vec<f64> = (0..200).map(|i| if i < 100 { 0.0 } else { 1.0 }).collect();
    for values in [values.iter().rev().copied().collect(), values] {
        let chart = chart(NAMES, 200, &[("one", &values)], UNICODE);
        let drawn = columns_of_dots(&chart);
        let mut rows: Vec<usize> = drawn.concat();
        let (dots, curve) = (rows.len(), drawn.iter().filter(|dots| !dots.is_empty()).count());
        rows.sort();
        rows.dedup();
        assert_eq!(rows, (rows[0]..=rows[rows.len() - 1]).collect::<Vec<_>>(), "{chart}");
        // Each column has one dot; the column of the jump has all but the one where it starts.
        assert_eq!(dots, curve + rows.len() - 2, "{chart}");
    }
}

#[test]
fn in_dots_each_of_four_curves_has_its_own_pattern_which_the_legend_shows() {
    let flat = [[1.0; 2], [2.0; 2], [3.0; 2], [4.0; 2]];
    let series = [0, 1, 2, 3].map(|i| (["a", "b", "c", "d"][i], &flat[i][..]));
    assert_drawing(
        &chart(NAMES, 2, &series, UNICODE),
        40,
        r"
loss by epoch
4.0 ┤⠉⠉⠁⠈ ⠉⠉⠁⠈ ⠉⠉⠁⠈ ⠉⠉⠁⠈
    │
    │
    │⠄⠠ ⠄⠠ ⠄⠠ ⠄⠠ ⠄⠠ ⠄⠠ ⠄⠠
    │
2.5 ┤
    │
    │⠒⠒⠂ ⠒⠒⠂ ⠒⠒⠂ ⠒⠒⠂ ⠒⠒⠂
    │
    │
1.0 ┤⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀
    └────────────────────
     1      epoch       2
⠒⠒⠒⠒⠒ a  ⠒⠒⠂ ⠒ b  ⠂⠐ ⠂⠐ c  ⠒⠒⠂⠐ d
",
    );
}
