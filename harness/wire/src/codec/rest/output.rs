//! Answers: the status, headers and the body of an output.

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Response};

use super::body::{self, Body, Dialect};
use super::{error, fields, s3};
use crate::codec::answer::{self, ResponseMetadata, set_header, unreadable};
use crate::codec::xml_body::Strictness;
use crate::model::{Kind, Location, Member, Shape};
use crate::{Operation, Service, ServiceError, Structure, Value, xml};

/// The answer for an output.
pub(in crate::codec) fn encode_output(
    service: &Service,
    operation: &Operation,
    output: &Structure,
    metadata: &ResponseMetadata,
) -> Response<Bytes> {
    let mut response = error::blank(service, s3::status(operation, output), metadata);
    let Some(shape) = operation.output() else {
        return response;
    };
    if let Some((content_type, bytes)) = write_body(service, operation, shape, output) {
        *response.body_mut() = bytes;
        let value = content_type.map(HeaderValue::from_static);
        let header = value.map(|value| (CONTENT_TYPE, value));
        response.headers_mut().extend(header);
    }
    let in_headers =
        |member: &Member| matches!(member.location(), Location::Header | Location::Headers);
    for member in shape.members().filter(in_headers) {
        let headers = output
            .get(member.name())
            .map(|value| fields::write_header(member, value));
        for (name, value) in headers.unwrap_or_default() {
            set_header(response.headers_mut(), &name, &value);
        }
    }
    response
}

fn write_body(
    service: &Service,
    operation: &Operation,
    shape: Shape,
    output: &Structure,
) -> Option<(Option<&'static str>, Bytes)> {
    let dialect = Dialect::of(service);
    let document = |text: String| Some((Some(dialect.content_type), Bytes::from(text)));
    if let Some(member) = shape.payload() {
        let value = output.get(member.name())?;
        let bytes = dialect.payload(member, value);
        return Some((payload_type(dialect, member), bytes));
    }
    if s3::is_unwrapped(service, operation) {
        let member = shape.members().next()?;
        let text = output.string(member.name()).unwrap_or_default();
        return document(dialect.text(member.name(), text));
    }
    if !body::has_members(shape) {
        return None;
    }
    let root = s3::root(operation).unwrap_or(shape.name());
    document(dialect.members(root, shape, output))
}

/// S3 gives policies as JSON; the type of an object is one of its own headers.
fn payload_type(dialect: Dialect, member: Member) -> Option<&'static str> {
    match member.shape().kind() {
        Kind::String => Some("application/json"),
        Kind::Blob => None,
        _ if member.shape().is_event_stream() => Some("application/vnd.amazon.eventstream"),
        _ => Some(dialect.content_type),
    }
}

/// The output of a successful answer.
pub(in crate::codec) fn decode_output(
    service: &Service,
    operation: &Operation,
    response: &Response<Bytes>,
) -> Result<Structure, ServiceError> {
    let Some(shape) = operation.output() else {
        return Ok(Structure::new());
    };
    late_error(service, shape, response)?;
    if s3::is_unwrapped(service, operation) {
        return read_unwrapped(shape, response);
    }
    let no_output = || {
        unreadable(
            response.status().as_u16(),
            &format!("not the output of {}", operation.name()),
        )
    };
    let body = Body::of(service, shape, response.body()).map_err(|_| no_output())?;
    let mut output = Structure::new();
    for member in shape.members() {
        if let Some(value) =
            read_member(service, shape, member, &body, response).map_err(|_| no_output())?
        {
            output.push(member.name(), value);
        }
    }
    Ok(output)
}

/// A member's value, or that it can't be read.
fn read_member(
    service: &Service,
    shape: Shape,
    member: Member,
    body: &Body,
    response: &Response<Bytes>,
) -> Result<Option<Value>, Unreadable> {
    let headers = response.headers();
    let is_payload = shape
        .payload()
        .is_some_and(|payload| payload.name() == member.name());
    match member.location() {
        Location::Header => fields::read_header(member, headers).map_err(|_| Unreadable),
        Location::Headers => Ok(fields::read_headers(member, headers)),
        Location::StatusCode => Ok(Some(Value::Integer(response.status().as_u16().into()))),
        Location::Uri | Location::QueryString => Ok(None),
        Location::Body if is_payload => {
            let payload = body::read_payload(service, member, response.body(), Strictness::Lenient);
            payload.map_err(|_| Unreadable)
        }
        Location::Body => body
            .member(member, Strictness::Lenient)
            .map_err(|_| Unreadable),
    }
}

/// What is no value of its member.
struct Unreadable;

fn read_unwrapped(shape: Shape, response: &Response<Bytes>) -> Result<Structure, ServiceError> {
    let root = xml::parse(response.body());
    let root = root.map_err(|error| unreadable(response.status().as_u16(), &error.to_string()))?;
    let text = (!root.text.is_empty()).then_some(root.text);
    Ok(shape.members().fold(Structure::new(), |output, member| {
        output.with_some(member.name(), text.clone())
    }))
}

/// S3 may have sent 200 before a copy or a completed upload failed. AWS: S3 API Reference, `CopyObject`.
fn late_error(
    service: &Service,
    shape: Shape,
    response: &Response<Bytes>,
) -> Result<(), ServiceError> {
    let is_document = shape.payload().is_none_or(|payload| {
        let shape = payload.shape();
        matches!(shape.kind(), Kind::Structure) && !shape.is_event_stream()
    });
    if service.name() != "s3" || !is_document || response.body().is_empty() {
        return Ok(());
    }
    let root = xml::parse(response.body())
        .ok()
        .filter(|root| root.name == "Error");
    let error = root.and_then(|root| answer::xml_error(response.status().as_u16(), &root));
    error.map_or(Ok(()), Err)
}
