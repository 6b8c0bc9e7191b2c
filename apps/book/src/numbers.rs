//! The numbers under an equation: its operands and its result as they were in the recorded run.

use crate::equations::Tag;
use crate::html::{command, escape, exponent, number};
use crate::ops::{Step, Values};
use crate::site::Writer;
use lines::derive::Derivation;
use lines::term::Term::{self, Letter, Number, Of};
use matrix::Matrix;
use std::collections::BTreeSet;

/// The derivation of a gradient, folded: a line for each rule.
fn derived(derivation: &Derivation) -> String {
    let rows = derivation.rows.iter().map(|(rule, formula)| (*rule, formula));
    let conditions = derivation.conditions.iter().map(|condition| ("holds if", condition));
    let rows = rows
        .chain(conditions)
        .map(|(rule, text)| format!("<tr>{}<td>{}</td></tr>\n", head("row", rule), escape(text)));
    format!(
        "<details class=\"derived\"><summary>follows by: {}</summary>\n<table>\n{}</table>\n</details>\n",
        derivation.rules.join(", "),
        rows.collect::<String>()
    )
}

/// The part below an equation: its line, its numbers, its check.
pub(crate) fn under(writer: &Writer<'_>, tag: Tag) -> String {
    let Writer { site, page, .. } = writer;
    let (s, line) = site.equations[&tag].line;
    let (id, [_, href]) = (writer.file_id(s), writer.place(s, line));
    let at = format!("<a href=\"{href}\">{id}:{}</a>", line + 1);
    let proof = site.checks.get(&tag).map_or(String::new(), |check| {
        format!(
            "<p class=\"proof\">gradient check on a net of its own: {} entries, error {} · break it: {}</p>\n",
            check.entries,
            format!("{:.1e}", check.error).replace('-', "−"),
            command(&format!("cargo run -p gradient-check -- --break {tag}"))
        )
    });
    let proof = proof + &site.derivations.get(&tag).map_or(String::new(), derived);
    let (Some(run), Some(step)) = (page.runs.first(), page.steps.get(&tag)) else {
        return format!(
            "<div class=\"numbers\"><p class=\"where\">({tag}) {at}</p>{proof}</div>\n"
        );
    };
    let (values, shown) = (&run.moments[0].values, BTreeSet::new());
    let mut flow =
        Flow { writer, values, shown, before: String::new(), terms: Vec::new(), width: 0 };
    let html = flow.equation(tag, step);
    // Only the first block of a page is open.
    let open = if page.steps.keys().next() == Some(&tag) { " open" } else { "" };
    format!(
        "<details class=\"numbers\"{open} data-of=\"{tag}\">\n<summary>({tag}) in numbers</summary> <span class=\"where\">{at}</span>\n\
         {html}<output class=\"sum\"></output>\n{proof}</details>\n"
    )
}

/// The terms of an equation.
struct Flow<'a> {
    writer: &'a Writer<'a>,
    values: &'a Values,
    /// Matrices that have been shown: they are mentioned by name.
    shown: BTreeSet<String>,
    /// Signs before the next matrix.
    before: String,
    /// Matrices with the signs before and after. An operator belongs to the term on its right, so that no
    /// row ends in one.
    terms: Vec<[String; 3]>,
    /// The width of all terms in characters, roughly.
    width: usize,
}

/// The number of characters that fit side by side in the widest column of text.
const WIDE: usize = 76;

impl<'a> Flow<'a> {
    /// Products in Falk's scheme, all other terms in a row, or below each other if the row is too
    /// narrow.
    fn equation(&mut self, tag: Tag, step: &Step) -> String {
        let key = step.key(tag);
        let result = Some((tag, step.stopped_by()));
        if let Some(scheme) = self.falk(&step.term, self.matrix(&key, result, false).0) {
            return scheme;
        }
        self.term(&step.term, 0);
        self.open(if step.update { "→" } else { "=" });
        self.push(&key, result, false);
        let stacked = if self.width > WIDE { " stacked" } else { "" };
        let terms = self.terms.iter().map(|[before, matrix, after]| {
            format!("<div class=\"term\"><span class=\"op\">{before}</span>{matrix}<span class=\"op\">{after}</span></div>\n")
        });
        format!("<div class=\"flow{stacked}\">\n{}</div>\n", terms.collect::<String>())
    }

    /// Falk's scheme, if the operation is a product of two letters, with or without a bias: b is above
    /// the result and a at its left.
    fn falk(&self, term: &Term, result: String) -> Option<String> {
        let (product, bias) = match term.parts() {
            Some(("add_row", [product, bias])) => (product, Some(letter(bias)?)),
            _ => (term, None),
        };
        let Some(("dot", [a, b])) = product.parts() else { return None };
        let (a, b) = (letter(a)?, letter(b)?);
        let operand = |(key, turned): (&str, bool)| self.matrix(key, None, turned).0;
        let parts = [
            Some(("b", operand(b))),
            bias.map(|bias| ("row-b", operand(bias))),
            Some(("a", operand(a))),
            Some(("c", result)),
        ];
        let parts = parts.into_iter().flatten();
        let html = parts.map(|(class, html)| format!("<div class=\"{class}\">{html}</div>\n"));
        // Many columns stand closer; of more than ten, the inner names stand at A alone.
        let columns = |(key, turned): (&str, bool)| {
            let (rows, cols) = self.values[key].shape();
            if turned { rows } else { cols }
        };
        let narrow = match columns(a) + columns(b) {
            ..10 => "",
            10 => " narrow",
            _ => " narrow narrower",
        };
        Some(format!("<div class=\"falk{narrow}\">\n{}</div>\n", html.collect::<String>()))
    }

    fn open(&mut self, text: &str) {
        self.before += text;
        self.before += if text.is_empty() { "" } else { " " };
    }

    fn close(&mut self, text: &str) {
        match self.terms.last_mut().filter(|_| self.before.is_empty()) {
            Some([.., after]) => *after += text,
            None => self.open(text),
        }
    }

    /// `level` is 0 in a sum, 1 in a product.
    fn term(&mut self, term: &Term, level: u8) {
        let (op, terms) = match term {
            Number(x) => {
                let text = number(*x);
                let short = if text.contains('.') { text.trim_end_matches('0') } else { &text };
                return self.open(short);
            }
            Letter(name) => return self.value(name, false),
            Of(op, terms) => (op.as_str(), terms.as_slice()),
        };
        if matches!(op, "+" | "-" | "add_row") && level > 0 {
            self.open("(");
            self.term(term, 0);
            return self.close(")");
        }
        let scalar = |a: &Term| a.value(self.values).is_ok_and(|m| m.shape() == (1, 1));
        let name = format!("{}(", op.replace("_prime", "′").replace("_of_rows", ""));
        let (before, sign, after) = match (op, terms) {
            ("t", [Letter(name)]) => return self.value(name, true),
            ("t", _) => ("(", "", ")⊤"),
            ("dot", _) => ("", "·", ""),
            ("add_row", _) => ("", "+ in each row", ""),
            ("*", _) => ("", if terms.iter().any(scalar) { "·" } else { "∗" }, ""),
            ("-", _) => ("", "−", ""),
            ("+" | "/", _) => ("", op, ""),
            ("cross_entropy", _) => ("CE(", ",", ")"),
            ("sum_of_rows", _) => ("sum of the rows of", "", ""),
            ("sum", _) => ("sum of all entries of", "", ""),
            ("norm_squared", _) => ("‖", "", "‖²"),
            ("sqrt", _) => ("√(", "", ")"),
            _ => (name.as_str(), ",", ")"),
        };
        let level = u8::from(matches!(op, "dot" | "*" | "/" | "-"));
        self.open(before);
        self.term(&terms[0], if op == "-" { 0 } else { level });
        if let Some(second) = terms.get(1) {
            self.open(sign);
            self.term(second, level);
            // Signs after the last matrix belong to it.
            if let Some([.., after]) = self.terms.last_mut() {
                *after += &std::mem::take(&mut self.before);
            }
        }
        self.close(after);
    }

    /// A letter: as a number in the line, or as a matrix the first time and then as its name.
    fn value(&mut self, key: &str, transposed: bool) {
        let (matrix, name) = (&self.values[key], self.writer.page.letter(key));
        if matrix.shape() == (1, 1) {
            let number = number(matrix[(0, 0)]);
            let html = format!(
                "<span class=\"scalar\" data-s=\"{name}\" data-key=\"{key}\">{number}</span>"
            );
            self.open(&html);
        } else if self.shown.insert(key.into()) {
            self.push(key, None, transposed);
        } else {
            let paper = self.writer.paper(name);
            self.open(&format!("<span data-s=\"{name}\">{paper}</span>"));
        }
    }

    /// Adds a term: the text that waits for a matrix, and the matrix.
    fn push(&mut self, key: &str, result: Option<(Tag, Option<&str>)>, transposed: bool) {
        let before = std::mem::take(&mut self.before);
        let text = before.split('<').next().map_or(0, |text| text.trim().chars().count());
        let (matrix, width) = self.matrix(key, result, transposed);
        self.terms.push([before, matrix, String::new()]);
        self.width += width + text;
    }

    /// A letter with its numbers and the names of its rows and columns, for a result also its
    /// equation and the mask that sets entries to 0; and its width in characters.
    fn matrix(
        &self,
        key: &str,
        result: Option<(Tag, Option<&str>)>,
        transposed: bool,
    ) -> (String, usize) {
        let (mut matrix, page) = (self.values[key].clone(), self.writer.page);
        let name = page.letter(key);
        let (mut down, mut across) = page.shape(name).split_once(" × ").unwrap_or_default();
        if transposed {
            (down, across) = (across, down);
            matrix = Matrix::from_fn(matrix.cols(), matrix.rows(), |i, j| matrix[(j, i)]);
        }
        let (rows, cols) = matrix.shape();
        let (power, text) = scale(matrix.as_slice());
        let largest = matrix.as_slice().iter().fold(0.0, |a: f64, x| a.max(x.abs()));
        let mask = result.and_then(|(_, stopped)| self.values.get(stopped?));
        let columns: String = (0..cols).map(|j| head("col", &place(across, j))).collect();
        let lines = (0..rows).map(|i| {
            let cells = (0..cols).map(|j| {
                let (x, stopped) = (matrix[(i, j)], mask.is_some_and(|z| z[(i, j)] < 0.0));
                format!("<td class=\"{}\">{}</td>", class(x, largest, stopped), text(x))
            });
            format!("<tr>{}{}</tr>\n", head("row", &place(down, i)), cells.collect::<String>())
        });
        let lines: String = lines.collect();
        let paper = self.writer.paper(name);
        let power = match power {
            0 => String::new(),
            power => format!(" × 10<sup>{}</sup>", power.to_string().replace('-', "−")),
        };
        let new = if Tag::parse(key).is_some() { ", new" } else { "" };
        let result = result.map_or(String::new(), |(tag, _)| format!(" data-result=\"{tag}\""));
        let [turned, top, said] = match transposed {
            true => [" data-turned=\"\"", "<sup>⊤</sup>", " transposed"],
            false => [""; 3],
        };
        let html = format!(
            "<figure class=\"matrix\" data-s=\"{name}\" data-key=\"{key}\"{result}{turned}>\n\
             <figcaption>{paper}{top} <code>{name}</code> <span class=\"shape\">{rows} × {cols}</span>{new}<span class=\"power\">{power}</span></figcaption>\n\
             <table role=\"grid\" aria-label=\"{name}{said}{new}\">\n<tr><td></td>{columns}</tr>\n{lines}</table></figure>"
        );
        (html, (6 * cols + place(down, 0).len()).max(name.len() + 14))
    }
}

/// The key of an operand that is a letter, and whether it is transposed.
fn letter(term: &Term) -> Option<(&str, bool)> {
    match (term, term.parts()) {
        (Letter(name), _) => Some((name, false)),
        (_, Some(("t", [a]))) => letter(a).map(|(name, turned)| (name, !turned)),
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

/// One power of ten for a whole matrix, so that its entries can be compared, and the text of each entry
/// without it: three digits for the largest, and a power only if they start far from the point. A number
/// alone has no power.
pub fn scale(entries: &[f64]) -> (i32, Box<dyn Fn(f64) -> String>) {
    if entries.len() == 1 {
        return (0, Box::new(number));
    }
    let largest = entries.iter().fold(0.0, |a: f64, x| a.max(x.abs()));
    let whole = largest < 1e3 && entries.iter().all(|x| x.fract() == 0.0);
    let exponent = if whole { 2 } else { exponent(largest, 2) };
    let power = if (-1..3).contains(&exponent) { 0 } else { exponent };
    let decimals = usize::try_from(2 - exponent + power).unwrap_or(0);
    let text = move |x: f64| match x {
        0.0 => "0".into(),
        _ => format!("{:.decimals$}", x / 10_f64.powi(power)).replace('-', "−"),
    };
    (power, Box::new(text))
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
