//! The condition keys that AWS's policy simulator is told: those of the scenario, and those that a request of the principal
//! would have.
//!
//! The simulator has none of its own: it names the keys that the policies ask for and nobody told
//! (`MissingContextValues`), and doesn't say what its decision is worth without them (AWS: IAM API Reference,
//! `SimulatePrincipalPolicy`). So what it was not told is told in a second request, or the question stays open.

use rolecall_policy::arn;
use rolecall_policy::catalog::key_kind;
use rolecall_wire::{Structure, Value};

use super::order::strings;
use crate::scenario::model::ContextEntry;

/// The one whose policies are simulated.
#[derive(Clone, Debug)]
pub(super) struct Principal {
    /// The ARN of the user, or of the session's role.
    pub(super) arn: String,
    /// The user's name on the target; `None` for a session.
    pub(super) user: Option<String>,
    /// The user's tags. Those of a session aren't known here: its role's may not be all.
    pub(super) tags: Option<Vec<(String, String)>>,
}

impl Principal {
    /// The keys that a request to do something on this resource would have, as far as that is known here.
    ///
    /// AWS: IAM User Guide, AWS global condition context keys; a request over TLS that the principal makes itself.
    pub(super) fn key(&self, key: &str, resource: Option<&str>) -> Option<ContextEntry> {
        let folded = key.to_ascii_lowercase();
        if let Some(tag) = folded.strip_prefix("aws:principaltag/") {
            let mut tags = self.tags.as_ref()?.iter();
            let (_, value) = tags.find(|(name, _)| name.eq_ignore_ascii_case(tag))?;
            return Some(single(key, value));
        }
        let value = match folded.as_str() {
            "aws:principalarn" => &self.arn,
            "aws:principalaccount" => arn::account(&self.arn)?,
            "aws:principaltype" if self.user.is_some() => "User",
            "aws:principaltype" => "AssumedRole",
            "aws:username" => self.user.as_deref()?,
            "aws:multifactorauthpresent" if self.user.is_none() => "false",
            "aws:principalisawsservice" | "aws:viaawsservice" => "false",
            "aws:securetransport" => "true",
            "aws:requestedregion" => "us-east-1",
            "aws:resourceaccount" | "s3:resourceaccount" => arn::account(resource?)?,
            _ => return None,
        };
        Some(single(key, value))
    }
}

fn single(key: &str, value: &str) -> ContextEntry {
    ContextEntry {
        key: key.to_owned(),
        values: vec![value.to_owned()],
        multivalued: false,
    }
}

/// `ContextEntries`. A key without values is absent: nothing is told of it.
pub(super) fn entries(keys: &[ContextEntry]) -> Value {
    let told = keys.iter().filter(|key| !key.values.is_empty());
    Value::List(told.map(|key| Value::Structure(entry(key))).collect())
}

fn entry(key: &ContextEntry) -> Structure {
    let values = key.values.iter().map(String::as_str);
    Structure::new()
        .with("ContextKeyName", key.key.as_str())
        .with("ContextKeyValues", strings(values))
        .with("ContextKeyType", type_of(key))
}

/// AWS: IAM API Reference, `ContextEntry`; by the type that the service authorization reference gives the key.
fn type_of(key: &ContextEntry) -> String {
    let kind = key_kind(&key.key);
    let kind = kind.as_deref().unwrap_or("String");
    let single = match kind.strip_prefix("ArrayOf").unwrap_or(kind) {
        "Bool" => "boolean",
        "Date" => "date",
        "IPAddress" => "ip",
        "Numeric" => "numeric",
        _ => "string",
    };
    let list = if key.multivalued { "List" } else { "" };
    format!("{single}{list}")
}
