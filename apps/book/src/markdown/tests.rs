use super::*;

fn kinds(text: &str) -> Vec<String> {
    let page = File::new("page", text);
    let blocks = blocks(&page).unwrap_or_else(|error| panic!("{error}"));
    blocks.iter().map(|block| format!("{} {:?}", block.line, block.kind)).collect()
}

#[test]
fn each_block_comes_out_with_its_line() {
    for (text, expected) in [
        ("# A *b*", r#"1 Heading(1, [Text("A "), Marked("em", [Text("b")])])"#),
        ("\n\na\nb", r#"3 Paragraph([Text("a\nb")])"#),
        ("- a\n  b\n- c", r#"1 List(None, [[Text("a\nb")], [Text("c")]])"#),
        ("3. a\n4. b", r#"1 List(Some(3), [[Text("a")], [Text("b")]])"#),
        (
            "| a | b |\n|---|---:|\n| `|` | |",
            r#"1 Table([false, true], [[Text("a")], [Text("b")]], [[[Code("|")], []]])"#,
        ),
        ("```sh\na\n```", r#"1 Fence(Part { info: Some("sh"), start: 2, lines: ["a"] })"#),
    ] {
        assert_eq!(kinds(text), [expected], "{text}");
    }
}

#[test]
fn each_inline_comes_out() {
    for (text, expected) in [
        ("a `b c` $d$", r#"[Text("a "), Code("b c"), Text(" "), Math("d", 1)]"#),
        ("**a `b`** c", r#"[Marked("strong", [Text("a "), Code("b")]), Text(" c")]"#),
        ("2 * 3 * 4", r#"[Text("2 * 3 * 4")]"#),
        ("[a](b.md#c), d", r#"[Link([Text("a")], "b.md#c", 1), Text(", d")]"#),
        ("a [b]", r#"[Text("a [b]")]"#),
    ] {
        assert_eq!(kinds(text), [format!("1 Paragraph({expected})")], "{text}");
    }
}

#[test]
fn a_table_with_a_cell_too_many_is_named_with_its_line() {
    let page = File::new("page", "| a |\n|---|\n| b | c |");
    let error = blocks(&page).unwrap_err().to_string();
    assert_eq!(error, "page:3: found a row of 2 cells, expected 1, as in the head");
    let page = File::new("page", "text\n\n| a |\n| b |");
    let error = blocks(&page).unwrap_err().to_string();
    assert_eq!(error, "page:4: found no rule under the head of a table, expected |---|---|");
}

#[test]
fn anchors_are_those_of_a_forge() {
    assert_eq!(anchor("What `forward` does, row by row"), "what-forward-does-row-by-row");
}
