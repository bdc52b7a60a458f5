//! Signs requests, as a client does.

use bytes::Bytes;
use http::uri::PathAndQuery;
use http::{HeaderName, HeaderValue, Request, Uri, header};
use jiff::Timestamp;

use super::canonical::{self, PathRule};
use super::key::sha256_hex;
use super::{ALGORITHM, Algorithm, Credentials, Scope, SigningKey, payload};
use crate::{percent, time};

/// Headers that change on the way, or that no client signs.
const UNSIGNED: [&str; 6] = [
    "authorization",
    "connection",
    "expect",
    "transfer-encoding",
    "user-agent",
    "x-amzn-trace-id",
];

/// Signs a request in its `Authorization` header, with the date, the session token and, for S3, the payload's hash.
///
/// All headers that are there are signed, and the host. A `x-amz-content-sha256` that is already there stays: it may
/// say `UNSIGNED-PAYLOAD`.
pub fn sign(
    request: &mut Request<Bytes>,
    credentials: &Credentials,
    region: &str,
    service: &str,
    time: Timestamp,
) {
    let rule = PathRule::of(service);
    let scope = Scope::new(time, region, service);
    let date = time::basic(time);
    set(request, "x-amz-date", &date);
    if let Some(token) = &credentials.session_token {
        set(request, "x-amz-security-token", token);
    }
    let hash = canonical::text(request.headers(), "x-amz-content-sha256")
        .map(std::borrow::Cow::into_owned);
    let is_given = hash.is_some();
    let hash = hash.unwrap_or_else(|| sha256_hex(request.body()));
    if rule == PathRule::S3 && !is_given {
        set(request, "x-amz-content-sha256", &hash);
    }
    // Other services hash the body, whatever the header says.
    let hash = if rule == PathRule::S3 {
        hash
    } else {
        sha256_hex(request.body())
    };
    let names = signed_headers(request);
    let canonical_request = canonical::request(request, rule, &names, &hash);
    let string_to_sign =
        canonical::string_to_sign(Algorithm::Hmac, &date, &scope, &canonical_request);
    let signature = SigningKey::derive(&credentials.secret, &scope).sign(&string_to_sign);
    let credential = format!("{}/{scope}", credentials.access_key_id);
    let signed = names.join(";");
    let value = format!(
        "{ALGORITHM} Credential={credential}, SignedHeaders={signed}, Signature={signature}"
    );
    set(request, "authorization", &value);
}

/// Makes a request's URI one that anyone can use for some seconds.
///
/// The host is signed, and every header that is there and must then be sent with it.
pub fn presign(
    request: &mut Request<Bytes>,
    credentials: &Credentials,
    region: &str,
    service: &str,
    time: Timestamp,
    expires: u32,
) {
    let rule = PathRule::of(service);
    let scope = Scope::new(time, region, service);
    let date = time::basic(time);
    let names = signed_headers(request);
    let mut parameters = vec![
        ("X-Amz-Algorithm", ALGORITHM.to_owned()),
        (
            "X-Amz-Credential",
            format!("{}/{scope}", credentials.access_key_id),
        ),
        ("X-Amz-Date", date.clone()),
        ("X-Amz-Expires", expires.to_string()),
        ("X-Amz-SignedHeaders", names.join(";")),
    ];
    parameters.extend(
        credentials
            .session_token
            .clone()
            .map(|token| ("X-Amz-Security-Token", token)),
    );
    for (name, value) in parameters {
        add_parameter(request, name, &value);
    }
    let hash = match rule {
        PathRule::S3 => payload::UNSIGNED.to_owned(),
        PathRule::Other => sha256_hex(request.body()),
    };
    let canonical_request = canonical::request(request, rule, &names, &hash);
    let string_to_sign =
        canonical::string_to_sign(Algorithm::Hmac, &date, &scope, &canonical_request);
    let signature = SigningKey::derive(&credentials.secret, &scope).sign(&string_to_sign);
    add_parameter(request, "X-Amz-Signature", &signature);
}

fn signed_headers(request: &Request<Bytes>) -> Vec<String> {
    let names = request
        .headers()
        .keys()
        .map(HeaderName::as_str)
        .chain([header::HOST.as_str()]);
    let names = names
        .filter(|name| !UNSIGNED.contains(name))
        .map(str::to_owned);
    let sorted: std::collections::BTreeSet<String> = names.collect();
    sorted.into_iter().collect()
}

/// Header values are made of what headers can carry, but for a token that a caller made up; that one is left out.
fn set(request: &mut Request<Bytes>, name: &'static str, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        request.headers_mut().insert(name, value);
    }
}

fn add_parameter(request: &mut Request<Bytes>, name: &str, value: &str) {
    let mut parts = request.uri().clone().into_parts();
    let path = parts
        .path_and_query
        .as_ref()
        .map_or("/", PathAndQuery::as_str);
    let separator = if path.contains('?') { '&' } else { '?' };
    let extended = format!("{path}{separator}{name}={}", percent::encode(value));
    if let Ok(path) = PathAndQuery::try_from(extended) {
        parts.path_and_query = Some(path);
    }
    if let Ok(uri) = Uri::from_parts(parts) {
        *request.uri_mut() = uri;
    }
}
