//! What a policy of a role or resource says about others: who is let in, to do what, on which conditions.

use rolecall_policy::Node;

use crate::scenario::{entries, scalar};

/// One statement, for a picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Grant {
    /// Whether it allows; else it denies.
    pub(super) allows: bool,
    /// Whom it names.
    pub(super) principals: Vec<Named>,
    /// Whether it means all but those named.
    pub(super) all_but: bool,
    /// The actions, as written; `not` before those of a `NotAction`.
    pub(super) actions: Vec<String>,
    /// The conditions in words: `ExternalId = Customer-4711`.
    pub(super) conditions: Vec<String>,
}

/// A principal as written.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Named {
    /// `*`.
    Everyone,
    /// An ARN, account number or unique id.
    Aws(String),
    /// A service's host.
    Service(String),
    /// An identity provider's ARN or host.
    Federated(String),
}

/// The statements of a policy that name principals.
pub(super) fn grants(document: &Node) -> Vec<Grant> {
    let statements = document
        .get("Statement")
        .map(Node::items)
        .unwrap_or_default();
    statements.iter().filter_map(grant).collect()
}

fn grant(statement: &Node) -> Option<Grant> {
    let (principal, all_but) = match (statement.get("Principal"), statement.get("NotPrincipal")) {
        (Some(principal), _) => (principal, false),
        (None, Some(principal)) => (principal, true),
        (None, None) => return None,
    };
    let mut actions = texts(statement.get("Action"));
    actions.extend(
        texts(statement.get("NotAction"))
            .iter()
            .map(|action| format!("not {action}")),
    );
    Some(Grant {
        allows: statement.get("Effect").and_then(Node::as_str) == Some("Allow"),
        principals: named(principal),
        all_but,
        actions,
        conditions: conditions(statement.get("Condition")),
    })
}

fn texts(node: Option<&Node>) -> Vec<String> {
    let items = node.map(Node::items).unwrap_or_default();
    items.iter().filter_map(scalar).map(str::to_owned).collect()
}

fn named(principal: &Node) -> Vec<Named> {
    if principal.as_str() == Some("*") {
        return vec![Named::Everyone];
    }
    let mut found = Vec::new();
    for entry in entries(principal) {
        for value in texts(Some(&entry.value)) {
            found.push(match entry.key.as_str() {
                "AWS" if value == "*" => Named::Everyone,
                "Service" => Named::Service(value),
                "Federated" => Named::Federated(value),
                _ => Named::Aws(value),
            });
        }
    }
    found
}

fn conditions(condition: Option<&Node>) -> Vec<String> {
    let mut words = Vec::new();
    for operator in condition.map(entries).unwrap_or_default() {
        for key in entries(&operator.value) {
            let values = texts(Some(&key.value));
            words.push(describe(&operator.key, &key.key, &values));
        }
    }
    words
}

/// `ExternalId = Customer-4711`: the key without its service where that is plain, the operator as a sign where there is
/// one.
fn describe(operator: &str, key: &str, values: &[String]) -> String {
    let values = values.join(" or ");
    let short = key.rsplit_once(':').map_or(key, |(_, short)| short);
    let (qualifier, base) = operator
        .rsplit_once(':')
        .map_or(("", operator), |(qualifier, base)| (qualifier, base));
    let (base, if_exists) = base
        .strip_suffix("IfExists")
        .map_or((base, ""), |base| (base, " (if it is there)"));
    let qualifier = match qualifier {
        "ForAllValues" => "all of ",
        "ForAnyValue" => "any of ",
        _ => "",
    };
    let sign = match base {
        "StringEquals"
        | "StringEqualsIgnoreCase"
        | "NumericEquals"
        | "DateEquals"
        | "Bool"
        | "ArnEquals"
        | "IpAddress" => "=",
        "StringLike" | "ArnLike" => "like",
        "StringNotEquals" | "NumericNotEquals" | "DateNotEquals" | "ArnNotEquals"
        | "NotIpAddress" => "≠",
        "StringNotLike" | "ArnNotLike" => "not like",
        "NumericLessThan" | "DateLessThan" => "<",
        "NumericLessThanEquals" | "DateLessThanEquals" => "≤",
        "NumericGreaterThan" | "DateGreaterThan" => ">",
        "NumericGreaterThanEquals" | "DateGreaterThanEquals" => "≥",
        "Null" if values == "true" => return format!("{qualifier}no {short}"),
        "Null" => return format!("{qualifier}some {short}"),
        other => other,
    };
    format!("{qualifier}{short} {sign} {values}{if_exists}")
}

/// Whether a policy of an identity has a statement that allows actions of STS, or everything.
pub(super) fn lets_assume(document: &Node) -> bool {
    let statements = document.get("Statement").map(Node::items);
    statements.unwrap_or_default().iter().any(|statement| {
        let allows = statement.get("Effect").and_then(Node::as_str) == Some("Allow");
        let about_sts =
            |action: &String| action == "*" || action.to_lowercase().starts_with("sts:");
        allows && texts(statement.get("Action")).iter().any(about_sts)
    })
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn node(text: &str) -> Node {
        rolecall_policy::json::read(text, rolecall_policy::SourceId(0)).unwrap()
    }

    #[rstest]
    #[case(r#"{"StringEquals": {"sts:ExternalId": "Customer-4711"}}"#, &["ExternalId = Customer-4711"])]
    #[case(r#"{"Bool": {"aws:MultiFactorAuthPresent": "true"}}"#, &["MultiFactorAuthPresent = true"])]
    #[case(r#"{"StringLikeIfExists": {"aws:PrincipalTag/team": ["a", "b"]}}"#, &["PrincipalTag/team like a or b (if it is there)"])]
    #[case(r#"{"ForAllValues:StringEquals": {"aws:TagKeys": "x"}}"#, &["all of TagKeys = x"])]
    #[case(r#"{"Null": {"aws:TokenIssueTime": "true"}}"#, &["no TokenIssueTime"])]
    fn conditions_are_put_in_words(#[case] condition: &str, #[case] words: &[&str]) {
        assert_eq!(conditions(Some(&node(condition))), words);
    }

    #[test]
    fn a_statement_names_principals_of_every_kind() {
        let document = node(
            r#"{"Statement": [
                {"Effect": "Allow", "Principal": {"AWS": ["111122223333", "*"], "Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"},
                {"Effect": "Deny", "NotPrincipal": {"Federated": "accounts.google.com"}, "NotAction": "sts:TagSession"},
                {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}"#,
        );

        let grants = grants(&document);

        assert_eq!(grants.len(), 2, "one names nobody");
        let aws = Named::Aws("111122223333".to_owned());
        let service = Named::Service("ec2.amazonaws.com".to_owned());
        assert_eq!(grants[0].principals, [aws, Named::Everyone, service]);
        assert!(grants[1].all_but && !grants[1].allows);
        assert_eq!(grants[1].actions, ["not sts:TagSession"]);
    }
}
