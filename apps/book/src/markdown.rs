//! Markdown as the pages use it.

use crate::{Error, File};

/// A fenced block, or the text between two of them, for which `info` is nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part<'a> {
    /// What stands behind the opening fence.
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
