//! What the tests of the app share: folders of their own and small data sets.

use std::fs;
use std::path::Path;

/// A new folder of this test, as text; the folder goes when the test ends.
#[derive(Debug)]
pub(crate) struct Scratch(pub String);

impl Scratch {
    /// An empty folder.
    pub(crate) fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("mnist-app-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir(&folder).unwrap();
        Self(folder.to_str().unwrap().to_string())
    }

    /// The path of `name` in it.
    pub(crate) fn path(&self, name: &str) -> String {
        Path::new(&self.0).join(name).to_str().unwrap().to_string()
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Writes a data set of `n` images to train on and half as many to test on, whose labels count from
/// `first` up and have `classes` values.
pub(crate) fn write_data(
    folder: &str,
    prefix: &str,
    n: u32,
    [rows, cols]: [u32; 2],
    first: u8,
    classes: u8,
) {
    fs::create_dir(folder).unwrap();
    for (set, n) in [("train", n), ("test", n / 2)] {
        let header = |magic: u32, shape: &[u32]| {
            let words = [&[magic], shape].concat();
            words.iter().flat_map(|word| word.to_be_bytes()).collect::<Vec<u8>>()
        };
        let labels: Vec<u8> = (0..n).map(|i| first + (i % u32::from(classes)) as u8).collect();
        let pixels = labels.iter().flat_map(|&label| {
            (0..rows * cols).map(move |j| if (j * u32::from(label + 2)) % 7 < 2 { 250 } else { 0 })
        });
        let images = header(0x803, &[n, rows, cols]).into_iter().chain(pixels).collect::<Vec<_>>();
        let labels = [header(0x801, &[n]), labels].concat();
        let file = |kind| Path::new(folder).join(format!("{prefix}{set}-{kind}-ubyte"));
        fs::write(file("images-idx3"), images).unwrap();
        fs::write(file("labels-idx1"), labels).unwrap();
    }
}
