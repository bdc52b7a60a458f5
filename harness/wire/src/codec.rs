//! Requests, answers and errors: decode and encode, on both sides.

use bytes::Bytes;
use http::{Request, Response, Uri};

use crate::{Operation, Service, ServiceError, Structure};

/// What an answer carries beside its output.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResponseMetadata {
    /// `x-amzn-RequestId` / `x-amz-request-id`.
    pub request_id: String,
    /// `x-amz-id-2`, `x-amz-sts-extended-request-id`.
    pub extended_request_id: String,
}

/// Server: which operation a request asks for. `bucket` is the bucket that the host named (virtual-hosted S3).
pub fn route<'s>(service: &'s Service, request: &Request<Bytes>, bucket: Option<&str>) -> Result<&'s Operation, ServiceError> {
    todo!()
}

/// Server: the operation's input.
pub fn decode_input(service: &Service, operation: &Operation, request: &Request<Bytes>, bucket: Option<&str>) -> Result<Structure, ServiceError> {
    todo!()
}

/// Server: the answer for an output.
pub fn encode_output(service: &Service, operation: &Operation, output: &Structure, metadata: &ResponseMetadata) -> Response<Bytes> {
    todo!()
}

/// Server: the answer for an error. `head` leaves the body out, as answers to HEAD do.
pub fn encode_error(service: &Service, error: &ServiceError, metadata: &ResponseMetadata, head: bool) -> Response<Bytes> {
    todo!()
}

/// Client: the unsigned request for an input (S3 in path style).
pub fn encode_input(service: &Service, operation: &Operation, input: &Structure, endpoint: &Uri) -> Result<Request<Bytes>, ServiceError> {
    todo!()
}

/// Client: the output, or the error, of an answer.
pub fn decode_output(service: &Service, operation: &Operation, response: &Response<Bytes>) -> Result<Structure, ServiceError> {
    todo!()
}
