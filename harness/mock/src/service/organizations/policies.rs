//! Service and resource control policies. Policies of other types aren't in a world.

use rolecall_policy::Context;
use rolecall_policy::json;
use rolecall_policy::validate::{PolicyKind, validate};
use rolecall_wire::{ServiceError, Structure};

use super::{error, listing, managed, organization, tags};
use crate::service::call::Call;
use crate::service::{Answer, Reply};
use crate::world::{
    API_SOURCE, ControlPolicy, ControlType, Directory, FeatureSet, PolicyDocument, World,
};

pub(super) fn list(world: &World, call: &Call) -> Answer {
    let policies = managed(world, call)?.policies.iter();
    let asked = policies.filter(|policy| is_asked(policy, call));
    Ok(listing::page(call, "Policies", asked.map(summary))?.into())
}

pub(super) fn list_for_target(world: &World, call: &Call) -> Answer {
    let directory = managed(world, call)?;
    let target = directory.node(call.required("TargetId"));
    let target = target.ok_or_else(|| error::not_found("Target", "a target"))?;
    let asked = ControlType::of_api_name(call.required("Filter"));
    let attached = asked.map(|control| directory.attached(target, control));
    let attached = attached.into_iter().flatten().map(summary);
    Ok(listing::page(call, "Policies", attached)?.into())
}

pub(super) fn list_targets(world: &World, call: &Call) -> Answer {
    let directory = managed(world, call)?;
    let policy = find(directory, call)?;
    let nodes = directory.nodes.iter();
    let targets = nodes.filter(|node| node.policies.contains(&policy.arn));
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
    Ok(described(find(managed(world, call)?, call)?).into())
}

/// AWS: Organizations API Reference, `CreatePolicy`: the type need not be enabled, but the organization must have all
/// features.
pub(super) fn create(world: &mut World, call: &Call) -> Answer {
    let tags = tags::given(call)?;
    let letters = world.ids.lower_case(8);
    let answer = organization::change(world, call, |directory| {
        let control = control(directory, call, "Type")?;
        let document = document(control, call.required("Content"))?;
        let name = call.required("Name");
        check_name(directory, control, name, None)?;
        let policy = ControlPolicy {
            control,
            arn: directory.policy_arn(control, &letters),
            name: name.to_owned(),
            description: call.required("Description").to_owned(),
            document,
            tags,
        };
        let answer = described(&policy);
        directory.policies.push(policy);
        Ok(answer)
    })?;
    Ok(answer.into())
}

pub(super) fn update(world: &mut World, call: &Call) -> Answer {
    let answer = organization::change(world, call, |directory| {
        let policy = own(directory, call)?;
        let (id, control) = (policy.id().to_owned(), policy.control);
        let text = call.input.string("Content");
        let document = text.map(|text| document(control, text)).transpose()?;
        if let Some(name) = call.input.string("Name") {
            check_name(directory, control, name, Some(&id))?;
        }
        let policy = directory.policy_mut(&id).ok_or_else(no_policy)?;
        if let Some(name) = call.input.string("Name") {
            name.clone_into(&mut policy.name);
        }
        if let Some(description) = call.input.string("Description") {
            description.clone_into(&mut policy.description);
        }
        if let Some(document) = document {
            policy.document = document;
        }
        Ok(described(policy))
    })?;
    Ok(answer.into())
}

pub(super) fn delete(world: &mut World, call: &Call) -> Answer {
    organization::change(world, call, |directory| {
        let arn = own(directory, call)?.arn.clone();
        let mut nodes = directory.nodes.iter();
        if nodes.any(|node| node.policies.contains(&arn)) {
            return Err(error::policy_in_use());
        }
        directory.policies.retain(|policy| policy.arn != arn);
        Ok(())
    })?;
    Ok(Reply::empty())
}

/// `organizations:PolicyType` of the policy that a request names.
pub(super) fn type_key(world: &World, call: &Call, context: &mut Context) {
    let account = call.caller.account.as_ref();
    let directory = account.and_then(|account| world.directory(account));
    let id = call.input.string("PolicyId");
    let id = id.or_else(|| call.input.string("ResourceId"));
    let policy = directory.and_then(|directory| directory.policy(id?));
    if let Some(policy) = policy {
        context.set("organizations:PolicyType", policy.control.api_name());
    }
}

/// The policy type that a member names, which the organization can have.
pub(super) fn control(
    directory: &Directory,
    call: &Call,
    member: &str,
) -> Result<ControlType, ServiceError> {
    if directory.feature_set != FeatureSet::All {
        return Err(error::type_not_available());
    }
    let control = ControlType::of_api_name(call.required(member));
    control.ok_or_else(error::type_not_available)
}

/// The policy of `PolicyId`.
pub(super) fn find<'d>(
    directory: &'d Directory,
    call: &Call,
) -> Result<&'d ControlPolicy, ServiceError> {
    let policy = directory.policy(call.required("PolicyId"));
    policy.ok_or_else(no_policy)
}

/// The same, but none of AWS's own.
fn own<'d>(directory: &'d Directory, call: &Call) -> Result<&'d ControlPolicy, ServiceError> {
    let policy = find(directory, call)?;
    if policy.is_aws() {
        return Err(error::immutable_policy());
    }
    Ok(policy)
}

fn no_policy() -> ServiceError {
    error::not_found("Policy", "a policy")
}

/// Policies of one type have different names.
fn check_name(
    directory: &Directory,
    control: ControlType,
    name: &str,
    own: Option<&str>,
) -> Result<(), ServiceError> {
    let policies = directory.policies.iter();
    let mut others = policies.filter(|policy| Some(policy.id()) != own);
    if others.any(|policy| policy.control == control && policy.name == name) {
        return Err(error::duplicate_policy());
    }
    Ok(())
}

fn document(control: ControlType, text: &str) -> Result<PolicyDocument, ServiceError> {
    let kind = match control {
        ControlType::Service => PolicyKind::ServiceControl,
        ControlType::Resource => PolicyKind::ResourceControl,
    };
    let node = json::read(text, API_SOURCE).map_err(|_| error::malformed_policy())?;
    let problem = validate(&node, kind).into_iter().next();
    match problem.map(|problem| problem.code) {
        None => PolicyDocument::parse(text).map_err(|_| error::malformed_policy()),
        Some("ConstraintViolationException") => Err(error::policy_too_long()),
        Some(_) => Err(error::malformed_policy()),
    }
}

fn is_asked(policy: &ControlPolicy, call: &Call) -> bool {
    policy.control.api_name() == call.required("Filter")
}

fn described(policy: &ControlPolicy) -> Structure {
    let shown = Structure::new()
        .with("PolicySummary", summary(policy))
        .with("Content", policy.document.json.as_ref());
    Structure::new().with("Policy", shown)
}

fn summary(policy: &ControlPolicy) -> Structure {
    Structure::new()
        .with("Id", policy.id())
        .with("Arn", policy.arn.as_str())
        .with("Name", policy.name.as_str())
        .with("Description", policy.description.as_str())
        .with("Type", policy.control.api_name())
        .with("AwsManaged", policy.is_aws())
}
