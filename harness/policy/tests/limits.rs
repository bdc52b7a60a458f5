//! Input made to hurt: long patterns, many statements, large documents. The times allowed are those of a debug build on a
//! busy machine; what grows with the square of its input misses them by far.

#![expect(clippy::unwrap_used, reason = "a test says what is wrong by panicking")]

use std::sync::Arc;
use std::time::{Duration, Instant};

use rolecall_policy::lint::lint;
use rolecall_policy::validate::{PolicyKind, validate};
use rolecall_policy::{
    Context, Document, Policies, Policy, PolicySet, Principal, Request, SourceId, decide, explain,
    json,
};

fn set(text: &str) -> PolicySet {
    let document = Document::parse(text).unwrap();
    PolicySet::new(vec![Arc::new(Policy::inline("policy", document))])
}

fn statement(members: &str) -> String {
    format!(r#"{{"Version": "2012-10-17", "Statement": [{{"Effect": "Allow", {members}}}]}}"#)
}

/// A watchdog, not a measure: what is linear ends in milliseconds, what isn't takes longer than this. Speed is the
/// business of the benches.
const HANGS: Duration = Duration::from_secs(10);

/// Whether the policy allows, and how long it took.
fn timed(policy: &str, action: &str, resource: &str, context: &Context) -> (bool, Duration) {
    let identity = set(policy);
    let request = Request {
        principal: &Principal::user("arn:aws:iam::123456789012:user/ann", None),
        action,
        resource,
        resource_account: None,
        context,
        policies: Policies {
            identity: &identity,
            ..Policies::default()
        },
    };
    let start = Instant::now();
    let allowed = decide(&request).is_allowed();
    let took = start.elapsed();
    assert_eq!(explain(&request).is_allowed(), allowed);
    (allowed, took)
}

#[test]
fn many_stars_are_matched_in_linear_time() {
    for (pattern, text, expected) in [
        ("*a".repeat(50_000), "a".repeat(100_000), true),
        ("*a".repeat(50_000) + "b", "a".repeat(100_000), false),
        ("*a".repeat(50_001), "a".repeat(50_000), false),
        ("a*".repeat(50_000), "a".repeat(100_000), true),
        ("*".repeat(100_000), "a".repeat(100_000), true),
        (
            format!("*{}b*", "a".repeat(50_000)),
            "a".repeat(100_000),
            false,
        ),
        (
            format!("*{}b", "a".repeat(50_000)),
            "a".repeat(100_000),
            false,
        ),
        ("?".repeat(100_000), "a".repeat(100_000), true),
        ("*?".repeat(50_000), "a".repeat(49_999), false),
    ] {
        let resource = format!("arn:aws:s3:::{text}");
        let policy = statement(&format!(
            r#""Action": "*", "Resource": "arn:aws:s3:::{pattern}""#
        ));
        let (allowed, took) = timed(&policy, "s3:GetObject", &resource, &Context::new());
        assert_eq!(allowed, expected, "{pattern:.20}");
        assert!(took < HANGS, "{pattern:.20} took {took:?}");

        let mut context = Context::new();
        context.set("aws:username", text);
        let policy = statement(&format!(
            r#""Action": "*", "Resource": "*", "Condition": {{"StringLike": {{"aws:username": "{pattern}"}}}}"#
        ));
        let (allowed, took) = timed(&policy, "s3:GetObject", "*", &context);
        assert_eq!(allowed, expected, "{pattern:.20}");
        assert!(took < HANGS, "{pattern:.20} took {took:?}");
    }
}

#[test]
fn bounded_stars_are_matched_in_bounded_time() {
    let text = format!("arn:aws:sqs:{}:{}:q", "a".repeat(2000), "b:".repeat(1000));
    for pattern in [
        format!("arn:aws:sqs:{}x:*:q", "*a".repeat(500)),
        format!("arn:aws:sqs:*:{}x:q", "*b".repeat(500)),
        format!("arn:*:{}x:b:q", "*a".repeat(500)),
    ] {
        let policy = statement(&format!(r#""Action": "*", "Resource": "{pattern}""#));
        let (allowed, took) = timed(&policy, "sqs:SendMessage", &text, &Context::new());
        assert!(!allowed);
        assert!(took < HANGS, "{pattern:.40} took {took:?}");
    }
}

#[test]
fn variables_between_stars_are_matched_in_bounded_time() {
    let mut context = Context::new();
    context.set("aws:username", "a");
    let pattern = "*${aws:username}".repeat(2000) + "b";
    let policy = statement(&format!(
        r#""Action": "*", "Resource": "arn:aws:s3:::{pattern}""#
    ));
    let resource = format!("arn:aws:s3:::{}", "a".repeat(2000));
    let (allowed, took) = timed(&policy, "s3:GetObject", &resource, &context);
    assert!(!allowed);
    assert!(took < HANGS, "{took:?}");
}

/// Ten thousand statements, a megabyte.
fn many() -> String {
    let services = ["s3", "ec2", "sqs", "sns", "kms", "lambda", "logs"];
    let statements: Vec<_> = (0..10_000)
        .map(|number: usize| {
            let service = services.get(number % services.len()).unwrap();
            format!(
                r#"{{"Sid": "S{number}", "Effect": "Allow", "Action": ["{service}:Get{number}", "{service}:Put{number}"], "Resource": "arn:aws:{service}:::r{number}/*"}}"#
            )
        })
        .collect();
    format!(
        r#"{{"Version": "2012-10-17", "Statement": [{}]}}"#,
        statements.join(",")
    )
}

#[test]
fn one_of_ten_thousand_statements_is_found() {
    let policy = many();
    assert!(policy.len() > 1_000_000);
    let (allowed, _) = timed(
        &policy,
        "s3:Get7000",
        "arn:aws:s3:::r7000/x",
        &Context::new(),
    );
    assert!(allowed);
}

#[test]
fn a_megabyte_is_read_and_judged() {
    let policy = many();
    let start = Instant::now();
    let node = json::read(&policy, SourceId::default()).unwrap();
    assert_eq!(
        Document::from_node(&node).unwrap().statements().len(),
        10_000
    );
    assert!(validate(&node, PolicyKind::Identity).is_empty());
    assert!(!lint(&node, PolicyKind::Identity, None).is_empty());
    let took = start.elapsed();
    assert!(took < HANGS * 6, "{took:?}");
}
