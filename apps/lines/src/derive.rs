//! Gradients derived from the forward lines of a net, by named rules, and compared with the lines that
//! the net runs.

use crate::equations::{Tag, computed};
use crate::functions::functions;
use crate::ops::{self, Step};
use crate::rules::{DIFFERENTIALS, ONES, Rule, TRACE_OF_SUM, TRACES, TURN};
use crate::term::Term::Letter;
use crate::term::{Matrices, Product, Term, on_paper};
use crate::{Error, File};
use std::collections::BTreeSet;

/// A lemma, which the rules alone do not give: the gradient of a loss with respect to its scores.
#[derive(Clone, Copy, Debug)]
pub struct Lemma {
    /// Its name.
    pub name: &'static str,
    /// The loss of the scores z and the labels y.
    pub loss: &'static str,
    /// Its gradient with respect to z.
    pub gradient: &'static str,
    /// The condition under which it holds.
    pub condition: &'static str,
    /// Where it is proved.
    pub proof: &'static str,
}

/// The two lemmas.
pub const LEMMAS: [Lemma; 2] = [
    Lemma {
        name: "sigmoid with log loss",
        loss: "softplus((1 - y - y).hadamard(z)).sum() / m",
        gradient: "(sigmoid(z) - y) / m",
        condition: "each label is 0 or 1, and m > 0",
        proof: "chapter 1, before eq. 1.4",
    },
    Lemma {
        name: "softmax with cross-entropy",
        loss: "cross_entropy(z, y)",
        gradient: "(softmax_of_rows(z) - y) / n",
        condition: "each row of Y sums to 1, and N > 0",
        proof: "chapter 2, before eq. 2.6",
    },
];

/// What may be different in a line that does not follow: each transpose, each mask of relu.
const TRANSPOSES: Rule = Rule { name: "", left: "a.t()", right: "a" };
const MASKS: Rule = Rule { name: "", left: "a.hadamard(relu_prime(b))", right: "a" };

/// A numbered line of a net.
#[derive(Clone, Debug)]
struct Line {
    tag: Tag,
    at: usize,
    step: Step,
}

/// The numbered lines of a net, read from its file.
struct Net<'a> {
    file: &'a File,
    forward: Vec<Line>,
    loss: Line,
    backward: Vec<Line>,
}

/// Whether a gradient follows from the forward lines, and how.
#[derive(Clone, Debug)]
pub struct Derivation {
    /// The number of the gradient's line.
    pub tag: Tag,
    /// The gradient as it is written on paper.
    pub gradient: String,
    /// The rules that were used, in order, each listed once.
    pub rules: Vec<&'static str>,
    /// The derivation: the name of each rule, or another word for the line, and its result.
    pub rows: Vec<(&'static str, String)>,
    /// Under which conditions it holds.
    pub conditions: Vec<String>,
    /// The number of the line of code, from 1.
    pub line: usize,
    /// The gradient that follows by the rules.
    pub expected: Term,
    /// The gradient that the line computes.
    pub found: Term,
}

/// Whether a name in `backward` or `forward` is a letter of the derivation.
fn is_letter(name: &str) -> bool {
    let rest = name.strip_prefix('d').unwrap_or(name);
    let base = rest.trim_end_matches(|c: char| c.is_ascii_digit());
    matches!(name, "h" | "x" | "y" | "n" | "m" | "probs") || matches!(base, "z" | "a" | "w" | "b")
}

/// Derives every numbered gradient of a net from its forward lines.
///
/// # Errors
/// If a numbered line cannot be read, there is no loss, it has no lemma, or a gradient is of a letter
/// that no line reads.
pub fn derive(file: &File) -> Result<Vec<Derivation>, Error> {
    let net = Net::read(file)?;
    (0..net.backward.len()).map(|at| net.derived(at)).collect()
}

impl<'a> Net<'a> {
    fn read(file: &'a File) -> Result<Self, Error> {
        let all = functions(&file.lines);
        let lines_of = |name: &str| -> Result<Vec<Line>, Error> {
            let Some(function) = all.iter().find(|f| f.name == name) else { return Ok(vec![]) };
            let numbered = (function.body..function.end)
                .filter_map(|at| Some((at, computed(&file.lines[at])?)));
            let read = |(at, tag)| {
                let step = ops::step(&file.lines, function, at, &is_letter);
                let mut step =
                    step.map_err(|found| file.error(at + 1, found, "an operation of the nets"))?;
                for rule in ONES.iter().chain([&TURN]) {
                    step.term = rule.everywhere(&step.term);
                }
                Ok(Line { tag, at, step })
            };
            numbered.map(read).collect()
        };
        let mut loss = lines_of("data_loss")?;
        if loss.is_empty() {
            loss = lines_of("loss")?;
        }
        let loss = loss.first().cloned().ok_or_else(|| file.error(0, "no numbered loss", "one"))?;
        let (forward, backward) = (lines_of("forward")?, lines_of("backward")?);
        Ok(Self { file, forward, loss, backward })
    }

    /// The derivation of the gradient that a line of `backward` computes.
    fn derived(&self, at: usize) -> Result<Derivation, Error> {
        let line = &self.backward[at];
        let wrong = |found: String, expected| self.file.error(line.at + 1, found, expected);
        let name = line.step.result.strip_prefix('d').unwrap_or_default();
        let reads = |line: &&Line| line.step.term.letters().contains(name);
        // The lines that read the letter, from the loss backwards. Lines that do not lead to the
        // loss are left out.
        let leads = |line: &&Line| {
            let gradient = format!("d{}", line.step.result);
            self.backward.iter().any(|line| line.step.result == gradient)
        };
        let loss = Some(&self.loss).filter(reads);
        let uses = loss.into_iter().chain(self.forward.iter().rev().filter(reads).filter(leads));
        let mut uses: Vec<&Line> = uses.collect();
        // A letter without a number stands for all layers in turn, so each use has a gradient.
        let same = |other: &&Line| other.step.result == line.step.result;
        if self.backward.iter().filter(same).count() > 1 {
            let nth = self.backward[..at].iter().filter(same).count();
            uses = uses.into_iter().skip(nth).take(1).collect();
        }
        let mut derivation = Derivation {
            tag: line.tag,
            gradient: on_paper(&line.step.result),
            rules: vec![],
            rows: vec![],
            conditions: vec![],
            line: line.at + 1,
            expected: Term::Number(0.0),
            found: capital(&line.step.term, self),
        };
        let mut expected: Option<Term> = None;
        for line in uses {
            let part = if std::ptr::eq(line, &self.loss) {
                self.by_lemma(&mut derivation, name)
            } else {
                self.by_rules(&mut derivation, line, name)
            };
            let part = part
                .ok_or_else(|| wrong(name.into(), "a letter that a rule or a lemma applies to"))?;
            expected = Some(expected.map_or(part.clone(), |sum| Term::pair("+", sum, part)));
        }
        let missing =
            || wrong(format!("a gradient of {name}"), "one of a letter that a line reads");
        derivation.expected = expected.ok_or_else(missing)?;
        if self.forward.iter().any(|line| self.file.lines[line.at].contains(".push(")) {
            let gradient = &derivation.gradient;
            derivation.conditions.push(format!("{gradient} is of any layer, whatever the sizes"));
        }
        Ok(derivation)
    }

    /// The gradient of the loss with respect to its scores.
    fn by_lemma(&self, derivation: &mut Derivation, name: &str) -> Option<Term> {
        let loss = capital(&self.loss.step.term, self);
        let of = |text: &str| {
            let term = ops::parse(text).ok()?;
            Some(capital(&term.replaced(&Letter("z".into()), &Letter(name.into())), self))
        };
        let lemma = LEMMAS
            .iter()
            .find(|lemma| of(lemma.loss).is_some_and(|lemma| lemma.normal() == loss.normal()))?;
        let mut gradient = of(lemma.gradient)?;
        derivation.row("loss", format!("dataLoss = {loss}   eq. {}", self.loss.tag));
        derivation
            .row(lemma.name, format!("{} = {gradient}   {}", derivation.gradient, lemma.proof));
        derivation.rules.push(lemma.name);
        derivation.conditions.push(lemma.condition.into());
        for line in &self.forward {
            let (made, letter) = (&line.step.term, Letter(line.step.result.clone()));
            let folded = gradient.replaced(made, &letter);
            if folded != gradient {
                gradient = folded;
                derivation.row("insertion", format!("{letter} = {made}   eq. {}", line.tag));
                let result = format!("{} = {gradient}", derivation.gradient);
                derivation.row("", result);
            }
        }
        Some(gradient)
    }

    /// The gradient with respect to a letter that a forward line reads, from the gradient with
    /// respect to the line's result.
    fn by_rules(&self, derivation: &mut Derivation, line: &Line, name: &str) -> Option<Term> {
        let made = Letter(line.step.result.clone());
        let gradient = Letter(format!("d{}", line.step.result));
        let formula = &line.step.term;
        derivation.row("forward", format!("{made} = {formula}   eq. {}", line.tag));
        if formula.to_string().contains("relu(") {
            let kink =
                format!("no entry of {} is 0; at 0 the code takes the slope 1", on_paper(name));
            derivation.conditions.push(kink);
        }
        // The differential of the line's result.
        let mut differential = Term::of("d", formula.clone());
        loop {
            let used = DIFFERENTIALS.iter().find_map(|rule| {
                let next = rule.everywhere(&differential);
                (next != differential).then_some((rule, next))
            });
            let Some((rule, next)) = used else { break };
            // The column of ones is a constant.
            let ones = Term::of("d", Letter("𝟏".into()));
            differential = kept(&next, &|term| !contains(term, &ones))?;
            derivation.used(rule.name, format!("d{made} = {differential}"));
        }
        let moving = Term::of("d", Letter(name.into()));
        let all = differential;
        let differential = kept(&all, &|term| contains(term, &moving))?;
        if differential != all {
            derivation.row("others fixed", format!("d{made} = {differential}"));
        }
        // The trace of its product with the gradient, brought into the form tr(Gᵀ · dX).
        let trace = Term::of("tr", Term::pair("dot", gradient.t(), differential));
        derivation.row("insertion", format!("d(dataLoss) = {trace}"));
        derivation.read_off(trace, &moving)
    }
}

/// On the pages, labels and numbers of samples are capital letters, except for OneNet.
fn capital(term: &Term, net: &Net) -> Term {
    let one_net = net.forward.iter().any(|line| line.step.result == "h");
    term.renamed(&|name| match name {
        "y" | "n" if !one_net => name.to_uppercase(),
        name => name.into(),
    })
}

/// The two factors of which a term is the trace.
fn factors(trace: &Term) -> Option<(&Term, &Term)> {
    let (_, inside) = trace.parts()?;
    match inside[0].parts()? {
        ("dot", [front, last]) => Some((front, last)),
        _ => None,
    }
}

fn contains(term: &Term, part: &Term) -> bool {
    term == part || term.parts().is_some_and(|(_, terms)| terms.iter().any(|t| contains(t, part)))
}

/// The terms of a sum for which `keep` is true; none if a term is subtracted from nothing.
fn kept(term: &Term, keep: &dyn Fn(&Term) -> bool) -> Option<Term> {
    match term.parts() {
        Some((op @ ("+" | "-"), [a, b])) => match (kept(a, keep), kept(b, keep)) {
            (Some(a), Some(b)) => Some(Term::pair(op, a, b)),
            (None, Some(_)) if op == "-" => None,
            (a, b) => a.or(b),
        },
        _ => keep(term).then(|| term.clone()),
    }
}

impl Derivation {
    fn row(&mut self, rule: &'static str, formula: String) {
        self.rows.push((rule, formula));
    }

    fn used(&mut self, rule: &'static str, formula: String) {
        self.row(rule, formula);
        if !self.rules.contains(&rule) {
            self.rules.push(rule);
        }
    }

    /// G of a trace, brought into the form tr(Gᵀ · moving).
    fn read_off(&mut self, mut trace: Term, moving: &Term) -> Option<Term> {
        loop {
            let (front, last) = factors(&trace)?;
            if last == moving {
                self.row("read off", format!("({})ᵀ = {front}", self.gradient));
                let gradient = front.clone().t();
                self.used(TURN.name, format!("{} = {gradient}", self.gradient));
                return Some(gradient);
            }
            if let Some(sum) = TRACE_OF_SUM.rewrite(&trace) {
                self.used(TRACE_OF_SUM.name, format!("d(dataLoss) = {sum}"));
                let (_, traces) = sum.parts()?;
                let [a, b] = [0, 1].map(|i| self.read_off(traces[i].clone(), moving));
                return Some(Term::pair("+", a?, b?));
            }
            let (rule, next) = TRACES.iter().find_map(|rule| {
                let next = rule.rewrite(&trace)?;
                contains(factors(&next)?.1, moving).then_some((rule, next))
            })?;
            // Brackets in a product are not written.
            if next.to_string() != trace.to_string() {
                self.used(rule.name, format!("d(dataLoss) = {next}"));
            }
            trace = next;
        }
    }

    /// Whether the line computes the gradient that follows by the rules.
    pub fn follows(&self) -> bool {
        self.expected.normal() == self.found.normal()
    }

    /// The line with a wrong factor.
    pub fn break_by(&mut self, factor: f64) {
        self.found = Term::pair("*", Term::Number(factor), self.found.clone());
    }

    /// How the line differs from the derived gradient; `None` if it does not.
    pub fn difference(&self) -> Option<String> {
        if self.follows() {
            return None;
        }
        let (expected, found) = (self.expected.normal(), self.found.normal());
        // The matrices of each product, without transposes or masks.
        let matrices = |term: &Term, without: Option<&Rule>| -> BTreeSet<Matrices> {
            let term = without.map_or_else(|| term.clone(), |rule| rule.everywhere(term));
            term.normal().into_keys().map(|(_, matrices)| matrices).collect()
        };
        let alike = |without| matrices(&self.expected, without) == matrices(&self.found, without);
        let sorted = |term| -> BTreeSet<Matrices> {
            let products = matrices(term, Some(&TRANSPOSES)).into_iter();
            let sort = |mut product: Vec<_>| {
                product.sort();
                product
            };
            products.map(sort).collect()
        };
        let negative = Term::pair("*", Term::Number(-1.0), self.found.clone()).normal();
        // The factor of a product.
        let factor = |((numbers, _), x): (&Product, &f64)| {
            let power = |(name, power): (&String, &i32)| match power {
                1 => name.clone(),
                -1 => format!("1/{name}"),
                _ => format!("{name}^{power}"),
            };
            match numbers.iter().map(power).collect::<Vec<_>>().join(" ") {
                numbers if numbers.is_empty() => x.abs().to_string(),
                numbers if x.abs() == 1.0 => numbers,
                numbers => format!("{} {numbers}", x.abs()),
            }
        };
        Some(if negative == expected {
            "the sign".into()
        } else if alike(None) {
            let mut factors = found.iter().map(factor).zip(expected.iter().map(factor));
            let differ = factors.find(|(found, expected)| found != expected);
            let (found, expected) = differ.unwrap_or_default();
            format!("a factor, {found} in place of {expected}")
        } else if Term::of("t", self.found.clone()).normal() == expected {
            "the whole is transposed".into()
        } else if alike(Some(&TRANSPOSES)) {
            "a transpose".into()
        } else if sorted(&self.expected) == sorted(&self.found) {
            "the order of the factors".into()
        } else if alike(Some(&MASKS)) {
            "the mask".into()
        } else {
            let (expected, found) = (self.expected.letters(), self.found.letters());
            let list = |names: Vec<&&str>| {
                names.into_iter().map(|name| on_paper(name)).collect::<Vec<_>>().join(", ")
            };
            let extra = list(found.difference(&expected).collect());
            let missing = list(expected.difference(&found).collect());
            match (extra.is_empty(), missing.is_empty()) {
                (true, true) => "the operations".into(),
                (false, true) => format!("{extra} too much"),
                (true, false) => format!("{missing} is missing"),
                (false, false) => format!("{extra} in place of {missing}"),
            }
        })
    }
}
