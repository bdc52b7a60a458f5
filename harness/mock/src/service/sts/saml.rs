//! `AssumeRoleWithSAML`: no signature, but an assertion of a SAML provider tells who calls.

use rolecall_wire::ServiceError;

use super::provided::{self, Provided};
use super::saml_identity::{SamlIdentity, verify};
use super::{assume_role, saml_keys, validation_error};
use crate::caller::Caller;
use crate::service::Answer;
use crate::service::call::Call;
use crate::world::World;

/// Whoever the assertion vouches for.
pub(super) fn identify(world: &World, call: &Call) -> Result<Caller, ServiceError> {
    Ok(Caller::provided(Provided::Saml(verify(world, call)?)))
}

/// The assertion behind a call.
pub(super) fn of(call: &Call) -> Option<&SamlIdentity> {
    match provided::of(call) {
        Some(Provided::Saml(identity)) => Some(identity),
        Some(Provided::Web(_)) | None => None,
    }
}

/// The session's length: what the request asks for, else the assertion; never beyond the end of the session at the
/// provider.
///
/// AWS: API Reference, `AssumeRoleWithSAML`, `DurationSeconds`; the text: IAM User Guide, Troubleshoot SAML federation
/// with IAM.
pub(super) fn duration(
    call: &Call,
    identity: &SamlIdentity,
    role_maximum: i64,
) -> Result<i64, ServiceError> {
    let asked = call.input.integer("DurationSeconds");
    let duration = asked
        .or(identity.duration)
        .unwrap_or(assume_role::DEFAULT_DURATION);
    if duration > role_maximum {
        return Err(validation_error(
            "Requested DurationSeconds exceeds MaxSessionDuration set for this role.",
        ));
    }
    let left = identity
        .session_expires
        .map(|end| end.duration_since(call.now()).as_secs());
    Ok(left.map_or(duration, |left| duration.min(left)))
}

/// Begins a session of a role that trusts the provider.
///
/// AWS: API Reference, `AssumeRoleWithSAML`, response elements.
pub(super) fn handle(world: &mut World, call: &Call) -> Answer {
    let provider_keys = of(call).map(saml_keys::of_session);
    let answer = assume_role::begin(world, call, provider_keys.unwrap_or_default())?;
    let Some(identity) = of(call) else {
        return Ok(answer.into());
    };
    Ok(answer
        .with("Subject", identity.subject.as_str())
        .with("SubjectType", identity.subject_type.as_str())
        .with("Issuer", identity.issuer.as_str())
        .with("Audience", identity.recipient.as_str())
        .with("NameQualifier", identity.name_qualifier())
        .into())
}
