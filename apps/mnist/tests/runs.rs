//! Saved runs as their users meet them: several processes, killed ones, full disks.

mod common;

use common::{Scratch, write_data};
use std::fs;
use std::process::{Child, Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// A folder with a data set of 4 × 4 pixels, and what trains a small net on it.
struct Trial(Scratch);

impl Trial {
    fn new(name: &str) -> Self {
        let scratch = Scratch::new(name);
        write_data(&scratch.path("data"), "", 60, [4, 4], 0, 2);
        Self(scratch)
    }

    fn command(&self, args: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_mnist"));
        command.current_dir(&self.0.0).args(args.split(' ')).arg("--quiet");
        command
    }

    /// A new run that is saved in `run.npz`.
    fn train(&self, args: &str) -> Command {
        let new = "--data data --hidden 3 --batch 8 --rate 1e-5 --baseline-epochs 0 --save run.npz";
        self.command(&format!("{new} {args}"))
    }

    fn exists(&self, name: &str) -> bool {
        fs::exists(self.0.path(name)).unwrap()
    }

    /// Waits until the run has a save.
    fn wait_for_a_save(&self) {
        self.wait_for(|| self.exists("run.npz"));
    }

    fn wait_for(&self, done: impl Fn() -> bool) {
        let start = Instant::now();
        while !done() {
            assert!(start.elapsed() < Duration::from_secs(100), "waited for nothing");
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// After how many epochs the run was saved.
    fn epochs(&self) -> usize {
        self.epochs_of("run.npz")
    }

    fn epochs_of(&self, name: &str) -> usize {
        let output = text(self.command(&format!("--load {name}")));
        let line = output.lines().find(|line| line.starts_with("DeepNet 16-3-2, ")).unwrap();
        line.split(' ').nth(2).unwrap().parse().unwrap()
    }
}

/// What a command prints that succeeds.
#[track_caller]
fn text(mut command: Command) -> String {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{command:?}: {output:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// What a command says that fails with status 1: one line.
#[track_caller]
fn error(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let error = String::from_utf8(output.stderr.clone()).unwrap();
    assert_eq!(error.lines().count(), 1, "{error}");
    error
}

fn start(mut command: Command) -> Child {
    command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap()
}

#[test]
fn of_two_runs_that_begin_together_both_are_saved() {
    let trial = Trial::new("two");
    for _ in 0..3 {
        for name in ["run.npz", "run-2.npz"] {
            let _ = fs::remove_file(trial.0.path(name));
        }
        let runs = ["1", "2"].map(|seed| start(trial.train(&format!("--epochs 30 --seed {seed}"))));
        let outputs = runs.map(|run| run.wait_with_output().unwrap());
        let failed = outputs.iter().position(|output| !output.status.success()).unwrap();
        assert!(outputs[1 - failed].status.success(), "{outputs:?}");
        let expected = "mnist: run.npz: found a file that this run neither read nor wrote, so the \
                        run is saved in run-2.npz\n";
        assert_eq!(error(&outputs[failed]), expected);
        assert_eq!([trial.epochs(), trial.epochs_of("run-2.npz")], [30, 30]);
        assert!(!trial.exists("run-3.npz"));
    }
}

#[test]
fn a_killed_run_is_resumed_where_it_was_saved() {
    let trial = Trial::new("killed");
    let mut run = start(trial.train("--epochs 1000000 --save-every 1"));
    trial.wait_for_a_save();
    let mut last = 0;
    for _ in 0..5 {
        thread::sleep(Duration::from_millis(30));
        run.kill().unwrap();
        run.wait().unwrap();
        let epochs = trial.epochs();
        assert!(epochs > last, "{epochs} after {last}");
        last = epochs;
        let resume =
            "--resume run.npz --save run.npz --epochs 1000000 --save-every 1 --baseline-epochs 0";
        run = start(trial.command(resume));
        trial.wait_for(|| trial.epochs() > last);
    }
    run.kill().unwrap();
    run.wait().unwrap();
}

#[test]
fn a_file_that_is_moved_during_the_run_is_made_again() {
    let trial = Trial::new("gone");
    let run = start(trial.train("--epochs 1000 --save-every 10"));
    trial.wait_for_a_save();
    fs::rename(trial.0.path("run.npz"), trial.0.path("gone.npz")).unwrap();
    let output = run.wait_with_output().unwrap();
    assert!(output.status.success(), "{output:?}");
    assert_eq!(trial.epochs(), 1000);
    assert!(trial.epochs_of("gone.npz") > 0);
}

/// What waits on a pipe for a reader that has gone is told by the system on these only.
#[cfg(target_os = "linux")]
#[test]
fn a_reader_that_has_gone_ends_the_run_which_is_saved_first() {
    use std::io::{BufRead, BufReader};
    let trial = Trial::new("reader");
    let mut command = trial.train("--epochs 1000000000 --save-every 1000000000");
    let mut run = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // The last line before the epochs is a blank one; without it there is nothing to save.
    let mut lines = BufReader::new(run.stdout.take().unwrap()).lines();
    assert!(lines.any(|line| line.unwrap().is_empty()));
    drop(lines);
    let output = run.wait_with_output().unwrap();
    assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
    assert!(trial.epochs() > 0);
}

/// As on a full disk, no file gets longer than `blocks` of 512 bytes.
#[cfg(unix)]
fn limited(trial: &Trial, blocks: usize, args: &str) -> Output {
    let args =
        format!("--data data --hidden 3 --batch 8 --rate 1e-5 --baseline-epochs 0 --quiet {args}");
    let script = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" {args}");
    let mut command = Command::new("/bin/sh");
    command.current_dir(&trial.0.0).args(["-c", &script, env!("CARGO_BIN_EXE_mnist")]);
    command.output().unwrap()
}

#[cfg(target_os = "linux")]
#[test]
fn what_cannot_be_saved_is_said_before_the_work_or_at_its_end() {
    let trial = Trial::new("full");
    let error_at_once = error(&limited(&trial, 0, "--epochs 1000000000 --save run.npz"));
    assert!(error_at_once.starts_with("mnist: run.npz: "), "{error_at_once}");
    // The curve grows by 32 bytes in each epoch, and does not fit any more after some.
    let output = limited(&trial, 10, "--epochs 200 --save run.npz --save-every 10");
    let message = error(&output);
    let saved = trial.epochs();
    assert!((10..200).contains(&saved), "{saved}");
    let missing = format!("; epochs {} to 200 are not saved\n", saved + 1);
    assert!(message.starts_with("mnist: run.npz: ") && message.ends_with(&missing), "{message}");
    assert!(String::from_utf8(output.stdout).unwrap().contains("test accuracy: "));
    let nowhere = trial.train("--epochs 1").arg("--log").arg("/proc/log.csv").output().unwrap();
    assert!(error(&nowhere).starts_with("mnist: /proc/log.csv: "));
    let mut nowhere =
        trial.command("--data data --hidden 3 --batch 8 --rate 1e-5 --save /proc/run.npz");
    assert!(error(&nowhere.output().unwrap()).starts_with("mnist: /proc/run.npz: "));
    // Nothing is left but the data and the run.
    assert_eq!(fs::read_dir(&trial.0.0).unwrap().count(), 2);
}

/// However far a save or an export comes before the disk is full, what was there is left.
#[cfg(target_os = "linux")]
#[test]
fn a_disk_that_is_full_at_any_point_costs_nothing_that_was_there() {
    let trial = Trial::new("blocks");
    text(trial.train("--epochs 40"));
    text(trial.command("--data data --export 0 x.pgm"));
    let saved = fs::read(trial.0.path("run.npz")).unwrap();
    let exported = fs::read(trial.0.path("x.pgm")).unwrap();
    let run = |blocks: usize, args: &str| {
        let script = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" {args} --quiet");
        let mut command = Command::new("/bin/sh");
        command.current_dir(&trial.0.0).args(["-c", &script, env!("CARGO_BIN_EXE_mnist")]);
        command.output().unwrap()
    };
    let last = (0..).find(|&blocks| {
        let output = run(blocks, "--resume run.npz --save run.npz --epochs 1 --baseline-epochs 0");
        if !output.status.success() {
            assert!(error(&output).starts_with("mnist: run.npz: "), "{output:?}");
            assert!(fs::read(trial.0.path("run.npz")).unwrap() == saved);
        }
        assert_eq!(fs::read_dir(&trial.0.0).unwrap().count(), 3);
        output.status.success()
    });
    assert_eq!((last.unwrap() - 1) / (saved.len() / 512), 1);
    assert_eq!(trial.epochs(), 41);
    let output = run(0, "--data data --export 1 x.pgm");
    assert!(error(&output).starts_with("mnist: x.pgm: "), "{output:?}");
    assert!(fs::read(trial.0.path("x.pgm")).unwrap() == exported);
    assert_eq!(fs::read_dir(&trial.0.0).unwrap().count(), 3);
}

/// Also if a part of the first row still fits on the disk.
#[cfg(target_os = "linux")]
#[test]
fn an_earlier_log_survives_a_full_disk() {
    let trial = Trial::new("log");
    let row = "1,2.5,0.5,0.125\n";
    let earlier = format!("epoch,loss,batch_accuracy,seconds\n{}", row.repeat(61));
    assert!((1000..1024).contains(&earlier.len()), "{}", earlier.len());
    for blocks in [1, 2] {
        fs::write(trial.0.path("log.csv"), &earlier).unwrap();
        let output = limited(&trial, blocks, "--epochs 1 --log log.csv");
        assert!(error(&output).starts_with("mnist: log.csv: "), "{output:?}");
        assert_eq!(fs::read_to_string(trial.0.path("log.csv")).unwrap(), earlier);
    }
    assert!(limited(&trial, 3, "--epochs 1 --log log.csv").status.success());
    let log = fs::read_to_string(trial.0.path("log.csv")).unwrap();
    assert_eq!(log.lines().count(), 2, "{log}");
}

#[cfg(unix)]
#[test]
fn a_run_knows_its_images_whatever_their_folder_is_called() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    let trial = Trial::new("names");
    let names = [b"a\nb ".as_slice(), b"\xff\"\\x41", "\u{a0}é".as_bytes()];
    for (n, name) in names.into_iter().enumerate() {
        let folder = std::path::Path::new(&trial.0.0).join(OsStr::from_bytes(name));
        let run = trial.0.path(&format!("{n}.npz"));
        fs::create_dir(&folder).unwrap();
        fs::rename(trial.0.path("data"), folder.join("data")).unwrap();
        let new = "--data data --hidden 3 --batch 8 --rate 1e-5 --baseline-epochs 0 --epochs 1";
        let mut train = trial.command(new);
        train.current_dir(&folder).args(["--save", &run]);
        text(train);
        let load = || {
            let mut load = trial.command("--weights");
            load.args(["--load", &run]);
            load
        };
        assert!(text(load()).contains("images to train on"));
        fs::rename(folder.join("data"), trial.0.path("data")).unwrap();
        let message = error(&load().output().unwrap());
        assert!(message.ends_with("; --data DIR says where the images are\n"), "{message}");
    }
}
