//! AWS Identity and Access Management.

mod access_keys;
mod boundaries;
mod documents;
mod error;
mod groups;
mod listing;
mod managed_policies;
mod operations;
mod policies;
mod roles;
mod subject;
mod tags;
mod users;

use rolecall_wire::ServiceError;

use super::call::Call;
use super::need::{Resource, ResourceKind};
use super::{Operation, ServiceTable};
use crate::caller::Identity;
use crate::world::{AccountId, World, iam_arn, root_arn};

/// The service's row.
pub(crate) static TABLE: ServiceTable = ServiceTable {
    name: "iam",
    operations: &[operations::OPERATIONS],
    admits,
    resource,
    keys: |_, _, _| {},
    denial: error::denial,
};

/// AWS: IAM User Guide, Compare AWS STS credentials: `GetSessionToken` without MFA and `GetFederationToken` give
/// credentials that can't call IAM.
fn admits(call: &Call, _: &Operation) -> Result<(), ServiceError> {
    let Some(session) = &call.caller.session else {
        return account(call).map(drop);
    };
    let of_whom = &call.caller.identity;
    let is_itself = matches!(of_whom, Identity::User(_) | Identity::Root);
    let without_mfa = is_itself && session.mfa.is_none() && !session.assumed_root;
    if without_mfa || matches!(of_whom, Identity::Federated(_)) {
        return Err(error::invalid_token());
    }
    Ok(())
}

/// The account of the caller, which is what IAM acts on.
fn account(call: &Call) -> Result<AccountId, ServiceError> {
    let account = call.caller.account.clone();
    account.ok_or_else(error::invalid_token)
}

/// The user of `UserName`, or the caller; `None` for the caller that is the root user.
fn user_name(call: &Call) -> Result<Option<&str>, ServiceError> {
    if let Some(name) = call.input.string("UserName") {
        return Ok(Some(name));
    }
    match &call.caller.identity {
        Identity::User(user) => Ok(Some(&user.name)),
        Identity::Root => Ok(None),
        _ => Err(error::validation(
            "Must specify userName when calling with non-User credentials",
        )),
    }
}

fn resource(kind: ResourceKind, world: &World, call: &Call) -> Result<Resource, ServiceError> {
    let account = account(call)?;
    let prefix = |kind| {
        let prefix = call.input.string("PathPrefix").unwrap_or("/");
        Resource::of_caller(iam_arn(call.partition(), &account, kind, prefix, ""))
    };
    Ok(match kind {
        ResourceKind::User => match user_name(call)? {
            Some(name) => user(world, call, &account, name),
            None => Resource::of_caller(root_arn(call.partition(), &account)),
        },
        ResourceKind::Role => role(world, call, &account),
        ResourceKind::Group => group(world, call, &account),
        ResourceKind::Policy => policy(world, call, &account),
        ResourceKind::Users => prefix("user"),
        ResourceKind::Groups => prefix("group"),
        ResourceKind::Roles => prefix("role"),
        _ => Resource::everything(),
    })
}

fn user(world: &World, call: &Call, account: &AccountId, name: &str) -> Resource {
    match world.user(account.as_str(), name) {
        Some(user) => Resource {
            tags: user.tags.clone(),
            ..Resource::of_caller(user.arn(call.partition()))
        },
        None => missing(call, account, "user", name),
    }
}

fn role(world: &World, call: &Call, account: &AccountId) -> Resource {
    let name = call.required("RoleName");
    match world.role(account.as_str(), name) {
        Some(role) => Resource {
            tags: role.tags.clone(),
            ..Resource::of_caller(role.arn(call.partition()))
        },
        None => missing(call, account, "role", name),
    }
}

fn group(world: &World, call: &Call, account: &AccountId) -> Resource {
    let name = call.required("GroupName");
    match world.group(account.as_str(), name) {
        Some(group) => Resource::of_caller(group.arn(call.partition())),
        None => missing(call, account, "group", name),
    }
}

fn policy(world: &World, call: &Call, account: &AccountId) -> Resource {
    let Some(arn) = call.input.string("PolicyArn") else {
        return missing(call, account, "policy", call.required("PolicyName"));
    };
    let policy = world.managed_policy(arn);
    Resource {
        tags: policy.map_or_else(Vec::new, |policy| policy.tags.clone()),
        ..Resource::of_caller(arn.to_owned())
    }
}

/// What isn't there has the path it is to be made with; nobody knows another.
fn missing(call: &Call, account: &AccountId, kind: &str, name: &str) -> Resource {
    let path = call.input.string("Path").unwrap_or("/");
    Resource::of_caller(iam_arn(call.partition(), account, kind, path, name))
}
