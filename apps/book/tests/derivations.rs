//! The derivations in `docs/` and the code in `nets/src/` are one text.
//!
//! An equation that the code computes ends in its number, such as (4.8), and the line that computes
//! it ends in the same number as a comment. A fence opened with ```` ```rust nets/src/one_net.rs ````
//! quotes that file word for word, and each numbered line is quoted once. Formulas keep to what shows
//! on GitHub.

use book::equations::{Tag, computed, stated};
use book::{File, ROOT, markdown};
use matrix::Rng;
use nets::gradient_check::check_all;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Where each tag was found, as file and line.
type Tags = BTreeMap<Tag, Vec<String>>;

/// Every tag in a line, wherever it stands.
fn mentioned(line: &str) -> impl Iterator<Item = Tag> {
    line.match_indices('(').filter_map(|(i, _)| Tag::bracketed(&line[i..=i + line[i..].find(')')?]))
}

fn files(folder: &str, ext: &str) -> Vec<File> {
    File::read_all(Path::new(ROOT), folder, ext).unwrap()
}

fn parts(page: &File) -> Vec<markdown::Part<'_>> {
    markdown::parts(page).unwrap_or_else(|error| panic!("{error}"))
}

/// What parts company in the pages and the sources: one complaint each.
fn complaints(pages: &[File], sources: &[File]) -> Vec<String> {
    let mut complaints = Vec::new();
    let [mut in_pages, mut in_sources, mut quoted, mut elsewhere] = [(); 4].map(|()| Tags::new());
    for page in pages {
        for part in parts(page) {
            if part.info.is_some_and(|info| info.starts_with("rust ")) {
                for (i, line) in part.lines.iter().enumerate() {
                    let Some(tag) = computed(line) else { continue };
                    quoted.entry(tag).or_default().push(format!(
                        "{}:{}",
                        page.name,
                        part.start + i
                    ));
                }
            }
            // Commands, output and quotations may have any number in brackets.
            if !matches!(part.info, None | Some("math")) {
                continue;
            }
            for (i, line) in part.lines.iter().enumerate() {
                let place = format!("{}:{}", page.name, part.start + i);
                let here = if part.info == Some("math") { stated(line) } else { None };
                if let Some(tag) = here {
                    in_pages.entry(tag).or_default().push(place.clone());
                }
                let prose: String = line.split('`').step_by(2).collect();
                for tag in mentioned(&prose).filter(|&tag| Some(tag) != here) {
                    elsewhere.entry(tag).or_default().push(place.clone());
                }
            }
        }
    }
    for source in sources {
        for (i, line) in source.lines.iter().enumerate() {
            let (place, here) = (format!("{}:{}", source.name, i + 1), computed(line));
            if let Some(tag) = here {
                in_sources.entry(tag).or_default().push(place.clone());
            }
            let comment = line.split_once("//").map_or("", |(_, comment)| comment);
            for tag in mentioned(comment).filter(|&tag| Some(tag) != here) {
                elsewhere.entry(tag).or_default().push(place.clone());
            }
        }
    }

    let mut all: Vec<Tag> = in_pages.keys().chain(in_sources.keys()).copied().collect();
    all.sort_unstable();
    all.dedup();
    let places = |tags: &Tags, tag| tags.get(&tag).map_or("nowhere".into(), |p| p.join(" and "));
    for &tag in &all {
        for (tags, verb) in [(&in_pages, "stated"), (&in_sources, "computed"), (&quoted, "quoted")]
        {
            if tags.get(&tag).map_or(0, Vec::len) != 1 {
                let (found, other) = (places(tags, tag), places(&in_pages, tag));
                let other = if verb == "stated" { places(&in_sources, tag) } else { other };
                complaints.push(format!("({tag}) is {verb} {found}; see {other}"));
            }
        }
        if let Some(places) = elsewhere.get(&tag) {
            let places = places.join(" and ");
            complaints.push(format!("write eq. {tag} without brackets: {places}"));
        }
    }
    for tags in [&in_pages, &in_sources] {
        for chapter in all.chunk_by(|a, b| a.0 == b.0) {
            let last = chapter[chapter.len() - 1];
            for number in 1..last.1 {
                if !all.contains(&Tag(last.0, number)) {
                    let after = places(tags, last);
                    complaints.push(format!("({}.{number}) is missing before {after}", last.0));
                }
            }
        }
    }
    for page in pages {
        let parts = parts(page);
        let math = parts.iter().filter(|part| part.info == Some("math"));
        let lines = math.flat_map(|part| (part.start..).zip(part.lines));
        complaints.extend(out_of_order(&page.name, lines.map(|(n, line)| (n, stated(line)))));
    }
    for source in sources {
        let lines = (1..).zip(&source.lines).map(|(n, line)| (n, computed(line)));
        complaints.extend(out_of_order(&source.name, lines));
    }
    complaints
}

/// The numbers of a file count up as they stand on the lines, which are numbered too.
fn out_of_order(name: &str, lines: impl Iterator<Item = (usize, Option<Tag>)>) -> Vec<String> {
    let (mut complaints, mut last) = (Vec::new(), Tag(0, 0));
    for (line, tag) in lines.filter_map(|(line, tag)| Some((line, tag?))) {
        if tag <= last {
            complaints.push(format!("{name}:{line}: ({tag}) after ({last})"));
        }
        last = tag;
    }
    complaints
}

/// Macros that GitHub does not allow.
const FORBIDDEN: [&str; 8] = [
    "\\operatorname",
    "\\mbox",
    "\\phantom",
    "\\def",
    "\\newcommand",
    "\\renewcommand",
    "\\let",
    "\\require",
];

/// The formulas that GitHub does not show, or shows as something else. Between dollars it reads
/// Markdown first, in which `\,` is a comma and `}_` may start an emphasis.
fn not_shown(pages: &[File]) -> Vec<String> {
    let mut complaints = Vec::new();
    for page in pages {
        for part in parts(page).iter().filter(|part| matches!(part.info, None | Some("math"))) {
            for (number, line) in (part.start..).zip(part.lines) {
                let mut complain = |what: &str| {
                    complaints.push(format!("{}:{number}: {what}: {line}", page.name));
                };
                if FORBIDDEN.iter().any(|name| line.contains(name)) {
                    complain("a macro that GitHub forbids");
                }
                if part.info.is_some() {
                    continue;
                }
                let prose: String = line.split('`').step_by(2).collect();
                let parts: Vec<&str> = prose.split('$').collect();
                if parts.len().is_multiple_of(2) {
                    complain("a formula that does not end on its line");
                }
                for formula in parts.iter().skip(1).step_by(2) {
                    let pairs = formula.as_bytes().windows(2);
                    if formula.trim() != *formula
                        || pairs.clone().any(|p| p[0] == b'\\' && !p[1].is_ascii_alphabetic())
                        || pairs.clone().any(|p| p[1] == b'_' && !p[0].is_ascii_alphanumeric())
                        || pairs.clone().any(|p| p[1] == b'*' && p[0] != b' ')
                        || formula.contains(['|', '<'])
                    {
                        complain("a formula that Markdown changes");
                    }
                }
            }
        }
    }
    complaints
}

/// The quotations that are not in their file word for word, apart from how far they are indented.
fn misquotations(pages: &[File], read: impl Fn(&str) -> Option<File>) -> Vec<String> {
    let (mut complaints, mut quotations) = (Vec::new(), 0);
    for page in pages {
        for part in parts(page) {
            let Some(path) = part.quotes() else { continue };
            quotations += 1;
            let place = format!("{}:{}", page.name, part.start - 1);
            let Some(source) = read(path) else {
                complaints.push(format!("{place}: quotes {path}, which is not there"));
                continue;
            };
            if source.find(part.lines).is_none() {
                complaints.push(format!("{place}: not in {path}:\n{}", part.lines.join("\n")));
            }
        }
    }
    assert!(quotations > 0, "no quotations found");
    complaints
}

fn pages() -> Vec<File> {
    let mut pages = files("docs", ".md");
    pages.push(File::read(Path::new(ROOT), "README.md").unwrap());
    pages
}

#[test]
fn every_equation_is_stated_once_and_computed_once() {
    let complaints = complaints(&files("docs", ".md"), &files("nets/src", ".rs"));
    assert!(complaints.is_empty(), "\n{}", complaints.join("\n"));
    let equations: usize = files("docs", ".md")
        .iter()
        .flat_map(|page| page.lines.iter().filter(|line| stated(line).is_some()))
        .count();
    assert!(equations >= 70, "only {equations} equations found");
}

/// The files with a network in them.
fn net_files() -> Vec<File> {
    let mut files = files("nets/src", ".rs");
    files.retain(|file| {
        file.name.ends_with("_net.rs") || file.name.ends_with("/softmax_regression.rs")
    });
    files
}

/// A line of code as gradient-check prints it: without `let`, references and where a value is kept,
/// with the mask of relu as a condition and another derivative as a function.
fn formula(line: &str) -> Option<String> {
    let line = line.trim_start();
    let (code, _) = line.strip_prefix("let ").unwrap_or(line).split_once("; //")?;
    let code = ["acts.", "self.", "grads.", "[0]", "&"]
        .iter()
        .fold(code.to_string(), |code, part| code.replace(part, ""));
    let Some((left, rest)) = code.split_once(".hadamard(") else { return Some(code) };
    let (z, prime) = rest.strip_suffix("))")?.split_once(".map(")?;
    Some(match prime {
        "relu_prime" => format!("{left} * ({z} >= 0)"),
        _ => format!("{left} * {prime}({z})"),
    })
}

/// The numbered gradients of a file, each with its line as a formula.
fn gradients(file: &File) -> Vec<(Tag, Option<String>)> {
    let lines = file.lines.iter().filter_map(|line| Some((computed(line)?, line.trim_start())));
    lines
        .filter(|(_, line)| {
            let name = line.strip_prefix("let ").unwrap_or(line).as_bytes();
            name.first() == Some(&b'd') && name.get(1).is_some_and(|b| b"abwz".contains(b))
        })
        .map(|(tag, line)| (tag, formula(line)))
        .collect()
}

#[test]
fn every_gradient_of_every_net_is_checked_under_its_number_and_formula() {
    let checks = check_all::<f64>(1e-5, None, &mut Rng::new(0));
    let mut unknown: BTreeSet<&str> = checks.iter().map(|check| check.equation).collect();
    for file in net_files() {
        let gradients = gradients(&file);
        assert!(!gradients.is_empty(), "{}: no numbered gradient", file.name);
        for (tag, formula) in gradients {
            let check = checks.iter().find(|check| Tag::parse(check.equation) == Some(tag));
            let check = check.unwrap_or_else(|| panic!("{}: ({tag}) is not checked", file.name));
            assert_eq!(formula.as_deref(), Some(check.formula), "{}: ({tag})", file.name);
            unknown.remove(check.equation);
        }
    }
    assert!(unknown.is_empty(), "checked, but not in a net: {unknown:?}");
}

#[test]
fn gradients_are_found_by_their_names() {
    let lines = "let dw2 = a1.t().dot(&dz2); // (3.9)\nlet n = 1; // (3.1)\nlet dw = 2;
        let dz1 = da1.hadamard(&z1.map(relu_prime)); // (3.12)\nlet da1 = dz2.dot(self.w2.t()); // (3.11)
        let dz = da.hadamard(&z.map(tanh_prime)); // (5.9)";
    let found = gradients(&File::new("net", lines));
    let expected = [
        (Tag(3, 9), "dw2 = a1.t().dot(dz2)"),
        (Tag(3, 12), "dz1 = da1 * (z1 >= 0)"),
        (Tag(3, 11), "da1 = dz2.dot(w2.t())"),
        (Tag(5, 9), "dz = da * tanh_prime(z)"),
    ];
    assert_eq!(found, expected.map(|(tag, formula)| (tag, Some(formula.into()))));
}

#[test]
fn every_formula_shows_on_github() {
    let complaints = not_shown(&pages());
    assert!(complaints.is_empty(), "\n{}", complaints.join("\n"));
}

#[test]
fn every_quotation_is_word_for_word() {
    let read = |path: &str| File::read(Path::new(ROOT), path).ok();
    let complaints = misquotations(&pages(), read);
    assert!(complaints.is_empty(), "\n{}", complaints.join("\n"));
}

/// A page and a source as they should be, with one line of each replaced.
fn with(page_line: (usize, &str), source_line: (usize, &str)) -> Vec<String> {
    let page = [
        "See eq. 1.1.",
        "```math",
        "a &= b && (1.1) \\\\",
        "c = d \\qquad (1.2)",
        "```",
        "```rust code",
        "let a = b; // (1.1)",
        "let c = d; // (1.2)",
        "```",
    ];
    let source = ["//! Chapter 1.", "let a = b; // (1.1)", "let c = d; // (1.2)", ""];
    let replace = |name: &str, lines: &[&str], (number, text): (usize, &str)| {
        let mut lines: Vec<String> = lines.iter().map(ToString::to_string).collect();
        if number > 0 {
            lines[number - 1] = text.into();
        }
        File { name: name.into(), lines }
    };
    complaints(&[replace("page", &page, page_line)], &[replace("code", &source, source_line)])
}

const AS_IT_IS: (usize, &str) = (0, "");

#[test]
fn each_broken_rule_is_reported_with_its_place() {
    assert_eq!(with(AS_IT_IS, AS_IT_IS), [""; 0]);
    for (complaints, expected) in [
        (with(AS_IT_IS, (2, "let a = b;")), "(1.1) is computed nowhere; see page:3"),
        (with((4, "c = d"), AS_IT_IS), "(1.2) is stated nowhere; see code:3"),
        (with(AS_IT_IS, (4, "e // (1.1)")), "(1.1) is computed code:2 and code:4; see page:3"),
        (
            with((4, "c = d \\qquad (1.1)"), (3, "let c = d;")),
            "(1.1) is stated page:3 and page:4; see code:2",
        ),
        (with((1, "See (1.1)."), AS_IT_IS), "write eq. 1.1 without brackets: page:1"),
        (with(AS_IT_IS, (1, "//! (1.2)")), "write eq. 1.2 without brackets: code:1"),
        (
            with((4, "c = d \\qquad (1.3)"), (3, "let c = d; // (1.3)")),
            "(1.2) is missing before page:4",
        ),
        (with((3, "c &= d && (1.2) \\\\"), AS_IT_IS), "(1.1) is stated nowhere; see code:2"),
        (with((7, "let a = b;"), AS_IT_IS), "(1.1) is quoted nowhere; see page:3"),
        (
            with((7, "let c = d; // (1.2)"), AS_IT_IS),
            "(1.2) is quoted page:7 and page:8; see page:4",
        ),
        (with((4, "c = d \\qquad (1.0)"), AS_IT_IS), "page:4: (1.0) after (1.1)"),
        (with(AS_IT_IS, (3, "let c = d; // (1.0)")), "code:3: (1.0) after (1.1)"),
    ] {
        assert!(complaints.iter().any(|c| c == expected), "{complaints:?}, expected {expected:?}");
    }
}

#[test]
fn a_misquotation_is_reported_with_its_place() {
    let page = |line: &str| {
        let lines = ["text", "```rust code.rs", "    let a = b;", line, "```"];
        [File { name: "page".into(), lines: lines.map(String::from).to_vec() }]
    };
    let read = |path: &str| {
        let source = ["fn f() {", "        let a = b;", "        let c = d;", "}"];
        (path == "code.rs").then(|| File::new(path, &source.join("\n")))
    };
    assert_eq!(misquotations(&page("    let c = d;"), read), [""; 0]);
    for wrong in ["    let c = e;", "  let c = d;", ""] {
        let complaints = misquotations(&page(wrong), read);
        assert_eq!(complaints, [format!("page:2: not in code.rs:\n    let a = b;\n{wrong}")]);
    }
    let missing = misquotations(&page("    let c = d;"), |_| None);
    assert_eq!(missing, ["page:2: quotes code.rs, which is not there"]);
}

#[test]
fn a_formula_that_would_not_show_is_reported_with_its_place() {
    let complaints = |lines: &[&str]| {
        let lines = lines.iter().map(ToString::to_string).collect();
        not_shown(&[File { name: "page".into(), lines }])
    };
    let right = "so $f'(x) * dx$ and $W_{11}^{(2)}$, `$a_*$`";
    assert_eq!(
        complaints(&[right, "```math", "a\\, b_1 \\\\", "```", "```", "$\\def", "```"]),
        [""; 0]
    );
    let forbidden = ["```math", "\\operatorname{tr}(A)", "```"];
    let expected = "page:2: a macro that GitHub forbids: \\operatorname{tr}(A)";
    assert_eq!(complaints(&forbidden), [expected]);
    let open = "where $a =";
    let expected = format!("page:1: a formula that does not end on its line: {open}");
    assert_eq!(complaints(&[open]), [expected]);
    for wrong in ["$a\\, b$", "$W^{(2)}_{11}$", "$a^* b^*$", "$|a|$", "$ a$"] {
        let expected = format!("page:1: a formula that Markdown changes: {wrong}");
        assert_eq!(complaints(&[wrong]), [expected]);
    }
}
