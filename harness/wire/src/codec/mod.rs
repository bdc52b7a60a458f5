//! Requests, answers and errors: decode and encode, on both sides.
//!
//! A server calls [`route`], [`decode_input`], then [`encode_output`] or [`encode_error`]; a client calls
//! [`encode_input`] and [`decode_output`]. What a service's protocol looks like is in the folders `query` and `rest`;
//! inputs and outputs are plain [`Structure`]s on either side. An event stream (`SelectObjectContent`) is left as its
//! bytes. [`Protocol::Ec2`], which no bundled service speaks, is for clients alone: a server would serve it as query.
//!
//! ```
//! use rolecall_wire::{codec, model, Structure};
//!
//! let sts = model::service("sts").unwrap();
//! let operation = sts.operation("AssumeRole").unwrap();
//! let input = Structure::new()
//!     .with("RoleArn", "arn:aws:iam::123456789012:role/Deploy")
//!     .with("RoleSessionName", "DeploySPA");
//!
//! let request = codec::encode_input(sts, operation, &input, &"http://127.0.0.1:4566".parse()?)?;
//!
//! assert_eq!(codec::route(sts, &request, None)?.name(), "AssumeRole");
//! assert_eq!(codec::decode_input(sts, operation, &request, None)?, input);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod answer;
mod defaults;
mod json_body;
mod query;
mod request;
mod rest;
mod scalar;
mod xml_body;

use bytes::Bytes;
use http::{Request, Response, Uri};

pub use answer::{AnswerFormat, ResponseMetadata};
pub use defaults::add_client_defaults;
pub use query::MAX_BODY as MAX_QUERY_BODY;

use crate::model::Protocol;
use crate::{Operation, Service, ServiceError, Structure};

/// Server: which operation a request asks for. `bucket` is the bucket that the host named (virtual-hosted S3).
///
/// # Errors
///
/// The answer that AWS gives to a request for nothing it knows: `InvalidAction` from query services, a redirection or
/// an empty answer where there is no action at all, `MethodNotAllowed` and the like from S3. A bucket's sub-resource
/// that is unknown or not served with this method is never taken for a listing.
pub fn route<'s>(
    service: &'s Service,
    request: &Request<Bytes>,
    bucket: Option<&str>,
) -> Result<&'s Operation, ServiceError> {
    match service.protocol() {
        Protocol::Query | Protocol::Ec2 => query::route(service, request),
        Protocol::RestXml | Protocol::RestJson | Protocol::Json => {
            rest::route(service, request, bucket)
        }
    }
}

/// Server: the operation's input.
///
/// # Errors
///
/// What can't be read is AWS's `MalformedInput` (query services), `MalformedXML`, `InvalidArgument` and `InvalidURI`
/// (S3). Constraints of the model are not checked here but by [`validate`](crate::validate).
pub fn decode_input(
    service: &Service,
    operation: &Operation,
    request: &Request<Bytes>,
    bucket: Option<&str>,
) -> Result<Structure, ServiceError> {
    match service.protocol() {
        Protocol::Query | Protocol::Ec2 => query::decode_input(operation, request),
        Protocol::RestXml | Protocol::RestJson | Protocol::Json => {
            rest::decode_input(service, operation, request, bucket)
        }
    }
}

/// Server: the answer for an output.
///
/// Members that are absent are left out; members that the model doesn't have are ignored. `date` and
/// `content-length` are the carrier's.
pub fn encode_output(
    service: &Service,
    operation: &Operation,
    output: &Structure,
    metadata: &ResponseMetadata,
) -> Response<Bytes> {
    match service.protocol() {
        Protocol::Query | Protocol::Ec2 => {
            query::encode_output(service, operation, output, metadata)
        }
        Protocol::RestXml | Protocol::RestJson | Protocol::Json => {
            rest::encode_output(service, operation, output, metadata)
        }
    }
}

/// Server: the answer for an error. `head` leaves the body out, as answers to HEAD do.
///
/// An error without a code ([`ServiceError::without_body`]) has no body either.
pub fn encode_error(
    service: &Service,
    error: &ServiceError,
    metadata: &ResponseMetadata,
    head: bool,
) -> Response<Bytes> {
    let response = match service.protocol() {
        Protocol::Query | Protocol::Ec2 => query::encode_error(service, error, metadata),
        Protocol::RestXml | Protocol::RestJson | Protocol::Json => {
            rest::encode_error(service, error, metadata)
        }
    };
    if head {
        response.map(|_| Bytes::new())
    } else {
        response
    }
}

/// Client: the unsigned request for an input (S3 in path style).
///
/// # Errors
///
/// `ParamValidation` if a member that is a part of the path is absent or can't be written where it belongs. Nothing
/// else is checked: a test may want to send what AWS refuses.
pub fn encode_input(
    service: &Service,
    operation: &Operation,
    input: &Structure,
    endpoint: &Uri,
) -> Result<Request<Bytes>, ServiceError> {
    match service.protocol() {
        Protocol::Query | Protocol::Ec2 => query::encode_input(service, operation, input, endpoint),
        Protocol::RestXml | Protocol::RestJson | Protocol::Json => {
            rest::encode_input(service, operation, input, endpoint)
        }
    }
}

/// Client: the output, or the error, of an answer.
///
/// # Errors
///
/// The service's error. One without a body (the answer to a HEAD) has the status as its code: `404`. An answer that
/// is no answer of this service is `UnreadableAnswer`.
pub fn decode_output(
    service: &Service,
    operation: &Operation,
    response: &Response<Bytes>,
) -> Result<Structure, ServiceError> {
    if !response.status().is_success() {
        return Err(answer::decode_error(response));
    }
    match service.protocol() {
        Protocol::Query | Protocol::Ec2 => query::decode_output(operation, response),
        Protocol::RestXml | Protocol::RestJson | Protocol::Json => {
            rest::decode_output(service, operation, response)
        }
    }
}
