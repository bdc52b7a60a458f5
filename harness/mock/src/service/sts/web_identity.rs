//! `AssumeRoleWithWebIdentity`: no signature, but a token of an OpenID Connect provider tells who calls.

use rolecall_policy::Context;
use rolecall_wire::ServiceError;

use super::provided::{self, Provided, invalid_token};
use super::web_identity_token::{WebIdentity, verify};
use super::{assume_role, web_identity_keys};
use crate::caller::Caller;
use crate::service::Answer;
use crate::service::call::Call;
use crate::world::World;

/// Whoever the token vouches for.
pub(super) fn identify(world: &World, call: &Call) -> Result<Caller, ServiceError> {
    Ok(Caller::provided(Provided::Web(verify(world, call)?)))
}

/// The token behind a call.
pub(super) fn of(call: &Call) -> Option<&WebIdentity> {
    match provided::of(call) {
        Some(Provided::Web(identity)) => Some(identity),
        Some(Provided::Saml(_)) | None => None,
    }
}

/// What AWS looks at before it asks the trust policy.
pub(super) fn check(world: &World, call: &Call) -> Result<(), ServiceError> {
    if is_authorized_by_provider(call) == Some(false) {
        return Err(invalid_token(
            "The target role ARN is not present in the roles claim of the identity token",
        ));
    }
    provided::check(world, call)
}

/// Begins a session of a role that trusts the provider.
///
/// AWS: API Reference, `AssumeRoleWithWebIdentity`, response elements. The page has the issuer as `Provider`; what AWS
/// gives for a provider of IAM is its ARN, as captured answers show.
pub(super) fn handle(world: &mut World, call: &Call) -> Answer {
    let provider_keys = of(call).map(web_identity_keys::of_session);
    let answer = assume_role::begin(world, call, provider_keys.unwrap_or_default())?;
    let Some(identity) = of(call) else {
        return Ok(answer.into());
    };
    Ok(answer
        .with("SubjectFromWebIdentityToken", identity.subject.as_str())
        .with("Provider", identity.provider_arn.as_str())
        .with("Audience", identity.audience.as_str())
        .into())
}

/// `sts:RoleAuthorizedByIdp`.
pub(super) fn authorized_key(call: &Call, context: &mut Context) {
    let authorized = is_authorized_by_provider(call) == Some(true);
    context.set("sts:RoleAuthorizedByIdp", authorized.to_string());
}

/// Whether the token's list of roles has the target; `None` if it has no list.
fn is_authorized_by_provider(call: &Call) -> Option<bool> {
    let roles = of(call)?.roles.as_ref()?;
    let target = call.required("RoleArn");
    Some(roles.iter().any(|role| role == target))
}
