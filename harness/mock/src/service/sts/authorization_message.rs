//! `DecodeAuthorizationMessage`: a denial in the encoded form in which EC2, say, tells of it.
//!
//! AWS: STS API Reference, `DecodeAuthorizationMessage`. How AWS encodes is its secret; [`encode`] makes what [`handle`]
//! decodes.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use rolecall_policy::{Effect, StatementTrace};
use rolecall_wire::{ServiceError, Structure};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::authorization::Question;
use crate::service::Answer;
use crate::service::call::Call;
use crate::world::World;

const SEAL: usize = 16;

/// A question and its answer as an encoded message.
pub(crate) fn encode(question: &Question) -> String {
    let text = describe(question).to_string();
    let mut message = seal(text.as_bytes());
    message.extend(text.into_bytes());
    BASE64.encode(message)
}

/// AWS's text for a message that can't be decoded isn't confirmed.
pub(super) fn handle(_: &World, call: &Call) -> Answer {
    let message = call.required("EncodedMessage");
    let decoded = decode(message).ok_or_else(|| {
        let code = "InvalidAuthorizationMessageException";
        ServiceError::new(400, code, "Message is not valid")
    })?;
    Ok(Structure::new().with("DecodedMessage", decoded).into())
}

fn decode(message: &str) -> Option<String> {
    let bytes = BASE64.decode(message).ok()?;
    let (sealed, text) = bytes.split_at_checked(SEAL)?;
    (seal(text) == sealed).then(|| String::from_utf8(text.to_vec()).ok())?
}

fn seal(text: &[u8]) -> Vec<u8> {
    Sha256::digest(text).iter().take(SEAL).copied().collect()
}

fn describe(question: &Question) -> Value {
    let evaluation = question.explain();
    let id = question
        .context()
        .get("aws:userid")
        .and_then(|id| id.first());
    let matched = evaluation.deciding().flat_map(|check| &check.statements);
    let matched = matched.filter(|statement| statement.matched() && !statement.allows);
    let conditions = question.context().iter().map(|(key, values, _)| {
        let values: Vec<_> = values.iter().map(|value| json!({"value": value})).collect();
        json!({"key": key, "values": {"items": values}})
    });
    json!({
        "allowed": evaluation.is_allowed(),
        "explicitDeny": evaluation.effect == Effect::ExplicitDeny,
        "matchedStatements": {"items": matched.map(statement).collect::<Vec<_>>()},
        "failures": {"items": []},
        "context": {
            "principal": {"id": id, "arn": question.principal().arn()},
            "action": question.action(),
            "resource": question.resource(),
            "conditions": {"items": conditions.collect::<Vec<_>>()},
        },
    })
}

fn statement(statement: &StatementTrace) -> Value {
    json!({"statementId": statement.sid.as_deref().unwrap_or_default(), "effect": "DENY"})
}
