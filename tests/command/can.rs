//! `rolecall can`: one question without a scenario.

use rstest::rstest;

use crate::support::{run, stderr, stdout};

const ROLE: &str = "arn:aws:iam::123456789012:role/S3-CloudFront-Access";
const SESSION: &str = "arn:aws:sts::123456789012:assumed-role/S3-CloudFront-Access/DeploySPA";
const OBJECT: &str = "arn:aws:s3:::spa-site/index.html";

/// Asks about the world of the tutorial.
fn ask(question: &[&str]) -> std::process::Output {
    let mut arguments = vec!["can"];
    arguments.extend(question);
    arguments.extend(["--world", "scenarios/tutorial.yaml"]);
    run(&arguments)
}

#[rstest]
#[case::a_user(&["spa-deployment", "s3:ListAllMyBuckets"], 1)]
#[case::a_user_by_its_arn(&["arn:aws:iam::123456789012:user/spa-deployment", "s3:ListAllMyBuckets"], 1)]
#[case::whom_a_trust_policy_names(&["spa-deployment", "sts:AssumeRole", "on", ROLE], 0)]
#[case::a_role_by_its_name(&["S3-CloudFront-Access", "s3:GetObject", "on", OBJECT], 0)]
#[case::a_role_by_its_arn(&[ROLE, "s3:GetObject", "on", OBJECT], 0)]
#[case::a_session_by_its_arn(&[SESSION, "s3:GetObject", "on", OBJECT], 0)]
#[case::what_no_policy_of_the_role_allows(&[ROLE, "ec2:RunInstances"], 1)]
#[case::the_root_user(&["root", "s3:ListAllMyBuckets"], 0)]
#[case::the_root_user_of_an_account_by_name(&["root:main", "s3:ListAllMyBuckets"], 0)]
#[case::the_root_user_by_its_arn(&["arn:aws:iam::123456789012:root", "s3:ListAllMyBuckets"], 0)]
#[case::anybody(&["anonymous", "s3:GetObject", "on", OBJECT], 1)]
#[case::a_service(&["service:lambda.amazonaws.com", "sts:AssumeRole", "on", ROLE], 1)]
#[case::what_needs_no_permission(&["spa-deployment", "sts:GetCallerIdentity"], 0)]
fn the_exit_status_is_the_answer(#[case] question: &[&str], #[case] status: i32) {
    let output = ask(question);

    let told = format!("{}{}", stdout(&output), stderr(&output));
    assert_eq!(output.status.code(), Some(status), "{told}");
    let word = if status == 0 { "allowed: " } else { "denied: " };
    assert!(stdout(&output).starts_with(word), "{told}");
}

#[test]
fn the_statement_that_allows_is_underlined() {
    let output = ask(&["spa-deployment", "sts:AssumeRole", "on", ROLE]);

    let expected = format!(
        "\
allowed: spa-deployment sts:AssumeRole on {ROLE}
because: the trust policy allows sts:AssumeRole
 --> scenarios/trust/spa-deployment.json:4:5
  |
4 | /     {{
5 | |       \"Sid\": \"TheDeploymentUser\",
6 | |       \"Effect\": \"Allow\",
7 | |       \"Principal\": {{ \"AWS\": \"arn:aws:iam::123456789012:user/spa-deployment\" }},
8 | |       \"Action\": \"sts:AssumeRole\"
9 | |     }}
  | |_____^ this statement allows
checks:
  RESOURCE                 ALLOW
    statement `TheDeploymentUser` of trust allows  scenarios/trust/spa-deployment.json:4:5
  PRINCIPAL                NO_IMPACT
"
    );
    assert_eq!(stdout(&output), expected);
}

#[rstest]
#[case::absent(&[], 1, "but the request has no `sts:ExternalId`")]
#[case::wrong(&["sts:ExternalId=Customer-4712"], 1, "but `sts:ExternalId` is `Customer-4712`")]
#[case::right(&["sts:ExternalId=Customer-4711"], 0, "the trust policy")]
#[case::several_values(&["sts:ExternalId=a", "sts:ExternalId=b"], 1, "is `a` or `b`")]
fn a_condition_sees_the_keys_that_are_given(
    #[case] keys: &[&str],
    #[case] status: i32,
    #[case] expected: &str,
) {
    let role = "arn:aws:iam::123456789012:role/Monitoring";
    let mut arguments = vec!["can", "collector", "sts:AssumeRole", "on", role];
    arguments.extend(["--world", "scenarios/external-id.yaml"]);
    arguments.extend(keys.iter().flat_map(|key| ["--context", key]));

    let output = run(&arguments);

    let text = stdout(&output);
    assert_eq!(output.status.code(), Some(status), "{text}");
    assert!(text.contains(expected), "{text}");
}

#[test]
fn the_plain_form_has_a_fact_a_line() {
    let output = ask(&["spa-deployment", "s3:ListAllMyBuckets", "--format", "plain"]);

    assert_eq!(
        stdout(&output),
        "denied: spa-deployment s3:ListAllMyBuckets\n\
         because: nothing in the identity policies allows s3:ListAllMyBuckets\n\
         because: no policy of this kind is attached\n"
    );
}

#[test]
fn the_json_form_has_awss_evaluation() {
    let output = ask(&["spa-deployment", "s3:ListAllMyBuckets", "--format", "json"]);

    let answer: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(answer["allowed"], false);
    assert_eq!(
        answer["principal"],
        "arn:aws:iam::123456789012:user/spa-deployment"
    );
    assert_eq!(answer["evaluations"][0]["evaluatedEffect"], "IMPLICIT_DENY");
    let reason = "nothing in the identity policies allows s3:ListAllMyBuckets";
    assert_eq!(answer["because"][0]["reason"], reason);
}

#[rstest]
#[case::nearest_name(&["spa-deploymnt", "s3:ListAllMyBuckets"], "did you mean `spa-deployment`?")]
#[case::nearest_role(&["S3-CloudFront-Acess", "s3:ListAllMyBuckets"], "did you mean `S3-CloudFront-Access`?")]
#[case::nobody(&["somebody-else", "s3:ListAllMyBuckets"], "no user or role is named `somebody-else`")]
#[case::unknown_arn(&["arn:aws:iam::123456789012:role/None", "s3:ListAllMyBuckets"], "the world has no `arn:aws:iam::123456789012:role/None`")]
#[case::arn_of_no_principal(&["arn:aws:s3:::spa-site", "s3:ListAllMyBuckets"], "is not the ARN of a user")]
#[case::unknown_account(&["root:mian", "s3:ListAllMyBuckets"], "did you mean `main`?")]
#[case::no_service(&["service:lambda", "s3:ListAllMyBuckets"], "as in `service:lambda.amazonaws.com`")]
#[case::action_without_service(&["spa-deployment", "ListBuckets"], "write it as in a policy: `s3:GetObject`")]
#[case::several_actions(&["spa-deployment", "s3:*"], "a question is about one action")]
#[case::half_an_action(&["spa-deployment", "s3:"], "a half of it is missing")]
#[case::no_arn(&["spa-deployment", "s3:GetObject", "on", "spa-site/x"], "`s3:GetObject on arn:aws:s3:::spa-site/x`")]
#[case::forgotten_on(&["spa-deployment", "s3:GetObject", OBJECT], "a question is `WHO ACTION on ARN`")]
#[case::context_without_value(&["spa-deployment", "s3:GetObject", "--context", "aws:SourceIp"], "such as aws:SourceIp=203.0.113.7")]
#[case::no_action(&["spa-deployment"], "ACTION")]
fn a_mistake_is_told_with_its_remedy(#[case] question: &[&str], #[case] expected: &str) {
    let output = ask(question);

    let told = stderr(&output);
    assert_eq!(output.status.code(), Some(2), "{told}");
    assert!(told.contains(expected), "{told}");
    assert_eq!(stdout(&output), "");
}

#[test]
fn a_missing_file_is_told() {
    let output = run(&[
        "can",
        "ann",
        "s3:ListAllMyBuckets",
        "--world",
        "no-such.yaml",
    ]);

    assert_eq!(output.status.code(), Some(2));
    assert!(
        stderr(&output).contains("no-such.yaml"),
        "{}",
        stderr(&output)
    );
}

/// Such an action may be new on AWS; a typo is likelier.
#[test]
fn an_action_that_aws_has_not_is_answered_with_a_warning() {
    let output = ask(&["spa-deployment", "s3:GetObjct"]);

    assert_eq!(output.status.code(), Some(1));
    let told = stderr(&output);
    assert!(told.contains("s3 has no action `GetObjct`"), "{told}");
    assert!(told.contains("did you mean `GetObject`?"), "{told}");
}
