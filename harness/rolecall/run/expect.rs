//! Whether an answer is what a step expects: pure comparison.

use rolecall_policy::{Node, Value as Wanted};
use rolecall_wire::{ServiceError, Structure, Value};
use wildmatch::WildMatch;

use crate::scenario::model::Expect;
use crate::target::{Got, is_denial};

/// Whether an expectation holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// As expected.
    Met,
    /// Another decision or another answer; each reason is a sentence without a full stop.
    Unmet(Vec<String>),
    /// The question could not be asked.
    Unasked(String),
}

/// Judges what a step got by what it expects.
pub fn judge(expect: &Expect, got: &Got) -> Verdict {
    match got {
        Got::Unreachable(reason) => Verdict::Unasked(reason.clone()),
        Got::Allowed(output) => judge_success(expect, output),
        Got::Refused(error) => judge_refusal(expect, error),
    }
}

fn judge_success(expect: &Expect, output: &Structure) -> Verdict {
    match expect {
        Expect::Allowed => Verdict::Met,
        Expect::Denied => {
            Verdict::Unmet(vec!["expected a denial, but the call succeeded".to_owned()])
        }
        Expect::Error { code, .. } => Verdict::Unmet(vec![format!(
            "expected the error {code}, but the call succeeded"
        )]),
        Expect::Fields(wanted) => met_unless(differences(wanted, output)),
    }
}

fn judge_refusal(expect: &Expect, error: &ServiceError) -> Verdict {
    match expect {
        Expect::Allowed | Expect::Fields(_) => Verdict::Unmet(vec![format!(
            "expected success, but got {}",
            name_of(error)
        )]),
        Expect::Denied if is_denial(error) => Verdict::Met,
        Expect::Denied => Verdict::Unasked(format!(
            "expected a denial, but got {}, which is no authorization decision",
            name_of(error)
        )),
        Expect::Error {
            code,
            message,
            status,
        } => met_unless(error_differences(error, code, message.as_deref(), *status)),
    }
}

fn met_unless(reasons: Vec<String>) -> Verdict {
    if reasons.is_empty() {
        Verdict::Met
    } else {
        Verdict::Unmet(reasons)
    }
}

/// The code with its status: `ExpiredToken (403)`.
pub fn name_of(error: &ServiceError) -> String {
    if error.code == error.status.to_string() {
        error.code.clone()
    } else {
        format!("{} ({})", error.code, error.status)
    }
}

fn error_differences(
    error: &ServiceError,
    code: &str,
    message: Option<&str>,
    status: Option<u16>,
) -> Vec<String> {
    let mut reasons = Vec::new();
    if code != error.code {
        reasons.push(format!(
            "expected the error {code}, but got {}",
            name_of(error)
        ));
    }
    let text = error.message.as_deref().unwrap_or_default();
    if let Some(message) = message.filter(|wanted| !WildMatch::new(wanted).matches(text)) {
        reasons.push(format!(
            "expected the message `{message}`, but got `{text}`"
        ));
    }
    if let Some(status) = status.filter(|status| *status != error.status) {
        reasons.push(format!(
            "expected the status {status}, but got {}",
            error.status
        ));
    }
    reasons
}

/// How an output differs from the fields it must have; empty when it has them all.
pub fn differences(wanted: &Node, output: &Structure) -> Vec<String> {
    let mut found = Vec::new();
    compare(wanted, &Value::Structure(output.clone()), "", &mut found);
    found
}

fn compare(wanted: &Node, got: &Value, path: &str, found: &mut Vec<String>) {
    match (&wanted.value, got) {
        (Wanted::Map(entries), _) => {
            for entry in entries {
                let path = join(path, &entry.key);
                match member(got, &entry.key) {
                    Some(value) => compare(&entry.value, value, &path, found),
                    None if is_nothing(&entry.value) => {}
                    None => found.push(format!("the answer has no `{path}`")),
                }
            }
        }
        (Wanted::List(wanted), Value::List(got)) => compare_lists(wanted, got, path, found),
        (Wanted::List(_), _) => {
            found.push(format!("`{path}`: expected a list, but got {}", show(got)));
        }
        (Wanted::Null, _) => {
            found.push(format!("`{path}`: expected nothing, but got {}", show(got)));
        }
        (scalar, _) => {
            if !scalar_matches(scalar, got) {
                found.push(format!(
                    "`{path}`: expected {}, but got {}",
                    show_wanted(scalar),
                    show(got)
                ));
            }
        }
    }
}

/// `null` and `[]` hold for an absent member.
fn is_nothing(node: &Node) -> bool {
    match &node.value {
        Wanted::Null => true,
        Wanted::List(elements) => elements.is_empty(),
        _ => false,
    }
}

fn join(path: &str, key: &str) -> String {
    if path.is_empty() {
        key.to_owned()
    } else {
        format!("{path}.{key}")
    }
}

fn member<'a>(value: &'a Value, key: &str) -> Option<&'a Value> {
    match value {
        Value::Structure(structure) => structure.get(key),
        Value::Map(map) => map.get(key),
        _ => None,
    }
}

/// Each expected element must match an element of its own, in any order; `[]` expects none at all.
fn compare_lists(wanted: &[Node], got: &[Value], path: &str, found: &mut Vec<String>) {
    if wanted.is_empty() && !got.is_empty() {
        found.push(format!(
            "`{path}`: expected an empty list, but got {} elements",
            got.len()
        ));
        return;
    }
    let candidates: Vec<Vec<usize>> = wanted
        .iter()
        .map(|element| matching_elements(element, got))
        .collect();
    let mut owners: Vec<Option<usize>> = vec![None; got.len()];
    for (index, element) in wanted.iter().enumerate() {
        if !assign(index, &candidates, &mut owners, &mut vec![false; got.len()]) {
            found.push(format!(
                "`{path}`: no element matches {}",
                show_wanted(&element.value)
            ));
        }
    }
}

fn matching_elements(wanted: &Node, got: &[Value]) -> Vec<usize> {
    let matches = |value: &Value| {
        let mut found = Vec::new();
        compare(wanted, value, "", &mut found);
        found.is_empty()
    };
    got.iter()
        .enumerate()
        .filter(|(_, value)| matches(value))
        .map(|(index, _)| index)
        .collect()
}

/// Finds an element for `wanted`, moving earlier assignments where that helps (augmenting paths).
fn assign(
    wanted: usize,
    candidates: &[Vec<usize>],
    owners: &mut [Option<usize>],
    tried: &mut [bool],
) -> bool {
    for &element in candidates.get(wanted).into_iter().flatten() {
        let Some(seen) = tried.get_mut(element) else {
            continue;
        };
        if std::mem::replace(seen, true) {
            continue;
        }
        let owner = owners.get(element).copied().flatten();
        if owner.is_none_or(|owner| assign(owner, candidates, owners, tried)) {
            if let Some(place) = owners.get_mut(element) {
                *place = Some(wanted);
            }
            return true;
        }
    }
    false
}

fn scalar_matches(wanted: &Wanted, got: &Value) -> bool {
    match (wanted, got) {
        (Wanted::Bool(wanted), Value::Boolean(got)) => wanted == got,
        (Wanted::Number(wanted), Value::Integer(got)) => *wanted == got.to_string(),
        (Wanted::Number(wanted), Value::Float(got)) => wanted.parse::<f64>() == Ok(*got),
        (Wanted::String(wanted) | Wanted::Number(wanted), _) => {
            text_of(got).is_some_and(|text| WildMatch::new(wanted).matches(&text))
        }
        _ => false,
    }
}

fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Boolean(flag) => Some(flag.to_string()),
        Value::Integer(number) => Some(number.to_string()),
        Value::Float(number) => Some(number.to_string()),
        Value::Timestamp(time) => Some(time.to_string()),
        Value::Blob(bytes) => std::str::from_utf8(bytes).ok().map(str::to_owned),
        Value::List(_) | Value::Map(_) | Value::Structure(_) => None,
    }
}

/// A value in an error message, short.
fn show(value: &Value) -> String {
    match value {
        Value::List(values) => format!("a list of {}", values.len()),
        Value::Map(_) | Value::Structure(_) => "a structure".to_owned(),
        Value::Blob(bytes) => text_of(value).map_or_else(
            || format!("{} bytes", bytes.len()),
            |text| format!("`{text}`"),
        ),
        other => format!("`{}`", text_of(other).unwrap_or_default()),
    }
}

fn show_wanted(wanted: &Wanted) -> String {
    match wanted {
        Wanted::Null => "nothing".to_owned(),
        Wanted::Bool(flag) => format!("`{flag}`"),
        Wanted::Number(text) | Wanted::String(text) => format!("`{text}`"),
        Wanted::List(elements) => format!("a list of {}", elements.len()),
        Wanted::Map(entries) => {
            let members: Vec<String> = entries
                .iter()
                .map(|entry| format!("{}: {}", entry.key, show_wanted(&entry.value.value)))
                .collect();
            format!("{{ {} }}", members.join(", "))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rolecall_policy::json;
    use rstest::rstest;

    fn node(text: &str) -> Node {
        json::read(text, rolecall_policy::SourceId(0)).unwrap()
    }

    fn buckets(names: &[&str]) -> Structure {
        let list = names
            .iter()
            .map(|name| Structure::new().with("Name", *name).into())
            .collect();
        Structure::new()
            .with("Buckets", Value::List(list))
            .with("Count", 2_i64)
    }

    #[rstest]
    #[case::subset(r#"{"Buckets": [{"Name": "a"}]}"#, &[])]
    #[case::any_order(r#"{"Buckets": [{"Name": "b"}, {"Name": "a"}]}"#, &[])]
    #[case::wildcard(r#"{"Buckets": [{"Name": "*"}, {"Name": "a"}]}"#, &[])]
    #[case::each_its_own(r#"{"Buckets": [{"Name": "a"}, {"Name": "a"}]}"#, &["`Buckets`: no element matches { Name: `a` }"])]
    #[case::empty_means_empty(r#"{"Buckets": []}"#, &["`Buckets`: expected an empty list, but got 2 elements"])]
    #[case::number(r#"{"Count": 2}"#, &[])]
    #[case::wrong_number(r#"{"Count": 3}"#, &["`Count`: expected `3`, but got `2`"])]
    #[case::absent(r#"{"Owner": "me"}"#, &["the answer has no `Owner`"])]
    #[case::absent_as_wanted(r#"{"Owner": null, "Tags": []}"#, &[])]
    fn an_answer_must_have_the_expected_fields(#[case] wanted: &str, #[case] expected: &[&str]) {
        let found = differences(&node(wanted), &buckets(&["a", "b"]));

        assert_eq!(found, expected);
    }

    #[rstest]
    #[case::decision(ServiceError::new(403, "AccessDenied", "no"), Verdict::Met)]
    #[case::bodiless(ServiceError::without_message(403, "403"), Verdict::Met)]
    #[case::bad_key(
        ServiceError::new(403, "InvalidClientTokenId", "no"),
        Verdict::Unasked("expected a denial, but got InvalidClientTokenId (403), which is no authorization decision".to_owned())
    )]
    fn denied_is_a_decision_and_nothing_else(
        #[case] error: ServiceError,
        #[case] expected: Verdict,
    ) {
        assert_eq!(judge(&Expect::Denied, &Got::Refused(error)), expected);
    }

    fn expected(code: &str, message: Option<&str>, status: Option<u16>) -> Expect {
        Expect::Error {
            code: code.to_owned(),
            message: message.map(str::to_owned),
            status,
        }
    }

    #[rstest]
    #[case::its_code(expected("ValidationError", None, None), &[])]
    #[case::all_of_it(expected("ValidationError", Some("*exceeds the 1 hour*"), Some(400)), &[])]
    #[case::another_code(
        expected("ExpiredToken", None, None),
        &["expected the error ExpiredToken, but got ValidationError (400)"]
    )]
    #[case::another_text(
        expected("ValidationError", Some("exceeds"), None),
        &["expected the message `exceeds`, but got `it exceeds the 1 hour limit`"]
    )]
    #[case::another_status(
        expected("ValidationError", None, Some(403)),
        &["expected the status 403, but got 400"]
    )]
    fn an_error_must_have_the_expected_details(#[case] expect: Expect, #[case] reasons: &[&str]) {
        let got = Got::Refused(ServiceError::new(
            400,
            "ValidationError",
            "it exceeds the 1 hour limit",
        ));

        let verdict = judge(&expect, &got);

        let reasons: Vec<String> = reasons.iter().map(|reason| (*reason).to_owned()).collect();
        assert_eq!(verdict, met_unless(reasons));
    }

    #[rstest]
    #[case::access_denied_exception(ServiceError::new(400, "AccessDeniedException", "no"), true)]
    #[case::bodiless_403(ServiceError::without_message(403, "403"), true)]
    #[case::bodiless_404(ServiceError::without_message(404, "404"), false)]
    #[case::another_403(ServiceError::without_message(403, "InvalidAccessKeyId"), false)]
    #[case::a_403_with_a_text(ServiceError::new(403, "403", "who are you"), false)]
    fn a_denial_is_told_by_its_code(#[case] error: ServiceError, #[case] denial: bool) {
        assert_eq!(is_denial(&error), denial);
    }

    #[test]
    fn an_unexpected_error_is_a_failure_where_success_was_expected() {
        let got = Got::Refused(ServiceError::new(400, "ValidationError", "bad"));

        assert!(matches!(judge(&Expect::Allowed, &got), Verdict::Unmet(_)));
    }

    #[test]
    fn silence_is_an_error_whatever_was_expected() {
        let got = Got::Unreachable("connection refused".to_owned());

        for expect in [Expect::Allowed, Expect::Denied] {
            assert_eq!(
                judge(&expect, &got),
                Verdict::Unasked("connection refused".to_owned())
            );
        }
    }
}
