//! The account as a whole: its alias, and what there is in it.

use std::collections::BTreeMap;

use rolecall_policy::validate::limits;
use rolecall_wire::{ServiceError, Structure, Value};

use super::{account, error, listing};
use crate::service::call::Call;
use crate::service::{Answer, Reply};
use crate::world::World;

pub(super) fn create_alias(world: &mut World, call: &Call) -> Answer {
    let alias = call.required("AccountAlias");
    if world.is_alias_taken(alias) {
        let message = format!("The account alias {alias} already exists.");
        return Err(error::exists(message));
    }
    set_alias(world, call, Some(alias))
}

pub(super) fn delete_alias(world: &mut World, call: &Call) -> Answer {
    let settings = world.settings(&account(call)?);
    let alias = settings.and_then(|settings| settings.alias.as_deref());
    if alias != Some(call.required("AccountAlias")) {
        return Err(missing_alias());
    }
    set_alias(world, call, None)
}

fn set_alias(world: &mut World, call: &Call, alias: Option<&str>) -> Answer {
    let settings = world.settings_mut(&account(call)?);
    settings.ok_or_else(missing_alias)?.alias = alias.map(str::to_owned);
    Ok(Reply::empty())
}

fn missing_alias() -> ServiceError {
    error::no_such_entity("The account alias cannot be found.")
}

pub(super) fn list_aliases(world: &World, call: &Call) -> Answer {
    let settings = world.settings(&account(call)?);
    let alias = settings.and_then(|settings| settings.alias.as_deref());
    Ok(listing::page(call, "AccountAliases", alias)?.into())
}

/// AWS: IAM User Guide, IAM and AWS STS quotas; of what the mock doesn't have there is none.
const QUOTAS: [(&str, usize); 21] = [
    ("UsersQuota", 5000),
    ("GroupsQuota", 300),
    ("RolesQuota", 1000),
    ("PoliciesQuota", 1500),
    ("InstanceProfilesQuota", 1000),
    ("ServerCertificates", 0),
    ("ServerCertificatesQuota", 20),
    ("UserPolicySizeQuota", limits::USER_INLINE),
    ("GroupPolicySizeQuota", limits::GROUP_INLINE),
    ("RolePolicySizeQuota", limits::ROLE_INLINE),
    ("PolicySizeQuota", limits::MANAGED),
    ("AssumeRolePolicySizeQuota", limits::TRUST),
    ("GroupsPerUserQuota", 10),
    ("SigningCertificatesPerUserQuota", 2),
    ("AccessKeysPerUserQuota", 2),
    ("AttachedPoliciesPerGroupQuota", 10),
    ("AttachedPoliciesPerRoleQuota", 10),
    ("AttachedPoliciesPerUserQuota", 10),
    ("PolicyVersionsInUseQuota", 10000),
    ("VersionsPerPolicyQuota", 5),
    ("GlobalEndpointTokenVersion", 1),
];

pub(super) fn summary(world: &World, call: &Call) -> Answer {
    let account = account(call)?;
    let own_devices = || {
        world
            .mfa_devices()
            .filter(|device| device.account == account)
    };
    let policies = world.customer_policies(&account);
    let versions = policies.iter().map(|(_, policy)| policy.versions().count());
    let oidc_providers = world.oidc_providers_of(&account).len();
    let saml_providers = world.saml_providers_of(&account).len();
    let counts = [
        ("Users", world.users(&account).len()),
        ("Groups", world.groups(&account).len()),
        ("Roles", world.roles(&account).len()),
        ("Policies", policies.len()),
        ("PolicyVersionsInUse", versions.sum()),
        ("InstanceProfiles", world.instance_profiles(&account).len()),
        ("Providers", oidc_providers + saml_providers),
        ("MFADevices", own_devices().count()),
        (
            "MFADevicesInUse",
            own_devices()
                .filter(|device| device.owner.is_some())
                .count(),
        ),
        ("AccountMFAEnabled", 0),
        (
            "AccountAccessKeysPresent",
            world.access_keys_of(&account, None).len().min(1),
        ),
        ("AccountPasswordPresent", 1),
        ("AccountSigningCertificatesPresent", 0),
    ];
    let all = counts.into_iter().chain(QUOTAS);
    let map: BTreeMap<_, _> = all
        .map(|(key, count)| {
            let count = i64::try_from(count).unwrap_or(i64::MAX);
            (key.to_owned(), Value::Integer(count))
        })
        .collect();
    Ok(Structure::new().with("SummaryMap", Value::Map(map)).into())
}
