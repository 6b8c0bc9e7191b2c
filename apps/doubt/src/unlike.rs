//! A net's predictions for images unlike those that it was trained on.

use crate::digits::Digits;
use console::{Style, Table, fixed, percent};
use matrix::{Matrix, Rng};
use nets::ThreeNet;
use nets::metrics::predictions;

/// How sure the net is of a thousand images of noise, and which digit it reads most often.
pub(crate) fn noise(net: &ThreeNet<f32>, rng: &mut Rng, style: Style) -> String {
    const N: usize = 1000;
    let mut table = Table::new(["noise", "mean confidence", "sure to 90 %", "read most as"]);
    let mut uniform = Matrix::zeros(N, 784);
    (0..N).for_each(|i| uniform.row_mut(i).iter_mut().for_each(|x| *x = rng.below(256) as f32));
    // As many pixels with ink as in a digit.
    let sparse = uniform.map(|x| if x < 0.19 * 256.0 { 255.0 } else { 0.0 });
    for (name, a0) in [("each pixel 0 to 255", uniform), ("each fifth pixel 255", sparse)] {
        let probs = net.forward(&a0).probs;
        let answers = predictions(&probs);
        let confidence = |i: usize| f64::from(probs[(i, answers[i])]);
        let mean = (0..N).map(confidence).sum::<f64>() / N as f64;
        let sure = (0..N).filter(|&i| confidence(i) >= 0.9).count() as f64 / N as f64;
        let count = |k: usize| answers.iter().filter(|&&answer| answer == k).count();
        let digit = (1..10).fold(0, |best, k| if count(k) > count(best) { k } else { best });
        let share = percent(count(digit) as f64 / N as f64);
        table.row([name.into(), percent(mean), percent(sure), format!("{digit}: {share}")]);
    }
    table.draw(style)
}

/// Accuracy, loss and confidence if all images are moved by some pixels, the mean of four
/// directions.
pub(crate) fn shifts(net: &ThreeNet<f32>, test: &Digits<'_>, style: Style) -> String {
    let mut table = Table::new(["pixels", "accuracy", "loss", "mean confidence"]);
    for by in 0..=4 {
        let said = [(0, 1), (0, -1), (1, 0), (-1, 0)].map(|(down, right)| {
            test.evaluate_changed(net, |a0| shifted(&a0, 28, [down * by, right * by]))
        });
        let mean = |of: fn(&crate::digits::Said) -> f64| said.iter().map(of).sum::<f64>() / 4.0;
        table.row([
            by.to_string(),
            percent(mean(|said| said.accuracy)),
            fixed(mean(|said| said.loss), 4),
            percent(mean(crate::digits::Said::confidence)),
        ]);
    }
    table.draw(style)
}

/// The images, one in each row, moved down and to the right; 0 comes in at the other side.
pub(crate) fn shifted(a0: &Matrix<f32>, side: usize, [down, right]: [i64; 2]) -> Matrix<f32> {
    Matrix::from_fn(a0.rows(), a0.cols(), |i, p| {
        let (y, x) = ((p / side) as i64 - down, (p % side) as i64 - right);
        let inside = (0..side as i64).contains(&y) && (0..side as i64).contains(&x);
        if inside { a0[(i, y as usize * side + x as usize)] } else { 0.0 }
    })
}
