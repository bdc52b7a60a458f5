//! IAM's errors.
//!
//! AWS: IAM API Reference, errors of the operations; IAM User Guide, Troubleshoot access denied error messages.

use rolecall_wire::ServiceError;

use crate::service::Denial;
use crate::world::{Holder, WorldError};

/// IAM names the resource, and the reason.
pub(super) fn denial(denial: &Denial<'_>) -> ServiceError {
    let mut message = format!(
        "{} on resource: {}",
        denial.beginning(),
        denial.question.resource()
    );
    if let Some(reason) = denial.question.explain().denial_reason() {
        message = format!("{message} {reason}");
    }
    ServiceError::new(403, "AccessDenied", message)
}

/// AWS's answer to credentials of `GetSessionToken` without MFA.
pub(super) fn invalid_token() -> ServiceError {
    let message = "The security token included in the request is invalid.";
    ServiceError::new(403, "InvalidClientTokenId", message)
}

pub(super) fn no_such_entity(message: impl Into<String>) -> ServiceError {
    ServiceError::new(404, "NoSuchEntity", message)
}

/// A user, group or role that isn't there.
pub(super) fn missing(holder: Holder, name: &str) -> ServiceError {
    let kind = kind(holder);
    no_such_entity(format!("The {kind} with name {name} cannot be found."))
}

pub(super) fn missing_policy(arn: &str) -> ServiceError {
    no_such_entity(format!("Policy {arn} was not found."))
}

pub(super) fn not_attachable(arn: &str) -> ServiceError {
    no_such_entity(format!("Policy {arn} does not exist or is not attachable."))
}

pub(super) fn exists(message: impl Into<String>) -> ServiceError {
    ServiceError::new(409, "EntityAlreadyExists", message)
}

/// Something that is in the way of a deletion: `detach all policies`.
pub(super) fn conflict(first: &str) -> ServiceError {
    let message = format!("Cannot delete entity, must {first} first.");
    ServiceError::new(409, "DeleteConflict", message)
}

pub(super) fn limit(message: impl Into<String>) -> ServiceError {
    ServiceError::new(409, "LimitExceeded", message)
}

pub(super) fn quota(name: &str, limit: usize) -> ServiceError {
    self::limit(format!("Cannot exceed quota for {name}: {limit}"))
}

pub(super) fn invalid_input(message: impl Into<String>) -> ServiceError {
    ServiceError::new(400, "InvalidInput", message)
}

pub(super) fn validation(message: impl Into<String>) -> ServiceError {
    ServiceError::new(400, "ValidationError", message)
}

/// What the world wouldn't have. A name that is taken has a text for each kind; the rest are faults of the request.
pub(super) fn refused(error: &WorldError) -> ServiceError {
    match error {
        WorldError::Exists { kind, name } => {
            let kind = match *kind {
                "user" => "User",
                "group" => "Group",
                "role" => "Role",
                _ => {
                    return exists(format!(
                        "A policy called {name} already exists. Duplicate names are not allowed."
                    ));
                }
            };
            exists(format!("{kind} with name {name} already exists."))
        }
        WorldError::InvalidTags(_) => invalid_input(error.to_string()),
        _ => validation(error.to_string()),
    }
}

pub(super) fn kind(holder: Holder) -> &'static str {
    match holder {
        Holder::User => "user",
        Holder::Group => "group",
        Holder::Role => "role",
    }
}
