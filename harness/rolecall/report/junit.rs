//! JUnit XML: a test suite for each test, a test case for each of its steps.

use std::io::{self, Write};

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use super::{Reporter, account, notes};
use crate::run::{Event, Outcome, StepResult, TestResult};
use crate::scenario::Sources;

/// Writes a run as JUnit XML once it has ended. Names are those of `rolecall list`, the same from run to run.
pub struct JunitReporter<'a, W> {
    out: W,
    sources: &'a Sources,
    report: Report,
}

impl<'a, W: Write> JunitReporter<'a, W> {
    /// A reporter that writes to `out`.
    pub fn new(out: W, sources: &'a Sources) -> Self {
        Self {
            out,
            sources,
            report: Report::new("rolecall"),
        }
    }

    fn suite(&self, test: &TestResult) -> TestSuite {
        let mut suite = TestSuite::new(test.name.as_str());
        suite.set_time(test.duration);
        if let Some(error) = &test.error {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
            status.set_message(error.as_str());
            suite.add_test_case(named(&test.name, "world", status));
        }
        for step in &test.steps {
            let name = format!("{} {}", step.number, step.title);
            let mut case = named(&test.name, &name, self.status(step));
            if !step.notes.is_empty() {
                case.set_system_out(notes(step).collect::<Vec<_>>().join("\n"));
            }
            suite.add_test_case(case);
        }
        suite
    }

    fn status(&self, step: &StepResult) -> TestCaseStatus {
        let kind = match step.outcome {
            Outcome::Pass => return TestCaseStatus::success(),
            Outcome::Skip => {
                let mut status = TestCaseStatus::skipped();
                status.set_message(step.reasons.join("; "));
                return status;
            }
            Outcome::Fail => NonSuccessKind::Failure,
            Outcome::Error => NonSuccessKind::Error,
        };
        let mut status = TestCaseStatus::non_success(kind);
        status.set_message(step.reasons.join("; "));
        status.set_description(account(step, self.sources).join("\n"));
        status
    }
}

fn named(test: &str, name: &str, status: TestCaseStatus) -> TestCase {
    let mut case = TestCase::new(name, status);
    case.set_classname(test);
    case
}

impl<W: Write> Reporter for JunitReporter<'_, W> {
    fn report(&mut self, event: &Event<'_>) -> io::Result<()> {
        match event {
            Event::Started { .. } => Ok(()),
            Event::TestFinished(test) => {
                let suite = self.suite(test);
                self.report.add_test_suite(suite);
                Ok(())
            }
            Event::Finished { duration, .. } => {
                self.report.set_time(*duration);
                let text = self.report.to_string().map_err(io::Error::other)?;
                let skipped = format!(" skipped=\"{}\"", self.report.skipped);
                // The first is the root's, an attribute that Jenkins's schema of JUnit XML has for suites alone.
                self.out
                    .write_all(text.replacen(&skipped, "", 1).as_bytes())?;
                self.out.flush()
            }
        }
    }
}
