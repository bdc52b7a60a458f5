//! `rolecall.toml`: what a project would otherwise say on every command line.
//!
//! [`Configured`] finds the file and reads it into [`Settings`], those of a profile over those of the file. What the
//! command line says goes before both: [`Settings::or`].

mod read;
mod settings;

use std::io;
use std::path::{Path, PathBuf};

use super::load::tell;
use super::{Appearance, Exit, complain};
use crate::scenario::{Diagnostic, Sources, did_you_mean, display, entries, section};
use crate::services;

pub(super) use settings::Settings;

/// The file's name.
const FILE: &str = "rolecall.toml";

/// The largest file that is read, in bytes.
const LARGEST: u64 = 1 << 20;

/// Where the settings come from.
#[derive(Clone, Debug, Default, clap::Args)]
pub(super) struct Configured {
    /// Read settings from this file [default: rolecall.toml in this folder or the nearest above]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,

    /// Use the settings of `[profile.NAME]`, over the others of the file
    #[arg(long, value_name = "NAME")]
    profile: Option<String>,
}

impl Configured {
    /// The settings of the file and the profile; none without a file.
    ///
    /// # Errors
    ///
    /// [`Exit::Usage`], told, if the file has a mistake or there is no such profile.
    pub(super) fn settings(&self, appearance: Appearance) -> Result<Settings, Exit> {
        let Some(path) = self.file() else {
            return match &self.profile {
                None => Ok(Settings::default()),
                Some(profile) => Err(nowhere(profile)),
            };
        };
        let text = text(&path)?;
        let mut sources = Sources::new();
        let source = sources.add(display(&path), text);
        let mut found = Vec::new();
        let root = read::read(&sources, source, &mut found);
        let folder = path.parent().unwrap_or(Path::new(""));
        let mut settings = Settings::read(&root, folder, &mut found);
        let mut known = false;
        for entry in section(&root, "profile") {
            // Every profile is read, so that a mistake shows before CI meets it.
            let profile = Settings::read(&entry.value, folder, &mut found);
            if self.profile.as_ref() == Some(&entry.key) {
                known = true;
                settings = profile.or(settings);
            }
        }
        tell(&found, &sources, appearance);
        if found.iter().any(Diagnostic::is_error) {
            return Err(Exit::Usage);
        }
        match &self.profile {
            Some(profile) if !known => Err(unknown(profile, &path, &root)),
            _ => install(&settings).map(|()| settings),
        }
    }

    /// The file: the one named, else the nearest.
    pub(super) fn file(&self) -> Option<PathBuf> {
        self.config.clone().or_else(find)
    }
}

/// Makes the services of a `botocore` installation known.
fn install(settings: &Settings) -> Result<(), Exit> {
    let Some(folder) = &settings.botocore else {
        return Ok(());
    };
    services::install(folder).map_err(|reason| {
        complain(
            &format!("`{}` {reason}", display(folder)),
            Some("`botocore` in rolecall.toml is the folder of the Python package, such as `.venv/lib/python3.13/site-packages/botocore`"),
        );
        Exit::Usage
    })
}

/// The nearest file, from the working directory upwards, by a path that leads there from here.
fn find() -> Option<PathBuf> {
    let here = std::env::current_dir().ok()?;
    let levels = here.ancestors().count();
    let mut path = PathBuf::new();
    for _ in 0..levels {
        let file = path.join(FILE);
        if file.is_file() {
            return Some(file);
        }
        path.push("..");
    }
    None
}

fn text(path: &Path) -> Result<String, Exit> {
    let shown = display(path);
    let text = match std::fs::metadata(path) {
        Ok(metadata) if metadata.len() > LARGEST => Err(format!("`{shown}` has more than 1 MiB")),
        _ => std::fs::read_to_string(path).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => format!("there is no `{shown}`"),
            io::ErrorKind::InvalidData => format!("`{shown}` is not UTF-8 text"),
            _ => format!("`{shown}` can't be read: {error}"),
        }),
    };
    text.map_err(|message| {
        complain(
            &message,
            Some("`--config` names a file of settings, usually rolecall.toml"),
        );
        Exit::Usage
    })
}

fn nowhere(profile: &str) -> Exit {
    complain(
        &format!("there is no {FILE} that could have a profile `{profile}`"),
        Some(&format!(
            "write `[profile.{profile}]` into a {FILE} here, or name a file with `--config`"
        )),
    );
    Exit::Usage
}

fn unknown(profile: &str, path: &Path, root: &rolecall_policy::Node) -> Exit {
    let profiles = root.get("profile").map(entries).unwrap_or_default();
    let names = || profiles.iter().map(|entry| entry.key.as_str());
    let help = did_you_mean(profile, names()).unwrap_or_else(|| {
        let names: Vec<&str> = names().collect();
        if names.is_empty() {
            format!("write `[profile.{profile}]` and the settings below it")
        } else {
            format!("its profiles are {}", names.join(", "))
        }
    });
    complain(
        &format!("{} has no profile `{profile}`", display(path)),
        Some(&help),
    );
    Exit::Usage
}
