//! The target `aws`, pointed at the mock: only allowed accounts, and everything that AWS enforces.

use rolecall::run::Outcome;
use rolecall::target::live::{Aws, ConnectError, Live, Place};

use crate::support::{FIRST, Served, is_reason, load, probe, run, runtime, settings};

#[test]
fn an_account_that_is_not_on_the_allow_list_is_not_touched() {
    let served = Served::start();
    let journals = tempfile::tempdir().expect("a folder");
    let mut settings = settings(journals.path(), "t1");
    settings.aws = Aws {
        accounts: vec!["111122223333".to_owned()],
        endpoint: Some(served.endpoint.clone()),
        ..Aws::default()
    };
    let refused = runtime().block_on(Live::connect(Place::Aws, &settings));

    assert!(matches!(refused, Err(ConnectError::NotAllowed(account)) if account == FIRST));
    for asked in served.mock.evaluations() {
        for evaluation in asked.evaluations() {
            assert_eq!(evaluation.action, "sts:GetCallerIdentity");
        }
    }
}

#[test]
fn every_scenario_passes_as_on_aws_and_the_world_is_empty_afterwards() {
    let served = Served::start();
    let journals = tempfile::tempdir().expect("a folder");
    let loaded = load("scenarios");
    let accounts = loaded.tests.iter().flat_map(|test| &test.world.accounts);
    let mut accounts: Vec<String> = accounts.map(|account| account.id.clone()).collect();
    accounts.push(FIRST.to_owned());
    let mut settings = settings(journals.path(), "aws");
    settings.sleep = served.sleep();
    settings.time = served.time();
    settings.aws = Aws {
        accounts: accounts.clone(),
        endpoint: Some(served.endpoint.clone()),
        ..Aws::default()
    };
    let live = runtime()
        .block_on(Live::connect(Place::Aws, &settings))
        .expect("the target answers");
    probe(&live);

    let results = run(&live, &loaded);

    let mut explained = 0;
    for step in results.iter().flat_map(|result| &result.steps) {
        let told = format!("{}: {:?}", step.title, step.reasons);
        assert_eq!(step.notes, [""; 0], "{told}");
        explained += usize::from(!step.evaluations.is_empty());
        match step.outcome {
            Outcome::Pass => {}
            Outcome::Skip if step.unreached => {}
            Outcome::Skip => assert!(is_reason(&step.reasons.join("; ")), "{told}"),
            Outcome::Fail | Outcome::Error => panic!("{told}"),
        }
    }
    assert!(explained > 80, "{explained} denials are explained");
    assert_eq!(live.finish().expect("a journal"), []);
    let accounts: Vec<&str> = accounts.iter().map(String::as_str).collect();
    assert_eq!(served.left("rc-aws-", &accounts), [""; 0]);
}

#[test]
fn what_a_run_would_make_is_told_before() {
    let served = Served::start();
    let journals = tempfile::tempdir().expect("a folder");
    let live = crate::support::connect(&served.endpoint, &settings(journals.path(), "t1"));
    let loaded = load("scenarios/tutorial.yaml");

    let plan = live.plan(&loaded.tests[0]).expect("a world");

    let made: Vec<String> = plan.iter().map(ToString::to_string).collect();
    let prefix = "rc-t1-";
    assert!(made.iter().all(|thing| thing.contains(prefix)), "{made:?}");
    assert_eq!(made.len(), 3, "{made:?}");
    assert_eq!(served.left(prefix, &[FIRST]), [""; 0], "nothing was made");
}
