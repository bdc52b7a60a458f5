//! The query protocol of STS and IAM: form parameters in, XML out.
//!
//! AWS: "AWS Query protocol" of the Smithy specification; the details of errors, redirections and duplicate
//! parameters are those of live STS.

mod answer;
mod form;
mod input;

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Method, Request, Response, Uri};

pub(super) use answer::{encode_error, encode_output, write_error_response};
use form::Parameters;

use super::answer::{header, unreadable};
use super::request;
use super::xml_body::{self, Strictness};
use crate::model::Protocol;
use crate::{Operation, Service, ServiceError, Structure, xml};

/// The longest body that query services take; one byte more is answered with 413 and no body.
pub const MAX_BODY: usize = 10_000_000;

/// Where the front end sends who asks for no action (STS and IAM share it).
const FRONT_PAGE: &str = "https://aws.amazon.com/iam";

/// The operation that `Action` and `Version` name.
pub(super) fn route<'s>(
    service: &'s Service,
    request: &Request<Bytes>,
) -> Result<&'s Operation, ServiceError> {
    if request.body().len() > MAX_BODY {
        return Err(ServiceError::without_body(413));
    }
    if request.method() == Method::POST && !is_form(request) {
        return Err(no_action(request.uri()));
    }
    let parameters = Parameters::of(request)?;
    let action = parameters
        .get("Action")
        .ok_or_else(|| no_action(request.uri()))?;
    let version = parameters.get("Version");
    let known = service
        .operation(action)
        .filter(|_| version == Some(service.api_version()));
    known.ok_or_else(|| {
        let version = version.unwrap_or("NO_VERSION_SPECIFIED");
        ServiceError::new(
            400,
            "InvalidAction",
            format!("Could not find operation {action} for version {version}"),
        )
    })
}

fn is_form(request: &Request<Bytes>) -> bool {
    let content_type = header(request.headers(), CONTENT_TYPE.as_str()).unwrap_or_default();
    content_type
        .trim_ascii_start()
        .starts_with("application/x-www-form-urlencoded")
}

fn no_action(uri: &Uri) -> ServiceError {
    if uri.path() != "/" {
        return ServiceError::without_message(404, answer::UNKNOWN_OPERATION);
    }
    let query = uri
        .query()
        .map(|query| format!("?{query}"))
        .unwrap_or_default();
    ServiceError::without_body(302).with("Location", format!("{FRONT_PAGE}{query}"))
}

/// The input that the parameters spell.
pub(super) fn decode_input(
    operation: &Operation,
    request: &Request<Bytes>,
) -> Result<Structure, ServiceError> {
    let parameters = Parameters::of(request)?;
    operation.input().map_or(Ok(Structure::new()), |shape| {
        input::read(shape, &parameters)
    })
}

/// The form that spells the input.
pub(super) fn encode_input(
    service: &Service,
    operation: &Operation,
    input: &Structure,
    endpoint: &Uri,
) -> Result<Request<Bytes>, ServiceError> {
    let mut form = form::Writer::default();
    form.field("Action", operation.name());
    form.field("Version", service.api_version());
    if let Some(shape) = operation.input() {
        match service.protocol() {
            Protocol::Ec2 => input::write_ec2(&mut form, shape, input),
            _ => input::write(&mut form, shape, input),
        }
    }
    let mut request = request::to(endpoint, Method::POST, "/")?;
    *request.body_mut() = Bytes::from(form.finish());
    request.headers_mut().insert(
        CONTENT_TYPE,
        HeaderValue::from_static("application/x-www-form-urlencoded"),
    );
    Ok(request)
}

/// The output of a successful answer.
pub(super) fn decode_output(
    operation: &Operation,
    response: &Response<Bytes>,
) -> Result<Structure, ServiceError> {
    let Some(shape) = operation.output() else {
        return Ok(Structure::new());
    };
    let status = response.status().as_u16();
    let root =
        xml::parse(response.body()).map_err(|error| unreadable(status, &error.to_string()))?;
    let result = match operation.result_wrapper() {
        Some(wrapper) => root
            .child(wrapper)
            .ok_or_else(|| unreadable(status, &format!("no element {wrapper}")))?,
        None => &root,
    };
    xml_body::read_members(shape, result, Strictness::Lenient)
        .map_err(|_| unreadable(status, &format!("not the output of {}", operation.name())))
}
