//! Why a denial happened, in prose with links into the policies.

use std::fmt::Write as _;

use rolecall_policy::{Evaluation, Span};

use super::markdown::{capitalized, code, text};
use super::page::{Links, file_name};
use crate::report::of_step;
use crate::run::StepResult;

/// The longest piece of a policy that is shown beside what was wrong with it.
const LONGEST: usize = 110;

/// The reasons of a denial as a quotation; empty for what was allowed.
pub(super) fn why(step: &StepResult, links: &Links<'_>) -> String {
    let mut quotation = String::new();
    for (index, reason) in of_step(step, links.sources).iter().enumerate() {
        let word = if index == 0 { "**Why?** " } else { "And " };
        let headline = with_actions_as_code(&reason.headline, &step.evaluations);
        let headline = if index == 0 {
            capitalized(&headline)
        } else {
            headline
        };
        let _ = write!(quotation, "> {word}{headline}");
        let mut details = Vec::new();
        for (span, label) in &reason.places {
            details.push(place(*span, label, links));
        }
        details.extend(reason.notes.iter().map(|note| text(note)));
        match details.as_slice() {
            [] => quotation.push_str(".\n"),
            [only] if reason.places.is_empty() => {
                let _ = writeln!(quotation, ": {only}.");
            }
            several => {
                quotation.push_str(":\n");
                for detail in several {
                    let _ = writeln!(quotation, "> - {detail}");
                }
            }
        }
        quotation.push_str(">\n");
    }
    let quotation = quotation.trim_end().trim_end_matches('>').trim_end();
    if quotation.is_empty() {
        String::new()
    } else {
        format!("\n{quotation}\n")
    }
}

fn with_actions_as_code(headline: &str, evaluations: &[Evaluation]) -> String {
    let action = evaluations
        .iter()
        .find(|evaluation| headline.ends_with(&evaluation.action));
    match action {
        Some(evaluation) => {
            let kept = headline.len() - evaluation.action.len();
            format!(
                "{}{}",
                headline.get(..kept).unwrap_or_default(),
                code(&evaluation.action)
            )
        }
        None => headline.to_owned(),
    }
}

/// ``in [trust.json, line 9](…), `"sts:ExternalId": "Customer-4711"`: wants …``.
fn place(span: Span, label: &str, links: &Links<'_>) -> String {
    let Some(source) = links.sources.get(span.source) else {
        return text(label);
    };
    let (line, _) = source.line_column(span.start);
    let shown = format!("line {line} of {}", file_name(source.path()));
    let place = match links.to(source.path()) {
        Some(way) => format!("[{shown}]({way}#L{line})"),
        None => shown,
    };
    let excerpt = links.sources.text(span);
    let excerpt = excerpt.split_whitespace().collect::<Vec<_>>().join(" ");
    if excerpt.chars().count() <= LONGEST {
        format!("{}: {} ({place})", code(&excerpt), text(label))
    } else {
        format!("{place}: {}", text(label))
    }
}
