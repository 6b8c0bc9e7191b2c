//! Everything that the book is made from, read and tied together once: pages, sources, equations.

use crate::equations::{Tag, computed};
use crate::files::{Files, for_inlines};
use crate::letters;
use crate::links::Definitions;
use crate::markdown::{self, Block, Inline, Kind};
use crate::mathml::{self, Row};
use crate::ops::Step;
use crate::refs::Ref;
use crate::runs::{self, Recording};
use crate::{Error, File};
use lines::derive::{Derivation, Net};
use lines::functions::{Function, functions};
use matrix::Rng;
use nets::gradient_check::{Check, check_all};
use std::collections::{BTreeMap, BTreeSet};

/// A numbered equation.
#[derive(Debug)]
pub struct Equation {
    /// Its page, as an index.
    pub page: usize,
    /// Its formula, with the letters of its chapter marked.
    pub row: Row,
    /// The source that computes it, as an index, and the line, counted from 0.
    pub line: (usize, usize),
}

/// What is known of a letter of a chapter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Card {
    /// Its name in Rust.
    pub name: String,
    /// How it stands on paper, as MathML.
    pub paper: String,
    /// Its shape in letters.
    pub shape: String,
    /// What it is.
    pub word: String,
    /// The equations that make it or change it.
    pub made: BTreeSet<Tag>,
    /// Whether it has a value before the first of them.
    pub given: bool,
}

/// A page with what it shows.
#[derive(Debug)]
pub struct Page<'a> {
    /// Its file.
    pub file: &'a File,
    /// Its blocks.
    pub blocks: Vec<Block<'a>>,
    /// Its headings: level, anchor, line and text.
    pub headings: Vec<(usize, String, usize, &'a str)>,
    /// The number of the chapter, if it is one.
    pub chapter: Option<u32>,
    /// The sources that it quotes, as indices.
    pub quoted: Vec<usize>,
    /// The names in Rust of the letters that page and code share.
    pub letters: BTreeSet<String>,
    /// What is cited by number: `error-8`, `exercise-7`, `answer-2-3`, and the line of its block.
    pub entries: BTreeMap<String, usize>,
    /// A card for each letter, once they are made.
    pub cards: Vec<Card>,
    /// The runs of the chapter: all have the same letters.
    pub runs: Vec<Recording>,
    /// What its numbered lines do, where the runs have numbers for them. Letters are called as in the runs.
    pub steps: BTreeMap<Tag, Step>,
}

impl Page<'_> {
    /// The shape of a letter, in letters.
    pub fn shape(&self, name: &str) -> &str {
        self.cards.iter().find(|card| card.name == name).map_or("", |card| &card.shape)
    }

    /// The letter whose numbers a run has under this key.
    pub fn letter<'k>(&'k self, key: &'k str) -> &'k str {
        let changed = Tag::parse(key).and_then(|tag| self.steps.get(&tag));
        let key = changed.map_or(key, |step| &step.result);
        key.split('.').next().unwrap_or(key)
    }
}

/// The book before it is written.
#[derive(Debug)]
pub struct Site<'a> {
    /// What it is made from.
    pub files: &'a Files,
    /// The pages.
    pub pages: Vec<Page<'a>>,
    /// The functions of each source.
    pub functions: Vec<Vec<Function>>,
    /// Where functions are defined.
    pub definitions: Definitions,
    /// The numbered equations.
    pub equations: BTreeMap<Tag, Equation>,
    /// The gradients, checked while the book is written.
    pub checks: BTreeMap<Tag, Check>,
    /// How they follow from the forward lines.
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
        for derivation in Net::read(file)?.derive()? {
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
    /// Ties the files together, runs the nets and checks their gradients. The pages have no cards yet.
    ///
    /// # Errors
    /// Whatever isn't understood or doesn't agree.
    pub fn new(files: &'a Files) -> Result<Self, Error> {
        let functions = files.sources.iter().map(|file| functions(&file.lines)).collect();
        let checks = check_all::<f64>(1e-5, None, &mut Rng::new(0));
        let checks =
            checks.into_iter().filter_map(|check| Some((Tag::parse(check.equation)?, check)));
        let mut site = Self {
            files,
            pages: Vec::new(),
            functions,
            definitions: Definitions::new(&files.sources),
            equations: BTreeMap::new(),
            checks: checks.collect(),
            derivations: derivations(&files.sources)?,
        };
        let mut lines: BTreeMap<Tag, (usize, usize)> = BTreeMap::new();
        for (s, source) in
            files.sources.iter().enumerate().filter(|(_, s)| s.name.starts_with("nets/src/"))
        {
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
        Ok(site)
    }

    fn page(
        &mut self,
        file: &'a File,
        lines: &BTreeMap<Tag, (usize, usize)>,
    ) -> Result<Page<'a>, Error> {
        let blocks = markdown::blocks(file)?;
        let mut page = Page {
            file,
            headings: headings(file, &blocks),
            entries: entries(&blocks),
            chapter: file
                .name
                .strip_prefix("docs/")
                .and_then(|name| name.split_once('-')?.0.parse().ok()),
            blocks: Vec::new(),
            quoted: Vec::new(),
            letters: BTreeSet::new(),
            cards: Vec::new(),
            runs: Vec::new(),
            steps: BTreeMap::new(),
        };
        let mut names = BTreeSet::new();
        for block in &blocks {
            let Kind::Fence(part) = &block.kind else { continue };
            if let Some(path) = part.quotes() {
                let source = self.files.sources.iter().position(|source| source.name == path);
                let source = source.ok_or_else(|| {
                    file.error(
                        block.line,
                        format_args!("a quote from {path}"),
                        "a source of the workspace",
                    )
                })?;
                if !page.quoted.contains(&source) {
                    page.quoted.push(source);
                }
            }
        }
        let formulas = formulas(&blocks);
        let read = |line: usize, text: &str, known: &dyn Fn(&str) -> bool| {
            mathml::display((file, line), text, known)
        };
        for (line, text, _) in &formulas {
            let rows = read(*line, text, &|_| true)?;
            names.extend(rows.into_iter().flat_map(|row| row.letters));
        }
        let identifiers: BTreeSet<&str> = page
            .quoted
            .iter()
            .flat_map(|&source| &self.files.sources[source].lines)
            .flat_map(|line| letters::identifiers(line.split("//").next().unwrap_or(line)))
            .map(|(_, name)| name)
            .collect();
        page.letters = names
            .into_iter()
            .map(|(name, _)| name)
            .filter(|name| identifiers.contains(name.as_str()))
            .collect();

        if let Some(chapter) = page.chapter {
            let unread = |e: datasets::Error| file.error(0, e, "the data of the chapter's run");
            page.runs = runs::record(chapter).map_err(unread)?;
        }
        let known = |name: &str| page.letters.contains(name);
        let mut equations = Vec::new();
        for (line, text, _) in formulas.iter().filter(|(.., display)| *display) {
            for row in read(*line, text, &known)? {
                if let Some(tag) = row.number {
                    equations.push((*line, tag, row));
                }
            }
        }
        for (line, tag, row) in equations {
            if self.equations.contains_key(&tag) {
                let found = format_args!("equation ({tag}) again");
                return Err(file.error(line, found, "one equation of each number"));
            }
            let at = *lines.get(&tag).ok_or_else(|| {
                file.error(
                    line,
                    format_args!("equation ({tag})"),
                    &format!("a line that ends in // ({tag})"),
                )
            })?;
            let first = lines.get(&Tag(tag.0, 1)).map(|(source, _)| *source);
            self.tie(&mut page, line, tag, &row, at, first)?;
            let page = self.pages.len();
            self.equations.insert(tag, Equation { page, row, line: at });
        }
        page.blocks = blocks;
        Ok(page)
    }

    /// The numbered equations of a page.
    pub fn equations_of(&self, page: &Page<'_>) -> impl Iterator<Item = (Tag, &Equation)> {
        let of = |equation: &Equation| std::ptr::eq(&self.pages[equation.page], page);
        self.equations.iter().filter(move |(_, e)| of(e)).map(|(tag, equation)| (*tag, equation))
    }

    /// The page and the anchor that a reference on `page` leads to, if it is to be a link.
    ///
    /// # Errors
    /// What was expected, where there is nothing of this number.
    pub fn target<'s>(
        &'s self,
        page: &'s Page<'a>,
        to: Ref,
    ) -> Result<Option<(&'s Page<'a>, String)>, &'static str> {
        let entry = |page: &'s Page<'a>, id: String| {
            page.entries.contains_key(&id).then(|| (page, format!("#{id}")))
        };
        let (found, expected) = match to {
            Ref::Equation(tag) => {
                let equation = self.equations.get(&tag);
                let found = equation.map(|of| (&self.pages[of.page], format!("#{tag}")));
                (found, "the number of an equation")
            }
            Ref::Error(n) => {
                let found = self.pages.iter().find_map(|page| entry(page, format!("error-{n}")));
                (found, "an error of the list")
            }
            Ref::Exercise(n) => (entry(page, format!("exercise-{n}")), "an exercise of this page"),
            Ref::Chapter(n) => {
                let found = self.pages.iter().find(|page| page.chapter == Some(n));
                if found.is_some_and(|found| std::ptr::eq(found, page)) {
                    return Ok(None);
                }
                (found.map(|page| (page, String::new())), "a chapter")
            }
            Ref::Iteration(n) => {
                let run = page.runs.first();
                let there = run.is_some_and(|run| run.moments.iter().any(|m| m.iteration == n));
                return Ok(there.then(|| (page, "#book-slider".into())));
            }
        };
        found.map(Some).ok_or(expected)
    }

    /// The page of a file and whether a heading is there, for links.
    pub fn has_anchor(&self, file: &str, anchor: &str) -> bool {
        let page = self.pages.iter().find(|page| page.file.name == file);
        page.is_some_and(|page| {
            page.headings.iter().any(|(_, id, ..)| id == anchor)
                || page.entries.contains_key(anchor)
                || Tag::parse(anchor).is_some_and(|tag| self.equations.contains_key(&tag))
        })
    }
}

/// The formulas of a page: the number of the first line, the TeX, whether it is a block of its own.
fn formulas(blocks: &[Block<'_>]) -> Vec<(usize, String, bool)> {
    let mut formulas = Vec::new();
    for_inlines(blocks, &mut |inline| {
        if let Inline::Math(text, line) = inline {
            formulas.push((*line, text.clone(), false));
        }
    });
    for block in blocks {
        if let Kind::Fence(part) = &block.kind
            && part.info == Some("math")
        {
            formulas.push((part.start, part.lines.join("\n"), true));
        }
    }
    formulas
}

/// What is cited by number: a paragraph that opens in bold with its number, an exercise.
fn entries(blocks: &[Block<'_>]) -> BTreeMap<String, usize> {
    let (mut entries, mut heading) = (BTreeMap::new(), String::new());
    for block in blocks {
        match &block.kind {
            Kind::Heading(_, title) => heading = markdown::plain(title),
            Kind::Paragraph(inlines) => {
                if let Some(Inline::Strong(title)) = inlines.first()
                    && let Some((number, _)) = markdown::plain(title).split_once('.')
                    && number.bytes().all(|b| b.is_ascii_digit())
                {
                    let chapter = heading.strip_prefix("Chapter ");
                    let word = chapter.map_or("error".into(), |n| format!("answer-{n}"));
                    entries.insert(format!("{word}-{number}"), block.line);
                }
            }
            Kind::List(Some(first), items) if heading == "Exercises" => {
                let ids = (*first..).take(items.len()).map(|n| format!("exercise-{n}"));
                entries.extend(ids.map(|id| (id, block.line)));
            }
            _ => {}
        }
    }
    entries
}

fn headings<'a>(file: &'a File, blocks: &[Block<'a>]) -> Vec<(usize, String, usize, &'a str)> {
    let mut headings: Vec<(usize, String, usize, &str)> = Vec::new();
    for block in blocks {
        if let Kind::Heading(level, title) = &block.kind {
            let anchor = markdown::anchor(&markdown::plain(title));
            // The second heading of a name gets -1, the third -2.
            let same = headings
                .iter()
                .filter(|(_, id, ..)| {
                    id.trim_end_matches(|c: char| c.is_ascii_digit() || c == '-') == anchor
                })
                .count();
            let anchor = if same > 0 { format!("{anchor}-{same}") } else { anchor };
            let text = file.lines[block.line - 1].trim_start_matches('#').trim();
            headings.push((*level, anchor, block.line, text));
        }
    }
    headings
}
