//! Markdown as the pages use it.

use crate::{Error, File};

/// A piece of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the variants explain their fields")]
pub enum Inline {
    Text(String),
    Code(String),
    /// TeX between dollars, and the number of its line.
    Math(String, usize),
    /// `strong` or `em`, and what is marked so.
    Marked(&'static str, Vec<Inline>),
    /// The text of the link, its target, and the number of its line.
    Link(Vec<Inline>, String, usize),
}

/// A block of a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block<'a> {
    /// The number of its first line.
    pub line: usize,
    /// Its content.
    pub kind: Kind<'a>,
}

/// The content of a block.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the variants explain their fields")]
pub enum Kind<'a> {
    Heading(usize, Vec<Inline>),
    Paragraph(Vec<Inline>),
    /// The number of the first item, if they are numbered; the items.
    List(Option<usize>, Vec<Vec<Inline>>),
    /// Whether each column is right-aligned; the head; the rows.
    Table(Vec<bool>, Vec<Vec<Inline>>, Vec<Vec<Vec<Inline>>>),
    Fence(Part<'a>),
}

/// A fenced block, or the text between two of them, which has no `info`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part<'a> {
    /// The text after the opening fence.
    pub info: Option<&'a str>,
    /// The number of its first line, counted from 1.
    pub start: usize,
    /// Its lines, without the fences.
    pub lines: &'a [String],
}

impl<'a> Part<'a> {
    /// The file that a fence opened with ```` ```rust nets/src/one_net.rs ```` quotes.
    pub fn quotes(&self) -> Option<&'a str> {
        self.info?.strip_prefix("rust ")?.split(' ').next_back()
    }
}

/// Splits a page at its fences.
///
/// # Errors
/// If one is not closed.
pub fn parts(page: &File) -> Result<Vec<Part<'_>>, Error> {
    let (mut parts, mut start, mut info) = (Vec::new(), 0, None);
    for (i, line) in page.lines.iter().enumerate().filter(|(_, line)| line.starts_with("```")) {
        parts.push(Part { info, start: start + 1, lines: &page.lines[start..i] });
        info = if info.is_none() { Some(line.trim_start_matches('`')) } else { None };
        start = i + 1;
    }
    if info.is_some() {
        return Err(page.error(start, "a fence that is not closed", "``` below it"));
    }
    parts.push(Part { info, start: start + 1, lines: &page.lines[start..] });
    Ok(parts)
}

/// The blocks of a page.
///
/// # Errors
/// If something is not closed, or is not in the subset of Markdown that the pages use.
pub fn blocks(page: &File) -> Result<Vec<Block<'_>>, Error> {
    let mut blocks = Vec::new();
    for part in parts(page)? {
        if part.info.is_some() {
            blocks.push(Block { line: part.start - 1, kind: Kind::Fence(part) });
            continue;
        }
        let mut lines = (part.start..).zip(part.lines.iter().map(String::as_str)).peekable();
        while let Some((line, text)) = lines.next() {
            let mut more = |stop: fn(&str) -> bool| {
                let mut texts = vec![text];
                while let Some((_, next)) = lines.next_if(|(_, next)| !stop(next)) {
                    texts.push(next);
                }
                texts
            };
            let kind = if text.trim().is_empty() {
                continue;
            } else if let Some(title) = text.trim_start_matches('#').strip_prefix(' ')
                && text.starts_with('#')
            {
                Kind::Heading(text.len() - title.len() - 1, inlines(page, line, title)?)
            } else if text.starts_with('|') {
                table(page, line, &more(|next| !next.starts_with('|')))?
            } else if marker(text).is_some() {
                list(page, line, &more(|next| !next.starts_with(' ') && marker(next).is_none()))?
            } else if text.starts_with([' ', '\t', '>', '<']) {
                let start: String = text.chars().take(20).collect();
                let expected = "a heading, paragraph, list, table or fence at the start of a line";
                return Err(page.error(line, format_args!("{start:?}"), expected));
            } else {
                let block = |next: &str| {
                    next.is_empty() || next.starts_with(['#', '|', '>']) || marker(next).is_some()
                };
                Kind::Paragraph(inlines(page, line, &more(block).join("\n"))?)
            };
            blocks.push(Block { line, kind });
        }
    }
    Ok(blocks)
}

/// The number of a list item, if it has one, and the text after the marker.
fn marker(line: &str) -> Option<(Option<usize>, &str)> {
    if let Some(item) = line.strip_prefix("- ") {
        return Some((None, item));
    }
    let (number, item) = line.split_once(". ")?;
    let digits = !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit());
    Some((Some(number.parse().ok().filter(|_| digits)?), item))
}

fn list<'a>(page: &File, first: usize, lines: &[&str]) -> Result<Kind<'a>, Error> {
    let mut items: Vec<(usize, String)> = Vec::new();
    for (number, line) in (first..).zip(lines) {
        if let Some((_, text)) = marker(line) {
            items.push((number, text.into()));
        } else if let Some((_, item)) = items.last_mut() {
            *item += &format!("\n{}", line.trim_start());
        }
    }
    let start = marker(lines[0]).and_then(|(number, _)| number);
    let items = items.iter().map(|(line, text)| inlines(page, *line, text));
    Ok(Kind::List(start, items.collect::<Result<_, _>>()?))
}

fn table<'a>(page: &File, first: usize, lines: &[&str]) -> Result<Kind<'a>, Error> {
    let rows: Vec<Vec<&str>> = lines.iter().map(|line| cells(line)).collect();
    let rule = |cell: &&str| !cell.is_empty() && cell.bytes().all(|b| matches!(b, b'-' | b':'));
    let Some(rules) = rows.get(1).filter(|cells| cells.iter().all(rule)) else {
        return Err(page.error(first + 1, "no rule under the head of a table", "|---|---|"));
    };
    let mut read = Vec::new();
    for (line, cells) in (first..).zip(&rows) {
        if cells.len() != rows[0].len() {
            let found = format!("a row of {} cells", cells.len());
            return Err(page.error(line, found, &format!("{}, as in the head", rows[0].len())));
        }
        let cells = cells.iter().map(|cell| inlines(page, line, cell));
        read.push(cells.collect::<Result<Vec<_>, _>>()?);
    }
    let body = read.split_off(2);
    let right = rules.iter().map(|cell| cell.ends_with(':')).collect();
    Ok(Kind::Table(right, read.swap_remove(0), body))
}

/// The cells of a row; a bar between backticks does not separate cells.
fn cells(line: &str) -> Vec<&str> {
    let line = line.trim().trim_start_matches('|');
    let line = line.strip_suffix('|').unwrap_or(line);
    let mut code = false;
    let cells = line.split(|c| {
        code ^= c == '`';
        c == '|' && !code
    });
    cells.map(str::trim).collect()
}

/// A run of text with code, mathematics, emphasis and links in it.
fn inlines(page: &File, first: usize, text: &str) -> Result<Vec<Inline>, Error> {
    let marks = [("**", "strong"), ("*", "em")];
    let mut inlines = Vec::new();
    let (mut plain, mut rest) = (String::new(), text);
    while let Some(c) = rest.chars().next() {
        let line = first + text[..text.len() - rest.len()].matches('\n').count();
        let until = |opening: &str, closing: &str| {
            let inner = &rest[opening.len()..];
            let end = inner.find(closing);
            let end = end.ok_or_else(|| {
                page.error(line, format_args!("{opening} that is not closed"), closing)
            })?;
            Ok((&inner[..end], &inner[end + closing.len()..]))
        };
        let before = plain.chars().next_back();
        let opens = |mark: &str| {
            let after = rest.strip_prefix(mark).and_then(|rest| rest.chars().next());
            after.is_some_and(|c| !c.is_whitespace()) && before.is_none_or(|c| !c.is_alphanumeric())
        };
        let (inline, after) = if c == '`' {
            let (code, after) = until("`", "`")?;
            (Inline::Code(code.replace('\n', " ")), after)
        } else if c == '$' {
            let (tex, after) = until("$", "$")?;
            (Inline::Math(tex.into(), line), after)
        } else if let Some((mark, element)) = marks.into_iter().find(|(mark, _)| opens(mark)) {
            let (inner, after) = until(mark, mark)?;
            (Inline::Marked(element, self::inlines(page, line, inner)?), after)
        } else if c == '['
            && let Some(end) = rest.find("](")
            && !rest[1..end].contains('[')
        {
            let label = self::inlines(page, line, &rest[1..end])?;
            let (target, after) = until(&rest[..end + 2], ")")?;
            (Inline::Link(label, target.into(), line), after)
        } else {
            plain.push(c);
            rest = &rest[c.len_utf8()..];
            continue;
        };
        if !plain.is_empty() {
            inlines.push(Inline::Text(std::mem::take(&mut plain)));
        }
        inlines.push(inline);
        rest = after;
    }
    if !plain.is_empty() {
        inlines.push(Inline::Text(plain));
    }
    Ok(inlines)
}

/// All inlines of these blocks, the inner ones behind the others.
pub(crate) fn all_inlines<'b>(blocks: &'b [Block<'_>]) -> Vec<&'b Inline> {
    let mut all: Vec<&Inline> = Vec::new();
    for block in blocks {
        match &block.kind {
            Kind::Heading(_, inlines) | Kind::Paragraph(inlines) => all.extend(inlines),
            Kind::List(_, items) => all.extend(items.iter().flatten()),
            Kind::Table(_, head, rows) => {
                all.extend(head.iter().chain(rows.iter().flatten()).flatten());
            }
            Kind::Fence(_) => {}
        }
    }
    let mut at = 0;
    while let Some(inline) = all.get(at) {
        if let Inline::Marked(_, inner) | Inline::Link(inner, ..) = inline {
            all.extend(inner);
        }
        at += 1;
    }
    all
}

/// The text of inlines without markup, with the TeX of formulas.
pub fn plain(inlines: &[Inline]) -> String {
    inlines
        .iter()
        .map(|inline| match inline {
            Inline::Text(text) | Inline::Code(text) | Inline::Math(text, _) => text.clone(),
            Inline::Marked(_, inner) | Inline::Link(inner, ..) => plain(inner),
        })
        .collect()
}

/// The anchor of a heading, formed as GitHub forms it.
pub fn anchor(title: &str) -> String {
    let kept = title.to_lowercase();
    let kept = kept.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.map(|c| if c == ' ' { '-' } else { c }).collect()
}

#[cfg(test)]
mod tests;
