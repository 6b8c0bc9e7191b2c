//! The operation that a numbered line performs, read from the line, and which entries each entry
//! depends on.

use crate::equations::Tag;
use crate::functions::Function;
use matrix::Matrix;
use nets::activation::{relu, relu_prime, sigmoid, softmax_of_rows, softplus};
use nets::loss::cross_entropy;
use std::collections::BTreeMap;

/// Letters and their numbers; a number alone is a 1 × 1 matrix.
pub type Values = BTreeMap<String, Matrix>;

/// A number alone.
pub fn number(x: f64) -> Matrix {
    Matrix::from_rows([[x]])
}

type Shape = (usize, usize);

fn binary(sign: char, a: f64, b: f64) -> f64 {
    match sign {
        '+' => a + b,
        '-' => a - b,
        '*' => a * b,
        '/' => a / b,
        '↑' => a.max(b),
        _ => f64::from(u8::from(a >= b)),
    }
}

/// An operation on letters, as a line computes it.
#[derive(Clone, Debug, PartialEq)]
#[expect(missing_docs, reason = "the names are those of the operations in `matrix` and `nets`")]
pub enum Op {
    Number(f64),
    Value(String),
    Transposed(Box<Op>),
    Dot(Box<Op>, Box<Op>),
    AddRow(Box<Op>, Box<Op>),
    SumOfRows(Box<Op>),
    /// A function of each entry.
    Map(String, Box<Op>),
    /// `+`, `-`, `*` or `/` of two entries, or of each entry and a number; `↑` is the larger of the
    /// two, `≥` is 1 where it holds and 0 elsewhere.
    Binary(char, Box<Op>, Box<Op>),
    Softmax(Box<Op>),
    Sum(Box<Op>),
    Largest(Box<Op>),
    NormSquared(Box<Op>),
    CrossEntropy(Box<Op>, Box<Op>),
}

/// A numbered line: the letter that it computes or changes in place, and the operation.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// The letter.
    pub result: String,
    /// Whether the letter had a value before.
    pub update: bool,
    /// The operation.
    pub op: Op,
}

impl Step {
    /// The name of its result in a run; the result of an update has the number of its equation as
    /// its name.
    pub fn key(&self, tag: Tag) -> String {
        if self.update { tag.to_string() } else { self.result.clone() }
    }
}

/// An expression of Rust, as far as the nets use it.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "the names are those of Rust's grammar")]
pub enum Expr {
    Number(f64),
    Name(String),
    Binary(char, Box<Expr>, Box<Expr>),
    Call(String, Vec<Expr>),
    Method(Box<Expr>, String, Vec<Expr>),
    Closure(Vec<String>, Box<Expr>),
}

/// Reads the line `at` of a function; `known` says which letters have numbers.
///
/// # Errors
/// If a piece of code cannot be read, which the error contains.
pub fn step(
    lines: &[String],
    function: &Function,
    at: usize,
    known: &dyn Fn(&str) -> bool,
) -> Result<Step, String> {
    let mut lets: BTreeMap<String, Op> = BTreeMap::new();
    for line in &lines[function.body..at] {
        // A `let` that is not needed need not be readable.
        if let Some((name, expr)) = definition(line)
            && !known(name)
            && let Ok(op) = parse(expr).and_then(|expr| lower(&expr, known, &lets))
        {
            lets.insert(name.into(), op);
        }
    }
    let line = &lines[at];
    if let Some((name, expr)) = definition(line) {
        let op = lower(&parse(expr)?, known, &lets)?;
        return Ok(Step { result: name.into(), update: false, op });
    }
    let expr = parse(statement(line))?;
    if let Expr::Method(target, method, arguments) = &expr
        && method == "zip_apply"
    {
        let Expr::Name(result) = target.as_ref() else { return Err(format!("{target:?}")) };
        let op = zip(target, arguments, known, &lets)?;
        return Ok(Step { result: result.clone(), update: true, op });
    }
    // A push to a list computes one more value of its letter.
    if let Expr::Method(list, method, arguments) = &expr
        && let (Expr::Name(result), "push", [item]) =
            (list.as_ref(), method.as_str(), arguments.as_slice())
    {
        let op = lower(item, known, &lets)?;
        return Ok(Step { result: result.clone(), update: false, op });
    }
    let op = lower(&expr, known, &lets)?;
    Ok(Step { result: function.name.clone(), update: false, op })
}

/// A line of code without its comment and semicolon.
fn statement(line: &str) -> &str {
    line.split(" // ").next().unwrap_or(line).trim().trim_end_matches(';')
}

/// The name and the expression of `let name = expression;`.
fn definition(line: &str) -> Option<(&str, &str)> {
    let (name, expr) = statement(line).strip_prefix("let ")?.split_once(" = ")?;
    let name = name.split(':').next()?.trim();
    name.chars().all(|c| c.is_alphanumeric() || c == '_').then_some((name, expr))
}

/// The names in a closure of two, each with its letter: in `self.w2.zip_apply(dw2, |w, dw| …)` w is w2 and
/// dw is dw2.
pub fn aliases(line: &str) -> Vec<(String, String)> {
    let text = definition(line).map_or_else(|| statement(line), |(_, expr)| expr);
    let Ok(Expr::Method(a, _, arguments)) = parse(text) else { return Vec::new() };
    let [b, Expr::Closure(names, _)] = arguments.as_slice() else { return Vec::new() };
    let letters = [a.as_ref(), b].map(|of| match of {
        Expr::Name(name) => name.clone(),
        _ => String::new(),
    });
    names.iter().cloned().zip(letters).collect()
}

fn lower(
    expr: &Expr,
    known: &dyn Fn(&str) -> bool,
    lets: &BTreeMap<String, Op>,
) -> Result<Op, String> {
    let of = |expr: &Expr| lower(expr, known, lets).map(Box::new);
    Ok(match expr {
        Expr::Number(x) => Op::Number(*x),
        Expr::Name(name) if known(name) => Op::Value(name.clone()),
        Expr::Name(name) => lets.get(name).cloned().ok_or_else(|| name.clone())?,
        Expr::Binary(op, a, b) => Op::Binary(*op, of(a)?, of(b)?),
        Expr::Method(a, name, arguments) => match (name.as_str(), arguments.as_slice()) {
            ("t", []) => Op::Transposed(of(a)?),
            ("dot", [b]) => Op::Dot(of(a)?, of(b)?),
            ("add_row", [b]) => Op::AddRow(of(a)?, of(b)?),
            ("sum_of_rows", []) => Op::SumOfRows(of(a)?),
            ("hadamard", [b]) => Op::Binary('*', of(a)?, of(b)?),
            ("map", [Expr::Name(f)]) if function(f).is_some() => Op::Map(f.clone(), of(a)?),
            ("map", [Expr::Name(f)]) => return Err(format!("{f}()")),
            ("sum", []) => Op::Sum(of(a)?),
            ("norm_squared", []) => Op::NormSquared(of(a)?),
            ("powi", [Expr::Number(2.0)]) => Op::Binary('*', of(a)?, of(a)?),
            (f, []) if function(f).is_some() => Op::Map(f.into(), of(a)?),
            ("zip_map", _) => zip(a, arguments, known, lets)?,
            // The last item of a list stands for the letter itself.
            ("last", []) | ("unwrap_or", [_]) => *of(a)?,
            _ if known(name) => Op::Value(name.clone()),
            _ => return Err(format!(".{name}()")),
        },
        Expr::Call(name, arguments) => match (name.as_str(), arguments.as_slice()) {
            ("from_f64", [x]) => *of(x)?,
            ("softmax_of_rows", [z]) => Op::Softmax(of(z)?),
            ("cross_entropy", [z, y]) => Op::CrossEntropy(of(z)?, of(y)?),
            (_, [a]) if function(name).is_some() => Op::Map(name.clone(), of(a)?),
            _ if known(name) => Op::Value(name.clone()),
            _ => return Err(format!("{name}()")),
        },
        Expr::Closure(..) => return Err("a closure".into()),
    })
}

/// `a.zip_map(b, |p, q| …)` is read as its closure, with a in place of p and b in place of q.
fn zip(
    a: &Expr,
    arguments: &[Expr],
    known: &dyn Fn(&str) -> bool,
    lets: &BTreeMap<String, Op>,
) -> Result<Op, String> {
    let [b, Expr::Closure(names, body)] = arguments else { return Err("zip".into()) };
    let [p, q] = names.as_slice() else { return Err(names.join(", ")) };
    let mut inner = lets.clone();
    inner.insert(p.clone(), lower(a, known, lets)?);
    inner.insert(q.clone(), lower(b, known, lets)?);
    lower(body, &|name| name != p && name != q && known(name), &inner)
}

struct Reader<'a> {
    rest: &'a str,
}

/// Reads an expression.
///
/// # Errors
/// What isn't understood.
pub fn parse(text: &str) -> Result<Expr, String> {
    let mut reader = Reader { rest: text };
    let expr = reader.sum()?;
    if reader.rest.trim().is_empty() { Ok(expr) } else { Err(reader.rest.trim().into()) }
}

impl Reader<'_> {
    fn take(&mut self, token: &str) -> bool {
        self.rest = self.rest.trim_start();
        let rest = self.rest.strip_prefix(token);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn word(&mut self) -> String {
        self.rest = self.rest.trim_start();
        let end = self.rest.find(|c: char| !(c.is_alphanumeric() || c == '_'));
        let (word, rest) = self.rest.split_at(end.unwrap_or(self.rest.len()));
        self.rest = rest;
        word.into()
    }

    fn sum(&mut self) -> Result<Expr, String> {
        self.chain(["+", "-"], Self::product)
    }

    fn product(&mut self) -> Result<Expr, String> {
        self.chain(["*", "/"], Self::postfix)
    }

    /// Reads operations of one precedence, from left to right.
    fn chain(
        &mut self,
        signs: [&str; 2],
        next: fn(&mut Self) -> Result<Expr, String>,
    ) -> Result<Expr, String> {
        let mut left = next(self)?;
        while let Some(sign) = signs.into_iter().find(|sign| self.take(sign)) {
            let op = char::from(sign.as_bytes()[0]);
            left = Expr::Binary(op, Box::new(left), Box::new(next(self)?));
        }
        Ok(left)
    }

    fn arguments(&mut self) -> Result<Vec<Expr>, String> {
        let mut arguments = Vec::new();
        while !self.take(")") {
            arguments.push(self.sum()?);
            if !self.take(",") && !self.rest.trim_start().starts_with(')') {
                return Err(self.rest.into());
            }
        }
        Ok(arguments)
    }

    fn postfix(&mut self) -> Result<Expr, String> {
        let mut expr = self.primary()?;
        loop {
            // An item of a list stands for its letter: z[0] is z.
            if self.take("[") {
                let end = self.rest.find(']').ok_or("the end of an index")?;
                self.rest = &self.rest[end + 1..];
                continue;
            }
            if self.take("as ") {
                self.word();
                continue;
            }
            if !self.take(".") {
                break;
            }
            let name = self.word();
            expr = if self.take("(") {
                Expr::Method(Box::new(expr), name, self.arguments()?)
            } else {
                // A field: self.w1 is w1.
                Expr::Name(name)
            };
        }
        Ok(expr)
    }

    fn primary(&mut self) -> Result<Expr, String> {
        if self.take("&") || self.take("*") {
            return self.postfix();
        }
        if self.take("(") {
            let expr = self.sum()?;
            return if self.take(")") { Ok(expr) } else { Err(self.rest.into()) };
        }
        if self.take("|") {
            let mut names = vec![self.word()];
            while self.take(",") {
                names.push(self.word());
            }
            return if self.take("|") {
                Ok(Expr::Closure(names, Box::new(self.sum()?)))
            } else {
                Err(self.rest.into())
            };
        }
        let mut word = self.word();
        if word.starts_with(|c: char| c.is_ascii_digit()) {
            if self.take(".") {
                word += &format!(".{}", self.word());
            }
            return word.parse().map(Expr::Number).map_err(|_| word);
        }
        while self.take("::") {
            word = self.word();
        }
        if word.is_empty() {
            return Err(if self.rest.is_empty() { "the end of the line" } else { self.rest }.into());
        }
        Ok(if word == "ONE" {
            Expr::Number(1.0)
        } else if self.take("(") {
            Expr::Call(word, self.arguments()?)
        } else {
            Expr::Name(word)
        })
    }
}

impl Op {
    /// The result for these values of the letters.
    ///
    /// # Errors
    /// If shapes do not fit, which the error names.
    pub fn value(&self, values: &Values) -> Result<Matrix, String> {
        let of = |op: &Op| op.value(values);
        let pair = |a: &Op, sign: char, b: &Op, fit: fn(Shape, Shape) -> bool| {
            let (a, b) = (of(a)?, of(b)?);
            if fit(a.shape(), b.shape()) {
                return Ok((a, b));
            }
            let [a, b] = [a, b].map(|m| format!("{} × {}", m.rows(), m.cols()));
            Err(format!("{a} {sign} {b}"))
        };
        Ok(match self {
            Op::Number(x) => number(*x),
            Op::Value(name) => values[name].clone(),
            Op::Transposed(a) => {
                let a = of(a)?;
                Matrix::from_fn(a.cols(), a.rows(), |i, j| a[(j, i)])
            }
            Op::Dot(a, b) => {
                let (a, b) = pair(a, '·', b, |a, b| a.1 == b.0)?;
                a.dot(&b)
            }
            Op::AddRow(a, b) => {
                let (a, b) = pair(a, '+', b, |a, b| b == (1, a.1))?;
                a.add_row(&b)
            }
            Op::SumOfRows(a) => of(a)?.sum_of_rows(),
            Op::Map(f, a) => of(a)?.map(function(f).ok_or_else(|| format!("{f}()"))?),
            Op::Binary(sign, a, b) => {
                let fit = |a, b| a == b || a == (1, 1) || b == (1, 1);
                let (a, b) = pair(a, *sign, b, fit)?;
                let (rows, cols) = if a.shape() == (1, 1) { b.shape() } else { a.shape() };
                let at = |m: &Matrix, i, j| m[if m.shape() == (1, 1) { (0, 0) } else { (i, j) }];
                Matrix::from_fn(rows, cols, |i, j| binary(*sign, at(&a, i, j), at(&b, i, j)))
            }
            Op::Softmax(z) => softmax_of_rows(&of(z)?),
            Op::Sum(a) => number(of(a)?.sum()),
            Op::Largest(a) => number(of(a)?.as_slice().iter().copied().fold(f64::MIN, f64::max)),
            Op::NormSquared(a) => number(of(a)?.norm_squared()),
            Op::CrossEntropy(z, y) => {
                let (z, y) = pair(z, ',', y, |z, y| z == y)?;
                number(cross_entropy(&z, &y))
            }
        })
    }

    /// Calls `visit` with the name of each letter in it.
    pub fn for_letters(&mut self, visit: &mut dyn FnMut(&mut String)) {
        match self {
            Op::Number(_) => {}
            Op::Value(name) => visit(name),
            Op::Transposed(a)
            | Op::SumOfRows(a)
            | Op::Map(_, a)
            | Op::Softmax(a)
            | Op::Sum(a)
            | Op::Largest(a)
            | Op::NormSquared(a) => a.for_letters(visit),
            Op::Dot(a, b) | Op::AddRow(a, b) | Op::Binary(_, a, b) | Op::CrossEntropy(a, b) => {
                a.for_letters(visit);
                b.for_letters(visit);
            }
        }
    }

    /// The operation as nested JSON arrays, for the script.
    pub fn json(&self) -> String {
        match self {
            Op::Number(x) => format!("[\"number\",{x}]"),
            Op::Value(name) => format!("[\"value\",\"{name}\"]"),
            Op::Transposed(a) => format!("[\"t\",{}]", a.json()),
            Op::Dot(a, b) => format!("[\"dot\",{},{}]", a.json(), b.json()),
            Op::AddRow(a, b) => format!("[\"row\",{},{}]", a.json(), b.json()),
            Op::SumOfRows(a) => format!("[\"rows\",{}]", a.json()),
            Op::Map(f, a) => format!("[\"map\",{},\"{f}\"]", a.json()),
            Op::Binary(op, a, b) => format!("[\"{op}\",{},{}]", a.json(), b.json()),
            Op::Softmax(a) => format!("[\"softmax\",{}]", a.json()),
            Op::Sum(a) => format!("[\"sum\",{}]", a.json()),
            Op::Largest(a) => format!("[\"largest\",{}]", a.json()),
            Op::NormSquared(a) => format!("[\"norm\",{}]", a.json()),
            Op::CrossEntropy(a, b) => format!("[\"loss\",{},{}]", a.json(), b.json()),
        }
    }

    /// The letter whose negative entries set entries of the result to 0: z in
    /// `da.hadamard(&z.map(relu_prime))`.
    pub fn stopped_by(&self) -> Option<&str> {
        if let Op::Binary('*', _, mask) = self
            && let Op::Map(f, z) = mask.as_ref()
            && let Op::Value(name) = z.as_ref()
            && f == "relu_prime"
        {
            return Some(name);
        }
        None
    }
}

/// A function of one number.
pub type OfNumber = fn(f64) -> f64;

/// The functions of one number that lines may name. The book's script has the same ones.
pub const FUNCTIONS: [(&str, OfNumber); 8] = [
    ("relu", relu),
    ("relu_prime", relu_prime),
    ("sigmoid", sigmoid),
    ("softplus", softplus),
    ("sqrt", f64::sqrt),
    ("exp", f64::exp),
    ("ln", f64::ln),
    ("abs", f64::abs),
];

/// The function of one number of this name, if it is one of these.
pub fn function(name: &str) -> Option<OfNumber> {
    FUNCTIONS.iter().find(|(known, _)| *known == name).map(|(_, function)| *function)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::functions::functions;

    fn of(line: &str) -> Result<Step, String> {
        let lines = ["fn loss() {", "    let m = 2;", line, "}"].map(String::from);
        let known = |name: &str| matches!(name, "a1" | "b1" | "y" | "w1" | "eta" | "reg_loss");
        step(&lines, &functions(&lines)[0], 2, &known)
    }

    #[test]
    fn operations_are_read_from_their_lines() {
        for (line, result, update, json) in [
            (
                "let z = a1.t().dot(&self.w1); // (1.1)",
                "z",
                false,
                r#"["dot",["t",["value","a1"]],["value","w1"]]"#,
            ),
            (
                "let z = (a1 - y) / m; // (1.1)",
                "z",
                false,
                r#"["/",["-",["value","a1"],["value","y"]],["number",2]]"#,
            ),
            (
                "self.w1.zip_apply(a1, |w, d| w - eta * d); // (1.1)",
                "w1",
                true,
                r#"["-",["value","w1"],["*",["value","eta"],["value","a1"]]]"#,
            ),
            (
                "let z = (eta / 2.0).powi(2) / eta.sqrt(); // (1.1)",
                "z",
                false,
                r#"["/",["*",["/",["value","eta"],["number",2]],["/",["value","eta"],["number",2]]],["map",["value","eta"],"sqrt"]]"#,
            ),
            (
                "T::from_f64(0.5) + self.reg_loss(eta) // (1.1)",
                "loss",
                false,
                r#"["+",["number",0.5],["value","reg_loss"]]"#,
            ),
        ] {
            let step = of(line).unwrap();
            assert_eq!(
                (step.result.as_str(), step.update, step.op.json().as_str()),
                (result, update, json)
            );
        }
        assert_eq!(of("let z = a1.dot(&c1); // (1.1)").unwrap_err(), "c1");
        assert_eq!(of("let z = a1.rotate(); // (1.1)").unwrap_err(), ".rotate()");
        assert_eq!(of("let z = a1.map(twist); // (1.1)").unwrap_err(), "twist()");
        assert_eq!(of("let z = eta.powi(3); // (1.1)").unwrap_err(), ".powi()");
    }

    #[test]
    fn entries_come_to_what_the_operation_computes() {
        let a = Matrix::from_rows([[1.0, 2.0], [3.0, 4.0]]);
        let values = Values::from([("a1".into(), a.clone()), ("w1".into(), a.map(|x| x - 2.0))]);
        let step = of("let z = a1.t().dot(&self.w1); // (1.1)").unwrap();
        let expected = a.t().dot(&values["w1"]);
        assert_eq!(step.op.value(&values), Ok(expected));
        let step = of("let z = a1.hadamard(&w1.map(relu_prime)); // (1.1)").unwrap();
        assert_eq!(step.op.stopped_by(), Some("w1"));
        assert_eq!(step.op.value(&values).map(|m| m[(0, 0)]), Ok(0.0));
    }

    #[test]
    fn shapes_that_do_not_fit_are_named() {
        let row = Matrix::from_rows([[1.0, 2.0, 3.0]]);
        let column = Matrix::from_fn(3, 1, |i, _| row[(0, i)]);
        let values = Values::from([("a".into(), row.clone()), ("b".into(), column)]);
        let [a, b] = ["a", "b"].map(|name| Box::new(Op::Value(name.into())));
        let of = |op: Op| op.value(&values);
        assert_eq!(of(Op::Dot(a.clone(), b.clone())), Ok(number(14.0)));
        assert_eq!(of(Op::Dot(a.clone(), a.clone())), Err("1 × 3 · 1 × 3".into()));
        let turned = Op::AddRow(a.clone(), Op::Transposed(b.clone()).into());
        assert_eq!(of(turned), Ok(row.map(|x| 2.0 * x)));
        assert_eq!(of(Op::AddRow(b.clone(), a.clone())), Err("3 × 1 + 1 × 3".into()));
        assert_eq!(of(Op::Binary('+', a.clone(), b)), Err("1 × 3 + 3 × 1".into()));
        assert_eq!(of(Op::Binary('-', a.clone(), Op::Largest(a).into())), Ok(row.map(|x| x - 3.0)));
    }
}
