//! Trust policies that let in more, or other, than they seem to.

use super::keys::GITHUB;
use super::{Advice, tested};
use crate::arn;
use crate::condition::{Operator, Test};
use crate::context::fold;
use crate::node::{Entry, Node, Span};
use crate::validate::shape::Part;

pub(super) fn check(part: &Part<'_>, account: Option<&str>, advice: &mut Vec<Advice>) {
    let Some(principal) = part.element("Principal") else {
        return;
    };
    let named = Named::of(&principal.value);
    if part.allows() {
        advice.extend(open(part, &named));
        advice.extend(needless_external_id(part, &named, account));
        advice.extend(unbound_subject(part, &named));
    }
    for (operator, key) in tested(part) {
        advice.extend(absent_key(operator, key, &named));
    }
}

/// Whom a statement names, type by type.
struct Named<'n> {
    aws: Vec<(&'n str, Span)>,
    services: Vec<(&'n str, Span)>,
    federated: Vec<(&'n str, Span)>,
}

impl<'n> Named<'n> {
    fn of(principal: &'n Node) -> Self {
        let names = |kind: &str| -> Vec<_> {
            let names = principal.get(kind).map(Node::items).unwrap_or_default();
            names
                .iter()
                .filter_map(|node| Some((node.as_str()?, node.span)))
                .collect()
        };
        // AWS wants a type named here; until it is, everyone is meant.
        let bare = principal.as_str().map(|name| (name, principal.span));
        Self {
            aws: bare.into_iter().chain(names("AWS")).collect(),
            services: names("Service"),
            federated: names("Federated"),
        }
    }
}

fn open(part: &Part<'_>, named: &Named<'_>) -> Option<Advice> {
    let (_, span) = named.aws.iter().find(|(name, _)| *name == "*")?;
    tested(part).is_empty().then(|| {
        let message = "anyone in any AWS account may take on this role".to_owned();
        Advice::new("open-trust", *span, message, "everyone").help(
            "name the account, or add a condition on `aws:PrincipalOrgID` or `aws:PrincipalArn`",
        )
    })
}

fn needless_external_id(
    part: &Part<'_>,
    named: &Named<'_>,
    account: Option<&str>,
) -> Option<Advice> {
    let account = account?;
    let is_own = |name: &str| name == account || arn::account(name) == Some(account);
    let is_asked = |(_, key): &(&Entry, &Entry)| key.key.eq_ignore_ascii_case("sts:ExternalId");
    let (_, key) = tested(part).into_iter().find(is_asked)?;
    let all_own = !named.aws.is_empty() && named.aws.iter().all(|(name, _)| is_own(name));
    all_own.then(|| {
        let message = "an external id is asked of the role's own account".to_owned();
        Advice::new(
            "needless-external-id",
            key.key_span,
            message,
            "not needed here",
        )
        .help("external ids are for third parties that act for several customers")
    })
}

/// GitHub's tokens say in `sub` which repository they are for.
fn unbound_subject(part: &Part<'_>, named: &Named<'_>) -> Option<Advice> {
    let is_github = |name: &str| name.contains(&format!(":oidc-provider/{GITHUB}"));
    let (provider, span) = *named.federated.iter().find(|(name, _)| is_github(name))?;
    let (_, host) = provider.split_once(":oidc-provider/")?;
    let binding: Vec<_> = tested(part)
        .into_iter()
        .filter(|(operator, _)| binds(operator))
        .map(|(_, key)| key)
        .collect();
    let of = |claim: &str| {
        let wanted = fold(&format!("{host}:{claim}"));
        binding.iter().find(move |key| fold(&key.key) == wanted)
    };
    let Some(subject) = of("sub") else {
        let is_bound = [
            "job_workflow_ref",
            "repository",
            "repository_id",
            "repository_owner_id",
        ]
        .iter()
        .any(|claim| of(claim).is_some());
        return (!is_bound).then(|| {
            let message = "any repository on GitHub may take on this role".to_owned();
            Advice::new("unbound-subject", span, message, "everyone's tokens").help(format!(
                "add a condition `StringLike` on `{host}:sub`: `repo:OWNER/REPOSITORY:*`"
            ))
        });
    };
    let values = subject.value.items().iter();
    let loose = values
        .filter_map(|node| Some((node.as_str()?, node.span)))
        .find(|(value, _)| !names_owner(value))?;
    let message = format!("the subject `{}` doesn't say whose repositories", loose.0);
    Some(
        Advice::new("unbound-subject", loose.1, message, "too wide")
            .help("name the owner: `repo:OWNER/REPOSITORY:*`"),
    )
}

/// Whether a request without the key fails.
fn binds(operator: &Entry) -> bool {
    Operator::parse(&operator.key).is_some_and(|operator| !operator.negated && !operator.if_exists)
}

/// Whether the owner stands before the first wildcard.
fn names_owner(subject: &str) -> bool {
    let fixed = subject.split(['*', '?']).next().unwrap_or_default();
    fixed
        .strip_prefix("repo:")
        .is_some_and(|rest| rest.contains('/'))
        || fixed.len() == subject.len()
}

/// Keys that principals of a type never have.
///
/// AWS: IAM User Guide, global condition context keys; IAM and STS condition context keys.
fn absent_key(operator: &Entry, key: &Entry, named: &Named<'_>) -> Option<Advice> {
    let parsed = Operator::parse(&operator.key)?;
    if parsed.test == Test::Null {
        return None;
    }
    let folded = fold(&key.key);
    let only_federated = named.aws.is_empty() && named.services.is_empty();
    let only_services = named.aws.is_empty() && named.federated.is_empty();
    // Everyone may come with a token too.
    let only_aws = named.federated.is_empty()
        && named.services.is_empty()
        && !named.aws.iter().any(|(name, _)| *name == "*");
    let who = if only_federated && is_of_signed_callers(&folded) {
        "whoever comes with a token"
    } else if only_services && is_of_signed_callers(&folded) {
        "a service"
    } else if only_aws && is_of_tokens(&folded) {
        "a principal of AWS"
    } else if only_aws
        && folded == "aws:username"
        && named.aws.iter().all(|(name, _)| is_role(name))
    {
        "a role session"
    } else {
        return None;
    };
    let effect = if parsed.if_exists || parsed.negated {
        "so this condition always holds"
    } else {
        "so this statement never matches"
    };
    let message = format!("{who} never has the condition key `{}`, {effect}", key.key);
    Some(
        Advice::new(
            "absent-condition-key",
            key.key_span,
            message,
            "never present",
        )
        .help("take the condition out, or ask for a key that they have"),
    )
}

fn is_of_signed_callers(key: &str) -> bool {
    const KEYS: [&str; 8] = [
        "aws:multifactorauthage",
        "aws:multifactorauthpresent",
        "aws:principalarn",
        "aws:principalorgid",
        "aws:principalorgpaths",
        "aws:tokenissuetime",
        "aws:username",
        "sts:externalid",
    ];
    KEYS.contains(&key) || key.starts_with("aws:principaltag/")
}

/// What only a token brings along: an OIDC provider's host, or SAML attributes that no session keeps.
fn is_of_tokens(key: &str) -> bool {
    let prefix = key.rsplit_once(':').map_or("", |(prefix, _)| prefix);
    let is_token = prefix.contains('.') || prefix == "saml";
    is_token && !crate::catalog::is_session_key(key)
}

fn is_role(name: &str) -> bool {
    name.contains(":role/") || name.contains(":assumed-role/")
}
