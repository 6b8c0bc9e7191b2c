use super::*;

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
        "line 1, column 1: found 'sepal_length,sepal_width,petal_length,sp…' as the header, \
         expected a column 'petal width'",
    );
    assert_error(
        "\n id,\"a\nb\"\n1,2\n",
        "line 2, column 1: found 'id,a\\nb' as the header, expected a column 'sepal length'",
    );
    assert_error(
        "5.1,3.5,1.4,0.2\n",
        "line 1, column 1: found '5.1,3.5,1.4,0.2' as the header, expected a column 'sepal length'",
    );
    let inches = "sepal length (in),sepal width,petal length,petal width,species\n";
    assert_error(
        inches,
        "line 1, column 1: found 'sepal length (in),sepal width,petal leng…' as the header, \
         expected a column 'sepal length'",
    );
    assert_error(
        "150,4,setosa,versicolor,virginica\n5.1,3.5,1.4,0.2,0\n",
        "line 1, column 7: found 'setosa', expected a number",
    );
    assert_error(
        "Species,sepal_length,sepal_width,petal_length,petal_width,species\n",
        "line 1, column 59: found a second column 'species' in the header, expected one",
    );
    assert_error(
        "sepal_length;sepal_width;petal_length;petal_width;species\n5,1;3,5;1,4;0,2;setosa\n",
        "line 1, column 1: found fields parted by ';', expected ','",
    );
    for first in ["sepal_length\tsepal_width\tpetal_length", "5.1\t3.5\t1.4\t0.2\tIris-setosa"] {
        assert_error(
            &format!("{first}\n"),
            "line 1, column 1: found fields parted by tabs, expected ','",
        );
    }
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
