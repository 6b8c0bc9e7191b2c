//! Reads a formula of a page as a term, so that the formula itself, and not only its line of code, is
//! compared with the recorded numbers.

use crate::equations::Tag;
use crate::ops::{self, Values, is_operation, number};
use crate::tex::{Class, Node};
use lines::rules::ONES;
use lines::term::Term;
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
    let plain = flat(&nodes[..end]);
    let left = plain.first().and_then(|node| node.letter()).ok_or("no letter on the left")?;
    let equals = |node: &&Node| matches!(node, Node::Symbol(_, sign) if sign == "=" || sign == "←");
    let at = plain.iter().position(equals).ok_or("no = or ←")?;
    // If the left side is a function, its argument is skipped.
    if let Some(node) = plain[1..at].first()
        && (node.class(), plain[at - 1].class()) != (Class::Open, Class::Close)
    {
        return Err(format!("{node:?} for = or ←"));
    }
    let mut term = ops::parse(&code(&plain[at + 1..], false, known)?)?;
    for rule in ONES {
        term = rule.turned().everywhere(&term);
    }
    let letter = |name: &str| known(name).then(|| Term::Letter(name.into()));
    Ok((left.rust_name(), term.resolved(&letter)?))
}

/// The nodes without spaces and words. A group is replaced by its content, a large bracket by the
/// bracket.
fn flat(nodes: &[Node]) -> Vec<&Node> {
    let plain = nodes.iter().map(|node| match node {
        Node::Space(_) | Node::Text(_) => vec![],
        Node::Group(inner) => flat(inner),
        Node::Big(_, bracket) => vec![&**bracket],
        node => vec![node],
    });
    plain.flatten().collect()
}

/// A formula in the language of the lines, up to another form of it, or the definition of a letter in
/// it. A lower index is left out: it only says that each entry is meant. `inside` a fraction or a root
/// there is no other form.
fn code(nodes: &[&Node], inside: bool, known: &dyn Fn(&str) -> bool) -> Result<String, String> {
    let inner = |node: &Node| code(&flat(std::slice::from_ref(node)), true, known);
    let mut code = String::new();
    for (i, &node) in nodes.iter().enumerate() {
        let outside = !inside && code.matches('(').count() == code.matches(')').count();
        if outside && matches!(node.class(), Class::Relation | Class::Punctuation) {
            break;
        }
        let (mut base, mut sup) = match node {
            Node::Script { base, sup, .. } => (&**base, sup.as_deref()),
            node => (node, None),
        };
        if let Node::Big(_, bracket) = base {
            base = bracket;
        }
        let opens = nodes.get(i + 1).is_some_and(|next| next.class() == Class::Open);
        let begins = code.is_empty() || code.trim_end().ends_with(['(', ',', '≥']);
        let operand = code.trim_end().ends_with(|c: char| c.is_alphanumeric() || c == ')');
        let piece = match base {
            Node::Number(number) => number.clone(),
            Node::Fraction(_, over, under) => format!("(({}) / ({}))", inner(over)?, inner(under)?),
            Node::Root(of) => format!("sqrt({})", inner(of)?),
            Node::Symbol(_, sign) => match sign.as_str() {
                "∑" => "sum∘".into(),
                "ln" => "ln∘".into(),
                "max" if !opens => "largest∘".into(),
                "e" => format!("exp({})", inner(sup.take().ok_or("e alone")?)?),
                "−" if begins => "0 -".into(),
                "−" => "-".into(),
                "∗" => "*".into(),
                "[" => "(".into(),
                "]" => ")".into(),
                "|" if !operand => "abs(".into(),
                "|" => ")".into(),
                "‖" if base.class() == Class::Open => "norm_squared(".into(),
                // Only its square is an operation.
                "‖" if sup.take().map(power) == Some(Ok(".powi(2)")) => ")".into(),
                "‖" => return Err(format!("{node:?}")),
                sign => sign.into(),
            },
            _ => {
                let letter = node.letter().ok_or_else(|| format!("{node:?}"))?;
                sup = sup.filter(|_| letter.layer.is_empty());
                letter.rust_name()
            }
        };
        code += &piece;
        code += sup.map_or(Ok(""), power)?;
        // A name with its bracket next to it is that of a function.
        code += if opens && !known(&piece) { "" } else { " " };
    }
    Ok(code)
}

/// The square of each entry, or the transpose.
fn power(sup: &Node) -> Result<&'static str, String> {
    match &flat(std::slice::from_ref(sup))[..] {
        [Node::Number(two)] if two == "2" => Ok(".powi(2)"),
        [Node::Symbol(_, top)] if top == "⊤" => Ok(".t()"),
        _ => Err(format!("{sup:?}")),
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
        let line = tex::lines((&page, 1), text).unwrap().remove(0);
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
            ("z = \\mathrm{twist}(y)", "twist()"),
            ("z = y \\cdot \\mathbf 1", "𝟏"),
            ("z = \\mathbf 1", "𝟏"),
            ("z + y", "no = or ←"),
        ] {
            assert_eq!(of(tex).unwrap_err(), found, "{tex}");
        }
        for wrong in
            ["y - - y", "y * - y", "y + - y", "\\sum - y", "\\frac{y = 2}{m}", "\\sqrt{y, m}"]
        {
            assert!(of(&format!("z = {wrong}")).is_err(), "{wrong}");
        }
        assert!(of("z = - y + y").is_ok(), "a sum may begin with a minus");
        assert!(of("z = y^3").is_err(), "a power is not the letter");
        assert!(of("z = {}^2").is_err() && of("z = {y y}^2").is_err(), "a group has no square");
        assert!(of("z = (y").is_err() && of("z = y)").is_err(), "brackets close");
    }
}
