//! Compares a numbered equation with its line: the letters, the result, and the recorded numbers.

use crate::equations::Tag;
use crate::ops::{self, Step};
use crate::site::{Equation, Page, Site};
use crate::{Error, code, formula, letters, links};

/// What a numbered line has to contain.
const READABLE: &str = "an operation that apps/lines/src/ops.rs knows, of letters with numbers";

impl Site<'_> {
    /// Compares a numbered equation with its line: its letters, and its numbers if there is a run.
    pub(crate) fn tie(
        &self,
        page: &mut Page<'_>,
        line: usize,
        tag: Tag,
        &Equation { ref row, line: (s, at), .. }: &Equation,
    ) -> Result<(), Error> {
        let source = &self.files.sources[s];
        let Some(function) = links::function_of(source, at) else {
            let found = format_args!("({tag}) outside a function");
            return Err(source.error(at + 1, found, "a line of a function"));
        };
        let names = code::names(&source.lines, &function, at);
        for (name, _) in &row.letters {
            let name = letters::on_line(tag, name);
            if !names.contains(name) {
                let found = format!("({tag}) with a letter that is {name} in Rust");
                let expected = format!("{name} on its line, {}:{}", source.name, at + 1);
                return Err(page.file.error(line, found, &expected));
            }
        }
        let unread = |found: String| {
            let expected = "an operation that src/formula.rs knows, of letters with numbers";
            page.file.error(line, format_args!("({tag}) with {found}"), expected)
        };
        // The runs are those of the file with the chapter's first equations.
        let first = self.equations.get(&Tag(tag.0, 1)).map_or(s, |first| first.line.0);
        let Some(run) = page.runs.first().filter(|_| first == s) else {
            if formula::UNREAD.contains(&tag) {
                return Ok(());
            }
            // The formula has the same result as the line, or as the function around it.
            let values = formula::stand_ins(tag);
            let known = |name: &str| values.contains_key(name);
            let of_line = || ops::step(&source.lines, &function, at, &known)?.term.value(&values);
            let expected = formula::computed(tag, &function.name, &values).map_or_else(of_line, Ok);
            let expected = expected.map_err(|found| source.error(at + 1, found, READABLE))?;
            let (_, term) = formula::read(&row.nodes, &known).map_err(unread)?;
            return formula::comes_to(&term, &values, &expected).map_err(|(found, expected)| {
                let expected = format!("{expected}, as its line");
                page.file.error(line, format_args!("({tag}), a formula that {found}"), &expected)
            });
        };
        // If several functions have a letter of this name, the name of the function is added.
        let values = &run.moments[0].values;
        let keyed = |name: &str| {
            let own = format!("{name}.{}", function.name);
            if values.contains_key(&own) { own } else { name.into() }
        };
        let known = |name: &str| values.contains_key(&keyed(name));
        let mut step = ops::step(&source.lines, &function, at, &known)
            .map_err(|found| source.error(at + 1, found, READABLE))?;
        let (name, term) = formula::read(&row.nodes, &known).map_err(unread)?;
        if name != step.result {
            let expected = format!("{}, as on its line", step.result);
            return Err(page.file.error(line, format_args!("({tag}) for {name}"), &expected));
        }
        step.result = keyed(&step.result);
        let here = |tag: &Tag| {
            let (source, line) = self.equations[tag].line;
            source == s && (function.start..at).contains(&line)
        };
        let rename = |name: &str| {
            let name = keyed(name);
            // Another letter was computed from it by an earlier line of the function.
            let changes = |(_, of): &(&Tag, &Step)| of.update && of.result == name;
            let changed = page.steps.iter().filter(changes).rfind(|(tag, _)| here(tag));
            match changed.filter(|_| name != step.result) {
                Some((tag, _)) => tag.to_string(),
                None => name,
            }
        };
        let [term_of_line, term] = [&step.term, &term].map(|term| term.renamed(&rename));
        step.term = term_of_line;
        let key = step.key(tag);
        for moment in page.runs.iter().flat_map(|run| &run.moments) {
            let recorded = moment.values.get(&key).ok_or_else(|| {
                let expected = format!("{key} among the numbers of the run");
                source.error(at + 1, format_args!("({tag}) that is not in the run"), &expected)
            })?;
            let of_formula = (&term, page.file, line, ", a formula");
            for (term, file, line, what) in [(&step.term, source, at + 1, ""), of_formula] {
                formula::comes_to(term, &moment.values, recorded).map_err(
                    |(found, expected)| {
                        let then = format_args!("iteration {}", moment.iteration);
                        let found = format_args!("({tag}){what} that {found}, {then}");
                        file.error(line, found, &format!("the recorded {expected}"))
                    },
                )?;
            }
        }
        page.steps.insert(tag, step);
        Ok(())
    }
}
