//! What operations act on, by its ARN: of what is there, and of what is to be made.

use rolecall_wire::ServiceError;

use super::{account, mfa_devices, service_linked_roles, simulate, user_name};
use crate::service::call::Call;
use crate::service::need::{Resource, ResourceKind};
use crate::world::{AccountId, World, iam_arn, root_arn};

pub(super) fn resource(
    kind: ResourceKind,
    world: &World,
    call: &Call,
) -> Result<Resource, ServiceError> {
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
        ResourceKind::KeyOwner => key_owner(world, call, &account),
        ResourceKind::RenamedUser => {
            let path = world.user(account.as_str(), call.required("UserName"));
            renamed(call, &account, "user", path.map(|user| user.path.as_str()))
        }
        ResourceKind::RenamedGroup => {
            let path = world.group(account.as_str(), call.required("GroupName"));
            renamed(
                call,
                &account,
                "group",
                path.map(|group| group.path.as_str()),
            )
        }
        ResourceKind::Role => role(world, call, &account),
        ResourceKind::ServiceLinkedRole => {
            Resource::of_caller(service_linked_roles::arn(call, &account))
        }
        ResourceKind::InstanceProfile => instance_profile(world, call, &account),
        ResourceKind::Group => group(world, call, &account),
        ResourceKind::PolicySource => simulate::resource(world, call),
        ResourceKind::Policy => policy(world, call, &account),
        ResourceKind::MfaDevice => mfa_device(world, call, &account),
        ResourceKind::OidcProvider => oidc_provider(world, call, &account),
        ResourceKind::Users => prefix("user"),
        ResourceKind::Groups => prefix("group"),
        ResourceKind::Roles => prefix("role"),
        ResourceKind::InstanceProfiles => prefix("instance-profile"),
        ResourceKind::MfaDevices => prefix("mfa"),
        ResourceKind::OidcProviders => every(call, &account, "oidc-provider"),
        ResourceKind::SamlProvider => saml_provider(world, call, &account),
        ResourceKind::SamlProviders => every(call, &account, "saml-provider"),
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

/// The user that an access key is of; a key that isn't the account's stands for itself.
fn key_owner(world: &World, call: &Call, account: &AccountId) -> Resource {
    let id = call.required("AccessKeyId");
    let key = world.access_key(id).filter(|key| key.account() == account);
    match key.and_then(|key| key.user()) {
        Some(name) => user(world, call, account, name),
        None if key.is_some() => Resource::of_caller(root_arn(call.partition(), account)),
        None => Resource::of_caller(format!("access key {id}")),
    }
}

/// A user or group under the name and the path that it is to have.
fn renamed(call: &Call, account: &AccountId, kind: &str, path: Option<&str>) -> Resource {
    let new = call.input.string("NewUserName");
    let new = new.or_else(|| call.input.string("NewGroupName"));
    let old = call.input.string("UserName");
    let old = old.or_else(|| call.input.string("GroupName"));
    let path = call.input.string("NewPath").or(path).unwrap_or("/");
    let name = new.or(old).unwrap_or_default();
    Resource::of_caller(iam_arn(call.partition(), account, kind, path, name))
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

fn instance_profile(world: &World, call: &Call, account: &AccountId) -> Resource {
    let name = call.required("InstanceProfileName");
    match world.instance_profile(account, name) {
        Some(profile) => Resource {
            tags: profile.tags.clone(),
            ..Resource::of_caller(profile.arn(call.partition()))
        },
        None => missing(call, account, "instance-profile", name),
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

fn mfa_device(world: &World, call: &Call, account: &AccountId) -> Resource {
    let serial = mfa_devices::arn(call, account);
    let device = world.mfa_device(&serial);
    Resource {
        tags: device.map_or_else(Vec::new, |device| device.tags.clone()),
        ..Resource::of_caller(serial)
    }
}

fn oidc_provider(world: &World, call: &Call, account: &AccountId) -> Resource {
    let Some(arn) = call.input.string("OpenIDConnectProviderArn") else {
        let url = call.required("Url");
        let host = url.split_once("://").map_or(url, |(_, host)| host);
        return missing(call, account, "oidc-provider", host);
    };
    let provider = world.oidc_provider(account.as_str(), arn);
    Resource {
        tags: provider.map_or_else(Vec::new, |provider| provider.tags.clone()),
        ..Resource::of_caller(arn.to_owned())
    }
}

fn saml_provider(world: &World, call: &Call, account: &AccountId) -> Resource {
    let Some(arn) = call.input.string("SAMLProviderArn") else {
        return missing(call, account, "saml-provider", call.required("Name"));
    };
    let provider = world.saml_provider(account.as_str(), arn);
    Resource {
        tags: provider.map_or_else(Vec::new, |provider| provider.tags.clone()),
        ..Resource::of_caller(arn.to_owned())
    }
}

/// What isn't there has the path it is to be made with; nobody knows another.
fn missing(call: &Call, account: &AccountId, kind: &str, name: &str) -> Resource {
    let path = call.input.string("Path").unwrap_or("/");
    Resource::of_caller(iam_arn(call.partition(), account, kind, path, name))
}

/// All of a kind.
fn every(call: &Call, account: &AccountId, kind: &str) -> Resource {
    Resource::of_caller(iam_arn(call.partition(), account, kind, "/", "*"))
}
