//! Structures as JSON objects.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use jiff::Timestamp;
use serde_json::{Map, Number, Value as Json};

use super::scalar::{self, Precision};
use crate::model::{Kind, Location, Member, Shape, TimestampFormat};
use crate::{Structure, Value};

/// A JSON value that isn't what its shape says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Mismatch;

/// The body members of a structure.
pub(super) fn write_members(shape: Shape, structure: &Structure) -> Map<String, Json> {
    let in_body = shape
        .members()
        .filter(|member| member.location() == Location::Body);
    let present = in_body.filter_map(|member| Some((member, structure.get(member.name())?)));
    present
        .map(|(member, value)| (member.wire_name().to_owned(), write(member, value)))
        .collect()
}

fn write(member: Member, value: &Value) -> Json {
    match (member.shape().kind(), value) {
        (Kind::Structure, Value::Structure(structure)) => {
            write_members(member.shape(), structure).into()
        }
        (Kind::List(element), Value::List(values)) => {
            values.iter().map(|value| write(element, value)).collect()
        }
        (Kind::Map(_, element), Value::Map(entries)) => {
            let written = entries
                .iter()
                .map(|(name, value)| (name.clone(), write(element, value)));
            written.collect::<Map<_, _>>().into()
        }
        (Kind::Timestamp, Value::Timestamp(time)) => {
            match member.timestamp_format(TimestampFormat::Epoch) {
                TimestampFormat::Epoch => seconds(*time),
                _ => {
                    scalar::write(member, value, TimestampFormat::Epoch, Precision::Seconds).into()
                }
            }
        }
        _ => document(value),
    }
}

/// A member that is the whole body.
pub(super) fn write_document(member: Member, value: &Value) -> String {
    write(member, value).to_string()
}

/// Reads a member that is the whole body.
pub(super) fn read_document(member: Member, bytes: &Bytes) -> Result<Value, Mismatch> {
    let json = serde_json::from_slice(bytes).map_err(|_| Mismatch)?;
    read(member, &json)
}

/// A value as it is. Times are epoch seconds.
fn document(value: &Value) -> Json {
    match value {
        Value::Boolean(flag) => (*flag).into(),
        Value::Integer(number) => (*number).into(),
        Value::Float(number) => Number::from_f64(*number).map_or(Json::Null, Into::into),
        Value::String(text) => text.as_str().into(),
        Value::Blob(bytes) => BASE64_STANDARD.encode(bytes).into(),
        Value::Timestamp(time) => seconds(*time),
        Value::List(values) => values.iter().map(document).collect(),
        Value::Map(entries) => entries
            .iter()
            .map(|(name, value)| (name.clone(), document(value)))
            .collect::<Map<_, _>>()
            .into(),
        Value::Structure(structure) => structure
            .iter()
            .map(|(name, value)| (name.to_owned(), document(value)))
            .collect::<Map<_, _>>()
            .into(),
    }
}

fn seconds(time: Timestamp) -> Json {
    match time.subsec_millisecond() {
        0 => time.as_second().into(),
        #[expect(
            clippy::cast_precision_loss,
            reason = "milliseconds of any year are below 2^53"
        )]
        _ => Number::from_f64(time.as_millisecond() as f64 / 1000.0).map_or(Json::Null, Into::into),
    }
}

/// A member of an object; `null` is absence.
pub(super) fn read_member(
    member: Member,
    object: &Map<String, Json>,
) -> Result<Option<Value>, Mismatch> {
    match object.get(member.wire_name()) {
        None | Some(Json::Null) => Ok(None),
        Some(json) => read(member, json).map(Some),
    }
}

/// An object as a structure.
pub(super) fn read_members(
    shape: Shape,
    object: &Map<String, Json>,
) -> Result<Structure, Mismatch> {
    let mut structure = Structure::new();
    for member in shape
        .members()
        .filter(|member| member.location() == Location::Body)
    {
        if let Some(value) = read_member(member, object)? {
            structure.push(member.name(), value);
        }
    }
    Ok(structure)
}

fn read(member: Member, json: &Json) -> Result<Value, Mismatch> {
    match (member.shape().kind(), json) {
        (Kind::Document, json) => undocument(json).ok_or(Mismatch),
        (Kind::Structure, Json::Object(object)) => {
            read_members(member.shape(), object).map(Value::Structure)
        }
        (Kind::List(element), Json::Array(values)) => {
            let present = values.iter().filter(|value| !value.is_null());
            present
                .map(|value| read(element, value))
                .collect::<Result<_, _>>()
                .map(Value::List)
        }
        (Kind::Map(_, element), Json::Object(object)) => {
            let present = object.iter().filter(|(_, value)| !value.is_null());
            let entries = present.map(|(name, value)| Ok((name.clone(), read(element, value)?)));
            entries.collect::<Result<_, _>>().map(Value::Map)
        }
        (Kind::Boolean, Json::Bool(flag)) => Ok(Value::Boolean(*flag)),
        (Kind::String | Kind::Blob | Kind::Timestamp, Json::String(text)) => {
            read_text(member, text)
        }
        (Kind::Timestamp, Json::Number(number)) => read_seconds(number).ok_or(Mismatch),
        (Kind::Integer | Kind::Long, Json::Number(number)) => {
            read_text(member, &number.to_string())
        }
        (Kind::Float, Json::Number(number)) => number.as_f64().map(Value::Float).ok_or(Mismatch),
        _ => Err(Mismatch),
    }
}

fn read_text(member: Member, text: &str) -> Result<Value, Mismatch> {
    scalar::read(member, text, TimestampFormat::Epoch).map_err(|_| Mismatch)
}

fn read_seconds(number: &Number) -> Option<Value> {
    let time = match number.as_i64() {
        Some(seconds) => Timestamp::from_second(seconds).ok()?,
        #[expect(
            clippy::cast_possible_truncation,
            reason = "saturates, and the timestamp's range is checked"
        )]
        None => Timestamp::from_millisecond((number.as_f64()? * 1000.0).round() as i64).ok()?,
    };
    Some(Value::Timestamp(time))
}

/// Any JSON as a value; `null` has none and is left out of lists and objects.
fn undocument(json: &Json) -> Option<Value> {
    Some(match json {
        Json::Null => return None,
        Json::Bool(flag) => Value::Boolean(*flag),
        Json::Number(number) => match number.as_i64() {
            Some(number) => Value::Integer(number),
            None => Value::Float(number.as_f64()?),
        },
        Json::String(text) => Value::String(text.clone()),
        Json::Array(values) => Value::List(values.iter().filter_map(undocument).collect()),
        Json::Object(object) => Value::Map(
            object
                .iter()
                .filter_map(|(name, value)| Some((name.clone(), undocument(value)?)))
                .collect(),
        ),
    })
}

/// A whole JSON body; an empty one is an empty object.
pub(super) fn parse(bytes: &Bytes) -> Result<Map<String, Json>, Mismatch> {
    if bytes.trim_ascii().is_empty() {
        return Ok(Map::new());
    }
    serde_json::from_slice(bytes).map_err(|_| Mismatch)
}
