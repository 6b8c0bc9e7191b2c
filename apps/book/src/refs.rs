//! References by number in the text: "eq. 3.9", "error 8", "exercise 7", "chapter 2".

use crate::equations::Tag;

/// Splits a text into pieces, each with its target if it is a reference: `3.9`, `error-8`, `exercise-7`
/// or `chapter-2`.
pub(crate) fn refs(text: &str) -> Vec<(&str, Option<String>)> {
    let (mut pieces, mut from, mut at) = (Vec::new(), 0, 0);
    while let Some(start) = text[at..].find(char::is_alphabetic).map(|start| at + start) {
        let rest = &text[start..];
        let word = &rest[..rest.find(char::is_whitespace).unwrap_or(rest.len())];
        at = start + word.len();
        let spaces = text[at..].len() - text[at..].trim_start().len();
        let number = number(&text[at + spaces..]);
        if let Some(to) = reference(&word.to_lowercase(), number) {
            at += spaces + number.len();
            pieces.extend([(&text[from..start], None), (&text[start..at], Some(to))]);
            from = at;
        }
    }
    pieces.push((&text[from..], None));
    pieces
}

/// A column of a table that has only numbers of equations or of errors: each number is a reference.
pub(crate) fn column(head: &str) -> Option<&'static str> {
    let word = head.trim_end_matches('s');
    ["eq.", "error"].into_iter().find(|end| word.ends_with(end) && head != "error")
}

/// The pieces of a cell of such a column.
pub(crate) fn cell<'a>(word: &str, text: &'a str) -> Vec<(&'a str, Option<String>)> {
    let (mut pieces, mut rest) = (Vec::new(), text);
    while let Some(start) = rest.find(|c: char| c.is_ascii_digit()) {
        let number = number(&rest[start..]);
        let end = start + number.len().max(1);
        pieces.extend([(&rest[..start], None), (&rest[start..end], reference(word, number))]);
        rest = &rest[end..];
    }
    pieces.push((rest, None));
    pieces
}

/// The number at the start of a text, such as 3.9.
fn number(text: &str) -> &str {
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let number = text[..end].trim_end_matches('.');
    // 3.4e-11 is not a reference.
    if text[number.len()..].starts_with(char::is_alphanumeric) { "" } else { number }
}

fn reference(word: &str, number: &str) -> Option<String> {
    match word.trim_start_matches(|c: char| !c.is_alphabetic()) {
        "eq." => Some(Tag::parse(number)?.to_string()),
        word @ ("error" | "exercise" | "chapter") => {
            Some(format!("{word}-{}", number.parse::<u32>().ok()?))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_found_in_the_text() {
        let found = |text: &str| -> Vec<(String, String)> {
            let pieces = refs(text);
            assert_eq!(pieces.iter().map(|(piece, _)| *piece).collect::<String>(), text);
            pieces.into_iter().filter_map(|(piece, to)| Some((piece.to_string(), to?))).collect()
        };
        let of = |piece: &str, to: &str| (piece.to_string(), to.to_string());
        let text = "By eq. 3.9 (error\n13), Exercise 7.\nIn chapter 2:";
        assert_eq!(
            found(text),
            [
                of("eq. 3.9", "3.9"),
                of("error\n13", "error-13"),
                of("Exercise 7", "exercise-7"),
                of("chapter 2", "chapter-2"),
            ]
        );
        assert_eq!(found("an error 3.4e-11, eq.3.9, eq. 3, its error. 7 chapters"), []);
    }

    #[test]
    fn cells_are_numbers_alone() {
        let errors = |n| Some(format!("error-{n}"));
        let expected = [("", None), ("1", errors(1)), (" to ", None), ("5", errors(5)), ("", None)];
        assert_eq!(cell("error", "1 to 5"), expected);
        assert_eq!(column("OneNet, eq."), Some("eq."));
        assert_eq!(column("errors"), Some("error"));
        assert_eq!(column("what it derives"), None);
    }
}
