//! A page that is being written: what its text, its listings and its numbers all need.

use crate::site::{Page, Site};

/// The page that is being written.
#[derive(Debug)]
pub(crate) struct Writer<'a> {
    pub site: &'a Site<'a>,
    pub page: &'a Page<'a>,
}

impl Writer<'_> {
    /// Whether a name in Rust is a letter of the page.
    pub(crate) fn known(&self, name: &str) -> bool {
        self.page.letters.contains(name)
    }

    /// An address, relative to this page.
    pub(crate) fn local(&self, address: String) -> String {
        let anchor = address.strip_prefix(&self.page.name).filter(|rest| rest.starts_with('#'));
        anchor.map(String::from).unwrap_or(address)
    }

    /// The name of a file on this page.
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
