//! `--format json`: a line of JSON for each event, for programs.
//!
//! Every line is an object with `event`: `started`, `test` or `finished`. The first carries `version`, the number of
//! this format; it changes when a member changes its meaning or goes away, not when one is added.

use std::io::{self, Write};

use rolecall_policy::Span;
use serde_json::{Value as Json, json};

use super::explanation::of_step;
use super::{Reason, Reporter};
use crate::run::{Event, StepResult, TestResult};
use crate::scenario::Sources;
use crate::target::Got;

/// The number of the format.
const VERSION: u32 = 1;

/// Writes a run as JSON lines.
pub struct JsonReporter<'a, W> {
    out: W,
    sources: &'a Sources,
}

impl<'a, W: Write> JsonReporter<'a, W> {
    /// A reporter that writes to `out` and names places in `sources`.
    pub fn new(out: W, sources: &'a Sources) -> Self {
        Self { out, sources }
    }

    fn test(&self, test: &TestResult) -> Json {
        let steps: Vec<Json> = test.steps.iter().map(|step| self.step(step)).collect();
        json!({
            "event": "test",
            "name": test.name,
            "file": test.path,
            "scenario": test.title,
            "outcome": test.outcome().word(),
            "error": test.error,
            "seconds": test.duration.as_secs_f64(),
            "tries": test.tries,
            "steps": steps,
        })
    }

    fn step(&self, step: &StepResult) -> Json {
        json!({
            "step": step.number,
            "title": step.title,
            "outcome": step.outcome.word(),
            "place": self.sources.place(step.span),
            "reasons": step.reasons,
            "got": step.got.as_ref().map(got),
            "because": self.because(step),
            "notes": step.notes,
        })
    }

    fn because(&self, step: &StepResult) -> Vec<Json> {
        of_step(step, self.sources)
            .iter()
            .map(|reason| reason.to_json(self.sources))
            .collect()
    }
}

impl Reason {
    /// The reason for programs, its places as `path:line:column`.
    pub(crate) fn to_json(&self, sources: &Sources) -> Json {
        let place =
            |(span, label): &(Span, String)| json!({"place": sources.place(*span), "label": label});
        let places: Vec<Json> = self.places.iter().map(place).collect();
        json!({"reason": self.headline, "places": places, "notes": self.notes})
    }
}

impl<W: Write> Reporter for JsonReporter<'_, W> {
    fn report(&mut self, event: &Event<'_>) -> io::Result<()> {
        let line = match event {
            Event::Started { tests, target } => {
                json!({"event": "started", "version": VERSION, "tests": tests, "target": target})
            }
            Event::TestFinished(test) => self.test(test),
            Event::Finished {
                summary,
                duration,
                left_out,
            } => json!({
                "event": "finished",
                "passed": summary.passed,
                "failed": summary.failed,
                "errors": summary.errors,
                "skipped": summary.skipped,
                "notes": summary.notes,
                "not_run": left_out,
                "seconds": duration.as_secs_f64(),
            }),
        };
        writeln!(self.out, "{line}")?;
        if matches!(event, Event::Finished { .. }) {
            self.out.flush()
        } else {
            Ok(())
        }
    }
}

fn got(got: &Got) -> Json {
    match got {
        Got::Allowed(_) => json!({"allowed": true}),
        Got::Refused(error) => json!({
            "allowed": false,
            "error": error.code,
            "message": error.message,
            "status": error.status,
        }),
        Got::Unreachable(reason) => json!({"unreachable": reason}),
    }
}
