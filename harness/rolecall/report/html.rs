//! A self-contained HTML page: every test with its steps as a sequence diagram, the worst first; filterable, dark and
//! light, on a phone too.

use std::fmt::Write as _;
use std::io::{self, Write};

use super::html_step::step;
use super::{Reporter, again, diagram};
use crate::run::{Event, Outcome, TestResult};
use crate::scenario::Sources;

const STYLE: &str = include_str!("report.css");
const SCRIPT: &str = include_str!("report.js");

/// The outcomes from the worst to the best, as the page has them.
const OUTCOMES: [Outcome; 4] = [Outcome::Error, Outcome::Fail, Outcome::Skip, Outcome::Pass];

/// Writes a run as an HTML page once it has ended. The page loads nothing.
pub struct HtmlReporter<'a, W> {
    out: W,
    sources: &'a Sources,
    tests: Vec<(Outcome, String)>,
    target: String,
}

impl<'a, W: Write> HtmlReporter<'a, W> {
    /// A reporter that writes to `out`.
    pub fn new(out: W, sources: &'a Sources) -> Self {
        Self {
            out,
            sources,
            tests: Vec::new(),
            target: String::new(),
        }
    }

    fn count(&self, outcome: Outcome) -> usize {
        let tests = self.tests.iter();
        tests.filter(|(known, _)| *known == outcome).count()
    }

    fn page(&self, summary: &str) -> String {
        let worst = OUTCOMES
            .into_iter()
            .find(|outcome| self.count(*outcome) > 0);
        let worst = worst.unwrap_or(Outcome::Pass).word();
        let mut page = format!(
            "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <meta name=\"color-scheme\" content=\"light dark\">\n<title>rolecall: {summary}</title>\n\
             <style>\n{STYLE}</style>\n</head>\n<body>\n<header class=\"{worst}\">\n<h1>rolecall</h1>\n\
             <p class=\"verdict\">{summary} <span class=\"target\">on {target}</span></p>\n{bar}</header>\n{filter}\
             <main>\n",
            summary = escape(summary),
            target = escape(&self.target),
            bar = self.bar(),
            filter = self.filter(),
        );
        for outcome in OUTCOMES {
            let tests = self.tests.iter().filter(|(known, _)| *known == outcome);
            page.extend(tests.map(|(_, test)| test.as_str()));
        }
        let _ = write!(
            page,
            "<p id=\"none\" hidden>No test matches.</p>\n</main>\n<script>\n{SCRIPT}</script>\n</body>\n</html>\n"
        );
        page
    }

    /// How much of all came out how.
    fn bar(&self) -> String {
        let mut bar = "<div class=\"bar\" aria-hidden=\"true\">".to_owned();
        for outcome in OUTCOMES {
            let count = self.count(outcome);
            if count > 0 {
                let _ = write!(
                    bar,
                    "<i class=\"{}\" style=\"flex:{count}\"></i>",
                    outcome.word()
                );
            }
        }
        bar + "</div>\n"
    }

    fn filter(&self) -> String {
        let mut filter = "<form id=\"filter\" role=\"search\"><input id=\"words\" type=\"search\" \
                          placeholder=\"Filter by name or text\" aria-label=\"Filter by name or text\">\
                          <span class=\"chips\">"
            .to_owned();
        for outcome in OUTCOMES {
            let (word, count) = (outcome.word(), self.count(outcome));
            if count > 0 {
                let _ = write!(
                    filter,
                    "<label class=\"chip {word}\"><input type=\"checkbox\" value=\"{word}\" checked>\
                     <b>{count}</b> {word}</label>"
                );
            }
        }
        filter
            + "<button type=\"button\" id=\"all\" aria-pressed=\"false\">Open all</button></span></form>\n"
    }
}

/// A test: its line, and below it, to be opened, its diagram and its steps.
fn test(test: &TestResult, sources: &Sources) -> String {
    let word = test.outcome().word();
    let open = if matches!(test.outcome(), Outcome::Fail | Outcome::Error) {
        " open"
    } else {
        ""
    };
    let name = escape(&test.name);
    let mut shown = format!(
        "<details class=\"test {word}\" id=\"{name}\" data-outcome=\"{word}\"{open}>\n\
         <summary><span class=\"badge\">{word}</span><span class=\"name\">{name}</span>\
         <span class=\"title\">{title}</span></summary>\n<div class=\"body\">\n",
        title = escape(&test.title),
    );
    if let Some(error) = &test.error {
        let _ = writeln!(shown, "<p class=\"reason\">{}</p>", escape(error));
    }
    let steps: Vec<String> = test
        .steps
        .iter()
        .map(|taken| step(taken, sources))
        .collect();
    let steps = format!("<ol class=\"steps\">\n{}</ol>\n", steps.concat());
    let sequence = diagram::sequence(&test.steps);
    // What went wrong comes first.
    let (first, then) = if open.is_empty() {
        (sequence, steps)
    } else {
        (steps, sequence)
    };
    let _ = write!(shown, "{first}{then}");
    let _ = write!(
        shown,
        "<p class=\"again\"><code>{}</code></p>\n</div>\n</details>\n",
        escape(&again(test))
    );
    shown
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
            Event::TestFinished(result) => {
                self.tests
                    .push((result.outcome(), test(result, self.sources)));
                Ok(())
            }
            Event::Finished {
                summary, left_out, ..
            } => {
                let mut summary = summary.to_string();
                if *left_out > 0 {
                    let _ = write!(summary, ", {left_out} not run");
                }
                let page = self.page(&summary);
                self.out.write_all(page.as_bytes())?;
                self.out.flush()
            }
        }
    }
}
