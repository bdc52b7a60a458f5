//! The policies of users, groups and roles: inline, and managed ones that are attached.

use rolecall_policy::validate::limits;
use rolecall_wire::{ServiceError, Structure};

use super::error::{self, kind};
use super::managed_policies::name_of;
use super::subject::Subject;
use super::{account, boundaries, documents, listing};
use crate::service::call::Call;
use crate::service::{Answer, Reply};
use crate::world::{Holder, Permissions, World};

/// AWS: IAM User Guide, IAM and AWS STS quotas, managed policies attached to a user, group or role.
const ATTACHED: usize = 10;

pub(super) fn put<S: Subject>(world: &mut World, call: &Call) -> Answer {
    let held = held::<S>(world, call)?;
    let document = documents::identity(call.required("PolicyDocument"))?;
    let name = call.required("PolicyName");
    let others = held.inline().filter(|(other, _)| *other != name);
    let size: usize = others.map(|(_, other)| documents::size(other)).sum();
    let limit = inline_limit(S::HOLDER);
    if size + documents::size(&document) > limit {
        let (kind, name) = (kind(S::HOLDER), S::name(call));
        return Err(error::limit(format!(
            "Maximum policy size of {limit} bytes exceeded for {kind} {name}"
        )));
    }
    change::<S, _>(world, call, |policies| policies.put_inline(name, document))?;
    Ok(Reply::empty())
}

pub(super) fn get<S: Subject>(world: &World, call: &Call) -> Answer {
    let name = call.required("PolicyName");
    let mut policies = held::<S>(world, call)?.inline();
    let (_, document) = policies
        .find(|(other, _)| *other == name)
        .ok_or_else(|| missing::<S>(name))?;
    Ok(Structure::new()
        .with(S::MEMBER, S::name(call))
        .with("PolicyName", name)
        .with("PolicyDocument", documents::encoded(document))
        .into())
}

pub(super) fn list<S: Subject>(world: &World, call: &Call) -> Answer {
    let names = held::<S>(world, call)?.inline().map(|(name, _)| name);
    Ok(listing::page(call, "PolicyNames", names)?.into())
}

pub(super) fn delete<S: Subject>(world: &mut World, call: &Call) -> Answer {
    let name = call.required("PolicyName");
    if change::<S, _>(world, call, |policies| policies.remove_inline(name))? {
        Ok(Reply::empty())
    } else {
        Err(missing::<S>(name))
    }
}

pub(super) fn attach<S: Subject>(world: &mut World, call: &Call) -> Answer {
    let arn = call.required("PolicyArn");
    let held = held::<S>(world, call)?;
    let is_new = !held.has_managed(arn);
    if is_new && held.managed().count() >= ATTACHED {
        let quota = match S::HOLDER {
            Holder::User => "PoliciesPerUser",
            Holder::Group => "PoliciesPerGroup",
            Holder::Role => "PoliciesPerRole",
        };
        return Err(error::quota(quota, ATTACHED));
    }
    if arn.contains(":iam::aws:policy/aws-service-role/") {
        let message = "Cannot attach a Service Role Policy to a Customer Role.";
        return Err(ServiceError::new(400, "PolicyNotAttachable", message));
    }
    if !world.take_in_policy(&account(call)?, arn) {
        return Err(error::not_attachable(arn));
    }
    change::<S, _>(world, call, |policies| policies.attach(arn))?;
    Ok(Reply::empty())
}

pub(super) fn detach<S: Subject>(world: &mut World, call: &Call) -> Answer {
    let arn = call.required("PolicyArn");
    if change::<S, _>(world, call, |policies| policies.detach(arn))? {
        Ok(Reply::empty())
    } else {
        Err(error::missing_policy(arn))
    }
}

pub(super) fn list_attached<S: Subject>(world: &World, call: &Call) -> Answer {
    let arns = held::<S>(world, call)?.managed();
    let asked = arns.filter(|arn| {
        let path = super::managed_policies::path_of(arn);
        listing::has_prefix(call, path)
    });
    let items = asked.map(|arn| attached(call, arn));
    Ok(listing::page(call, "AttachedPolicies", items)?.into())
}

/// An attached policy as lists have it.
pub(super) fn attached(call: &Call, arn: &str) -> Structure {
    Structure::new()
        .with("PolicyName", name_of(arn))
        .with("PolicyArn", &*call.shown(arn))
}

fn held<'w, S: Subject>(world: &'w World, call: &Call) -> Result<&'w Permissions, ServiceError> {
    let name = S::name(call);
    let policies = world.permissions_of(S::HOLDER, &account(call)?, name);
    policies.ok_or_else(|| error::missing(S::HOLDER, name))
}

fn change<S: Subject, T>(
    world: &mut World,
    call: &Call,
    change: impl FnOnce(&mut Permissions) -> T,
) -> Result<T, ServiceError> {
    let (account, name) = (account(call)?, S::name(call));
    boundaries::check_changeable(S::HOLDER, world, &account, name)?;
    let changed = world.change_permissions(S::HOLDER, &account, name, change);
    changed.ok_or_else(|| error::missing(S::HOLDER, name))
}

fn missing<S: Subject>(policy: &str) -> ServiceError {
    let kind = kind(S::HOLDER);
    error::no_such_entity(format!(
        "The {kind} policy with name {policy} cannot be found."
    ))
}

fn inline_limit(holder: Holder) -> usize {
    match holder {
        Holder::User => limits::USER_INLINE,
        Holder::Group => limits::GROUP_INLINE,
        Holder::Role => limits::ROLE_INLINE,
    }
}
