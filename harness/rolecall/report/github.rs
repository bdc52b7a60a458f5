//! GitHub Actions' workflow commands: an annotation at the place of each step that didn't pass, or that has a note, and of
//! each mistake in a file.

use std::io::{self, Write};

use rolecall_policy::Span;

use super::{Reporter, account};
use crate::run::{Event, Outcome, StepResult, TestResult};
use crate::scenario::{Diagnostic, Sources};

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
        let place = place(step.span, self.sources);
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

/// Mistakes and warnings of files as annotations (`::error file=…,line=…::…`), a line each, for what GitHub's runner reads.
pub fn annotations(diagnostics: &[Diagnostic], sources: &Sources) -> String {
    let annotation = |diagnostic: &Diagnostic| {
        let level = if diagnostic.is_error() {
            "error"
        } else {
            "warning"
        };
        let place = diagnostic
            .at
            .as_ref()
            .map(|(span, _)| place(*span, sources));
        let label = diagnostic
            .at
            .as_ref()
            .map(|(_, label)| format!(": {label}"));
        let help = diagnostic.help.as_ref().map(|help| format!("\n{help}"));
        let text = [Some(diagnostic.message.clone()), label, help];
        let text: String = text.into_iter().flatten().collect();
        format!(
            "::{level} {}title={}::{}\n",
            place.unwrap_or_default(),
            property(diagnostic.code),
            data(&text)
        )
    };
    diagnostics.iter().map(annotation).collect()
}

/// `file=…,line=…,col=…,` of a place in a file.
fn place(span: Span, sources: &Sources) -> String {
    sources.get(span.source).map_or_else(String::new, |source| {
        let (line, column) = source.line_column(span.start);
        format!("file={},line={line},col={column},", property(source.path()))
    })
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mistake_is_annotated_in_its_place() {
        let mut sources = Sources::new();
        let source = sources.add("team, a/it.yaml", "scenario: x\nsteps: 5\n");
        let mistake = Diagnostic::error("scenario::wrong-type", "`steps` is no list")
            .at(Span::new(source, 19, 20), "a number")
            .help("write\n  - …");
        let general = Diagnostic::error("scenario::unreadable", "50% is lost");

        assert_eq!(
            annotations(&[mistake, general], &sources),
            "::error file=team%2C a/it.yaml,line=2,col=8,title=scenario%3A%3Awrong-type::`steps` is no list: a number%0Awrite%0A  \
             - …\n::error title=scenario%3A%3Aunreadable::50%25 is lost\n"
        );
    }
}
