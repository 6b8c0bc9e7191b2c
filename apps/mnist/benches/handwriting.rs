//! How well and how fast pictures of digits are read: `cargo bench -p mnist`.
//!
//! 500 of MNIST's test digits, drawn large on uneven paper, are read by the net that `--predict`
//! uses; it is trained first if there is none yet. With `--quick` 15 of them are prepared only.

#[path = "../tests/drawn/mod.rs"]
mod drawn;
#[path = "../tests/net/mod.rs"]
mod net;

use datasets::{Images, Picture, handwriting, png};
use matrix::Rng;
use nets::ThreeNet;
use nets::metrics::predictions;
use std::env;
use std::hint::black_box;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Instant;

fn main() {
    let quick = env::args().any(|arg| arg == "--quick");
    let (_, test) = datasets::mnist(&datasets::mnist_dir()).expect("the data of this repository");
    let mut rng = Rng::new(18);
    let count = if quick { 15 } else { 500 };
    let images: Vec<usize> = (0..count).map(|number| number * test.len() / count).collect();
    let mut seen = Vec::new();
    for (number, &i) in images.iter().enumerate() {
        let picture = drawn::picture(test.image(i), number, &mut rng);
        let lines = handwriting::digits(&png::parse(&picture).expect("a picture"));
        seen.push(lines.into_iter().flatten().collect::<Vec<_>>());
    }
    let single = seen.iter().filter(|digits| digits.len() == 1).count();
    println!("{count} digits drawn, {single} of them found as one mark");
    if !quick {
        let net = net::load(&kept());
        let is_right =
            |i: usize, pixels: &[u8]| usize::from(net::answer(&net, pixels) == test.labels[i]);
        let originals: usize = images.iter().map(|&i| is_right(i, test.image(i))).sum();
        let drawn = |(&i, digits): (&usize, &Vec<handwriting::Digit>)| match &digits[..] {
            [digit] => is_right(i, &digit.pixels),
            _ => 0,
        };
        let drawn: usize = images.iter().zip(&seen).map(drawn).sum();
        let percent = |right: usize| 100.0 * right as f64 / count as f64;
        println!("originals read right: {:.1} %", percent(originals));
        println!("drawn ones read right: {:.1} %", percent(drawn));
        println!("\n{}", unsure(&net, &test));
    }

    let (rows, cols) = if quick { (300, 400) } else { (3000, 4000) };
    let photo = drawn::photo(test.image(0), rows, cols, &mut rng);
    let pixels = (rows * cols) as f64 / 1e6;
    let best = |run: &dyn Fn()| {
        let seconds = (0..5).map(|_| {
            let start = Instant::now();
            run();
            start.elapsed().as_secs_f64()
        });
        1e3 * seconds.fold(f64::INFINITY, f64::min)
    };
    let megabytes = photo.len() as f64 / 1e6;
    println!("a photo of {pixels:.2} million pixels in colour, {megabytes:.1} MB as PNG");
    println!("decoded in {:.0} ms", best(&|| drop(black_box(png::parse(&photo)))));
    let picture: Picture = png::parse(&photo).expect("a picture");
    println!("prepared in {:.0} ms", best(&|| drop(black_box(handwriting::digits(&picture)))));
}

/// How many of the test digits read wrongly, and of those read rightly, the net is not sure of: their
/// best probability is below 0.9.
fn unsure(net: &ThreeNet<f32>, test: &Images) -> String {
    let probs = net.forward(&test.to_matrix(0..test.len(), 1.0)).probs;
    let (mut unsure, mut all) = ([0usize; 2], [0usize; 2]);
    for ((row, answer), &label) in probs.iter_rows().zip(predictions(&probs)).zip(&test.labels) {
        let is_right = usize::from(answer == label);
        all[is_right] += 1;
        unsure[is_right] += usize::from(row[answer] < 0.9);
    }
    let [wrong, right] = [0, 1].map(|i| 100.0 * unsure[i] as f64 / all[i] as f64);
    format!(
        "the {} test digits: {} read wrong, {wrong:.0} % of them with a probability below 0.9;\n\
         of those read right {right:.1} %\n",
        test.len(),
        all[0],
    )
}

/// The file of the net that `--predict` uses.
fn kept() -> PathBuf {
    let file = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../target/mnist-net.npz"));
    if !file.is_file() {
        // Nothing to read is an error, after the net is trained.
        let mut command = Command::new(env!("CARGO_BIN_EXE_mnist"));
        let _ =
            command.args(["--predict", "-"]).stdin(Stdio::null()).stderr(Stdio::null()).status();
    }
    file
}
