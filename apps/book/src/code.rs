//! What the book knows of Rust: tokens for the eye, and the names that a statement builds on.

use lines::functions::Function;
use lines::letters::identifiers;
use std::collections::BTreeSet;

/// What a piece of a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Token {
    Comment,
    Keyword,
    Name,
    Number,
    Plain,
    String,
}

const KEYWORDS: &str = "as async await break const continue crate dyn else enum extern false fn for if \
    impl in let loop match mod move mut pub ref return self Self static struct super trait true type \
    unsafe use where while";

/// Splits lines into tokens. Comments of several lines are not known; strings of several are.
pub fn tokens(lines: &[String]) -> Vec<Vec<(Token, &str)>> {
    // What ends the string that is open at the end of a line.
    let mut open: Option<String> = None;
    lines
        .iter()
        .map(|line| {
            let (mut tokens, mut rest) = (Vec::new(), line.as_str());
            while !rest.is_empty() {
                let (token, len) = match &open {
                    Some(end) => {
                        let len = string_end(rest, end);
                        if len.is_some() {
                            open = None;
                        }
                        (Token::String, len.unwrap_or(rest.len()))
                    }
                    None => token(rest, &mut open),
                };
                tokens.push((token, &rest[..len]));
                rest = &rest[len..];
            }
            tokens
        })
        .collect()
}

/// The length of a string up to its end; nothing if it goes on.
fn string_end(text: &str, end: &str) -> Option<usize> {
    let mut at = 0;
    while at < text.len() {
        if text[at..].starts_with(end) {
            return Some(at + end.len());
        }
        let escaped = end == "\"" && text[at..].starts_with('\\');
        let mut chars = text[at..].chars();
        at += chars.next().map_or(1, char::len_utf8);
        at += if escaped { chars.next().map_or(0, char::len_utf8) } else { 0 };
    }
    None
}

/// The token at the start of `text`, and its length.
fn token(text: &str, open: &mut Option<String>) -> (Token, usize) {
    let run = |part: fn(char) -> bool| text.find(|c| !part(c)).unwrap_or(text.len());
    let c = text.chars().next().unwrap_or(' ');
    let hashes = text.trim_start_matches(['b', 'r']);
    let hashes = &hashes[..hashes.len() - hashes.trim_start_matches('#').len()];
    let before = text.find('"').filter(|&at| {
        let prefix = text[..at].trim_end_matches('#');
        matches!(prefix, "" | "b" | "r" | "br") && (at == prefix.len() || prefix.ends_with('r'))
    });
    if let Some(at) = before {
        let end = if text[..at].contains('r') { format!("\"{hashes}") } else { "\"".into() };
        let len = string_end(&text[at + 1..], &end).map(|len| at + 1 + len);
        if len.is_none() {
            *open = Some(end);
        }
        return (Token::String, len.unwrap_or(text.len()));
    }
    if text.starts_with("//") {
        return (Token::Comment, text.len());
    }
    if c.is_ascii_digit() {
        let len = run(|c| c.is_ascii_alphanumeric() || c == '_');
        let more = text[len..]
            .strip_prefix('.')
            .filter(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
        let more = more.map_or(0, |rest| {
            1 + rest.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(rest.len())
        });
        return (Token::Number, len + more);
    }
    if c.is_alphabetic() || c == '_' {
        let len = run(|c| c.is_alphanumeric() || c == '_');
        let keyword = KEYWORDS.split_whitespace().any(|word| word == &text[..len]);
        return (if keyword { Token::Keyword } else { Token::Name }, len);
    }
    if c == '\'' {
        // A character, or else a lifetime.
        let mut chars = text[1..].chars();
        let body = match chars.next() {
            Some('\\') => {
                text[2..].char_indices().skip(1).find(|(_, c)| *c == '\'').map(|(i, _)| i + 3)
            }
            Some(c) if chars.next() == Some('\'') => Some(2 + c.len_utf8()),
            _ => None,
        };
        return body.map_or((Token::Plain, 1), |len| (Token::String, len));
    }
    let len = run(|c| !(c.is_alphanumeric() || matches!(c, '_' | '"' | '\'' | '/')));
    (Token::Plain, len.max(c.len_utf8()))
}

/// Every name that the statement on line `at` uses, with those of the untagged `let`s above it that
/// it builds on, and the function's own.
pub fn names(lines: &[String], function: &Function, at: usize) -> BTreeSet<String> {
    let code = |line: &str| line.split(" //").next().unwrap_or(line).to_string();
    let mut used: BTreeSet<String> = BTreeSet::from([function.name.clone()]);
    let add = |used: &mut BTreeSet<String>, line: &str| {
        used.extend(identifiers(&code(line)).map(|(_, name)| name.to_string()));
    };
    add(&mut used, &lines[at]);
    for i in (function.start..at).rev() {
        let line = lines[i].trim();
        let whole = code(line).trim_end().ends_with([';', '{', '}']);
        let continues = i + 1 == at && !whole && i >= function.body;
        let defined = line.strip_prefix("let ").map(|rest| rest.split('=').next().unwrap_or(rest));
        let defines =
            defined.is_some_and(|names| identifiers(names).any(|(_, name)| used.contains(name)));
        let tagged = lines::equations::computed(line).is_some();
        if continues || (defines && !tagged) {
            add(&mut used, line);
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
        let lines = lines("let a1 = f(\"b // c\", 'd', 1.5e3); // (1.1)\nr#\"x\ny\"# + 'a");
        let tokens = tokens(&lines);
        let of = |line: usize, token: Token| -> Vec<&str> {
            tokens[line].iter().filter(|(t, _)| *t == token).map(|(_, text)| *text).collect()
        };
        assert_eq!(of(0, Token::Keyword), ["let"]);
        assert_eq!(of(0, Token::Name), ["a1", "f"]);
        assert_eq!(of(0, Token::String), ["\"b // c\"", "'d'"]);
        assert_eq!(of(0, Token::Number), ["1.5e3"]);
        assert_eq!(of(0, Token::Comment), ["// (1.1)"]);
        assert_eq!(of(1, Token::String), ["r#\"x"]);
        assert_eq!(of(2, Token::String), ["y\"#"]);
        for (line, tokens) in lines.iter().zip(&tokens) {
            assert_eq!(tokens.iter().map(|(_, text)| *text).collect::<String>(), *line);
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
