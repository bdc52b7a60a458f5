//! The errors of Organizations.
//!
//! AWS: Organizations API Reference, errors of the operations. Texts of live answers are marked so; the others are the
//! reference's own.

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

pub(super) fn invalid_input(reason: &str, message: &str) -> ServiceError {
    ServiceError::new(400, "InvalidInputException", message).with("Reason", reason)
}

pub(super) fn constraint(reason: &str, message: &str) -> ServiceError {
    ServiceError::new(400, "ConstraintViolationException", message).with("Reason", reason)
}

pub(super) fn handshake_constraint(reason: &str, message: &str) -> ServiceError {
    ServiceError::new(400, "HandshakeConstraintViolationException", message).with("Reason", reason)
}

/// Something that isn't there: `Policy`, `a policy`. Text of live answers.
pub(super) fn not_found(kind: &str, what: &str) -> ServiceError {
    let message = format!("You specified {what} that doesn't exist.");
    plain(&format!("{kind}NotFoundException"), &message)
}

/// Text of live answers.
pub(super) fn already_in_organization() -> ServiceError {
    plain(
        "AlreadyInOrganizationException",
        "The AWS account is already a member of an organization.",
    )
}

/// Text of live answers.
pub(super) fn organization_not_empty() -> ServiceError {
    plain(
        "OrganizationNotEmptyException",
        "To delete an organization you must first remove all member accounts (except the master).",
    )
}

/// Text of live answers.
pub(super) fn duplicate_unit() -> ServiceError {
    plain(
        "DuplicateOrganizationalUnitException",
        "An OU with the same name already exists.",
    )
}

pub(super) fn unit_not_empty() -> ServiceError {
    plain(
        "OrganizationalUnitNotEmptyException",
        "The specified OU is not empty. Move all accounts to another root or to other OUs, remove all child OUs, and try \
         the operation again.",
    )
}

/// Text of live answers.
pub(super) fn too_deep() -> ServiceError {
    constraint(
        "OU_DEPTH_LIMIT_EXCEEDED",
        "You cannot add an organizational unit to the specified parent because it would exceed the max depth allowed.",
    )
}

pub(super) fn duplicate_account() -> ServiceError {
    plain(
        "DuplicateAccountException",
        "That account is already present in the specified destination.",
    )
}

pub(super) fn management_cannot_leave() -> ServiceError {
    plain(
        "MasterCannotLeaveOrganizationException",
        "You can't remove a management account from an organization. If you want the management account to become a member \
         account in another organization, you must first delete the current organization of the management account.",
    )
}

pub(super) fn duplicate_handshake() -> ServiceError {
    plain(
        "DuplicateHandshakeException",
        "A handshake with the same action and target already exists. For example, if you invited an account to join your \
         organization, the invited account might already have a pending invitation from this organization.",
    )
}

pub(super) fn invalid_transition() -> ServiceError {
    plain(
        "InvalidHandshakeTransitionException",
        "You can't perform the operation on the handshake in its current state. For example, you can't cancel a handshake \
         that was already accepted or accept a handshake that was already declined.",
    )
}

pub(super) fn already_in_state() -> ServiceError {
    plain(
        "HandshakeAlreadyInStateException",
        "The specified handshake is already in the requested state. For example, you can't accept a handshake that was \
         already accepted.",
    )
}

/// Text of live answers.
pub(super) fn duplicate_policy() -> ServiceError {
    plain(
        "DuplicatePolicyException",
        "A policy with the same name already exists.",
    )
}

/// Text of live answers.
pub(super) fn malformed_policy() -> ServiceError {
    plain(
        "MalformedPolicyDocumentException",
        "The provided policy document does not meet the requirements of the specified policy type.",
    )
}

/// Text of live answers.
pub(super) fn policy_too_long() -> ServiceError {
    constraint(
        "POLICY_CONTENT_LIMIT_EXCEEDED",
        "You have exceeded the maximum policy size.",
    )
}

/// Text of live answers.
pub(super) fn policy_in_use() -> ServiceError {
    plain(
        "PolicyInUseException",
        "The policy is attached to one or more entities. You must detach it from all roots, OUs, and accounts before \
         performing this operation.",
    )
}

pub(super) fn immutable_policy() -> ServiceError {
    invalid_input(
        "IMMUTABLE_POLICY",
        "You specified a policy that is managed by AWS and can't be modified.",
    )
}

/// Text of live answers.
pub(super) fn already_attached() -> ServiceError {
    plain(
        "DuplicatePolicyAttachmentException",
        "A policy with the specified name and type already exists.",
    )
}

pub(super) fn not_attached() -> ServiceError {
    plain(
        "PolicyNotAttachedException",
        "The policy isn't attached to the specified target in the specified root.",
    )
}

/// Text of live answers.
pub(super) fn most_attached() -> ServiceError {
    constraint(
        "MAX_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED",
        "You have attached the maximum number of policies to the specified target.",
    )
}

/// Text of live answers.
pub(super) fn last_attached() -> ServiceError {
    constraint(
        "MIN_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED",
        "You cannot remove the last policy attached to the specified target. You must have at least one attached at all \
         times.",
    )
}

pub(super) fn not_detachable() -> ServiceError {
    invalid_input(
        "NON_DETACHABLE_POLICY",
        "You can't detach this AWS Managed Policy.",
    )
}

/// Text of live answers.
pub(super) fn type_already_enabled() -> ServiceError {
    plain(
        "PolicyTypeAlreadyEnabledException",
        "The specified policy type is already enabled.",
    )
}

/// Text of live answers.
pub(super) fn type_not_enabled() -> ServiceError {
    plain(
        "PolicyTypeNotEnabledException",
        "This operation can be performed only for enabled policy types.",
    )
}

/// For types that the mock doesn't have.
pub(super) fn type_not_available() -> ServiceError {
    plain(
        "PolicyTypeNotAvailableForOrganizationException",
        "You can't use the specified policy type with the feature set currently enabled for this organization.",
    )
}

fn plain(code: &str, message: &str) -> ServiceError {
    ServiceError::new(400, code, message)
}
