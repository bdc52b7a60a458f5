//! Inputs and outputs as CloudTrail shows them: names begin in lower case, secrets are hidden, bodies left out.

use jiff::Timestamp;
use rolecall_wire::model::Shape;
use rolecall_wire::{Structure, Value};
use serde_json::{Map, Value as Json, json};

/// What CloudTrail writes in the place of a secret.
const HIDDEN: &str = "HIDDEN_DUE_TO_SECURITY_REASONS";

/// Members that hold secrets, whatever the service model says of them.
const SECRETS: [&str; 10] = [
    "SecretAccessKey",
    "SessionToken",
    "WebIdentityToken",
    "SAMLAssertion",
    "TokenCode",
    "AuthenticationCode1",
    "AuthenticationCode2",
    "Password",
    "PrivateKey",
    "Base32StringSeed",
];

/// The longest text that is shown.
const TEXT_LIMIT: usize = 16 * 1024;

/// The members of an input or output.
pub(super) fn shown(structure: &Structure, shape: Option<Shape>) -> Map<String, Json> {
    let mut members = Map::new();
    for (name, value) in structure.iter() {
        let member = shape.and_then(|shape| shape.member(name));
        let of_member = member.map(rolecall_wire::model::Member::shape);
        if let Some(value) = member_value(name, value, of_member) {
            members.insert(lower_first(name), value);
        }
    }
    members
}

fn member_value(name: &str, value: &Value, shape: Option<Shape>) -> Option<Json> {
    if SECRETS.contains(&name) || shape.is_some_and(Shape::is_sensitive) {
        return Some(HIDDEN.into());
    }
    Some(match value {
        Value::Boolean(flag) => json!(flag),
        Value::Integer(number) => json!(number),
        Value::Float(number) => json!(number),
        Value::String(text) => cut(text).into(),
        Value::Blob(_) => return None,
        Value::Timestamp(time) => date(*time).into(),
        Value::List(values) => {
            let element = shape.and_then(element);
            let shown = values.iter();
            shown
                .filter_map(|value| member_value("", value, element))
                .collect()
        }
        Value::Map(entries) => {
            let entry = |(key, value): (&String, &Value)| {
                Some((key.clone(), member_value(key, value, None)?))
            };
            Json::Object(entries.iter().filter_map(entry).collect())
        }
        Value::Structure(structure) => Json::Object(shown(structure, shape)),
    })
}

fn element(shape: Shape) -> Option<Shape> {
    match shape.kind() {
        rolecall_wire::model::Kind::List(member) => Some(member.shape()),
        _ => None,
    }
}

/// A text in no more than CloudTrail keeps of it.
pub(super) fn cut(text: &str) -> String {
    let cut: String = text.chars().take(TEXT_LIMIT).collect();
    if cut.len() < text.len() {
        format!("{cut}…")
    } else {
        cut
    }
}

/// `Jul 18, 2014 4:07:39 PM`, as times are in CloudTrail's parameters and elements.
fn date(time: Timestamp) -> String {
    time.strftime("%b %-d, %Y %-I:%M:%S %p").to_string()
}

/// `RoleArn` → `roleArn`.
fn lower_first(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_lowercase().chain(letters).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// AWS: IAM User Guide, Logging IAM and AWS STS API calls with AWS CloudTrail, the examples of `AssumeRole`.
    #[test]
    fn names_times_and_secrets_are_cloudtrails() {
        let credentials = Structure::new()
            .with("AccessKeyId", "ASIAEXAMPLE")
            .with("SecretAccessKey", "secret")
            .with("SessionToken", "token")
            .with(
                "Expiration",
                "2014-07-18T16:07:39Z".parse::<Timestamp>().unwrap(),
            );
        let output = Structure::new()
            .with("Credentials", credentials)
            .with("PackedPolicySize", 6)
            .with("Body", bytes::Bytes::from_static(b"contents"));
        let wanted = json!({
            "credentials": {
                "accessKeyId": "ASIAEXAMPLE",
                "secretAccessKey": HIDDEN,
                "sessionToken": HIDDEN,
                "expiration": "Jul 18, 2014 4:07:39 PM",
            },
            "packedPolicySize": 6,
        });
        assert_eq!(Json::Object(shown(&output, None)), wanted);
    }
}
