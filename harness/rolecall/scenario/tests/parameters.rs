//! Calls: parameters by the service's model.

use rolecall_wire::{Structure, Value};

use super::super::model::{Call, Verb};
use super::*;

fn call(step: &str) -> Call {
    let mut steps = steps(&format!("  - {{ as: ann, {step} }}"));
    match steps.remove(0).verb {
        Verb::Call(call) => call,
        other => panic!("{other:?}"),
    }
}

#[test]
fn parameters_have_the_types_of_the_service_model() {
    let input = Structure::new;
    let list = |texts: &[&str]| Value::List(texts.iter().map(|text| Value::from(*text)).collect());
    let instant = "2026-01-02T00:00:00Z"
        .parse::<jiff::Timestamp>()
        .expect("an instant");
    for (step, operation, wanted) in [
        ("call: s3:ListBuckets", "ListBuckets", input()),
        (
            "call: s3:HeadBucket, on: site",
            "HeadBucket",
            input().with("Bucket", "site"),
        ),
        (
            "call: s3:PutObject, on: site/a/b.html, with: { Body: Hello, ContentType: text/html }",
            "PutObject",
            input()
                .with("Bucket", "site")
                .with("Key", "a/b.html")
                .with("Body", Value::Blob("Hello".into()))
                .with("ContentType", "text/html"),
        ),
        (
            "call: s3:ListObjectsV2, on: site, with: { MaxKeys: 5, FetchOwner: true }",
            "ListObjectsV2",
            input()
                .with("Bucket", "site")
                .with("MaxKeys", 5_i64)
                .with("FetchOwner", true),
        ),
        (
            "call: s3:GetObject, on: site/a, with: { IfModifiedSince: 2026-01-02 }",
            "GetObject",
            input()
                .with("Bucket", "site")
                .with("Key", "a")
                .with("IfModifiedSince", instant),
        ),
        (
            "call: s3:PutBucketPolicy, on: site, with: { Policy: { Version: '2012-10-17', Statement: [] } }",
            "PutBucketPolicy",
            input()
                .with("Bucket", "site")
                .with("Policy", r#"{"Version": "2012-10-17", "Statement": []}"#),
        ),
        (
            "call: s3:PutBucketPolicy, on: site, with: { Policy: ann.json }",
            "PutBucketPolicy",
            input().with("Bucket", "site").with("Policy", TRUST_ANN),
        ),
        (
            "call: s3:PutBucketPolicy, on: site, with: { Policy: '{' }",
            "PutBucketPolicy",
            input().with("Bucket", "site").with("Policy", "{"),
        ),
        (
            "call: iam:SimulatePrincipalPolicy, with: { PolicySourceArn: 'arn:aws:iam::123456789012:user/ann', ActionNames: ['s3:GetObject'] }",
            "SimulatePrincipalPolicy",
            input()
                .with("PolicySourceArn", "arn:aws:iam::123456789012:user/ann")
                .with("ActionNames", list(&["s3:GetObject"])),
        ),
        (
            "call: iam:TagUser, with: { UserName: ann, Tags: [{ Key: a, Value: 5 }] }",
            "TagUser",
            input().with("UserName", "ann").with(
                "Tags",
                Value::List(vec![Value::Structure(
                    input().with("Key", "a").with("Value", "5"),
                )]),
            ),
        ),
        (
            "call: s3:PutObject, on: site/a, with: { Metadata: { x: 1 } }",
            "PutObject",
            input().with("Bucket", "site").with("Key", "a").with(
                "Metadata",
                Value::Map([("x".to_owned(), Value::from("1"))].into()),
            ),
        ),
    ] {
        let call = call(step);
        assert_eq!(
            (&*call.operation, call.input),
            (operation, wanted),
            "{step}"
        );
    }
}

#[test]
fn what_aws_should_judge_is_left_to_aws() {
    let steps = steps(
        "  - { as: ann, assume: Deploy, session: x, duration: 1s, expect: ValidationError }
  - { as: ann, call: sts:AssumeRole, with: { RoleArn: short, RoleSessionName: '' }, expect: ValidationError }
  - { as: ann, call: s3:ListObjectsV2, on: Not_A_Bucket, expect: NoSuchBucket }",
    );
    assert_eq!(steps.len(), 3);
}
