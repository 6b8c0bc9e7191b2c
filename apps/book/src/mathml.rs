//! Formulas as MathML, the letters of page and code marked with their names in Rust.

use crate::Error;
use crate::equations::Tag;
use crate::html::escape;
use crate::letters::Letter;
use crate::tex::{self, Class, Node, Place};

/// A line of a formula.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Row {
    /// The MathML of each cell, without the `math` element, in pieces between which a line can
    /// break.
    pub cells: Vec<Vec<String>>,
    /// The number of the equation.
    pub number: Option<Tag>,
    /// The names in Rust of its letters, without indices, each with its MathML.
    pub letters: Vec<(String, String)>,
    /// The line as a tree.
    pub nodes: Vec<Node>,
}

impl Row {
    /// Its MathML in one piece.
    pub(crate) fn whole(&self) -> String {
        self.cells.concat().concat()
    }
}

/// Whether a name in Rust is that of a letter.
pub(crate) type Known<'a> = &'a dyn Fn(&str) -> bool;

struct Writer<'a> {
    display: bool,
    /// Whether an index or exponent is written, in which letters have no mark.
    script: bool,
    known: Known<'a>,
    letters: Vec<(String, String)>,
}

/// The lines of a formula, from this line of a page on: of one in a block of its own, or of one between
/// dollars. Letters that are `known` by their names in Rust are marked with them.
pub(crate) fn rows(
    place: Place<'_>,
    text: &str,
    display: bool,
    known: Known<'_>,
) -> Result<Vec<Row>, Error> {
    let rows = tex::lines(place, text)?.into_iter().map(|line| {
        let mut writer = Writer { display, script: false, known, letters: Vec::new() };
        Row {
            cells: line.cells.iter().map(|(nodes, tex)| writer.pieces(nodes, tex)).collect(),
            number: line.number,
            letters: writer.letters,
            nodes: line.cells.into_iter().flat_map(|(nodes, _)| nodes).collect(),
        }
    });
    Ok(rows.collect())
}

/// The pieces of a formula as elements with these attributes.
pub(crate) fn elements(pieces: &[String], attributes: &str) -> String {
    let elements = pieces.iter().map(|piece| format!("<math{attributes}>{piece}</math>"));
    elements.collect::<Vec<_>>().join(" ")
}

/// A formula with at most this many characters of TeX is not broken.
const LONG: usize = 40;

impl Writer<'_> {
    /// A formula in pieces: a line can break after a wide space, and a long formula also before =
    /// and similar signs, as on paper. In a block of its own, the part after a wide space is not
    /// broken at its first =. The first piece contains the TeX, for copying.
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
        let (first, tex) = (&pieces[0], escape(tex));
        pieces[0] = format!(
            "<semantics><mrow>{first}</mrow><annotation encoding=\"application/x-tex\">{tex}</annotation></semantics>"
        );
        pieces
    }

    /// Pieces side by side. A minus without a left operand is a sign, and a thin space separates a
    /// function from a letter.
    fn row(&mut self, nodes: &[Node]) -> String {
        let thin = |apart: bool| if apart { "<mspace width=\"0.17em\"></mspace>" } else { "" };
        let mut html = String::new();
        for (i, node) in nodes.iter().enumerate() {
            let before = i.checked_sub(1).map(|i| nodes[i].class());
            let after = nodes.get(i + 1).map(Node::class);
            let ends = matches!(before, Some(Class::Ordinary | Class::Close));
            let function = node.class() == Class::Function;
            let mut piece = self.node(node);
            if node.class() == Class::Binary && !ends && before != Some(Class::Function) {
                piece = piece.replacen("<mo>", "<mo form=\"prefix\">", 1);
            }
            html += thin(function && ends);
            html += &piece;
            html += thin(function && after == Some(Class::Ordinary));
        }
        html
    }

    /// A piece. A letter has its name in Rust and the words in which it is read aloud.
    fn node(&mut self, node: &Node) -> String {
        let html = self.bare(node);
        let Some(letter) = node.letter().filter(|_| !self.script) else { return html };
        let name = letter.rust_name();
        self.letters.push((name.clone(), html.clone()));
        let known = (self.known)(&name);
        let mark = if known { format!(" data-s=\"{name}\"") } else { String::new() };
        match mark + &aloud(node, &letter) {
            attributes if attributes.is_empty() => html,
            attributes => format!("<mrow{attributes}>{html}</mrow>"),
        }
    }

    /// A piece without the mark of a letter.
    fn bare(&mut self, node: &Node) -> String {
        match node {
            Node::Number(number) => format!("<mn>{number}</mn>"),
            Node::Letter(_, text, class) => mi(class, text),
            Node::Symbol(class, text) => symbol(*class, text),
            Node::Text(text) => format!("<mtext>{}</mtext>", escape(text).replace(' ', "\u{a0}")),
            Node::Space(width) => format!("<mspace width=\"{width}\"></mspace>"),
            Node::Group(nodes) => format!("<mrow>{}</mrow>", self.row(nodes)),
            Node::Big(size, node) => {
                self.node(node).replacen("<mo ", &format!("<mo class=\"{size}\" "), 1)
            }
            Node::Nabla(of) => mi("up", "∇") + &self.base(of),
            Node::Script { base, primes, sub, sup } => {
                let mut html = self.base(base);
                if *primes > 0 {
                    // The glyph itself is raised.
                    let prime = "lspace=\"0\" rspace=\"0\" form=\"postfix\"";
                    html = format!("<mrow>{html}<mo {prime}>{}</mo></mrow>", "′".repeat(*primes));
                }
                self.scripts(base, &html, sub.as_deref(), sup.as_deref())
            }
            Node::Fraction(small, over, under) => {
                let small = if *small { " displaystyle=\"false\"" } else { "" };
                format!("<mfrac{small}>{}{}</mfrac>", self.node(over), self.node(under))
            }
            Node::Root(of) => format!("<msqrt>{}</msqrt>", self.node(of)),
            Node::Table(rows) => {
                let mut html = String::new();
                for row in rows {
                    let cells = row.iter().map(|cell| format!("<mtd>{}</mtd>", self.row(cell)));
                    html += &format!("<mtr>{}</mtr>", cells.collect::<String>());
                }
                // These brackets are shown without the style sheet, which draws its own.
                let [open, close] = ["(", ")"].map(|b| format!("<mo class=\"bracket\">{b}</mo>"));
                format!("<mrow>{open}<mtable class=\"pmatrix\">{html}</mtable>{close}</mrow>")
            }
        }
    }

    /// The base of an index, or the part after ∇: the letter is the whole.
    fn base(&mut self, node: &Node) -> String {
        if node.letter().is_some() { self.bare(node) } else { self.node(node) }
    }

    /// The scripts below and above a piece.
    fn scripts(&mut self, of: &Node, html: &str, sub: Option<&Node>, sup: Option<&Node>) -> String {
        // The indices of a sum and of a maximum are under and over it.
        let limits = matches!(of, Node::Symbol(Class::Function, _));
        let under = self.display && !self.script && limits;
        let script = std::mem::replace(&mut self.script, true);
        let [below, above] = [sub, sup].map(|node| node.map_or(String::new(), |n| self.node(n)));
        self.script = script;
        let [low, high] = if under { ["under", "over"] } else { ["sub", "sup"] };
        match [sub.map(|_| low), sup.map(|_| high)].into_iter().flatten().collect::<String>() {
            none if none.is_empty() => html.into(),
            name => format!("<m{name}>{html}{below}{above}</m{name}>"),
        }
    }
}

fn mi(class: &str, text: &str) -> String {
    let class = if class.is_empty() { String::new() } else { format!(" class=\"{class}\"") };
    format!("<mi mathvariant=\"normal\"{class}>{text}</mi>")
}

fn symbol(class: Class, text: &str) -> String {
    let attributes = match class {
        Class::Open => " stretchy=\"false\" form=\"prefix\"",
        Class::Close => " stretchy=\"false\" form=\"postfix\"",
        Class::Bar => " stretchy=\"false\" lspace=\"0\" rspace=\"0\"",
        Class::Punctuation => " separator=\"true\"",
        Class::Ordinary if text == "/" => " lspace=\"0.1em\" rspace=\"0.1em\"",
        Class::Ordinary if text == "⊤" => {
            return mi("up top", text).replacen('>', " intent=\"transpose\">", 1);
        }
        Class::Ordinary => return mi("up", text),
        Class::Italic => return mi("", text),
        Class::Function if text == "∑" => {
            " class=\"sum\" largeop=\"false\" movablelimits=\"false\""
        }
        Class::Function => return mi("up", text),
        Class::Binary | Class::Relation => "",
    };
    format!("<mo{attributes}>{}</mo>", escape(text))
}

/// The words in which a letter is read aloud, if its parts are not enough: "gradient of W, layer
/// 2". A letter with a lower index is read part by part, because these words would hide the index.
fn aloud(node: &Node, letter: &Letter) -> String {
    let whole = if let Node::Nabla(of) = node { of } else { node };
    let gradient = if letter.nabla { "gradient-of-" } else { "" };
    let prime = if letter.prime { "derivative-of-" } else { "" };
    let layer = match letter.layer.replace('−', "-minus-") {
        layer if layer.is_empty() => layer,
        layer => format!("-layer-{layer}"),
    };
    let parts = [gradient, prime, &layer].concat();
    if parts.is_empty() || matches!(whole, Node::Script { sub: Some(_), .. }) {
        return String::new();
    }
    format!(" intent=\"{gradient}{prime}{}{layer}\"", letter.base)
}

#[cfg(test)]
mod tests;
