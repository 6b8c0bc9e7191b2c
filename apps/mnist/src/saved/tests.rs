use super::*;
use crate::training::start;
use datasets::Images;

const SMALL: Settings = Settings {
    hidden: [5, 4],
    batch: 8,
    rate: 0.01,
    lambda: 1e-3,
    scale: 2.0,
    seed: 7,
    data: None,
};

/// 40 pictures of 2 × 3 pixels.
fn images() -> Images {
    let pixels = (0..40 * 6).map(|i| (i * i % 251) as u8).collect();
    Images { rows: 2, cols: 3, pixels, labels: (0..40).map(|i| i % 10).collect() }
}

fn trained(epochs: usize) -> Training {
    let mut images = images();
    let mut training = start(&SMALL, &mut images);
    for _ in 0..epochs {
        training.epoch(&SMALL, &images).unwrap();
    }
    training
}

/// A path for a save in a new folder of this test; the folder goes when the test ends.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("mnist-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir(&folder).unwrap();
        Self(folder.canonicalize().unwrap())
    }

    fn run(&self) -> String {
        self.0.join("run").to_str().unwrap().to_string()
    }

    fn save(&self, training: &Training) {
        Folder::prepare(&self.run()).unwrap().save(&SMALL, training).unwrap();
    }

    /// What `load` says after the file `name` is given this text.
    fn load_with(&self, name: &str, bytes: &[u8]) -> String {
        let path = Path::new(&self.run()).join(name);
        let kept = fs::read(&path).unwrap();
        fs::write(&path, bytes).unwrap();
        let message = load(&self.run(), true).unwrap_err().to_string();
        fs::write(&path, kept).unwrap();
        message.replace(self.0.to_str().unwrap(), "")
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn a_run_that_goes_on_ends_at_the_same_bits() {
    let scratch = Scratch::new("resume");
    scratch.save(&trained(3));
    let (settings, mut training) = load(&scratch.run(), true).unwrap();
    assert_eq!((&settings, &training), (&SMALL, &trained(3)));
    let mut images = images();
    start(&settings, &mut images);
    training.epoch(&settings, &images).unwrap();
    assert_eq!(training, trained(4));
}

#[test]
fn a_save_replaces_the_one_before_and_leaves_nothing_beside_it() {
    let scratch = Scratch::new("replace");
    scratch.save(&trained(1));
    // What a save that was cut short may leave behind, and what another may have put there.
    fs::create_dir(scratch.0.join(".run.saving")).unwrap();
    fs::write(scratch.0.join(".run.saving/w1.npy"), b"half").unwrap();
    fs::create_dir(scratch.0.join("run.old")).unwrap();
    fs::write(scratch.0.join("run.old/w1.npy"), b"mine").unwrap();
    scratch.save(&trained(2));
    assert_eq!(load(&scratch.run(), true).unwrap().1, trained(2));
    let mut left = names(&scratch.0).unwrap();
    left.sort();
    assert_eq!(left, ["run", "run.old"]);
    assert_eq!(names(Path::new(&scratch.run())).unwrap().len(), 14);
}

#[test]
fn a_save_that_fails_leaves_the_one_before() {
    let scratch = Scratch::new("fail");
    scratch.save(&trained(1));
    let folder = Folder::prepare(&scratch.run()).unwrap();
    fs::write(scratch.0.join(".run.saving"), b"a file in the way").unwrap();
    assert!(matches!(folder.save(&SMALL, &trained(2)), Err(SavedError::Io(..))));
    assert_eq!(load(&scratch.run(), true).unwrap().1, trained(1));
}

#[test]
fn a_folder_that_was_removed_meanwhile_is_made_again() {
    let scratch = Scratch::new("removed");
    let folder = Folder::prepare(&scratch.run()).unwrap();
    fs::remove_dir_all(scratch.run()).unwrap();
    folder.save(&SMALL, &trained(1)).unwrap();
    assert_eq!(load(&scratch.run(), true).unwrap().1, trained(1));
}

#[test]
fn a_state_that_cannot_take_its_place_is_named() {
    let error = io::Error::other("device busy");
    let error = SavedError::Stranded("a/run".into(), "a/.run.saving".into(), error).to_string();
    assert_eq!(error, "a/run: device busy; the new state is in a/.run.saving");
}

#[test]
fn a_save_cut_short_between_its_renamings_is_found() {
    for (name, epochs) in [(".run.before", 1), (".run.saving", 2)] {
        let scratch = Scratch::new(&name[1..]);
        scratch.save(&trained(epochs));
        fs::rename(scratch.run(), scratch.0.join(name)).unwrap();
        assert_eq!(load(&(scratch.run() + "/"), true).unwrap().1, trained(epochs));
        Folder::prepare(&scratch.run()).unwrap();
        assert_eq!(load(&scratch.run(), true).unwrap().1, trained(epochs));
        assert_eq!(names(&scratch.0).unwrap(), ["run"]);
    }
    // The first save of all, into the empty folder that was made for it.
    let scratch = Scratch::new("first");
    scratch.save(&trained(1));
    fs::rename(scratch.run(), scratch.0.join(".run.saving")).unwrap();
    fs::create_dir(scratch.run()).unwrap();
    assert_eq!(load(&scratch.run(), true).unwrap().1, trained(1));
    Folder::prepare(&scratch.run()).unwrap();
    assert_eq!(names(&scratch.0).unwrap(), ["run"]);
    assert_eq!(load(&scratch.run(), true).unwrap().1, trained(1));
    // Of two, the new one.
    let scratch = Scratch::new("both");
    for (epochs, name) in [(1, ".run.before"), (2, ".run.saving")] {
        let run = Scratch::new("one-of-both");
        run.save(&trained(epochs));
        fs::rename(run.run(), scratch.0.join(name)).unwrap();
    }
    assert_eq!(load(&scratch.run(), true).unwrap().1, trained(2));
    scratch.save(&trained(3));
    assert_eq!(load(&scratch.run(), true).unwrap().1, trained(3));
}

#[test]
fn a_run_knows_its_images() {
    let scratch = Scratch::new("images");
    let folder = Folder::prepare(&scratch.run()).unwrap();
    folder.save(&Settings { data: Some("some where".into()), ..SMALL }, &trained(1)).unwrap();
    let (settings, _) = load(&scratch.run(), false).unwrap();
    assert_eq!(settings.data, Some(std::path::absolute("some where").unwrap()));
}

/// A full disk cannot be had here, but a path can be too long for the later files of a save.
#[cfg(target_os = "linux")]
#[test]
fn half_a_save_is_removed() {
    let scratch = Scratch::new("half");
    let mut path = scratch.0.clone();
    while path.as_os_str().len() < 3900 {
        path.push("x".repeat(100));
    }
    path.push("y".repeat(4085 - ".saving".len() - path.as_os_str().len() - 2));
    let folder = Folder::prepare(path.to_str().unwrap()).unwrap();
    let error = folder.save(&SMALL, &trained(1)).unwrap_err().to_string();
    assert!(error.contains("last_w1.npy: "), "{error}");
    assert_eq!(names(path.parent().unwrap()).unwrap().len(), 1);
}

#[cfg(unix)]
#[test]
fn a_folder_keeps_its_permissions() {
    use std::os::unix::fs::PermissionsExt;
    let scratch = Scratch::new("permissions");
    fs::create_dir(scratch.run()).unwrap();
    fs::set_permissions(scratch.run(), fs::Permissions::from_mode(0o700)).unwrap();
    scratch.save(&trained(1));
    assert_eq!(fs::metadata(scratch.run()).unwrap().permissions().mode() & 0o777, 0o700);
}

#[test]
fn a_log_in_the_folder_would_be_in_the_way() {
    let scratch = Scratch::new("log");
    let folder = Folder::prepare(&scratch.run()).unwrap();
    let error = folder.check_without(&Path::new(&scratch.run()).join("log.csv")).unwrap_err();
    assert!(matches!(error, SavedError::Foreign(_, name) if name == "log.csv"));
    folder.check_without(Path::new("log.csv")).unwrap();
    folder.check_without(Path::new("no/such/folder/log.csv")).unwrap();
}

#[test]
fn a_net_alone_can_be_tested_but_not_resumed() {
    let scratch = Scratch::new("alone");
    scratch.save(&trained(2));
    for name in names(Path::new(&scratch.run())).unwrap() {
        if name.starts_with("last_") || name == CURVE {
            fs::remove_file(Path::new(&scratch.run()).join(name)).unwrap();
        }
    }
    let (_, training) = load(&scratch.run(), false).unwrap();
    assert_eq!((training.best, training.losses), (trained(2).best, Vec::new()));
    let error = load(&scratch.run(), true).unwrap_err().to_string();
    assert_eq!(error, format!("{}/last_w1.npy: no such file or folder", scratch.run()));
}

#[test]
fn folders_with_other_files_are_left_alone() {
    let scratch = Scratch::new("foreign");
    let message = |error: SavedError| error.to_string().replace(scratch.0.to_str().unwrap(), "");
    fs::create_dir(scratch.run()).unwrap();
    fs::write(Path::new(&scratch.run()).join("thesis.tex"), b"years of work").unwrap();
    let error = Folder::prepare(&scratch.run()).err().unwrap();
    assert_eq!(
        message(error),
        "/run: found \"thesis.tex\", expected a new folder, an empty one or an earlier save"
    );
    assert_eq!(names(Path::new(&scratch.run())).unwrap(), ["thesis.tex"]);
    // Names that a save would write do not make a save.
    fs::rename(format!("{}/thesis.tex", scratch.run()), format!("{}/w1.npy", scratch.run()))
        .unwrap();
    let error = Folder::prepare(&scratch.run()).err().unwrap();
    assert!(message(error).starts_with("/run: found \"w1.npy\", expected a new folder"));
    let error = Folder::prepare("/").err().unwrap();
    assert_eq!(error.to_string(), "/: expected a path that ends in a folder's name");
    let error = Folder::prepare(".").err().unwrap();
    assert!(error.to_string().ends_with(": found the folder to run in, expected another one"));
    let file = scratch.0.join("file");
    fs::write(&file, b"").unwrap();
    let error = Folder::prepare(file.to_str().unwrap()).err().unwrap();
    assert!(message(error).starts_with("/file: "));
}

#[test]
fn what_cannot_be_loaded_is_named() {
    let scratch = Scratch::new("load");
    let missing = load(&scratch.run(), true).unwrap_err().to_string();
    assert_eq!(missing, format!("{}/settings.txt: no such file or folder", scratch.run()));
    scratch.save(&trained(1));

    let w2 = npy::to_bytes(&Matrix::<f32>::zeros(5, 3));
    assert_eq!(scratch.load_with("w2.npy", &w2), "/run/w2.npy: found shape 5×3, expected 5×4");
    let w1 = npy::to_bytes(&Matrix::<f32>::zeros(7, 5));
    assert_eq!(
        scratch.load_with("last_w1.npy", &w1),
        "/run/last_w1.npy: found shape 7×5, expected 6×5"
    );
    let b2 = npy::to_bytes(&Matrix::<f32>::from_rows([[0.0, f32::NAN, 0.0, 0.0]]));
    assert_eq!(scratch.load_with("b2.npy", &b2), "/run/b2.npy: found a number that is not finite");
    let curve = npy::to_bytes(&Matrix::<f64>::zeros(1, 3));
    assert_eq!(
        scratch.load_with("curve.npy", &curve),
        "/run/curve.npy: found shape 1×3, expected 1×2"
    );
    let empty = "/run/b3.npy: byte 0: found an empty file, expected NPY data";
    assert_eq!(scratch.load_with("b3.npy", b""), empty);

    let text = fs::read_to_string(Path::new(&scratch.run()).join(SETTINGS)).unwrap();
    let with = |from: &str, to: &str| {
        assert!(text.contains(from), "{text}");
        scratch.load_with(SETTINGS, text.replace(from, to).as_bytes())
    };
    assert_eq!(
        with("batch = 8", "batch 8"),
        "/run/settings.txt: line 4: found \"batch 8\", expected one of the settings, once"
    );
    assert_eq!(
        with("batch = 8", "seed = 8"),
        "/run/settings.txt: line 8: found \"seed = 7\", expected one of the settings, once"
    );
    for value in ["fast", "NaN", "-1", "inf", "1e39", "1e-46"] {
        assert_eq!(
            with("rate = 0.01", &format!("rate = {value}")),
            format!("/run/settings.txt: line 5: found \"{value}\", out of range")
        );
    }
    assert_eq!(
        with("batch = 8", "batch = 8.5"),
        "/run/settings.txt: line 4: found \"8.5\", out of range"
    );
    assert_eq!(
        with("seed = 7", "seed = 7.5"),
        "/run/settings.txt: line 8: found \"7.5\", out of range"
    );
    assert_eq!(with("scale = 2\n", ""), "/run/settings.txt: found no line \"scale\", expected one");
}
