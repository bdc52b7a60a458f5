//! Service and resource control policies. Policies of other types aren't in a world.

use rolecall_policy::Context;
use rolecall_wire::{ServiceError, Structure};

use super::{error, listing, managed};
use crate::service::Answer;
use crate::service::call::Call;
use crate::world::{ControlPolicy, Directory, World};

pub(super) fn list(world: &World, call: &Call) -> Answer {
    let policies = managed(world, call)?.policies.iter();
    let asked = policies.filter(|policy| is_asked(policy, call));
    Ok(listing::page(call, "Policies", asked.map(summary))?.into())
}

pub(super) fn list_for_target(world: &World, call: &Call) -> Answer {
    let directory = managed(world, call)?;
    let target = directory.node(call.required("TargetId"));
    let target = target.ok_or_else(|| error::not_found("Target", "a target"))?;
    let policies = directory.policies.iter();
    let attached = policies.filter(|policy| policy.targets.contains(&target.arn));
    let asked = attached.filter(|policy| is_asked(policy, call));
    Ok(listing::page(call, "Policies", asked.map(summary))?.into())
}

pub(super) fn list_targets(world: &World, call: &Call) -> Answer {
    let directory = managed(world, call)?;
    let policy = find(directory, call)?;
    let nodes = directory.nodes.iter();
    let targets = nodes.filter(|node| policy.targets.contains(&node.arn));
    let items = targets.map(|node| {
        Structure::new()
            .with("TargetId", node.id.as_str())
            .with("Arn", node.arn.as_str())
            .with("Name", node.name.as_str())
            .with("Type", node.kind.api_name())
    });
    Ok(listing::page(call, "Targets", items)?.into())
}

pub(super) fn describe(world: &World, call: &Call) -> Answer {
    let policy = find(managed(world, call)?, call)?;
    let shown = Structure::new()
        .with("PolicySummary", summary(policy))
        .with("Content", policy.document.json.as_ref());
    Ok(Structure::new().with("Policy", shown).into())
}

/// `organizations:PolicyType` of the policy that a request names.
pub(super) fn type_key(world: &World, call: &Call, context: &mut Context) {
    let account = call.caller.account.as_ref();
    let directory = account.and_then(|account| world.directory(account));
    let policy = directory.and_then(|directory| directory.policy(call.required("PolicyId")));
    if let Some(policy) = policy {
        context.set("organizations:PolicyType", policy.control.api_name());
    }
}

fn find<'d>(directory: &'d Directory, call: &Call) -> Result<&'d ControlPolicy, ServiceError> {
    let policy = directory.policy(call.required("PolicyId"));
    policy.ok_or_else(|| error::not_found("Policy", "a policy"))
}

fn is_asked(policy: &ControlPolicy, call: &Call) -> bool {
    policy.control.api_name() == call.required("Filter")
}

fn summary(policy: &ControlPolicy) -> Structure {
    let description = match policy.name.as_str() {
        "FullAWSAccess" => "Allows access to every operation",
        "RCPFullAWSAccess" => "Allow access to all AWS services and resources",
        _ => "",
    };
    Structure::new()
        .with("Id", policy.id())
        .with("Arn", policy.arn.as_str())
        .with("Name", policy.name.as_str())
        .with("Description", description)
        .with("Type", policy.control.api_name())
        .with("AwsManaged", policy.is_aws())
}
