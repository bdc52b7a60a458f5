//! Breaking any line of a trust policy makes the right step fail, and the report underlines the deciding statement in
//! that file.

use crate::support::{copy_of_scenarios, rolecall, stdout};
use rstest::rstest;

#[rstest]
#[case::another_user(
    "trust/spa-deployment.json",
    "user/spa-deployment",
    "user/somebody-else",
    "tutorial/3",
    "the caller is `arn:aws:iam::123456789012:user/spa-deployment`"
)]
#[case::deny(
    "trust/spa-deployment.json",
    "\"Allow\"",
    "\"Deny\"",
    "tutorial/3",
    "this statement denies"
)]
#[case::another_action(
    "trust/spa-deployment.json",
    "sts:AssumeRole\"",
    "sts:TagSession\"",
    "tutorial/3",
    "the action is `sts:AssumeRole`"
)]
#[case::another_external_id(
    "trust/external-id.json",
    "Customer-4711",
    "Customer-0000",
    "external-id/right id/1",
    "wants `Customer-0000`, but `sts:ExternalId` is `Customer-4711`"
)]
fn a_broken_line_fails_the_right_step_and_is_underlined(
    #[case] file: &str,
    #[case] line: &str,
    #[case] broken: &str,
    #[case] step: &str,
    #[case] label: &str,
) {
    let folder = copy_of_scenarios();
    let path = folder.path().join("scenarios").join(file);
    let text = std::fs::read_to_string(&path).expect("the trust policy");
    assert!(text.contains(line), "{text}");
    std::fs::write(&path, text.replace(line, broken)).expect("the change");

    let output = rolecall()
        .current_dir(folder.path())
        .arg("run")
        .output()
        .expect("the command starts");

    let report = stdout(&output);
    assert_eq!(output.status.code(), Some(1), "{report}");
    assert!(report.contains(&format!("fail   {step}  ")), "{report}");
    assert!(
        report.contains(&format!("--> scenarios/{file}:")),
        "{report}"
    );
    assert!(report.contains(label), "{report}");
}
