//! One process for each run: a locked file in the run's folder, whose text says which process it is.

use crate::state::at;
use datasets::Error;
use datasets::file;
use datasets::text::OneLine;
use std::fs::{self, File, TryLockError};
use std::hash::{BuildHasher, RandomState};
use std::io::{self, ErrorKind, Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;
use std::{env, process, thread};

const NAME: &str = "lock";
const OWNER: &str = "mnist process ";

/// The system unlocks the file when the process ends, however it ends. The file stays: a process
/// that removed it could remove the lock of another that has just taken it.
#[derive(Debug)]
pub(crate) struct Lock {
    path: PathBuf,
    owner: String,
    _file: File,
}

impl Lock {
    /// Locks the folder `run`.
    ///
    /// # Errors
    /// If another process has it locked, named as far as the system tells.
    pub(crate) fn new(run: &Path) -> Result<Self, Error> {
        let path = run.join(NAME);
        let mut options = File::options();
        options.read(true).write(true).create(true).truncate(false);
        let mut file = options.open(&path).map_err(at(&path))?;
        match file.try_lock() {
            Err(TryLockError::WouldBlock) => {
                // Its text may be written just now.
                thread::sleep(Duration::from_millis(50));
                // Some systems let no other process read a locked file.
                let owner = file::read(&path).unwrap_or_default();
                let owner = String::from_utf8_lossy(&owner);
                let owner = OneLine(owner.lines().next().unwrap_or("another process"));
                let cause = format!("found in use by {owner}, expected a folder for each run");
                return Err(Error::new(run, cause));
            }
            // Some systems, or some of their disks, have no locks.
            Err(TryLockError::Error(error)) => {
                let warning = format!("{error}: a second run would not be noticed");
                let _ = writeln!(io::stderr(), "{}", Error::new(&path, warning));
            }
            Ok(()) => {}
        }
        let owner = owner();
        let mut write = || {
            let mut found = Vec::new();
            // Reading a pipe would wait for another program.
            let is_file = file.metadata()?.is_file();
            if is_file {
                (&file).take(1000).read_to_end(&mut found)?;
            }
            if !is_file || !(found.is_empty() || found.starts_with(OWNER.as_bytes())) {
                return Err(io::Error::other("found a file that no run wrote"));
            }
            file.set_len(0)?;
            file.rewind()?;
            file.write_all(owner.as_bytes())
        };
        write().map_err(at(&path))?;
        Ok(Self { path, owner, _file: file })
    }

    /// Whether this lock is still the one in the folder, which may have been removed meanwhile.
    pub(crate) fn is_there(&self) -> bool {
        match fs::read(&self.path) {
            Ok(owner) => owner == self.owner.as_bytes(),
            Err(error) => error.kind() != ErrorKind::NotFound,
        }
    }
}

/// This process as a person may find it, and a line that no other lock has.
fn owner() -> String {
    let host = fs::read_to_string("/proc/sys/kernel/hostname").ok();
    let host = host.or_else(|| env::var("COMPUTERNAME").ok()).unwrap_or_default();
    let on = if host.is_empty() { String::new() } else { format!(" on {}", host.trim()) };
    format!("{OWNER}{}{on}\n{:x}\n", process::id(), RandomState::new().hash_one(0))
}
