//! A page of the book: a chapter with its files and numbers.

use crate::Error;
use crate::html::escape;
use crate::site::{Page, Site, Writer};
use crate::slider;
use crate::{cover, markdown, net};

/// One page of the book, whole.
pub(crate) fn write(site: &Site<'_>, page: &Page<'_>) -> Result<String, Error> {
    let writer = Writer { site, page, part: None };
    let under_title = match page.file.name.as_str() {
        "docs/README.md" => cover::html(site),
        net::PAGE => include_str!("draw.html").into(),
        _ => String::new(),
    };
    let text = writer.text(&page.blocks)?;
    let text = text.replacen("</h1>\n", &format!("</h1>\n{under_title}"), 1);
    let at = site.pages.iter().position(|other| std::ptr::eq(other, page)).unwrap_or(0);
    let mut turn = String::new();
    for (at, rel, arrow) in [(at.checked_sub(1), "prev", "←"), (Some(at + 1), "next", "→")] {
        let Some(other) = at.and_then(|at| site.pages.get(at)) else { continue };
        let (href, title) = (&other.name, writer.title(other)?);
        turn += &format!("<a rel=\"{rel}\" href=\"{href}\"><span>{arrow}</span> {title}</a>\n");
    }
    let files: String = page.quoted.iter().map(|&source| writer.file(source)).collect();
    let (class, skip, files) = if files.is_empty() {
        ("page", "", files)
    } else {
        let skip = "<a class=\"skip\" href=\"#book-code\">To the code</a>\n";
        let files = format!(
            "<aside class=\"files\" id=\"book-code\" aria-label=\"Files\" tabindex=\"0\">\n{files}</aside>\n"
        );
        ("page with-files", skip, files)
    };
    let (buttons, live) = match page.runs.first().map(|run| run.rules) {
        None => ("", ""),
        Some([]) => (include_str!("buttons.html"), include_str!("live.html")),
        Some(_) => (include_str!("buttons.html"), include_str!("rules.html")),
    };
    let body = format!(
        "{skip}{bar}<div class=\"spread\">\n<main id=\"book-top\">\n{text}<nav class=\"turn\" aria-label=\"Pages\">\n{turn}</nav>\n</main>\n\
         {files}</div>\n<div class=\"card\" id=\"book-card\" role=\"status\"></div>\n{cards}{keys}{buttons}{live}{data}",
        bar = bar(&writer.contents()?),
        cards = writer.cards(),
        keys = include_str!("keys.html"),
        data = slider::data(&writer)
    );
    let title = page.headings().next().map_or(String::new(), |(.., title)| markdown::plain(title));
    Ok(frame(&title, class, &body))
}

/// The bar at the top of a page: its content, and the switch between light and dark.
pub(crate) fn bar(inside: &str) -> String {
    format!(
        "<header class=\"bar\">\n{inside}<button type=\"button\" class=\"script\" id=\"book-theme\" \
         title=\"light, dark, or as the system\">auto</button>\n</header>\n"
    )
}

/// A page that is not a chapter.
pub(crate) fn beside(title: &str, class: &str, main: &str, inside: &str) -> String {
    let bar = bar(
        "<a class=\"place\" href=\"index.html\">The book</a>\n<a href=\"sources.html\">All sources</a>\n",
    );
    let main = if main.is_empty() { String::new() } else { format!(" class=\"{main}\"") };
    frame(title, class, &format!("{bar}<main id=\"book-top\"{main}>\n{inside}</main>\n"))
}

/// An HTML document with this body.
pub(crate) fn frame(title: &str, class: &str, body: &str) -> String {
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{}</title>\n<link rel=\"stylesheet\" href=\"book.css\">\n\
         <script src=\"show.js\"></script>\n<script src=\"follow.js\"></script>\n<script src=\"find.js\"></script>\n</head>\n<body class=\"{class}\">\n{body}</body>\n</html>\n",
        escape(title)
    )
}

impl Writer<'_> {
    /// The content of the bar: table of contents, place, the slider of the run.
    fn contents(&self) -> Result<String, Error> {
        let mut contents = String::new();
        for page in &self.site.pages {
            let (href, title) = (&page.name, self.title(page)?);
            let here = std::ptr::eq(page, self.page);
            let current = if here { " aria-current=\"page\"" } else { "" };
            let mut headings = String::new();
            for (level, id, title) in page.headings().skip(1).filter(|_| here) {
                let title = self.label(title)?;
                headings += &format!("<li class=\"h{level}\"><a href=\"#{id}\">{title}</a></li>\n");
            }
            if !headings.is_empty() {
                headings = format!("\n<ol>\n{headings}</ol>\n");
            }
            contents += &format!("<li><a href=\"{href}\"{current}>{title}</a>{headings}</li>\n");
        }
        Ok(format!(
            "<details class=\"contents\">\n<summary>Contents</summary>\n\
             <nav aria-label=\"Contents\">\n<ol>\n{contents}<li><a href=\"sources.html\">All sources</a></li>\n\
             <li><a href=\"whole.html\">The whole book on one page, to print</a></li>\n</ol>\n</nav>\n</details>\n\
             <a href=\"find.html\">Find</a>\n<a class=\"place\" href=\"#book-top\">{}</a>\n{}<button type=\"button\" class=\"script\" id=\"book-help\" \
             aria-label=\"keys, and what can be touched\">?</button>\n",
            self.title(self.page)?,
            slider::slider(self.page.runs)
        ))
    }

    /// The cards of the letters.
    fn cards(&self) -> String {
        let href = |tag| self.site.address(tag).map_or(String::new(), |to| self.local(to));
        self.page.cards.iter().map(|card| card.html(&href)).collect()
    }
}
