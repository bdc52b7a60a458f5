//! Members in headers, queries and paths.

use std::collections::BTreeMap;

use http::HeaderMap;

use super::query::Query;
use crate::Value;
use crate::codec::answer::header;
use crate::codec::scalar::{self, Precision};
use crate::model::{Kind, Member, TimestampFormat};

/// A text that is no value of its member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Mismatch {
    pub(super) name: &'static str,
    pub(super) text: String,
}

/// Reads a single text.
pub(super) fn read(member: Member, text: &str) -> Result<Value, Mismatch> {
    scalar::read(member, text, TimestampFormat::Iso8601).map_err(|_| Mismatch {
        name: member.wire_name(),
        text: text.to_owned(),
    })
}

/// Reads a query parameter; a list takes every value.
pub(super) fn read_parameter(member: Member, query: &Query) -> Result<Option<Value>, Mismatch> {
    match member.shape().kind() {
        Kind::List(element) => {
            let values: Vec<_> = query
                .all(member.wire_name())
                .map(|text| read(element, text))
                .collect::<Result<_, _>>()?;
            Ok((!values.is_empty()).then_some(Value::List(values)))
        }
        _ => query
            .get(member.wire_name())
            .map(|text| read(member, text))
            .transpose(),
    }
}

/// Reads a header. A list is separated by commas, or comes in several headers; a date of a condition that can't be
/// read is no condition (RFC 9110, 5.3 and 13.1.3).
pub(super) fn read_header(member: Member, headers: &HeaderMap) -> Result<Option<Value>, Mismatch> {
    let name = member.wire_name();
    let Some(text) = header(headers, name) else {
        return Ok(None);
    };
    if let Kind::List(element) = member.shape().kind() {
        let mut values = Vec::new();
        for header in headers.get_all(name) {
            let text = String::from_utf8_lossy(header.as_bytes());
            for part in text.split(',') {
                values.push(read(element, part.trim_ascii())?);
            }
        }
        return Ok(Some(Value::List(values)));
    }
    match read(member, &text) {
        Err(_) if name.starts_with("If-") => Ok(None),
        read => read.map(Some),
    }
}

/// Reads the headers of a prefix: `x-amz-meta-`.
pub(super) fn read_headers(member: Member, headers: &HeaderMap) -> Option<Value> {
    let prefix = member.wire_name();
    let mut entries = BTreeMap::new();
    for name in headers.keys() {
        let Some(key) = name.as_str().strip_prefix(prefix) else {
            continue;
        };
        let values: Vec<_> = headers
            .get_all(name)
            .iter()
            .map(|value| String::from_utf8_lossy(value.as_bytes()))
            .collect();
        entries.insert(key.to_owned(), Value::String(values.join(",")));
    }
    (!entries.is_empty()).then_some(Value::Map(entries))
}

/// The texts of a member in a path, a query or a header: one, or one an element.
pub(super) fn write(member: Member, value: &Value) -> Vec<String> {
    match (member.shape().kind(), value) {
        (Kind::List(element), Value::List(values)) => values
            .iter()
            .filter_map(|value| write_one(element, value))
            .collect(),
        _ => write_one(member, value).into_iter().collect(),
    }
}

fn write_one(member: Member, value: &Value) -> Option<String> {
    let is_scalar = !matches!(value, Value::List(_) | Value::Map(_) | Value::Structure(_));
    is_scalar.then(|| scalar::write(member, value, TimestampFormat::Iso8601, Precision::Seconds))
}

/// The query parameters of a member: names and values. A map's keys are names of their own.
pub(super) fn write_parameter(member: Member, value: &Value) -> Vec<(&str, String)> {
    let Value::Map(entries) = value else {
        let texts = write(member, value).into_iter();
        return texts.map(|text| (member.wire_name(), text)).collect();
    };
    let mut parameters = Vec::new();
    for (name, held) in entries {
        let held = match held {
            Value::List(values) => values.iter().collect(),
            one => vec![one],
        };
        let texts = held.into_iter().filter_map(|one| write_one(member, one));
        parameters.extend(texts.map(|text| (name.as_str(), text)));
    }
    parameters
}

/// The headers of a member: names and values.
pub(super) fn write_header(member: Member, value: &Value) -> Vec<(String, String)> {
    let name = member.wire_name();
    if let Value::Map(entries) = value {
        let entry = |(key, value): (&String, &Value)| {
            Some((format!("{name}{key}"), write_one(member, value)?))
        };
        return entries.iter().filter_map(entry).collect();
    }
    let texts = write(member, value);
    if texts.is_empty() {
        Vec::new()
    } else {
        vec![(name.to_owned(), texts.join(", "))]
    }
}
