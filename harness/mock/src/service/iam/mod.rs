//! AWS Identity and Access Management.

mod absent;
mod access_keys;
mod account;
mod account_details;
mod boundaries;
mod credential_report;
mod documents;
mod error;
mod groups;
mod instance_profiles;
mod listing;
mod login_profiles;
mod managed_policies;
mod mfa_devices;
mod oidc_providers;
mod operations;
mod outbound_federation;
mod policies;
mod policy_entities;
mod policy_versions;
mod resource;
mod roles;
mod saml_providers;
mod service_linked_roles;
mod simulate;
mod subject;
mod tags;
mod users;

use rolecall_wire::ServiceError;

use super::call::Call;
use super::{Operation, ServiceTable};
use crate::caller::Identity;
use crate::world::{AccountId, split_partition};

/// The service's row.
pub(crate) static TABLE: ServiceTable = ServiceTable {
    name: "iam",
    operations: operations::OPERATIONS,
    admits,
    resource: resource::resource,
    keys: |_, _, _| {},
    denial: error::denial,
};

/// AWS: IAM User Guide, Compare AWS STS credentials: `GetSessionToken` without MFA and `GetFederationToken` give
/// credentials that can't call IAM.
fn admits(call: &Call, _: &Operation) -> Result<(), ServiceError> {
    check_credentials(call)?;
    check_partition(call)
}

fn check_credentials(call: &Call) -> Result<(), ServiceError> {
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

/// The members that are ARNs of what IAM has. Hardware devices have serial numbers that are none.
const ARNS: [&str; 6] = [
    "PolicyArn",
    "PermissionsBoundary",
    "OpenIDConnectProviderArn",
    "SAMLProviderArn",
    "SerialNumber",
    "PolicySourceArn",
];

/// AWS refuses a policy of another partition: github.com/pulumi/pulumi-aws-apigateway/issues/347. Whether it does so before
/// authorization, and with everything else that has an ARN, isn't known.
fn check_partition(call: &Call) -> Result<(), ServiceError> {
    let own = call.partition().as_str();
    let arns = ARNS.iter().filter_map(|member| call.input.string(member));
    let mut partitions = arns.filter_map(split_partition);
    match partitions.find(|(partition, _)| *partition != own) {
        Some(_) => Err(error::validation("Invalid ARN partition")),
        None => Ok(()),
    }
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
