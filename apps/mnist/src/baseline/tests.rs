use super::*;

/// The images of class 1 are all in the last batch, which has fewer than the others.
#[test]
fn all_images_are_learned_also_those_of_the_last_batch() {
    let n = 2 * BATCH + 2;
    let is_last = |i: usize| i >= 2 * BATCH;
    let pixels = (0..n).flat_map(|i| [if is_last(i) { 255 } else { 0 }, 7]).collect();
    let labels = (0..n).map(|i| usize::from(is_last(i))).collect();
    let images = Images { rows: 1, cols: 2, pixels, labels, classes: 2, first_label: 0 };
    let found = Baseline::new(EPOCHS, 0, [&images; 2], true).unwrap().unwrap();
    assert_eq!([found.train, found.test], [1.0; 2]);
    assert_eq!(found.published, Some("92.15 %"));
    assert!(found.schedule.starts_with("softmax regression: epochs 40, batches of 128, "));
    assert!(Baseline::new(0, 0, [&images; 2], true).unwrap().is_none());
}
