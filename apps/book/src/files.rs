//! The files that the book is made from.

use crate::links;
use crate::markdown::{self, Block, Inline, Kind};
use crate::{Error, File};
use std::collections::BTreeSet;
use std::path::Path;

/// Pages and sources as they are in the repository.
#[derive(Debug)]
pub struct Files {
    /// The pages, in the order of the book.
    pub pages: Vec<File>,
    /// The sources, and other files that pages lead to.
    pub sources: Vec<File>,
    /// Folders that pages lead to.
    pub folders: BTreeSet<String>,
    /// Pictures on pages.
    pub pictures: BTreeSet<String>,
}

impl Files {
    /// Reads `docs/`, the sources, and what the pages lead to.
    ///
    /// # Errors
    /// If a file cannot be read, or a link leads to none.
    pub fn read(root: &Path) -> Result<Self, Error> {
        let sources = links::sources(root)?;
        let mut files = Self {
            pages: Vec::new(),
            sources,
            folders: BTreeSet::new(),
            pictures: BTreeSet::new(),
        };
        let mut waiting = vec!["docs/README.md".to_string()];
        waiting.extend(File::read_all(root, "docs", ".md")?.into_iter().map(|page| page.name));
        let mut next = 0;
        while next < waiting.len() {
            let name = waiting[next].clone();
            next += 1;
            if files.pages.iter().any(|page| page.name == name) {
                continue;
            }
            let page = File::read(root, &name)?;
            let blocks = markdown::blocks(&page)?;
            // The order of the book is the order in which its first page leads to the others.
            let mut targets = Vec::new();
            for_inlines(&blocks, &mut |inline| match inline {
                Inline::Link(_, target, line) => targets.push((target.clone(), *line, false)),
                Inline::Image(_, target, line) => targets.push((target.clone(), *line, true)),
                _ => {}
            });
            let mut at = next;
            for (target, line, picture) in targets {
                if target.contains("://") {
                    continue;
                }
                let (path, _) = links::resolve(&name, &target);
                let there = root.join(&path);
                if picture && there.is_file() {
                    files.pictures.insert(path);
                } else if there.is_dir() {
                    files.folders.insert(path);
                } else if path.ends_with(".md") && there.is_file() {
                    waiting.insert(if name == "docs/README.md" { at } else { waiting.len() }, path);
                    at += 1;
                } else if !there.is_file() {
                    return Err(page.error(
                        line,
                        format_args!("a link to {target}"),
                        "a file or folder of the repository",
                    ));
                } else if !files.sources.iter().any(|source| source.name == path) {
                    files.sources.push(File::read(root, &path)?);
                }
            }
            files.pages.push(page);
        }
        Ok(files)
    }
}

/// Calls `visit` for every inline of every block, inner ones too.
pub fn for_inlines(blocks: &[Block<'_>], visit: &mut dyn FnMut(&Inline)) {
    fn each(inlines: &[Inline], visit: &mut dyn FnMut(&Inline)) {
        for inline in inlines {
            visit(inline);
            if let Inline::Strong(inner) | Inline::Emphasis(inner) | Inline::Link(inner, ..) =
                inline
            {
                each(inner, visit);
            }
        }
    }
    for block in blocks {
        match &block.kind {
            Kind::Heading(_, inlines) | Kind::Paragraph(inlines) => each(inlines, visit),
            Kind::List(_, items) => items.iter().flatten().for_each(|text| each(text, visit)),
            Kind::Table(_, head, rows) => {
                head.iter().chain(rows.iter().flatten()).for_each(|text| each(text, visit));
            }
            Kind::Fence(_) => {}
        }
    }
}
