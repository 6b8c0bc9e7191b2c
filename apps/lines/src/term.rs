//! Formulas, of lines and of pages, as terms: how they are written on paper, and the normal form in
//! which two are compared.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// A formula.
#[derive(Clone, Debug, PartialEq)]
pub enum Term {
    /// A letter by its name in Rust, such as `dw2`; `𝟏` is the column of ones.
    Letter(String),
    /// A number.
    Number(f64),
    /// An operation or a function by its name in Rust, such as `dot`, `t` or `relu`, or a sign, such as `+`.
    Of(String, Vec<Term>),
}

use Term::{Letter, Number, Of};

/// The letters that stand for numbers; all others are matrices.
const NUMBERS: [&str; 3] = ["N", "m", "n"];

/// The matrices of a product in order, for each the factors that are multiplied element-wise. The name
/// of a transposed matrix ends in ᵀ.
pub type Matrices = Vec<Vec<String>>;

/// A product: its numbers with their powers, and its matrices.
pub type Product = (BTreeMap<String, i32>, Matrices);

/// A sum of products, each with its factor.
pub type Sum = BTreeMap<Product, f64>;

impl Term {
    /// An operation on two terms.
    pub fn pair(op: &str, a: Self, b: Self) -> Self {
        Of(op.into(), vec![a, b])
    }

    /// An operation on one term, or a function of it.
    pub fn of(op: &str, a: Self) -> Self {
        Of(op.into(), vec![a])
    }

    /// The transpose. The transpose of a transpose is the term itself; that of a product has the
    /// transposed factors in reverse order.
    pub fn t(self) -> Self {
        match self {
            Of(op, mut terms) if op == "t" => terms.remove(0),
            Of(op, mut terms) if op == "dot" => {
                let (b, a) = (terms.remove(1), terms.remove(0));
                Self::pair("dot", b.t(), a.t())
            }
            other => Self::of("t", other),
        }
    }

    /// The name of the operation, and its operands.
    pub fn parts(&self) -> Option<(&str, &[Term])> {
        if let Of(op, terms) = self { Some((op, terms)) } else { None }
    }

    /// The letters in the term.
    pub fn letters(&self) -> BTreeSet<&str> {
        match self {
            Letter(letter) => BTreeSet::from([letter.as_str()]),
            Number(_) => BTreeSet::new(),
            Of(_, terms) => terms.iter().flat_map(Self::letters).collect(),
        }
    }

    /// The same operation, with `f` of each operand.
    pub fn each(&self, f: impl Fn(&Term) -> Term) -> Term {
        match self {
            Of(op, terms) => Of(op.clone(), terms.iter().map(f).collect()),
            other => other.clone(),
        }
    }

    /// The term with `new` in place of every `old`.
    pub fn replaced(&self, old: &Term, new: &Term) -> Term {
        if self == old { new.clone() } else { self.each(|term| term.replaced(old, new)) }
    }

    /// The term with other names for its letters.
    pub fn renamed(&self, name: &dyn Fn(&str) -> String) -> Term {
        match self {
            Letter(letter) => Letter(name(letter)),
            other => other.each(|term| term.renamed(name)),
        }
    }

    /// The term with terms in place of letters. If f stands for relu, then f_prime for relu_prime.
    pub fn filled(&self, letters: &BTreeMap<String, Term>) -> Term {
        match (self, self.each(|term| term.filled(letters))) {
            (Letter(name), other) => letters.get(name).cloned().unwrap_or(other),
            (_, Of(op, mut terms)) => {
                match op.strip_suffix("_prime").and_then(|f| letters.get(f)) {
                    Some(Letter(f)) => Of(format!("{f}_prime"), terms),
                    _ if op == "t" => terms.remove(0).t(),
                    _ => Of(op, terms),
                }
            }
            (_, other) => other,
        }
    }

    /// The term as nested JSON arrays, for the script.
    pub fn json(&self) -> String {
        match self {
            Number(x) => format!("[\"number\",{x}]"),
            Letter(name) => format!("[\"value\",\"{name}\"]"),
            Of(op, terms) => {
                let terms = terms.iter().map(|term| format!(",{}", term.json()));
                format!("[\"{op}\"{}]", terms.collect::<String>())
            }
        }
    }

    fn is_number(&self) -> bool {
        match self {
            Letter(name) => NUMBERS.contains(&name.as_str()),
            Number(_) => true,
            Of(op, terms) => op == "sum" || op != "dot" && terms.iter().all(Self::is_number),
        }
    }

    /// The normal form: everything multiplied out. Two terms with the same normal form are equal by
    /// the rules of sums, products and transposes.
    pub fn normal(&self) -> Sum {
        match self {
            Number(x) => Sum::from([(Product::default(), *x)]),
            Letter(name) if self.is_number() => {
                Sum::from([((BTreeMap::from([(name.clone(), 1)]), vec![]), 1.0)])
            }
            Letter(name) => matrix(name.clone()),
            Of(op, terms) => match (op.as_str(), terms.as_slice()) {
                ("+", [a, b]) => plus(a.normal(), b.normal(), 1.0),
                ("-", [a, b]) => plus(a.normal(), b.normal(), -1.0),
                ("*", [a, b]) if !a.is_number() && !b.is_number() => {
                    product(&a.normal(), &b.normal(), element_wise)
                }
                ("*" | "dot", [a, b]) => product(&a.normal(), &b.normal(), in_order),
                ("/", [a, b]) => match b.inverse() {
                    Some(b) => product(&a.normal(), &b, in_order),
                    None => opaque(op, terms),
                },
                ("t", [a]) => {
                    let turned = a.normal().into_iter().map(|((numbers, matrices), x)| {
                        ((numbers, matrices.into_iter().rev().map(transposed).collect()), x)
                    });
                    turned.collect()
                }
                _ => opaque(op, terms),
            },
        }
    }

    /// 1 divided by it, if it is a single product of numbers.
    fn inverse(&self) -> Option<Sum> {
        let sum = self.normal();
        let ((numbers, matrices), x) = sum.first_key_value()?;
        let numbers = numbers.iter().map(|(name, power)| (name.clone(), -power)).collect();
        (sum.len() == 1 && matrices.is_empty()).then(|| Sum::from([((numbers, vec![]), 1.0 / x)]))
    }

    /// The precedence of its outermost operation.
    fn rank(&self) -> u8 {
        match self.parts() {
            Some(("+" | "-", _)) => 1,
            Some(("*" | "/" | "dot", _)) => 2,
            _ => 3,
        }
    }

    /// In brackets if its precedence is below `rank`.
    fn in_brackets(&self, rank: u8) -> String {
        if self.rank() < rank { format!("({self})") } else { self.to_string() }
    }
}

fn matrix(name: String) -> Sum {
    Sum::from([((BTreeMap::new(), vec![vec![name]]), 1.0)])
}

/// An operation that is not multiplied out.
fn opaque(op: &str, terms: &[Term]) -> Sum {
    matrix(format!("{op}{:?}", terms.iter().map(Term::normal).collect::<Vec<_>>()))
}

fn plus(mut a: Sum, b: Sum, sign: f64) -> Sum {
    b.into_iter().for_each(|(product, x)| *a.entry(product).or_default() += sign * x);
    a.retain(|_, x| *x != 0.0);
    a
}

fn in_order(a: Matrices, b: Matrices) -> Matrices {
    [a, b].concat()
}

/// A ∗ B as one matrix. The order and the brackets of element-wise factors do not matter.
fn element_wise(a: Matrices, b: Matrices) -> Matrices {
    if a.is_empty() || b.is_empty() {
        return in_order(a, b);
    }
    let factors = |matrices: Matrices| match &matrices[..] {
        [factors] => factors.clone(),
        _ => vec![format!("{matrices:?}")],
    };
    let mut all = in_order(vec![factors(a)], vec![factors(b)]).concat();
    all.sort();
    vec![all]
}

/// Each product of one sum with each of the other.
fn product(a: &Sum, b: &Sum, join: fn(Matrices, Matrices) -> Matrices) -> Sum {
    let mut all = Sum::new();
    for ((a_numbers, a_matrices), x) in a {
        for ((b_numbers, b_matrices), y) in b {
            let mut numbers = a_numbers.clone();
            for (name, power) in b_numbers {
                *numbers.entry(name.clone()).or_default() += power;
            }
            numbers.retain(|_, power| *power != 0);
            let key = (numbers, join(a_matrices.clone(), b_matrices.clone()));
            all = plus(all, Sum::from([(key, x * y)]), 1.0);
        }
    }
    all
}

fn transposed(factors: Vec<String>) -> Vec<String> {
    let turned = |name: String| name.strip_suffix('ᵀ').map_or(format!("{name}ᵀ"), String::from);
    let mut factors: Vec<String> = factors.into_iter().map(turned).collect();
    factors.sort();
    factors
}

/// A letter as it is written on paper: `dw2` is ∇W².
pub fn on_paper(name: &str) -> String {
    let (nabla, rest) = name.strip_prefix('d').map_or(("", name), |rest| ("∇", rest));
    let base = rest.trim_end_matches(|c: char| c.is_ascii_digit());
    let upper = match base {
        "w" => "W",
        "𝟏" => "1",
        base => base,
    };
    let layer =
        rest[base.len()..].chars().map(|c| "⁰¹²³⁴⁵⁶⁷⁸⁹".chars().nth(c as usize - '0' as usize));
    format!("{nabla}{upper}{}", layer.flatten().collect::<String>())
}

impl fmt::Display for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Letter(name) => f.write_str(&on_paper(name)),
            Number(x) => write!(f, "{x}"),
            Of(op, terms) => match (op.as_str(), terms.as_slice()) {
                ("+", [a, b]) => write!(f, "{a} + {b}"),
                ("-", [a, b]) => write!(f, "{} − {}", a, b.in_brackets(2)),
                ("dot" | "*", [a, b]) => {
                    // A number comes first; factors of the other product are in brackets.
                    let number = a.is_number() || b.is_number();
                    let sign = if number {
                        " "
                    } else if op == "dot" {
                        " · "
                    } else {
                        " ∗ "
                    };
                    let factor = |term: &Term| {
                        let same = term.parts().is_none_or(|(other, _)| other == op || number);
                        term.in_brackets(if same { 2 } else { 3 })
                    };
                    write!(f, "{}{sign}{}", factor(a), factor(b))
                }
                ("/", [a, b]) => write!(f, "{} / {}", a.in_brackets(2), b.in_brackets(3)),
                ("t", [a]) => match a {
                    Letter(name) if on_paper(name).chars().count() == 1 => write!(f, "{a}ᵀ"),
                    _ => write!(f, "({a})ᵀ"),
                },
                ("d", [a @ Letter(_)]) => write!(f, "d{a}"),
                (name, terms) => {
                    let terms: Vec<String> = terms.iter().map(Term::to_string).collect();
                    let name = name.replace("_prime", "′").replace("_of_rows", "");
                    write!(f, "{}({})", name.replace("cross_entropy", "CE"), terms.join(", "))
                }
            },
        }
    }
}
