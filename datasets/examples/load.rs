//! How long it takes to read, decompress and check the MNIST files: `cargo run -p datasets --example load [FOLDER]`.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

fn main() -> ExitCode {
    let folder = std::env::args_os().nth(1).map_or_else(datasets::mnist_dir, PathBuf::from);
    let mut seconds = Vec::new();
    for _ in 0..10 {
        let start = Instant::now();
        match datasets::mnist(&folder) {
            Ok((train, test)) => {
                seconds.push(start.elapsed().as_secs_f64());
                if seconds.len() == 1 {
                    println!("{} images to train on, {} to test on", train.len(), test.len());
                }
            }
            Err(error) => {
                eprintln!("load: {error}");
                return ExitCode::FAILURE;
            }
        }
    }
    println!("first of ten times: {:.3} s", seconds[0]);
    seconds.sort_by(f64::total_cmp);
    println!("median of ten times: {:.3} s", seconds[5]);
    ExitCode::SUCCESS
}
