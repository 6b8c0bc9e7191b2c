//! The program as its users meet it: exit status, standard output and error, its log.

use std::fs;
use std::process::{Command, Output};

fn program(args: &[&str]) -> Command {
    let mut program = Command::new(env!("CARGO_BIN_EXE_xor"));
    program.args(args).env_remove("MATRIX_THREADS").env_remove("MATRIX_KERNEL");
    program
}

/// The exit status, standard output and standard error.
fn end(output: Output) -> (Option<i32>, String, String) {
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

#[cfg(unix)]
fn path(name: &str) -> std::path::PathBuf {
    std::env::temp_dir().join(format!("xor-program-{name}-{}", std::process::id()))
}

#[test]
fn a_wrong_option_and_a_wrong_variable_have_the_same_status() {
    let (status, out, err) = end(program(&["--rate", "1e999"]).output().unwrap());
    assert_eq!((status, &out[..]), (Some(2), ""));
    assert_eq!(err, "xor: --rate: found \"1e999\", expected a finite number above 0\n");
    for name in ["MATRIX_THREADS", "MATRIX_KERNEL"] {
        let (status, out, err) = end(program(&[]).env(name, "no\nsuch").output().unwrap());
        assert_eq!((status, &out[..]), (Some(2), ""), "{err}");
        let is_one_line = err.trim_end().lines().count() == 1;
        assert!(err.starts_with(&format!("xor: {name}: ")) && is_one_line, "{err}");
    }
}

#[test]
fn a_run_that_fails_has_a_status_of_its_own() {
    let args = ["--rate", "1e6", "--iterations", "3", "--quiet"];
    let (status, out, err) = end(program(&args).output().unwrap());
    assert!(status == Some(1) && out.contains("training accuracy: "), "{out}");
    assert!(err.starts_with("xor: TwoNet has not learned: "), "{err}");
}

#[test]
fn the_log_may_go_to_standard_output() {
    let (status, out, _) =
        end(program(&["--log", "-", "--iterations", "2", "--quiet"]).output().unwrap());
    assert!(status.is_some_and(|status| status < 2));
    assert!(out.contains("\niteration,loss\n1,0.6") && out.contains("\n2,0.6"), "{out}");
    assert!(!fs::exists("-").unwrap());
}

#[cfg(unix)]
#[test]
fn the_file_that_standard_output_goes_to_is_not_cut_off_by_the_log() {
    let path = path("both");
    let args = ["--iterations", "2", "--quiet", "--log", path.to_str().unwrap()];
    program(&args).stdout(fs::File::create(&path).unwrap()).status().unwrap();
    let text = fs::read_to_string(&path).unwrap();
    fs::remove_file(path).unwrap();
    assert!(text.starts_with("TwoNet learns XOR") && text.contains("\n2,0.6"), "{text}");
}

/// Linux says that the reader has gone before anything is written.
#[cfg(target_os = "linux")]
#[test]
fn a_reader_that_has_gone_ends_the_run() {
    use std::io::{BufRead, BufReader};
    use std::process::Stdio;
    let path = path("reader");
    let args = ["--iterations", "10000000", "--log", path.to_str().unwrap()];
    let mut child = program(&args).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    // The three lines before the first iteration.
    let start = BufReader::new(child.stdout.take().unwrap()).lines().take(3);
    assert!(start.map(Result::unwrap).any(|line| line.ends_with("seed 0")));
    assert!(child.wait().unwrap().success());
    let log = fs::read_to_string(&path).unwrap();
    fs::remove_file(path).unwrap();
    assert!(log.starts_with("iteration,loss\n1,"));
    assert!(log.lines().count() < 10_000_000, "the run went on to its end");
}

/// With 32 bits there is room for a stack that is larger than the memory of most machines.
#[cfg(target_pointer_width = "64")]
#[test]
fn where_no_thread_can_be_started_the_run_is_the_same() {
    const TOO_LARGE: usize = (usize::MAX / 4) & !0xffff;
    let start = std::thread::Builder::new().stack_size(TOO_LARGE).spawn(|| ());
    assert!(start.is_err(), "a stack of {TOO_LARGE} bytes");
    let args = ["--seeds", "4", "--iterations", "300", "--threads", "4", "--quiet"];
    let with_threads = end(program(&args).output().unwrap());
    assert_eq!(with_threads.0, Some(0), "{with_threads:?}");
    let without = program(&args).env("RUST_MIN_STACK", TOO_LARGE.to_string()).output().unwrap();
    assert_eq!(end(without), with_threads);
}
