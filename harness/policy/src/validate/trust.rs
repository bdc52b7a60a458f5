//! What only trust policies must be.

use super::providers;
use super::shape::Part;
use super::{Findings, Rule};
use crate::node::Span;
use crate::pattern::{Case, Dialect, Pattern};
use crate::suggest::nearest;

/// The actions of STS that a trust policy may name.
///
/// AWS: service authorization reference, STS; those without a role as resource pass too.
const ACTIONS: [&str; 12] = [
    "sts:AssumeRole",
    "sts:AssumeRoleWithSAML",
    "sts:AssumeRoleWithWebIdentity",
    "sts:DecodeAuthorizationMessage",
    "sts:GetAccessKeyInfo",
    "sts:GetCallerIdentity",
    "sts:GetFederationToken",
    "sts:GetServiceBearerToken",
    "sts:GetSessionToken",
    "sts:SetContext",
    "sts:SetSourceIdentity",
    "sts:TagSession",
];

/// Actions of STS only, and shared identity providers only with a test of who is meant.
pub(super) fn check(part: &Part<'_>, findings: &mut Findings) {
    for name in ["Action", "NotAction"] {
        for (action, span) in part.strings(name) {
            check_action(action, span, findings);
        }
    }
    providers::check(part, findings);
}

fn check_action(action: &str, span: Span, findings: &mut Findings) {
    let pattern = Pattern::new(action, Dialect::Action, false);
    let fits = |known: &&str| pattern.matches(known, Case::Ignored, &crate::document::NO_VARIABLES);
    if action == "*" || !ACTIONS.iter().any(fits) {
        let finding = findings.add(
            Rule::TrustAction,
            span,
            action,
            "no action of a trust policy",
        );
        match nearest(action, ACTIONS.into_iter()) {
            Some(near) => finding.help(format!("did you mean `{near}`?")),
            None => finding.help("roles are taken on by `sts:AssumeRole` and its siblings"),
        }
    }
}
