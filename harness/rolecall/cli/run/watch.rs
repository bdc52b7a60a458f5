//! `--watch`: what a change of a file concerns is run again.
//!
//! Every round shows the whole picture: the tests that were run again, and of the others what they came to before.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::time::{Duration, Instant};

use notify::event::{EventKind, ModifyKind};
use notify::{RecursiveMode, Watcher};

use super::last_run::LastRun;
use super::{Arguments, interrupt, run_tests};
use crate::cli::config::Settings;
use crate::cli::load::{nothing_matched, selection, tell};
use crate::cli::reports::Reports;
use crate::cli::target::TargetName;
use crate::cli::{Appearance, Exit, Format, complain};
use crate::report::Explain;
use crate::run::{Event, Outcome, Summary, TestResult};
use crate::scenario::model::Test;
use crate::scenario::{self, Disk, Loaded, is_yaml};

/// Editors write a file in several steps; a change is over when nothing more comes for this long.
const QUIET: Duration = Duration::from_millis(20);

/// However much goes on, the tests are run after this long.
const PATIENCE: Duration = Duration::from_millis(100);

/// Why the wait is over.
enum Wake {
    Changed(Vec<PathBuf>),
    Interrupted,
}

/// Runs the tests, and again whenever a file changes, until interrupted.
pub(super) fn watch(arguments: &Arguments, appearance: Appearance) -> Result<Exit, Exit> {
    let (wake, waking) = mpsc::channel();
    let interrupted = wake.clone();
    interrupt::listen(move || {
        let _ = interrupted.send(Wake::Interrupted);
    });
    let mut watch = Watch {
        arguments,
        appearance,
        folders: Folders::new(wake)?,
        results: BTreeMap::new(),
        files: BTreeSet::new(),
        texts: BTreeMap::new(),
    };
    let mut changed = None;
    loop {
        watch.round(changed.as_ref());
        match watch.wait(&waking) {
            Some(paths) => changed = Some(paths),
            None => return Ok(Exit::Interrupted),
        }
    }
}

struct Watch<'a> {
    arguments: &'a Arguments,
    appearance: Appearance,
    folders: Folders,
    /// What each test came to when it was last run, by its file and name.
    results: BTreeMap<(String, String), TestResult>,
    /// The files that the last round read, or missed.
    files: BTreeSet<PathBuf>,
    /// What it read in them, as hashes.
    texts: BTreeMap<PathBuf, u64>,
}

impl Watch<'_> {
    /// One look at all files, and a run of what `changed` concerns: everything the first time.
    fn round(&mut self, changed: Option<&BTreeSet<PathBuf>>) {
        self.clear_screen();
        match self.try_round(changed) {
            Ok(()) | Err(Exit::Interrupted) => {}
            // What the next change may mend has been told.
            Err(_) => self.results.clear(),
        }
        let _ = io::stdout().flush();
        if self.appearance.format == Format::Human {
            eprintln!("watching {} files; Ctrl-C ends", self.files.len());
        }
    }

    fn try_round(&mut self, changed: Option<&BTreeSet<PathBuf>>) -> Result<(), Exit> {
        let configured = &self.arguments.paths.configured;
        self.files = configured
            .file()
            .iter()
            .map(|file| canonical(file))
            .collect();
        self.folders.watch(&self.files);
        let settings = self
            .arguments
            .settings()
            .or(configured.settings(self.appearance)?);
        let paths = self.arguments.paths.or(&settings);
        self.folders.watch_all(&paths);
        let loaded = scenario::load(&paths, &Disk);
        self.files
            .extend(loaded.files.values().flatten().map(|file| canonical(file)));
        self.folders.watch(&self.files);
        let read = loaded.sources.iter().map(|(_, source)| {
            let path = canonical(Path::new(source.path()));
            (path, hash(source.text()))
        });
        self.texts = read.collect();
        tell(&loaded.diagnostics, &loaded.sources, self.appearance);
        if loaded.has_errors() {
            return Err(Exit::Usage);
        }
        let selection = selection(self.arguments.filter.as_deref(), self.arguments.shard)?;
        let tests = selection.of(&loaded.tests);
        if tests.is_empty() {
            return Err(nothing_matched(&loaded));
        }
        let settings_changed = changed.is_none_or(|changed| {
            configured
                .file()
                .is_some_and(|file| changed.contains(&canonical(&file)))
        });
        let again: Vec<&Test> = if settings_changed || self.shows_passed(&settings) {
            tests.clone()
        } else {
            let concerned = |test: &&&Test| self.concerns(&loaded, changed, test);
            tests.iter().filter(concerned).copied().collect()
        };
        self.run(&loaded, &tests, &again, &settings)
    }

    /// Whether the report looks into tests that passed: their places are only good in the texts they were read from.
    fn shows_passed(&self, settings: &Settings) -> bool {
        self.arguments.verbose
            || self.appearance.format == Format::Json
            || settings.explain == Some(Explain::All)
            || settings
                .reports
                .as_ref()
                .is_some_and(|reports| !reports.is_empty())
    }

    /// Whether a test must be run again: it is new, it didn't pass, or a file it is made of has changed.
    fn concerns(&self, loaded: &Loaded, changed: Option<&BTreeSet<PathBuf>>, test: &Test) -> bool {
        let passed = self
            .result_of(test)
            .is_some_and(|result| result.outcome() == Outcome::Pass);
        let files = loaded.files.get(&test.path);
        let touched = |changed: &BTreeSet<PathBuf>| {
            files.is_none_or(|files| files.iter().any(|file| changed.contains(&canonical(file))))
        };
        !passed || changed.is_none_or(touched)
    }

    fn result_of(&self, test: &Test) -> Option<&TestResult> {
        self.results.get(&(test.path.clone(), test.name.clone()))
    }

    /// Runs some of the tests, and reports all of them.
    fn run(
        &mut self,
        loaded: &Loaded,
        tests: &[&Test],
        again: &[&Test],
        settings: &Settings,
    ) -> Result<(), Exit> {
        let mut last_run = LastRun::read(&settings.root);
        for test in again {
            self.results.remove(&(test.path.clone(), test.name.clone()));
        }
        let results = &mut self.results;
        let began = Instant::now();
        run_tests(self.arguments, settings, self.appearance, again, |event| {
            if let Event::TestFinished(result) = event {
                last_run.note(result);
                let key = (result.path.clone(), result.name.clone());
                results.insert(key, (*result).clone());
            }
        })?;
        last_run.write();
        let results: Vec<&TestResult> = tests
            .iter()
            .filter_map(|test| self.result_of(test))
            .collect();
        let style = self
            .arguments
            .style(self.appearance, settings.explain.unwrap_or_default());
        let asked = settings.reports.as_deref().unwrap_or_default();
        let mut reports = Reports::new(asked, style, self.appearance, &loaded.sources)?;
        let mut summary = Summary::default();
        reports.report(&Event::Started {
            tests: tests.len(),
            target: settings.target.as_ref().map_or("mock", TargetName::name),
        });
        for result in &results {
            summary.count(result);
            reports.report(&Event::TestFinished(result));
        }
        reports.report(&Event::Finished {
            summary,
            duration: began.elapsed(),
            left_out: tests.len() - results.len(),
        });
        Ok(())
    }

    /// The files that changed, once one has that matters; `None` after Ctrl-C.
    fn wait(&self, waking: &Receiver<Wake>) -> Option<BTreeSet<PathBuf>> {
        let mut changed = BTreeSet::new();
        while changed.is_empty() {
            match waking.recv() {
                Ok(Wake::Changed(paths)) => changed.extend(self.that_matter(paths)),
                Ok(Wake::Interrupted) | Err(_) => return None,
            }
        }
        let until = Instant::now() + PATIENCE;
        while Instant::now() < until {
            match waking.recv_timeout(QUIET) {
                Ok(Wake::Changed(paths)) => changed.extend(self.that_matter(paths)),
                Ok(Wake::Interrupted) | Err(RecvTimeoutError::Disconnected) => return None,
                Err(RecvTimeoutError::Timeout) => break,
            }
        }
        Some(changed)
    }

    /// Those that the last round read or missed, and what may be a new scenario: a report that the run itself writes must
    /// not start another. What the last round has read already is no change, whenever the news of it comes.
    fn that_matter(&self, paths: Vec<PathBuf>) -> impl Iterator<Item = PathBuf> {
        let paths = paths.into_iter().map(|path| canonical(&path));
        paths.filter(|path| {
            let matters = self.files.contains(path) || is_yaml(path);
            matters && !self.is_as_read(path)
        })
    }

    fn is_as_read(&self, path: &Path) -> bool {
        let read = self.texts.get(path);
        let now = || std::fs::read_to_string(path).ok();
        let now = || now().map(|text| hash(text.strip_prefix('\u{feff}').unwrap_or(&text)));
        read.is_some_and(|read| now() == Some(*read))
    }

    /// What a terminal shows is the last round; elsewhere one follows the other.
    fn clear_screen(&self) {
        if self.appearance.format == Format::Human && io::stdout().is_terminal() {
            print!("\x1b[H\x1b[2J\x1b[3J");
        }
    }
}

/// The folders that are watched. Folders and not files, as editors put a new file in an old one's place.
struct Folders {
    watcher: notify::RecommendedWatcher,
    /// Those watched with all below them.
    whole: BTreeSet<PathBuf>,
    /// Those watched alone.
    alone: BTreeSet<PathBuf>,
}

impl Folders {
    fn new(wake: Sender<Wake>) -> Result<Self, Exit> {
        let watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
            if let Ok(event) = event
                && is_change(event.kind)
            {
                let _ = wake.send(Wake::Changed(event.paths));
            }
        });
        let watcher = watcher.map_err(|error| cannot_watch(&error))?;
        Ok(Self {
            watcher,
            whole: BTreeSet::new(),
            alone: BTreeSet::new(),
        })
    }

    /// Everything below these.
    fn watch_all(&mut self, paths: &[PathBuf]) {
        for path in paths {
            let folder = path.is_dir().then(|| std::fs::canonicalize(path));
            if let Some(Ok(folder)) = folder
                && !self.whole.contains(&folder)
                && self.add(&folder, RecursiveMode::Recursive)
            {
                self.whole.insert(folder);
            }
        }
    }

    /// The folders of these files.
    fn watch(&mut self, files: &BTreeSet<PathBuf>) {
        for folder in files.iter().filter_map(|file| file.parent()) {
            let covered = self.alone.contains(folder)
                || folder.ancestors().any(|above| self.whole.contains(above));
            if !covered && folder.is_dir() && self.add(folder, RecursiveMode::NonRecursive) {
                self.alone.insert(folder.to_owned());
            }
        }
    }

    /// Whether the folder is watched now; told where it can't be.
    fn add(&mut self, folder: &Path, mode: RecursiveMode) -> bool {
        let watching = self.watcher.watch(folder, mode);
        watching.map_err(|error| cannot_watch(&error)).is_ok()
    }
}

fn cannot_watch(error: &notify::Error) -> Exit {
    complain(&format!("files can't be watched: {error}"), None);
    Exit::Error
}

/// Reading a file changes nothing, nor does a new date alone.
fn is_change(kind: EventKind) -> bool {
    match kind {
        EventKind::Access(_) | EventKind::Modify(ModifyKind::Metadata(_)) => false,
        EventKind::Any
        | EventKind::Create(_)
        | EventKind::Modify(_)
        | EventKind::Remove(_)
        | EventKind::Other => true,
    }
}

fn hash(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}

/// A path as the watcher names it, also of a file that isn't there.
fn canonical(path: &Path) -> PathBuf {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    match (
        absolute.parent().map(std::fs::canonicalize),
        absolute.file_name(),
    ) {
        (Some(Ok(folder)), Some(name)) => folder.join(name),
        _ => absolute,
    }
}
