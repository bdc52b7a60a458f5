//! A world, and taking steps in it.
//!
//! A step is written as a scenario file would have it, after the world and all changes before it, and read by the same
//! loader: everything is checked in one place. As the world's text always comes first, a policy that decided keeps its
//! place from one reading to the next.

use std::fmt::Write as _;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use aws_credential_types::Credentials;
use serde_json::{Map, Value, json};

use super::actor::{Actor, Who};
use super::answer;
use super::define::Definition;
use crate::report;
use crate::run::{self, Outcome, StepResult};
use crate::scenario::model::{Step, Test, Verb};
use crate::scenario::{self, Diagnostic, Disk, FileKind, Files, Loaded, render};
use crate::target::{Got, Stage, Target};

/// A world, built on a target; no other test sees it.
#[derive(Debug)]
pub struct World {
    text: String,
    path: PathBuf,
    inner: Mutex<Inner>,
}

#[derive(Debug)]
struct Inner {
    stage: Stage,
    runtime: Runtime,
    /// The `change` steps so far.
    changes: Vec<Value>,
}

#[cfg(feature = "live")]
impl Drop for Inner {
    /// What was built on a live target goes with the world.
    fn drop(&mut self) {
        let Self { stage, runtime, .. } = self;
        if stage.is_live()
            && let Err(left) = runtime.block_on(|| stage.finish())
        {
            eprintln!("{left}");
        }
    }
}

/// What steps run on. It may be dropped inside another runtime, so it doesn't wait for its threads.
#[derive(Debug)]
struct Runtime(Option<tokio::runtime::Runtime>);

impl Runtime {
    fn block_on<F: Future<Output: Send>>(&self, begin: impl FnOnce() -> F + Send) -> F::Output {
        let Some(runtime) = &self.0 else {
            fail("the world is being taken down")
        };
        off_runtime(|| runtime.block_on(begin()))
    }
}

impl Drop for Runtime {
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}

/// A step that was taken.
#[derive(Clone, Debug)]
pub(super) struct Taken {
    /// The step as written, with those that it is nested in.
    step: Value,
    /// How deep it is nested in the `then` of others.
    depth: usize,
    /// What those steps run with who have assumed its role.
    credentials: Option<(String, Credentials)>,
    /// The answer of a call.
    pub(super) answer: Value,
}

impl World {
    /// A world to be defined in Rust.
    pub fn define() -> Definition {
        Definition::default()
    }

    /// The world that this YAML says, in the words of a world file. Paths are relative to the working directory.
    ///
    /// # Panics
    ///
    /// With all that is wrong with it, as `rolecall check` shows it.
    #[track_caller]
    pub fn from_yaml(yaml: &str) -> Self {
        let text = format!("{}\n", yaml.trim_end());
        Self::build(text, Path::new("."), &Target::Mock)
    }

    /// The world of a world file (`*.world.yaml`), on a target.
    ///
    /// # Panics
    ///
    /// With all that is wrong with it, as `rolecall check` shows it.
    #[track_caller]
    #[expect(
        clippy::needless_pass_by_value,
        reason = "a target is given by name, as to `Runner::new`"
    )]
    pub fn from_file(path: impl AsRef<Path>, target: Target) -> Self {
        let text = format!("use: [{}]\n", json!(path.as_ref()));
        Self::build(text, Path::new("."), &target)
    }

    #[track_caller]
    pub(super) fn build(text: String, folder: &Path, target: &Target) -> Self {
        let path = folder.join("in Rust.world.yaml");
        let files = InMemory {
            path: &path,
            text: &text,
        };
        let (world, loaded) = scenario::load_world(&path, &files);
        let Some(world) = world else {
            fail(&mistakes(&loaded))
        };
        let alone = Test {
            name: "in Rust".to_owned(),
            path: path.display().to_string(),
            title: "in Rust".to_owned(),
            case: None,
            description: None,
            tags: Vec::new(),
            world,
            steps: Vec::new(),
        };
        let runtime = match target.runtime() {
            Ok(runtime) => Runtime(Some(runtime)),
            Err(error) => fail(&format!("no runtime can be started: {error}")),
        };
        let stage = match runtime.block_on(|| target.stage(&alone)) {
            Ok(stage) => stage,
            Err(error) => fail(&error.to_string()),
        };
        Self {
            text,
            path,
            inner: Mutex::new(Inner {
                stage,
                runtime,
                changes: Vec::new(),
            }),
        }
    }

    /// A user, by its name.
    pub fn user(&self, name: &str) -> Actor<'_> {
        self.actor(json!(name))
    }

    /// The root user of an account, by the account's name; `None` for the default account.
    pub fn root(&self, account: Option<&str>) -> Actor<'_> {
        self.actor(account.map_or_else(|| json!("root"), |account| json!({"root": account})))
    }

    /// A caller who doesn't sign.
    pub fn anonymous(&self) -> Actor<'_> {
        self.actor(json!("anonymous"))
    }

    /// An AWS service, by its host: `lambda.amazonaws.com`. It can only assume roles, and be asked about.
    pub fn service(&self, host: &str) -> Actor<'_> {
        self.actor(json!({"service": host}))
    }

    /// The bearer of a web identity token, by its members in the scenario language: `provider`, `sub`, `aud` and
    /// more claims. It can only assume roles.
    pub fn token(&self, members: impl Into<Value>) -> Actor<'_> {
        let token: Value = members.into();
        self.actor(json!({"token": token}))
    }

    /// The clock moves: `15m`, `1h30m`.
    ///
    /// # Panics
    ///
    /// Where that is no duration, or the target has no clock of its own.
    #[track_caller]
    pub fn wait(&self, duration: &str) {
        self.take(members(json!({"wait": duration})), None);
    }

    /// The world changes, in the words of a `change` step: merged by name, `null` deletes.
    ///
    /// # Panics
    ///
    /// Where the change is none, or the target refuses it.
    #[track_caller]
    pub fn change(&self, change: impl Into<Value>) {
        let change: Value = change.into();
        self.take(members(json!({"change": change})), None);
    }

    fn actor(&self, who: Value) -> Actor<'_> {
        Actor {
            world: self,
            who: Who::Named(who),
        }
    }

    /// Takes a step in the session that another has obtained.
    #[track_caller]
    pub(super) fn take(&self, step: Map<String, Value>, session: Option<&Taken>) -> Taken {
        let depth = session.map_or(0, |session| session.depth + 1);
        let nested = match session {
            Some(session) => within(&session.step, session.depth, &step.into()),
            None => step.into(),
        };
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        let (step, loaded) = match self.read(&inner.changes, &nested, depth) {
            Ok(read) => read,
            Err(mistakes) => fail(&mistakes),
        };
        let Inner {
            stage,
            runtime,
            changes,
        } = &mut *inner;
        let session = session.and_then(|session| session.credentials.clone());
        let (result, obtained) = runtime.block_on(|| run::take(&step, stage, session));
        if result.outcome != Outcome::Pass {
            fail(&report::step_that_failed(&result, &loaded.sources));
        }
        if matches!(step.verb, Verb::Change(_)) {
            changes.push(nested.clone());
        }
        Taken {
            step: nested,
            depth,
            credentials: obtained,
            answer: answer_of(&result),
        }
    }

    /// Reads the step after the world and its changes; or all that is wrong with it.
    fn read(
        &self,
        changes: &[Value],
        step: &Value,
        depth: usize,
    ) -> Result<(Step, Loaded), String> {
        let mut text = self.text.clone();
        text.push_str("scenario: in Rust\nsteps:\n");
        for step in changes.iter().chain([step]) {
            let lines = format!("{step:#}").replace('\n', "\n    ");
            let _ = writeln!(text, "  - {lines}");
        }
        let path = self.path.with_file_name("in Rust.yaml");
        let files = InMemory {
            path: &path,
            text: &text,
        };
        let loaded = scenario::load(std::slice::from_ref(&path), &files);
        let steps = loaded.tests.first().map(|test| test.steps.as_slice());
        match innermost(steps.unwrap_or_default(), depth) {
            Some(step) if !loaded.has_errors() => Ok((step.clone(), loaded)),
            _ => Err(mistakes(&loaded)),
        }
    }
}

/// The last step, so many `then` deep.
fn innermost(steps: &[Step], depth: usize) -> Option<&Step> {
    let last = steps.last()?;
    match (&last.verb, depth) {
        (_, 0) => Some(last),
        (Verb::Assume(assume), _) => innermost(&assume.then, depth - 1),
        _ => None,
    }
}

/// `outer` with `step` in the `then` of its innermost step.
fn within(outer: &Value, depth: usize, step: &Value) -> Value {
    let mut outer = outer.clone();
    let way = "/then/0".repeat(depth);
    if let Some(Value::Object(innermost)) = outer.pointer_mut(&way) {
        innermost.insert("then".to_owned(), json!([step]));
    }
    outer
}

fn members(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(members) => members,
        _ => Map::new(),
    }
}

fn answer_of(result: &StepResult) -> Value {
    match &result.got {
        Some(Got::Allowed(output)) => answer::to_json(output),
        _ => Value::Null,
    }
}

fn mistakes(loaded: &Loaded) -> String {
    let mut errors = loaded.diagnostics.clone();
    errors.retain(Diagnostic::is_error);
    render::human(&errors, &loaded.sources, false)
}

/// Fails the test that called.
#[track_caller]
#[expect(clippy::panic, reason = "a test says what is wrong by panicking")]
fn fail(message: &str) -> ! {
    panic!("{}", message.trim_end())
}

/// Does something on a thread that is in no asynchronous runtime, whatever the caller is in.
fn off_runtime<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    std::thread::scope(|scope| {
        let done = scope.spawn(work).join();
        done.unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}

/// The disk, with one file more.
struct InMemory<'t> {
    path: &'t Path,
    text: &'t str,
}

impl Files for InMemory<'_> {
    fn read(&self, path: &Path, limit: u64) -> io::Result<Vec<u8>> {
        if path == self.path {
            return Ok(self.text.as_bytes().to_vec());
        }
        Disk.read(path, limit)
    }

    fn kind(&self, path: &Path) -> io::Result<FileKind> {
        if path == self.path {
            return Ok(FileKind::File);
        }
        Disk.kind(path)
    }

    fn list(&self, directory: &Path) -> io::Result<Vec<(PathBuf, FileKind)>> {
        Disk.list(directory)
    }
}
