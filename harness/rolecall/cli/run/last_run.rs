//! `--rerun failed`: what didn't pass when it was last run, kept in a file between runs.
//!
//! The file is `target/rolecall/last-run.json` below the project (the folder of rolecall.toml, else the working
//! directory) where that has a folder `target`, as Rust projects do; elsewhere it is in the user's cache folder. It
//! may be deleted at any time.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::cli::{Exit, complain};
use crate::run::{Outcome, TestResult};
use crate::scenario::model::Test;
use crate::scenario::normal;

/// The number of the file's format.
const VERSION: u32 = 1;

/// What didn't pass when it was last run, of one project.
#[derive(Debug)]
pub(super) struct LastRun {
    root: PathBuf,
    file: Option<PathBuf>,
    /// `None` where there was no run.
    known: Option<Kept>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Kept {
    version: u32,
    failed: BTreeSet<Failed>,
}

/// A test by its file, from the project on, and the last part of its name: what comes before depends on the paths of
/// the command line.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
struct Failed {
    file: PathBuf,
    name: String,
}

impl LastRun {
    /// What is kept of the project at `root`, a path from the working directory.
    pub(super) fn read(root: &Path) -> Self {
        let root = std::path::absolute(root).map_or_else(|_| root.to_owned(), |root| normal(&root));
        let file = file(&root);
        let text = file
            .as_ref()
            .and_then(|file| std::fs::read_to_string(file).ok());
        let kept = text.and_then(|text| serde_json::from_str::<Kept>(&text).ok());
        Self {
            root,
            file,
            known: kept.filter(|kept| kept.version == VERSION),
        }
    }

    /// The tests that didn't pass last time.
    ///
    /// # Errors
    ///
    /// [`Exit::NothingMatched`], told, if there are none, or there was no run.
    pub(super) fn failed<'t>(&self, tests: Vec<&'t Test>) -> Result<Vec<&'t Test>, Exit> {
        let Some(kept) = &self.known else {
            complain(
                "nothing is known of an earlier run",
                Some("run all first: `rolecall run`"),
            );
            return Err(Exit::NothingMatched);
        };
        let failed = |test: &&Test| kept.failed.contains(&self.key(&test.path, &test.name));
        let failed: Vec<_> = tests.into_iter().filter(failed).collect();
        if failed.is_empty() {
            complain("no test failed when it was last run", None);
            return Err(Exit::NothingMatched);
        }
        Ok(failed)
    }

    /// Takes note of how a test came out. What a run leaves out stays as it was.
    pub(super) fn note(&mut self, result: &TestResult) {
        let key = self.key(&result.path, &result.name);
        let kept = self.known.get_or_insert_with(|| Kept {
            version: VERSION,
            failed: BTreeSet::new(),
        });
        match result.outcome() {
            Outcome::Pass | Outcome::Skip => kept.failed.remove(&key),
            Outcome::Fail | Outcome::Error => kept.failed.insert(key),
        };
    }

    /// Keeps it for the next run. A folder that can't be written to costs no run its result.
    pub(super) fn write(&self) {
        let (Some(file), Some(kept)) = (&self.file, &self.known) else {
            return;
        };
        let Ok(text) = serde_json::to_string(kept) else {
            return;
        };
        if let Some(folder) = file.parent() {
            let _ = std::fs::create_dir_all(folder);
        }
        // Another run may read it at any time.
        let fresh = file.with_extension(format!("{}.tmp", std::process::id()));
        if std::fs::write(&fresh, text + "\n").is_ok() && std::fs::rename(&fresh, file).is_err() {
            let _ = std::fs::remove_file(&fresh);
        }
    }

    fn key(&self, path: &str, name: &str) -> Failed {
        let path = std::path::absolute(path).map_or_else(|_| path.into(), |path| normal(&path));
        let file = path.strip_prefix(&self.root).unwrap_or(&path).to_owned();
        let name = name.rsplit('/').next().unwrap_or(name).to_owned();
        Failed { file, name }
    }
}

fn file(root: &Path) -> Option<PathBuf> {
    let target = root.join("target");
    let folder = if target.is_dir() {
        target.join("rolecall")
    } else {
        let mut hasher = DefaultHasher::new();
        root.hash(&mut hasher);
        caches()?
            .join("rolecall")
            .join(format!("{:016x}", hasher.finish()))
    };
    Some(folder.join("last-run.json"))
}

/// The user's folder of caches.
fn caches() -> Option<PathBuf> {
    let variable = |name: &str| std::env::var_os(name).filter(|value: &OsString| !value.is_empty());
    let home = || std::env::home_dir();
    if let Some(folder) = variable("XDG_CACHE_HOME").or_else(|| variable("LOCALAPPDATA")) {
        return Some(folder.into());
    }
    if cfg!(target_os = "macos") {
        return home().map(|home| home.join("Library/Caches"));
    }
    home().map(|home| home.join(".cache"))
}
