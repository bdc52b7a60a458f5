//! Services other than S3.
//!
//! Order and texts are those of the open-source verifier `scratchstack-aws-signature`, which was written by probing
//! AWS, corrected by captures of live STS and IAM.

use jiff::Timestamp;

use super::Mismatch;
use crate::model::Protocol;
use crate::sigv4::{ALGORITHM, MAX_SKEW, TERMINATOR};
use crate::{Service, ServiceError, time};

/// What is wrong with a signature at a service other than S3, in the order of AWS's checks.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum QueryError {
    /// The path's escapes are broken, or it climbs above the root.
    #[error("the path can't be normalized")]
    Path,
    /// The query's escapes are broken.
    #[error("{0}")]
    MalformedQuery(String),
    /// There is no signature, or one by an unknown algorithm in the query.
    #[error("the request is not signed")]
    MissingToken,
    /// The request is signed with Signature Version 2.
    #[error("the request is signed with Signature Version 2")]
    SigV2,
    /// There is a signature in the header and one in the query.
    #[error("the request is signed twice")]
    BothMechanisms,
    /// The header begins with another algorithm.
    #[error("`{0}` is no signature algorithm")]
    UnsupportedAlgorithm(String),
    /// A part of the header has no equal-sign.
    #[error("`{part}` is no key and value")]
    NotAPair {
        /// The part.
        part: String,
        /// The whole header.
        header: String,
    },
    /// The header lacks parts.
    #[error("the authorization header is incomplete")]
    IncompleteHeader {
        /// `Credential`, `Signature`, `SignedHeaders`.
        missing: Vec<&'static str>,
        /// Whether there is no date either.
        no_date: bool,
    },
    /// The query lacks parameters: `X-Amz-Credential` …
    #[error("the signature's parameters are incomplete")]
    IncompleteQuery(Vec<&'static str>),
    /// The host isn't signed.
    #[error("the host is not signed")]
    HostNotSigned,
    /// The date can't be read.
    #[error("`{0}` is no ISO 8601 date")]
    DateForm(String),
    /// The request is too old.
    #[error("the signature has expired")]
    Expired {
        /// When it was signed.
        time: Timestamp,
        /// The server's time.
        now: Timestamp,
    },
    /// The request is from the future.
    #[error("the signature is not yet current")]
    NotYetCurrent {
        /// When it was signed.
        time: Timestamp,
        /// The server's time.
        now: Timestamp,
    },
    /// The credential hasn't five parts.
    #[error("`{0}` is no credential")]
    CredentialForm(String),
    /// The credential is for something else.
    #[error("the credential is for another scope")]
    Scope(Vec<ScopeProblem>),
    /// The key is unknown, inactive or without its token.
    #[error("the access key is not valid")]
    UnknownKey,
    /// The session is over.
    #[error("the session token has expired")]
    ExpiredToken,
    /// The signature differs.
    #[error("the signature differs")]
    Mismatch(Box<Mismatch>),
}

/// What is wrong with a credential's scope.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ScopeProblem {
    /// Another region.
    Region,
    /// Another service than this.
    Service(String),
    /// This, in place of `aws4_request`.
    Terminator(String),
    /// Another day than the request's.
    Date {
        /// The day in the scope.
        given: String,
        /// When the request was signed.
        time: Timestamp,
    },
}

impl QueryError {
    /// The service's answer.
    pub fn answer(&self, service: &Service) -> ServiceError {
        let (status, code) = self.status_and_code();
        match service.protocol() {
            _ if code.is_empty() => ServiceError::without_body(status),
            Protocol::Query | Protocol::Ec2 | Protocol::RestXml => {
                ServiceError::new(status, code, self.text())
            }
            Protocol::RestJson => ServiceError::new(403, json_code(code), self.text()),
            Protocol::Json => ServiceError::new(400, json_code(code), self.text()),
        }
    }

    fn status_and_code(&self) -> (u16, &'static str) {
        match self {
            Self::Path => (400, ""),
            Self::MalformedQuery(_) => (400, "MalformedQueryString"),
            Self::MissingToken => (403, "MissingAuthenticationToken"),
            // Old regions of AWS still take it, and what new ones answer isn't known: the words are S3's.
            Self::SigV2 => (400, "InvalidRequest"),
            Self::UnsupportedAlgorithm(_)
            | Self::NotAPair { .. }
            | Self::IncompleteHeader { .. }
            | Self::IncompleteQuery(_)
            | Self::DateForm(_)
            | Self::CredentialForm(_) => (400, "IncompleteSignature"),
            Self::BothMechanisms
            | Self::HostNotSigned
            | Self::Expired { .. }
            | Self::NotYetCurrent { .. }
            | Self::Scope(_)
            | Self::Mismatch(_) => (403, "SignatureDoesNotMatch"),
            Self::UnknownKey => (403, "InvalidClientTokenId"),
            Self::ExpiredToken => (403, "ExpiredToken"),
        }
    }

    fn text(&self) -> String {
        match self {
            Self::Path | Self::BothMechanisms => String::new(),
            Self::MalformedQuery(text) => text.clone(),
            Self::MissingToken => "Request is missing Authentication Token".to_owned(),
            Self::SigV2 => super::SIGV2.to_owned(),
            Self::UnsupportedAlgorithm(given) => format!("Unsupported AWS 'algorithm': '{given}'."),
            Self::NotAPair { part, header } => format!(
                "'{part}' not a valid key=value pair (missing equal-sign) in Authorization header: '{header}'."
            ),
            Self::IncompleteHeader { missing, no_date } => incomplete_header(missing, *no_date),
            Self::IncompleteQuery(missing) => incomplete_query(missing),
            Self::HostNotSigned => {
                "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.".to_owned()
            }
            Self::DateForm(given) => format!(
                "Date must be in ISO-8601 'basic format'. Got '{given}'. See http://en.wikipedia.org/wiki/ISO_8601"
            ),
            Self::Expired { time, now } => expired(*time, *now),
            Self::NotYetCurrent { time, now } => not_yet_current(*time, *now),
            Self::CredentialForm(given) => format!(
                "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, \
                 got '{given}'"
            ),
            Self::Scope(problems) => problems.iter().map(ScopeProblem::text).collect(),
            Self::UnknownKey => "The security token included in the request is invalid.".to_owned(),
            Self::ExpiredToken => "The security token included in the request is expired".to_owned(),
            Self::Mismatch(_) => "The request signature we calculated does not match the signature you provided. \
                                  Check your AWS Secret Access Key and signing method. Consult the service \
                                  documentation for details."
                .to_owned(),
        }
    }
}

/// The names that services with JSON protocols have for the codes of query services. Their statuses and names are
/// those of AWS's "Common errors"; not captured for the services at hand.
fn json_code(code: &'static str) -> &'static str {
    match code {
        "MissingAuthenticationToken" => "MissingAuthenticationTokenException",
        "IncompleteSignature" => "IncompleteSignatureException",
        "SignatureDoesNotMatch" => "InvalidSignatureException",
        "InvalidClientTokenId" => "UnrecognizedClientException",
        "ExpiredToken" => "ExpiredTokenException",
        other => other,
    }
}

fn incomplete_header(missing: &[&str], no_date: bool) -> String {
    let parts = missing
        .iter()
        .map(|part| format!("Authorization header requires '{part}' parameter. "));
    let mut text: String = parts.collect();
    if no_date {
        text.push_str(
            "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. ",
        );
    }
    format!("{text}Authorization={ALGORITHM}")
}

fn incomplete_query(missing: &[&str]) -> String {
    let parts = missing
        .iter()
        .map(|name| format!("AWS query-string parameters must include '{name}'. "));
    parts
        .chain(["Re-examine the query-string parameters.".to_owned()])
        .collect()
}

fn expired(signed: Timestamp, now: Timestamp) -> String {
    let earliest = now.saturating_sub(MAX_SKEW).unwrap_or(now);
    let [signed, earliest, now] = [signed, earliest, now].map(time::basic);
    format!("Signature expired: {signed} is now earlier than {earliest} ({now} - 15 min.)")
}

fn not_yet_current(signed: Timestamp, now: Timestamp) -> String {
    let latest = now.saturating_add(MAX_SKEW).unwrap_or(now);
    let [signed, latest, now] = [signed, latest, now].map(time::basic);
    format!("Signature not yet current: {signed} is still later than {latest} ({now} + 15 min.)")
}

impl ScopeProblem {
    /// AWS puts a space after each, the last one too.
    fn text(&self) -> String {
        match self {
            Self::Region => "Credential should be scoped to a valid region. ".to_owned(),
            Self::Service(service) => {
                format!("Credential should be scoped to correct service: '{service}'. ")
            }
            Self::Terminator(given) => {
                format!(
                    "Credential should be scoped with a valid terminator: '{TERMINATOR}', not '{given}'. "
                )
            }
            Self::Date {
                given,
                time: signed,
            } => {
                let signed = time::basic(*signed);
                let day: String = signed.chars().take(8).collect();
                format!(
                    "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: \
                     '{given}' != '{day}', from '{signed}'. "
                )
            }
        }
    }
}
