//! Single values as text.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;

use crate::model::{Kind, Member, TimestampFormat};
use crate::{Value, time};

/// A text that is no value of its shape.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ScalarError {
    /// Nothing, where a number belongs.
    Empty,
    /// Something else.
    Malformed,
}

/// Reads a value that is no list, map or structure.
pub(super) fn read(
    member: Member,
    text: &str,
    body: TimestampFormat,
) -> Result<Value, ScalarError> {
    let value = match member.shape().kind() {
        Kind::String => Some(Value::from(text)),
        Kind::Blob => BASE64_STANDARD
            .decode(text.trim_ascii())
            .ok()
            .map(|bytes| Value::Blob(Bytes::from(bytes))),
        Kind::Boolean => boolean(text).map(Value::Boolean),
        Kind::Integer => number::<i32>(text)?.map(|number| Value::Integer(number.into())),
        Kind::Long => number::<i64>(text)?.map(Value::Integer),
        Kind::Float => number::<f64>(text)?.map(Value::Float),
        Kind::Timestamp => timestamp(text, member.timestamp_format(body)).map(Value::Timestamp),
        Kind::Structure | Kind::List(_) | Kind::Map(..) | Kind::Document => None,
    };
    value.ok_or(ScalarError::Malformed)
}

/// AWS takes numbers with a sign and with leading zeros.
fn number<N: std::str::FromStr>(text: &str) -> Result<Option<N>, ScalarError> {
    let text = text.trim_ascii();
    if text.is_empty() {
        Err(ScalarError::Empty)
    } else {
        Ok(text.parse().ok())
    }
}

fn boolean(text: &str) -> Option<bool> {
    let text = text.trim_ascii();
    if text.eq_ignore_ascii_case("true") {
        Some(true)
    } else if text.eq_ignore_ascii_case("false") {
        Some(false)
    } else {
        None
    }
}

/// Any format is read, the expected one first: the others tell themselves apart.
fn timestamp(text: &str, expected: TimestampFormat) -> Option<jiff::Timestamp> {
    let text = text.trim_ascii();
    let epoch = || {
        text.parse()
            .ok()
            .and_then(|seconds| jiff::Timestamp::from_second(seconds).ok())
    };
    match expected {
        TimestampFormat::Epoch => epoch().or_else(|| time::parse_iso8601(text)),
        TimestampFormat::Iso8601 => {
            time::parse_iso8601(text).or_else(|| time::parse_http_date(text))
        }
        TimestampFormat::HttpDate => {
            time::parse_http_date(text).or_else(|| time::parse_iso8601(text))
        }
    }
}

/// How instants are written in a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Precision {
    Seconds,
    Millis,
}

/// Writes a value that is no list, map or structure; those are written as nothing.
///
/// The value decides, not the shape: a number where a string belongs is written as that number.
pub(super) fn write(
    member: Member,
    value: &Value,
    body: TimestampFormat,
    precision: Precision,
) -> String {
    match value {
        Value::Boolean(flag) => flag.to_string(),
        Value::Integer(number) => number.to_string(),
        Value::Float(number) => number.to_string(),
        Value::String(text) => text.clone(),
        Value::Blob(bytes) => BASE64_STANDARD.encode(bytes),
        Value::Timestamp(instant) => match (member.timestamp_format(body), precision) {
            (TimestampFormat::Epoch, _) => instant.as_second().to_string(),
            (TimestampFormat::HttpDate, _) => time::http_date(*instant),
            (TimestampFormat::Iso8601, Precision::Seconds) => time::iso8601(*instant),
            (TimestampFormat::Iso8601, Precision::Millis) => time::iso8601_millis(*instant),
        },
        Value::List(_) | Value::Map(_) | Value::Structure(_) => String::new(),
    }
}
