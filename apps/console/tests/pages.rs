//! The output that the pages show is what the apps print, on Linux with glibc and a processor with
//! fused multiply-add, where it was printed. Elsewhere the last digits may be other ones.
//!
//! A fence opened with ```` ```text ```` whose first line is `$ cargo run …` shows the output of
//! this command, or a part of it: lines that follow each other there follow each other in the
//! output, and `...` stands for lines left out. One opened with ```` ```text long ```` takes
//! minutes and is not run.

use std::fs;
use std::path::Path;
use std::process::Command;

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

#[test]
#[cfg(all(target_arch = "x86_64", target_env = "gnu"))]
fn the_pages_show_what_the_apps_print() {
    if !is_x86_feature_detected!("fma") {
        return;
    }
    let mut pages = vec![Path::new(ROOT).join("README.md")];
    let docs = fs::read_dir(Path::new(ROOT).join("docs")).unwrap();
    pages.extend(
        docs.map(|entry| entry.unwrap().path())
            .filter(|p| p.extension().is_some_and(|e| e == "md")),
    );
    pages.sort();
    let mut compared = 0;
    for page in pages {
        let text = fs::read_to_string(&page).unwrap();
        for (line, command, shown) in commands(&text) {
            let output = run(command);
            if let Err(missing) = check(&shown, &output) {
                let place = format!("{}:{line}", page.display());
                panic!("{place}: {command} does not print\n{missing}\nbut\n{output}");
            }
            compared += 1;
        }
    }
    assert!(compared > 0, "no output found in the pages");
}

/// The fences that show output: line, command, what is shown.
fn commands(text: &str) -> Vec<(usize, &str, Vec<&str>)> {
    let mut found = Vec::new();
    let mut lines = text.lines().enumerate();
    while let Some((number, line)) = lines.next() {
        if !line.starts_with("```") {
            continue;
        }
        let body: Vec<&str> = lines
            .by_ref()
            .map(|(_, line)| line)
            .take_while(|line| !line.starts_with("```"))
            .collect();
        let command = body.first().and_then(|first| first.strip_prefix("$ cargo "));
        if line == "```text"
            && let Some(command) = command
        {
            found.push((number + 1, command, body[1..].to_vec()));
        }
    }
    found
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
fn check(shown: &[&str], output: &str) -> Result<(), String> {
    let output: Vec<&str> = output.lines().collect();
    let mut from = 0;
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
    let page = "```sh\n$ cargo build\n```\n```text long\n$ cargo run\n```\n```text\n$ cargo run -p xor\nyes\n```\n";
    assert_eq!(commands(page), [(7, "run -p xor", vec!["yes"])]);
}
