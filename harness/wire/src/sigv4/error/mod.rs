//! Everything that can be wrong with a signature, and AWS's answer to it.
//!
//! Query services, JSON services and CloudFront share one set of checks, S3 has its own.

mod query;
mod s3;

pub use query::{QueryError, ScopeProblem};
pub use s3::{CredentialProblem, S3Error};

use crate::{Service, ServiceError};

/// What S3 says to Signature Version 2.
const SIGV2: &str =
    "The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.";

/// What is wrong with a request's signature.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    /// At a service other than S3.
    #[error(transparent)]
    Query(#[from] QueryError),
    /// At S3.
    #[error(transparent)]
    S3(#[from] S3Error),
}

impl SignatureError {
    /// The service's answer.
    pub fn answer(&self, service: &Service) -> ServiceError {
        match self {
            Self::Query(error) => error.answer(service),
            Self::S3(error) => error.answer(),
        }
    }
}

/// A signature that differs: what the server made of the request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mismatch {
    /// Whose secret was used.
    pub access_key_id: String,
    /// The text that should have been signed.
    pub string_to_sign: String,
    /// The canonical request that it is the hash of.
    pub canonical_request: String,
    /// The signature that the client sent.
    pub provided: String,
}
