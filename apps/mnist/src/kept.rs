//! The net that reads digits where no run is named: trained once, then kept where cargo builds.

use crate::saved;
use crate::settings::Settings;
use crate::state::{self, at};
use crate::training::Training;
use console::{Options, Outcome, Progress};
use datasets::Error;
use datasets::text::{Count, Shown};
use std::env;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

/// The name of its folder.
const NAME: &str = "mnist-net";

/// The net in cargo's target folder; it is trained first if there is none yet.
pub(crate) fn net(options: &Options) -> Outcome<Training> {
    net_in(folder().as_deref(), options.get("epochs", 1..)?, options)
}

/// The net in this folder, or one that is trained now for `epochs` and then saved there.
pub(crate) fn net_in(folder: Option<&Path>, epochs: usize, options: &Options) -> Outcome<Training> {
    if let Some(folder) = folder
        && folder.is_dir()
    {
        let again = |error| format!("{error}; without {} it is trained again", Shown(folder));
        return Ok(saved::load(&folder.to_string_lossy(), false).map_err(again)?);
    }
    let settings = Settings::from_options(options)?;
    let (mut train, _) = settings.images()?;
    let mut training = Training::new(settings, &mut train);
    let mut progress = Progress::new("epoch", 1..=epochs, options.quiet());
    let place = folder.map(|folder| format!("; it is kept in {}", Shown(folder)));
    let count = Count(epochs, "epoch");
    progress.say(format_args!("a net is trained first, {count}{}", place.unwrap_or_default()))?;
    for epoch in 1..=epochs {
        training.epoch(&train, |_| ())?;
        progress.show(epoch, training.details())?;
    }
    // Whether it can be kept changes no answer.
    if let Some(folder) = folder
        && let Err(error) = keep(folder, &training)
    {
        progress.say(format_args!("the net is not kept: {error}"))?;
    }
    Ok(training)
}

/// Writes the best net of a run to a new folder, which takes its name when it is complete.
fn keep(folder: &Path, training: &Training) -> Result<(), Error> {
    let written = folder.with_extension(std::process::id().to_string());
    fs::create_dir(&written).map_err(at(&written))?;
    let kept = state::write(&written, training, false)
        .and_then(|_| fs::rename(&written, folder).map_err(at(folder)));
    if kept.is_err() {
        // Another process may have been first; its net is the same.
        let _ = fs::remove_dir_all(&written);
    }
    if folder.is_dir() { Ok(()) } else { kept }
}

/// Where the net is kept.
fn folder() -> Option<PathBuf> {
    Some(folder_of(&env::current_exe().ok()?, env::var_os("CARGO_TARGET_DIR").as_deref()))
}

/// In the target folder that this program was built in, which cargo marks if it makes it, else in
/// the one that cargo is told to use, else next to the program.
fn folder_of(program: &Path, named: Option<&OsStr>) -> PathBuf {
    let is_target = |folder: &&Path| folder.join("CACHEDIR.TAG").is_file();
    let named = named.map(Path::new).filter(|path| path.is_dir());
    let target = program.ancestors().skip(1).find(is_target).or(named).or(program.parent());
    target.unwrap_or(Path::new("")).join(NAME)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_net_is_kept_where_cargo_builds() {
        let root = env::temp_dir().join(format!("mnist-kept-{}", std::process::id()));
        let target = root.join("target");
        fs::create_dir_all(&target).unwrap();
        // Cargo marks no folder that was there before.
        let program = Path::new("nowhere/debug/deps/mnist");
        assert_eq!(folder_of(program, None), Path::new("nowhere/debug/deps/mnist-net"));
        let missing = root.join("missing");
        let kept = folder_of(program, Some(missing.as_os_str()));
        assert_eq!(kept, Path::new("nowhere/debug/deps/mnist-net"));
        assert_eq!(folder_of(program, Some(root.as_os_str())), root.join("mnist-net"));
        fs::write(target.join("CACHEDIR.TAG"), "").unwrap();
        let program = target.join("debug/deps/mnist");
        assert_eq!(folder_of(&program, Some(root.as_os_str())), target.join("mnist-net"));
        fs::remove_dir_all(&root).unwrap();
    }
}
