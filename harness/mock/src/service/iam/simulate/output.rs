//! Results as answers have them.
//!
//! AWS: IAM API Reference, `EvaluationResult` and `ResourceSpecificResult`, and the examples of the two operations.

use std::collections::BTreeMap;

use rolecall_policy::Effect;
use rolecall_policy::evaluation::StatementTrace;
use rolecall_wire::{Structure, Value};

use super::outcome::{Outcome, name};
use super::position::{Position, Positions};

/// The result of an action on all resources.
pub(super) fn result(
    action: &str,
    resources: &[String],
    outcomes: &[Outcome<'_>],
    positions: &mut Positions,
) -> Value {
    let first = resources.first().map_or("*", String::as_str);
    let result = Structure::new()
        .with("EvalActionName", action)
        .with("EvalResourceName", first)
        .with("EvalDecision", decision(overall(outcomes)));
    let result = match outcomes {
        [one] => alone(one, result, first == "*", positions),
        // How AWS sums up several resources isn't documented: the statements are in the resources' own results.
        several => several
            .first()
            .map_or(Structure::new(), |first| {
                with_organizations(first, result.clone())
            })
            .with("MatchedStatements", Vec::new())
            .with("MissingContextValues", Vec::new()),
    };
    if resources == ["*"] {
        return result.into();
    }
    let specific = resources.iter().zip(outcomes);
    let specific: Vec<Value> = specific
        .map(|(resource, outcome)| on_resource(resource, outcome, positions))
        .collect();
    result.with("ResourceSpecificResults", specific).into()
}

/// What is refused on one resource is refused.
fn overall(outcomes: &[Outcome<'_>]) -> Effect {
    let decisions = || outcomes.iter().map(Outcome::decision);
    [Effect::ExplicitDeny, Effect::ImplicitDeny]
        .into_iter()
        .find(|denied| decisions().any(|decision| decision == *denied))
        .unwrap_or(Effect::Allow)
}

fn alone(
    outcome: &Outcome<'_>,
    result: Structure,
    everywhere: bool,
    positions: &mut Positions,
) -> Structure {
    let result = result
        .with(
            "MatchedStatements",
            statements(&outcome.matched(), positions),
        )
        .with("MissingContextValues", missing(outcome));
    let result = with_boundary(outcome, with_organizations(outcome, result));
    match outcome.details() {
        Some(details) => result.with("EvalDecisionDetails", map(details)),
        // AWS: within an account it is there and empty, but for `*` and where service control policies end it all.
        None if everywhere || outcome.allowed_by_organizations() == Some(false) => result,
        None => result.with("EvalDecisionDetails", Value::Map(BTreeMap::new())),
    }
}

fn on_resource(resource: &str, outcome: &Outcome<'_>, positions: &mut Positions) -> Value {
    let result = Structure::new()
        .with("EvalResourceName", resource)
        .with("EvalResourceDecision", decision(outcome.decision()))
        .with(
            "MatchedStatements",
            statements(&outcome.matched_on_resource(), positions),
        )
        .with("MissingContextValues", missing(outcome))
        .with_some("EvalDecisionDetails", outcome.details().map(map));
    with_boundary(outcome, result).into()
}

fn with_organizations(outcome: &Outcome<'_>, result: Structure) -> Structure {
    let detail = |allowed: bool| Structure::new().with("AllowedByOrganizations", allowed);
    let allowed = outcome.allowed_by_organizations();
    result.with_some("OrganizationsDecisionDetail", allowed.map(detail))
}

fn with_boundary(outcome: &Outcome<'_>, result: Structure) -> Structure {
    let detail = |allowed: bool| Structure::new().with("AllowedByPermissionsBoundary", allowed);
    let allowed = outcome.allowed_by_boundary();
    result.with_some("PermissionsBoundaryDecisionDetail", allowed.map(detail))
}

fn missing(outcome: &Outcome<'_>) -> Vec<Value> {
    let keys = outcome.missing_keys().into_iter();
    keys.map(Value::from).collect()
}

fn map(details: Vec<(&'static str, Effect)>) -> Value {
    let entries = details.into_iter();
    let entries = entries.map(|(name, effect)| (name.to_owned(), Value::from(decision(effect))));
    Value::Map(entries.collect())
}

fn statements(matched: &[&StatementTrace], positions: &mut Positions) -> Vec<Value> {
    let matched = matched.iter();
    matched.map(|trace| statement(trace, positions)).collect()
}

fn statement(trace: &StatementTrace, positions: &mut Positions) -> Value {
    let range = positions.of_statement(&trace.policy, trace.index);
    let (start, end) = range.unzip();
    Structure::new()
        .with("SourcePolicyId", trace.policy.uri.as_str())
        .with("SourcePolicyType", name(trace.policy_type))
        .with_some("StartPosition", start.map(position))
        .with_some("EndPosition", end.map(position))
        .into()
}

fn position(position: Position) -> Structure {
    let number = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
    Structure::new()
        .with("Line", number(position.line))
        .with("Column", number(position.column))
}

fn decision(effect: Effect) -> &'static str {
    match effect {
        Effect::Allow | Effect::NoImpact => "allowed",
        Effect::ExplicitDeny => "explicitDeny",
        Effect::ImplicitDeny => "implicitDeny",
    }
}
