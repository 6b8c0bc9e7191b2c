//! What stands in the log, and what cannot be written.

use super::{Log, shortest};
use std::fs;
use std::path::PathBuf;

/// A log file of this test, which goes when the test ends.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Self {
        let name = format!("console-log-{name}-{}.csv", std::process::id());
        let path = std::env::temp_dir().join(name);
        let _ = fs::remove_file(&path);
        Self(path)
    }

    fn log(&self, go_on: bool) -> Log {
        Log::create(self.0.to_str(), &["epoch", "loss"], go_on).expect("created")
    }

    fn text(&self) -> String {
        fs::read_to_string(&self.0).expect("read")
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

#[test]
fn rows_are_in_the_file_at_once() {
    let scratch = Scratch::new("rows");
    let mut log = scratch.log(false);
    log.row(&[1.0, 1.0 / 3.0]).expect("written");
    log.row(&[2.0, f64::NAN]).expect("written");
    assert_eq!(scratch.text(), "epoch,loss\n1,0.3333333333333333\n2,NaN\n");
}

#[test]
fn what_a_file_held_stays_until_there_is_a_row() {
    let scratch = Scratch::new("stays");
    fs::write(&scratch.0, "epoch,loss\n1,0.5\n").expect("written");
    let mut log = scratch.log(false);
    assert_eq!(scratch.text(), "epoch,loss\n1,0.5\n");
    log.row(&[1.0, 0.25]).expect("written");
    assert_eq!(scratch.text(), "epoch,loss\n1,0.25\n");
}

#[test]
fn a_log_can_go_on() {
    let scratch = Scratch::new("go-on");
    scratch.log(true).row(&[1.0, 0.5]).expect("written");
    scratch.log(true).row(&[2.0, 0.25]).expect("written");
    assert_eq!(scratch.text(), "epoch,loss\n1,0.5\n2,0.25\n");
}

#[test]
fn without_a_path_rows_go_nowhere() {
    let mut log = Log::create(None, &["epoch"], false).expect("nothing to create");
    log.row(&[1.0]).expect("nothing to write");
}

#[test]
fn a_path_that_cannot_be_created_is_named() {
    let error =
        Log::create(Some("no/such/folder/log.csv"), &["epoch"], false).err().expect("an error");
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
