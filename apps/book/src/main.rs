//! The book: chapter, code and numbers side by side. `cargo run -p book`.

use book::Book;
use console::{App, Opt, Options, Outcome};
use std::collections::BTreeSet;
use std::error::Error;
use std::ffi::OsString;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::thread;
use std::time::Duration;

const APP: App = App {
    name: "book",
    about: "writes docs/, the sources and numbers of real runs as one offline book",
    options: &[
        Opt("out FOLDER", "", "where to write it (default: target/book)"),
        Opt("net RUN", "", "the net that reads what is drawn (default: target/mnist-net.npz)"),
        Opt("open", "", "open it in the browser"),
    ],
};

/// The file in each folder that this program wrote: its first line says so, the others list the
/// files that it wrote. No other file is ever replaced or removed.
const MARK: &str = ".book";
const WRITTEN: &str = "The files named below are written by `cargo run -p book`.";
/// The temporary folder in which a book is written.
const UNFINISHED: &str = ".book-unfinished";

fn main() -> ExitCode {
    APP.run(book)
}

fn book(options: &Options, out: &mut dyn Write) -> Outcome {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).ok_or("no folder")?;
    let folder = options.text("out").map_or_else(|| root.join("target/book"), PathBuf::from);
    let kept = root.join("target/mnist-net.npz");
    let net = options.text("net").map(PathBuf::from).or_else(|| kept.is_file().then_some(kept));
    let weights = net.map(|net| book::net::weights(&net)).transpose()?;
    let mut files = book::build(root)?;
    if let Some(weights) = weights {
        files.insert(book::WEIGHTS.into(), weights);
    }
    write(&folder, &files).map_err(|error| format!("{}: {error}", folder.display()))?;
    let index = folder.join("index.html");
    writeln!(out, "{}", index.display())?;
    if options.has("open") {
        open(&index);
    }
    Ok(())
}

/// The names of the files that this program wrote into a folder before. Another file in it is an
/// error.
fn written(folder: &Path) -> Result<BTreeSet<OsString>, Box<dyn Error>> {
    let mark = fs::read_to_string(folder.join(MARK)).unwrap_or_default();
    let names = mark.strip_prefix(WRITTEN).map(|names| names.lines().skip(1));
    let names: BTreeSet<OsString> = names.into_iter().flatten().map(OsString::from).collect();
    let mut found = BTreeSet::new();
    for entry in fs::read_dir(folder)? {
        let name = entry?.file_name();
        if names.contains(&name) {
            found.insert(name);
        } else if !(name == UNFINISHED || name == MARK && !names.is_empty()) {
            let name = name.display();
            let found =
                format!("found {name:?}, which isn't the book's, expected none but its files");
            return Err(found.into());
        }
    }
    Ok(found)
}

/// Writes the whole book into a temporary folder inside the folder, then moves each file to its
/// place, and removes files of the earlier book that this one does not have.
fn write(folder: &Path, files: &Book) -> Result<(), Box<dyn Error>> {
    fs::create_dir_all(folder)?;
    let before = written(folder)?;
    let names: BTreeSet<OsString> = files.keys().map(OsString::from).collect();
    let new = folder.join(UNFINISHED);
    let mark = |names: &BTreeSet<OsString>| {
        let lines = names.iter().map(|name| format!("\n{}", name.display()));
        fs::write(new.join(MARK), format!("{WRITTEN}{}\n", lines.collect::<String>()))?;
        fs::rename(new.join(MARK), folder.join(MARK))
    };
    let replace = || -> Result<(), Box<dyn Error>> {
        fs::create_dir(&new)?;
        for (name, text) in files {
            fs::write(new.join(name), text)?;
        }
        // If the program is stopped here, every file it leaves is in the list.
        mark(&(&names | &before))?;
        for name in &names {
            fs::rename(new.join(name), folder.join(name))?;
        }
        for name in &before - &names {
            let removed = fs::remove_file(folder.join(&name));
            removed.map_err(|error| format!("{}: {error}", name.display()))?;
        }
        Ok(mark(&names)?)
    };
    // An earlier run that was stopped may have left one.
    let _ = fs::remove_dir_all(&new);
    let result = replace();
    let _ = fs::remove_dir_all(&new);
    result
}

/// Opens the book, and says so if this fails at once. It does not wait for a browser that keeps
/// running.
fn open(index: &Path) {
    let (program, arguments): (&str, &[&str]) = match std::env::consts::OS {
        "windows" => ("cmd", &["/C", "start", ""]),
        "macos" => ("open", &[]),
        _ => ("xdg-open", &[]),
    };
    let mut command = Command::new(program);
    command.args(arguments).arg(index);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let opened = command.spawn().and_then(|mut opener| {
        thread::sleep(Duration::from_millis(500));
        opener.try_wait()
    });
    let why = match opened {
        Ok(Some(status)) if !status.success() => status.to_string(),
        Err(error) => error.to_string(),
        _ => return,
    };
    let _ = writeln!(std::io::stderr(), "book: {program} could not open it ({why})");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scratch(name: &str) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("book-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        folder
    }

    fn book(name: &str, text: &str) -> Book {
        ["index.html", name].map(|name| (name.to_string(), text.to_string())).into()
    }

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name());
        let mut names: Vec<String> = entries.map(|name| name.into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn a_book_replaces_a_book() {
        let folder = scratch("replace").join("inside");
        write(&folder, &book("old.html", "one")).unwrap();
        write(&folder, &book("new.html", "two")).unwrap();
        assert_eq!(fs::read_to_string(folder.join("index.html")).unwrap(), "two");
        assert_eq!(names(&folder), [".book", "index.html", "new.html"]);
        fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn what_a_stopped_run_left_goes() {
        let folder = scratch("stopped");
        write(&folder, &book("old.html", "one")).unwrap();
        fs::create_dir(folder.join(UNFINISHED)).unwrap();
        fs::write(folder.join(UNFINISHED).join("new.html"), "half").unwrap();
        write(&folder, &book("new.html", "two")).unwrap();
        assert_eq!(fs::read_to_string(folder.join("new.html")).unwrap(), "two");
        assert_eq!(names(&folder), [".book", "index.html", "new.html"]);
        fs::remove_dir_all(&folder).unwrap();
    }

    /// A page that cannot be removed is an error, and stays in the list for the next run.
    #[test]
    fn a_page_that_stays_is_an_error() {
        let folder = scratch("stays");
        write(&folder, &book("old.html", "one")).unwrap();
        fs::remove_file(folder.join("old.html")).unwrap();
        fs::create_dir(folder.join("old.html")).unwrap(); // which `remove_file` does not remove
        let error = write(&folder, &book("new.html", "two")).unwrap_err().to_string();
        assert!(error.starts_with("old.html: "), "{error}");
        fs::remove_dir(folder.join("old.html")).unwrap();
        write(&folder, &book("new.html", "two")).unwrap();
        assert_eq!(names(&folder), [".book", "index.html", "new.html"]);
        fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn what_is_not_the_books_is_named_and_stays() {
        let folder = scratch("foreign");
        let refused = |name: &str| {
            let found = write(&folder, &book("new.html", "two")).unwrap_err().to_string();
            assert!(found.contains(&format!("found {name:?}, which isn't")), "{found}");
            fs::read_to_string(folder.join("index.html")).unwrap_or_default()
        };
        // A folder of others, also one with a file of the mark's name.
        fs::create_dir_all(&folder).unwrap();
        for name in ["ch1.txt", ".book"] {
            fs::write(folder.join(name), "mine").unwrap();
            assert_eq!(refused(name), "");
            assert_eq!(names(&folder), [name]);
            fs::remove_file(folder.join(name)).unwrap();
        }
        write(&folder, &book("old.html", "one")).unwrap();
        // A name that only the new book has, notes, and a folder.
        for name in ["new.html", "notes.txt"] {
            fs::write(folder.join(name), "mine").unwrap();
            assert_eq!(refused(name), "one");
            assert_eq!(fs::read_to_string(folder.join(name)).unwrap(), "mine");
            fs::remove_file(folder.join(name)).unwrap();
        }
        fs::create_dir(folder.join(".git")).unwrap();
        assert_eq!(refused(".git"), "one");
        assert_eq!(names(&folder), [".book", ".git", "index.html", "old.html"]);
        fs::remove_dir_all(&folder).unwrap();
    }

    #[cfg(unix)]
    #[test]
    fn a_link_to_a_folder_stays_one() {
        let folder = scratch("link");
        let link = folder.join("link");
        fs::create_dir_all(folder.join("real")).unwrap();
        std::os::unix::fs::symlink("real", &link).unwrap();
        write(&link, &book("old.html", "one")).unwrap();
        write(&link, &book("new.html", "two")).unwrap();
        assert!(link.is_symlink());
        assert_eq!(names(&folder.join("real")), [".book", "index.html", "new.html"]);
        fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn what_cannot_be_written_leaves_the_book_that_was_there() {
        let folder = scratch("keep");
        write(&folder, &book("old.html", "one")).unwrap();
        assert!(write(&folder, &book("no/such/folder.html", "two")).is_err());
        assert_eq!(fs::read_to_string(folder.join("index.html")).unwrap(), "one");
        assert_eq!(names(&folder), [".book", "index.html", "old.html"]);
        fs::remove_dir_all(&folder).unwrap();
    }
}
