//! What only resource control policies must be.
//!
//! Source: AWS, Organizations User Guide, RCP syntax.

use super::shape::Part;
use super::{Findings, Rule};

/// A Deny, for everyone, of actions of named services.
pub(super) fn check(part: &Part<'_>, findings: &mut Findings) {
    for (effect, span) in part.strings("Effect") {
        if effect == "Allow" {
            findings
                .add(
                    Rule::ControlEffect,
                    span,
                    effect,
                    "a resource control policy only denies",
                )
                .help("`RCPFullAWSAccess`, which is always attached, allows");
        }
    }
    if let Some(principal) = part.element("Principal")
        && principal.value.as_str() != Some("*")
    {
        findings
            .add(
                Rule::ControlPrincipal,
                principal.value.span,
                "",
                "only `\"*\"` may stand here",
            )
            .help("narrow it with a condition, on `aws:PrincipalOrgID` for example");
    }
    for (action, span) in part.strings("Action") {
        if action == "*" {
            findings
                .add(Rule::ControlAction, span, action, "the service is missing")
                .help("name the services: `s3:*`");
        }
    }
    if let Some(entry) = part.element("NotAction") {
        findings.add(
            Rule::ControlAction,
            entry.key_span,
            "",
            "not supported here",
        );
    }
}
