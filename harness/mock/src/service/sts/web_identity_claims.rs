//! The claims by which a provider passes session tags, a source identity and a list of roles.
//!
//! AWS: IAM User Guide, Passing session tags in AWS STS, with `AssumeRoleWithWebIdentity`.

use rolecall_wire::ServiceError;
use serde_json::{Map, Value};

use super::provided::{checked_source_identity, invalid_token};
use crate::world::Tags;

const TAGS: &str = "https://aws.amazon.com/tags";
const FLAT_TAG: &str = "https://aws.amazon.com/tags/principal_tags/";
const FLAT_TRANSITIVE: &str = "https://aws.amazon.com/tags/transitive_tag_keys";
const SOURCE_IDENTITY: &str = "https://aws.amazon.com/source_identity";
const ROLES: &str = "https://aws.amazon.com/roles";

/// The session tags and the keys of the transitive ones, nested or in claims of their own.
pub(super) fn tags(claims: &Map<String, Value>) -> Result<(Tags, Vec<String>), ServiceError> {
    let nested = claims.get(TAGS);
    let member = |name| nested.and_then(|nested| nested.get(name));
    let listed = member("principal_tags").and_then(Value::as_object);
    let listed = listed.into_iter().flatten();
    let flat = claims
        .iter()
        .filter_map(|(claim, value)| Some((claim.strip_prefix(FLAT_TAG)?, value)));
    let tags = listed
        .map(|(key, value)| (key.as_str(), value))
        .chain(flat)
        .map(|(key, value)| tag(key, value))
        .collect::<Result<_, _>>()?;
    let transitive = [member("transitive_tag_keys"), claims.get(FLAT_TRANSITIVE)];
    let transitive = transitive.into_iter().flatten().flat_map(texts);
    Ok((tags, transitive.map(str::to_owned).collect()))
}

/// A tag has one value. AWS's text for more of them isn't known.
fn tag(key: &str, value: &Value) -> Result<(String, String), ServiceError> {
    match texts(value).as_slice() {
        [value] => Ok((key.to_owned(), (*value).to_owned())),
        _ => Err(invalid_token(&format!(
            "The session tag {key} must have exactly one value"
        ))),
    }
}

/// The source identity; what isn't text is none that AWS takes.
pub(super) fn source_identity(claims: &Map<String, Value>) -> Result<Option<String>, ServiceError> {
    let claimed = claims.get(SOURCE_IDENTITY);
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    claimed
        .map(|value| checked_source_identity(&text(value)))
        .transpose()
}

/// The ARNs of the only roles that the token is good for.
pub(super) fn roles(claims: &Map<String, Value>) -> Option<Vec<String>> {
    let roles = texts(claims.get(ROLES)?);
    Some(roles.into_iter().map(str::to_owned).collect())
}

/// A text, or a list of them.
pub(super) fn texts(value: &Value) -> Vec<&str> {
    match value {
        Value::String(text) => vec![text],
        Value::Array(list) => list.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}
