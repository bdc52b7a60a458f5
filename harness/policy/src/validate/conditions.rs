//! Conditions and policy variables.

use super::shape::{Part, wrong_type};
use super::{Findings, Rule};
use crate::condition::{Operator, Test, is_saved_date};
use crate::node::{Entry, Node, Span, Value};
use crate::suggest::nearest;

/// Operators AWS knows, values of the right type, dates that are some, variables that are closed.
pub(super) fn check(part: &Part<'_>, has_variables: bool, findings: &mut Findings) {
    if has_variables {
        for name in ["Resource", "NotResource"] {
            for (text, span) in part.strings(name) {
                check_variables(text, span, findings);
            }
        }
    }
    let Some(condition) = part.element("Condition") else {
        return;
    };
    let Value::Map(operators) = &condition.value.value else {
        return wrong_type(&condition.value, "a map of operators", findings);
    };
    for operator in operators {
        check_operator(operator, has_variables, findings);
    }
}

fn check_operator(operator: &Entry, has_variables: bool, findings: &mut Findings) {
    let Value::Map(keys) = &operator.value.value else {
        return wrong_type(&operator.value, "a map of condition keys", findings);
    };
    let parsed = Operator::parse(&operator.key);
    // An unknown operator without keys passes, and so does `NullIfExists`, which never holds.
    if parsed.is_none() && !keys.is_empty() && !operator.key.ends_with("NullIfExists") {
        unknown_operator(operator, findings);
    }
    for key in keys {
        for value in key.value.items() {
            check_value(value, parsed, has_variables, findings);
        }
    }
}

fn unknown_operator(operator: &Entry, findings: &mut Findings) {
    let finding = findings.add(
        Rule::OperatorUnknown,
        operator.key_span,
        &operator.key,
        "no such operator",
    );
    let (set, name) = match operator.key.split_once(':') {
        Some((set, name)) => (Some(set), name),
        None => (None, operator.key.as_str()),
    };
    let bare = name.strip_suffix("IfExists").unwrap_or(name);
    let Some(near) = nearest(bare, Operator::names()) else {
        return finding
            .help("operators are `StringEquals`, `StringLike`, `ArnLike`, `Bool` and others");
    };
    let suffix = name.strip_prefix(bare).unwrap_or_default();
    match set {
        Some(set) => {
            let set = nearest(set, ["ForAllValues", "ForAnyValue"].into_iter());
            let set = set.unwrap_or("ForAnyValue");
            finding.help(format!("did you mean `{set}:{near}{suffix}`?"));
        }
        None => finding.help(format!("did you mean `{near}{suffix}`?")),
    }
}

fn check_value(
    value: &Node,
    operator: Option<Operator>,
    has_variables: bool,
    findings: &mut Findings,
) {
    let text = match &value.value {
        Value::String(text) | Value::Number(text) => text,
        Value::Bool(_) => return,
        Value::Null | Value::List(_) | Value::Map(_) => {
            return wrong_type(value, "a string, number or boolean", findings);
        }
    };
    match operator.map(|operator| operator.test) {
        Some(Test::Date(_)) if !is_saved_date(text) => {
            findings
                .add(Rule::DateMalformed, value.span, text, "no date")
                .help("write `2026-01-31T12:00:00Z`, or seconds since 1970");
        }
        Some(operator) if has_variables && operator.takes_variables() => {
            check_variables(text, value.span, findings);
        }
        _ => {}
    }
}

/// AWS: IAM User Guide, policy variables: `${key}`, or with a default `${key, 'default'}`.
fn check_variables(text: &str, span: Span, findings: &mut Findings) {
    let mut rest = text;
    while let Some((_, after)) = rest.split_once("${") {
        let Some((inner, behind)) = after.split_once('}') else {
            findings
                .add(
                    Rule::VariableMalformed,
                    span,
                    text,
                    "a variable without its `}`",
                )
                .help("close it, or write `${$}{` for the characters themselves");
            return;
        };
        if inner.trim().is_empty() {
            findings.add(
                Rule::VariableMalformed,
                span,
                text,
                "a variable without a name",
            );
        }
        rest = behind;
    }
}
