//! A request's signature, read and judged up to the secret.

use bytes::Bytes;
use http::Request;
use jiff::Timestamp;

use super::canonical::{self, PathRule};
use super::error::{Mismatch, QueryError, S3Error, SignatureError};
use super::key::sha256_hex;
use super::{Algorithm, Payload, Scope, Secret, SigningKey, query, s3};
use crate::time;

/// Who verifies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Endpoint<'e> {
    /// The service's signing name.
    pub service: &'e str,
    /// The region that signatures must be for; `None` takes any, as an endpoint with a name of its own does.
    pub region: Option<&'e str>,
}

/// Where a signature travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transport {
    /// In the `Authorization` header.
    Header,
    /// In the query: a presigned URL.
    Query {
        /// How many seconds the URL is good for, if it says so.
        expires: Option<i64>,
    },
}

/// A signature that is in order but for its secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedRequest {
    /// How it is signed.
    pub algorithm: Algorithm,
    /// Who signed.
    pub access_key_id: String,
    /// For what. A request signed with SigV4A is for a set of regions; here stands the one that it was sent to.
    pub scope: Scope,
    /// The names of the headers that are signed.
    pub signed_headers: Vec<String>,
    /// The signature, in hexadecimal as it was sent.
    pub signature: String,
    /// When it was signed.
    pub time: Timestamp,
    /// The session token, if there is one. Its value may be signed or not.
    pub session_token: Option<String>,
    /// Where the signature is.
    pub transport: Transport,
    /// What S3 is told about the body; other services hash it.
    pub payload: Option<Payload>,
    /// `x-amz-content-sha256`, for S3.
    pub(super) payload_text: Option<String>,
    /// The session token as often as it was sent.
    pub(super) tokens: Vec<String>,
}

/// Reads a request's signature and checks all that needs no secret: its form, its time and its scope, in the order of
/// the service. `None` is a request to S3 that isn't signed: an anonymous one.
///
/// # Errors
///
/// The first check that fails. At services other than S3, a request that isn't signed is one of them.
pub fn read(
    request: &Request<Bytes>,
    endpoint: Endpoint<'_>,
    now: Timestamp,
) -> Result<Option<SignedRequest>, SignatureError> {
    match PathRule::of(endpoint.service) {
        PathRule::S3 => Ok(s3::read(request, endpoint, now)?),
        PathRule::Other => Ok(Some(query::read(request, endpoint, now)?)),
    }
}

impl SignedRequest {
    /// Compares the signature with the one that the key makes, in constant time.
    ///
    /// # Errors
    ///
    /// The mismatch, with the texts that S3 shows.
    pub fn verify(&self, request: &Request<Bytes>, key: &SigningKey) -> Result<(), SignatureError> {
        let canonical_request = self.canonical_request(request);
        let string_to_sign = self.string_to_sign(&canonical_request);
        if key.verifies(&string_to_sign, &self.signature) {
            return Ok(());
        }
        let mismatch = Box::new(Mismatch {
            access_key_id: self.access_key_id.clone(),
            string_to_sign,
            canonical_request,
            provided: self.signature.clone(),
        });
        Err(self.error(
            || QueryError::Mismatch(mismatch.clone()),
            || S3Error::Mismatch(mismatch.clone()),
        ))
    }

    /// The key that belongs to the secret of this request's access key.
    pub fn derive_key(&self, secret: &Secret) -> SigningKey {
        #[cfg(feature = "sigv4a")]
        if self.algorithm == Algorithm::Ecdsa
            && let Some(key) = SigningKey::asymmetric(&self.access_key_id, secret)
        {
            return key;
        }
        SigningKey::derive(secret, &self.scope)
    }

    /// Compares the body with the hash that was signed, where S3 was told one. Chunked bodies are for their decoder.
    pub fn check_payload(&self, request: &Request<Bytes>) -> Result<(), SignatureError> {
        let (Some(Payload::Hash), Some(client)) = (self.payload, &self.payload_text) else {
            return Ok(());
        };
        let computed = sha256_hex(request.body());
        if computed.eq_ignore_ascii_case(client) {
            return Ok(());
        }
        Err(S3Error::PayloadMismatch {
            client: client.clone(),
            computed,
        }
        .into())
    }

    /// The canonical request.
    pub fn canonical_request(&self, request: &Request<Bytes>) -> String {
        let rule = PathRule::of(&self.scope.service);
        let hashed = self
            .payload_text
            .clone()
            .unwrap_or_else(|| sha256_hex(request.body()));
        canonical::request(request, rule, &self.signed_headers, &hashed)
    }

    /// The text that is signed.
    pub fn string_to_sign(&self, canonical_request: &str) -> String {
        let time = time::basic(self.time);
        canonical::string_to_sign(self.algorithm, &time, &self.scope, canonical_request)
    }

    /// The error of a key that is unknown, inactive, or not sent with its own token.
    pub fn unknown_key(&self) -> SignatureError {
        self.error(
            || QueryError::UnknownKey,
            || S3Error::UnknownKey(self.access_key_id.clone()),
        )
    }

    /// The error of a session that is over.
    pub fn expired_token(&self) -> SignatureError {
        self.error(
            || QueryError::ExpiredToken,
            || S3Error::ExpiredToken(self.tokens.clone()),
        )
    }

    /// The error of a token that nobody issued; at S3 also that of a token sent with a long-term key.
    pub fn unreadable_token(&self) -> SignatureError {
        let token = || self.session_token.clone().unwrap_or_default();
        self.error(
            || QueryError::UnknownKey,
            || S3Error::UnreadableToken(token()),
        )
    }

    fn error(
        &self,
        query: impl FnOnce() -> QueryError,
        s3: impl FnOnce() -> S3Error,
    ) -> SignatureError {
        match PathRule::of(&self.scope.service) {
            PathRule::S3 => s3().into(),
            PathRule::Other => query().into(),
        }
    }
}
