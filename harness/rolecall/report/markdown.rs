//! Markdown: a table of tests and a section for each that didn't pass or has a note. GitHub's step summary is the same text.

use std::fmt::Write as _;
use std::io::{self, Write};

use super::{Reporter, account};
use crate::run::{Event, Outcome, StepResult, TestResult};
use crate::scenario::Sources;

/// Writes a run as Markdown once it has ended.
pub struct MarkdownReporter<'a, W> {
    out: W,
    sources: &'a Sources,
    rows: String,
    sections: String,
}

impl<'a, W: Write> MarkdownReporter<'a, W> {
    /// A reporter that writes to `out`.
    pub fn new(out: W, sources: &'a Sources) -> Self {
        Self {
            out,
            sources,
            rows: String::new(),
            sections: String::new(),
        }
    }

    fn test(&mut self, test: &TestResult) {
        let outcome = test.outcome();
        let passed = test
            .steps
            .iter()
            .filter(|step| step.outcome == Outcome::Pass)
            .count();
        let _ = writeln!(
            self.rows,
            "| {} | {} | {passed}/{} | {} |",
            sign(outcome),
            cell(&test.name),
            test.steps.len(),
            cell(&test.title)
        );
        if outcome.is_wrong() || test.notes().next().is_some() {
            let _ = writeln!(
                self.sections,
                "\n### {} {}",
                sign(outcome),
                cell(&test.name)
            );
            if let Some(error) = &test.error {
                let _ = writeln!(self.sections, "\n{}", cell(error));
            }
            for step in &test.steps {
                self.step(step);
            }
        }
    }

    fn step(&mut self, step: &StepResult) {
        if !step.outcome.is_wrong() && step.notes.is_empty() {
            return;
        }
        let place = self.sources.place(step.span);
        let _ = writeln!(
            self.sections,
            "\n**{} {}** ({})\n",
            step.number,
            cell(&step.title),
            cell(&place)
        );
        for line in account(step, self.sources) {
            let _ = writeln!(self.sections, "- {}", cell(&line));
        }
    }
}

fn sign(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Pass => "✅ pass",
        Outcome::Skip => "⏭️ skip",
        Outcome::Fail => "❌ fail",
        Outcome::Error => "💥 error",
    }
}

/// Text that stays text inside a table cell.
fn cell(text: &str) -> String {
    text.replace('|', "\\|")
        .replace('<', "&lt;")
        .replace(['\n', '\r'], " ")
}

impl<W: Write> Reporter for MarkdownReporter<'_, W> {
    fn report(&mut self, event: &Event<'_>) -> io::Result<()> {
        match event {
            Event::Started { .. } => Ok(()),
            Event::TestFinished(test) => {
                self.test(test);
                Ok(())
            }
            Event::Finished {
                summary, left_out, ..
            } => {
                writeln!(self.out, "## rolecall: {summary}\n")?;
                if *left_out > 0 {
                    writeln!(self.out, "{left_out} tests were not run.\n")?;
                }
                writeln!(
                    self.out,
                    "| | test | steps | scenario |\n|---|---|---|---|\n{}",
                    self.rows
                )?;
                self.out.write_all(self.sections.as_bytes())?;
                self.out.flush()
            }
        }
    }
}
