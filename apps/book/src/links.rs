//! The targets of names and links.

use crate::File;
use lines::functions::{Function, function_name, functions};
use std::collections::{BTreeMap, BTreeSet};

/// The page of a file of the repository: `two_net.rs` in `nets/src` is `nets-src-two_net.rs.html`, and
/// a chapter keeps its own name.
pub fn page_name(file: &str) -> String {
    match file.strip_suffix(".md") {
        Some("docs/README") => "index.html".into(),
        Some(chapter) => format!("{}.html", chapter.trim_start_matches("docs/").replace('/', "-")),
        None => format!("{}.html", file.replace('/', "-")),
    }
}

/// The path of `target` as seen from the folder of `file`, and its part after `#`.
pub(crate) fn resolve<'a>(file: &str, target: &'a str) -> (String, Option<&'a str>) {
    let split = target.split_once('#');
    let (path, anchor) = split.map_or((target, None), |(path, anchor)| (path, Some(anchor)));
    if path.is_empty() {
        return (file.into(), anchor);
    }
    let mut parts: Vec<&str> = file.split('/').collect();
    parts.pop();
    for part in path.split('/') {
        match part {
            ".." => _ = parts.pop(),
            "." | "" => {}
            part => parts.push(part),
        }
    }
    (parts.join("/"), anchor)
}

/// Where the functions of the workspace are defined: file and line, by name.
#[derive(Debug, Default)]
pub(crate) struct Definitions(BTreeMap<String, Vec<(String, usize)>>);

impl Definitions {
    /// The functions of these files, tests and benches left out.
    pub(crate) fn new(files: &[File]) -> Self {
        let mut definitions = Self::default();
        for file in files.iter().filter(|file| file.name.contains("/src/")) {
            let lines = file.lines.iter().take_while(|line| *line != "#[cfg(test)]");
            for (number, line) in (1..).zip(lines) {
                // Other files can call only public methods.
                let public =
                    line.trim_start().starts_with("pub fn") || file.name.starts_with("nets/");
                if let Some(name) = function_name(line).filter(|_| public) {
                    let places = definitions.0.entry(name.into()).or_default();
                    places.push((file.name.clone(), number));
                }
            }
        }
        definitions
    }

    /// The place of the definition of the function `name` that `file` calls, as a method of a
    /// letter, which is a matrix, or without one.
    pub(crate) fn find(
        &self,
        file: &str,
        name: &str,
        method_of: Option<&str>,
    ) -> Option<(&str, usize)> {
        let places = self.0.get(name)?;
        let of = |start: &str| places.iter().find(|(place, _)| place.starts_with(start));
        let place = match method_of {
            Some("self" | "Self") => of(file),
            Some(_) => of("matrix/src/"),
            None => of(file).or_else(|| of("nets/src/").filter(|_| places.len() == 1)),
        };
        place.map(|(file, line)| (file.as_str(), *line))
    }
}

/// The lines that `file` has in common with `earlier`, without regard to the numbers of equations.
pub(crate) fn common_lines(file: &File, earlier: &File) -> Vec<bool> {
    let bare = |line: &str| line.split(" // (").next().unwrap_or(line).trim().to_string();
    let known: BTreeSet<String> = earlier.lines.iter().map(|line| bare(line)).collect();
    file.lines.iter().map(|line| known.contains(&bare(line))).collect()
}

/// The function of a file that line `at`, counted from 0, belongs to.
pub(crate) fn function_of(file: &File, at: usize) -> Option<Function> {
    let mut functions = functions(&file.lines).into_iter();
    functions.find(|function| (function.start..function.end).contains(&at))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_are_found_where_they_are_defined() {
        let matrix = "impl Matrix {\n    pub fn dot(&self) {}\n    fn inner(&self) {}\n}\n";
        let net = "fn forward() {}\n#[cfg(test)]\nmod tests {\n    fn check() {}\n}\n";
        let files = [
            File::new("matrix/src/ops.rs", matrix),
            File::new("matrix/tests/ops.rs", "pub fn only_in_a_test() {}"),
            File::new("nets/src/one_net.rs", net),
        ];
        let definitions = Definitions::new(&files);
        let find = |name: &str, method_of| definitions.find("nets/src/one_net.rs", name, method_of);
        assert_eq!(find("dot", Some("a0")), Some(("matrix/src/ops.rs", 2)));
        assert_eq!(find("dot", Some("self")), None, "no method of the net");
        assert_eq!(find("forward", Some("self")), Some(("nets/src/one_net.rs", 1)));
        for hidden in ["inner", "check", "only_in_a_test"] {
            assert_eq!(find(hidden, None), None, "{hidden}");
        }
    }

    #[test]
    fn lines_are_common_whatever_their_numbers() {
        let earlier = File::new("a", "fn f() {\n    let z1 = a; // (2.1)\n}");
        let file = File::new("b", "let z1 = a; // (3.1)\nlet z2 = a; // (3.3)");
        assert_eq!(common_lines(&file, &earlier), [true, false]);
    }
}
