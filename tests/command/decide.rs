//! `rolecall decide`: JSON lines in, AWS's Evaluations out.

use std::io::Write;
use std::process::Stdio;

use rstest::rstest;
use serde_json::{Value, json};

use crate::support::{rolecall, stdout};

const ANN: &str = "arn:aws:iam::123456789012:user/ann";

/// Answers lines; gives the answers and the exit status.
fn decide(lines: &str) -> (Vec<Value>, Option<i32>) {
    let mut child = rolecall()
        .arg("decide")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the command starts");
    let mut input = child.stdin.take().expect("its input");
    input.write_all(lines.as_bytes()).expect("it reads");
    drop(input);
    let output = child.wait_with_output().expect("it ends");
    let answers = stdout(&output);
    let answers = answers
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    (answers, output.status.code())
}

fn statement(effect: &str) -> Value {
    json!({"Version": "2012-10-17", "Statement": {"Effect": effect, "Action": "s3:*", "Resource": "*"}})
}

/// AWS: IAM User Guide, policy evaluation logic; the shape is that of `GetRequestAuthorizationDetails`.
#[rstest]
#[case::allowed(json!({"identity_policies": [statement("Allow")]}), "ALLOW")]
#[case::nothing_allows(json!({}), "IMPLICIT_DENY")]
#[case::explicit(json!({"identity_policies": [statement("Allow"), statement("Deny")]}), "EXPLICIT_DENY")]
#[case::boundary_without_allow(
    json!({"identity_policies": [statement("Allow")], "permissions_boundaries": []}), "IMPLICIT_DENY"
)]
#[case::no_boundary(
    json!({"identity_policies": [statement("Allow")], "permissions_boundaries": null}), "ALLOW"
)]
#[case::a_level_without_allow(
    json!({"identity_policies": [statement("Allow")], "service_control_policies": [[statement("Allow")], []]}),
    "IMPLICIT_DENY"
)]
#[case::unknown_operator_never_matches(
    json!({"identity_policies": [{"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*",
        "Condition": {"StringIs": {"a": "b"}}}}], "context": {"a": "b"}}),
    "IMPLICIT_DENY"
)]
fn a_question_gets_awss_evaluation(#[case] policies: Value, #[case] expected: &str) {
    let mut question = json!({"id": "q", "principal": {"arn": ANN}, "action": "s3:GetObject",
        "resource": "arn:aws:s3:::site/index.html"});
    for (field, value) in policies.as_object().expect("an object") {
        question[field] = value.clone();
    }

    let (answers, status) = decide(&format!("{question}\n"));

    assert_eq!(status, Some(0), "{answers:?}");
    assert_eq!(answers[0]["id"], "q");
    assert_eq!(
        answers[0]["evaluation"]["evaluatedEffect"], expected,
        "{answers:?}"
    );
}

#[test]
fn policies_go_by_field_and_index() {
    let question = json!({"principal": {"arn": ANN}, "action": "s3:GetObject",
        "identity_policies": [statement("Deny"), statement("Allow")]});

    let (answers, _) = decide(&question.to_string());

    let check = &answers[0]["evaluation"]["checks"][0];
    assert_eq!(check["checkType"], "PRINCIPAL");
    assert_eq!(check["matchedPolicies"][0]["uri"], "identity_policies/0");
    assert_eq!(
        check["matchedPolicies"][0]["matchedStatements"][0]["evaluatedEffect"],
        "DENY"
    );
}

#[test]
fn a_root_user_may_not_assume_a_role_and_everyone_may_ask_who_they_are() {
    let root = json!({"principal": {"arn": "arn:aws:iam::123456789012:root"}, "action": "sts:AssumeRole",
        "resource": "arn:aws:iam::123456789012:role/r",
        "resource_policy": {"Statement": {"Effect": "Allow", "Action": "sts:AssumeRole",
            "Principal": {"AWS": "123456789012"}}}});
    let identity = json!({"principal": {"arn": ANN}, "action": "sts:GetCallerIdentity"});

    let (answers, _) = decide(&format!("{root}\n{identity}\n"));

    assert_eq!(answers[0]["evaluation"]["evaluatedEffect"], "IMPLICIT_DENY");
    let checks = answers[0]["evaluation"]["checks"]
        .as_array()
        .expect("checks");
    let principal = checks
        .iter()
        .find(|check| check["checkType"] == "PRINCIPAL")
        .expect("a check");
    assert_eq!(principal["evaluatedEffect"], "IMPLICIT_DENY");
    assert_eq!(answers[1]["evaluation"]["evaluatedEffect"], "ALLOW");
}

#[rstest]
#[case::no_json("{", "not JSON")]
#[case::unknown_field(
    r#"{"principal": "anonymous", "action": "s3:GetObject", "polices": []}"#,
    "unknown field `polices`"
)]
#[case::no_action(r#"{"principal": "anonymous"}"#, "`action` is missing")]
#[case::no_principal(
    r#"{"principal": {"arn": "arn:aws:s3:::b"}, "action": "s3:GetObject"}"#,
    "is not the ARN of a principal"
)]
#[case::no_policy(
    r#"{"principal": "anonymous", "action": "s3:GetObject", "identity_policies": [7]}"#,
    "identity_policies/0"
)]
fn a_bad_line_is_an_error_and_the_next_is_answered(#[case] line: &str, #[case] expected: &str) {
    let good = r#"{"id": "2", "principal": "anonymous", "action": "s3:GetObject"}"#;

    let (answers, status) = decide(&format!("{line}\n{good}\n"));

    assert_eq!(status, Some(2));
    let error = answers[0]["error"].as_str().expect("an error");
    assert!(error.contains(expected), "{error}");
    assert_eq!(answers[1]["id"], "2");
}
