use super::*;
use crate::fault::Kind;

#[track_caller]
fn assert_error(text: &str, expected: &str) {
    assert_eq!(parse(text.as_bytes()).unwrap_err().to_string(), expected);
}

/// Two flowers.
fn two() -> Iris {
    Iris {
        features: Matrix::from_rows([[1.0, 2.0, 3.0, 4.0], [5.0, 6.0, 7.0, 8.0]]),
        species: vec![0, 2],
    }
}

#[test]
fn the_file_that_comes_with_the_crate_holds_fishers_flowers() {
    let bytes = file::read(&iris_path()).unwrap();
    assert!(!bytes.contains(&b'\r'), "this checkout has CRLF line ends: see .gitattributes");
    assert_eq!(crate::gzip::crc32(&bytes), 0x7d6f_982f);
    let iris = iris(&iris_path()).unwrap();
    assert_eq!(iris.features.shape(), (150, 4));
    assert_eq!(iris.features.row(0), [5.1, 3.5, 1.4, 0.2]);
    assert_eq!(iris.features.row(149), [5.9, 3.0, 5.1, 1.8]);
    let species: Vec<usize> = (0..150).map(|i| i / 50).collect();
    assert_eq!(iris.species, species);
    // UCI's copy differs from the paper in flowers 35 and 38, counted from 1, and so does this one.
    assert_eq!(iris.features.row(34), [4.9, 3.1, 1.5, 0.1]); // the paper has 0.2 last
    assert_eq!(iris.features.row(37), [4.9, 3.1, 1.5, 0.1]); // the paper has 3.6, 1.4
}

#[test]
fn columns_are_found_by_name() {
    for text in [
        "SepalLengthCm,SepalWidthCm,PetalLengthCm,PetalWidthCm,Species\n\
         1,2,3,4,Iris-setosa\n5,6,7,8,Iris-virginica\n",
        "species,petal_width,petal_length,sepal_width,sepal_length\n\
         setosa,4,3,2,1\nvirginica,8,7,6,5\n",
        "\"\",\"Sepal.Length\",\"Sepal.Width\",\"Petal.Length\",\"Petal.Width\",\"Species\"\n\
         \"1\",1,2,3,4,\"setosa\"\n\"2\",5,6,7,8,\"virginica\"\n",
        "Id,class,sepal length (cm),colour,sepal width (cm),petal length (cm),petal width (cm)\n\
         1, Iris-Setosa ,1.0, blue, 2.0,3,4\n2,VIRGINICA,5,\"a,b\",6,7,8\n",
        "sepal length in cm,sepal width in cm,petal length in cm,petal width in cm,class\n\
         1,2,3,4,Iris-setosa\n5,6,7,8,Iris-virginica\n",
    ] {
        assert_eq!(parse(text.as_bytes()), Ok(two()));
    }
}

#[test]
fn ucis_file_has_no_header() {
    let text = "1,2,3,4,Iris-setosa\n5,6,7,8,Iris-virginica\n\n";
    assert_eq!(parse(text.as_bytes()), Ok(two()));
}

#[test]
fn a_bad_value_in_the_first_row_makes_no_header_of_it() {
    let rest = "1,2,3,4,Iris-setosa\n";
    for value in ["NaN", "?", "-"] {
        assert_error(
            &format!("{value},3.5,1.4,0.2,Iris-setosa\n{rest}"),
            &format!("line 1, column 1: found '{value}', expected a number"),
        );
    }
    assert_error(
        &format!(",3.5,1.4,0.2,Iris-setosa\n{rest}"),
        "line 1, column 1: found an empty field, expected a number",
    );
    assert_error(
        &format!("?,?,1.4,0.2,Iris-sibirica\n{rest}"),
        "line 1, column 1: found '?', expected a number",
    );
    assert_error(
        &format!("a,b,c,d,Iris-setosa\n{rest}"),
        "line 1, column 1: found 'a', expected a number",
    );
    assert_error(
        &format!("5.1,3.5,1.4,0.2,Iris-sibirica\n{rest}"),
        "line 1, column 17: found 'Iris-sibirica', expected setosa, versicolor or virginica",
    );
}

#[test]
fn the_header_is_checked() {
    assert_error(
        "sepal_length,sepal_width,petal_length,species\n1,2,3,setosa\n",
        "line 1, column 1: found the columns 'sepal_length', 'sepal_width', 'petal_length' and \
         'species', expected one named 'petal width'",
    );
    assert_error(
        "\n id,\"a\nb\"\n1,2\n",
        "line 2, column 1: found the columns 'id' and 'a\\nb', expected one named 'sepal length'",
    );
    let names = "expected the names of the columns, one of them 'sepal length'";
    assert_error(
        "5.1,3.5,1.4,0.2\n",
        &format!("line 1, column 1: found '5.1' in the first line, {names}"),
    );
    assert_error(
        "x,5.1,3.5,1.4,0.2,Iris-setosa\n",
        &format!("line 1, column 3: found '5.1' in the first line, {names}"),
    );
    let inches = "sepal length (in),sepal width,petal length,petal width,species\n";
    assert_error(
        inches,
        "line 1, column 1: found the columns 'sepal length (in)', 'sepal width', 'petal length', \
         'petal width' and 'species', expected one named 'sepal length'",
    );
    assert_error(
        "Species,sepal_length,sepal_width,petal_length,petal_width,species\n",
        "line 1, column 59: found a second column 'species' in the header, expected one",
    );
    assert_error(
        "5.1 3.5 1.4 0.2 setosa\n4.9 3.0 1.4 0.2 setosa\n",
        "line 1, column 1: found fields separated by spaces, expected commas, semicolons or tabs: \
         convert it with `tr -s ' ' , < FILE > NEW.csv`",
    );
    assert_error(
        "species\nsetosa\n",
        "line 1, column 1: found the column 'species', expected one named 'sepal length'",
    );
    let short = "found the columns 'Type', 'PW', 'PL', 'SW' and 'SL', expected one named 'sepal \
                 length'";
    let names = "species,petal width,petal length,sepal width,sepal length";
    assert_error(
        "Type,PW,PL,SW,SL\n0,2,14,33,50\n",
        &format!(
            "line 1, column 1: {short}: write out the names with `sed '1s/.*/{names}/' FILE > \
             NEW.csv`, and check which number stands for which species"
        ),
    );
}

#[test]
fn separators_are_told_by_the_first_line() {
    for text in [
        "sepal_length;sepal_width;petal_length;petal_width;species\n1,0;2;3,00;4e0;setosa\n\
         5;6.0;7;8;virginica\n",
        "1,0;2,0;3,0;4,0;setosa\n5,0;6,0;7,0;8,0;virginica\n",
        "1,0\t2,0\t3,0\t4,0\tsetosa\n5,0\t6,0\t7,0\t8,0\tvirginica\n",
        "#Label\tSepal length\tSepal width\tPetal length\tPetal width\n0\t1\t2\t3\t4\n2\t5\t6\t7\t8\n",
        "sep=;\r\n1;2;3;4;setosa\r\n5;6;7;8;virginica\r\n",
        "1|2|3|4|setosa\n5|6|7|8|virginica\n",
    ] {
        assert_eq!(parse(text.as_bytes()), Ok(two()), "{text}");
    }
    assert_error(
        "1,0;2,0;3,0;4.000,0;setosa\n",
        "line 1, column 13: found '4.000,0', expected a number",
    );
    assert_error(
        "1,2,3,4,setosa\n\"1,0\",2,3,4,setosa\n",
        "line 2, column 1: found '1,0', expected a number",
    );
}

#[test]
fn columns_and_rows_may_be_blank_at_the_end() {
    for text in [
        "1,2,3,4,setosa,,\n5,6,7,8,virginica,,\n,,,,,,\n",
        "1,2,3,4,setosa,\n5,6,7,8,virginica\n",
        "1 , 2,3\t,4, setosa \n5,6,7,8,virginica, ,\n",
        "sepal length,sepal width,petal length,petal width,species,,\n1,2,3,4,setosa\n,,,,,,\n\
         5,6,7,8,virginica,,,\n;\n",
    ] {
        let text = text.trim_end_matches(";\n");
        assert_eq!(parse(text.as_bytes()), Ok(two()), "{text}");
    }
    assert_error(
        "1,2,3,4,setosa\n1,2,3,4,setosa,x\n",
        "line 2, column 1: found 6 fields, expected 5 as in the first line",
    );
}

#[test]
fn species_may_be_called_in_many_ways() {
    for (name, values) in [
        ("species", ["Iris setosa", "Iris virginica"]),
        ("Species", ["I. setosa", "I. virginica"]),
        ("variety", ["Setosa", "Virginica"]),
        ("Class", ["iris_setosa", "IRIS_VIRGINICA"]),
        ("Name", ["Iris-setosa", "Iris-virginica"]),
        ("target", ["0", "2"]),
        ("label", ["0.0", "2.0"]),
        ("target_name", ["setosa", "virginica"]),
        ("class", ["1", "3"]),
    ] {
        let header = "sepal length (cm),sepal width (cm),petal length (cm),petal width (cm)";
        let [first, second] = values;
        let text = format!("{header},{name}\n1,2,3,4,{first}\n5,6,7,8,{second}\n");
        assert_eq!(parse(text.as_bytes()), Ok(two()), "{text}");
    }
    // A name says more than a number.
    let text = "target,sepallength,sepalwidth,petallength,petalwidth,species\n7,1,2,3,4,setosa\n\
                7,5,6,7,8,virginica\n";
    assert_eq!(parse(text.as_bytes()), Ok(two()));
    let british = parse(b"1,2,3,4,Iris-versicolour\n").unwrap();
    assert_eq!(british.species, [1]);
    for label in ["-1", "1.5", "4", "9", "i", "iris", "sibirica"] {
        assert_error(
            &format!("1,2,3,4,{label}\n"),
            &format!("line 1, column 9: found '{label}', expected setosa, versicolor or virginica"),
        );
    }
    let both = "expected labels from 0 to 2 or from 1 to 3, not both";
    for (first, last, line) in [(0, 3, 1), (3, 0, 3)] {
        assert_error(
            &format!("1,2,3,4,{first}\n1,2,3,4,1\n1,2,3,4,{last}\n"),
            &format!("line {line}, column 9: found '0', {both}"),
        );
    }
}

#[test]
fn the_first_line_may_count_the_flowers() {
    let text = "2,4,setosa,versicolor,virginica\n1,2,3,4,0\n5,6,7,8,2\n";
    assert_eq!(parse(text.as_bytes()), Ok(two()));
    let text = "2,4,virginica,versicolor,setosa\n1,2,3,4,2\n5,6,7,8,0\n";
    assert_eq!(parse(text.as_bytes()), Ok(two()));
    assert_error(
        "150,4,setosa,versicolor,virginica\n5.1,3.5,1.4,0.2,0\n",
        "line 3, column 1: found 1 row, expected 150 as the first line says",
    );
    assert_error(
        "0,4,setosa,versicolor,virginica\n",
        "line 2, column 1: found the end of the file, expected rows of data",
    );
    assert_error(
        "150,4,setosa,versicolor,setosa\n",
        "line 1, column 7: found 'setosa', expected a number",
    );
}

#[test]
fn flowers_with_missing_values_are_refused_or_skipped() {
    let text = "1,2,3,4,setosa\n1,,3,4,setosa\n1,2,NA,4,setosa\n1,2,3,4,?\n5,6,7,8,virginica\n";
    let error = parse(text.as_bytes()).unwrap_err();
    assert_eq!(error.to_string(), "line 2, column 3: found an empty field, expected a number");
    assert_eq!(error.kind, Kind::Missing);
    assert_eq!(read(text.as_bytes(), true), Ok((two(), 3)));
    let error = read(b"1,2,3,x,setosa\n", true).unwrap_err();
    assert_eq!(error.kind, Kind::Other);
    let error = read(b"1,2,3,4,\n", true).unwrap_err().to_string();
    assert_eq!(error, "line 2, column 1: found the end of the file, expected rows of data");
    // What counts is how many rows there are.
    let counted = "3,4,setosa,versicolor,virginica\n1,2,3,4,0\n,,,4,0\n5,6,7,8,2\n";
    assert_eq!(read(counted.as_bytes(), true), Ok((two(), 1)));
}

#[test]
fn the_rows_are_checked() {
    let header = "sepal_length,sepal_width,petal_length,petal_width,species\n";
    let no_rows = "found the end of the file, expected rows of data";
    assert_error(header, &format!("line 2, column 1: {no_rows}"));
    assert_error(header.trim_end(), &format!("line 1, column 58: {no_rows}"));
    assert_error(&format!("\n{header} \r\n\n  "), &format!("line 5, column 3: {no_rows}"));
    assert_error(
        &format!("{header}1,2,3,4,setosa\n5,six,7,8,setosa\n"),
        "line 3, column 3: found 'six', expected a number",
    );
    assert_error(
        &format!("{header}1,2,,4,setosa\n"),
        "line 2, column 5: found an empty field, expected a number",
    );
    assert_error(
        &format!("{header}1,2,3,4,Iris-sibirica\n"),
        "line 2, column 9: found 'Iris-sibirica', expected setosa, versicolor or virginica",
    );
    assert_error(
        &format!("{header}1,2,3,4,\n"),
        "line 2, column 9: found an empty field, expected setosa, versicolor or virginica",
    );
    assert_error(
        &format!("{header}1,2,3,setosa\n"),
        "line 2, column 1: found 4 fields, expected 5 as in the first line",
    );
    assert_error(
        "1,2,3,4,setosa\n1,2,3,4,\"setosa\n",
        "line 2, column 9: found a quote that is never closed, expected a second one",
    );
}

#[test]
fn a_program_whose_folder_has_moved_says_what_to_do() {
    let message = |path: &str, shipped: &str| {
        let error = file::read(path.as_ref()).unwrap_err();
        crate::moved(error, shipped.as_ref()).to_string()
    };
    let moved = "gone/iris.csv: no such folder: gone; this program was built in a folder that has \
                 moved: build it again";
    assert_eq!(message("gone/iris.csv", "gone/iris.csv"), moved);
    assert_eq!(message("gone/iris.csv", "other.csv"), "gone/iris.csv: no such folder: gone");
    assert_eq!(message("src", "src"), "src: found a folder, expected a file");
}

#[test]
fn flowers_keep_their_species_when_they_are_split() {
    let iris = iris(&iris_path()).unwrap();
    let sets = iris.split(0.8, &mut Rng::new(5));
    assert_eq!([&sets[0], &sets[1]].map(|set| set.features.shape()), [(120, 4), (30, 4)]);
    let (train, test) = split(150, 0.8, &mut Rng::new(5));
    for (set, flowers) in sets.iter().zip([train, test]) {
        for (k, &i) in flowers.iter().enumerate() {
            assert_eq!(set.features.row(k), iris.features.row(i));
            assert_eq!(set.one_hot()[(k, i / 50)], 1.0);
        }
    }
}
