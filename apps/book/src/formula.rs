//! Reads a formula of a page as a term, so that the formula itself, and not only its line of code, is
//! compared with the recorded numbers.

use crate::equations::Tag;
use crate::letters::Letter;
use crate::ops::{Values, is_operation, number};
use crate::tex::{Class, Node};
use lines::rules::ONES;
use lines::term::Term;
use lines::term::Term::{Number, Of};
use matrix::{Matrix, Rng};
use nets::Init;

/// Reads `left = right` or `left ← right`. Returns the name of the letter on the left, and the right
/// side.
///
/// # Errors
/// If a piece cannot be read; the error names it.
pub fn read(nodes: &[Node], known: &dyn Fn(&str) -> bool) -> Result<(String, Term), String> {
    // A condition, or "row by row", follows a comma, in words.
    let words = |node: &Node| matches!(node, Node::Text(text) if text.starts_with(','));
    let end = nodes.iter().position(words).unwrap_or(nodes.len());
    let mut plain = Vec::new();
    flatten(&nodes[..end], &mut plain);
    let mut reader = Reader { rest: &plain };
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
    let mut term = reader.sum()?;
    match reader.rest.first() {
        // What follows is another form of the same, or the definition of a letter in it.
        None | Some(Node::Symbol(Class::Relation | Class::Punctuation, _)) => {}
        Some(node) => return Err(format!("{node:?}")),
    }
    for rule in ONES {
        term = rule.turned().everywhere(&term);
    }
    let letter = |name: &str| known(name).then(|| Term::Letter(name.into()));
    Ok((left, term.resolved(&letter)?))
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
}

type Read = Result<Term, String>;

impl<'a> Reader<'a> {
    fn next(&mut self) -> Option<&'a Node> {
        let (first, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(first)
    }

    /// The sign that follows, if it is of this class.
    fn sign(&mut self, class: Class) -> Option<&'a str> {
        let sign = self.peek(class)?;
        self.next();
        Some(sign)
    }

    fn peek(&self, class: Class) -> Option<&'a str> {
        match self.rest.first() {
            Some(Node::Symbol(of, text)) if *of == class => Some(text),
            _ => None,
        }
    }

    fn sum(&mut self) -> Read {
        let minus = self.peek(Class::Binary) == Some("−");
        let mut left = if minus { Number(0.0) } else { self.product()? };
        while let Some(sign @ ("+" | "−")) = self.peek(Class::Binary) {
            self.next();
            left = Term::pair(if sign == "+" { "+" } else { "-" }, left, self.product()?);
        }
        Ok(left)
    }

    /// Factors with ·, ∗ or / between them, or side by side.
    fn product(&mut self) -> Read {
        let mut left = self.factor()?;
        loop {
            let op = match (self.peek(Class::Binary), self.rest.first()) {
                (Some("·"), _) => "dot",
                (Some("∗"), _) => "*",
                (None, Some(Node::Symbol(_, sign))) if sign == "/" => "/",
                // Juxtaposition binds less than a sign: 1/N 𝟏ᵀ · A is the column sums, divided by N.
                (None, Some(_)) if !self.at_end() => {
                    return Ok(Term::pair("*", left, self.product()?));
                }
                _ => return Ok(left),
            };
            self.next();
            left = Term::pair(op, left, self.factor()?);
        }
    }

    /// Whether a bracket closes, or an argument ends.
    fn at_end(&self) -> bool {
        let class = self.rest.first().map(|node| node.class());
        matches!(class, Some(Class::Close | Class::Punctuation | Class::Relation))
    }

    fn factor(&mut self) -> Read {
        let node = self.next().ok_or("the end of the formula")?;
        let (base, sup) = raised(node);
        let term = match base {
            Node::Number(number) => Number(number.parse().map_err(|_| number.clone())?),
            Node::Sum => return Ok(Term::of("sum", self.product()?)),
            Node::Function(f) if f == "ln" => return Ok(Term::of("ln", self.product()?)),
            Node::Function(f) if f == "max" && self.peek(Class::Open).is_none() => {
                return Ok(Term::of("largest", self.product()?));
            }
            Node::Symbol(Class::Italic, e) if e == "e" => {
                return Ok(Term::of("exp", inner(sup.ok_or("e alone")?)?));
            }
            Node::Symbol(Class::Bar, bar) => {
                let term = self.sum()?;
                return self.close(bar, Term::of("abs", term));
            }
            Node::Symbol(Class::Open, bracket) => {
                let mut term = self.sum()?;
                if let ("[", Some("≥")) = (bracket.as_str(), self.peek(Class::Relation)) {
                    self.next();
                    term = Term::pair("≥", term, self.sum()?);
                }
                return self.close(bracket, term);
            }
            Node::Fraction(_, over, under) => Term::pair("/", inner(over)?, inner(under)?),
            Node::Root(of) => Term::of("sqrt", inner(of)?),
            Node::Ones => Term::Letter("𝟏".into()),
            _ => return self.letter(node, sup),
        };
        power(term, sup)
    }

    /// The closing bracket, with its exponent.
    fn close(&mut self, open: &str, term: Term) -> Read {
        let node = self.next().ok_or("a bracket that is open")?;
        let (base, sup) = raised(node);
        let base = if let Node::Big(_, inner) = base { inner } else { base };
        match (open, base) {
            ("‖", Node::Symbol(Class::Close, _)) if sup.is_some_and(is_two) => {
                Ok(Term::of("norm_squared", term))
            }
            ("(" | "[", Node::Symbol(Class::Close, _)) => power(term, sup),
            ("|", Node::Symbol(Class::Bar, _)) => power(term, sup),
            _ => Err(format!("{node:?}")),
        }
    }

    /// A letter, or a function with its arguments. A lower index is ignored: it only says that each
    /// entry is meant.
    fn letter(&mut self, node: &Node, sup: Option<&Node>) -> Read {
        // In TeX, max and tanh have commands of their own.
        let letter = match node {
            Node::Function(name) => Letter { base: name.clone(), ..Letter::default() },
            node => node.letter().ok_or_else(|| format!("{node:?}"))?,
        };
        let (name, sup) = (letter.rust_name(), sup.filter(|_| letter.layer.is_empty()));
        if !(1..3).any(|terms| is_operation(&name, terms)) || self.peek(Class::Open) != Some("(") {
            return power(Term::Letter(name), sup);
        }
        self.next();
        let mut terms = vec![self.sum()?];
        while self.sign(Class::Punctuation).is_some() {
            terms.push(self.sum()?);
        }
        self.close("(", Of(name, terms))
    }
}

/// A formula inside another, such as a numerator.
fn inner(node: &Node) -> Read {
    let mut plain = Vec::new();
    flatten(std::slice::from_ref(node), &mut plain);
    let mut reader = Reader { rest: &plain };
    let term = reader.sum()?;
    reader.rest.first().map_or(Ok(term), |node| Err(format!("{node:?}")))
}

/// A piece without its exponent, and the exponent.
fn raised(node: &Node) -> (&Node, Option<&Node>) {
    match node {
        Node::Script { base, sup, .. } => (base, sup.as_deref()),
        node => (node, None),
    }
}

/// The square of each entry, or the transpose.
fn power(term: Term, sup: Option<&Node>) -> Read {
    match sup {
        None => Ok(term),
        Some(two) if is_two(two) => Ok(Term::pair("*", term.clone(), term)),
        Some(top) if is_top(top) => Ok(Term::of("t", term)),
        Some(other) => Err(format!("{other:?}")),
    }
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
    // The column of ones, and its product with itself transposed.
    values.extend(
        [("𝟏", 1), ("ones", 6)]
            .map(|(name, cols)| (name.into(), Matrix::from_fn(6, cols, |_, _| 1.0))),
    );
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

/// The result of the function around an equation's line, if the line uses other letters than the formula.
pub fn computed(tag: Tag, function: &str, values: &Values) -> Option<Matrix> {
    if is_operation(function, 1) {
        return Term::of(function, Term::Letter("z".into())).value(values).ok();
    }
    let layer = |init: Init| init.layer([6, 1], &mut Rng::new(0));
    Some(match tag {
        Tag(4, 27) => layer(Init::Small).0,
        Tag(4, 28) => layer(Init::Small).1,
        Tag(4, 29) => layer(Init::He).0,
        Tag(4, 30) => layer(Init::He).1,
        _ => return None,
    })
}

/// The equations whose formula is not evaluated; their letters are compared with the line all the same.
pub const UNREAD: [Tag; 6] = [
    // Each row has a number of its own, its true score.
    Tag(0, 7),
    // In words.
    Tag(0, 8),
    // A function of one entry of W, at two places.
    Tag(0, 9),
    // The sum over a list of layers.
    Tag(5, 5),
    // A change in two steps, w of two nets.
    Tag(8, 17),
    Tag(8, 18),
];

/// Checks that a formula has this result.
///
/// # Errors
/// If it has not: what was found and what was expected.
pub fn comes_to(term: &Term, values: &Values, expected: &Matrix) -> Result<(), (String, String)> {
    let misfit = |found| (format!("joins {found}"), "shapes that fit".into());
    let found = term.value(values).map_err(misfit)?;
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
        read(&nodes, &known).map(|(name, term)| (name, term.json()))
    }

    #[test]
    fn formulas_are_read_as_operations() {
        let [a, b, w, y] = ["a1", "b1", "w1", "y"].map(|name| format!("[\"value\",\"{name}\"]"));
        for (tex, name, json) in [
            (
                "z^{(1)} = a^{(1)} \\cdot W^{(1)} + \\mathbf 1 \\cdot b^{(1)} \\qquad (1.1)",
                "z1",
                format!("[\"add_row\",[\"dot\",{a},{w}],{b}]"),
            ),
            (
                "\\nabla W^{(1)} = (a^{(1)})^\\top \\cdot y",
                "dw1",
                format!("[\"dot\",[\"t\",{a}],{y}]"),
            ),
            ("\\nabla b = \\mathbf 1^\\top \\cdot y", "db", format!("[\"sum_of_rows\",{y}]")),
            (
                "\\nabla z = y * \\mathrm{relu}'(a^{(1)})",
                "dz",
                format!("[\"*\",{y},[\"relu_prime\",{a}]]"),
            ),
            (
                "J = \\frac1m \\sum_{i,k} \\mathrm{softplus} \\bigl( (1 - 2y) * a^{(1)} \\bigr)_{ik}",
                "loss",
                format!(
                    "[\"*\",[\"/\",[\"number\",1],[\"value\",\"m\"]],[\"sum\",[\"softplus\",[\"*\",[\"-\",[\"number\",1],[\"*\",[\"number\",2],{y}]],{a}]]]]"
                ),
            ),
            (
                "W &\\leftarrow W^{(1)} - \\eta \\lVert W^{(1)} \\rVert^2 \\text{, row by row}",
                "w",
                String::new(),
            ),
            ("J = \\mathrm{CE}(a^{(1)}, Y)", "loss", format!("[\"cross_entropy\",{a},{y}]")),
            ("z = y^2", "z", format!("[\"*\",{y},{y}]")),
            (
                "z = \\Bigl( \\frac{y}{2} \\Bigr)^2",
                "z",
                format!("[\"*\",[\"/\",{y},[\"number\",2]],[\"/\",{y},[\"number\",2]]]"),
            ),
            ("z = y / m", "z", format!("[\"/\",{y},[\"value\",\"m\"]]")),
            ("z = \\sqrt{y}", "z", format!("[\"sqrt\",{y}]")),
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
            ("z = y \\cdot \\mathbf 1", "𝟏"),
            ("z = \\mathbf 1", "𝟏"),
            ("z + y", "Some(Symbol(Binary, \"+\")) for = or ←"),
        ] {
            assert_eq!(of(tex).unwrap_err(), found, "{tex}");
        }
        assert!(of("z = y^3").is_err(), "a power is not the letter");
        assert!(of("z = (y").is_err() && of("z = y)").is_err(), "brackets close");
    }
}
