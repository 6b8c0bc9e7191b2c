//! What stands in the log, and what cannot be written.

use super::{Log, shortest};
use std::fs;

#[test]
fn rows_are_in_the_file_at_once() {
    let path = std::env::temp_dir().join(format!("console-log-{}.csv", std::process::id()));
    let name = path.to_str().expect("UTF-8");
    let mut log = Log::create(Some(name), &["epoch", "loss"]).expect("created");
    log.row(&[1.0, 1.0 / 3.0]).expect("written");
    log.row(&[2.0, f64::NAN]).expect("written");
    let text = fs::read_to_string(&path).expect("read");
    fs::remove_file(&path).expect("removed");
    assert_eq!(text, "epoch,loss\n1,0.3333333333333333\n2,NaN\n");
}

#[test]
fn without_a_path_rows_go_nowhere() {
    let mut log = Log::create(None, &["epoch"]).expect("nothing to create");
    log.row(&[1.0]).expect("nothing to write");
}

#[test]
fn a_path_that_cannot_be_created_is_named() {
    let error = Log::create(Some("no/such/folder/log.csv"), &["epoch"]).err().expect("an error");
    let cause = fs::File::open("no/such/folder/log.csv").expect_err("an error");
    assert_eq!(error.to_string(), format!("cannot write the log no/such/folder/log.csv: {cause}"));
}

#[test]
fn numbers_read_back_as_they_were() {
    let texts = ["0", "-0", "1", "0.1", "1e-7", "1.7976931348623157e308", "5e-324", "-inf"];
    let values = [0.0, -0.0, 1.0, 0.1, 1e-7, f64::MAX, 5e-324, f64::NEG_INFINITY];
    assert_eq!(values.map(shortest), texts);
    for value in values {
        assert_eq!(shortest(value).parse::<f64>().expect("a number").to_bits(), value.to_bits());
    }
}
