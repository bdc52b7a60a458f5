//! `rolecall explain`: which policy, which statement, which condition, which value.

use std::process::Output;

use rstest::rstest;

use crate::support::{rolecall, run, stderr, stdout};

#[rstest]
#[case::the_value_that_made_a_deny_match(
    "deny-outside-the-network/a café/1",
    "statement `OnlyFromTheOffice` denies, as `aws:SourceIp` is `198.51.100.7`"
)]
#[case::the_key_that_the_request_lacks(
    "external-id/missing id/1",
    "wants `Customer-4711`, but the request has no `sts:ExternalId`"
)]
#[case::the_element_that_limits("boundary-limits-a-role/1.2", "the action is `s3:DeleteObject`")]
#[case::the_unit_whose_control_policy_lacks_an_allow(
    "scp-at-a-unit/2",
    "because: nothing in a service control policy at ou-"
)]
#[case::levels_that_let_everything_through_are_a_line(
    "scp-at-a-unit/2",
    "RESOURCE_CONTROL_POLICY  ALLOW  at 3 levels: RCPFullAWSAccess\n"
)]
#[case::policies_of_aws_by_their_names(
    "scp-at-a-unit/1",
    "statement 1 of AdministratorAccess allows\n"
)]
fn a_denial_is_told_with_what_decided(#[case] step: &str, #[case] expected: &str) {
    let output = run(&["explain", step]);

    let text = stdout(&output);
    assert_eq!(output.status.code(), Some(0), "{text}{}", stderr(&output));
    assert!(text.contains(expected), "{text}");
}

/// A user that nobody trusts and that has no policies, in the role's account and in another.
fn untrusted(account: &str) -> String {
    let scenario = format!(
        r#"
scenario: nobody trusts this user
accounts: {{ main: "123456789012", other: "210987654321" }}
users: {{ ann: {{ account: {account} }} }}
roles:
  Deploy:
    trust:
      Version: "2012-10-17"
      Statement:
        - Effect: Allow
          Principal: {{ AWS: "arn:aws:iam::123456789012:root" }}
          Action: sts:AssumeRole
          Condition: {{ StringEquals: {{ "sts:ExternalId": Customer-4711 }} }}
steps:
  - {{ as: ann, assume: Deploy, expect: denied }}
"#
    );
    let output = explained(&scenario);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    stdout(&output)
}

/// Explains a scenario in a folder of its own.
fn explained(scenario: &str) -> Output {
    let folder = tempfile::tempdir().expect("a scratch folder");
    std::fs::write(folder.path().join("it.yaml"), scenario).expect("a file");
    rolecall()
        .current_dir(folder.path())
        .args(["explain", "it", "."])
        .output()
        .expect("the command starts")
}

/// Between accounts both sides must allow; within one the trust policy alone can.
#[rstest]
#[case("main", false)]
#[case("other", true)]
fn what_the_trust_policy_alone_could_allow_is_its_reason_alone(
    #[case] account: &str,
    #[case] told: bool,
) {
    let text = untrusted(account);

    assert!(
        text.contains("nothing in the trust policy allows"),
        "{text}"
    );
    let identity = text.contains("nothing in the identity policies allows");
    assert_eq!(identity, told, "{text}");
}

#[test]
fn a_test_that_fails_is_explained_with_status_1() {
    let scenario = "scenario: x\nusers: { u: {} }\nsteps: [{ as: u, call: \"s3:ListBuckets\" }]\n";

    let output = explained(scenario);

    assert_eq!(output.status.code(), Some(1), "{}", stdout(&output));
}
