//! What answers of all protocols have in common: request ids, and how a client reads an error.

use std::borrow::Cow;

use bytes::Bytes;
use http::header::ACCEPT;
use http::{HeaderMap, HeaderName, HeaderValue, Request, Response, StatusCode};

use super::json_body;
use crate::ServiceError;
use crate::xml::{self, Element};

/// What an answer carries beside its output.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResponseMetadata {
    /// `x-amzn-RequestId` / `x-amz-request-id`.
    pub request_id: String,
    /// `x-amz-id-2`, `x-amz-sts-extended-request-id`.
    pub extended_request_id: String,
    /// What the client asked for.
    pub format: AnswerFormat,
}

/// How a query service writes its answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AnswerFormat {
    /// The protocol's own format.
    #[default]
    Native,
    /// JSON, which query services write for `Accept: application/json`.
    Json,
}

impl AnswerFormat {
    /// The format that a request's `Accept` header asks for.
    pub fn of<B>(request: &Request<B>) -> Self {
        let accept = request
            .headers()
            .get(ACCEPT)
            .map(HeaderValue::as_bytes)
            .unwrap_or_default();
        if String::from_utf8_lossy(accept).contains("application/json") {
            Self::Json
        } else {
            Self::Native
        }
    }
}

/// An answer with a status, headers and a body. Headers that HTTP can't carry are left out.
pub(super) fn response(status: u16, headers: Vec<(&str, &str)>, body: String) -> Response<Bytes> {
    let mut response = Response::new(Bytes::from(body));
    *response.status_mut() =
        StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    for (name, value) in headers {
        set_header(response.headers_mut(), name, value);
    }
    response
}

/// Sets a header, if HTTP can carry its name and value.
pub(super) fn set_header(headers: &mut HeaderMap, name: &str, value: &str) -> Option<()> {
    let name = HeaderName::from_bytes(name.as_bytes()).ok()?;
    headers.insert(name, HeaderValue::from_bytes(value.as_bytes()).ok()?);
    Some(())
}

/// A header's value as text.
pub(super) fn header<'h>(headers: &'h HeaderMap, name: &str) -> Option<Cow<'h, str>> {
    headers
        .get(name)
        .map(|value| String::from_utf8_lossy(value.as_bytes()))
}

/// The error of an answer that is no success.
pub(super) fn decode_error(response: &Response<Bytes>) -> ServiceError {
    let status = response.status().as_u16();
    let document = xml::parse(response.body()).ok();
    let from_xml = document.and_then(|root| xml_error(status, &root));
    let from_body = from_xml.or_else(|| json_error(response));
    let mut error = from_body
        .unwrap_or_else(|| ServiceError::without_message(status, response.status().as_str()));
    if error.request_id.is_none() {
        let mut named = ["x-amzn-requestid", "x-amz-request-id"].into_iter();
        let found = named.find_map(|name| header(response.headers(), name));
        error.request_id = found.map(Cow::into_owned);
    }
    error
}

/// The error in a document: `ErrorResponse/Error`, S3's bare `Error`, or EC2's `Response/Errors/Error`.
pub(super) fn xml_error(status: u16, root: &Element) -> Option<ServiceError> {
    let error = if root.name == "Error" {
        root
    } else {
        let around = root.child("Errors").unwrap_or(root);
        around.child("Error")?
    };
    let mut read = ServiceError::without_message(status, error.child_text("Code")?);
    read.message = error.child_text("Message").map(str::to_owned);
    read.request_id = error
        .child_text("RequestId")
        .or(root.child_text("RequestId"))
        .or(root.child_text("RequestID"))
        .map(str::to_owned);
    let known = ["Code", "Message", "RequestId", "HostId", "Type"];
    let extra = error
        .children
        .iter()
        .filter(|child| !known.contains(&child.name.as_str()));
    read.extra = extra
        .map(|child| (child.name.clone(), child.text.clone()))
        .collect();
    Some(read)
}

/// The error in JSON: its code is in a header or in `__type`, with a namespace before it or a URI after it.
fn json_error(response: &Response<Bytes>) -> Option<ServiceError> {
    let body = json_body::parse(response.body()).ok()?;
    let text = |names: [&str; 2]| {
        names
            .iter()
            .find_map(|name| body.get(*name))
            .and_then(serde_json::Value::as_str)
    };
    let in_header = header(response.headers(), "x-amzn-errortype");
    let code = in_header.as_deref().or(text(["__type", "code"]))?;
    let code = code.split_once(':').map_or(code, |(code, _)| code);
    let code = code.rsplit_once('#').map_or(code, |(_, code)| code);
    let mut read = ServiceError::without_message(response.status().as_u16(), code);
    read.message = text(["message", "Message"]).map(str::to_owned);
    let known = ["__type", "code", "message", "Message"];
    let extra = body
        .iter()
        .filter(|(name, _)| !known.contains(&name.as_str()));
    read.extra = extra
        .filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned())))
        .collect();
    Some(read)
}

/// The error of a client that can't make sense of a successful answer.
pub(super) fn unreadable(status: u16, what: &str) -> ServiceError {
    ServiceError::new(status, "UnreadableAnswer", what)
}
