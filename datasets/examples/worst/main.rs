//! The inputs of less than 1 MB that cost the readers most: `cargo run -p datasets --example worst`.
//!
//! Each is read in a process of its own, which reports its time and, on Linux, by how much its
//! peak memory grew.

mod inputs;

use inputs::CASES;
use std::process::Command;
use std::time::Instant;

fn main() {
    if let Some(number) = std::env::args().nth(1) {
        let (name, make, read) = CASES[number.parse::<usize>().expect("the number of a case")];
        let bytes = make();
        let before = peak_memory();
        let start = Instant::now();
        let outcome = read(&bytes);
        let seconds = start.elapsed().as_secs_f64();
        let memory = match (before, peak_memory()) {
            (Some(before), Some(after)) => format!("{:.1} MB", (after - before) as f64 / 1e3),
            _ => "?".to_owned(),
        };
        println!("{name:<34}{:>9}{seconds:>10.3} s{memory:>10}  {outcome}", bytes.len());
        return;
    }
    println!("{:<34}{:>9}{:>12}{:>10}  outcome", "input", "bytes", "time", "memory");
    let program = std::env::current_exe().expect("this program has a path");
    for number in 0..CASES.len() {
        let status = Command::new(&program).arg(number.to_string()).status();
        assert!(status.expect("this program can be started").success());
    }
}

/// The peak memory of this process so far, in kB.
fn peak_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix(" kB")?.parse().ok()
}
