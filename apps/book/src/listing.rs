//! Listings: lines of the sources, on pages and in the pane.

use crate::code::{self, Token};
use crate::equations::{Tag, computed};
use crate::html::escape;
use crate::links::{self, page_name};
use crate::markdown::Part;
use crate::site::Writer;
use crate::{Error, File, ops};
use lines::functions::functions;

impl Writer<'_> {
    /// Lines of a file, with their place in it.
    pub(crate) fn quote(&self, path: &str, part: &Part<'_>) -> Result<String, Error> {
        let sources = &self.site.files.sources;
        let source = sources.iter().position(|source| source.name == path);
        let found = source.and_then(|s| Some((s, sources[s].find(part.lines)?)));
        let Some((s, start)) = found else {
            let first = part.lines.first().map_or("nothing", |line| line.trim());
            return Err(self.page.file.error(part.start, first, &format!("lines of {path}")));
        };
        let (id, first, last) = (self.file_id(s), start + 1, start + part.lines.len());
        let ([from, href], [to, _]) = (self.place(s, start), self.place(s, last - 1));
        let tagged = (start..last).any(|i| self.site.equation_at(s, i).is_some());
        let class = if tagged { " tagged" } else { "" };
        let place = match first == last {
            true => format!("line {first}"),
            false => format!("lines {first} to {last}"),
        };
        // The indentation that all lines share is left out.
        let indents = sources[s].lines[start..last].iter().filter(|line| !line.is_empty());
        let cut = indents.map(|line| line.len() - line.trim_start().len()).min().unwrap_or(0);
        let tokens = code::tokens(&sources[s].lines);
        let lines = (start..last).map(|i| {
            let line = self.line(s, i, &tokens[i]);
            let ([place, _], line) = (self.place(s, i), line.get(cut..).unwrap_or_default());
            format!("<div class=\"line\" data-line=\"{place}\"><code>{line}</code></div>\n")
        });
        let lines: String = lines.collect();
        Ok(format!(
            "<figure class=\"quote{class}\" data-from=\"{from}\" data-to=\"{to}\">\n\
             <figcaption><a href=\"{href}\">{id}</a>, {place}</figcaption>\n\
             <div class=\"lines\">\n{lines}</div>\n</figure>\n"
        ))
    }

    /// A whole file, in the pane.
    pub(crate) fn file(&self, source: usize) -> String {
        let name = &self.site.files.sources[source].name;
        let (id, page, old) = (self.file_id(source), page_name(name), self.earlier(source));
        let dim = old.as_ref().map_or(String::new(), |(name, _)| {
            format!(" <button type=\"button\" class=\"script dim\" aria-pressed=\"false\">dim what {name} has too</button>")
        });
        let lines = self.lines_of_file(source, &format!("{id}-"), |i, n, code| {
            let old = if old.as_ref().is_some_and(|(_, old)| old[i]) { " old" } else { "" };
            let tag = self
                .site
                .equation_at(source, i)
                .map_or(String::new(), |(tag, _)| format!(" data-eq=\"{tag}\" tabindex=\"0\""));
            format!("<div class=\"line{old}\" id=\"{id}-{n}\"{tag}>{code}</div>\n")
        });
        format!(
            "<section class=\"file\" id=\"{id}\">\n<h2><a href=\"{page}\">{name}</a>{dim} \
             <button type=\"button\" class=\"script pin\" aria-pressed=\"false\">pin</button></h2>\n{lines}</section>\n"
        )
    }

    /// The file of the chapter before, and the lines that both have.
    fn earlier(&self, source: usize) -> Option<(&str, Vec<bool>)> {
        let file = &self.site.files.sources[source];
        let chapter = file.lines.iter().find_map(|line| computed(line))?.0;
        (chapter == self.page.chapter? && chapter > 1).then_some(())?;
        let before = self.site.equations.get(&Tag(chapter - 1, 1))?;
        let before = &self.site.files.sources[before.line.0];
        let name = before.name.rsplit('/').next()?;
        Some((name, links::common_lines(file, before)))
    }

    /// The lines of a file. Each function has an element around its lines, so that its signature can
    /// stay in view. `wrap` is told the index of a line, its number, and its code behind the number,
    /// which leads to `id` and the number.
    pub(crate) fn lines_of_file(
        &self,
        source: usize,
        id: &str,
        wrap: impl Fn(usize, usize, &str) -> String,
    ) -> String {
        let File { name, lines } = &self.site.files.sources[source];
        let tokens = code::tokens(lines);
        let rust = name.ends_with(".rs");
        let line = |i: usize| {
            let code = if rust { self.line(source, i, &tokens[i]) } else { escape(&lines[i]) };
            let n = i + 1;
            // An empty line has nothing to lead to.
            let number = match &*lines[i] {
                "" => format!("<span class=\"n\">{n}</span>"),
                _ => format!("<a class=\"n\" href=\"#{id}{n}\">{n}</a>"),
            };
            wrap(i, n, &format!("{number}<code>{code}</code>"))
        };
        let (mut html, mut at) = (String::new(), 0);
        for function in functions(lines) {
            html.extend((at..function.start).map(line));
            html += "<div class=\"fn\"><div class=\"signature\">\n";
            html.extend((function.start..function.body).map(line));
            html += "</div>\n";
            html.extend((function.body..function.end).map(line));
            html += "</div>\n";
            at = function.end;
        }
        html.extend((at..lines.len()).map(line));
        html
    }

    /// A line of a file, with links for calls and numbers of equations, and marks for the letters of
    /// its page.
    fn line(&self, source: usize, i: usize, tokens: &[Token]) -> String {
        let site = self.site;
        let file = &site.files.sources[source];
        let text = &*file.lines[i];
        let (mut html, mut at) = (String::new(), 0);
        for (class, part) in tokens {
            let (before, after) = (&text[..at], &text[at + part.len()..]);
            at += part.len();
            let escaped = escape(part);
            if let ("comment", Some((tag, _))) = (*class, site.equation_at(source, i)) {
                let href = self.local(site.address(tag).unwrap_or_default());
                let link = format!("<a class=\"tag\" href=\"{href}\">({tag})</a>");
                html += &span(class, &escaped.replace(&format!("({tag})"), &link));
                continue;
            }
            if *class != "name" {
                html += &span(class, &escaped);
                continue;
            }
            let mut name = escaped;
            let called =
                after.starts_with('(') || after.starts_with("::<") || before.ends_with(".map(");
            // The word before the point or the colons: a letter, self, Self, or another name.
            let owner = before.strip_suffix('.').or_else(|| before.strip_suffix("::"));
            let receiver = owner.map(|before| {
                let start = before.rfind(|c: char| !(c.is_alphanumeric() || c == '_'));
                &before[start.map_or(0, |i| i + 1)..]
            });
            if called
                && !before.ends_with("fn ")
                && receiver.is_none_or(|r| matches!(r, "self" | "Self") || self.known(r))
                && let Some((to, number)) = site.definitions.find(&file.name, part, receiver)
            {
                name = format!("<a href=\"{}#L{number}\">{name}</a>", page_name(to));
            }
            let letter = ops::aliases(text).into_iter().flatten().find(|(alias, _)| alias == part);
            let letter = letter.map_or(part.as_str(), |(_, letter)| letter);
            if self.known(letter) {
                name = format!("<span data-s=\"{letter}\">{name}</span>");
            }
            html += &name;
        }
        html
    }
}

/// A piece of code with its colour.
fn span(class: &str, html: &str) -> String {
    match class {
        "" | "name" => html.into(),
        class => format!("<span class=\"{class}\">{html}</span>"),
    }
}
