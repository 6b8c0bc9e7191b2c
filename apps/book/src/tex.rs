//! Reads TeX into a tree: the subset that the pages use. Anything else is an error.

mod node;

pub use node::{Class, Node};

use crate::equations::Tag;
use crate::{Error, File};

/// The page of a formula, and the number of its first line.
pub type Place<'a> = (&'a File, usize);

/// A line of a formula.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Line<'a> {
    /// The cells between the `&`, each with its TeX.
    pub cells: Vec<(Vec<Node>, &'a str)>,
    /// The number of the equation, in brackets after `\qquad` or `&&`.
    pub number: Option<Tag>,
}

/// Commands for one character: its class; names and characters.
const SYMBOLS: [(Class, &str); 6] = [
    (Class::Function, "sum ∑"),
    (Class::Binary, "cdot · times × odot ⊙ pm ±"),
    (
        Class::Relation,
        "leftarrow ← rightarrow → to → mapsto ↦ Rightarrow ⇒ approx ≈ sim ∼ propto ∝ ge ≥ \
            le ≤ ne ≠ gg ≫ ll ≪ in ∈ mid |",
    ),
    (Class::Open, "lVert ‖ lvert |"),
    (Class::Close, "rVert ‖ rvert |"),
    (Class::Ordinary, "top ⊤ partial ∂ infty ∞ dots … ldots … cdots ⋯ vdots ⋮ prime ′"),
];

const GREEK: &str = "alpha α beta β gamma γ delta δ Delta Δ varepsilon ε epsilon ε eta η \
    theta θ kappa κ lambda λ mu μ pi π rho ρ sigma σ tau τ varphi φ phi φ chi χ omega ω";

const FUNCTIONS: &[&str] = &["ln", "log", "exp", "max", "min", "tanh", "sin", "cos", "Pr"];

const SPACES: &[(&str, &str)] =
    &[("quad", "1em"), ("qquad", "2em"), (",", "0.17em"), (";", "0.28em"), (" ", "0.25em")];

/// The character of a command in a list of names, each with its character behind it.
fn character(list: &'static str, name: &str) -> Option<&'static str> {
    let (names, characters) = (list.split(' ').step_by(2), list.split(' ').skip(1).step_by(2));
    names.zip(characters).find(|(known, _)| *known == name).map(|(_, character)| character)
}

#[derive(Clone, Copy)]
struct Parser<'a> {
    place: Place<'a>,
    text: &'a str,
    rest: &'a str,
    /// Whether an index or exponent is read, which contains no words.
    script: bool,
}

/// A formula, from this line of a page on: its lines, of an `aligned` block several.
///
/// # Errors
/// If a part of it cannot be read; the error names the first such part.
pub fn lines<'a>(place: Place<'a>, text: &'a str) -> Result<Vec<Line<'a>>, Error> {
    let mut parser = Parser { place, text, rest: text, script: false };
    let aligned = parser.take("\\begin{aligned}");
    let lines = parser.lines(if aligned { "\\end{aligned}" } else { "" })?;
    parser.spaces();
    if parser.rest.is_empty() { Ok(lines) } else { Err(parser.error("the end of the formula")) }
}

impl<'a> Parser<'a> {
    fn spaces(&mut self) {
        self.rest = self.rest.trim_start();
    }

    fn take(&mut self, token: &str) -> bool {
        self.spaces();
        let rest = self.rest.strip_prefix(token);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn expect(&mut self, token: &str) -> Result<(), Error> {
        if self.take(token) { Ok(()) } else { Err(self.error(token)) }
    }

    /// The next `len` bytes.
    fn next(&mut self, len: usize) -> &'a str {
        let (next, rest) = self.rest.split_at(len);
        self.rest = rest;
        next
    }

    /// The name of the command that follows, if one does.
    fn name(&self) -> Option<&'a str> {
        let rest = self.rest.strip_prefix('\\')?;
        let letters = rest.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(rest.len());
        Some(&rest[..letters.max(rest.chars().next().map_or(0, char::len_utf8))])
    }

    fn error(&self, expected: &str) -> Error {
        let (file, line) = self.place;
        let before = &self.text[..self.text.len() - self.rest.len()];
        let found = match (self.name(), self.rest.chars().next()) {
            (Some(name), _) => format!("\\{name}"),
            (None, Some(c)) => c.into(),
            (None, None) => "the end of the formula".into(),
        };
        file.error(line + before.matches('\n').count(), found, expected)
    }

    /// The number of an equation, if it follows.
    fn number(&mut self) -> Option<Tag> {
        let number = ["&&", "\\qquad"].iter().find_map(|before| self.rest.strip_prefix(before))?;
        let (number, rest) = number.split_at(number.find(')')? + 1);
        let tag = Tag::bracketed(number.trim_start())?;
        self.rest = rest;
        Some(tag)
    }

    /// Lines of cells, up to `end`; an empty one is that of the text, and of a single cell.
    fn lines(&mut self, end: &str) -> Result<Vec<Line<'a>>, Error> {
        let (mut lines, mut line) = (Vec::new(), Line::default());
        loop {
            self.spaces();
            let start = self.rest;
            let nodes = self.row()?;
            line.cells.push((nodes, start[..start.len() - self.rest.len()].trim_end()));
            line.number = self.number().or(line.number);
            if !end.is_empty() && self.take("&") {
                continue;
            }
            lines.push(std::mem::take(&mut line));
            if end.is_empty() || !self.take("\\\\") {
                return self.expect(end).map(|()| lines);
            }
        }
    }

    /// Everything up to the end of a cell, a group or the text, or to the number of the equation.
    fn row(&mut self) -> Result<Vec<Node>, Error> {
        let mut nodes = Vec::new();
        loop {
            self.spaces();
            let ends = ["&", "\\\\", "}", "\\end"].iter().any(|end| self.rest.starts_with(end));
            if ends || self.rest.is_empty() || self.clone().number().is_some() {
                return Ok(nodes);
            }
            nodes.push(self.scripted()?);
        }
    }

    /// A piece with its scripts.
    fn scripted(&mut self) -> Result<Node, Error> {
        let base = self.nucleus()?;
        let (mut primes, mut sub, mut sup) = (0, None, None);
        loop {
            if self.take("'") {
                primes += 1;
            } else if sub.is_none() && self.take("_") {
                sub = Some(self.script_argument()?);
            } else if sup.is_none() && self.take("^") {
                sup = Some(self.script_argument()?);
            } else if primes == 0 && sub.is_none() && sup.is_none() {
                return Ok(base);
            } else {
                return Ok(Node::Script { base: Box::new(base), primes, sub, sup });
            }
        }
    }

    fn script_argument(&mut self) -> Result<Box<Node>, Error> {
        let script = std::mem::replace(&mut self.script, true);
        let argument = self.argument();
        self.script = script;
        argument
    }

    /// A group in braces, or the next piece.
    fn argument(&mut self) -> Result<Box<Node>, Error> {
        self.spaces();
        // A digit alone: \frac12 is a half.
        if self.rest.starts_with(|c: char| c.is_ascii_digit()) {
            return Ok(Box::new(Node::Number(self.next(1).into())));
        }
        self.nucleus().map(Box::new)
    }

    /// The text in braces.
    fn verbatim(&mut self) -> Result<&'a str, Error> {
        self.expect("{")?;
        let Some(end) = self.rest.find('}') else { return Err(self.error("} behind it")) };
        Ok(self.next(end + 1).trim_end_matches('}'))
    }

    fn nucleus(&mut self) -> Result<Node, Error> {
        self.spaces();
        if let Some(name) = self.name() {
            return self.command(name);
        }
        if self.take("{") {
            let nodes = self.row()?;
            return self.expect("}").map(|()| Node::Group(nodes));
        }
        let rest = self.rest;
        let Some(c) = rest.chars().next() else { return Err(self.error("something to follow")) };
        if c.is_ascii_digit() {
            let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
            return Ok(Node::Number(self.next(rest[..end].trim_end_matches('.').len()).into()));
        }
        if c.is_alphabetic() {
            // Three letters or more are a word.
            let end = rest.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(rest.len());
            let word = end >= 3 && !self.script;
            let text = self.next(if word { end } else { c.len_utf8() }).to_string();
            // d is the differential, e the number, i to l count: no letters of the code.
            return Ok(match c {
                'd' | 'e' | 'i'..='l' if !word => Node::Symbol(Class::Italic, text),
                _ => Node::Letter(text.clone(), text, if word { "word" } else { "" }),
            });
        }
        let (class, text) = match c {
            '(' | '[' => (Class::Open, c),
            ')' | ']' => (Class::Close, c),
            '|' => (Class::Bar, c),
            '-' => (Class::Binary, '−'),
            '*' => (Class::Binary, '∗'),
            '+' => (Class::Binary, c),
            '=' | '<' | '>' => (Class::Relation, c),
            ',' | ';' => (Class::Punctuation, c),
            '/' => (Class::Ordinary, c),
            '.' | ':' | '!' => return Ok(Node::Text(self.next(1).into())),
            _ => return Err(self.error("a formula of the subset that src/tex.rs knows")),
        };
        self.next(1);
        Ok(Node::Symbol(class, text.into()))
    }

    fn command(&mut self, name: &'a str) -> Result<Node, Error> {
        let before = *self;
        self.next(1 + name.len());
        let symbol = |(class, list): &(Class, &'static str)| Some((*class, character(list, name)?));
        if let Some((class, text)) = SYMBOLS.iter().find_map(symbol) {
            return Ok(Node::Symbol(class, text.into()));
        }
        if let Some(text) = character(GREEK, name) {
            return Ok(Node::Letter(name.into(), text.into(), ""));
        }
        if FUNCTIONS.contains(&name) {
            return Ok(Node::Symbol(Class::Function, name.into()));
        }
        if let Some((_, width)) = SPACES.iter().find(|(command, _)| *command == name) {
            return Ok(Node::Space(width));
        }
        Ok(match name {
            "nabla" => Node::Nabla(Box::new(self.scripted()?)),
            "frac" | "tfrac" => Node::Fraction(name == "tfrac", self.argument()?, self.argument()?),
            "sqrt" => Node::Root(self.argument()?),
            "mathrm" | "mathit" => match (name, self.verbatim()?) {
                ("mathrm", "tr") => Node::Symbol(Class::Function, "tr".into()),
                ("mathrm", word) => Node::Letter(word.into(), word.into(), "up"),
                (_, word) => Node::Letter(word.into(), word.into(), "word"),
            },
            "mathbf" if self.take("1") || self.take("{1}") => Node::Number("𝟏".into()),
            "mathbf" => return Err(self.error("1, the column of ones")),
            "text" => Node::Text(self.verbatim()?.into()),
            "bigl" | "bigr" => Node::Big("big", Box::new(self.nucleus()?)),
            "Bigl" | "Bigr" => Node::Big("Big", Box::new(self.nucleus()?)),
            "begin" if self.take("{pmatrix}") => {
                let lines = self.lines("\\end{pmatrix}")?.into_iter();
                let rows =
                    lines.map(|line| line.cells.into_iter().map(|(nodes, _)| nodes).collect());
                Node::Table(rows.collect())
            }
            "begin" => return Err(before.error("\\begin{aligned} or {pmatrix}")),
            _ => return Err(before.error("a command of the subset that src/tex.rs knows")),
        })
    }
}
