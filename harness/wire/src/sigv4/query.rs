//! The checks of query services, which CloudFront and the JSON services share, in AWS's order.

use std::collections::BTreeSet;

use bytes::Bytes;
use http::{HeaderMap, Request, header};
use jiff::Timestamp;

use super::claim::{Credential, parameter};
use super::error::{QueryError, ScopeProblem};
use super::{Algorithm, Endpoint, MAX_SKEW, SignedRequest, TERMINATOR, Transport, canonical};
use crate::{percent, time};

/// The parts of a signature as texts.
struct Parts {
    algorithm: Algorithm,
    credential: String,
    signature: String,
    signed_headers: String,
    date: String,
    transport: Transport,
}

pub(super) fn read(
    request: &Request<Bytes>,
    endpoint: Endpoint<'_>,
    now: Timestamp,
) -> Result<SignedRequest, QueryError> {
    check_uri(request)?;
    let parts = parts(request)?;
    let signed_headers = header_names(&parts.signed_headers);
    if !signed_headers
        .iter()
        .any(|name| name == "host" || name == ":authority")
    {
        return Err(QueryError::HostNotSigned);
    }
    let time = read_time(&parts.date).ok_or_else(|| QueryError::DateForm(parts.date.clone()))?;
    check_time(time, now)?;
    let credential = Credential::of(&parts.credential, parts.algorithm, request, endpoint.region);
    let credential =
        credential.ok_or_else(|| QueryError::CredentialForm(parts.credential.clone()))?;
    check_scope(&credential, endpoint, time)?;
    let (session_token, tokens) = tokens(request)?;
    Ok(SignedRequest {
        algorithm: parts.algorithm,
        access_key_id: credential.access_key_id,
        scope: credential.scope,
        signed_headers,
        signature: parts.signature,
        time,
        session_token,
        transport: parts.transport,
        payload: None,
        payload_text: None,
        tokens,
    })
}

/// In order and each once, as a client must have signed them: a list that isn't so has another signature.
fn header_names(text: &str) -> Vec<String> {
    let names: BTreeSet<&str> = text.split(';').collect();
    names.into_iter().map(str::to_owned).collect()
}

fn check_uri(request: &Request<Bytes>) -> Result<(), QueryError> {
    let path = request.uri().path();
    let mut depth = 0_usize;
    for segment in path
        .split('/')
        .filter(|segment| !segment.is_empty() && *segment != ".")
    {
        let above = || QueryError::Path;
        depth = if segment == ".." {
            depth.checked_sub(1).ok_or_else(above)?
        } else {
            depth + 1
        };
    }
    percent::decode(path).map_err(|_| QueryError::Path)?;
    let query = request.uri().query().unwrap_or_default();
    percent::decode(query).map_err(|error| QueryError::MalformedQuery(error.to_string()))?;
    Ok(())
}

fn parts(request: &Request<Bytes>) -> Result<Parts, QueryError> {
    let in_header = canonical::text(request.headers(), header::AUTHORIZATION.as_str());
    let in_query = parameter(request.uri(), "X-Amz-Algorithm");
    match (in_header, in_query) {
        (None, None) if is_sigv2(request) => Err(QueryError::SigV2),
        (None, None) => Err(QueryError::MissingToken),
        (Some(_), Some(_)) => Err(QueryError::BothMechanisms),
        (Some(value), None) => header_parts(&value, request.headers()),
        (None, Some(name)) => {
            let algorithm = Algorithm::parse(&name).ok_or(QueryError::MissingToken)?;
            query_parts(request, algorithm)
        }
    }
}

/// Signature Version 2 has its parameters in the query or in the form.
fn is_sigv2(request: &Request<Bytes>) -> bool {
    let query = request.uri().query().unwrap_or_default();
    let form = std::str::from_utf8(request.body()).unwrap_or_default();
    let mut fields = query.split('&').chain(form.split('&'));
    fields.any(|field| field.starts_with("SignatureVersion="))
}

/// Of a key given twice, the last value counts.
fn header_parts(value: &str, headers: &HeaderMap) -> Result<Parts, QueryError> {
    let (name, attributes) = value.split_once(' ').unwrap_or((value, ""));
    let unsupported = || QueryError::UnsupportedAlgorithm(name.to_owned());
    let algorithm = Algorithm::parse(name).ok_or_else(unsupported)?;
    let (mut credential, mut signature, mut signed_headers) = (None, None, None);
    for part in attributes
        .split(',')
        .map(str::trim_ascii)
        .filter(|part| !part.is_empty())
    {
        let not_a_pair = || QueryError::NotAPair {
            part: part.to_owned(),
            header: value.to_owned(),
        };
        let (key, text) = part.split_once('=').ok_or_else(not_a_pair)?;
        match key {
            "Credential" => credential = Some(text),
            "Signature" => signature = Some(text),
            "SignedHeaders" => signed_headers = Some(text),
            _ => {}
        }
    }
    let date = canonical::text(headers, "x-amz-date").or_else(|| canonical::text(headers, "date"));
    match (credential, signature, signed_headers, date) {
        (Some(credential), Some(signature), Some(signed_headers), Some(date)) => Ok(Parts {
            algorithm,
            credential: credential.to_owned(),
            signature: signature.to_owned(),
            signed_headers: signed_headers.to_owned(),
            date: date.into_owned(),
            transport: Transport::Header,
        }),
        (credential, signature, signed_headers, date) => {
            let found = [
                ("Credential", credential),
                ("Signature", signature),
                ("SignedHeaders", signed_headers),
            ];
            Err(QueryError::IncompleteHeader {
                missing: missing(&found),
                no_date: date.is_none(),
            })
        }
    }
}

fn query_parts(request: &Request<Bytes>, algorithm: Algorithm) -> Result<Parts, QueryError> {
    let value = |name| parameter(request.uri(), name);
    let names = [
        "X-Amz-Credential",
        "X-Amz-Signature",
        "X-Amz-SignedHeaders",
        "X-Amz-Date",
    ];
    match names.map(value) {
        [
            Some(credential),
            Some(signature),
            Some(signed_headers),
            Some(date),
        ] => {
            let expires = value("X-Amz-Expires").and_then(|expires| expires.parse().ok());
            Ok(Parts {
                algorithm,
                credential,
                signature,
                signed_headers,
                date,
                transport: Transport::Query { expires },
            })
        }
        found => {
            let found: Vec<_> = names.into_iter().zip(found).collect();
            Err(QueryError::IncompleteQuery(missing(&found)))
        }
    }
}

fn missing<T>(found: &[(&'static str, Option<T>)]) -> Vec<&'static str> {
    found
        .iter()
        .filter(|(_, value)| value.is_none())
        .map(|(name, _)| *name)
        .collect()
}

/// ISO 8601 in either form, or the form of a `Date` header.
pub(super) fn read_time(text: &str) -> Option<Timestamp> {
    time::parse_iso8601(text).or_else(|| time::parse_http_date(text))
}

/// Exactly at either end is within.
fn check_time(time: Timestamp, now: Timestamp) -> Result<(), QueryError> {
    let age = now.duration_since(time);
    if age > MAX_SKEW {
        Err(QueryError::Expired { time, now })
    } else if age < -MAX_SKEW {
        Err(QueryError::NotYetCurrent { time, now })
    } else {
        Ok(())
    }
}

fn check_scope(
    credential: &Credential,
    endpoint: Endpoint<'_>,
    time: Timestamp,
) -> Result<(), QueryError> {
    let Credential {
        scope, terminator, ..
    } = credential;
    let mut problems = Vec::new();
    if endpoint.region.is_some_and(|region| region != scope.region) {
        problems.push(ScopeProblem::Region);
    }
    if scope.service != endpoint.service {
        problems.push(ScopeProblem::Service(endpoint.service.to_owned()));
    }
    if terminator != TERMINATOR {
        problems.push(ScopeProblem::Terminator(terminator.clone()));
    }
    if !time::basic(time).starts_with(&scope.date) || scope.date.len() != 8 {
        problems.push(ScopeProblem::Date {
            given: scope.date.clone(),
            time,
        });
    }
    if problems.is_empty() {
        Ok(())
    } else {
        Err(QueryError::Scope(problems))
    }
}

/// A token in the header and in the query is none.
fn tokens(request: &Request<Bytes>) -> Result<(Option<String>, Vec<String>), QueryError> {
    let in_header = canonical::text(request.headers(), "x-amz-security-token")
        .map(std::borrow::Cow::into_owned);
    let in_query = parameter(request.uri(), "X-Amz-Security-Token");
    match (in_header, in_query) {
        (Some(_), Some(_)) => Err(QueryError::UnknownKey),
        (one, other) => {
            let token = one.or(other);
            Ok((token.clone(), token.into_iter().collect()))
        }
    }
}
