//! `GetWebIdentityToken`: a token by which the caller shows a service elsewhere who it is.
//!
//! AWS: IAM User Guide, Federating AWS identities to external services, and Understanding token claims.

use jiff::{SignedDuration, Timestamp};
use rolecall_policy::Context;
use rolecall_wire::{ServiceError, Structure};
use serde_json::{Map, Value, json};

use super::{session_tags, validation_error};
use crate::caller::Caller;
use crate::jwt::{Algorithm, Signer};
use crate::service::Answer;
use crate::service::call::Call;
use crate::world::{Tags, World};

/// Seconds; AWS: API Reference, `GetWebIdentityToken`, `DurationSeconds`.
const DURATION: i64 = 300;
/// AWS's own claims are members of this one.
const AWS: &str = "https://sts.amazonaws.com/";
/// Bytes. AWS doesn't tell its limit; this is the mock's own.
const PAYLOAD_LIMIT: usize = 16 * 1024;

/// The audiences, the algorithm and the duration are condition keys, of `TagGetWebIdentityToken` too.
pub(super) fn keys(call: &Call, context: &mut Context) {
    context.set_list("sts:IdentityTokenAudience", audiences(call));
    context.set("sts:SigningAlgorithm", call.required("SigningAlgorithm"));
    context.set("sts:DurationSeconds", duration(call).to_string());
}

/// The model doesn't list the algorithms, but AWS refuses others; its text isn't known and is that of such lists.
pub(super) fn check(_: &World, call: &Call) -> Result<(), ServiceError> {
    let algorithm = call.required("SigningAlgorithm");
    if !["RS256", "ES384"].contains(&algorithm) {
        return Err(validation_error(format!(
            "1 validation error detected: Value '{algorithm}' at 'signingAlgorithm' failed to satisfy constraint: \
             Member must satisfy enum value set: [RS256, ES384]"
        )));
    }
    session_tags::check(call)
}

pub(super) fn handle(world: &mut World, call: &Call) -> Answer {
    let account = call.caller.account.as_ref();
    let issuer = account.and_then(|account| world.outbound_issuer(account.as_str()));
    let (Some(account), Some(issuer)) = (account, issuer) else {
        return Err(disabled());
    };
    let now = Timestamp::from_second(call.now().as_second()).unwrap_or(call.now());
    let expires = now.checked_add(SignedDuration::from_secs(duration(call)));
    let expires = expires.unwrap_or(Timestamp::MAX);
    check_session(&call.caller, expires)?;
    let algorithm = Algorithm::parse(call.required("SigningAlgorithm"));
    let signer = algorithm.and_then(|algorithm| world.outbound_signer(account, algorithm));
    let mut claims = Map::new();
    for (claim, value) in [
        ("iss", Value::from(issuer)),
        ("sub", subject(call).into()),
        ("aud", audience(call)),
        ("iat", now.as_second().into()),
        ("exp", expires.as_second().into()),
        ("jti", world.ids.uuid().into()),
        (AWS, Value::Object(aws_claims(world, call))),
    ] {
        claims.insert(claim.to_owned(), value);
    }
    if Value::Object(claims.clone()).to_string().len() > PAYLOAD_LIMIT {
        return Err(too_large());
    }
    let token = signer.map(|signer: Signer| signer.sign(claims));
    Ok(Structure::new()
        .with_some("WebIdentityToken", token)
        .with("Expiration", expires)
        .into())
}

/// Whose token it is: of a session the role, since `sub` is the ARN that policies name.
fn subject(call: &Call) -> String {
    call.caller
        .principal_arn(call.partition())
        .unwrap_or_default()
}

/// One audience is a text, several are a list.
fn audience(call: &Call) -> Value {
    match audiences(call).as_slice() {
        [only] => only.as_str().into(),
        several => several.into(),
    }
}

/// What AWS tells of the principal, its session and the request.
fn aws_claims(world: &World, call: &Call) -> Map<String, Value> {
    let caller = &call.caller;
    let session = caller.session.as_ref();
    let membership = caller.account.as_ref().and_then(|a| world.membership(a));
    let tags = |tags: Tags| (!tags.is_empty()).then(|| Value::from(object(tags)));
    let provider = session.and_then(|session| {
        let mut keys = session.provider_keys.iter();
        keys.find(|key| key.key == "aws:FederatedProvider")?
            .values
            .first()
    });
    let claims = [
        (
            "aws_account",
            caller.account.as_ref().map(|a| json!(a.as_str())),
        ),
        ("source_region", Some(json!(call.region))),
        ("principal_id", Some(json!(subject(call)))),
        ("org_id", membership.map(|m| json!(m.organization))),
        ("ou_path", membership.map(|m| json!(m.path))),
        ("principal_tags", tags(caller.principal_tags())),
        ("request_tags", tags(session_tags::passed(call))),
        (
            "source_identity",
            session.and_then(|s| s.source_identity.as_deref().map(Value::from)),
        ),
        (
            "original_session_exp",
            session.map(|s| json!(format!("{:.0}", s.expires))),
        ),
        ("federated_provider", provider.map(|p| json!(p))),
    ];
    let present = claims.into_iter();
    present
        .filter_map(|(claim, value)| Some((claim.to_owned(), value?)))
        .collect()
}

fn object(tags: Tags) -> Map<String, Value> {
    let members = tags.into_iter();
    members
        .map(|(key, value)| (key, Value::from(value)))
        .collect()
}

fn audiences(call: &Call) -> Vec<String> {
    call.input.strings("Audience").map(str::to_owned).collect()
}

fn duration(call: &Call) -> i64 {
    call.input.integer("DurationSeconds").unwrap_or(DURATION)
}

/// A token doesn't outlive the session that it is for. AWS's text isn't known.
fn check_session(caller: &Caller, expires: Timestamp) -> Result<(), ServiceError> {
    let ends = caller.session.as_ref().map(|session| session.expires);
    if ends.is_none_or(|ends| expires <= ends) {
        return Ok(());
    }
    Err(ServiceError::new(
        403,
        "SessionDurationEscalationException",
        "The requested token duration would extend the session beyond its original expiration time",
    ))
}

/// AWS's text isn't known.
fn disabled() -> ServiceError {
    ServiceError::new(
        403,
        "OutboundWebIdentityFederationDisabledException",
        "Outbound web identity federation is not enabled for this account",
    )
}

/// AWS's text isn't known.
fn too_large() -> ServiceError {
    ServiceError::new(
        400,
        "JWTPayloadSizeExceededException",
        "The payload of the requested token is too large; pass fewer tags",
    )
}
