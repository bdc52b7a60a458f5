//! MFA devices on a live target: made, enabled, shown, taken away, and never told.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_smithy_async::rt::sleep::{AsyncSleep, SharedAsyncSleep, Sleep};
use rolecall::run::{Outcome, TestResult};
use rolecall::scenario::Loaded;
use rolecall::target::live::{Aws, Journals, Live, Place, Settings, Tape, sweep};

use crate::faults::{Fault, Faulty, Hits, loopback};
use crate::support::{FIRST, Served, connect, load, run, runtime, settings};

const SCENARIO: &str = r#"
scenario: Codes of devices
users:
  ann: { mfa: true }
  ben: {}
roles:
  Vault:
    trust:
      Version: "2012-10-17"
      Statement:
        Effect: Allow
        Principal: { AWS: ["arn:aws:iam::123456789012:user/ann", "arn:aws:iam::123456789012:user/ben"] }
        Action: sts:AssumeRole
        Condition: { Bool: { "aws:MultiFactorAuthPresent": "true" } }
steps:
  - { as: ann, assume: Vault, expect: denied, because: { policy: trust, condition: "aws:MultiFactorAuthPresent" } }
  - { as: ann, assume: Vault, mfa: true }
  - { as: ann, assume: Vault, mfa: true }
  - { as: ann, assume: Vault, mfa: true }
  - { as: ann, assume: Vault, mfa: "000000", expect: { error: AccessDenied, message: "*invalid MFA one time pass code*" } }
  - { change: { users: { ben: { mfa: true } } } }
  - { as: ben, assume: Vault, mfa: true }
  - { as: ben, call: iam:ListMFADevices, expect: denied }
  - { change: { users: { ben: { mfa: false }, ann: null } } }
  - { as: ben, assume: Vault, expect: denied }
"#;

fn scenario(folder: &tempfile::TempDir) -> Loaded {
    let path = folder.path().join("devices.yaml");
    std::fs::write(&path, SCENARIO).expect("a file");
    load(path.to_str().expect("a path"))
}

fn outcomes(results: &[TestResult]) -> Vec<(&str, Outcome, String)> {
    let steps = results.iter().flat_map(|result| &result.steps);
    steps
        .map(|step| (step.number.as_str(), step.outcome, step.reasons.join("; ")))
        .collect()
}

fn assert_all_pass(results: &[TestResult]) {
    for (number, outcome, reasons) in outcomes(results) {
        assert_eq!(outcome, Outcome::Pass, "{number}: {reasons}");
    }
    assert_eq!(results.first().and_then(|one| one.error.clone()), None);
}

/// Pauses that pass in the mock's world alone, and are remembered.
#[derive(Clone, Debug)]
struct Remembered {
    elsewhere: SharedAsyncSleep,
    slept: Arc<Mutex<Vec<Duration>>>,
}

impl AsyncSleep for Remembered {
    fn sleep(&self, duration: Duration) -> Sleep {
        self.slept.lock().expect("no panic").push(duration);
        self.elsewhere.sleep(duration)
    }
}

fn on_aws(served: &Served, settings: &Settings) -> Live {
    let settings = Settings {
        time: served.time(),
        aws: Aws {
            accounts: vec![FIRST.to_owned()],
            endpoint: Some(served.endpoint.clone()),
            ..Aws::default()
        },
        ..settings.clone()
    };
    runtime()
        .block_on(Live::connect(Place::Aws, &settings))
        .expect("the target answers")
}

/// AWS: each code is good once, so that the next one is waited for.
#[test]
fn each_code_is_shown_once_and_only_when_its_time_has_come() {
    let served = Served::start();
    let folder = tempfile::tempdir().expect("a folder");
    let slept = Arc::default();
    let sleep = Remembered {
        elsewhere: served.sleep(),
        slept: Arc::clone(&slept),
    };
    let settings = Settings {
        sleep: SharedAsyncSleep::new(sleep),
        ..settings(folder.path(), "t1")
    };
    let live = on_aws(&served, &settings);

    let results = run(&live, &scenario(&folder));

    assert_all_pass(&results);
    let slept = slept.lock().expect("no panic").clone();
    let step = Duration::from_secs(30);
    let waits = slept
        .iter()
        .filter(|wait| **wait > Duration::from_secs(8) && **wait <= step);
    assert!(waits.count() >= 2, "ann's second and third code: {slept:?}");
    assert_eq!(live.finish().expect("a journal"), []);
    assert_eq!(served.left("rc-t1-", &[FIRST]), [""; 0]);
}

#[test]
fn a_target_that_is_not_aws_takes_the_next_code_as_well() {
    let served = Served::start();
    let folder = tempfile::tempdir().expect("a folder");
    let settings = Settings {
        sleep: served.sleep(),
        time: served.time(),
        ..settings(folder.path(), "t1")
    };
    let live = connect(&served.endpoint, &settings);

    assert_all_pass(&run(&live, &scenario(&folder)));

    assert_eq!(live.finish().expect("a journal"), []);
    assert_eq!(served.left("rc-t1-", &[FIRST]), [""; 0]);
}

#[test]
fn neither_seeds_nor_codes_are_recorded_and_the_record_is_the_same_run() {
    let served = Served::start();
    let (folder, record) = (
        tempfile::tempdir().expect("a folder"),
        tempfile::tempdir().expect("a folder"),
    );
    let recorded = Settings {
        sleep: served.sleep(),
        time: served.time(),
        tape: Some(Tape::Record(record.path().to_owned())),
        ..settings(folder.path(), "t1")
    };
    let live = connect(&served.endpoint, &recorded);
    let first = run(&live, &scenario(&folder));
    assert_all_pass(&first);
    assert_eq!(live.finish().expect("a journal"), []);

    let mut removed = 0;
    for entry in std::fs::read_dir(record.path()).expect("a folder") {
        let text = std::fs::read_to_string(entry.expect("a file").path()).expect("a text");
        for secret in ["TokenCode=", "AuthenticationCode1=", "AuthenticationCode2="] {
            for (place, _) in text.match_indices(secret) {
                let after = &text[place + secret.len()..];
                assert!(after.starts_with("(removed)"), "{after}");
                removed += 1;
            }
        }
        for (place, seed) in text.match_indices("<Base32StringSeed>") {
            let after = &text[place + seed.len()..];
            assert!(after.starts_with("KHJlbW92ZWQp<"), "{after}");
            removed += 1;
        }
    }
    assert_eq!(
        removed,
        2 * 2 + 5 + 2,
        "codes that enable, codes shown, seeds"
    );
    let replayed = Settings {
        tape: Some(Tape::Replay(record.path().to_owned())),
        ..Settings::new(folder.path().to_owned())
    };
    let live = connect(&served.endpoint, &replayed);
    let again = run(&live, &scenario(&folder));
    assert_eq!(outcomes(&again), outcomes(&first));
}

#[test]
fn a_device_that_a_killed_run_has_made_is_swept() {
    let enabling: Hits = |_count, request| request.contains("Action=EnableMFADevice");
    let removing: Hits = |_count, request| request.contains("Action=DeactivateMFADevice");
    for hits in [enabling, removing] {
        let served = Served::start();
        let faulty = Faulty::start(&served.mock, loopback(), &Fault::Dies, hits);
        let folder = tempfile::tempdir().expect("a folder");
        let settings = settings(folder.path(), "t1");
        let live = connect(&faulty.endpoint(), &settings);
        let results = run(&live, &load("scenarios/mfa.yaml"));
        assert!(results[0].error.is_some(), "{results:?}");
        drop(live);
        let left = served.left("rc-t1-", &[FIRST]);
        assert!(left.iter().any(|name| name.contains(":mfa/")), "{left:?}");

        let never: Hits = |_count, _request| false;
        let address = faulty.address();
        let _again = Faulty::start(&served.mock, address, &Fault::HangsUp, never);
        let journals = Journals::of(folder.path()).expect("journals").left;
        let swept = runtime()
            .block_on(sweep(&journals[0], &settings))
            .expect("the target answers again");

        assert_eq!(swept.left, []);
        assert_eq!(served.left("rc-t1-", &[FIRST]), [""; 0]);
    }
}
