//! The errors of Organizations.
//!
//! AWS: Organizations API Reference, errors of the operations.

use rolecall_wire::ServiceError;

use crate::service::Denial;

pub(super) fn denial(denial: &Denial<'_>) -> ServiceError {
    ServiceError::new(400, "AccessDeniedException", denial.in_full())
}

/// A request without a signature.
pub(super) fn unsigned() -> ServiceError {
    let message = "Missing Authentication Token";
    ServiceError::new(403, "MissingAuthenticationTokenException", message)
}

pub(super) fn not_in_use() -> ServiceError {
    let message = "Your account is not a member of an organization.";
    ServiceError::new(400, "AWSOrganizationsNotInUseException", message)
}

/// For members of the organization that don't manage it.
pub(super) fn not_management() -> ServiceError {
    let message = "You don't have permissions to access this resource.";
    ServiceError::new(400, "AccessDeniedException", message)
}

pub(super) fn invalid_input(message: &str) -> ServiceError {
    ServiceError::new(400, "InvalidInputException", message)
}

/// Something that isn't there: `Policy`, `a policy`.
pub(super) fn not_found(kind: &str, what: &str) -> ServiceError {
    let message = format!("You specified {what} that doesn't exist.");
    ServiceError::new(400, &format!("{kind}NotFoundException"), message)
}
