//! All users, groups, roles and policies of an account with everything about them.

use rolecall_wire::{Structure, Value};

use super::managed_policies;
use super::{
    account, boundaries, documents, groups, instance_profiles, listing, policies, policy_versions,
    roles, tags, users,
};
use crate::service::Answer;
use crate::service::call::Call;
use crate::world::{AccountId, Group, Permissions, Role, User, World};

const USERS: &str = "UserDetailList";
const GROUPS: &str = "GroupDetailList";
const ROLES: &str = "RoleDetailList";
const POLICIES: &str = "Policies";

/// What is described.
enum Item<'w> {
    User(&'w User),
    Group(&'w Group),
    Role(&'w Role),
    /// By its ARN.
    Policy(String),
}

/// AWS's policies are among them only where they are attached, or asked for.
pub(super) fn get(world: &World, call: &Call) -> Answer {
    let account = account(call)?;
    let filter: Vec<_> = call.input.strings("Filter").collect();
    let is_asked = |kind: &str| filter.is_empty() || filter.contains(&kind);
    let users = world.users(&account).into_iter();
    let users = users.filter(|_| is_asked("User"));
    let groups = world.groups(&account).into_iter();
    let groups = groups.filter(|_| is_asked("Group"));
    let roles = world.roles(&account).into_iter();
    let roles = roles.filter(|_| is_asked("Role"));
    let in_use = world.policies_in_use(&account);
    let policies = managed_policies::arns(world, &account, is_asked("LocalManagedPolicy"), |arn| {
        filter.contains(&"AWSManagedPolicy") || filter.is_empty() && in_use.contains(arn)
    });
    let all = users
        .map(|user| Item::User(user))
        .chain(groups.map(|group| Item::Group(group)))
        .chain(roles.map(|role| Item::Role(role)))
        .chain(policies.into_iter().map(Item::Policy));
    let lists = [USERS, GROUPS, ROLES, POLICIES];
    let answer = listing::page_of_lists(call, lists, all, |item| {
        Some(match item {
            Item::User(user) => (USERS, of_user(user, call)),
            Item::Group(group) => (GROUPS, of_group(group, call)),
            Item::Role(role) => (ROLES, of_role(world, role, call)),
            Item::Policy(arn) => (POLICIES, of_policy(world, call, &arn, &account)?),
        })
    })?;
    Ok(answer.into())
}

fn of_policy(world: &World, call: &Call, arn: &str, account: &AccountId) -> Option<Structure> {
    let policy = world.managed_policy(arn)?;
    let versions = policy.versions();
    let versions = versions.map(|version| policy_versions::with_document(version, &policy));
    let shown = managed_policies::described(world, call, account, arn, &policy);
    Some(shown.with("PolicyVersionList", list(versions)))
}

fn of_user(user: &User, call: &Call) -> Structure {
    let groups: Vec<Value> = user
        .groups
        .iter()
        .map(|group| group.as_str().into())
        .collect();
    users::listed(user, call)
        .with("UserPolicyList", inline(&user.permissions))
        .with("GroupList", groups)
        .with("AttachedManagedPolicies", attached(call, &user.permissions))
        .with_some(
            "PermissionsBoundary",
            boundaries::shown(call, &user.permissions),
        )
        .with_some("Tags", tags::shown(&user.tags))
}

fn of_group(group: &Group, call: &Call) -> Structure {
    groups::described(group, call)
        .with("GroupPolicyList", inline(&group.permissions))
        .with(
            "AttachedManagedPolicies",
            attached(call, &group.permissions),
        )
}

fn of_role(world: &World, role: &Role, call: &Call) -> Structure {
    let profiles = world
        .instance_profiles_with(&role.account, &role.name)
        .into_iter();
    let profiles = profiles.map(|profile| instance_profiles::listed(world, profile, call));
    roles::listed(role, call)
        .with("InstanceProfileList", list(profiles))
        .with("RolePolicyList", inline(&role.permissions))
        .with("AttachedManagedPolicies", attached(call, &role.permissions))
        .with_some(
            "PermissionsBoundary",
            boundaries::shown(call, &role.permissions),
        )
        .with_some("Tags", tags::shown(&role.tags))
        .with("RoleLastUsed", Structure::new())
}

fn inline(permissions: &Permissions) -> Vec<Value> {
    list(permissions.inline().map(|(name, document)| {
        Structure::new()
            .with("PolicyName", name)
            .with("PolicyDocument", documents::encoded(document))
    }))
}

fn attached(call: &Call, permissions: &Permissions) -> Vec<Value> {
    let arns = permissions.managed();
    list(arns.map(|arn| policies::attached(call, arn)))
}

fn list(items: impl Iterator<Item = Structure>) -> Vec<Value> {
    items.map(Value::from).collect()
}
