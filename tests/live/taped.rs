//! A recorded run is the same run offline; a request that isn't in the record is an error.

use std::path::Path;
use std::process::Command;

use rolecall::run::{Outcome, TestResult};
use rolecall::target::live::{Live, Place, Settings, Tape};

use crate::support::{Served, connect, load, probe, run, runtime, settings};

const SCENARIOS: [&str; 4] = [
    "scenarios/tutorial.yaml",
    "scenarios/external-id.yaml",
    // With what only a rolecall server does.
    "scenarios/deny-outside-the-network.yaml",
    "scenarios/service-role.yaml",
];

/// Runs the scenarios, and keeps their traffic. The server is gone afterwards.
fn record(folder: &Path, journals: &Path) -> (String, Vec<TestResult>) {
    let served = Served::start();
    let settings = Settings {
        tape: Some(Tape::Record(folder.to_owned())),
        ..settings(journals, "t1")
    };
    let live = connect(&served.endpoint, &settings);
    probe(&live);
    let results = run_all(&live);
    assert_eq!(live.finish().expect("a journal"), []);
    (served.endpoint.clone(), results)
}

fn run_all(live: &Live) -> Vec<TestResult> {
    let runs = SCENARIOS.iter().map(|path| run(live, &load(path)));
    runs.flatten().collect()
}

fn outcomes(results: &[TestResult]) -> Vec<(String, Outcome, Vec<String>)> {
    let steps = results.iter().flat_map(|result| &result.steps);
    steps
        .map(|step| (step.title.clone(), step.outcome, step.reasons.clone()))
        .collect()
}

#[test]
fn a_record_is_the_same_run_without_the_target() {
    let (record_folder, journals) = (folder(), folder());
    let (endpoint, recorded) = record(record_folder.path(), journals.path());
    // No keys: those of the record do.
    let settings = Settings {
        tape: Some(Tape::Replay(record_folder.path().to_owned())),
        ..Settings::new(journals.path().to_owned())
    };
    let live = connect(&endpoint, &settings);
    probe(&live);

    let replayed = run_all(&live);

    assert_eq!(outcomes(&replayed), outcomes(&recorded));
    assert!(
        recorded
            .iter()
            .all(|result| result.outcome() == Outcome::Pass)
    );
    assert_eq!(live.run(), "t1");
    assert_eq!(live.finish().expect("no journal"), []);
    let left = std::fs::read_dir(journals.path()).expect("a folder");
    assert_eq!(left.count(), 0);
}

#[test]
fn a_record_has_no_secrets() {
    let (record_folder, journals) = (folder(), folder());
    record(record_folder.path(), journals.path());
    let secrets = ["<SecretAccessKey>", "<SessionToken>"];
    let mut seen = 0;
    for entry in std::fs::read_dir(record_folder.path()).expect("a folder") {
        let text = std::fs::read_to_string(entry.expect("a file").path()).expect("a text");
        assert!(!text.contains("Signature="), "{text}");
        for secret in secrets {
            for (place, _) in text.match_indices(secret) {
                let after = &text[place + secret.len()..];
                assert!(after.starts_with("(removed)</"), "{after}");
                seen += 1;
            }
        }
    }
    assert!(seen > 4, "{seen} secrets");
}

#[test]
fn a_request_that_is_not_in_the_record_is_an_error() {
    let (record_folder, journals) = (folder(), folder());
    let (endpoint, _) = record(record_folder.path(), journals.path());
    let text = std::fs::read_to_string(SCENARIOS[0]).expect("a scenario");
    let changed = text.replace("spa-site/index.html", "spa-site/other.html");
    assert_ne!(text, changed);
    let changed = changed.replace(
        "trust/",
        &format!("{}/scenarios/trust/", env!("CARGO_MANIFEST_DIR")),
    );
    let scenario = journals.path().join("tutorial.yaml");
    std::fs::write(&scenario, changed).expect("a scenario");

    let output = Command::new(env!("CARGO_BIN_EXE_rolecall"))
        .current_dir(journals.path())
        .env_clear()
        .args(["run", "tutorial.yaml", "-t", &endpoint, "--replay"])
        .arg(record_folder.path())
        .output()
        .expect("the command starts");

    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(
        output.status.code(),
        Some(3),
        "{told}{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let told = told.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(!told.contains("sweep"), "{told}");
    for word in [
        "/other.html",
        "isn't in the record",
        "record the run again with --record",
    ] {
        assert!(told.contains(word), "{word}: {told}");
    }
}

#[test]
fn a_folder_of_something_else_is_left_alone() {
    let (record_folder, journals) = (folder(), folder());
    let other = record_folder.path().join("scenario.yaml");
    std::fs::write(&other, "scenario: mine\n").expect("a file");
    let settings = Settings {
        tape: Some(Tape::Record(record_folder.path().to_owned())),
        ..settings(journals.path(), "t1")
    };
    let place = Place::parse("http://127.0.0.1:9").expect("a target");

    let refused = runtime().block_on(Live::connect(place, &settings));

    let told = refused.expect_err("no record").to_string();
    assert!(
        told.contains("scenario.yaml is no part of a record"),
        "{told}"
    );
    assert!(other.exists());
}

#[test]
fn only_a_live_target_is_recorded() {
    let output = Command::new(env!("CARGO_BIN_EXE_rolecall"))
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .args(["run", SCENARIOS[0], "--record", "never-made"])
        .output()
        .expect("the command starts");

    let told = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{told}");
    assert!(told.contains("only a live target's traffic"), "{told}");
}

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("a folder")
}
