//! Loading as a whole, on files in memory.

mod change;
mod files;
mod language;
mod mutation;
mod parameters;
mod rendering;
mod warnings;

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use super::discover::normal;
use super::model::{Step, Test};
use super::{Diagnostic, FileKind, Files, Loaded, load};

/// Files by path.
#[derive(Default)]
pub(super) struct Memory {
    files: BTreeMap<PathBuf, Vec<u8>>,
}

impl Memory {
    pub(super) fn with(mut self, path: &str, content: impl AsRef<[u8]>) -> Self {
        self.files
            .insert(PathBuf::from(path), content.as_ref().to_vec());
        self
    }
}

impl Files for Memory {
    fn read(&self, path: &Path, limit: u64) -> io::Result<Vec<u8>> {
        let bytes = self
            .files
            .get(&normal(path))
            .ok_or(io::ErrorKind::NotFound)?;
        if bytes.len() as u64 > limit {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        Ok(bytes.clone())
    }

    fn kind(&self, path: &Path) -> io::Result<FileKind> {
        let path = normal(path);
        if self.files.contains_key(&path) {
            return Ok(FileKind::File);
        }
        let below = self.files.keys().any(|file| file.starts_with(&path));
        if below {
            Ok(FileKind::Directory)
        } else {
            Err(io::ErrorKind::NotFound.into())
        }
    }

    fn list(&self, directory: &Path) -> io::Result<Vec<(PathBuf, FileKind)>> {
        let directory = normal(directory);
        let below = self
            .files
            .keys()
            .filter_map(|file| file.strip_prefix(&directory).ok());
        let mut entries: Vec<(PathBuf, FileKind)> = below
            .map(|path| {
                let mut parts = path.components();
                let name = PathBuf::from(parts.next().expect("a name").as_os_str());
                let kind = if parts.next().is_some() {
                    FileKind::Directory
                } else {
                    FileKind::File
                };
                (name, kind)
            })
            .collect();
        entries.dedup();
        Ok(entries)
    }
}

pub(super) const TRUST_ANN: &str = r#"{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Principal": { "AWS": "arn:aws:iam::123456789012:user/ann" },
    "Action": "sts:AssumeRole"
  }
}"#;

/// What a scenario comes to, with two trust policies beside it: `ann.json` names the user `ann`, `everyone.json`
/// everyone.
pub(super) fn load_text(text: &str) -> Loaded {
    load_files(&[("s.yaml", text)])
}

/// What several scenarios come to, with the same policies beside them.
pub(super) fn load_files(scenarios: &[(&str, &str)]) -> Loaded {
    let everyone = TRUST_ANN.replace("arn:aws:iam::123456789012:user/ann", "*");
    let mut files = Memory::default()
        .with("ann.json", TRUST_ANN)
        .with("everyone.json", everyone);
    for (path, text) in scenarios {
        files = files.with(path, text);
    }
    let paths: Vec<PathBuf> = scenarios.iter().map(|(path, _)| path.into()).collect();
    load(&paths, &files)
}

/// The one test of a scenario without mistakes.
pub(super) fn test(text: &str) -> Test {
    let mut loaded = load_text(text);
    assert_eq!(errors(&loaded), [""; 0], "{text}");
    assert_eq!(loaded.tests.len(), 1, "{text}");
    loaded.tests.remove(0)
}

/// The steps of a scenario with the user `ann`, the role `Deploy` that trusts her, and the bucket `site`.
pub(super) fn steps(steps: &str) -> Vec<Step> {
    test(&scenario(steps)).steps
}

/// A scenario with the user `ann`, the role `Deploy` that trusts her, and the bucket `site`.
pub(super) fn scenario(steps: &str) -> String {
    format!(
        "scenario: x\nusers: {{ ann: {{ mfa: true }} }}\nroles: {{ Deploy: {{ trust: ann.json, path: /ops/ }} }}\n\
         buckets: {{ site: {{}} }}\nsteps:\n{steps}\n"
    )
}

pub(super) fn errors(loaded: &Loaded) -> Vec<&str> {
    messages(loaded, Diagnostic::is_error)
}

pub(super) fn warnings(loaded: &Loaded) -> Vec<&str> {
    messages(loaded, |diagnostic| !diagnostic.is_error())
}

fn messages(loaded: &Loaded, wanted: impl Fn(&Diagnostic) -> bool) -> Vec<&str> {
    let wanted = loaded
        .diagnostics
        .iter()
        .filter(|diagnostic| wanted(diagnostic));
    wanted
        .map(|diagnostic| diagnostic.message.as_str())
        .collect()
}
