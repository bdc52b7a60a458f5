//! IAM Toolbox: AWS's own explanation of a denied request, by its authorization ID.
//!
//! AWS gives IDs to denials only. The mock's answers all have one in a header, and it explains what it allowed too.
//!
//! AWS: IAM Toolbox API Reference; IAM User Guide, Troubleshoot access denied error messages with authorization ID.

mod details;
mod message;
mod policy;
mod value;

use std::sync::Arc;

use rolecall_wire::ServiceError;

pub(crate) use self::message::with_authorization_id;
use super::call::Call;
use super::need::{Need, Resource, ResourceKind};
use super::{Denial, Operation, ServiceTable};
use crate::authorization::Authorization;
use crate::world::World;

/// AWS: Service Authorization Reference, AWS Identity and Access Management (IAM). The actions are IAM's.
const OPERATIONS: &[Operation] = &[
    Operation::read(
        "GetRequestAuthorizationDetails",
        &[Need::new(
            "iam:GetRequestAuthorizationDetails",
            ResourceKind::Everything,
        )],
        details::handle,
    ),
    Operation::read(
        "GetRequestAuthorizationPolicy",
        &[Need::new(
            "iam:GetRequestAuthorizationPolicy",
            ResourceKind::Everything,
        )],
        policy::handle,
    ),
];

/// The service's row.
pub(crate) static TABLE: ServiceTable = ServiceTable {
    name: "iam-toolbox",
    operations: &[OPERATIONS],
    admits,
    resource: |_, _, _| Ok(Resource::everything()),
    keys: |_, _, _| {},
    denial,
};

/// A caller without an account has nothing to look up.
fn admits(call: &Call, _: &Operation) -> Result<(), ServiceError> {
    match call.caller.account {
        Some(_) => Ok(()),
        None => Err(ServiceError::new(
            403,
            "MissingAuthenticationTokenException",
            "Missing Authentication Token",
        )),
    }
}

fn denial(denial: &Denial<'_>) -> ServiceError {
    ServiceError::new(403, "AccessDeniedException", denial.in_full())
}

/// The authorization that a request names, if its caller may know of it: one of the organization recorded for whoever
/// made the request, or of the account where none was.
///
/// AWS: IAM Toolbox API Reference, `GetRequestAuthorizationPolicy`; the text is that of `ResourceNotFoundException`.
fn find(world: &World, call: &Call) -> Result<Arc<Authorization>, ServiceError> {
    let found = call.authorization(call.required("authorizationId"));
    found
        .filter(|authorization| may_know(world, call, authorization))
        .ok_or_else(|| {
            not_found(
                "The requested authorization details do not exist in this region or have expired.",
            )
        })
}

fn may_know(world: &World, call: &Call, authorization: &Authorization) -> bool {
    let Some(account) = &call.caller.account else {
        return false;
    };
    match authorization.organization() {
        Some(organization) => world
            .membership(account)
            .is_some_and(|own| own.organization == organization),
        None => authorization.caller_account.as_deref() == Some(account.as_str()),
    }
}

fn not_found(message: &str) -> ServiceError {
    ServiceError::new(404, "ResourceNotFoundException", message)
}
