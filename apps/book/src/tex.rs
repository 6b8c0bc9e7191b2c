//! TeX read into a tree: the subset that the pages use. What it doesn't know is an error.

mod node;

pub use node::{Class, Node, Set};
/// A line of a formula.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Line<'a> {
    /// What stands before the first `&`, between it and the next, and so on, each with its TeX.
    pub cells: Vec<(Vec<Node>, &'a str)>,
    /// What ends the line in brackets behind `\qquad` or `&&`: the number of the equation.
    pub number: Option<&'a str>,
}

/// What was found, and what was expected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TexError {
    /// How many lines below the first.
    pub line: usize,
    /// What was found.
    pub found: String,
    /// What was expected.
    pub expected: &'static str,
}

/// Commands for one character: how it joins its neighbours; names and characters.
const SYMBOLS: [(Class, &str); 5] = [
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

struct Parser<'a> {
    text: &'a str,
    at: usize,
    /// Whether the number of an equation may follow.
    display: bool,
    /// Whether what is read is an index or exponent, where no word is.
    script: bool,
}

/// A formula between dollars.
///
/// # Errors
/// The first thing that isn't understood.
pub fn inline(text: &str) -> Result<Vec<Node>, TexError> {
    Parser { text, at: 0, display: false, script: false }.row(&[""])
}

/// A formula in a block of its own: its lines, of an `aligned` block several.
///
/// # Errors
/// The first thing that isn't understood.
pub fn display(text: &str) -> Result<Vec<Line<'_>>, TexError> {
    let mut parser = Parser { text, at: 0, display: true, script: false };
    let aligned = parser.take("\\begin{aligned}");
    let (mut lines, mut line) = (Vec::new(), Line::default());
    loop {
        let start = parser.at;
        let cell = parser.row(&["&", "\\\\", "\\end{aligned}", ""])?;
        line.cells.push((cell, text[start..parser.at].trim()));
        line.number = parser.number().or(line.number);
        let in_line = parser.take("&");
        if in_line && aligned {
            continue;
        }
        lines.push(std::mem::take(&mut line));
        if !in_line && aligned && parser.take("\\\\") {
            continue;
        }
        if aligned && !parser.take("\\end{aligned}") {
            return Err(parser.error("\\end{aligned}"));
        }
        parser.spaces();
        if parser.at < text.len() {
            return Err(parser.error("the end of the formula"));
        }
        return Ok(lines);
    }
}

impl<'a> Parser<'a> {
    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn spaces(&mut self) {
        self.at += self.rest().len() - self.rest().trim_start().len();
    }

    fn take(&mut self, token: &str) -> bool {
        self.spaces();
        let found = self.rest().starts_with(token);
        self.at += if found { token.len() } else { 0 };
        found
    }

    fn error(&self, expected: &'static str) -> TexError {
        let rest = self.rest();
        let found = match rest.strip_prefix('\\') {
            Some(name) if name.starts_with(|c: char| c.is_ascii_alphabetic()) => {
                let end = name.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(name.len());
                &rest[..=end]
            }
            Some(name) => &rest[..1 + name.chars().next().map_or(0, char::len_utf8)],
            None => rest.split_inclusive(|_: char| true).next().unwrap_or("the end of the formula"),
        };
        let line = self.text[..self.at].matches('\n').count();
        TexError { line, found: found.into(), expected }
    }

    /// The number of an equation at the end of its line: `(3.9)` behind a cell's `&&` or `\qquad`.
    fn number(&mut self) -> Option<&'a str> {
        let before = self.at;
        let separated = (self.take("&") && self.take("&")) || self.take("\\qquad");
        self.spaces();
        let rest = self.rest();
        let line = rest.split(['\n', '\\']).next().unwrap_or(rest).trim_end();
        let tag = line.strip_prefix('(').and_then(|line| line.strip_suffix(')'));
        let tag = tag.filter(|tag| separated && tag.starts_with(|c: char| c.is_ascii_digit()));
        self.at = if tag.is_some() { self.at + line.len() } else { before };
        tag
    }

    /// Whether the number of the equation follows.
    fn at_number(&mut self) -> bool {
        let before = self.at;
        let found = self.display && !self.script && self.number().is_some();
        self.at = before;
        found
    }

    /// Everything up to one of the ends, which is left; "" is the end of the text.
    fn row(&mut self, ends: &[&str]) -> Result<Vec<Node>, TexError> {
        let mut nodes = Vec::new();
        loop {
            self.spaces();
            let rest = self.rest();
            if rest.is_empty() && !ends.contains(&"") {
                return Err(self.error(if ends == ["}"] { "}" } else { "\\end or \\\\" }));
            }
            let at_end = |end: &&str| !end.is_empty() && rest.starts_with(end);
            if rest.is_empty()
                || ends.iter().any(at_end)
                || (ends.contains(&"") && self.at_number())
            {
                return Ok(nodes);
            }
            nodes.push(self.scripted()?);
        }
    }

    /// A piece with what stands above and below it.
    fn scripted(&mut self) -> Result<Node, TexError> {
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

    fn script_argument(&mut self) -> Result<Box<Node>, TexError> {
        let script = std::mem::replace(&mut self.script, true);
        let argument = self.argument();
        self.script = script;
        argument
    }

    /// A group in braces, or the next piece.
    fn argument(&mut self) -> Result<Box<Node>, TexError> {
        if self.take("{") {
            let nodes = self.row(&["}"])?;
            self.take("}");
            return Ok(Box::new(Node::Group(nodes)));
        }
        // A digit alone: \frac12 is a half.
        if let Some(digit) = self.rest().chars().next().filter(char::is_ascii_digit) {
            self.at += 1;
            return Ok(Box::new(Node::Number(digit.into())));
        }
        self.nucleus().map(Box::new)
    }

    /// What stands in braces, as it is.
    fn verbatim(&mut self) -> Result<&'a str, TexError> {
        if !self.take("{") {
            return Err(self.error("{"));
        }
        let rest = self.rest();
        let Some(end) = rest.find('}') else { return Err(self.error("} behind it")) };
        self.at += end + 1;
        Ok(&rest[..end])
    }

    fn nucleus(&mut self) -> Result<Node, TexError> {
        self.spaces();
        let rest = self.rest();
        let Some(c) = rest.chars().next() else { return Err(self.error("something to follow")) };
        if c == '\\' {
            return self.command();
        }
        if c == '{' {
            return self.argument().map(|group| *group);
        }
        if c.is_ascii_digit() {
            let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
            let number = rest[..end].trim_end_matches('.');
            self.at += number.len();
            return Ok(Node::Number(number.into()));
        }
        if c.is_alphabetic() {
            // Three letters or more are a word.
            let end = rest.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(rest.len());
            let (end, set) = if end >= 3 && !self.script {
                (end, Set::Word)
            } else {
                (c.len_utf8(), Set::Letter)
            };
            self.at += end;
            let text = rest[..end].to_string();
            // d is the differential, e the number, i to l count: no letters of the code.
            return Ok(match c {
                'd' | 'e' | 'i'..='l' if set == Set::Letter => Node::Symbol(Class::Italic, text),
                _ => Node::Letter(text.clone(), text, set),
            });
        }
        let class = match c {
            '(' | '[' => Class::Open,
            ')' | ']' => Class::Close,
            '|' => Class::Bar,
            '-' | '+' | '*' => Class::Binary,
            '=' | '<' | '>' => Class::Relation,
            ',' | ';' => Class::Punctuation,
            '/' => Class::Ordinary,
            '.' | ':' | '!' => {
                self.at += 1;
                return Ok(Node::Text(c.into()));
            }
            _ => return Err(self.error("a formula of the subset that src/tex.rs knows")),
        };
        self.at += c.len_utf8();
        let text = match c {
            '-' => '−',
            '*' => '∗',
            c => c,
        };
        Ok(Node::Symbol(class, text.into()))
    }

    fn command(&mut self) -> Result<Node, TexError> {
        let start = self.at;
        let rest = &self.rest()[1..];
        let letters = rest.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(rest.len());
        let name = &rest[..letters.max(rest.chars().next().map_or(0, char::len_utf8))];
        self.at += 1 + name.len();
        let symbol = |(class, list): &(Class, &'static str)| Some((*class, character(list, name)?));
        if let Some((class, text)) = SYMBOLS.iter().find_map(symbol) {
            return Ok(Node::Symbol(class, text.into()));
        }
        if let Some(text) = character(GREEK, name) {
            return Ok(Node::Letter(name.into(), text.into(), Set::Letter));
        }
        if FUNCTIONS.contains(&name) {
            return Ok(Node::Function(name.into()));
        }
        if let Some((_, width)) = SPACES.iter().find(|(command, _)| *command == name) {
            return Ok(Node::Space(width));
        }
        Ok(match name {
            "nabla" => Node::Nabla(Box::new(self.scripted()?)),
            "sum" => Node::Sum("∑"),
            "prod" => Node::Sum("∏"),
            "frac" | "tfrac" => Node::Fraction(name == "tfrac", self.argument()?, self.argument()?),
            "sqrt" => Node::Root(self.argument()?),
            "hat" => Node::Accent("^", self.argument()?),
            "bar" => Node::Accent("¯", self.argument()?),
            "mathrm" => match self.verbatim()? {
                "tr" => Node::Function("tr".into()),
                name => Node::Letter(name.into(), name.into(), Set::Upright),
            },
            "mathit" => {
                let word = self.verbatim()?;
                Node::Letter(word.into(), word.into(), Set::Word)
            }
            "mathbf" => {
                if !self.take("{1}") && !self.take("1") {
                    return Err(self.error("1, the column of ones"));
                }
                Node::Ones
            }
            "text" => Node::Text(self.verbatim()?.into()),
            "bigl" | "bigr" => Node::Big("big", Box::new(self.nucleus()?)),
            "Bigl" | "Bigr" => Node::Big("Big", Box::new(self.nucleus()?)),
            "begin" => match self.verbatim()? {
                "pmatrix" => self.table("pmatrix")?,
                "cases" => self.table("cases")?,
                _ => {
                    self.at = start;
                    return Err(self.error("\\begin{aligned}, {pmatrix} or {cases}"));
                }
            },
            _ => {
                self.at = start;
                return Err(self.error("a command of the subset that src/tex.rs knows"));
            }
        })
    }

    fn table(&mut self, kind: &'static str) -> Result<Node, TexError> {
        let (mut rows, mut row) = (Vec::new(), Vec::new());
        loop {
            row.push(self.row(&["&", "\\\\", "\\end"])?);
            if self.take("&") {
                continue;
            }
            rows.push(std::mem::take(&mut row));
            if self.take("\\\\") {
                continue;
            }
            if !self.take(&format!("\\end{{{kind}}}")) {
                return Err(self.error("the \\end of its \\begin"));
            }
            return Ok(Node::Table(kind, rows));
        }
    }
}
