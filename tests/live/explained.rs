//! What a target says of its denials (IAM Toolbox), beside what the mock says: a difference is a note, and the target's word
//! is what `because` is judged by.

use std::process::Command;

use rolecall::run::{Outcome, StepResult, TestResult};
use rolecall::target::live::{Capability, Finding};
use rstest::rstest;

use crate::faults::{Fault, Faulty, Hits, loopback};
use crate::support::{Served, connect, load, probe, run, settings};

/// What explains a denial.
const DETAILS: Hits = |_count, request| request.starts_with("GET /authorization-details/");

fn run_on(endpoint: &str) -> Vec<TestResult> {
    let journals = tempfile::tempdir().expect("a folder");
    let live = connect(endpoint, &settings(journals.path(), "t1"));
    probe(&live);
    run(&live, &load("scenarios/external-id.yaml"))
}

fn denial(results: &[TestResult]) -> &StepResult {
    let result = results.iter().find(|one| one.name.ends_with("/wrong id"));
    let mut steps = result.expect("a case").steps.iter();
    steps.next().expect("a step")
}

fn as_it_is(text: &str) -> String {
    text.to_owned()
}

fn another_check(text: &str) -> String {
    let checks = r#""checks":["#;
    let check = r#"{"checkType":"SESSION","evaluatedEffect":"NO_IMPACT","relevantPolicyTypes":[],"matchedPolicies":[]},"#;
    text.replace(checks, &format!("{checks}{check}"))
}

/// The trust policy's implicit denial becomes an explicit one.
fn another_effect(text: &str) -> String {
    text.replace("IMPLICIT_DENY", "EXPLICIT_DENY")
}

const WHERE: &str = "sts:AssumeRole on arn:aws:iam::123456789012:role/Monitoring";

#[rstest]
#[case::the_same(as_it_is, Outcome::Pass, &[], "")]
#[case::a_note_fails_nothing(
    another_check,
    Outcome::Pass,
    &["the target has a check SESSION (NO_IMPACT), which the mock hasn't"],
    ""
)]
#[case::the_targets_word_counts(
    another_effect,
    Outcome::Fail,
    &[
        "the effect is EXPLICIT_DENY on the target, but IMPLICIT_DENY on the mock",
        "RESOURCE is EXPLICIT_DENY on the target, but IMPLICIT_DENY on the mock",
    ],
    "expected an implicit deny in the trust policy (condition `sts:ExternalId`) to decide, but it was an explicit deny in \
     the trust policy"
)]
fn a_denial_is_explained_by_the_target_and_compared(
    #[case] tamper: fn(&str) -> String,
    #[case] outcome: Outcome,
    #[case] notes: &[&str],
    #[case] reason: &str,
) {
    let served = Served::start();
    let tampering = Faulty::start(&served.mock, loopback(), &Fault::Tampers(tamper), DETAILS);

    let results = run_on(&tampering.endpoint());

    let step = denial(&results);
    let expected: Vec<String> = notes
        .iter()
        .map(|note| format!("{WHERE}: {note}"))
        .collect();
    assert_eq!(step.notes, expected);
    assert_eq!(step.reasons.join("; "), reason);
    assert_eq!(step.outcome, outcome);
    assert_eq!(step.evaluations.len(), 1);
}

#[test]
fn a_target_that_does_not_explain_is_believed_without_a_word() {
    let served = Served::start();
    let silent = Faulty::start(&served.mock, loopback(), &Fault::HangsUp, DETAILS);
    let journals = tempfile::tempdir().expect("a folder");
    let live = connect(&silent.endpoint(), &settings(journals.path(), "t1"));
    let profile = probe(&live);

    let results = run(&live, &load("scenarios/external-id.yaml"));

    let finding = profile.finding(Capability::Explanations);
    assert!(matches!(finding, Finding::Unknown(_)), "{finding:?}");
    let step = denial(&results);
    assert_eq!(step.outcome, Outcome::Pass, "{:?}", step.reasons);
    assert_eq!(step.notes, [""; 0]);
    assert!(step.evaluations.is_empty());
}

#[test]
fn a_note_is_counted_and_fails_a_strict_run() {
    let served = Served::start();
    let fault = Fault::Tampers(another_check);
    let tampering = Faulty::start(&served.mock, loopback(), &fault, DETAILS);

    let (status, told) = command(&tampering.endpoint(), &[]);

    assert_eq!(status, Some(0), "{told}");
    assert!(told.ends_with("4 passed, 0 failed, 3 notes\n"), "{told}");
    let note =
        format!("note: {WHERE}: the target has a check SESSION (NO_IMPACT), which the mock hasn't");
    assert_eq!(told.matches(&note).count(), 3, "{told}");
    let (status, told) = command(&tampering.endpoint(), &["--strict"]);
    assert_eq!(status, Some(1), "{told}");
    assert!(told.ends_with("1 passed, 3 failed\n"), "{told}");
}

fn command(endpoint: &str, more: &[&str]) -> (Option<i32>, String) {
    let journals = tempfile::tempdir().expect("a folder");
    let output = Command::new(env!("CARGO_BIN_EXE_rolecall"))
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .env_clear()
        .args(["run", "scenarios/external-id.yaml", "-t", endpoint])
        .arg("--journals")
        .arg(journals.path())
        .args(more)
        .output()
        .expect("the command starts");
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(errors.is_empty(), "{errors}");
    (output.status.code(), told)
}
