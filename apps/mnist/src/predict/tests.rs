use super::*;
use crate::tests::app::{answer_of, output_of};
use crate::tests::common::Scratch;
use crate::{APP, mnist};
use console::Style;
use std::path::Path;
use std::sync::{Arc, Mutex, Weak};

/// A net that was trained for a moment, kept as the one for `--predict` is. The folder goes with the
/// last test that has it. The next net has another: the first may be going just now.
fn net() -> Arc<Scratch> {
    static NET: Mutex<(usize, Weak<Scratch>)> = Mutex::new((0, Weak::new()));
    let mut guard = NET.lock().unwrap();
    let (number, net) = &mut *guard;
    net.upgrade().unwrap_or_else(|| {
        *number += 1;
        let scratch = Scratch::new(&format!("predict-{number}"));
        output_of(&APP, &["--quiet", "--hidden", "60,30", "--epochs", "2"], |options, _| {
            net_in(scratch.path("net.npz").as_ref(), options).map(|_| ())
        });
        let scratch = Arc::new(scratch);
        *net = Arc::downgrade(&scratch);
        scratch
    })
}

/// What the program prints for these pictures.
fn predict(args: &[&str]) -> String {
    output_of(&APP, &[&["--load", &net().path("net.npz"), "--predict"], args].concat(), mnist)
}

#[track_caller]
fn assert_error(args: &[&str], expected: &str) {
    let net = net().path("net.npz");
    let (_, outcome) = answer_of(&APP, &[&["--load", &net, "--predict"], args].concat(), mnist);
    assert_eq!(outcome.unwrap_err().to_string(), expected);
}

/// These test images, six times as large, next to and below each other on light grey paper.
fn drawn(lines: &[&[usize]]) -> Picture {
    let (_, test) = datasets::mnist(&datasets::mnist_dir()).unwrap();
    let cols = 170 * lines.iter().map(|line| line.len()).max().unwrap();
    let shade = |y: usize, x: usize| {
        let image = lines[y / 170].get(x / 170).map(|&i| test.image(i));
        let pixel = |image: &[u8]| image.get(y % 170 / 6 * 28 + x % 170 / 6).copied();
        200 - (f64::from(image.and_then(pixel).unwrap_or(0)) * 0.7) as u8
    };
    let rows = 170 * lines.len();
    let pixels = (0..rows * cols).map(|i| shade(i / cols, i % cols)).collect();
    Picture { rows, cols, pixels }
}

#[test]
fn a_net_is_trained_once_and_kept() {
    let scratch = net();
    let file = &scratch.path("net.npz");
    // Nothing else is left, and a second call reads what is there: other epochs change nothing.
    assert_eq!(fs::read_dir(&scratch.0).unwrap().count(), 1);
    let net = |file: &str| {
        let mut found = 0;
        let (_, outcome) = answer_of(&APP, &["--quiet", "--epochs", "1000"], |options, _| {
            found = net_in(file.as_ref(), options)?.curve.len();
            Ok(())
        });
        outcome.map(|()| found).map_err(|error| error.to_string())
    };
    assert_eq!(net(file), Ok(2));
    let damaged = Scratch::new("damaged").path("net.npz");
    fs::create_dir(Path::new(&damaged).parent().unwrap()).unwrap();
    fs::write(&damaged, "nothing").unwrap();
    let message = net(&damaged).unwrap_err();
    assert!(message.starts_with(&format!("{damaged}: byte 0: found text")), "{message}");
    assert!(message.ends_with("without this file the net is trained again"), "{message}");
    fs::remove_dir_all(Path::new(&damaged).parent().unwrap()).unwrap();
}

#[test]
fn one_digit_is_shown_with_its_probabilities() {
    let (_net, scratch) = (net(), Scratch::new("one"));
    let path = scratch.path("seven.png");
    drawn(&[&[0]]).write(path.as_ref()).unwrap();
    let output = predict(&[&path]);
    assert_eq!(output.lines().next(), Some(&*path));
    assert_eq!(output.lines().filter(|line| line.contains(" % |")).count(), 10, "{output}");
    assert!(output.contains("\nanswer: 7, "), "{output}");
    let quiet = predict(&[&path, "--quiet"]);
    assert!(quiet.lines().count() <= 3 && quiet.contains("\nanswer: 7, "), "{quiet}");
}

#[test]
fn several_digits_are_read_line_by_line() {
    let (_net, scratch) = (net(), Scratch::new("several"));
    let path = scratch.path("digits.pgm");
    drawn(&[&[0, 1, 2], &[3, 4]]).write(path.as_ref()).unwrap();
    let output = predict(&[&path]);
    assert!(output.contains("\nanswer: 7 2 1, each at least "), "{output}");
    assert!(output.contains("\nanswer: 0 4, each at least "), "{output}");
}

#[test]
fn a_test_image_is_seen_as_it_is() {
    let (_net, scratch) = (net(), Scratch::new("exact"));
    let [digit, png, seen] = ["digit.pgm", "digit.png", "seen.PNG"].map(|name| scratch.path(name));
    for path in [&digit, &png] {
        output_of(&APP, &["--export", "5", path], mnist);
        predict(&[path, "--prepared", &seen]);
        let picture = Picture::read(path.as_ref()).unwrap();
        assert_eq!(Picture::read(seen.as_ref()).unwrap(), picture);
    }
    assert!(datasets::png::is_png(&fs::read(&seen).unwrap()));
    // All digits of all pictures, a row for each line of writing.
    let path = scratch.path("digits.png");
    drawn(&[&[0, 1, 2], &[3, 4]]).write(path.as_ref()).unwrap();
    predict(&[&path, &digit, "--prepared", &seen]);
    let picture = Picture::read(seen.as_ref()).unwrap();
    assert_eq!((picture.rows, picture.cols), (3 * 28, 3 * 28));
    let last = |y: usize| &picture.pixels[(56 + y) * 84..][..28];
    let rows: Vec<u8> = (0..28).flat_map(last).copied().collect();
    assert_eq!(rows, Picture::read(digit.as_ref()).unwrap().pixels);
}

#[test]
fn nothing_else_is_written_over() {
    let (_net, scratch) = (net(), Scratch::new("over"));
    let files = ["digit.pgm", "note.pgm", "large.png", "wide.png"];
    let [digit, note, large, wide] = files.map(|name| scratch.path(name));
    output_of(&APP, &["--export", "5", &digit], mnist);
    fs::write(&note, "to be kept").unwrap();
    drawn(&[&[0]]).write(large.as_ref()).unwrap();
    Picture { rows: 28, cols: 30, pixels: vec![0; 28 * 30] }.write(wide.as_ref()).unwrap();
    let read = format!("{digit}: this file is read, expected another one to write to");
    assert_error(&[&digit, "--prepared", &digit], &read);
    for path in [&note, &large, &wide] {
        let message = format!("{path}: found a file that was not written here, expected a new one");
        assert_error(&[&digit, "--prepared", path], &message);
        let (_, outcome) = answer_of(&APP, &["--export", "5", path], mnist);
        assert_eq!(outcome.unwrap_err().to_string(), message);
    }
    assert_eq!(fs::read(&note).unwrap(), b"to be kept");
}

#[test]
fn files_and_folders_become_a_table() {
    let (net, scratch) = (net(), Scratch::new("table"));
    let folder = scratch.path("pictures");
    fs::create_dir(&folder).unwrap();
    let path = |name: &str| Path::new(&folder).join(name).to_str().unwrap().to_owned();
    drawn(&[&[0]]).write(path("b.png").as_ref()).unwrap();
    drawn(&[&[3, 4]]).write(path("a.PGM").as_ref()).unwrap();
    let blank = Picture { rows: 50, cols: 50, pixels: vec![255; 2500] };
    blank.write(path("c.png").as_ref()).unwrap();
    fs::write(path("notes.txt"), "no picture").unwrap();
    // A Mac's notes on a picture.
    fs::write(path("._b.png"), b"\0\x05\x16\x07").unwrap();
    let output = predict(&[&folder]);
    let rows: Vec<&str> = output.lines().skip(2).collect();
    assert!(rows[0].contains("a.PGM  0 4 ") && rows[1].contains("b.png  7 "), "{output}");
    assert!(rows[2].ends_with("c.png  -               -  no mark"), "{output}");
    assert!(output.ends_with(&format!("{}\n", NO_MARK.advice)), "{output}");

    fs::write(path("photo.jpg"), b"\xff\xd8\xff\xe0 and more").unwrap();
    let args = ["--load", &net.path("net.npz"), "--predict", &folder, &path("b.png")];
    let (output, outcome) = answer_of(&APP, &args, mnist);
    assert_eq!(output.matches("b.png  7 ").count(), 2, "{output}");
    let problem = format!(
        "1 of 5 pictures not read: {}: byte 0: found a JPEG picture, expected a PNG, PGM or PPM \
         picture: convert it with `magick FILE picture.png`",
        path("photo.jpg")
    );
    assert_eq!(outcome.unwrap_err().to_string(), problem);
    let empty = scratch.path("empty");
    fs::create_dir(&empty).unwrap();
    let message =
        format!("{empty}: found no picture in this folder, expected files such as digit.png");
    assert_error(&[&empty], &message);
}

#[test]
fn what_is_unlike_mnist_gets_advice() {
    let (_net, scratch) = (net(), Scratch::new("advice"));
    let path = scratch.path("mark.png");
    let mut picture = Picture { rows: 200, cols: 300, pixels: vec![255; 60_000] };
    let mut says = |bars: &[[usize; 4]], advice: &str| {
        picture.pixels.fill(255);
        for &[top, left, high, wide] in bars {
            (top..top + high).for_each(|y| picture.pixels[y * 300 + left..][..wide].fill(0));
        }
        picture.write(path.as_ref()).unwrap();
        let output = predict(&[&path]);
        assert!(output.contains(advice), "{output}");
    };
    says(&[], "answer: none\nno mark found: draw a digit");
    let blank = Picture { rows: 28, cols: 28, pixels: vec![255; 28 * 28] };
    blank.write(scratch.path("blank.png").as_ref()).unwrap();
    assert!(predict(&[&scratch.path("blank.png")]).contains("answer: none\n"));
    says(&[[20, 30, 12, 4]], "the mark has few pixels: ");
    says(&[[20, 30, 40, 200]], "wider than any digit of MNIST: ");
    says(&[[20, 30, 80, 80]], "more ink than any digit of MNIST: ");
    says(&[[20, 30, 150, 2]], "less ink than any digit of MNIST: ");
}

#[test]
fn answers_are_as_wide_as_the_terminal() {
    let reading = |_| {
        let probs = vec![("0".into(), 0.01), ("7".into(), 0.99)];
        let ranked = probs.iter().rev().cloned().collect();
        let seen = Picture { rows: 28, cols: 28, pixels: vec![0; 784] };
        Reading { seen, probs, ranked, doubt: None }
    };
    let shown = |digits: usize, width: usize| {
        let options = Options::parse(APP.options, &[], Style::plain().with_width(width)).unwrap();
        let text = shown(&vec![(0..digits).map(reading).collect()], &options);
        let widest = text.lines().map(|line| line.chars().count()).max();
        assert!(widest <= Some(width), "{width}:\n{text}");
        text
    };
    // The digit is drawn if there is room for it beside its bars.
    assert_eq!(shown(1, 47).lines().count(), 3);
    assert!(shown(1, 48).lines().count() > 14);
    for (width, lines) in [(80, 3), (120, 2), (200, 2)] {
        assert_eq!(shown(60, width).matches("answer: 7 7 7").count(), lines, "{width}");
    }
}
