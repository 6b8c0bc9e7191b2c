//! The text of a page as HTML.

use crate::files::Files;
use crate::html::{command, escape};
use crate::links::{page_name, resolve};
use crate::listing::span;
use crate::markdown::{self, Block, Inline, Kind, Part};
use crate::refs::{self, Ref};
use crate::site::Page;
use crate::writer::Writer;
use crate::{Error, code, drawing, mathml, numbers};
use std::fmt::Write as _;

impl Writer<'_> {
    /// Blocks of the page.
    ///
    /// # Errors
    /// A link to nowhere, or a formula that isn't understood.
    pub fn text(&self, blocks: &[Block<'_>]) -> Result<String, Error> {
        let mut html = String::new();
        blocks.iter().try_for_each(|block| self.block(block, &mut html))?;
        Ok(html)
    }

    /// The title of a page.
    ///
    /// # Errors
    /// If it has none.
    pub fn title(&self, page: &Page<'_>) -> Result<String, Error> {
        let missing = || page.file.error(1, "no title", "a heading # first");
        let (.., title) = page.headings().find(|heading| heading.0 == 1).ok_or_else(missing)?;
        self.label(title)
    }

    /// Inlines that stand in a link already, such as a heading's.
    ///
    /// # Errors
    /// A formula that isn't understood.
    pub fn label(&self, inlines: &[Inline]) -> Result<String, Error> {
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
                    html += &command(code);
                }
                Inline::Code(code) => html += &format!("<code>{}</code>", self.code(code)),
                Inline::Math(text, line) => {
                    let known = |name: &str| self.known(name);
                    html += &mathml::inline((self.page.file, *line), text, &known)?;
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
                    Ok(Some((page, anchor))) => format!(
                        "<a href=\"{}\"{}>{piece_html}{}</a>",
                        self.address(page, &anchor),
                        data(*to),
                        self.preview(*to)
                    ),
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
        let math = self.site.equations[&tag].row.whole();
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
        if anchor.is_some_and(|anchor| !self.site.has_anchor(&path, anchor)) {
            let found = format_args!("a link to {target}");
            let expected = "a page, a heading on it, a file or a folder";
            return Err(self.page.file.error(line, found, expected));
        }
        let Files { pages, sources } = self.site.files;
        let anchor = anchor.map_or(String::new(), |anchor| format!("#{anchor}"));
        Ok(if path == self.page.file.name && !anchor.is_empty() {
            anchor
        } else if pages.iter().chain(sources).any(|file| file.name == path) {
            page_name(&path) + &anchor
        } else {
            format!("sources.html#{}", path.replace('/', "-"))
        })
    }

    fn block(&self, block: &Block<'_>, html: &mut String) -> Result<(), Error> {
        let text = |text: &str| self.linked(block.line, &refs::refs(text));
        match &block.kind {
            Kind::Heading(level, title) => {
                let id = self.page.anchor(block.line).unwrap_or_default();
                let title = self.label(title)?;
                let _ = writeln!(
                    html,
                    "<h{level} id=\"{id}\"><a class=\"anchor\" href=\"#{id}\">{title}</a></h{level}>"
                );
            }
            Kind::Paragraph(inlines) => {
                let id = self.page.anchor(block.line);
                let id = id.map_or(String::new(), |id| format!(" id=\"{id}\""));
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
                    if self.page.anchors.get(&id) == Some(&block.line) {
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
                        let (inlines, tag) = (inlines?, cell);
                        let label = if tag == "th" { aloud(&inlines) } else { String::new() };
                        let _ = write!(html, "<{tag}{class}{label}>{inlines}</{tag}>");
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
        let found = self.site.pages.iter().find_map(|page| Some((page, page.anchors.get(&id)?)));
        let Some((page, from)) = found else { return Ok(String::new()) };
        let blocks = page.blocks.iter().skip_while(|block| block.line < *from);
        let blocks =
            blocks.take_while(|block| block.line == *from || page.anchor(block.line).is_none());
        let answer = Writer { site: self.site, page }.text(&blocks.cloned().collect::<Vec<_>>())?;
        Ok(format!("<details class=\"answer\"><summary>answer</summary>\n{answer}</details>"))
    }

    fn fence(&self, part: &Part<'_>, html: &mut String) -> Result<(), Error> {
        match part.info.unwrap_or_default() {
            "math" => self.formula(part, html)?,
            "sh" => {
                *html += "<div class=\"wide commands\">\n";
                for line in part.lines {
                    let (text, comment) = line.split_once("  #").unwrap_or((line, ""));
                    let comment = if comment.is_empty() {
                        String::new()
                    } else {
                        format!(" <span class=\"comment\">#{}</span>", escape(comment))
                    };
                    let _ = writeln!(html, "<div>{}{comment}</div>", command(text.trim_end()));
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
                let first = part.lines.first().and_then(|line| line.strip_prefix("$ "));
                if let Some(text) = first {
                    lines[0] = format!("<span class=\"prompt\">$ </span>{}", command(text));
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

    /// A formula in a block of its own, with the numbers of its equations below.
    fn formula(&self, part: &Part<'_>, html: &mut String) -> Result<(), Error> {
        let known = |name: &str| self.known(name);
        let place = (self.page.file, part.start);
        let formula = mathml::display(place, &part.lines.join("\n"), &known)?;
        let columns = formula.iter().map(|row| row.cells.len()).max().unwrap_or(1);
        let _ = writeln!(html, "<div class=\"wide eqs\" style=\"--columns:{columns}\">");
        for row in &formula {
            let mut cells = String::new();
            for pieces in &row.cells {
                let maths = pieces
                    .iter()
                    .map(|piece| format!("<math displaystyle=\"true\">{piece}</math>"));
                cells +=
                    &format!("<span class=\"cell\">{}</span>", maths.collect::<Vec<_>>().join(" "));
            }
            match row.number {
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

/// The name of a table's head that is a formula alone: some readers of the screen pass MathML over.
fn aloud(html: &str) -> String {
    let pieces = html.split('<').map(|piece| piece.split_once('>').unwrap_or(("", piece)));
    let (mut label, mut outside) = (String::new(), false);
    for (tag, text) in pieces {
        outside |= tag == "/math" && !text.trim().is_empty();
        label += if tag.starts_with("annotation") { "" } else { text };
    }
    let alone = html.starts_with("<math") && !outside;
    if alone { format!(" aria-label=\"{label}\"") } else { String::new() }
}

/// What the script is told of a reference.
fn data(to: Ref) -> String {
    match to {
        Ref::Iteration(iteration) => format!(" data-iteration=\"{iteration}\""),
        Ref::Equation(_) => " class=\"ref\"".into(),
        _ => String::new(),
    }
}
