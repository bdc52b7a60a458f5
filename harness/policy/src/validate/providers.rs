//! Identity providers that many customers share: a trust policy must say whose tokens are meant.
//!
//! Source: AWS, IAM User Guide, identity-provider controls for shared OIDC providers.

use super::shape::Part;
use super::{Findings, Rule};
use crate::arn::Arn;
use crate::condition::{Operator, Quantifier, Test};
use crate::context::fold;
use crate::node::{Entry, Node, Span, Value};

/// A provider and the claims of which one must be tested.
const SHARED: [(&str, &[&str]); 14] = [
    (
        "token.actions.githubusercontent.com",
        &["sub", "job_workflow_ref"],
    ),
    ("vstoken.actions.githubusercontent.com", &["sub"]),
    (
        "oidc-configuration.audit-log.githubusercontent.com",
        &["sub"],
    ),
    ("gitlab.com", &["sub"]),
    ("agent.buildkite.com", &["sub"]),
    ("app.terraform.io", &["sub"]),
    ("oidc.codefresh.io", &["sub"]),
    ("studio.datachain.ai/api", &["sub"]),
    ("scalr.io", &["sub"]),
    ("tokens.cloud.shisho.dev", &["sub"]),
    ("proidc.upbound.io", &["sub"]),
    ("api.pulumi.com/oidc", &["aud"]),
    ("sandboxes.cloud", &["aud"]),
    ("oidc.vercel.com", &["aud"]),
];

const COGNITO: &str = "cognito-identity.amazonaws.com";
const SENTINEL: &str = "sts.windows.net/33e01921-4d64-4f8c-a055-5bdaffd5e33d";

/// Shared providers are named only with a condition on who is meant.
pub(super) fn check(part: &Part<'_>, findings: &mut Findings) {
    let Some(principal) = part.element("Principal").filter(|_| part.allows()) else {
        return;
    };
    let federated = principal.value.get("Federated");
    for item in federated.map(Node::items).unwrap_or_default() {
        if let Some(name) = item.as_str() {
            check_provider(part, name, item.span, findings);
        }
    }
}

fn check_provider(part: &Part<'_>, name: &str, span: Span, findings: &mut Findings) {
    if name == COGNITO {
        let keys = [format!("{COGNITO}:aud")];
        if !tests_one(part, &keys) {
            findings
                .add(Rule::CognitoProvider, span, "", "any identity pool")
                .help(format!("test `{COGNITO}:aud` for your pool's id"));
        }
        return;
    }
    let Some(provider) =
        Arn::parse(name).and_then(|arn| arn.resource.strip_prefix("oidc-provider/"))
    else {
        return;
    };
    let keys = required_keys(provider);
    if !keys.is_empty() && !tests_one(part, &keys) {
        let claims = keys.join(" or ");
        let text = format!(
            "Trust policy with trusted principal {name} must evaluate, using StringEquals, \
             StringLike or StringEqualsIgnoreCase, {claims} which is not scoped to all."
        );
        findings
            .add(
                Rule::SharedProvider,
                span,
                &text,
                "whoever has a token of this provider",
            )
            .help(format!(
                "add a condition `StringLike` on `{}`",
                keys.first().map_or("", String::as_str)
            ));
    }
}

/// The keys of which a statement must test one; none for a customer's own provider.
fn required_keys(provider: &str) -> Vec<String> {
    if provider == SENTINEL {
        return vec!["sts:RoleSessionName".to_owned()];
    }
    let is_enterprise = |host: &str| {
        host == "token.actions.githubusercontent.com"
            && provider
                .strip_prefix(host)
                .is_some_and(|rest| rest.starts_with('/'))
    };
    SHARED
        .iter()
        .filter(|(host, _)| *host == provider || is_enterprise(host))
        .flat_map(|(_, claims)| claims.iter())
        .map(|claim| format!("{provider}:{claim}"))
        .collect()
}

fn tests_one(part: &Part<'_>, keys: &[String]) -> bool {
    let condition = part.element("Condition").map(|entry| &entry.value.value);
    let Some(Value::Map(operators)) = condition else {
        return false;
    };
    let binding = operators
        .iter()
        .filter(|operator| is_binding(&operator.key));
    binding.into_iter().any(|operator| tests(operator, keys))
}

/// An operator that a request without the claim doesn't pass.
fn is_binding(operator: &str) -> bool {
    Operator::parse(operator).is_some_and(|operator| {
        let is_text = matches!(
            operator.test,
            Test::StringEquals | Test::StringLike | Test::StringEqualsIgnoreCase
        );
        is_text
            && !operator.negated
            && !operator.if_exists
            && operator.quantifier != Some(Quantifier::AllValues)
    })
}

fn tests(operator: &Entry, keys: &[String]) -> bool {
    let Value::Map(tested) = &operator.value.value else {
        return false;
    };
    tested.iter().any(|entry| {
        let is_meant = keys.iter().any(|key| fold(key) == fold(&entry.key));
        is_meant && !entry.value.items().iter().any(is_for_all)
    })
}

fn is_for_all(value: &Node) -> bool {
    value
        .as_str()
        .is_some_and(|text| !text.is_empty() && text.bytes().all(|byte| byte == b'*'))
}
