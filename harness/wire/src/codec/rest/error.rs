//! Errors of REST services.

use bytes::Bytes;
use http::Response;

use super::body::{BodyError, Dialect};
use super::{fields, s3};
use crate::codec::answer::{ResponseMetadata, response, set_header};
use crate::codec::query::write_error_response;
use crate::model::Protocol;
use crate::{Service, ServiceError};

/// An answer with nothing but what every answer of the service carries.
pub(super) fn blank(
    service: &Service,
    status: u16,
    metadata: &ResponseMetadata,
) -> Response<Bytes> {
    let headers = if service.name() == "s3" {
        vec![
            ("x-amz-id-2", metadata.extended_request_id.as_str()),
            ("x-amz-request-id", metadata.request_id.as_str()),
            ("server", "AmazonS3"),
        ]
    } else {
        vec![("x-amzn-requestid", metadata.request_id.as_str())]
    };
    response(status, headers, String::new())
}

/// The answer for an error. "Not modified" has no body.
pub(in crate::codec) fn encode_error(
    service: &Service,
    error: &ServiceError,
    metadata: &ResponseMetadata,
) -> Response<Bytes> {
    let mut response = blank(service, error.status, metadata);
    for (name, value) in &error.headers {
        set_header(response.headers_mut(), name, value);
    }
    if error.code.is_empty() || error.status == 304 {
        for (name, value) in &error.extra {
            set_header(response.headers_mut(), name, value);
        }
        return response;
    }
    let dialect = Dialect::of(service);
    let body = match service.protocol() {
        Protocol::RestJson => {
            set_header(response.headers_mut(), "x-amzn-errortype", &error.code);
            json_error("message", None, error)
        }
        Protocol::Json => json_error("Message", Some(&error.code), error),
        _ if service.name() == "s3" => s3_error(dialect, error, metadata),
        Protocol::Query | Protocol::Ec2 | Protocol::RestXml => envelope(dialect, error, metadata),
    };
    *response.body_mut() = Bytes::from(body);
    set_header(response.headers_mut(), "content-type", dialect.content_type);
    response
}

fn json_error(message: &str, code: Option<&str>, error: &ServiceError) -> String {
    let mut body = serde_json::Map::new();
    body.extend(code.map(|code| ("__type".to_owned(), code.into())));
    body.extend(
        error
            .message
            .as_deref()
            .map(|text| (message.to_owned(), text.into())),
    );
    body.extend(
        error
            .extra
            .iter()
            .map(|(name, text)| (name.clone(), text.as_str().into())),
    );
    serde_json::Value::from(body).to_string()
}

fn envelope(dialect: Dialect, error: &ServiceError, metadata: &ResponseMetadata) -> String {
    let mut writer = dialect.writer();
    let request_id = &metadata.request_id;
    write_error_response(&mut writer, dialect.namespace(), error, request_id);
    writer.finish()
}

fn s3_error(dialect: Dialect, error: &ServiceError, metadata: &ResponseMetadata) -> String {
    let mut writer = dialect.writer();
    writer.start("Error", "");
    writer.text("Code", "", &error.code);
    if let Some(message) = &error.message {
        writer.text("Message", "", message);
    }
    for (name, text) in &error.extra {
        writer.text(name, "", text);
    }
    writer.text("RequestId", "", &metadata.request_id);
    writer.text("HostId", "", &metadata.extended_request_id);
    writer.end("Error");
    writer.finish()
}

/// A path or query whose escapes are broken, or that is no UTF-8.
pub(super) fn invalid_uri(service: &Service) -> ServiceError {
    if service.name() == "s3" {
        s3::invalid_uri()
    } else {
        ServiceError::without_body(400)
    }
}

/// A parameter or header that is no value of its shape. What services other than S3 say is not known.
pub(super) fn invalid_field(service: &Service, found: &fields::Mismatch) -> ServiceError {
    if service.name() == "s3" {
        return s3::invalid_argument(found.name, &found.text);
    }
    let code = if is_json(service) {
        "ValidationException"
    } else {
        "InvalidArgument"
    };
    ServiceError::new(
        400,
        code,
        format!("The parameter {} is invalid.", found.name),
    )
}

/// A body that is missing or can't be read. CloudFront's text for a missing one is that of its model; its text for
/// malformed XML is not known.
pub(super) fn invalid_body(service: &Service, found: BodyError) -> ServiceError {
    match found {
        BodyError::Malformed if is_json(service) => {
            ServiceError::without_message(400, "SerializationException")
        }
        BodyError::Malformed => s3::malformed_xml(),
        BodyError::Missing if service.name() == "s3" => s3::missing_body(),
        BodyError::Missing => ServiceError::new(400, "MissingBody", MISSING_BODY),
    }
}

fn is_json(service: &Service) -> bool {
    matches!(service.protocol(), Protocol::RestJson | Protocol::Json)
}

const MISSING_BODY: &str = "This operation requires a body. Ensure that the body is present and the Content-Type header is set.";
