//! The line of progress; it is drawn on terminals only, which a test has not.

use super::Progress;

#[test]
fn a_line_says_where_it_is_and_when_it_ends() {
    let progress = Progress::new("epoch", 1..=200, false);
    let line = progress.line(37, "loss 0.0412  accuracy 98.83 %", 37.0 * 0.42);
    let expected = "epoch 37/200  loss 0.0412  accuracy 98.83 %  0.42 s/epoch  1:08 left";
    assert_eq!(line, expected);
}

#[test]
fn a_resumed_run_counts_its_own_epochs() {
    let progress = Progress::new("epoch", 101..=200, false);
    assert_eq!(
        progress.line(110, "loss 1", 10.0),
        "epoch 110/200  loss 1  1.00 s/epoch  1:30 left"
    );
    assert_eq!(progress.line(100, "", 0.0), "epoch 100/200  0 ms/epoch  0:00 left");
}

#[test]
fn nothing_is_formatted_when_quiet() {
    struct Never;
    impl std::fmt::Display for Never {
        fn fmt(&self, _: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            panic!("formatted")
        }
    }
    let mut progress = Progress::new("epoch", 1..=3, true);
    std::thread::sleep(super::REDRAW);
    progress.show(2, Never);
}
