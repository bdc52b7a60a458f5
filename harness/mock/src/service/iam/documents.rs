//! Policy documents: what IAM saves, and how it gives them back.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use rolecall_policy::validate::{PolicyKind, characters, validate};
use rolecall_policy::{Node, json};
use rolecall_wire::ServiceError;

use crate::world::{API_SOURCE, Partition, PolicyDocument, World};

/// All but RFC 3986's unreserved characters.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');

/// Reads an identity policy.
pub(super) fn identity(text: &str) -> Result<PolicyDocument, ServiceError> {
    read(text, PolicyKind::Identity, "Syntax errors in policy.").map(|(document, _)| document)
}

/// Reads a trust policy, whose principals must exist in the partition.
pub(super) fn trust(
    world: &World,
    partition: Partition,
    text: &str,
) -> Result<PolicyDocument, ServiceError> {
    let not_json = "This policy contains invalid Json";
    let (document, node) = read(text, PolicyKind::Trust, not_json)?;
    match world.unknown_principal(partition, &node) {
        Some(name) => Err(malformed(format!(
            "Invalid principal in policy: \"AWS\":\"{name}\""
        ))),
        None => Ok(document),
    }
}

/// The document as answers have it: percent-encoded.
pub(super) fn encoded(document: &PolicyDocument) -> String {
    utf8_percent_encode(&document.json, RESERVED).to_string()
}

/// The length that counts against the quotas.
pub(super) fn size(document: &PolicyDocument) -> usize {
    document.node.as_deref().map_or(0, characters)
}

fn read(
    text: &str,
    kind: PolicyKind<'_>,
    not_json: &str,
) -> Result<(PolicyDocument, Node), ServiceError> {
    let node = json::read(text, API_SOURCE).map_err(|_| malformed(not_json))?;
    if let Some(problem) = validate(&node, kind).into_iter().next() {
        let status = match problem.code {
            "LimitExceeded" => 409,
            _ => 400,
        };
        return Err(ServiceError::new(status, problem.code, problem.message));
    }
    let document = PolicyDocument::parse(text).map_err(|error| malformed(error.message))?;
    Ok((document, node))
}

fn malformed(message: impl Into<String>) -> ServiceError {
    ServiceError::new(400, "MalformedPolicyDocument", message)
}
