#[path = "../tests/common/mod.rs"]
pub(crate) mod common;

#[path = "../../console/tests/common/mod.rs"]
pub(crate) mod app;

use super::*;
use app::{assert_help_fits, output_of};
use common::{Scratch, write_data};
use std::fs;
use std::path::Path;

/// The percentage at the end of the line that starts with `name`.
fn percentage(output: &str, name: &str) -> f64 {
    let line = output.lines().find_map(|line| line.strip_prefix(name)).unwrap();
    line.trim_start().split(' ').next().unwrap().parse().unwrap()
}

#[test]
fn help_fits_the_screen() {
    assert_help_fits(&APP);
}

#[test]
fn two_epochs_learn_and_a_saved_run_goes_on_to_the_same_bits() {
    let scratch = Scratch::new("resume");
    let [one, two, resumed] = ["one.npz", "two.npz", "resumed.npz"].map(|name| scratch.path(name));
    let log = scratch.path("log.csv");
    let run = |args: &[&str]| output_of(&APP, &[args, &["--quiet"]].concat(), mnist);
    let new = |epochs, more: &[&str]| {
        run(&[&["--epochs", epochs, "--baseline-epochs", "0"], more].concat())
    };
    let output = new("2", &["--save", &two, "--log", &log]);
    // numpy reaches 87 % after one epoch and 94 % after ten.
    assert!((86.0..92.0).contains(&percentage(&output, "test accuracy:")), "{output}");
    let log = fs::read_to_string(log).unwrap();
    assert!(log.starts_with("epoch,loss,batch_accuracy,seconds\n1,"), "{log}");
    assert_eq!(log.lines().count(), 3);

    new("1", &["--save", &one, "--threads", "1"]);
    let resumed_output = new("1", &["--resume", &one, "--save", &resumed]);
    let results = |output: &str| {
        let start = output.find("10000 test images, rows").unwrap();
        let end = output.find("\nsaved after epoch 2 in ").unwrap_or(output.len() - 1);
        output[start..end].to_string()
    };
    assert_eq!(results(&resumed_output), results(&output));
    assert_eq!(results(&run(&["--load", &two])), results(&output));
    assert!(fs::read(&two).unwrap() == fs::read(&resumed).unwrap());

    let digit = scratch.path("digit.pgm");
    let arguments = ["--export", "0", &digit];
    assert_eq!(output_of(&APP, &arguments, mnist), format!("test image 0, a 7, is in {digit}\n"));
    let answer = output_of(&APP, &["--load", &two, "--predict", &digit], mnist);
    assert!(answer.contains("\nanswer: 7, "), "{answer}");
}

#[test]
fn other_depths_and_batches_learn() {
    let args = ["--epochs", "1", "--baseline-epochs", "0", "--quiet"];
    let output =
        output_of(&APP, &[&args[..], &["--hidden", "40", "--batch", "4096"]].concat(), mnist);
    assert!(output.contains("DeepNet 784-40-10, epochs 1 to 1,\nbatches of 4096"), "{output}");
    assert!(percentage(&output, "test accuracy:") > 30.0, "{output}");
    let he = ["--hidden", "30,20,10", "--init", "he", "--scale", "255", "--rate", "0.1"];
    let output = output_of(&APP, &[&args[..], &he].concat(), mnist);
    assert!(output.contains("DeepNet 784-30-20-10-10, epochs"), "{output}");
    assert!(percentage(&output, "test accuracy:") > 80.0, "{output}");
}

#[test]
fn images_held_back_choose_the_net() {
    let args =
        ["--validate", "--hidden", "30", "--epochs", "2", "--baseline-epochs", "0", "--quiet"];
    let output = output_of(&APP, &args, mnist);
    assert!(output.contains("50000 images to train on, 10000 to test on"), "{output}");
    assert!(
        output.contains("10000 images held back: their loss is least after epoch 2, "),
        "{output}"
    );
    let message = error(&[&args[..], &["--save", "run.npz"]].concat());
    assert!(message.ends_with("--validate and --save exclude each other"), "{message}");
}

#[test]
#[should_panic(expected = "--hidden: found \"1,2,3,4,5,6,7\", expected 1 to 6 whole numbers")]
fn seven_layers_are_too_many() {
    output_of(&APP, &["--hidden", "1,2,3,4,5,6,7"], mnist);
}

#[test]
fn an_export_replaces_an_export_and_nothing_else() {
    let scratch = Scratch::new("export");
    let [data, file] = ["data", "picture.pgm"].map(|name| scratch.path(name));
    write_data(&data, "", 40, [4, 28], 0, 10);
    let export = |n, file: &str| ["--data", &data, "--export", n, file].map(String::from);
    let run = |args: &[String]| {
        output_of(&APP, &args.iter().map(String::as_str).collect::<Vec<_>>(), mnist)
    };
    let refused = |args: &[String]| error(&args.iter().map(String::as_str).collect::<Vec<_>>());
    for n in ["0", "7"] {
        assert_eq!(run(&export(n, &file)), format!("test image {n}, a {n}, is in {file}\n"));
    }
    // A picture of this size that is not in the set may be the work of a person.
    let exported = fs::read(&file).unwrap();
    let mut drawn = exported.clone();
    *drawn.last_mut().unwrap() = 77;
    for (name, bytes) in
        [("drawn.pgm", &drawn[..]), ("thesis.txt", b"years of work"), ("none", b"")]
    {
        let file = scratch.path(name);
        fs::write(&file, bytes).unwrap();
        let message = refused(&export("0", &file));
        assert!(message.ends_with("found a file that was not written here, expected a new one"));
        assert_eq!(fs::read(&file).unwrap(), bytes);
    }
    let images = Path::new(&data).join("test-images-idx3-ubyte");
    let before = fs::read(&images).unwrap();
    refused(&export("0", images.to_str().unwrap()));
    assert_eq!(fs::read(&images).unwrap(), before);
    // `-` is standard output, and no folder.
    let out = std::cell::RefCell::new(Vec::new());
    let args = export("7", "-").map(std::ffi::OsString::from);
    APP.answer(&args, console::Style::plain(), &mut *out.borrow_mut(), mnist).unwrap();
    assert_eq!(*out.borrow(), exported);
    for name in ["--save", "--load", "--resume", "--data"] {
        let message = error(&[name, "-"]);
        assert!(
            message.ends_with(&format!("{name}: found \"-\", expected a file or folder")),
            "{message}"
        );
    }
    assert!(!Path::new("-").exists());
}

#[test]
fn softmax_regression_learns() {
    let output = output_of(
        &APP,
        &["--epochs", "1", "--hidden", "5", "--baseline-epochs", "1", "--quiet"],
        mnist,
    );
    assert!(percentage(&output, "softmax regression") > 88.0, "{output}");
    // Both rows of the table, and the last line.
    assert_eq!(output.matches(" % ± 0.").count(), 3, "{output}");
}

#[test]
#[should_panic(
    expected = "--batch: found \"60000\", expected fewer than the 60000 training images"
)]
fn a_batch_is_smaller_than_the_set() {
    output_of(&APP, &["--batch", "60000"], mnist);
}

#[test]
#[should_panic(expected = "--epochs: found \"0\", expected a whole number from 1 to 1000000000")]
fn no_epochs_are_refused_before_work_starts() {
    output_of(&APP, &["--epochs", "0", "--data", "nowhere"], mnist);
}

#[test]
#[should_panic(
    expected = "ThreeNet, epoch 1, step 2: the loss is NaN; a smaller --rate usually helps"
)]
fn a_loss_that_is_not_finite_stops_the_run() {
    output_of(&APP, &["--rate", "1e38", "--hidden", "5,4"], mnist);
}

#[test]
#[should_panic(expected = "--resume and --batch exclude each other")]
fn a_resumed_run_keeps_its_batches() {
    output_of(&APP, &["--resume", "nowhere", "--batch", "1"], mnist);
}

#[test]
#[should_panic(expected = "ThreeNet, after epoch 1: the loss is")]
fn a_last_step_that_goes_wrong_stops_the_run_too() {
    output_of(&APP, &["--batch", "59999", "--rate", "1e38", "--hidden", "5,4"], mnist);
}

#[test]
#[should_panic(expected = "--rate: found \"1e39\", expected a number of 32 bits above 0")]
fn a_rate_is_checked_as_the_number_it_becomes() {
    output_of(&APP, &["--rate", "1e39"], mnist);
}

#[test]
#[should_panic(
    expected = "reads all test images alike; the inputs reach 2.55e-18; a smaller --scale"
)]
fn inputs_of_next_to_nothing_teach_nothing() {
    let scratch = Scratch::new("nothing");
    let data = scratch.path("data");
    write_data(&data, "", 40, [4, 4], 0, 3);
    let args = ["--data", &data, "--batch", "8", "--epochs", "2", "--scale", "1e20"];
    output_of(&APP, &args, mnist);
}

#[test]
#[should_panic(expected = "--export and --rate exclude each other")]
fn a_picture_needs_no_rate() {
    output_of(&APP, &["--export", "0", "x.pgm", "--rate", "1"], mnist);
}

#[test]
#[should_panic(expected = "lost.png: no such file or folder")]
fn a_picture_that_is_not_there_needs_no_net() {
    output_of(&APP, &["--load", "nowhere", "--predict", "lost.png"], mnist);
}

#[test]
#[should_panic(expected = "--load and --epochs exclude each other")]
fn a_test_trains_nothing() {
    output_of(&APP, &["--load", "nowhere", "--epochs", "3"], mnist);
}

#[test]
fn there_are_as_many_classes_as_the_labels_have() {
    let scratch = Scratch::new("letters");
    let [letters, digits, run] = ["letters", "digits", "run.npz"].map(|name| scratch.path(name));
    write_data(&letters, "emnist-letters-", 208, [8, 6], 1, 26);
    write_data(&digits, "", 208, [6, 8], 0, 10);
    let new = ["--data", &letters, "--transpose", "--batch", "26", "--epochs", "2", "--save", &run];
    let output = output_of(&APP, &new, mnist);
    assert!(output.contains("ThreeNet 48-200-80-26, epochs 1 to 2"), "{output}");
    assert!(output.contains("the most frequent mistakes\ntrue  read as  images\n"), "{output}");
    assert!(output.contains("recall by class\n 1 ") && output.contains("\n26 "), "{output}");
    let output = output_of(&APP, &["--load", &run, "--quiet"], mnist);
    assert!(output.contains("ThreeNet 48-200-80-26, 2 epochs"), "{output}");
    // As many pixels and classes, but lines where columns were.
    let turned = scratch.path("turned");
    write_data(&turned, "", 208, [6, 8], 1, 26);
    let message = error(&["--load", &run, "--data", &turned]);
    assert!(
        message.contains("of 6×8 pixels in 26 classes, expected 8×6 pixels in 26"),
        "{message}"
    );
    let message = error(&["--load", &run, "--data", &digits]);
    let expected =
        "found a net for images of 6×8 pixels in 26 classes, expected 8×6 pixels in 10 classes";
    assert!(message.contains(expected), "{message}");
}

/// The images of another data set are not prepared as MNIST's were, and classes have their names.
#[test]
fn pictures_for_another_net_are_seen_as_they_are() {
    let scratch = Scratch::new("as-they-are");
    let [data, run, digit, seen] =
        ["data", "run.npz", "digit.pgm", "seen.pgm"].map(|name| scratch.path(name));
    write_data(&data, "", 40, [28, 28], 1, 3);
    let new = "--batch 8 --epochs 1 --hidden 3 --scale 255 --data";
    let train = new.split(' ').chain([&*data, "--save", &run]).collect::<Vec<_>>();
    output_of(&APP, &train, mnist);
    let export = ["--data", &data, "--export", "3", &digit];
    assert_eq!(output_of(&APP, &export, mnist), format!("test image 3, a 1, is in {digit}\n"));
    let predict = ["--load", &run, "--predict", &digit, "--prepared", &seen];
    let output = output_of(&APP, &predict, mnist);
    assert_eq!(fs::read(&seen).unwrap(), fs::read(&digit).unwrap());
    let bars = output.lines().filter_map(|line| line.split_once(" % |"));
    let bars = bars.map(|(start, _)| start.trim().rsplit_once(' ').unwrap()).collect::<Vec<_>>();
    let names: Vec<_> = bars.iter().map(|(start, _)| start.rsplit(' ').next().unwrap()).collect();
    assert_eq!(names, ["1", "2", "3"], "{output}");
    // Divided by 255 as in training, these pixels tell the net nothing yet.
    assert!(bars.iter().all(|(_, p)| p.parse::<f64>().unwrap() < 50.0), "{output}");
}

/// A data set of flat images: 4 rows of 28 pixels.
#[test]
fn images_of_another_shape_are_learned_and_drawn() {
    let scratch = Scratch::new("flat");
    let (data, run) = (scratch.path("data"), scratch.path("run.npz"));
    write_data(&data, "", 40, [4, 28], 0, 10);
    let new = ["--data", &data, "--batch", "8", "--epochs", "2", "--weights", "--save", &run];
    let output = output_of(&APP, &new, mnist);
    assert!(output.contains("\nmistakes: "), "{output}");
    // Each class has as many test images, so the mean of the recalls is the accuracy.
    let recalls = output.split("\nrecall by class\n").nth(1).unwrap().lines().take(10);
    let recalls =
        recalls.map(|line| line.split(" % |").next().unwrap().rsplit(' ').next().unwrap());
    let mean = recalls.map(|recall| recall.parse::<f64>().unwrap()).sum::<f64>() / 10.0;
    assert_eq!(mean, percentage(&output, "test accuracy:"), "{output}");
    // J is the sum of its two parts.
    let objective = output.lines().find_map(|line| line.strip_prefix("J = ")).unwrap();
    let numbers = objective.split(' ').filter_map(|word| word.parse::<f64>().ok());
    let [j, data_loss, regulariser] = *numbers.collect::<Vec<_>>() else { panic!("{objective}") };
    assert!((j - data_loss - regulariser).abs() < 1e-9 && regulariser > 0.0, "{objective}");
    // It hardly moves in two epochs.
    let mean = output.split("mean data loss of the batches in the last epoch: ").nth(1).unwrap();
    let mean: f64 = mean.lines().next().unwrap().parse().unwrap();
    assert!((data_loss - mean).abs() < 0.05 * mean, "{output}");
    let drawn =
        ["weights of the first layer: 9 of 200", "seen by the second layer, W1 times W2: 9 of 80"];
    for title in drawn {
        assert!(
            output.contains(&format!("\n{title} units, with the largest norm\nunit ")),
            "{output}"
        );
    }

    // A saved run knows its images. Others of another size are refused.
    let output = output_of(&APP, &["--load", &run, "--quiet"], mnist);
    assert!(output.contains(&format!("\nimages in {data}\n40 images to train on")), "{output}");
    assert!(!output.contains("published:") && !output.contains("weights of the"), "{output}");
    let mnist_dir = datasets::mnist_dir();
    let args = ["--load", &run, "--quiet", "--data", mnist_dir.to_str().unwrap()];
    let message = error(&args);
    let expected = ": found a net for images of 4×28 pixels in 10 classes, expected 28×28 pixels in 10 classes";
    assert!(message.contains(expected), "{message}");

    // So are pictures of another size.
    let digit = scratch.path("digit.pgm");
    output_of(&APP, &["--export", "0", &digit], mnist);
    let message = error(&["--load", &run, "--predict", &digit]);
    assert!(message.ends_with("digit.pgm: found 28×28 pixels, expected 4×28"), "{message}");

    // Where they are not any more, the message says what to do.
    fs::rename(&data, scratch.path("moved")).unwrap();
    let message = error(&["--load", &run, "--quiet"]);
    let expected = "data: no such file or folder; --data DIR says where the images are";
    assert!(message.ends_with(expected), "{message}");
    assert_eq!(error(&["--resume", &run, "--epochs", "1"]), message);
    let moved = ["--resume", &run, "--data", &scratch.path("moved"), "--epochs", "1"];
    let other = ["--save", &scratch.path("other.npz"), "--lambda", "0"];
    let output = output_of(&APP, &[&moved[..], &other].concat(), mnist);
    assert!(output.contains("rate 0.001, lambda 0.001, from epoch 3 on 0, seed"), "{output}");
    let output =
        output_of(&APP, &[&moved[..], &["--save", &run, "--rate", "1e-4"]].concat(), mnist);
    // From then on the run has the changed rate.
    let changed = "rate 0.001, from epoch 3 on 0.0001, lambda 0.001, seed";
    assert!(output.contains(changed), "{output}");
    assert!(output.ends_with(&format!("\nsaved after epoch 3 in {run}\n")), "{output}");
    let output = output_of(&APP, &["--load", &run], mnist);
    assert!(output.contains("moved\n40 images to train on"), "{output}");
    assert!(output.contains(changed), "{output}");
}

/// What the app says of a run that fails.
#[track_caller]
fn error(args: &[&str]) -> String {
    let error = std::panic::catch_unwind(|| output_of(&APP, args, mnist)).unwrap_err();
    error.downcast_ref::<String>().unwrap().clone()
}
