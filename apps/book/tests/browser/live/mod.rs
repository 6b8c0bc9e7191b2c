//! The lines run in the page: they are trained, changed, written and walked through, chapter by chapter.

use crate::reader::{Browser, folder};
use book::html::json_string;
use book::{WEIGHTS, net};
use datasets::handwriting::digits;
use datasets::npz::Writer;
use datasets::{Picture, npy};
use matrix::{Matrix, Rng};
use nets::{Init, ThreeNet};
use std::fs;

/// Lines of chapter 3 as a reader might change them, and what she is told: a message, or the equations that are wrong.
const EDITS: [[&str; 3]; 12] = [
    ["3.11", "let da1 = dz2.dot(self.w2);", "dot: 4×2 by 6×2, inner sizes differ"],
    ["3.9", "let dw2 = dz2.t().dot(a1);", "at (3.15): zip_apply: 6×2 and 2×6, shapes differ"],
    ["3.12", "let dz1 = da1;", "3.12 3.13 3.14"],
    ["3.12", "let dz1 = da1.hadamard(&a1.map(relu_prime));", "3.12 3.13 3.14"],
    ["3.8", "let dz2 = probs - y;", "3.8 3.9 3.10 3.11 3.12 3.13 3.14"],
    ["3.11", "let da1 = dz2.dot(self.w2.t()) + dz2;", "add: 4×6 and 4×2, shapes differ"],
    ["3.11", "let da1 = dz2.dot(self.w3.t());", "w3: not understood here"],
    ["3.13", "let dw1 = a0.turned().dot(&dz1);", "turned(): not understood here"],
    ["3.14", "let db1 = dz1.map(twist);", "twist(): not understood here"],
    ["3.10", "let db2 = dz2.sum_of_rows() / n;", "3.10"],
    ["3.2", "let a1 = z1.map(sigmoid);", "3.12 3.13 3.14"],
    ["3.9", "let dw3 = a1.t().dot(&dz2);", "this line makes dw2, not dw3"],
];

/// Answers in the workbook of chapter 3: the hole, what is written, what is said.
const ANSWERS: [(usize, &str, &str); 8] = [
    (0, "probs - y", "✗ 1/N is missing"),
    (0, "(probs − Y)/N", "✓ right, at three random places"),
    (1, "dw2", "dw2: not understood here"),
    (1, "∇z²ᵀ · a¹", "✗ yours is the transpose"),
    (1, "let dw2 = a1.t().dot(&dz2);", "✓ right, at three random places"),
    (2, "1ᵀ ∇z²", "✓ right, at three random places"),
    (3, "∇z² W²ᵀ", "✓ right, at three random places"),
    (4, "∇a¹ ∗ relu′(a¹)", "✗ the mask of relu is taken at a1, it belongs at z1"),
];

/// The pages whose lines run.
pub(crate) const PAGES: [&str; 4] =
    ["01-one-net", "02-softmax-regression", "03-two-net", "04-three-net"];

/// What chapter 8 lets a reader change.
pub(crate) fn the_rules_run_in_the_page(browser: &mut Browser) {
    browser.go("08-how-far-how-fast.html");
    browser.run(include_str!("live.js"));
    browser.point("#live-open", true);
    for ask in ["descents()", "agreement(rules)", "agreement((ask.choose(1), rules))"] {
        assert_eq!(browser.ask(&format!("live.{ask}")), [""; 0], "chapter 8, {ask}");
    }
}

/// Everything that chapters 1 to 4 let a reader change.
pub(crate) fn the_lines_run_in_the_page(browser: &mut Browser, pages: &[&str]) {
    for &page in pages {
        browser.go(&format!("{page}.html"));
        browser.run(include_str!("live.js"));
        browser.point("#live-open", true);
        for ask in ["reader", "agreement", "trains", "settings", "holes", "walks"] {
            assert_eq!(browser.ask(&format!("live.{ask}()")), [""; 0], "{page}, {ask}");
        }
        if page == "03-two-net" {
            let edits =
                format!("live.edits({})", array(EDITS.map(|edit| array(edit.map(json_string)))));
            assert_eq!(browser.ask(&edits), [""; 0]);
            let answers = ANSWERS.map(|(hole, text, said)| {
                array([hole.to_string(), json_string(text), json_string(said)])
            });
            assert_eq!(browser.ask(&format!("live.workbook({})", array(answers))), [""; 0]);
            for ask in ["number", "wrong"] {
                assert_eq!(browser.ask(&format!("live.{ask}()")), [""; 0], "{ask}");
            }
        }
    }
}

fn array<const N: usize>(items: [String; N]) -> String {
    format!("[{}]", items.join(","))
}

/// What is drawn, stroke by stroke, in a square of 280 pixels.
const DRAWN: [&[&[[u32; 2]]]; 8] = [
    &[&[[140, 40], [140, 240]]],
    &[&[[60, 50], [220, 50], [120, 240]]],
    &[&[[90, 40], [70, 150], [220, 150]], &[[180, 60], [180, 250]]],
    &[&[[100, 60], [90, 130], [180, 140], [190, 210], [80, 230]], &[[130, 30], [220, 28]]],
    &[&[[140, 30], [70, 90], [70, 190], [140, 250], [210, 190], [210, 90], [140, 30]]],
    &[&[[30, 60], [250, 60], [30, 240], [250, 240], [30, 60], [140, 150], [30, 240]]],
    &[&[[200, 200], [210, 230]]],
    &[&[[60, 40], [60, 240]], &[[200, 60], [230, 150], [200, 240]]],
];

/// Strokes on the square: the pixels are those that `mnist --prepared` would write for the same picture, the
/// probabilities are those of the net in Rust, before and after a step of gradient descent.
pub(crate) fn a_digit_is_drawn_and_read(browser: &mut Browser) {
    let sizes = [784, 30, 20, 10];
    let mut rng = Rng::new(3);
    let [[w1, b1], [w2, b2], [w3, b3]] = [0, 1, 2].map(|l| {
        let (w, b) = Init::He.layer::<f32>([sizes[l], sizes[l + 1]], &mut rng);
        [w, b]
    });
    let mut zip = Writer::default();
    for (name, matrix) in
        [("w1", &w1), ("b1", &b1), ("w2", &w2), ("b2", &b2), ("w3", &w3), ("b3", &b3)]
    {
        zip.add(&format!("{name}.npy"), &npy::to_bytes(matrix));
    }
    zip.add("settings.txt", b"scale = 255\nrate = 0.05\n");
    let path = folder().join("drawn.npz");
    fs::write(&path, zip.finish().expect("a zip")).expect("a file");
    let weights = net::weights(&path).unwrap_or_else(|error| panic!("{error}"));
    fs::write(folder().join(WEIGHTS), weights).expect("a file");

    browser.go("06-your-own-digits.html");
    browser.run(include_str!("live.js"));
    for (at, strokes) in DRAWN.iter().enumerate() {
        browser.point("#draw-clear", true);
        let corner = browser.ask("live.corner()");
        let [left, top, scale] = [0, 1, 2].map(|i| corner[i].parse::<f64>().expect("a number"));
        for stroke in *strokes {
            let mut event = |kind: &str, [x, y]: [u32; 2]| {
                let (x, y) = (left + scale * f64::from(x), top + scale * f64::from(y));
                let params = match at % 2 {
                    0 => format!(
                        "\"type\":\"mouse{kind}\",\"x\":{x},\"y\":{y},\"button\":\"left\",\"clickCount\":1"
                    ),
                    _ if kind == "Released" => "\"type\":\"touchEnd\",\"touchPoints\":[]".into(),
                    _ => format!(
                        "\"type\":\"touch{}\",\"touchPoints\":[{{\"x\":{x},\"y\":{y}}}]",
                        if kind == "Pressed" { "Start" } else { "Move" }
                    ),
                };
                let method = if at % 2 == 0 {
                    "Input.dispatchMouseEvent"
                } else {
                    "Input.dispatchTouchEvent"
                };
                browser.driver.special(method, &params);
            };
            event("Pressed", stroke[0]);
            stroke[1..].iter().for_each(|&point| event("Moved", point));
            event("Released", stroke[stroke.len() - 1]);
        }
        browser.settle();
        let seen = browser.ask("live.drawn()");
        let bytes = from_base64(seen[0].split_once(',').expect("a data URL").1);
        let picture = Picture::decode(&bytes).unwrap_or_else(|error| panic!("{error}"));
        let found: Vec<u8> = numbers(&seen[1]);
        let marks: Vec<_> = digits(&picture).into_iter().flatten().collect();
        assert!(
            marks.iter().any(|mark| mark.pixels == found),
            "{at}: {found:?} of {}",
            marks.len()
        );
        assert_eq!(seen[2], marks.len().to_string(), "{at}");

        let clone = |a: &Matrix<f32>| a.clone();
        let mut net = ThreeNet {
            w1: clone(&w1),
            b1: clone(&b1),
            w2: clone(&w2),
            b2: clone(&b2),
            w3: clone(&w3),
            b3: clone(&b3),
        };
        let a0 = Matrix::from_slice(1, 784, &found, |&ink| f32::from(ink) / 255.0);
        let close = |line: &str, expected: &Matrix<f32>| {
            let found: Vec<f32> = numbers(line);
            let off = found.iter().zip(expected.as_slice()).map(|(a, b)| (a - b).abs());
            assert!(
                found.len() == 10 && off.fold(0.0, f32::max) < 1e-4,
                "{at}: {found:?}, {expected:?}"
            );
        };
        let acts = net.forward(&a0);
        close(&seen[3], &acts.probs);
        let y = Matrix::one_hot(&[4], 10);
        net.update(&net.backward(&a0, &acts, &y), 0.05, 0.0);
        close(&browser.ask("live.learned(4)")[0], &net.forward(&a0).probs);
        browser.point("#draw-forget", true);
    }
    assert_eq!(browser.ask("live.tests()"), [""; 0]);
}

fn numbers<T: std::str::FromStr>(line: &str) -> Vec<T> {
    line.split(',').filter_map(|x| x.parse().ok()).collect()
}

/// The bytes of a text in base 64.
fn from_base64(text: &str) -> Vec<u8> {
    let digit = |c: u8| match c {
        b'A'..=b'Z' => c - b'A',
        b'a'..=b'z' => c - b'a' + 26,
        b'0'..=b'9' => c - b'0' + 52,
        b'+' => 62,
        _ => 63,
    };
    let digits: Vec<u8> = text.trim_end_matches('=').bytes().map(digit).collect();
    let bytes = digits.chunks(4).flat_map(|part| {
        let number = (0..4).fold(0u32, |n, i| n << 6 | u32::from(*part.get(i).unwrap_or(&0)));
        number.to_be_bytes()[1..part.len()].to_vec()
    });
    bytes.collect()
}
