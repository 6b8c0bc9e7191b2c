//! The numbers under an equation: its operands and its result as they were in the recorded run.

use crate::equations::Tag;
use crate::html::{command, escape, number};
use crate::ops::{Op, Step, Values};
use crate::site::Site;
use crate::writer::Writer;
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// The derivation of a gradient, folded: a line for each rule.
fn derived(site: &Site<'_>, tag: Tag) -> String {
    let Some(derivation) = site.derivations.get(&tag) else { return String::new() };
    let mut html = format!(
        "<details class=\"derived\"><summary>follows by: {}</summary>\n<table>\n",
        derivation.rules.join(", ")
    );
    for row in &derivation.rows {
        let formula = escape(&row.formula);
        let rule = head("row", row.rule);
        html += &format!("<tr>{rule}<td>{formula}</td></tr>\n");
    }
    for condition in &derivation.conditions {
        html +=
            &format!("<tr><th scope=\"row\">holds if</th><td>{}</td></tr>\n", escape(condition));
    }
    html + "</table>\n</details>\n"
}

/// The part below an equation: its line, its numbers, its check.
pub fn under(writer: &Writer<'_>, tag: Tag) -> String {
    let site = writer.site;
    let (s, line) = site.equations[&tag].line;
    let id = writer.file_id(s);
    let at = format!("<a href=\"#{id}-{n}\">{id}:{n}</a>", n = line + 1);
    let proof = site.checks.get(&tag).map_or(String::new(), |check| {
        format!(
            "<p class=\"proof\">gradient check on a net of its own: {} entries, error {} · break it: \
             {}</p>\n",
            check.entries,
            format!("{:.1e}", check.error).replace('-', "−"),
            command(&format!("cargo run -p gradient-check -- --break {tag}"))
        )
    });
    let proof = proof + &derived(site, tag);
    let (Some(run), Some(step)) = (writer.page.runs.first(), writer.page.steps.get(&tag)) else {
        return format!(
            "<div class=\"numbers\"><p class=\"where\">({tag}) {at}</p>{proof}</div>\n"
        );
    };
    let mut flow = Flow {
        writer,
        values: &run.moments[0].values,
        shown: BTreeSet::new(),
        before: String::new(),
        terms: Vec::new(),
    };
    let html = flow.equation(tag, step);
    // Only the first block of a page is open.
    let open = if writer.page.steps.keys().next() == Some(&tag) { " open" } else { "" };
    format!(
        "<details class=\"numbers\"{open} data-of=\"{tag}\">\n<summary>({tag}) in numbers</summary> <span class=\"where\">{at}</span>\n\
         {html}<output class=\"sum\"></output>\n{proof}</details>\n"
    )
}

/// A matrix with the signs before and after it. An operator belongs to the term on its right, so
/// that no row ends in one.
#[derive(Default)]
struct Term {
    before: String,
    matrix: String,
    after: String,
    /// Its width in characters, roughly.
    width: usize,
}

/// The terms of an equation.
struct Flow<'a> {
    writer: &'a Writer<'a>,
    values: &'a Values,
    /// Matrices that have been shown: they are mentioned by name.
    shown: BTreeSet<String>,
    /// Signs before the next matrix.
    before: String,
    terms: Vec<Term>,
}

/// The number of characters that fit side by side in the widest column of text.
const WIDE: usize = 76;

impl Flow<'_> {
    /// Products in Falk's scheme, all other terms in a row, or below each other if the row is too
    /// narrow.
    fn equation(&mut self, tag: Tag, step: &Step) -> String {
        let key = step.key(tag);
        let result = Some((tag, step.op.stopped_by()));
        let (product, bias) = match &step.op {
            Op::AddRow(product, bias) => (product.as_ref(), Some(bias.as_ref())),
            op => (op, None),
        };
        if let Op::Dot(a, b) = product
            && let (Some(a), Some(b)) = (letter(a), letter(b))
            && let Some(bias) = bias.map_or(Some(None), |bias| letter(bias).map(Some))
        {
            let mut part = |class: &str, (key, turned), result| {
                self.matrix(key, result, turned);
                let Term { matrix, .. } = self.terms.pop().unwrap_or_default();
                format!("<div class=\"{class}\">{matrix}</div>\n")
            };
            let mut html = part("b", b, None);
            if let Some(bias) = bias {
                html += &part("row-b", bias, None);
            }
            html += &part("a", a, None);
            html += &part("c", (&key, false), result);
            // Many columns stand closer; of more than ten, the inner names stand at A alone.
            let columns = |(name, turned): (&str, bool)| {
                let (rows, cols) = self.values[name].shape();
                if turned { rows } else { cols }
            };
            let narrow = match columns(a) + columns(b) {
                ..10 => "",
                10 => " narrow",
                _ => " narrow narrower",
            };
            return format!("<div class=\"falk{narrow}\">\n{html}</div>\n");
        }
        self.op(&step.op, 0);
        self.open(if step.update { "→" } else { "=" });
        self.matrix(&key, result, false);
        let width: usize = self.terms.iter().map(|term| term.width).sum();
        let stacked = if width > WIDE { " stacked" } else { "" };
        let terms = self.terms.iter().map(|Term { before, matrix, after, .. }| {
            format!("<div class=\"term\"><span class=\"op\">{before}</span>{matrix}<span class=\"op\">{after}</span></div>\n")
        });
        format!("<div class=\"flow{stacked}\">\n{}</div>\n", terms.collect::<String>())
    }

    fn open(&mut self, text: &str) {
        self.before += text;
        self.before += " ";
    }

    fn close(&mut self, text: &str) {
        match self.terms.last_mut().filter(|_| self.before.is_empty()) {
            Some(term) => term.after += text,
            None => self.open(text),
        }
    }

    /// `level` is 0 in a sum, 1 in a product.
    fn op(&mut self, op: &Op, level: u8) {
        let brackets = matches!(op, Op::Binary('+' | '-', ..) | Op::AddRow(..)) && level > 0;
        if brackets {
            self.open("(");
        }
        match op {
            Op::Number(x) => {
                let text = number(*x);
                self.open(if text.contains('.') { text.trim_end_matches('0') } else { &text });
            }
            Op::Value(name) => self.value(name, false),
            Op::Transposed(a) => match a.as_ref() {
                Op::Value(name) => self.value(name, true),
                a => self.around("(", a, ")⊤"),
            },
            Op::Dot(a, b) => self.pair(a, "·", b, 1),
            Op::AddRow(a, b) => self.pair(a, "+ in each row", b, 0),
            Op::Binary('*', a, b) => {
                let number = |op: &Op| op.value(self.values).is_ok_and(|m| m.shape() == (1, 1));
                let scalar = number(a) || number(b);
                self.pair(a, if scalar { "·" } else { "∗" }, b, 1);
            }
            Op::Binary('/', a, b) => self.pair(a, "/", b, 1),
            Op::Binary('-', a, b) => self.pair(a, "−", b, 1),
            Op::Binary(_, a, b) => self.pair(a, "+", b, 0),
            Op::SumOfRows(a) => self.around("sum of the rows of", a, ""),
            Op::Map(f, a) if f == "sqrt" => self.around("√(", a, ")"),
            Op::Map(f, a) => self.around(&format!("{}(", f.replace("_prime", "′")), a, ")"),
            Op::Softmax(a) => self.around("softmax(", a, ")"),
            Op::Sum(a) => self.around("sum of all entries of", a, ""),
            Op::Largest(a) => self.around("largest entry of", a, ""),
            Op::NormSquared(a) => self.around("‖", a, "‖²"),
            Op::CrossEntropy(z, y) => {
                self.open("CE(");
                self.pair(z, ",", y, 0);
                self.close(")");
            }
        }
        if brackets {
            self.close(")");
        }
    }

    fn pair(&mut self, a: &Op, sign: &str, b: &Op, level: u8) {
        self.op(a, if sign == "−" { 0 } else { level });
        self.open(sign);
        self.op(b, level);
        // Signs after the last matrix belong to it.
        if let Some(term) = self.terms.last_mut() {
            term.width += self.before.trim().split('<').next().map_or(0, str::len);
            term.after += &std::mem::take(&mut self.before);
        }
    }

    fn around(&mut self, before: &str, a: &Op, after: &str) {
        self.open(before);
        self.op(a, 0);
        self.close(after);
    }

    /// A letter: as a number in the line, or as a matrix the first time and then as its name.
    fn value(&mut self, key: &str, transposed: bool) {
        let (matrix, name) = (&self.values[key], self.writer.page.letter(key));
        if matrix.shape() == (1, 1) {
            let number = number(matrix[(0, 0)]);
            self.open(&format!(
                "<span class=\"scalar\" data-s=\"{name}\" data-key=\"{key}\">{number}</span>"
            ));
        } else if self.shown.insert(key.into()) {
            self.matrix(key, None, transposed);
        } else {
            let paper = self.writer.paper(name);
            self.open(&format!("<span data-s=\"{name}\">{paper}</span>"));
        }
    }

    /// A letter with its numbers and the names of its rows and columns; for a result also its
    /// equation and the mask that sets entries to 0.
    fn matrix(&mut self, key: &str, result: Option<(Tag, Option<&str>)>, transposed: bool) {
        let (matrix, name) = (&self.values[key], self.writer.page.letter(key));
        let (mut rows, mut cols) = matrix.shape();
        let shape = self.writer.page.shape(name);
        let (mut down, mut across) = shape.split_once(" × ").unwrap_or_default();
        if transposed {
            (down, across, rows, cols) = (across, down, cols, rows);
        }
        let scale = Scale::of(matrix.as_slice());
        let text = |x| if rows * cols == 1 { number(x) } else { scale.text(x) };
        let power = if rows * cols == 1 { String::new() } else { scale.power() };
        let (paper, turned) =
            (self.writer.paper(name), if transposed { "<sup>⊤</sup>" } else { "" });
        let new = if Tag::parse(key).is_some() { ", new" } else { "" };
        let mut html = format!(
            "<figure class=\"matrix\" data-s=\"{name}\" data-key=\"{key}\"{}{}>\n<figcaption>{paper}{turned} <code>{name}</code> \
             <span class=\"shape\">{rows} × {cols}</span>{new}<span class=\"power\">{}</span></figcaption>\n\
             <table role=\"grid\" aria-label=\"{name}{}{new}\">\n<tr><td></td>",
            result.map_or(String::new(), |(tag, _)| format!(" data-result=\"{tag}\"")),
            if transposed { " data-turned=\"\"" } else { "" },
            power,
            if transposed { " transposed" } else { "" },
        );
        for j in 0..cols {
            html += &head("col", &place(across, j));
        }
        html += "</tr>\n";
        let largest = matrix.as_slice().iter().fold(0.0, |a: f64, x| a.max(x.abs()));
        let mask = result.and_then(|(_, stopped)| self.values.get(stopped?));
        for i in 0..rows {
            let _ = write!(html, "<tr>{}", head("row", &place(down, i)));
            for j in 0..cols {
                let x = if transposed { matrix[(j, i)] } else { matrix[(i, j)] };
                let stopped = mask.is_some_and(|z| z[(i, j)] < 0.0);
                let class = class(x, largest, stopped);
                let _ = write!(html, "<td class=\"{class}\">{}</td>", text(x));
            }
            html += "</tr>\n";
        }
        html += "</table></figure>";
        let before = std::mem::take(&mut self.before);
        let text = before.split('<').next().map_or(0, |text| text.trim().chars().count());
        let width = (6 * cols + place(down, 0).len()).max(name.len() + 14) + text;
        self.terms.push(Term { before, matrix: html, after: String::new(), width });
    }
}

/// The key of an operand that is a letter, and whether it is transposed.
fn letter(op: &Op) -> Option<(&str, bool)> {
    match op {
        Op::Value(name) => Some((name, false)),
        Op::Transposed(a) => letter(a).map(|(name, turned)| (name, !turned)),
        _ => None,
    }
}

/// The name of row or column `i`, by the letter of the shape. The script has the same names.
fn place(letter: &str, i: usize) -> String {
    match letter.chars().next() {
        Some('N' | 'm') => format!("sample {i}"),
        Some('D') => format!("x{}", i + 1),
        Some('H') => format!("unit {i}"),
        Some('K') => format!("class {i}"),
        _ => String::new(),
    }
}

/// The head of a row or a column. One without text is not announced by a screen reader.
fn head(scope: &str, text: &str) -> String {
    let role = if text.is_empty() { " role=\"presentation\"" } else { "" };
    format!("<th scope=\"{scope}\"{role}>{text}</th>")
}

/// One power of ten for a whole matrix, so that its entries can be compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scale {
    power: i32,
    decimals: usize,
}

impl Scale {
    /// Three digits for the largest entry; a power of ten only if they start far from the point.
    pub fn of(entries: &[f64]) -> Self {
        let largest = entries.iter().fold(0.0, |a: f64, x| a.max(x.abs()));
        if largest.fract() == 0.0 && largest < 1e3 && entries.iter().all(|x| x.fract() == 0.0) {
            return Self { power: 0, decimals: 0 };
        }
        let scientific = format!("{largest:.2e}");
        let exponent: i32 = scientific.rsplit('e').next().and_then(|e| e.parse().ok()).unwrap_or(0);
        let power = if (-1..3).contains(&exponent) { 0 } else { exponent };
        Self { power, decimals: usize::try_from(2 - (exponent - power)).unwrap_or(0) }
    }

    /// An entry, without the power of ten.
    pub fn text(self, x: f64) -> String {
        if x == 0.0 {
            return "0".into();
        }
        format!("{:.*}", self.decimals, x / 10_f64.powi(self.power)).replace('-', "−")
    }

    /// The power of ten, if there is one.
    fn power(self) -> String {
        match self.power {
            0 => String::new(),
            power => format!(" × 10<sup>{}</sup>", power.to_string().replace('-', "−")),
        }
    }
}

/// The colour of an entry, by sign and size.
fn class(x: f64, largest: f64, stopped: bool) -> String {
    let size = if x == 0.0 { 0 } else { (x.abs() / largest * 3.0).ceil() as u8 };
    let sign = if x < 0.0 { "m" } else { "p" };
    format!("{sign}{size}{}", if stopped { " stopped" } else { "" })
}

impl Writer<'_> {
    /// A letter as it is written on paper.
    fn paper(&self, name: &str) -> String {
        let equations = self.site.equations_of(self.page);
        let mut letters = equations.flat_map(|(_, equation)| &equation.row.letters);
        let found = letters.find(|(letter, _)| letter == name);
        found.map_or_else(|| escape(name), |(_, html)| format!("<math>{html}</math>"))
    }
}
