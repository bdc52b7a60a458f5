//! What depends on what time it is, and so can't be asked where the clock can't be moved.

use rstest::rstest;

use crate::support::{Served, connect, settings, written};

const WORLD: &str =
    "the world has policies that depend on what time it is: only the mock can have that";
const STEP: &str = "a step gives or expects a time, and the target's clock can't be moved";

const HEAD: &str = r#"
scenario: Times
users:
  ann: {}
roles:
  Deploy:
    trust: { Version: "2012-10-17", Statement: { Effect: Allow, Principal: { AWS: "arn:aws:iam::123456789012:user/ann" }, Action: "sts:AssumeRole" } }
buckets:
  site: {}
"#;

#[rstest]
#[case::a_clock_alone("clock: 2026-03-02T09:00:00Z\nsteps: [{ wait: 1h }]", None)]
#[case::whether_there_is_a_time(
    r#"groups: { g: { policies: [{ Version: "2012-10-17", Statement: { Effect: Deny, Action: "*", Resource: "*", Condition: { "Null": { "aws:TokenIssueTime": "true" } } } }] } }
steps: [{ wait: 1h }]"#,
    None
)]
#[case::a_time_in_a_group(
    r#"groups: { g: { policies: [{ Version: "2012-10-17", Statement: { Effect: Deny, Action: "*", Resource: "*", Condition: { DateLessThan: { "AWS:CURRENTTIME": "2026-04-01T00:00:00Z" } } } }] } }
steps: [{ wait: 1h }]"#,
    Some(WORLD)
)]
#[case::a_time_as_a_variable(
    r#"groups: { g: { policies: [{ Version: "2012-10-17", Statement: { Effect: Allow, Action: "s3:*", Resource: "arn:aws:s3:::site/${aws:EpochTime}" } }] } }
steps: [{ wait: 1h }]"#,
    Some(WORLD)
)]
#[case::a_session_policy(
    r#"steps: [{ as: ann, assume: Deploy, session-policy: { Version: "2012-10-17", Statement: { Effect: Allow, Action: "*", Resource: "*", Condition: { DateGreaterThan: { "aws:CurrentTime": "2026-01-01T00:00:00Z" } } } } }]"#,
    Some(STEP)
)]
#[case::a_policy_that_a_call_gives(
    r#"steps: [{ as: root, call: "iam:PutUserPolicy", with: { UserName: ann, PolicyName: p, PolicyDocument: { Version: "2012-10-17", Statement: { Effect: Allow, Action: "*", Resource: "*", Condition: { DateGreaterThan: { "aws:CurrentTime": "2026-01-01T00:00:00Z" } } } } } }]"#,
    Some(STEP)
)]
#[case::a_policy_without_a_time(
    r#"steps: [{ as: root, call: "iam:PutUserPolicy", with: { UserName: ann, PolicyName: p, PolicyDocument: { Version: "2012-10-17", Statement: { Effect: Allow, Action: "*", Resource: "*" } } } }]"#,
    None
)]
#[case::a_time_that_a_call_gives(
    r#"steps: [{ as: root, call: "s3:GetObject", on: site/a, with: { IfModifiedSince: "2026-01-01T00:00:00Z" } }]"#,
    Some(STEP)
)]
#[case::a_time_that_is_expected(
    r#"steps: [{ as: ann, assume: Deploy, then: [{ call: "iam:GetUser", expect: { User: { CreateDate: "2026-01-01T00:00:00Z" } } }] }]"#,
    Some(STEP)
)]
#[case::a_text_that_is_expected(
    r#"steps: [{ as: ann, call: "iam:GetUser", expect: { User: { UserName: ann } } }]"#,
    None
)]
fn what_depends_on_the_time_is_told_before_anything_is_built(
    #[case] rest: &str,
    #[case] expected: Option<&str>,
) {
    let served = Served::start();
    let journals = tempfile::tempdir().expect("a folder");
    let live = connect(&served.endpoint, &settings(journals.path(), "t1"));

    let loaded = written(&format!("{HEAD}{rest}\n"));

    let plan = live.plan(&loaded.tests[0]);
    assert_eq!(plan.err().as_deref(), expected);
}
