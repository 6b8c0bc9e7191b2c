//! The output that the pages show is what the apps print, on Linux with glibc and a processor with
//! fused multiply-add, where it was printed. Elsewhere the last digits may be other ones.
//!
//! A fence opened with ```` ```text ```` whose first line is `$ cargo run …` shows the output of
//! this command, or a part of it: lines that follow each other there follow each other in the
//! output, and `...` stands for lines left out. One opened with ```` ```text slow ```` takes more
//! than a second and is compared by the gate; one with ```` ```text long ````, up to minutes, by
//! `cargo test -p book --test pages -- --ignored` alone.

use book::{File, ROOT, markdown};
use console::share;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

/// Whether this is a machine on which the digits are those of the pages.
fn prints_the_same_digits() -> bool {
    #[cfg(all(target_arch = "x86_64", target_os = "linux", target_env = "gnu"))]
    return is_x86_feature_detected!("fma");
    #[cfg(not(all(target_arch = "x86_64", target_os = "linux", target_env = "gnu")))]
    false
}

#[test]
fn the_pages_show_what_the_apps_print() {
    compare("text");
}

#[test]
#[ignore = "takes a minute"]
fn the_pages_show_what_the_apps_print_after_seconds() {
    compare("text slow");
}

#[test]
#[ignore = "takes some minutes"]
fn the_pages_show_what_the_apps_print_after_minutes() {
    compare("text long");
}

/// Compares what the fences opened with `info` show with what their commands print.
fn compare(info: &str) {
    if !prints_the_same_digits() {
        return;
    }
    let root = Path::new(ROOT);
    let mut pages = File::read_all(root, "docs", ".md").unwrap();
    pages.push(File::read(root, "README.md").unwrap());
    let parts: Vec<_> = pages.iter().map(|page| (&page.name, commands(page, info))).collect();
    let all = parts.iter().flat_map(|(_, parts)| parts.iter().map(|(_, command, _)| *command));
    let all: Vec<&str> = all.collect::<BTreeSet<_>>().into_iter().collect();
    assert!(!all.is_empty(), "no output found in the pages");
    // Two at a time, because most of them use one processor.
    let outputs = share(all.iter(), 2, |command| Ok(run(command))).unwrap();
    let outputs: BTreeMap<_, _> = all.iter().zip(outputs).collect();
    for (name, parts) in &parts {
        for (line, command, shown) in parts {
            let output = &outputs[command];
            if let Err(missing) = check(shown, output) {
                panic!("{name}:{line}: {command} does not print\n{missing}\nbut\n{output}");
            }
        }
    }
}

/// The fences opened with `info` that show the output of a run: line, command, what is shown. What a
/// bench measures is never the same twice.
fn commands<'a>(page: &'a File, info: &str) -> Vec<(usize, &'a str, &'a [String])> {
    let parts = markdown::parts(page).unwrap_or_else(|error| panic!("{error}"));
    let texts = parts.into_iter().filter(|part| part.info == Some(info));
    texts
        .filter_map(|part| {
            let (command, shown) = part.lines.split_first()?;
            let command = command.strip_prefix("$ cargo ")?;
            command.starts_with("run ").then_some((part.start - 1, command, shown))
        })
        .collect()
}

/// What `cargo` and these arguments print on standard output, whatever the exit status.
fn run(arguments: &str) -> String {
    let output = Command::new(env!("CARGO"))
        .args(arguments.split(' '))
        .current_dir(ROOT)
        .env_remove("COLUMNS")
        .output()
        .unwrap();
    String::from_utf8(output.stdout).unwrap()
}

/// Whether the parts of `shown` between the `...` are in the output, in their order; else the
/// first that is not.
fn check(shown: &[impl AsRef<str>], output: &str) -> Result<(), String> {
    let output: Vec<&str> = output.lines().collect();
    let mut from = 0;
    let shown: Vec<&str> = shown.iter().map(AsRef::as_ref).collect();
    for part in shown.split(|line| *line == "...").filter(|part| !part.is_empty()) {
        match output[from..].windows(part.len()).position(|lines| lines == part) {
            Some(start) => from += start + part.len(),
            None => return Err(part.join("\n")),
        }
    }
    Ok(())
}

#[test]
fn a_part_that_is_not_printed_is_found() {
    let output = "one\ntwo\nthree\nfour\n";
    assert_eq!(check(&["one", "...", "three", "four"], output), Ok(()));
    assert_eq!(check(&["...", "two", "..."], output), Ok(()));
    assert_eq!(check(&["one", "three"], output), Err("one\nthree".into()));
    assert_eq!(check(&["three", "...", "one"], output), Err("one".into()));
}

#[test]
fn commands_are_found_in_fences_of_text_alone() {
    let page = "```sh\n$ cargo run -p iris\n```\n```text long\n$ cargo bench -p nets\n```\n\
        ```text\n$ cargo run -p xor\nyes\n```\n```text long\n$ cargo run -p mnist\n```\n";
    let page = File::new("page", page);
    assert_eq!(commands(&page, "text"), [(7, "run -p xor", &["yes".into()][..])]);
    assert_eq!(commands(&page, "text long"), [(11, "run -p mnist", &[][..])]);
}
