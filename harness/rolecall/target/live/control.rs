//! What a target that is a rolecall server can do beside AWS's services: its `/_rolecall/…`.
//!
//! Whether a target is one is asked once, when it is connected to; AWS's own hosts are never asked. The requests go through
//! the test's [`Client`], so that they are limited, recorded and replayed as all others are.

use http::{Method, Request};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use crate::scenario::model::ContextEntry;
use crate::target::client::Client;

/// The control requests of a rolecall server.
#[derive(Clone, Copy, Debug)]
pub(super) struct Control<'a> {
    client: &'a Client,
}

impl<'a> Control<'a> {
    /// Whether a rolecall server answers. One that doesn't answer, or isn't in a record, is none.
    pub(super) async fn is_there(client: &'a Client) -> bool {
        let answer = Self::of(client).ask(&Method::GET, "health", "").await;
        answer.is_ok_and(|answer| is_rolecall(&answer))
    }

    /// The control requests of what is known to be one.
    pub(super) fn of(client: &'a Client) -> Self {
        Self { client }
    }

    /// From now on the server takes tokens of this issuer that are signed with a key of this JWKS, in all accounts; former
    /// keys of the issuer are replaced.
    ///
    /// # Errors
    ///
    /// When the server doesn't answer, or it is no JWKS.
    pub(super) async fn put_jwks(self, issuer: &str, jwks: &str) -> Result<(), String> {
        self.ask(&Method::PUT, &keys_of(issuer), jwks)
            .await
            .map(drop)
    }

    /// From now on the issuer's keys are those that its providers have by themselves.
    ///
    /// # Errors
    ///
    /// When the server doesn't answer.
    pub(super) async fn forget_jwks(self, issuer: &str) -> Result<(), String> {
        self.ask(&Method::DELETE, &keys_of(issuer), "")
            .await
            .map(drop)
    }

    /// From now on requests that are signed with this access key carry these condition keys and no others that were given
    /// before; none takes them back.
    ///
    /// # Errors
    ///
    /// When the server doesn't answer, or nobody has the access key.
    pub(super) async fn put_context(
        self,
        access_key_id: &str,
        keys: &[ContextEntry],
    ) -> Result<(), String> {
        let path = format!("context?access_key={access_key_id}");
        let body = json_of(keys).to_string();
        self.ask(&Method::PUT, &path, &body).await.map(drop)
    }

    /// Whether someone may do something, in the server's world as it stands; on `*` where there is no resource.
    ///
    /// # Errors
    ///
    /// When the server doesn't answer, or knows nobody like that.
    pub(super) async fn can(
        self,
        principal: &Value,
        action: &str,
        resource: Option<&str>,
        keys: &[ContextEntry],
    ) -> Result<bool, String> {
        let question = json!({
            "principal": principal,
            "action": action,
            "resource": resource,
            "context": json_of(keys),
        });
        let answer = self
            .ask(&Method::POST, "can", &question.to_string())
            .await?;
        let answer: Option<Value> = serde_json::from_slice(&answer).ok();
        let allowed = answer
            .as_ref()
            .and_then(|answer| answer.get("allowed")?.as_bool());
        allowed.ok_or_else(|| "the server's answer doesn't say whether it is allowed".to_owned())
    }

    /// The answer's body.
    async fn ask(self, method: &Method, path: &str, body: &str) -> Result<Vec<u8>, String> {
        let told = format!("{method} /_rolecall/{path}");
        let request = Request::builder()
            .method(method)
            .uri(format!("/_rolecall/{path}"))
            .body(body.to_owned())
            .map_err(|error| format!("{told}: {error}"))?;
        let (status, body) = self.client.plain(request).await?;
        if (200..300).contains(&status) {
            return Ok(body.to_vec());
        }
        let text = String::from_utf8_lossy(&body);
        Err(format!("the server answers {told} with {status}: {text}"))
    }
}

/// Condition keys as the server reads them: a text for one value, a list for several.
fn json_of(keys: &[ContextEntry]) -> Value {
    let members = keys.iter().map(|entry| {
        let value = match (entry.values.as_slice(), entry.multivalued) {
            ([value], false) => json!(value),
            (values, _) => json!(values),
        };
        (entry.key.clone(), value)
    });
    Value::Object(members.collect())
}

fn keys_of(issuer: &str) -> String {
    let issuer = utf8_percent_encode(issuer, NON_ALPHANUMERIC);
    format!("jwks?issuer={issuer}")
}

/// Whether the answer to a question for its health is a rolecall server's: it says its name.
fn is_rolecall(body: &[u8]) -> bool {
    let answer: Option<Value> = serde_json::from_slice(body).ok();
    answer.is_some_and(|answer| answer.get("server").and_then(Value::as_str) == Some("rolecall"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case::ours(r#"{"status": "ok", "server": "rolecall", "version": "0.1.0"}"#, true)]
    #[case::anybodys(r#"{"status": "ok"}"#, false)]
    #[case::localstacks(r#"{"services": {"iam": "running"}, "edition": "community"}"#, false)]
    #[case::a_page("<html>rolecall</html>", false)]
    #[case::nothing("", false)]
    fn only_a_server_that_says_its_name_is_one(#[case] answer: &str, #[case] expected: bool) {
        assert_eq!(is_rolecall(answer.as_bytes()), expected);
    }
}
