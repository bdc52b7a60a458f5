//! A step on the HTML page: its sentence, what went wrong, and why it was denied, with the statement that decided.

use std::fmt::Write as _;

use rolecall_policy::Span;

use super::explanation::{Reason, of_step};
use super::html::escape;
use crate::run::expect::name_of;
use crate::run::{Outcome, StepResult};
use crate::scenario::Sources;
use crate::target::Got;

/// The step as a list item.
pub(super) fn step(step: &StepResult, sources: &Sources) -> String {
    let wrong = matches!(step.outcome, Outcome::Fail | Outcome::Error);
    let mut shown = format!(
        "<li class=\"{}\"><p class=\"sentence\"><span class=\"number\">{}</span> {}</p>\n",
        step.outcome.word(),
        escape(&step.number),
        words(&step.title)
    );
    for reason in &step.reasons {
        let class = if wrong { "reason" } else { "note" };
        let _ = writeln!(shown, "<p class=\"{class}\">{}</p>", words(reason));
    }
    for note in &step.notes {
        let _ = writeln!(shown, "<p class=\"note\"><b>note</b> {}</p>", words(note));
    }
    if let Some(Got::Refused(error)) = &step.got {
        let message = error.message.as_deref().unwrap_or("(no message)");
        let name = escape(&name_of(error));
        let _ = writeln!(
            shown,
            "<p class=\"answer\"><b>{name}</b> {}</p>",
            escape(message)
        );
    }
    for reason in of_step(step, sources) {
        shown.push_str(&because(&reason, sources));
    }
    if wrong {
        let place = sources.place(step.span);
        let _ = writeln!(
            shown,
            "<p class=\"place\">expected at {}</p>",
            escape(&place)
        );
    }
    shown + "</li>\n"
}

fn because(reason: &Reason, sources: &Sources) -> String {
    let mut shown = format!(
        "<div class=\"because\"><p><b>because</b> {}</p>\n",
        words(&reason.headline)
    );
    for (span, label) in &reason.places {
        shown.push_str(&excerpt(*span, label, sources));
    }
    for note in &reason.notes {
        let _ = writeln!(shown, "<p class=\"note\">{}</p>", words(note));
    }
    shown + "</div>\n"
}

/// The lines that a place is in, the place marked, and what is to be said about it.
fn excerpt(span: Span, label: &str, sources: &Sources) -> String {
    let Some(source) = sources.get(span.source) else {
        return String::new();
    };
    let text = source.text();
    let line = source.line(span.start);
    let first = source.line_start(line);
    let last = source.line_start(source.line(span.end) + 1);
    let piece = |from: usize, to: usize| escape(text.get(from..to).unwrap_or_default());
    let (start, end) = (span.start as usize, span.end as usize);
    let before = piece(first, start);
    let after = piece(end, last);
    format!(
        "<figure class=\"excerpt\"><figcaption>{}:{line}</figcaption><pre><code>{}<mark>{}</mark>{}</code></pre>\
         <p class=\"label\">{}</p></figure>\n",
        escape(source.path()),
        before.trim_start(),
        piece(start, end),
        after.trim_end(),
        words(label)
    )
}

/// Text with what stands in backticks as code.
fn words(text: &str) -> String {
    let mut shown = String::new();
    let parts: Vec<&str> = text.split('`').collect();
    // A backtick without a partner is a backtick.
    let paired = parts.len() % 2 == 1;
    for (index, part) in parts.iter().enumerate() {
        let part = escape(part);
        let _ = match (index % 2, paired) {
            (1, true) => write!(shown, "<code>{part}</code>"),
            (_, true) => write!(shown, "{part}"),
            (_, false) if index == 0 => write!(shown, "{part}"),
            (_, false) => write!(shown, "`{part}"),
        };
    }
    shown
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("wants `a<b`, but", "wants <code>a&lt;b</code>, but")]
    #[case("a ` alone", "a ` alone")]
    #[case("<plain>", "&lt;plain&gt;")]
    fn backticks_are_code_and_nothing_is_markup(#[case] text: &str, #[case] html: &str) {
        assert_eq!(words(text), html);
    }
}
