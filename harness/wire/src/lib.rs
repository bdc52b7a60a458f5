//! How AWS services talk: service models, requests and answers, parameter checks, signatures.
//!
//! A client and a server meet on the wire. This crate is both halves of what is between them, without either: no
//! socket, no clock, no credentials file, no opinion about what a request should do. `rolecall-mock` answers with it,
//! `rolecall` asks with it.
//!
//! # From a call to an answer
//!
//! AWS's own service models drive everything. A client turns an input into a request and signs it:
//!
//! ```
//! use rolecall_wire::sigv4::{self, Credentials, Endpoint};
//! use rolecall_wire::{ServiceError, Structure, codec, model, validate};
//!
//! let sts = model::service("sts").unwrap();
//! let operation = sts.operation("AssumeRole").unwrap();
//! let now = "2026-01-02T03:04:05Z".parse()?;
//! let credentials = Credentials::new("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", None);
//!
//! let input = Structure::new()
//!     .with("RoleArn", "arn:aws:iam::123456789012:role/Deploy")
//!     .with("RoleSessionName", "D");
//! let mut request = codec::encode_input(sts, operation, &input, &"http://127.0.0.1:4566".parse()?)?;
//! sigv4::sign(&mut request, &credentials, "us-east-1", "sts", now);
//!
//! // A server verifies it, finds out what it asks for, and reads the input …
//! let endpoint = Endpoint { service: "sts", region: Some("us-east-1") };
//! let signed = sigv4::read(&request, endpoint, now)?.expect("STS has no anonymous callers");
//! signed.verify(&request, &signed.derive_key(&credentials.secret))?;
//! let asked = codec::route(sts, &request, None)?;
//! let read = codec::decode_input(sts, asked, &request, None)?;
//! assert_eq!((asked.name(), &read), ("AssumeRole", &input));
//!
//! // … which breaks a constraint of the model. AWS has its own words for that.
//! let error = validate::error(sts, &validate::violations(sts, asked, &read)).unwrap();
//! assert_eq!(error.code, "ValidationError");
//! assert_eq!(
//!     error.message.as_deref(),
//!     Some(
//!         "1 validation error detected: Value 'D' at 'roleSessionName' failed to satisfy constraint: \
//!          Member must have length greater than or equal to 2",
//!     ),
//! );
//!
//! // The client reads the answer: an output, or the error.
//! let metadata = codec::ResponseMetadata {
//!     request_id: "c6104cbe-af31-11e0-8154-cbc7ccf896c7".to_owned(),
//!     extended_request_id: "MTp1cy1lYXN0LTE6UzpFWEFNUExF".to_owned(),
//!     format: codec::AnswerFormat::of(&request),
//! };
//! let answer = codec::encode_error(sts, &error, &metadata, false);
//! let told = codec::decode_output(sts, operation, &answer).unwrap_err();
//! assert_eq!((told.status, told.code), (400, error.code));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # The parts
//!
//! - [`model`]: the services, their operations and shapes, as data with a date.
//! - [`value`]: inputs and outputs as plain values, by the names of the model.
//! - [`codec`]: requests, answers and errors, on both sides: query (STS, IAM), REST-XML (S3, CloudFront), REST-JSON
//!   (IAM Toolbox), JSON (Organizations).
//! - [`validate`]: AWS's checks of parameters, and their texts.
//! - [`sigv4`]: signatures in headers, in URLs and in chunks; made, read, judged.
//! - [`error`]: what goes wrong, as AWS puts it.
//! - [`xml`]: documents read into a small tree, for what isn't a request or an answer: SAML metadata.
//!
//! # What it promises
//!
//! Nothing panics or takes long, whatever comes in; the fuzzer among the tests looks for it
//! (`ROLECALL_FUZZ_SECONDS=60 cargo test -p rolecall-wire fuzz`). Secrets don't print. Where AWS's answer is not known,
//! a comment says so.

pub mod codec;
pub mod error;
pub mod model;
mod percent;
pub mod sigv4;
mod time;
pub mod validate;
pub mod value;
pub mod xml;

pub use error::ServiceError;
pub use model::{Operation, Service};
pub use value::{Structure, Value};
