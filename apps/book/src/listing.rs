//! Listings: lines of the sources, on pages and beside them.

use crate::code::{self, Token};
use crate::equations::{Tag, computed};
use crate::html::escape;
use crate::links::{self, page_name};
use crate::markdown::Part;
use crate::site::Site;
use crate::writer::Writer;
use crate::{Error, ops};
use std::fmt::Write as _;

impl Writer<'_> {
    /// Lines of a file, where they stand.
    pub(crate) fn quote(
        &self,
        path: &str,
        part: &Part<'_>,
        html: &mut String,
    ) -> Result<(), Error> {
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
    pub(crate) fn file(&self, source: usize) -> String {
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
        line(self.site, Some(self), source, i, tokens)
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

pub(crate) fn span(token: Token, html: &str) -> String {
    let class = match token {
        Token::Plain | Token::Name => return html.into(),
        Token::Comment => "comment",
        Token::Keyword => "keyword",
        Token::Number => "literal",
        Token::String => "string",
    };
    format!("<span class=\"{class}\">{html}</span>")
}

/// A line of a file: calls and numbers of equations linked, and the letters of the page marked on which it stands.
pub fn line(
    site: &Site<'_>,
    on: Option<&Writer<'_>>,
    source: usize,
    i: usize,
    tokens: &[(Token, &str)],
) -> String {
    let file = &site.files.sources[source];
    let text = &*file.lines[i];
    let known = |name: &str| on.is_some_and(|page| page.known(name));
    let (aliases, mut html, mut at) = (ops::aliases(text), String::new(), 0);
    for (token, part) in tokens {
        let (before, after) = (&text[..at], &text[at + part.len()..]);
        at += part.len();
        let equation = computed(text).and_then(|tag| Some((tag, site.equations.get(&tag)?)));
        if let (Token::Comment, Some((tag, equation))) = (token, equation) {
            let (page, anchor) = (&site.pages[equation.page], format!("#{tag}"));
            let href = match on {
                Some(writer) => writer.address(page, &anchor),
                None => page_name(&page.file.name) + &anchor,
            };
            let words = part.trim_end().strip_suffix(&format!("({tag})")).unwrap_or_default();
            let words = escape(words);
            html += &span(*token, &format!("{words}<a class=\"tag\" href=\"{href}\">({tag})</a>"));
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
            && let Some((to, number)) = site.definitions.find(&file.name, part, receiver)
        {
            name = format!("<a href=\"{}#L{number}\">{name}</a>", page_name(to));
        }
        let letter = aliases.iter().find(|(alias, _)| alias == part);
        let letter = letter.map_or(*part, |(_, letter)| letter.as_str());
        if known(letter) && !(called && receiver.is_some()) {
            name = format!("<span data-s=\"{letter}\">{name}</span>");
        }
        html += &name;
    }
    html
}
