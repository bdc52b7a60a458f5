//! Whether a bucket policy is public, as S3 Block Public Access judges it.
//!
//! AWS: S3 User Guide, Blocking public access, "The meaning of public".

use std::net::IpAddr;

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

/// The operators that hold a key to the values beside it, alone or after `ForAnyValue:`. All others are true of some
/// request without the key, or of too many values of it.
const LIMITING_OPERATORS: [&str; 6] = [
    "StringEquals",
    "StringEqualsIgnoreCase",
    "StringLike",
    "ArnEquals",
    "ArnLike",
    "IpAddress",
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
        let operator = operator.strip_prefix("ForAnyValue:").unwrap_or(operator);
        LIMITING_OPERATORS.contains(&operator)
            && entries(tests).any(|(key, values)| limits(key, values))
    })
}

fn limits(key: &str, values: &Node) -> bool {
    let key = key.to_ascii_lowercase();
    let mut values = each(values).peekable();
    values.peek().is_some()
        && values.all(|value| match (key.as_str(), value.as_str()) {
            (_, None) => false,
            ("aws:sourceip", Some(value)) => is_narrow(value),
            ("aws:userid", Some(value)) => is_fixed(value.strip_suffix(":*").unwrap_or(value)),
            (key, Some(value)) => LIMITING_KEYS.contains(&key) && is_fixed(value),
        })
}

/// Without wildcards or variables.
fn is_fixed(value: &str) -> bool {
    !value.contains(['*', '?']) && !value.contains("${")
}

/// An address, or a range of them no broader than `/8` (IPv4) or `/32` (IPv6).
fn is_narrow(range: &str) -> bool {
    let (address, bits) = match range.split_once('/') {
        Some((address, bits)) => (address, bits.parse().unwrap_or(0_u8)),
        None => (range, u8::MAX),
    };
    match address.parse() {
        Ok(IpAddr::V4(_)) => bits >= 8,
        Ok(IpAddr::V6(_)) => bits >= 32,
        Err(_) => false,
    }
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
            (
                r#""Principal": "*", "Condition": {"Null": {"aws:PrincipalOrgID": "false"}}"#,
                true,
            ),
            (
                r#""Principal": "*", "Condition": {"Null": {"aws:SourceVpc": "true"}}"#,
                true,
            ),
            (
                r#""Principal": "*", "Condition": {"StringEqualsIfExists": {"aws:SourceVpc": "vpc-1"}}"#,
                true,
            ),
            (
                r#""Principal": "*", "Condition": {"ForAllValues:StringEquals": {"aws:SourceVpc": "vpc-1"}}"#,
                true,
            ),
            (
                r#""Principal": "*", "Condition": {"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-1/r-1/"}}"#,
                false,
            ),
            (
                r#""Principal": "*", "Condition": {"StringEqualsIgnoreCase": {"aws:SourceVpc": "vpc-1"}}"#,
                false,
            ),
            (
                r#""Principal": "*", "Condition": {"ArnEquals": {"aws:SourceArn": "arn:aws:sns:us-east-1:123456789012:t"}}"#,
                false,
            ),
            (
                r#""Principal": "*", "Condition": {"NumericGreaterThan": {"aws:SourceAccount": "1"}}"#,
                true,
            ),
            (
                r#""Principal": "*", "Condition": {"StringEquals": {"aws:SourceVpc": true}}"#,
                true,
            ),
            (
                r#""Principal": "*", "Condition": {"StringEquals": {"aws:SourceVpc": ["vpc-1", null]}}"#,
                true,
            ),
            (
                r#""Principal": "*", "Condition": {"StringLike": {"aws:SourceIp": "*"}}"#,
                true,
            ),
            (
                r#""Principal": "*", "Condition": {"IpAddress": {"aws:SourceIp": "192.0.2.1"}}"#,
                false,
            ),
        ];
        for (rest, public) in rows {
            assert_eq!(judge(rest), public, "{rest}");
        }
    }
}
