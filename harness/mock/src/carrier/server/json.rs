//! Evaluations and events as JSON.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::{Authorization, Event, Question};

/// Every evaluation of the authorizations, in order: AWS's Evaluation, and which request it belongs to.
pub(super) fn evaluations(authorizations: &[Arc<Authorization>]) -> Value {
    authorizations
        .iter()
        .flat_map(|of| of.questions.iter().map(|question| evaluation(of, question)))
        .collect()
}

/// Every event, in order, as CloudTrail has it.
pub(super) fn events(events: &[Arc<Event>]) -> Value {
    events.iter().map(|event| event.to_json()).collect()
}

fn evaluation(of: &Authorization, question: &Question) -> Value {
    let mut evaluation: Value =
        serde_json::from_str(&question.explain().to_json()).unwrap_or_default();
    if let Some(members) = evaluation.as_object_mut() {
        members.insert("context".to_owned(), context(question));
        members.insert("authorizationId".to_owned(), json!(of.id));
        members.insert("time".to_owned(), json!(format!("{:.0}", of.time)));
        members.insert("service".to_owned(), json!(of.service));
        members.insert("operation".to_owned(), json!(of.operation));
        members.insert("principal".to_owned(), json!(of.caller_arn));
    }
    evaluation
}

fn context(question: &Question) -> Value {
    question
        .context()
        .iter()
        .map(|(key, values, multivalued)| {
            let value = match (values, multivalued) {
                ([value], false) => json!(value),
                (values, _) => json!(values),
            };
            (key.to_owned(), value)
        })
        .collect::<serde_json::Map<_, _>>()
        .into()
}
