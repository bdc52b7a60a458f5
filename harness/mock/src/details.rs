//! An authorization in AWS's own words: the shapes of `GetRequestAuthorizationDetails`.

use std::collections::BTreeMap;

use rolecall_policy::evaluation::StatementTrace;
use rolecall_policy::{Check, CheckType, Context, Effect, Evaluation, PolicyType};
use rolecall_wire::{Structure, Value};

use crate::authorization::{Authorization, Question};

/// Every evaluation of an authorization, each with what names the request beside AWS's members.
pub(crate) fn evaluations(authorization: &Authorization) -> Vec<Structure> {
    let caller = authorization.caller_arn.as_deref();
    authorization
        .questions
        .iter()
        .map(|question| {
            evaluation(authorization, question)
                .with("authorizationId", authorization.id.as_str())
                .with("time", format!("{:.0}", authorization.time))
                .with("service", authorization.service)
                .with("operation", authorization.operation)
                .with("principal", caller.unwrap_or("anonymous"))
        })
        .collect()
}

/// AWS's Evaluation; its context has the keys that the request as a whole doesn't.
fn evaluation(authorization: &Authorization, question: &Question) -> Structure {
    let explained = question.explain();
    let own = |key: &str, values: &[String]| authorization.context.get(key) != Some(values);
    Structure::new()
        .with("action", explained.action.as_str())
        .with("resource", explained.resource.as_str())
        .with("context", context(question.context(), own))
        .with("evaluatedEffect", effect(explained.effect))
        .with("checks", list(explained.checks.iter().map(check)))
        .with(
            "matchedPolicies",
            matched_policies(all_statements(&explained)),
        )
}

fn context(context: &Context, wanted: impl Fn(&str, &[String]) -> bool) -> Value {
    let text = |value: &String| Value::String(value.clone());
    let entries = context
        .iter()
        .filter(|(key, values, _)| wanted(key, values))
        .map(|(key, values, multivalued)| {
            let value = match (values, multivalued) {
                ([value], false) => text(value),
                (values, _) => Value::List(values.iter().map(text).collect()),
            };
            (key.to_owned(), value)
        });
    Value::Map(entries.collect::<BTreeMap<_, _>>())
}

fn all_statements(evaluation: &Evaluation) -> impl Iterator<Item = &StatementTrace> {
    evaluation.checks.iter().flat_map(|check| &check.statements)
}

fn check(check: &Check) -> Structure {
    let types = check.relevant_policy_types.iter().copied();
    Structure::new()
        .with("checkType", check_type(check.check_type))
        .with("evaluatedEffect", effect(check.effect))
        .with_some("targetArn", check.target_arn.as_deref())
        .with(
            "relevantPolicyTypes",
            types.map(|t| policy_type(t).into()).collect::<Vec<Value>>(),
        )
        .with("matchedPolicies", matched_policies(check.statements.iter()))
}

/// The policies with a statement that matched, in order.
fn matched_policies<'e>(statements: impl Iterator<Item = &'e StatementTrace>) -> Value {
    let mut policies: Vec<(&str, Vec<Value>)> = Vec::new();
    for statement in statements.filter(|statement| statement.mismatches.is_empty()) {
        let uri = statement.policy.uri.as_str();
        let described = Value::Structure(matched_statement(statement));
        match policies.iter_mut().find(|(other, _)| *other == uri) {
            Some((_, statements)) if statements.contains(&described) => {}
            Some((_, statements)) => statements.push(described),
            None => policies.push((uri, vec![described])),
        }
    }
    list(policies.into_iter().map(|(uri, statements)| {
        Structure::new()
            .with("uri", uri)
            .with("matchedStatements", statements)
    }))
}

/// A statement without a Sid gets one that tells its place.
fn matched_statement(statement: &StatementTrace) -> Structure {
    let place = || format!("Statement{}", statement.index + 1);
    let sid = statement.sid.clone().unwrap_or_else(place);
    let effect = if statement.allows { "ALLOW" } else { "DENY" };
    Structure::new()
        .with("sid", sid)
        .with("evaluatedEffect", effect)
}

fn list(structures: impl Iterator<Item = Structure>) -> Value {
    Value::List(structures.map(Value::Structure).collect())
}

fn effect(effect: Effect) -> &'static str {
    match effect {
        Effect::Allow => "ALLOW",
        Effect::ExplicitDeny => "EXPLICIT_DENY",
        Effect::ImplicitDeny => "IMPLICIT_DENY",
        Effect::NoImpact => "NO_IMPACT",
    }
}

fn check_type(check_type: CheckType) -> &'static str {
    match check_type {
        CheckType::ResourceControlPolicy => "RESOURCE_CONTROL_POLICY",
        CheckType::ServiceControlPolicy => "SERVICE_CONTROL_POLICY",
        CheckType::VpcEndpoint => "VPC_ENDPOINT",
        CheckType::Resource => "RESOURCE",
        CheckType::Principal => "PRINCIPAL",
        CheckType::PermissionsBoundary => "PERMISSIONS_BOUNDARY",
        CheckType::Session => "SESSION",
    }
}

fn policy_type(policy_type: PolicyType) -> &'static str {
    match policy_type {
        PolicyType::IdentityBased => "IDENTITY_BASED_POLICY",
        PolicyType::ResourceBased => "RESOURCE_BASED_POLICY",
        PolicyType::PermissionsBoundary => "PERMISSIONS_BOUNDARY",
        PolicyType::Session => "SESSION_POLICY",
        PolicyType::ServiceControl => "SERVICE_CONTROL_POLICY",
        PolicyType::ResourceControl => "RESOURCE_CONTROL_POLICY",
        PolicyType::VpcEndpoint => "VPC_ENDPOINT_POLICY",
    }
}
