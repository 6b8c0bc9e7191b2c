//! The rules by which gradients are derived: chapter 0's, as data.

use crate::ops::parse;
use crate::term::Term;
use crate::term::Term::{Letter, Of};
use std::collections::BTreeMap;

/// Two sides that are equal for all matrices a, b and c. f is a function of each entry, `d(…)` a
/// differential.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// Its name in chapter 0.
    pub name: &'static str,
    /// The side that is replaced, in the language of the lines.
    pub left: &'static str,
    /// The side that replaces it.
    pub right: &'static str,
}

const fn rule(name: &'static str, left: &'static str, right: &'static str) -> Rule {
    Rule { name, left, right }
}

/// The rules of differentials. The sixth of chapter 0, insertion, puts one line into another.
pub const DIFFERENTIALS: [Rule; 6] = [
    rule("sum", "d(a + b)", "d(a) + d(b)"),
    rule("sum", "d(a - b)", "d(a) - d(b)"),
    rule("product", "d(a.dot(b))", "d(a).dot(b) + a.dot(d(b))"),
    rule("element-wise product", "d(a.hadamard(b))", "d(a).hadamard(b) + a.hadamard(d(b))"),
    rule("function", "d(f(a))", "f_prime(a).hadamard(d(a))"),
    rule("transpose", "d(a.t())", "d(a).t()"),
];

/// The trace of a sum.
pub const TRACE_OF_SUM: Rule = rule("sum", "tr(a.dot(b + c))", "tr(a.dot(b)) + tr(a.dot(c))");

/// The rules that bring another part of a product to the end of its trace: brackets in a product may be
/// moved, its factors cycled, element-wise factors change sides, and a transpose has the same trace.
pub const TRACES: [Rule; 5] = [
    rule("brackets", "tr(a.dot(b.dot(c)))", "tr(a.dot(b).dot(c))"),
    rule("cycle", "tr(a.dot(b.dot(c)))", "tr(c.dot(a).dot(b))"),
    rule("change of sides", "tr(a.dot(b.hadamard(c)))", "tr(a.t().hadamard(b).t().dot(c))"),
    rule("change of sides", "tr(a.dot(b.hadamard(c)))", "tr(a.t().hadamard(c).t().dot(b))"),
    rule("transpose", "tr(a.dot(b.t()))", "tr(a.t().dot(b))"),
];

/// What is done for each sample, by the column of ones 𝟏.
pub const ONES: [Rule; 2] =
    [rule("ones", "a.add_row(b)", "a + 𝟏.dot(b)"), rule("ones", "a.sum_of_rows()", "𝟏.t().dot(a)")];

/// The transpose of a product.
pub const TURN: Rule = rule("transpose", "a.dot(b).t()", "b.t().dot(a.t())");

/// The terms that the letters of a rule stand for, and the function that f is.
type Bound = BTreeMap<String, Term>;

impl Rule {
    /// The two sides as terms.
    ///
    /// # Panics
    /// If one is not a formula; a test of all rules excludes this.
    pub fn sides(&self) -> [Term; 2] {
        [self.left, self.right].map(|side| parse(side).expect("a formula"))
    }

    /// The term with the right side in place of the left one, if it has the form of the left side.
    pub fn rewrite(&self, term: &Term) -> Option<Term> {
        rewrite(&self.sides(), term)
    }

    /// The term after the rule has been applied wherever it can be.
    pub fn everywhere(&self, term: &Term) -> Term {
        everywhere(&self.sides(), term)
    }

    /// The rule read from right to left.
    pub fn turned(self) -> Self {
        Self { left: self.right, right: self.left, ..self }
    }
}

fn rewrite([left, right]: &[Term; 2], term: &Term) -> Option<Term> {
    let mut bound = Bound::new();
    matches(left, term, &mut bound).then(|| right.filled(&bound))
}

fn everywhere(sides: &[Term; 2], term: &Term) -> Term {
    rewrite(sides, term).unwrap_or_else(|| term.each(|term| everywhere(sides, term)))
}

/// Whether a term has the form of a pattern.
fn matches(pattern: &Term, term: &Term, bound: &mut Bound) -> bool {
    match (pattern, term) {
        (Letter(name), _) if name != "𝟏" => {
            bound.entry(name.clone()).or_insert_with(|| term.clone()) == term
        }
        (Of(f, of), Of(name, terms)) if f == "f" => {
            // The one function whose derivative has a name in the nets is relu.
            bound.insert("f".into(), Letter(name.clone()));
            name == "relu" && matches(&of[0], &terms[0], bound)
        }
        (Of(op, patterns), Of(name, terms)) => {
            op == name
                && patterns.len() == terms.len()
                && patterns.iter().zip(terms).all(|(pattern, term)| matches(pattern, term, bound))
        }
        _ => pattern == term,
    }
}
