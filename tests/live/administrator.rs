//! The documented policy is all that an administrator of live targets needs.

use rolecall::run::Outcome;
use rolecall::target::live::{Capability, Finding};

use crate::faults::{Fault, Faulty, loopback};
use crate::support::{FIRST, Served, connect, load, probe, run, settings};

#[test]
fn the_documented_policy_is_enough_to_build_and_to_take_down() {
    let served = Served::start();
    let policies = [
        (
            "live",
            include_str!("../../scenarios/live-administrator.json"),
        ),
        (
            "distributions",
            include_str!("../../scenarios/live-distributions.json"),
        ),
    ];
    let keys = served.administrator(FIRST, &policies);
    let journals = tempfile::tempdir().expect("a folder");
    let mut settings = settings(journals.path(), "t1");
    settings.sleep = served.sleep();
    settings.time = served.time();
    settings.keys = Some(keys);
    // As on AWS, there are no control requests, and so no OIDC providers: nobody can sign their tokens.
    let plain = Faulty::start(&served.mock, loopback(), &Fault::HangsUp, |_, _| false);
    let live = connect(&plain.endpoint(), &settings);
    let profile = probe(&live);
    for (capability, finding) in profile.findings() {
        // What nobody may be told, what only a rolecall server can be told, and what takes two accounts.
        if !matches!(
            capability,
            Capability::Expiry
                | Capability::Tokens
                | Capability::ServiceControl
                | Capability::ResourceControl
        ) {
            assert_eq!(finding, Finding::Enforced, "{capability:?}");
        }
    }

    let results = run(&live, &load("scenarios"));

    let mut passed = 0;
    for result in &results {
        assert_eq!(result.error, None, "{}", result.name);
        for step in &result.steps {
            let told = format!("{}/{}: {:?}", result.name, step.number, step.reasons);
            match step.outcome {
                Outcome::Pass => passed += 1,
                // Other accounts, root users: the documented policy is about one account.
                Outcome::Skip => {}
                Outcome::Fail | Outcome::Error => panic!("{told}"),
            }
        }
    }
    assert!(passed > 100, "{passed} steps were asked");
    assert_eq!(live.finish().expect("a journal"), []);
    assert_eq!(served.left("rc-t1-", &[FIRST]), [""; 0]);
}
