//! Where the functions of a Rust file begin and end.

/// A function: lines counted from 0.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Function {
    /// Its name.
    pub name: String,
    /// The line with `fn`.
    pub start: usize,
    /// The line after its signature.
    pub body: usize,
    /// The line after its end.
    pub end: usize,
}

/// The functions of a file, without those inside others.
pub fn functions(lines: &[String]) -> Vec<Function> {
    let mut functions: Vec<Function> = Vec::new();
    for (start, line) in lines.iter().enumerate() {
        if functions.last().is_some_and(|last| start < last.end) {
            continue;
        }
        let Some(name) = function_name(line) else { continue };
        let ends = |line: &String| line.ends_with(['{', ';', '}']) || line.contains("{ ");
        let Some(signature) = lines[start..].iter().position(ends) else { continue };
        let body = start + signature + 1;
        if lines[body - 1].ends_with(';') {
            continue;
        }
        let indent = &line[..line.len() - line.trim_start().len()];
        let close = format!("{indent}}}");
        let end = if lines[body - 1].ends_with('}') {
            body
        } else {
            lines[body..]
                .iter()
                .position(|line| *line == close)
                .map_or(lines.len(), |i| body + i + 1)
        };
        functions.push(Function { name: name.into(), start, body, end });
    }
    functions
}

/// The name of the function whose definition starts on this line.
pub fn function_name(line: &str) -> Option<&str> {
    let mut line = line.trim_start();
    if line.starts_with("pub(") {
        line = line.split_once(") ")?.1;
    }
    for word in ["pub ", "const ", "unsafe "] {
        line = line.strip_prefix(word).unwrap_or(line);
    }
    let name = line.strip_prefix("fn ")?;
    Some(&name[..name.find(['(', '<'])?])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_have_a_signature_and_an_end() {
        let text = "impl A {\n    pub fn a(\n        b: f64,\n    ) -> f64 {\n        b\n    }\n}\nfn c() {}";
        let lines: Vec<String> = text.lines().map(String::from).collect();
        let found = functions(&lines);
        let places: Vec<_> =
            found.iter().map(|f| (f.name.as_str(), f.start, f.body, f.end)).collect();
        assert_eq!(places, [("a", 1, 4, 6), ("c", 7, 8, 8)]);
    }
}
