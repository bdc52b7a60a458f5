//! What the AWS CLI prints: answers as JSON, errors in its own words.

use std::fmt::Write as _;

use jiff::Timestamp;
use rolecall_wire::model::{Kind, Location, Member, Shape};
use rolecall_wire::{Operation, ServiceError, Structure, Value};

use super::json::Json;

/// What stands for a secret on a page.
pub(super) const ELIDED: &str = "…";

/// What the CLI prints after a call that succeeded; nothing where the answer has nothing.
pub(super) fn answer(operation: &Operation, output: &Structure) -> Option<String> {
    let shape = operation.output()?;
    let Json::Map(mut members) = structure(output, Some(shape), true) else {
        return None;
    };
    if is_paged(operation, shape) {
        members.retain(|(_, value)| matches!(value, Json::List(_)));
    }
    (!members.is_empty()).then(|| Json::Map(members).expanded())
}

/// Whether the CLI fetches all pages of the answer and shows the lists alone.
///
/// AWS CLI User Guide, using the pagination options.
fn is_paged(operation: &Operation, shape: Shape) -> bool {
    let tokens = [
        "IsTruncated",
        "NextToken",
        "ContinuationToken",
        "NextMarker",
    ];
    operation.name().starts_with("List")
        && shape
            .members()
            .any(|member| tokens.contains(&member.name()))
}

/// What `aws s3 ls` prints: a line a bucket, with the time it was made.
pub(super) fn bucket_lines(output: &Structure) -> String {
    let mut lines = String::new();
    for bucket in output.list("Buckets") {
        let Value::Structure(bucket) = bucket else {
            continue;
        };
        let made = match bucket.get("CreationDate") {
            Some(Value::Timestamp(time)) => time.strftime("%Y-%m-%d %H:%M:%S").to_string(),
            _ => String::new(),
        };
        let name = bucket.string("Name").unwrap_or_default();
        let _ = writeln!(lines, "{made} {name}");
    }
    lines
}

/// What the CLI prints of an error.
///
/// botocore, `ClientError`; a HEAD's answer has no body, so that its code is the status and its message the status's name.
pub(super) fn error(operation: &str, error: &ServiceError) -> String {
    let code = if error.code.is_empty() {
        error.status.to_string()
    } else {
        error.code.clone()
    };
    let message = match (&error.message, error.status) {
        (Some(message), _) => message.as_str(),
        (None, 403) => "Forbidden",
        (None, 404) => "Not Found",
        (None, _) => "Unknown",
    };
    let text =
        format!("An error occurred ({code}) when calling the {operation} operation: {message}");
    format!("\n{}\n", as_wide_as_a_terminal(&text))
}

/// A long line broken between words, as a terminal would break it.
fn as_wide_as_a_terminal(text: &str) -> String {
    const WIDTH: usize = 96;
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        match lines.last_mut() {
            Some(line)
                if line.is_empty() || line.chars().count() + 1 + word.chars().count() <= WIDTH =>
            {
                line.push_str(if line.is_empty() { "" } else { " " });
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines.join("\n")
}

/// A value as the CLI shows it, in the order of the model.
pub(super) fn json(value: &Value, shape: Option<Shape>) -> Json {
    match value {
        Value::Boolean(flag) => Json::Scalar(flag.to_string()),
        Value::Integer(number) => Json::Scalar(number.to_string()),
        Value::Float(number) => Json::Scalar(number.to_string()),
        Value::String(text) => text_or_document(text, shape),
        Value::Timestamp(time) => Json::string(&iso(*time)),
        Value::Blob(bytes) => Json::string(&String::from_utf8_lossy(bytes)),
        Value::List(values) => {
            let element = shape.and_then(|shape| match shape.kind() {
                Kind::List(element) => Some(element.shape()),
                _ => None,
            });
            Json::List(values.iter().map(|value| json(value, element)).collect())
        }
        Value::Map(entries) => {
            let value_shape = shape.and_then(|shape| match shape.kind() {
                Kind::Map(_, value) => Some(value.shape()),
                _ => None,
            });
            let members = entries.iter();
            Json::Map(
                members
                    .map(|(key, value)| (key.clone(), json(value, value_shape)))
                    .collect(),
            )
        }
        Value::Structure(members) => structure(members, shape, false),
    }
}

/// AWS CLI: IAM's policy documents, which travel as text, are shown as what they say.
fn text_or_document(text: &str, shape: Option<Shape>) -> Json {
    let document = shape
        .filter(|shape| shape.name() == "policyDocumentType")
        .and_then(|_| rolecall_policy::json::read(text, rolecall_policy::SourceId(0)).ok());
    match document {
        Some(node) => Json::from(&node),
        None => Json::string(text),
    }
}

/// `2026-01-01T01:00:00+00:00`.
fn iso(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%S+00:00").to_string()
}

/// Members in the model's order; of an answer those in headers first, and no body, which the CLI writes to a file.
fn structure(value: &Structure, shape: Option<Shape>, answer: bool) -> Json {
    let Some(shape) = shape else {
        return Json::Map(
            value
                .iter()
                .map(|(name, value)| (name.to_owned(), json(value, None)))
                .collect(),
        );
    };
    let shown = |member: &Member| !(answer && member.is_streaming());
    let mut members: Vec<Member> = shape.members().filter(shown).collect();
    members.sort_by_key(|member| member.location() == Location::Body);
    let members = members.into_iter().filter_map(|member| {
        let name = member.name();
        let json = match value.get(name) {
            Some(_) if is_secret(name) => Json::string(ELIDED),
            Some(value) => json(value, Some(member.shape())),
            // botocore gives a map even where no header was there to fill it.
            None if answer && member.location() == Location::Headers => Json::Map(Vec::new()),
            None => return None,
        };
        Some((name.to_owned(), json))
    });
    Json::Map(members.collect())
}

fn is_secret(name: &str) -> bool {
    name == "SecretAccessKey" || name == "SessionToken"
}
