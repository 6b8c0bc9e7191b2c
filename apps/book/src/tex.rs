//! TeX to MathML: the subset that the pages use. What it doesn't know is an error.

use crate::html::escape;
use crate::letters::Letter;

/// A formula as MathML.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Formula {
    /// Its lines, each with its cells, without the `math` around them: of an `aligned` block several,
    /// else one with one cell.
    pub rows: Vec<Row>,
}

/// A line of a formula.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Row {
    /// MathML of what stands before the first `&`, between it and the next, and so on.
    pub cells: Vec<String>,
    /// What ends the line in brackets behind `\qquad` or `&&`: the number of the equation.
    pub number: Option<String>,
    /// The names in Rust of the letters in it, indices left out, each with its MathML.
    pub letters: Vec<(String, String)>,
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
    theta θ lambda λ mu μ pi π rho ρ sigma σ tau τ varphi φ phi φ chi χ omega ω";

const FUNCTIONS: &[&str] = &["ln", "log", "exp", "max", "min", "tanh", "sin", "cos", "Pr"];

const SPACES: &[(&str, &str)] =
    &[("quad", "1em"), ("qquad", "2em"), (",", "0.17em"), (";", "0.28em"), (" ", "0.25em")];

/// The character of a command in a list of names, each with its character behind it.
fn character(list: &'static str, name: &str) -> Option<&'static str> {
    let (names, characters) = (list.split(' ').step_by(2), list.split(' ').skip(1).step_by(2));
    names.zip(characters).find(|(known, _)| *known == name).map(|(_, character)| character)
}

/// How an atom joins its neighbours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Class {
    Ordinary,
    Function,
    Binary,
    Relation,
    Open,
    Close,
    Punctuation,
    Space,
}

struct Atom {
    html: String,
    class: Class,
    letter: Option<Letter>,
    /// Whether an index of it stands under and over it in display: a sum, a maximum.
    limits: bool,
}

impl Atom {
    fn new(class: Class, html: impl Into<String>) -> Self {
        Self { html: html.into(), class, letter: None, limits: false }
    }

    fn letter(base: &str, html: String) -> Self {
        let letter = Some(Letter { base: base.into(), ..Letter::default() });
        Self { letter, ..Self::new(Class::Ordinary, html) }
    }
}

struct Parser<'a> {
    text: &'a str,
    at: usize,
    display: bool,
    /// Whether what is read is an index or exponent.
    script: bool,
    /// Whether the next letter is a differential's, which the code doesn't have.
    differential: bool,
    letters: Vec<(String, String)>,
    known: &'a dyn Fn(&str) -> bool,
}

/// A formula between dollars. Letters that are `known` by their names in Rust are marked with them.
///
/// # Errors
/// The first thing that isn't understood.
pub fn inline(text: &str, known: &dyn Fn(&str) -> bool) -> Result<String, TexError> {
    let mut parser = Parser::new(text, false, known);
    let html = parser.row(&[""])?;
    Ok(format!("<math>{html}</math>"))
}

/// A formula in a block of its own.
///
/// # Errors
/// The first thing that isn't understood.
pub fn display(text: &str, known: &dyn Fn(&str) -> bool) -> Result<Formula, TexError> {
    let mut parser = Parser::new(text, true, known);
    parser.spaces();
    let aligned = parser.take("\\begin{aligned}");
    let (mut rows, mut row) = (Vec::new(), Row::default());
    loop {
        let cell = parser.row(&["&", "\\\\", "\\end{aligned}", ""])?;
        row.cells.push(cell);
        if let Some(number) = parser.number() {
            row.number = Some(number);
        }
        let in_line = parser.take("&");
        if in_line && aligned {
            continue;
        }
        row.letters = std::mem::take(&mut parser.letters);
        rows.push(std::mem::take(&mut row));
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
        return Ok(Formula { rows });
    }
}

impl<'a> Parser<'a> {
    fn new(text: &'a str, display: bool, known: &'a dyn Fn(&str) -> bool) -> Self {
        let letters = Vec::new();
        Self { text, at: 0, display, script: false, differential: false, letters, known }
    }

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
    fn number(&mut self) -> Option<String> {
        let before = self.at;
        let separated = (self.take("&") && self.take("&")) || self.take("\\qquad");
        self.spaces();
        let rest = self.rest();
        let line = rest.split(['\n', '\\']).next().unwrap_or(rest).trim_end();
        let tag = line.strip_prefix('(').and_then(|line| line.strip_suffix(')'));
        match tag.filter(|tag| separated && tag.starts_with(|c: char| c.is_ascii_digit())) {
            Some(tag) => {
                self.at += line.len();
                Some(tag.into())
            }
            None => {
                self.at = before;
                None
            }
        }
    }

    /// Whether the number of the equation follows.
    fn at_number(&mut self) -> bool {
        let before = self.at;
        let found = self.display && !self.script && self.number().is_some();
        self.at = before;
        found
    }

    /// Everything up to one of the ends, which is left; "" is the end of the text.
    fn row(&mut self, ends: &[&str]) -> Result<String, TexError> {
        let mut atoms: Vec<Atom> = Vec::new();
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
                return Ok(join(&atoms));
            }
            let atom = self.scripted()?;
            atoms.push(atom);
        }
    }

    /// An atom with what stands above and below it.
    fn scripted(&mut self) -> Result<Atom, TexError> {
        let mut atom = self.nucleus()?;
        let (mut sub, mut sup, mut primes) = (None, None, String::new());
        loop {
            self.spaces();
            if self.rest().starts_with('\'') {
                self.at += 1;
                primes.push('′');
                if let Some(letter) = &mut atom.letter {
                    letter.prime = true;
                }
            } else if sub.is_none() && self.take("_") {
                sub = Some(self.script_argument()?);
            } else if sup.is_none() && self.take("^") {
                let start = self.at;
                sup = Some(self.script_argument()?);
                let tex = self.text[start..self.at].trim_matches(['{', '}']);
                let layer = tex.strip_prefix('(').and_then(|tex| tex.strip_suffix(')'));
                if let (Some(letter), Some(layer)) = (&mut atom.letter, layer) {
                    letter.layer = layer.into();
                }
            } else {
                break;
            }
        }
        if !primes.is_empty() {
            // Its glyph stands high already.
            let prime = "lspace=\"0\" rspace=\"0\" form=\"postfix\"";
            atom.html = format!("<mrow>{}<mo {prime}>{primes}</mo></mrow>", atom.html);
        }
        let (under, base) = (self.display && !self.script && atom.limits, &atom.html);
        atom.html = match (sub, sup) {
            (None, None) => return Ok(self.named(atom)),
            (Some(sub), None) if under => format!("<munder>{base}{sub}</munder>"),
            (Some(sub), None) => format!("<msub>{base}{sub}</msub>"),
            (None, Some(sup)) => format!("<msup>{base}{sup}</msup>"),
            (Some(sub), Some(sup)) if under => format!("<munderover>{base}{sub}{sup}</munderover>"),
            (Some(sub), Some(sup)) => format!("<msubsup>{base}{sub}{sup}</msubsup>"),
        };
        Ok(self.named(atom))
    }

    /// Marks an atom that is a letter with its name in Rust.
    fn named(&mut self, mut atom: Atom) -> Atom {
        if self.script || (self.differential && atom.letter.is_some()) {
            atom.letter = None;
            self.differential = false;
        }
        if let Some(letter) = &atom.letter {
            let name = letter.rust_name();
            self.letters.push((name.clone(), atom.html.clone()));
            if (self.known)(&name) {
                atom.html = format!("<mrow data-s=\"{name}\">{}</mrow>", atom.html);
            }
        }
        atom
    }

    fn script_argument(&mut self) -> Result<String, TexError> {
        let script = std::mem::replace(&mut self.script, true);
        let argument = self.argument();
        self.script = script;
        argument
    }

    /// A group in braces, or the next atom.
    fn argument(&mut self) -> Result<String, TexError> {
        if self.take("{") {
            let html = self.row(&["}"])?;
            self.take("}");
            return Ok(format!("<mrow>{html}</mrow>"));
        }
        self.spaces();
        // A digit alone: \frac12 is a half.
        if let Some(digit) = self.rest().chars().next().filter(char::is_ascii_digit) {
            self.at += 1;
            return Ok(format!("<mn>{digit}</mn>"));
        }
        let atom = self.nucleus()?;
        Ok(self.named(atom).html)
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

    fn nucleus(&mut self) -> Result<Atom, TexError> {
        self.spaces();
        let rest = self.rest();
        let Some(c) = rest.chars().next() else { return Err(self.error("something to follow")) };
        if c == '\\' {
            return self.command();
        }
        if c == '{' {
            let html = self.argument()?;
            return Ok(Atom::new(Class::Ordinary, html));
        }
        if c.is_ascii_digit() {
            let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
            let number = rest[..end].trim_end_matches('.');
            self.at += number.len();
            return Ok(Atom::new(Class::Ordinary, format!("<mn>{number}</mn>")));
        }
        if c.is_alphabetic() {
            let end = rest.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(rest.len());
            // Three letters or more are a word; d and a letter are a differential.
            if end >= 3 && !self.script {
                self.at += end;
                let word = &rest[..end];
                return Ok(Atom::letter(
                    word,
                    format!("<mi mathvariant=\"normal\" class=\"word\">{word}</mi>"),
                ));
            }
            self.at += c.len_utf8();
            self.differential = c == 'd' && end == 2 && !self.script;
            // d is the differential, e the number, i to l count: no letters of the code.
            let html = format!("<mi mathvariant=\"normal\">{c}</mi>");
            return Ok(match c {
                'd' | 'e' | 'i'..='l' => Atom::new(Class::Ordinary, html),
                _ => Atom::letter(&c.to_string(), html),
            });
        }
        self.at += c.len_utf8();
        Ok(match c {
            '(' | '[' => Atom::new(Class::Open, operator(&c.to_string(), "form=\"prefix\"")),
            ')' | ']' => Atom::new(Class::Close, operator(&c.to_string(), "form=\"postfix\"")),
            '|' => Atom::new(Class::Close, operator("|", "lspace=\"0\" rspace=\"0\"")),
            '-' => Atom::new(Class::Binary, "<mo>−</mo>"),
            '+' => Atom::new(Class::Binary, "<mo>+</mo>"),
            '*' => Atom::new(Class::Binary, "<mo>∗</mo>"),
            '/' => Atom::new(Class::Ordinary, "<mo lspace=\"0.1em\" rspace=\"0.1em\">/</mo>"),
            '=' => Atom::new(Class::Relation, "<mo>=</mo>"),
            '<' => Atom::new(Class::Relation, "<mo>&lt;</mo>"),
            '>' => Atom::new(Class::Relation, "<mo>&gt;</mo>"),
            ',' | ';' => Atom::new(Class::Punctuation, format!("<mo separator=\"true\">{c}</mo>")),
            '.' | ':' | '!' => Atom::new(Class::Ordinary, format!("<mtext>{c}</mtext>")),
            _ => {
                self.at -= c.len_utf8();
                return Err(self.error("a formula of the subset that src/tex.rs knows"));
            }
        })
    }

    fn command(&mut self) -> Result<Atom, TexError> {
        let start = self.at;
        let rest = &self.rest()[1..];
        let letters = rest.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(rest.len());
        let name = &rest[..letters.max(rest.chars().next().map_or(0, char::len_utf8))];
        self.at += 1 + name.len();
        let symbol = |(class, list): &(Class, &'static str)| Some((*class, character(list, name)?));
        if let Some((class, text)) = SYMBOLS.iter().find_map(symbol) {
            let html = match class {
                Class::Open => operator(text, "form=\"prefix\""),
                Class::Close => operator(text, "form=\"postfix\""),
                Class::Ordinary if name == "top" => {
                    format!("<mi mathvariant=\"normal\" class=\"up top\">{text}</mi>")
                }
                Class::Ordinary => format!("<mi mathvariant=\"normal\" class=\"up\">{text}</mi>"),
                _ => format!("<mo>{text}</mo>"),
            };
            return Ok(Atom::new(class, html));
        }
        if let Some(text) = character(GREEK, name) {
            return Ok(Atom::letter(name, format!("<mi mathvariant=\"normal\">{text}</mi>")));
        }
        if FUNCTIONS.contains(&name) {
            let html = format!("<mi mathvariant=\"normal\" class=\"up\">{name}</mi>");
            let limits = matches!(name, "max" | "min");
            return Ok(Atom { limits, ..Atom::new(Class::Function, html) });
        }
        if let Some((_, width)) = SPACES.iter().find(|(command, _)| *command == name) {
            return Ok(Atom::new(Class::Space, format!("<mspace width=\"{width}\"></mspace>")));
        }
        match name {
            "nabla" => {
                let nabla = "<mi mathvariant=\"normal\" class=\"up\">∇</mi>";
                self.spaces();
                let mut of = self.scripted_plain()?;
                let Some(letter) = of.letter.take() else {
                    return Ok(Atom::new(
                        Class::Ordinary,
                        format!("<mrow>{nabla}{}</mrow>", of.html),
                    ));
                };
                let html = format!("{nabla}{}", of.html);
                Ok(Atom {
                    letter: Some(Letter { nabla: true, ..letter }),
                    ..Atom::new(Class::Ordinary, html)
                })
            }
            "sum" | "prod" => {
                let text = if name == "sum" { "∑" } else { "∏" };
                let html = format!(
                    "<mo class=\"sum\" largeop=\"false\" movablelimits=\"false\">{text}</mo>"
                );
                Ok(Atom { limits: true, ..Atom::new(Class::Function, html) })
            }
            "frac" | "tfrac" => {
                let small = if name == "tfrac" { " displaystyle=\"false\"" } else { "" };
                let (over, under) = (self.argument()?, self.argument()?);
                Ok(Atom::new(Class::Ordinary, format!("<mfrac{small}>{over}{under}</mfrac>")))
            }
            "sqrt" => {
                let html = format!("<msqrt>{}</msqrt>", self.argument()?);
                Ok(Atom::new(Class::Ordinary, html))
            }
            "hat" | "bar" => {
                let over = if name == "hat" { "^" } else { "¯" };
                let html = format!("<mover>{}<mo>{over}</mo></mover>", self.argument()?);
                Ok(Atom::new(Class::Ordinary, html))
            }
            "mathrm" => {
                let name = self.verbatim()?;
                let html = format!("<mi mathvariant=\"normal\" class=\"up\">{name}</mi>");
                if name == "tr" {
                    return Ok(Atom::new(Class::Function, html));
                }
                Ok(Atom { class: Class::Function, ..Atom::letter(name, html) })
            }
            "mathbf" => {
                self.spaces();
                if !self.take("{1}") && !self.take("1") {
                    return Err(self.error("1, the column of ones"));
                }
                Ok(Atom::new(Class::Ordinary, "<mn>𝟏</mn>"))
            }
            "text" => {
                let text = escape(self.verbatim()?).replace(' ', "\u{a0}");
                Ok(Atom::new(Class::Ordinary, format!("<mtext>{text}</mtext>")))
            }
            "bigl" | "Bigl" | "bigr" | "Bigr" => {
                let inner = self.nucleus()?;
                let size = if name.starts_with('B') { "Big" } else { "big" };
                let html = inner.html.replacen("<mo ", &format!("<mo class=\"{size}\" "), 1);
                Ok(Atom::new(inner.class, html))
            }
            "begin" => {
                let kind = self.verbatim()?;
                if !matches!(kind, "pmatrix" | "cases") {
                    self.at = start;
                    return Err(self.error("\\begin{aligned}, {pmatrix} or {cases}"));
                }
                self.table(kind)
            }
            _ => {
                self.at = start;
                Err(self.error("a command of the subset that src/tex.rs knows"))
            }
        }
    }

    /// What ∇ stands in front of, without a mark of its own.
    fn scripted_plain(&mut self) -> Result<Atom, TexError> {
        let (known, letters) = (self.known, self.letters.len());
        self.known = &|_| false;
        let atom = self.scripted();
        self.known = known;
        self.letters.truncate(letters);
        atom
    }

    fn table(&mut self, kind: &str) -> Result<Atom, TexError> {
        let mut html = String::new();
        loop {
            html += "<mtr>";
            loop {
                html += &format!("<mtd>{}</mtd>", self.row(&["&", "\\\\", "\\end"])?);
                if !self.take("&") {
                    break;
                }
            }
            html += "</mtr>";
            if !self.take("\\\\") {
                break;
            }
        }
        if !self.take(&format!("\\end{{{kind}}}")) {
            return Err(self.error("the \\end of its \\begin"));
        }
        // The brackets are for those without the style sheet, which draws its own.
        let (open, close) = if kind == "cases" { ("{", "") } else { ("(", ")") };
        let bracket = |text| format!("<mo class=\"bracket\">{text}</mo>");
        let (open, close) = (bracket(open), bracket(close));
        let html = format!("<mrow>{open}<mtable class=\"{kind}\">{html}</mtable>{close}</mrow>");
        Ok(Atom::new(Class::Ordinary, html))
    }
}

fn operator(text: &str, attributes: &str) -> String {
    format!("<mo stretchy=\"false\" {attributes}>{text}</mo>")
}

/// Atoms side by side: a minus in front of something is a sign, and a function keeps a thin space
/// from a letter.
fn join(atoms: &[Atom]) -> String {
    let mut html = String::new();
    for (i, atom) in atoms.iter().enumerate() {
        let before = i.checked_sub(1).map(|i| atoms[i].class);
        let nothing_before =
            !matches!(before, Some(Class::Ordinary | Class::Close | Class::Function));
        if atom.class == Class::Binary && nothing_before {
            html += &atom.html.replacen("<mo>", "<mo form=\"prefix\">", 1);
            continue;
        }
        let thin = "<mspace width=\"0.17em\"></mspace>";
        if atom.class == Class::Function && matches!(before, Some(Class::Ordinary | Class::Close)) {
            html += thin;
        }
        html += &atom.html;
        let after = atoms.get(i + 1).map(|atom| atom.class);
        if atom.class == Class::Function && after == Some(Class::Ordinary) {
            html += thin;
        }
    }
    html
}

#[cfg(test)]
mod tests;
