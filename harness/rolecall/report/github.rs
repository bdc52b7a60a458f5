//! GitHub Actions' workflow commands: an annotation at the place of each step that didn't pass, or that has a note.

use std::io::{self, Write};

use super::{Reporter, account};
use crate::run::{Event, Outcome, StepResult, TestResult};
use crate::scenario::Sources;

/// Writes an annotation (`::error file=…,line=…::…`) for each step that didn't pass, a warning for one with a note.
pub struct GithubReporter<'a, W> {
    out: W,
    sources: &'a Sources,
}

impl<'a, W: Write> GithubReporter<'a, W> {
    /// A reporter that writes to `out`, which must be what the runner reads: standard output.
    pub fn new(out: W, sources: &'a Sources) -> Self {
        Self { out, sources }
    }

    fn step(&mut self, test: &TestResult, step: &StepResult) -> io::Result<()> {
        let level = match step.outcome {
            Outcome::Fail | Outcome::Error => "error",
            Outcome::Skip if !step.unreached => "notice",
            Outcome::Pass if !step.notes.is_empty() => "warning",
            Outcome::Skip | Outcome::Pass => return Ok(()),
        };
        let title = property(&format!("{}/{}", test.name, step.number));
        let message = format!("{}\n{}", step.title, account(step, self.sources).join("\n"));
        let place = self
            .sources
            .get(step.span.source)
            .map_or_else(String::new, |source| {
                let (line, column) = source.line_column(step.span.start);
                format!("file={},line={line},col={column},", property(source.path()))
            });
        writeln!(
            self.out,
            "::{level} {place}title={title}::{}",
            data(&message)
        )
    }
}

/// Escapes the text of a workflow command.
fn data(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

/// Escapes a property of a workflow command.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

impl<W: Write> Reporter for GithubReporter<'_, W> {
    fn report(&mut self, event: &Event<'_>) -> io::Result<()> {
        let Event::TestFinished(test) = event else {
            return self.out.flush();
        };
        if let Some(error) = &test.error {
            let place = format!(
                "file={},title={}",
                property(&test.path),
                property(&test.name)
            );
            writeln!(self.out, "::error {place}::{}", data(error))?;
        }
        test.steps.iter().try_for_each(|step| self.step(test, step))
    }
}
