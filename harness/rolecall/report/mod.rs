//! Telling what happened: each reporter reads events and outcomes, and nothing else.

mod diagram;
mod explanation;
mod github;
mod html;
mod json;
mod junit;
mod markdown;
mod tap;
mod terminal;

use std::io;

pub use explanation::{Reason, checks, explain, reasons};
pub use github::GithubReporter;
pub use html::HtmlReporter;
pub use json::JsonReporter;
pub use junit::JunitReporter;
pub use markdown::MarkdownReporter;
pub use tap::TapReporter;
pub use terminal::{Explain, TerminalReporter, TerminalStyle};

use crate::run::expect::name_of;
use crate::run::{Event, Got, StepResult};

/// Tells of a run, event by event.
pub trait Reporter {
    /// Writes what an event has to tell.
    ///
    /// # Errors
    ///
    /// As the writer behind it.
    fn report(&mut self, event: &Event<'_>) -> io::Result<()>;
}

/// What went wrong in a step, in plain lines: its reasons, the service's answer, and why it was denied.
fn account(step: &StepResult, sources: &crate::scenario::Sources) -> Vec<String> {
    let mut lines = step.reasons.clone();
    if let Some(Got::Refused(error)) = &step.got {
        let message = error.message.as_deref().unwrap_or("(no message)");
        lines.push(format!("{}: {message}", name_of(error)));
    }
    lines.extend(spoken_reasons(step, sources));
    lines
}

/// Why a step was denied, in plain lines: each reason, its places, its notes.
fn spoken_reasons(step: &StepResult, sources: &crate::scenario::Sources) -> Vec<String> {
    let mut lines = Vec::new();
    for reason in reasons(&step.evaluations, sources) {
        lines.push(reason.headline);
        let places = reason.places.iter();
        lines.extend(places.map(|(span, label)| format!("{}: {label}", sources.place(*span))));
        lines.extend(reason.notes);
    }
    lines
}
