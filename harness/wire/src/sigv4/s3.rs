//! The checks of S3, in its order.

use std::collections::BTreeSet;

use bytes::Bytes;
use http::{Request, header};
use jiff::{SignedDuration, Timestamp};

use super::claim::{Credential, parameter, parameters};
use super::error::{CredentialProblem, S3Error};
use super::query::read_time;
use super::{
    Algorithm, Endpoint, MAX_SKEW, Payload, SignedRequest, TERMINATOR, Transport, canonical,
    payload,
};
use crate::{percent, time};

/// The longest life of a presigned URL: a week, included.
const MAX_EXPIRES: i64 = 604_800;

pub(super) fn read(
    request: &Request<Bytes>,
    endpoint: Endpoint<'_>,
    now: Timestamp,
) -> Result<Option<SignedRequest>, S3Error> {
    let query = request.uri().query().unwrap_or_default();
    percent::decode(query).map_err(|_| S3Error::Uri)?;
    percent::decode(request.uri().path()).map_err(|_| S3Error::Uri)?;
    let mut headers = request.headers().get_all(header::AUTHORIZATION).iter();
    let in_header = headers
        .next()
        .map(|value| String::from_utf8_lossy(value.as_bytes()));
    let is_presigned = parameter(request.uri(), "X-Amz-Algorithm").is_some();
    let is_sigv2 = parameter(request.uri(), "Signature").is_some();
    match in_header {
        Some(_) if headers.next().is_some() => Err(S3Error::SeveralHeaders),
        Some(value) if value.is_empty() => Err(S3Error::EmptyHeader),
        Some(value) if is_presigned || is_sigv2 => Err(S3Error::BothMechanisms(value.into_owned())),
        Some(value) => by_header(request, &value, endpoint, now).map(Some),
        None if is_presigned || parameter(request.uri(), "X-Amz-Signature").is_some() => {
            presigned(request, endpoint, now).map(Some)
        }
        None if is_sigv2 => Err(S3Error::SigV2),
        None => Ok(None),
    }
}

fn by_header(
    request: &Request<Bytes>,
    value: &str,
    endpoint: Endpoint<'_>,
    now: Timestamp,
) -> Result<SignedRequest, S3Error> {
    let (name, attributes) = value.split_once(' ').unwrap_or((value, ""));
    let algorithm = Algorithm::parse(name).ok_or_else(|| match name {
        "AWS" => S3Error::SigV2,
        _ => S3Error::UnsupportedType(value.to_owned()),
    })?;
    let at = |problem| S3Error::Credential {
        transport: Transport::Header,
        problem,
    };
    let [credential, signed_headers, signature] = components(attributes)?;
    let credential = Credential::of(credential, algorithm, request, endpoint.region);
    let credential = credential.ok_or_else(|| at(CredentialProblem::Form))?;
    let date = canonical::text(request.headers(), "x-amz-date");
    let date = date
        .or_else(|| canonical::text(request.headers(), "date"))
        .ok_or(S3Error::NoDate)?;
    let time = read_time(&date).ok_or(S3Error::NoDate)?;
    let text = canonical::text(request.headers(), "x-amz-content-sha256")
        .ok_or(S3Error::MissingPayloadHash)?;
    let payload =
        Payload::parse(&text).ok_or_else(|| S3Error::InvalidPayloadHash(text.to_string()))?;
    if now.duration_since(time).abs() > MAX_SKEW {
        let time = date.into_owned();
        return Err(S3Error::Skew { time, now });
    }
    check_scope(&credential, endpoint, time).map_err(at)?;
    let signed_headers = header_names(signed_headers);
    check_signed(request, &signed_headers)?;
    let sent = request.headers().get_all("x-amz-security-token").iter();
    let tokens = sent
        .map(|token| String::from_utf8_lossy(token.as_bytes()).into_owned())
        .collect();
    let signed = SignedRequest {
        algorithm,
        access_key_id: credential.access_key_id,
        scope: credential.scope,
        signed_headers,
        signature: signature.to_owned(),
        time,
        session_token: None,
        transport: Transport::Header,
        payload: Some(payload),
        payload_text: Some(text.into_owned()),
        tokens: Vec::new(),
    };
    with_tokens(signed, tokens)
}

/// The credential, the signed headers and the signature; each once, and nothing else.
fn components(attributes: &str) -> Result<[&str; 3], S3Error> {
    let mut found = [None; 3];
    for part in attributes.split(',').map(str::trim_ascii) {
        let (key, text) = part.split_once('=').ok_or(S3Error::Components)?;
        let place = ["Credential", "SignedHeaders", "Signature"]
            .iter()
            .position(|name| *name == key);
        let slot = place
            .and_then(|place| found.get_mut(place))
            .filter(|slot| slot.is_none());
        *slot.ok_or(S3Error::Components)? = Some(text);
    }
    let [Some(credential), Some(signed_headers), Some(signature)] = found else {
        return Err(S3Error::Components);
    };
    Ok([credential, signed_headers, signature])
}

fn presigned(
    request: &Request<Bytes>,
    endpoint: Endpoint<'_>,
    now: Timestamp,
) -> Result<SignedRequest, S3Error> {
    let value = |name| parameter(request.uri(), name).ok_or(S3Error::MissingParameters);
    let algorithm = value("X-Amz-Algorithm")?;
    let (credential, signature) = (value("X-Amz-Credential")?, value("X-Amz-Signature")?);
    let (date, signed_headers, expires) = (
        value("X-Amz-Date")?,
        value("X-Amz-SignedHeaders")?,
        value("X-Amz-Expires")?,
    );
    let algorithm = Algorithm::parse(&algorithm).ok_or(S3Error::Algorithm)?;
    let at = |problem| S3Error::Credential {
        transport: Transport::Query { expires: None },
        problem,
    };
    let credential = Credential::of(&credential, algorithm, request, endpoint.region);
    let credential = credential.ok_or_else(|| at(CredentialProblem::Form))?;
    let time = time::parse_basic(&date).ok_or(S3Error::DateForm)?;
    let expires = read_expires(&expires)?;
    check_scope(&credential, endpoint, time).map_err(at)?;
    check_life(time, expires, now)?;
    let signed_headers = header_names(&signed_headers);
    check_signed(request, &signed_headers)?;
    let text = parameter(request.uri(), "X-Amz-Content-Sha256");
    let text =
        text.or_else(|| canonical::text(request.headers(), "x-amz-content-sha256").map(Into::into));
    let text = text.unwrap_or_else(|| payload::UNSIGNED.to_owned());
    let payload = Payload::parse(&text).ok_or_else(|| S3Error::InvalidPayloadHash(text.clone()))?;
    let signed = SignedRequest {
        algorithm,
        access_key_id: credential.access_key_id,
        scope: credential.scope,
        signed_headers,
        signature,
        time,
        session_token: None,
        transport: Transport::Query {
            expires: Some(expires),
        },
        payload: Some(payload),
        payload_text: Some(text),
        tokens: Vec::new(),
    };
    // A token in the header, which is signed by now, wins over one in the query.
    let in_header = canonical::text(request.headers(), "x-amz-security-token")
        .map(|token| vec![token.into_owned()]);
    let in_query = || parameters(request.uri(), "X-Amz-Security-Token").collect();
    with_tokens(signed, in_header.unwrap_or_else(in_query))
}

fn read_expires(text: &str) -> Result<i64, S3Error> {
    match text.parse::<i64>() {
        Err(_) => Err(S3Error::ExpiresNotANumber),
        Ok(..0) => Err(S3Error::ExpiresNegative),
        Ok(expires) if expires > MAX_EXPIRES => Err(S3Error::ExpiresTooLong),
        Ok(expires) => Ok(expires),
    }
}

fn check_life(time: Timestamp, expires: i64, now: Timestamp) -> Result<(), S3Error> {
    let until = time
        .saturating_add(SignedDuration::from_secs(expires))
        .unwrap_or(time);
    if time.duration_since(now) > MAX_SKEW {
        Err(S3Error::UrlNotYetValid { time, until, now })
    } else if now > until {
        Err(S3Error::UrlExpired {
            expires,
            until,
            now,
        })
    } else {
        Ok(())
    }
}

/// A credential must be for this endpoint and this day. Of several faults only the first is reported, the
/// region's before the service's.
fn check_scope(
    credential: &Credential,
    endpoint: Endpoint<'_>,
    time: Timestamp,
) -> Result<(), CredentialProblem> {
    let Credential {
        scope, terminator, ..
    } = credential;
    let day: String = time::basic(time).chars().take(8).collect();
    if let Some(expected) = endpoint.region.filter(|region| *region != scope.region) {
        let (given, expected) = (scope.region.clone(), expected.to_owned());
        Err(CredentialProblem::Region { given, expected })
    } else if scope.service != endpoint.service {
        Err(CredentialProblem::Service(scope.service.clone()))
    } else if terminator != TERMINATOR {
        Err(CredentialProblem::Terminator(terminator.clone()))
    } else if scope.date != day {
        Err(CredentialProblem::Date {
            given: scope.date.clone(),
            expected: day,
        })
    } else {
        Ok(())
    }
}

/// S3 takes the names in any order and case, and more than once.
fn header_names(text: &str) -> Vec<String> {
    let names: BTreeSet<String> = text.split(';').map(str::to_ascii_lowercase).collect();
    names.into_iter().collect()
}

/// The host and all of AWS's own headers must be signed, but for the payload's hash.
fn check_signed(request: &Request<Bytes>, signed: &[String]) -> Result<(), S3Error> {
    let own = request
        .headers()
        .keys()
        .map(header::HeaderName::as_str)
        .filter(|name| name.starts_with("x-amz-"));
    let own = own.filter(|name| *name != "x-amz-content-sha256");
    let unsigned: BTreeSet<&str> = own
        .chain(["host"])
        .filter(|name| !signed.iter().any(|header| header == name))
        .collect();
    if unsigned.is_empty() {
        return Ok(());
    }
    Err(S3Error::HeadersNotSigned(
        unsigned.into_iter().map(str::to_owned).collect(),
    ))
}

/// Equal tokens count as one (though errors show them all); two different ones belong to no key.
fn with_tokens(signed: SignedRequest, mut tokens: Vec<String>) -> Result<SignedRequest, S3Error> {
    tokens.retain(|token| !token.is_empty());
    if tokens.iter().any(|token| Some(token) != tokens.first()) {
        return Err(S3Error::UnknownKey(signed.access_key_id));
    }
    Ok(SignedRequest {
        session_token: tokens.first().cloned(),
        tokens,
        ..signed
    })
}
