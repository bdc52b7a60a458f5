//! The report on a terminal, and its plain form for screen readers and logs.

use std::io::{self, Write};
use std::time::Duration;

use anstyle::{AnsiColor, Style};

use super::explanation::{checks, draw, of_step, speak};
use super::{Reporter, again, notes};
use crate::run::expect::name_of;
use crate::run::{Event, Outcome, StepResult, Summary, TestResult};
use crate::scenario::Sources;
use crate::target::Got;

/// Which steps are explained.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Explain {
    /// Those that didn't come out as expected.
    #[default]
    Failed,
    /// Every step that was decided.
    All,
    /// None.
    None,
}

/// How a run is told.
#[derive(Clone, Copy, Debug, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "independent settings, each named where it is set"
)]
pub struct TerminalStyle {
    /// Colours and bold.
    pub styled: bool,
    /// One fact a line, no drawing, no columns.
    pub plain: bool,
    /// Tests that passed are not listed.
    pub quiet: bool,
    /// Every step is listed, and how long tests took (so that only then two runs differ).
    pub verbose: bool,
    /// Which steps are explained.
    pub explain: Explain,
}

/// Writes a run as text: a line for each test, and the whole reason of whatever went wrong.
pub struct TerminalReporter<'a, W> {
    out: W,
    sources: &'a Sources,
    style: TerminalStyle,
}

impl<'a, W: Write> TerminalReporter<'a, W> {
    /// A reporter that writes to `out` and underlines in `sources`.
    pub fn new(out: W, sources: &'a Sources, style: TerminalStyle) -> Self {
        Self {
            out,
            sources,
            style,
        }
    }

    fn test(&mut self, test: &TestResult) -> io::Result<()> {
        let outcome = test.outcome();
        let noted = test.notes().next().is_some();
        if !self.style.quiet || outcome != Outcome::Pass || noted {
            self.test_line(test, outcome)?;
        }
        if let Some(error) = &test.error {
            writeln!(self.out, "      {error}")?;
        }
        let mut told = false;
        for step in &test.steps {
            if told && !self.style.plain && self.explains(step) {
                writeln!(self.out)?;
            }
            told |= self.step(test, step)?;
        }
        if told && matches!(outcome, Outcome::Fail | Outcome::Error) {
            let again = format!("again: {}", again(test));
            writeln!(self.out, "      {}\n", self.dim(&again))?;
        }
        Ok(())
    }

    fn test_line(&mut self, test: &TestResult, outcome: Outcome) -> io::Result<()> {
        let word = self.word(outcome);
        let mut name = test.name.clone();
        if test.tries > 1 {
            name.push_str(&self.dim(&format!("  ({} tries)", test.tries)));
        }
        if self.style.plain {
            return writeln!(self.out, "{}: {name}", outcome.word());
        }
        if self.style.verbose {
            let duration = self.dim(&show_duration(test.duration));
            return writeln!(self.out, "{word}  {name}  {duration}");
        }
        writeln!(self.out, "{word}  {name}")
    }

    fn explains(&self, step: &StepResult) -> bool {
        match self.style.explain {
            Explain::All => !step.evaluations.is_empty(),
            Explain::Failed => is_wrong(step),
            Explain::None => false,
        }
    }

    /// Whether a step went wrong, was skipped, has a note, or is to be shown.
    fn shows(&self, step: &StepResult) -> bool {
        let skipped = step.outcome == Outcome::Skip && !step.unreached;
        let noted = !step.notes.is_empty();
        is_wrong(step) || skipped || noted || self.explains(step) || self.style.verbose
    }

    /// Writes a step if it is to be shown; tells whether it went wrong.
    fn step(&mut self, test: &TestResult, step: &StepResult) -> io::Result<bool> {
        if self.shows(step) {
            let name = format!("{}/{}", test.name, step.number);
            let word = self.word(step.outcome);
            let name = self.bold(&name);
            if self.style.plain {
                writeln!(
                    self.out,
                    "step {name}: {}: {}",
                    step.outcome.word(),
                    step.title
                )?;
            } else {
                writeln!(self.out, "  {word}  {name}  {}", step.title)?;
            }
            self.circumstances(step)?;
        }
        if self.explains(step) {
            self.explanation(step)?;
        }
        Ok(is_wrong(step))
    }

    fn circumstances(&mut self, step: &StepResult) -> io::Result<()> {
        for reason in &step.reasons {
            let reason = if is_wrong(step) {
                self.red(reason)
            } else {
                reason.clone()
            };
            writeln!(self.out, "      {reason}")?;
        }
        if let Some(Got::Refused(error)) = &step.got {
            let message = error.message.as_deref().unwrap_or("(no message)");
            writeln!(self.out, "      {}: {message}", name_of(error))?;
        }
        for note in notes(step) {
            writeln!(self.out, "      {}", self.yellow(&note))?;
        }
        if matches!(step.outcome, Outcome::Fail | Outcome::Error) {
            let place = self.sources.place(step.span);
            if !place.is_empty() {
                writeln!(
                    self.out,
                    "      {}",
                    self.dim(&format!("expected at {place}"))
                )?;
            }
        }
        Ok(())
    }

    fn explanation(&mut self, step: &StepResult) -> io::Result<()> {
        let reasons = of_step(step, self.sources);
        if self.style.plain {
            for line in speak(&reasons, self.sources) {
                writeln!(self.out, "      because: {line}")?;
            }
        } else {
            for line in draw(&reasons, self.sources, self.style.styled).lines() {
                let indented = format!("      {line}");
                writeln!(self.out, "{}", indented.trim_end())?;
            }
        }
        if self.style.explain == Explain::All {
            for evaluation in &step.evaluations {
                writeln!(
                    self.out,
                    "      {} on {}",
                    evaluation.action, evaluation.resource
                )?;
                for line in checks(evaluation, self.sources).lines() {
                    writeln!(self.out, "      {line}")?;
                }
            }
        }
        Ok(())
    }

    fn word(&self, outcome: Outcome) -> String {
        let colour = match outcome {
            Outcome::Pass => AnsiColor::Green,
            Outcome::Skip => AnsiColor::Yellow,
            Outcome::Fail | Outcome::Error => AnsiColor::Red,
        };
        let style = Style::new().fg_color(Some(colour.into())).bold();
        self.paint(style, &format!("{:<5}", outcome.word()))
    }

    fn bold(&self, text: &str) -> String {
        self.paint(Style::new().bold(), text)
    }

    fn red(&self, text: &str) -> String {
        self.paint(Style::new().fg_color(Some(AnsiColor::Red.into())), text)
    }

    fn yellow(&self, text: &str) -> String {
        self.paint(Style::new().fg_color(Some(AnsiColor::Yellow.into())), text)
    }

    /// The counts, green where all is well.
    fn summary(&self, summary: Summary) -> String {
        let colour = match (summary.failed + summary.errors, summary.passed) {
            (0, 0) => AnsiColor::Yellow,
            (0, _) => AnsiColor::Green,
            _ => AnsiColor::Red,
        };
        let style = Style::new().fg_color(Some(colour.into())).bold();
        self.paint(style, &summary.to_string())
    }

    fn dim(&self, text: &str) -> String {
        self.paint(Style::new().dimmed(), text)
    }

    fn paint(&self, style: Style, text: &str) -> String {
        if self.style.styled {
            format!("{style}{text}{style:#}")
        } else {
            text.to_owned()
        }
    }
}

impl<W: Write> Reporter for TerminalReporter<'_, W> {
    fn report(&mut self, event: &Event<'_>) -> io::Result<()> {
        match event {
            Event::Started { .. } => Ok(()),
            Event::TestFinished(test) => self.test(test),
            Event::Finished {
                summary,
                duration,
                left_out,
            } => {
                if *left_out > 0 {
                    writeln!(self.out, "{left_out} not run")?;
                }
                if self.style.verbose {
                    writeln!(
                        self.out,
                        "{}",
                        self.dim(&format!("in {}", show_duration(*duration)))
                    )?;
                }
                writeln!(self.out, "{}", self.summary(*summary))?;
                self.out.flush()
            }
        }
    }
}

fn is_wrong(step: &StepResult) -> bool {
    matches!(step.outcome, Outcome::Fail | Outcome::Error)
}

/// What is told of a step that came out otherwise than expected, for the message of a panic.
pub(crate) fn step_that_failed(step: &StepResult, sources: &Sources) -> String {
    written(sources, |reporter| {
        writeln!(reporter.out, "{}", step.title)?;
        reporter.circumstances(step)?;
        reporter.explanation(step)
    })
}

/// What is told of a test that came out otherwise than expected.
#[cfg(feature = "suite")]
pub(crate) fn test_that_failed(test: &TestResult, sources: &Sources) -> String {
    written(sources, |reporter| reporter.test(test))
}

fn written(
    sources: &Sources,
    write: impl FnOnce(&mut TerminalReporter<'_, &mut Vec<u8>>) -> io::Result<()>,
) -> String {
    let mut out = Vec::new();
    let mut reporter = TerminalReporter::new(&mut out, sources, TerminalStyle::default());
    let done = write(&mut reporter);
    let text = String::from_utf8_lossy(&out).into_owned();
    match done {
        Ok(()) => text,
        Err(error) => format!("{text}{error}"),
    }
}

/// `1.2 ms`, `340 ms`, `2.5 s`.
fn show_duration(duration: Duration) -> String {
    let milliseconds = duration.as_secs_f64() * 1000.0;
    if milliseconds < 10.0 {
        format!("{milliseconds:.1} ms")
    } else if milliseconds < 1000.0 {
        format!("{milliseconds:.0} ms")
    } else {
        format!("{:.1} s", milliseconds / 1000.0)
    }
}
