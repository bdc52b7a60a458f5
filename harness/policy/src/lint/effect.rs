//! Statements, and actions in them, that never match.

use super::actions::covered;
use super::overlap::{overlap_as_arns, symbols};
use super::{Advice, Services, tested};
use crate::catalog::{Action, Service};
use crate::node::{Node, Span};
use crate::validate::PolicyKind;
use crate::validate::shape::Part;

pub(super) fn check(
    part: &Part<'_>,
    kind: PolicyKind<'_>,
    services: &mut Services,
    advice: &mut Vec<Advice>,
) {
    if kind == PolicyKind::Trust {
        advice.extend(wrong_way_in(part));
    } else {
        for (action, span) in part.strings("Action") {
            advice.extend(misses_resources(part, action, span, services));
        }
    }
    advice.extend(null_if_exists(part));
}

/// Services that ask for an ARN of their own making where the reference knows no resource type: `iam:ListRoles` for
/// `arn:aws:iam::ACCOUNT:role/`, `logs:DescribeLogGroups` for `…:log-group::log-stream:`.
const COMPUTED: [&str; 2] = ["iam", "logs"];

/// An action none of the statement's resources is for.
fn misses_resources(
    part: &Part<'_>,
    action: &str,
    span: Span,
    services: &mut Services,
) -> Option<Advice> {
    let resources: Vec<Vec<char>> = part
        .strings("Resource")
        .map(|(resource, _)| symbols(resource))
        .collect();
    if resources.is_empty()
        || resources
            .iter()
            .any(|resource| resource.iter().all(|symbol| *symbol == '*'))
    {
        return None;
    }
    let (prefix, _) = action.split_once(':')?;
    let service = services.get(prefix)?;
    let actions = covered(action, &service);
    if actions.is_empty()
        || actions
            .iter()
            .any(|action| fits(action, &service, &resources))
    {
        return None;
    }
    let takes_some = actions.iter().any(|action| action.takes_resources());
    if !takes_some && COMPUTED.contains(&service.prefix.as_str()) {
        return None;
    }
    let advice = Advice::new(
        "never-matches",
        span,
        format!("`{action}` is asked for none of these resources"),
        "never matches",
    );
    let nearly = part
        .strings("Resource")
        .find_map(|(resource, _)| nearly(resource, &actions, &service));
    Some(if let Some(nearly) = nearly {
        advice.help(format!("name what it is for: `{nearly}`"))
    } else if takes_some {
        advice.help(format!("it applies to {}", shown_types(&actions, &service)))
    } else {
        advice.help(
            "it has no resource-level permissions: give it a statement with `\"Resource\": \"*\"`",
        )
    })
}

/// A bucket's objects for a bucket, or the bucket for its objects, where that is what the actions are for.
fn nearly(resource: &str, actions: &[&Action], service: &Service) -> Option<String> {
    let other = match resource.strip_suffix("/*") {
        Some(bucket) => bucket.to_owned(),
        None => format!("{resource}/*"),
    };
    let symbols = [symbols(&other)];
    let is_meant =
        service.prefix == "s3" && actions.iter().any(|action| fits(action, service, &symbols));
    is_meant.then_some(other)
}

fn fits(action: &Action, service: &Service, resources: &[Vec<char>]) -> bool {
    let types = action.applies.iter().filter_map(|applies| applies.resource);
    let mut arns = types.filter_map(|place| service.resources.get(place));
    arns.any(|kind| {
        let arn = symbols(&kind.arn);
        // A bucket's name has no slash, which the reference's pattern doesn't say.
        let is_bucket = kind.arn.ends_with("${BucketName}");
        resources.iter().any(|resource| {
            overlap_as_arns(resource, &arn) && !(is_bucket && resource.contains(&'/'))
        })
    })
}

fn shown_types(actions: &[&Action], service: &Service) -> String {
    let mut arns: Vec<&str> = actions
        .iter()
        .flat_map(|action| action.applies.iter())
        .filter_map(|applies| service.resources.get(applies.resource?))
        .map(|resource| resource.arn.as_str())
        .collect();
    arns.sort_unstable();
    arns.dedup();
    let shown: Vec<_> = arns.iter().take(3).map(|arn| format!("`{arn}`")).collect();
    shown.join(", ")
}

/// Each way to take on a role is for one type of principal.
fn wrong_way_in(part: &Part<'_>) -> Option<Advice> {
    let principal = part.element("Principal")?;
    let names = |kind: &str| {
        principal
            .value
            .get(kind)
            .map(Node::items)
            .unwrap_or_default()
    };
    let federated: Vec<_> = names("Federated")
        .iter()
        .filter_map(|node| node.as_str())
        .collect();
    let only_federated =
        !federated.is_empty() && names("AWS").is_empty() && names("Service").is_empty();
    let mut actions = part.strings("Action");
    let (action, span) = actions.find(|(action, _)| {
        let is = |name: &str| action.eq_ignore_ascii_case(name);
        if only_federated {
            let only_saml = federated
                .iter()
                .all(|name| name.contains(":saml-provider/"));
            let only_oidc = federated
                .iter()
                .all(|name| !name.contains(":saml-provider/"));
            is("sts:AssumeRole")
                || is("sts:AssumeRoleWithSAML") && only_oidc
                || is("sts:AssumeRoleWithWebIdentity") && only_saml
        } else {
            federated.is_empty()
                && !part.strings("Principal").any(|(name, _)| name == "*")
                && !names("AWS").iter().any(|node| node.as_str() == Some("*"))
                && (is("sts:AssumeRoleWithSAML") || is("sts:AssumeRoleWithWebIdentity"))
        }
    })?;
    let message = format!("none of these principals takes on a role by `{action}`");
    Some(
        Advice::new("never-matches", span, message, "never matches").help(
            "`sts:AssumeRole` is for AWS principals and services, `…WithWebIdentity` for OIDC providers, \
             `…WithSAML` for SAML providers",
        ),
    )
}

/// AWS: IAM User Guide, condition operators: `IfExists` doesn't go with `Null`.
fn null_if_exists(part: &Part<'_>) -> Option<Advice> {
    let is_meant = |name: &str| name.rsplit(':').next() == Some("NullIfExists");
    let (operator, _) = tested(part)
        .into_iter()
        .find(|(operator, _)| is_meant(&operator.key))?;
    let message = "`NullIfExists` never holds, so this statement never matches".to_owned();
    Some(
        Advice::new("never-matches", operator.key_span, message, "never holds")
            .help("write `Null`, which is about absent keys already"),
    )
}
