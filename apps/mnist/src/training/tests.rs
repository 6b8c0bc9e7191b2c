use super::*;
use crate::APP;
use console::{Options, Style};
use std::ffi::OsString;

/// A run of a small net with these options.
fn new(args: &[&str], images: &mut Images) -> Training {
    let args: Vec<OsString> = args.iter().map(OsString::from).collect();
    let options = Options::parse(APP.options, &args, Style::plain()).unwrap();
    Training::new(Settings::from_options(&options).unwrap(), images)
}

/// 40 pictures of 2 × 3 pixels in two classes.
fn pictures() -> Images {
    let pixels = (0..40 * 6).map(|i| (i * i % 251) as u8).collect();
    let labels = (0..40).map(|i| i % 2).collect();
    Images { rows: 2, cols: 3, pixels, labels, classes: 2, first_label: 1 }
}

#[test]
fn batches_begin_where_one_more_image_follows() {
    for (batch, steps) in [(8, 4), (7, 5), (39, 1), (20, 1)] {
        let mut images = pictures();
        let mut training = new(&["--batch", &batch.to_string(), "--hidden", "3"], &mut images);
        let mut parts = Vec::new();
        training.epoch(&images, |part| parts.push(part)).unwrap();
        assert_eq!(parts, vec![1.0 / steps as f64; steps], "batches of {batch}");
    }
}

#[test]
fn the_loss_of_an_epoch_is_the_mean_of_its_batches() {
    let mut images = pictures();
    // At this rate the net stays as it is.
    let mut training = new(&["--batch", "8", "--hidden", "3", "--rate", "1e-30"], &mut images);
    training.epoch(&images, |_| ()).unwrap();
    let losses = [0, 8, 16, 24].map(|start| {
        let part = start..start + 8;
        let acts = training.net.forward(&images.to_matrix(part.clone(), 1.0));
        f64::from(Net::data_loss(&acts, &images.one_hot(part)))
    });
    let mean = losses.iter().sum::<f64>() / 4.0;
    assert!((training.curve[0][0] - mean).abs() < 1e-9 * mean, "{:?}, {losses:?}", training.curve);
    assert!(training.details().starts_with(&format!("loss {mean:.4}  accuracy ")));
}

#[test]
fn a_loss_that_is_not_finite_names_its_cause() {
    let message = |args: &[&str]| {
        let mut images = pictures();
        let mut training = new(&[args, &["--hidden", "3"]].concat(), &mut images);
        training.epoch(&images, |_| ()).unwrap_err().to_string()
    };
    // Inputs that are too large, in the first steps.
    let found = message(&["--batch", "8", "--scale", "1e-36"]);
    assert!(found.contains(", epoch 1, step "), "{found}");
    assert!(
        found.ends_with("; the inputs reach 2.55e38; a larger --scale usually helps"),
        "{found}"
    );
    // Before the first step no rate has had an effect.
    let found = message(&["--batch", "8", "--scale", "1e-37", "--rate", "1e38"]);
    assert!(
        found.ends_with(
            "step 1: the loss is NaN; the inputs reach 2.55e39; a larger --scale usually helps"
        ),
        "{found}"
    );
    // After the only step of an epoch, the rate is.
    let found = message(&["--batch", "39", "--rate", "1e38"]);
    assert!(found.contains(", after epoch 1: the loss is "), "{found}");
    assert!(found.ends_with("; a smaller --rate usually helps"), "{found}");
}

#[test]
fn the_latest_of_equally_good_nets_is_the_best() {
    let mut images = pictures();
    let mut training = new(&["--batch", "8", "--hidden", "3", "--rate", "1e-7"], &mut images);
    training.epoch(&images, |_| ()).unwrap();
    let first = training.net.clone();
    training.epoch(&images, |_| ()).unwrap();
    assert_eq!(training.curve[0][1], training.curve[1][1]);
    assert!(training.best == training.net && training.net != first);
    // One that is less good is not.
    training.curve[1][1] = 2.0;
    training.epoch(&images, |_| ()).unwrap();
    assert!(training.best != training.net && training.best_accuracy() == 2.0);
}

#[test]
fn figures_are_published_of_one_run_only() {
    let is_published = |args: &[&str], epochs, [rate, lambda]: [f32; 2]| {
        let mut training = new(args, &mut pictures());
        training.curve = vec![[0.0, 0.0, 1e-3_f32.into(), 1e-3_f32.into()]; epochs];
        training.curve[epochs / 2][2..].copy_from_slice(&[rate.into(), lambda.into()]);
        training.is_published()
    };
    let usual = [1e-3, 1e-3];
    assert!(is_published(&["--seed", "5"], 200, usual));
    assert!(!is_published(&[], 199, usual) && !is_published(&[], 201, usual));
    assert!(!is_published(&[], 200, [1e-4, 1e-3]) && !is_published(&[], 200, [1e-3, 1e-4]));
    for other in ["--batch=8", "--hidden=200", "--init=he", "--scale=2", "--data=x", "--validate"] {
        assert!(!is_published(&[other], 200, usual), "{other}");
    }
}
