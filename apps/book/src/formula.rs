//! Which operation a formula writes down, so that the formula itself, and not only its line of code, can
//! be held against the recorded numbers.

use crate::letters::Letter;
use crate::ops::{Op, Values, function};
use crate::tex::{Class, Node};
use matrix::{Matrix, Rng};

/// Reads `left = right` or `left ← right`: the name of the letter on the left, and what the right is.
///
/// # Errors
/// The piece that isn't understood.
pub fn read(nodes: &[Node], known: &dyn Fn(&str) -> bool) -> Result<(String, Op), String> {
    // A condition, or "row by row", stands behind a comma in words.
    let words = |node: &Node| matches!(node, Node::Text(text) if text.starts_with(','));
    let end = nodes.iter().position(words).unwrap_or(nodes.len());
    let mut plain = Vec::new();
    flatten(&nodes[..end], &mut plain);
    let mut reader = Reader { rest: &plain, known };
    let left = reader.next().and_then(Node::letter).ok_or("no letter on the left")?.rust_name();
    match reader.next() {
        Some(Node::Symbol(Class::Relation, sign)) if matches!(sign.as_str(), "=" | "←") => {}
        other => return Err(format!("{other:?} for = or ←")),
    }
    let op = reader.sum()?;
    match reader.rest.first() {
        None => Ok((left, op)),
        Some(node) => Err(format!("{node:?}")),
    }
}

/// Leaves out spaces and words, and takes groups and large brackets for what is in them.
fn flatten<'a>(nodes: &'a [Node], plain: &mut Vec<&'a Node>) {
    for node in nodes {
        match node {
            Node::Space(_) | Node::Text(_) => {}
            Node::Group(inner) => flatten(inner, plain),
            Node::Big(_, inner) => plain.push(inner),
            node => plain.push(node),
        }
    }
}

struct Reader<'a> {
    rest: &'a [&'a Node],
    known: &'a dyn Fn(&str) -> bool,
}

/// A factor: the column of ones has a meaning only with what it is multiplied by.
enum Factor {
    Op(Op),
    Ones,
    OnesTransposed,
    /// The row that a product with the ones repeats.
    EachRow(Op),
}

type Read<T> = Result<T, String>;

impl<'a> Reader<'a> {
    fn next(&mut self) -> Option<&'a Node> {
        let (first, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(first)
    }

    /// The sign that follows, if it is of this class.
    fn sign(&mut self, class: Class) -> Option<&'a str> {
        match self.rest.first() {
            Some(Node::Symbol(of, text)) if *of == class => {
                self.next();
                Some(text)
            }
            _ => None,
        }
    }

    fn sum(&mut self) -> Read<Op> {
        let Factor::Op(mut left) = self.product()? else { return Err("𝟏 alone".into()) };
        while let Some(sign @ ("+" | "−")) = self.peek_sign() {
            self.next();
            left = match (sign, self.product()?) {
                ("+", Factor::EachRow(b)) => Op::AddRow(left.into(), b.into()),
                ("+", Factor::Op(right)) => Op::Binary('+', left.into(), right.into()),
                (_, Factor::Op(right)) => Op::Binary('-', left.into(), right.into()),
                _ => return Err("𝟏 alone".into()),
            };
        }
        Ok(left)
    }

    fn peek_sign(&self) -> Option<&'a str> {
        match self.rest.first() {
            Some(Node::Symbol(Class::Binary, text)) => Some(text),
            _ => None,
        }
    }

    /// Factors with ·, ∗ or / between them, or side by side.
    fn product(&mut self) -> Read<Factor> {
        let mut left = self.factor()?;
        loop {
            let sign = match self.peek_sign() {
                Some(sign @ ("·" | "∗")) => {
                    self.next();
                    sign
                }
                None if matches!(self.rest.first(), Some(Node::Symbol(_, sign)) if sign == "/") => {
                    self.next();
                    "/"
                }
                None if !self.rest.is_empty() && !self.at_end() => "",
                _ => return Ok(left),
            };
            left = match (left, sign, self.factor()?) {
                (Factor::Ones, "·", Factor::Op(b)) => Factor::EachRow(b),
                (Factor::OnesTransposed, "·", Factor::Op(a)) => {
                    Factor::Op(Op::SumOfRows(a.into()))
                }
                (Factor::Op(a), "·", Factor::Op(b)) => Factor::Op(Op::Dot(a.into(), b.into())),
                (Factor::Op(a), "/", Factor::Op(b)) => {
                    Factor::Op(Op::Binary('/', a.into(), b.into()))
                }
                (Factor::Op(a), _, Factor::Op(b)) => {
                    Factor::Op(Op::Binary('*', a.into(), b.into()))
                }
                _ => return Err("a product with 𝟏".into()),
            };
        }
    }

    /// Whether a bracket closes, or an argument ends.
    fn at_end(&self) -> bool {
        let class = self.rest.first().map(|node| node.class());
        matches!(class, Some(Class::Close | Class::Punctuation | Class::Relation))
    }

    fn factor(&mut self) -> Read<Factor> {
        let node = self.next().ok_or("the end of the formula")?;
        let (base, sup) = match node {
            Node::Script { base, sup, .. } => (base.as_ref(), sup.as_deref()),
            node => (node, None),
        };
        if *base == Node::Ones {
            return Ok(if sup.is_some_and(is_top) { Factor::OnesTransposed } else { Factor::Ones });
        }
        let op = match base {
            Node::Number(number) => Op::Number(number.parse().map_err(|_| number.clone())?),
            Node::Sum(_) => match self.product()? {
                Factor::Op(of) => return Ok(Factor::Op(Op::Sum(of.into()))),
                _ => return Err("a sum of 𝟏".into()),
            },
            Node::Fraction(_, over, under) => {
                Op::Binary('/', self.inner(over)?.into(), self.inner(under)?.into())
            }
            Node::Symbol(Class::Open, bracket) => {
                let op = self.sum()?;
                return self.close(bracket, op).map(Factor::Op);
            }
            Node::Root(of) => Op::Map("sqrt".into(), self.inner(of)?.into()),
            _ => return self.letter(node, sup).map(Factor::Op),
        };
        if sup.is_some() { Err(format!("{node:?}")) } else { Ok(Factor::Op(op)) }
    }

    /// A formula of its own in another, as over a line.
    fn inner(&self, node: &Node) -> Read<Op> {
        let mut plain = Vec::new();
        flatten(std::slice::from_ref(node), &mut plain);
        let mut reader = Reader { rest: &plain, known: self.known };
        let op = reader.sum()?;
        reader.rest.first().map_or(Ok(op), |node| Err(format!("{node:?}")))
    }

    /// The bracket that closes, with what stands above it.
    fn close(&mut self, open: &str, op: Op) -> Read<Op> {
        let node = self.next().ok_or("a bracket that is open")?;
        let (base, sup) = match node {
            Node::Script { base, sup, .. } => (base.as_ref(), sup.as_deref()),
            node => (node, None),
        };
        let base = if let Node::Big(_, inner) = base { inner } else { base };
        match (open, base, sup) {
            ("‖", Node::Symbol(Class::Close, _), Some(two)) if is_two(two) => {
                Ok(Op::NormSquared(op.into()))
            }
            ("(", Node::Symbol(Class::Close, _), None) => Ok(op),
            ("(", Node::Symbol(Class::Close, _), Some(two)) if is_two(two) => Ok(squared(op)),
            ("(", Node::Symbol(Class::Close, _), Some(top)) if is_top(top) => {
                Ok(Op::Transposed(op.into()))
            }
            _ => Err(format!("{node:?}")),
        }
    }

    /// A letter, transposed or not, or a function with its arguments. A lower index only says that
    /// each entry is meant.
    fn letter(&mut self, node: &Node, sup: Option<&Node>) -> Read<Op> {
        // tanh has a command of its own in TeX.
        let letter = match node {
            Node::Function(name) => Letter { base: name.clone(), ..Letter::default() },
            node => node.letter().ok_or_else(|| format!("{node:?}"))?,
        };
        let name = letter.rust_name();
        let top = sup.is_some_and(is_top);
        if sup.is_some_and(is_two) && (self.known)(&name) {
            return Ok(squared(Op::Value(name)));
        }
        if sup.is_some() && !top && letter.layer.is_empty() {
            return Err(format!("{node:?}"));
        }
        if (self.known)(&name) && !top {
            return Ok(Op::Value(name));
        }
        if (self.known)(&name) {
            return Ok(Op::Transposed(Op::Value(name).into()));
        }
        let Some("(") = self.sign(Class::Open) else { return Err(name) };
        let first = self.sum()?;
        if self.sign(Class::Punctuation).is_some() && name == "cross_entropy" {
            let y = self.sum()?;
            return self.close("(", Op::CrossEntropy(first.into(), y.into()));
        }
        let op = match name.as_str() {
            "softmax_of_rows" => Op::Softmax(first.into()),
            _ if function(&name).is_some() => Op::Map(name, first.into()),
            _ => return Err(name),
        };
        self.close("(", op)
    }
}

/// The square of each entry.
fn squared(op: Op) -> Op {
    Op::Binary('*', op.clone().into(), op.into())
}

fn is_two(node: &Node) -> bool {
    matches!(node, Node::Number(two) if two == "2")
}

fn is_top(node: &Node) -> bool {
    match node {
        Node::Group(inner) => matches!(&inner[..], [only] if is_top(only)),
        node => matches!(node, Node::Symbol(_, text) if text == "⊤"),
    }
}

/// Random numbers for the letters of an equation that holds for any layer and so has none recorded, in
/// shapes that fit: four samples, a layer of six units below one of two.
pub fn stand_ins() -> Values {
    let mut rng = Rng::new(0);
    let letters = [
        ("a z da", 4, 6),
        ("w dw", 6, 2),
        ("b db", 1, 2),
        ("dz probs y", 4, 2),
        ("n eta lambda data_loss reg_loss", 1, 1),
    ];
    let named = letters.into_iter().flat_map(|(names, rows, cols)| {
        names.split(' ').map(move |name| (name.to_string(), rows, cols))
    });
    named.map(|(name, rows, cols)| (name, Matrix::normal(rows, cols, 1.0, &mut rng))).collect()
}

/// Whether two operations come to the same; else what the first comes to, and the second.
///
/// # Errors
/// What was found and what was expected.
pub fn agree(op: &Op, expected: &Op, values: &Values) -> Result<(), (String, String)> {
    let [found, wanted] = [op, expected].map(|op| shape(op, values));
    if found != wanted {
        let text = |shape: Read<(usize, usize)>| match shape {
            Ok((rows, cols)) => format!("{rows} × {cols}"),
            Err(misfit) => misfit,
        };
        return Err((format!("joins or comes to {}", text(found)), text(wanted)));
    }
    let (rows, cols) = found.unwrap_or_default();
    for (i, j) in (0..rows * cols).map(|k| (k / cols, k % cols)) {
        let [found, wanted] = [op, expected].map(|op| op.entry(values, i, j));
        if (found - wanted).abs() > 1e-12 * (1.0 + wanted.abs()) {
            return Err((format!("comes to {found:e} at ({i}, {j})"), format!("{wanted:e}")));
        }
    }
    Ok(())
}

/// Rows and columns of what comes out.
///
/// # Errors
/// The shapes that don't fit.
pub fn shape(op: &Op, values: &Values) -> Read<(usize, usize)> {
    let of = |op: &Op| shape(op, values);
    let same = |a: &Op, b: &Op, sign: char| {
        let (a, b) = (of(a)?, of(b)?);
        let number = (1, 1);
        match (a == b || b == number, a == number) {
            (true, _) => Ok(a),
            (_, true) => Ok(b),
            _ => Err(misfit(a, sign, b)),
        }
    };
    match op {
        Op::Dot(a, b) => {
            let (a, b) = (of(a)?, of(b)?);
            if a.1 == b.0 { Ok((a.0, b.1)) } else { Err(misfit(a, '·', b)) }
        }
        Op::AddRow(a, b) => {
            let (a, b) = (of(a)?, of(b)?);
            if b == (1, a.1) { Ok(a) } else { Err(misfit(a, '+', b)) }
        }
        Op::Binary(sign, a, b) => same(a, b, *sign),
        Op::CrossEntropy(a, b) => same(a, b, ',').map(|_| (1, 1)),
        Op::Transposed(a) => of(a).map(|(rows, cols)| (cols, rows)),
        Op::SumOfRows(a) => of(a).map(|(_, cols)| (1, cols)),
        Op::Map(_, a) | Op::Softmax(a) => of(a),
        Op::Sum(a) | Op::NormSquared(a) => of(a).map(|_| (1, 1)),
        Op::Number(_) | Op::Value(_) => Ok(op.shape(values)),
    }
}

fn misfit(a: (usize, usize), sign: char, b: (usize, usize)) -> String {
    format!("{} × {} {sign} {} × {}", a.0, a.1, b.0, b.1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tex;

    fn of(text: &str) -> Result<(String, String), String> {
        let known =
            |name: &str| matches!(name, "a1" | "b1" | "w1" | "y" | "eta" | "m" | "z1" | "dw1");
        let line = tex::display(text).unwrap().remove(0);
        let nodes: Vec<Node> = line.cells.into_iter().flat_map(|(nodes, _)| nodes).collect();
        read(&nodes, &known).map(|(name, op)| (name, op.json()))
    }

    #[test]
    fn formulas_are_read_as_operations() {
        let [a, b, w, y] = ["a1", "b1", "w1", "y"].map(|name| format!("[\"value\",\"{name}\"]"));
        for (tex, name, json) in [
            (
                "z^{(1)} = a^{(1)} \\cdot W^{(1)} + \\mathbf 1 \\cdot b^{(1)} \\qquad (1.1)",
                "z1",
                format!("[\"row\",[\"dot\",{a},{w}],{b}]"),
            ),
            (
                "\\nabla W^{(1)} = (a^{(1)})^\\top \\cdot y",
                "dw1",
                format!("[\"dot\",[\"t\",{a}],{y}]"),
            ),
            ("\\nabla b = \\mathbf 1^\\top \\cdot y", "db", format!("[\"rows\",{y}]")),
            (
                "\\nabla z = y * \\mathrm{relu}'(a^{(1)})",
                "dz",
                format!("[\"*\",{y},[\"map\",{a},\"relu_prime\"]]"),
            ),
            (
                "J = \\frac1m \\sum_{i,k} \\mathrm{softplus} \\bigl( (1 - 2y) * a^{(1)} \\bigr)_{ik}",
                "loss",
                format!(
                    "[\"*\",[\"/\",[\"number\",1],[\"value\",\"m\"]],[\"sum\",[\"map\",[\"*\",[\"-\",[\"number\",1],[\"*\",[\"number\",2],{y}]],{a}],\"softplus\"]]]"
                ),
            ),
            (
                "W &\\leftarrow W^{(1)} - \\eta \\lVert W^{(1)} \\rVert^2 \\text{, row by row}",
                "w",
                String::new(),
            ),
            ("J = \\mathrm{CE}(a^{(1)}, Y)", "loss", format!("[\"loss\",{a},{y}]")),
            ("z = y^2", "z", format!("[\"*\",{y},{y}]")),
            (
                "z = \\Bigl( \\frac{y}{2} \\Bigr)^2",
                "z",
                format!("[\"*\",[\"/\",{y},[\"number\",2]],[\"/\",{y},[\"number\",2]]]"),
            ),
            ("z = y / m", "z", format!("[\"/\",{y},[\"value\",\"m\"]]")),
            ("z = \\sqrt{y}", "z", format!("[\"map\",{y},\"sqrt\"]")),
        ] {
            let tex = if tex.contains('&') {
                format!("\\begin{{aligned}}{tex}\\end{{aligned}}")
            } else {
                tex.into()
            };
            let (found, op) = of(&tex).unwrap_or_else(|error| panic!("{tex}: {error}"));
            assert_eq!(found, name);
            assert!(json.is_empty() || op == json, "{tex}: {op}");
        }
        for (tex, found) in [
            ("z = a^{(1)} \\cdot c", "c"),
            ("z = \\mathrm{twist}(y)", "twist"),
            ("z = y \\cdot \\mathbf 1", "a product with 𝟏"),
            ("z = \\mathbf 1", "𝟏 alone"),
            ("z + y", "Some(Symbol(Binary, \"+\")) for = or ←"),
        ] {
            assert_eq!(of(tex).unwrap_err(), found, "{tex}");
        }
        assert!(of("z = y^3").is_err(), "a power is not the letter");
        assert!(of("z = (y").is_err() && of("z = y)").is_err(), "brackets close");
    }

    #[test]
    fn shapes_that_do_not_fit_are_named() {
        let values = Values::from([
            ("a".into(), Matrix::from_rows([[1.0, 2.0, 3.0]])),
            ("b".into(), Matrix::from_rows([[1.0], [2.0], [3.0]])),
        ]);
        let [a, b] = ["a", "b"].map(|name| Box::new(Op::Value(name.into())));
        assert_eq!(shape(&Op::Dot(a.clone(), b.clone()), &values), Ok((1, 1)));
        assert_eq!(shape(&Op::Dot(b.clone(), a.clone()), &values), Ok((3, 3)));
        let twice = Op::Dot(a.clone(), a.clone());
        assert_eq!(shape(&twice, &values), Err("1 × 3 · 1 × 3".into()));
        let turned = Op::AddRow(a.clone(), Op::Transposed(b.clone()).into());
        assert_eq!(shape(&turned, &values), Ok((1, 3)));
        assert_eq!(shape(&Op::AddRow(b.clone(), a.clone()), &values), Err("3 × 1 + 1 × 3".into()));
        assert_eq!(shape(&Op::Binary('+', a, b), &values), Err("1 × 3 + 3 × 1".into()));
    }
}
