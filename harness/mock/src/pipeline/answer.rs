//! Answers: ids, encoding, and what they have beyond the service model.

use bytes::Bytes;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE, DATE};
use http::{HeaderName, HeaderValue, Method, Request, Response, StatusCode};
use jiff::Timestamp;
use rolecall_wire::codec::{AnswerFormat, ResponseMetadata};
use rolecall_wire::{Operation, Service, ServiceError, codec};

use crate::AUTHORIZATION_ID_HEADER;
use crate::mock::State;
use crate::service::{Answer, Reply};
use crate::world::World;

/// The ids of a request.
#[derive(Debug)]
pub(super) struct Ids {
    pub(super) request: String,
    pub(super) extended: String,
    pub(super) authorization: String,
}

impl Ids {
    /// Draws the next ids, each service's in its own form.
    pub(super) fn draw(state: &State, service: &str) -> Self {
        let mut ids = state.request_ids();
        let (request, extended) = match service {
            "s3" => (ids.letters(16), ids.base64::<56>()),
            _ => (ids.uuid(), ids.base64::<42>()),
        };
        Self {
            request,
            extended,
            authorization: ids.hex::<16>(),
        }
    }

    pub(super) fn metadata(&self, request: &Request<Bytes>) -> ResponseMetadata {
        ResponseMetadata {
            request_id: self.request.clone(),
            extended_request_id: self.extended.clone(),
            format: AnswerFormat::of(request),
        }
    }
}

/// What a handler said, and the id of the authorization before it.
#[derive(Debug)]
pub(super) struct Answered {
    pub(super) answer: Answer,
    pub(super) id: String,
}

/// The answer of an operation that was called.
pub(super) fn encode(
    service: &Service,
    operation: &Operation,
    answered: Answered,
    metadata: &ResponseMetadata,
) -> Response<Bytes> {
    let head = operation.method() == Method::HEAD;
    let mut response = match answered.answer {
        Ok(reply) => encode_reply(service, operation, reply, metadata),
        Err(error) => codec::encode_error(service, &error, metadata, head),
    };
    set(&mut response, AUTHORIZATION_ID_HEADER, &answered.id);
    response
}

fn encode_reply(
    service: &Service,
    operation: &Operation,
    reply: Reply,
    metadata: &ResponseMetadata,
) -> Response<Bytes> {
    let mut response = codec::encode_output(service, operation, &reply.output, metadata);
    if let Some(status) = reply
        .status
        .and_then(|status| StatusCode::from_u16(status).ok())
    {
        *response.status_mut() = status;
    }
    // The answer to a HEAD tells the length of a body that it hasn't.
    if let Some(length) = reply.output.integer("ContentLength") {
        response
            .headers_mut()
            .insert(CONTENT_LENGTH, HeaderValue::from(length));
    }
    response.headers_mut().extend(reply.headers);
    response
}

/// The time that clients compare theirs with.
pub(super) fn set_date(response: &mut Response<Bytes>, now: Timestamp) {
    let date = now.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
    set(response, DATE.as_str(), &date);
}

/// The bucket that a request is about as a whole; none if it is about an object.
pub(super) fn bucket_of<'r>(host_bucket: Option<&'r str>, path: &'r str) -> Option<&'r str> {
    let path = path.strip_prefix('/').unwrap_or(path);
    let (bucket, key) = match host_bucket {
        Some(bucket) => (bucket, path),
        None => path.split_once('/').unwrap_or((path, "")),
    };
    key.is_empty().then_some(bucket)
}

/// S3 tells where a bucket is in answers about it as a whole, also in refusals.
pub(super) fn set_bucket_region(
    response: &mut Response<Bytes>,
    world: &World,
    bucket: Option<&str>,
) {
    if let Some(bucket) = bucket.and_then(|name| world.bucket(name)) {
        set(response, "x-amz-bucket-region", &bucket.region);
    }
}

/// The error of a service that isn't here: nothing that looks like success.
pub(super) fn unknown_service(service: &str) -> ServiceError {
    let service: String = service
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .collect();
    let message = format!("the service {service} is not implemented by this mock");
    ServiceError::new(501, "NotImplemented", message)
}

/// The answer of a service whose protocol nobody knows here.
pub(super) fn encode_unknown(error: &ServiceError, ids: &Ids) -> Response<Bytes> {
    let body = format!(
        "<ErrorResponse><Error><Type>Receiver</Type><Code>{}</Code><Message>{}</Message></Error>\
         <RequestId>{}</RequestId></ErrorResponse>\n",
        error.code,
        error.message.as_deref().unwrap_or_default(),
        ids.request
    );
    let mut response = Response::new(Bytes::from(body));
    *response.status_mut() = StatusCode::NOT_IMPLEMENTED;
    set(&mut response, CONTENT_TYPE.as_str(), "text/xml");
    response
}

/// Sets a header, unless HTTP can't carry it.
fn set(response: &mut Response<Bytes>, name: &str, value: &str) {
    let name = HeaderName::from_bytes(name.as_bytes());
    if let (Ok(name), Ok(value)) = (name, HeaderValue::from_str(value)) {
        response.headers_mut().insert(name, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_about_a_bucket_if_it_names_no_key() {
        let rows = [
            (None, "/", Some("")),
            (None, "/spa-site", Some("spa-site")),
            (None, "/spa-site/", Some("spa-site")),
            (None, "/spa-site/index.html", None),
            (Some("spa-site"), "/", Some("spa-site")),
            (Some("spa-site"), "/index.html", None),
        ];
        for (host, path, wanted) in rows {
            assert_eq!(bucket_of(host, path), wanted, "{host:?} {path}");
        }
    }
}
