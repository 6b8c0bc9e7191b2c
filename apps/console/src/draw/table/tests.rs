//! Whole tables as text.

use super::{Table, confusion};
use crate::draw::style::Style;
use crate::draw::tests::{NARROW, UNICODE, assert_drawing, assert_tidy};

#[test]
fn numbers_stand_on_the_right_and_words_on_the_left() {
    let mut table = Table::new(["gate", "rule", "b", "p(y = 1)"]);
    table
        .row(["OR", "published", "-1.876", ".133 .941"])
        .row(["", "measured", "-1.87 ± 0.01", ".133 .940"])
        .rule()
        .row(["NOT", "", "3.263", ".029"]);
    assert_drawing(
        &table.draw(NARROW),
        40,
        r"
gate  rule                  b  p(y = 1)
----------------------------------------
OR    published        -1.876  .133 .941
      measured   -1.87 ± 0.01  .133 .940
----------------------------------------
NOT                     3.263  .029
",
    );
    assert_drawing(
        &table.draw(UNICODE),
        40,
        r"
gate  rule                  b  p(y = 1)
────────────────────────────────────────
OR    published        -1.876  .133 .941
      measured   -1.87 ± 0.01  .133 .940
────────────────────────────────────────
NOT                     3.263  .029
",
    );
}

#[test]
fn percentages_and_missing_numbers_are_numbers() {
    let mut table = Table::new(["epoch", "accuracy"]);
    table.row(["1", "97.9 %"]).row(["200", "-"]);
    assert_eq!(
        table.draw(NARROW),
        "epoch  accuracy\n---------------\n    1    97.9 %\n  200         -\n"
    );
    assert_eq!(Table::new(["a", "b"]).draw(NARROW), "a  b\n----\n");
}

#[test]
#[should_panic(expected = "table: a row of 1 cells for 2 columns")]
fn a_row_has_as_many_cells_as_the_header() {
    Table::new(["a", "b"]).row(["1"]);
}

#[test]
fn a_confusion_matrix_with_recall_and_precision() {
    let counts = [vec![10, 0], vec![1, 9]];
    let text = confusion(&["setosa", "other"], &counts, NARROW);
    assert_drawing(
        &text,
        80,
        r"
rows: true, columns: predicted; recall and precision in %
true       setosa   other  recall
---------------------------------
setosa         10       .     100
other           1       9    90.0
---------------------------------
precision    90.9     100
",
    );
    let text = confusion(&["setosa", "other"], &counts, UNICODE);
    assert_drawing(
        &text,
        80,
        r"
rows: true, columns: predicted; recall and precision in %
true       setosa   other  recall
─────────────────────────────────
setosa         10       .     100
other           1       9    90.0
─────────────────────────────────
precision    90.9     100
",
    );
}

#[test]
fn a_class_without_samples_has_no_recall() {
    let text = confusion(&["0", "1"], &[vec![0, 0], vec![3, 0]], NARROW);
    assert_drawing(
        &text,
        80,
        r"
rows: true, columns: predicted; recall and precision in %
true          0     1  recall
-----------------------------
0             .     .       -
1             3     .     0.0
-----------------------------
precision   0.0     -
",
    );
}

#[test]
fn ten_classes_fit_80_columns_and_a_mistake_is_never_rounded_away() {
    let digits: Vec<String> = (0..10).map(|digit| digit.to_string()).collect();
    let digits: Vec<&str> = digits.iter().map(String::as_str).collect();
    let count = |i, j| if i == j { 9999 } else { usize::from(i == 3) };
    let counts: Vec<Vec<usize>> = (0..10).map(|i| (0..10).map(|j| count(i, j)).collect()).collect();
    let text = confusion(&digits, &counts, Style::plain());
    assert_tidy(&text, 80);
    assert!(text.lines().any(|l| l.starts_with("precision") && l.contains("99.9")), "{text}");
}

#[test]
fn too_many_classes_for_a_matrix_leave_the_most_frequent_mistakes() {
    let classes = ["a", "b", "c", "d", "e"];
    let mut counts = vec![vec![0; 5]; 5];
    (0..5).for_each(|i| counts[i][i] = 9);
    (counts[1][3], counts[3][1], counts[4][0]) = (2, 5, 2);
    let style = Style { width: 30, ..NARROW };
    assert_drawing(
        &confusion(&classes, &counts, style),
        30,
        r"
the most frequent mistakes
true  read as  images
---------------------
d     b             5
b     d             2
e     a             2
",
    );
}
