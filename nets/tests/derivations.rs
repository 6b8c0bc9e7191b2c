//! The derivations in `docs/` and the code in `nets/src/` are one text.
//!
//! An equation that the code computes ends in its number, such as (3.8), and the line that computes
//! it ends in the same number as a comment. A fence opened with ```` ```rust nets/src/one_net.rs ````
//! quotes that file word for word, and each numbered line is quoted once. Formulas keep to what shows
//! on GitHub.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

/// A file of the repository: its name and its lines.
struct File {
    name: String,
    lines: Vec<String>,
}

/// The files of a folder with the extension `ext`.
fn files(folder: &str, ext: &str) -> Vec<File> {
    let entries = fs::read_dir(Path::new(ROOT).join(folder)).unwrap();
    let mut names: Vec<String> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.ends_with(ext))
        .map(|name| format!("{folder}/{name}"))
        .collect();
    names.sort();
    names.iter().map(|name| file(name)).collect()
}

fn file(name: &str) -> File {
    let text = fs::read_to_string(Path::new(ROOT).join(name)).unwrap();
    File { name: name.into(), lines: text.lines().map(String::from).collect() }
}

/// A fenced block, or the text between two of them, for which `info` is nothing.
struct Block<'a> {
    info: Option<&'a str>,
    /// The number of its first line, counted from 1.
    start: usize,
    lines: &'a [String],
}

fn blocks(file: &File) -> Vec<Block<'_>> {
    let (mut blocks, mut start, mut info) = (Vec::new(), 0, None);
    for (i, line) in file.lines.iter().enumerate().filter(|(_, line)| line.starts_with("```")) {
        blocks.push(Block { info, start: start + 1, lines: &file.lines[start..i] });
        info = if info.is_none() { Some(line.trim_start_matches('`')) } else { None };
        start = i + 1;
    }
    assert!(info.is_none(), "{}: a fence is not closed", file.name);
    blocks.push(Block { info, start: start + 1, lines: &file.lines[start..] });
    blocks
}

/// Chapter and number of a tag such as (3.8).
type Tag = (u32, u32);

/// Where each tag was found, as file and line.
type Tags = BTreeMap<Tag, Vec<String>>;

fn tag(word: &str) -> Option<Tag> {
    let (chapter, number) = word.strip_prefix('(')?.strip_suffix(')')?.split_once('.')?;
    let digits = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
    (digits(chapter) && digits(number)).then_some(())?;
    Some((chapter.parse().ok()?, number.parse().ok()?))
}

/// The tag at the end of a line of mathematics.
fn stated(line: &str) -> Option<Tag> {
    let line = line.trim_end().trim_end_matches("\\\\").trim_end();
    tag(line.rsplit([' ', '&']).next()?)
}

/// The tag in the comment at the end of a line of code.
fn computed(line: &str) -> Option<Tag> {
    tag(line.rsplit_once(" // ")?.1)
}

/// Every tag in a line, wherever it stands.
fn mentioned(line: &str) -> impl Iterator<Item = Tag> {
    line.match_indices('(').filter_map(|(i, _)| tag(&line[i..=i + line[i..].find(')')?]))
}

/// What parts company in the pages and the sources: one complaint each.
fn complaints(pages: &[File], sources: &[File]) -> Vec<String> {
    let mut complaints = Vec::new();
    let [mut in_pages, mut in_sources, mut quoted, mut elsewhere] = [(); 4].map(|()| Tags::new());
    for page in pages {
        for block in blocks(page) {
            if block.info.is_some_and(|info| info.starts_with("rust ")) {
                for (i, line) in block.lines.iter().enumerate() {
                    let Some(tag) = computed(line) else { continue };
                    quoted.entry(tag).or_default().push(format!(
                        "{}:{}",
                        page.name,
                        block.start + i
                    ));
                }
            }
            // Commands, output and quotations may have any number in brackets.
            if !matches!(block.info, None | Some("math")) {
                continue;
            }
            for (i, line) in block.lines.iter().enumerate() {
                let place = format!("{}:{}", page.name, block.start + i);
                let here = if block.info == Some("math") { stated(line) } else { None };
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
    for &(chapter, number) in &all {
        let tag = (chapter, number);
        for (tags, verb) in [(&in_pages, "stated"), (&in_sources, "computed"), (&quoted, "quoted")]
        {
            if tags.get(&tag).map_or(0, Vec::len) != 1 {
                let (found, other) = (places(tags, tag), places(&in_pages, tag));
                let other = if verb == "stated" { places(&in_sources, tag) } else { other };
                complaints.push(format!("({chapter}.{number}) is {verb} {found}; see {other}"));
            }
        }
        if let Some(places) = elsewhere.get(&tag) {
            let places = places.join(" and ");
            complaints.push(format!("write eq. {chapter}.{number} without brackets: {places}"));
        }
    }
    for tags in [&in_pages, &in_sources] {
        for chapter in all.chunk_by(|a, b| a.0 == b.0) {
            let last = chapter[chapter.len() - 1];
            for number in 1..last.1 {
                if !all.contains(&(last.0, number)) {
                    let after = places(tags, last);
                    complaints.push(format!("({}.{number}) is missing before {after}", last.0));
                }
            }
        }
    }
    for page in pages {
        let blocks = blocks(page);
        let math = blocks.iter().filter(|block| block.info == Some("math"));
        let lines = math.flat_map(|block| (block.start..).zip(block.lines));
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
    let (mut complaints, mut last) = (Vec::new(), (0, 0));
    for (line, tag) in lines.filter_map(|(line, tag)| Some((line, tag?))) {
        if tag <= last {
            let ((c, n), (last_c, last_n)) = (tag, last);
            complaints.push(format!("{name}:{line}: ({c}.{n}) after ({last_c}.{last_n})"));
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
        for block in blocks(page).iter().filter(|block| matches!(block.info, None | Some("math"))) {
            for (number, line) in (block.start..).zip(block.lines) {
                let mut complain = |what: &str| {
                    complaints.push(format!("{}:{number}: {what}: {line}", page.name));
                };
                if FORBIDDEN.iter().any(|name| line.contains(name)) {
                    complain("a macro that GitHub forbids");
                }
                if block.info.is_some() {
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
fn misquotations(pages: &[File], read: impl Fn(&str) -> Option<Vec<String>>) -> Vec<String> {
    let mut complaints = Vec::new();
    let (mut quotations, indent) = (0, |line: &str| line.len() - line.trim_start().len());
    for page in pages {
        for block in blocks(page) {
            let path = block.info.and_then(|info| info.strip_prefix("rust "));
            let Some(path) = path.and_then(|info| info.split(' ').next_back()) else { continue };
            quotations += 1;
            let place = format!("{}:{}", page.name, block.start - 1);
            let Some(source) = read(path) else {
                complaints.push(format!("{place}: quotes {path}, which is not there"));
                continue;
            };
            let same = |window: &[String]| {
                // All lines are shifted alike.
                let shift = indent(&window[0]) as isize - indent(&block.lines[0]) as isize;
                window.iter().zip(block.lines).all(|(source, quote)| {
                    let shifted = indent(source) as isize - indent(quote) as isize;
                    source.trim() == quote.trim() && (shifted == shift || quote.is_empty())
                })
            };
            if block.lines.is_empty() || !source.windows(block.lines.len()).any(same) {
                complaints.push(format!("{place}: not in {path}:\n{}", block.lines.join("\n")));
            }
        }
    }
    assert!(quotations > 0, "no quotations found");
    complaints
}

fn pages() -> Vec<File> {
    let mut pages = files("docs", ".md");
    pages.push(file("README.md"));
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

#[test]
fn every_formula_shows_on_github() {
    let complaints = not_shown(&pages());
    assert!(complaints.is_empty(), "\n{}", complaints.join("\n"));
}

#[test]
fn every_quotation_is_word_for_word() {
    let read = |path: &str| {
        let text = fs::read_to_string(Path::new(ROOT).join(path)).ok()?;
        Some(text.lines().map(String::from).collect())
    };
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
        let mut lines: Vec<String> = lines.iter().map(|line| line.to_string()).collect();
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
        (path == "code.rs").then(|| source.map(String::from).to_vec())
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
        let lines = lines.iter().map(|line| line.to_string()).collect();
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
