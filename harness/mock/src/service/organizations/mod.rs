//! AWS Organizations: organizations with their units, accounts and control policies.
//!
//! AWS: Organizations API Reference. Delegated administrators aren't in a world, so the management account alone may look
//! at all and change anything; every member may ask for the organization itself, and leave it.

mod accounts;
mod attachments;
mod creation;
mod error;
mod handshakes;
mod listing;
mod operations;
mod organization;
mod policies;
mod schema;
mod tags;
mod units;

pub(crate) use self::schema::check as check_schema;
use rolecall_wire::{ServiceError, Structure};

use super::call::Call;
use super::need::{Resource, ResourceKind};
use super::{Answer, ServiceTable};
use crate::world::{AccountId, Directory, World};

/// The service's row.
pub(crate) static TABLE: ServiceTable = ServiceTable {
    name: "organizations",
    operations: &[operations::READS, operations::WRITES],
    admits: |_, _| Ok(()),
    resource,
    keys: |_, _, _| {},
    denial: error::denial,
};

/// The members that name a root, a unit or an account.
const NAMED: [&str; 6] = [
    "TargetId",
    "ParentId",
    "ChildId",
    "OrganizationalUnitId",
    "AccountId",
    "RootId",
];

/// What a request names by an id; what isn't there has no ARN.
fn resource(kind: ResourceKind, world: &World, call: &Call) -> Result<Resource, ServiceError> {
    account(call)?;
    let text = |member: &str| call.input.string(member).map(str::to_owned);
    let id = match kind {
        ResourceKind::InOrganization => {
            let named = NAMED.into_iter().find_map(text);
            named.or_else(|| text("PolicyId")).or_else(|| invited(call))
        }
        ResourceKind::ControlPolicy => text("PolicyId"),
        ResourceKind::SourceParent => text("SourceParentId"),
        ResourceKind::DestinationParent => text("DestinationParentId"),
        ResourceKind::Tagged => text("ResourceId"),
        ResourceKind::Handshake => {
            let handshake = handshakes::find(world, call);
            return Ok(handshake.map_or_else(
                |_| Resource::everything(),
                |handshake| Resource::of_caller(handshake.arn()),
            ));
        }
        _ => None,
    };
    let arn = id.as_deref().and_then(|id| arn_of(world, call, id));
    Ok(Resource {
        tags: id.map_or_else(Vec::new, |id| tags::of_resource(world, call, &id)),
        ..arn.map_or_else(Resource::everything, Resource::of_caller)
    })
}

/// The ARN of what has an id in the caller's organization, or of an account that is to be invited to it.
fn arn_of(world: &World, call: &Call, id: &str) -> Option<String> {
    let directory = directory(world, call).ok()?;
    let node = directory.node(id).map(|node| node.arn.clone());
    let policy = || directory.policy(id).map(|policy| policy.arn.clone());
    let guest = || {
        let guest = invited(call).filter(|guest| guest == id)?;
        Some(directory.arn(&format!("account/{}/{guest}", directory.id)))
    };
    node.or_else(policy).or_else(guest)
}

/// The number of the account that is to be invited.
fn invited(call: &Call) -> Option<String> {
    let target = call.input.structure("Target")?;
    let id = target.string("Id")?;
    (target.string("Type") == Some("ACCOUNT")).then(|| id.to_owned())
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
    let manages = directory.is_managed_by(account(call)?.as_str());
    manages
        .then_some(directory)
        .ok_or_else(error::not_management)
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
