use super::*;
use std::fs;
use std::path::Path;

/// A new folder of this test, as text; the folder goes when the test ends.
struct Scratch(String);

impl Scratch {
    fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("mnist-app-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir(&folder).unwrap();
        Self(folder.to_str().unwrap().to_string())
    }

    fn path(&self, name: &str) -> String {
        format!("{}/{name}", self.0)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// The percentage at the end of the line that starts with `name`.
fn percentage(output: &str, name: &str) -> f64 {
    let line = output.lines().find_map(|line| line.strip_prefix(name)).unwrap();
    line.trim_start().split(' ').next().unwrap().parse().unwrap()
}

#[test]
fn help_fits_the_screen() {
    APP.assert_help_fits();
}

#[test]
fn two_epochs_learn_and_a_saved_run_goes_on_to_the_same_bits() {
    let scratch = Scratch::new("resume");
    let [one, two, resumed] = ["one", "two", "resumed"].map(|name| scratch.path(name));
    let log = scratch.path("log.csv");
    let run = |args: &str| {
        let args = format!("{args} --quiet");
        APP.output(&args.split(' ').collect::<Vec<_>>(), mnist)
    };
    let output = run(&format!("--epochs 2 --baseline-epochs 0 --save {two} --log {log}"));
    // numpy reaches 87 % after one epoch and 94 % after ten.
    assert!((86.0..92.0).contains(&percentage(&output, "test accuracy:")), "{output}");
    let log = fs::read_to_string(log).unwrap();
    assert!(log.starts_with("epoch,loss,batch_accuracy,seconds\n1,"), "{log}");
    assert_eq!(log.lines().count(), 3);

    run(&format!("--epochs 1 --baseline-epochs 0 --save {one} --threads 1"));
    let resumed_output =
        run(&format!("--epochs 1 --baseline-epochs 0 --resume {one} --save {resumed}"));
    let end = |output: &str| output[output.find("10000 test images, rows").unwrap()..].to_string();
    assert_eq!(end(&resumed_output), end(&output));
    assert_eq!(end(&run(&format!("--load {two}"))), end(&output));
    let mut files: Vec<_> = fs::read_dir(&two).unwrap().map(|e| e.unwrap().file_name()).collect();
    files.sort();
    assert_eq!(files.len(), 14);
    for file in files {
        let read = |folder: &str| fs::read(Path::new(folder).join(&file)).unwrap();
        assert!(read(&resumed) == read(&two), "{file:?} differs");
    }

    let digit = scratch.path("digit.pgm");
    let arguments = ["--export", "0", &digit];
    assert_eq!(APP.output(&arguments, mnist), format!("test image 0, a 7, is in {digit}\n"));
    let answer = APP.output(&["--load", &two, "--predict", &digit], mnist);
    assert!(answer.contains("\nanswer: 7, "), "{answer}");
}

#[test]
fn softmax_regression_learns() {
    let output = APP.output(&["--epochs", "1", "--baseline-epochs", "3", "--quiet"], mnist);
    assert!(percentage(&output, "softmax regression") > 90.0, "{output}");
}

#[test]
#[should_panic(
    expected = "--batch: found \"60000\", expected fewer than the 60000 training images"
)]
fn a_batch_is_smaller_than_the_set() {
    APP.output(&["--batch", "60000"], mnist);
}

#[test]
#[should_panic(expected = "--epochs: found \"0\", expected a whole number from 1 to 1000000000")]
fn no_epochs_are_refused_before_work_starts() {
    APP.output(&["--epochs", "0", "--data", "nowhere"], mnist);
}

#[test]
#[should_panic(
    expected = "ThreeNet, epoch 1, step 2: the loss is NaN; a smaller rate usually helps"
)]
fn a_loss_that_is_not_finite_stops_the_run() {
    APP.output(&["--rate", "1e38"], mnist);
}

#[test]
#[should_panic(
    expected = "--predict: found \"x.pgm\", expected --load DIR beside it, a trained net"
)]
fn a_prediction_needs_a_net() {
    APP.output(&["--predict", "x.pgm"], mnist);
}

#[test]
#[should_panic(expected = "--resume and --rate exclude each other")]
fn a_resumed_run_keeps_its_constants() {
    APP.output(&["--resume", "nowhere", "--rate", "1"], mnist);
}

#[test]
#[should_panic(expected = "ThreeNet, after epoch 1: the loss is")]
fn a_last_step_that_goes_wrong_stops_the_run_too() {
    APP.output(&["--batch", "59999", "--rate", "1e38", "--epochs", "1"], mnist);
}

#[test]
#[should_panic(expected = "--rate: found \"1e39\", expected a number that 32 bits can hold")]
fn a_rate_is_checked_as_the_number_it_becomes() {
    APP.output(&["--rate", "1e39"], mnist);
}

#[test]
#[should_panic(expected = "--export and --rate exclude each other")]
fn a_picture_needs_no_rate() {
    APP.output(&["--export", "0", "x.pgm", "--rate", "1"], mnist);
}

#[test]
#[should_panic(expected = "--load and --epochs exclude each other")]
fn a_test_trains_nothing() {
    APP.output(&["--load", "nowhere", "--epochs", "3"], mnist);
}

/// A data set of flat images: 4 rows of 28 pixels.
#[test]
fn images_of_another_shape_are_learned_and_drawn() {
    let scratch = Scratch::new("flat");
    let (data, run) = (scratch.path("data"), scratch.path("run"));
    fs::create_dir(&data).unwrap();
    for (set, n) in [("train", 40_u32), ("t10k", 20)] {
        let header = |magic: u32, shape: &[u32]| {
            let words = [&[magic], shape].concat();
            words.iter().flat_map(|word| word.to_be_bytes()).collect::<Vec<u8>>()
        };
        let pixels = (0..n * 112).map(|i| (i % 251) as u8);
        let images: Vec<u8> = header(0x803, &[n, 4, 28]).into_iter().chain(pixels).collect();
        let labels = (0..n).map(|i| (i % 10) as u8);
        let labels: Vec<u8> = header(0x801, &[n]).into_iter().chain(labels).collect();
        fs::write(format!("{data}/{set}-images-idx3-ubyte"), images).unwrap();
        fs::write(format!("{data}/{set}-labels-idx1-ubyte"), labels).unwrap();
    }
    let args = format!("--data {data} --batch 8 --epochs 2 --weights --save {run}");
    let output = APP.output(&args.split(' ').collect::<Vec<_>>(), mnist);
    assert!(output.contains("mistakes: ") && output.contains("weights into"), "{output}");
    // Folder and log exclude each other before the work starts.
    let args = format!("--data {data} --batch 8 --save {run} --log {run}/log.csv");
    let args: Vec<&str> = args.split(' ').collect();
    let error = std::panic::catch_unwind(|| APP.output(&args, mnist)).unwrap_err();
    let message = error.downcast_ref::<String>().unwrap();
    assert!(message.contains("found \"log.csv\", expected a new folder"), "{message}");
    assert!(!Path::new(&run).join("log.csv").exists());

    // A run that is kept knows its images. Others of another size are refused.
    let output = APP.output(&["--load", &run, "--quiet"], mnist);
    assert!(output.contains(&format!("\nimages in {data}\n40 images to train on")), "{output}");
    assert!(output.contains("(published: -)\n"), "{output}");
    let mnist_dir = datasets::mnist_dir();
    let args = ["--load", &run, "--quiet", "--data", mnist_dir.to_str().unwrap()];
    let error = std::panic::catch_unwind(|| APP.output(&args, mnist)).unwrap_err();
    let message = error.downcast_ref::<String>().unwrap();
    assert!(message.contains("found a net for 112 pixels, expected 784"), "{message}");
}
