//! Condition keys that a scenario gives, and steps of AWS's services: on a rolecall server they are asked, elsewhere skipped
//! or told to the policy simulator.

use rolecall::run::Outcome::{Error, Fail, Pass, Skip};
use rolecall_mock::Mock;

use crate::faults::{Fault, Faulty, Hits, loopback};
use crate::support::{FIRST, Served, connect, outcomes, run, settings, written};

/// A bucket that is read from 203.0.113.0/24 alone, by its owner's user and by everyone.
const NETWORK: &str = r#"
scenario: A network
users:
  ann: { policies: [AmazonS3FullAccess] }
roles:
  Deploy:
    trust:
      Version: "2012-10-17"
      Statement:
        Effect: Allow
        Principal: { AWS: "arn:aws:iam::123456789012:user/ann" }
        Action: "sts:AssumeRole"
        Condition: { IpAddress: { "aws:SourceIp": 203.0.113.0/24 } }
    policies: [AmazonS3FullAccess]
buckets:
  site:
    objects: { a.txt: Hello }
    policy:
      Version: "2012-10-17"
      Statement:
        - Effect: Deny
          Principal: "*"
          Action: s3:GetObject
          Resource: arn:aws:s3:::site/*
          Condition: { NotIpAddress: { "aws:SourceIp": 203.0.113.0/24 } }
        - Effect: Allow
          Principal: "*"
          Action: s3:GetObject
          Resource: arn:aws:s3:::site/public/*
"#;

fn network(steps: &str) -> String {
    format!("{NETWORK}{steps}")
}

/// What the steps come to on a rolecall server, and whether it is empty afterwards.
fn on_rolecall(scenario: &str) -> Vec<(rolecall::run::Outcome, String)> {
    let served = Served::start();
    let came = at(&served.endpoint, scenario);
    assert_eq!(served.left("rc-t1-", &[FIRST]), [""; 0]);
    came
}

/// The same on a server that isn't one, though it answers as AWS does.
fn elsewhere(scenario: &str) -> Vec<(rolecall::run::Outcome, String)> {
    let served = Served::start();
    at(&without_control(&served.mock).endpoint(), scenario)
}

fn without_control(mock: &Mock) -> Faulty {
    Faulty::start(mock, loopback(), &Fault::HangsUp, |_count, _request| false)
}

fn at(endpoint: &str, scenario: &str) -> Vec<(rolecall::run::Outcome, String)> {
    let journals = tempfile::tempdir().expect("a folder");
    let live = connect(endpoint, &settings(journals.path(), "t1"));
    let results = run(&live, &written(scenario));
    assert_eq!(live.finish().expect("a journal"), []);
    for result in &results {
        assert_eq!(result.error, None);
    }
    let steps = outcomes(&results).into_iter();
    steps.map(|(_, outcome, why)| (outcome, why)).collect()
}

#[test]
fn a_step_has_its_keys_and_the_next_one_has_not() {
    let steps = r#"
steps:
  - { as: ann, call: s3:GetObject, on: site/a.txt, context: { "aws:SourceIp": 203.0.113.7 } }
  - { as: ann, call: s3:GetObject, on: site/a.txt, expect: denied }
  # An error, and another decision than the expected one.
  - { as: ann, call: s3:GetObject, on: site/none.txt, context: { "aws:SourceIp": 203.0.113.7 }, expect: denied }
  - { as: ann, call: s3:GetObject, on: site/a.txt, expect: denied }
  - { as: ann, call: s3:GetObject, on: site/a.txt, context: { "aws:SourceIp": 203.0.113.7 }, expect: denied }
  - { as: ann, call: s3:GetObject, on: site/a.txt, expect: denied }
  - as: ann
    assume: Deploy
    context: { "aws:SourceIp": 203.0.113.7 }
    then:
      - { call: s3:GetObject, on: site/a.txt, expect: denied }
      - { call: s3:GetObject, on: site/a.txt, context: { "aws:SourceIp": 203.0.113.7 } }
  - { as: ann, assume: Deploy, expect: denied }
  - { as: ann, can: ["sts:AssumeRole on arn:aws:iam::123456789012:role/Deploy"], context: { "aws:SourceIp": 203.0.113.7 } }
  - { as: ann, cannot: ["sts:AssumeRole on arn:aws:iam::123456789012:role/Deploy"] }
"#;

    let came = on_rolecall(&network(steps));

    let outcomes: Vec<_> = came.iter().map(|(outcome, _)| *outcome).collect();
    let expected = [
        Pass, Pass, Error, Pass, Fail, Pass, Pass, Pass, Pass, Pass, Pass, Pass,
    ];
    assert_eq!(outcomes, expected, "{came:#?}");
    assert!(came[2].1.contains("NoSuchKey"), "{came:#?}");
}

#[test]
fn a_world_gives_its_keys_to_every_step_and_a_step_its_own_in_their_place() {
    let steps = r#"
context: { "aws:SourceIp": 203.0.113.7, "aws:SourceVpce": vpce-1 }
steps:
  - { as: ann, call: s3:GetObject, on: site/a.txt }
  - { as: ann, call: s3:GetObject, on: site/a.txt, context: { "AWS:sourceip": 198.51.100.7 }, expect: denied }
  - { as: ann, call: s3:GetObject, on: site/a.txt, context: { "aws:SourceIp": [] }, expect: denied }
  - { as: ann, call: s3:GetObject, on: site/a.txt }
"#;
    let came = on_rolecall(&network(steps));

    assert_eq!(came, vec![(Pass, String::new()); 4]);
}

#[test]
fn keys_that_others_would_carry_too_are_given_to_nobody() {
    let steps = r#"
steps:
  - { as: anonymous, call: s3:GetObject, on: site/public/a, context: { "aws:SourceIp": 203.0.113.7 }, expect: NoSuchKey }
  - { as: root, call: s3:GetObject, on: site/a.txt, context: { "aws:SourceIp": 203.0.113.7 } }
  - { as: root, call: s3:GetObject, on: site/a.txt, expect: denied }
"#;

    let came = on_rolecall(&network(steps));

    let told = [
        "the step gives condition keys, which all unsigned requests to the server would carry, also those of others",
        "the step gives condition keys, which the root user's requests in other tests would carry too",
    ];
    assert_eq!(came[0], (Skip, told[0].to_owned()));
    assert_eq!(came[1], (Skip, told[1].to_owned()));
    assert_eq!(came[2], (Pass, String::new()));
}

#[test]
fn on_a_target_that_is_no_rolecall_server_nobody_is_given_any() {
    let steps = r#"
steps:
  - { as: ann, call: s3:GetObject, on: site/a.txt, context: { "aws:SourceIp": 203.0.113.7 } }
  - { as: ann, call: s3:GetObject, on: site/a.txt, expect: denied }
  - { as: ann, can: ["sts:AssumeRole on arn:aws:iam::123456789012:role/Deploy"], context: { "aws:SourceIp": 203.0.113.7 } }
  - { as: { service: lambda.amazonaws.com }, assume: Deploy, expect: denied }
"#;

    let came = elsewhere(&network(steps));

    let told = "the step gives condition keys, which only the mock can be given";
    assert_eq!(came[0], (Skip, told.to_owned()));
    assert_eq!(came[1], (Pass, String::new()));
    assert_eq!(came[2], (Skip, told.to_owned()));
    let told = "an AWS service can't be made to act here";
    assert_eq!(came[3], (Skip, told.to_owned()));
}

#[test]
fn services_and_unsigned_callers_are_asked_about_on_a_rolecall_server() {
    let scenario = r#"
scenario: A service
roles:
  Function:
    trust:
      Version: "2012-10-17"
      Statement:
        Effect: Allow
        Principal: { Service: lambda.amazonaws.com }
        Action: sts:AssumeRole
        Condition: { StringEquals: { "aws:SourceAccount": "123456789012" } }
buckets:
  site:
    block-public-access: false
    policy:
      Version: "2012-10-17"
      Statement: { Effect: Allow, Principal: "*", Action: "s3:GetObject", Resource: "arn:aws:s3:::site/*" }
steps:
  - { as: { service: lambda.amazonaws.com }, assume: Function, context: { "aws:SourceAccount": "123456789012" } }
  - { as: { service: lambda.amazonaws.com }, assume: Function, context: { "aws:SourceAccount": "111122223333" }, expect: denied }
  - { as: { service: lambda.amazonaws.com }, assume: Function, expect: denied }
  - { as: { service: ec2.amazonaws.com }, assume: Function, context: { "aws:SourceAccount": "123456789012" }, expect: denied }
  - { as: { service: lambda.amazonaws.com }, assume: Function }
  - { as: anonymous, can: ["s3:GetObject on arn:aws:s3:::site/a"] }
  - { as: anonymous, cannot: ["s3:PutObject on arn:aws:s3:::site/a"] }
  - { as: root, can: ["s3:PutObject on arn:aws:s3:::site/a"] }
"#;

    let came = on_rolecall(scenario);

    let outcomes: Vec<_> = came.iter().map(|(outcome, _)| *outcome).collect();
    assert_eq!(
        outcomes,
        [Pass, Pass, Pass, Pass, Fail, Pass, Pass, Pass],
        "{came:#?}"
    );
}

/// AWS: IAM API Reference, `SimulatePrincipalPolicy`.
const ASKED: &str = r#"
scenario: Questions with keys
users:
  ann:
    tags: { team: blue }
    policies:
      - Version: "2012-10-17"
        Statement:
          - { Sid: Network, Effect: Allow, Action: "sqs:SendMessage", Resource: "*", Condition: { IpAddress: { "aws:SourceIp": 203.0.113.0/24 } } }
          - { Sid: Several, Effect: Allow, Action: "sqs:ReceiveMessage", Resource: "*", Condition: { "ForAnyValue:StringEquals": { "aws:CalledVia": a.amazonaws.com } } }
          - { Sid: Whole, Effect: Allow, Action: "s3:ListBucket", Resource: "*", Condition: { NumericLessThan: { "s3:max-keys": "10" } } }
          - { Sid: Own, Effect: Allow, Action: "sns:Publish", Resource: "arn:aws:sns:us-east-1:123456789012:${aws:username}", Condition: { StringEquals: { "aws:PrincipalTag/team": blue }, Bool: { "aws:SecureTransport": "true" } } }
          - { Sid: Open, Effect: Allow, Action: "sns:Subscribe", Resource: "*" }
          - { Sid: Second, Effect: Deny, Action: "sns:Subscribe", Resource: "*", Condition: { Bool: { "aws:MultiFactorAuthPresent": "false" } } }
  ben:
    policies:
      - Version: "2012-10-17"
        Statement: { Effect: Allow, Action: "sns:Publish", Resource: "*", Condition: { StringEquals: { "aws:PrincipalTag/team": blue } } }
steps:
  - { as: ann, can: ["sqs:SendMessage on arn:aws:sqs:us-east-1:123456789012:q"], context: { "aws:SourceIp": 203.0.113.7 } }
  - { as: ann, cannot: ["sqs:SendMessage on arn:aws:sqs:us-east-1:123456789012:q"], context: { "aws:SourceIp": 198.51.100.7 } }
  - { as: ann, cannot: ["sqs:SendMessage on arn:aws:sqs:us-east-1:123456789012:q"] }
  - { as: ann, can: ["sqs:ReceiveMessage on arn:aws:sqs:us-east-1:123456789012:q"], context: { "aws:CalledVia": [b.amazonaws.com, a.amazonaws.com] } }
  - { as: ann, can: ["s3:ListBucket on arn:aws:s3:::any"], context: { "s3:max-keys": 5 } }
  - { as: ann, cannot: ["s3:ListBucket on arn:aws:s3:::any"], context: { "s3:max-keys": 50 } }
  - { as: ann, can: ["sns:Publish on arn:aws:sns:us-east-1:123456789012:ann"] }
  - { as: ann, cannot: ["sns:Publish on arn:aws:sns:us-east-1:123456789012:ann"], context: { "aws:SecureTransport": "false" } }
  # The simulator says yes, but what that is worth without the key it doesn't say.
  - { as: ann, can: ["sns:Subscribe on arn:aws:sns:us-east-1:123456789012:t"] }
  - { as: ben, cannot: ["sns:Publish on arn:aws:sns:us-east-1:123456789012:ann"] }
"#;

/// As AWS answers where a resource was asked: the keys stand with the resource's own result alone.
fn with_the_resource_alone(answer: &str) -> String {
    let (list, end) = ("<MissingContextValues>", "</MissingContextValues>");
    let Some((before, rest)) = answer.split_once(list) else {
        return answer.to_owned();
    };
    let (_, after) = rest.split_once(end).expect("a whole list");
    assert!(after.contains(list), "{answer}");
    format!("{before}{list}{end}{after}")
}

#[test]
fn the_policy_simulator_is_told_the_keys_of_a_question() {
    let served = Served::start();
    let fault = Fault::Tampers(with_the_resource_alone);
    let simulates: Hits = |_count, request| request.contains("Action=SimulatePrincipalPolicy");
    let as_on_aws = Faulty::start(&served.mock, loopback(), &fault, simulates);
    let endpoint = as_on_aws.endpoint();

    for came in [on_rolecall(ASKED), elsewhere(ASKED), at(&endpoint, ASKED)] {
        let untold = |key: &str| format!("the policy simulator would have to be told {key}");
        let skipped: Vec<_> = came
            .iter()
            .filter(|(outcome, _)| *outcome == Skip)
            .collect();
        let expected = [
            &(Skip, untold("aws:SourceIp")),
            &(Skip, untold("aws:MultiFactorAuthPresent")),
            &(Skip, untold("aws:PrincipalTag/team")),
        ];
        assert_eq!(skipped, expected, "{came:#?}");
        let passed = came.iter().filter(|(outcome, _)| *outcome == Pass);
        assert_eq!(passed.count(), 7, "{came:#?}");
    }
}
