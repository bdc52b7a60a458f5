//! Signature Version 4: sign and verify, with AWS's own words for everything that can be wrong.
//!
//! A server [`read`]s what a request says about its signature, looks up the secret of the access key that it names,
//! and lets the [`SignedRequest`] compare. Each step that fails gives a [`SignatureError`], which knows the service's
//! answer. A client [`sign`]s or [`presign`]s. No function looks at a clock.
//!
//! ```
//! use rolecall_wire::sigv4::{self, Credentials, Endpoint, SigningKey};
//! # use rolecall_wire::{codec, model, Structure};
//! # let sts = model::service("sts").unwrap();
//! # let operation = sts.operation("GetCallerIdentity").unwrap();
//! # let endpoint = "http://127.0.0.1:4566".parse().unwrap();
//! # let mut request = codec::encode_input(sts, operation, &Structure::new(), &endpoint).unwrap();
//! let now = "2026-01-02T03:04:05Z".parse().unwrap();
//! let credentials = Credentials::new("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", None);
//! sigv4::sign(&mut request, &credentials, "us-east-1", "sts", now);
//!
//! let endpoint = Endpoint { service: "sts", region: Some("us-east-1") };
//! let signed = sigv4::read(&request, endpoint, now).unwrap().expect("there is a signature");
//! assert_eq!(signed.access_key_id, "AKIDEXAMPLE");
//! let key = SigningKey::derive(&credentials.secret, &signed.scope);
//! assert!(signed.verify(&request, &key).is_ok());
//! ```

mod algorithm;
mod canonical;
mod chunked;
mod claim;
mod credentials;
#[cfg(feature = "sigv4a")]
mod ecdsa;
mod error;
mod key;
mod payload;
mod query;
mod s3;
mod sign;
mod signed;

pub use algorithm::Algorithm;
pub use chunked::decode_body;
pub use claim::{Credential, credential};
pub use credentials::{Credentials, Secret};
pub use error::{CredentialProblem, Mismatch, QueryError, S3Error, ScopeProblem, SignatureError};
pub use key::{Scope, SigningKey};
pub use payload::Payload;
pub use sign::{presign, sign};
pub use signed::{Endpoint, SignedRequest, Transport, read};

/// The algorithm's name in headers and parameters.
pub const ALGORITHM: &str = "AWS4-HMAC-SHA256";

/// The last part of every scope.
pub const TERMINATOR: &str = "aws4_request";

/// How far a request's time may be from the server's: 15 minutes, exactly included.
///
/// Captures of live STS and IAM print `15 min.`; S3 names 900,000 ms.
pub const MAX_SKEW: jiff::SignedDuration = jiff::SignedDuration::from_mins(15);
