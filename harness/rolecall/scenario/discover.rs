//! Which files are scenarios, and what their tests are called.

use std::collections::HashSet;
use std::io;
use std::path::{Component, Path, PathBuf};

use super::diagnostic::Diagnostic;
use super::files::{FileKind, Files};
use super::nearest::nearest;

/// A scenario file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Found {
    /// Where to read it.
    pub(crate) path: PathBuf,
    /// The name of its test, without a case.
    pub(crate) name: String,
    /// Whether it was named itself, not its directory.
    pub(crate) named: bool,
}

/// All scenario files at and below `paths`, in the order of the paths and sorted within each.
pub(crate) fn discover(
    paths: &[PathBuf],
    files: &dyn Files,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<Found> {
    let mut walk = Walk {
        files,
        diagnostics,
        found: Vec::new(),
        seen: HashSet::new(),
    };
    for path in paths {
        walk.start(path);
    }
    let mut found = walk.found;
    tell_apart(&mut found);
    found
}

struct Walk<'w> {
    files: &'w dyn Files,
    diagnostics: &'w mut Vec<Diagnostic>,
    found: Vec<Found>,
    seen: HashSet<PathBuf>,
}

impl Walk<'_> {
    fn start(&mut self, path: &Path) {
        match self.files.kind(path) {
            Ok(FileKind::Directory) => self.directory(path, path),
            Ok(FileKind::File) if is_world(path) => {
                let message = format!("`{}` is a world file, not a scenario", display(path));
                let error = Diagnostic::error("scenario::world-file", message)
                    .help("name it under `use` in a scenario, and run that");
                self.diagnostics.push(error);
            }
            Ok(FileKind::File) if !is_yaml(path) => {
                let message = format!("`{}` is not a YAML file", display(path));
                let error = Diagnostic::error("scenario::not-yaml", message)
                    .help("scenarios end in `.yaml` or `.yml`");
                self.diagnostics.push(error);
            }
            Ok(FileKind::File) => {
                self.add(path, Path::new(path.file_stem().unwrap_or_default()), true);
            }
            Err(error) => self.unreadable(path, &error),
        }
    }

    fn directory(&mut self, root: &Path, directory: &Path) {
        let mut entries = match self.files.list(directory) {
            Ok(entries) => entries,
            Err(error) => return self.unreadable(directory, &error),
        };
        entries.sort();
        for (name, kind) in entries {
            let hidden = name.to_string_lossy().starts_with('.');
            let path = directory.join(&name);
            match kind {
                FileKind::Directory if !hidden => self.directory(root, &path),
                FileKind::File if !hidden && is_yaml(&path) && !is_world(&path) => {
                    let below = path.strip_prefix(root).unwrap_or(&path).with_extension("");
                    self.add(&path, &below, false);
                }
                FileKind::Directory | FileKind::File => {}
            }
        }
    }

    fn add(&mut self, path: &Path, name: &Path, named: bool) {
        if self.seen.insert(normal(path)) {
            self.found.push(Found {
                path: path.to_owned(),
                name: display(name),
                named,
            });
        }
    }

    fn unreadable(&mut self, path: &Path, error: &io::Error) {
        let message = unreadable(&display(path), error);
        let help = match error.kind() {
            io::ErrorKind::NotFound => neighbour(self.files, path),
            _ => None,
        };
        let help = help.map(|near| {
            let near = display(&path.with_file_name(near));
            format!("did you mean `{near}`?")
        });
        let help =
            help.unwrap_or_else(|| "name a scenario file, or a directory that has some".to_owned());
        let error = Diagnostic::error("scenario::unreadable", message).help(help);
        self.diagnostics.push(error);
    }
}

/// What was most likely meant by a path that leads nowhere: the name of something in the same directory.
pub(crate) fn neighbour(files: &dyn Files, path: &Path) -> Option<String> {
    let directory = path.parent()?;
    let name = path.file_name()?.to_string_lossy();
    let listed = if directory.as_os_str().is_empty() {
        files.list(Path::new("."))
    } else {
        files.list(directory)
    };
    let names: Vec<String> = listed
        .ok()?
        .into_iter()
        .map(|(name, _)| name.to_string_lossy().into_owned())
        .collect();
    let names = || names.iter().map(String::as_str);
    let without_ending = names().find(|other| is_yaml(Path::new(other)) && stem(other) == name);
    let near = without_ending.or_else(|| nearest(&name, names()));
    near.map(str::to_owned)
}

fn stem(name: &str) -> &str {
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}

/// Files of one name in different places are told apart by their whole paths.
fn tell_apart(found: &mut [Found]) {
    let mut seen = HashSet::new();
    let twice: HashSet<String> = found
        .iter()
        .filter(|file| !seen.insert(file.name.clone()))
        .map(|file| file.name.clone())
        .collect();
    for file in found.iter_mut().filter(|file| twice.contains(&file.name)) {
        file.name = display(&file.path.with_extension(""));
    }
    let mut seen = HashSet::new();
    for file in found.iter_mut() {
        if !seen.insert(file.name.clone()) {
            file.name = display(&file.path);
        }
    }
}

/// Why a path can't be read, in words.
pub(crate) fn unreadable(path: &str, error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => format!("there is no `{path}`"),
        io::ErrorKind::PermissionDenied => format!("no permission to read `{path}`"),
        io::ErrorKind::IsADirectory => format!("`{path}` is a directory"),
        _ => format!("`{path}` can't be read: {error}"),
    }
}

/// Whether this is a file for `use`.
pub(crate) fn is_world(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    name.ends_with(".world.yaml") || name.ends_with(".world.yml")
}

pub(crate) fn is_yaml(path: &Path) -> bool {
    path.extension()
        .is_some_and(|extension| extension == "yaml" || extension == "yml")
}

/// The path without `.` and, where possible, without `..`.
pub(crate) fn normal(path: &Path) -> PathBuf {
    let mut normal = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir
                if matches!(normal.components().next_back(), Some(Component::Normal(_))) =>
            {
                normal.pop();
            }
            Component::ParentDir
            | Component::Normal(_)
            | Component::RootDir
            | Component::Prefix(_) => {
                normal.push(component);
            }
        }
    }
    normal
}

/// The path as users type it: normal, with `/`.
pub(crate) fn display(path: &Path) -> String {
    let normal = normal(path);
    if normal.as_os_str().is_empty() {
        return ".".to_owned();
    }
    normal.to_string_lossy().replace('\\', "/")
}
