//! The policies that a request was evaluated against, and `GetRequestAuthorizationPolicy`, which shows one as it stood.

use std::sync::Arc;

use rolecall_policy::{Evaluation, Policy, PolicyType};
use rolecall_wire::{Structure, Value};

use super::{find, not_found, value};
use crate::service::Answer;
use crate::service::call::Call;
use crate::world::World;

/// A policy that AWS considered, and all that it is attached to.
pub(super) struct Considered {
    policy_type: PolicyType,
    policy: Arc<Policy>,
    attached_to: Vec<String>,
}

pub(super) fn handle(world: &World, call: &Call) -> Answer {
    let authorization = find(world, call)?;
    let uri = call.required("policyUri");
    let evaluations = authorization.evaluations();
    let policies = considered(evaluations.iter());
    let found = policies.iter().find(|policy| policy.policy.uri == uri);
    let text = found.and_then(|found| found.policy.text.as_deref());
    let text = text.ok_or_else(|| {
        not_found("The requested policy was not evaluated for this authorization.")
    })?;
    Ok(Structure::new()
        .with("policyDocument", value::of_json(text))
        .into())
}

/// The policies of all checks, each once for its type, also those without a statement that matched.
pub(super) fn considered<'e>(evaluations: impl Iterator<Item = &'e Evaluation>) -> Vec<Considered> {
    let mut found: Vec<Considered> = Vec::new();
    let checks = evaluations.flat_map(|evaluation| &evaluation.checks);
    for trace in checks.flat_map(|check| &check.statements) {
        let mut known = found.iter_mut();
        let is_known = |other: &&mut Considered| {
            other.policy_type == trace.policy_type && other.policy.uri == trace.policy.uri
        };
        let attached = trace.policy.attached_to.iter();
        // What the mock gives root users of federated sessions is attached to nothing of AWS's.
        let attached = attached.filter(|to| to.starts_with("arn:"));
        match known.find(is_known) {
            Some(known) => {
                let new = attached.filter(|to| !known.attached_to.contains(to));
                let new: Vec<String> = new.cloned().collect();
                known.attached_to.extend(new);
            }
            None => found.push(Considered {
                policy_type: trace.policy_type,
                policy: Arc::clone(&trace.policy),
                attached_to: attached.cloned().collect(),
            }),
        }
    }
    found
}

/// A policy as answers have it.
pub(super) fn described(considered: &Considered) -> Value {
    let attached = considered.attached_to.iter();
    let attached = attached.map(|arn| Value::from(Structure::new().with("arn", arn.as_str())));
    Structure::new()
        .with("type", considered.policy_type.name())
        .with("inline", considered.policy.inline)
        .with("uri", considered.policy.uri.as_str())
        .with("attachedTo", attached.collect::<Vec<_>>())
        .into()
}
