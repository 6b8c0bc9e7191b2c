//! Every way to write options, and the message for every mistake.

use super::{ABOVE_0, Opt, OptionResult, Options};
use crate::draw::style::Style;
use std::ffi::OsString;
use std::ops::Bound::Excluded;

static TABLE: [Opt; 12] = [
    Opt("epochs N", "10000", "iterations"),
    Opt("rate X", "0.1", "learning rate"),
    Opt("rule WORD", "l2", "sum or l2"),
    Opt("printed-update", "", "update as printed"),
    Opt("save DIR", "", "keep the net"),
    Opt("load DIR", "", "use a net"),
    Opt("predict FILE ...", "", "classify images"),
    Opt::SEED,
    Opt::THREADS,
    Opt::LOG,
    Opt::QUIET,
    Opt::UNICODE,
];

fn parse_args(args: &[OsString]) -> OptionResult<Options> {
    Options::parse(&TABLE, args, Style::plain())
}

fn parse(line: &str) -> OptionResult<Options> {
    parse_args(&line.split_whitespace().map(OsString::from).collect::<Vec<_>>())
}

fn options(line: &str) -> Options {
    parse(line).expect("valid options")
}

#[track_caller]
fn assert_refused<T>(result: OptionResult<T>, message: &str) {
    assert_eq!(result.err().expect("an error").to_string(), message);
}

#[test]
fn defaults() {
    let options = options("");
    assert_eq!(options.get("epochs", 1..=100_000_usize), Ok(10000));
    assert_eq!(options.get("rate", ABOVE_0), Ok(0.1));
    assert_eq!((options.seed(), options.threads()), (Ok(0), Ok(None)));
    assert_eq!((options.text("log"), options.text("rule")), (None, Some("l2")));
    assert!(!options.has("printed-update") && !options.has("epochs") && !options.quiet());
    assert!(options.texts("predict").is_empty());
}

#[test]
fn values_with_a_blank_or_an_equals_sign() {
    let options = options("--epochs 5 --rate=1e-3 --printed-update --seed=0 --threads 2 --quiet");
    assert_eq!(options.get("epochs", 1..=100_000_usize), Ok(5));
    assert_eq!(options.get("rate", ABOVE_0), Ok(0.001));
    assert!(options.has("printed-update") && options.has("epochs") && options.quiet());
    assert_eq!((options.seed(), options.threads()), (Ok(0), Ok(Some(2))));
    assert_eq!(parse("--save=a=b").expect("valid").text("save"), Some("a=b"));
}

#[test]
fn unicode_is_part_of_the_style_wherever_it_is_given() {
    let unicode = |line| options(line).style.unicode;
    assert!(unicode("--unicode") && unicode("--quiet --unicode") && unicode("--unicode --quiet"));
    assert!(!unicode("") && !unicode("--quiet"));
}

#[test]
fn several_values() {
    let options = options("--predict a.pgm -b.pgm --seed 2");
    assert_eq!(options.texts("predict"), ["a.pgm", "-b.pgm"]);
    assert_eq!(parse("--predict=a b").expect("valid").texts("predict"), ["a", "b"]);
}

#[test]
fn choices() {
    let choice = |line: &str| options(line).choice("rule", &[("sum", 1), ("l1", 3), ("l2", 2)]);
    assert_eq!((choice(""), choice("--rule sum")), (Ok(2), Ok(1)));
    assert_refused(choice("--rule L2"), r#"--rule: found "L2", expected sum, l1 or l2"#);
}

#[test]
fn what_is_no_option() {
    assert_refused(parse("--epoch 3"), r#"unknown option "--epoch", did you mean --epochs?"#);
    assert_refused(parse("--seeed=3"), r#"unknown option "--seeed", did you mean --seed?"#);
    assert_refused(
        parse("--printed"),
        r#"unknown option "--printed", did you mean --printed-update?"#,
    );
    assert_refused(parse("--verbose"), r#"unknown option "--verbose", see --help"#);
    assert_refused(parse("--"), r#"unknown option "--", see --help"#);
    assert_refused(parse("--=x"), r#"unknown option "--", see --help"#);
    assert_refused(parse("--\x1b[31m"), r#"unknown option "--\u{1b}[31m", see --help"#);
    assert_refused(parse("data"), r#"unexpected argument "data", see --help"#);
    assert_refused(parse("-x"), r#"unexpected argument "-x", see --help"#);
    assert_refused(parse("--seed 1 2"), r#"unexpected argument "2", see --help"#);
}

#[test]
fn missing_unwanted_and_repeated_values() {
    assert_refused(parse("--epochs"), "missing value: --epochs N");
    assert_refused(parse("--epochs="), "missing value: --epochs N");
    assert_refused(parse("--epochs --quiet"), "missing value: --epochs N");
    assert_refused(parse("--predict --quiet"), "missing value: --predict FILE ...");
    assert_refused(parse("--quiet=yes"), r#"--quiet takes no value, found "yes""#);
    assert_refused(parse("--seed 1 --seed=1"), "--seed is given twice");
}

#[test]
fn whole_numbers() {
    let epochs = |line: &str| options(line).get("epochs", 1..=1_000_000_000_usize);
    let message =
        |found| format!("--epochs: found {found:?}, expected a whole number from 1 to 1000000000");
    for found in ["minus", "0", "-1", "1.5", "1e3", "99999999999999999999", "NaN", "0x10", "١"] {
        assert_refused(epochs(&format!("--epochs {found}")), &message(found));
    }
    assert_refused(
        options("--epochs 9").get("epochs", 2..=5_usize),
        r#"--epochs: found "9", expected a whole number from 2 to 5"#,
    );
    assert_refused(
        options("--seed -1").seed(),
        r#"--seed: found "-1", expected a whole number from 0 to 18446744073709551615"#,
    );
    assert_eq!(options("--seed 18446744073709551615").seed(), Ok(u64::MAX));
    assert_refused(
        options("--threads 0").threads(),
        r#"--threads: found "0", expected a whole number from 1 to 1024"#,
    );
}

#[test]
fn several_whole_numbers() {
    let sizes = |line: &str| options(line).list("epochs", 2..=2, 1..=99_usize);
    assert_eq!(sizes("--epochs 20,7"), Ok(vec![20, 7]));
    for found in ["20", "20,7,3", "20,", "0,7", "20,x", "20,100"] {
        let message = format!(
            "--epochs: found {found:?}, expected 2 whole numbers from 1 to 99 with commas between them"
        );
        assert_refused(sizes(&format!("--epochs={found}")), &message);
    }
    let sizes = |line: &str| options(line).list("epochs", 1..=6, 1..=99_usize);
    assert_eq!(sizes("--epochs 7"), Ok(vec![7]));
    assert_refused(
        sizes("--epochs 1,2,3,4,5,6,7"),
        r#"--epochs: found "1,2,3,4,5,6,7", expected 1 to 6 whole numbers from 1 to 99 with commas between them"#,
    );
}

#[test]
fn numbers() {
    let rate = |found: &str| options(&format!("--rate={found}"));
    for found in ["NaN", "inf", "-inf", "infinity", "1e999", "0", "-0.1", "1,5", "fast"] {
        let message = format!("--rate: found {found:?}, expected a finite number above 0");
        assert_refused(rate(found).get("rate", ABOVE_0), &message);
    }
    for found in ["nan", "1e999", "-1", "x"] {
        let message = format!("--rate: found {found:?}, expected a finite number, 0 or more");
        assert_refused(rate(found).get("rate", 0.0..), &message);
    }
    assert_eq!(rate("0").get("rate", 0.0..), Ok(0.0));
    let share = |found| rate(found).get("rate", (Excluded(0.0), Excluded(1.0)));
    let message = r#"--rate: found "1", expected a finite number between 0 and 1"#;
    assert_refused(share("1"), message);
    assert_eq!(share("0.5"), Ok(0.5));
}

#[test]
fn a_long_value_is_shortened() {
    let value = "9".repeat(500);
    let error = options(&format!("--rate={value}")).get("rate", ..5.0).unwrap_err().to_string();
    assert!(error.chars().count() < 100, "{error}");
}

#[test]
fn what_the_app_refuses() {
    let options = options("--save a --load b --epochs 7");
    assert_refused(options.exclude("save", "load"), "--save and --load exclude each other");
    assert_eq!(options.exclude("save", "predict"), Ok(()));
    let refused: Result<(), _> = Err(options.refuse("epochs", "an even number"));
    assert_refused(refused, r#"--epochs: found "7", expected an even number"#);
}

#[test]
fn a_mode_goes_with_a_few_options_only() {
    let all = options("--load a --seed 1 --threads 2 --quiet --unicode");
    assert_eq!(all.allow_only("load", "seed"), Ok(()));
    assert_refused(all.allow_only("load", ""), "--load and --seed exclude each other");
}

#[cfg(unix)]
#[test]
fn arguments_that_are_not_utf8() {
    use std::os::unix::ffi::OsStringExt;
    let args = [OsString::from("--save"), OsString::from_vec(b"a\xffb".to_vec())];
    assert_refused(parse_args(&args), "the argument \"a\u{fffd}b\" is not UTF-8");
}

#[test]
#[should_panic(expected = "--speed is not in the table of options")]
fn an_option_outside_the_table_is_a_mistake_in_the_app() {
    options("").has("speed");
}

#[test]
#[should_panic(expected = "--save has no default")]
fn a_number_without_default_is_a_mistake_in_the_app() {
    let _ = options("").get("save", 1..=5_usize);
}

#[test]
fn any_bytes_are_options_or_an_error() {
    let words = ["--", "--seed", "=", "--epochs=", "--predict", "-", "", "x", "--quiet", "é", "\0"];
    let count = words.len();
    for i in 0..count.pow(4) {
        let line: Vec<OsString> = (0..4).map(|k| words[i / count.pow(k) % count].into()).collect();
        if let Err(error) = parse_args(&line) {
            assert!(!error.to_string().contains(['\n', '\0']));
        }
    }
}
