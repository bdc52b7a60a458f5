//! Condition keys that no request has.

use super::{Advice, Services, tested};
use crate::catalog;
use crate::node::Entry;
use crate::suggest::nearest;
use crate::validate::shape::Part;

/// What AWS takes over from GitHub's tokens.
///
/// AWS: service authorization reference, STS.
pub(super) const GITHUB_CLAIMS: [&str; 12] = [
    "actor",
    "actor_id",
    "aud",
    "enterprise_id",
    "environment",
    "job_workflow_ref",
    "ref",
    "repository",
    "repository_id",
    "repository_owner_id",
    "sub",
    "workflow",
];

pub(super) const GITHUB: &str = "token.actions.githubusercontent.com";

pub(super) fn check(part: &Part<'_>, services: &mut Services, advice: &mut Vec<Advice>) {
    for (_, key) in tested(part) {
        advice.extend(check_key(key, services));
    }
}

fn check_key(entry: &Entry, services: &mut Services) -> Option<Advice> {
    let key = entry.key.as_str();
    if catalog::is_global_key(key) || catalog::is_session_key(key) || catalog::is_newer_key(key) {
        return None;
    }
    let advice = |help: Option<String>| {
        let message = format!("no request has the condition key `{key}`");
        let advice = Advice::new(
            "unknown-condition-key",
            entry.key_span,
            message,
            "never present",
        );
        match help {
            Some(help) => advice.help(help),
            None => advice,
        }
    };
    let meant = |near: &str| format!("did you mean `{near}`?");
    let Some((prefix, name)) = key.rsplit_once(':') else {
        return Some(advice(nearest(key, catalog::global_keys()).map(meant)));
    };
    if prefix.eq_ignore_ascii_case("aws") {
        return Some(advice(nearest(key, catalog::global_keys()).map(meant)));
    }
    if prefix.starts_with(GITHUB) {
        let is_known = GITHUB_CLAIMS
            .iter()
            .any(|claim| claim.eq_ignore_ascii_case(name));
        let near = nearest(name, GITHUB_CLAIMS.into_iter());
        let help = near.map(|near| meant(&format!("{prefix}:{near}")));
        let otherwise =
            Some("AWS takes over a few claims only, `sub` and `repository` among them".to_owned());
        return (!is_known).then(|| advice(help.or(otherwise)));
    }
    // A provider's own host, of whose claims nothing is known.
    if prefix.contains('.') {
        return None;
    }
    let (prefix, _) = key.split_once(':')?;
    let service = services.get(prefix)?;
    if service.key(key).is_some() {
        return None;
    }
    let near = nearest(key, service.keys.iter().map(|known| known.name.as_str()));
    Some(advice(near.map(meant)))
}
