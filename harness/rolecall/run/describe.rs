//! Steps as sentences, for reports and listings.

use rolecall_wire::Structure;

use crate::scenario::model::{Actor, Assume, Call, Change, ChangeKind, Question, Step, Verb};

/// A step as a sentence: `spa-deployment calls s3:ListBuckets`. `session` names who acts where the step doesn't say
/// (inside `then`).
pub(super) fn sentence(step: &Step, session: Option<&str>) -> String {
    if let Some(name) = &step.name {
        return name.clone();
    }
    let who = actor_of(step, session).unwrap_or_else(|| "nobody".to_owned());
    match &step.verb {
        Verb::Call(call) => format!("{who} calls {}", describe_call(call)),
        Verb::Assume(assume) => format!("{who} assumes {}", describe_assume(assume)),
        Verb::Can(questions) => format!("{who} can {}", describe_questions(questions)),
        Verb::Cannot(questions) => format!("{who} cannot {}", describe_questions(questions)),
        Verb::Wait(duration) => format!("{duration:#} pass"),
        Verb::Change(change) => describe_change(change),
    }
}

/// Who takes a step; `None` for a wait.
pub(super) fn actor_of(step: &Step, session: Option<&str>) -> Option<String> {
    if matches!(step.verb, Verb::Wait(_) | Verb::Change(_)) {
        return None;
    }
    step.actor
        .as_ref()
        .map(|actor| name_of(&actor.value))
        .or_else(|| session.map(str::to_owned))
}

/// The operation that a step asks for.
pub(super) fn request_of(step: &Step) -> Option<String> {
    match &step.verb {
        Verb::Call(call) => Some(format!("{}:{}", call.service, call.operation)),
        Verb::Assume(_) => Some(match step.actor.as_ref().map(|actor| &actor.value) {
            Some(Actor::Token(_)) => "sts:AssumeRoleWithWebIdentity".to_owned(),
            Some(Actor::Saml(_)) => "sts:AssumeRoleWithSAML".to_owned(),
            _ => "sts:AssumeRole".to_owned(),
        }),
        Verb::Can(_) | Verb::Cannot(_) | Verb::Wait(_) | Verb::Change(_) => None,
    }
}

/// An actor's name: the user's, `root of 123456789012`, `anonymous`.
fn name_of(actor: &Actor) -> String {
    match actor {
        Actor::User(name) => name.clone(),
        Actor::Root(account) => format!("root of {account}"),
        Actor::Anonymous => "anonymous".to_owned(),
        Actor::Service(host) => host.clone(),
        Actor::Token(token) => format!("a token of {}", token.provider),
        Actor::Saml(assertion) => format!("an assertion of {}", assertion.provider),
    }
}

/// How reports call a session: `DeploySPA (session of S3-CloudFront-Access)`.
pub(super) fn session_name(assume: &Assume) -> String {
    format!(
        "{} (session of {})",
        assume.session,
        role_name(&assume.role_arn)
    )
}

fn describe_call(call: &Call) -> String {
    let operation = format!("{}:{}", call.service, call.operation);
    match target_of(&call.input) {
        Some(target) => format!("{operation} on {target}"),
        None => operation,
    }
}

fn describe_questions(questions: &[Question]) -> String {
    let words: Vec<String> = questions
        .iter()
        .map(|question| match &question.resource {
            Some(resource) => format!("{} on {resource}", question.action),
            None => question.action.clone(),
        })
        .collect();
    words.join(", ")
}

fn describe_change(change: &Change) -> String {
    let words: Vec<String> = change
        .touched
        .iter()
        .map(|touched| {
            let done = match touched.kind {
                ChangeKind::Created => "is made",
                ChangeKind::Updated(_) => "changes",
                ChangeKind::Deleted => "is deleted",
            };
            format!("the {} {} {done}", touched.entity.noun(), touched.name)
        })
        .collect();
    words.join(", ")
}

fn target_of(input: &Structure) -> Option<String> {
    let bucket = input.string("Bucket")?;
    Some(match input.string("Key") {
        Some(key) => format!("{bucket}/{key}"),
        None => bucket.to_owned(),
    })
}

fn describe_assume(assume: &Assume) -> String {
    let role = role_name(&assume.role_arn);
    match &assume.external_id {
        Some(id) => format!("{role} with external id `{id}`"),
        None => role.to_owned(),
    }
}

/// The name in a role's ARN, without its path.
fn role_name(arn: &str) -> &str {
    arn.rsplit('/').next().unwrap_or(arn)
}
