//! The whole book, walked: well-formed, its ids unique, its links leading somewhere in it, its
//! equations and lines leading to each other; and what stops it.

use book::equations::stated;
use book::files::Files;
use book::net::weights;
use book::{Book, File, ROOT, build, check};
use console::share;
use datasets::npy;
use datasets::npz::Writer;
use lines::derive::derive;
use matrix::Matrix;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

const VOID: [&str; 5] = ["meta", "link", "img", "input", "br"];

/// A start tag: its name and its attributes.
type Tag = (String, BTreeMap<String, String>);

/// The book, built once for all tests.
fn book() -> &'static Book {
    static BOOK: OnceLock<Book> = OnceLock::new();
    BOOK.get_or_init(|| build(Path::new(ROOT)).unwrap_or_else(|error| panic!("{error}")))
}

/// The start tags of a page.
///
/// # Panics
/// If an element is not closed where it should be, or a `<` or `&` is not escaped.
fn tags(name: &str, html: &str) -> Vec<Tag> {
    let (mut tags, mut open): (Vec<Tag>, Vec<String>) = (Vec::new(), Vec::new());
    let mut rest = html.strip_prefix("<!DOCTYPE html>\n").expect("a document type");
    while let Some(start) = rest.find('<') {
        let raw = open.last().is_some_and(|name| name == "script");
        let text = &rest[..start];
        for (i, _) in text.match_indices('&').filter(|_| !raw) {
            assert!(
                text[i..].split(';').next().is_some_and(|e| e.len() < 6),
                "{name}: & in {text}"
            );
        }
        assert!(!text.contains('>'), "{name}: > in {text}");
        let end = start + rest[start..].find('>').unwrap_or_else(|| panic!("{name}: < is open"));
        let tag = &rest[start + 1..end];
        rest = &rest[end + 1..];
        if let Some(closed) = tag.strip_prefix('/') {
            assert_eq!(
                open.pop().as_deref(),
                Some(closed),
                "{name}: {}",
                rest.lines().next().unwrap_or_default()
            );
            continue;
        }
        let (tag, closed) = tag.strip_suffix('/').map_or((tag, false), |tag| (tag, true));
        let (element, mut attributes) = tag.split_once(' ').unwrap_or((tag, ""));
        let mut found = BTreeMap::new();
        while !attributes.trim().is_empty() {
            let attribute = attributes.trim_start();
            let plain = attribute.split(' ').next().unwrap_or_default();
            let (key, value) = match attribute.split_once("=\"") {
                Some((key, rest)) if !key.contains(' ') => {
                    let (value, rest) =
                        rest.split_once('"').unwrap_or_else(|| panic!("{name}: {tag}"));
                    attributes = rest;
                    (key, value)
                }
                _ => {
                    attributes = &attribute[plain.len()..];
                    (plain, "")
                }
            };
            assert!(
                found.insert(key.into(), value.into()).is_none(),
                "{name}: {key} twice in {tag}"
            );
        }
        if !VOID.contains(&element) && !closed {
            open.push(element.into());
        }
        tags.push((element.into(), found));
    }
    assert_eq!(open, [""; 0], "{name}");
    tags
}

#[test]
fn the_book_is_well_formed_and_all_its_links_lead_somewhere() {
    let files = book();
    let mut pages = BTreeMap::new();
    for (name, html) in files.iter().filter(|(name, _)| name.ends_with(".html")) {
        let tags = tags(name, html);
        let ids: Vec<&String> = tags.iter().filter_map(|(_, a)| a.get("id")).collect();
        let unique: BTreeSet<String> = ids.iter().map(|id| (*id).clone()).collect();
        let bar = |(element, a): &&Tag| element == "header" && a["class"] == "bar";
        assert_eq!(tags.iter().filter(bar).count(), 1, "{name}: the bar on top");
        let twice = ids.iter().find(|id| ids.iter().filter(|other| other == id).count() > 1);
        assert_eq!(ids.len(), unique.len(), "{name}: {twice:?} twice");
        pages.insert(name.clone(), (tags, unique));
    }
    let Files { pages: chapters, sources } = Files::read(Path::new(ROOT)).unwrap();
    assert_eq!(pages.len(), chapters.len() + sources.len() + 3, "two pages of one name");
    let mut links = 0;
    for (name, (tags, _)) in &pages {
        let targets = ["href", "src", "data-line", "data-from", "data-to"];
        for (tag, key) in tags.iter().flat_map(|(_, a)| targets.map(|key| (a.get(key), key))) {
            let Some(target) = tag else { continue };
            assert!(!target.contains("//"), "{name}: {target}");
            let target =
                if key.starts_with("data") { format!("#{target}") } else { target.clone() };
            let (page, id) = target.split_once('#').unwrap_or((&target, ""));
            let page = if page.is_empty() { name } else { page };
            assert!(files.contains_key(page), "{name}: a link to {target}");
            let there = id.is_empty() || pages[page].1.contains(id);
            assert!(there, "{name}: a link to {target}");
            links += 1;
        }
    }
    assert!(links > 1000, "only {links} links");
    for (name, text) in files {
        let style = name.ends_with(".css") || name.ends_with(".js");
        assert!(!(style && text.contains("://")), "{name}: a network");
        assert!(!text.contains("innerHTML") || name.ends_with(".html"), "{name}: innerHTML");
    }
}

#[test]
fn every_numbered_equation_has_its_line_and_every_tagged_line_its_equation() {
    let files = book();
    let mut equations = 0;
    for page in File::read_all(Path::new(ROOT), "docs", ".md").unwrap() {
        let name = book::links::page_name(&page.name);
        let tags = tags(&name, &files[&name]);
        for tag in page.lines.iter().filter_map(|line| stated(line)) {
            let tag = tag.to_string();
            let of = |key: &str, value: &str| -> Vec<&Tag> {
                tags.iter().filter(|(_, a)| a.get(key).is_some_and(|v| v == value)).collect()
            };
            let [(_, equation)] = of("id", &tag)[..] else { panic!("{name}: equation {tag}") };
            let [(_, line)] = of("id", &equation["data-line"])[..] else { panic!("{tag}: line") };
            assert_eq!(line["data-eq"], tag);
            assert!(!of("href", &format!("#{tag}")).is_empty(), "{tag}: no way back");
            equations += 1;
        }
    }
    assert!(equations > 70, "only {equations} equations");
}

#[test]
fn references_lead_to_what_they_name() {
    let files = book();
    let html = |name: &str| &files[name];
    let summary = tags("summary.html", html("summary.html"));
    let refs = summary.iter().filter(|(_, a)| a.get("class").is_some_and(|class| class == "ref"));
    assert!(refs.count() > 50, "the cells of the summary are links");
    for (page, link) in [
        ("03-two-net.html", "href=\"#3.9\" class=\"ref\">eq.\u{a0}3.9<"),
        ("errata.html", "href=\"03-two-net.html#3.11\" class=\"ref\">eq.\u{a0}3.11<"),
        ("results.html", "href=\"errata.html#error-8\">error\u{a0}8<"),
        ("04-three-net.html", "href=\"#exercise-5\">exercise\u{a0}5<"),
    ] {
        assert!(html(page).contains(link), "{page}: {link}");
    }
}

#[test]
fn answers_are_folded_under_their_exercises_and_the_whole_book_is_one_page() {
    let files = book();
    let html = |name: &str| &files[name];
    let (_, exercise) = html("03-two-net.html").split_once("<li id=\"exercise-3\">").unwrap();
    let (exercise, _) = exercise.split_once("</li>").unwrap();
    assert!(exercise.contains("<details class=\"answer\">"), "{exercise}");
    assert!(exercise.contains("<strong>3.</strong>") && !exercise.contains("<strong>4."));

    let whole = html("whole.html");
    for page in files.keys().filter(|name| name.starts_with('0')) {
        assert!(whole.contains(&format!("<section id=\"{page}\">")), "{page}");
    }
    assert!(whole.contains("id=\"03-two-net.html-3.9\""), "an equation");
    assert!(whole.contains("href=\"#03-two-net.html-3.9\""), "the way to it");
    assert!(!whole.contains("href=\"03-two-net.html"), "a way out of it");

    let find = html("find.html");
    for item in [
        "<a href=\"03-two-net.html#forward\">Forward</a>",
        "<code>dw2</code></a> the gradient with respect to the weights of layer 2",
        "<li data-find=\"dw2 a1 dz2\"><a href=\"03-two-net.html#3.9\">(3.9)</a>",
    ] {
        assert!(find.contains(item), "{item}");
    }
}

#[test]
fn the_cover_shows_the_run_of_xor() {
    let tags = tags("index.html", &book()["index.html"]);
    let of = |element: &'static str| {
        tags.iter().filter(move |(name, _)| name == element).map(move |(_, a)| a)
    };
    let run = &book::runs::record(3).unwrap()[0];
    let moments = run.moments.len();
    // A line for each weight, with a width for each moment that has the sign of the weight.
    let lines: Vec<_> = of("line").map(|a| a["data-w"].split(';').collect::<Vec<_>>()).collect();
    assert_eq!(lines.len(), 2 * 6 + 6 * 2);
    assert!(lines.iter().all(|widths| widths.len() == moments));
    let last = &run.moments[moments - 1].values;
    let weights = last["w1"].as_slice().iter().chain(last["w2"].as_slice());
    for (weight, widths) in weights.zip(&lines) {
        let width: f64 = widths[moments - 1].parse().unwrap();
        assert!(width * weight >= 0.0 && width.abs() <= 7.0, "{width} for {weight}");
    }
    // A square has the answer at its middle.
    let [w1, b1, w2, b2] = ["w1", "b1", "w2", "b2"].map(|key| last[key].clone());
    let middle = Matrix::from_fn(16, 2, |i, j| [i as f64 / 8.0 - 0.4375, 1.4375][j]);
    let probs = nets::TwoNet { w1, b1, w2, b2 }.forward(&middle).probs;
    let top: Vec<u32> = (0..16).map(|i| (9.0 * probs[(i, 1)]).round() as u32).collect();
    // In the end the four corners are told apart: 0 1 1 0.
    let map = of("g").find_map(|a| a.get("data-p")).expect("the map");
    let map: Vec<Vec<u32>> =
        map.split(';').map(|p| p.chars().filter_map(|c| c.to_digit(10)).collect()).collect();
    assert!(map.len() == moments && map.iter().all(|digits| digits.len() == 256));
    assert_eq!(map[moments - 1][..16], top);
    let at = |row: usize, col: usize| map[moments - 1][row * 16 + col];
    assert!(at(12, 4) < 2 && at(4, 4) > 7 && at(12, 12) > 7 && at(4, 12) < 2);
    assert!(map[0].iter().all(|digit| (4..6).contains(digit)), "at first it knows nothing");
}

/// A page of the book.
fn page(name: &str) -> &'static str {
    &book()[name]
}

/// The attributes of the elements of this name, in order.
fn elements(name: &str, element: &str) -> Vec<BTreeMap<String, String>> {
    tags(name, page(name)).into_iter().filter(|(e, _)| e == element).map(|(_, a)| a).collect()
}

/// The rows of each matrix on a page, by its attributes: the heads of the columns, then the head
/// and the numbers of each row, with their classes.
fn figures(name: &str) -> Vec<(String, Vec<String>, Vec<Row>)> {
    let cells = |row: &str| -> Vec<(String, String)> {
        let cells = row.split("<t").skip(1).map(|cell| {
            let (tag, rest) = cell.split_once('>').expect("a tag");
            let class = tag.split('"').nth(1).unwrap_or_default();
            (class.into(), rest.split('<').next().unwrap_or_default().into())
        });
        cells.collect()
    };
    let figures = page(name).split("<figure class=\"matrix\" ").skip(1).map(|figure| {
        let (attributes, rest) = figure.split_once('>').expect("a tag");
        let table = rest.split("</table>").next().expect("a table");
        let mut rows = table.split("<tr>").skip(1).map(cells);
        let heads = rows.next().expect("heads").into_iter().skip(1).map(|(_, text)| text);
        let rows = rows.map(|mut row| (row.remove(0).1, row)).collect();
        (attributes.into(), heads.collect(), rows)
    });
    figures.collect()
}

/// The head of a row, and its numbers with their classes.
type Row = (String, Vec<(String, String)>);

#[test]
fn a_matrix_has_heads_and_each_number_the_class_of_its_sign_and_size() {
    let figures = figures("03-two-net.html");
    let find = |text: &str| figures.iter().find(|(attributes, ..)| attributes.contains(text));
    let heads = |text: &str| {
        let (_, across, rows) = find(text).expect(text);
        let down: Vec<&str> = rows.iter().map(|(head, _)| &**head).collect();
        format!("{} | {}", down.join(" "), across.join(" "))
    };
    assert_eq!(heads("data-key=\"a0\""), "sample 0 sample 1 sample 2 sample 3 | x1 x2");
    let turned = heads("data-key=\"a0\" data-turned");
    assert_eq!(turned, "x1 x2 | sample 0 sample 1 sample 2 sample 3");
    assert_eq!(heads("data-key=\"w2\" data-turned").split(" | ").next(), Some("class 0 class 1"));
    assert!(heads("data-key=\"z1\"").ends_with("| unit 0 unit 1 unit 2 unit 3 unit 4 unit 5"));
    for (attributes, _, rows) in &figures {
        let cells: Vec<_> = rows.iter().flat_map(|(_, cells)| cells).collect();
        let values: Vec<f64> =
            cells.iter().map(|(_, text)| text.replace('−', "-").parse().unwrap()).collect();
        let largest = values.iter().fold(0.0, |a: f64, x| a.max(x.abs()));
        for ((class, _), x) in cells.iter().zip(&values) {
            let third: f64 = class[1..2].parse().unwrap();
            let share = if largest > 0.0 { 3.0 * x.abs() / largest } else { 0.0 };
            // The page has three digits of each number.
            assert!(
                (third - 1.02..third + 0.02).contains(&share) || x == &0.0,
                "{attributes}: {class} {x}"
            );
            assert_eq!(class.starts_with('m'), x.is_sign_negative(), "{attributes}: {class} {x}");
        }
    }
    // The gradient is stopped where z is negative, and only there.
    let negative = |cells: &[(String, String)], class: &str| {
        cells.iter().map(|(of, _)| of.contains(class)).collect::<Vec<_>>()
    };
    let of = |text: &str, class: &str| {
        let (_, _, rows) = find(text).expect(text);
        rows.iter().map(|(_, cells)| negative(cells, class)).collect::<Vec<_>>()
    };
    assert_eq!(of("data-key=\"dz1\" data-result", "stopped"), of("data-key=\"z1\"", "m"));
}

#[test]
fn wide_matrices_stand_below_each_other_and_narrow_ones_side_by_side() {
    // The block of numbers with this result: the classes of its frame.
    let frame = |name: &str, tag: &str| {
        let before = page(name).split(&format!("data-result=\"{tag}\"")).next().expect("a result");
        let frames = before.rsplit("<div class=\"").map(|part| part.split('"').next().unwrap());
        let mut frames =
            frames.filter(|class| class.starts_with("flow") || class.starts_with("falk"));
        frames.next().expect("a frame").to_string()
    };
    assert_eq!(frame("03-two-net.html", "3.2"), "flow stacked");
    assert_eq!(frame("03-two-net.html", "3.8"), "flow");
    assert_eq!(frame("03-two-net.html", "3.1"), "falk");
    assert_eq!(frame("04-three-net.html", "4.13").split(' ').next(), Some("falk"));
}

#[test]
fn names_in_code_lead_to_their_letters_and_functions() {
    let html = page("03-two-net.html");
    // In a closure, w stands for W² in one line and for W¹ in the other.
    for layer in [1, 2] {
        let (w, dw) = (
            format!("<span data-s=\"w{layer}\">w</span>"),
            format!("<span data-s=\"dw{layer}\">dw</span>"),
        );
        assert!(html.contains(&format!("|{w}, {dw}| {w} - ")), "layer {layer}");
    }
    assert!(page("00-notation.html").contains("<code><span data-s=\"h\">h</span></code>"));
    // What is called leads to where it is defined; a definition leads nowhere.
    let called = |name: &str| html.matches(&format!("\">{name}</a>")).count();
    assert!(called("zip_apply") >= 4 && called("softmax_of_rows") >= 1);
    assert!(html.contains(".<a href=\"matrix-src-ops.rs.html#L"));
    let defined = html.split("<span class=\"keyword\">fn</span> ").skip(1);
    assert!(defined.clone().count() >= 4 && defined.clone().all(|name| !name.starts_with("<a ")));
    // A loss that is called is marked as the letter of its equation.
    for loss in
        ["Self</span>::<span data-s=\"data_loss\">", "self</span>.<span data-s=\"reg_loss\">"]
    {
        assert!(html.contains(loss), "{loss}");
    }
    // A file that is quoted under one name needs no folder.
    assert!(html.contains("data-line=\"two_net.rs-") && !html.contains("data-line=\"nets-"));
}

#[test]
fn quoted_lines_are_those_of_the_file_beside_them() {
    let html = page("03-two-net.html");
    let code = |line: &str| {
        line.split_once("<code>").unwrap().1.split("</code>").next().unwrap().trim().to_string()
    };
    let mut quoted = 0;
    for quote in html.split("<figure class=\"quote").skip(1) {
        let ends: Vec<&str> = quote.split('"').skip(2).step_by(2).take(2).collect();
        let (file, first) = ends[0].rsplit_once('-').unwrap();
        let lines = quote.split("</figure>").next().unwrap().split("data-line=\"").skip(1);
        let mut last = "";
        for (line, n) in lines.zip(first.parse::<usize>().unwrap()..) {
            last = line.split('"').next().unwrap();
            assert_eq!(last, format!("{file}-{n}"));
            let (_, there) = html.split_once(&format!(" id=\"{last}\"")).expect(last);
            assert_eq!(code(line), code(there), "{last}");
            quoted += 1;
        }
        assert_eq!(last, ends[1]);
    }
    assert!(quoted > 15, "only {quoted} lines");
}

#[test]
fn under_a_gradient_is_its_derivation() {
    let net = File::read(Path::new(ROOT), "nets/src/two_net.rs").unwrap();
    let all = derive(&net).unwrap();
    let shown: Vec<&str> =
        page("03-two-net.html").split("<details class=\"derived\">").skip(1).collect();
    assert_eq!(shown.len(), all.len());
    for (html, derivation) in shown.iter().zip(all) {
        let rules = format!("<summary>follows by: {}</summary>", derivation.rules.join(", "));
        assert!(html.starts_with(&rules), "{rules}");
        let rows = html.split("</table>").next().unwrap().split("<td>").skip(1);
        let rows: Vec<&str> = rows.map(|row| row.split("</td>").next().unwrap()).collect();
        let expected =
            derivation.rows.into_iter().map(|(_, formula)| formula).chain(derivation.conditions);
        let expected: Vec<String> = expected.map(|text| text.replace('>', "&gt;")).collect();
        assert_eq!(rows, expected, "{}", derivation.tag);
    }
}

#[test]
fn a_letter_that_never_changes_is_written_once() {
    let html = page("03-two-net.html");
    let run = &book::runs::record(3).unwrap()[0];
    let (_, values) = html.split_once("\"values\":{").expect("the values");
    for (letter, expected) in
        [("a0", 1), ("y", 1), ("w1", run.moments.len()), ("loss", run.moments.len())]
    {
        let (_, value) = values.split_once(&format!("\"{letter}\":{{")).expect(letter);
        let (_, all) = value.split_once("\"all\":[").expect("numbers");
        let written = all.split("]]").next().unwrap().matches('[').count();
        assert_eq!(written, expected, "{letter}");
    }
}

#[test]
fn the_cover_is_drawn_where_its_numbers_say() {
    let number = |a: &BTreeMap<String, String>, key: &str| a[key].parse::<f64>().unwrap();
    let circles = elements("index.html", "circle");
    let at = |radius: &'static str| {
        let of = circles.iter().filter(move |a| a["r"] == radius);
        of.map(|a| (number(a, "cx"), number(a, "cy"))).collect::<Vec<_>>()
    };
    // Columns of 2, 6 and 2 units, the middle of each at a height of 100; each weight joins two.
    let units = at("6");
    let column = |x: f64| {
        let of = units.iter().filter(|(cx, _)| *cx == x).map(|(_, y)| *y - 100.0);
        of.collect::<Vec<_>>()
    };
    let [inputs, hidden, classes] = [24.0, 115.0, 206.0].map(column);
    assert_eq!(
        (inputs, hidden.as_slice()),
        (vec![-15.0, 15.0], &[-75.0, -45.0, -15.0, 15.0, 45.0, 75.0][..])
    );
    assert_eq!(classes, [-15.0, 15.0]);
    let lines = elements("index.html", "line");
    let ends = lines.iter().map(|a| {
        [("x1", "y1"), ("x2", "y2")].map(|(x, y)| {
            units.iter().position(|unit| *unit == (number(a, x), number(a, y))).unwrap()
        })
    });
    let expected =
        (0..12).map(|k| [k / 6, 2 + k % 6]).chain((0..12).map(|k| [2 + k / 2, 8 + k % 2]));
    assert_eq!(ends.collect::<Vec<_>>(), expected.collect::<Vec<_>>());
    // The map, row by row, and the corners of XOR on it.
    let squares =
        elements("index.html", "rect").into_iter().map(|a| (number(&a, "x"), number(&a, "y")));
    let expected =
        (0..256).map(|k| (262.0 + f64::from(k % 16) * 10.0, 20.0 + f64::from(k / 16) * 10.0));
    assert_eq!(squares.collect::<Vec<_>>(), expected.collect::<Vec<_>>());
    assert_eq!(at("8"), [(302.0, 140.0), (302.0, 60.0), (382.0, 140.0), (382.0, 60.0)]);
    // The curve: the largest loss on top, 0 at the bottom, and a dot at the loss that is shown.
    let figure = &elements("index.html", "figure")[0];
    let losses: Vec<f64> = figure["data-losses"]
        .split(';')
        .map(|loss| loss.replace('−', "-").parse().unwrap())
        .collect();
    let points = elements("index.html", "polyline")[0]["points"].clone();
    let points: Vec<(f64, f64)> = points
        .split(' ')
        .map(|point| {
            let (x, y) = point.split_once(',').unwrap();
            (x.parse().unwrap(), y.parse().unwrap())
        })
        .collect();
    assert_eq!(points.len(), losses.len());
    let last = (losses.len() - 1) as f64;
    let largest = losses.iter().copied().fold(0.0, f64::max);
    for (k, ((x, y), loss)) in points.iter().zip(&losses).enumerate() {
        assert!((x - 456.0 - 170.0 * k as f64 / last).abs() < 0.06, "{k}: {x}");
        assert!((y - 180.0 + 160.0 * loss / largest).abs() < 0.2, "{k}: {y} for {loss}");
    }
    let now = elements("index.html", "input").iter().find(|a| a["id"] == "cover-slider").unwrap()["value"].parse::<usize>().unwrap();
    assert_eq!(at("5"), [points[now]]);
}

#[test]
fn the_page_that_reads_digits_has_the_lines_of_the_net_and_one_digit_of_each_class() {
    let script = page("net.js");
    assert!(
        script.contains("\"4.1\":{\"result\":\"z1\",\"key\":\"z1\",\"op\":[\"add_row\",[\"dot\",")
    );
    assert!(script.contains("\"line\":\"let z1 = a0.dot("));
    let digits: Vec<&str> =
        script.split("\"digits\":[").nth(1).unwrap().split('"').skip(1).step_by(2).collect();
    assert_eq!(digits.len(), 10);
    assert!(digits.iter().all(|digit| digit.len() == 4 * (28_usize * 28).div_ceil(3)));
    assert_eq!(digits.iter().collect::<BTreeSet<_>>().len(), 10);
}

/// A saved run of a net of this shape, with these settings.
fn saved(name: &str, shape: &[usize], settings: &str) -> PathBuf {
    let mut zip = Writer::default();
    for (layer, pair) in shape.windows(2).enumerate() {
        for (letter, rows) in [("w", pair[0]), ("b", 1)] {
            let matrix = Matrix::from_fn(rows, pair[1], |_, j| j as f32);
            zip.add(&format!("{letter}{}.npy", layer + 1), &npy::to_bytes(&matrix));
        }
    }
    zip.add("settings.txt", settings.as_bytes());
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::write(&path, zip.finish().unwrap()).unwrap();
    path
}

#[test]
fn a_saved_net_is_on_the_page_with_its_settings_and_another_is_refused() {
    let script = |shape: &[usize], settings: &str| {
        weights(&saved("weights.npz", shape, settings)).map_err(|error| error.to_string())
    };
    let shape = [784, 3, 2, 10];
    let text = script(&shape, "rate = 0.5\nscale = 2\n").unwrap();
    assert!(text.contains("\"scale\":2,\"eta\":0.5,"), "{text}");
    assert!(text.contains("\"b1\":[1,3,\"AAAAAAAAgD8AAABA\"]"), "0, 1 and 2: {text}");
    for nothing in ["", "rate = 0\nscale = -1\n", "rate = inf\nscale = NaN\n"] {
        assert!(script(&shape, nothing).unwrap().contains("\"scale\":1,\"eta\":0.01,"));
    }
    for (shape, expected) in [
        (&[783, 3, 2, 10][..], "w1.npy: found shape 783×3, expected 784×3"),
        (&[784, 3, 2, 9], "expected one with two hidden layers and ten classes"),
        (&[784, 3, 2, 10, 10], "expected one with two hidden layers and ten classes"),
    ] {
        let error = script(shape, "").unwrap_err();
        assert!(error.contains("weights.npz") && error.contains(expected), "{error}");
    }
}

#[test]
fn runs_are_recorded_at_round_iterations_and_continue_by_the_lines_of_their_net() {
    let xor = &book::runs::record(3).unwrap()[0];
    let iterations: Vec<usize> = xor.moments.iter().map(|moment| moment.iteration).collect();
    let round: BTreeSet<usize> = [0, 1, 10, 100, 200, 500, 1000, 2000, 5000, 10000].into();
    assert!(round.is_subset(&iterations.iter().copied().collect()), "{iterations:?}");
    // Others are between them only where the loss moves.
    assert!(iterations.iter().all(|i| *i > 200 || round.contains(i)), "{iterations:?}");
    let or = &book::runs::record(1).unwrap()[0].moments;
    assert_eq!(or[or.len() - 1].predictions, "0 1 1 1, 4 of 4 right");
    let rules = book::runs::record(8).unwrap();
    let xor = &rules[1].moments;
    assert_eq!(xor[0].predictions, ["2 of 4 right"; 3].join(", "));
    assert!(xor[xor.len() - 1].predictions.starts_with("4 of 4 right, 4 of 4 right, "));
    let html = page("08-how-far-how-fast.html");
    assert!(html.contains("\"before\":[[\"z1.plain\",[\"add_row\",[\"dot\",[\"value\",\"a0\"],"));
    // The weights decay and the biases do not.
    for (letter, lambda) in [("w2", "lambda"), ("b1", "zero")] {
        assert!(html.contains(&format!("[\"value\",\"{lambda}\"],[\"value\",\"{letter}.plain\"]")));
    }
    assert!(
        html.contains(
            "[\"b1.plain\",[\"value\",\"8.1.b1\"]],[\"w2.plain\",[\"value\",\"8.1.w2\"]]"
        )
    );
}

#[test]
fn a_file_is_dimmed_against_that_of_the_chapter_before() {
    let dims = |name: &str| {
        let dims = book()[name]
            .split("dim what ")
            .skip(1)
            .map(|dim| dim.split(" has").next().unwrap_or(""));
        dims.collect::<Vec<_>>().join(" ")
    };
    assert_eq!(dims("01-one-net.html"), "");
    assert_eq!(dims("02-softmax-regression.html"), "one_net.rs");
    assert_eq!(dims("03-two-net.html"), "softmax_regression.rs");
    assert_eq!(dims("05-any-depth.html"), "three_net.rs");
}

#[test]
fn headings_of_one_name_have_anchors_of_their_own() {
    let build = |link: &str| {
        let same = format!("## Same\n\n## Same\n\n[there]({link})\n");
        build(&repository("same", &(CHAPTER.to_string() + &same), SOURCE)).map(|_| ())
    };
    assert_eq!(build("#same"), Ok(()));
    assert_eq!(build("#same-1"), Ok(()));
    assert!(build("#same-2").is_err());
}

#[test]
fn a_file_that_a_page_leads_to_has_a_page() {
    let chapter = format!("{CHAPTER}\n[Notes](../notes.txt), and [again](../notes.txt).\n");
    let root = repository("notes", &chapter, SOURCE);
    fs::write(root.join("notes.txt"), "fn a < b\n").unwrap();
    let book = build(&root).unwrap();
    assert!(book["09-one.html"].contains("<a href=\"notes.txt.html\">Notes</a>"));
    let notes = &book["notes.txt.html"];
    assert!(notes.contains("<code>fn a &lt; b</code>"), "{notes}");
}

#[test]
fn the_same_book_comes_out_twice() {
    assert!(build(Path::new(ROOT)).unwrap() == *book());
}

/// A repository of one chapter and one source.
fn repository(name: &str, chapter: &str, source: &str) -> PathBuf {
    let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    for (file, text) in [
        ("docs/README.md", "# Pages\n\n[one](09-one.md)\n"),
        ("docs/09-one.md", chapter),
        ("nets/src/one.rs", source),
    ] {
        let path = root.join(file);
        fs::create_dir_all(path.parent().expect("a folder")).unwrap();
        fs::write(path, text).unwrap();
    }
    root
}

const CHAPTER: &str = "# One

See [the pages](README.md) and $z$.

```math
z = x \\qquad (9.1)
```

```rust nets/src/one.rs
let z = x; // (9.1)
```
";
const SOURCE: &str = "fn one(x: f64) {\n    let z = x; // (9.1)\n}\nstruct One {\n    /// z, N × D.\n    pub z: f64,\n}\n";

#[test]
fn what_is_not_understood_stops_the_book_with_its_place() {
    let build = |chapter: &str, source: &str| {
        build(&repository("stops", chapter, source)).map(|book| book.len())
    };
    assert_eq!(build(CHAPTER, SOURCE), Ok(19));
    let page = |from: &str, to: &str| {
        assert!(CHAPTER.contains(from), "{from}");
        build(&CHAPTER.replacen(from, to, 1), SOURCE).unwrap_err().to_string()
    };
    for (from, to, expected) in [
        (
            "z = x",
            "z = \\foo x",
            "docs/09-one.md:6: found \\foo, expected a command of the subset that src/tex.rs knows",
        ),
        ("z = x", "z = \\frac{x", "docs/09-one.md:6: found \\qquad, expected }"),
        (
            "z = x",
            "z = x\n\\begin{matrix}",
            "docs/09-one.md:7: found \\begin, expected \\begin{aligned} or {pmatrix}",
        ),
        (
            "$z$",
            "$\\foo$",
            "docs/09-one.md:3: found \\foo, expected a command of the subset that src/tex.rs knows",
        ),
        ("$z$", "$z", "docs/09-one.md:3: found $ that is not closed, expected $"),
        (
            "$z$",
            "$\\begin{aligned} z & z \\\\ z \\end{aligned}$",
            "docs/09-one.md:3: found $\\begin{aligned} z & z \\\\ z \\end{aligned}$, expected one line, without &, between dollars",
        ),
        ("$z$", "**z", "docs/09-one.md:3: found ** that is not closed, expected **"),
        (
            "See",
            "> See",
            "docs/09-one.md:3: found \"> See [the pages](RE\", expected a heading, paragraph, list, table or fence at the start of a line",
        ),
        (
            "README.md",
            "NOTES.md",
            "docs/09-one.md:3: found a link to NOTES.md, expected a file or folder of the repository",
        ),
        (
            "README.md",
            "README.md#no",
            "docs/09-one.md:3: found a link to README.md#no, expected a page, a heading on it, a file or a folder",
        ),
        (
            "```rust",
            "```ruby",
            "docs/09-one.md:9: found a fence of \"ruby nets/src/one.rs\", expected math, rust with a file, sh, text, text slow or text long",
        ),
        (
            "let z = x; //",
            "let z = c; //",
            "docs/09-one.md:10: found let z = c; // (9.1), expected lines of nets/src/one.rs",
        ),
        (
            "one.rs",
            "two.rs",
            "docs/09-one.md:9: found a quote from nets/src/two.rs, expected a source of the workspace",
        ),
        (
            "See",
            "By eq.\n9.2 see",
            "docs/09-one.md:4: found eq. 9.2, expected the number of an equation",
        ),
        ("See", "See error 8 in", "docs/09-one.md:3: found error 8, expected an error of the list"),
        (
            "See",
            "See exercise 1,",
            "docs/09-one.md:3: found exercise 1, expected an exercise of this page",
        ),
        ("See", "See chapter 8,", "docs/09-one.md:3: found chapter 8, expected a chapter"),
        (
            "(9.1)\n",
            "(9.1)\n```\n\n```math\nz = x \\qquad (9.1)\n",
            "docs/09-one.md:10: found equation (9.1) again, expected one equation of each number",
        ),
        (
            "\\qquad (9.1)",
            "",
            "nets/src/one.rs:2: found (9.1), expected a page that states this equation",
        ),
        (
            "(9.1)",
            "(9.2)",
            "docs/09-one.md:6: found equation (9.2), expected a line that ends in // (9.2)",
        ),
        (
            "z = x",
            "z = c",
            "docs/09-one.md:6: found (9.1) with a letter that is c in Rust, expected c on its line, nets/src/one.rs:2",
        ),
        (
            ")\n```\n",
            ")\n",
            "docs/09-one.md:10: found a fence that is not closed, expected ``` below it",
        ),
    ] {
        let error = page(from, to);
        assert!(error.starts_with(expected), "{error}\nexpected {expected}");
        assert!(!error.contains('\n'), "{error}");
    }
    let again = SOURCE.replacen('}', "    let z = x; // (9.1)\n}", 1);
    let error = build(CHAPTER, &again).unwrap_err().to_string();
    assert_eq!(
        error,
        "nets/src/one.rs:3: found a second line of (9.1), expected one line for each equation"
    );
    let error = build(CHAPTER, "// (9.1)\nlet z = x; // (9.1)\n").unwrap_err().to_string();
    assert_eq!(
        error,
        "nets/src/one.rs:2: found (9.1) outside a function, expected a line of a function"
    );
}

#[test]
fn the_script_has_the_same_functions() {
    let script = include_str!("../src/show.js");
    for (name, _) in book::ops::FUNCTIONS {
        assert!(script.contains(&format!(" {name}: (x) =>")), "{name}");
    }
}

/// The cards of a page, by the letter's name in Rust: what one reads, and its links.
fn cards(html: &str) -> BTreeMap<&str, (String, Vec<&str>)> {
    let cards = html.split(" id=\"card-").skip(1).map(|card| {
        let (name, card) = card.split_once("\">").expect("a name");
        let card = card.split("</template>").next().unwrap_or_default().replace("</p><p>", ": ");
        let links = html.split(" id=\"card-").find(|card| card.starts_with(&format!("{name}\"")));
        let links = links.expect("the card").split("<a href=\"").skip(1);
        let links = links.map(|link| link.split('"').next().unwrap_or_default()).collect();
        let mut text = String::new();
        for piece in card.split('<') {
            let (tag, after) = piece.split_once('>').unwrap_or_default();
            text += if tag.starts_with("annotation") { "" } else { after };
        }
        (name, (text, links))
    });
    cards.collect()
}

#[test]
fn every_letter_of_every_equation_has_a_true_card() {
    let files = book();
    let mut letters = 0;
    for (name, html) in files.iter().filter(|(name, _)| name.starts_with('0')) {
        let cards = cards(html);
        for row in html.split("<div class=\"row eq\"").skip(1) {
            let row = row.split("</div>").next().unwrap_or_default();
            for letter in row.split("data-s=\"").skip(1) {
                let letter = letter.split('"').next().unwrap_or_default();
                let (text, links) = cards.get(letter).unwrap_or_else(|| panic!("{name}: {letter}"));
                assert!(text.contains(letter) && text.contains(", "), "{name}: {text}");
                assert_eq!(links.is_empty(), text.ends_with(", given"), "{name}: {text}");
                letters += 1;
            }
        }
    }
    assert!(letters > 300, "only {letters} letters");
    let page = |name: &str| &files[name];
    for (file, letter, expected) in [
        ("00-notation.html", "z", "z z a number, or a row of K: the scores, given"),
        ("01-one-net.html", "lambda", "λ lambda a number: the strength of the regulariser, given"),
        ("02-softmax-regression.html", "x", "x x N × D: the samples, one in each row, given"),
        (
            "03-two-net.html",
            "data_loss",
            "dataLoss data_loss a number: the mean cross-entropy of the samples, made by (3.5)",
        ),
        (
            "03-two-net.html",
            "dw2",
            "∇W(2) dw2 H × K: the gradient with respect to the weights of layer 2, made by (3.9)",
        ),
        ("03-two-net.html", "w1", "W(1) w1 D × H: the weights of layer 1, changed by (3.17)"),
        ("04-three-net.html", "a2", "a(2) a2 N × H₂: the activations of layer 2, made by (4.4)"),
        ("05-any-depth.html", "w", "W(l) w Hₗ₋₁ × Hₗ: the weights of layer l, changed by (5.12)"),
        (
            "04-three-net.html",
            "relu",
            "relu relu a function of each entry: max(0, z), the rectifier, made by (0.3)",
        ),
    ] {
        assert_eq!(cards(page(file))[letter].0, expected, "{file}");
    }
    assert_eq!(cards(page("04-three-net.html"))["relu"].1, ["00-notation.html#0.3"]);
    let found = build(&repository(
        "no-card",
        &CHAPTER.replace("z = x", "q = x"),
        &SOURCE.replace("z = x", "q = x"),
    ));
    assert_eq!(
        found.unwrap_err().to_string(),
        "docs/09-one.md:6: found (9.1) with no word of q, expected a row of the table in src/cards.rs that says it"
    );
}

/// Every numbered formula, with each of these changes where it can be made: letters and line stay as they
/// are, and the formula alone is wrong. Each chapter is read without the others, which takes less time.
#[test]
fn a_formula_that_is_wrong_alone_stops_the_book() {
    let pages = Files::read(Path::new(ROOT)).unwrap().pages;
    let chapters: Vec<File> =
        pages.into_iter().filter(|page| page.name.starts_with("docs/0")).collect();
    // Two at a time, because this takes the longest of all tests here.
    let tried = share(chapters.into_iter(), 2, |chapter| Ok(wrong_formulas(chapter))).unwrap();
    let tried: usize = tried.iter().sum();
    assert!(tried >= 80, "only {tried} changes");
}

/// Checks that each change in `chapter` is found, and returns how many there are.
fn wrong_formulas(chapter: File) -> usize {
    let mut files = Files::read(Path::new(ROOT)).unwrap();
    // Reading sources that the chapter does not name would take half of the time.
    let named = |path: &str| chapter.lines.iter().any(|line| line.contains(path));
    files.sources.retain(|source| source.name.starts_with("nets/src/") || named(&source.name));
    let mut tried = 0;
    for (at, line) in chapter.lines.iter().enumerate() {
        let Some(tag) = stated(line).filter(|_| !line.contains("//")) else { continue };
        files.pages = vec![chapter.clone()];
        for (from, to) in [
            ("^\\top", ""),
            (" + ", " - "),
            (" - ", " + "),
            (" \\cdot ", " * "),
            ("'(", "("),
            ("\\frac1", "\\frac2"),
            ("\\frac{2}", "\\frac{3}"),
            ("\\sqrt{", "{"),
            (" / ", " "),
            ("beta_1 ", "beta_2 "),
            ("part_2", "part_1"),
            ("root_2", "root_1"),
            ("c_2", "c_1"),
            ("\\tfrac12", "\\tfrac13"),
            ("\\max(0", "\\max(1"),
            ("e^{-", "e^{"),
            ("e^{", "k^{"),
            ("\\ge", "\\le"),
            ("\\ln \\sum", "\\sum"),
            ("0.01", "0.02"),
            ("b_j &= 0 ", "b_j &= 1 "),
            ("{z_k", "{2 z_k"),
            ("^2", ""),
            ("\\lambda ", "\\lambda \\lambda "),
        ] {
            if !line.contains(from) {
                continue;
            }
            // Of a formula with two signs of equality what stands between them is read.
            let read = line.match_indices(" = ").nth(1).map_or(line.len(), |(at, _)| at);
            if book::formula::UNREAD.contains(&tag) || !line[..read].contains(from) {
                continue;
            }
            files.pages[0].lines[at] = line.replacen(from, to, 1);
            let error = check(&files).expect_err(&files.pages[0].lines[at]).to_string();
            let there = error.starts_with(&format!("{}:", files.pages[0].name))
                && error.contains(&format!("({tag})"));
            assert!(there, "{from} → {to}: {error}");
            tried += 1;
        }
    }
    tried
}
