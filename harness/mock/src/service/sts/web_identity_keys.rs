//! The claims of a token that policies can test.
//!
//! AWS: IAM User Guide, IAM and AWS STS condition context keys, keys for AWS OIDC federation; Service Authorization
//! Reference, AWS Security Token Service. A claim that isn't listed there is no key, whatever the token says.

use rolecall_policy::Context;
use serde_json::Value;

use super::web_identity_token::WebIdentity;
use crate::context::ContextKey;

const GITHUB: &[&str] = &[
    "actor",
    "actor_id",
    "enterprise_id",
    "environment",
    "job_workflow_ref",
    "ref",
    "repository",
    "repository_id",
    "repository_owner_id",
    "workflow",
];
const GITLAB: &[&str] = &[
    "namespace_id",
    "pipeline_source",
    "project_id",
    "ref_protected",
    "runner_environment",
    "user_access_level",
    "user_email",
    "user_id",
    "user_login",
];
const BUILDKITE: &[&str] = &[
    "build_branch",
    "cluster_id",
    "cluster_name",
    "organization_id",
    "organization_slug",
    "pipeline_id",
    "pipeline_slug",
];
const GOOGLE: &str = "accounts.google.com";
const COGNITO: &str = "cognito-identity.amazonaws.com";

/// The keys of the request itself.
pub(super) fn of_request(identity: &WebIdentity, context: &mut Context) {
    federated_provider(identity).set(context);
    for key in common(identity) {
        key.set(context);
    }
    for name in claims_of(&identity.host) {
        if let Some(key) = claim(identity, name) {
            key.set(context);
        }
    }
}

/// The keys of the session's later requests: beside the provider, only some providers' claims.
pub(super) fn of_session(identity: &WebIdentity) -> Vec<ContextKey> {
    let mut keys = vec![federated_provider(identity)];
    if [GOOGLE, COGNITO].contains(&identity.host.as_str()) {
        keys.extend(common(identity));
    }
    keys
}

fn federated_provider(identity: &WebIdentity) -> ContextKey {
    let provider = match identity.host.as_str() {
        host @ (GOOGLE | COGNITO) => host,
        _ => &identity.provider_arn,
    };
    ContextKey::single("aws:FederatedProvider", provider)
}

/// The keys that all providers have.
fn common(identity: &WebIdentity) -> impl Iterator<Item = ContextKey> {
    let named = |name: &str, value: &str| ContextKey::single(&key(identity, name), value);
    let amr = claim(identity, "amr").map(|key| ContextKey {
        multivalued: true,
        ..key
    });
    let audience = named("aud", &identity.audience);
    let subject = named("sub", &identity.subject);
    [Some(audience), Some(subject), amr].into_iter().flatten()
}

/// The further claims that AWS knows of a provider that many customers share.
fn claims_of(host: &str) -> &'static [&'static str] {
    let is_below = |domain: &str| {
        let path = host.strip_prefix(domain);
        path.is_some_and(|path| path.is_empty() || path.starts_with('/'))
    };
    let is_between = |start: &str, end: &str| {
        let rest = host.strip_prefix(start).and_then(|h| h.strip_suffix(end));
        rest.is_some_and(|label| !label.is_empty() && !label.contains('/'))
    };
    if is_below("token.actions.githubusercontent.com")
        || is_between("token.actions.", ".ghe.com")
        || host.starts_with("github.com/enterprises/")
    {
        GITHUB
    } else if host == "gitlab.com" {
        GITLAB
    } else if host == "agent.buildkite.com"
        || is_between("agent.", ".buildkite.dev")
        || is_between("agent.", ".buildkite.site")
    {
        BUILDKITE
    } else if host.starts_with("oidc.circleci.com/org/") {
        &["oidc.circleci.com/project-id"]
    } else if is_between("idcs-", ".identity.oraclecloud.com") {
        &["rpst_id"]
    } else if host == GOOGLE {
        &["google/organization_number"]
    } else {
        &[]
    }
}

/// `HOST:CLAIM`.
fn key(identity: &WebIdentity, name: &str) -> String {
    format!("{}:{name}", identity.host)
}

/// A claim's text or texts; none for what is neither.
fn claim(identity: &WebIdentity, name: &str) -> Option<ContextKey> {
    let text = |value: &Value| match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(_) | Value::Bool(_) => Some(value.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    };
    let value = identity.claims.get(name)?;
    let values: Vec<_> = match value {
        Value::Array(values) => values.iter().filter_map(text).collect(),
        value => vec![text(value)?],
    };
    Some(ContextKey {
        key: key(identity, name),
        values,
        multivalued: value.is_array(),
    })
}
