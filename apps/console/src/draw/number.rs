//! Formatting numbers with the digits that a reader needs.

use std::fmt;

/// Formats a number with this many decimals, never as "-0.00". From 10⁵ on it uses scientific
/// notation, so that three numbers fit on a line.
pub fn fixed(value: f64, decimals: usize) -> String {
    match value.abs() {
        1e5..f64::INFINITY => format!("{value:.decimals$e}"),
        _ => plain(value, decimals),
    }
}

/// Formats a number with this many decimals, never as "-0.00".
fn plain(value: f64, decimals: usize) -> String {
    let text = format!("{value:.decimals$}");
    match text.strip_prefix('-') {
        Some(digits) if digits.chars().all(|c| c == '0' || c == '.') => digits.to_string(),
        _ => text,
    }
}

/// Formats a number with this many significant digits, in scientific notation if that is shorter:
/// 0.0412, 1.23e-9.
pub fn significant(value: f64, digits: usize) -> String {
    let digits = digits.max(1);
    if value == 0.0 || !value.is_finite() {
        return plain(value, 0);
    }
    let scientific = format!("{value:.*e}", digits - 1);
    // The exponent after rounding: with three digits, 9.996 becomes 10.0.
    let exponent: i32 = scientific.split_once('e').and_then(|(_, e)| e.parse().ok()).unwrap_or(0);
    match exponent {
        -5..=6 => plain(value, (digits as i32 - 1 - exponent).max(0) as usize),
        _ => scientific,
    }
}

/// Returns the shortest text that reads back as the same number.
pub fn shortest<T: Copy + Into<f64> + fmt::Display + fmt::LowerExp>(value: T) -> String {
    match value.into().abs() {
        1e-5..1e15 | 0.0 => format!("{value}"),
        size if size.is_finite() => format!("{value:e}"),
        _ => format!("{value}"),
    }
}

/// Formats a fraction as a percentage: 0.9883 is "98.83 %".
pub fn percent(fraction: f64) -> String {
    format!("{} %", fixed(100.0 * fraction, 2))
}

/// Formats a fraction and its standard error as percentages: "97.87 % ± 0.14 %".
pub fn uncertain(fraction: f64, error: f64) -> String {
    format!("{} ± {}", percent(fraction), percent(error))
}

/// Formats a time in the unit that suits it: "0.42 s", "3.10 ms".
pub fn seconds(time: f64) -> String {
    match time {
        ..0.0995 => format!("{} ms", significant(1e3 * time, 3)),
        _ => format!("{time:.2} s"),
    }
}

/// Formats a time in seconds as on a clock: "0:07", "1:09", "2:00:05".
pub fn clock(time: f64) -> String {
    let total = time.max(0.0).round() as u64;
    let (hours, minutes, seconds) = (total / 3600, total / 60 % 60, total % 60);
    match hours {
        0 => format!("{minutes}:{seconds:02}"),
        _ => format!("{hours}:{minutes:02}:{seconds:02}"),
    }
}

/// Formats the labels of an axis, all with the same number of decimals: enough to show the smallest
/// step with about `digits` digits. Zeros at the end are removed if all labels have them.
pub(crate) fn labels(values: &[f64], digits: i32) -> Vec<String> {
    let largest = values.iter().fold(1.0_f64, |most, v| most.max(v.abs()));
    let step = values.windows(2).fold(f64::INFINITY, |least, v| least.min((v[1] - v[0]).abs()));
    let decimals = match step {
        0.0 | f64::INFINITY => 3,
        _ => (digits - 1 - step.log10().round() as i32).max(0) as usize,
    };
    if largest.log10().floor() + decimals as f64 > 11.0 {
        return values.iter().map(|value| format!("{value:.3e}")).collect();
    }
    let texts = |decimals| values.iter().map(move |&value| plain(value, decimals));
    let zeros = texts(decimals).map(|text| text.len() - text.trim_end_matches('0').len()).min();
    texts(decimals - zeros.unwrap_or(0).min(decimals)).collect()
}

#[cfg(test)]
mod tests;
