//! CloudFront's errors.
//!
//! AWS: CloudFront API Reference, errors of the operations.

use rolecall_wire::ServiceError;

use crate::service::Denial;

pub(super) fn denial(denial: &Denial<'_>) -> ServiceError {
    ServiceError::new(403, "AccessDenied", denial.in_full())
}

/// A request without a signature.
pub(super) fn unsigned() -> ServiceError {
    let message = "Missing Authentication Token";
    ServiceError::new(403, "MissingAuthenticationToken", message)
}

pub(super) fn no_such_distribution() -> ServiceError {
    let message = "The specified distribution does not exist.";
    ServiceError::new(404, "NoSuchDistribution", message)
}

pub(super) fn no_such_invalidation() -> ServiceError {
    let message = "The specified invalidation does not exist.";
    ServiceError::new(404, "NoSuchInvalidation", message)
}

pub(super) fn no_such_access_control() -> ServiceError {
    let message = "The specified origin access control does not exist.";
    ServiceError::new(404, "NoSuchOriginAccessControl", message)
}

pub(super) fn no_such_resource() -> ServiceError {
    let message = "A resource that was specified is not valid.";
    ServiceError::new(404, "NoSuchResource", message)
}

pub(super) fn invalid_argument(message: &str) -> ServiceError {
    ServiceError::new(400, "InvalidArgument", message)
}

pub(super) fn inconsistent_quantities() -> ServiceError {
    let message = "The value of Quantity and the size of Items don't match.";
    ServiceError::new(400, "InconsistentQuantities", message)
}

pub(super) fn invalid_tagging(message: &str) -> ServiceError {
    ServiceError::new(400, "InvalidTagging", message)
}
