//! JSON text as an output's value.

use rolecall_policy::{Node, json};
use rolecall_wire::{Structure, Value};

use crate::world::API_SOURCE;

/// The value of a JSON text, which is the mock's own or was read before.
pub(super) fn of_json(text: &str) -> Value {
    match json::read(text, API_SOURCE) {
        Ok(node) => of_node(&node),
        Err(_) => Structure::new().into(),
    }
}

/// Outputs have no `null`; it isn't in policies either.
fn of_node(node: &Node) -> Value {
    match &node.value {
        rolecall_policy::Value::Null => Value::from(""),
        rolecall_policy::Value::Bool(flag) => Value::from(*flag),
        rolecall_policy::Value::Number(text) => of_number(text),
        rolecall_policy::Value::String(text) => Value::from(text.as_str()),
        rolecall_policy::Value::List(items) => items.iter().map(of_node).collect::<Vec<_>>().into(),
        rolecall_policy::Value::Map(entries) => entries
            .iter()
            .fold(Structure::new(), |structure, entry| {
                structure.with(&entry.key, of_node(&entry.value))
            })
            .into(),
    }
}

fn of_number(text: &str) -> Value {
    match (text.parse::<i64>(), text.parse::<f64>()) {
        (Ok(number), _) => Value::Integer(number),
        (Err(_), Ok(number)) => Value::Float(number),
        (Err(_), Err(_)) => Value::from(text),
    }
}
