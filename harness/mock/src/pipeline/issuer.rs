//! What the issuers of AWS's own tokens publish: where their keys are, and the keys (OpenID Connect Discovery 1.0).

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HOST};
use http::{HeaderValue, Method, Request, Response, StatusCode};
use serde_json::json;

use crate::mock::State;

const DOMAIN: &str = ".tokens.sts.global.api.aws";

/// The answer to a request for an issuer's host; `None` if it is for another.
pub(super) fn answer(state: &State, request: &Request<Bytes>) -> Option<Response<Bytes>> {
    let host = request.headers().get(HOST)?.to_str().ok()?;
    let host = host.split(':').next().unwrap_or_default();
    host.ends_with(DOMAIN).then(|| {
        let published = published(state, &format!("https://{host}"), request);
        published.map_or_else(not_found, json_answer)
    })
}

fn published(state: &State, issuer: &str, request: &Request<Bytes>) -> Option<String> {
    if request.method() != Method::GET {
        return None;
    }
    let keys = state.read().outbound_keys(issuer)?;
    match request.uri().path() {
        "/.well-known/jwks.json" => Some(keys),
        "/.well-known/openid-configuration" => {
            let configuration = json!({
                "issuer": issuer,
                "jwks_uri": format!("{issuer}/.well-known/jwks.json"),
                "response_types_supported": ["id_token"],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["RS256", "ES384"],
            });
            Some(configuration.to_string())
        }
        _ => None,
    }
}

fn json_answer(body: String) -> Response<Bytes> {
    let mut response = Response::new(Bytes::from(body));
    let json = HeaderValue::from_static("application/json");
    response.headers_mut().insert(CONTENT_TYPE, json);
    response
}

fn not_found() -> Response<Bytes> {
    let mut response = Response::new(Bytes::new());
    *response.status_mut() = StatusCode::NOT_FOUND;
    response
}
