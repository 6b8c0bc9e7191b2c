use super::*;
use datasets::text::OneLine;

const TEXT: &str = "# ThreeNet after 30 epochs
hidden = 20,5
init = he
batch = 8
rate = 0.01
lambda = 0
scale = 255
seed = 7
transpose = false
";

fn settings() -> Settings {
    Settings {
        hidden: vec![20, 5],
        init: Init::He,
        batch: 8,
        rate: 0.01,
        lambda: 0.0,
        scale: 255.0,
        seed: 7,
        transpose: false,
        validate: false,
        data: None,
    }
}

#[test]
fn settings_are_lines_of_text() {
    assert_eq!(format!("# ThreeNet after 30 epochs\n{}", settings().to_text()), TEXT);
    assert_eq!(Settings::parse(TEXT), Ok(settings()));
    assert_eq!(
        Settings::parse(&TEXT.replace('\n', "\r\n").replace(" = ", "  =\t")),
        Ok(settings())
    );
    for (_, init) in Init::NAMED {
        let other = Settings { init, transpose: true, hidden: vec![3; 6], ..settings() };
        assert_eq!(Settings::parse(&other.to_text()), Ok(other));
    }
}

#[test]
fn what_is_not_a_setting_is_named() {
    for (from, to, expected) in [
        ("batch = 8", "batch 8", "line 4: found 'batch 8', expected a setting"),
        ("batch = 8", "help = 8", "line 4: found 'help = 8', expected a setting"),
        ("batch = 8", "data = 8", "line 4: found 'data = 8', expected a setting"),
        ("batch = 8", "seed = 8", "--seed is given twice"),
        ("= false", "= no", "line 9: found 'transpose = no', expected a setting"),
        ("= he", "= He", "--init: found \"He\", expected small, he, zero or equal"),
        (
            "batch = 8",
            "batch = 8.5",
            "--batch: found \"8.5\", expected a whole number from 1 to 1000000000",
        ),
        ("= 0.01", "= 1e39", "--rate: found \"1e39\", expected a number of 32 bits above 0"),
        (
            "lambda = 0",
            "lambda = -1",
            "--lambda: found \"-1\", expected a number of 32 bits, 0 or more",
        ),
        (
            "scale = 255",
            "scale = 1e39",
            "--scale: found \"1e39\", expected a number above 0 whose inverse 32 bits can hold",
        ),
    ] {
        assert!(TEXT.contains(from), "{from}");
        assert_eq!(Settings::parse(&TEXT.replace(from, to)), Err(expected.into()));
    }
    for rate in ["fast", "NaN", "-1", "inf", "1e-46", "0"] {
        let error = Settings::parse(&TEXT.replace("0.01", rate)).unwrap_err();
        assert!(error.starts_with("--rate: found "), "{error}");
    }
    let error = Settings::parse("\u{1b}[31m\n").unwrap_err();
    assert_eq!(OneLine(&error).to_string(), error);
}
