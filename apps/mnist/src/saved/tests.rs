use super::*;
use crate::settings::{Changing, Settings};
use datasets::npy;
use matrix::Matrix;

fn small() -> Settings {
    Settings {
        hidden: vec![5, 4],
        init: nets::Init::Small,
        batch: 8,
        rate: Changing::new(0.01),
        lambda: Changing::new(1e-3),
        scale: 2.0,
        seed: 7,
        shape: Some((2, 3)),
        first_label: 0,
        transpose: false,
        data: None,
    }
}

/// 40 pictures of 2 × 3 pixels.
fn pictures() -> Images {
    let pixels = (0..40 * 6).map(|i| (i * i % 251) as u8).collect();
    Images {
        rows: 2,
        cols: 3,
        pixels,
        labels: (0..40).map(|i| i % 10).collect(),
        classes: 10,
        first_label: 0,
    }
}

fn trained(epochs: usize) -> Training {
    let mut images = pictures();
    let mut training = Training::new(small(), &mut images);
    for _ in 0..epochs {
        training.epoch(&images, |_| ()).unwrap();
    }
    training
}

/// A new folder of this test; it goes when the test ends.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("mnist-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir(&folder).unwrap();
        Self(folder)
    }

    /// The path of the run in it.
    fn run(&self) -> String {
        self.0.join("run").to_str().unwrap().to_string()
    }

    /// A folder for a run that begins, or that was resumed after some epochs.
    fn prepare(&self, resumed_after: usize) -> Result<Folder, Error> {
        let run = self.run();
        let resumed = (resumed_after > 0).then_some(&run[..]);
        Folder::prepare(&run, resumed, &trained(resumed_after))
    }

    /// A run that was saved after each of these epochs.
    fn saved_after(name: &str, epochs: &[usize]) -> Self {
        let scratch = Self::new(name);
        let mut folder = scratch.prepare(0).unwrap();
        epochs.iter().for_each(|&epoch| folder.save(&trained(epoch)).unwrap());
        scratch
    }

    /// A run as an earlier version saved it, in the folder `name`.
    fn with_older_run(&self, name: &str, epochs: usize) {
        let folder = self.0.join(name);
        fs::create_dir_all(&folder).unwrap();
        state::write(&folder, &trained(epochs), true).unwrap();
        let text = "# ThreeNet after 2 epochs: cargo run -p mnist -- --load DIR\nhidden1 = 5\n\
                    hidden2 = 4\nbatch = 8\nrate = 0.01\nlambda = 0.001\nscale = 2\nseed = 7\n\
                    best_accuracy = ";
        let best = trained(epochs).best_accuracy;
        fs::write(folder.join(SETTINGS), format!("{text}{best}\n")).unwrap();
    }

    /// The names in the run's folder in their order, those of saves without their hash.
    fn names(&self) -> Vec<String> {
        let mut names: Vec<_> = fs::read_dir(self.run())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .map(|name| if epoch_of(&name).is_some() { name[..12].into() } else { name })
            .collect();
        names.sort();
        names
    }

    fn newest(&self) -> PathBuf {
        newest(self.run().as_ref()).unwrap()
    }

    /// A message without the path of this folder.
    fn message(&self, error: &Error) -> String {
        let path = self.0.to_str().unwrap();
        error.to_string().replace(&format!("{path}{}", std::path::MAIN_SEPARATOR), "")
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn a_resumed_run_ends_at_the_same_bits() {
    let scratch = Scratch::saved_after("resume", &[3]);
    let mut training = load(&scratch.run(), true).unwrap();
    assert_eq!((&training.settings, &training), (&small(), &trained(3)));
    let mut images = pictures();
    Training::new(small(), &mut images);
    training.epoch(&images, |_| ()).unwrap();
    assert_eq!(training, trained(4));
}

#[test]
fn nets_of_any_depth_are_saved_and_resumed() {
    for layers in 1..=6 {
        let scratch = Scratch::new(&format!("depth-{layers}"));
        let settings = Settings { hidden: vec![5; layers], init: nets::Init::He, ..small() };
        let mut images = pictures();
        let mut training = Training::new(settings, &mut images);
        training.epoch(&images, |_| ()).unwrap();
        let mut folder = Folder::prepare(&scratch.run(), None, &training).unwrap();
        folder.save(&training).unwrap();
        assert_eq!(files(&scratch.newest()).unwrap().len(), 4 * (layers + 1) + 2);
        let mut resumed = load(&scratch.run(), true).unwrap();
        assert_eq!(resumed, training);
        assert_eq!(resumed.net.name(), if layers == 2 { "ThreeNet" } else { "DeepNet" });
        resumed.epoch(&images, |_| ()).unwrap();
        training.epoch(&images, |_| ()).unwrap();
        assert_eq!(resumed, training);
    }
}

#[test]
fn three_saves_are_left_and_nothing_else_is_touched() {
    let scratch = Scratch::new("three");
    let run = PathBuf::from(scratch.run());
    fs::create_dir(&run).unwrap();
    fs::write(run.join(".DS_Store"), b"of a file manager").unwrap();
    fs::write(run.join("epoch-000009"), b"a note").unwrap();
    fs::create_dir(run.join("epoch-000007-good")).unwrap();
    fs::create_dir(run.join(".saving-0000000000001")).unwrap();
    fs::write(run.join(".saving-0000000000001").join("w1.npy"), b"half").unwrap();
    fs::create_dir(run.join(".saving-0000000000002")).unwrap();
    fs::write(run.join(".saving-0000000000002").join("w1.txt"), b"mine").unwrap();
    let mut folder = scratch.prepare(0).unwrap();
    (1..=2).for_each(|epoch| folder.save(&trained(epoch)).unwrap());
    // A note in a save keeps that save.
    fs::write(scratch.newest().join("note.txt"), b"the good one").unwrap();
    (3..=6).for_each(|epoch| folder.save(&trained(epoch)).unwrap());
    let expected = [
        ".DS_Store",
        ".saving-0000000000002",
        "epoch-000002",
        "epoch-000004",
        "epoch-000005",
        "epoch-000006",
        "epoch-000007-good",
        "epoch-000009",
        "lock",
    ];
    assert_eq!(scratch.names(), expected);
    assert_eq!(fs::read(run.join(".saving-0000000000002").join("w1.txt")).unwrap(), b"mine");
    assert_eq!(load(&scratch.run(), true).unwrap(), trained(6));
}

#[test]
fn a_save_that_fails_costs_nothing_but_itself() {
    let scratch = Scratch::new("fail");
    let mut folder = scratch.prepare(0).unwrap();
    folder.save(&trained(1)).unwrap();
    let [run, away] = ["run", "away"].map(|name| scratch.0.join(name));
    fs::rename(&run, &away).unwrap();
    fs::write(&run, b"a file in its place").unwrap();
    let error = folder.save(&trained(2)).unwrap_err();
    assert!(scratch.message(&error).starts_with("run: "), "{error}");
    let error = folder.finish(&trained(2)).unwrap_err();
    assert!(error.ends_with("; epochs 2 to 2 are not saved"), "{error}");
    fs::remove_file(&run).unwrap();
    fs::rename(&away, &run).unwrap();
    assert_eq!(load(&scratch.run(), true).unwrap(), trained(1));
    folder.save(&trained(3)).unwrap();
    assert_eq!(load(&scratch.run(), true).unwrap(), trained(3));
}

/// Windows does not let a folder go in which a file is open.
#[cfg(unix)]
#[test]
fn a_folder_that_was_removed_meanwhile_is_made_again() {
    let scratch = Scratch::new("removed");
    let mut folder = scratch.prepare(0).unwrap();
    fs::remove_dir_all(scratch.run()).unwrap();
    folder.save(&trained(1)).unwrap();
    assert_eq!(load(&scratch.run(), true).unwrap(), trained(1));
    // Also if another run was begun there, which is then not disturbed.
    fs::remove_dir_all(scratch.run()).unwrap();
    let mut other = scratch.prepare(0).unwrap();
    let error = folder.save(&trained(2)).unwrap_err();
    assert!(scratch.message(&error).starts_with("run: found in use by mnist process "), "{error}");
    other.save(&trained(5)).unwrap();
    drop(other);
    let error = folder.save(&trained(2)).unwrap_err();
    assert!(scratch.message(&error).starts_with("run: found a run saved after epoch 5"), "{error}");
    assert_eq!(scratch.names(), ["epoch-000005", "lock"]);
}

#[test]
fn a_folder_has_one_run_and_one_process() {
    let scratch = Scratch::new("one");
    let mut folder = scratch.prepare(0).unwrap();
    let error = scratch.prepare(0).unwrap_err();
    let process = format!("run: found in use by mnist process {}", std::process::id());
    assert!(scratch.message(&error).starts_with(&process), "{error}");
    folder.save(&trained(2)).unwrap();
    drop(folder);

    let run = Shown(scratch.run().as_ref()).to_string();
    let error = scratch.prepare(0).unwrap_err().to_string();
    let expected = format!(
        "{run}: found a run saved after epoch 2, expected a new folder, or --resume {run} to train on"
    );
    assert_eq!(error, expected);
    // A run that was resumed from somewhere else is another one.
    let away = scratch.0.join("away");
    fs::create_dir(&away).unwrap();
    let prepare = |resumed: &Path| {
        let resumed = Some(resumed.to_str().unwrap());
        Folder::prepare(&scratch.run(), resumed, &trained(2))
    };
    assert_eq!(prepare(&away).unwrap_err().to_string(), expected);
    assert!(prepare(&scratch.newest()).is_err());
    prepare(&scratch.0.join("away").join("..").join("run").join(".")).unwrap();
    // One that was loaded before another process saved it again is not the newest state.
    let error = scratch.prepare(1).unwrap_err();
    assert_eq!(
        scratch.message(&error),
        "run: found a run saved after epoch 2, expected none after epoch 1, where this one is"
    );
    assert_eq!(scratch.names(), ["epoch-000002", "lock"]);
}

#[test]
fn a_load_finds_one_state_while_others_come_and_go() {
    let scratch = Scratch::new("while");
    let states: Vec<Training> = (0..=40).map(trained).collect();
    let mut folder = scratch.prepare(0).unwrap();
    folder.save(&states[1]).unwrap();
    let saving = std::thread::scope(|scope| {
        let saving = scope.spawn(|| {
            states[2..].iter().for_each(|state| folder.save(state).unwrap());
        });
        while !saving.is_finished() {
            let training = load(&scratch.run(), true).unwrap();
            assert_eq!(training, states[training.losses.len()]);
        }
        saving.join()
    });
    saving.unwrap();
    assert_eq!(load(&scratch.run(), true).unwrap(), states[40]);
    // What was loaded at the last moment was left.
    folder.remove_old();
    assert_eq!(scratch.names(), ["epoch-000038", "epoch-000039", "epoch-000040", "lock"]);
}

#[test]
fn a_save_that_is_being_loaded_stays() {
    let scratch = Scratch::saved_after("held", &[1]);
    let held = File::open(scratch.newest().join(SETTINGS)).unwrap();
    held.lock_shared().unwrap();
    let mut folder = scratch.prepare(1).unwrap();
    (2..=5).for_each(|epoch| folder.save(&trained(epoch)).unwrap());
    let newest = ["epoch-000003", "epoch-000004", "epoch-000005", "lock"];
    assert_eq!(scratch.names(), [&["epoch-000001"], &newest[..]].concat());
    drop(held);
    folder.remove_old();
    assert_eq!(scratch.names(), newest);
}

#[test]
fn what_an_earlier_version_saved_is_loaded_and_stays() {
    let scratch = Scratch::new("older");
    scratch.with_older_run("run", 2);
    let older = Settings { shape: None, ..small() };
    let older = Training { settings: older, ..trained(2) };
    assert_eq!(load(&scratch.run(), true).unwrap(), older);
    let error = scratch.prepare(0).unwrap_err();
    assert!(scratch.message(&error).starts_with("run: found a run, expected a new folder"));
    let before = scratch.names();
    let mut folder = scratch.prepare(2).unwrap();
    folder.save(&trained(3)).unwrap();
    assert_eq!(load(&scratch.run(), true).unwrap(), trained(3));
    let mut names = scratch.names();
    names.retain(|name| name != "epoch-000003");
    assert_eq!(names, before);
    // A save of that version that was cut short has left its state under one of two other names.
    for (name, epochs) in [(".run.saving", 3), (".run.before", 2)] {
        let scratch = Scratch::new(&name[1..]);
        scratch.with_older_run(name, epochs);
        assert_eq!(load(&(scratch.run() + "/"), true).unwrap().net, trained(epochs).net);
    }
}

#[test]
fn a_net_alone_can_be_tested_but_not_resumed() {
    let scratch = Scratch::saved_after("alone", &[2]);
    for file in files(&scratch.newest()).unwrap() {
        let name = file.file_name().unwrap().to_str().unwrap();
        if name.starts_with("last_") || name == "curve.npy" {
            fs::remove_file(file).unwrap();
        }
    }
    let save = scratch.newest();
    for path in [&scratch.run(), save.to_str().unwrap()] {
        let training = load(path, false).unwrap();
        assert_eq!((training.best, training.losses), (trained(2).best, Vec::new()));
    }
    let error = load(&scratch.run(), true).unwrap_err();
    assert_eq!(error.path, scratch.newest().join("last_w1.npy"));
    assert!(error.to_string().ends_with("last_w1.npy: no such file or folder"), "{error}");
}

/// A path can be too long for the later files of a save.
#[cfg(target_os = "linux")]
#[test]
fn a_save_that_cannot_be_whole_is_refused_before_the_work() {
    let scratch = Scratch::new("half");
    let mut path = scratch.0.clone();
    while path.as_os_str().len() < 3900 {
        path.push("x".repeat(100));
    }
    let most = 4095 - "/epoch-000001-00000000/settings.txt".len();
    for (len, fits) in [(most + 1, false), (most, true)] {
        let path = path.join("y".repeat(len - path.as_os_str().len() - 1));
        let prepared = Folder::prepare(path.to_str().unwrap(), None, &trained(0));
        match prepared {
            Ok(mut folder) => folder.save(&trained(1)).unwrap(),
            Err(ref error) => assert!(error.to_string().contains("settings.txt: "), "{error}"),
        }
        assert_eq!(fs::read_dir(&path).unwrap().count(), if fits { 2 } else { 1 });
    }
}

#[test]
fn what_is_no_folder_for_a_run_is_named() {
    let scratch = Scratch::new("places");
    fs::write(scratch.run(), b"a file").unwrap();
    for error in [scratch.prepare(0).unwrap_err(), load(&scratch.run(), false).unwrap_err()] {
        assert_eq!(scratch.message(&error), "run: found a file, expected a folder");
    }
    fs::remove_file(scratch.run()).unwrap();
    let error = load(&scratch.run(), false).unwrap_err();
    assert_eq!(scratch.message(&error), "run: no such file or folder");
    fs::create_dir(scratch.run()).unwrap();
    let error = load(&scratch.run(), false).unwrap_err();
    assert_eq!(
        scratch.message(&error),
        "run: found no run in this folder, expected one that --save made"
    );
    // A file that happens to be called "lock" is not replaced.
    let lock = Path::new(&scratch.run()).join("lock");
    fs::write(&lock, b"of another program").unwrap();
    let error = scratch.prepare(0).unwrap_err();
    assert_eq!(error.path, lock);
    assert!(error.to_string().ends_with("found a file that no run wrote"), "{error}");
    assert_eq!(fs::read(&lock).unwrap(), b"of another program");
}

#[cfg(unix)]
#[test]
fn a_pipe_is_not_waited_for() {
    let scratch = Scratch::new("pipe");
    fs::create_dir(scratch.run()).unwrap();
    let lock = Path::new(&scratch.run()).join("lock");
    assert!(std::process::Command::new("mkfifo").arg(&lock).status().unwrap().success());
    let error = scratch.prepare(0).unwrap_err();
    assert!(error.to_string().ends_with("lock: found a file that no run wrote"), "{error}");
}

/// Only a user whom the system refuses something can try this.
#[cfg(unix)]
#[test]
fn a_permission_is_named_as_such() {
    use std::os::unix::fs::PermissionsExt;
    let scratch = Scratch::saved_after("permission", &[1]);
    let allow = |path: &Path, mode| {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    };
    let save = scratch.newest();
    allow(&save, 0o000);
    let denied = fs::read_dir(&save).is_err();
    let error = load(&scratch.run(), false).err();
    allow(&save, 0o755);
    allow(scratch.run().as_ref(), 0o555);
    let not_saved = scratch.prepare(1).err();
    allow(scratch.run().as_ref(), 0o755);
    if denied {
        let error = scratch.message(&error.unwrap());
        assert!(error.ends_with("settings.txt: permission denied"), "{error}");
        assert_eq!(scratch.message(&not_saved.unwrap()), "run: permission denied");
    }
}

#[cfg(unix)]
#[test]
fn links_are_followed_but_never_removed() {
    use std::os::unix::fs::symlink;
    let scratch = Scratch::saved_after("links", &[1]);
    let away = scratch.0.join("away");
    fs::rename(scratch.newest(), &away).unwrap();
    let link = Path::new(&scratch.run()).join("epoch-000001-00000000");
    symlink(&away, &link).unwrap();
    assert_eq!(load(&scratch.run(), true).unwrap(), trained(1));
    let mut folder = scratch.prepare(1).unwrap();
    (2..=5).for_each(|epoch| folder.save(&trained(epoch)).unwrap());
    assert!(link.is_symlink());
    assert_eq!(files(&away).unwrap().len(), 14);
    symlink("nowhere", scratch.0.join("dangling")).unwrap();
    let dangling = scratch.0.join("dangling");
    let error = Folder::prepare(dangling.to_str().unwrap(), None, &trained(0));
    assert_eq!(
        scratch.message(&error.unwrap_err()),
        "dangling: found a link to nowhere, where nothing is"
    );
}

/// What `load` says after a file of a save is given this text.
fn load_with(scratch: &Scratch, name: &str, bytes: &[u8]) -> String {
    let path = scratch.newest().join(name);
    let before = fs::read(&path).unwrap();
    fs::write(&path, bytes).unwrap();
    let error = load(&scratch.run(), true).unwrap_err();
    fs::write(&path, before).unwrap();
    assert_eq!(error.path, path);
    let message = error.to_string();
    message[message.find(name).unwrap()..].to_string()
}

#[test]
fn what_cannot_be_loaded_is_named() {
    let scratch = Scratch::saved_after("load", &[1]);
    let zeros = |rows, cols| npy::to_bytes(&Matrix::<f32>::zeros(rows, cols));
    for (name, rows, cols, expected) in [
        ("w1.npy", 5, 6, "6×5"),
        ("w2.npy", 5, 3, "5×4"),
        ("w3.npy", 5, 10, "4×10"),
        ("b3.npy", 1, 9, "1×10"),
        ("last_w1.npy", 7, 5, "6×5"),
        ("last_w3.npy", 4, 9, "4×10"),
    ] {
        let found = load_with(&scratch, name, &zeros(rows, cols));
        assert_eq!(found, format!("{name}: found shape {rows}×{cols}, expected {expected}"));
    }
    let b2 = npy::to_bytes(&Matrix::<f32>::from_rows([[0.0, f32::NAN, 0.0, 0.0]]));
    assert_eq!(load_with(&scratch, "b2.npy", &b2), "b2.npy: found a number that is not finite");
    let curve = npy::to_bytes(&Matrix::<f64>::zeros(1, 3));
    assert_eq!(
        load_with(&scratch, "curve.npy", &curve),
        "curve.npy: found shape 1×3, expected 1×2"
    );
    let empty = "b3.npy: byte 0: found an empty file, expected NPY data";
    assert_eq!(load_with(&scratch, "b3.npy", b""), empty);
    assert_eq!(
        load_with(&scratch, SETTINGS, b"hidden1 = 5\nbatch 8\n"),
        "settings.txt: line 2: found 'batch 8', expected one of the settings, once"
    );
}
