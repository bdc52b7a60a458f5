//! Whom an identity provider vouches for, by a token or by an assertion, and what it passes into the session.

use rolecall_policy::Context;
use rolecall_wire::ServiceError;

use super::saml_identity::SamlIdentity;
use super::session_policy::SessionPolicies;
use super::web_identity_token::WebIdentity;
use super::{saml_keys, session_tags, web_identity_keys};
use crate::caller::Identity;
use crate::service::call::Call;
use crate::world::{Tags, World};

/// Whom an identity provider vouches for.
#[derive(Clone, Debug)]
pub(crate) enum Provided {
    /// The bearer of an OpenID Connect provider's token.
    Web(WebIdentity),
    /// The bearer of a SAML provider's assertion.
    Saml(SamlIdentity),
}

/// What a provider passes into the session.
#[derive(Clone, Debug, Default)]
pub(crate) struct Passed {
    pub(crate) tags: Tags,
    pub(crate) transitive_tags: Vec<String>,
    pub(crate) source_identity: Option<String>,
}

impl Provided {
    pub(crate) fn provider_arn(&self) -> &str {
        match self {
            Self::Web(identity) => &identity.provider_arn,
            Self::Saml(identity) => &identity.provider_arn,
        }
    }

    pub(super) fn passed(&self) -> &Passed {
        match self {
            Self::Web(identity) => &identity.passed,
            Self::Saml(identity) => &identity.passed,
        }
    }

    /// The action by which it becomes a role.
    pub(super) fn action(&self) -> &'static str {
        match self {
            Self::Web(_) => "sts:AssumeRoleWithWebIdentity",
            Self::Saml(_) => "sts:AssumeRoleWithSAML",
        }
    }
}

/// Whom a provider vouches for in a call.
pub(super) fn of(call: &Call) -> Option<&Provided> {
    match &call.caller.identity {
        Identity::Provided(identity) => Some(identity),
        _ => None,
    }
}

/// The condition keys that tell of the token or the assertion.
pub(super) fn keys_of_request(call: &Call, context: &mut Context) {
    match of(call) {
        Some(Provided::Web(identity)) => web_identity_keys::of_request(identity, context),
        Some(Provided::Saml(identity)) => saml_keys::of_request(identity, context),
        None => {}
    }
}

/// What AWS looks at before it asks the trust policy.
pub(super) fn check(world: &World, call: &Call) -> Result<(), ServiceError> {
    session_tags::check(call)?;
    SessionPolicies::read(world, call)?.packed_size(call)?;
    Ok(())
}

/// A source identity, if it is one.
///
/// AWS: IAM User Guide, Troubleshoot SAML federation with IAM, has the text for assertions.
pub(super) fn checked_source_identity(text: &str) -> Result<String, ServiceError> {
    if is_name(text) {
        return Ok(text.to_owned());
    }
    Err(invalid_token(
        "Source Identity must match [a-zA-Z_0-9+=,.@-]{2,64} and not begin with \"aws:\"",
    ))
}

/// `[a-zA-Z_0-9+=,.@-]{2,64}`.
pub(super) fn is_name(text: &str) -> bool {
    let allowed = |b: u8| b.is_ascii_alphanumeric() || b"_+=,.@-".contains(&b);
    (2..=64).contains(&text.len()) && text.bytes().all(allowed)
}

pub(super) fn invalid_token(message: &str) -> ServiceError {
    ServiceError::new(400, "InvalidIdentityToken", message)
}

pub(super) fn expired_token(message: impl Into<String>) -> ServiceError {
    ServiceError::new(400, "ExpiredTokenException", message)
}
