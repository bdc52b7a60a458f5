//! What comes back from a target.

use rolecall_wire::{ServiceError, Structure};

/// What a step's request came to.
#[derive(Clone, Debug, PartialEq)]
pub enum Got {
    /// The call succeeded with this output.
    Allowed(Structure),
    /// The service answered with an error.
    Refused(ServiceError),
    /// No answer: the target can't be reached, or answers nonsense.
    Unreachable(String),
}

/// What a request came to, and the id under which the mock keeps its authorization.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The output or the error.
    pub got: Got,
    /// The authorization's id; `None` where nothing was authorized, or the target doesn't say.
    pub authorization_id: Option<String>,
}

/// The codes that mean "you are known, but may not": a decision, not a failed authentication. A 403 without a
/// body (an answer to HEAD) is one too. Services with a code of their own (EC2's `UnauthorizedOperation`) are asked for it by
/// name.
const AUTHORIZATION_REFUSALS: [&str; 2] = ["AccessDenied", "AccessDeniedException"];

/// Whether an error is an authorization refusal rather than a failed authentication, an expiry or a bad input.
pub fn is_denial(error: &ServiceError) -> bool {
    is_denial_code(&error.code)
        || (error.status == 403 && error.message.is_none() && error.code == "403")
}

/// Whether an error of this code is an authorization refusal.
pub(super) fn is_denial_code(code: &str) -> bool {
    AUTHORIZATION_REFUSALS.contains(&code)
}

impl Answer {
    pub(super) fn unreachable(reason: impl std::fmt::Display) -> Self {
        Self {
            got: Got::Unreachable(reason.to_string()),
            authorization_id: None,
        }
    }
}
