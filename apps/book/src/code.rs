//! What the book reads of Rust: tokens, to colour them, and the names that a statement depends on.

use lines::equations::computed;
use lines::functions::Function;
use lines::letters::identifiers;
use std::collections::BTreeSet;

/// A piece of a line: its class in the style sheet, `name` or nothing if it has no colour, and its text.
pub(crate) type Token = (&'static str, String);

const KEYWORDS: &str = "as async await break const continue crate dyn else enum extern false fn for if \
    impl in let loop match mod move mut pub ref return self Self static struct super trait true type \
    unsafe use where while";

/// Splits lines into tokens. Comments that span lines are not supported; strings are.
pub(crate) fn tokens(lines: &[String]) -> Vec<Vec<Token>> {
    let text = lines.join("\n");
    let (mut tokens, mut line, mut rest) = (Vec::new(), Vec::new(), text.as_str());
    while !rest.is_empty() {
        let (class, len) = token(rest);
        for (i, piece) in rest[..len].split('\n').enumerate() {
            if i > 0 {
                tokens.push(std::mem::take(&mut line));
            }
            if !piece.is_empty() {
                line.push((class, piece.to_string()));
            }
        }
        rest = &rest[len..];
    }
    tokens.push(line);
    tokens
}

/// The token at the start of `text`, and its length.
fn token(text: &str) -> (&'static str, usize) {
    let run = |part: fn(char) -> bool| text.find(|c| !part(c)).unwrap_or(text.len());
    if let Some(len) = string(text) {
        return ("string", len);
    }
    if text.starts_with("//") {
        return ("comment", run(|c| c != '\n'));
    }
    let c = text.chars().next().unwrap_or(' ');
    let len = run(|c| c.is_alphanumeric() || c == '_');
    if c.is_ascii_digit() {
        let decimals = text[len..]
            .strip_prefix('.')
            .filter(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
        let end = |rest: &str| rest.find(|c: char| !c.is_alphanumeric()).unwrap_or(rest.len());
        return ("literal", len + decimals.map_or(0, |rest| 1 + end(rest)));
    }
    if len > 0 {
        let keyword = KEYWORDS.split_whitespace().any(|word| word == &text[..len]);
        return (if keyword { "keyword" } else { "name" }, len);
    }
    let len = run(|c| !(c.is_alphanumeric() || matches!(c, '_' | '"' | '\'' | '/')));
    ("", len.max(c.len_utf8()))
}

/// The length of the string or character at the start of `text`, if there is one.
fn string(text: &str) -> Option<usize> {
    let body = text.trim_start_matches(['b', 'r']).trim_start_matches('#');
    let prefix = &text[..text.len() - body.len()];
    let (quote, body) = (body.chars().next()?, body.get(1..)?);
    let mut escaped = false;
    let closes = |c: char| {
        let closes = c == quote && !escaped;
        escaped = c == '\\' && !escaped;
        closes
    };
    let len = match (quote, prefix.split_once('r')) {
        ('"', Some((_, hashes))) => body.find(&format!("\"{hashes}")).map(|at| at + hashes.len()),
        ('"', None) => body.find(closes),
        // A lifetime is not a character literal.
        ('\'', None) => {
            let first = body.chars().next()?.len_utf8();
            Some(body.find(closes)?).filter(|at| *at == first || body.starts_with('\\'))
        }
        _ => None,
    };
    Some(prefix.len() + 2 + len?)
}

/// The names that the statement on line `at` uses, those in the `let`s without a number on which it
/// depends, and the parameters of the function.
pub(crate) fn names(lines: &[String], function: &Function, at: usize) -> BTreeSet<String> {
    let mut used = BTreeSet::from([function.name.clone()]);
    for i in (function.start..=at).rev() {
        let code = lines[i].split(" //").next().unwrap_or_default().trim();
        let defined = code.strip_prefix("let ").and_then(|rest| rest.split('=').next());
        let defines =
            defined.is_some_and(|names| identifiers(names).any(|(_, name)| used.contains(name)));
        if i == at || defines && computed(&lines[i]).is_none() {
            used.extend(identifiers(code).map(|(_, name)| name.to_string()));
        }
    }
    used
}

#[cfg(test)]
mod tests {
    use super::*;
    use lines::functions::functions;

    fn lines(text: &str) -> Vec<String> {
        text.lines().map(String::from).collect()
    }

    #[test]
    fn tokens_are_told_apart() {
        let lines = lines("let a1 = f(\"b // c\", b'd', 1.5e3); // (1.1)\nr#\"x\ny\"# + 'a");
        let tokens = tokens(&lines);
        let of = |line: usize, class: &str| -> Vec<&str> {
            tokens[line]
                .iter()
                .filter(|(t, _)| *t == class)
                .map(|(_, text)| text.as_str())
                .collect()
        };
        assert_eq!(of(0, "keyword"), ["let"]);
        assert_eq!(of(0, "name"), ["a1", "f"]);
        assert_eq!(of(0, "string"), ["\"b // c\"", "b'd'"]);
        assert_eq!(of(0, "literal"), ["1.5e3"]);
        assert_eq!(of(0, "comment"), ["// (1.1)"]);
        assert_eq!(of(1, "string"), ["r#\"x"]);
        assert_eq!(of(2, "string"), ["y\"#"]);
        for (line, tokens) in lines.iter().zip(&tokens) {
            assert_eq!(tokens.iter().map(|(_, text)| text.as_str()).collect::<String>(), *line);
        }
    }

    #[test]
    fn a_line_uses_the_names_of_the_lets_that_it_builds_on() {
        let lines = lines(
            "fn loss(z: f64) {\n    let sum = w * 2;\n    let dz = y; // (1.1)\n    sum + dz // (1.2)\n}",
        );
        let names = names(&lines, &functions(&lines)[0], 3);
        assert!(["loss", "sum", "w", "dz"].iter().all(|name| names.contains(*name)), "{names:?}");
        assert!(!names.contains("y"), "{names:?}");
    }
}
