//! `rolecall.toml`: found upwards, profiles over the file, the command line over both, and mistakes with their places.

use std::path::Path;
use std::process::Output;

use crate::support::{rolecall, stderr, stdout};
use rstest::rstest;

const FAILING: &str = "\
scenario: a user without permissions
users: { nobody: {} }
steps:
  - as: nobody
    call: s3:ListBuckets
";

/// A project: `rolecall.toml`, `rules/it.yaml` with a test that fails, and a folder `deep/down`.
fn project(toml: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a scratch folder");
    std::fs::write(folder.path().join("rolecall.toml"), toml).expect("a file");
    std::fs::create_dir_all(folder.path().join("deep/down")).expect("a folder");
    std::fs::create_dir_all(folder.path().join("rules")).expect("a folder");
    std::fs::write(folder.path().join("rules/it.yaml"), FAILING).expect("a file");
    folder
}

fn run_in(folder: &Path, arguments: &[&str]) -> Output {
    rolecall()
        .current_dir(folder)
        .args(arguments)
        .output()
        .expect("the command starts")
}

#[rstest]
#[case::here("")]
#[case::from_a_folder_below("deep/down")]
fn the_file_says_where_scenarios_are_from_its_own_folder(#[case] below: &str) {
    let project = project("scenarios = [\"rules\"]\n");

    let output = run_in(&project.path().join(below), &["list"]);

    assert_eq!(stdout(&output), "it\n", "{}", stderr(&output));
}

#[test]
fn a_profile_goes_before_the_file_and_the_command_line_before_both() {
    let toml = "scenarios = [\"rules\"]\nexplain = \"none\"\n[profile.all]\nexplain = \"all\"\n";
    for (arguments, explained, checks) in [
        (&["run"][..], false, false),
        (&["run", "--profile", "all"], true, true),
        (
            &["run", "--profile", "all", "--explain=failed"],
            true,
            false,
        ),
        (&["run", "--profile", "all", "--explain=none"], false, false),
    ] {
        let project = project(toml);

        let text = stdout(&run_in(project.path(), arguments));

        assert_eq!(
            text.contains("because: "),
            explained,
            "{arguments:?}\n{text}"
        );
        assert_eq!(
            text.contains("IMPLICIT_DENY"),
            checks,
            "{arguments:?}\n{text}"
        );
    }
}

#[test]
fn reports_of_the_file_are_written_beside_it_until_the_command_line_has_its_own() {
    let toml = "scenarios = [\"rules\"]\nreports = { junit = \"out.xml\" }\n";
    for (arguments, written) in [(&["run"][..], true), (&["run", "--report", "tap=-"], false)] {
        let project = project(toml);

        run_in(&project.path().join("deep"), arguments);

        let file = project.path().join("out.xml");
        assert_eq!(file.is_file(), written, "{arguments:?}");
    }
}

#[test]
fn what_the_file_turns_on_the_command_line_turns_off() {
    let project = project("scenarios = [\"rules\"]\nfail-fast = true\njobs = 1\n");
    std::fs::write(project.path().join("rules/other.yaml"), FAILING).expect("a file");

    let fast = stdout(&run_in(project.path(), &["run"]));
    let whole = stdout(&run_in(project.path(), &["run", "--fail-fast=false"]));

    assert!(fast.ends_with("1 not run\n0 passed, 1 failed\n"), "{fast}");
    assert!(whole.ends_with("0 passed, 2 failed\n"), "{whole}");
}

#[test]
fn the_variable_ci_chooses_no_profile() {
    let project = project("scenarios = [\"rules\"]\n[profile.ci]\nscenarios = [\"nowhere\"]\n");

    let output = rolecall()
        .current_dir(project.path())
        .arg("list")
        .env("CI", "true")
        .output()
        .expect("the command starts");

    assert_eq!(stdout(&output), "it\n");
}

#[rstest]
#[case::misspelt_key("job = 4", &["rolecall.toml:1:1", "did you mean `jobs`?"])]
#[case::misspelt_key_of_a_profile("[profile.ci]\nstrikt = true", &["rolecall.toml:2:1", "did you mean `strict`?"])]
#[case::misspelt_format("reports = { junti = \"x\" }", &["rolecall.toml:1:13", "did you mean `junit`?"])]
#[case::text_for_a_list("scenarios = \"rules\"", &["rolecall.toml:1:13", "write `[\"rules\"]`"])]
#[case::text_for_a_flag("strict = \"yes\"", &["rolecall.toml:1:10", "write `true` or `false`, without quotes"])]
#[case::unknown_word("explain = \"faild\"", &["rolecall.toml:1:11", "did you mean `failed`?"])]
#[case::no_job("jobs = 0", &["rolecall.toml:1:8", "a whole number from 1 on"])]
#[case::negative_retries("retries = -1", &["rolecall.toml:1:11", "a whole number from 0 on"])]
#[case::unknown_target("target = \"moon\"", &["rolecall.toml:1:10", "the targets are"])]
#[case::no_quotes("target = http", &["rolecall.toml:1:10", "text in quotes"])]
#[case::twice("jobs = 1\njobs = 2", &["rolecall.toml:2:1", "duplicate key"])]
#[case::all_at_once("job = 1\nstrict = 1", &["rolecall.toml:1:1", "rolecall.toml:2:10", "2 mistakes"])]
fn a_mistake_is_told_with_its_place_and_the_remedy(#[case] toml: &str, #[case] expected: &[&str]) {
    let project = project(toml);

    let output = run_in(project.path(), &["run"]);

    let told = stderr(&output);
    assert_eq!(output.status.code(), Some(2), "{told}");
    for expected in expected {
        assert!(told.contains(expected), "{expected}\n{told}");
    }
}

#[rstest]
#[case::unknown_profile(&["run", "--profile", "cii"], "did you mean `ci`?")]
#[case::no_such_file(&["run", "--config", "settings.toml"], "there is no `settings.toml`")]
fn a_wrong_word_on_the_command_line_is_told(#[case] arguments: &[&str], #[case] expected: &str) {
    let project = project("[profile.ci]\n");

    let output = run_in(project.path(), arguments);

    let told = stderr(&output);
    assert_eq!(output.status.code(), Some(2), "{told}");
    assert!(told.contains(expected), "{told}");
}

#[test]
fn a_profile_without_a_file_is_a_mistake() {
    let folder = tempfile::tempdir().expect("a scratch folder");

    let output = run_in(folder.path(), &["run", "--profile", "ci"]);

    assert_eq!(output.status.code(), Some(2));
    assert!(
        stderr(&output).contains("[profile.ci]"),
        "{}",
        stderr(&output)
    );
}
