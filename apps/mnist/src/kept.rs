//! The net that reads digits where no run is named: trained once, then kept where cargo builds.

use crate::settings::Settings;
use crate::training::{self, Training};
use crate::{saved, state};
use console::{Options, Outcome, Progress, percent};
use datasets::Error;
use datasets::text::{Count, Shown};
use std::env;
use std::fs;
use std::path::{Path, PathBuf};

/// The name of its folder.
const NAME: &str = "mnist-net";

/// The net in cargo's target folder; it is trained first if there is none yet.
pub(crate) fn net(options: &Options) -> Outcome<(Settings, Training)> {
    net_in(folder().as_deref(), options.get("epochs", 1..)?, options)
}

/// The net in this folder, or one that is trained now for so many epochs and then kept there.
pub(crate) fn net_in(
    folder: Option<&Path>,
    epochs: usize,
    options: &Options,
) -> Outcome<(Settings, Training)> {
    if let Some(folder) = folder
        && folder.is_dir()
    {
        let again = |error| format!("{error}; without {} it is trained again", Shown(folder));
        return Ok(saved::load(&folder.to_string_lossy(), false).map_err(again)?);
    }
    let mut settings = Settings::from_options(options)?;
    let (mut train, _) = settings.images()?;
    settings.shape = Some((train.rows, train.cols));
    let mut training = training::start(&settings, &mut train);
    let mut progress = Progress::new("epoch", 1..=epochs, options.quiet());
    let place = folder.map(|folder| format!("; it is kept in {}", Shown(folder)));
    let count = Count(epochs, "epoch");
    progress.say(format_args!("a net is trained first, {count}{}", place.unwrap_or_default()))?;
    for epoch in 1..=epochs {
        training.epoch(&settings, &train, |_| ())?;
        let (loss, accuracy) = (training.losses[epoch - 1], training.accuracies[epoch - 1]);
        progress.show(epoch, format_args!("loss {loss:.4}  accuracy {}", percent(accuracy)))?;
    }
    // Whether it can be kept changes no answer.
    if let Some(folder) = folder
        && let Err(error) = keep(folder, &settings, &training)
    {
        progress.say(format_args!("the net is not kept: {error}"))?;
    }
    Ok((settings, training))
}

/// Writes the best net of a run to a new folder, which takes its name when it is complete.
fn keep(folder: &Path, settings: &Settings, training: &Training) -> Result<(), Error> {
    let mut name = folder.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}", std::process::id()));
    let written = folder.with_file_name(name);
    fs::create_dir(&written).map_err(saved::at(&written))?;
    let kept = state::write_best(&written, settings, training)
        .and_then(|_| fs::rename(&written, folder).map_err(saved::at(folder)));
    if kept.is_err() {
        // Another process may have been first; its net is the same.
        let _ = fs::remove_dir_all(&written);
    }
    if folder.is_dir() { Ok(()) } else { kept }
}

/// Where the net is kept: in the target folder that this program was built in, which cargo has
/// marked, else in that of `CARGO_TARGET_DIR`, else next to the program.
fn folder() -> Option<PathBuf> {
    let program = env::current_exe().ok()?;
    let is_target = |folder: &&Path| folder.join("CACHEDIR.TAG").is_file();
    let target = program.ancestors().skip(1).find(is_target).map(PathBuf::from);
    let named = || env::var_os("CARGO_TARGET_DIR").map(PathBuf::from).filter(|path| path.is_dir());
    let folder = target.or_else(named).or_else(|| program.parent().map(PathBuf::from))?;
    Some(folder.join(NAME))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tests_are_built_where_the_net_is_kept() {
        let folder = folder().unwrap();
        assert_eq!(folder.file_name().unwrap(), NAME);
        assert!(folder.parent().unwrap().join("CACHEDIR.TAG").is_file());
    }
}
