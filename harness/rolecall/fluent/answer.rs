//! Answers as JSON, by the names of AWS's API.

use rolecall_wire::Structure;
use serde_json::{Value, json};

/// An operation's output. Times are texts in RFC 3339; bytes that are UTF-8 are a text, others a list of numbers.
pub(super) fn to_json(output: &Structure) -> Value {
    let members = output.iter();
    Value::Object(
        members
            .map(|(name, value)| (name.to_owned(), value_to_json(value)))
            .collect(),
    )
}

fn value_to_json(value: &rolecall_wire::Value) -> Value {
    use rolecall_wire::Value as Wire;
    match value {
        Wire::Boolean(flag) => json!(flag),
        Wire::Integer(number) => json!(number),
        Wire::Float(number) => json!(number),
        Wire::String(text) => json!(text),
        Wire::Blob(bytes) => match std::str::from_utf8(bytes) {
            Ok(text) => json!(text),
            Err(_) => json!(bytes.as_ref()),
        },
        Wire::Timestamp(time) => json!(time.to_string()),
        Wire::List(items) => items.iter().map(value_to_json).collect(),
        Wire::Map(entries) => {
            let entries = entries.iter();
            Value::Object(
                entries
                    .map(|(key, value)| (key.clone(), value_to_json(value)))
                    .collect(),
            )
        }
        Wire::Structure(structure) => to_json(structure),
    }
}
