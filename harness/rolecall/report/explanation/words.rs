//! Policies, statements and what didn't match, in words.

use rolecall_policy::evaluation::{Element, Mismatch, StatementTrace};
use rolecall_policy::{Check, PolicyType, Span};

use crate::scenario::Sources;

/// Whether a place is in a file of the user, and not in a policy of AWS's that is bundled.
pub(super) fn is_in_file(sources: &Sources, span: Span) -> bool {
    sources
        .get(span.source)
        .is_some_and(|source| !source.path().starts_with("arn:"))
}

/// `statement `Sid` of AmazonS3FullAccess`.
pub(super) fn describe_statement(trace: &StatementTrace) -> String {
    let policy = policy_name(trace);
    let of_policy = if is_opaque(policy) {
        String::new()
    } else {
        format!(" of {policy}")
    };
    match trace.sid.as_deref() {
        Some(sid) if !sid.is_empty() => format!("statement `{sid}`{of_policy}"),
        _ => format!("statement {}{of_policy}", trace.index + 1),
    }
}

/// The name of a policy: of a managed one without the rest of its ARN, of an inline one without the opaque id of its
/// owner.
pub(super) fn policy_name(trace: &StatementTrace) -> &str {
    let uri = trace.policy.uri.as_str();
    let name = uri.rsplit('/').next().unwrap_or(uri);
    match trace.policy_type {
        PolicyType::ServiceControl | PolicyType::ResourceControl => name
            .strip_prefix("p-")
            .filter(|name| name.ends_with("FullAWSAccess"))
            .unwrap_or(name),
        PolicyType::IdentityBased
        | PolicyType::ResourceBased
        | PolicyType::PermissionsBoundary
        | PolicyType::Session
        | PolicyType::VpcEndpoint => name,
    }
}

/// Organizations names customers' policies by an id that says nothing: `p-ny4spou7`.
pub(super) fn is_opaque(policy: &str) -> bool {
    policy.starts_with("p-")
}

/// Where a control policy is attached: `the root`, `ou-edfd-rj67bth6`, `222222222222`.
pub(super) fn level_name(check: &Check) -> Option<&str> {
    let arn = check.target_arn.as_deref()?;
    let name = arn.rsplit('/').next().unwrap_or(arn);
    Some(if name.starts_with("r-") {
        "the root"
    } else {
        name
    })
}

/// Why a statement didn't match, as the label of the element.
pub(super) fn describe_mismatch(mismatch: &Mismatch) -> String {
    let had = if mismatch.had.is_empty() {
        "nothing".to_owned()
    } else {
        quoted(&mismatch.had)
    };
    match &mismatch.element {
        Element::Statement => format!(
            "the statement never matches: AWS wants {}",
            quoted(&mismatch.wanted)
        ),
        Element::Principal => format!("the caller is {had}"),
        Element::Action => format!("the action is {had}"),
        Element::Resource => format!("the resource is {had}"),
        Element::Condition { key, .. } if mismatch.had.is_empty() => {
            format!(
                "wants {}, but the request has no `{key}`",
                quoted(&mismatch.wanted)
            )
        }
        Element::Condition { key, .. } => {
            format!("wants {}, but `{key}` is {had}", quoted(&mismatch.wanted))
        }
    }
}

/// Why a condition held: what the request had.
pub(super) fn describe_held(condition: &Mismatch) -> String {
    match &condition.element {
        Element::Condition { key, .. } if condition.had.is_empty() => {
            format!("the request has no `{key}`")
        }
        Element::Condition { key, .. } => format!("`{key}` is {}", quoted(&condition.had)),
        Element::Statement | Element::Principal | Element::Action | Element::Resource => {
            quoted(&condition.had)
        }
    }
}

/// The first few values, each in backticks.
fn quoted(values: &[String]) -> String {
    const MOST: usize = 3;
    let mut shown: Vec<String> = values
        .iter()
        .take(MOST)
        .map(|value| format!("`{value}`"))
        .collect();
    if values.len() > MOST {
        shown.push(format!("{} more", values.len() - MOST));
    }
    shown.join(" or ")
}
