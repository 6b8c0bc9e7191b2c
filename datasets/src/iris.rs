//! Iris: 150 flowers of three species, four measures of each.
//!
//! R. A. Fisher (1936), "The use of multiple measurements in taxonomic problems".

use crate::csv::{self, Field, letters};
use crate::fault::Fault;
use crate::{select, split};
use files::{Error, file};
use matrix::{Matrix, Rng};
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

impl Iris {
    /// The flowers in random order, cut in two: a share to train on and the rest to test on, as by
    /// [`split()`].
    ///
    /// # Panics
    /// If `train_share` is not between 0 and 1.
    #[track_caller]
    pub fn split(&self, train_share: f64, rng: &mut Rng) -> [Self; 2] {
        let (train, test) = split(self.species.len(), train_share, rng);
        [train, test].map(|flowers| Self {
            features: select(&self.features, &flowers),
            species: flowers.iter().map(|&i| self.species[i]).collect(),
        })
    }

    /// The species, one-hot: Y, n × 3.
    pub fn one_hot(&self) -> Matrix {
        Matrix::one_hot(&self.species, SPECIES.len())
    }
}

/// The path of the Iris file that comes with this crate.
pub fn iris_path() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("data/iris.csv")
}

/// The flowers in the file `path`.
///
/// # Errors
/// If the file cannot be read, or [`parse`] returns an error.
pub fn iris(path: &Path) -> Result<Iris, Error> {
    let bytes = file::read(path).map_err(|error| crate::moved(error, &iris_path()))?;
    parse(&bytes).map_err(|error| Error::new(path, error))
}

/// The flowers in the file `path` that have all values, and the number of the others.
///
/// # Errors
/// As for [`iris`], but for missing values.
pub fn iris_without_missing(path: &Path) -> Result<(Iris, usize), Error> {
    read(&file::read(path)?, true).map_err(|error| Error::new(path, error))
}

/// The flowers in the bytes of a CSV file.
///
/// The first line names the columns, in any order and in any usual spelling (`SepalLengthCm`,
/// `sepal_length`, `Sepal.Length`, `sepal length (cm)`, `sepal length in cm`); others are ignored.
/// The column of the species may be called `species`, `variety`, `class`, `name`, `label` or `target`
/// as well; the first of these counts.
///
/// Without such a line, as in UCI's `iris.data`, there are five columns: the [`FEATURES`] in order
/// and the species. The same holds after a first line `150,4,setosa,versicolor,virginica`, as in
/// scikit-learn's file and TensorFlow's: how many flowers and features there are, and what the
/// numbers of the species stand for.
///
/// A species is a name (`Iris-setosa`, `I. setosa`, `setosa`) or a number: 0 to 2 in the order of
/// [`SPECIES`], or 1 to 3 where there is a 3.
///
/// # Errors
/// If the bytes are not CSV, a column is missing, a value is missing or not a number or species, or
/// there is no flower.
pub fn parse(bytes: &[u8]) -> Result<Iris, Fault> {
    Ok(read(bytes, false)?.0)
}

/// The flowers, and how many were skipped because a value is missing.
fn read(bytes: &[u8], skip_missing: bool) -> Result<(Iris, usize), Fault> {
    let table = csv::table(bytes)?;
    let layout = Layout::of(&table.header);
    let columns = match layout {
        Layout::Header => find_columns(&table)?,
        _ => [0, 1, 2, 3, 4],
    };
    let mut rows = match layout {
        Layout::NoHeader => csv::records(bytes)?,
        _ => table.rows,
    };
    let order = match layout {
        Layout::Counted { species, .. } => species,
        _ => [0, 1, 2],
    };
    // Where there is a 3, the species are numbered from 1.
    let has_three = |row: Vec<Field>| row[columns[4]].number() == Ok(3.0);
    let from = usize::from(rows.clone().any(|row| row.is_ok_and(has_three)));

    let (mut features, mut species, mut skipped) = (Vec::new(), Vec::new(), 0);
    for row in rows.by_ref() {
        let row = row?;
        if skip_missing && columns.iter().any(|&column| row[column].is_missing()) {
            skipped += 1;
            continue;
        }
        for &column in &columns[..4] {
            features.push(row[column].number()?);
        }
        species.push(species_in(&row[columns[4]], order, from)?);
    }
    let n = species.len();
    match layout {
        Layout::Counted { flowers, .. } if flowers != n + skipped => {
            Err(rows.other_count(n + skipped, flowers))
        }
        _ if n == 0 => Err(rows.no_rows()),
        _ => Ok((Iris { features: Matrix::from_vec(n, 4, features), species }, skipped)),
    }
}

/// The kinds of a file's first line.
#[derive(Clone, Copy)]
enum Layout {
    /// The names of the columns.
    Header,
    /// A flower.
    NoHeader,
    /// The number of flowers, that of features, and the species in the order of their numbers.
    Counted { flowers: usize, species: [usize; 3] },
}

impl Layout {
    fn of(first: &[Field]) -> Self {
        let [a, b, c, d, e, rest @ ..] = first else { return Self::Header };
        if !rest.iter().all(Field::is_blank) {
            return Self::Header;
        }
        let count = |field: &Field| field.text.trim().parse().ok();
        if let (Some(flowers), Some(4), [Some(c), Some(d), Some(e)]) =
            (count(a), count(b), [c, d, e].map(|field| species_of(&field.text)))
            && c != d
            && d != e
            && e != c
        {
            return Self::Counted { flowers, species: [c, d, e] };
        }
        // If one value is valid, the line is a row, and its other values are checked later.
        let is_number = |field: &&Field| field.number().is_ok();
        if [a, b, c, d].iter().any(is_number) || species_of(&e.text).is_some() {
            Self::NoHeader
        } else {
            Self::Header
        }
    }
}

/// Where the header has the four features and the species.
fn find_columns(table: &csv::Table) -> Result<[usize; 5], Fault> {
    const SPECIES_NAMES: [&str; 9] = [
        "species",
        "variety",
        "class",
        "name",
        "speciesname",
        "targetname",
        "targetnames",
        "label",
        "target",
    ];
    let mut columns = [0; 5];
    for (column, name) in columns.iter_mut().zip(FEATURES) {
        let plain = letters(name);
        let is_it = |text: &str| {
            let text = letters(text);
            text.strip_suffix("incm").or(text.strip_suffix("cm")).unwrap_or(&text) == plain
        };
        *column = table.find(name, is_it).map_err(|fault| abbreviated(&table.header, fault))?;
    }
    let is_there = |name: &&str| table.header.iter().any(|field| letters(&field.text) == *name);
    let name = SPECIES_NAMES.into_iter().find(is_there).unwrap_or("species");
    columns[4] = table.find(name, |text| letters(text) == name)?;
    Ok(columns)
}

/// Adds advice to the fault if the columns have the short names of an old table,
/// `Type,PW,PL,SW,SL`, whose species have other numbers in some copies.
fn abbreviated(header: &[Field], fault: Fault) -> Fault {
    let full = |field: &Field| match &*letters(&field.text) {
        "sl" => Some("sepal length"),
        "sw" => Some("sepal width"),
        "pl" => Some("petal length"),
        "pw" => Some("petal width"),
        "type" | "species" => Some("species"),
        _ => None,
    };
    match header.iter().map(full).collect::<Option<Vec<_>>>() {
        Some(names) if names.len() == 5 => fault.note(format!(
            "write out the names with `sed '1s/.*/{}/' FILE > NEW.csv`, and check which number \
             stands for which species",
            names.join(",")
        )),
        _ => fault,
    }
}

/// The species in a field: a name, or a number from `from` on that stands for one of these in `order`.
fn species_in(field: &Field, order: [usize; 3], from: usize) -> Result<usize, Fault> {
    let number = field.number();
    let numbered = |i: &usize| number == Ok((from + i) as f64);
    let species = species_of(&field.text).or_else(|| (0..3).find(numbered).map(|i| order[i]));
    species.ok_or_else(|| match number {
        Ok(0.0) => field.fault("labels from 0 to 2 or from 1 to 3, not both"),
        _ => field.fault("setosa, versicolor or virginica"),
    })
}

/// The number of the species with this name.
fn species_of(text: &str) -> Option<usize> {
    let name = letters(text);
    let name = name.strip_prefix("iris").or(name.strip_prefix('i')).unwrap_or(&name);
    let name = if name == "versicolour" { "versicolor" } else { name };
    SPECIES.iter().position(|&species| species == name)
}

#[cfg(test)]
mod tests;
