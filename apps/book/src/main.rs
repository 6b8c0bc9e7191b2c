//! The book: chapter, code and numbers side by side. `cargo run -p book`.

use console::{App, Opt, Options, Outcome};
use std::fs;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

const APP: App = App {
    name: "book",
    version: env!("CARGO_PKG_VERSION"),
    about: "writes docs/, the sources and numbers of real runs as one offline book",
    options: &[
        Opt::optional("out", "FOLDER", "where to write it (default: target/book)"),
        Opt::flag("open", "open it in the browser"),
    ],
};

/// A file in each folder that this program wrote, so that no other is ever replaced.
const MARK: &str = ".book";

fn main() -> ExitCode {
    APP.run(book)
}

fn book(options: &Options, out: &mut dyn Write) -> Outcome {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).ok_or("no folder")?;
    let folder = options.text("out").map_or_else(|| root.join("target/book"), PathBuf::from);
    replaceable(&folder)?;
    let files = book::build(root)?;
    write(&folder, &files)?;
    let index = folder.join("index.html");
    writeln!(out, "{}", index.display())?;
    if options.has("open") {
        open(&index)?;
    }
    Ok(())
}

/// Refuses a folder that this program didn't write.
fn replaceable(folder: &Path) -> Result<(), String> {
    let shown = folder.display();
    match fs::read_dir(folder) {
        Ok(mut entries) => {
            let free = folder.join(MARK).is_file() || entries.next().is_none();
            let expected = "expected none, an empty one or a book to replace";
            if free {
                Ok(())
            } else {
                Err(format!("{shown}: found a folder with other files, {expected}"))
            }
        }
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        Err(error) => Err(format!("{shown}: {error}")),
    }
}

/// Writes the book beside the folder, then exchanges the two: one is there at any time.
fn write(folder: &Path, files: &[(String, Vec<u8>)]) -> Result<(), String> {
    let beside = |what: &str| {
        let mut name = folder.file_name().unwrap_or_default().to_os_string();
        name.push(format!(".{what}-{}", std::process::id()));
        folder.with_file_name(name)
    };
    let (new, old) = (beside("new"), beside("old"));
    let fill = || -> std::io::Result<()> {
        fs::create_dir_all(&new)?;
        for (name, bytes) in files {
            fs::write(new.join(name), bytes)?;
        }
        fs::write(new.join(MARK), "This folder is written by `cargo run -p book`.\n")?;
        if folder.exists() {
            fs::rename(folder, &old)?;
        }
        fs::rename(&new, folder).inspect_err(|_| _ = fs::rename(&old, folder))
    };
    let result = fill();
    for leftover in [&new, &old] {
        if leftover.exists() && (result.is_ok() || leftover == &new) {
            let _ = fs::remove_dir_all(leftover);
        }
    }
    result.map_err(|error| format!("{}: {error}", folder.display()))
}

/// Opens the book; where that fails, it says so, and the book is there all the same.
fn open(index: &Path) -> std::io::Result<()> {
    let (program, arguments): (&str, &[&str]) = if cfg!(windows) {
        ("cmd", &["/C", "start", ""])
    } else if cfg!(target_os = "macos") {
        ("open", &[])
    } else {
        ("xdg-open", &[])
    };
    let mut command = Command::new(program);
    command
        .args(arguments)
        .arg(index)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let why = match command.status() {
        Ok(status) if status.success() => return Ok(()),
        Ok(status) => status.to_string(),
        Err(error) => error.to_string(),
    };
    let _ = writeln!(std::io::stderr(), "book: {program} could not open it ({why})");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scratch(name: &str) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("book-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        folder
    }

    #[test]
    fn a_book_replaces_a_book_and_nothing_else() {
        let folder = scratch("replace");
        let book = |text: &str| vec![("index.html".to_string(), text.as_bytes().to_vec())];
        assert_eq!(replaceable(&folder), Ok(()));
        write(&folder, &book("one")).unwrap();
        fs::write(folder.join("old.html"), "old").unwrap();
        assert_eq!(replaceable(&folder), Ok(()));
        write(&folder, &book("two")).unwrap();
        assert_eq!(fs::read_to_string(folder.join("index.html")).unwrap(), "two");
        assert!(!folder.join("old.html").exists());
        fs::remove_file(folder.join(MARK)).unwrap();
        let refused = replaceable(&folder).unwrap_err();
        assert!(refused.ends_with("expected none, an empty one or a book to replace"), "{refused}");
        fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn what_cannot_be_written_leaves_the_book_that_was_there() {
        let folder = scratch("keep");
        write(&folder, &[("index.html".to_string(), b"one".to_vec())]).unwrap();
        let impossible = [("no/such/folder.html".to_string(), Vec::new())];
        assert!(write(&folder, &impossible).is_err());
        assert_eq!(fs::read_to_string(folder.join("index.html")).unwrap(), "one");
        fs::remove_dir_all(&folder).unwrap();
    }
}
