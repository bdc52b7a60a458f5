//! The command's contract: exit statuses, the last line, and clear words for bad input.

use std::path::Path;

use crate::support::{copy_of_scenarios, rolecall, run, stderr, stdout};
use rstest::rstest;

/// Runs `rolecall run` on one scenario written to a scratch folder.
fn run_text(text: &[u8], more: &[&str]) -> std::process::Output {
    let folder = tempfile::tempdir().expect("a scratch folder");
    std::fs::write(folder.path().join("it.yaml"), text).expect("a file");
    rolecall()
        .current_dir(folder.path())
        .args(["run", "."])
        .args(more)
        .output()
        .expect("the command starts")
}

const FAILING: &str = "\
scenario: a user without permissions
users: { nobody: {} }
steps:
  - as: nobody
    call: s3:ListBuckets
";

#[test]
fn a_run_ends_with_its_counts_and_status_0() {
    let output = run(&["run"]);

    let text = stdout(&output);
    assert_eq!(output.status.code(), Some(0), "{text}{}", stderr(&output));
    let last = text.lines().last().unwrap_or_default();
    assert!(last.ends_with(" passed, 0 failed"), "{last}");
}

#[test]
fn two_runs_print_the_same_text() {
    let once = stdout(&run(&["run", "--explain=all"]));

    assert_eq!(once, stdout(&run(&["run", "--explain=all", "-j", "7"])));
}

#[test]
fn our_own_scenarios_give_no_reason_for_a_warning() {
    let output = run(&["check"]);

    assert_eq!(stderr(&output), "");
}

#[test]
fn an_unmet_expectation_is_status_1() {
    let output = run_text(FAILING.as_bytes(), &[]);

    assert_eq!(output.status.code(), Some(1));
    assert_eq!(stdout(&output).lines().last(), Some("0 passed, 1 failed"));
}

/// A denial by its code is judged by its reason too.
#[test]
fn a_denial_for_another_reason_than_the_scenarios_is_status_1() {
    for expect in [
        "denied",
        "AccessDenied",
        "{ error: AccessDenied, status: 403 }",
    ] {
        let scenario = format!(
            "scenario: x\nusers: {{ u: {{}} }}\nsteps:\n  - {{ as: u, call: \"s3:ListBuckets\", expect: {expect}, \
             because: {{ policy: boundary, effect: explicit }} }}\n"
        );
        let output = run_text(scenario.as_bytes(), &[]);

        let text = stdout(&output);
        assert_eq!(output.status.code(), Some(1), "{expect}: {text}");
        assert!(
            text.contains("expected an explicit deny in the permissions boundary"),
            "{text}"
        );
    }
}

const TOO_WIDE: &str = r#"
scenario: whoever may too much
users:
  u: { policies: [{ Version: "2012-10-17", Statement: [{ Sid: Wide, Effect: Allow, Action: "s3:List*", Resource: "*" }] }] }
steps:
"#;

/// What was to be denied and wasn't is explained by what allows it.
#[rstest]
#[case::a_call("  - { as: u, call: \"s3:ListBuckets\", expect: denied }\n")]
#[case::a_question("  - { as: u, cannot: [\"s3:ListAllMyBuckets\", \"sqs:ListQueues\"] }\n")]
fn the_statement_that_allows_too_much_is_shown(#[case] step: &str) {
    let output = run_text(format!("{TOO_WIDE}{step}").as_bytes(), &[]);

    let text = stdout(&output);
    assert_eq!(output.status.code(), Some(1), "{text}{}", stderr(&output));
    assert!(
        text.contains("the identity policies allow s3:ListAllMyBuckets"),
        "{text}"
    );
    assert!(text.contains("this statement allows"), "{text}");
    assert!(
        !text.contains("nothing in"),
        "what is denied rightly isn't shown: {text}"
    );
}

#[rstest]
#[case::a_key_that_is_off(
    "scenario: x\nusers: { u: { access-key: inactive, policies: [AdministratorAccess] } }\nbuckets: { site-of-acme: \
     {} }\nsteps:\n  - { as: u, call: \"s3:HeadBucket\", on: site-of-acme, expect: denied }\n",
    "the request was refused before any policy was asked"
)]
#[case::expiry_is_no_decision(
    "scenario: x\nusers: { u: {} }\nroles: { r: { trust: { Version: \"2012-10-17\", Statement: { Effect: Allow, \
     Principal: { AWS: \"arn:aws:iam::123456789012:user/u\" }, Action: \"sts:AssumeRole\" } } } }\nsteps:\n  \
     - { as: u, assume: r, then: [ { wait: 2h }, { call: \"sts:GetCallerIdentity\", expect: denied } ] }\n",
    "expected a denial, but got ExpiredToken (403), which is no authorization decision"
)]
fn what_is_no_decision_is_an_error_with_status_3(#[case] scenario: &str, #[case] reason: &str) {
    let output = run_text(scenario.as_bytes(), &[]);

    let text = stdout(&output);
    assert_eq!(output.status.code(), Some(3), "{text}{}", stderr(&output));
    assert!(text.contains(reason), "{text}");
    assert_eq!(text.lines().last(), Some("0 passed, 0 failed, 1 errors"));
}

#[rstest]
#[case::empty(b"" as &[u8], "the file is empty")]
#[case::tab(b"scenario: x\n\tsteps: []\n", "tab")]
#[case::duplicate_key(b"scenario: x\nscenario: y\nsteps: []\n", "`scenario`")]
#[case::unknown_key(b"scenario: x\nstep: []\n", "did you mean `steps`?")]
#[case::unknown_verb(
    b"scenario: x\nusers: {u: {}}\nsteps: [{as: u, cal: 's3:ListBuckets'}]\n",
    "did you mean `call`?"
)]
#[case::unknown_role(b"scenario: x\nusers: {u: {}}\nsteps: [{as: u, assume: r}]\n", "`r`")]
#[case::action_for_operation(
    b"scenario: x\nusers: {u: {}}\nsteps: [{as: u, call: 's3:ListAllMyBuckets'}]\n",
    "`s3:ListBuckets`"
)]
#[case::not_utf8(b"scenario: \xff\n", "UTF-8")]
#[case::binary(b"\x00\x01\x02", "")]
fn a_bad_file_is_told_with_its_place_and_status_2(#[case] text: &[u8], #[case] expected: &str) {
    let output = run_text(text, &[]);

    let told = stderr(&output);
    assert_eq!(output.status.code(), Some(2), "{told}{}", stdout(&output));
    assert!(told.contains("it.yaml"), "{told}");
    assert!(told.contains(expected), "{told}");
    assert_eq!(stdout(&output), "", "no half result");
}

#[test]
fn a_policy_that_is_no_policy_is_underlined_in_its_own_file() {
    for (text, expected) in [
        ("{\"Version\": \"2012-10-17\",}", "t.json:1:"),
        ("[1, 2]", "t.json:1:1"),
    ] {
        let folder = tempfile::tempdir().expect("a scratch folder");
        std::fs::write(folder.path().join("t.json"), text).expect("a file");
        let scenario = "scenario: x\nusers: {u: {}}\nroles: {r: {trust: t.json}}\nsteps: [{as: u, assume: r}]\n";
        std::fs::write(folder.path().join("it.yaml"), scenario).expect("a file");

        let output = rolecall()
            .current_dir(folder.path())
            .args(["run", "."])
            .output()
            .expect("the command starts");

        let told = stderr(&output);
        assert_eq!(output.status.code(), Some(2), "{told}");
        assert!(told.contains(expected), "{told}");
    }
}

#[test]
fn ten_megabytes_are_refused_at_once() {
    let mut text = FAILING.as_bytes().to_vec();
    text.resize(10_000_000, b'#');

    let output = run_text(&text, &[]);

    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("it.yaml"), "{}", stderr(&output));
}

#[rstest]
#[case::no_such_path(&["run", "no/such/folder"], 2, "no/such/folder")]
#[case::nothing_matches(&["run", "-E", "no-such-test"], 4, "none of the ")]
#[case::bad_filter(&["run", "-E", "tag("], 2, "expected `)`")]
#[case::unknown_target(&["run", "-t", "moon"], 2, "the targets are")]
#[case::unknown_flag(&["run", "--shrad", "1/2"], 2, "--shard")]
#[case::shard_out_of_range(&["run", "--shard", "3/2"], 2, "K goes from 1 to N")]
#[case::no_jobs(&["run", "-j", "0"], 2, "give a whole number from 1 on")]
#[case::jobs_in_words(&["run", "-j", "four"], 2, "give a whole number from 1 on")]
#[case::negative_retries(&["run", "--retries=-1"], 2, "give a whole number from 0 on")]
#[case::misspelt_target(&["run", "-t", "htpp"], 2, "did you mean `http`?")]
#[case::misspelt_format_of_a_report(&["run", "--report", "junt=x"], 2, "did you mean `junit`?")]
#[case::misspelt_folder(&["run", "scenario"], 2, "help: did you mean `scenarios`?")]
#[case::file_without_its_ending(&["run", "scenarios/tutorial"], 2, "help: did you mean `scenarios/tutorial.yaml`?")]
#[case::explain_without_equals(&["run", "--explain", "all"], 2, "`--explain=all`")]
#[case::watch_and_rerun(&["run", "--watch", "--rerun", "failed"], 2, "cannot be used with")]
#[case::unknown_test(&["explain", "tutoral"], 4, "did you mean `tutorial`?")]
#[case::unknown_step(&["explain", "tutorial/99"], 4, "no step `99`")]
#[case::serve_unknown_file(&["serve", "no-such.yaml"], 2, "no-such.yaml")]
fn a_bad_argument_is_told_with_its_status(
    #[case] arguments: &[&str],
    #[case] status: i32,
    #[case] expected: &str,
) {
    let output = run(arguments);

    let told = stderr(&output);
    assert_eq!(
        output.status.code(),
        Some(status),
        "{told}{}",
        stdout(&output)
    );
    assert!(told.contains(expected), "{told}");
}

#[test]
fn a_port_in_use_is_told_with_status_3() {
    let taken = std::net::TcpListener::bind(("127.0.0.1", 0)).expect("a port");
    let port = taken.local_addr().expect("its address").port().to_string();

    let output = run(&["serve", "--port", &port]);

    assert_eq!(output.status.code(), Some(3));
    let told = stderr(&output);
    assert!(
        told.contains(&format!("127.0.0.1:{port}")) && told.contains("--port"),
        "{told}"
    );
}

#[test]
fn a_folder_without_scenarios_matches_nothing() {
    let folder = tempfile::tempdir().expect("a scratch folder");

    let output = rolecall()
        .current_dir(folder.path())
        .args(["run", "."])
        .output()
        .expect("the command starts");

    assert_eq!(output.status.code(), Some(4), "{}", stderr(&output));
}

#[test]
fn shards_divide_the_tests_without_rest_or_overlap() {
    let names = |arguments: &[&str]| -> Vec<String> {
        stdout(&run(arguments))
            .lines()
            .filter_map(|line| line.strip_prefix("pass: ").map(str::to_owned))
            .collect()
    };
    let all = names(&["run", "--format", "plain"]);

    let mut parts: Vec<String> = (1..=3)
        .flat_map(|k| names(&["run", "--format", "plain", "--shard", &format!("{k}/3")]))
        .collect();

    parts.sort();
    let mut sorted = all.clone();
    sorted.sort();
    assert_eq!(parts, sorted);
}

#[test]
fn fail_fast_says_what_was_not_run() {
    let folder = tempfile::tempdir().expect("a scratch folder");
    for name in ["a", "b", "c"] {
        std::fs::write(folder.path().join(format!("{name}.yaml")), FAILING).expect("a file");
    }

    let output = rolecall()
        .current_dir(folder.path())
        .args(["run", ".", "--fail-fast", "-j", "1"])
        .output()
        .expect("the command starts");

    let text = stdout(&output);
    assert_eq!(output.status.code(), Some(1));
    assert!(text.contains("not run"), "{text}");
}

#[test]
fn json_is_one_object_a_line() {
    let output = run(&["run", "--format", "json"]);

    let events: Vec<serde_json::Value> = stdout(&output)
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    assert_eq!(events.first().expect("a first event")["event"], "started");
    assert_eq!(events.last().expect("a last event")["event"], "finished");
    assert!(
        events
            .iter()
            .filter(|event| event["event"] == "test")
            .all(|event| event["outcome"] == "pass")
    );
}

#[test]
fn the_in_process_target_reads_no_aws_configuration() {
    let output = rolecall()
        .args(["run"])
        .env("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
        .env("AWS_PROFILE", "no-such-profile")
        .env("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
        .output()
        .expect("the command starts");

    assert_eq!(
        output.status.code(),
        Some(0),
        "{}{}",
        stdout(&output),
        stderr(&output)
    );
}

#[test]
fn an_unreadable_file_is_told() {
    let folder = copy_of_scenarios();
    let path = folder.path().join("scenarios/trust/spa-deployment.json");
    std::fs::remove_file(&path).expect("removed");
    std::fs::create_dir(&path).expect("a folder in its place");

    let output = rolecall()
        .current_dir(folder.path())
        .arg("run")
        .output()
        .expect("the command starts");

    assert_eq!(output.status.code(), Some(2));
    assert!(
        stderr(&output).contains("trust/spa-deployment.json"),
        "{}",
        stderr(&output)
    );
    assert!(Path::new(&path).is_dir());
}

#[test]
fn inside_github_actions_a_mistake_is_annotated() {
    let folder = tempfile::tempdir().expect("a scratch folder");
    std::fs::write(folder.path().join("it.yaml"), "scenario: x\nstep: []\n").expect("a file");

    let output = rolecall()
        .current_dir(folder.path())
        .env("GITHUB_ACTIONS", "true")
        .args(["check", "."])
        .output()
        .expect("the command starts");

    let told = stderr(&output);
    assert!(
        told.contains("::error file=it.yaml,line=2,col=1,title="),
        "{told}"
    );
}

#[test]
fn a_report_makes_the_folder_that_it_is_in() {
    let folder = tempfile::tempdir().expect("a scratch folder");
    std::fs::write(folder.path().join("it.yaml"), FAILING).expect("a file");

    let output = rolecall()
        .current_dir(folder.path())
        .args(["run", ".", "--report", "junit=out/reports/junit.xml"])
        .output()
        .expect("the command starts");

    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    assert!(folder.path().join("out/reports/junit.xml").exists());
}

/// Reading a pipe that nobody writes to would never end.
#[cfg(unix)]
#[test]
fn a_pipe_in_a_folder_is_passed_over() {
    let folder = tempfile::tempdir().expect("a scratch folder");
    std::fs::write(folder.path().join("it.yaml"), FAILING).expect("a file");
    let made = std::process::Command::new("mkfifo")
        .arg(folder.path().join("pipe.yaml"))
        .status();
    assert!(
        made.is_ok_and(|status| status.success()),
        "mkfifo is everywhere"
    );

    let output = rolecall()
        .current_dir(folder.path())
        .args(["list", "."])
        .output()
        .expect("the command starts");

    assert_eq!(stdout(&output).lines().count(), 1, "{}", stdout(&output));
}

#[test]
fn two_reports_are_not_written_into_one_file() {
    let output = run_text(
        FAILING.as_bytes(),
        &["--report", "junit=o.xml", "--report", "tap=o.xml"],
    );

    assert_eq!(output.status.code(), Some(2));
    let told = stderr(&output);
    assert!(told.contains("two reports are to be written to"), "{told}");
}
