//! Iris: 150 flowers of three species, four measures of each.
//!
//! R. A. Fisher (1936), "The use of multiple measurements in taxonomic problems".

use crate::csv::{self, CsvError, CsvProblem, Field};
use crate::{Error, file};
use matrix::Matrix;
use std::path::{Path, PathBuf};

/// The species, by their numbers.
pub const SPECIES: [&str; 3] = ["setosa", "versicolor", "virginica"];

/// The features, by their columns; all in centimetres.
pub const FEATURES: [&str; 4] = ["sepal length", "sepal width", "petal length", "petal width"];

/// The flowers of a file.
#[derive(Clone, Debug, PartialEq)]
pub struct Iris {
    /// One flower to a row, one of [`FEATURES`] to a column: n × 4.
    pub features: Matrix,
    /// The species of each flower, as an index into [`SPECIES`].
    pub species: Vec<usize>,
}

/// The path of the Iris file that comes with this crate.
pub fn iris_path() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("data/iris.csv")
}

/// The flowers in the file `path`.
///
/// # Errors
/// If the file cannot be read, or as [`parse`] says.
pub fn iris(path: &Path) -> Result<Iris, Error> {
    parse(&file::read(path)?).map_err(|error| Error::new(path, error))
}

/// The flowers in the bytes of a CSV file.
///
/// The first line names the columns, in any order and in any usual spelling (`SepalLengthCm`,
/// `sepal_length`, `Sepal.Length`, `sepal length (cm)`, `sepal length in cm`); others are ignored.
/// Without such a line, as in UCI's `iris.data`, there are five columns: the [`FEATURES`] in order
/// and the species.
///
/// # Errors
/// If the bytes are not CSV, a column is missing, a value is no number or no species, or there is
/// no flower.
pub fn parse(bytes: &[u8]) -> Result<Iris, CsvError> {
    let mut records = csv::records(bytes)?;
    let first = records.next().expect("the text is not blank")?;
    // A single value that is right makes it a row, whose other values are then checked.
    let headless = first.len() == 5
        && (first[..4].iter().any(|field| field.number().is_ok()) || species_of(&first[4]).is_ok());
    let columns = if headless { [0, 1, 2, 3, 4] } else { find_columns(&first)? };

    let (mut features, mut species) = (Vec::new(), Vec::new());
    for row in headless.then_some(Ok(first)).into_iter().chain(records.by_ref()) {
        let row = row?;
        for &column in &columns[..4] {
            features.push(row[column].number()?);
        }
        species.push(species_of(&row[columns[4]])?);
    }
    if species.is_empty() {
        return Err(records.error(CsvProblem::NoRows));
    }
    Ok(Iris { features: Matrix::from_vec(species.len(), 4, features), species })
}

/// Where the header has the four features and the species.
fn find_columns(header: &[Field]) -> Result<[usize; 5], CsvError> {
    if let [field] = header {
        for (separator, found) in [(';', "';'"), ('\t', "tabs")] {
            if field.text.contains(separator) {
                return Err(field.problem(CsvProblem::Separator { found }));
            }
        }
    }
    let names: Vec<String> = header.iter().map(|field| letters(&field.text)).collect();
    let mut columns = [0; 5];
    for (column, name) in columns.iter_mut().zip(FEATURES.into_iter().chain(["species"])) {
        let is_it = |&i: &usize| names[i] == letters(name);
        let mut found = (0..names.len()).filter(is_it);
        *column = match (found.next(), found.next()) {
            (Some(i), None) => i,
            (None, _) => {
                let texts: Vec<&str> = header.iter().map(|field| field.text.trim()).collect();
                let found = texts.join(",");
                return Err(header[0].problem(CsvProblem::NoColumn { found, name }));
            }
            (_, Some(i)) => return Err(header[i].problem(CsvProblem::TwoColumns { name })),
        };
    }
    Ok(columns)
}

/// A column's name without what the usual spellings of it differ in: `PetalWidthCm`,
/// `petal width (cm)` and `petal width in cm` are `petalwidth`.
fn letters(name: &str) -> String {
    let name: String = name.chars().filter(char::is_ascii_alphabetic).collect();
    let name = name.to_ascii_lowercase();
    match name.strip_suffix("incm").or(name.strip_suffix("cm")).unwrap_or(&name) {
        "class" | "variety" => "species".to_owned(),
        name => name.to_owned(),
    }
}

/// The number of the species in `field`: `Iris-setosa`, or `setosa` alone.
fn species_of(field: &Field) -> Result<usize, CsvError> {
    let text = field.text.trim().to_ascii_lowercase();
    let name = text.strip_prefix("iris-").unwrap_or(&text);
    let found = SPECIES.iter().position(|&species| species == name);
    found.ok_or_else(|| field.error("setosa, versicolor or virginica"))
}

#[cfg(test)]
mod tests;
