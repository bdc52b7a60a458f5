//! Protocols that bind members to HTTP: REST-XML (S3, CloudFront), REST-JSON (IAM Toolbox) and, as one that binds
//! none, JSON (Organizations).

mod body;
mod error;
mod fields;
mod input;
mod output;
mod query;
mod route;
mod s3;

pub(super) use error::encode_error;
pub(super) use input::{decode_input, encode_input};
pub(super) use output::{decode_output, encode_output};
pub(super) use route::route;
