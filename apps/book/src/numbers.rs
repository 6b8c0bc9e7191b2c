//! The numbers under an equation: its operands and its result as they were in the recorded run.

use crate::equations::Tag;
use crate::html::{escape, json_string, number};
use crate::ops::{Op, Step, Values};
use crate::page::Writer;
use crate::runs::{Moment, Recording};
use crate::site::Site;
use matrix::Matrix;
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// The slider of a run, with the loss and the predictions of its last iteration.
pub fn slider(run: Option<&Recording>) -> String {
    let Some(run) = run else { return String::new() };
    let last = run.moments.len() - 1;
    let moment = &run.moments[last];
    format!(
        "<div class=\"run\">\n<label><span>{}, iteration</span> <input class=\"script\" type=\"range\" id=\"book-slider\" min=\"0\" \
         max=\"{last}\" value=\"{last}\"></label> <output id=\"book-iteration\">{}</output>\n\
         <span>loss <output id=\"book-loss\">{}</output></span>\n<span>predicts <output id=\"book-predicts\">{}</output></span>\n</div>\n",
        run.about,
        moment.iteration,
        number(loss(&moment.values)),
        moment.predictions
    )
}

/// The loss of the data.
fn loss(values: &Values) -> f64 {
    values["data_loss"].as_slice()[0]
}

/// The derivation of a gradient, folded: a line for each rule.
fn derived(site: &Site<'_>, tag: Tag) -> String {
    let Some(derivation) = site.derivations.get(&tag) else { return String::new() };
    let mut html = format!(
        "<details class=\"derived\"><summary>follows by: {}</summary>\n<table>\n",
        derivation.rules.join(", ")
    );
    for row in &derivation.rows {
        let formula = escape(&row.formula);
        html += &format!("<tr><th scope=\"row\">{}</th><td>{formula}</td></tr>\n", row.rule);
    }
    for condition in &derivation.conditions {
        html +=
            &format!("<tr><th scope=\"row\">holds if</th><td>{}</td></tr>\n", escape(condition));
    }
    html + "</table>\n</details>\n"
}

/// What stands under an equation: its line, its numbers, its check.
pub fn under(writer: &Writer<'_>, tag: Tag) -> String {
    let site = writer.site;
    let (s, line) = site.equations[&tag].line;
    let id = writer.file_id(s);
    let at = format!("<a href=\"#{id}-{n}\">{id}:{n}</a>", n = line + 1);
    let proof = site.checks.get(&tag).map_or(String::new(), |check| {
        format!(
            "<p class=\"proof\">checked, {} entries, error {:.1e} · break it: <code class=\"copy\">cargo run -p gradient-check -- --break {tag}</code></p>\n",
            check.entries, check.error
        )
        .replace("e-", "e−")
    });
    let proof = proof + &derived(site, tag);
    let (Some(run), Some(step)) = (&writer.page.run, writer.page.steps.get(&tag)) else {
        return format!(
            "<div class=\"numbers\"><p class=\"where\">({tag}) {at}</p>{proof}</div>\n"
        );
    };
    let mut flow = Flow {
        writer,
        values: &run.moments[run.moments.len() - 1].values,
        shown: BTreeSet::new(),
        html: String::new(),
    };
    let key = step.key(tag);
    flow.op(&step.op, 0);
    flow.text(if step.update { "→" } else { "=" });
    flow.value(&step.result, &key, Some((tag, step.op.stopped_by())), false);
    format!(
        "<details class=\"numbers\" open data-of=\"{tag}\">\n<summary>({tag}) in numbers</summary> <span class=\"where\">{at}</span>\n\
         <div class=\"flow\">{}</div>\n<output class=\"sum\"></output>\n{proof}</details>\n",
        flow.html
    )
}

/// A row of matrices with signs between them.
struct Flow<'a> {
    writer: &'a Writer<'a>,
    values: &'a Values,
    /// Matrices that are there already: another mention is by name.
    shown: BTreeSet<String>,
    html: String,
}

impl Flow<'_> {
    fn text(&mut self, text: &str) {
        let _ = write!(self.html, "<span class=\"op\">{text}</span> ");
    }

    /// `level` is 0 in a sum, 1 in a product, 2 where everything needs brackets.
    fn op(&mut self, op: &Op, level: u8) {
        let brackets = matches!(op, Op::Binary('+' | '-', ..) | Op::AddRow(..)) && level > 0;
        if brackets {
            self.text("(");
        }
        match op {
            Op::Number(x) => self.text(&number(*x).trim_end_matches('0').replace("1.", "1")),
            Op::Value(name) => self.value(name, name, None, false),
            Op::Transposed(a) => match a.as_ref() {
                Op::Value(name) => self.value(name, name, None, true),
                a => {
                    self.op(a, 2);
                    self.text("⊤");
                }
            },
            Op::Dot(a, b) => self.pair(a, "·", b, 1),
            Op::AddRow(a, b) => self.pair(a, "+ in each row", b, 0),
            Op::Binary('*', a, b) => {
                let scalar = a.shape(self.values) == (1, 1) || b.shape(self.values) == (1, 1);
                self.pair(a, if scalar { "·" } else { "∗" }, b, 1);
            }
            Op::Binary('/', a, b) => self.pair(a, "/", b, 1),
            Op::Binary('-', a, b) => self.pair(a, "−", b, 1),
            Op::Binary(_, a, b) => self.pair(a, "+", b, 0),
            Op::SumOfRows(a) => self.around("sum of the rows of", a, ""),
            Op::Map(f, a) => self.around(&format!("{}(", f.replace("_prime", "′")), a, ")"),
            Op::Softmax(a) => self.around("softmax(", a, ")"),
            Op::Sum(a) => self.around("sum of all entries of", a, ""),
            Op::NormSquared(a) => self.around("‖", a, "‖²"),
            Op::CrossEntropy(z, y) => {
                self.text("CE(");
                self.pair(z, ",", y, 0);
                self.text(")");
            }
        }
        if brackets {
            self.text(")");
        }
    }

    fn pair(&mut self, a: &Op, sign: &str, b: &Op, level: u8) {
        self.op(a, if sign == "−" { 0 } else { level });
        self.text(sign);
        self.op(b, level);
    }

    fn around(&mut self, before: &str, a: &Op, after: &str) {
        self.text(before);
        self.op(a, 0);
        if !after.is_empty() {
            self.text(after);
        }
    }

    /// A letter with its numbers; of a result, its equation and what stops its entries.
    fn value(
        &mut self,
        name: &str,
        key: &str,
        result: Option<(Tag, Option<&str>)>,
        transposed: bool,
    ) {
        let matrix = &self.values[key];
        let (rows, cols) = matrix.shape();
        let paper = self.writer.paper(name);
        if rows * cols == 1 && result.is_none() {
            let _ = write!(
                self.html,
                "<span class=\"scalar\" data-s=\"{name}\" data-key=\"{key}\" title=\"{name}\">{}</span> ",
                number(matrix[(0, 0)])
            );
            return;
        }
        if result.is_none() && !self.shown.insert(name.into()) {
            let _ = write!(self.html, "<span class=\"op\" data-s=\"{name}\">{paper}</span> ");
            return;
        }
        let turned =
            if transposed { format!(", transposed: {cols} × {rows}") } else { String::new() };
        let new = if result.is_some() && key != name { ", new" } else { "" };
        let _ = write!(
            self.html,
            "<figure class=\"matrix\" data-s=\"{name}\" data-key=\"{key}\"{}>\n<figcaption>{paper} <code>{name}</code> \
             {rows} × {cols}{turned}{new}</figcaption>\n<div class=\"turned\"><table>\n",
            result.map_or(String::new(), |(tag, _)| format!(" data-result=\"{tag}\" tabindex=\"0\" title=\"choose an entry to see where it comes from\""))
        );
        let largest = matrix.as_slice().iter().fold(0.0, |a: f64, x| a.max(x.abs()));
        let mask = result.and_then(|(_, stopped)| self.values.get(stopped?));
        for i in 0..rows {
            self.html += "<tr>";
            for j in 0..cols {
                let (x, stopped) = (matrix[(i, j)], mask.is_some_and(|z| z[(i, j)] < 0.0));
                let _ = write!(
                    self.html,
                    "<td class=\"{}\">{}</td>",
                    class(x, largest, stopped),
                    number(x)
                );
            }
            self.html += "</tr>\n";
        }
        self.html += if transposed {
            "</table><span class=\"op\">⊤</span></div></figure> "
        } else {
            "</table></div></figure> "
        };
    }
}

/// The colour of an entry, by sign and size.
fn class(x: f64, largest: f64, stopped: bool) -> String {
    let size = if x == 0.0 { 0 } else { (x.abs() / largest * 3.0).ceil() as u8 };
    let sign = if x < 0.0 { "m" } else { "p" };
    format!("{sign}{size}{}", if stopped { " stopped" } else { "" })
}

/// Everything that the script needs, as JSON.
pub fn data(writer: &Writer<'_>) -> String {
    let page = writer.page;
    let list = |items: Vec<String>| format!("[{}]", items.join(","));
    let object = |items: Vec<String>| format!("{{{}}}", items.join(","));
    let step = |(tag, step): (&Tag, &Step)| {
        let (Step { result, op, .. }, key) = (step, step.key(*tag));
        let (stopped, op) = (op.stopped_by().map_or("null".into(), json_string), op.json());
        format!(
            "\"{tag}\":{{\"result\":\"{result}\",\"key\":\"{key}\",\"stopped\":{stopped},\"op\":{op}}}"
        )
    };
    let mut json = vec![format!("\"steps\":{}", object(page.steps.iter().map(step).collect()))];
    if let Some(run) = &page.run {
        let of = |entry: fn(&Moment) -> String| list(run.moments.iter().map(entry).collect());
        json.push(format!("\"iterations\":{}", of(|m| m.iteration.to_string())));
        json.push(format!("\"predicts\":{}", of(|m| json_string(&m.predictions))));
        json.push(format!("\"loss\":{}", of(|m| loss(&m.values).to_string())));
        let entries = |m: &&Matrix| list(m.as_slice().iter().map(f64::to_string).collect());
        let values = run.moments[0].values.iter().map(|(name, matrix)| {
            let (rows, cols) = matrix.shape();
            let all: Vec<&Matrix> = run.moments.iter().map(|m| &m.values[name]).collect();
            // What never changes is written once.
            let all = if all.iter().all(|m| *m == all[0]) { &all[..1] } else { &all[..] };
            let all = list(all.iter().map(entries).collect());
            format!("\"{name}\":{{\"rows\":{rows},\"cols\":{cols},\"all\":{all}}}")
        });
        json.push(format!("\"values\":{}", object(values.collect())));
    }
    let json = object(json);
    format!("<script type=\"application/json\" id=\"book-data\">{json}</script>\n")
}

impl Writer<'_> {
    /// A letter as it stands on paper.
    fn paper(&self, name: &str) -> String {
        let equations = self.site.equations_of(self.page);
        let mut letters = equations.flat_map(|(_, equation)| &equation.row.letters);
        let found = letters.find(|(letter, _)| letter == name);
        found.map_or_else(|| escape(name), |(_, html)| format!("<math>{html}</math>"))
    }
}
