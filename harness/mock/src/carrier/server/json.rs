//! Values as JSON.

use std::sync::Arc;

use rolecall_wire::{Structure, Value};
use serde_json::Value as Json;

use crate::{Authorization, details};

/// Every evaluation of the authorizations, in order.
pub(super) fn evaluations(authorizations: &[Arc<Authorization>]) -> Json {
    let all = authorizations.iter().flat_map(|a| details::evaluations(a));
    all.map(|evaluation| structure(&evaluation)).collect()
}

fn structure(structure: &Structure) -> Json {
    let members = structure.iter();
    Json::Object(
        members
            .map(|(name, value)| (name.to_owned(), json(value)))
            .collect(),
    )
}

fn json(value: &Value) -> Json {
    match value {
        Value::Boolean(flag) => (*flag).into(),
        Value::Integer(number) => (*number).into(),
        Value::Float(number) => (*number).into(),
        Value::String(text) => text.as_str().into(),
        Value::Blob(bytes) => String::from_utf8_lossy(bytes).into(),
        Value::Timestamp(time) => time.to_string().into(),
        Value::List(values) => values.iter().map(json).collect(),
        Value::Map(entries) => Json::Object(
            entries
                .iter()
                .map(|(key, value)| (key.clone(), json(value)))
                .collect(),
        ),
        Value::Structure(members) => structure(members),
    }
}
