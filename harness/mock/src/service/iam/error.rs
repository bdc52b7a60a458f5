//! IAM's errors.
//!
//! AWS: IAM API Reference, errors of the operations; IAM User Guide, Troubleshoot access denied error messages.

use rolecall_policy::CheckType;
use rolecall_policy::evaluate::is_reserved;
use rolecall_wire::ServiceError;

use crate::service::Denial;
use crate::world::{Holder, WorldError};

/// IAM names the resource, and the reason. What is AWS's own, nobody may change: whoever the policies would let is told so
/// in other words.
pub(super) fn denial(denial: &Denial<'_>) -> ServiceError {
    let (action, resource) = (denial.question.action(), denial.question.resource());
    if is_reserved(action, resource) {
        let evaluation = denial.question.explain();
        let mut deciding = evaluation.deciding();
        if deciding.all(|check| check.check_type == CheckType::Resource) {
            return match resource.split_once(":role/") {
                Some((_, role)) => unmodifiable(role.rsplit('/').next().unwrap_or(role)),
                None => protected_policy(),
            };
        }
    }
    ServiceError::new(403, "AccessDenied", denial.in_full())
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
    in_use(&format!("Cannot delete entity, must {first} first."))
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

pub(super) fn missing_instance_profile(name: &str) -> ServiceError {
    no_such_entity(format!("Instance Profile {name} cannot be found."))
}

pub(super) fn missing_version(arn: &str, version: &str) -> ServiceError {
    no_such_entity(format!(
        "Policy {arn} version {version} does not exist or is not attachable."
    ))
}

/// A conflict in words of its own.
pub(super) fn in_use(message: &str) -> ServiceError {
    ServiceError::new(409, "DeleteConflict", message)
}

/// A member that AWS misses although its model doesn't.
pub(super) fn required(member: &str) -> ServiceError {
    validation(format!(
        "1 validation error detected: Value at '{member}' failed to satisfy constraint: Member must not be null"
    ))
}

/// A role that belongs to an AWS service.
pub(super) fn unmodifiable(role: &str) -> ServiceError {
    let message = format!(
        "Cannot perform the operation on the protected role '{role}' - this role is only modifiable by AWS"
    );
    ServiceError::new(400, "UnmodifiableEntity", message)
}

/// A policy of AWS's own.
pub(super) fn protected_policy() -> ServiceError {
    let message = "Cannot perform the operation on the protected policy - this policy is only modifiable by AWS";
    ServiceError::new(403, "AccessDenied", message)
}

/// What the world wouldn't have. A name that is taken has a text for each kind; the rest are faults of the request.
pub(super) fn refused(error: &WorldError) -> ServiceError {
    match error {
        WorldError::Exists { kind, name } => exists(match *kind {
            "user" => format!("User with name {name} already exists."),
            "group" => format!("Group with name {name} already exists."),
            "role" => format!("Role with name {name} already exists."),
            "instance profile" => format!("Instance Profile {name} already exists."),
            "OIDC provider" => format!("Provider with url {name} already exists."),
            "SAML provider" => format!("SAMLProvider with name {name} already exists."),
            _ => format!("A policy called {name} already exists. Duplicate names are not allowed."),
        }),
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
