//! A page of the book: a chapter with its files and numbers.

use crate::cards;
use crate::code::Token;
use crate::equations::{Tag, computed, stated};
use crate::html::escape;
use crate::links::{self, page_name, resolve};
use crate::markdown::{self, Block, Inline, Kind, Part};
use crate::net;
use crate::numbers;
use crate::refs::{self, Ref};
use crate::site::{Page, Site, tex_error};
use crate::writer::Writer;
use crate::{Error, code, drawing, mathml};
use std::fmt::Write as _;

/// One page of the book, whole.
///
/// # Errors
/// A link to nowhere, or a formula that isn't understood.
pub fn write(site: &Site<'_>, page: &Page<'_>) -> Result<String, Error> {
    let writer = Writer { site, page };
    let mut body = writer.text(&page.blocks)?;
    let at = site.pages.iter().position(|other| std::ptr::eq(other, page)).unwrap_or(0);
    let mut turn = String::new();
    let neighbours = [(at.checked_sub(1), "prev", "←"), (Some(at + 1), "next", "→")];
    for (neighbour, rel, arrow) in neighbours {
        if let Some(other) = neighbour.and_then(|at| site.pages.get(at)) {
            let (href, title) = (page_name(&other.file.name), writer.title(other)?);
            let _ =
                writeln!(turn, "<a rel=\"{rel}\" href=\"{href}\"><span>{arrow}</span> {title}</a>");
        }
    }
    let mut files = String::new();
    for &source in &page.quoted {
        files += &writer.file(source);
    }
    if !files.is_empty() {
        files = format!(
            "<aside class=\"files\" id=\"book-code\" aria-label=\"Files\" tabindex=\"0\">\n{files}</aside>\n"
        );
    }
    let bar = writer.bar()?;
    let skip = if files.is_empty() {
        ""
    } else {
        "<a class=\"skip\" href=\"#book-code\">To the code</a>\n"
    };
    if page.file.name == net::PAGE
        && let Some(after) = body.find("</h1>\n")
    {
        body.insert_str(after + 6, include_str!("draw.html"));
    }
    let live = match page.runs.first().map(|run| run.rules) {
        None => "",
        Some([]) => include_str!("live.html"),
        Some(_) => include_str!("rules.html"),
    };
    let body = format!(
        "{skip}{bar}<div class=\"spread\">\n<main id=\"book-top\">\n{body}<nav class=\"turn\" aria-label=\"Pages\">\n{turn}</nav>\n</main>\n\
         {files}</div>\n<div class=\"card\" id=\"book-card\" role=\"status\"></div>\n{}{}{live}{}",
        writer.cards()?,
        include_str!("keys.html"),
        numbers::data(&writer)
    );
    let title = page.headings.first().map_or("", |(.., title)| title);
    Ok(frame(title, if page.quoted.is_empty() { "page" } else { "page with-files" }, &body))
}

/// A document around a body.
pub fn frame(title: &str, class: &str, body: &str) -> String {
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{}</title>\n<link rel=\"stylesheet\" href=\"book.css\">\n\
         <script src=\"show.js\"></script>\n<script src=\"follow.js\"></script>\n<script src=\"find.js\"></script>\n</head>\n<body class=\"{class}\">\n{body}</body>\n</html>\n",
        escape(title)
    )
}

impl<'a> Writer<'a> {
    /// What will write a page, or a part of it.
    pub fn new(site: &'a Site<'a>, page: &'a Page<'a>) -> Self {
        Self { site, page }
    }

    /// Blocks of the page.
    ///
    /// # Errors
    /// A link to nowhere, or a formula that isn't understood.
    pub fn text(&self, blocks: &[Block<'_>]) -> Result<String, Error> {
        let mut html = String::new();
        blocks.iter().try_for_each(|block| self.block(block, &mut html))?;
        Ok(html)
    }

    fn known(&self, name: &str) -> bool {
        self.page.letters.contains(name)
    }

    /// The title of a page.
    ///
    /// # Errors
    /// If it has none.
    pub fn title(&self, page: &Page<'_>) -> Result<String, Error> {
        let title = page.blocks.iter().find_map(|block| match &block.kind {
            Kind::Heading(1, title) => Some(title),
            _ => None,
        });
        let missing = || page.file.error(1, "no title", "a heading # first");
        self.label(title.ok_or_else(missing)?)
    }

    /// What the headings of the page say.
    ///
    /// # Errors
    /// A formula that isn't understood.
    pub fn headings(&self) -> Result<Vec<String>, Error> {
        let titles = self.page.blocks.iter().filter_map(|block| match &block.kind {
            Kind::Heading(_, title) => Some(self.label(title)),
            _ => None,
        });
        titles.collect()
    }

    /// The bar on top: contents, place, the slider of the run, the switch of light and dark.
    fn bar(&self) -> Result<String, Error> {
        let mut contents = String::new();
        for page in &self.site.pages {
            let here = std::ptr::eq(page, self.page);
            let (href, title) = (page_name(&page.file.name), self.title(page)?);
            let current = if here { " aria-current=\"page\"" } else { "" };
            let _ = write!(contents, "<li><a href=\"{href}\"{current}>{title}</a>");
            if here && page.headings.len() > 1 {
                contents += "\n<ol>\n";
                for (title, (level, id, ..)) in self.headings()?.iter().zip(&page.headings).skip(1)
                {
                    let _ = writeln!(
                        contents,
                        "<li class=\"h{level}\"><a href=\"#{id}\">{title}</a></li>"
                    );
                }
                contents += "</ol>\n";
            }
            contents += "</li>\n";
        }
        Ok(format!(
            "<header class=\"bar\">\n<details class=\"contents\">\n<summary>Contents</summary>\n\
             <nav aria-label=\"Contents\">\n<ol>\n{contents}<li><a href=\"sources.html\">All sources</a></li>\n\
             <li><a href=\"whole.html\">The whole book on one page, to print</a></li>\n</ol>\n</nav>\n</details>\n\
             <a href=\"find.html\">Find</a>\n<a class=\"place\" href=\"#book-top\">{}</a>\n{}<button type=\"button\" class=\"script\" id=\"book-help\" \
             aria-label=\"keys, and what can be touched\">?</button>\n<button type=\"button\" class=\"script\" id=\"book-theme\" \
             title=\"light, dark, or as the system\">auto</button>\n</header>\n",
            self.title(self.page)?,
            numbers::slider(&self.page.runs)
        ))
    }

    /// The cards of the letters.
    fn cards(&self) -> Result<String, Error> {
        let cards = cards::cards(self.site, self.page).map_err(|(tag, missing)| {
            let (line, _) = (1..)
                .zip(&self.page.file.lines)
                .find(|(_, line)| stated(line) == Some(tag))
                .unwrap_or((0, &String::new()));
            let expected = "a row of the table in src/cards.rs that says it";
            self.page.file.error(line, format_args!("({tag}) with {missing}"), expected)
        })?;
        let href = |tag| match self.site.target(self.page, Ref::Equation(tag)) {
            Ok(Some((page, anchor))) if std::ptr::eq(page, self.page) => anchor,
            Ok(Some((page, anchor))) => page_name(&page.file.name) + &anchor,
            _ => String::new(),
        };
        Ok(cards.iter().map(|card| card.html(&href)).collect())
    }

    /// Inlines that stand in a link already, such as a heading's.
    fn label(&self, inlines: &[Inline]) -> Result<String, Error> {
        self.inlines(inlines, &|text| Ok(escape(text)))
    }

    /// Inlines, their text by `text`.
    fn inlines(
        &self,
        inlines: &[Inline],
        text: &dyn Fn(&str) -> Result<String, Error>,
    ) -> Result<String, Error> {
        let mut html = String::new();
        for inline in inlines {
            match inline {
                Inline::Text(piece) => html += &text(piece)?,
                Inline::Code(code) if code.starts_with("cargo ") => {
                    html += &format!("<code class=\"copy\">{}</code>", escape(code));
                }
                Inline::Code(code) => html += &format!("<code>{}</code>", self.code(code)),
                Inline::Math(text, line) => {
                    let known = |name: &str| self.known(name);
                    html += &mathml::inline(text, &known)
                        .map_err(|e| tex_error(self.page.file, *line, &e))?;
                }
                Inline::Strong(inner) => {
                    html += &format!("<strong>{}</strong>", self.inlines(inner, text)?);
                }
                Inline::Emphasis(inner) => {
                    html += &format!("<em>{}</em>", self.inlines(inner, text)?);
                }
                Inline::Link(label, target, _) if target.contains("://") => {
                    // The book refers to no network.
                    html += &format!("{} ({})", self.label(label)?, escape(target));
                }
                Inline::Link(label, target, line) => {
                    let href = self.href(target, *line)?;
                    html += &format!("<a href=\"{}\">{}</a>", escape(&href), self.label(label)?);
                }
                Inline::Image(text, target, _) => {
                    let (path, _) = resolve(&self.page.file.name, target);
                    let src = path.replace('/', "-");
                    html += &format!("<img src=\"{}\" alt=\"{}\">", escape(&src), escape(text));
                }
            }
        }
        Ok(html)
    }

    /// Text with its references as links, from line `from` of the page on.
    fn linked(&self, from: usize, pieces: &[(&str, Option<Ref>)]) -> Result<String, Error> {
        let mut html = String::new();
        for (piece, to) in pieces {
            let piece_html = escape(piece);
            html += &match to {
                None => piece_html,
                Some(to) => match self.site.target(self.page, *to) {
                    Ok(None) => piece_html,
                    Ok(Some((page, anchor))) => {
                        let here = std::ptr::eq(page, self.page);
                        let page = if here { String::new() } else { page_name(&page.file.name) };
                        format!(
                            "<a href=\"{page}{anchor}\"{}>{piece_html}{}</a>",
                            data(*to),
                            self.preview(*to)
                        )
                    }
                    Err(expected) => {
                        let lines = (from..).zip(&self.page.file.lines[from - 1..]);
                        let number = piece.split_whitespace().last().unwrap_or(piece);
                        let line = lines.into_iter().find(|(_, line)| line.contains(number));
                        let line = line.map_or(from, |(line, _)| line);
                        let found = piece.split_whitespace().collect::<Vec<_>>().join(" ");
                        return Err(self.page.file.error(line, found, expected));
                    }
                },
            };
        }
        Ok(html)
    }

    /// The equation that a reference leads to, to be shown beside it.
    fn preview(&self, to: Ref) -> String {
        let Ref::Equation(tag) = to else { return String::new() };
        let math = self.site.equations[&tag].row.cells.concat();
        format!(
            "<span class=\"preview\" aria-hidden=\"true\"><math displaystyle=\"true\">{math}</math></span>"
        )
    }

    /// A name in the text that is a letter lights up like it.
    fn code(&self, text: &str) -> String {
        if self.known(text) {
            format!("<span data-s=\"{text}\">{text}</span>")
        } else {
            escape(text)
        }
    }

    /// Where a link of the page leads in the book.
    fn href(&self, target: &str, line: usize) -> Result<String, Error> {
        let (path, anchor) = resolve(&self.page.file.name, target);
        let files = self.site.files;
        let nowhere = || {
            self.page.file.error(
                line,
                format_args!("a link to {target}"),
                "a page, a heading on it, a file or a folder",
            )
        };
        if files.folders.contains(&path) {
            return Ok(format!("sources.html#{}", path.replace('/', "-")));
        }
        if files.pages.iter().any(|page| page.name == path) {
            if anchor.is_some_and(|anchor| !self.site.has_anchor(&path, anchor)) {
                return Err(nowhere());
            }
        } else if !files.sources.iter().any(|source| source.name == path) || anchor.is_some() {
            return Err(nowhere());
        }
        let page = if path == self.page.file.name && anchor.is_some() {
            String::new()
        } else {
            page_name(&path)
        };
        Ok(page + &anchor.map_or(String::new(), |anchor| format!("#{anchor}")))
    }

    fn block(&self, block: &Block<'_>, html: &mut String) -> Result<(), Error> {
        let text = |text: &str| self.linked(block.line, &refs::refs(text));
        match &block.kind {
            Kind::Heading(level, title) => {
                let heading = self.page.headings.iter().find(|(_, _, line, _)| *line == block.line);
                let id = heading.map_or("", |(_, id, ..)| id);
                let title = self.label(title)?;
                let _ = writeln!(
                    html,
                    "<h{level} id=\"{id}\"><a class=\"anchor\" href=\"#{id}\">{title}</a></h{level}>"
                );
            }
            Kind::Paragraph(inlines) => {
                let id = self.page.entries.iter().find(|(_, line)| **line == block.line);
                let id = id.map_or(String::new(), |(id, _)| format!(" id=\"{id}\""));
                let _ = writeln!(html, "<p{id}>{}</p>", self.inlines(inlines, &text)?);
            }
            Kind::List(start, items) => {
                let (tag, open) = match start {
                    Some(start) => ("ol", format!("<ol start=\"{start}\">")),
                    None => ("ul", "<ul>".to_string()),
                };
                let _ = writeln!(html, "{open}");
                for (item, number) in items.iter().zip(start.unwrap_or(1)..) {
                    let paragraphs = item
                        .iter()
                        .map(|inlines| Ok(format!("<p>{}</p>", self.inlines(inlines, &text)?)));
                    let item: String = paragraphs.collect::<Result<_, Error>>()?;
                    let id = format!("exercise-{number}");
                    if self.page.entries.get(&id) == Some(&block.line) {
                        let answer = self.answer(number)?;
                        let _ = writeln!(html, "<li id=\"{id}\">{item}{answer}</li>");
                    } else {
                        let _ = writeln!(html, "<li>{item}</li>");
                    }
                }
                let _ = writeln!(html, "</{tag}>");
            }
            Kind::Table(right, head, rows) => {
                *html += "<div class=\"wide\"><table>\n";
                for (row, cell) in
                    std::iter::once((head, "th")).chain(rows.iter().map(|row| (row, "td")))
                {
                    if cell == "th" && row.iter().all(Vec::is_empty) {
                        continue;
                    }
                    *html += "<tr>";
                    for ((inlines, right), head) in row.iter().zip(right).zip(head) {
                        let class = if *right { " class=\"right\"" } else { "" };
                        let cell = if inlines.is_empty() { "td" } else { cell };
                        let numbers = refs::column(&markdown::plain(head)).filter(|_| cell == "td");
                        let inlines = match numbers {
                            Some(word) => self.inlines(inlines, &|text| {
                                self.linked(block.line, &refs::cell(word, text))
                            }),
                            None => self.inlines(inlines, &text),
                        };
                        // A head that says nothing is none.
                        let tag = if head.is_empty() { "td" } else { cell };
                        let _ = write!(html, "<{tag}{class}>{}</{tag}>", inlines?);
                    }
                    *html += "</tr>\n";
                }
                *html += "</table></div>\n";
            }
            Kind::Fence(part) => self.fence(part, html)?,
        }
        Ok(())
    }

    /// The answer to an exercise of the chapter, folded, if there is one.
    fn answer(&self, number: usize) -> Result<String, Error> {
        let Some(chapter) = self.page.chapter else { return Ok(String::new()) };
        let id = format!("answer-{chapter}-{number}");
        let found = self.site.pages.iter().find_map(|page| Some((page, page.entries.get(&id)?)));
        let Some((page, from)) = found else { return Ok(String::new()) };
        let next = |block: &&Block<'_>| {
            !matches!(block.kind, Kind::Heading(..))
                && (block.line == *from || !page.entries.values().any(|line| *line == block.line))
        };
        let blocks = page.blocks.iter().skip_while(|block| block.line < *from).take_while(next);
        let answer = Writer { site: self.site, page }.text(&blocks.cloned().collect::<Vec<_>>())?;
        Ok(format!("<details class=\"answer\"><summary>answer</summary>\n{answer}</details>"))
    }

    fn fence(&self, part: &Part<'_>, html: &mut String) -> Result<(), Error> {
        match part.info.unwrap_or_default() {
            "math" => self.formula(part, html)?,
            "sh" => {
                *html += "<div class=\"wide commands\">\n";
                for line in part.lines {
                    let (command, comment) = line.split_once("  #").unwrap_or((line, ""));
                    let command = escape(command.trim_end());
                    let comment = if comment.is_empty() {
                        String::new()
                    } else {
                        format!(" <span class=\"comment\">#{}</span>", escape(comment))
                    };
                    let _ =
                        writeln!(html, "<div><code class=\"copy\">{command}</code>{comment}</div>");
                }
                *html += "</div>\n";
            }
            "text" | "text long" => {
                let drawing = drawing::svg(part.lines, &|name| self.known(name));
                if let Some(svg) = drawing {
                    *html += &svg;
                    return Ok(());
                }
                let mut lines: Vec<String> = part.lines.iter().map(|line| escape(line)).collect();
                if let Some(command) = part.lines.first().and_then(|line| line.strip_prefix("$ ")) {
                    lines[0] = format!(
                        "<span class=\"prompt\">$ </span><code class=\"copy\">{}</code>",
                        escape(command)
                    );
                }
                let _ = writeln!(html, "<pre class=\"wide output\">{}</pre>", lines.join("\n"));
            }
            "rust" => {
                *html += "<pre class=\"wide code\"><code>";
                for tokens in code::tokens(part.lines) {
                    for (token, text) in tokens {
                        *html += &span(token, &escape(text));
                    }
                    *html += "\n";
                }
                *html += "</code></pre>\n";
            }
            info => {
                let Some(path) = part.quotes() else {
                    let expected = "math, rust, rust with a file, sh, text or text long";
                    return Err(self.page.file.error(
                        part.start - 1,
                        format_args!("a fence of {info:?}"),
                        expected,
                    ));
                };
                self.quote(path, part, html)?;
            }
        }
        Ok(())
    }

    /// Lines of a file, where they stand.
    fn quote(&self, path: &str, part: &Part<'_>, html: &mut String) -> Result<(), Error> {
        let sources = &self.site.files.sources;
        let found = sources
            .iter()
            .position(|source| source.name == path)
            .and_then(|s| Some((s, sources[s].find(part.lines)?)));
        let Some((s, start)) = found else {
            let expected = format!("lines of {path}");
            let first = part.lines.first().map_or("nothing", |line| line.trim());
            return Err(self.page.file.error(part.start, first, &expected));
        };
        let id = self.file_id(s);
        let tagged = part.lines.iter().any(|line| computed(line).is_some());
        let class = if tagged { " tagged" } else { "" };
        let (first, last) = (start + 1, start + part.lines.len());
        let lines = if first == last {
            format!("line {first}")
        } else {
            format!("lines {first} to {last}")
        };
        let _ = writeln!(
            html,
            "<figure class=\"quote{class}\" data-from=\"{id}-{first}\" data-to=\"{id}-{last}\">\n\
             <figcaption><a href=\"#{id}-{first}\">{id}</a>, {lines}</figcaption>\n<div class=\"lines\">"
        );
        // The indentation that all lines share is left out.
        let quoted = &sources[s].lines[start..last];
        let indents = quoted.iter().filter(|line| !line.is_empty());
        let cut = indents.map(|line| line.len() - line.trim_start().len()).min().unwrap_or(0);
        for (i, tokens) in (start..last).zip(&self.tokens(s)[start..last]) {
            let line = self.line(s, i, tokens);
            let _ = writeln!(
                html,
                "<div class=\"line\" data-line=\"{id}-{}\"><code>{}</code></div>",
                i + 1,
                line.get(cut..).unwrap_or_default()
            );
        }
        *html += "</div>\n</figure>\n";
        Ok(())
    }

    fn tokens(&self, source: usize) -> Vec<Vec<(Token, &str)>> {
        code::tokens(&self.site.files.sources[source].lines)
    }

    /// A whole file, for the pane.
    fn file(&self, source: usize) -> String {
        let file = &self.site.files.sources[source];
        let (id, tokens) = (self.file_id(source), self.tokens(source));
        let old = self.earlier(source);
        let mut html = format!(
            "<section class=\"file\" id=\"{id}\">\n<h2><a href=\"{}\">{}</a>",
            page_name(&file.name),
            file.name
        );
        if let Some((name, _)) = &old {
            let _ = write!(
                html,
                " <button type=\"button\" class=\"script dim\" aria-pressed=\"false\">dim what {name} has too</button>"
            );
        }
        html += " <button type=\"button\" class=\"script pin\" aria-pressed=\"false\">pin</button></h2>\n";
        html += &lines_of_file(self.site, source, |i| {
            let old = old.as_ref().is_some_and(|(_, old)| old[i]);
            let tag = computed(&file.lines[i])
                .map_or(String::new(), |tag| format!(" data-eq=\"{tag}\" tabindex=\"0\""));
            format!(
                "<div class=\"line{}\" id=\"{id}-{n}\"{tag}><a class=\"n\" href=\"#{id}-{n}\">{n}</a><code>{}</code></div>\n",
                if old { " old" } else { "" },
                self.line(source, i, &tokens[i]),
                n = i + 1
            )
        });
        html + "</section>\n"
    }

    /// The file of the chapter before, and which lines of this one it has too.
    fn earlier(&self, source: usize) -> Option<(&str, Vec<bool>)> {
        let file = &self.site.files.sources[source];
        let chapter = file.lines.iter().find_map(|line| computed(line))?.0;
        (chapter == self.page.chapter? && chapter > 1).then_some(())?;
        let before = self.site.equations.get(&Tag(chapter - 1, 1))?;
        let before = &self.site.files.sources[before.line.0];
        let name = before.name.rsplit('/').next()?;
        Some((name, links::common_lines(file, before)))
    }

    /// A line of a file with its letters and links.
    fn line(&self, source: usize, i: usize, tokens: &[(Token, &str)]) -> String {
        let file = &self.site.files.sources[source];
        line(self.site, &file.name, &file.lines[i], tokens, &|name| self.known(name), &|tag| {
            let equation = &self.site.equations[&tag];
            let page = &self.site.pages[equation.page];
            let page = if std::ptr::eq(page, self.page) {
                String::new()
            } else {
                page_name(&page.file.name)
            };
            format!("{page}#{tag}")
        })
    }

    /// A formula in a block of its own, with the numbers of its equations below.
    fn formula(&self, part: &Part<'_>, html: &mut String) -> Result<(), Error> {
        let known = |name: &str| self.known(name);
        let formula = mathml::display(&part.lines.join("\n"), &known);
        let formula = formula.map_err(|e| tex_error(self.page.file, part.start, &e))?;
        let columns = formula.iter().map(|row| row.cells.len()).max().unwrap_or(1);
        let _ = writeln!(html, "<div class=\"wide eqs\" style=\"--columns:{columns}\">");
        for row in &formula {
            let cells =
                row.cells.iter().map(|cell| format!("<math displaystyle=\"true\">{cell}</math>"));
            let cells = cells.collect::<String>();
            match row.number.as_deref().and_then(Tag::parse) {
                None => {
                    let _ = writeln!(html, "<div class=\"row\">{cells}</div>");
                }
                Some(tag) => {
                    let (s, line) = self.site.equations[&tag].line;
                    let _ = writeln!(
                        html,
                        "<div class=\"row eq\" id=\"{tag}\" tabindex=\"0\" role=\"group\" aria-label=\"equation {tag}\" data-eq=\"{tag}\" data-line=\"{}-{}\">{cells}\
                         <a class=\"number\" href=\"#{tag}\">({tag})</a></div>",
                        self.file_id(s),
                        line + 1
                    );
                    *html += &numbers::under(self, tag);
                }
            }
        }
        *html += "</div>\n";
        Ok(())
    }
}

/// What the script is told of a reference.
fn data(to: Ref) -> String {
    match to {
        Ref::Iteration(iteration) => format!(" data-iteration=\"{iteration}\""),
        Ref::Equation(_) => " class=\"ref\"".into(),
        _ => String::new(),
    }
}

/// The lines of a file, each function around its own, so that its signature can stay in view.
pub fn lines_of_file(site: &Site<'_>, source: usize, line: impl Fn(usize) -> String) -> String {
    let mut html = String::new();
    let (mut at, lines) = (0, site.files.sources[source].lines.len());
    for function in &site.functions[source] {
        (at..function.start).for_each(|i| html += &line(i));
        html += "<div class=\"fn\"><div class=\"signature\">\n";
        (function.start..function.body).for_each(|i| html += &line(i));
        html += "</div>\n";
        (function.body..function.end).for_each(|i| html += &line(i));
        html += "</div>\n";
        at = function.end;
    }
    (at..lines).for_each(|i| html += &line(i));
    html
}

fn span(token: Token, html: &str) -> String {
    let class = match token {
        Token::Plain | Token::Name => return html.into(),
        Token::Comment => "comment",
        Token::Keyword => "keyword",
        Token::Number => "literal",
        Token::String => "string",
    };
    format!("<span class=\"{class}\">{html}</span>")
}

/// A line of code: letters marked, calls and tags linked.
pub fn line(
    site: &Site<'_>,
    file: &str,
    text: &str,
    tokens: &[(Token, &str)],
    known: &dyn Fn(&str) -> bool,
    tag_href: &dyn Fn(Tag) -> String,
) -> String {
    let (aliases, mut html) = (aliases(text), String::new());
    let mut at = 0;
    for (token, part) in tokens {
        let (before, after) = (&text[..at], &text[at + part.len()..]);
        at += part.len();
        if *token == Token::Comment
            && let Some(tag) = computed(text)
            && site.equations.contains_key(&tag)
        {
            let words = part.trim_end().strip_suffix(&format!("({tag})")).unwrap_or_default();
            html += &span(
                *token,
                &format!(
                    "{}<a class=\"tag\" href=\"{}\">({tag})</a>",
                    escape(words),
                    tag_href(tag)
                ),
            );
            continue;
        }
        if *token != Token::Name {
            html += &span(*token, &escape(part));
            continue;
        }
        let mut name = escape(part);
        let called =
            after.starts_with('(') || after.starts_with("::<") || before.ends_with(".map(");
        let receiver = before.strip_suffix('.').map(|before| {
            let start =
                before.rfind(|c: char| !(c.is_alphanumeric() || c == '_')).map_or(0, |i| i + 1);
            &before[start..]
        });
        let own = before.ends_with("Self::").then_some("Self");
        if called
            && !before.ends_with("fn ")
            && !before.ends_with("::") | own.is_some()
            && let receiver = receiver.or(own)
            && receiver.is_none_or(|r| matches!(r, "self" | "Self") || known(r))
            && let Some((to, number)) = site.definitions.find(file, part, receiver)
        {
            name = format!("<a href=\"{}#L{number}\">{name}</a>", page_name(to));
        }
        let letter = aliases.iter().find(|(alias, _)| alias == part);
        let letter = letter.map_or(*part, |(_, letter)| letter);
        if known(letter) && !(called && receiver.is_some()) {
            name = format!("<span data-s=\"{letter}\">{name}</span>");
        }
        html += &name;
    }
    html
}

/// In `self.w2.zip_apply(dw2, |w, dw| …)` w is w2 and dw is dw2: alias and letter.
fn aliases(text: &str) -> Vec<(&str, &str)> {
    let find = || {
        let (before, rest) =
            text.split_once(".zip_apply(").or_else(|| text.split_once(".zip_map("))?;
        let (other, closure) = rest.split_once(", |")?;
        let (names, _) = closure.split_once('|')?;
        let last = |path: &'_ str| path.rfind(['.', '&', ' ']).map_or(0, |i| i + 1);
        let letters = [&before[last(before)..], &other[last(other)..]];
        Some(names.split(", ").zip(letters).collect())
    };
    find().unwrap_or_default()
}
