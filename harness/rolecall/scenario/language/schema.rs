//! The JSON Schema of a scenario file, for completion, hover text and checks in editors.
//!
//! Made from the same tables as the check of a file. A schema can't know names, files and parameters: what it accepts
//! may still be refused, what it refuses is refused.

use serde_json::{Map, Value, json};

use super::{Field, Shape, Table, Variant, tables};

/// The schema as text, as committed in `harness/scenario.schema.json`.
///
/// World files are described by its definition `a-world-file`.
pub fn schema() -> String {
    let mut writer = Writer {
        definitions: Map::new(),
        variables: true,
    };
    writer.define(&tables::WORLD_FILE, Mode::Whole);
    writer.definitions.insert("variable".to_owned(), variable());
    writer.finish(&tables::SCENARIO, "rolecall scenario")
}

/// The schema of `rolecall.toml`, as committed in `harness/config.schema.json`.
#[cfg(feature = "cli")]
pub(crate) fn config_schema() -> String {
    let writer = Writer {
        definitions: Map::new(),
        variables: false,
    };
    writer.finish(&tables::CONFIG, "rolecall.toml")
}

/// Whether a value stands for itself or for a change of what is there.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    Whole,
    /// `null` deletes, and nothing is required.
    Change,
}

struct Writer {
    definitions: Map<String, Value>,
    /// Whether a case's variable may stand for a value.
    variables: bool,
}

impl Writer {
    /// The whole schema of a file.
    fn finish(mut self, file: &'static Table, title: &str) -> String {
        let mut root = self.table(file, Mode::Whole);
        root.insert(
            "$schema".to_owned(),
            json!("http://json-schema.org/draft-07/schema#"),
        );
        root.insert("title".to_owned(), json!(title));
        root.insert("definitions".to_owned(), Value::Object(self.definitions));
        let mut root = Value::Object(root);
        root.sort_all_objects();
        format!("{root:#}\n")
    }

    /// A reference to a table's definition.
    fn define(&mut self, table: &'static Table, mode: Mode) -> Value {
        let name = definition_name(table, mode);
        if !self.definitions.contains_key(&name) {
            self.definitions.insert(name.clone(), Value::Null);
            let definition = self.table(table, mode);
            self.definitions
                .insert(name.clone(), Value::Object(definition));
        }
        reference(&name)
    }

    fn table(&mut self, table: &'static Table, mode: Mode) -> Map<String, Value> {
        let mut properties = Map::new();
        for field in table.fields {
            properties.insert(field.name.to_owned(), self.field(field, mode));
        }
        let required = table
            .fields
            .iter()
            .filter(|field| field.required && mode == Mode::Whole);
        let required: Vec<&str> = required.map(|field| field.name).collect();
        let rest = table
            .rest
            .map_or(json!(false), |(_, shape)| self.member(shape, mode));
        let mut schema = Map::new();
        schema.insert("type".to_owned(), json!("object"));
        schema.insert("properties".to_owned(), Value::Object(properties));
        schema.insert("additionalProperties".to_owned(), rest);
        if !required.is_empty() {
            schema.insert("required".to_owned(), json!(required));
        }
        schema
    }

    /// A key's value, with its description beside it.
    fn field(&mut self, field: &Field, mode: Mode) -> Value {
        let mode = if field.name == "change" {
            Mode::Change
        } else {
            mode
        };
        let value = self.member(field.shape, mode);
        json!({ "description": field.doc, "anyOf": [value] })
    }

    /// A value that a change may delete.
    fn member(&mut self, shape: &'static Shape, mode: Mode) -> Value {
        let value = self.shape(shape, mode);
        match mode {
            Mode::Whole => value,
            Mode::Change => json!({ "anyOf": [value, { "type": "null" }] }),
        }
    }

    fn shape(&mut self, shape: &'static Shape, mode: Mode) -> Value {
        match shape {
            Shape::Any => json!({ "not": { "type": "null" } }),
            Shape::AnyOrNull => json!({}),
            Shape::Text if self.variables => json!({ "type": ["string", "number"] }),
            Shape::Text => json!({ "type": "string" }),
            Shape::Scalar => json!({ "type": ["string", "number", "boolean"] }),
            Shape::Flag => self.scalar("flag", json!({ "type": "boolean" })),
            Shape::Integer => self.scalar("whole-number", json!({ "type": "integer" })),
            Shape::Duration => {
                let pattern = r"^(?=\d)(\d+d)?(\d+h)?(\d+m)?(\d+s)?$";
                self.scalar("duration", json!({ "type": "string", "pattern": pattern }))
            }
            Shape::Timestamp => self.scalar(
                "timestamp",
                json!({ "type": "string", "format": "date-time" }),
            ),
            Shape::AccountNumber => self.scalar(
                "account-number",
                json!({ "anyOf": [
                    { "type": "string", "pattern": r"^\d{12}$" },
                    { "type": "integer", "minimum": 0, "maximum": 999_999_999_999_u64 },
                ] }),
            ),
            Shape::Choice(words) => self.or_variable(json!({ "enum": words })),
            Shape::List { element, empty } => {
                let items = self.shape(element, mode);
                let least = usize::from(!empty);
                self.or_variable(json!({ "type": "array", "items": items, "minItems": least }))
            }
            Shape::Named { value, .. } => {
                let value = self.member(value, mode);
                self.or_variable(json!({ "type": "object", "additionalProperties": value }))
            }
            Shape::Record(table) => {
                let record = self.define(table, mode);
                self.or_variable(record)
            }
            Shape::Variants {
                what,
                variants,
                otherwise,
                ..
            } => self.variants(what, variants, *otherwise, mode),
            Shape::ByKind {
                scalar, list, map, ..
            } => {
                let kinds = [*scalar, *list, *map].into_iter().flatten();
                let kinds: Vec<Value> = kinds.map(|shape| self.shape(shape, mode)).collect();
                json!({ "anyOf": kinds })
            }
        }
    }

    /// A reference to a kind of scalar.
    fn scalar(&mut self, name: &str, schema: Value) -> Value {
        let schema = self.or_variable(schema);
        self.definitions.insert(name.to_owned(), schema);
        reference(name)
    }

    /// Where text alone doesn't fit, a case's variable still does.
    fn or_variable(&self, schema: Value) -> Value {
        if !self.variables {
            return schema;
        }
        let either = vec![schema, reference("variable")];
        Value::Object(Map::from_iter([("anyOf".to_owned(), Value::Array(either))]))
    }

    fn variants(
        &mut self,
        what: &str,
        variants: &'static [Variant],
        otherwise: Option<&'static Shape>,
        mode: Mode,
    ) -> Value {
        let name = format!("{what}-map");
        if !self.definitions.contains_key(&name) {
            self.definitions.insert(name.clone(), Value::Null);
            let mut kinds: Vec<Value> = variants
                .iter()
                .map(|variant| self.define(variant.table, mode))
                .collect();
            if otherwise.is_some() {
                let keys = variants
                    .iter()
                    .map(|variant| json!({ "required": [variant.key] }));
                kinds.push(
                    json!({ "type": "object", "not": { "anyOf": keys.collect::<Vec<_>>() } }),
                );
            }
            let kinds = self.or_variable(json!({ "anyOf": kinds }));
            self.definitions.insert(name.clone(), kinds);
        }
        reference(&name)
    }
}

fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/definitions/{name}") })
}

/// `a-call-step` for "a `call` step".
fn definition_name(table: &Table, mode: Mode) -> String {
    let name = table.what.replace(['`', '\''], "").replace(' ', "-");
    match mode {
        Mode::Whole => name,
        Mode::Change => format!("change-of-{name}"),
    }
}

fn variable() -> Value {
    json!({
        "description": "A variable of `cases`.",
        "type": "string",
        "pattern": r"^\$\{[a-z][a-z0-9-]*\}$",
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_committed_copy_is_up_to_date() {
        let committed = include_str!("../../../scenario.schema.json");
        assert!(
            committed == schema(),
            "write it again: cargo run -- schema > harness/scenario.schema.json"
        );
    }

    #[cfg(feature = "cli")]
    #[test]
    fn the_committed_copy_of_the_configuration_is_up_to_date() {
        let committed = include_str!("../../../config.schema.json");
        assert!(
            committed == config_schema(),
            "write it again: cargo run -- schema config > harness/config.schema.json"
        );
    }

    #[test]
    fn every_key_has_a_description_and_every_reference_a_definition() {
        let schema: Value = serde_json::from_str(&schema()).expect("JSON");
        let mut nodes = vec![&schema];
        while let Some(node) = nodes.pop() {
            if let Some(Value::Object(properties)) = node.get("properties") {
                for (name, property) in properties {
                    let described = property
                        .get("description")
                        .or(property.pointer("/anyOf/0/$ref"));
                    assert!(described.is_some(), "{name}");
                }
            }
            if let Some(Value::String(reference)) = node.get("$ref") {
                assert!(
                    schema.pointer(reference.trim_start_matches('#')).is_some(),
                    "{reference}"
                );
            }
            match node {
                Value::Object(members) => nodes.extend(members.values()),
                Value::Array(elements) => nodes.extend(elements),
                _ => {}
            }
        }
    }
}
