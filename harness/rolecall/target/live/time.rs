//! Whether a test depends on what time it is: on a live target it is now, and nobody can move that.
//!
//! A `clock` alone doesn't matter, nor does a policy that asks with `Null` whether a time is there. What matters is a time
//! that is compared: in a policy, with a time that a step gives or expects, in a token with a fixed end.

use rolecall_policy::document::Statement;
use rolecall_policy::{Document, Node, Value as Json};
use rolecall_wire::{Structure, Value};

use super::organization::all_policies;
use crate::scenario::model::{
    Actor, Assume, ClaimValue, Expect, PolicyReference, Step, Token, Verb, World,
};

/// The condition keys that are times.
const TIMES: [&str; 3] = ["aws:CurrentTime", "aws:EpochTime", "aws:TokenIssueTime"];

/// The claims of a token that are times.
const TIME_CLAIMS: [&str; 3] = ["exp", "iat", "nbf"];

/// Whether a policy of the world compares the time.
pub(super) fn depends_on_time(world: &World) -> bool {
    let mut references = references(world).into_iter();
    references.any(|reference| compares_time(&reference.document.document))
}

/// Why steps depend on what time it is, if one does.
pub(super) fn timed(steps: &[Step]) -> Option<String> {
    let reason = "a step gives or expects a time, and the target's clock can't be moved";
    steps.iter().any(is_timed).then(|| reason.to_owned())
}

fn compares_time(document: &Document) -> bool {
    let statements = document.statements().iter();
    let mut compared = statements.flat_map(Statement::compared_keys);
    compared.any(|key| TIMES.iter().any(|time| time.eq_ignore_ascii_case(key)))
}

/// All policies of a world.
fn references(world: &World) -> Vec<&PolicyReference> {
    let mut references: Vec<&PolicyReference> = Vec::new();
    for user in &world.users {
        references.extend(user.policies.iter().chain(&user.boundary));
    }
    for group in &world.groups {
        references.extend(&group.policies);
    }
    for role in &world.roles {
        references.push(&role.trust);
        references.extend(role.policies.iter().chain(&role.boundary));
    }
    references.extend(world.buckets.iter().flat_map(|bucket| &bucket.policy));
    references.extend(world.resources.iter().flat_map(|resource| &resource.policy));
    let organization = world.organization.iter();
    references.extend(organization.flat_map(all_policies));
    references
}

fn is_timed(step: &Step) -> bool {
    let by_token = match step.actor.as_ref().map(|actor| &actor.value) {
        Some(Actor::Token(token)) => has_fixed_time(token),
        _ => false,
    };
    let expects = match &step.expect {
        Expect::Fields(fields) => expects_time(fields),
        Expect::Allowed | Expect::Denied | Expect::Error { .. } => false,
    };
    let asks = match &step.verb {
        Verb::Call(call) => gives_time(&call.input),
        Verb::Assume(assume) => limits_by_time(assume) || assume.then.iter().any(is_timed),
        Verb::Can(_) | Verb::Cannot(_) | Verb::Wait(_) | Verb::Change(_) => false,
    };
    by_token || expects || asks
}

fn limits_by_time(assume: &Assume) -> bool {
    let policy = assume.session_policy.as_ref();
    policy.is_some_and(|policy| compares_time(&policy.document.document))
}

fn has_fixed_time(token: &Token) -> bool {
    token.claims.iter().any(|(name, value)| {
        TIME_CLAIMS.contains(&name.as_str()) && matches!(value, ClaimValue::Value(_))
    })
}

/// Whether a field has to be a time as answers have it.
fn expects_time(wanted: &Node) -> bool {
    match &wanted.value {
        Json::String(text) => text.parse::<jiff::Timestamp>().is_ok(),
        Json::List(items) => items.iter().any(expects_time),
        Json::Map(entries) => entries.iter().any(|entry| expects_time(&entry.value)),
        Json::Null | Json::Bool(_) | Json::Number(_) => false,
    }
}

fn gives_time(input: &Structure) -> bool {
    input.iter().any(|(_, value)| is_time(value))
}

/// Whether a parameter is a time, or a policy that compares one.
fn is_time(value: &Value) -> bool {
    match value {
        Value::Timestamp(_) => true,
        Value::String(text) if text.trim_start().starts_with('{') => {
            Document::parse(text).is_ok_and(|document| compares_time(&document))
        }
        Value::List(elements) => elements.iter().any(is_time),
        Value::Map(entries) => entries.values().any(is_time),
        Value::Structure(members) => gives_time(members),
        Value::String(_)
        | Value::Boolean(_)
        | Value::Integer(_)
        | Value::Float(_)
        | Value::Blob(_) => false,
    }
}
