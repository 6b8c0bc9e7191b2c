//! Reads a formula as an operation, so that the formula itself, and not only its line of code, is
//! compared with the recorded numbers.

use crate::equations::Tag;
use crate::letters::Letter;
use crate::ops::{Op, Values, function, number};
use crate::tex::{Class, Node};
use matrix::{Matrix, Rng};
use nets::Init;
use nets::activation::{log_sum_exp, relu, relu_prime, sigmoid, softmax_of_rows, softplus};

/// Reads `left = right` or `left ← right`. Returns the name of the letter on the left, and the
/// operation on the right.
///
/// # Errors
/// If a piece cannot be read; the error names it.
pub fn read(nodes: &[Node], known: &dyn Fn(&str) -> bool) -> Result<(String, Op), String> {
    // A condition, or "row by row", follows a comma, in words.
    let words = |node: &Node| matches!(node, Node::Text(text) if text.starts_with(','));
    let end = nodes.iter().position(words).unwrap_or(nodes.len());
    let mut plain = Vec::new();
    flatten(&nodes[..end], &mut plain);
    let mut reader = Reader { rest: &plain, known };
    let left = reader.next().and_then(Node::letter).ok_or("no letter on the left")?.rust_name();
    // If the left side is a function, its argument is skipped.
    if reader.sign(Class::Open).is_some() {
        let argument = reader.sum()?;
        reader.close("(", argument)?;
    }
    match reader.next() {
        Some(Node::Symbol(Class::Relation, sign)) if matches!(sign.as_str(), "=" | "←") => {}
        other => return Err(format!("{other:?} for = or ←")),
    }
    let op = reader.sum()?;
    match reader.rest.first() {
        // What follows is another form of the same, or the definition of a letter in it.
        None | Some(Node::Symbol(Class::Relation | Class::Punctuation, _)) => Ok((left, op)),
        Some(node) => Err(format!("{node:?}")),
    }
}

/// Removes spaces and words, and replaces groups and large brackets by their content.
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

/// A factor. A column of ones has a meaning only in a product.
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
        let minus = self.peek_sign() == Some("−");
        let first = if minus { Factor::Op(Op::Number(0.0)) } else { self.product()? };
        let Factor::Op(mut left) = first else { return Err("𝟏 alone".into()) };
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
            // Juxtaposition binds less than a sign: 1/N 𝟏ᵀ · A is the column sums, divided by N.
            let right = if sign.is_empty() { self.product()? } else { self.factor()? };
            left = match (left, sign, right) {
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
            Node::Sum => return self.of_rest(Op::Sum),
            Node::Function(f) if f == "ln" => return self.of_rest(|of| Op::Map("ln".into(), of)),
            Node::Function(f) if f == "max" => match self.sign(Class::Open) {
                None => return self.of_rest(Op::Largest),
                Some(bracket) => {
                    let (a, _, b) = (self.sum()?, self.sign(Class::Punctuation), self.sum()?);
                    return self
                        .close(bracket, Op::Binary('↑', a.into(), b.into()))
                        .map(Factor::Op);
                }
            },
            Node::Symbol(Class::Italic, e) if e == "e" => {
                let power = self.inner(sup.ok_or("e alone")?)?;
                return Ok(Factor::Op(Op::Map("exp".into(), power.into())));
            }
            Node::Symbol(Class::Bar, bar) => {
                let op = Op::Map("abs".into(), self.sum()?.into());
                return self.close(bar, op).map(Factor::Op);
            }
            Node::Symbol(Class::Open, bracket) if bracket == "[" => {
                let a = self.sum()?;
                let Some("≥") = self.sign(Class::Relation) else {
                    return Err("[ without ≥".into());
                };
                let b = self.sum()?;
                return self.close(bracket, Op::Binary('≥', a.into(), b.into())).map(Factor::Op);
            }
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

    /// An operation on the product that follows.
    fn of_rest(&mut self, op: fn(Box<Op>) -> Op) -> Read<Factor> {
        match self.product()? {
            Factor::Op(of) => Ok(Factor::Op(op(of.into()))),
            _ => Err("𝟏 alone".into()),
        }
    }

    /// A formula inside another, such as a numerator.
    fn inner(&self, node: &Node) -> Read<Op> {
        let mut plain = Vec::new();
        flatten(std::slice::from_ref(node), &mut plain);
        let mut reader = Reader { rest: &plain, known: self.known };
        let op = reader.sum()?;
        reader.rest.first().map_or(Ok(op), |node| Err(format!("{node:?}")))
    }

    /// The closing bracket, with its exponent.
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
            ("(" | "[", Node::Symbol(Class::Close, _), None) => Ok(op),
            ("|", Node::Symbol(Class::Bar, _), None) => Ok(op),
            ("(", Node::Symbol(Class::Close, _), Some(two)) if is_two(two) => Ok(squared(op)),
            ("(", Node::Symbol(Class::Close, _), Some(top)) if is_top(top) => {
                Ok(Op::Transposed(op.into()))
            }
            _ => Err(format!("{node:?}")),
        }
    }

    /// A letter, transposed or not, or a function with its arguments. A lower index is ignored: it
    /// only says that each entry is meant.
    fn letter(&mut self, node: &Node, sup: Option<&Node>) -> Read<Op> {
        // In TeX, tanh has a command of its own.
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

/// Numbers for the letters of an equation without a recorded run, in shapes that fit: four samples,
/// layers of six units. In chapter 0 z is one row, with a 0 in it.
pub fn stand_ins(tag: Tag) -> Values {
    let mut rng = Rng::new(0);
    let letters = [
        ("a z da dz probs x y q mean rise", 4, 6),
        ("w dw u", 6, 6),
        ("b db r", 1, 6),
        ("eta lambda data_loss reg_loss", 1, 1),
    ];
    let named = letters.into_iter().flat_map(|(names, rows, cols)| {
        names.split(' ').map(move |name| (name.to_string(), rows, cols))
    });
    let random = |(name, rows, cols)| (name, Matrix::normal(rows, cols, 1.0, &mut rng));
    let mut values: Values = named.map(random).collect();
    values.extend(
        [("n", 7.0), ("p", 0.3), ("inputs", 6.0)].map(|(name, x)| (name.into(), number(x))),
    );
    if tag.0 == 0 {
        values.insert("z".into(), Matrix::from_rows([[0.0, -1.5, 0.25, 2.0]]));
    }
    // The random numbers that a layer of six inputs and one unit draws, for its weights or then for
    // its bias.
    let (mut rng, bias) = (Rng::new(0), tag == Tag(4, 28));
    let drawn = [6, 1].map(|rows| Matrix::normal(rows, 1, 1.0, &mut rng));
    values.insert("g".into(), drawn[usize::from(bias)].clone());
    values
}

/// The result of an equation's function, if its line uses other letters than the formula.
pub fn computed(tag: Tag, values: &Values) -> Option<Matrix> {
    let z = &values["z"];
    let layer = |init: Init| init.layer([6, 1], &mut Rng::new(0));
    Some(match tag {
        Tag(0, 1) => z.map(sigmoid),
        Tag(0, 2) => z.map(softplus),
        Tag(0, 3) => z.map(relu),
        Tag(0, 4) => z.map(relu_prime),
        Tag(0, 5) => softmax_of_rows(z),
        Tag(0, 6) => number(log_sum_exp(z.as_slice())),
        Tag(4, 27) => layer(Init::Small).0,
        Tag(4, 28) => layer(Init::Small).1,
        Tag(4, 29) => layer(Init::He).0,
        Tag(4, 30) => layer(Init::He).1,
        _ => return None,
    })
}

/// The equations whose formula is not evaluated; their letters are compared with the line all the same.
pub const UNREAD: [Tag; 7] = [
    // Each row has a number of its own, its true score.
    Tag(0, 7),
    // In words.
    Tag(0, 8),
    // A function of one entry of W, at two places.
    Tag(0, 9),
    // The sum over a list of layers.
    Tag(5, 5),
    // A square matrix of ones.
    Tag(8, 13),
    // A change in two steps, w of two nets.
    Tag(8, 17),
    Tag(8, 18),
];

/// Checks that an operation has this result.
///
/// # Errors
/// If it has not: what was found and what was expected.
pub fn comes_to(op: &Op, values: &Values, expected: &Matrix) -> Result<(), (String, String)> {
    let misfit = |found| (format!("joins {found}"), "shapes that fit".into());
    let found = op.value(values).map_err(misfit)?;
    if found.shape() != expected.shape() {
        let [found, expected] = [&found, expected].map(|m| format!("{} × {}", m.rows(), m.cols()));
        return Err((format!("comes to {found}"), expected));
    }
    let mut entries = found.as_slice().iter().zip(expected.as_slice()).enumerate();
    let near = |x: f64, y: f64| (x - y).abs() <= 1e-12 * (1.0 + y.abs());
    match entries.find(|(_, (x, y))| !near(**x, **y)) {
        None => Ok(()),
        Some((k, (x, y))) => {
            let (i, j) = (k / found.cols(), k % found.cols());
            Err((format!("comes to {x:e} at ({i}, {j})"), format!("{y:e}")))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tex;

    fn of(text: &str) -> Result<(String, String), String> {
        let known =
            |name: &str| matches!(name, "a1" | "b1" | "w1" | "y" | "eta" | "m" | "z1" | "dw1");
        let page = crate::File::new("page", text);
        let line = tex::display((&page, 1), text).unwrap().remove(0);
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
}
