//! The files that the book is made from.

use crate::markdown::{self, Inline};
use crate::{Error, File, links};
use std::collections::VecDeque;
use std::path::Path;

/// Pages and sources as they are in the repository.
#[derive(Debug)]
pub struct Files {
    /// The pages, in the order of the book.
    pub pages: Vec<File>,
    /// The sources, and other files that pages lead to.
    pub sources: Vec<File>,
}

impl Files {
    /// Reads `docs/`, the sources, and what the pages lead to.
    ///
    /// # Errors
    /// If a file cannot be read, or a link leads to no file.
    pub fn read(root: &Path) -> Result<Self, Error> {
        let mut files = Self { pages: Vec::new(), sources: File::read_all(root, "", ".rs")? };
        // The pages are in the order of the links on the first page.
        let mut waiting = VecDeque::from(["docs/README.md".to_string()]);
        while let Some(name) = waiting.pop_front() {
            if files.pages.iter().any(|page| page.name == name) {
                continue;
            }
            let page = File::read(root, &name)?;
            for inline in markdown::all_inlines(&markdown::blocks(&page)?) {
                let Inline::Link(_, target, line) = inline else { continue };
                let (path, _) = links::resolve(&name, target);
                if root.join(&path).is_file() {
                    if path.ends_with(".md") {
                        waiting.push_back(path);
                    } else if !files.sources.iter().any(|source| source.name == path) {
                        files.sources.push(File::read(root, &path)?);
                    }
                } else if !root.join(&path).is_dir() {
                    let found = format_args!("a link to {target}");
                    return Err(page.error(*line, found, "a file or folder of the repository"));
                }
            }
            if files.pages.is_empty() {
                waiting.extend(File::read_all(root, "docs", ".md")?.into_iter().map(|p| p.name));
            }
            files.pages.push(page);
        }
        Ok(files)
    }
}
