//! What must hold whatever the policies are.
//!
//! Random policies and requests are put to the crate and to a second, deliberately plain evaluator, [`naive`], which
//! was written from AWS's documents without a look at the crate. `ROLECALL_CASES` sets how many are tried.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test says what is wrong by panicking"
)]

mod generate;
mod naive;

use std::sync::Arc;

use naive::{Answer, Caller, Question};
use proptest::prelude::*;
use proptest::test_runner::{FileFailurePersistence, TestRunner};
use rolecall_policy::{
    Context, Document, Effect, Level, Policies, Policy, PolicySet, Principal, Request, decide,
    explain,
};
use serde_json::{Value, json};

/// How many random questions each law is tried on: 20,000, or what `ROLECALL_CASES` says (100,000 in CI).
fn cases() -> u32 {
    let asked = std::env::var("ROLECALL_CASES").ok();
    asked.and_then(|cases| cases.parse().ok()).unwrap_or(20_000)
}

/// Tries `law` on random questions.
fn hold(law: impl Fn(&Question, &mut Choices<'_>)) {
    let mut config = ProptestConfig::with_cases(cases());
    config.failure_persistence = Some(Box::new(FileFailurePersistence::Off));
    let words = prop::collection::vec(any::<u64>(), 0..50);
    TestRunner::new(config)
        .run(&words, |words| {
            let bytes: Vec<u8> = words.into_iter().flat_map(u64::to_le_bytes).collect();
            let mut choices = Choices::new(&bytes);
            law(&generate::question(&mut choices), &mut choices);
            Ok(())
        })
        .unwrap();
}

use generate::Choices;

#[test]
fn the_crate_and_the_plain_evaluator_agree() {
    hold(|question, _| {
        assert_eq!(
            answer(question),
            naive::answer(question),
            "{}",
            shown(question)
        );
    });
}

#[test]
fn a_deny_anywhere_wins() {
    hold(|question, choices| {
        let mut denied = question.clone();
        let applies = add_deny(&mut denied, choices);
        if applies && !needs_no_permission(question) {
            assert_eq!(answer(&denied), Answer::ExplicitDeny, "{}", shown(&denied));
        }
    });
}

#[test]
fn neither_adding_a_deny_nor_removing_an_allow_ever_allows() {
    hold(|question, choices| {
        if answer(question) == Answer::Allow {
            return;
        }
        let mut narrower = question.clone();
        for documents in layers(&mut narrower) {
            for document in documents {
                if choices.take(2) {
                    narrow(document);
                }
            }
        }
        assert_ne!(answer(&narrower), Answer::Allow, "{}", shown(&narrower));
    });
}

#[test]
fn order_and_repetition_dont_matter() {
    hold(|question, _| {
        let mut other = question.clone();
        for documents in layers(&mut other) {
            documents.reverse();
            for document in documents.iter_mut() {
                let statements = statements(document);
                statements.reverse();
                // Enough of them that the set is indexed.
                let once = statements.clone();
                for _ in 0..8 {
                    statements.extend(once.clone());
                }
            }
        }
        assert_eq!(answer(&other), answer(question), "{}", shown(question));
    });
}

#[test]
fn a_wildcard_matches_all_that_its_literals_match() {
    hold(|question, choices| {
        if answer(question) != Answer::Allow {
            return;
        }
        let mut wider = question.clone();
        for documents in layers(&mut wider) {
            for document in documents {
                for statement in statements(document) {
                    if statement["Effect"] == "Allow" {
                        widen(statement, "Action", choices);
                        widen(statement, "Resource", choices);
                    }
                }
            }
        }
        assert_eq!(answer(&wider), Answer::Allow, "{}", shown(&wider));
    });
}

impl Choices<'_> {
    fn take(&mut self, one_in: u8) -> bool {
        self.byte().is_multiple_of(one_in)
    }
}

/// Asks the crate, silently and with the explanation, which must agree.
fn answer(question: &Question) -> Answer {
    let principal = principal(&question.caller);
    let mut context = Context::new();
    for (key, values, multivalued) in &question.context {
        if *multivalued {
            context.set_list(key, values.clone());
        } else {
            context.set(key, values[0].clone());
        }
    }
    let identity = set("identity", &question.identity);
    let optional = |name, documents: &Option<Vec<Value>>| {
        documents.as_ref().map(|documents| set(name, documents))
    };
    let boundary = optional("boundary", &question.boundary);
    let session = optional("session", &question.session);
    let endpoint = optional("endpoint", &question.endpoint);
    let resource = question.resource_policy.clone();
    let resource = resource.map(|document| set("resource", &[document]));
    let request = Request {
        principal: &principal,
        action: &question.action,
        resource: &question.resource,
        resource_account: Some(&question.owner),
        context: &context,
        policies: Policies {
            identity: &identity,
            boundary: boundary.as_ref(),
            session: session.as_ref(),
            resource: resource.as_ref(),
            service_control: &levels(&question.scps),
            resource_control: &levels(&question.rcps),
            vpc_endpoint: endpoint.as_ref(),
        },
    };
    let decision = decide(&request);
    let evaluation = explain(&request);
    assert_eq!(decision.effect, evaluation.effect, "{}", shown(question));
    let first = evaluation.deciding().next().map(|check| check.check_type);
    assert_eq!(decision.decided_by, first, "{}", shown(question));
    assert!(evaluation.checks.is_sorted_by_key(|check| check.check_type));
    assert_eq!(
        evaluation.denial_reason().is_none(),
        evaluation.is_allowed()
    );
    match decision.effect {
        Effect::Allow => Answer::Allow,
        Effect::ExplicitDeny => Answer::ExplicitDeny,
        Effect::ImplicitDeny | Effect::NoImpact => Answer::ImplicitDeny,
    }
}

fn principal(caller: &Caller) -> Principal {
    match caller {
        Caller::Root(arn) => Principal::root(arn),
        Caller::User { arn } => Principal::user(arn, None),
        Caller::Session { arn, role } => Principal::role_session(arn, role, None),
        Caller::Federated { arn, user } => Principal::federated_user(arn, Some(user)),
        Caller::Service(host) => Principal::service(host),
        Caller::Anonymous => Principal::anonymous(),
    }
}

fn set(name: &str, documents: &[Value]) -> PolicySet {
    let policy = |(place, document): (usize, &Value)| {
        let document = Document::parse(&document.to_string()).expect("an object");
        Arc::new(Policy::inline(format!("{name}/{place}"), document))
    };
    PolicySet::new(documents.iter().enumerate().map(policy).collect())
}

fn levels(levels: &[Vec<Value>]) -> Vec<Level> {
    let level = |documents: &Vec<Value>| Level {
        target_arn: None,
        policies: set("level", documents),
    };
    levels.iter().map(level).collect()
}

fn needs_no_permission(question: &Question) -> bool {
    question.action == "sts:GetCallerIdentity"
}

/// Every list of documents.
fn layers(question: &mut Question) -> Vec<&mut [Value]> {
    let mut layers = vec![question.identity.as_mut_slice()];
    layers.extend(question.boundary.as_deref_mut());
    layers.extend(question.session.as_deref_mut());
    layers.extend(question.endpoint.as_deref_mut());
    layers.extend(question.resource_policy.as_mut().map(std::slice::from_mut));
    layers.extend(question.scps.iter_mut().map(Vec::as_mut_slice));
    layers.extend(question.rcps.iter_mut().map(Vec::as_mut_slice));
    layers
}

/// The statements of a document, as a list.
fn statements(document: &mut Value) -> &mut Vec<Value> {
    let statements = &mut document["Statement"];
    if statements.is_object() {
        *statements = json!([statements.take()]);
    }
    statements.as_array_mut().unwrap()
}

/// Adds a Deny of everything to a layer; says whether that layer binds the caller.
fn add_deny(question: &mut Question, choices: &mut Choices<'_>) -> bool {
    let principals = json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Deny", "Action": "*", "Resource": "*"}]});
    let resources = json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"}]});
    let is_root = matches!(question.caller, Caller::Root(_));
    let has_account = !matches!(question.caller, Caller::Service(_) | Caller::Anonymous);
    let is_rescue = is_root && question.action.contains("BucketPolicy");
    match choices.byte() % 7 {
        0 => {
            question.identity.push(principals);
            has_account && !is_root
        }
        1 => {
            question.boundary.get_or_insert_default().push(principals);
            has_account && !is_root
        }
        2 => {
            question.session.get_or_insert_default().push(principals);
            has_account
        }
        3 => {
            question.scps.push(vec![principals]);
            has_account
        }
        4 => {
            question.rcps.push(vec![resources]);
            !question.action.starts_with("iam:")
        }
        5 => {
            question.endpoint.get_or_insert_default().push(resources);
            true
        }
        _ => {
            question.resource_policy = Some(resources);
            !is_rescue
        }
    }
}

/// Takes the first Allow away, or adds a Deny.
fn narrow(document: &mut Value) {
    let statements = statements(document);
    match statements
        .iter()
        .position(|statement| statement["Effect"] == "Allow")
    {
        Some(place) => drop(statements.remove(place)),
        None => statements.push(json!({
            "Effect": "Deny", "Principal": "*", "Action": "s3:Get*", "Resource": "*"})),
    }
}

/// Puts a wildcard in the place of a name or of the end of it.
fn widen(statement: &mut Value, element: &str, choices: &mut Choices<'_>) {
    let Some(values) = statement.get_mut(element).and_then(Value::as_array_mut) else {
        return;
    };
    for value in values {
        let text = value.as_str().unwrap().to_owned();
        let is_sound = text.contains(':') && !text.contains(['$', '*']);
        if is_sound && choices.take(2) {
            *value = json!(format!("{}*", &text[..text.len() - 1]));
        } else if choices.take(4) {
            *value = json!("*");
        }
    }
}

fn shown(question: &Question) -> String {
    format!("{question:#?}")
}
