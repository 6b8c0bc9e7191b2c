//! What stands in the log, and what cannot be written.

use super::{Log, LogError};
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

    fn after(&self, done: usize) -> Result<Log, LogError> {
        Log::after(done, self.0.to_str(), &["epoch", "loss"])
    }

    fn log(&self) -> Log {
        self.after(0).expect("created")
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
    let mut log = scratch.log();
    log.row(&[1.0, 1.0 / 3.0]).expect("written");
    log.row(&[2.0, f64::NAN]).expect("written");
    assert_eq!(scratch.text(), "epoch,loss\n1,0.3333333333333333\n2,NaN\n");
}

#[test]
fn what_a_file_held_stays_until_there_is_a_row() {
    let scratch = Scratch::new("stays");
    fs::write(&scratch.0, "epoch,loss\n1,0.5\n").expect("written");
    let mut log = scratch.log();
    assert_eq!(scratch.text(), "epoch,loss\n1,0.5\n");
    log.row(&[1.0, 0.25]).expect("written");
    assert_eq!(scratch.text(), "epoch,loss\n1,0.25\n");
}

#[test]
fn a_log_goes_on_after_the_rows_that_stay() {
    let scratch = Scratch::new("go-on");
    scratch.after(1).expect("created").row(&[1.0, 0.5]).expect("written");
    scratch.after(1).expect("opened").row(&[2.0, 0.25]).expect("written");
    assert_eq!(scratch.text(), "epoch,loss\n1,0.5\n2,0.25\n");
    // The run was cut short in the middle of a row, and what it kept is older than that.
    for torn in ["", "3,0.1", "3,0.1\n4,0.0"] {
        fs::write(&scratch.0, format!("epoch,loss\n1,0.5\n2,0.25\n{torn}")).expect("written");
        scratch.after(1).expect("opened").row(&[2.0, 0.3]).expect("written");
        assert_eq!(scratch.text(), "epoch,loss\n1,0.5\n2,0.3\n");
    }
    // Nothing is lost before there is a row.
    scratch.after(1).expect("opened");
    assert_eq!(scratch.text(), "epoch,loss\n1,0.5\n2,0.3\n");
}

#[test]
fn a_run_does_not_go_on_in_a_file_that_is_no_log() {
    let scratch = Scratch::new("no-log");
    fs::write(&scratch.0, "# my notes\n1,2\n").expect("written");
    let error = scratch.after(1).expect_err("an error").to_string();
    let expected = "found \"# my notes\", expected the header epoch,loss";
    assert_eq!(error, format!("cannot write the log {}: {expected}", scratch.0.display()));
    assert_eq!(scratch.text(), "# my notes\n1,2\n");
}

#[test]
fn without_a_path_rows_go_nowhere() {
    let mut log = Log::create(None, &["epoch"]).expect("nothing to create");
    log.row(&[1.0]).expect("nothing to write");
}

#[test]
fn a_path_that_cannot_be_created_is_named() {
    let error = Log::create(Some("no/such/folder/log.csv"), &["epoch"]).expect_err("an error");
    let cause = fs::File::open("no/such/folder/log.csv").expect_err("an error");
    assert_eq!(error.to_string(), format!("cannot write the log no/such/folder/log.csv: {cause}"));
}
