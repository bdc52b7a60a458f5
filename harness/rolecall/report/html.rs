//! A self-contained HTML page: every test with its steps as a sequence diagram, filterable, dark and light.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{self, Write};

use super::{Reporter, account, diagram, explain};
use crate::run::{Event, Outcome, StepResult, TestResult};
use crate::scenario::Sources;

const STYLE: &str = include_str!("report.css");
const SCRIPT: &str = include_str!("report.js");

/// Writes a run as an HTML page once it has ended. The page loads nothing.
pub struct HtmlReporter<'a, W> {
    out: W,
    sources: &'a Sources,
    tests: String,
    counts: BTreeMap<&'static str, usize>,
    target: String,
}

impl<'a, W: Write> HtmlReporter<'a, W> {
    /// A reporter that writes to `out`.
    pub fn new(out: W, sources: &'a Sources) -> Self {
        Self {
            out,
            sources,
            tests: String::new(),
            counts: BTreeMap::new(),
            target: String::new(),
        }
    }

    fn test(&mut self, test: &TestResult) {
        let outcome = test.outcome();
        *self.counts.entry(outcome.word()).or_default() += 1;
        let open = if matches!(outcome, Outcome::Fail | Outcome::Error) {
            " open"
        } else {
            ""
        };
        let name = escape(&test.name);
        let _ = write!(
            self.tests,
            "<details class=\"test {word}\" data-outcome=\"{word}\" data-name=\"{name}\"{open}>\n\
             <summary><span class=\"badge\">{word}</span><span class=\"name\">{name}</span>\
             <span class=\"title\">{title}</span></summary>\n",
            word = outcome.word(),
            title = escape(&test.title),
        );
        if let Some(error) = &test.error {
            let _ = writeln!(self.tests, "<p class=\"error-text\">{}</p>", escape(error));
        }
        self.tests.push_str(&diagram::sequence(&test.steps));
        self.tests.push_str("<ol class=\"steps\">\n");
        for step in &test.steps {
            self.step(step);
        }
        self.tests.push_str("</ol>\n</details>\n");
    }

    fn step(&mut self, step: &StepResult) {
        let _ = write!(
            self.tests,
            "<li class=\"{}\"><span class=\"number\">{}</span> {}",
            step.outcome.word(),
            escape(&step.number),
            escape(&step.title)
        );
        if step.outcome == Outcome::Pass {
            if let Some(reason) = super::reasons(&step.evaluations, self.sources).first() {
                let _ = write!(
                    self.tests,
                    "<p class=\"because\">{}</p>",
                    escape(&reason.headline)
                );
            }
        } else {
            for line in account(step, self.sources) {
                let _ = write!(self.tests, "<p>{}</p>", escape(&line));
            }
            let text = explain(&step.evaluations, self.sources, false);
            if !text.is_empty() {
                let _ = write!(self.tests, "<pre>{}</pre>", escape(&text));
            }
        }
        self.tests.push_str("</li>\n");
    }

    fn page(&self, summary: &str) -> String {
        let mut filters = String::new();
        for word in ["pass", "fail", "error", "skip"] {
            if let Some(count) = self.counts.get(word) {
                let _ = write!(
                    filters,
                    "<label class=\"{word}\"><input type=\"checkbox\" value=\"{word}\" checked> {count} {word}</label>"
                );
            }
        }
        format!(
            "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <meta name=\"color-scheme\" content=\"light dark\">\n<title>rolecall: {summary}</title>\n\
             <style>\n{STYLE}</style>\n</head>\n<body>\n<header>\n<h1>rolecall</h1>\n\
             <p class=\"summary\">{summary} <span class=\"target\">on {target}</span></p>\n\
             <form id=\"filter\" role=\"search\"><input id=\"words\" type=\"search\" \
             placeholder=\"Filter by name\" aria-label=\"Filter by name\">{filters}</form>\n</header>\n\
             <main>\n{tests}<p id=\"none\" hidden>No test matches.</p>\n</main>\n\
             <script>\n{SCRIPT}</script>\n</body>\n</html>\n",
            summary = escape(summary),
            target = escape(&self.target),
            tests = self.tests,
        )
    }
}

/// Text as HTML text or attribute value.
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

impl<W: Write> Reporter for HtmlReporter<'_, W> {
    fn report(&mut self, event: &Event<'_>) -> io::Result<()> {
        match event {
            Event::Started { target, .. } => {
                (*target).clone_into(&mut self.target);
                Ok(())
            }
            Event::TestFinished(test) => {
                self.test(test);
                Ok(())
            }
            Event::Finished { summary, .. } => {
                let page = self.page(&summary.to_string());
                self.out.write_all(page.as_bytes())?;
                self.out.flush()
            }
        }
    }
}
