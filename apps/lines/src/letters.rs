//! The name in Rust of a letter on paper: the one rule for it.

use crate::equations::Tag;

/// A letter of a formula: ∇W^{(2)} is `{ nabla, base: "W", layer: "2" }`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Letter {
    /// Whether ∇ precedes it.
    pub nabla: bool,
    /// The letter, the word or the TeX command's name.
    pub base: String,
    /// The upper index in brackets, such as 2 or l − 1; empty for none.
    pub layer: String,
    /// The lower index where it is one digit, as in c₁; empty for none.
    pub index: String,
    /// Whether a prime follows.
    pub prime: bool,
}

/// Letters whose name in Rust is not the letter in lower case.
const NAMES: [(&str, &str); 9] = [
    ("J", "loss"),
    ("CE", "cross_entropy"),
    ("softmax", "softmax_of_rows"),
    ("lse", "log_sum_exp"),
    ("sigma", "sigmoid"),
    ("varepsilon", "epsilon"),
    ("dataLoss", "data_loss"),
    ("regLoss", "reg_loss"),
    ("trueScore", "true_score"),
];

impl Letter {
    /// The name in Rust: ∇W^{(2)} is `dw2`, a^{(1)} is `a1`, η is `eta`, relu′ is `relu_prime`. A
    /// layer that is a letter itself, as in W^{(l)}, has no digit. Without a layer, c₁ is `c1`.
    pub fn rust_name(&self) -> String {
        let known = NAMES.iter().find(|(paper, _)| *paper == self.base);
        let base = known.map_or_else(|| self.base.to_lowercase(), |(_, name)| (*name).into());
        let layer = if self.layer.is_empty() { &self.index } else { &self.layer };
        let layer: String = layer.chars().take_while(char::is_ascii_digit).collect();
        let (d, prime) =
            (if self.nabla { "d" } else { "" }, if self.prime { "_prime" } else { "" });
        format!("{d}{base}{layer}{prime}")
    }
}

/// Letters that have another name in a function which all nets share: equation, name, name in that
/// function.
const LOCAL: [(&str, &str, &str); 9] = [
    ("0.6", "z", "row"),
    ("0.9", "loss", "f_at"),
    ("0.9", "w", "x"),
    ("4.27", "g", "normal"),
    ("4.28", "g", "normal"),
    ("4.29", "g", "normal"),
    ("4.29", "inputs", "d"),
    ("8.15", "h", "w"),
    ("8.16", "h", "b"),
];

/// The name of a letter on the line of an equation.
pub fn on_line(tag: Tag, name: &str) -> &str {
    let local = LOCAL.iter().find(|(t, n, _)| Tag::parse(t) == Some(tag) && *n == name);
    local.map_or(name, |(.., local)| local)
}

/// The identifiers in a piece of code, each with where it starts.
pub fn identifiers(code: &str) -> impl Iterator<Item = (usize, &str)> {
    let part = |c: char| c.is_alphanumeric() || c == '_';
    let mut from = 0;
    std::iter::from_fn(move || {
        let start = from + code[from..].find(part)?;
        let end = code[start..].find(|c| !part(c)).map_or(code.len(), |len| start + len);
        from = end;
        Some((start, &code[start..end]))
    })
    .filter(|(_, word)| !word.starts_with(|c: char| c.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paper_and_code_agree() {
        let letter = |nabla, base: &str, layer: &str, prime| {
            Letter { nabla, base: base.into(), layer: layer.into(), prime, ..Letter::default() }
                .rust_name()
        };
        assert_eq!(letter(false, "a", "1", false), "a1");
        assert_eq!(letter(true, "W", "2", false), "dw2");
        assert_eq!(letter(true, "z", "", false), "dz");
        assert_eq!(letter(false, "eta", "", false), "eta");
        assert_eq!(letter(false, "relu", "", true), "relu_prime");
        assert_eq!(letter(false, "dataLoss", "", false), "data_loss");
        assert_eq!(letter(true, "W", "l", false), "dw");
        assert_eq!(letter(false, "a", "l - 1", false), "a");
        let index = |layer: &str| Letter {
            base: "c".into(),
            index: "1".into(),
            layer: layer.into(),
            ..Letter::default()
        };
        assert_eq!((index("").rust_name(), index("l").rust_name()), ("c1".into(), "c".into()));
    }

    #[test]
    fn identifiers_are_found_where_they_stand() {
        let found: Vec<_> = identifiers("self.w2.t() + 1e5 * α").collect();
        assert_eq!(found, [(0, "self"), (5, "w2"), (8, "t"), (20, "α")]);
    }
}
