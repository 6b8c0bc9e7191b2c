use super::*;

#[test]
fn each_image_counts_once() {
    let labels = (0..1500).map(|i| usize::from(i >= 1000)).collect();
    let images =
        Images { rows: 1, cols: 1, pixels: vec![0; 1500], labels, classes: 2, first_label: 0 };
    // The net says the same of all, and its loss is 1 for the first thousand and 4 for the others.
    let found = Evaluation::new(&images, |part| {
        let loss = if part.start == 0 { 1.0 } else { 4.0 };
        (loss, Matrix::from_fn(part.len(), 2, |_, j| [0.25, 0.75][j]))
    });
    assert_eq!(found.loss, (1000.0 + 4.0 * 500.0) / 1500.0);
    assert_eq!((found.probs.shape(), found.accuracy), ((1500, 2), 500.0 / 1500.0));
    assert_eq!(found.predicted[1499], 1);
}
