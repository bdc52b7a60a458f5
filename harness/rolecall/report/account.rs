//! What went wrong, in plain lines: for the forms that don't draw.

use super::explanation::{of_step, speak};
use crate::run::StepResult;
use crate::run::expect::name_of;
use crate::scenario::Sources;
use crate::target::Got;

/// What went wrong in a step, in plain lines: its reasons, the service's answer, why it was denied, and its notes.
pub(super) fn account(step: &StepResult, sources: &Sources) -> Vec<String> {
    let mut lines = step.reasons.clone();
    if let Some(Got::Refused(error)) = &step.got {
        let message = error.message.as_deref().unwrap_or("(no message)");
        lines.push(format!("{}: {message}", name_of(error)));
    }
    lines.extend(speak(&of_step(step, sources), sources));
    lines.extend(notes(step));
    lines
}

/// A step's notes, each called so.
pub(super) fn notes(step: &StepResult) -> impl Iterator<Item = String> {
    step.notes.iter().map(|note| format!("note: {note}"))
}
