//! Whose policies are simulated: the user, group or role of `PolicySourceArn`.

use std::sync::Arc;

use rolecall_policy::arn::Arn;
use rolecall_policy::{Policy, PolicySet, Principal};
use rolecall_wire::ServiceError;

use super::exclusions::{Exclusion, is_excluded};
use super::{documents, invalid};
use crate::service::call::Call;
use crate::service::iam::managed_policies::name_of;
use crate::service::iam::{account, error};
use crate::service::need::Resource;
use crate::world::{AccountId, Holder, Permissions, Tags, World};

/// A user, group or role.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entity<'w> {
    pub(super) holder: Holder,
    arn: &'w str,
    name: &'w str,
    account: &'w str,
    permissions: &'w Permissions,
    /// The groups of a user.
    groups: &'w [String],
}

/// What an ARN says.
struct Named<'c> {
    holder: Holder,
    account: &'c str,
    path: &'c str,
    name: &'c str,
}

/// Refuses what is no user, group or role of the caller's account; whether before authorization is unverified.
pub(super) fn check(_: &World, call: &Call) -> Result<(), ServiceError> {
    let own = account(call)?;
    let arn = call.required("PolicySourceArn");
    let named = parse(arn).ok_or_else(|| {
        invalid(format!(
            "Invalid Entity Arn: {arn} does not clearly define entity type and name."
        ))
    })?;
    if named.account != own.as_str() {
        return Err(invalid(format!(
            "Invalid Policy Source Arn: caller's account {own} does not have access to policies in account {}",
            named.account
        )));
    }
    Ok(())
}

/// What the operations are asked on.
pub(in crate::service::iam) fn resource(world: &World, call: &Call) -> Resource {
    let arn = call.required("PolicySourceArn");
    let tags = parse(arn).and_then(|named| tags(world, &named));
    Resource {
        tags: tags.unwrap_or_default(),
        ..Resource::of_caller(arn.to_owned())
    }
}

fn tags(world: &World, named: &Named<'_>) -> Option<Tags> {
    match named.holder {
        Holder::User => Some(world.user(named.account, named.name)?.tags.clone()),
        Holder::Role => Some(world.role(named.account, named.name)?.tags.clone()),
        Holder::Group => None,
    }
}

fn parse(arn: &str) -> Option<Named<'_>> {
    let parts = Arn::parse(arn).filter(|arn| arn.service == "iam")?;
    let start = parts.resource.find('/')?;
    let (kind, path_and_name) = parts.resource.split_at_checked(start)?;
    let holder = match kind {
        "user" => Holder::User,
        "group" => Holder::Group,
        "role" => Holder::Role,
        _ => return None,
    };
    let (path, name) = path_and_name.split_at_checked(path_and_name.rfind('/')? + 1)?;
    (!name.is_empty()).then_some(Named {
        holder,
        account: parts.account,
        path,
        name,
    })
}

impl<'w> Entity<'w> {
    pub(super) fn find(world: &'w World, call: &'w Call) -> Result<Self, ServiceError> {
        let arn = call.required("PolicySourceArn");
        let own = account(call)?;
        let named = parse(arn).ok_or_else(|| invalid("Invalid Entity Arn"))?;
        let found = path(world, &named).filter(|path| *path == named.path);
        let permissions = found
            .and_then(|_| world.permissions_of(named.holder, &own, named.name))
            .ok_or_else(|| error::missing(named.holder, named.name))?;
        let groups = match named.holder {
            Holder::User => world
                .user(named.account, named.name)
                .map_or(&[] as &[String], |user| user.groups.as_slice()),
            Holder::Group | Holder::Role => &[],
        };
        Ok(Self {
            holder: named.holder,
            arn,
            name: named.name,
            account: named.account,
            permissions,
            groups,
        })
    }

    /// Who the simulated caller is, where the request doesn't say.
    pub(super) fn principal(&self) -> Option<Principal> {
        match self.holder {
            Holder::User => Some(Principal::user(self.arn, None)),
            Holder::Role => Some(Principal::role(self.arn, None)),
            Holder::Group => None,
        }
    }

    /// Its own policies, and for a user those of its groups, under the names that results give them.
    pub(super) fn policies(&self, world: &World, exclusions: &[Exclusion<'_>]) -> Vec<Arc<Policy>> {
        let mut policies = of(world, self.holder, self.name, self.permissions, exclusions);
        let account = AccountId::parse(self.account).ok();
        let groups = self.groups.iter().filter_map(|name| {
            let permissions = world.permissions_of(Holder::Group, account.as_ref()?, name)?;
            Some((name, permissions))
        });
        for (name, permissions) in groups {
            policies.extend(of(world, Holder::Group, name, permissions, exclusions));
        }
        policies
    }

    /// Its permissions boundary.
    pub(super) fn boundary(
        &self,
        world: &World,
        exclusions: &[Exclusion<'_>],
    ) -> Option<PolicySet> {
        let arn = self.permissions.boundary()?;
        let is_out = exclusions.iter().any(|out| out.covers_boundary(arn));
        let policy = world.managed_policy(arn).filter(|_| !is_out)?;
        let named = documents::named(name_of(arn).to_owned(), &policy.default.document);
        Some(PolicySet::new(vec![named]))
    }
}

fn path<'w>(world: &'w World, named: &Named<'_>) -> Option<&'w str> {
    match named.holder {
        Holder::User => Some(&world.user(named.account, named.name)?.path),
        Holder::Role => Some(&world.role(named.account, named.name)?.path),
        Holder::Group => Some(&world.group(named.account, named.name)?.path),
    }
}

/// AWS's names, as in public captures: `role_Deploy_s3` for an inline policy, the name alone for a managed one.
fn of(
    world: &World,
    holder: Holder,
    name: &str,
    permissions: &Permissions,
    exclusions: &[Exclusion<'_>],
) -> Vec<Arc<Policy>> {
    let kind = error::kind(holder);
    let inline = permissions.inline();
    let inline = inline.filter(|(policy, _)| !is_excluded(exclusions, holder, name, policy));
    let inline = inline
        .map(|(policy, document)| documents::named(format!("{kind}_{name}_{policy}"), document));
    let managed = permissions.managed();
    let managed = managed.filter(|arn| !exclusions.iter().any(|out| out.covers_managed(arn)));
    let managed = managed.filter_map(|arn| {
        let policy = world.managed_policy(arn)?;
        Some(documents::named(
            name_of(arn).to_owned(),
            &policy.default.document,
        ))
    });
    inline.chain(managed).collect()
}
