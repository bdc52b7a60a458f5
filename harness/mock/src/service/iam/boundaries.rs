//! Permissions boundaries of users and roles, and what must be gone before either is deleted.

use rolecall_policy::Context;
use rolecall_wire::{ServiceError, Structure};

use super::subject::Subject;
use super::{account, error, roles};
use crate::service::call::Call;
use crate::service::{Answer, Reply};
use crate::world::{AccountId, Holder, Permissions, PolicySpec, World};

pub(super) fn put<S: Subject>(world: &mut World, call: &Call) -> Answer {
    let arn = call.required("PermissionsBoundary");
    if !world.take_in_policy(&account(call)?, arn) {
        return Err(error::not_attachable(arn));
    }
    set::<S>(world, call, Some(arn))
}

pub(super) fn delete<S: Subject>(world: &mut World, call: &Call) -> Answer {
    set::<S>(world, call, None)
}

fn set<S: Subject>(world: &mut World, call: &Call, arn: Option<&str>) -> Answer {
    let (account, name) = (account(call)?, S::name(call));
    check_changeable(S::HOLDER, world, &account, name)?;
    world
        .change_permissions(S::HOLDER, &account, name, |policies| {
            policies.set_boundary(arn);
        })
        .ok_or_else(|| error::missing(S::HOLDER, name))?;
    Ok(Reply::empty())
}

/// The boundary that a user or role is to be made with.
pub(super) fn given(world: &mut World, call: &Call) -> Result<Option<PolicySpec>, ServiceError> {
    let Some(arn) = call.input.string("PermissionsBoundary") else {
        return Ok(None);
    };
    let is_there = world.take_in_policy(&account(call)?, arn);
    let policy = world.managed_policy(arn).filter(|_| is_there);
    let policy = policy.ok_or_else(|| error::not_attachable(arn))?;
    Ok(Some(PolicySpec::Managed {
        arn: arn.to_owned(),
        document: policy.default.document.clone(),
    }))
}

/// The boundary as answers have it.
pub(super) fn shown(call: &Call, permissions: &Permissions) -> Option<Structure> {
    permissions.boundary().map(|arn| {
        Structure::new()
            .with("PermissionsBoundaryType", "Policy")
            .with("PermissionsBoundaryArn", &*call.shown(arn))
    })
}

/// `iam:PermissionsBoundary` where the request gives none: that of the user or role.
///
/// AWS: IAM User Guide, IAM condition context keys.
pub(super) fn held<S: Subject>(world: &World, call: &Call, context: &mut Context) {
    let account = call.caller.account.as_ref();
    let policies =
        account.and_then(|account| world.permissions_of(S::HOLDER, account, S::name(call)));
    if let Some(arn) = policies.and_then(Permissions::boundary) {
        context.set("iam:PermissionsBoundary", &*call.shown(arn));
    }
}

/// Refuses to change the policies of a role that is an AWS service's.
pub(super) fn check_changeable(
    holder: Holder,
    world: &World,
    account: &AccountId,
    name: &str,
) -> Result<(), ServiceError> {
    if holder == Holder::Role {
        roles::check_own(roles::find(world, account, name)?)?;
    }
    Ok(())
}

/// Refuses to delete whoever has policies.
pub(super) fn check_bare(permissions: &Permissions) -> Result<(), ServiceError> {
    if permissions.managed().next().is_some() {
        return Err(error::conflict("detach all policies"));
    }
    if permissions.inline().next().is_some() {
        return Err(error::conflict("delete policies"));
    }
    Ok(())
}
