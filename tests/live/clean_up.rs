//! After success, failure, an interrupt and a world that can't be built, nothing is left.

use std::sync::atomic::AtomicBool;

use rolecall::run::Outcome;
use rolecall::scenario::{self, Loaded};
use rstest::rstest;

use crate::support::{FIRST, Served, connect, run, run_until, settings};

/// A scenario of the test's own.
pub(crate) fn written(text: &str) -> (tempfile::TempDir, Loaded) {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("own.yaml"), text).expect("a file");
    let loaded = scenario::load(&[folder.path().to_owned()], &scenario::Disk);
    assert!(!loaded.has_errors(), "{:?}", loaded.diagnostics);
    (folder, loaded)
}

const WORLD: &str = r#"
scenario: A world with all that can be made
policies:
  Read: { Version: "2012-10-17", Statement: { Effect: Allow, Action: "s3:Get*", Resource: "*" } }
groups:
  readers: { policies: [Read] }
users:
  alice: { groups: [readers], policies: [Read], boundary: AdministratorAccess, tags: { team: a } }
  bob: { access-key: inactive }
roles:
  Deploy:
    trust: { Version: "2012-10-17", Statement: { Effect: Allow, Principal: { AWS: "arn:aws:iam::123456789012:user/alice" }, Action: "sts:AssumeRole" } }
    policies: [AmazonS3FullAccess]
    boundary: AdministratorAccess
buckets:
  site: { objects: { index.html: hello }, tags: { team: a } }
"#;

#[rstest]
#[case::success(r"[{ as: alice, assume: Deploy, then: [{ call: s3:PutObject, on: site/more.html, with: { Body: x } }] }]", Outcome::Pass)]
#[case::failure(r"[{ as: alice, assume: Deploy, expect: denied }]", Outcome::Fail)]
#[case::an_error(r"[{ as: bob, call: s3:ListBuckets, expect: denied }]", Outcome::Error)]
#[case::a_change(r"[{ change: { users: { bob: null, carol: {} }, roles: { Deploy: { policies: [ReadOnlyAccess], tags: { team: b } } } } }, { as: carol, call: sts:GetCallerIdentity }]", Outcome::Pass)]
fn nothing_is_left_after(#[case] steps: &str, #[case] outcome: Outcome) {
    let served = Served::start();
    let journals = tempfile::tempdir().expect("a folder");
    let live = connect(&served.endpoint, &settings(journals.path(), "t1"));
    let (_folder, loaded) = written(&format!("{WORLD}steps: {steps}\n"));

    let results = run(&live, &loaded);

    assert_eq!(results[0].outcome(), outcome, "{:#?}", results[0]);
    assert_eq!(live.finish().expect("a journal"), []);
    assert_eq!(served.left("rc-t1-", &[FIRST]), [""; 0]);
}

#[test]
fn what_a_step_makes_by_itself_goes_too() {
    let served = Served::start();
    let journals = tempfile::tempdir().expect("a folder");
    let live = connect(&served.endpoint, &settings(journals.path(), "t1"));
    let (_folder, loaded) = written(
        r#"
scenario: An administrator makes things
users: { admin: { policies: [AdministratorAccess] } }
steps:
  - { as: admin, call: iam:CreateUser, with: { UserName: new }, expect: { User: { UserName: new, Arn: "arn:aws:iam::123456789012:user/new" } } }
  - { as: admin, call: iam:CreateAccessKey, with: { UserName: new } }
  - { as: admin, call: iam:PutUserPolicy, with: { UserName: new, PolicyName: p, PolicyDocument: "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\"}]}" } }
  - { as: admin, call: s3:CreateBucket, on: another }
  - { as: admin, call: s3:PutObject, on: another/key, with: { Body: x } }
"#,
    );

    let results = run(&live, &loaded);

    assert_eq!(results[0].outcome(), Outcome::Pass, "{:#?}", results[0]);
    assert_eq!(live.finish().expect("a journal"), []);
    assert_eq!(served.left("rc-t1-", &[FIRST]), [""; 0]);
}

#[test]
fn an_interrupted_run_cleans_up_after_the_tests_that_it_began() {
    let served = Served::start();
    let journals = tempfile::tempdir().expect("a folder");
    let mut settings = settings(journals.path(), "t1");
    settings.sleep = served.sleep();
    let live = connect(&served.endpoint, &settings);
    let loaded = crate::support::load("scenarios");

    let results = run_until(&live, &loaded, &AtomicBool::new(false), |_result| true);

    assert!(results.len() < loaded.tests.len(), "it was interrupted");
    assert_eq!(live.finish().expect("a journal"), []);
    assert_eq!(served.left("rc-t1-", &[FIRST]), [""; 0]);
}

#[test]
fn a_world_that_aws_refuses_is_skipped_with_aws_own_words() {
    let served = Served::start();
    let journals = tempfile::tempdir().expect("a folder");
    let live = connect(&served.endpoint, &settings(journals.path(), "t1"));
    let (_folder, loaded) = written(
        r#"
scenario: A trust policy names nobody
users: { alice: {} }
roles:
  Deploy:
    trust: { Version: "2012-10-17", Statement: { Effect: Allow, Principal: { AWS: "arn:aws:iam::123456789012:user/nobody" }, Action: "sts:AssumeRole" } }
steps:
  - { as: alice, assume: Deploy, expect: denied }
"#,
    );

    let results = run(&live, &loaded);

    assert_eq!(results[0].outcome(), Outcome::Skip);
    let reason = &results[0].steps[0].reasons[0];
    assert!(reason.contains("MalformedPolicyDocument"), "{reason}");
    assert_eq!(served.left("rc-t1-", &[FIRST]), [""; 0]);
}

#[test]
fn distributions_are_changed_by_their_own_ids_and_removed() {
    let served = Served::start();
    let journals = tempfile::tempdir().expect("a folder");
    let mut settings = settings(journals.path(), "t1");
    settings.sleep = served.sleep();
    let live = connect(&served.endpoint, &settings);
    let (_folder, loaded) = written(
        r#"
scenario: Two websites, and a third
users: { admin: { policies: [CloudFrontFullAccess] }, ci: {} }
policies:
  Invalidate: { Version: "2012-10-17", Statement: { Effect: Allow, Action: "cloudfront:CreateInvalidation", Resource: "arn:aws:cloudfront::123456789012:distribution/E3" } }
buckets: { site: {} }
distributions:
  E1: { tags: { team: a, cost: b } }
  E2: { aliases: [www.example.com] }
steps:
  - { as: admin, call: cloudfront:GetDistribution, with: { Id: E2 }, expect: { Distribution: { Id: E2, ARN: "arn:aws:cloudfront::123456789012:distribution/E2", DistributionConfig: { Aliases: { Items: [www.example.com] } } } } }
  - change:
      users: { ci: { policies: [Invalidate] } }
      distributions: { E1: { tags: { team: b }, origin: site }, E2: null, E3: {} }
  - { as: admin, call: cloudfront:ListTagsForResource, with: { Resource: "arn:aws:cloudfront::123456789012:distribution/E1" }, expect: { Tags: { Items: [{ Key: team, Value: b }] } } }
  - { as: admin, call: cloudfront:GetDistributionConfig, with: { Id: E1 }, expect: { DistributionConfig: { Origins: { Items: [{ DomainName: site.s3.us-east-1.amazonaws.com }] } } } }
  - { as: admin, call: cloudfront:GetDistribution, with: { Id: E2 }, expect: NoSuchDistribution }
  - as: ci
    call: cloudfront:CreateInvalidation
    with: { DistributionId: E3, InvalidationBatch: { CallerReference: x, Paths: { Quantity: 1, Items: ["/*"] } } }
  - as: admin
    call: cloudfront:CreateDistribution
    with:
      DistributionConfig:
        CallerReference: by-hand
        Comment: ""
        Enabled: true
        Origins: { Quantity: 1, Items: [{ Id: o, DomainName: example.com, CustomOriginConfig: { HTTPPort: 80, HTTPSPort: 443, OriginProtocolPolicy: https-only } }] }
        DefaultCacheBehavior: { TargetOriginId: o, ViewerProtocolPolicy: https-only }
    expect: { Distribution: { DistributionConfig: { CallerReference: by-hand, Comment: "" } } }
"#,
    );

    let results = run(&live, &loaded);

    assert_eq!(results[0].outcome(), Outcome::Pass, "{:#?}", results[0]);
    assert_eq!(live.finish().expect("a journal"), []);
    assert_eq!(served.left("rc-t1-", &[FIRST]), [""; 0]);
}
