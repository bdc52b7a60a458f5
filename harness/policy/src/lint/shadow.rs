//! Allows that a Deny of the same document takes back.

use super::Advice;
use super::overlap::contains;
use crate::node::Value;
use crate::validate::shape::{Outline, Part};

pub(super) fn check(outline: &Outline<'_>, advice: &mut Vec<Advice>) {
    let denies = |part: &&Part<'_>| part.strings("Effect").any(|(effect, _)| effect == "Deny");
    for allow in outline.statements.iter().filter(|part| part.allows()) {
        let deny = outline
            .statements
            .iter()
            .filter(denies)
            .find(|deny| takes_back(deny, allow));
        if let Some(deny) = deny {
            let message = "a Deny of the same policy takes this Allow back".to_owned();
            let mut found = Advice::new("shadowed-allow", allow.span, message, "never allows")
                .help("take one of the two out, or narrow the Deny");
            found.related = Some((deny.span, "denied here".to_owned()));
            advice.push(found);
        }
    }
}

/// Whether the Deny covers all that the Allow covers, as far as can be told by looking.
fn takes_back(deny: &Part<'_>, allow: &Part<'_>) -> bool {
    let has_condition = deny.element("Condition").is_some_and(
        |entry| !matches!(&entry.value.value, Value::Map(operators) if operators.is_empty()),
    );
    !has_condition
        && covers(deny, allow, "Action", true)
        && covers(deny, allow, "Resource", false)
        && names_all(deny, allow)
}

fn covers(deny: &Part<'_>, allow: &Part<'_>, element: &str, ignores_case: bool) -> bool {
    let folded = |text: &str| {
        if ignores_case {
            text.to_ascii_lowercase()
        } else {
            text.to_owned()
        }
    };
    let wide: Vec<String> = deny
        .strings(element)
        .map(|(text, _)| folded(text))
        .collect();
    let mut narrow = allow
        .strings(element)
        .map(|(text, _)| folded(text))
        .peekable();
    if narrow.peek().is_none() {
        // A trust policy has no resources; with `NotAction` or `NotResource` it is hard to tell.
        return element == "Resource" && allow.element("NotResource").is_none() && wide.is_empty();
    }
    narrow.all(|narrow| wide.iter().any(|wide| contains(wide, &narrow)))
}

fn names_all(deny: &Part<'_>, allow: &Part<'_>) -> bool {
    match (deny.element("Principal"), allow.element("Principal")) {
        // A principal's own policy; what two `NotPrincipal` have in common is hard to tell.
        (None, None) => allow.element("NotPrincipal").is_none(),
        (Some(deny), Some(allow)) => {
            let everyone = deny.value.as_str() == Some("*");
            everyone || same(&deny.value, &allow.value)
        }
        _ => false,
    }
}

/// Whether two values are the same but for where they stand.
fn same(left: &crate::Node, right: &crate::Node) -> bool {
    match (&left.value, &right.value) {
        (Value::List(left), Value::List(right)) => {
            left.len() == right.len()
                && left
                    .iter()
                    .zip(right)
                    .all(|(left, right)| same(left, right))
        }
        (Value::Map(left), Value::Map(right)) => {
            left.len() == right.len()
                && left
                    .iter()
                    .zip(right)
                    .all(|(left, right)| left.key == right.key && same(&left.value, &right.value))
        }
        (left, right) => left == right,
    }
}
