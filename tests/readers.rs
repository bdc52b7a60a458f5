//! What rolecall writes, read by other people's programs: validators, parsers, a language server, a browser.
//!
//! `tests/readers/install` puts them into a folder, which `ROLECALL_READERS` names; without it these tests are skipped,
//! saying so, but for CI, which has it.

#![expect(clippy::expect_used, reason = "a test that can't be set up has failed")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// The folder of the readers; `None`, said aloud, without one.
fn readers() -> Option<PathBuf> {
    let folder = std::env::var_os("ROLECALL_READERS").map(|folder| Path::new(ROOT).join(folder));
    if folder.is_none() {
        skip("ROLECALL_READERS names no folder made by tests/readers/install");
    }
    folder
}

fn skip(reason: &str) {
    assert!(
        std::env::var("CI").as_deref() != Ok("true"),
        "CI must have the readers: {reason}"
    );
    eprintln!("skipped: {reason}");
}

fn command(program: impl AsRef<std::ffi::OsStr>, readers: &Path) -> Command {
    let mut command = Command::new(program);
    command.current_dir(ROOT).env("ROLECALL_READERS", readers);
    command
}

fn python(readers: &Path) -> Command {
    let mut python = command(readers.join("python/bin/python3"), readers);
    python.arg("tests/readers/read.py");
    python
}

fn node(readers: &Path, script: &str) -> Command {
    let mut node = command("node", readers);
    node.arg(format!("tests/readers/{script}"));
    node
}

fn text(output: &Output) -> String {
    format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

#[track_caller]
fn succeeds(command: &mut Command) -> String {
    let output = command.output().expect("the reader starts");
    assert!(output.status.success(), "{command:?}\n{}", text(&output));
    text(&output)
}

/// A report on scenarios that come out in every way, with some that pass.
fn report(form: &str) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a scratch folder");
    let file = folder.path().join("report");
    let paths = [
        "tests/reports",
        "scenarios/external-id.yaml",
        "scenarios/tutorial.yaml",
    ];
    let output = Command::new(env!("CARGO_BIN_EXE_rolecall"))
        .current_dir(ROOT)
        .arg("run")
        .args(paths)
        .arg(format!("--report={form}={}", file.display()))
        .env_remove("GITHUB_ACTIONS")
        .output()
        .expect("the command starts");
    assert_eq!(output.status.code(), Some(3), "{}", text(&output));
    (folder, file)
}

fn scenarios() -> Vec<PathBuf> {
    let folder = std::fs::read_dir(Path::new(ROOT).join("scenarios")).expect("a folder");
    let files = folder.map(|entry| entry.expect("an entry").path());
    let scenario = |path: &PathBuf| {
        let name = path.to_string_lossy();
        name.ends_with(".yaml") && !name.ends_with(".world.yaml")
    };
    files.filter(scenario).collect()
}

#[test]
fn a_json_schema_validator_takes_the_json_report() {
    let Some(readers) = readers() else { return };
    let (_folder, file) = report("json");

    let arguments = ["json", "docs/report.schema.json"];
    let read = succeeds(python(&readers).args(arguments).arg(&file));

    assert_eq!(read, "8 events\n");
}

#[test]
fn jenkinss_schema_and_a_parser_take_the_junit_report() {
    let Some(readers) = readers() else { return };
    let (_folder, file) = report("junit");

    let mut python = python(&readers);
    let python = python.arg("junit").arg(readers.join("junit.xsd"));
    let read = succeeds(python.arg(&file).args(["22", "4", "1"]));

    assert_eq!(read, "22 cases\n");
}

#[test]
fn a_tap_parser_takes_the_tap_report() {
    let Some(readers) = readers() else { return };
    let (_folder, file) = report("tap");

    let read = succeeds(node(&readers, "tap.mjs").arg(&file).args(["5", "1"]));

    assert_eq!(read, "6 tests, 22 steps\n");
}

#[test]
fn githubs_own_library_writes_the_annotations_alike() {
    let Some(readers) = readers() else { return };
    let (_folder, file) = report("github");

    let read = succeeds(node(&readers, "github.mjs").arg(&file).arg("6"));

    assert_eq!(read, "6 annotations\n");
}

#[test]
fn a_json_schema_validator_takes_all_scenarios_and_finds_a_mistake() {
    let Some(readers) = readers() else { return };
    let schema = ["scenarios", "harness/scenario.schema.json"];
    let scenarios = scenarios();

    let read = succeeds(python(&readers).args(schema).args(&scenarios));
    let mistaken = python(&readers)
        .args(schema)
        .arg("tests/diagnostics/unknown-role-key.yaml")
        .output()
        .expect("the reader starts");

    assert_eq!(read, format!("{} scenarios\n", scenarios.len()));
    assert!(!mistaken.status.success(), "{}", text(&mistaken));
}

#[test]
fn the_yaml_language_server_finds_nothing_in_scenarios_and_a_mistake_where_there_is_one() {
    let Some(readers) = readers() else { return };
    let folder = tempfile::tempdir().expect("a scratch folder");
    let mistaken = folder.path().join("mistaken.yaml");
    let tutorial = Path::new(ROOT).join("scenarios/tutorial.yaml");
    let schema = Path::new(ROOT).join("harness/scenario.schema.json");
    let scenario = std::fs::read_to_string(tutorial).expect("the tutorial");
    let scenario = scenario
        .replace(
            "../harness/scenario.schema.json",
            &format!("file://{}", schema.display()),
        )
        .replace("    trust:", "    trusts:");
    std::fs::write(&mistaken, scenario).expect("a file");

    let told = succeeds(node(&readers, "yaml.mjs").args(scenarios()).arg(&mistaken));

    let answers = told.lines().map(|line| {
        let answer: serde_json::Value = serde_json::from_str(line).expect("a line of JSON");
        let member = |name: &str| answer.get(name).cloned().unwrap_or_default();
        let is_mistaken = member("file")
            .as_str()
            .is_some_and(|file| file.ends_with("mistaken.yaml"));
        (is_mistaken, member("found").to_string())
    });
    let (mistaken, clean): (Vec<_>, Vec<_>) = answers.partition(|(is_mistaken, _)| *is_mistaken);
    assert_eq!(clean.len(), scenarios().len(), "{told}");
    for (_, found) in clean {
        assert_eq!(found, "[]", "{told}");
    }
    let found: Vec<_> = mistaken.into_iter().map(|(_, found)| found).collect();
    assert!(found.concat().contains("trusts"), "{found:?}");
}

#[test]
fn a_browser_shows_the_html_report_on_a_desktop_and_on_a_phone() {
    let Some(readers) = readers() else { return };
    let Some(browser) = browser() else {
        return skip("there is no Chromium on this machine");
    };
    let (_folder, file) = report("html");
    let page = file.with_extension("html");
    std::fs::rename(&file, &page).expect("a file");
    let screenshots = readers.join("screenshots");

    let mut node = node(&readers, "browser.mjs");
    let read = succeeds(node.arg(browser).arg(&page).arg(&screenshots));

    assert_eq!(read, "6 tests, 1 of them not passed\n");
    eprintln!("the screenshots are in {}", screenshots.display());
}

fn browser() -> Option<PathBuf> {
    let folders: Vec<PathBuf> = std::env::split_paths(&std::env::var_os("PATH")?).collect();
    let names = ["chromium", "chromium-browser", "google-chrome"];
    let found = names
        .iter()
        .flat_map(|name| folders.iter().map(move |folder| folder.join(name)));
    found.into_iter().find(|path| path.is_file())
}
