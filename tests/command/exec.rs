//! `rolecall exec`: a command in the world of a file.

use std::process::{Output, Stdio};

use rstest::rstest;

use crate::support::{find_program, rolecall, skip_without, stderr, stdout, terminate};

fn exec(arguments: &[&str]) -> Output {
    rolecall()
        .arg("exec")
        .args(arguments)
        .env("AWS_PROFILE", "production")
        .env("AWS_SESSION_TOKEN", "left over")
        .env("AWS_ENDPOINT_URL_S3", "https://s3.example.com")
        .env("AWS_PAGER", "cat")
        .output()
        .expect("the command starts")
}

const SPA: [&str; 4] = ["scenarios/tutorial.yaml", "--as", "spa-deployment", "--"];

#[rstest]
#[case::success("exit 0", 0)]
#[case::failure("exit 7", 7)]
#[case::a_signal("kill -TERM $$", 143)]
#[case::another_signal("kill -KILL $$", 137)]
fn the_status_of_the_command_is_passed_on(#[case] script: &str, #[case] wanted: i32) {
    let output = exec(&[&SPA[..], &["sh", "-c", script]].concat());

    assert_eq!(output.status.code(), Some(wanted));
}

#[test]
fn the_command_finds_the_mock_and_nothing_that_was_set_before() {
    let output = exec(&[&SPA[..], &["env"]].concat());

    let text = stdout(&output);
    let value = |name: &str| {
        let start = format!("{name}=");
        text.lines().find_map(|line| line.strip_prefix(&start))
    };
    assert!(value("AWS_ACCESS_KEY_ID").is_some_and(|key| key.starts_with("AKIA")));
    assert_eq!(value("AWS_SECRET_ACCESS_KEY").map(str::len), Some(40));
    assert!(value("AWS_ENDPOINT_URL").is_some_and(|url| url.starts_with("http://127.0.0.1:")));
    for (name, wanted) in [
        ("AWS_REGION", Some("us-east-1")),
        ("AWS_DEFAULT_REGION", Some("us-east-1")),
        ("AWS_EC2_METADATA_DISABLED", Some("true")),
        ("AWS_CONFIG_FILE", Some("/dev/null")),
        ("AWS_SHARED_CREDENTIALS_FILE", Some("/dev/null")),
        ("AWS_PAGER", Some("cat")),
        ("AWS_PROFILE", None),
        ("AWS_SESSION_TOKEN", None),
        ("AWS_ENDPOINT_URL_S3", None),
    ] {
        assert_eq!(value(name), wanted, "{name}");
    }
    assert!(value("NO_PROXY").is_some_and(|hosts| hosts.ends_with("127.0.0.1")));
    let told = stderr(&output);
    assert!(told.contains("no request reached the mock"), "{told}");
}

#[rstest]
#[case::no_command(
    &["scenarios/tutorial.yaml", "--as", "spa-deployment"],
    2,
    "error: there is no command to run\n  help: it follows two dashes: rolecall exec app.world.yaml --as ci -- aws s3 ls\n"
)]
#[case::a_misspelt_user(
    &["scenarios/tutorial.yaml", "--as", "spa-deploymant", "--", "true"],
    2,
    "error: no user is named `spa-deploymant`\n  help: did you mean `spa-deployment`?\n"
)]
#[case::somebody_else(
    &["scenarios/tutorial.yaml", "--as", "x", "--", "true"],
    2,
    "error: no user is named `x`\n  help: the users are `spa-deployment`\n"
)]
#[case::a_role(
    &["scenarios/tutorial.yaml", "--as", "S3-CloudFront-Access", "--", "true"],
    2,
    "error: no user is named `S3-CloudFront-Access`\n  help: `S3-CloudFront-Access` is a role: run the command as a user \
     who assumes it\n"
)]
#[case::no_such_program(
    &["scenarios/tutorial.yaml", "--as", "spa-deployment", "--", "no-such-program"],
    127,
    "error: `no-such-program` can't be run: No such file or directory (os error 2)\n  help: there is no such program on \
     the PATH\n"
)]
fn a_mistake_is_told_before_anything_runs(
    #[case] arguments: &[&str],
    #[case] status: i32,
    #[case] wanted: &str,
) {
    let output = exec(arguments);

    assert_eq!(output.status.code(), Some(status));
    assert_eq!(stderr(&output), wanted);
}

#[test]
fn a_request_to_terminate_reaches_the_command() {
    let mut child = rolecall()
        .arg("exec")
        .args(SPA)
        .args(["sh", "-c", "echo ready; exec sleep 60"])
        .stdout(Stdio::piped())
        .spawn()
        .expect("the command starts");
    let mut out = child.stdout.take().expect("its output");
    let mut ready = [0; 6];
    std::io::Read::read_exact(&mut out, &mut ready).expect("it is ready");

    terminate(&child);

    assert_eq!(child.wait().expect("it ends").code(), Some(143));
}

#[test]
fn what_was_denied_is_told_with_the_reason() {
    if find_program("aws").is_none() {
        skip_without("the AWS CLI");
        return;
    }
    let script = "aws sts get-caller-identity; aws s3api list-buckets; aws s3api list-buckets";

    let output = exec(&[&SPA[..], &["sh", "-c", script]].concat());

    assert!(
        stdout(&output).contains(":user/spa-deployment"),
        "{output:?}"
    );
    assert_ne!(output.status.code(), Some(0));
    let told = stderr(&output);
    let (_, report) = told.split_once("rolecall: ").expect("a report");
    assert_eq!(
        report,
        "2 of 3 requests denied\n  spa-deployment  s3:ListBuckets  (2 times)\n    because: nothing in the identity \
         policies allows s3:ListAllMyBuckets\n     |\n     = note: no policy of this kind is attached\n"
    );
}
