//! The numbers of equations, such as (3.9), on pages and in code.

use std::fmt;

/// Chapter and number of an equation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Tag(pub u32, pub u32);

impl fmt::Display for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.0, self.1)
    }
}

impl Tag {
    /// Reads `2.9`.
    pub fn parse(text: &str) -> Option<Self> {
        let (chapter, number) = text.split_once('.')?;
        let digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
        (digits(chapter) && digits(number)).then_some(())?;
        Some(Self(chapter.parse().ok()?, number.parse().ok()?))
    }

    /// Reads `(3.9)`.
    pub fn bracketed(word: &str) -> Option<Self> {
        Self::parse(word.strip_prefix('(')?.strip_suffix(')')?)
    }
}

/// The tag at the end of a line of mathematics.
pub fn stated(line: &str) -> Option<Tag> {
    let line = line.trim_end().trim_end_matches("\\\\").trim_end();
    Tag::bracketed(line.rsplit([' ', '&']).next()?)
}

/// The tag in the comment at the end of a line of code.
pub fn computed(line: &str) -> Option<Tag> {
    Tag::bracketed(line.rsplit_once(" // ")?.1)
}
