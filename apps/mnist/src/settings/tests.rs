use super::*;
use console::{App, Opt};

const TEXT: &str = "# ThreeNet after 30 epochs
hidden1 = 20
hidden2 = 5
init = he
batch = 8
rate = 0.01, from epoch 11 on 0.001, from epoch 21 on 1e-7
lambda = 0
scale = 255
seed = 7
best_accuracy = 0.5
shape = 2x3
";

fn settings() -> Settings {
    let mut rate = Changing::new(0.01);
    rate.change(11, 0.001);
    rate.change(15, 0.001);
    rate.change(21, 1e-7);
    Settings {
        hidden: vec![20, 5],
        init: Init::He,
        batch: 8,
        rate,
        lambda: Changing::new(0.0),
        scale: 255.0,
        seed: 7,
        shape: Some((2, 3)),
        first_label: 0,
        transpose: false,
        data: None,
    }
}

fn parse(text: &str) -> Result<Settings, String> {
    Settings::parse(text.as_bytes()).map(|(settings, best_accuracy)| {
        assert_eq!(best_accuracy, 0.5);
        settings
    })
}

#[test]
fn settings_are_lines_of_text() {
    let text = settings().to_text(0.5);
    assert_eq!(format!("# ThreeNet after 30 epochs\n{text}"), TEXT);
    assert_eq!(parse(TEXT), Ok(settings()));
}

#[test]
fn labels_may_start_at_1_and_images_lie_on_their_side() {
    let settings = Settings { first_label: 1, transpose: true, ..settings() };
    let text = settings.to_text(0.5);
    assert_eq!(parse(&text), Ok(settings));
    let wrong = text.replace("first_label = 1", "first_label = 2");
    assert_eq!(parse(&wrong).unwrap_err(), "line 11: found '2', expected 0 or 1");
}

#[test]
fn editors_leave_their_marks() {
    let text = TEXT.replace('\n', "\r\n").replace(" = ", "  =\t");
    assert_eq!(parse(&format!("\u{feff}{text}\r\n  \r\n")), Ok(settings()));
    assert_eq!(parse(TEXT.trim_end()), Ok(settings()));
}

#[test]
fn a_layer_more_or_less() {
    for n in 1..=6 {
        let hidden: Vec<usize> = (1..=n).map(|n| 10 * n).collect();
        let settings = Settings { hidden, ..settings() };
        assert_eq!(parse(&settings.to_text(0.5)), Ok(settings));
    }
    let error = parse(&TEXT.replace("hidden1", "hidden3"));
    assert_eq!(error.unwrap_err(), "found no line 'hidden1 = …', expected one");
    let error = parse(&TEXT.replace("hidden2", "hidden7"));
    assert_eq!(
        error.unwrap_err(),
        "line 3: found 'hidden7 = 5', expected one of the settings, once"
    );
}

#[test]
fn what_is_not_a_setting_is_named() {
    for (from, to, expected) in [
        ("batch = 8", "batch 8", "line 5: found 'batch 8', expected one of the settings, once"),
        ("batch = 8", "seed = 8", "line 9: found 'seed = 7', expected one of the settings, once"),
        ("= he", "= He", "line 4: found 'He', expected small, he, zero or equal"),
        ("scale = 255\n", "", "found no line 'scale = …', expected one"),
        (
            "batch = 8",
            "batch = 8.5",
            "line 5: found '8.5', expected a whole number from 1 to 1000000000",
        ),
        ("= 20", "= 0", "line 2: found '0', expected a whole number from 1 to 10000"),
        (
            "lambda = 0",
            "lambda = -1",
            "line 7: found '-1', expected a number, 0 or more, that 32 bits can hold",
        ),
        (
            "scale = 255",
            "scale = 1e39",
            "line 8: found '1e39', expected a number above 0 whose inverse 32 bits can hold",
        ),
        (
            "seed = 7",
            "seed = 7.5",
            "line 9: found '7.5', expected a whole number from 0 to 2^64 - 1",
        ),
        ("= 0.5", "= 2", "line 10: found '2', expected a number from 0 to 1"),
        ("2x3", "2×3", "line 11: found '2×3', expected rows x columns, as in 28x28"),
    ] {
        assert!(TEXT.contains(from), "{from}");
        assert_eq!(parse(&TEXT.replace(from, to)), Err(expected.into()));
    }
    let rates = [
        "fast",
        "NaN",
        "-1",
        "inf",
        "1e39",
        "1e-46",
        "0",
        "0.1, from epoch 3 on",
        "0.1, from epoch 1 on 0.2",
        "0.1, from epoch 3 on 0.2, from epoch 3 on 0.3",
    ];
    for rate in rates {
        let text = TEXT.replace("0.01, from epoch 11 on 0.001, from epoch 21 on 1e-7", rate);
        let error = parse(&text).unwrap_err();
        assert!(error.starts_with("line 6: found '"), "{error}");
        assert!(error.ends_with("', expected a number above 0 that 32 bits can hold"), "{error}");
    }
    let error = Settings::parse(b"hidden1 = 20\nbatch = 8 \xe9\n").unwrap_err();
    assert_eq!(error, "line 2: expected text in UTF-8");
}

#[test]
fn paths_come_back_as_they_are() {
    let paths = [
        "plain",
        "with blank",
        " at the front",
        "at the end ",
        "a\nb\r\tc",
        "\"x\"",
        "back\\slash",
        "\\x41",
        "é\u{a0}\u{feff}",
        "\u{3000}",
        "#",
        "a = b",
        "\u{1b}[31m",
        "\"\\ \n",
    ];
    for path in paths {
        let text = path_to_text(path.as_ref());
        assert!(!text.contains(['\n', '\r', '\u{1b}']), "{text:?}");
        assert_eq!(text_to_path(text.trim()), Some(path.into()), "{text}");
    }
    assert_eq!(path_to_text(r"C:\data\é b".as_ref()), r"C:\data\é b");
    for wrong in ["\"", "\"a", "\"\\x\"", "\"\\x4\"", "\"\\xgg\"", "\"\\xé\""] {
        assert_eq!(text_to_path(wrong), None, "{wrong}");
    }
}

#[cfg(unix)]
#[test]
fn paths_that_are_not_text_come_back_too() {
    use std::ffi::OsString;
    use std::os::unix::ffi::OsStringExt;
    let path = PathBuf::from(OsString::from_vec((1..=255).collect()));
    assert_eq!(text_to_path(&path_to_text(&path)), Some(path.clone()));
    let settings = Settings { data: Some(path.clone()), ..settings() };
    let (parsed, _) = Settings::parse(settings.to_text(0.5).as_bytes()).unwrap();
    assert_eq!(parsed.data, Some(absolute(path).unwrap()));
}

#[test]
fn a_resumed_run_may_change_rate_and_lambda() {
    const APP: App = App {
        name: "test",
        version: "1",
        about: "",
        options: &[Opt::value("rate", "R", "0.001", ""), Opt::value("lambda", "L", "0.001", "")],
    };
    let changed = |args: &[&str]| {
        let mut settings = settings();
        crate::tests::app::output_of(&APP, args, |options, _| Ok(settings.change(options, 31)?));
        settings
    };
    assert_eq!(changed(&[]), settings());
    let text = changed(&["--rate", "0.5", "--lambda", "1e-3"]).to_text(0.5);
    assert!(text.contains("from epoch 21 on 1e-7, from epoch 31 on 0.5\n"), "{text}");
    assert!(text.contains("lambda = 0, from epoch 31 on 0.001\n"), "{text}");
}
