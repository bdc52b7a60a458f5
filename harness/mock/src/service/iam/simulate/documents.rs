//! Policies that come with a request.

use std::sync::Arc;

use rolecall_policy::validate::{PolicyKind, validate};
use rolecall_policy::{Level, Policy, PolicySet, json};
use rolecall_wire::{ServiceError, Structure};

use super::invalid;
use crate::service::call::Call;
use crate::world::{API_SOURCE, PolicyDocument};

/// The policies of `PolicyInputList`, by the names that results give them: `PolicyInputList.1`.
pub(super) fn given(call: &Call) -> Result<Vec<Arc<Policy>>, ServiceError> {
    let policies = call.input.strings("PolicyInputList").zip(1..);
    policies
        .map(|(text, number)| {
            let id = format!("PolicyInputList.{number}");
            policy(id, text, PolicyKind::Identity)
        })
        .collect()
}

/// The permissions boundary of the request, of which there may be one.
pub(super) fn boundary(call: &Call) -> Result<Option<PolicySet>, ServiceError> {
    const MEMBER: &str = "PermissionsBoundaryPolicyInputList";
    let mut given = call.input.strings(MEMBER);
    let first = given.next();
    if given.next().is_some() {
        return Err(invalid(format!("{MEMBER} can have one policy only.")));
    }
    let policy = first.map(|text| policy(format!("{MEMBER}.1"), text, PolicyKind::Boundary));
    Ok(policy
        .transpose()?
        .map(|policy| PolicySet::new(vec![policy])))
}

/// The resource's policy of the request.
pub(super) fn of_resource(call: &Call) -> Result<Option<PolicySet>, ServiceError> {
    let text = call.input.string("ResourcePolicy");
    let policy = text.map(|text| policy("ResourcePolicy".to_owned(), text, PolicyKind::Resource));
    Ok(policy
        .transpose()?
        .map(|policy| PolicySet::new(vec![policy])))
}

/// The service control policies of the request, from the root of an organization down.
pub(super) fn levels(call: &Call) -> Result<Vec<Level>, ServiceError> {
    let levels = call.input.structures("OrderedOrganizationPolicyInputList");
    levels.zip(1..).map(level).collect()
}

fn level((level, number): (&Structure, usize)) -> Result<Level, ServiceError> {
    let id = |place| format!("OrderedOrganizationPolicyInputList.{number}.{place}");
    let policies = level.strings("ServiceControlPolicyInputList").zip(1..);
    let policies =
        policies.map(|(text, place)| policy(id(place), text, PolicyKind::ServiceControl));
    Ok(Level {
        target_arn: None,
        policies: PolicySet::new(policies.collect::<Result<_, _>>()?),
    })
}

/// A policy under the name that results give it.
pub(super) fn named(id: String, document: &PolicyDocument) -> Arc<Policy> {
    Arc::new(Policy {
        uri: id,
        inline: true,
        attached_to: None,
        document: Arc::clone(&document.document),
        text: Some(Arc::clone(&document.json)),
    })
}

/// AWS's error and text for a policy that it wouldn't save aren't known for the simulator. Its quotas for saved policies
/// don't hold here.
fn policy(id: String, text: &str, kind: PolicyKind<'_>) -> Result<Arc<Policy>, ServiceError> {
    let fault = |message: &str| invalid(format!("Invalid policy {id}: {message}"));
    let node = json::read(text, API_SOURCE).map_err(|_| fault("Syntax errors in policy."))?;
    let problems = validate(&node, kind);
    if let Some(problem) = problems.iter().find(|problem| !is_quota(problem.code)) {
        return Err(fault(&problem.message));
    }
    let document = PolicyDocument::parse(text).map_err(|error| fault(&error.message))?;
    Ok(named(id, &document))
}

fn is_quota(code: &str) -> bool {
    code.starts_with("LimitExceeded")
}
