//! AWS's checks in words, with the deciding statements underlined in the user's own files.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};
use rolecall_policy::evaluation::{Element, Mismatch, StatementTrace};
use rolecall_policy::{Check, CheckType, Effect, Evaluation, Span};

use crate::run::because::{DecidingCheck, deciding_checks, name_of, policy_of};
use crate::scenario::Sources;

/// Why a request was denied: one deciding check, in words and places.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// `nothing in the trust policy allows sts:AssumeRole`.
    pub headline: String,
    /// The deciding statement, or the elements that kept a statement from allowing, each with a label.
    pub places: Vec<(Span, String)>,
    /// What has no place in a file of the user: a bundled policy, or no policy at all.
    pub notes: Vec<String>,
}

/// The reasons for a denial, one for each deciding check; none for an allowed request.
pub fn reasons(evaluations: &[Evaluation], sources: &Sources) -> Vec<Reason> {
    deciding_checks(evaluations)
        .iter()
        .map(|deciding| reason(deciding, sources))
        .collect()
}

fn reason(deciding: &DecidingCheck<'_>, sources: &Sources) -> Reason {
    if deciding.check.effect == Effect::ExplicitDeny {
        explicit_reason(deciding, sources)
    } else {
        implicit_reason(deciding, sources)
    }
}

fn explicit_reason(deciding: &DecidingCheck<'_>, sources: &Sources) -> Reason {
    let headline = format!(
        "an explicit deny in {} refuses {}",
        name_of(policy_of(deciding)),
        deciding.evaluation.action
    );
    let mut reason = Reason {
        headline,
        places: Vec::new(),
        notes: Vec::new(),
    };
    for trace in deciding.check.matched().filter(|trace| !trace.allows) {
        reason.point_to(
            sources,
            trace,
            trace.span,
            "this statement denies".to_owned(),
        );
    }
    reason
}

fn implicit_reason(deciding: &DecidingCheck<'_>, sources: &Sources) -> Reason {
    let action = &deciding.evaluation.action;
    let headline = format!(
        "nothing in {} allows {action}",
        name_of(policy_of(deciding))
    );
    let mut reason = Reason {
        headline,
        places: Vec::new(),
        notes: Vec::new(),
    };
    let near = nearest_allows(deciding.check);
    for trace in &near {
        for mismatch in &trace.mismatches {
            reason.point_to(sources, trace, mismatch.span, describe_mismatch(mismatch));
        }
    }
    if near.is_empty() {
        reason.notes.push(nothing_near(deciding.check, action));
    }
    reason
}

impl Reason {
    /// Underlines a place in a file of the user; a bundled policy, which has none, is named in a note.
    fn point_to(&mut self, sources: &Sources, trace: &StatementTrace, span: Span, label: String) {
        if sources.get(span.source).is_some() {
            self.places.push((span, label));
        } else {
            self.notes
                .push(format!("{}: {label}", describe_statement(trace)));
        }
    }
}

/// `statement `Sid` of AmazonS3FullAccess`; the place says more where the policy is a file of the user.
fn describe_statement(trace: &StatementTrace) -> String {
    let policy = policy_name(trace);
    match trace.sid.as_deref() {
        Some(sid) if !sid.is_empty() => format!("statement `{sid}` of {policy}"),
        _ => format!("statement {} of {policy}", trace.index + 1),
    }
}

/// A managed policy's ARN; an inline one's own name, without the opaque id of its owner before it.
fn policy_name(trace: &StatementTrace) -> &str {
    let uri = trace.policy.uri.as_str();
    if trace.policy.inline {
        uri.rsplit('/').next().unwrap_or(uri)
    } else {
        uri
    }
}

/// The Allow statements that came nearest to allowing: those whose action fits, or, in a policy about one thing (a
/// trust policy), any; among them the ones with the fewest elements that didn't fit.
fn nearest_allows(check: &Check) -> Vec<&StatementTrace> {
    let allows = || {
        check
            .statements
            .iter()
            .filter(|trace| trace.allows && !trace.matched())
    };
    let fitting: Vec<_> = allows()
        .filter(|trace| !misses(trace, &Element::Action))
        .collect();
    let candidates = match (fitting.is_empty(), check.check_type) {
        (true, CheckType::Resource) => allows().collect(),
        _ => fitting,
    };
    let fewest = candidates.iter().map(|trace| trace.mismatches.len()).min();
    candidates
        .into_iter()
        .filter(|trace| Some(trace.mismatches.len()) == fewest)
        .collect()
}

fn misses(trace: &StatementTrace, element: &Element) -> bool {
    trace
        .mismatches
        .iter()
        .any(|mismatch| mismatch.element == *element)
}

fn nothing_near(check: &Check, action: &str) -> String {
    let policies: BTreeSet<&str> = check.statements.iter().map(policy_name).collect();
    if policies.is_empty() {
        "no policy of this kind is attached".to_owned()
    } else {
        format!(
            "no statement of {} speaks of {action}",
            policies.into_iter().collect::<Vec<_>>().join(", ")
        )
    }
}

fn describe_mismatch(mismatch: &Mismatch) -> String {
    let had = if mismatch.had.is_empty() {
        "nothing".to_owned()
    } else {
        quoted(&mismatch.had)
    };
    match &mismatch.element {
        Element::Statement => format!(
            "the statement never matches: AWS wants {}",
            quoted(&mismatch.wanted)
        ),
        Element::Principal => format!("the caller is {had}"),
        Element::Action => format!("the action is {had}"),
        Element::Resource => format!("the resource is {had}"),
        Element::Condition { key, .. } if mismatch.had.is_empty() => {
            format!(
                "wants {}, but the request has no `{key}`",
                quoted(&mismatch.wanted)
            )
        }
        Element::Condition { key, .. } => {
            format!("wants {}, but `{key}` is {had}", quoted(&mismatch.wanted))
        }
    }
}

/// The first few values, each in backticks.
fn quoted(values: &[String]) -> String {
    const MOST: usize = 3;
    let mut shown: Vec<String> = values
        .iter()
        .take(MOST)
        .map(|value| format!("`{value}`"))
        .collect();
    if values.len() > MOST {
        shown.push(format!("{} more", values.len() - MOST));
    }
    shown.join(" or ")
}

/// The reasons of a denial as text, each place underlined in its file.
pub fn explain(evaluations: &[Evaluation], sources: &Sources, styled: bool) -> String {
    let rendered: Vec<String> = reasons(evaluations, sources)
        .iter()
        .map(|reason| render(reason, sources, styled))
        .collect();
    rendered.join("\n\n")
}

fn render(reason: &Reason, sources: &Sources, styled: bool) -> String {
    let renderer = if styled {
        Renderer::styled()
    } else {
        Renderer::plain()
    };
    let mut group = Level::INFO
        .with_name("because")
        .primary_title(&reason.headline)
        .elements(std::iter::empty::<annotate_snippets::Element<'_>>());
    for (source, places) in by_source(&reason.places) {
        let Some(source) = sources.get(source) else {
            continue;
        };
        let mut snippet = Snippet::source(source.text()).path(source.path());
        for (span, label) in places {
            let kind = AnnotationKind::Primary.span(span.start as usize..span.end as usize);
            snippet = snippet.annotation(kind.label(label.as_str()));
        }
        group = group.element(snippet);
    }
    for note in &reason.notes {
        group = group.element(Level::NOTE.message(note));
    }
    renderer.render(&[group]).clone()
}

fn by_source(
    places: &[(Span, String)],
) -> std::collections::BTreeMap<rolecall_policy::SourceId, Vec<&(Span, String)>> {
    let mut grouped = std::collections::BTreeMap::new();
    for place in places {
        grouped
            .entry(place.0.source)
            .or_insert_with(Vec::new)
            .push(place);
    }
    grouped
}

/// Every check of an evaluation, a line each, in AWS's order: its effect, and the statements that matched with their
/// places.
pub fn checks(evaluation: &Evaluation, sources: &Sources) -> String {
    let mut text = String::new();
    for check in &evaluation.checks {
        let mut line = format!("{:<24} {}", check.check_type.name(), check.effect.name());
        if let Some(arn) = &check.target_arn {
            let _ = write!(line, "  at {arn}");
        }
        let _ = writeln!(text, "  {line}");
        for trace in check.matched() {
            let verb = if trace.allows { "allows" } else { "denies" };
            let place = sources.place(trace.span);
            let separator = if place.is_empty() { "" } else { "  " };
            let _ = writeln!(
                text,
                "    {} {verb}{separator}{place}",
                describe_statement(trace)
            );
        }
    }
    text
}
