//! Reads numbered lines of code as formulas, and evaluates formulas.

use crate::equations::Tag;
use crate::functions::Function;
use crate::letters::identifiers;
use crate::term::Term::{self, Letter, Number, Of};
use matrix::Matrix;
use nets::activation::{log_sum_exp, relu, relu_prime, sigmoid, softmax_of_rows, softplus};
use nets::loss::cross_entropy;
use std::collections::BTreeMap;

/// Letters and their numbers; a number alone is a 1 × 1 matrix.
pub type Values = BTreeMap<String, Matrix>;

/// A number alone.
pub fn number(x: f64) -> Matrix {
    Matrix::from_rows([[x]])
}

/// A numbered line: the letter that it computes or changes in place, and the formula.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// The letter.
    pub result: String,
    /// Whether the letter had a value before.
    pub update: bool,
    /// The formula.
    pub term: Term,
}

impl Step {
    /// The name of its result in a run; the result of an update has the number of its equation as
    /// its name.
    pub fn key(&self, tag: Tag) -> String {
        if self.update { tag.to_string() } else { self.result.clone() }
    }

    /// The letter whose negative entries set entries of the result to 0: z in
    /// `da.hadamard(&z.map(relu_prime))`.
    pub fn stopped_by(&self) -> Option<&str> {
        if let Some(("*", [_, mask])) = self.term.parts()
            && let Some(("relu_prime", [Letter(name)])) = mask.parts()
        {
            return Some(name);
        }
        None
    }
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
    let mut lets: BTreeMap<String, Term> = BTreeMap::new();
    let resolved = |term: &Term, lets: &BTreeMap<String, Term>| {
        let letter = |name: &str| known(name).then(|| Letter(name.into()));
        term.resolved(&|name| letter(name).or_else(|| lets.get(name).cloned()))
    };
    for line in &lines[function.body..at] {
        // A `let` that is not needed need not be readable.
        if let Some((name, text)) = definition(line)
            && !known(name)
            && let Ok(term) = parse(text).and_then(|term| resolved(&term, &lets))
        {
            lets.insert(name.into(), term);
        }
    }
    let line = &lines[at];
    let (name, text) = definition(line).unwrap_or((&function.name, statement(line)));
    let term = parse(text)?;
    let (result, update, term) = match term.parts() {
        // A push to a list computes one more value of its letter.
        Some(("push", [Letter(list), item])) => (list.as_str(), false, item),
        Some(("zip_apply", [Letter(letter), new])) => (letter.as_str(), true, new),
        _ => (name, false, &term),
    };
    Ok(Step { result: result.into(), update, term: resolved(term, &lets)? })
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
pub fn aliases(line: &str) -> Option<impl Iterator<Item = (&str, &str)>> {
    let (before, after) = line.split_once(".zip_")?;
    let mut parts = after.split('|');
    // In a closure on another expression than a letter, its name stands for no letter.
    let receiver = identifiers(before).find(|(at, name)| at + name.len() == before.len());
    let letters = [receiver.unwrap_or_default(), identifiers(parts.next()?).last()?];
    Some(identifiers(parts.next()?).zip(letters).map(|((_, name), (_, letter))| (name, letter)))
}

/// Reads an expression. It may have forms of paper in it: a · b is `a.dot(b)`, factors may stand side
/// by side, and `sum∘ a b` is the sum of the whole product.
///
/// # Errors
/// What isn't understood.
pub fn parse(text: &str) -> Result<Term, String> {
    let mut reader = Reader { rest: text };
    let term = reader.sum()?;
    if reader.rest.trim().is_empty() { Ok(term) } else { Err(reader.rest.trim().into()) }
}

struct Reader<'a> {
    rest: &'a str,
}

impl Reader<'_> {
    fn take(&mut self, token: &str) -> bool {
        let rest = self.rest.trim_start().strip_prefix(token);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn expect(&mut self, token: &str) -> Result<(), String> {
        if self.take(token) { Ok(()) } else { Err(self.rest.into()) }
    }

    fn word(&mut self) -> String {
        self.rest = self.rest.trim_start();
        let end = self.rest.find(|c: char| !(c.is_alphanumeric() || c == '_'));
        let (word, rest) = self.rest.split_at(end.unwrap_or(self.rest.len()));
        self.rest = rest;
        word.into()
    }

    fn sum(&mut self) -> Result<Term, String> {
        self.chain(&[("+", "+"), ("-", "-")], Self::product)
    }

    fn product(&mut self) -> Result<Term, String> {
        let left = self.chain(&[("*", "*"), ("/", "/"), ("·", "dot")], Self::postfix)?;
        let factor = |c: char| c.is_alphanumeric() || c == '(';
        if self.rest.trim_start().starts_with(factor) {
            // Juxtaposition binds less than a sign: 1/N 𝟏ᵀ · A is the column sums, divided by N.
            return Ok(Term::pair("*", left, self.product()?));
        }
        Ok(left)
    }

    /// Reads operations of one precedence, from left to right.
    fn chain(
        &mut self,
        signs: &[(&str, &str)],
        next: fn(&mut Self) -> Result<Term, String>,
    ) -> Result<Term, String> {
        let mut left = next(self)?;
        while let Some((_, op)) = signs.iter().find(|(sign, _)| self.take(sign)) {
            left = Term::pair(op, left, next(self)?);
        }
        Ok(left)
    }

    /// A call: reads the arguments up to the bracket. Of a method, `terms` already has the receiver.
    fn call(&mut self, name: String, mut terms: Vec<Term>) -> Result<Term, String> {
        while !self.take(")") {
            let closure = name.starts_with("zip_") && self.take("|");
            let term = if closure { self.closure(&terms)? } else { self.sum()? };
            terms.push(term);
            if !self.take(",") && !self.rest.trim_start().starts_with(')') {
                return Err(self.rest.into());
            }
        }
        Ok(match (name.as_str(), terms.as_slice()) {
            ("hadamard", [a, b]) => Term::pair("*", a.clone(), b.clone()),
            ("powi", [a, Number(2.0)]) => Term::pair("*", a.clone(), a.clone()),
            ("map", [a, Letter(f)]) => Term::of(f, a.clone()),
            ("zip_map", [_, _, new]) => new.clone(),
            ("zip_apply", [a, _, new]) => Term::pair("zip_apply", a.clone(), new.clone()),
            // The last item of a list stands for the letter itself.
            ("from_f64" | "last", [a]) | ("unwrap_or", [a, _]) => a.clone(),
            _ => Of(name, terms),
        })
    }

    /// `a.zip_map(b, |p, q| …)` is read as the body of its closure, with a in place of p and b in place
    /// of q.
    fn closure(&mut self, terms: &[Term]) -> Result<Term, String> {
        let mut names = vec![self.word()];
        while self.take(",") {
            names.push(self.word());
        }
        self.expect("|")?;
        if names.len() != terms.len() || names.len() != 2 {
            return Err(names.join(", "));
        }
        let bound = names.into_iter().zip(terms.iter().cloned());
        Ok(self.sum()?.filled(&bound.collect()))
    }

    fn postfix(&mut self) -> Result<Term, String> {
        let mut term = self.primary()?;
        loop {
            // An item of a list stands for its letter: z[0] is z.
            if self.take("[") {
                let end = self.rest.find(']').ok_or("the end of an index")?;
                self.rest = &self.rest[end + 1..];
            } else if self.take("as ") {
                self.word();
            } else if self.take(".") {
                let name = self.word();
                // A field: self.w1 is w1.
                term = if self.take("(") { self.call(name, vec![term])? } else { Letter(name) };
            } else {
                return Ok(term);
            }
        }
    }

    fn primary(&mut self) -> Result<Term, String> {
        if self.take("&") || self.take("*") {
            return self.postfix();
        }
        if self.take("(") {
            let mut term = self.sum()?;
            if self.take("≥") {
                term = Term::pair("≥", term, self.sum()?);
            }
            return self.expect(")").map(|()| term);
        }
        let mut word = self.word();
        if word.starts_with(|c: char| c.is_ascii_digit()) {
            if self.take(".") {
                word += &format!(".{}", self.word());
            }
            return word.parse().map(Number).map_err(|_| word);
        }
        while self.take("::") {
            word = self.word();
        }
        if word.is_empty() {
            return Err(if self.rest.is_empty() { "the end of the line" } else { self.rest }.into());
        }
        if self.take("∘") {
            return Ok(Term::of(&word, self.product()?));
        }
        if self.rest.starts_with('(') {
            self.rest = &self.rest[1..];
            return self.call(word, Vec::new());
        }
        Ok(if word == "ONE" { Number(1.0) } else { Letter(word) })
    }
}

impl Term {
    /// The term with `letter` of each of its letters.
    ///
    /// # Errors
    /// If a letter or an operation is not known, which the error names.
    pub fn resolved(&self, letter: &dyn Fn(&str) -> Option<Term>) -> Result<Term, String> {
        match self {
            Number(_) => Ok(self.clone()),
            Letter(name) => letter(name).ok_or_else(|| name.clone()),
            Of(op, terms) if is_operation(op, terms.len()) => {
                let terms: Result<_, _> = terms.iter().map(|term| term.resolved(letter)).collect();
                Ok(Of(op.clone(), terms?))
            }
            // The result of another function of the net is a letter, such as reg_loss.
            Of(name, _) => letter(name).ok_or_else(|| format!("{name}()")),
        }
    }

    /// The result for these values of the letters.
    ///
    /// # Errors
    /// If shapes do not fit or an operation is not known, which the error names.
    pub fn value(&self, values: &Values) -> Result<Matrix, String> {
        let (op, terms) = match self {
            Number(x) => return Ok(number(*x)),
            Letter(name) => return Ok(values[name].clone()),
            Of(op, terms) => (op.as_str(), terms),
        };
        let terms: Result<Vec<Matrix>, _> = terms.iter().map(|term| term.value(values)).collect();
        Ok(match (op, terms?.as_slice()) {
            ("t", [a]) => Matrix::from_fn(a.cols(), a.rows(), |i, j| a[(j, i)]),
            ("sum_of_rows", [a]) => a.sum_of_rows(),
            ("softmax_of_rows", [a]) => softmax_of_rows(a),
            ("log_sum_exp", [a]) => number(log_sum_exp(a.as_slice())),
            ("sum", [a]) => number(a.sum()),
            ("largest", [a]) => number(a.as_slice().iter().copied().fold(f64::MIN, f64::max)),
            ("norm_squared", [a]) => number(a.norm_squared()),
            ("dot", [a, b]) if a.cols() == b.rows() => a.dot(b),
            ("add_row", [a, b]) if b.shape() == (1, a.cols()) => a.clone().add_row(b),
            ("cross_entropy", [z, y]) if z.shape() == y.shape() => number(cross_entropy(z, y)),
            (_, [a]) => a.map(function(op).ok_or_else(|| format!("{op}()"))?),
            // Of two entries, or of each entry and a number.
            (_, [a, b]) => {
                let one = |m: &Matrix| m.shape() == (1, 1);
                let fit = a.shape() == b.shape() || one(a) || one(b);
                let misfit =
                    || format!("{} × {} {op} {} × {}", a.rows(), a.cols(), b.rows(), b.cols());
                let of_two = binary(op).filter(|_| fit).ok_or_else(misfit)?;
                let (rows, cols) = if one(a) { b.shape() } else { a.shape() };
                let at = |m: &Matrix, i, j| m[if one(m) { (0, 0) } else { (i, j) }];
                Matrix::from_fn(rows, cols, |i, j| of_two(at(a, i, j), at(b, i, j)))
            }
            _ => return Err(format!("{op}()")),
        })
    }
}

/// Whether there is an operation of this name with so many operands: if so, it has a value for numbers.
pub fn is_operation(name: &str, terms: usize) -> bool {
    Of(name.into(), vec![Number(1.0); terms]).value(&Values::new()).is_ok()
}

/// An operation on two numbers. `max` is the larger one, `≥` is 1 where it holds and else 0.
fn binary(op: &str) -> Option<fn(f64, f64) -> f64> {
    Some(match op {
        "+" => |a, b| a + b,
        "-" => |a, b| a - b,
        "*" => |a, b| a * b,
        "/" => |a, b| a / b,
        "max" => f64::max,
        "≥" => |a, b| f64::from(u8::from(a >= b)),
        _ => return None,
    })
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
fn function(name: &str) -> Option<OfNumber> {
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
                r#"["/",["*",["/",["value","eta"],["number",2]],["/",["value","eta"],["number",2]]],["sqrt",["value","eta"]]]"#,
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
                (step.result.as_str(), step.update, step.term.json().as_str()),
                (result, update, json)
            );
        }
        assert_eq!(of("let z = a1.dot(&c1); // (1.1)").unwrap_err(), "c1");
        assert_eq!(of("let z = a1.rotate(); // (1.1)").unwrap_err(), "rotate()");
        assert_eq!(of("let z = a1.map(twist); // (1.1)").unwrap_err(), "twist()");
        assert_eq!(of("let z = eta.powi(3); // (1.1)").unwrap_err(), "powi()");
    }

    #[test]
    fn entries_come_to_what_the_operation_computes() {
        let a = Matrix::from_rows([[1.0, 2.0], [3.0, 4.0]]);
        let values = Values::from([("a1".into(), a.clone()), ("w1".into(), a.map(|x| x - 2.0))]);
        let step = of("let z = a1.t().dot(&self.w1); // (1.1)").unwrap();
        let expected = a.t().dot(&values["w1"]);
        assert_eq!(step.term.value(&values), Ok(expected));
        let step = of("let z = a1.hadamard(&w1.map(relu_prime)); // (1.1)").unwrap();
        assert_eq!(step.stopped_by(), Some("w1"));
        assert_eq!(step.term.value(&values).map(|m| m[(0, 0)]), Ok(0.0));
    }

    #[test]
    fn shapes_that_do_not_fit_are_named() {
        let row = Matrix::from_rows([[1.0, 2.0, 3.0]]);
        let column = Matrix::from_fn(3, 1, |i, _| row[(0, i)]);
        let values = Values::from([("a".into(), row.clone()), ("b".into(), column)]);
        for (line, expected) in [
            ("a.dot(b)", Ok(number(14.0))),
            ("a.dot(a)", Err("1 × 3 dot 1 × 3".into())),
            ("a.add_row(b.t())", Ok(row.map(|x| 2.0 * x))),
            ("b.add_row(a)", Err("3 × 1 add_row 1 × 3".into())),
            ("a + b", Err("1 × 3 + 3 × 1".into())),
            ("a - a.largest()", Ok(row.map(|x| x - 3.0))),
            ("a.twist()", Err("twist()".into())),
        ] {
            assert_eq!(parse(line).unwrap().value(&values), expected, "{line}");
        }
    }
}
