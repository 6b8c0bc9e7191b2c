//! Every gradient of every net follows from its forward lines, and no changed line does.

use lines::derive::{Derivation, derive};
use lines::equations::{Tag, computed};
use lines::functions::functions;
use lines::ops::parse;
use lines::{File, ROOT};
use std::path::Path;

const NETS: [&str; 5] = ["one_net", "softmax_regression", "two_net", "three_net", "deep_net"];

fn read(net: &str) -> File {
    File::read(Path::new(ROOT), &format!("nets/src/{net}.rs")).unwrap()
}

#[test]
fn every_gradient_follows() {
    for net in NETS {
        let all = derive(&read(net)).unwrap_or_else(|error| panic!("{error}"));
        for found in &all {
            let (expected, line) = (&found.expected, &found.found);
            assert!(found.follows(), "{}: {line}, expected {expected}", found.tag);
        }
    }
}

/// Changes of one line of code: text and what takes its place, in every place where the text stands.
const CHANGES: [(&str, &str); 22] = [
    (".t()", ""),
    (".dot(", ".t().dot("),
    (".dot(&dz", ".dot(&da"),
    (".dot(&dz", " / (&dz"),
    ("- y)", "+ y)"),
    ("(probs - y)", "(y - probs)"),
    ("(&acts.h - y)", "(y - &acts.h)"),
    (" / n", ""),
    (" / n", " / n / n"),
    (" / m", ""),
    (".hadamard(&z1.map(relu_prime))", ".dot(&z1.map(relu_prime))"),
    ("z1.map(relu_prime)", "a1.map(relu_prime)"),
    ("z2.map(relu_prime)", "a2.map(relu_prime)"),
    ("z2.map(relu_prime)", "z2.map(relu)"),
    ("z1.map(relu_prime)", "z1.map(relu)"),
    ("= a1.t()", "= a0.t()"),
    ("= a0.t()", "= a1.t()"),
    ("self.w2.t()", "self.w1.t()"),
    ("self.w3.t()", "self.w2.t()"),
    ("sum_of_rows()", "t()"),
    ("&dz2)", "&dz1)"),
    ("dz2.", "dz1."),
];

/// `left.dot(right)` with the factors the other way round.
fn swapped(line: &str) -> Option<String> {
    let (start, rest) = line.split_once(" = ")?;
    let (left, rest) = rest.split_once(".dot(")?;
    let (right, end) = rest.rsplit_once("); //")?;
    Some(format!("{start} = {}.dot({left}); //{end}", right.trim_start_matches('&')))
}

/// `left.hadamard(right)` without its right side.
fn unmasked(line: &str) -> Option<String> {
    let (start, rest) = line.split_once(".hadamard(")?;
    Some(format!("{start}; //{}", rest.split_once("; //")?.1))
}

#[test]
fn changed_lines_do_not_follow() {
    let mut tried = 0;
    for net in NETS {
        let file = read(net);
        let backward = functions(&file.lines).into_iter().find(|f| f.name == "backward").unwrap();
        for at in (backward.body..backward.end).filter(|&at| computed(&file.lines[at]).is_some()) {
            let line = &file.lines[at];
            let changed = CHANGES.iter().map(|(old, new)| line.replace(old, new));
            for new in changed.chain(swapped(line)).chain(unmasked(line)) {
                if new == *line {
                    continue;
                }
                let mut file = file.clone();
                file.lines[at] = new.clone();
                tried += 1;
                // A line that the reader refuses doesn't follow either.
                if let Ok(all) = derive(&file) {
                    let tag = computed(line).unwrap();
                    let refused = all.iter().any(|found| found.tag == tag && !found.follows());
                    assert!(refused, "{net}: {}", new.trim());
                }
            }
        }
    }
    assert!(tried >= 90, "{tried}");
}

#[test]
fn forward_lines_that_change_leave_the_gradients_behind() {
    for (old, new, tag) in [
        ("a1.dot(&self.w2)", "a1.dot(self.w2.t())", "3.9"),
        ("z1.map(relu)", "z1 + z1", "3.12"),
        ("a1.dot(&self.w2)", "a1.hadamard(&self.w2)", "3.11"),
        ("cross_entropy(&acts.z2, y)", "acts.z2.norm_squared()", "3.8"),
        (".add_row(&self.b2)", "", "3.10"),
        ("a1.dot(&self.w2)", "y - a1.dot(&self.w2)", "3.9"),
    ] {
        let mut file = read("two_net");
        for line in file.lines.iter_mut().filter(|line| computed(line).is_some()) {
            *line = line.replace(old, new);
        }
        let follows = derive(&file).is_ok_and(|all| {
            all.iter().any(|found| found.tag.to_string() == tag && found.follows())
        });
        assert!(!follows, "{old} → {new}");
    }
}

/// What is said of a changed line of TwoNet or ThreeNet.
#[test]
fn the_difference_is_named() {
    for (net, old, new, difference) in [
        ("two_net", "a1.t().dot(&dz2)", "dz2.dot(a1.t())", "the order of the factors"),
        ("two_net", "dz2.dot(self.w2.t())", "dz2.dot(&self.w2)", "a transpose"),
        ("two_net", "a1.t().dot(&dz2)", "dz2.t().dot(&a1)", "the whole is transposed"),
        ("two_net", "(probs - y)", "(y - probs)", "the sign"),
        ("two_net", "(probs - y) / n", "(probs - y)", "a factor, 1 in place of 1/N"),
        ("two_net", ".hadamard(&z1.map(relu_prime))", ".hadamard(&z1.map(relu))", "the operations"),
        ("two_net", "da1.hadamard(&z1.map(relu_prime))", "da1 + da1 - da1", "the mask"),
        // Error 6 of the errata: half of the gradient transposed.
        (
            "two_net",
            "let dw1 = a0.t().dot(&dz1);",
            "let dw1 = a0.t().dot(self.w2.dot(&dz2.t())).hadamard(&z1.map(relu_prime));",
            "∇z², W², z¹ in place of ∇z¹",
        ),
        // Error 7 of the errata: the first layer's gradients with a¹ in the place of a⁰.
        ("three_net", "a0.t().dot(&dz1)", "a1.t().dot(&dz1)", "a¹ in place of a⁰"),
    ] {
        let mut file = read(net);
        file.lines.iter_mut().for_each(|line| *line = line.replace(old, new));
        let all = derive(&file).unwrap_or_else(|error| panic!("{error}"));
        let found: Vec<String> = all.iter().filter_map(Derivation::difference).collect();
        assert!(found.contains(&difference.to_string()), "{old} → {new}: {found:?}");
    }
}

/// Nets that the course doesn't have: the rules are those of matrices, not of five files.
#[test]
fn a_letter_that_is_read_twice_has_two_terms() {
    let net = "impl A {
    fn forward(&self) {
        let z1 = x.dot(&self.w1); // (1.1)
        let z2 = z1.hadamard(&z1) + z1.dot(&self.w2).t(); // (1.2)
    }
    fn data_loss(&self) {
        cross_entropy(&z2, y) // (1.3)
    }
    fn backward(&self) {
        let dz2 = (softmax_of_rows(&z2) - y) / n; // (1.4)
        let dz1 = dz2.hadamard(&z1) + z1.hadamard(&dz2) + dz2.t().dot(self.w2.t()); // (1.5)
        let dw2 = z1.t().dot(&dz2.t()); // (1.6)
        let dw1 = x.t().dot(&dz1); // (1.7)
    }
}";
    let all = derive(&File::new("a.rs", net)).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(all.len(), 4);
    for found in all {
        assert!(found.follows(), "{}: {}, expected {}", found.tag, found.found, found.expected);
    }
}

#[test]
fn a_letter_that_two_lines_read_has_two_terms() {
    let net = "impl A {
    fn forward(&self) {
        let a1 = x.dot(&self.w1); // (1.1)
        let a2 = a1.dot(&self.w2); // (1.2)
        let z3 = a1 + a2; // (1.3)
    }
    fn data_loss(&self) {
        cross_entropy(&z3, y) // (1.4)
    }
    fn backward(&self) {
        let dz3 = (softmax_of_rows(&z3) - y) / n; // (1.5)
        let da2 = dz3; // (1.6)
        let da1 = dz3 + da2.dot(self.w2.t()); // (1.7)
    }
}";
    let all = derive(&File::new("a.rs", net)).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(all[2].expected.to_string(), "∇z³ + ∇a² · (W²)ᵀ");
    assert!(all.iter().all(Derivation::follows));
}

#[test]
fn a_derivation_is_written_as_on_paper() {
    let all = derive(&read("two_net")).unwrap();
    let of = |gradient: &str| {
        let of = all.iter().find(|derivation| derivation.gradient == gradient);
        of.expect("a gradient")
    };
    assert_eq!(of("∇W²").found.to_string(), "(a¹)ᵀ · ∇z²");
    assert_eq!(of("∇z¹").found.to_string(), "∇a¹ ∗ relu′(z¹)");
    // A single character, such as the column of ones, needs no brackets.
    assert_eq!(of("∇b¹").expected.to_string(), "1ᵀ · ∇z¹");
    // The other letters are fixed only where there are others.
    let rules =
        |gradient: &str| of(gradient).rows.iter().map(|(rule, _)| *rule).collect::<Vec<_>>();
    assert_eq!(
        rules("∇W²"),
        ["forward", "sum", "product", "others fixed", "insertion", "read off", "transpose"]
    );
    assert_eq!(
        rules("∇z¹"),
        ["forward", "function", "insertion", "change of sides", "read off", "transpose"]
    );
}

#[test]
fn a_gradient_that_does_not_follow_is_an_error_with_its_line() {
    let mut file = read("two_net");
    let line = file.lines.iter().position(|line| line.contains("let db2 =")).expect("a line");
    file.lines[line] = file.lines[line].replace("db2", "dq");
    let error = derive(&file).map(|_| ()).unwrap_err().to_string();
    assert!(error.contains(&format!("nets/src/two_net.rs:{}: ", line + 1)), "{error}");
    assert!(error.contains("found a gradient of q, expected one of a letter that"), "{error}");
}

#[test]
fn the_number_of_an_equation_is_two_whole_numbers() {
    assert_eq!(Tag::parse("3.10"), Some(Tag(3, 10)));
    for text in ["3", "3.", ".9", "+3.9", "3.+9", "3.9a", "3.9.1", ""] {
        assert_eq!(Tag::parse(text), None, "{text}");
    }
}

#[test]
fn a_quotient_of_a_sum_is_no_sum_of_quotients() {
    let [whole, parts] = ["a / (m + n)", "a / m + a / n"].map(|text| parse(text).unwrap().normal());
    assert_ne!(whole, parts);
}
