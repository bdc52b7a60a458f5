//! Requests as a client makes them.

use bytes::Bytes;
use http::header::HOST;
use http::{HeaderValue, Method, Request, Uri};

use crate::ServiceError;

/// A request to a path (with its query) below an endpoint. It has a `host`, as signatures need one.
pub(super) fn to(
    endpoint: &Uri,
    method: Method,
    path: &str,
) -> Result<Request<Bytes>, ServiceError> {
    let base = endpoint.path().trim_end_matches('/');
    let uri: Result<Uri, _> = match (endpoint.scheme_str(), endpoint.authority()) {
        (Some(scheme), Some(authority)) => format!("{scheme}://{authority}{base}{path}").parse(),
        _ => format!("{base}{path}").parse(),
    };
    let mut request = Request::new(Bytes::new());
    *request.method_mut() = method;
    *request.uri_mut() =
        uri.map_err(|error| invalid(&format!("the path can't be sent: {error}")))?;
    if let Some(host) = endpoint
        .authority()
        .and_then(|host| HeaderValue::from_str(host.as_str()).ok())
    {
        request.headers_mut().insert(HOST, host);
    }
    Ok(request)
}

/// The error of a client that can't write an input.
pub(super) fn invalid(what: &str) -> ServiceError {
    ServiceError::new(400, "ParamValidation", what)
}
