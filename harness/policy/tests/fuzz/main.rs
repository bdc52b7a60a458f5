//! Nothing panics or hangs, whatever comes in, and what must hold of any answer holds.
//!
//! Policies and patterns from `tests/corpus` are changed at random and put to the reader, the validator, the lints and
//! the decision. `ROLECALL_FUZZ_SECONDS` says how long each target runs; a second without it. Each round has a number of
//! its own, which a failure names; the same number makes the same input.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a fuzzer panics where it finds something, and knows its own corpus"
)]

mod random;

use std::panic::catch_unwind;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use random::Random;
use rolecall_policy::evaluate::is_reserved;
use rolecall_policy::lint::lint;
use rolecall_policy::validate::{PolicyKind, named_principals, validate};
use rolecall_policy::{
    Context, Document, Level, Node, Policies, Policy, PolicySet, Principal, Request, SourceId,
    Span, arn, decide, explain, json, managed,
};

/// A single input must be done with after this long, in a debug build on a busy machine.
const TOO_LONG: Duration = Duration::from_secs(5);

/// The process may grow by this much, all targets running side by side.
const TOO_MUCH: u64 = 256 << 20;

/// The memory of this process in bytes, where the system tells.
fn resident() -> Option<u64> {
    let pages = std::fs::read_to_string("/proc/self/statm").ok()?;
    let pages: u64 = pages.split(' ').nth(1)?.parse().ok()?;
    Some(pages * 4096)
}

/// Pieces that mean something to a policy.
const TOKENS: [&str; 40] = [
    "*",
    "?",
    "${",
    "}",
    "${*}",
    "${aws:username}",
    "${a, 'b'}",
    "'",
    ":",
    "::",
    "/",
    "arn:",
    "arn:aws:s3:::",
    "\"",
    "\\",
    "\\u0000",
    "\\ud800",
    "{",
    "}",
    "[",
    "]",
    ",",
    "null",
    "1e999",
    "-0",
    "IfExists",
    "ForAllValues:",
    "ForAnyValue:",
    "Not",
    "Null",
    "Allow",
    "Deny",
    "Principal",
    "NotPrincipal",
    "Condition",
    "2026-01-01T00:00:00Z",
    "::/129",
    "é",
    "\u{10ffff}",
    "\"Statement\":",
];

fn seconds() -> Duration {
    let seconds = std::env::var("ROLECALL_FUZZ_SECONDS").ok();
    let seconds = seconds.and_then(|text| text.parse().ok());
    Duration::from_secs(seconds.unwrap_or(1))
}

fn corpus(folder: &str) -> Vec<String> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("tests/corpus")
        .join(folder);
    let files = std::fs::read_dir(path)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let mut files: Vec<_> = files.collect();
    files.sort();
    files
        .iter()
        .map(|file| std::fs::read_to_string(file).unwrap())
        .collect()
}

fn fuzz(folder: &str, target: fn(&str, &mut Random)) {
    let corpus = corpus(folder);
    let end = Instant::now() + seconds();
    let before = resident();
    for round in 0_u64.. {
        if Instant::now() >= end {
            break;
        }
        let mut random = Random::new(round);
        let input = mutated(&corpus, &mut random);
        let start = Instant::now();
        let done = catch_unwind(|| target(&input, &mut Random::new(round ^ 0xff)));
        assert!(done.is_ok(), "round {round} panics: {input:?}");
        let took = start.elapsed();
        assert!(took < TOO_LONG, "round {round} takes {took:?}: {input:?}");
    }
    if let (Some(before), Some(after)) = (before, resident()) {
        assert!(
            after < before + TOO_MUCH,
            "grew from {before} to {after} bytes"
        );
    }
}

fn mutated(corpus: &[String], random: &mut Random) -> String {
    let mut input: Vec<char> = corpus[random.below(corpus.len())].chars().collect();
    for _ in 0..random.below(6) {
        let at = random.below(input.len() + 1);
        let end = (at + random.below(20)).min(input.len());
        match random.below(7) {
            0 => drop(input.splice(at..at, TOKENS[random.below(TOKENS.len())].chars())),
            1 => drop(input.splice(at..end, TOKENS[random.below(TOKENS.len())].chars())),
            2 => drop(input.drain(at..end)),
            3 => {
                let again: Vec<char> = input[at..end].to_vec();
                let times = 1 + random.below(50);
                drop(input.splice(at..at, again.repeat(times)));
            }
            4 => {
                let other: Vec<char> = corpus[random.below(corpus.len())].chars().collect();
                let from = random.below(other.len() + 1);
                input.truncate(at);
                input.extend(&other[from..]);
            }
            5 if at < input.len() => input[at] = random.character(),
            _ => input.truncate(at),
        }
    }
    input.into_iter().collect()
}

#[test]
fn the_reader_takes_anything() {
    fuzz("policies", |input, _| {
        match json::read(input, SourceId::default()) {
            Ok(node) => nested(&node, input),
            Err(error) => fits(error.span, input),
        }
        if let Err(error) = Document::parse(input) {
            fits(error.span, input);
        }
    });
}

#[test]
fn the_validator_and_the_lints_take_anything() {
    fuzz("policies", |input, _| {
        let Ok(node) = json::read(input, SourceId::default()) else {
            return;
        };
        for principal in named_principals(&node) {
            fits(principal.span, input);
        }
        for kind in KINDS {
            for problem in validate(&node, kind) {
                fits(problem.span, input);
                assert!(!problem.message.is_empty() && problem.id.starts_with("policy::"));
            }
            for advice in lint(&node, kind, Some("123456789012")) {
                fits(advice.span, input);
            }
        }
    });
}

const KINDS: [PolicyKind<'static>; 8] = [
    PolicyKind::Identity,
    PolicyKind::Trust,
    PolicyKind::Boundary,
    PolicyKind::Session,
    PolicyKind::ServiceControl,
    PolicyKind::ResourceControl,
    PolicyKind::Bucket("site"),
    PolicyKind::Resource,
];

#[test]
fn matching_takes_anything() {
    fuzz("patterns", |input, random| {
        let (pattern, text) = input.split_once('\n').unwrap_or((input, ""));
        let operators = [
            "StringLike",
            "StringEqualsIgnoreCase",
            "ArnLike",
            "DateLessThan",
            "NumericLessThan",
            "IpAddress",
            "BinaryEquals",
            "Null",
        ];
        let operator = operators[random.below(operators.len())];
        let quoted = quoted(pattern);
        let document = format!(
            r#"{{"Version": "2012-10-17", "Statement": [
                {{"Effect": "Allow", "Action": {quoted}, "NotResource": {quoted}}},
                {{"Effect": "Deny", "NotAction": {quoted}, "Resource": {quoted},
                  "Condition": {{"{operator}": {{"key": {quoted}}}}}}}]}}"#
        );
        let mut context = Context::new();
        context.set("KEY", text);
        context.set("aws:username", text);
        ask(&document, text, text, &context);
        let _ = (
            arn::account(text),
            is_reserved(pattern, text),
            Principal::from_arn(text),
        );
        let _ = managed::find(text);
    });
}

#[test]
fn the_decision_takes_anything() {
    fuzz("policies", |input, random| {
        let mut context = Context::new();
        for key in [
            "aws:username",
            "sts:ExternalId",
            "aws:SourceIp",
            "aws:CurrentTime",
            "aws:TagKeys",
        ] {
            let values = ["ann", "", "10.0.0.1", "2026-01-01", "1"].map(str::to_owned);
            match random.below(3) {
                0 => {}
                1 => context.set(key, values[random.below(values.len())].clone()),
                _ => context.set_list(key, values[random.below(values.len())..].to_vec()),
            }
        }
        let actions = [
            "s3:GetObject",
            "sts:AssumeRole",
            "kms:Decrypt",
            "iam:PassRole",
            "",
            ":",
            "*",
        ];
        let resources = [
            "arn:aws:s3:::site/k",
            "*",
            "arn:aws:iam::123456789012:role/R",
            "",
            "arn:",
        ];
        let action = actions[random.below(actions.len())];
        let resource = resources[random.below(resources.len())];
        ask(input, action, resource, &context);
    });
}

/// Puts the document in every layer and asks; silence and explanation must agree, and the explanation must be JSON.
fn ask(document: &str, action: &str, resource: &str, context: &Context) {
    let Ok(document) = Document::parse(document) else {
        return;
    };
    let set = PolicySet::new(vec![Arc::new(Policy::inline("policy", document))]);
    let levels = [Level {
        target_arn: Some("arn".to_owned()),
        policies: set.clone(),
    }];
    for principal in [
        Principal::user("arn:aws:iam::123456789012:user/ann", Some("AIDAEXAMPLE")),
        Principal::role("arn:aws:iam::123456789012:role/R", None),
        Principal::root("arn:aws:iam::123456789012:root"),
        Principal::service("ec2.amazonaws.com"),
        Principal::anonymous(),
    ] {
        let request = Request {
            principal: &principal,
            action,
            resource,
            resource_account: Some("123456789012"),
            context,
            policies: Policies {
                identity: &set,
                boundary: Some(&set),
                session: Some(&set),
                resource: Some(&set),
                service_control: &levels,
                resource_control: &levels,
                vpc_endpoint: Some(&set),
            },
        };
        let decision = decide(&request);
        let evaluation = explain(&request);
        assert_eq!(decision.effect, evaluation.effect);
        assert_eq!(
            evaluation.denial_reason().is_some(),
            !evaluation.is_allowed()
        );
        assert!(json::read(&evaluation.to_json(), SourceId::default()).is_ok());
    }
}

/// A place must lie in the text, between characters.
fn fits(span: Span, text: &str) {
    assert!(
        text.get(span.start as usize..span.end as usize).is_some(),
        "{span:?}"
    );
}

fn nested(node: &Node, text: &str) {
    fits(node.span, text);
    match &node.value {
        rolecall_policy::Value::List(items) => items.iter().for_each(|item| nested(item, text)),
        rolecall_policy::Value::Map(entries) => {
            for entry in entries {
                fits(entry.key_span, text);
                nested(&entry.value, text);
            }
        }
        _ => {}
    }
}

fn quoted(text: &str) -> String {
    let escaped = text.chars().map(|character| match character {
        '"' | '\\' => format!("\\{character}"),
        character if character < ' ' => format!("\\u{:04x}", u32::from(character)),
        character => character.to_string(),
    });
    format!("\"{}\"", escaped.collect::<String>())
}
