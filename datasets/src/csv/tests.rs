use super::*;

/// All fields of all records, or the first error.
fn texts(bytes: &[u8]) -> Result<Vec<Vec<String>>, String> {
    let texts = |record: Vec<Field>| record.into_iter().map(|field| field.text.into()).collect();
    let all = records(bytes).and_then(|records| records.map(|r| r.map(texts)).collect());
    all.map_err(|error| error.to_string())
}

#[track_caller]
fn assert_texts(bytes: &[u8], expected: &[&[&str]]) {
    assert_eq!(texts(bytes).unwrap(), expected);
}

#[track_caller]
fn assert_error(bytes: &[u8], expected: &str) {
    assert_eq!(texts(bytes).unwrap_err(), expected);
}

#[test]
fn lines_end_in_all_usual_ways() {
    let expected: &[&[&str]] = &[&["a", "b"], &["1", "2"]];
    assert_texts(b"a,b\n1,2\n", expected);
    assert_texts(b"a,b\n1,2", expected);
    assert_texts(b"a,b\r\n1,2\r\n", expected);
    assert_texts(b"a,b\r1,2\r", expected);
    assert_texts(b"\na,b\n\n \t\n1,2\n\r\n  ", expected);
    assert_texts(b",\na,b\n,,,\n\" \"\n1,2\n,", expected);
    assert_texts(b"\xef\xbb\xbfa,b\n1,2\n", expected);
}

#[test]
fn what_is_quoted_separates_nothing_and_signs_are_no_names() {
    assert_texts(b"\"a,b\";c\n1;2\n", &[&["a,b", "c"], &["1", "2"]]);
    let signs = table(b"?,b\nnone,2\n").unwrap();
    assert!(signs.column("()").is_err());
    assert!(signs.rows.clone().next().unwrap().unwrap()[0].is_missing());
}

#[test]
fn a_file_may_end_as_old_systems_end_it() {
    let expected: &[&[&str]] = &[&["a", "b"], &["1", "2"]];
    for end in ["\x1a", "\n\x1a", "\n\0\0\0", "\r\n\x1a\0\0"] {
        assert_texts(format!("a,b\n1,2{end}").as_bytes(), expected);
    }
    let found = "found a zero byte, expected text: the file is damaged";
    assert_error(b"a,b\n1,\x002\n", &format!("line 2, column 3: {found}"));
    assert_error(b"a\0b\n\xe9", &format!("line 1, column 2: {found}"));
    assert_error(&vec![0; 1 << 24], &format!("line 1, column 1: {found}"));
}

#[test]
fn a_command_is_offered_only_where_it_helps() {
    let error = |text: &str| {
        let table = table(text.as_bytes()).unwrap();
        table.column("hue").unwrap_err().to_string()
    };
    let spaces = "found fields separated by spaces, expected commas, semicolons or tabs";
    assert!(error("alcohol  colour  hue\n14.2  5.6  1.04\n").contains(spaces));
    let sentence = error("These are the wines of 1991.\nalcohol,hue\n");
    let found = "found the column 'These are the wines of 1991.', expected one named 'hue'";
    assert_eq!(sentence, format!("line 1, column 1: {found}"));
    assert!(!error("one two three four\n").contains("spaces"));
    assert!(!error("one two three four\nfive six seven\n").contains("spaces"));
    // The name of a column may be two words, and so may what is in it.
    let found = "line 1, column 1: found the column 'petal width', expected one named 'hue'";
    assert_eq!(error("petal width\n0.2 cm\n"), found);
    let comment = error("# wines of 1991\nalcohol,hue\n14.2,1.04\n");
    let found = "found a comment, expected the names of the columns: take out such lines with \
                 `grep -v '^#' FILE > NEW.csv`";
    assert_eq!(comment, format!("line 1, column 1: {found}"));
}

#[test]
fn fields_may_be_quoted() {
    assert_texts(b"\"a,b\",\"say \"\"hi\"\"\"\n", &[&["a,b", "say \"hi\""]]);
    assert_texts(b"\"a\nb\r\nc\",\"\"\n\"\"\"\",\n", &[&["a\nb\r\nc", ""], &["\"", ""]]);
    assert_texts(b"\"a\"", &[&["a"]]);
    assert_texts("\"\u{e9}\u{2028}\",\u{1f33a}".as_bytes(), &[&["\u{e9}\u{2028}", "\u{1f33a}"]]);
}

#[test]
fn fields_may_be_empty_and_keep_their_spaces() {
    assert_texts(b"x,,\n a , b,\n,,\n", &[&["x", "", ""], &[" a ", " b", ""]]);
}

#[test]
fn fields_know_their_place() {
    let records: Result<Vec<_>, _> = records("é,\"a\r\nb\",c\rd,e,f".as_bytes()).unwrap().collect();
    let places: Vec<_> = records.unwrap().iter().flatten().map(|field| field.place).collect();
    let expected = [(1, 1), (1, 3), (2, 4), (3, 1), (3, 3), (3, 5)];
    assert_eq!(places, expected.map(|(line, column)| Place::Line { line, column }));
}

#[test]
fn numbers_are_finite_and_have_a_point() {
    let number = |text: &str| {
        let field = Field {
            text: text.into(),
            place: Place::Line { line: 2, column: 3 },
            decimal_comma: false,
        };
        field.number().map_err(|error| error.to_string())
    };
    for (text, expected) in
        [("5.1", 5.1), (" 7 ", 7.0), ("-1e3", -1000.0), ("+.5", 0.5), ("1.", 1.0), ("1e-999", 0.0)]
    {
        assert_eq!(number(text), Ok(expected));
    }
    for text in ["NaN", "nan", "inf", "-infinity", "1,5", "1e999", "5.1cm", "0x10", "1 2", "1_000"]
    {
        assert_eq!(
            number(text),
            Err(format!("line 2, column 3: found '{text}', expected a number"))
        );
    }
    for text in ["", "  "] {
        let found = "line 2, column 3: found an empty field, expected a number";
        assert_eq!(number(text), Err(found.to_owned()));
    }
    let found = "line 2, column 3: found 'a\\nb\\u{1b}', expected a number";
    assert_eq!(number(" a\nb\x1b "), Err(found.to_owned()));
    let found = format!("line 2, column 3: found '{}…', expected a number", "é".repeat(40));
    assert_eq!(number(&"é".repeat(41)), Err(found));
}

#[test]
fn commas_may_stand_for_points_where_they_do_not_separate() {
    let number = |text: &str| {
        let field = Field {
            text: text.into(),
            place: Place::Line { line: 1, column: 1 },
            decimal_comma: true,
        };
        field.number().ok()
    };
    for (text, expected) in
        [("5,1", 5.1), ("-,5", -0.5), ("1,", 1.0), ("1,5e3", 1500.0), ("5.1", 5.1), (" 7 ", 7.0)]
    {
        assert_eq!(number(text), Some(expected), "{text}");
    }
    for text in ["1,000,000", "1.000,5", "1,5.0", ",", "1 ,5", "inf,"] {
        assert_eq!(number(text), None, "{text}");
    }
}

#[test]
fn the_first_line_says_what_separates() {
    assert_texts(b"a;b\n1,5;2\n", &[&["a", "b"], &["1,5", "2"]]);
    assert_texts(b"1,5;2,5\n", &[&["1,5", "2,5"]]);
    assert_texts(b"a;b,c\n", &[&["a;b", "c"]]);
    assert_texts(b"1;2,\n", &[&["1;2", ""]]);
    assert_texts(b",5;1\n", &[&["", "5;1"]]);
    assert_texts(b"\"a;b;c\",d\n", &[&["a;b;c", "d"]]);
    assert_texts(b"a,b\t\n", &[&["a", "b\t"]]);
    assert_texts(b"a\tb\n\"1\t2\"\t3\n", &[&["a", "b"], &["1\t2", "3"]]);
    assert_texts(b"sep=|\na,b|c\n", &[&["a,b", "c"]]);
    assert_texts(b"sep=x\nab\n", &[&["sep=x"], &["ab"]]);
}

#[test]
fn blank_fields_at_the_end_may_be_missing_or_too_many() {
    assert_texts(
        b"a,b,,\n1,2\n1,2,,,,\n",
        &[&["a", "b", "", ""], &["1", "2", "", ""], &["1", "2", "", ""]],
    );
    assert_error(b"a,b,,\n1\n", "line 2, column 1: found 1 field, expected 4 as in the first line");
    assert_error(
        b"a,b\n1,2,,3\n",
        "line 2, column 1: found 4 fields, expected 2 as in the first line",
    );
    let many = [&b"a"[..], &b",".repeat(17), b"\n1,\n"].concat();
    assert_eq!(texts(&many).unwrap()[1].len(), 18);
    let many = [&b"a"[..], &b",".repeat(18), b"\n1,\n"].concat();
    assert_error(&many, "line 2, column 1: found 2 fields, expected 19 as in the first line");
}

#[test]
fn a_table_has_columns_by_name() {
    let text = "Alcohol, Malic-acid ,hue,class\n14.2,1.7,1.04,B\n,,,\n12.4,0.9,.98,A\n13,2,1,B\n";
    let table = table(text.as_bytes()).unwrap();
    let numbers = table.numbers(&["hue", "malic acid"]).unwrap();
    assert_eq!(numbers, Matrix::from_rows([[1.04, 1.7], [0.98, 0.9], [1.0, 2.0]]));
    assert_eq!(table.classes("CLASS").unwrap(), (vec![1, 0, 1], vec!["A".into(), "B".into()]));
    assert_eq!(table.column("hue"), Ok(2));
    assert_eq!(table.rows.clone().count(), 3);
    let error = table.numbers(&["proline"]).unwrap_err().to_string();
    let found = "line 1, column 1: found the columns 'Alcohol', 'Malic-acid', 'hue' and 'class', \
                 expected one named 'proline'";
    assert_eq!(error, found);
    let error = table.numbers(&["class"]).unwrap_err().to_string();
    assert_eq!(error, "line 2, column 15: found 'B', expected a number");
}

#[test]
fn a_table_is_checked() {
    let error = |text: &str, name: &str| {
        let table = table(text.as_bytes()).unwrap();
        let numbers = table.numbers(&[name]).unwrap_err().to_string();
        let classes = table.classes(name).unwrap_err().to_string();
        (numbers, classes)
    };
    let both = |text: &str| (text.to_string(), text.to_string());
    let no_rows = "line 2, column 1: found the end of the file, expected rows of data";
    assert_eq!(error("a,b\n", "a"), both(no_rows));
    let second = "line 1, column 3: found a second column 'a' in the header, expected one";
    assert_eq!(error("a,a\n", "a"), both(second));
    // One that is the same to the letter comes before one that is similar.
    let same = table(b"A,a\n1,2\n").unwrap();
    assert_eq!((same.column("a"), same.column("A")), (Ok(1), Ok(0)));
    let ragged = "line 3, column 1: found 1 field, expected 2 as in the first line";
    assert_eq!(error("a,b\n1,2\n1\n", "a"), both(ragged));
    let field = |expected| format!("line 2, column 1: found an empty field, expected {expected}");
    assert_eq!(error("a,b\n,2\n", "a"), (field("a number"), field("a class")));
    let header = "line 1, column 3: found '2' in the first line, expected the names of the columns, one \
                  of them 'a'";
    assert_eq!(error("x,2\n", "a"), both(header));
    assert!(table(b"sep=;\n").unwrap_err().to_string().ends_with("expected rows of data"));
}

#[test]
fn what_is_no_csv_text_is_named() {
    for bytes in [&b""[..], b"\n", b" \r\n\t", b"\xef\xbb\xbf"] {
        let found = "line 1, column 1: found an empty file, expected comma-separated values";
        assert_error(bytes, found);
    }
    for bytes in [b"\xff\xfea\0", b"\xfe\xff\0a"] {
        let found = "line 1, column 1: found UTF-16 text, expected comma-separated values: convert \
                     it with `iconv -f UTF-16 -t UTF-8 FILE > NEW`";
        assert_error(bytes, found);
    }
    assert_error(
        b" <!DOCTYPE html>\n",
        "line 1, column 1: found a web page, expected comma-separated values: perhaps what a \
         failed download left; `curl -fLO URL` tells when one fails",
    );
    let found = "line 1, column 1: found gzip data, expected comma-separated values: unpack it \
                 with `gunzip FILE`";
    assert_error(b"\x1f\x8b\x08\0", found);
    let help = "if it is from Windows, convert it with `iconv -f WINDOWS-1252 -t UTF-8 FILE > NEW`";
    let found = |byte| format!("found byte {byte}, expected UTF-8 text: {help}");
    assert_error(b"a\r\n\xc3\xa9b\xe9\n", &format!("line 2, column 3: {}", found("0xe9")));
    assert_error(b"a,\xc3", &format!("line 1, column 3: {}", found("0xc3")));
}

#[test]
fn quotes_are_checked() {
    let found = "line 1, column 2: found a quote in an unquoted field, expected none";
    assert_error(b"a\"b\",c\n", found);
    let found = "line 1, column 4: found more after the closing quote, expected a comma or a new \
                 line";
    assert_error(b"\"a\"b\n", found);
    let found = "line 2, column 3: found a quote that is never closed, expected a second one";
    assert_error(b"a,b\n1,\"2\n3,4\n", found);
    assert_error(b"a,b\n1,\"2\"\"", found);
    assert_error(b"a,b\n1,\"", found);
}

#[test]
fn ragged_rows_are_an_error_and_the_last_thing_that_comes() {
    let found = "line 3, column 1: found 3 fields, expected 2 as in the first line";
    assert_error(b"a,b\n1,2\n3,4,5\n6,7\n", found);
    assert_error(b"a,b\n1\n", "line 2, column 1: found 1 field, expected 2 as in the first line");
    let mut records = records(b"a,b\n1\n2,3\n").unwrap();
    assert!(records.next().unwrap().is_ok());
    assert!(records.next().unwrap().is_err());
    assert!(records.next().is_none());
}

#[test]
fn a_record_has_ten_thousand_fields_at_most() {
    let most = [&b",".repeat(9_999)[..], b"x"].concat();
    assert_eq!(texts(&most).unwrap()[0].len(), 10_000);
    let found = "column 10001: found more than 10000 fields, expected no more";
    assert_error(&[b",", &most[..]].concat(), &format!("line 1, {found}"));
    assert_error(&[b"a\n,", &most[..], b",,,"].concat(), &format!("line 2, {found}"));
}
