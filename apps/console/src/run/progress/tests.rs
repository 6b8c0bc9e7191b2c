//! The text written at given times. A test has no terminal, so the times are made up.

use super::{PRINT, Progress, REDRAW, Shown, broken};
use std::io::{self, ErrorKind};
use std::mem::forget;
use std::time::Duration;

fn progress(first: usize, last: usize, shown: Shown) -> Progress {
    let mut progress = Progress::new("epoch", first..=last, true);
    progress.shown = shown;
    progress
}

#[test]
fn a_line_says_where_it_is_and_when_it_ends() {
    let progress = progress(1, 200, Shown::Nowhere);
    let line = |done, details, time| progress.line(done, details, time);
    let expected = "epoch 37/200  loss 0.0412  accuracy 98.83 %  0.42 s/epoch  1:08 left";
    assert_eq!(line(37.0, "loss 0.0412  accuracy 98.83 %", 37.0 * 0.42), expected);
    assert_eq!(line(0.25, "", 30.0), "epoch 1/200, 25 %  120.00 s/epoch  6:39:30 left");
    assert_eq!(line(0.0, "", 0.0), "epoch 1/200, 0 %  0 ms/epoch  0:00 left");
    assert_eq!(line(200.0, "", 2.0), "epoch 200/200  10.0 ms/epoch  0:00 left");
    let progress = Progress::new("softmax regression, epoch", 1..=40, true);
    let expected = "softmax regression, epoch 26/40  0.50 s/epoch  0:07 left";
    assert_eq!(progress.line(26.0, "", 13.0), expected);
}

#[test]
fn a_resumed_run_counts_its_own_epochs() {
    let progress = progress(101, 200, Shown::Nowhere);
    let expected = "epoch 110/200  loss 1  1.00 s/epoch  1:30 left";
    assert_eq!(progress.line(10.0, "loss 1", 10.0), expected);
}

#[test]
fn parts_that_are_rounded_do_not_begin_a_step_that_is_not_there() {
    for parts in [3, 10, 49, 20_000] {
        let progress = progress(1, 5, Shown::Nowhere);
        (0..5 * parts).for_each(|_| progress.add(1.0 / f64::from(parts), "").expect("added"));
        let line = progress.line(progress.state.lock().unwrap().done, "", 5.0);
        assert_eq!(line, "epoch 5/5  1.00 s/epoch  0:00 left", "{parts} parts");
    }
}

/// What is written if three epochs are done after this time.
fn shown(progress: &Progress, after: Duration) -> String {
    let (mut out, state) = (Vec::new(), &mut *progress.state.lock().unwrap());
    state.done = 3.0;
    progress.show(state, progress.start + after, "loss 1", &mut out).expect("written");
    String::from_utf8(out).expect("text")
}

const NEARLY: Duration = Duration::from_millis(1);

#[test]
fn the_line_is_redrawn_ten_times_a_second_at_most() {
    let progress = progress(1, 9, Shown::Drawn(80));
    let due = |time: Duration| !shown(&progress, time).is_empty();
    assert!(!due(Duration::ZERO) && !due(REDRAW - NEARLY));
    assert!(due(REDRAW) && !due(REDRAW) && !due(2 * REDRAW - NEARLY));
    assert!(due(2 * REDRAW) && due(9 * REDRAW));
    forget(progress); // There is nothing to wipe out.
}

#[test]
fn a_line_is_printed_every_ten_seconds_at_most_where_there_is_no_terminal() {
    let progress = progress(1, 9, Shown::Printed);
    let due = |time: Duration| shown(&progress, time);
    assert_eq!(due(PRINT - NEARLY), "");
    assert_eq!(due(PRINT), "epoch 3/9  loss 1  3.33 s/epoch  0:20 left\n");
    assert_eq!(due(2 * PRINT - NEARLY), "");
    assert_ne!(due(3 * PRINT), "");
}

#[test]
fn a_drawn_line_fits_and_leaves_the_cursor_where_it_began() {
    for width in [1, 2, 10, 50] {
        let progress = progress(1, 9, Shown::Drawn(width));
        let text = shown(&progress, PRINT);
        forget(progress);
        let line = text.strip_prefix("\r\x1b[?7l").expect("a start");
        let line = line.strip_suffix("\x1b[J\x1b[?7h\r").expect("an end");
        let whole = "epoch 3/9  loss 1  3.33 s/epoch  0:20 left";
        assert_eq!(line, &whole[..(width - 1).min(whole.len())]);
    }
}

#[test]
fn nothing_is_formatted_when_quiet() {
    struct Never;
    impl std::fmt::Display for Never {
        fn fmt(&self, _: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            panic!("formatted")
        }
    }
    let progress = progress(1, 3, Shown::Nowhere);
    let state = &mut *progress.state.lock().unwrap();
    progress
        .show(state, progress.start + PRINT, Never, &mut io::stderr())
        .expect("nothing written");
    Progress::new("epoch", 1..=3, true).say(Never).expect("nothing said");
}

#[test]
fn only_a_closed_pipe_ends_a_run_whose_progress_cannot_be_shown() {
    for (kind, ends) in [(ErrorKind::BrokenPipe, true), (ErrorKind::StorageFull, false)] {
        assert_eq!(broken(Err(kind.into())).is_err(), ends, "{kind}");
    }
}

/// So that a run that shows its progress within an epoch finds it at the end of the epoch.
#[test]
fn a_closed_pipe_is_found_again() {
    struct Closed;
    impl io::Write for Closed {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(ErrorKind::BrokenPipe.into())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let progress = progress(1, 3, Shown::Printed);
    let state = &mut *progress.state.lock().unwrap();
    for _ in 0..2 {
        assert!(progress.show(state, progress.start + PRINT, "", &mut Closed).is_err());
    }
}
