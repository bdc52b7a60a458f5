//! `AssumeRole`.

use rolecall_wire::{ServiceError, Structure};

use super::credentials::{NewSession, issue};
use super::session_policy::SessionPolicies;
use super::{
    access_denied, mfa, provided, role, saml, session_tags, source_identity, validation_error,
};
use crate::caller::{Identity, assumed_role_arn};
use crate::context::ContextKey;
use crate::service::Answer;
use crate::service::call::Call;
use crate::world::{SessionIdentity, World};

/// Seconds; AWS: API Reference, `AssumeRole`, `DurationSeconds`.
pub(super) const DEFAULT_DURATION: i64 = 3600;
/// Seconds; AWS: IAM User Guide, Roles terms and concepts, role chaining.
const CHAINED_LIMIT: i64 = 3600;

/// What AWS looks at before it asks any policy.
pub(super) fn check(world: &World, call: &Call) -> Result<(), ServiceError> {
    let arn = call.required("RoleArn");
    if !arn.starts_with("arn:") || arn.split(':').count() < 6 {
        return Err(validation_error(format!("{arn} is invalid")));
    }
    if matches!(call.caller.identity, Identity::Root) {
        return Err(access_denied("Roles may not be assumed by root accounts."));
    }
    if !call.input.list("ProvidedContexts").is_empty() {
        return Err(no_contexts());
    }
    mfa::shown(world, call)?;
    session_tags::check(call)?;
    check_source_identity(call)?;
    SessionPolicies::read(world, call)?.packed_size(call)?;
    Ok(())
}

/// Contexts are assertions of AWS services, IAM Identity Center for one, which the mock can't verify; passing them over
/// would lose the permissions that hang on them.
fn no_contexts() -> ServiceError {
    let message = "ProvidedContexts of sts:AssumeRole are not implemented by this mock";
    ServiceError::new(501, "NotImplemented", message)
}

/// A chained session keeps the source identity it has.
fn check_source_identity(call: &Call) -> Result<(), ServiceError> {
    let inherited = call
        .caller
        .session
        .as_ref()
        .and_then(|s| s.source_identity.as_deref());
    match (inherited, call.input.string("SourceIdentity")) {
        (Some(inherited), Some(given)) if inherited != given => Err(validation_error(
            "The source identity is already set for this assume role session",
        )),
        _ => Ok(()),
    }
}

/// Begins a session of a role that trusts the caller.
pub(super) fn handle(world: &mut World, call: &Call) -> Answer {
    let answer = begin(world, call, Vec::new())?;
    if let Some(shown) = mfa::shown(world, call)? {
        shown.use_up(world);
    }
    Ok(answer.into())
}

/// Begins a session of the role of `RoleArn`, which keeps those keys of the identity provider that vouched for it.
pub(super) fn begin(
    world: &mut World,
    call: &Call,
    provider_keys: Vec<ContextKey>,
) -> Result<Structure, ServiceError> {
    let Some(role) = role(world, call).cloned() else {
        return Err(no_role(call));
    };
    let (duration, session_name) = match saml::of(call) {
        Some(identity) => (
            saml::duration(call, identity, role.max_session)?,
            identity.session_name.clone(),
        ),
        None => (
            duration(call, role.max_session)?,
            call.required("RoleSessionName").to_owned(),
        ),
    };
    let arn = assumed_role_arn(&role, &session_name, call.partition());
    let policies = SessionPolicies::read(world, call)?;
    let packed_size = policies.packed_size(call)?;
    let (tags, transitive_tags) = session_tags::of_session(call);
    let source_identity = source_identity(call).map(str::to_owned);

    let user = Structure::new()
        .with("AssumedRoleId", format!("{}:{session_name}", role.id))
        .with("Arn", arn.as_str());
    let identity = SessionIdentity::Role {
        name: role.name.clone(),
        id: role.id.clone(),
        session_name,
    };
    let session = NewSession {
        policies: policies.prepare(&arn),
        tags,
        transitive_tags,
        source_identity: source_identity.clone(),
        duration,
        provider_keys,
        ..NewSession::new(role.account.clone(), identity)
    };
    Ok(Structure::new()
        .with("AssumedRoleUser", user)
        .with("Credentials", issue(world, session, call.now()))
        .with_some("PackedPolicySize", packed_size)
        .with_some("SourceIdentity", source_identity))
}

/// Only where authorization is switched off.
fn no_role(call: &Call) -> ServiceError {
    access_denied(match provided::of(call) {
        Some(identity) => format!("Not authorized to perform {}", identity.action()),
        None => format!(
            "User: {} is not authorized to perform: sts:AssumeRole on resource: {}",
            call.caller.arn(),
            call.required("RoleArn")
        ),
    })
}

/// The session's length: the range is the model's matter; then the role's maximum, then the hour of chained roles.
fn duration(call: &Call, role_maximum: i64) -> Result<i64, ServiceError> {
    let duration = call
        .input
        .integer("DurationSeconds")
        .unwrap_or(DEFAULT_DURATION);
    if duration > role_maximum {
        return Err(validation_error(
            "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
        ));
    }
    if duration > CHAINED_LIMIT && !call.caller.is_long_term() {
        return Err(validation_error(
            "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role \
             chaining.",
        ));
    }
    Ok(duration)
}
