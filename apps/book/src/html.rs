//! Text as HTML and JSON.

/// Text with the characters escaped that mean something in HTML.
pub fn escape(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;");
    text.replace('>', "&gt;").replace('"', "&quot;")
}

/// A command that a click copies. A line can break between its words, but not inside `--seed`.
pub fn command(text: &str) -> String {
    let words = text.split(' ').map(|word| format!("<span>{}</span>", escape(word)));
    format!("<code class=\"copy\">{}</code>", words.collect::<Vec<_>>().join(" "))
}

/// A JSON string without `<`, which could end a script.
pub fn json_string(text: &str) -> String {
    let mut json = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => json.extend(['\\', c]),
            '<' | '>' | '&' | '\u{0}'..='\u{1f}' | '\u{2028}' | '\u{2029}' => {
                json += &format!("\\u{:04x}", u32::from(c));
            }
            c => json.push(c),
        }
    }
    json + "\""
}

/// A list of JSON.
pub fn json_list(items: impl IntoIterator<Item = String>) -> String {
    format!("[{}]", items.into_iter().collect::<Vec<_>>().join(","))
}

/// Entries of an object of JSON.
pub(crate) type Entries = Vec<(&'static str, String)>;

/// An object of JSON.
pub fn json_object<K: ToString>(entries: impl IntoIterator<Item = (K, String)>) -> String {
    let entries = entries.into_iter();
    let entries = entries.map(|(key, value)| format!("{}:{value}", json_string(&key.to_string())));
    format!("{{{}}}", entries.collect::<Vec<_>>().join(","))
}

/// A number with four significant digits, as the script writes it too.
pub fn number(x: f64) -> String {
    if x.fract() == 0.0 && x.abs() < 1e4 {
        return format!("{}", x + 0.0).replace('-', "−");
    }
    let text = match exponent(x, 3) {
        exponent @ -3..4 => format!("{x:.*}", usize::try_from(3 - exponent).unwrap_or(0)),
        _ => format!("{x:.3e}"),
    };
    text.replace('-', "−")
}

/// The power of ten of a number that is rounded to so many decimals after its first digit.
pub(crate) fn exponent(x: f64, decimals: usize) -> i32 {
    let scientific = format!("{x:.decimals$e}");
    scientific.rsplit('e').next().and_then(|e| e.parse().ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_escaped() {
        assert_eq!(escape("a < b && \"c\""), "a &lt; b &amp;&amp; &quot;c&quot;");
        assert_eq!(json_string("</script>\n\"\\"), r#""\u003c/script\u003e\u000a\"\\""#);
    }

    #[test]
    fn numbers_have_four_digits() {
        for (x, text) in [
            (-0.0, "0"),
            (-2.0, "−2"),
            (-0.5, "−0.5000"),
            (9.99996, "10.00"),
            (0.001234, "0.001234"),
            (0.0001234, "1.234e−4"),
            (-12345.6, "−1.235e4"),
            (-1234.4, "−1234"),
        ] {
            assert_eq!(number(x), text);
        }
    }
}
