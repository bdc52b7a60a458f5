//! Requests: the path, the query, headers and the body of an input.

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderName, HeaderValue, Request, Uri};

use super::body::{self, Body, BodyError, Dialect};
use super::query::{Query, decode};
use super::{error, fields, route};
use crate::codec::request::{self, invalid};
use crate::codec::xml_body::Strictness;
use crate::model::{Location, Member, Segment, Shape};
use crate::{Operation, Service, ServiceError, Structure, Value, percent};

/// The input that a request carries.
pub(in crate::codec) fn decode_input(
    service: &Service,
    operation: &Operation,
    request: &Request<Bytes>,
    bucket: Option<&str>,
) -> Result<Structure, ServiceError> {
    let Some(shape) = operation.input() else {
        return Ok(Structure::new());
    };
    let path = route::path(request, bucket);
    let source = Source {
        service,
        request,
        labels: route::labels(operation.uri(), &path).unwrap_or_default(),
        query: Query::of(request.uri()).map_err(|_| error::invalid_uri(service))?,
        body: Body::of(service, shape, request.body())
            .map_err(|found| error::invalid_body(service, found))?,
        payload: shape.payload().map(Member::name),
    };
    let mut input = Structure::new();
    for member in shape.members() {
        if let Some(value) = source.read(member).map_err(|found| found.answer(service))? {
            input.push(member.name(), value);
        }
    }
    Ok(input)
}

struct Source<'r> {
    service: &'r Service,
    request: &'r Request<Bytes>,
    labels: Vec<(&'static str, &'r str)>,
    query: Query,
    body: Body,
    payload: Option<&'static str>,
}

/// What can't be read, by where it was.
enum Unreadable {
    Path,
    Field(fields::Mismatch),
    Body(BodyError),
}

impl Unreadable {
    fn answer(self, service: &Service) -> ServiceError {
        match self {
            Self::Path => error::invalid_uri(service),
            Self::Field(found) => error::invalid_field(service, &found),
            Self::Body(found) => error::invalid_body(service, found),
        }
    }
}

impl Source<'_> {
    fn read(&self, member: Member) -> Result<Option<Value>, Unreadable> {
        let headers = self.request.headers();
        match member.location() {
            Location::Uri => self.label(member),
            Location::QueryString => {
                fields::read_parameter(member, &self.query).map_err(Unreadable::Field)
            }
            Location::Header => fields::read_header(member, headers).map_err(Unreadable::Field),
            Location::Headers => Ok(fields::read_headers(member, headers)),
            Location::StatusCode => Ok(None),
            Location::Body => self.body(member).map_err(Unreadable::Body),
        }
    }

    fn label(&self, member: Member) -> Result<Option<Value>, Unreadable> {
        let Some((_, text)) = self
            .labels
            .iter()
            .find(|(label, _)| *label == member.wire_name())
        else {
            return Ok(None);
        };
        let text = decode(text).map_err(|_| Unreadable::Path)?;
        fields::read(member, &text)
            .map(Some)
            .map_err(Unreadable::Field)
    }

    fn body(&self, member: Member) -> Result<Option<Value>, BodyError> {
        if self.payload == Some(member.name()) {
            return body::read_payload(
                self.service,
                member,
                self.request.body(),
                Strictness::Required,
            );
        }
        self.body.member(member, Strictness::Required)
    }
}

/// The request that carries an input.
pub(in crate::codec) fn encode_input(
    service: &Service,
    operation: &Operation,
    input: &Structure,
    endpoint: &Uri,
) -> Result<Request<Bytes>, ServiceError> {
    let path = format!(
        "{}{}",
        write_path(operation, input)?,
        write_query(operation, input)
    );
    let mut request = request::to(endpoint, operation.method().clone(), &path)?;
    if let Some((content_type, body)) = write_body(service, operation, input) {
        *request.body_mut() = body;
        request
            .headers_mut()
            .extend(content_type.map(|value| (CONTENT_TYPE, HeaderValue::from_static(value))));
    }
    request
        .headers_mut()
        .extend(target(service, operation).map(|value| (X_AMZ_TARGET, value)));
    if let Some(shape) = operation.input() {
        write_headers(shape, input, &mut request)?;
    }
    add_checksum(operation, &mut request);
    Ok(request)
}

fn write_path(operation: &Operation, input: &Structure) -> Result<String, ServiceError> {
    let mut path = String::new();
    for segment in operation.uri().segments() {
        path.push('/');
        match segment {
            Segment::Literal(literal) => path.push_str(literal),
            Segment::Label(label) => {
                path.push_str(&percent::encode(&label_text(operation, input, label)?));
            }
            Segment::Greedy(label) => {
                path.push_str(&percent::encode_path(&label_text(operation, input, label)?));
            }
        }
    }
    if path.is_empty() || operation.uri().ends_with_slash() {
        path.push('/');
    }
    Ok(path)
}

fn label_text(
    operation: &Operation,
    input: &Structure,
    label: &str,
) -> Result<String, ServiceError> {
    let mut members = operation.input().into_iter().flat_map(Shape::members);
    let member =
        members.find(|member| member.location() == Location::Uri && member.wire_name() == label);
    let value = member.and_then(|member| Some((member, input.get(member.name())?)));
    let text = value.and_then(|(member, value)| fields::write(member, value).into_iter().next());
    text.filter(|text| !text.is_empty())
        .ok_or_else(|| invalid(&format!("{label} is a part of the path and is missing")))
}

fn write_query(operation: &Operation, input: &Structure) -> String {
    let mut query = String::new();
    for (name, value) in operation.uri().query() {
        push_parameter(&mut query, name, *value);
    }
    let members = operation.input().into_iter().flat_map(Shape::members);
    for member in members.filter(|member| member.location() == Location::QueryString) {
        let Some(value) = input.get(member.name()) else {
            continue;
        };
        for (name, text) in fields::write_parameter(member, value) {
            push_parameter(&mut query, name, Some(&text));
        }
    }
    query
}

fn push_parameter(query: &mut String, name: &str, value: Option<&str>) {
    query.push(if query.is_empty() { '?' } else { '&' });
    percent::encode_into(name.as_bytes(), false, query);
    if let Some(value) = value {
        query.push('=');
        percent::encode_into(value.as_bytes(), false, query);
    }
}

fn write_headers(
    shape: Shape,
    input: &Structure,
    request: &mut Request<Bytes>,
) -> Result<(), ServiceError> {
    let in_headers =
        |member: &Member| matches!(member.location(), Location::Header | Location::Headers);
    for member in shape.members().filter(in_headers) {
        let Some(value) = input.get(member.name()) else {
            continue;
        };
        for (name, text) in fields::write_header(member, value) {
            let header = HeaderName::from_bytes(name.as_bytes())
                .ok()
                .zip(HeaderValue::from_bytes(text.as_bytes()).ok());
            let (name, value) =
                header.ok_or_else(|| invalid(&format!("{} can't be a header", member.name())))?;
            request.headers_mut().insert(name, value);
        }
    }
    Ok(())
}

fn write_body(
    service: &Service,
    operation: &Operation,
    input: &Structure,
) -> Option<(Option<&'static str>, Bytes)> {
    let dialect = Dialect::of(service);
    let Some(shape) = operation.input() else {
        return target(service, operation)
            .map(|_| (Some(dialect.content_type), Bytes::from_static(b"{}")));
    };
    if let Some(member) = shape.payload() {
        let value = input.get(member.name())?;
        let is_document = matches!(value, Value::Structure(_));
        return Some((
            is_document.then_some(dialect.content_type),
            dialect.payload(member, value),
        ));
    }
    let root = operation.input_root().unwrap_or(shape.name());
    let is_body = body::has_members(shape) || service.target_prefix().is_some();
    is_body.then(|| {
        (
            Some(dialect.content_type),
            dialect.members(root, shape, input).into(),
        )
    })
}

const X_AMZ_TARGET: HeaderName = HeaderName::from_static("x-amz-target");

/// The operation as services name it that bind nothing to HTTP.
fn target(service: &Service, operation: &Operation) -> Option<HeaderValue> {
    HeaderValue::from_str(&format!(
        "{}.{}",
        service.target_prefix()?,
        operation.name()
    ))
    .ok()
}

/// Adds a CRC32 where the operation is refused without a checksum and the input has none.
fn add_checksum(operation: &Operation, request: &mut Request<Bytes>) {
    let required = operation
        .checksum()
        .is_some_and(|checksum| checksum.required);
    let is_checksum =
        |name: &HeaderName| name == "content-md5" || name.as_str().starts_with("x-amz-checksum-");
    if !required || request.headers().keys().any(is_checksum) {
        return;
    }
    let mut crc = flate2::Crc::new();
    crc.update(request.body());
    let text = base64::Engine::encode(&base64::prelude::BASE64_STANDARD, crc.sum().to_be_bytes());
    if let Ok(value) = HeaderValue::from_str(&text) {
        request.headers_mut().insert("x-amz-checksum-crc32", value);
    }
}
