//! AWS's JSON for an evaluation.

use std::fmt::Write as _;

use super::{Check, Evaluation, StatementTrace};
use crate::policy::PolicyType;

impl Evaluation {
    /// AWS's Evaluation as JSON, as `GetRequestAuthorizationDetails` gives it.
    ///
    /// `context` is left out, for the keys are the whole request's; a statement without Sid goes by its place,
    /// `statement-1` being the first.
    pub fn to_json(&self) -> String {
        let mut json = String::with_capacity(512);
        self.write_json(&mut json);
        json
    }

    /// Writes what [`to_json`](Self::to_json) gives.
    pub fn write_json(&self, json: &mut String) {
        json.push_str("{\"action\":");
        string(json, &self.action);
        json.push_str(",\"resource\":");
        string(json, &self.resource);
        json.push_str(",\"evaluatedEffect\":");
        string(json, self.effect.name());
        json.push_str(",\"matchedPolicies\":");
        let matched = self.checks.iter().flat_map(Check::matched);
        policies(json, &matched.collect::<Vec<_>>());
        json.push_str(",\"checks\":");
        list(json, &self.checks, Check::write_json);
        json.push('}');
    }
}

impl Check {
    fn write_json(&self, json: &mut String) {
        json.push_str("{\"checkType\":");
        string(json, self.check_type.name());
        json.push_str(",\"evaluatedEffect\":");
        string(json, self.effect.name());
        if let Some(target) = &self.target_arn {
            json.push_str(",\"targetArn\":");
            string(json, target);
        }
        json.push_str(",\"relevantPolicyTypes\":");
        let write_type = |policy_type: &PolicyType, json: &mut String| {
            string(json, policy_type.name());
        };
        list(json, &self.relevant_policy_types, write_type);
        json.push_str(",\"matchedPolicies\":");
        policies(json, &self.matched().collect::<Vec<_>>());
        json.push('}');
    }
}

impl StatementTrace {
    /// The Sid, or the one generated for reference.
    pub fn sid_or_generated(&self) -> String {
        match self.sid.as_deref() {
            Some(sid) if !sid.is_empty() => sid.to_owned(),
            _ => format!("statement-{}", self.index + 1),
        }
    }

    fn write_json(&self, json: &mut String) {
        json.push_str("{\"sid\":");
        string(json, &self.sid_or_generated());
        json.push_str(",\"evaluatedEffect\":");
        string(json, if self.allows { "ALLOW" } else { "DENY" });
        json.push('}');
    }
}

/// The matched policies in the order in which they first matched, each with its statements.
fn policies(json: &mut String, matched: &[&StatementTrace]) {
    let mut uris: Vec<&str> = Vec::new();
    for statement in matched {
        if !uris.contains(&statement.policy.uri.as_str()) {
            uris.push(&statement.policy.uri);
        }
    }
    list(json, &uris, |uri, json| {
        json.push_str("{\"uri\":");
        string(json, uri);
        json.push_str(",\"matchedStatements\":");
        let statements = matched.iter().filter(|of| of.policy.uri == **uri);
        list(json, &statements.collect::<Vec<_>>(), |statement, json| {
            statement.write_json(json);
        });
        json.push('}');
    });
}

fn list<T>(json: &mut String, items: &[T], mut write: impl FnMut(&T, &mut String)) {
    json.push('[');
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            json.push(',');
        }
        write(item, json);
    }
    json.push(']');
}

/// Writes a JSON string.
fn string(json: &mut String, text: &str) {
    json.push('"');
    for character in text.chars() {
        match character {
            '"' => json.push_str("\\\""),
            '\\' => json.push_str("\\\\"),
            character if u32::from(character) < 0x20 => {
                let _ = write!(json, "\\u{:04x}", u32::from(character));
            }
            character => json.push(character),
        }
    }
    json.push('"');
}
