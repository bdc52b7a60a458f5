//! How long a policy may be.

use super::{Findings, PolicyKind, Rule};
use crate::node::{Node, Value};

/// AWS's limits on the length of policies, in characters.
///
/// Source: AWS, IAM User Guide, IAM and STS quotas; Organizations and S3 quotas.
pub mod limits {
    /// A managed policy, without the white space outside strings.
    pub const MANAGED: usize = 6144;
    /// All inline policies of a user together, without the white space.
    pub const USER_INLINE: usize = 2048;
    /// All inline policies of a group together, without the white space.
    pub const GROUP_INLINE: usize = 5120;
    /// All inline policies of a role together, without the white space.
    pub const ROLE_INLINE: usize = 10_240;
    /// A role's trust policy, by default; how AWS counts is not documented.
    pub const TRUST: usize = 2048;
    /// A session policy and the ARNs passed with it, as they are written.
    pub const SESSION: usize = 2048;
    /// A bucket's policy, in bytes as it is written.
    pub const BUCKET: usize = 20_480;
    /// A control policy, as it is written.
    pub const CONTROL: usize = 5120;
}

/// The length of a document without the white space outside its strings, in characters.
///
/// ```
/// use rolecall_policy::{json, validate::characters};
///
/// let node = json::read(r#"{ "Sid" : [ "a b", true ] }"#, Default::default())?;
/// assert_eq!(characters(&node), r#"{"Sid":["a b",true]}"#.len());
/// # Ok::<(), rolecall_policy::json::JsonError>(())
/// ```
pub fn characters(node: &Node) -> usize {
    match &node.value {
        Value::Null | Value::Bool(true) => 4,
        Value::Bool(false) => 5,
        Value::Number(text) => text.len(),
        Value::String(text) => quoted(text),
        Value::List(items) => {
            2 + separators(items.len()) + items.iter().map(characters).sum::<usize>()
        }
        Value::Map(entries) => {
            let of = |entry: &crate::Entry| quoted(&entry.key) + 1 + characters(&entry.value);
            2 + separators(entries.len()) + entries.iter().map(of).sum::<usize>()
        }
    }
}

fn quoted(text: &str) -> usize {
    let escaped = text
        .chars()
        .filter(|character| matches!(character, '"' | '\\'))
        .count();
    text.chars().count() + escaped + 2
}

fn separators(items: usize) -> usize {
    items.saturating_sub(1)
}

/// The characters of keys and values alone.
fn content(node: &Node) -> usize {
    match &node.value {
        Value::Null | Value::Bool(_) | Value::Number(_) => characters(node),
        Value::String(text) => text.chars().count(),
        Value::List(items) => items.iter().map(content).sum(),
        Value::Map(entries) => entries
            .iter()
            .map(|entry| entry.key.chars().count() + content(&entry.value))
            .sum(),
    }
}

/// Whether the policy is too long for its kind. An identity-based policy is managed or inline, which only the caller
/// knows.
pub(super) fn check(node: &Node, kind: PolicyKind<'_>, findings: &mut Findings) {
    let as_written = usize::try_from(node.span.end - node.span.start).unwrap_or(usize::MAX);
    let (length, limit) = match kind {
        // A document of 2,114 characters was seen to be saved and one of 2,633 was not, so punctuation doesn't
        // count (unverified).
        PolicyKind::Trust => (content(node), limits::TRUST),
        PolicyKind::Boundary => (characters(node), limits::MANAGED),
        PolicyKind::ServiceControl | PolicyKind::ResourceControl => (as_written, limits::CONTROL),
        PolicyKind::Bucket(_) => (as_written, limits::BUCKET),
        PolicyKind::Identity | PolicyKind::Session | PolicyKind::Resource => return,
    };
    if length > limit {
        let label = format!("{length} characters where {limit} are allowed");
        findings
            .add(Rule::TooLong, node.span, "", label)
            .help("shorten it with wildcards, or split it");
    }
}
