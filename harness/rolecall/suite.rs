//! Every scenario and case as a test of its own under `cargo test`.
//!
//! In `Cargo.toml`, a test target without the standard harness:
//!
//! ```toml
//! [dev-dependencies]
//! rolecall = { version = "0.1", default-features = false, features = ["suite"] }
//!
//! [[test]]
//! name = "scenarios"
//! harness = false
//! ```
//!
//! and in `tests/scenarios.rs`, three lines:
//!
//! ```no_run
//! fn main() -> std::process::ExitCode {
//!     rolecall::suite::Suite::of("scenarios").main()
//! }
//! ```
//!
//! Then `cargo test` runs each test of the scenarios by its own name (`external-id/right id`), lists them, filters them, and
//! so does cargo-nextest. A scenario with a mistake makes one test more that fails, and shows the mistakes.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use libtest_mimic::{Arguments, Failed, Trial};

use crate::report;
use crate::run::{Event, Outcome, Runner};
use crate::scenario::{self, Diagnostic, Disk, Loaded, render};
use crate::target::Target;

/// Scenarios to run as tests.
#[derive(Clone, Debug)]
pub struct Suite {
    paths: Vec<PathBuf>,
    target: Target,
    strict: bool,
}

impl Suite {
    /// The scenarios at or below a path; under `cargo test` it is relative to the package.
    pub fn of(path: impl AsRef<Path>) -> Self {
        Self {
            paths: vec![path.as_ref().to_owned()],
            target: Target::Mock,
            strict: false,
        }
    }

    /// Another path.
    #[must_use]
    pub fn and(mut self, path: impl AsRef<Path>) -> Self {
        self.paths.push(path.as_ref().to_owned());
        self
    }

    /// Where they run; without it on the mock in process.
    #[must_use]
    pub fn target(mut self, target: Target) -> Self {
        self.target = target;
        self
    }

    /// Whether a step that the target can't answer fails its test.
    #[must_use]
    pub fn strict(mut self, strict: bool) -> Self {
        self.strict = strict;
        self
    }

    /// Reads the arguments that `cargo test` passes on, and runs, lists or filters as they say.
    #[must_use]
    pub fn main(self) -> ExitCode {
        let arguments = Arguments::from_args();
        libtest_mimic::run(&arguments, self.trials()).exit_code()
    }

    /// A test for each scenario and case, and one that fails where files have mistakes.
    pub fn trials(self) -> Vec<Trial> {
        let loaded = Arc::new(scenario::load(&self.paths, &Disk));
        let suite = Arc::new(self);
        let mut trials: Vec<_> = loaded
            .tests
            .iter()
            .enumerate()
            .map(|(index, test)| {
                let (suite, loaded) = (Arc::clone(&suite), Arc::clone(&loaded));
                Trial::test(test.name.clone(), move || suite.run(&loaded, index))
            })
            .collect();
        if loaded.has_errors() || loaded.tests.is_empty() {
            let mistakes = mistakes(&loaded, &suite.paths);
            let name = "scenarios can be read";
            trials.push(Trial::test(name, move || Err(Failed::from(mistakes))));
        }
        trials
    }

    fn run(&self, loaded: &Loaded, index: usize) -> Result<(), Failed> {
        let Some(test) = loaded.tests.get(index) else {
            return Ok(());
        };
        let mut failure = None;
        let runner = Runner::new(self.target.clone()).strict(self.strict);
        runner.run(&[test], |event| {
            if let Event::TestFinished(result) = event {
                let told = report::test_that_failed(result, &loaded.sources);
                match result.outcome() {
                    Outcome::Pass => {}
                    Outcome::Skip => eprint!("{told}"),
                    Outcome::Fail | Outcome::Error => failure = Some(told),
                }
            }
        });
        failure.map_or(Ok(()), |told| Err(Failed::from(told)))
    }
}

fn mistakes(loaded: &Loaded, paths: &[PathBuf]) -> String {
    if !loaded.has_errors() {
        return format!("there is no scenario at {paths:?}");
    }
    let mut errors = loaded.diagnostics.clone();
    errors.retain(Diagnostic::is_error);
    render::human(&errors, &loaded.sources, false)
}
