//! Whether a bucket policy is public, as S3 Block Public Access judges it.
//!
//! AWS: S3 User Guide, Blocking public access, "The meaning of public".

use rolecall_policy::{Node, Value};

/// The condition keys that, tested against fixed values, keep a statement for `*` from being public.
const LIMITING_KEYS: [&str; 16] = [
    "aws:sourcearn",
    "aws:sourcevpc",
    "aws:sourcevpce",
    "aws:sourceaccount",
    "aws:sourceowner",
    "aws:principalorgid",
    "aws:principalorgpaths",
    "aws:principalaccount",
    "aws:principalarn",
    "aws:resourceaccount",
    "aws:resourceorgid",
    "aws:userid",
    "s3:dataaccesspointarn",
    "s3:dataaccesspointaccount",
    "s3:resourceaccount",
    "s3:x-amz-server-side-encryption-aws-kms-key-id",
];

/// Whether any statement lets everyone in.
pub(crate) fn is_public(document: &Node) -> bool {
    document
        .get("Statement")
        .is_some_and(|statements| each(statements).any(statement_is_public))
}

fn statement_is_public(statement: &Node) -> bool {
    statement.get("Effect").and_then(Node::as_str) == Some("Allow")
        && names_everyone(statement)
        && !statement.get("Condition").is_some_and(is_limited)
}

fn names_everyone(statement: &Node) -> bool {
    let principal = statement.get("Principal");
    let everyone = |node: &Node| each(node).any(|value| value.as_str() == Some("*"));
    statement.get("NotPrincipal").is_some()
        || principal.is_some_and(|p| everyone(p) || p.get("AWS").is_some_and(everyone))
}

/// Whether one test of the condition holds the statement to fixed values.
fn is_limited(condition: &Node) -> bool {
    entries(condition).any(|(operator, tests)| {
        !operator.contains("Not")
            && !operator.ends_with("IfExists")
            && !operator.starts_with("ForAllValues:")
            && entries(tests).any(|(key, values)| limits(key, values))
    })
}

fn limits(key: &str, values: &Node) -> bool {
    let key = key.to_ascii_lowercase();
    let mut values = each(values).peekable();
    values.peek().is_some()
        && values.all(|value| {
            let value = value.as_str().unwrap_or_default();
            match key.as_str() {
                "aws:sourceip" => is_narrow(value),
                "aws:userid" => is_fixed(value.strip_suffix(":*").unwrap_or(value)),
                key => LIMITING_KEYS.contains(&key) && is_fixed(value),
            }
        })
}

/// Without wildcards or variables.
fn is_fixed(value: &str) -> bool {
    !value.contains(['*', '?']) && !value.contains("${")
}

/// A range of addresses no broader than `/8` (IPv4) or `/32` (IPv6).
fn is_narrow(range: &str) -> bool {
    let (address, bits) = match range.split_once('/') {
        Some((address, bits)) => (address, bits.parse().unwrap_or(0_u8)),
        None => (range, u8::MAX),
    };
    bits >= if address.contains(':') { 32 } else { 8 }
}

/// The elements of a list, or the value itself.
fn each(node: &Node) -> impl Iterator<Item = &Node> {
    match &node.value {
        Value::List(elements) => elements.as_slice(),
        _ => std::slice::from_ref(node),
    }
    .iter()
}

fn entries(node: &Node) -> impl Iterator<Item = (&str, &Node)> {
    let entries = match &node.value {
        Value::Map(entries) => entries.as_slice(),
        _ => &[],
    };
    entries
        .iter()
        .map(|entry| (entry.key.as_str(), &entry.value))
}

#[cfg(test)]
mod tests {
    use rolecall_policy::{SourceId, json};

    use super::*;

    fn judge(rest: &str) -> bool {
        let text = format!(
            r#"{{"Statement": [{{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", {rest}}}]}}"#
        );
        is_public(&json::read(&text, SourceId(0)).unwrap())
    }

    /// AWS: S3 User Guide, Blocking public access, "The meaning of public".
    #[test]
    fn a_policy_is_public_unless_fixed_values_limit_it() {
        let rows = [
            (r#""Principal": "*""#, true),
            (r#""Principal": {"AWS": "*"}"#, true),
            (
                r#""Principal": {"AWS": ["arn:aws:iam::123456789012:root", "*"]}"#,
                true,
            ),
            (r#""Principal": {"AWS": "123456789012"}"#, false),
            (
                r#""Principal": {"Service": "cloudfront.amazonaws.com"}"#,
                false,
            ),
            (
                r#""Principal": "*", "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}"#,
                false,
            ),
            (
                r#""Principal": "*", "Condition": {"StringLike": {"aws:SourceVpc": "vpc-*"}}"#,
                true,
            ),
            (
                r#""Principal": "*", "Condition": {"StringEquals": {"aws:SourceVpc": "vpc-1"}}"#,
                false,
            ),
            (
                r#""Principal": "*", "Condition": {"StringNotEquals": {"aws:SourceVpc": "vpc-1"}}"#,
                true,
            ),
            (
                r#""Principal": "*", "Condition": {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}"#,
                false,
            ),
            (
                r#""Principal": "*", "Condition": {"IpAddress": {"aws:SourceIp": "0.0.0.0/1"}}"#,
                true,
            ),
            (
                r#""Principal": "*", "Condition": {"IpAddress": {"aws:SourceIp": "2001:db8::/31"}}"#,
                true,
            ),
            (
                r#""Principal": "*", "Condition": {"StringLike": {"aws:userid": "AROAEXAMPLE:*"}}"#,
                false,
            ),
            (
                r#""Principal": "*", "Condition": {"StringEquals": {"aws:UserAgent": "x"}}"#,
                true,
            ),
        ];
        for (rest, public) in rows {
            assert_eq!(judge(rest), public, "{rest}");
        }
    }
}
