//! What a target enforces is found out, and steps that need more are skipped with that reason.

use rolecall::run::Outcome;
use rolecall::target::live::{Capability, Finding};

use crate::support::{FIRST, Served, connect, load, probe, run, settings};

#[test]
fn the_mock_enforces_all_that_can_be_probed() {
    let served = Served::start();
    let journals = tempfile::tempdir().expect("a folder");
    let live = connect(&served.endpoint, &settings(journals.path(), "t1"));

    let profile = probe(&live);

    for (capability, finding) in profile.findings() {
        match capability {
            Capability::Expiry => assert!(matches!(finding, Finding::Unknown(_))),
            _ => assert_eq!(finding, Finding::Enforced, "{capability:?}"),
        }
    }
    assert_eq!(live.finish().expect("a journal"), []);
    assert_eq!(served.left("rc-t1-", &[FIRST]), [""; 0]);
}

#[test]
fn a_target_that_enforces_nothing_passes_no_denial_and_fails_none() {
    let served = Served::of(|mock| mock.enforce(false));
    let journals = tempfile::tempdir().expect("a folder");
    let live = connect(&served.endpoint, &settings(journals.path(), "t1"));

    let profile = probe(&live);
    let results = run(&live, &load("scenarios/tutorial.yaml"));

    assert_eq!(
        profile.finding(Capability::IdentityPolicies),
        Finding::NotEnforced
    );
    assert_eq!(
        profile.finding(Capability::TrustPolicies),
        Finding::NotEnforced
    );
    let outcomes: Vec<_> = results[0]
        .steps
        .iter()
        .map(|step| (step.number.as_str(), step.outcome))
        .collect();
    assert_eq!(
        outcomes,
        [
            ("1", Outcome::Pass),
            ("2", Outcome::Skip),
            ("3", Outcome::Pass),
            ("3.1", Outcome::Pass),
            ("3.2", Outcome::Pass),
            ("3.3", Outcome::Pass),
            ("3.4", Outcome::Pass),
            ("4", Outcome::Skip),
        ]
    );
    let reason =
        "the target doesn't enforce identity policies (AWS denies what no identity policy allows)";
    assert_eq!(results[0].steps[1].reasons, [reason]);
    assert_eq!(live.finish().expect("a journal"), []);
}
