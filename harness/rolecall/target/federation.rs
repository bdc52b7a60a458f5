//! What people of an identity provider show, as a scenario says it: the claims of tokens, and SAML assertions.

use jiff::Timestamp;
use rolecall_mock::AssertionSpec;
use serde_json::{Map, Value};

use crate::scenario::model::{Assertion, Assume, ClaimValue, Token};
use crate::scenario::to_json;

/// What an assertion is to say. AWS's own attributes have long names, of which a scenario writes the last part.
pub(super) fn assertion_spec(
    assertion: &Assertion,
    assume: &Assume,
    provider_arn: &str,
) -> AssertionSpec {
    let subject = assertion.subject.as_deref().unwrap_or(&assume.session);
    let mut spec = AssertionSpec::new(subject);
    spec.life = assertion.expires;
    if let Some(audience) = &assertion.audience {
        spec.audience.clone_from(audience);
    }
    if let Some(recipient) = &assertion.recipient {
        spec.recipient.clone_from(recipient);
    }
    let mut attributes = assertion.attributes.clone();
    let defaults = [
        ("Role", format!("{},{provider_arn}", assume.role_arn)),
        ("RoleSessionName", assume.session.clone()),
    ];
    for (name, value) in defaults {
        if !attributes.iter().any(|(given, _)| given == name) {
            attributes.push((name.to_owned(), vec![value]));
        }
    }
    let named = |(name, values): (String, Vec<String>)| (attribute_name(&name), values);
    spec.attributes = attributes.into_iter().map(named).collect();
    spec
}

/// AWS: IAM User Guide, Configure SAML assertions for the authentication response.
fn attribute_name(name: &str) -> String {
    let is_aws = [
        "Role",
        "RoleSessionName",
        "SessionDuration",
        "SourceIdentity",
        "TransitiveTagKeys",
    ]
    .contains(&name)
        || name.starts_with("PrincipalTag:");
    if is_aws {
        format!("https://aws.amazon.com/SAML/Attributes/{name}")
    } else {
        name.to_owned()
    }
}

/// A token's claims as JSON; relative times are counted from now.
pub(super) fn claims(token: &Token, now: Timestamp) -> Result<Map<String, Value>, String> {
    let claims = token.claims.iter();
    let claims = claims.map(|(name, value)| Ok((name.clone(), claim(value, now)?)));
    claims.collect()
}

fn claim(value: &ClaimValue, now: Timestamp) -> Result<Value, String> {
    match value {
        ClaimValue::Value(node) => {
            serde_json::from_str(&to_json(node)).map_err(|error| error.to_string())
        }
        ClaimValue::Relative(after) => {
            let time = now.checked_add(*after).map_err(|error| error.to_string())?;
            Ok(time.as_second().into())
        }
    }
}
