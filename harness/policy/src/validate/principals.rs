//! Principals.

use super::shape::{Part, wrong_type};
use super::{Findings, Rule};
use crate::arn::{self, Arn};
use crate::node::{Entry, Node, Span, Value};
use crate::suggest::nearest;

const TYPES: [&str; 4] = ["AWS", "Service", "Federated", "CanonicalUser"];

/// A principal as a document names it, for whoever knows whether it exists.
///
/// AWS refuses a user, role or account that doesn't exist with `Invalid principal in policy: "AWS":"ARN"`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedPrincipal<'n> {
    /// `AWS`, `Service`, `Federated` or `CanonicalUser`.
    pub kind: &'n str,
    /// The name as written.
    pub name: &'n str,
    /// Where it stands.
    pub span: Span,
}

/// The principals a document names, `Principal` and `NotPrincipal` alike, in order; a bare `*` names nobody.
///
/// ```
/// use rolecall_policy::{json, validate::named_principals};
///
/// let trust = r#"{"Statement": {"Principal": {"AWS": ["123456789012", "AIDAEXAMPLE"]}}}"#;
/// let trust = json::read(trust, Default::default())?;
/// let names: Vec<_> = named_principals(&trust).iter().map(|principal| principal.name).collect();
/// assert_eq!(names, ["123456789012", "AIDAEXAMPLE"]);
/// # Ok::<(), rolecall_policy::json::JsonError>(())
/// ```
pub fn named_principals(document: &Node) -> Vec<NamedPrincipal<'_>> {
    let statements = document
        .get("Statement")
        .map(Node::items)
        .unwrap_or_default();
    statements
        .iter()
        .flat_map(|statement| {
            ["Principal", "NotPrincipal"]
                .into_iter()
                .filter_map(|name| statement.get(name))
        })
        .flat_map(named)
        .collect()
}

fn named(principal: &Node) -> impl Iterator<Item = NamedPrincipal<'_>> {
    entries(principal).iter().flat_map(|entry| {
        let names = entry.value.items().iter();
        names.filter_map(|item| {
            Some(NamedPrincipal {
                kind: entry.key.as_str(),
                name: item.as_str()?,
                span: item.span,
            })
        })
    })
}

fn entries(principal: &Node) -> &[Entry] {
    match &principal.value {
        Value::Map(entries) => entries,
        _ => &[],
    }
}

/// Whether there are some, of a type AWS knows, in a form it takes.
pub(super) fn check(part: &Part<'_>, findings: &mut Findings) {
    if part.either("Principal").is_none() {
        findings
            .add(Rule::PrincipalMissing, part.span, "", "no `Principal`")
            .help("say who is meant: `\"Principal\": {\"AWS\": \"arn:…\"}`");
    }
    for name in ["Principal", "NotPrincipal"] {
        let Some(entry) = part.element(name) else {
            continue;
        };
        findings
            .add(
                Rule::PrincipalGiven,
                entry.key_span,
                "",
                "whoever has the policy is meant",
            )
            .help("take it out; only the policy of a resource says who is meant");
        check_value(&entry.value, findings);
    }
    if let Some(entry) = part.element("NotPrincipal") {
        let (rule, label) = if part.allows() {
            (Rule::NotPrincipalAllowed, "would allow everyone else")
        } else {
            (Rule::NotPrincipalGiven, "not allowed here")
        };
        findings.add(rule, entry.key_span, "", label).help(
            "name in `Principal` who is meant, or deny all with a condition on `aws:PrincipalArn`",
        );
    }
}

fn check_value(value: &Node, findings: &mut Findings) {
    match &value.value {
        Value::Map(types) if types.is_empty() => {
            findings.add(Rule::PrincipalEmpty, value.span, "", "nobody is named");
        }
        Value::Map(types) => {
            for entry in types {
                check_type(entry, findings);
            }
        }
        Value::String(text) => {
            findings
                .add(Rule::PrincipalText, value.span, text, "the type is missing")
                .help(format!("write `{{\"AWS\": \"{text}\"}}`"));
        }
        _ => wrong_type(value, "a map of types", findings),
    }
}

fn check_type(entry: &Entry, findings: &mut Findings) {
    if !TYPES.contains(&entry.key.as_str()) {
        let label = "no such type of principal";
        let finding = findings.add(Rule::PrincipalType, entry.key_span, &entry.key, label);
        match nearest(&entry.key, TYPES.into_iter()) {
            Some(near) => finding.help(format!("did you mean `{near}`?")),
            None => finding.help("the types are `AWS`, `Service`, `Federated` and `CanonicalUser`"),
        }
        return;
    }
    if entry.value.items().is_empty() {
        findings.add(
            Rule::PrincipalEmpty,
            entry.value.span,
            "",
            "nobody is named",
        );
    }
    for item in entry.value.items() {
        if let Some(name) = item.as_str() {
            check_name(&entry.key, name, item.span, findings);
        } else {
            wrong_type(item, "a string", findings);
        }
    }
}

fn check_name(kind: &str, name: &str, span: Span, findings: &mut Findings) {
    let (is_known, remedy) = match kind {
        "AWS" => (is_aws(name), aws_remedy(name)),
        "Service" => (
            is_service(name),
            "a service is named like `ec2.amazonaws.com`",
        ),
        "Federated" => (is_federated(name), "a provider is named by its ARN"),
        _ => (
            is_canonical(name),
            "a canonical id has 64 hexadecimal digits",
        ),
    };
    if !is_known {
        // AWS shows every type in capitals.
        let text = format!("\"{}\":\"{name}\"", kind.to_ascii_uppercase());
        findings
            .add(
                Rule::PrincipalUnknown,
                span,
                &text,
                "no principal has this form",
            )
            .help(remedy);
    }
}

fn aws_remedy(name: &str) -> &'static str {
    match Arn::parse(name).map(|arn| arn.resource) {
        _ if name.contains(['*', '?']) => {
            "a principal can't be a pattern: use `\"*\"` with a condition on `aws:PrincipalArn`"
        }
        Some(resource) if resource.starts_with("group/") => {
            "a group is no principal: name its users, or a role"
        }
        _ => "name an account, a user, a role or a session",
    }
}

/// AWS: IAM User Guide, Principal element.
fn is_aws(name: &str) -> bool {
    if name == "*" || arn::is_account(name) || is_unique_id(name) {
        return true;
    }
    let Some(arn) = Arn::parse(name) else {
        return false;
    };
    let kind = arn.resource.split_once('/');
    let is_named = kind.is_some_and(|(_, name)| !name.is_empty());
    let is_complete = match (arn.service, kind) {
        ("iam", None) => arn.resource == "root",
        ("iam", Some(("user" | "role", _))) | ("sts", Some(("federated-user", _))) => is_named,
        ("sts", Some(("assumed-role", rest))) => rest
            .split_once('/')
            .is_some_and(|(_, session)| !session.is_empty()),
        _ => false,
    };
    let is_origin_access = arn.service == "iam" && arn.account == "cloudfront";
    is_complete
        && arn.region.is_empty()
        && (arn::is_account(arn.account) || is_origin_access)
        && !name.contains(['*', '?'])
}

fn is_unique_id(name: &str) -> bool {
    (name.starts_with("AIDA") || name.starts_with("AROA"))
        && name.len() > 4
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

fn is_service(name: &str) -> bool {
    let in_host = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_');
    name.contains('.') && name.bytes().all(in_host)
}

fn is_federated(name: &str) -> bool {
    const SHARED: [&str; 4] = [
        "cognito-identity.amazonaws.com",
        "accounts.google.com",
        "graph.facebook.com",
        "www.amazon.com",
    ];
    let is_provider = |arn: Arn<'_>| {
        arn.service == "iam"
            && ["oidc-provider/", "saml-provider/"]
                .iter()
                .any(|start| arn.resource.starts_with(start))
    };
    SHARED.contains(&name)
        || Arn::parse(name).is_some_and(is_provider) && !name.contains(['*', '?'])
}

fn is_canonical(name: &str) -> bool {
    name.len() == 64 && name.bytes().all(|byte| byte.is_ascii_hexdigit())
}
