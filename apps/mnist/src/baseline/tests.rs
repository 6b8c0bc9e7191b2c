use super::*;

/// The loss is ln 2 for all images of the first batch, and a little less for those of the second.
#[test]
fn the_loss_is_that_of_an_image_whatever_batch_it_is_in() {
    let n = BATCH + 2;
    let pixels = (0..n).flat_map(|i| [255 * (i % 2) as u8, 7]).collect();
    let labels = (0..n).map(|i| i % 2).collect();
    let images = Images { rows: 1, cols: 2, pixels, labels, classes: 2, first_label: 0 };
    let mut net = SoftmaxRegression { w: Matrix::zeros(2, 2), b: Matrix::zeros(1, 2) };
    let loss = epoch(&mut net, &images, &centre(&images));
    let ln_2 = std::f64::consts::LN_2;
    assert!((0.99 * ln_2..ln_2).contains(&loss), "{loss}");
    assert!(epoch(&mut net, &images, &centre(&images)) < loss);
}
