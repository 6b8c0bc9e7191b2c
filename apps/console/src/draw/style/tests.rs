//! Widths, and blocks side by side.

use super::{beside, visible_width};

#[test]
fn blocks_in_as_many_columns_as_fit() {
    let blocks = ["ab\nc\n", "d\n", "e\n\nfgh\n"].map(String::from);
    assert_eq!(beside(&blocks, 80), "ab  d  e\nc\n       fgh\n");
    assert_eq!(beside(&blocks, 9), "ab   d\nc\n\ne\n\nfgh\n");
    assert_eq!(beside(&blocks, 1), "ab\nc\n\nd\n\ne\n\nfgh\n");
    assert_eq!(beside(&[], 80), "");
}

#[test]
fn colour_codes_take_no_room() {
    assert_eq!(visible_width("a\x1b[31mbc\x1b[0md"), 4);
    let blocks = ["\x1b[31mab\x1b[0m\n".to_string(), "c\n".to_string()];
    assert_eq!(beside(&blocks, 5), "\x1b[31mab\x1b[0m  c\n");
}

#[test]
fn words_are_set_without_gaps() {
    let items = ["one", "two", "three"].map(String::from);
    assert_eq!(beside(&items, 10), "one    two\nthree\n");
    assert_eq!(beside(&items, 15), "one  two  three\n");
}
