//! `GetRequestAuthorizationDetails`: the keys, evaluations and policies of a request.

use std::collections::BTreeMap;

use rolecall_policy::{Context, Evaluation};
use rolecall_wire::{ServiceError, Structure, Value};

use super::policy::{considered, described};
use super::{find, value};
use crate::authorization::Question;
use crate::service::call::Call;
use crate::service::{Answer, paging};
use crate::world::World;

/// How many evaluations an answer has. AWS doesn't document it.
const PAGE: usize = 100;

pub(super) fn handle(world: &World, call: &Call) -> Answer {
    let authorization = find(world, call)?;
    let start = start(call)?;
    let shared = shared_keys(&authorization.questions);
    let questions = authorization.questions.iter();
    let mut page = questions.skip(start).take(PAGE).map(Explained::new);
    let explained: Vec<_> = page.by_ref().collect();
    let policies = considered(explained.iter().map(|explained| &explained.evaluation));
    let policies: Vec<Value> = policies.iter().map(described).collect();
    let evaluations = explained.iter().map(|explained| explained.shown(&shared));
    let next = start.saturating_add(PAGE);
    let more = authorization.questions.len() > next;
    Ok(Structure::new()
        .with("requestContext", Value::Map(shared.clone()))
        .with("evaluations", evaluations.collect::<Vec<_>>())
        .with("policies", policies)
        .with_some("nextToken", more.then(|| paging::marker(next)))
        .into())
}

/// A question with its explanation.
struct Explained<'q> {
    question: &'q Question,
    evaluation: Evaluation,
}

impl<'q> Explained<'q> {
    fn new(question: &'q Question) -> Self {
        Self {
            question,
            evaluation: question.explain(),
        }
    }

    /// AWS's Evaluation, with the keys that it has on top of the request's.
    fn shown(&self, shared: &BTreeMap<String, Value>) -> Value {
        let mut shown = value::of_json(&self.evaluation.to_json());
        let mut own = keys(self.question.context());
        own.retain(|key, value| shared.get(key) != Some(value));
        if let Value::Structure(shown) = &mut shown {
            shown.set("context", Value::Map(own));
        }
        shown
    }
}

/// The condition keys that all questions of a request have alike.
fn shared_keys(questions: &[Question]) -> BTreeMap<String, Value> {
    let mut questions = questions.iter().map(|question| keys(question.context()));
    let mut shared = questions.next().unwrap_or_default();
    for other in questions {
        shared.retain(|key, value| other.get(key) == Some(value));
    }
    shared
}

fn keys(context: &Context) -> BTreeMap<String, Value> {
    context
        .iter()
        .map(|(key, values, multivalued)| {
            let value = match (values, multivalued) {
                ([value], false) => Value::from(value.as_str()),
                (values, _) => values
                    .iter()
                    .map(|value| Value::from(value.as_str()))
                    .collect::<Vec<_>>()
                    .into(),
            };
            (key.to_owned(), value)
        })
        .collect()
}

/// AWS's text for a token that isn't one of its own isn't known.
fn start(call: &Call) -> Result<usize, ServiceError> {
    match call.input.string("nextToken") {
        None => Ok(0),
        Some(token) => paging::start(token)
            .ok_or_else(|| ServiceError::new(400, "ValidationException", "Invalid nextToken.")),
    }
}
