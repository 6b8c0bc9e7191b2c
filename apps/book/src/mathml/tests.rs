use super::*;
use crate::File;

/// MathML without the attributes that every letter and bracket has.
fn short(html: &str) -> String {
    html.replace(" mathvariant=\"normal\"", "").replace(" stretchy=\"false\"", "")
}

fn read(tex: &str, known: Known<'_>) -> String {
    let rows = super::rows((&File::new("page", tex), 1), tex, false, known);
    elements(&rows.unwrap_or_else(|error| panic!("{error}"))[0].cells[0], "")
}

fn rows(tex: &str) -> Result<Vec<Row>, Error> {
    super::rows((&File::new("page", tex), 1), tex, true, &|_| false)
}

fn math(tex: &str) -> String {
    let html = read(tex, &|_| false);
    let html = html.strip_prefix("<math><semantics><mrow>").unwrap();
    let (html, annotation) = html.split_once("</mrow><annotation").unwrap();
    let copied = format!(" encoding=\"application/x-tex\">{}</annotation>", escape(tex));
    assert!(annotation.starts_with(&copied), "{annotation}");
    short(html)
}

#[test]
fn each_construct_comes_out() {
    let thin = "<mspace width=\"0.17em\"></mspace>";
    for (tex, expected) in [
        ("a", "<mi>a</mi>"),
        ("12.5", "<mn>12.5</mn>"),
        ("-1", "<mo form=\"prefix\">−</mo><mn>1</mn>"),
        ("a - 1", "<mi>a</mi><mo>−</mo><mn>1</mn>"),
        ("a * b", "<mi>a</mi><mo>∗</mo><mi>b</mi>"),
        ("a \\cdot b", "<mi>a</mi><mo>·</mo><mi>b</mi>"),
        ("N \\times D", "<mi>N</mi><mo>×</mo><mi>D</mi>"),
        ("W \\leftarrow W", "<mi>W</mi><mo>←</mo><mi>W</mi>"),
        ("x^2", "<msup><mi>x</mi><mn>2</mn></msup>"),
        ("p_{ij}", "<msub><mi>p</mi><mrow><mi>i</mi><mi>j</mi></mrow></msub>"),
        ("W_1^2", "<msubsup><mi>W</mi><mn>1</mn><mn>2</mn></msubsup>"),
        (
            "f'(x)",
            "<mrow intent=\"derivative-of-f\"><mrow><mi>f</mi><mo lspace=\"0\" rspace=\"0\" form=\"postfix\">′</mo></mrow></mrow><mo form=\"prefix\">(</mo><mi>x</mi><mo form=\"postfix\">)</mo>",
        ),
        ("\\bigl(", "<mo class=\"big\" form=\"prefix\">(</mo>"),
        ("\\Bigr)", "<mo class=\"Big\" form=\"postfix\">)</mo>"),
        ("\\lVert a \\rVert", "<mo form=\"prefix\">‖</mo><mi>a</mi><mo form=\"postfix\">‖</mo>"),
        ("\\tfrac12", "<mfrac displaystyle=\"false\"><mn>1</mn><mn>2</mn></mfrac>"),
        ("\\frac{a}{b}", "<mfrac><mrow><mi>a</mi></mrow><mrow><mi>b</mi></mrow></mfrac>"),
        ("\\sqrt{2}", "<msqrt><mrow><mn>2</mn></mrow></msqrt>"),
        (
            "\\mathrm{tr}(a)",
            "<mi class=\"up\">tr</mi><mo form=\"prefix\">(</mo><mi>a</mi><mo form=\"postfix\">)</mo>",
        ),
        ("2 \\ln p", &format!("<mn>2</mn>{thin}<mi class=\"up\">ln</mi>{thin}<mi>p</mi>")),
        ("\\mathbf 1", "<mn>𝟏</mn>"),
        ("\\text{a < b}", "<mtext>a\u{a0}&lt;\u{a0}b</mtext>"),
        ("probs", "<mi class=\"word\">probs</mi>"),
        ("\\mathit{probs}", "<mi class=\"word\">probs</mi>"),
        ("dz", "<mi>d</mi><mi>z</mi>"),
        ("\\nabla z", "<mrow intent=\"gradient-of-z\"><mi class=\"up\">∇</mi><mi>z</mi></mrow>"),
        ("\\eta \\sigma \\tau", "<mi>η</mi><mi>σ</mi><mi>τ</mi>"),
        ("a^\\top", "<msup><mi>a</mi><mi class=\"up top\" intent=\"transpose\">⊤</mi></msup>"),
        (
            "a,\\, b \\quad",
            &format!(
                "<mi>a</mi><mo separator=\"true\">,</mo>{thin}<mi>b</mi><mspace width=\"1em\"></mspace>"
            ),
        ),
        (
            "\\sum_i a",
            "<msub><mo class=\"sum\" largeop=\"false\" movablelimits=\"false\">∑</mo><mi>i</mi></msub><mspace width=\"0.17em\"></mspace><mi>a</mi>",
        ),
        (
            "\\begin{pmatrix} 1 & 2 \\\\ 3 & 4 \\end{pmatrix}",
            "<mrow><mo class=\"bracket\">(</mo><mtable class=\"pmatrix\"><mtr><mtd><mn>1</mn></mtd><mtd><mn>2</mn></mtd></mtr><mtr><mtd><mn>3</mn></mtd><mtd><mn>4</mn></mtd></mtr></mtable><mo class=\"bracket\">)</mo></mrow>",
        ),
    ] {
        assert_eq!(math(tex), expected, "{tex}");
    }
}

#[test]
fn letters_are_marked_with_their_names_in_rust() {
    let marked = read("\\nabla z^{(2)} \\cdot dz^{(2)} + z_{z}", &|name| name == "dz2");
    assert_eq!(marked.matches("data-s").count(), 1);
    assert!(marked.contains("<mrow data-s=\"dz2\" intent=\"gradient-of-z-layer-2\">"), "{marked}");
    // A lower index would not be heard; in an index nothing is a letter of the code.
    let indexed = read("W_{ij}^{(2)} + e^{z^{(1)}} + a^{(l-1)}", &|_| false);
    assert_eq!(indexed.matches("intent").count(), 1, "{indexed}");
    assert!(indexed.contains("intent=\"a-layer-l-minus-1\""), "{indexed}");
}

#[test]
fn a_long_formula_may_be_broken_before_a_relation() {
    let formula = |tex: &str| read(tex, &|_| false).matches("<math>").count();
    assert_eq!(formula("a = b = c"), 1);
    assert_eq!(formula("a = b, \\quad c = d"), 2);
    assert_eq!(formula("\\sigma(-z) = 1 / (1 + e^z) = e^{-z} / (e^{-z} + 1)"), 3);
    for (letters, pieces) in [(36, 1), (37, 2)] {
        assert_eq!(formula(&format!("a = {}", "b".repeat(letters))), pieces, "{letters}");
    }
    // In a block of its own, the part after a wide space stays together up to its second =.
    let long = "a + b + c + d = e, \\quad f = g + h + i + j = k";
    assert_eq!(formula(long), 5);
    let pieces = &rows(long).unwrap()[0].cells[0];
    assert_eq!(pieces.len(), 4);
    for (piece, start) in pieces[1..].iter().zip(["<mo>=<", "<mi>f<", "<mo>=<"]) {
        assert!(short(piece).starts_with(start), "{piece}");
    }
}

#[test]
fn lines_have_cells_letters_and_numbers() {
    let tex = "\\begin{aligned}\na &= b && (1.1) \\\\\n&\\quad + c\n\\end{aligned}";
    let found = rows(tex).unwrap();
    assert_eq!(found.iter().map(|row| row.cells.len()).collect::<Vec<_>>(), [2, 2]);
    assert_eq!((found[0].number, found[1].number), (Some(Tag(1, 1)), None));
    let letters: Vec<&str> = found[0].letters.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(letters, ["a", "b"]);
    let row = &rows("\\sum_k \\max_j z^{(2)} \\qquad (3.10)").unwrap()[0];
    assert_eq!(row.number, Some(Tag(3, 10)));
    assert_eq!(row.cells.len(), 1);
    assert_eq!(row.whole().matches("<munder>").count(), 2);
    assert_eq!(row.letters[0].0, "z2");
}

#[test]
fn what_is_not_known_is_named_with_its_line() {
    for (tex, expected) in [
        (
            "a\n= \\foo",
            "page:2: found \\foo, expected a command of the subset that src/tex.rs knows",
        ),
        ("{a", "page:1: found the end of the formula, expected }"),
        ("a^", "page:1: found the end of the formula, expected something to follow"),
        ("a # b", "page:1: found #, expected a formula of the subset that src/tex.rs knows"),
        ("\\begin{aligned} a", "page:1: found the end of the formula, expected \\end{aligned}"),
        ("\\mathbf 2", "page:1: found 2, expected 1, the column of ones"),
        ("a } b", "page:1: found }, expected the end of the formula"),
        ("a & b", "page:1: found &, expected the end of the formula"),
    ] {
        assert_eq!(rows(tex).unwrap_err().to_string(), expected, "{tex}");
    }
}
