//! `/_rolecall/…`: what a test suite asks of the server itself.

mod can;
mod context;

use std::borrow::Cow;

use bytes::Bytes;
use http::header::{ALLOW, CONTENT_TYPE};
use http::request::Parts;
use http::{HeaderValue, Method, Response, StatusCode};
use percent_encoding::percent_decode_str;
use rolecall_policy::{Node, json as policy_json};
use serde_json::{Value, json as object};

use super::json;
use crate::{API_SOURCE, Mock, duration};

const PREFIX: &str = "/_rolecall/";

/// Whether a request is for the server itself.
pub(super) fn is_for(head: &Parts) -> bool {
    head.uri.path().starts_with(PREFIX)
}

/// Answers such a request.
pub(super) fn answer(mock: &Mock, head: &Parts, body: &[u8]) -> Response<Bytes> {
    let name = head.uri.path().strip_prefix(PREFIX).unwrap_or_default();
    match (name, &head.method) {
        ("health", &Method::GET | &Method::HEAD) => ok(&health()),
        ("reset", &Method::POST) => {
            mock.reset();
            ok(&object!({}))
        }
        ("clock", &Method::POST) => advance(mock, body),
        ("context", &Method::PUT) => done(context::give(mock, head.uri.query(), body)),
        ("can", &Method::POST) => match can::ask(mock, body) {
            Ok(answer) => ok(&answer),
            Err(fault) => refuse(StatusCode::BAD_REQUEST, &fault),
        },
        ("jwks", &Method::PUT) => done(publish_keys(mock, head.uri.query(), body)),
        ("jwks", &Method::DELETE) => done(forget_keys(mock, head.uri.query())),
        ("evaluations", &Method::GET) => ok(&json::evaluations(&mock.evaluations())),
        ("events", &Method::GET) => ok(&json::events(&mock.events())),
        ("health" | "evaluations" | "events", _) => not_allowed("GET"),
        ("reset" | "clock" | "can", _) => not_allowed("POST"),
        ("context", _) => not_allowed("PUT"),
        ("jwks", _) => not_allowed("PUT, DELETE"),
        _ => refuse(StatusCode::NOT_FOUND, "there is nothing here"),
    }
}

/// What tells this server from whatever else may answer at the path.
fn health() -> Value {
    object!({"status": "ok", "server": "rolecall", "version": env!("CARGO_PKG_VERSION")})
}

/// `{"advance": "1h"}`.
fn advance(mock: &Mock, body: &[u8]) -> Response<Bytes> {
    let asked: Option<Value> = serde_json::from_slice(body).ok();
    let by = asked
        .as_ref()
        .and_then(|asked| asked.get("advance")?.as_str());
    match by.and_then(duration) {
        Some(by) => {
            let clock = mock.clock();
            clock.advance(by);
            ok(&object!({"now": clock.now().to_string()}))
        }
        None => refuse(
            StatusCode::BAD_REQUEST,
            r#"the body is to be like {"advance": "1h30m"}; the units are d, h, m and s"#,
        ),
    }
}

/// A JWKS, and in the query `issuer=URL`.
fn publish_keys(mock: &Mock, query: Option<&str>, body: &[u8]) -> Result<(), String> {
    let issuer = issuer(query)?;
    let jwks = std::str::from_utf8(body).map_err(|_| "the body is to be a JWKS".to_owned())?;
    mock.update(|world| world.publish_keys(&issuer, jwks))
        .map_err(|error| error.to_string())
}

/// In the query `issuer=URL`. One that has published none is no mistake.
fn forget_keys(mock: &Mock, query: Option<&str>) -> Result<(), String> {
    let issuer = issuer(query)?;
    mock.update(|world| world.forget_keys(&issuer));
    Ok(())
}

fn issuer(query: Option<&str>) -> Result<Cow<'_, str>, String> {
    let mut parameters = query.unwrap_or_default().split('&');
    let issuer = parameters.find_map(|parameter| parameter.strip_prefix("issuer="));
    let issuer = issuer.and_then(|issuer| percent_decode_str(issuer).decode_utf8().ok());
    issuer.filter(|issuer| !issuer.is_empty()).ok_or_else(|| {
        "the query is to be like issuer=https://token.actions.githubusercontent.com".to_owned()
    })
}

/// The answer to what has no answer but that it is done.
fn done(result: Result<(), String>) -> Response<Bytes> {
    match result {
        Ok(()) => {
            let mut response = Response::new(Bytes::new());
            *response.status_mut() = StatusCode::NO_CONTENT;
            response
        }
        Err(fault) => refuse(StatusCode::BAD_REQUEST, &fault),
    }
}

/// A body that is JSON.
fn read(body: &[u8]) -> Result<Node, String> {
    let text = std::str::from_utf8(body).map_err(|_| "the body is not UTF-8".to_owned())?;
    policy_json::read(text, API_SOURCE)
        .map_err(|error| format!("the body is not JSON: {error} at byte {}", error.span.start))
}

fn ok(body: &Value) -> Response<Bytes> {
    respond(StatusCode::OK, body)
}

fn refuse(status: StatusCode, message: &str) -> Response<Bytes> {
    respond(status, &object!({"error": message}))
}

fn not_allowed(method: &'static str) -> Response<Bytes> {
    let message = format!("the method is to be {method}");
    let mut response = refuse(StatusCode::METHOD_NOT_ALLOWED, &message);
    response
        .headers_mut()
        .insert(ALLOW, HeaderValue::from_static(method));
    response
}

fn respond(status: StatusCode, body: &Value) -> Response<Bytes> {
    let mut response = Response::new(Bytes::from(body.to_string()));
    *response.status_mut() = status;
    response
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}
