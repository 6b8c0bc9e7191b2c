//! The text of a page as HTML.

use crate::equations::Tag;
use crate::html::{command, escape};
use crate::links::{page_name, resolve};
use crate::markdown::{self, Block, Inline, Kind, Part};
use crate::refs;
use crate::site::{Page, Writer};
use crate::{Error, drawing, mathml, numbers};

impl Writer<'_> {
    /// Blocks of the page.
    pub(crate) fn text(&self, blocks: &[Block<'_>]) -> Result<String, Error> {
        blocks.iter().map(|block| self.block(block)).collect()
    }

    /// The title of a page.
    pub(crate) fn title(&self, page: &Page<'_>) -> Result<String, Error> {
        let missing = || page.file.error(1, "no title", "a heading # first");
        let (.., title) = page.headings().find(|heading| heading.0 == 1).ok_or_else(missing)?;
        self.label(title)
    }

    /// Inlines inside a link, such as those of a heading.
    pub(crate) fn label(&self, inlines: &[Inline]) -> Result<String, Error> {
        self.inlines(inlines, &|text| Ok(escape(text)))
    }

    /// Inlines, with their text written by `text`.
    fn inlines(
        &self,
        inlines: &[Inline],
        text: &dyn Fn(&str) -> Result<String, Error>,
    ) -> Result<String, Error> {
        let write = |inline: &Inline| {
            Ok(match inline {
                Inline::Text(piece) => text(piece)?,
                Inline::Code(code) if code.starts_with("cargo ") => command(code),
                // A name that is a letter lights up as the letter does.
                Inline::Code(code) if self.known(code) => {
                    format!("<code><span data-s=\"{code}\">{code}</span></code>")
                }
                Inline::Code(code) => format!("<code>{}</code>", escape(code)),
                Inline::Math(text, line) => {
                    let place = (self.page.file, *line);
                    let rows = mathml::rows(place, text, false, &|name| self.known(name))?;
                    let cells: Vec<_> = rows.iter().flat_map(|row| &row.cells).collect();
                    let [cell] = cells[..] else {
                        let found = format_args!("${text}$");
                        let expected = "one line, without &, between dollars";
                        return Err(self.page.file.error(*line, found, expected));
                    };
                    mathml::elements(cell, "")
                }
                Inline::Marked(element, inner) => {
                    format!("<{element}>{}</{element}>", self.inlines(inner, text)?)
                }
                Inline::Link(label, target, line) => {
                    let href = escape(&self.href(target, *line)?);
                    format!("<a href=\"{href}\">{}</a>", self.label(label)?)
                }
            })
        };
        inlines.iter().map(write).collect()
    }

    /// Text with its references as links, from line `from` of the page on.
    fn linked(&self, from: usize, pieces: &[(&str, Option<String>)]) -> Result<String, Error> {
        let link = |(piece, id): &(&str, Option<String>)| {
            // No line ends before a % or within a reference.
            let text = escape(piece).replace(" %", "\u{a0}%");
            let Some(id) = id else { return Ok(text) };
            let text = text.replace(' ', "\u{a0}");
            match self.site.target(self.page, id) {
                Ok(None) => Ok(text),
                Ok(Some(address)) => {
                    let href = self.local(address);
                    let Some(tag) = Tag::parse(id) else {
                        return Ok(format!("<a href=\"{href}\">{text}</a>"));
                    };
                    // The equation is shown with the reference.
                    let math = self.site.equations[&tag].row.whole();
                    Ok(format!(
                        "<a href=\"{href}\" class=\"ref\">{text}<span class=\"preview\" aria-hidden=\"true\">\
                         <math displaystyle=\"true\">{math}</math></span></a>"
                    ))
                }
                Err(expected) => {
                    let words: Vec<&str> = piece.split_whitespace().collect();
                    let number = words.last().unwrap_or(piece);
                    let lines = self.page.file.lines[from - 1..].iter();
                    let below = lines.take_while(|line| !line.contains(number)).count();
                    Err(self.page.file.error(from + below, words.join(" "), expected))
                }
            }
        };
        pieces.iter().map(link).collect()
    }

    /// The target in the book of a link on the page.
    fn href(&self, target: &str, line: usize) -> Result<String, Error> {
        let (path, anchor) = resolve(&self.page.file.name, target);
        let page = self.site.pages.iter().find(|page| page.file.name == path);
        let has = |anchor| page.is_some_and(|page| page.anchors.contains_key(anchor));
        if anchor.is_some_and(|anchor| !has(anchor)) {
            let found = format_args!("a link to {target}");
            let expected = "a page, a heading on it, a file or a folder";
            return Err(self.page.file.error(line, found, expected));
        }
        let anchor = anchor.map_or(String::new(), |anchor| format!("#{anchor}"));
        Ok(if page.is_some() || self.site.files.sources.iter().any(|file| file.name == path) {
            self.local(page_name(&path) + &anchor)
        } else {
            format!("sources.html#{}", path.replace('/', "-"))
        })
    }

    fn block(&self, block: &Block<'_>) -> Result<String, Error> {
        let text = |text: &str| self.linked(block.line, &refs::refs(text));
        Ok(match &block.kind {
            Kind::Heading(level, title) => {
                let id = self.id(self.page.anchor(block.line).unwrap_or_default());
                let title = self.label(title)?;
                format!(
                    "<h{level} id=\"{id}\"><a class=\"anchor\" href=\"#{id}\">{title}</a></h{level}>\n"
                )
            }
            Kind::Paragraph(inlines) => {
                let id = self.page.anchor(block.line);
                let id = id.map_or(String::new(), |id| format!(" id=\"{}\"", self.id(id)));
                format!("<p{id}>{}</p>\n", self.inlines(inlines, &text)?)
            }
            Kind::List(start, items) => {
                let mut html = String::new();
                for (item, number) in items.iter().zip(start.unwrap_or(1)..) {
                    let item = format!("<p>{}</p>", self.inlines(item, &text)?);
                    let id = format!("exercise-{number}");
                    let exercise = self.page.anchors.get(&id) == Some(&block.line);
                    let id =
                        if exercise { format!(" id=\"{}\"", self.id(&id)) } else { String::new() };
                    let answer = if exercise { self.answer(number)? } else { String::new() };
                    html += &format!("<li{id}>{item}{answer}</li>\n");
                }
                match start {
                    Some(start) => format!("<ol start=\"{start}\">\n{html}</ol>\n"),
                    None => format!("<ul>\n{html}</ul>\n"),
                }
            }
            Kind::Table(right, head, rows) => {
                let cell = |element, (at, inlines): (usize, &Vec<Inline>)| {
                    let element = if inlines.is_empty() { "td" } else { element };
                    let numbers = refs::column(&markdown::plain(&head[at]));
                    let inlines = self.inlines(inlines, &|piece| match numbers {
                        Some(word) if element == "td" => {
                            self.linked(block.line, &refs::cell(word, piece))
                        }
                        _ => text(piece),
                    })?;
                    let class = if right[at] { " class=\"right\"" } else { "" };
                    Ok(format!("<{element}{class}>{inlines}</{element}>"))
                };
                let row = |element, row: &Vec<Vec<Inline>>| {
                    let cells = row.iter().enumerate().map(|inlines| cell(element, inlines));
                    Ok(format!("<tr>{}</tr>\n", cells.collect::<Result<String, Error>>()?))
                };
                // A table head without words is left out.
                let head = Some(head).filter(|head| !head.iter().all(Vec::is_empty));
                let head = head.map_or(Ok(String::new()), |head| row("th", head))?;
                let rows = rows.iter().map(|cells| row("td", cells));
                let rows = rows.collect::<Result<String, Error>>()?;
                format!("<div class=\"wide\"><table>\n{head}{rows}</table></div>\n")
            }
            Kind::Fence(part) => self.fence(part)?,
        })
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
        let answer = Writer { page, ..*self }.text(&blocks.cloned().collect::<Vec<_>>())?;
        Ok(format!("<details class=\"answer\"><summary>answer</summary>\n{answer}</details>"))
    }

    fn fence(&self, part: &Part<'_>) -> Result<String, Error> {
        Ok(match part.info.unwrap_or_default() {
            "math" => self.formula(part)?,
            "sh" => {
                let lines = part.lines.iter().map(|line| {
                    let (text, comment) = line.split_at(line.find("  #").unwrap_or(line.len()));
                    let comment = match escape(comment.trim_start()) {
                        none if none.is_empty() => none,
                        comment => format!(" <span class=\"comment\">{comment}</span>"),
                    };
                    format!("<div>{}{comment}</div>\n", command(text.trim_end()))
                });
                format!("<div class=\"wide commands\">\n{}</div>\n", lines.collect::<String>())
            }
            "text" | "text slow" | "text long" => {
                if let Some(svg) = drawing::svg(part.lines, &|name| self.known(name)) {
                    return Ok(svg);
                }
                let lines = part.lines.iter().map(|line| match line.strip_prefix("$ ") {
                    Some(text) => format!("<span class=\"prompt\">$ </span>{}", command(text)),
                    None => escape(line),
                });
                let lines = lines.collect::<Vec<_>>().join("\n");
                format!("<pre class=\"wide output\">{lines}</pre>\n")
            }
            info => {
                let Some(path) = part.quotes() else {
                    let expected = "math, rust with a file, sh, text, text slow or text long";
                    let found = format_args!("a fence of {info:?}");
                    return Err(self.page.file.error(part.start - 1, found, expected));
                };
                self.quote(path, part)?
            }
        })
    }

    /// A formula in a block of its own, with the numbers of its equations below.
    fn formula(&self, part: &Part<'_>) -> Result<String, Error> {
        let place = (self.page.file, part.start);
        let formula = mathml::rows(place, &part.lines.join("\n"), true, &|name| self.known(name))?;
        let columns = formula.iter().map(|row| row.cells.len()).max().unwrap_or(1);
        let mut html = format!("<div class=\"wide eqs\" style=\"--columns:{columns}\">\n");
        for row in &formula {
            let mut cells = String::new();
            for pieces in &row.cells {
                let maths = mathml::elements(pieces, " displaystyle=\"true\"");
                cells += &format!("<span class=\"cell\">{maths}</span>");
            }
            let Some(tag) = row.number else {
                html += &format!("<div class=\"row\">{cells}</div>\n");
                continue;
            };
            let (source, i) = self.site.equations[&tag].line;
            let (id, [line, _]) = (self.id(&tag.to_string()), self.place(source, i));
            html += &format!(
                "<div class=\"row eq\" id=\"{id}\" tabindex=\"0\" role=\"group\" aria-label=\"equation {tag}\" data-eq=\"{tag}\" data-line=\"{line}\">{cells}\
                 <a class=\"number\" href=\"#{id}\">({tag})</a></div>\n"
            );
            html += &numbers::under(self, tag);
        }
        Ok(html + "</div>\n")
    }
}
