//! The pages around the chapters: the sources, the index, and the whole book as one page.

use crate::Error;
use crate::html::escape;
use crate::links::page_name;
use crate::page;
use crate::site::{Card, Page, Site, Writer};
use std::collections::BTreeMap;

/// The page of a source: all lines, and next to each numbered one its equation.
pub(crate) fn source_page(site: &Site<'_>, source: usize) -> String {
    let page = Page::new(&site.files.sources[source], Vec::new());
    let lines =
        Writer { site, page: &page, part: None }.lines_of_file(source, "L", |i, n, code| {
            let beside = site.equation_at(source, i).map_or(String::new(), |(tag, equation)| {
            let math = equation.row.whole();
            let href = site.address(tag).unwrap_or_default();
            format!(
                "<a class=\"beside\" href=\"{href}\"><math>{math}</math> <span>({tag})</span></a>"
            )
        });
            format!("<div class=\"line\" id=\"L{n}\">{code}{beside}</div>\n")
        });
    let name = &site.files.sources[source].name;
    let title = escape(name);
    let file = format!("<section class=\"file\">\n<h1>{title}</h1>\n{lines}</section>\n");
    page::beside(name, "source", "", &file)
}

/// The page that lists all sources.
pub(crate) fn sources_page(site: &Site<'_>) -> String {
    let mut folders: BTreeMap<&str, String> = BTreeMap::new();
    for file in &site.files.sources {
        let (folder, name) = file.name.rsplit_once('/').unwrap_or(("", &file.name));
        let item = format!("<li><a href=\"{}\">{name}</a></li>\n", page_name(&file.name));
        *folders.entry(folder).or_default() += &item;
    }
    // The nets come first, then the crates that they use, then the programs, and the book last.
    let order = ["nets/src", "matrix/src", "datasets/src", "nets", "matrix", "datasets", "apps"];
    let rank = |folder: &str| {
        let place = order.iter().position(|start| folder.starts_with(start));
        (folder.starts_with("apps/book"), place.unwrap_or(order.len()))
    };
    let mut folders: Vec<(&str, String)> = folders.into_iter().collect();
    folders.sort_by_key(|(folder, _)| rank(folder));
    let list = folders.iter().map(|(folder, items)| {
        let id = folder.replace('/', "-");
        format!("<h2 id=\"{id}\">{folder}</h2>\n<ul>\n{items}</ul>\n")
    });
    let list: String = list.collect();
    page::beside("All sources", "page", "sources", &format!("<h1>All sources</h1>\n{list}"))
}

/// All pages in one, for printing.
pub(crate) fn whole_page(site: &Site<'_>) -> Result<String, Error> {
    let mut body = String::new();
    for page in &site.pages {
        let name = &page.name;
        let text = Writer { site, page, part: Some(name) }.text(&page.blocks)?;
        body += &format!("<section id=\"{name}\">\n{text}</section>\n");
    }
    Ok(page::beside("The whole book", "page whole", "", &body))
}

/// The index of headings, letters and equations, in which the script searches.
pub(crate) fn find_page(site: &Site<'_>) -> Result<String, Error> {
    let (mut headings, mut letters, mut equations) = (String::new(), String::new(), String::new());
    for page in &site.pages {
        let writer = Writer { site, page, part: None };
        let (name, title) = (&page.name, writer.title(page)?);
        for (_, id, heading) in page.headings() {
            let html = writer.label(heading)?;
            headings +=
                &format!("<li><a href=\"{name}#{id}\">{html}</a> <span>{title}</span></li>\n");
        }
        for Card { name, paper, word, made, .. } in &page.cards {
            let Some(to) = made.first().and_then(|tag| site.address(*tag)) else { continue };
            let word = escape(word);
            letters += &format!(
                "<li><a href=\"{to}\"><math>{paper}</math> <code>{name}</code></a> {word} <span>{title}</span></li>\n"
            );
        }
        for (tag, equation) in site.equations_of(page) {
            let names = equation.row.letters.iter().map(|(name, _)| name.as_str());
            let (names, math) = (names.collect::<Vec<_>>().join(" "), equation.row.whole());
            equations += &format!(
                "<li data-find=\"{names}\"><a href=\"{name}#{tag}\">({tag})</a> <math>{math}</math></li>\n"
            );
        }
    }
    let list = |title: &str, items: &str| format!("<h2>{title}</h2>\n<ul>\n{items}</ul>\n");
    let body = format!(
        "<h1>Find</h1>\n<p class=\"script\"><label>a word, a letter on paper or in Rust, the number of an equation\n\
         <input type=\"search\" id=\"book-find\" autofocus></label></p>\n{}{}{}",
        list("Headings", &headings),
        list("Letters", &letters),
        list("Equations", &equations)
    );
    Ok(page::beside("Find", "page", "find", &body))
}
