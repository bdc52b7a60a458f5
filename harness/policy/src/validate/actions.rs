//! Actions.

use super::shape::Part;
use super::{Findings, Rule};
use crate::catalog;
use crate::suggest::nearest;

/// There are some, each with a service and a name.
pub(super) fn check(part: &Part<'_>, findings: &mut Findings) {
    match part.either("Action") {
        None => {
            findings
                .add(Rule::ActionMissing, part.span, "", "no `Action`")
                .help("every statement has `Action` or `NotAction`");
        }
        Some(entry) if entry.value.items().is_empty() => {
            findings.add(Rule::ActionMissing, entry.value.span, "", "no action");
        }
        Some(_) => {}
    }
    for name in ["Action", "NotAction"] {
        for (action, span) in part.strings(name) {
            check_action(action, span, findings);
        }
    }
}

fn check_action(action: &str, span: crate::Span, findings: &mut Findings) {
    let Some((vendor, name)) = action.split_once(':') else {
        if action != "*" {
            findings
                .add(Rule::ActionVendorMissing, span, action, "no service")
                .help(format!("write it as `SERVICE:{action}`"));
        }
        return;
    };
    if name.contains(':') {
        findings
            .add(Rule::ActionColons, span, action, "more than one colon")
            .help("an action is `SERVICE:NAME`");
    } else if !vendor.bytes().all(is_of_vendor) {
        let finding = findings.add(Rule::ActionVendor, span, vendor, "no name of a service");
        match nearest(vendor, catalog::prefixes()) {
            Some(near) if !vendor.contains(['*', '?']) => {
                finding.help(format!("did you mean `{near}`?"));
            }
            _ => finding.help("only the name may have wildcards, not the service"),
        }
    }
}

fn is_of_vendor(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.')
}
