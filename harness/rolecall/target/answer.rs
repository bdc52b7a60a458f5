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

/// What a request came to, and the id under which AWS and the mock explain it.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The output or the error.
    pub got: Got,
    /// The authorization's id; `None` where nothing was authorized, or the target doesn't say.
    pub authorization_id: Option<String>,
}

/// What stands before the authorization's id at the end of a denial's message.
///
/// AWS: IAM User Guide, Troubleshoot access denied error messages with authorization ID.
const BEFORE_ID: &str = "with the following authorization id: ";

impl Got {
    /// The authorization's id that a denial ends with.
    pub(super) fn authorization_id(&self) -> Option<&str> {
        let Self::Refused(error) = self else {
            return None;
        };
        let (_, id) = error.message.as_deref()?.rsplit_once(BEFORE_ID)?;
        let is_id = |character: char| character.is_ascii_digit() || character.is_ascii_lowercase();
        let id = id.trim_end_matches(['.', '\n']);
        (!id.is_empty() && id.chars().all(is_id)).then_some(id)
    }
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
pub(crate) fn is_denial_code(code: &str) -> bool {
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

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    /// AWS: IAM User Guide, Troubleshoot access denied error messages with authorization ID.
    #[rstest]
    #[case::at_the_end(
        "no. Go to https://us-east-1.console.aws.amazon.com/iam/home?region=us-east-1#/authorization-details/0a1b for \
         complete details, or call the GetRequestAuthorizationDetails API with the following authorization id: 0a1b",
        Some("0a1b")
    )]
    #[case::with_a_full_stop("call it with the following authorization id: 0a1b.", Some("0a1b"))]
    #[case::no_id("call it with the following authorization id: ../policy", None)]
    #[case::empty("call it with the following authorization id: ", None)]
    #[case::not_told(
        "User: arn:aws:iam::1:user/a is not authorized to perform: s3:GetObject",
        None
    )]
    fn a_denial_may_end_with_its_id(#[case] message: &str, #[case] expected: Option<&str>) {
        let got = Got::Refused(ServiceError::new(403, "AccessDenied", message));

        assert_eq!(got.authorization_id(), expected);
    }
}
