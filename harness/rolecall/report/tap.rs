//! The Test Anything Protocol, version 14: a test point for each test, its steps as a subtest.

use std::io::{self, Write};

use super::{Reporter, account, notes};
use crate::run::{Event, Outcome, StepResult, TestResult};
use crate::scenario::Sources;

/// Writes a run as TAP.
pub struct TapReporter<'a, W> {
    out: W,
    sources: &'a Sources,
    told: usize,
}

impl<'a, W: Write> TapReporter<'a, W> {
    /// A reporter that writes to `out`.
    pub fn new(out: W, sources: &'a Sources) -> Self {
        Self {
            out,
            sources,
            told: 0,
        }
    }

    fn test(&mut self, test: &TestResult) -> io::Result<()> {
        self.told += 1;
        writeln!(self.out, "# Subtest: {}", escape(&test.name))?;
        for (index, step) in test.steps.iter().enumerate() {
            self.step(index + 1, step)?;
        }
        writeln!(self.out, "    1..{}", test.steps.len())?;
        let point = point(test.outcome(), self.told, &test.name);
        match (&test.error, test.outcome()) {
            (Some(error), _) => writeln!(
                self.out,
                "{point}\n  ---\n  message: {}\n  ...",
                quote(error)
            ),
            (None, Outcome::Skip) => writeln!(self.out, "{point} # SKIP"),
            (None, _) => writeln!(self.out, "{point}"),
        }
    }

    fn step(&mut self, number: usize, step: &StepResult) -> io::Result<()> {
        let point = point(
            step.outcome,
            number,
            &format!("{} {}", step.number, step.title),
        );
        match step.outcome {
            Outcome::Pass => {
                writeln!(self.out, "    {point}")?;
                for note in notes(step) {
                    writeln!(self.out, "    # {}", escape(&note))?;
                }
                Ok(())
            }
            Outcome::Skip => writeln!(
                self.out,
                "    {point} # SKIP {}",
                escape(&step.reasons.join("; "))
            ),
            Outcome::Fail | Outcome::Error => {
                writeln!(
                    self.out,
                    "    {point}\n      ---\n      severity: {}",
                    step.outcome.word()
                )?;
                writeln!(
                    self.out,
                    "      at: {}",
                    quote(&self.sources.place(step.span))
                )?;
                writeln!(self.out, "      because:")?;
                for line in account(step, self.sources) {
                    writeln!(self.out, "        - {}", quote(&line))?;
                }
                writeln!(self.out, "      ...")
            }
        }
    }
}

fn point(outcome: Outcome, number: usize, name: &str) -> String {
    let word = if matches!(outcome, Outcome::Fail | Outcome::Error) {
        "not ok"
    } else {
        "ok"
    };
    format!("{word} {number} - {}", escape(name))
}

/// `#` and `\` mean something to TAP.
fn escape(text: &str) -> String {
    text.replace('\\', "\\\\")
        .replace('#', "\\#")
        .replace(['\n', '\r'], " ")
}

/// A YAML double-quoted scalar, which JSON's strings are too.
fn quote(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

impl<W: Write> Reporter for TapReporter<'_, W> {
    fn report(&mut self, event: &Event<'_>) -> io::Result<()> {
        match event {
            Event::Started { .. } => writeln!(self.out, "TAP version 14"),
            Event::TestFinished(test) => self.test(test),
            Event::Finished { left_out, .. } => {
                writeln!(self.out, "1..{}", self.told)?;
                if *left_out > 0 {
                    writeln!(self.out, "# {left_out} tests not run")?;
                }
                self.out.flush()
            }
        }
    }
}
