use super::*;
use matrix::{Matrix, Rng};
use std::fs;

/// A folder that is removed at the end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("datasets-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    /// Writes four small files in the folder `below`, with names made by `name`, and then lets
    /// `change` spoil some of them.
    fn write(&self, below: &str, name: impl Fn(&str) -> String) {
        fs::create_dir_all(self.0.join(below)).unwrap();
        for (set, n) in [("train", 3), ("t10k", 2)] {
            let images = idx(&[n, 2, 1]);
            let labels = idx(&[n]);
            let folder = self.0.join(below);
            fs::write(folder.join(name(&format!("{set}-images-idx3-ubyte"))), images).unwrap();
            fs::write(folder.join(name(&format!("{set}-labels-idx1-ubyte"))), labels).unwrap();
        }
    }

    fn replace(&self, name: &str, bytes: Vec<u8>) -> &Self {
        fs::write(self.0.join(name), bytes).unwrap();
        self
    }

    /// What `mnist` says of the folder, with `DIR` for its path.
    fn error(&self) -> String {
        let error = mnist(&self.0).unwrap_err().to_string();
        error.replace(&*self.0.to_string_lossy(), "DIR").replace('\\', "/")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// An IDX file of this shape, with the elements 0, 1, 2, …
fn idx(shape: &[u32]) -> Vec<u8> {
    let mut file = vec![0, 0, 8, shape.len() as u8];
    for dimension in shape {
        file.extend(dimension.to_be_bytes());
    }
    file.extend((0..shape.iter().product()).map(|i: u32| i as u8));
    file
}

/// Images of ten classes.
fn images(rows: usize, cols: usize, pixels: Vec<u8>, labels: Vec<usize>) -> Images {
    Images { rows, cols, pixels, labels, classes: 10, first_label: 0 }
}

#[test]
fn the_files_that_come_with_the_crate_are_mnist() {
    let (train, test) = mnist(&mnist_dir()).unwrap();
    let crc32 = crate::gzip::crc32;
    for (set, n, pixels, labels) in
        [(&train, 60_000, 0xf363_9b56, 0xba07_e8ef), (&test, 10_000, 0xe4ca_5f57, 0xee86_04d9)]
    {
        assert_eq!((set.len(), set.rows, set.cols), (n, 28, 28));
        assert_eq!(set.pixels.len(), n * 28 * 28);
        let bytes: Vec<u8> = set.labels.iter().map(|&label| label as u8).collect();
        assert_eq!((crc32(&set.pixels), crc32(&bytes)), (pixels, labels));
    }
    let histogram = |labels: &[usize]| {
        let mut counts = [0; 10];
        labels.iter().for_each(|&label| counts[label] += 1);
        counts
    };
    let counts = [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949];
    assert_eq!(histogram(&train.labels), counts);
    let counts = [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009];
    assert_eq!(histogram(&test.labels), counts);
    assert_eq!(train.labels[..10], [5, 0, 4, 1, 9, 2, 1, 3, 1, 4]);
}

#[test]
fn all_usual_names_are_found() {
    let names: [fn(&str) -> String; 6] = [
        |name| name.replace("t10k", "test"),
        |name| format!("emnist-digits-{}.gz", name.replace("t10k", "test")),
        |name| name.to_owned(),
        |name| format!("{name}.gz"), // in name only
        |name| name.replace("-idx", ".idx"),
        |name| name.replace("-idx", ".idx") + ".gz",
    ];
    for name in names {
        let folder = Folder::new("names");
        folder.write("", name);
        let (train, test) = mnist(&folder.0).unwrap();
        assert_eq!((train.len(), test.len()), (3, 2));
        assert_eq!(train.pixels, [0, 1, 2, 3, 4, 5]);
        assert_eq!(train.labels, [0, 1, 2]);
        assert_eq!((train.classes, test.classes, train.first_label), (3, 3, 0));
    }
}

#[test]
fn images_become_the_rows_of_a_matrix() {
    let (rows, cols) = (1, 2);
    let images = images(rows, cols, vec![1, 2, 0, 51, 102, 255], vec![3, 0, 9]);
    let expected = Matrix::from_rows([[0.0, 51.0], [102.0, 255.0]]);
    assert_eq!(images.to_matrix::<f32>(1..3, 1.0), expected);
    assert_eq!(images.to_matrix::<f32>(1..3, 0.5), expected * 2.0);
    let pixels = images.to_matrix::<f32>(2..3, 255.0);
    assert!((pixels[(0, 0)] - 0.4).abs() < 1e-7 && pixels[(0, 1)] == 1.0, "{pixels:?}");
    let mut expected = Matrix::<f32>::zeros(2, 10);
    expected[(0, 3)] = 1.0;
    expected[(1, 0)] = 1.0;
    assert_eq!(images.one_hot(0..2), expected);
    assert_eq!(images.image(2), [102, 255]);
    assert_eq!(images.mean_pixels(), Matrix::from_rows([[103.0 / 3.0, 308.0 / 3.0]]));
    assert_eq!(images.to_matrix::<f32>(3..3, 1.0).shape(), (0, 2));
}

#[test]
fn a_set_is_split_between_two_images() {
    let mut first = images(1, 2, vec![1, 2, 3, 4, 5, 6], vec![3, 0, 9]);
    let rest = first.split_off(1);
    assert_eq!((first.len(), first.image(0)), (1, &[1, 2][..]));
    assert_eq!((rest.len(), rest.image(1), &rest.labels[..]), (2, &[5, 6][..], &[0, 9][..]));
    assert_eq!((rest.rows, rest.cols, rest.classes), (1, 2, first.classes));
}

#[test]
fn shuffled_images_keep_their_labels() {
    let mut images = images(1, 2, (0..20).collect(), (0..10).collect());
    images.shuffle(&mut Rng::new(1));
    let mut order: Vec<_> = (0..10).collect();
    Rng::new(1).shuffle(&mut order);
    assert_eq!(images.labels, order);
    for i in 0..10 {
        let first = 2 * images.labels[i] as u8;
        assert_eq!(images.image(i), [first, first + 1]);
    }
    images.labels.sort_unstable();
    assert_eq!(images.labels, (0..10).collect::<Vec<_>>());
}

#[test]
#[should_panic(expected = "images 0..2 of 1")]
fn an_image_that_is_not_there_is_a_bug() {
    let images = images(1, 1, vec![0], vec![0]);
    let _ = images.to_matrix::<f32>(0..2, 1.0);
}

#[test]
fn a_missing_folder_or_file_is_named_with_what_was_tried() {
    let folder = Folder::new("missing");
    let none = "DIR: found neither train-images-idx3-ubyte nor train-images-idx3-ubyte.gz in this \
                folder, expected one";
    assert_eq!(folder.error(), none);
    folder.write("", str::to_owned);
    fs::remove_file(folder.0.join("t10k-labels-idx1-ubyte")).unwrap();
    let one = "DIR: found neither t10k-labels-idx1-ubyte nor t10k-labels-idx1-ubyte.gz in this \
               folder, expected one";
    assert_eq!(folder.error(), one);

    let path = folder.0.join("t10k-images-idx3-ubyte");
    let error = mnist(&path).unwrap_err().to_string();
    let found = "found an IDX file, expected the folder of the four files";
    assert_eq!(error, format!("{}: {found}", path.display()));
    for (bytes, found) in [
        (
            &b"7z\xbc\xaf\x27\x1c"[..],
            "a 7z archive, expected the folder of the four files: unpack it with `7z x FILE`",
        ),
        (b"\x01\x02\x03", "a file, expected a folder"),
        (
            include_bytes!("../../tests/fixtures/dynamic.gz"),
            "text, expected the folder of the four files",
        ),
    ] {
        fs::write(&path, bytes).unwrap();
        let error = mnist(&path).unwrap_err().to_string();
        assert_eq!(error, format!("{}: found {found}", path.display()));
    }
    let path = folder.0.join("nowhere");
    let error = mnist(&path).unwrap_err().to_string();
    assert_eq!(error, format!("{}: no such file or folder", path.display()));
}

#[test]
fn what_looks_like_a_missing_file_is_listed() {
    let folder = Folder::new("alike");
    for name in ["train-images-idx3-ubyte.zip", "Train-Images-idx3-ubyte", "mnist.npz", "note"] {
        folder.replace(name, Vec::new());
    }
    let found = "DIR: found neither train-images-idx3-ubyte nor train-images-idx3-ubyte.gz in this \
                 folder, expected one; there are 'Train-Images-idx3-ubyte', \
                 'train-images-idx3-ubyte.zip' and 'mnist.npz'";
    if folder.0.join("train-images-idx3-ubyte").exists() {
        return; // Names differ by more than capitals here, as on Windows and macOS.
    }
    assert_eq!(folder.error(), found);
}

#[test]
#[cfg(unix)]
fn what_is_in_the_way_is_named() {
    use std::os::unix::fs::symlink;
    let folder = Folder::new("obstacle");
    folder.write("", str::to_owned);
    let file = folder.0.join("train-images-idx3-ubyte");
    fs::remove_file(&file).unwrap();
    symlink("gone", &file).unwrap();
    let found = "DIR/train-images-idx3-ubyte: found a link to gone, where nothing is";
    assert_eq!(folder.error(), found);
    // One of the other names will do.
    folder.replace("train-images-idx3-ubyte.gz", idx(&[3, 2, 1]));
    assert!(mnist(&folder.0).is_ok());
    fs::remove_file(folder.0.join("train-images-idx3-ubyte.gz")).unwrap();
    fs::remove_file(&file).unwrap();
    fs::create_dir(&file).unwrap();
    let found = "DIR/train-images-idx3-ubyte: found a folder, expected a file";
    assert_eq!(folder.error(), found);
}

#[test]
fn sets_in_one_folder_are_told_by_how_their_names_begin() {
    let folder = Folder::new("several");
    let name = |set: &str| {
        let set = set.to_owned();
        move |name: &str| format!("emnist-{set}-{}", name.replace("t10k", "test"))
    };
    folder.write("", name("letters"));
    let one = mnist(&folder.0).unwrap();
    folder.write("", name("digits"));
    fs::remove_file(folder.0.join("emnist-digits-test-labels-idx1-ubyte")).unwrap();
    assert_eq!(mnist(&folder.0).unwrap(), one);
    folder.write("", name("digits"));
    let found = "DIR: found the files of 'emnist-digits' and 'emnist-letters', expected those of \
                 one: name it, as in DIR/emnist-digits";
    assert_eq!(folder.error(), found);
    let letters = folder.0.join("emnist-letters");
    assert_eq!(mnist(&letters).unwrap(), one);
    fs::remove_file(folder.0.join("emnist-letters-train-images-idx3-ubyte")).unwrap();
    let error = mnist(&letters).unwrap_err().to_string();
    let found = "found neither emnist-letters-train-images-idx3-ubyte nor \
                 emnist-letters-train-images-idx3-ubyte.gz in this folder, expected one";
    assert!(error.contains(found), "{error}");
    let error = mnist(&folder.0.join("emnist-letter")).unwrap_err().to_string();
    assert!(error.contains("emnist-letter: no such file or folder; there are"), "{error}");
}

/// The files of a folder in a ZIP file, under names made by `name`.
fn zip(folder: &Path, name: impl Fn(&str) -> String) -> Vec<u8> {
    let mut zip = npz::Writer::default();
    for entry in entries_in(folder) {
        zip.add(&name(&entry), &fs::read(folder.join(&entry)).unwrap());
    }
    zip.finish().unwrap()
}

#[test]
fn the_four_files_may_be_in_a_zip_file() {
    let folder = Folder::new("zip");
    folder.write("a", str::to_owned);
    folder.write("b", str::to_owned);
    fs::write(folder.0.join("b/t10k-labels-idx1-ubyte"), idx(&[3])).unwrap();
    let expected = mnist(&folder.0.join("a")).unwrap();
    let file = folder.0.join("data.zip");
    for prefix in ["", "mnist/", "a/b/x-"] {
        fs::write(&file, zip(&folder.0.join("a"), |name| format!("{prefix}{name}"))).unwrap();
        assert_eq!(mnist(&file).unwrap(), expected);
    }
    let says = |path: &Path| {
        let message = mnist(path).unwrap_err().to_string();
        message.replace(&*folder.0.to_string_lossy(), "DIR").replace('\\', "/")
    };
    fs::write(&file, zip(&folder.0.join("b"), str::to_owned)).unwrap();
    let counts = "found 3 labels, expected 2, one for each image";
    assert_eq!(says(&file), format!("DIR/data.zip/t10k-labels-idx1-ubyte: {counts}"));
    let others = |name: &str| name.replace("t10k-labels", "more");
    fs::write(&file, zip(&folder.0.join("a"), others)).unwrap();
    let missing = "found neither t10k-labels-idx1-ubyte nor y_test.npy in this ZIP file";
    assert_eq!(says(&file), format!("DIR/data.zip: {missing}, expected one"));

    // Several sets in one file are told as those in one folder are.
    let mut several = npz::Writer::default();
    for set in ["letters", "digits"] {
        for name in entries_in(&folder.0.join("a")) {
            let bytes = fs::read(folder.0.join("a").join(&name)).unwrap();
            several.add(&format!("gzip/{set}-{name}"), &bytes);
        }
    }
    fs::write(&file, several.finish().unwrap()).unwrap();
    assert!(says(&file).ends_with("expected those of one: name it, as in DIR/data.zip/digits"));
    assert_eq!(mnist(&file.join("digits")).unwrap(), expected);
    assert!(says(&file.join("none")).starts_with("DIR/data.zip/none: "));
}

#[test]
fn what_keras_keeps_is_read() {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    for name in ["keras.npz", "keras-deflate.npz"] {
        let (train, test) = mnist(&fixtures.join(name)).unwrap();
        let expected = |pixels, labels| Images { classes: 2, ..images(2, 1, pixels, labels) };
        assert_eq!(train, expected(vec![0, 1, 2, 3, 4, 5], vec![0, 1, 1]));
        assert_eq!(test, expected(vec![0, 1, 2, 3], vec![0, 1]));
    }
}

#[test]
fn one_damaged_label_is_no_class() {
    let folder = Folder::new("damaged");
    folder.write("", str::to_owned);
    let mut labels = [&[0, 0, 8, 1, 0, 0, 4, 0][..], &[0, 1, 2, 3].repeat(256)].concat();
    folder.replace("train-images-idx3-ubyte", idx(&[1024, 2, 1]));
    labels[8 + 17] = 200;
    let found = "found label 200 for image 17 and none from 4 to 199, expected no gap";
    let error = folder.replace("train-labels-idx1-ubyte", labels.clone()).error();
    assert_eq!(error, format!("DIR/train-labels-idx1-ubyte: {found}"));
    // Two of a thousand are a class.
    labels[8 + 18] = 200;
    folder.replace("train-labels-idx1-ubyte", labels);
    assert_eq!(mnist(&folder.0).unwrap().0.classes, 201);
}

#[test]
fn labels_may_be_numbers_of_more_bytes_and_begin_with_1() {
    let folder = Folder::new("qmnist");
    folder.write("", |name| {
        format!("qmnist-{}", name.replace("t10k", "test").replace("idx1-ubyte", "idx2-int"))
    });
    let labels = |labels: &[i32]| {
        let mut file = [b"\0\0\x0c\x02\0\0\0", &[labels.len() as u8][..], b"\0\0\0\x02"].concat();
        for label in labels {
            file.extend(label.to_be_bytes());
            file.extend([0xff; 4]);
        }
        file
    };
    folder.replace("qmnist-train-labels-idx2-int", labels(&[26, 1, 2]));
    folder.replace("qmnist-test-labels-idx2-int", labels(&[2, 25]));
    let (train, test) = mnist(&folder.0).unwrap();
    assert_eq!((train.labels, test.labels), (vec![25, 0, 1], vec![1, 24]));
    for (classes, first_label) in
        [(train.classes, train.first_label), (test.classes, test.first_label)]
    {
        assert_eq!((classes, first_label), (26, 1));
    }
    assert_eq!(mnist(&folder.0).unwrap().0.one_hot::<f32>(0..3).shape(), (3, 26));
    folder.replace("qmnist-test-labels-idx2-int", labels(&[2, 256]));
    let found = "DIR/qmnist-test-labels-idx2-int: found label 256 for image 1, expected 0 to 255";
    assert_eq!(folder.error(), found);
    folder.replace("qmnist-test-labels-idx2-int", labels(&[2, 0]));
    let (train, test) = mnist(&folder.0).unwrap();
    assert_eq!((train.labels, test.labels), (vec![26, 1, 2], vec![2, 0]));
    assert_eq!((train.classes, train.first_label), (27, 0));
}

#[test]
fn images_that_lie_on_their_side_are_set_up() {
    let mut images = images(2, 3, (0..12).collect(), vec![0, 1]);
    let before = images.clone();
    images.transpose();
    assert_eq!((images.rows, images.cols), (3, 2));
    assert_eq!(images.pixels, [0, 3, 1, 4, 2, 5, 6, 9, 7, 10, 8, 11]);
    images.transpose();
    assert_eq!(images, before);
}

#[test]
fn files_in_a_folder_nearby_are_pointed_out() {
    let none = "DIR: found neither train-images-idx3-ubyte nor train-images-idx3-ubyte.gz in this \
                folder, expected one";
    for below in ["raw", "MNIST/raw"] {
        let folder = Folder::new("below");
        folder.write(below, |name| format!("{name}.gz"));
        assert_eq!(folder.error(), format!("{none}; all four files are in DIR/{below}"));
    }
    let folder = Folder::new("above");
    folder.write("", str::to_owned);
    let below = folder.0.join("processed");
    fs::create_dir(&below).unwrap();
    let error = mnist(&below).unwrap_err().to_string();
    let above = folder.0.canonicalize().unwrap();
    let none = none.replace("DIR", &below.display().to_string());
    assert_eq!(error, format!("{none}; all four files are in {}", above.display()));
}

#[test]
fn a_folder_with_all_files_is_pointed_out_before_one_with_some() {
    let none = "DIR: found neither train-images-idx3-ubyte nor train-images-idx3-ubyte.gz in this \
                folder, expected one";
    // As Kaggle packs it: each file again in a folder of its name.
    let folder = Folder::new("kaggle");
    let images = "train-images-idx3-ubyte";
    folder.write("", str::to_owned);
    fs::rename(folder.0.join(images), folder.0.join("images")).unwrap();
    fs::create_dir(folder.0.join(images)).unwrap();
    fs::rename(folder.0.join("images"), folder.0.join(images).join(images)).unwrap();
    let part = format!(
        "{none}; this file is in DIR/train-images-idx3-ubyte, but all four have to be in one folder"
    );
    assert_eq!(folder.error(), part);
    folder.write("unzipped/raw", |name| format!("{name}.gz"));
    assert_eq!(folder.error(), format!("{none}; all four files are in DIR/unzipped/raw"));
}

#[test]
fn a_hundred_folders_are_looked_at_however_many_files_there_are() {
    let folder = Folder::new("many");
    for i in 0..300 {
        folder.replace(&format!("file-{i}"), Vec::new());
    }
    for i in 0..100 {
        fs::create_dir(folder.0.join(format!("folder-{i}"))).unwrap();
    }
    folder.write("folder-99", str::to_owned);
    assert!(folder.error().ends_with("; all four files are in DIR/folder-99"));
    folder.write("folder-98/raw", str::to_owned);
    assert!(folder.error().ends_with("; all four files are in DIR/folder-99"));
    // The last of a hundred and one.
    fs::remove_dir_all(folder.0.join("folder-98/raw")).unwrap();
    fs::rename(folder.0.join("folder-99"), folder.0.join("the-last")).unwrap();
    assert!(folder.error().ends_with("; all four files are in DIR/the-last"));
    fs::create_dir(folder.0.join("folder-99")).unwrap();
    assert!(folder.error().ends_with(" in this folder, expected one"));
}

#[test]
fn the_four_files_must_belong_together() {
    let folder = Folder::new("together");
    folder.write("", str::to_owned);
    folder.replace("train-labels-idx1-ubyte", idx(&[4]));
    let found = "DIR/train-labels-idx1-ubyte: found 4 labels, expected 3, one for each image";
    assert_eq!(folder.error(), found);
    folder.replace("train-labels-idx1-ubyte", [&idx(&[3])[..8], &[7, 7, 7]].concat());
    let found = "DIR/train-labels-idx1-ubyte: found label 7 for all images, expected two labels or \
                 more";
    assert_eq!(folder.error(), found);
    folder.replace("t10k-labels-idx1-ubyte", [&idx(&[2])[..8], &[1, 3]].concat());
    folder.replace("train-labels-idx1-ubyte", [&idx(&[3])[..8], &[2, 1, 2]].concat());
    let found = "DIR/t10k-labels-idx1-ubyte: found label 3 for image 1, expected 1 to 2 as in the \
                 training set";
    assert_eq!(folder.error(), found);
    folder.replace("train-labels-idx1-ubyte", idx(&[3]));
    folder.replace("t10k-images-idx3-ubyte", idx(&[2, 1, 2]));
    let found = "DIR/t10k-images-idx3-ubyte: found images of 1×2 pixels, expected 2×1 as in the \
                 training set";
    assert_eq!(folder.error(), found);
    folder.replace("t10k-images-idx3-ubyte", idx(&[2]));
    let found = "DIR/t10k-images-idx3-ubyte: byte 2: found unsigned bytes in 1 dimension, as \
                 labels have, expected unsigned bytes in 3 dimensions, as images have";
    assert_eq!(folder.error(), found);
    folder.replace("t10k-labels-idx1-ubyte", b"<html>404</html>".to_vec());
    folder.replace("t10k-images-idx3-ubyte", idx(&[2, 2, 1]));
    let found = "DIR/t10k-labels-idx1-ubyte: byte 0: found a web page, expected IDX data: perhaps \
                 what a failed download left; `curl -fLO URL` tells when one fails";
    assert_eq!(folder.error(), found);
}
