//! AWS Organizations, read-only: the world's organization, shown to those who may see it.
//!
//! AWS: Organizations API Reference. Delegated administrators aren't in a world, so the management account alone may look
//! at all; every member may ask for the organization itself.

mod accounts;
mod error;
mod listing;
mod policies;
mod units;

use rolecall_wire::{ServiceError, Structure, Value};

use super::call::Call;
use super::need::{Key, Need, Resource, ResourceKind};
use super::{Answer, Operation, ServiceTable};
use crate::world::{AccountId, Directory, World};

const BY_FILTER: &[Key] = &[Key::Member("organizations:PolicyType", "Filter")];
const BY_POLICY: &[Key] = &[Key::InWorld(policies::type_key)];

const OPERATIONS: &[Operation] = &[
    Operation::read(
        "DescribeOrganization",
        &[Need::new(
            "organizations:DescribeOrganization",
            ResourceKind::Everything,
        )],
        describe,
    ),
    Operation::read(
        "ListRoots",
        &[Need::new(
            "organizations:ListRoots",
            ResourceKind::Everything,
        )],
        units::list_roots,
    ),
    Operation::read(
        "ListOrganizationalUnitsForParent",
        &[Need::new(
            "organizations:ListOrganizationalUnitsForParent",
            ResourceKind::InOrganization,
        )],
        units::list,
    ),
    Operation::read(
        "DescribeOrganizationalUnit",
        &[Need::new(
            "organizations:DescribeOrganizationalUnit",
            ResourceKind::InOrganization,
        )],
        units::describe,
    ),
    Operation::read(
        "ListParents",
        &[Need::new(
            "organizations:ListParents",
            ResourceKind::InOrganization,
        )],
        units::list_parents,
    ),
    Operation::read(
        "ListChildren",
        &[Need::new(
            "organizations:ListChildren",
            ResourceKind::InOrganization,
        )],
        units::list_children,
    ),
    Operation::read(
        "ListAccounts",
        &[Need::new(
            "organizations:ListAccounts",
            ResourceKind::Everything,
        )],
        accounts::list,
    ),
    Operation::read(
        "ListAccountsForParent",
        &[Need::new(
            "organizations:ListAccountsForParent",
            ResourceKind::InOrganization,
        )],
        accounts::list_for_parent,
    ),
    Operation::read(
        "DescribeAccount",
        &[Need::new(
            "organizations:DescribeAccount",
            ResourceKind::InOrganization,
        )],
        accounts::describe,
    ),
    Operation::read(
        "ListDelegatedAdministrators",
        &[Need::new(
            "organizations:ListDelegatedAdministrators",
            ResourceKind::Everything,
        )],
        list_administrators,
    ),
    Operation::read(
        "ListAWSServiceAccessForOrganization",
        &[Need::new(
            "organizations:ListAWSServiceAccessForOrganization",
            ResourceKind::Everything,
        )],
        list_services,
    ),
    Operation::read(
        "ListPolicies",
        &[Need::new("organizations:ListPolicies", ResourceKind::Everything).keys(BY_FILTER)],
        policies::list,
    ),
    Operation::read(
        "ListPoliciesForTarget",
        &[Need::new(
            "organizations:ListPoliciesForTarget",
            ResourceKind::InOrganization,
        )
        .keys(BY_FILTER)],
        policies::list_for_target,
    ),
    Operation::read(
        "ListTargetsForPolicy",
        &[Need::new(
            "organizations:ListTargetsForPolicy",
            ResourceKind::InOrganization,
        )
        .keys(BY_POLICY)],
        policies::list_targets,
    ),
    Operation::read(
        "DescribePolicy",
        &[Need::new("organizations:DescribePolicy", ResourceKind::InOrganization).keys(BY_POLICY)],
        policies::describe,
    ),
];

/// The service's row.
pub(crate) static TABLE: ServiceTable = ServiceTable {
    name: "organizations",
    operations: &[OPERATIONS],
    admits: |_, _| Ok(()),
    resource,
    keys: |_, _, _| {},
    denial: error::denial,
};

/// The members that name a root, a unit or an account.
const NAMED: [&str; 5] = [
    "TargetId",
    "ParentId",
    "ChildId",
    "OrganizationalUnitId",
    "AccountId",
];

/// What a request names by an id; what isn't there has no ARN.
fn resource(kind: ResourceKind, world: &World, call: &Call) -> Result<Resource, ServiceError> {
    let account = account(call)?;
    let directory = world.directory(account);
    let arn = directory
        .filter(|_| kind == ResourceKind::InOrganization)
        .and_then(|directory| {
            let mut ids = NAMED.into_iter().filter_map(|name| call.input.string(name));
            let node = ids.find_map(|id| directory.node(id));
            let policy = call.input.string("PolicyId");
            let policy = policy.and_then(|id| directory.policy(id));
            node.map(|node| node.arn.clone())
                .or_else(|| policy.map(|policy| policy.arn.clone()))
        });
    Ok(arn.map_or_else(Resource::everything, Resource::of_caller))
}

fn account(call: &Call) -> Result<&AccountId, ServiceError> {
    let account = call.caller.account.as_ref();
    account.ok_or_else(error::unsigned)
}

/// The organization that the caller's account is in.
fn directory<'w>(world: &'w World, call: &Call) -> Result<&'w Directory, ServiceError> {
    let directory = world.directory(account(call)?);
    directory.ok_or_else(error::not_in_use)
}

/// The organization that the caller's account manages.
fn managed<'w>(world: &'w World, call: &Call) -> Result<&'w Directory, ServiceError> {
    let directory = directory(world, call)?;
    let manages = account(call)?.as_str() == directory.management;
    manages
        .then_some(directory)
        .ok_or_else(error::not_management)
}

fn describe(world: &World, call: &Call) -> Answer {
    let Directory { id, management, .. } = directory(world, call)?;
    let control = Structure::new()
        .with("Type", "SERVICE_CONTROL_POLICY")
        .with("Status", "ENABLED");
    let start = format!("arn:{}:organizations::{management}", call.partition());
    let organization = Structure::new()
        .with("Id", id.as_str())
        .with("Arn", format!("{start}:organization/{id}"))
        .with("FeatureSet", "ALL")
        .with(
            "MasterAccountArn",
            format!("{start}:account/{id}/{management}"),
        )
        .with("MasterAccountId", management.as_str())
        .with("MasterAccountEmail", Directory::email("management"))
        .with("AvailablePolicyTypes", vec![Value::from(control)]);
    Ok(Structure::new().with("Organization", organization).into())
}

/// The mock has none.
fn list_administrators(world: &World, call: &Call) -> Answer {
    managed(world, call)?;
    let none: [Structure; 0] = [];
    Ok(listing::page(call, "DelegatedAdministrators", none)?.into())
}

/// The mock has none.
fn list_services(world: &World, call: &Call) -> Answer {
    managed(world, call)?;
    let none: [Structure; 0] = [];
    Ok(listing::page(call, "EnabledServicePrincipals", none)?.into())
}
