//! `can` and `cannot` on resources with policies of their own: the policy simulator is told the policy.

use rolecall::run::{Outcome, Runner, TestResult};
use rolecall::scenario::Loaded;
use rolecall::target::Target;
use rolecall::target::live::{Capability, Finding};

use crate::faults::{Fault, Faulty, Hits, loopback};
use crate::support::{FIRST, Served, connect, load, probe, run, settings};

const SCENARIO: &str = r#"
scenario: Resources with policies of their own
accounts: { main: 123456789012, partner: 111122223333 }
users:
  ann:
    policies: [{ Version: "2012-10-17", Statement: { Effect: Allow, Action: ["kms:*", "sqs:*", "s3:*"], Resource: "*" } }]
  ben: {}
  pat:
    account: partner
    policies: [{ Version: "2012-10-17", Statement: { Effect: Allow, Action: ["sqs:*", "s3:*"], Resource: "*" } }]
roles:
  Reader:
    trust: { Version: "2012-10-17", Statement: { Effect: Allow, Principal: { AWS: "arn:aws:iam::123456789012:user/ann" }, Action: "sts:AssumeRole" } }
    policies: [{ Version: "2012-10-17", Statement: { Effect: Allow, Action: "s3:*", Resource: "*" } }]
buckets:
  open:
    block-public-access: false
    policy:
      Version: "2012-10-17"
      Statement:
        - { Effect: Allow, Principal: { AWS: ["arn:aws:iam::123456789012:user/ben", "arn:aws:iam::111122223333:user/pat"] }, Action: "s3:GetObject", Resource: "arn:aws:s3:::open/*" }
        - { Effect: Deny, Principal: { AWS: "arn:aws:iam::123456789012:user/ann" }, Action: "s3:GetObject", Resource: "arn:aws:s3:::open/secret" }
  plain: {}
resources:
  arn:aws:kms:us-east-1:123456789012:key/closed:
    policy:
      Version: "2012-10-17"
      Statement: { Effect: Allow, Principal: { AWS: "arn:aws:iam::123456789012:user/ben" }, Action: "kms:*", Resource: "*" }
  arn:aws:kms:us-east-1:123456789012:key/silent:
    policy:
      Version: "2012-10-17"
      Statement: { Effect: Allow, Principal: { AWS: "arn:aws:iam::123456789012:root" }, Action: "kms:DescribeKey", Resource: "*" }
  arn:aws:sqs:us-east-1:123456789012:jobs:
    policy:
      Version: "2012-10-17"
      Statement: { Effect: Allow, Principal: { AWS: "111122223333" }, Action: "sqs:SendMessage", Resource: "arn:aws:sqs:us-east-1:123456789012:jobs" }
  arn:aws:sqs:us-east-1:123456789012:bare: {}
steps:
  - { as: ann, cannot: ["kms:Decrypt on arn:aws:kms:us-east-1:123456789012:key/closed"] }
  - { as: ann, can: ["kms:DescribeKey on arn:aws:kms:us-east-1:123456789012:key/silent"] }
  - { as: ann, cannot: ["kms:Decrypt on arn:aws:kms:us-east-1:123456789012:key/silent"] }
  - { as: ben, can: ["kms:Decrypt on arn:aws:kms:us-east-1:123456789012:key/closed"] }
  - { as: ann, can: ["sqs:SendMessage on arn:aws:sqs:us-east-1:123456789012:bare"] }
  - { as: pat, can: ["sqs:SendMessage on arn:aws:sqs:us-east-1:123456789012:jobs"] }
  - { as: pat, cannot: ["sqs:DeleteMessage on arn:aws:sqs:us-east-1:123456789012:jobs", "sqs:SendMessage on arn:aws:sqs:us-east-1:123456789012:bare"] }
  - { as: ann, cannot: ["s3:GetObject on arn:aws:s3:::open/secret"] }
  - { as: ann, can: ["s3:GetObject on arn:aws:s3:::open/a", "s3:GetObject on arn:aws:s3:::plain/a"] }
  - { as: ben, can: ["s3:GetObject on arn:aws:s3:::open/a"] }
  - { as: ben, cannot: ["s3:PutObject on arn:aws:s3:::open/a", "s3:GetObject on arn:aws:s3:::plain/a"] }
  - { as: pat, can: ["s3:GetObject on arn:aws:s3:::open/a"] }
  - { as: pat, cannot: ["s3:PutObject on arn:aws:s3:::open/a", "s3:GetObject on arn:aws:s3:::plain/a"] }
  - { as: ann, call: s3:DeleteBucketPolicy, on: open }
  - { as: ben, cannot: ["s3:GetObject on arn:aws:s3:::open/a"] }
  - { as: ann, can: ["s3:GetObject on arn:aws:s3:::open/secret"] }
  - change:
      resources:
        arn:aws:kms:us-east-1:123456789012:key/closed:
          policy: { Version: "2012-10-17", Statement: { Effect: Allow, Principal: { AWS: "arn:aws:iam::123456789012:root" }, Action: "kms:*", Resource: "*" } }
  - { as: ann, can: ["kms:Decrypt on arn:aws:kms:us-east-1:123456789012:key/closed"] }
  - { as: ben, cannot: ["kms:Decrypt on arn:aws:kms:us-east-1:123456789012:key/closed"] }
  - { as: ann, assume: Reader, then: [{ can: ["s3:GetObject on arn:aws:s3:::plain/a"] }] }
"#;

/// What the simulator can't answer.
const FOR_ROLES: &str = r#"
scenario: What the policy simulator can't answer
users:
  ann: {}
roles:
  Reader:
    trust: { Version: "2012-10-17", Statement: { Effect: Allow, Principal: { AWS: "arn:aws:iam::123456789012:user/ann" }, Action: "sts:AssumeRole" } }
resources:
  arn:aws:kms:us-east-1:123456789012:key/own: {}
buckets:
  open:
    policy: { Version: "2012-10-17", Statement: { Effect: Allow, Principal: { AWS: "arn:aws:iam::123456789012:role/Reader" }, Action: "s3:GetObject", Resource: "arn:aws:s3:::open/*" } }
steps:
  - as: ann
    assume: Reader
    then:
      - can: ["s3:GetObject on arn:aws:s3:::open/a"]
      - cannot: ["s3:PutObject on arn:aws:s3:::open/a"]
  - as: ann
    call: s3:PutObject
    on: open/a
    with: { ServerSideEncryption: "aws:kms", SSEKMSKeyId: "arn:aws:kms:us-east-1:123456789012:key/own" }
    expect: denied
"#;

fn scenario(folder: &tempfile::TempDir, text: &str) -> Loaded {
    let path = folder.path().join("resources.yaml");
    std::fs::write(&path, text).expect("a file");
    load(path.to_str().expect("a path"))
}

fn outcomes(results: &[TestResult]) -> Vec<(String, Outcome, String)> {
    let steps = results.iter().flat_map(|result| &result.steps);
    steps
        .map(|step| (step.number.clone(), step.outcome, step.reasons.join("; ")))
        .collect()
}

#[test]
fn what_policies_of_resources_decide_is_asked_of_the_simulator() {
    let served = Served::start();
    let folder = tempfile::tempdir().expect("a folder");
    let live = connect(&served.endpoint, &settings(folder.path(), "t1"));
    probe(&live);
    let loaded = scenario(&folder, SCENARIO);
    let mut on_mock = Vec::new();
    let tests: Vec<_> = loaded.tests.iter().collect();
    Runner::new(Target::Mock).run(&tests, |event| {
        if let rolecall::run::Event::TestFinished(result) = event {
            on_mock.push(result.clone());
        }
    });

    let results = run(&live, &loaded);

    for (number, outcome, reasons) in outcomes(&on_mock).into_iter().chain(outcomes(&results)) {
        assert_eq!(outcome, Outcome::Pass, "{number}: {reasons}");
    }
    assert_eq!(live.finish().expect("a journal"), []);
    assert_eq!(served.left("rc-t1-", &[FIRST, "111122223333"]), [""; 0]);
}

/// AWS: IAM API Reference, `SimulatePrincipalPolicy`, `ResourcePolicy`: it is for users alone.
#[test]
fn what_the_simulator_or_nobody_can_answer_is_skipped() {
    let served = Served::start();
    let folder = tempfile::tempdir().expect("a folder");
    let live = connect(&served.endpoint, &settings(folder.path(), "t1"));
    probe(&live);

    let results = run(&live, &scenario(&folder, FOR_ROLES));

    let told = outcomes(&results);
    let reason = "the policy simulator heeds no resource's policy for roles".to_owned();
    let skipped = ("1.1".to_owned(), Outcome::Skip, reason);
    assert_eq!(told.get(1), Some(&skipped));
    let passed = ("1.2".to_owned(), Outcome::Pass, String::new());
    assert_eq!(told.get(2), Some(&passed), "the policy doesn't speak of it");
    let (_, outcome, reason) = told.get(3).expect("a call");
    assert_eq!(*outcome, Outcome::Skip, "{reason}");
    let key = "`arn:aws:kms:us-east-1:123456789012:key/own` isn't made on live targets";
    assert!(reason.starts_with(key), "{reason}");
}

/// The simulator says `allowed` to whatever it is asked with a resource's policy.
fn allows_all(text: &str) -> String {
    let decision = "<EvalDecision>";
    let text = text.replace(
        &format!("{decision}implicitDeny"),
        &format!("{decision}allowed"),
    );
    text.replace(
        &format!("{decision}explicitDeny"),
        &format!("{decision}allowed"),
    )
}

#[test]
fn a_simulator_that_ignores_policies_of_resources_passes_nothing_and_fails_nothing() {
    let served = Served::start();
    let simulated: Hits = |_count, request| request.contains("ResourcePolicy=");
    let fault = Fault::Tampers(allows_all);
    let ignorant = Faulty::start(&served.mock, loopback(), &fault, simulated);
    let folder = tempfile::tempdir().expect("a folder");
    let live = connect(&ignorant.endpoint(), &settings(folder.path(), "t1"));

    let profile = probe(&live);
    let results = run(&live, &load("scenarios/kms-key.yaml"));

    for capability in [Capability::SimulatedPolicies, Capability::SimulatedKeys] {
        assert_eq!(profile.finding(capability), Finding::NotEnforced);
    }
    assert_eq!(profile.finding(Capability::Simulator), Finding::Enforced);
    for (number, outcome, reason) in outcomes(&results) {
        assert_eq!(outcome, Outcome::Skip, "{number}");
        assert_eq!(
            reason,
            "the target doesn't enforce simulated policies (AWS heeds a resource's policy in its policy simulator)"
        );
    }
}
