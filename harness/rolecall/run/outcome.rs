//! How tests and their steps came out.

use std::time::Duration;

use rolecall_policy::{Evaluation, Span};

use super::describe::{self, sentence};
use crate::scenario::model::{Expect, Step, Test, Verb};
use crate::target::{Got, is_denial_code};

/// How a test or a step came out, from best to worst.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Outcome {
    /// As expected.
    Pass,
    /// This target can't answer.
    Skip,
    /// Another decision, or another answer.
    Fail,
    /// The question could not be asked.
    Error,
}

impl Outcome {
    /// The word in reports: `pass`, `skip`, `fail`, `error`.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Skip => "skip",
            Self::Fail => "fail",
            Self::Error => "error",
        }
    }

    /// Whether it fails a run.
    pub const fn is_wrong(self) -> bool {
        matches!(self, Self::Fail | Self::Error)
    }
}

/// A step that was taken, or wasn't.
#[derive(Clone, Debug)]
pub struct StepResult {
    /// `3`, or `3.1` inside `then`.
    pub number: String,
    /// The step as a sentence: ``spa-deployment assumes S3-CloudFront-Access``.
    pub title: String,
    /// Who took it: `spa-deployment`, `DeploySPA (session of S3-CloudFront-Access)`; `None` for a wait.
    pub actor: Option<String>,
    /// The operation asked for: `s3:ListBuckets`; `None` for a step without a request.
    pub request: Option<String>,
    /// Where the expectation stands in the scenario.
    pub span: Span,
    /// How it came out.
    pub outcome: Outcome,
    /// Whether it was to be denied.
    pub expects_denial: bool,
    /// Why it didn't pass: sentences without a full stop.
    pub reasons: Vec<String>,
    /// What the request came to; `None` for a step without a request, or one not taken.
    pub got: Option<Got>,
    /// Whether the step wasn't reached, as the session it runs in was not obtained; then it counts for nothing.
    pub unreached: bool,
    /// The caller's ARN, where the target tells.
    pub caller: Option<String>,
    /// AWS's evaluation of each action that the request needed, where the target tells.
    pub evaluations: Vec<Evaluation>,
    /// What is worth knowing and decides nothing: where the target explains its denial otherwise than the mock does.
    pub notes: Vec<String>,
}

impl StepResult {
    /// Under `--strict`, a step that the target can't answer has failed, and so has one with a note.
    pub(super) fn judge_strictly(&mut self) {
        let skipped = self.outcome == Outcome::Skip && !self.unreached;
        let noted = self.outcome == Outcome::Pass && !self.notes.is_empty();
        if noted {
            self.reasons.append(&mut self.notes);
        }
        if skipped || noted {
            self.outcome = Outcome::Fail;
        }
    }

    /// The result of a step that sent no request.
    pub(super) fn without_request(step: &Step, session: Option<&str>, outcome: Outcome) -> Self {
        Self {
            number: step.number.clone(),
            title: sentence(step, session),
            actor: describe::actor_of(step, session),
            request: describe::request_of(step),
            span: step.expect_span,
            outcome,
            expects_denial: expects_denial(step),
            reasons: Vec::new(),
            got: None,
            unreached: false,
            caller: None,
            evaluations: Vec::new(),
            notes: Vec::new(),
        }
    }
}

fn expects_denial(step: &Step) -> bool {
    match (&step.verb, &step.expect) {
        (Verb::Cannot(_), _) | (_, Expect::Denied) => true,
        (_, Expect::Error { code, .. }) => is_denial_code(code),
        (_, Expect::Allowed | Expect::Fields(_)) => false,
    }
}

/// A test that was run.
#[derive(Clone, Debug)]
pub struct TestResult {
    /// The test's name: `external-id/right id`.
    pub name: String,
    /// Its scenario's file.
    pub path: String,
    /// Its scenario's title.
    pub title: String,
    /// Its steps, in order; those of `then` after their `assume`.
    pub steps: Vec<StepResult>,
    /// Why the test itself could not run (its world can't be built; then there are no steps), or what it left behind.
    pub error: Option<String>,
    /// How long it took.
    pub duration: Duration,
    /// How often it was run: more than once where the first try didn't pass and there are retries. All else here is the
    /// last try's.
    pub tries: u32,
}

impl TestResult {
    /// A test that could not be run.
    pub(super) fn not_run(test: &Test, reason: String) -> Self {
        Self {
            name: test.name.clone(),
            path: test.path.clone(),
            title: test.title.clone(),
            steps: Vec::new(),
            error: Some(reason),
            duration: Duration::ZERO,
            tries: 1,
        }
    }

    /// What its steps have to note.
    pub fn notes(&self) -> impl Iterator<Item = &String> {
        self.steps.iter().flat_map(|step| &step.notes)
    }

    /// The worst of its steps; a skip only where every step that asks something was skipped.
    pub fn outcome(&self) -> Outcome {
        if self.error.is_some() {
            return Outcome::Error;
        }
        let has = |outcome| {
            self.steps
                .iter()
                .any(|step| !step.unreached && step.outcome == outcome)
        };
        match (
            has(Outcome::Error),
            has(Outcome::Fail),
            has(Outcome::Pass),
            has(Outcome::Skip),
        ) {
            (true, ..) => Outcome::Error,
            (_, true, ..) => Outcome::Fail,
            (_, _, false, true) => Outcome::Skip,
            _ => Outcome::Pass,
        }
    }
}

/// The counts of a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Tests that passed.
    pub passed: usize,
    /// Tests with an unmet expectation.
    pub failed: usize,
    /// Tests that could not be asked.
    pub errors: usize,
    /// Tests of which every step was skipped.
    pub skipped: usize,
    /// Notes on steps.
    pub notes: usize,
}

impl Summary {
    /// Counts one more test.
    pub fn count(&mut self, test: &TestResult) {
        self.notes += test.notes().count();
        match test.outcome() {
            Outcome::Pass => self.passed += 1,
            Outcome::Fail => self.failed += 1,
            Outcome::Error => self.errors += 1,
            Outcome::Skip => self.skipped += 1,
        }
    }
}

impl std::fmt::Display for Summary {
    /// The last line of a run; parts that are zero are left out after `failed`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed)?;
        if self.errors > 0 {
            write!(f, ", {} errors", self.errors)?;
        }
        if self.skipped > 0 {
            write!(f, ", {} skipped", self.skipped)?;
        }
        match self.notes {
            0 => Ok(()),
            1 => f.write_str(", 1 note"),
            notes => write!(f, ", {notes} notes"),
        }
    }
}
