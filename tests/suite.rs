//! Scenarios as tests of `cargo test`: their names, and what a failure shows. (`examples/` uses it as projects do.)

#![cfg(feature = "suite")]

use std::path::Path;

use libtest_mimic::Arguments;
use rolecall::suite::Suite;

/// Runs a suite quietly: how many passed and how many failed.
fn outcome(suite: Suite) -> (u64, u64) {
    let arguments = Arguments {
        quiet: true,
        ..Arguments::default()
    };
    let conclusion = libtest_mimic::run(&arguments, suite.trials());
    (conclusion.num_passed, conclusion.num_failed)
}

#[test]
fn each_case_is_a_test_by_its_own_name() {
    let trials = Suite::of("scenarios/external-id.yaml")
        .and("scenarios/tutorial.yaml")
        .trials();
    let names: Vec<_> = trials.iter().map(libtest_mimic::Trial::name).collect();
    assert_eq!(
        names,
        [
            "external-id/right id",
            "external-id/wrong id",
            "external-id/other case",
            "external-id/missing id",
            "tutorial",
        ]
    );
}

#[test]
fn what_passes_passes_and_what_fails_fails() {
    assert_eq!(outcome(Suite::of("scenarios/external-id.yaml")), (4, 0));
    assert_eq!(outcome(Suite::of("docs/broken/tutorial.yaml")), (0, 1));
}

#[test]
fn mistakes_and_a_missing_folder_fail_a_test_of_their_own() {
    assert_eq!(outcome(Suite::of("docs/mistakes")), (0, 1));
    assert_eq!(outcome(Suite::of(Path::new("no-such-folder"))), (0, 1));
}
