//! Training runs in folders, as text and in NumPy's format.
//!
//! A run is a folder, and each save is a new folder in it, `epoch-000020-1f2e3d4c`: the epoch and a
//! hash of the content, so that no name ever stands for two states. A save is written under another
//! name and takes its own when it is complete; the newest one counts. The last three are left, older
//! ones are removed; nothing else in the folder is ever replaced or removed.
//!
//! The folder of a save can be loaded by itself. An earlier version saved to the run's folder itself.

use crate::lock::Lock;
use crate::state::{self, SETTINGS, at};
use crate::training::Training;
use datasets::file::{self, FileError};
use datasets::text::{Count, Shown};
use datasets::{Error, Images};
use std::fs::{self, File, TryLockError};
use std::io::{self, ErrorKind};
use std::iter::once;
use std::path::{Path, PathBuf};

/// How many saves are left.
const KEPT: usize = 3;

/// A folder that this process saves a run to.
#[derive(Debug)]
pub(crate) struct Folder {
    path: PathBuf,
    lock: Lock,
    /// The epoch of the newest save that the run made, or was resumed from.
    epoch: usize,
}

impl Folder {
    /// Makes the folder if there is none and tries out a save, before the work starts. `resumed` is
    /// the folder that the run was resumed from.
    ///
    /// # Errors
    /// If another process saves a run there, if there is another run than the resumed one, or if a
    /// save fails.
    pub(crate) fn prepare(
        path: &str,
        resumed: Option<&str>,
        training: &Training,
    ) -> Result<Self, Error> {
        let path = PathBuf::from(path);
        fs::create_dir_all(&path).map_err(at_folder(&path))?;
        let mut folder = Self { lock: Lock::new(&path)?, path, epoch: 0 };
        let real = |path: &Path| fs::canonicalize(path).ok();
        if resumed.is_some_and(|resumed| real(resumed.as_ref()) == real(&folder.path)) {
            folder.epoch = training.losses.len();
        } else if folder.path.join(SETTINGS).exists() && folder.path.join("w1.npy").exists() {
            return Err(folder.has_a_run(""));
        }
        folder.check()?;
        let (trial, _) = folder.write(training)?;
        state::read(&trial, false)?;
        remove(&trial).map_err(at(&trial))?;
        Ok(folder)
    }

    /// Adds a save and removes the oldest.
    pub(crate) fn save(&mut self, training: &Training) -> Result<(), Error> {
        // The folder may have been removed meanwhile, and another process may have made it again.
        if !self.lock.is_there() {
            fs::create_dir_all(&self.path).map_err(at_folder(&self.path))?;
            self.lock = Lock::new(&self.path)?;
        }
        self.check()?;
        let (written, hash) = self.write(training)?;
        let epoch = training.losses.len();
        let save = self.path.join(format!("epoch-{epoch:06}-{hash:08x}"));
        fs::rename(&written, &save).map_err(|error| {
            let _ = remove(&written);
            at(&save)(error)
        })?;
        sync(&self.path);
        self.epoch = epoch;
        self.remove_old();
        Ok(())
    }

    /// Saves the state at the end of a run, unless it was just saved. The error says what is lost.
    pub(crate) fn finish(&mut self, training: &Training) -> Result<(), String> {
        let last = training.losses.len();
        if self.epoch == last {
            return Ok(());
        }
        self.save(training).map_err(|error| match self.epoch {
            0 => format!("{error}; none of the {} is saved", Count(last, "epoch")),
            epoch => format!("{error}; epochs {} to {last} are not saved", epoch + 1),
        })
    }

    /// Refuses a folder with saves of another run, or of this one by another process.
    fn check(&self) -> Result<(), Error> {
        match saves(&self.path).map_err(at_folder(&self.path))?.pop() {
            Some((epoch, _)) if epoch > self.epoch => {
                Err(self.has_a_run(&format!(" saved after epoch {epoch}")))
            }
            _ => Ok(()),
        }
    }

    fn has_a_run(&self, which: &str) -> Error {
        let expected = match self.epoch {
            0 => format!("a new folder, or --resume {} to train on", Shown(&self.path)),
            epoch => format!("none after epoch {epoch}, where this one is"),
        };
        Error::new(&self.path, format!("found a run{which}, expected {expected}"))
    }

    /// Writes a state to a new folder that is not a save yet. With its path comes a hash of the files.
    fn write(&self, training: &Training) -> Result<(PathBuf, u32), Error> {
        let folder = self.unused();
        fs::create_dir(&folder).map_err(at(&self.path))?;
        // Half a state is of no use.
        let hash = state::write(&folder, training, true).inspect_err(|_| _ = remove(&folder))?;
        sync(&folder);
        Ok((folder, hash))
    }

    /// A name for a folder that is not yet or no longer a save, as long as that of a save. What a
    /// process that was killed left there is removed.
    fn unused(&self) -> PathBuf {
        let path = |n| self.path.join(format!(".saving-{n:013}"));
        let is_unused = |path: &PathBuf| match remove(path) {
            Ok(()) => true,
            Err(error) => error.kind() == ErrorKind::NotFound,
        };
        (1..100).map(path).find(is_unused).unwrap_or_else(|| path(0))
    }

    /// Removes the oldest saves, except one that is being loaded or that has other files in it.
    fn remove_old(&self) {
        let saves = saves(&self.path).unwrap_or_default();
        for (_, save) in &saves[..saves.len().saturating_sub(KEPT)] {
            let in_use = File::open(save.join(SETTINGS))
                .is_ok_and(|file| matches!(file.try_lock(), Err(TryLockError::WouldBlock)));
            let removed = self.unused();
            if !in_use && files(save).is_ok() && fs::rename(save, &removed).is_ok() {
                // What cannot be removed now is removed before the next save.
                let _ = remove(&removed);
            }
        }
    }
}

/// Reads a run, to resume it or else to test its best net. For a test, the best net and the settings
/// are enough.
pub(crate) fn load(run: &str, to_resume: bool) -> Result<Training, Error> {
    loop {
        let save = newest(run.as_ref())?;
        let settings = save.join(SETTINGS);
        // A save that is held in this way is not removed.
        let held = File::open(&settings).inspect(|file| _ = file.try_lock_shared());
        let text = || file::read(&settings).ok();
        let before = text();
        let loaded = state::read(&save, to_resume);
        drop(held);
        // If the settings are others now, so may be the matrices.
        if before == text() && (before.is_some() || is_complete(&save)) {
            return loaded;
        }
    }
}

/// The images for a saved run: those in the folder `data`, else those that its settings name.
///
/// # Errors
/// If they cannot be read, or if the net is for images or labels of another kind.
pub(crate) fn images(
    run: &str,
    training: &mut Training,
    data: Option<&str>,
) -> Result<(Images, Images), Error> {
    let Training { settings, best: net, .. } = training;
    settings.data = data.map(PathBuf::from).or(settings.data.take());
    let folder = settings.folder();
    let sets = settings.images().map_err(|error| match data {
        None if error.path == folder => {
            let path = newest(run.as_ref()).unwrap_or_default().join(SETTINGS);
            Error::new(&path, format!("data = {error}; --data DIR says where the images are now"))
        }
        _ => error,
    })?;
    let Images { rows, cols, classes, .. } = sets.0;
    let size = match settings.shape {
        Some((rows, cols)) => format!("{rows}×{cols} pixels"),
        None => format!("{} pixels", net.inputs()),
    };
    if settings.shape.unwrap_or((rows, cols)) != (rows, cols)
        || (net.inputs(), net.classes()) != (rows * cols, classes)
    {
        let found = format!("images of {size} in {} classes", net.classes());
        let expected = format!("{rows}×{cols} in {classes} as in {}", Shown(&folder));
        let cause = format!("found a net for {found}, expected {expected}");
        return Err(Error::new(run.as_ref(), cause));
    }
    settings.set_images(&sets.0);
    Ok(sets)
}

/// The folder of the newest save of a run.
fn newest(run: &Path) -> Result<PathBuf, Error> {
    if let Some((_, save)) = saves(run).map_err(at_folder(run))?.pop() {
        return Ok(save);
    }
    // An earlier version saved to the folder itself, by way of two others next to it.
    let name = run.file_name().unwrap_or_default().display();
    let beside = ["saving", "before"].map(|end| run.with_file_name(format!(".{name}.{end}")));
    let found = once(run.to_owned()).chain(beside).find(|path| is_complete(path));
    found.ok_or_else(|| match fs::metadata(run) {
        Ok(_) => Error::new(run, "found no run in this folder, expected one that --save made"),
        Err(error) => at_folder(run)(error),
    })
}

/// The complete saves in a run's folder with their epochs, the oldest first.
fn saves(run: &Path) -> io::Result<Vec<(usize, PathBuf)>> {
    let mut before = Vec::new();
    loop {
        let mut found = Vec::new();
        let entries = match fs::read_dir(run) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(found),
            entries => entries?,
        };
        for entry in entries {
            let path = entry?.path();
            let name = path.file_name().and_then(|name| name.to_str());
            found.extend(name.and_then(epoch_of).map(|epoch| (epoch, path.clone())));
        }
        found.sort();
        let complete = found.iter().filter(|(_, save)| is_complete(save));
        let complete: Vec<_> = complete.cloned().collect();
        // All that were found may have been removed since, with newer ones in their place.
        if !complete.is_empty() || found == before {
            return Ok(complete);
        }
        before = found;
    }
}

/// Whether a folder has the file that is written last. If that cannot be known, reading it will say
/// why.
fn is_complete(save: &Path) -> bool {
    match fs::metadata(save.join(SETTINGS)) {
        Ok(found) => found.is_file(),
        Err(error) => error.kind() == ErrorKind::PermissionDenied,
    }
}

/// The epoch in the name of a save.
fn epoch_of(name: &str) -> Option<usize> {
    let (epoch, hash) = name.strip_prefix("epoch-")?.split_once('-')?;
    let digits = |text: &str, radix| text.chars().all(|c| c.is_digit(radix));
    let is_name = epoch.len() >= 6 && digits(epoch, 10) && hash.len() == 8 && digits(hash, 16);
    is_name.then(|| epoch.parse().ok())?
}

/// The files of a folder in which are only files that a save writes.
fn files(save: &Path) -> io::Result<Vec<PathBuf>> {
    if !fs::symlink_metadata(save)?.is_dir() {
        return Err(ErrorKind::NotADirectory.into());
    }
    let files = fs::read_dir(save)?.map(|entry| {
        let entry = entry?;
        match entry.file_name().to_str().is_some_and(state::has_file) {
            true => Ok(entry.path()),
            false => Err(io::Error::other("found other files")),
        }
    });
    files.collect()
}

/// Removes a folder in which are only files that a save writes.
fn remove(save: &Path) -> io::Result<()> {
    files(save)?.iter().try_for_each(fs::remove_file)?;
    fs::remove_dir(save)
}

/// Brings the names in a folder to the disk, where the system can do that.
fn sync(folder: &Path) {
    let _ = File::open(folder).and_then(|folder| folder.sync_all());
}

/// What `map_err` makes of an error with a folder.
fn at_folder(path: &Path) -> impl Fn(io::Error) -> Error {
    move |error| match (fs::metadata(path), path.read_link()) {
        (Ok(found), _) if !found.is_dir() => Error::new(path, FileError::NoFolder),
        (Err(_), Ok(target)) => Error::new(path, FileError::Link(target)),
        _ => at(path)(error),
    }
}

#[cfg(test)]
mod tests;
