//! `rolecall docs`: the committed pages are those of the scenarios, and what it does with a folder.

#![expect(clippy::expect_used, reason = "a test that can't be set up has failed")]

use std::path::Path;
use std::process::{Command, Output};

fn docs(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_rolecall"))
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .arg("docs")
        .args(arguments)
        .output()
        .expect("the command starts")
}

fn told(output: &Output) -> String {
    format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

fn text(path: &Path) -> &str {
    path.to_str().expect("UTF-8")
}

/// After a change of the scenarios or of what the mock answers: `rolecall docs scenarios --out docs/scenarios`.
#[test]
fn the_committed_pages_are_those_of_the_scenarios() {
    let checked = docs(&["scenarios", "--out", "docs/scenarios", "--check"]);

    assert!(checked.status.success(), "{}", told(&checked));
}

#[test]
fn check_names_the_pages_that_are_stale_and_how_to_make_them_again() {
    let folder = tempfile::tempdir().expect("a scratch folder");
    let out = text(folder.path());
    let scenarios = ["scenarios/tutorial.yaml", "scenarios/external-id.yaml"];
    let made = docs(&[&scenarios[..], &["--out", out]].concat());
    assert!(made.status.success(), "{}", told(&made));
    let page = folder.path().join("external-id.md");
    let changed = std::fs::read_to_string(&page).expect("a page") + "\n";
    std::fs::write(&page, changed).expect("a page");
    std::fs::write(folder.path().join("notes.md"), "by hand").expect("a file");

    let checked = docs(&["scenarios/tutorial.yaml", "--out", out, "--check"]);

    assert_eq!(checked.status.code(), Some(1));
    let expected = format!(
        "{out}/README.md: outdated\n{out}/external-id.md: of no scenario any more\n\
         error: 2 of 2 pages are stale\n  \
         help: make them again: rolecall docs scenarios/tutorial.yaml --out {out}\n"
    );
    assert_eq!(told(&checked), expected);

    let again = docs(&["scenarios/tutorial.yaml", "--out", out]);
    assert!(again.status.success(), "{}", told(&again));
    assert!(!page.exists(), "the page of no scenario is gone");
    assert!(
        folder.path().join("notes.md").exists(),
        "what a person wrote stays"
    );
}

#[test]
fn a_file_that_a_person_wrote_is_not_overwritten() {
    let folder = tempfile::tempdir().expect("a scratch folder");
    let readme = folder.path().join("README.md");
    std::fs::write(&readme, "by hand").expect("a file");

    let made = docs(&["scenarios/tutorial.yaml", "--out", text(folder.path())]);

    assert_eq!(made.status.code(), Some(2), "{}", told(&made));
    assert!(told(&made).contains("was not made by `rolecall docs`"));
    assert_eq!(std::fs::read_to_string(&readme).expect("a file"), "by hand");
}

#[test]
fn only_scenarios_that_come_out_as_written_are_published() {
    let folder = tempfile::tempdir().expect("a scratch folder");

    let made = docs(&["tests/reports", "--out", text(folder.path())]);

    assert_eq!(made.status.code(), Some(1));
    assert!(
        told(&made).contains("1 of 1 tests don't come out as written: mixed"),
        "{}",
        told(&made)
    );
    let left = std::fs::read_dir(folder.path()).expect("a folder").count();
    assert_eq!(left, 0, "nothing is written");
}
