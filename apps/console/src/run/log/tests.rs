//! The content of the log, and logs that cannot be written.

#[cfg(unix)]
use super::To;
use super::{Log, same_file};
use files::Error;
use std::fs;
use std::path::{Path, PathBuf};

/// A log file of this test, deleted when the test ends.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Self {
        let name = format!("console-log-{name}-{}.csv", std::process::id());
        let path = std::env::temp_dir().join(name);
        let _ = fs::remove_file(&path);
        Self(path)
    }

    fn after(&self, done: usize) -> Result<Log, Error> {
        Log::create(self.0.to_str(), "epoch,loss", done)
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
    // The run was stopped in the middle of a row, and the state that it saved is older than that
    // row.
    for torn in ["", "3,0.1", "3,0.1\n4,0.0"] {
        fs::write(&scratch.0, format!("epoch,loss\n1,0.5\n2,0.25\n{torn}")).expect("written");
        scratch.after(1).expect("opened").row(&[2.0, 0.3]).expect("written");
        assert_eq!(scratch.text(), "epoch,loss\n1,0.5\n2,0.3\n");
    }
    // A row may be long and hold more than numbers: notes of the user's. A new run keeps no row.
    let noted = [b"1,0.5,".repeat(300), b"caf\xe9\n2,0.25\n".to_vec()].concat();
    fs::write(&scratch.0, [b"epoch,loss\n", &noted[..]].concat()).expect("written");
    scratch.after(2).expect("opened").row(&[3.0, 0.1]).expect("written");
    let all = [b"epoch,loss\n", &noted[..], b"3,0.1\n"].concat();
    assert!(fs::read(&scratch.0).expect("read") == all);
    fs::write(&scratch.0, "epoch,loss\n0,7\n1,5\n").expect("written");
    scratch.log().row(&[1.0, 0.5]).expect("written");
    assert_eq!(scratch.text(), "epoch,loss\n1,0.5\n");
    // An incomplete row is not kept, whatever its number.
    fs::write(&scratch.0, "epoch,loss\n1,0.5\n2,0.2").expect("written");
    scratch.after(2).expect("opened").row(&[3.0, 0.1]).expect("written");
    assert_eq!(scratch.text(), "epoch,loss\n1,0.5\n3,0.1\n");
    fs::write(&scratch.0, "epoch,loss\n1,0.5\n2,0.3\n").expect("written");
    // Nothing is deleted before the first row is written.
    scratch.after(1).expect("opened");
    assert_eq!(scratch.text(), "epoch,loss\n1,0.5\n2,0.3\n");
}

#[test]
fn what_is_no_log_of_this_kind_is_not_replaced() {
    let scratch = Scratch::new("no-log");
    let expected = "expected a new file or an earlier log, which starts with epoch,loss";
    for (text, found) in [
        ("# my notes\n1,2\n", "'# my notes'"),
        ("\n", "''"),
        ("epoch,loss,accuracy\n1,2,3\n", "'epoch,loss,accuracy'"),
        ("epoch,los", "'epoch,los'"),
        ("\u{1b}[31m", "'\\u{1b}[31m'"),
    ] {
        fs::write(&scratch.0, text).expect("written");
        for done in [0, 1] {
            let error = scratch.after(done).expect_err("an error").to_string();
            let path = scratch.0.display();
            assert_eq!(error, format!("{path}: found {found}, {expected}"));
        }
        assert_eq!(scratch.text(), text);
    }
    // A file with only the header, with or without a line end, is a log, and so is an empty file.
    for text in ["", "epoch,loss", "epoch,loss\r\n", "\u{feff}epoch,loss\n1,2\n"] {
        fs::write(&scratch.0, text).expect("written");
        scratch.log().row(&[1.0, 0.5]).expect("written");
        assert_eq!(scratch.text(), "epoch,loss\n1,0.5\n");
    }
}

#[test]
fn a_log_with_the_line_ends_of_windows_goes_on() {
    let scratch = Scratch::new("crlf");
    fs::write(&scratch.0, "\u{feff}epoch,loss\r\n1,0.5\r\n2,0.25\r\n").expect("written");
    scratch.after(1).expect("opened").row(&[2.0, 0.3]).expect("written");
    assert_eq!(scratch.text(), "epoch,loss\n1,0.5\n2,0.3\n");
}

#[test]
fn a_file_may_have_several_names() {
    let scratch = Scratch::new("names");
    fs::write(&scratch.0, "").expect("written");
    let [hard, soft] = ["hard", "soft"].map(|name| scratch.0.with_extension(name));
    let folder = scratch.0.parent().expect("a folder");
    let indirect = folder.join(".").join(scratch.0.file_name().expect("a name"));
    let other_names: &[&PathBuf] = if cfg!(unix) { &[&hard, &soft] } else { &[] };
    #[cfg(unix)]
    {
        fs::hard_link(&scratch.0, &hard).expect("linked");
        std::os::unix::fs::symlink(&scratch.0, &soft).expect("linked");
    }
    for name in [&scratch.0, &indirect].iter().chain(other_names) {
        assert!(same_file(name, &scratch.0), "{}", name.display());
    }
    let _ = (fs::remove_file(hard), fs::remove_file(soft));
    assert!(!same_file(folder, &scratch.0));
    assert!(!same_file(Path::new("nowhere"), Path::new("nowhere")));
}

#[cfg(unix)]
#[test]
fn two_runs_do_not_write_one_log() {
    let scratch = Scratch::new("two");
    let first = scratch.log();
    let error = scratch.after(0).expect_err("an error").to_string();
    assert!(error.ends_with(": another run writes it"), "{error}");
    drop(first);
    scratch.log();
}

/// On Windows, another program cannot truncate a file that is being written.
#[cfg(unix)]
#[test]
fn rows_stand_at_the_end_of_a_file_that_has_been_cut_off_meanwhile() {
    let scratch = Scratch::new("cut");
    let mut log = scratch.log();
    log.row(&[1.0, 0.5]).expect("written");
    fs::File::options().write(true).truncate(true).open(&scratch.0).expect("cut off");
    log.row(&[2.0, 0.25]).expect("written");
    assert_eq!(scratch.text(), "2,0.25\n");
}

/// Also if standard output is a file: rows and results do not overwrite each other.
#[cfg(unix)]
#[test]
fn standard_output_has_two_names() {
    for name in ["-", "/dev/stdout"] {
        let log = Log::create(Some(name), "epoch", 0).expect("nothing to create");
        assert!(matches!(log.to, Some(To::Stdout)), "{name}");
    }
}

#[test]
fn without_a_path_rows_go_nowhere() {
    let mut log = Log::create(None, "epoch", 0).expect("nothing to create");
    log.row(&[1.0]).expect("nothing to write");
}

#[test]
fn the_cause_is_named_when_a_log_cannot_be_made() {
    let message = |path: &Path| {
        let error = Log::create(path.to_str(), "epoch", 0).expect_err("an error").to_string();
        let start = format!("{}: ", path.display());
        error.strip_prefix(&start).unwrap_or_else(|| panic!("{error}")).to_string()
    };
    let folder = std::env::temp_dir();
    assert_eq!(message(&folder), "found a folder, expected a file");
    let missing = Path::new("no").join("such").join("folder");
    assert_eq!(message(&missing.join("log.csv")), "no such folder: no");
    #[cfg(unix)]
    {
        let scratch = Scratch::new("dangling");
        std::os::unix::fs::symlink("no/such/log.csv", &scratch.0).expect("linked");
        let expected = "found a link to no/such/log.csv, where nothing is";
        assert_eq!(message(&scratch.0), expected);
    }
}
