use super::*;
use crate::tests::common::Scratch;
use datasets::Images;
use std::fs;

fn small() -> Settings {
    Settings {
        hidden: vec![5, 4],
        init: nets::Init::Small,
        batch: 8,
        rate: 0.01,
        lambda: 1e-3,
        scale: 2.0,
        seed: 7,
        transpose: false,
        validate: false,
        data: None,
    }
}

/// 40 pictures of 2 × 3 pixels.
fn pictures() -> Images {
    let pixels = (0..40 * 6).map(|i| (i * i % 251) as u8).collect();
    let labels = (0..40).map(|i| i % 10).collect();
    Images { rows: 2, cols: 3, pixels, labels, classes: 10, first_label: 1 }
}

fn trained(epochs: usize) -> Training {
    let mut images = pictures();
    let mut training = Training::new(small(), &mut images);
    for _ in 0..epochs {
        training.epoch(&images, |_| ()).unwrap();
    }
    training
}

/// The names in a folder, in their order.
fn names(scratch: &Scratch) -> Vec<String> {
    let entries = fs::read_dir(&scratch.0).unwrap();
    let mut names: Vec<_> =
        entries.map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// A save of a run that begins.
fn begin(path: &str) -> Save {
    Save::prepare(path, None, &trained(0)).unwrap()
}

/// A save of a run that is resumed.
fn resume(path: &str) -> (Save, Training) {
    let (training, content) = load(path).unwrap();
    (Save::prepare(path, Some((path, content)), &training).unwrap(), training)
}

#[test]
fn a_resumed_run_ends_at_the_same_bits() {
    let scratch = Scratch::new("bits");
    let path = scratch.path("run.npz");
    begin(&path).save(&trained(3)).unwrap();
    let (mut save, mut training) = resume(&path);
    assert_eq!(training, trained(3));
    let mut images = pictures();
    Training::new(small(), &mut images);
    training.epoch(&images, |_| ()).unwrap();
    assert_eq!(training, trained(4));
    save.save(&training).unwrap();
    assert_eq!(load(&path).unwrap().0, trained(4));
    assert_eq!(names(&scratch), ["run.npz"]);
}

#[test]
fn nets_of_any_depth_are_saved() {
    let scratch = Scratch::new("depth");
    for layers in 1..=6 {
        let path = scratch.path(&format!("{layers}.npz"));
        let settings = Settings { hidden: vec![5; layers], transpose: true, ..small() };
        let training = Training::new(settings, &mut pictures());
        begin(&path).save(&training).unwrap();
        assert_eq!(load(&path).unwrap().0, training);
        let zip = Npz::parse(fs::read(&path).unwrap()).unwrap();
        assert_eq!(zip.names().count(), 4 * (layers + 1) + 2);
        assert_eq!(training.name(), if layers == 2 { "ThreeNet" } else { "DeepNet" });
    }
}

#[test]
fn what_this_run_neither_read_nor_wrote_stays() {
    let scratch = Scratch::new("stays");
    let [path, second, third] = ["a.npz", "a-2.npz", "a-3.npz"].map(|name| scratch.path(name));
    fs::write(&path, "years of work").unwrap();
    let mut save = begin(&path);
    assert_eq!(save.file.path().to_str(), Some(&*second));
    save.save(&trained(1)).unwrap();
    save.save(&trained(2)).unwrap();
    // Another process has begun there.
    begin(&scratch.path("b.npz")).save(&trained(1)).unwrap();
    fs::rename(scratch.path("b.npz"), &second).unwrap();
    save.save(&trained(3)).unwrap();
    save.save(&trained(4)).unwrap();
    let message = save.finish(&trained(4)).unwrap_err();
    let cause = "found a file that this run neither read nor wrote, so the run is saved in";
    assert_eq!(message, format!("{path}: {cause} {third}"));
    assert_eq!(fs::read(&path).unwrap(), b"years of work");
    assert_eq!(load(&second).unwrap().0, trained(1));
    assert_eq!(load(&third).unwrap().0, trained(4));
    assert_eq!(names(&scratch), ["a-2.npz", "a-3.npz", "a.npz"]);

    // A file that has gone is made again.
    fs::remove_file(&third).unwrap();
    save.save(&trained(5)).unwrap();
    assert_eq!(load(&third).unwrap().0, trained(5));
    // A name without an ending, in a folder with one.
    fs::create_dir(scratch.path("x.y")).unwrap();
    let path = Path::new(&scratch.path("x.y")).join("run").to_str().unwrap().to_owned();
    fs::write(&path, "").unwrap();
    assert_eq!(begin(&path).file.path().to_str(), Some(&*format!("{path}-2")));
}

#[test]
fn a_resumed_run_replaces_what_it_read_and_nothing_else() {
    let scratch = Scratch::new("resumed");
    let [path, copy] = ["run.npz", "copy.npz"].map(|name| scratch.path(name));
    begin(&path).save(&trained(1)).unwrap();
    fs::copy(&path, &copy).unwrap();
    // The same content under another name is another file.
    let (training, content) = load(&path).unwrap();
    let save = Save::prepare(&copy, Some((&path, content)), &training).unwrap();
    assert_eq!(save.file.path().to_str(), Some(&*scratch.path("copy-2.npz")));
    // Of two processes that resume it, the second to save goes elsewhere.
    let (mut one, _) = resume(&path);
    let (mut two, _) = resume(&path);
    one.save(&trained(2)).unwrap();
    two.save(&trained(3)).unwrap();
    one.save(&trained(4)).unwrap();
    assert_eq!(one.finish(&trained(4)), Ok(()));
    assert!(two.finish(&trained(3)).unwrap_err().ends_with("run-2.npz"));
    assert_eq!(load(&path).unwrap().0, trained(4));
    assert_eq!(load(&scratch.path("run-2.npz")).unwrap().0, trained(3));
}

#[test]
fn two_that_save_at_once_lose_nothing() {
    let scratch = Scratch::new("race");
    let states: Vec<Training> = (0..=8).map(trained).collect();
    for round in 0..20 {
        let path = scratch.path(&format!("{round}.npz"));
        let mut paths = vec![path.clone(); 2];
        // In odd rounds both resume the same run.
        if round % 2 == 1 {
            begin(&path).save(&states[0]).unwrap();
        }
        // One that resumes what the other has saved may replace it: both have read before one saves.
        let barrier = std::sync::Barrier::new(2);
        std::thread::scope(|scope| {
            for (n, found) in (1..).zip(&mut paths) {
                let (path, states, barrier) = (&path, &states, &barrier);
                scope.spawn(move || {
                    let mut save = if round % 2 == 1 { resume(path).0 } else { begin(path) };
                    barrier.wait();
                    save.save(&states[n]).unwrap();
                    save.save(&states[n + 2]).unwrap();
                    *found = save.file.path().to_str().unwrap().to_owned();
                });
            }
        });
        for (n, path) in (1..).zip(&paths) {
            assert!(load(path).unwrap().0 == states[n + 2], "round {round}, {path}");
        }
    }
    assert_eq!(names(&scratch).len(), 40);
}

#[test]
fn a_load_finds_one_state_while_it_is_saved() {
    let scratch = Scratch::new("while");
    let path = scratch.path("run.npz");
    let states: Vec<Training> = (0..=30).map(trained).collect();
    let mut save = begin(&path);
    save.save(&states[1]).unwrap();
    std::thread::scope(|scope| {
        let saving = scope.spawn(|| states[2..].iter().for_each(|state| save.save(state).unwrap()));
        while !saving.is_finished() {
            let training = load(&path).unwrap().0;
            assert_eq!(training, states[training.curve.len()]);
        }
    });
    assert_eq!(load(&path).unwrap().0, states[30]);
}

#[test]
fn a_save_that_fails_costs_nothing_but_itself() {
    let scratch = Scratch::new("fails");
    let [folder, away] = ["runs", "away"].map(|name| scratch.path(name));
    fs::create_dir(&folder).unwrap();
    let path = Path::new(&folder).join("run.npz").to_str().unwrap().to_owned();
    let mut save = begin(&path);
    fs::rename(&folder, &away).unwrap();
    let error = save.finish(&trained(2)).unwrap_err();
    assert!(error.ends_with("; none of the 2 epochs is saved"), "{error}");
    fs::rename(&away, &folder).unwrap();
    save.save(&trained(1)).unwrap();
    fs::rename(&folder, &away).unwrap();
    let error = save.finish(&trained(2)).unwrap_err();
    assert!(error.starts_with(&format!("{path}: no such folder: ")), "{error}");
    assert!(error.ends_with("; epochs 2 to 2 are not saved"), "{error}");
    fs::rename(&away, &folder).unwrap();
    assert_eq!(load(&path).unwrap().0, trained(1));
    save.save(&trained(3)).unwrap();
    assert_eq!(load(&path).unwrap().0, trained(3));
}

#[test]
fn what_is_no_place_for_a_run_is_named_before_the_work() {
    let scratch = Scratch::new("places");
    let error = |path: &str| Save::prepare(path, None, &trained(0)).unwrap_err().to_string();
    let folder = "found a folder, expected a file";
    assert_eq!(error(&scratch.0), format!("{}: {folder}", scratch.0));
    assert_eq!(load(&scratch.0).unwrap_err().to_string(), format!("{}: {folder}", scratch.0));
    let missing = scratch.path("missing");
    let path = Path::new(&missing).join("run.npz").to_str().unwrap().to_owned();
    assert_eq!(error(&path), format!("{path}: no such folder: {missing}"));
    assert_eq!(names(&scratch), [""; 0]);
}

#[cfg(unix)]
#[test]
fn a_link_stays_a_link_and_a_pipe_a_pipe() {
    use std::os::unix::fs::{FileTypeExt, symlink};
    let scratch = Scratch::new("links");
    let [file, link, pipe] = ["file.npz", "link.npz", "pipe.npz"].map(|name| scratch.path(name));
    begin(&file).save(&trained(1)).unwrap();
    symlink("file.npz", &link).unwrap();
    let (mut save, _) = resume(&link);
    save.save(&trained(2)).unwrap();
    assert_eq!(save.finish(&trained(2)), Ok(()));
    assert!(Path::new(&link).is_symlink());
    assert_eq!(load(&file).unwrap().0, trained(2));
    // One that leads nowhere yet leads to the new file.
    let new = scratch.path("new.npz");
    symlink("there.npz", &new).unwrap();
    begin(&new).save(&trained(3)).unwrap();
    assert_eq!(load(&scratch.path("there.npz")).unwrap().0, trained(3));

    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let mut save = begin(&pipe);
    save.save(&trained(1)).unwrap();
    assert_eq!(load(&scratch.path("pipe-2.npz")).unwrap().0, trained(1));
    assert!(fs::metadata(&pipe).unwrap().file_type().is_fifo());
}

/// Only a user whom the system refuses something can try this.
#[cfg(unix)]
#[test]
fn a_permission_is_named_as_such() {
    use std::os::unix::fs::PermissionsExt;
    let scratch = Scratch::new("permission");
    let path = scratch.path("run.npz");
    begin(&path).save(&trained(1)).unwrap();
    let allow = |path: &str, mode| {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    };
    let (mut save, _) = resume(&path);
    allow(&scratch.0, 0o555);
    let denied = fs::write(scratch.path("x"), "").is_err();
    let errors = [save.save(&trained(2)).err(), Save::prepare(&path, None, &trained(0)).err()];
    allow(&scratch.0, 0o755);
    if denied {
        let second = scratch.path("run-2.npz");
        let errors = errors.map(|error| error.unwrap().to_string());
        assert_eq!(errors, [path, second].map(|path| format!("{path}: permission denied")));
    }
}

#[cfg(unix)]
#[test]
fn the_place_of_the_images_may_have_any_name() {
    use std::ffi::OsString;
    use std::os::unix::ffi::OsStringExt;
    let scratch = Scratch::new("any");
    let path = scratch.path("run.npz");
    let data = Some(OsString::from_vec((1..=255).chain(*b"/x").collect()).into());
    let mut training = trained(1);
    training.settings.data = data;
    begin(&path).save(&training).unwrap();
    let found = load(&path).unwrap().0.settings.data;
    assert_eq!(found, training.settings.data.map(|data| absolute(data).unwrap()));
}

/// A run with one of its files replaced, or left out.
fn with(name: &str, content: Option<&[u8]>) -> Vec<u8> {
    let whole = Npz::parse(bytes_for(Path::new(""), &trained(1)).unwrap()).unwrap();
    let mut zip = Writer::default();
    for other in whole.names() {
        match content {
            Some(content) if other == name => zip.add(other, content),
            None if other == name => {}
            _ => zip.add(other, &whole.read(other).unwrap()),
        }
    }
    zip.finish().unwrap()
}

#[test]
fn what_cannot_be_loaded_is_named() {
    let scratch = Scratch::new("damaged");
    let path = scratch.path("run.npz");
    let error = |bytes: &[u8]| {
        fs::write(&path, bytes).unwrap();
        let error = load(&path).unwrap_err().to_string();
        error.strip_prefix(&scratch.path("")).unwrap().to_owned()
    };
    let zeros = |rows, cols| npy::to_bytes(&Matrix::<f32>::zeros(rows, cols));
    for (name, rows, cols, expected) in [
        ("w1.npy", 5, 6, "6×5"),
        ("w2.npy", 5, 3, "5×4"),
        ("w3.npy", 5, 10, "4×10"),
        ("b3.npy", 1, 9, "1×10"),
        ("last_w1.npy", 7, 5, "6×5"),
        ("last_w3.npy", 4, 9, "4×10"),
        ("curve.npy", 1, 3, "1×4"),
        ("images.npy", 1, 2, "1×3"),
    ] {
        let found = error(&with(name, Some(&zeros(rows, cols))));
        assert_eq!(
            found,
            format!("run.npz/{name}: found shape {rows}×{cols}, expected {expected}")
        );
    }
    let b2 = npy::to_bytes(&Matrix::<f32>::from_rows([[0.0, f32::NAN, 0.0, 0.0]]));
    let found = error(&with("b2.npy", Some(&b2)));
    assert_eq!(found, "run.npz/b2.npy: found a number that is not finite");
    let found = error(&with("b3.npy", Some(b"")));
    assert_eq!(found, "run.npz/b3.npy: byte 0: found an empty file, expected NPY data");
    let found = error(&with("settings.txt", Some(b"batch 8\n")));
    assert_eq!(found, "run.npz/settings.txt: line 1: found 'batch 8', expected a setting");
    for name in ["last_b2.npy", "settings.txt", "images.npy"] {
        let found = error(&with(name, None));
        assert_eq!(found, format!("run.npz/{name}: found no file of this name, expected one"));
    }
    for [rows, cols, first] in
        [[2.0, 2.0, 1.0], [-2.0, -3.0, 1.0], [1.5, 4.0, 1.0], [2.0, 3.0, 2.0]]
    {
        let images = npy::to_bytes(&Matrix::<f64>::from_rows([[rows, cols, first]]));
        assert!(error(&with("images.npy", Some(&images))).starts_with("run.npz/"));
    }
    let whole = bytes_for(Path::new(""), &trained(1)).unwrap();
    for length in [0, 1, 100, whole.len() / 2, whole.len() - 1] {
        let found = error(&whole[..length]);
        assert!(found.starts_with("run.npz: byte "), "{found}");
    }
    let error = Npz::parse(b"text".to_vec()).unwrap_err();
    assert_eq!(error.to_string(), "byte 0: found text, expected an NPZ file");
}
