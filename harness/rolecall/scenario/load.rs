//! Loading: from paths to tests, with everything that is wrong on the way.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rolecall_policy::{Entry, Node, SourceId, Value};

use super::diagnostic::Diagnostic;
use super::discover::{Found, discover, display, normal};
use super::files::Files;
use super::language::{conform, tables};
use super::library::Library;
use super::lint::lint;
use super::lower::{self, Lowered};
use super::model::{Test, World};
use super::source::Sources;
use super::text::count;
use super::tree::{entries, head};
use super::variables::{self, Variables};
use super::{merge, mute};

/// The most diagnostics that are kept of one file.
const MAX_SHOWN: usize = 100;

/// The most cases of one scenario.
const MAX_CASES: usize = 1_000;

/// What was found at the paths.
#[derive(Clone, Debug, Default)]
pub struct Loaded {
    /// The tests of all files that have no mistake of their own, in the order of the files and their cases.
    pub tests: Vec<Test>,
    /// The texts that spans point into.
    pub sources: Sources,
    /// For each scenario's file, as in [`Test::path`], the files it is made of: itself, and what it names.
    pub files: BTreeMap<String, BTreeSet<PathBuf>>,
    /// All mistakes and warnings, in the order of the files and of their places.
    pub diagnostics: Vec<Diagnostic>,
}

impl Loaded {
    /// Whether any file can't be run.
    pub fn has_errors(&self) -> bool {
        self.diagnostics.iter().any(Diagnostic::is_error)
    }
}

/// Loads the scenarios at and below `paths`.
///
/// A file is a scenario; below a directory, every `.yaml` and `.yml` is one, but for `*.world.yaml`, for policies that
/// a scenario refers to, and for what is hidden (a name that begins with a dot).
///
/// # Example
///
/// ```no_run
/// use rolecall::scenario::{Disk, load, render};
///
/// let loaded = load(&["scenarios".into()], &Disk);
/// eprint!("{}", render::human(&loaded.diagnostics, &loaded.sources, false));
/// for test in &loaded.tests {
///     println!("{}", test.name);
/// }
/// ```
pub fn load(paths: &[PathBuf], files: &dyn Files) -> Loaded {
    let mut loading = Loading::new(files);
    let found = discover(paths, files, &mut loading.diagnostics);
    let read: Vec<_> = found
        .into_iter()
        .filter_map(|found| loading.read(found))
        .collect();
    let scenarios = read.iter().filter(|file| !is_policy(&file.root));
    loading.names = scenarios.map(|file| file.found.name.clone()).collect();
    let mut policies = Vec::new();
    for file in read {
        if is_policy(&file.root) {
            policies.push(file);
        } else {
            loading.scenario(&file);
        }
    }
    for file in policies {
        loading.lone_policy(&file);
    }
    loading.finish()
}

/// Loads the world of one file: a world file's own, or that of a scenario (of its first case).
///
/// `None` where the file has a mistake.
pub fn load_world(path: &Path, files: &dyn Files) -> (Option<World>, Loaded) {
    let mut loading = Loading::new(files);
    let found = Found {
        path: path.to_owned(),
        name: display(path),
        named: true,
    };
    let mut world = None;
    if let Some(file) = loading.read(found) {
        if file.root.get("steps").is_some() || file.root.get("scenario").is_some() {
            loading.scenario(&file);
            world = loading.tests.first().map(|test| test.world.clone());
        } else {
            world = loading.world(&file);
        }
    }
    let loaded = loading.finish();
    (world.filter(|_| !loaded.has_errors()), loaded)
}

struct Loading<'f> {
    library: Library<'f>,
    files: BTreeMap<String, BTreeSet<PathBuf>>,
    diagnostics: Vec<Diagnostic>,
    tests: Vec<Test>,
    /// The names of all scenarios, without their cases.
    names: HashSet<String>,
}

struct File {
    found: Found,
    source: SourceId,
    root: Arc<Node>,
}

impl<'f> Loading<'f> {
    fn new(files: &'f dyn Files) -> Self {
        Self {
            library: Library::new(files),
            files: BTreeMap::new(),
            diagnostics: Vec::new(),
            tests: Vec::new(),
            names: HashSet::new(),
        }
    }

    fn read(&mut self, found: Found) -> Option<File> {
        let source = match self.library.text(&found.path) {
            Ok(source) => source,
            Err(unreadable) => {
                let error = Diagnostic::error("scenario::unreadable", unreadable.message);
                self.diagnostics.push(error.maybe_help(unreadable.help));
                return None;
            }
        };
        let itself = BTreeSet::from([normal(&found.path)]);
        self.files.insert(display(&found.path), itself);
        let root = self.library.yaml(source, &mut self.diagnostics)?;
        Some(File {
            found,
            source,
            root,
        })
    }

    fn scenario(&mut self, file: &File) {
        let mut found = Vec::new();
        self.library.take_asked();
        let tests = self.tests_of(file, &mut found);
        let mut asked = self.library.take_asked();
        asked.insert(normal(&file.found.path));
        self.files.insert(display(&file.found.path), asked);
        if !found.iter().any(Diagnostic::is_error) {
            self.tests.extend(tests);
        }
        self.diagnostics.extend(found);
    }

    fn tests_of(&mut self, file: &File, found: &mut Vec<Diagnostic>) -> Vec<Test> {
        let source = self.library.sources.get(file.source);
        let filled = source.is_some_and(|source| variables::any(source.text()));
        let cases = cases(&file.root, found);
        self.check_case_names(cases, &file.found.name, found);
        let used = RefCell::default();
        let elsewhere = cases.iter().flat_map(|case| entries(&case.value));
        let elsewhere: BTreeSet<&str> = elsewhere.map(|entry| entry.key.as_str()).collect();
        let each = cases
            .iter()
            .map(|case| (Some(case.key.as_str()), entries(&case.value)));
        let alone = cases.is_empty().then_some((None, [].as_slice()));
        let mut tests = Vec::new();
        let mut advice: Option<Vec<Diagnostic>> = None;
        for (case, entries) in each.chain(alone) {
            let variables = Variables {
                case,
                entries,
                elsewhere: &elsewhere,
                used: &used,
            };
            let (test, lints) = self.test(file, filled.then_some(&variables), case, found);
            tests.push(test);
            match &mut advice {
                Some(advice) => advice.retain(|diagnostic| lints.contains(diagnostic)),
                None => advice = Some(lints),
            }
        }
        found.extend(advice.unwrap_or_default());
        if !found
            .iter()
            .any(|diagnostic| diagnostic.code == "scenario::unknown-variable")
        {
            unused_variables(cases, &used.borrow(), found);
        }
        tests
    }

    /// `NAME/CASE` may be the name of another file's test.
    fn check_case_names(&self, cases: &[Entry], name: &str, found: &mut Vec<Diagnostic>) {
        for case in cases {
            let test = format!("{name}/{}", case.key);
            if self.names.contains(&test) {
                found.push(
                    Diagnostic::error(
                        "scenario::same-name",
                        format!("two tests are named `{test}`"),
                    )
                    .at(case.key_span, "so is the test of a file in a directory")
                    .help("rename this case, or the file"),
                );
            }
        }
    }

    /// One case's test, and advice about it.
    fn test(
        &mut self,
        file: &File,
        variables: Option<&Variables<'_>>,
        case: Option<&str>,
        found: &mut Vec<Diagnostic>,
    ) -> (Test, Vec<Diagnostic>) {
        let filled = variables.map(|variables| variables::fill(&file.root, variables, found));
        let root = filled.as_ref().map_or(&*file.root, |filled| &filled.node);
        let mut own = Vec::new();
        conform::file(root, &tables::SCENARIO, &mut own);
        let root = merge::used(root, &mut self.library, &mut own);
        let lowered = lower::scenario(&root, case.is_some(), &mut self.library, &mut own);
        let mut advice = Vec::new();
        if !own.iter().any(Diagnostic::is_error) {
            let (world, steps) = (&lowered.world, &lowered.steps);
            advice = lint(&root, world, steps, file.source, &mut self.library);
        }
        match &filled {
            Some(filled) => found.extend(own.into_iter().map(|own| filled.explain(own))),
            None => found.append(&mut own),
        }
        (named(file, case, lowered), advice)
    }

    fn world(&mut self, file: &File) -> Option<World> {
        let mut found = Vec::new();
        conform::file(&file.root, &tables::WORLD_FILE, &mut found);
        variables::none(&file.root, &display(&file.found.path), &mut found);
        let root = merge::used(&file.root, &mut self.library, &mut found);
        let world = lower::world(&root, &mut self.library, &mut found);
        let broken = found.iter().any(Diagnostic::is_error);
        self.diagnostics.append(&mut found);
        (!broken).then_some(world)
    }

    /// A YAML file below a directory that is a policy: fine if a scenario refers to it.
    fn lone_policy(&mut self, file: &File) {
        if !file.found.named && self.library.is_policy(&file.found.path) {
            return;
        }
        let path = display(&file.found.path);
        let error = Diagnostic::error(
            "scenario::lone-policy",
            format!("`{path}` is a policy, not a scenario"),
        )
        .at(head(&file.root), "a policy document")
        .help("refer to it from a scenario, or move it elsewhere");
        self.diagnostics.push(error);
    }

    fn finish(self) -> Loaded {
        let Self {
            library,
            files,
            mut diagnostics,
            tests,
            names: _,
        } = self;
        variables::drop_consequences(&mut diagnostics);
        mute::apply(&library.sources, &mut diagnostics);
        let mut seen = HashSet::new();
        diagnostics.retain(|diagnostic| seen.insert(identity(diagnostic)));
        diagnostics.sort_by_key(|diagnostic| diagnostic.at.as_ref().map(|(span, _)| *span));
        let diagnostics = shown(&diagnostics, &library.sources);
        Loaded {
            tests,
            sources: library.sources,
            files,
            diagnostics,
        }
    }
}

/// What makes two diagnostics the same: advice about a policy that several scenarios use is told once.
fn identity(diagnostic: &Diagnostic) -> Diagnostic {
    let mut same = diagnostic.clone();
    if !same.is_error() {
        same.related.clear();
    }
    same
}

/// Of each file the first diagnostics, and how many more there are.
fn shown(diagnostics: &[Diagnostic], sources: &Sources) -> Vec<Diagnostic> {
    let source = |diagnostic: &Diagnostic| diagnostic.at.as_ref().map(|(span, _)| span.source);
    let mut shown = Vec::new();
    for file in diagnostics.chunk_by(|one, next| source(one) == source(next)) {
        let (first, rest) = file.split_at(file.len().min(MAX_SHOWN));
        shown.extend_from_slice(first);
        let path = file.first().and_then(source).and_then(|id| sources.get(id));
        if let (Some(path), [_, ..]) = (path, rest) {
            let message = format!("{} in `{}`", count(rest.len(), "more mistake"), path.path());
            let broken = file.iter().any(Diagnostic::is_error);
            let more = if broken {
                Diagnostic::error("scenario::more", message)
            } else {
                Diagnostic::warning("scenario::more", message)
            };
            shown.push(more.help("correct these first"));
        }
    }
    shown
}

fn named(file: &File, case: Option<&str>, lowered: Lowered) -> Test {
    let name = &file.found.name;
    Test {
        name: case.map_or_else(|| name.clone(), |case| format!("{name}/{case}")),
        case: case.map(str::to_owned),
        path: display(&file.found.path),
        title: lowered.title,
        description: lowered.description,
        tags: lowered.tags,
        world: lowered.world,
        steps: lowered.steps,
    }
}

/// The cases of a scenario, as many as are read.
fn cases<'n>(root: &'n Node, found: &mut Vec<Diagnostic>) -> &'n [Entry] {
    let Some(node) = root.get("cases") else {
        return &[];
    };
    let cases = entries(node);
    for case in cases {
        check_case_name(case, found);
        for variable in entries(&case.value) {
            check_variable_name(variable, found);
        }
    }
    if cases.is_empty() && matches!(node.value, Value::Map(_)) {
        found.push(
            Diagnostic::error("scenario::empty", "`cases` is empty")
                .at(node.span, "nothing in it")
                .help("add a case (`NAME: { VARIABLE: … }`), or remove the line"),
        );
    }
    if let Some(beyond) = cases.get(MAX_CASES) {
        found.push(
            Diagnostic::error(
                "scenario::too-many-cases",
                format!("{} in one scenario", count(cases.len(), "case")),
            )
            .at(beyond.key_span, format!("more than {MAX_CASES}"))
            .help("split the scenario into several files"),
        );
    }
    cases.get(..MAX_CASES).unwrap_or(cases)
}

/// `NAME/CASE` and `NAME/3` (a step) must not be mixed up.
fn check_case_name(case: &Entry, found: &mut Vec<Diagnostic>) {
    let name = &case.key;
    let step = !name.is_empty()
        && name
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b'.');
    let label = match name {
        _ if name.trim().is_empty() => "a case needs a name",
        _ if name.contains('/') => "`/` separates scenario, case and step",
        _ if step => "reads like a step's number",
        _ if name.contains(char::is_control) => "a control character can't be shown",
        _ => return,
    };
    found.push(
        Diagnostic::error(
            "scenario::case-name",
            format!(
                "a case can't be named `{}`",
                name.replace(char::is_control, "\u{fffd}")
            ),
        )
        .at(case.key_span, label)
        .help("use a few words: `right id`"),
    );
}

fn check_variable_name(variable: &Entry, found: &mut Vec<Diagnostic>) {
    let name = &variable.key;
    if variables::is_name(name) {
        return;
    }
    let plain: String = name
        .to_lowercase()
        .chars()
        .map(|c| {
            if c.is_ascii_lowercase() || c.is_ascii_digit() {
                c
            } else {
                '-'
            }
        })
        .collect();
    let help = if variables::is_name(&plain) {
        format!("write `{plain}`")
    } else {
        "begin with a letter".to_owned()
    };
    found.push(
        Diagnostic::error(
            "scenario::variable-name",
            format!("a variable can't be named `{name}`"),
        )
        .at(
            variable.key_span,
            "names are lower-case letters, digits and `-`",
        )
        .help(help),
    );
}

fn unused_variables(cases: &[Entry], used: &BTreeSet<String>, found: &mut Vec<Diagnostic>) {
    let mut told = HashSet::new();
    for variable in cases.iter().flat_map(|case| entries(&case.value)) {
        let name = &variable.key;
        if variables::is_name(name) && !used.contains(name) && told.insert(name) {
            found.push(
                Diagnostic::warning(
                    "unused-variable",
                    format!("no step uses the variable `{name}`"),
                )
                .at(variable.key_span, "never filled in")
                .help(format!(
                    "write `${{{name}}}` where it belongs, or remove it"
                )),
            );
        }
    }
}

fn is_policy(root: &Node) -> bool {
    root.get("Statement").is_some() && root.get("scenario").is_none() && root.get("steps").is_none()
}
