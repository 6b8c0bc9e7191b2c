//! Digits as readers want them.

use super::{clock, fixed, labels, percent, seconds, shortest, significant, uncertain};

#[test]
fn no_negative_zero() {
    assert_eq!(fixed(-0.004, 2), "0.00");
    assert_eq!(fixed(-0.0, 0), "0");
    assert_eq!(fixed(-0.006, 2), "-0.01");
}

#[test]
fn large_numbers_do_not_fill_a_line() {
    let values = [99999.5, 1e5, -5.91207512596e11, f64::MAX, f64::INFINITY];
    let texts = ["99999.50", "1.00e5", "-5.91e11", "1.80e308", "inf"];
    assert_eq!(values.map(|value| fixed(value, 2)), texts);
}

#[test]
fn significant_digits() {
    let values = [0.0412, 9.996, 1.23e-9, 12345.678, 0.0, -0.000012345, 1e7, 0.99996, f64::NAN];
    let texts = ["0.0412", "10.0", "1.23e-9", "12346", "0", "-0.0000123", "1.00e7", "1.00", "NaN"];
    assert_eq!(values.map(|value| significant(value, 3)), texts);
    assert_eq!(significant(f64::NEG_INFINITY, 3), "-inf");
}

#[test]
fn percentages_and_times() {
    assert_eq!(percent(0.9883), "98.83 %");
    assert_eq!(percent(-1e-9), "0.00 %");
    assert_eq!(
        [0.0, 0.00042, 0.0994, 0.42].map(seconds),
        ["0 ms", "0.420 ms", "99.4 ms", "0.42 s"]
    );
    assert_eq!([-1.0, 7.4, 69.0, 7205.0].map(clock), ["0:00", "0:07", "1:09", "2:00:05"]);
    assert_eq!(clock(f64::NAN), "0:00");
}

#[test]
fn labels_have_one_precision() {
    let axis = |from, to| labels(&[from, from / 2.0 + to / 2.0, to], 4);
    assert_eq!(axis(0.0029, 2.3013), ["0.003", "1.152", "2.301"]);
    assert_eq!(axis(86.7, 97.94), ["86.70", "92.32", "97.94"]);
    assert_eq!(axis(0.0, 100.0), ["0", "50", "100"]);
    assert_eq!(axis(-0.5, 1.5), ["-0.5", "0.5", "1.5"]);
    assert_eq!(axis(1e-10, 3e-10), ["1.000e-10", "2.000e-10", "3.000e-10"]);
    assert_eq!(axis(7.0, 7.0), ["7", "7", "7"]);
    assert_eq!(labels(&[0.0, 0.1, 0.2, 0.3], 3), ["0.0", "0.1", "0.2", "0.3"]);
}

#[test]
fn numbers_read_back_as_they_were() {
    let texts = ["0", "-0", "1", "0.1", "1e-7", "1.7976931348623157e308", "5e-324", "-inf"];
    let values = [0.0, -0.0, 1.0, 0.1, 1e-7, f64::MAX, 5e-324, f64::NEG_INFINITY];
    assert_eq!(values.map(shortest), texts);
    for value in values {
        assert_eq!(shortest(value).parse::<f64>().expect("a number").to_bits(), value.to_bits());
    }
}

#[test]
fn a_share_stands_beside_its_standard_error() {
    assert_eq!(uncertain(0.97872, 0.00144), "97.87 % ± 0.14 %");
}
