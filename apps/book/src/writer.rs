//! A page being written: what its text and its numbers both ask.

use crate::site::{Page, Site};

/// A page being written.
#[derive(Debug)]
pub struct Writer<'a> {
    pub(crate) site: &'a Site<'a>,
    pub(crate) page: &'a Page<'a>,
}

impl Writer<'_> {
    /// What a file is called on this page.
    pub(crate) fn file_id(&self, source: usize) -> String {
        let name =
            |s: usize| self.site.files.sources[s].name.rsplit('/').next().unwrap_or_default();
        let same = self.page.quoted.iter().filter(|&&other| name(other) == name(source)).count();
        if same > 1 {
            self.site.files.sources[source].name.replace('/', "-")
        } else {
            name(source).into()
        }
    }
}
