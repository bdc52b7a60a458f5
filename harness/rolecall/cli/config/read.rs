//! From the text of `rolecall.toml` to values with places.

use std::ops::Range;

use rolecall_policy::{Entry, Node, SourceId, Span, Value};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::scenario::{CONFIG, Diagnostic, Notation, Sources, conform, narrow};

/// The file's tables; what is wrong with them is told all at once.
pub(super) fn read(sources: &Sources, source: SourceId, found: &mut Vec<Diagnostic>) -> Node {
    let text = sources.get(source).map_or("", |source| source.text());
    let (document, errors) = DeTable::parse_recoverable(text);
    let root = Node {
        span: Span::new(source, 0, 0),
        value: table(document.get_ref(), source),
    };
    if errors.is_empty() {
        let mut own = Vec::new();
        conform(Notation::Toml, &root, &CONFIG, &mut own);
        found.extend(own.into_iter().map(|diagnostic| Diagnostic {
            code: code(diagnostic.code),
            ..diagnostic
        }));
    }
    found.extend(errors.iter().map(|error| syntax(error, source)));
    root
}

fn syntax(error: &toml::de::Error, source: SourceId) -> Diagnostic {
    let message = error.message().lines().next().unwrap_or_default();
    let place = span(error.span().unwrap_or_default(), source);
    Diagnostic::error("config::toml", "this is not TOML")
        .at(place, message)
        .help("a setting is written `KEY = VALUE`, text in quotes: `target = \"http\"`")
}

/// The codes of the mistakes that are checked as in scenarios.
fn code(of_scenarios: &'static str) -> &'static str {
    match of_scenarios {
        "scenario::unknown-key" => "config::unknown-key",
        "scenario::unknown-word" => "config::unknown-word",
        _ => "config::type",
    }
}

fn table(table: &DeTable<'_>, source: SourceId) -> Value {
    let mut entries: Vec<Entry> = table
        .iter()
        .map(|(key, value)| Entry {
            key: key.get_ref().to_string(),
            key_span: span(key.span(), source),
            value: node(value, source),
        })
        .collect();
    entries.sort_by_key(|entry| entry.key_span);
    Value::Map(entries)
}

fn node(value: &Spanned<DeValue<'_>>, source: SourceId) -> Node {
    let held = match value.get_ref() {
        DeValue::String(text) => Value::String(text.to_string()),
        DeValue::Integer(number) => Value::Number(number.to_string()),
        DeValue::Float(number) => Value::Number(number.to_string()),
        DeValue::Boolean(flag) => Value::Bool(*flag),
        DeValue::Datetime(time) => Value::String(time.to_string()),
        DeValue::Array(values) => {
            Value::List(values.iter().map(|value| node(value, source)).collect())
        }
        DeValue::Table(inner) => table(inner, source),
    };
    Node {
        span: span(value.span(), source),
        value: held,
    }
}

fn span(range: Range<usize>, source: SourceId) -> Span {
    Span::new(source, narrow(range.start), narrow(range.end))
}
