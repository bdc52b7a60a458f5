//! Every scenario against the mock behind a URL: the answer is the scenario's, or the reason why it can't be asked.

use rolecall::run::Outcome;

use crate::support::{FIRST, Served, connect, is_reason, load, probe, run, settings};

#[test]
fn every_scenario_passes_or_says_why_it_can_not_be_asked_and_nothing_is_left() {
    let served = Served::start();
    let journals = tempfile::tempdir().expect("a folder");
    let mut settings = settings(journals.path(), "all");
    settings.sleep = served.sleep();
    settings.time = served.time();
    let live = connect(&served.endpoint, &settings);
    probe(&live);
    let loaded = load("scenarios");

    let results = run(&live, &loaded);

    for result in &results {
        for step in &result.steps {
            let told = format!("{}/{}: {:?}", result.name, step.number, step.reasons);
            match step.outcome {
                Outcome::Pass => {}
                Outcome::Skip if step.unreached => {}
                Outcome::Skip => assert!(is_reason(&step.reasons.join("; ")), "{told}"),
                Outcome::Fail | Outcome::Error => panic!("{told}"),
            }
        }
        assert_eq!(result.error, None, "{}", result.name);
    }
    assert_eq!(live.finish().expect("a journal"), []);
    let accounts = loaded.tests.iter().flat_map(|test| &test.world.accounts);
    let mut accounts: Vec<&str> = accounts.map(|account| account.id.as_str()).collect();
    accounts.push(FIRST);
    accounts.sort_unstable();
    accounts.dedup();
    assert_eq!(served.left("rc-all-", &accounts), [""; 0]);
}
