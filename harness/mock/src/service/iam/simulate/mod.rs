//! The policy simulator: what policies would decide, without a request.
//!
//! It is AWS's simulator with AWS's limits, not the decision itself: it fetches no resource's policy, ignores a role's
//! trust policy, session policies and resource control policies, and knows no condition key that isn't given.
//!
//! AWS: IAM API Reference, `SimulateCustomPolicy` and `SimulatePrincipalPolicy`; IAM User Guide, Testing IAM policies with
//! the IAM policy simulator.

mod context;
mod documents;
mod entity;
mod exclusions;
mod input;
mod outcome;
mod output;
mod position;
mod simulation;

use std::collections::HashSet;

use rolecall_policy::PolicySet;
use rolecall_wire::{ServiceError, Structure, Value};

use self::entity::Entity;
pub(super) use self::entity::resource;
use self::position::Positions;
use super::listing;
use super::operations::TAGGED;
use crate::service::call::Call;
use crate::service::need::{Need, ResourceKind};
use crate::service::{Answer, Operation, Rest};
use crate::world::World;

/// AWS: Service Authorization Reference, AWS Identity and Access Management (IAM).
pub(super) const OPERATIONS: &[Operation] = &[
    Operation::begin(
        "SimulateCustomPolicy",
        &[Need::new(
            "iam:SimulateCustomPolicy",
            ResourceKind::Everything,
        )],
        simulate_custom,
    ),
    Operation::begin(
        "SimulatePrincipalPolicy",
        &[Need::new("iam:SimulatePrincipalPolicy", ResourceKind::PolicySource).keys(TAGGED)],
        simulate_principal,
    )
    .after(entity::check),
    Operation::read(
        "GetContextKeysForCustomPolicy",
        &[Need::new(
            "iam:GetContextKeysForCustomPolicy",
            ResourceKind::Everything,
        )],
        keys_of_custom,
    ),
    Operation::read(
        "GetContextKeysForPrincipalPolicy",
        &[Need::new(
            "iam:GetContextKeysForPrincipalPolicy",
            ResourceKind::PolicySource,
        )
        .keys(TAGGED)],
        keys_of_principal,
    )
    .after(entity::check),
];

fn simulate_custom(_: &World, _: &Call) -> Rest {
    Box::new(|call| simulate(call, &input::custom(call)?))
}

fn simulate_principal(world: &World, call: &Call) -> Rest {
    let entity = Entity::find(world, call);
    let input = entity.and_then(|entity| input::principal(world, call, &entity));
    Box::new(move |call| simulate(call, &input?))
}

/// One result for each action.
fn simulate(call: &Call, input: &input::Input) -> Answer {
    let mut positions = Positions::default();
    let result = |action: &String| {
        let outcomes = input.resources.iter();
        let outcomes = outcomes.map(|resource| input.simulation.run(action, resource));
        let outcomes: Vec<_> = outcomes.collect();
        output::result(action, &input.resources, &outcomes, &mut positions)
    };
    let page = listing::page_of(call, "EvaluationResults", &input.actions, result)?;
    Ok(page.into())
}

fn keys_of_custom(_: &World, call: &Call) -> Answer {
    Ok(keys(&PolicySet::new(documents::given(call)?)).into())
}

fn keys_of_principal(world: &World, call: &Call) -> Answer {
    let mut policies = Entity::find(world, call)?.policies(world, &[]);
    policies.extend(documents::given(call)?);
    Ok(keys(&PolicySet::new(policies)).into())
}

/// The condition keys that policies ask about, each once.
fn keys(policies: &PolicySet) -> Structure {
    let mut seen = HashSet::new();
    let policies = policies.policies().iter();
    let keys = policies.flat_map(|policy| policy.document.context_keys());
    let keys = keys.filter(|key| seen.insert(key.to_ascii_lowercase()));
    let keys: Vec<Value> = keys.map(Value::from).collect();
    Structure::new().with("ContextKeyNames", keys)
}

/// A fault of the input. AWS's texts are given where a public capture shows them.
fn invalid(message: impl Into<String>) -> ServiceError {
    super::error::invalid_input(message)
}
