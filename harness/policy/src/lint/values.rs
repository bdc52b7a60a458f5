//! Values of conditions that match nothing.
//!
//! AWS saves all of these. What an operator can't read matches nothing, so that the statement never applies (or, with a
//! negated operator, always).

use super::keys::GITHUB_CLAIMS;
use super::{Advice, tested};
use crate::catalog;
use crate::condition::{Operator, Quantifier, Test, can_match};
use crate::context::fold;
use crate::node::{Entry, Node, Value};
use crate::validate::shape::Part;

pub(super) fn check(part: &Part<'_>, advice: &mut Vec<Advice>) {
    for (operator, key) in tested(part) {
        let Some(parsed) = Operator::parse(&operator.key) else {
            continue;
        };
        for value in key.value.items() {
            advice.extend(unreadable(operator, parsed, value));
            advice.extend(literal_wildcard(operator, parsed, key, value));
        }
    }
}

/// AWS: IAM User Guide, condition operators: what each takes.
fn unreadable(operator: &Entry, parsed: Operator, value: &Node) -> Option<Advice> {
    let text = match &value.value {
        Value::String(text) | Value::Number(text) => text.as_str(),
        Value::Bool(true) => "true",
        Value::Bool(false) => "false",
        Value::Null | Value::List(_) | Value::Map(_) => return None,
    };
    let is_filled_in = parsed.test.takes_variables() && text.contains("${");
    if is_filled_in || can_match(parsed.test, text) {
        return None;
    }
    let (wanted, remedy) = match parsed.test {
        Test::Bool => ("boolean", "write `true` or `false`".to_owned()),
        Test::Null => (
            "boolean",
            "write `true` for a key that must be absent, `false` for one that must be there"
                .to_owned(),
        ),
        Test::Numeric(_) => ("number", "write digits: `3600`".to_owned()),
        Test::Date(_) => (
            "date",
            "write `2026-01-31T12:00:00Z`, or seconds since 1970".to_owned(),
        ),
        Test::IpAddress => (
            "IP address or range",
            "write CIDR notation: `203.0.113.0/24`, `2001:db8::/32`".to_owned(),
        ),
        Test::Binary => ("base64", "encode the bytes in base64".to_owned()),
        Test::Arn => (
            "ARN",
            "write all six parts, each with its own wildcards: `arn:aws:iam::123456789012:role/*`"
                .to_owned(),
        ),
        Test::StringEquals | Test::StringEqualsIgnoreCase | Test::StringLike => return None,
    };
    let message = format!(
        "`{text}` is no {wanted}: `{}` never matches it",
        operator.key
    );
    Some(Advice::new("never-matches", value.span, message, "matches nothing").help(remedy))
}

/// AWS: IAM User Guide, condition operators: only `StringLike` and `StringNotLike` have wildcards.
fn literal_wildcard(
    operator: &Entry,
    parsed: Operator,
    key: &Entry,
    value: &Node,
) -> Option<Advice> {
    let text = value.as_str()?;
    let is_exact = matches!(
        parsed.test,
        Test::StringEquals | Test::StringEqualsIgnoreCase
    );
    let fixed = text.replace("${*}", "").replace("${?}", "");
    let wildcard = fixed.chars().find(|symbol| matches!(symbol, '*' | '?'))?;
    if !is_exact || !has_no_wildcards(&key.key) {
        return None;
    }
    let message = format!(
        "`{}` takes the `{wildcard}` in `{text}` literally, and no `{}` has one",
        operator.key, key.key
    );
    let like = like(parsed, &key.key);
    Some(
        Advice::new("never-matches", value.span, message, "matches nothing")
            .help(format!("write `{like}`, which knows wildcards")),
    )
}

/// The operator with wildcards that was meant.
fn like(operator: Operator, key: &str) -> String {
    let set = match operator.quantifier {
        Some(Quantifier::AllValues) => "ForAllValues:",
        Some(Quantifier::AnyValue) => "ForAnyValue:",
        None => "",
    };
    let kind = if catalog::global_kind(key) == Some("ARN") {
        "Arn"
    } else {
        "String"
    };
    let negation = if operator.negated { "Not" } else { "" };
    let suffix = if operator.if_exists { "IfExists" } else { "" };
    format!("{set}{kind}{negation}Like{suffix}")
}

/// Global keys whose values may have any character.
const FREE: [&str; 5] = [
    "aws:RequestTag/",
    "aws:ResourceTag/",
    "aws:TagKeys",
    "aws:UserAgent",
    "aws:referer",
];

/// Of STS, by the characters its API takes: `[\\w+=,.@:\\/-]*` and narrower.
///
/// AWS: STS API, `AssumeRole`.
const NARROW: [&str; 3] = [
    "sts:ExternalId",
    "sts:RoleSessionName",
    "sts:SourceIdentity",
];

/// Whether no request has a wildcard in the value of this key: ids, names, ARNs, and what identity providers say of
/// subject and audience.
fn has_no_wildcards(key: &str) -> bool {
    let folded = fold(key);
    let is = |name: &str| {
        let name = fold(name);
        folded == name || name.ends_with('/') && folded.starts_with(&name)
    };
    if FREE.into_iter().any(is) {
        return false;
    }
    let claim = folded
        .rsplit_once(':')
        .filter(|(provider, _)| provider.contains('.'));
    catalog::is_global_key(key)
        || NARROW.into_iter().any(is)
        || claim.is_some_and(|(_, claim)| GITHUB_CLAIMS.contains(&claim) || claim == "amr")
}
