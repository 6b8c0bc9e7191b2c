//! Everything that the book is made from, read and tied together once: pages, sources, equations; and the
//! page that is being written.

use crate::equations::{Tag, computed};
use crate::files::Files;
use crate::letters;
use crate::links::{Definitions, page_name};
use crate::markdown::{self, Block, Inline, Kind};
use crate::mathml::{self, Row};
use crate::ops::Step;
use crate::runs::{self, Recording};
use crate::{Error, File, cards};
use lines::derive::{Derivation, derive};
use matrix::Rng;
use nets::gradient_check::{Check, check_all};
use std::collections::{BTreeMap, BTreeSet};

/// A numbered equation.
#[derive(Debug)]
pub(crate) struct Equation {
    /// Its page, as an index.
    pub page: usize,
    /// Its formula, with the letters of its chapter marked.
    pub row: Row,
    /// The source that computes it, as an index, and the line, counted from 0.
    pub line: (usize, usize),
}

/// A letter of a chapter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Card {
    /// Its name in Rust.
    pub name: String,
    /// Its form on paper, as MathML.
    pub paper: String,
    /// Its shape in letters.
    pub shape: String,
    /// What it is.
    pub word: String,
    /// The equations that compute or change it.
    pub made: BTreeSet<Tag>,
    /// Whether it has a value before the first of them.
    pub given: bool,
}

/// A page, with everything it shows.
#[derive(Debug)]
pub(crate) struct Page<'a> {
    /// Its file.
    pub file: &'a File,
    /// The name of its page in the book.
    pub name: String,
    /// Its blocks.
    pub blocks: Vec<Block<'a>>,
    /// The targets of links and references, each with its line: headings by their words, numbered
    /// equations, and other numbered items: `error-8`, `exercise-7`, `answer-2-3`.
    pub anchors: BTreeMap<String, usize>,
    /// The number of the chapter, if it is one.
    pub chapter: Option<u32>,
    /// The sources that it quotes, as indices.
    pub quoted: Vec<usize>,
    /// The names in Rust of the letters that page and code share.
    pub letters: BTreeSet<String>,
    /// A card for each letter.
    pub cards: Vec<Card>,
    /// The runs of the chapter: all have the same letters.
    pub runs: &'static [Recording],
    /// The operations of its numbered lines for which the runs have numbers. Letters have the names
    /// of the runs.
    pub steps: BTreeMap<Tag, Step>,
}

impl<'a> Page<'a> {
    /// A page of these blocks, before it is tied to the sources.
    pub(crate) fn new(file: &'a File, blocks: Vec<Block<'a>>) -> Self {
        let number = |name: &str| name.strip_prefix("docs/")?.split_once('-')?.0.parse().ok();
        Self {
            file,
            name: page_name(&file.name),
            anchors: anchors(&blocks),
            chapter: number(&file.name),
            blocks,
            quoted: Vec::new(),
            letters: BTreeSet::new(),
            cards: Vec::new(),
            runs: &[],
            steps: BTreeMap::new(),
        }
    }

    /// The anchor of the block that begins on this line.
    pub(crate) fn anchor(&self, line: usize) -> Option<&str> {
        self.anchors.iter().find(|(_, at)| **at == line).map(|(id, _)| id.as_str())
    }

    /// The headings: level, anchor, and title.
    pub(crate) fn headings(&self) -> impl Iterator<Item = (usize, &str, &[Inline])> {
        self.blocks.iter().filter_map(|block| match &block.kind {
            Kind::Heading(level, title) => Some((*level, self.anchor(block.line)?, &title[..])),
            _ => None,
        })
    }

    /// The shape of a letter, in letters.
    pub(crate) fn shape(&self, name: &str) -> &str {
        self.cards.iter().find(|card| card.name == name).map_or("", |card| &card.shape)
    }

    /// The letter whose numbers a run has under this key.
    pub(crate) fn letter<'k>(&'k self, key: &'k str) -> &'k str {
        let changed = Tag::parse(key).and_then(|tag| self.steps.get(&tag));
        let key = changed.map_or(key, |step| &step.result);
        key.split('.').next().unwrap_or(key)
    }
}

/// The book, before it is written.
#[derive(Debug)]
pub(crate) struct Site<'a> {
    /// The files that it is made from.
    pub files: &'a Files,
    /// The pages.
    pub pages: Vec<Page<'a>>,
    /// Where functions are defined.
    pub definitions: Definitions,
    /// The numbered equations.
    pub equations: BTreeMap<Tag, Equation>,
    /// The gradients, checked while the book is written.
    pub checks: BTreeMap<Tag, Check>,
    /// Their derivations from the forward lines.
    pub derivations: BTreeMap<Tag, Derivation>,
}

/// The gradients of the nets, derived by rules.
fn derivations(sources: &[File]) -> Result<BTreeMap<Tag, Derivation>, Error> {
    let mut all = BTreeMap::new();
    let nets = sources.iter().filter(|file| {
        file.name.starts_with("nets/src/")
            && file.lines.iter().any(|line| line.contains("fn backward("))
    });
    for file in nets {
        for derivation in derive(file)? {
            if let Some(difference) = derivation.difference() {
                let found = format_args!("({}) with {difference}", derivation.tag);
                let expected = format!("{} = {}", derivation.gradient, derivation.expected);
                return Err(file.error(derivation.line, found, &expected));
            }
            all.insert(derivation.tag, derivation);
        }
    }
    Ok(all)
}

impl<'a> Site<'a> {
    /// Ties the files together, runs the nets and checks their gradients.
    pub(crate) fn new(files: &'a Files) -> Result<Self, Error> {
        let checks = check_all::<f64>(1e-5, None, &mut Rng::new(0));
        let checks =
            checks.into_iter().filter_map(|check| Some((Tag::parse(check.equation)?, check)));
        let mut site = Self {
            files,
            pages: Vec::new(),
            definitions: Definitions::new(&files.sources),
            equations: BTreeMap::new(),
            checks: checks.collect(),
            derivations: derivations(&files.sources)?,
        };
        let mut lines: BTreeMap<Tag, (usize, usize)> = BTreeMap::new();
        let sources = files.sources.iter().enumerate();
        for (s, source) in sources.filter(|(_, source)| source.name.starts_with("nets/src/")) {
            for (i, line) in source.lines.iter().enumerate() {
                let Some(tag) = computed(line) else { continue };
                if lines.insert(tag, (s, i)).is_some() {
                    let found = format_args!("a second line of ({tag})");
                    return Err(source.error(i + 1, found, "one line for each equation"));
                }
            }
        }
        for file in &files.pages {
            let page = site.page(file, &lines)?;
            site.pages.push(page);
        }
        for (tag, (s, i)) in lines {
            if !site.equations.contains_key(&tag) {
                let expected = "a page that states this equation";
                return Err(files.sources[s].error(i + 1, format_args!("({tag})"), expected));
            }
        }
        for at in 0..site.pages.len() {
            site.pages[at].cards = cards::cards(&site, &site.pages[at])?;
        }
        Ok(site)
    }

    fn page(
        &mut self,
        file: &'a File,
        lines: &BTreeMap<Tag, (usize, usize)>,
    ) -> Result<Page<'a>, Error> {
        let mut page = Page::new(file, markdown::blocks(file)?);
        for block in &page.blocks {
            let Kind::Fence(part) = &block.kind else { continue };
            let Some(path) = part.quotes() else { continue };
            let source = self.files.sources.iter().position(|source| source.name == path);
            let source = source.ok_or_else(|| {
                let found = format_args!("a quote from {path}");
                file.error(block.line, found, "a source of the workspace")
            })?;
            if !page.quoted.contains(&source) {
                page.quoted.push(source);
            }
        }
        let code = page.quoted.iter().flat_map(|&source| &self.files.sources[source].lines);
        let code = code.map(|line| line.split("//").next().unwrap_or(line));
        let names: BTreeSet<&str> =
            code.flat_map(letters::identifiers).map(|(_, name)| name).collect();
        let mut rows = Vec::new();
        for (line, text) in formulas(&page.blocks) {
            let formula = mathml::rows((file, line), &text, true, &|name| names.contains(name))?;
            rows.extend(formula.into_iter().map(|row| (line, row)));
        }
        let letters = rows.iter().flat_map(|(_, row)| &row.letters).map(|(name, _)| name);
        page.letters = letters.filter(|name| names.contains(name.as_str())).cloned().collect();
        if let Some(chapter) = page.chapter {
            let unread = |e| file.error(0, e, "the data of the runs");
            page.runs = runs::record(chapter).map_err(unread)?;
        }
        for (line, row) in rows {
            let Some(tag) = row.number else { continue };
            if self.equations.contains_key(&tag) {
                let found = format_args!("equation ({tag}) again");
                return Err(file.error(line, found, "one equation of each number"));
            }
            let line_of_code = *lines.get(&tag).ok_or_else(|| {
                let expected = format!("a line that ends in // ({tag})");
                file.error(line, format_args!("equation ({tag})"), &expected)
            })?;
            let equation = Equation { page: self.pages.len(), row, line: line_of_code };
            self.tie(&mut page, line, tag, &equation)?;
            self.equations.insert(tag, equation);
            page.anchors.insert(tag.to_string(), line);
        }
        Ok(page)
    }

    /// The equation that a line of a source computes, if it does.
    pub(crate) fn equation_at(&self, source: usize, line: usize) -> Option<(Tag, &Equation)> {
        let tag = computed(&self.files.sources[source].lines[line])?;
        let equation = self.equations.get(&tag)?;
        (equation.line == (source, line)).then_some((tag, equation))
    }

    /// The numbered equations of a page.
    pub(crate) fn equations_of(&self, page: &Page<'_>) -> impl Iterator<Item = (Tag, &Equation)> {
        let of = |equation: &Equation| std::ptr::eq(&self.pages[equation.page], page);
        self.equations.iter().filter(move |(_, e)| of(e)).map(|(tag, equation)| (*tag, equation))
    }

    /// The address of an equation.
    pub(crate) fn address(&self, tag: Tag) -> Option<String> {
        Some(format!("{}#{tag}", self.pages[self.equations.get(&tag)?.page].name))
    }

    /// The address that a reference on `page` leads to, if it becomes a link. The error is what was
    /// expected in place of a number that nothing has.
    pub(crate) fn target(&self, page: &Page<'_>, id: &str) -> Result<Option<String>, &'static str> {
        let on =
            |page: &Page<'_>| page.anchors.contains_key(id).then(|| format!("{}#{id}", page.name));
        let (found, expected) = match id.split_once('-') {
            Some(("chapter", number)) => {
                let of = |page: &&Page<'_>| page.chapter.is_some_and(|n| n.to_string() == number);
                if of(&page) {
                    return Ok(None);
                }
                (self.pages.iter().find(of).map(|page| page.name.clone()), "a chapter")
            }
            Some(("exercise", _)) => (on(page), "an exercise of this page"),
            Some(_) => (self.pages.iter().find_map(on), "an error of the list"),
            None => (self.pages.iter().find_map(on), "the number of an equation"),
        };
        found.map(Some).ok_or(expected)
    }
}

/// The formulas of a page: the number of the first line, and the TeX.
fn formulas(blocks: &[Block<'_>]) -> Vec<(usize, String)> {
    let inline = markdown::all_inlines(blocks).into_iter().filter_map(|inline| match inline {
        Inline::Math(text, line) => Some((*line, text.clone())),
        _ => None,
    });
    let display = blocks.iter().filter_map(|block| match &block.kind {
        Kind::Fence(part) if part.info == Some("math") => Some((part.start, part.lines.join("\n"))),
        _ => None,
    });
    inline.chain(display).collect()
}

/// The targets of links: headings, and numbered items, which are exercises and paragraphs that
/// start with a bold number.
fn anchors(blocks: &[Block<'_>]) -> BTreeMap<String, usize> {
    let (mut anchors, mut heading) = (BTreeMap::new(), String::new());
    for block in blocks {
        match &block.kind {
            Kind::Heading(_, title) => {
                heading = markdown::plain(title);
                // The second heading of a name gets -1, the third -2.
                let name = markdown::anchor(&heading);
                let others = (1..).map(|n| format!("{name}-{n}"));
                let mut free = std::iter::once(name.clone()).chain(others);
                let free = free.find(|name| !anchors.contains_key(name));
                anchors.extend(free.map(|name| (name, block.line)));
            }
            Kind::Paragraph(inlines) => {
                if let Some(Inline::Marked("strong", title)) = inlines.first()
                    && let Some((number, _)) = markdown::plain(title).split_once('.')
                    && number.bytes().all(|b| b.is_ascii_digit())
                {
                    let chapter = heading.strip_prefix("Chapter ");
                    let word = chapter.map_or("error".into(), |n| format!("answer-{n}"));
                    anchors.insert(format!("{word}-{number}"), block.line);
                }
            }
            Kind::List(Some(first), items) if heading == "Exercises" => {
                let ids = (*first..).take(items.len()).map(|n| format!("exercise-{n}"));
                anchors.extend(ids.map(|id| (id, block.line)));
            }
            _ => {}
        }
    }
    anchors
}

/// The page that is being written.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Writer<'a> {
    pub site: &'a Site<'a>,
    pub page: &'a Page<'a>,
    /// Of the whole book: the name of the part, which stands before its anchors.
    pub part: Option<&'a str>,
}

impl Writer<'_> {
    /// Whether a name in Rust is a letter of the page.
    pub(crate) fn known(&self, name: &str) -> bool {
        self.page.letters.contains(name)
    }

    /// An anchor of this page.
    pub(crate) fn id(&self, id: &str) -> String {
        self.part.map_or(id.into(), |part| format!("{part}-{id}"))
    }

    /// An address, relative to this page or as a part of the whole book.
    pub(crate) fn local(&self, address: String) -> String {
        let (page, id) = address.split_once('#').unwrap_or((&address, ""));
        match self.part {
            None if page == self.page.name && !id.is_empty() => format!("#{id}"),
            Some(_) if self.site.pages.iter().any(|other| other.name == page) => {
                format!("#{}", address.replace('#', "-"))
            }
            _ => address,
        }
    }

    /// The anchor of a line in the pane, and its address. The whole book has no pane.
    pub(crate) fn place(&self, source: usize, line: usize) -> [String; 2] {
        let id = format!("{}-{}", self.file_id(source), line + 1);
        match self.part {
            None => [id.clone(), format!("#{id}")],
            Some(part) => [String::new(), format!("#{part}")],
        }
    }

    /// The name of a file on this page.
    pub(crate) fn file_id(&self, source: usize) -> &str {
        self.site.files.sources[source].name.rsplit('/').next().unwrap_or_default()
    }
}
