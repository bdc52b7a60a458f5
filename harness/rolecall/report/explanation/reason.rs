//! Why a request was denied or allowed: one check each, in words and places.

use std::collections::BTreeSet;

use rolecall_policy::arn::account;
use rolecall_policy::evaluation::{Element, StatementTrace};
use rolecall_policy::{Check, CheckType, Effect, Evaluation, Span};

use super::words::{
    describe_held, describe_mismatch, describe_statement, is_in_file, is_opaque, level_name,
    policy_name,
};
use crate::run::because::{
    DecidingCheck, concerns_trust, deciding_checks, name_of, of_type, policy_of,
};
use crate::run::{Outcome, StepResult};
use crate::scenario::Sources;

/// The most statements that are shown of those that came nearest.
const NEAREST: usize = 3;

/// Why a request was denied or allowed: one check, in words and places.
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
///
/// A trust policy can let a caller of its own account in without the caller's own policies. Where it doesn't, that is the
/// reason, and what those policies lack is left unsaid.
pub fn reasons(evaluations: &[Evaluation], caller: Option<&str>, sources: &Sources) -> Vec<Reason> {
    let deciding = deciding_checks(evaluations);
    deciding
        .iter()
        .filter(|check| !is_needless(check, &deciding, caller))
        .map(|deciding| reason(deciding, sources))
        .collect()
}

/// The reasons for the denial of a step; of one that was to be denied and wasn't, what allowed it.
pub(crate) fn of_step(step: &StepResult, sources: &Sources) -> Vec<Reason> {
    if step.expects_denial && step.outcome == Outcome::Fail {
        let grants = grants(&step.evaluations, sources);
        if !grants.is_empty() {
            return grants;
        }
    }
    reasons(&step.evaluations, step.caller.as_deref(), sources)
}

/// What allowed a request, one reason for each action: the statements that let it through; none for a denied request.
pub fn grants(evaluations: &[Evaluation], sources: &Sources) -> Vec<Reason> {
    if !evaluations.iter().all(Evaluation::is_allowed) {
        return Vec::new();
    }
    evaluations
        .iter()
        .map(|evaluation| grant(evaluation, sources))
        .collect()
}

fn grant(evaluation: &Evaluation, sources: &Sources) -> Reason {
    let granting = evaluation
        .checks
        .iter()
        .filter(|check| matches!(check.check_type, CheckType::Resource | CheckType::Principal));
    let allows: Vec<_> = granting.flat_map(Check::matched).collect();
    let mut layers: Vec<&str> = Vec::new();
    for trace in &allows {
        let layer = name_of(of_type(trace.policy_type, &evaluation.action));
        if !layers.contains(&layer) {
            layers.push(layer);
        }
    }
    let verb = if layers == ["the identity policies"] || layers.len() > 1 {
        "allow"
    } else {
        "allows"
    };
    let mut reason = Reason::new(if layers.is_empty() {
        format!("no policy needs to allow {}", evaluation.action)
    } else {
        format!("{} {verb} {}", layers.join(" and "), evaluation.action)
    });
    for trace in allows {
        reason.point_to(sources, trace, trace.span, "this statement allows");
    }
    reason
}

fn is_needless(
    check: &DecidingCheck<'_>,
    deciding: &[DecidingCheck<'_>],
    caller: Option<&str>,
) -> bool {
    let is_missing = |of: &DecidingCheck<'_>, check_type| {
        of.check.check_type == check_type && of.check.effect == Effect::ImplicitDeny
    };
    let evaluation = check.evaluation;
    let own = caller
        .and_then(account)
        .is_some_and(|own| account(&evaluation.resource) == Some(own));
    let untrusted = deciding.iter().any(|other| {
        std::ptr::eq(other.evaluation, evaluation) && is_missing(other, CheckType::Resource)
    });
    own && untrusted
        && concerns_trust(&evaluation.action)
        && is_missing(check, CheckType::Principal)
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
        layer(deciding),
        deciding.evaluation.action
    );
    let mut reason = Reason::new(headline);
    for trace in deciding.check.matched().filter(|trace| !trace.allows) {
        for condition in &trace.held {
            let label = format!(
                "{} denies, as {}",
                statement(trace),
                describe_held(condition)
            );
            reason.point_to(sources, trace, condition.span, &label);
        }
        if trace.held.is_empty() {
            reason.point_to(sources, trace, trace.span, "this statement denies");
        }
    }
    reason
}

fn implicit_reason(deciding: &DecidingCheck<'_>, sources: &Sources) -> Reason {
    let action = &deciding.evaluation.action;
    let headline = format!("nothing in {} allows {action}", layer(deciding));
    let mut reason = Reason::new(headline);
    let near = nearest_allows(deciding.check);
    for trace in &near {
        for mismatch in &trace.mismatches {
            reason.point_to(sources, trace, mismatch.span, &describe_mismatch(mismatch));
        }
    }
    if near.is_empty() {
        reason.notes.push(nothing_near(deciding.check, action));
    }
    reason
}

/// ``statement `Sid` ``, where there is a Sid.
fn statement(trace: &StatementTrace) -> String {
    match trace.sid.as_deref() {
        Some(sid) if !sid.is_empty() => format!("statement `{sid}`"),
        _ => "this statement".to_owned(),
    }
}

/// `the trust policy`, `a service control policy at the root`.
fn layer(deciding: &DecidingCheck<'_>) -> String {
    let layer = name_of(policy_of(deciding));
    match level_name(deciding.check) {
        Some(level) => format!("{layer} at {level}"),
        None => layer.to_owned(),
    }
}

impl Reason {
    fn new(headline: String) -> Self {
        Self {
            headline,
            places: Vec::new(),
            notes: Vec::new(),
        }
    }

    /// Underlines a place in a file of the user; a bundled policy, which has none, is named in a note.
    fn point_to(&mut self, sources: &Sources, trace: &StatementTrace, span: Span, label: &str) {
        if !is_in_file(sources, span) {
            let note = format!("{}: {label}", describe_statement(trace));
            self.notes.push(note);
        } else if !self.places.iter().any(|(place, _)| *place == span) {
            self.places.push((span, label.to_owned()));
        }
    }
}

/// The Allow statements that came nearest to allowing: those whose action fits, or, in a policy about one thing (a trust
/// policy, or one that sets a limit), any; among them the first few with the fewest elements that didn't fit.
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
        (false, _) | (true, CheckType::Principal) => fitting,
        (true, _) => allows().collect(),
    };
    let fewest = candidates.iter().map(|trace| trace.mismatches.len()).min();
    candidates
        .into_iter()
        .filter(|trace| Some(trace.mismatches.len()) == fewest)
        .take(NEAREST)
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
    let unnamed = policies.iter().any(|policy| is_opaque(policy));
    if policies.is_empty() {
        "no policy of this kind is attached".to_owned()
    } else if unnamed {
        format!("no statement there speaks of {action}")
    } else {
        format!(
            "no statement of {} speaks of {action}",
            policies.into_iter().collect::<Vec<_>>().join(", ")
        )
    }
}
