//! Formulas as MathML, the letters of page and code marked with their names in Rust.

use crate::html::escape;
use crate::letters::Letter;
use crate::tex::{self, Class, Node, Set, TexError};

/// A line of a formula.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Row {
    /// MathML of each cell, without the `math` around it, in the pieces between which it may be broken.
    pub cells: Vec<Vec<String>>,
    /// The number of the equation.
    pub number: Option<String>,
    /// The names in Rust of the letters in it, indices left out, each with its MathML.
    pub letters: Vec<(String, String)>,
    /// The line as a tree.
    pub nodes: Vec<Node>,
}

impl Row {
    /// Its MathML in one piece.
    pub fn whole(&self) -> String {
        self.cells.concat().concat()
    }
}

struct Writer<'a> {
    display: bool,
    /// Whether an index or exponent is written, in which letters have no mark.
    script: bool,
    known: &'a dyn Fn(&str) -> bool,
    letters: Vec<(String, String)>,
}

/// A formula between dollars. Letters that are `known` by their names in Rust are marked with them.
///
/// # Errors
/// The first thing that isn't understood.
pub fn inline(text: &str, known: &dyn Fn(&str) -> bool) -> Result<String, TexError> {
    let mut writer = Writer { display: false, script: false, known, letters: Vec::new() };
    let pieces = writer.pieces(&tex::inline(text)?, text);
    let pieces = pieces.into_iter().map(|html| format!("<math>{html}</math>"));
    Ok(pieces.collect::<Vec<_>>().join(" "))
}

/// How many characters of TeX always stay on one line.
const LONG: usize = 40;

/// MathML with the TeX that it was made from, for those who copy it.
fn annotated(html: &str, tex: &str) -> String {
    let tex = escape(tex);
    format!(
        "<semantics><mrow>{html}</mrow><annotation encoding=\"application/x-tex\">{tex}</annotation></semantics>"
    )
}

/// A formula in a block of its own.
///
/// # Errors
/// The first thing that isn't understood.
pub fn display(text: &str, known: &dyn Fn(&str) -> bool) -> Result<Vec<Row>, TexError> {
    let rows = tex::display(text)?.into_iter().map(|line| {
        let mut writer = Writer { display: true, script: false, known, letters: Vec::new() };
        Row {
            cells: line.cells.iter().map(|(nodes, tex)| writer.pieces(nodes, tex)).collect(),
            number: line.number.map(String::from),
            letters: writer.letters,
            nodes: line.cells.into_iter().flat_map(|(nodes, _)| nodes).collect(),
        }
    });
    Ok(rows.collect())
}

impl Writer<'_> {
    /// A formula in pieces: it may be broken behind a wide space, and a long one before = and its like, as
    /// on paper. In a block of its own, what stands behind a wide space keeps its first =.
    fn pieces(&mut self, nodes: &[Node], tex: &str) -> Vec<String> {
        let relation = |at: usize| nodes[at].class() == Class::Relation;
        let (mut pieces, mut from, mut stays) = (Vec::new(), 0, false);
        for at in 1..nodes.len() {
            let wide = matches!(nodes[at - 1], Node::Space("1em" | "2em"));
            stays = wide && self.display || stays && !relation(at - 1);
            if wide || tex.len() > LONG && relation(at) && !stays {
                pieces.push(self.row(&nodes[from..at]));
                from = at;
            }
        }
        pieces.push(self.row(&nodes[from..]));
        pieces[0] = annotated(&pieces[0], tex);
        pieces
    }

    /// Pieces side by side: a minus in front of something is a sign, and a function keeps a thin space
    /// from a letter.
    fn row(&mut self, nodes: &[Node]) -> String {
        let thin = "<mspace width=\"0.17em\"></mspace>";
        let mut html = String::new();
        for (i, node) in nodes.iter().enumerate() {
            let before = i.checked_sub(1).map(|i| nodes[i].class());
            let after = nodes.get(i + 1).map(Node::class);
            let piece = self.node(node);
            if node.class() == Class::Function
                && matches!(before, Some(Class::Ordinary | Class::Close))
            {
                html += thin;
            }
            if node.class() == Class::Binary
                && !matches!(before, Some(Class::Ordinary | Class::Close | Class::Function))
            {
                html += &piece.replacen("<mo>", "<mo form=\"prefix\">", 1);
            } else {
                html += &piece;
            }
            if node.class() == Class::Function && after == Some(Class::Ordinary) {
                html += thin;
            }
        }
        html
    }

    /// A piece; a letter with its name in Rust and how it is read aloud.
    fn node(&mut self, node: &Node) -> String {
        let html = self.bare(node);
        let Some(letter) = node.letter().filter(|_| !self.script) else { return html };
        let name = letter.rust_name();
        let known = (self.known)(&name);
        self.letters.push((name.clone(), html.clone()));
        let mut attributes = String::new();
        if known {
            attributes += &format!(" data-s=\"{name}\"");
        }
        if let Some(aloud) = aloud(node, &letter) {
            attributes += &format!(" intent=\"{aloud}\"");
        }
        if attributes.is_empty() { html } else { format!("<mrow{attributes}>{html}</mrow>") }
    }

    /// A piece without a mark for the letter that it is.
    fn bare(&mut self, node: &Node) -> String {
        match node {
            Node::Number(number) => format!("<mn>{number}</mn>"),
            Node::Letter(_, text, Set::Letter) => format!("<mi mathvariant=\"normal\">{text}</mi>"),
            Node::Letter(_, text, Set::Word) => {
                format!("<mi mathvariant=\"normal\" class=\"word\">{text}</mi>")
            }
            Node::Letter(_, text, Set::Upright) | Node::Function(text) => {
                format!("<mi mathvariant=\"normal\" class=\"up\">{text}</mi>")
            }
            Node::Symbol(class, text) => symbol(*class, text),
            Node::Sum(text) => {
                format!("<mo class=\"sum\" largeop=\"false\" movablelimits=\"false\">{text}</mo>")
            }
            Node::Ones => "<mn>𝟏</mn>".into(),
            Node::Text(text) => format!("<mtext>{}</mtext>", escape(text).replace(' ', "\u{a0}")),
            Node::Space(width) => format!("<mspace width=\"{width}\"></mspace>"),
            Node::Group(nodes) => format!("<mrow>{}</mrow>", self.row(nodes)),
            Node::Big(size, node) => {
                self.node(node).replacen("<mo ", &format!("<mo class=\"{size}\" "), 1)
            }
            Node::Nabla(of) => {
                format!("<mi mathvariant=\"normal\" class=\"up\">∇</mi>{}", self.base(of))
            }
            Node::Script { base, primes, sub, sup } => self.scripts(base, *primes, sub, sup),
            Node::Fraction(small, over, under) => {
                let small = if *small { " displaystyle=\"false\"" } else { "" };
                format!("<mfrac{small}>{}{}</mfrac>", self.node(over), self.node(under))
            }
            Node::Root(of) => format!("<msqrt>{}</msqrt>", self.node(of)),
            Node::Accent(over, of) => format!("<mover>{}<mo>{over}</mo></mover>", self.node(of)),
            Node::Table(kind, rows) => self.table(kind, rows),
        }
    }

    /// What stands before an index, or behind ∇: the letter is the whole.
    fn base(&mut self, node: &Node) -> String {
        if node.letter().is_some() { self.bare(node) } else { self.node(node) }
    }

    fn scripts(
        &mut self,
        of: &Node,
        primes: usize,
        sub: &Option<Box<Node>>,
        sup: &Option<Box<Node>>,
    ) -> String {
        let mut base = self.base(of);
        if primes > 0 {
            // Its glyph stands high already.
            let prime = "lspace=\"0\" rspace=\"0\" form=\"postfix\"";
            base = format!("<mrow>{base}<mo {prime}>{}</mo></mrow>", "′".repeat(primes));
        }
        // The indices of a sum and of a maximum stand under and over it.
        let limits = matches!(of, Node::Sum(_))
            || matches!(of, Node::Function(name) if matches!(name.as_str(), "max" | "min"));
        let under = self.display && !self.script && limits;
        let script = std::mem::replace(&mut self.script, true);
        let sub = sub.as_ref().map(|node| self.node(node));
        let sup = sup.as_ref().map(|node| self.node(node));
        self.script = script;
        match (sub, sup) {
            (None, None) => base,
            (Some(sub), None) if under => format!("<munder>{base}{sub}</munder>"),
            (Some(sub), None) => format!("<msub>{base}{sub}</msub>"),
            (None, Some(sup)) => format!("<msup>{base}{sup}</msup>"),
            (Some(sub), Some(sup)) if under => format!("<munderover>{base}{sub}{sup}</munderover>"),
            (Some(sub), Some(sup)) => format!("<msubsup>{base}{sub}{sup}</msubsup>"),
        }
    }

    fn table(&mut self, kind: &str, rows: &[Vec<Vec<Node>>]) -> String {
        let mut html = String::new();
        for row in rows {
            let cells = row.iter().map(|cell| format!("<mtd>{}</mtd>", self.row(cell)));
            html += &format!("<mtr>{}</mtr>", cells.collect::<String>());
        }
        // The brackets are for those without the style sheet, which draws its own.
        let (open, close) = if kind == "cases" { ("{", "") } else { ("(", ")") };
        let bracket = |text| format!("<mo class=\"bracket\">{text}</mo>");
        let (open, close) = (bracket(open), bracket(close));
        format!("<mrow>{open}<mtable class=\"{kind}\">{html}</mtable>{close}</mrow>")
    }
}

fn symbol(class: Class, text: &str) -> String {
    let text = escape(text);
    match class {
        Class::Open => format!("<mo stretchy=\"false\" form=\"prefix\">{text}</mo>"),
        Class::Close => format!("<mo stretchy=\"false\" form=\"postfix\">{text}</mo>"),
        Class::Bar => format!("<mo stretchy=\"false\" lspace=\"0\" rspace=\"0\">{text}</mo>"),
        Class::Punctuation => format!("<mo separator=\"true\">{text}</mo>"),
        Class::Italic => format!("<mi mathvariant=\"normal\">{text}</mi>"),
        Class::Ordinary if text == "/" => "<mo lspace=\"0.1em\" rspace=\"0.1em\">/</mo>".into(),
        Class::Ordinary if text == "⊤" => {
            "<mi mathvariant=\"normal\" class=\"up top\" intent=\"transpose\">⊤</mi>".into()
        }
        Class::Ordinary => format!("<mi mathvariant=\"normal\" class=\"up\">{text}</mi>"),
        Class::Function | Class::Binary | Class::Relation | Class::Space => {
            format!("<mo>{text}</mo>")
        }
    }
}

/// How a letter is read aloud, where its parts would not do: "gradient of W, layer 2". With a lower
/// index, which this would hide, it is read part by part.
fn aloud(node: &Node, letter: &Letter) -> Option<String> {
    let indexed = match node {
        Node::Nabla(of) => matches!(of.as_ref(), Node::Script { sub: Some(_), .. }),
        node => matches!(node, Node::Script { sub: Some(_), .. }),
    };
    let gradient = if letter.nabla { "gradient-of-" } else { "" };
    let prime = if letter.prime { "derivative-of-" } else { "" };
    let layer = match letter.layer.replace('−', "-minus-") {
        layer if layer.is_empty() => layer,
        layer => format!("-layer-{layer}"),
    };
    let parts = !(gradient.is_empty() && prime.is_empty() && layer.is_empty());
    (parts && !indexed).then(|| format!("{gradient}{prime}{}{layer}", letter.base))
}

#[cfg(test)]
mod tests;
