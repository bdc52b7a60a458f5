//! What an assertion says.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use jiff::Timestamp;
use sha1::{Digest as _, Sha1};

use super::Metadata;

/// An assertion out of a response.
#[derive(Clone, Debug)]
pub(crate) struct Assertion {
    pub(crate) issuer: String,
    pub(crate) subject: String,
    /// The URI of the subject's format.
    pub(crate) subject_format: String,
    /// Where the subject was to take the assertion.
    pub(crate) recipient: Option<String>,
    pub(crate) audiences: Vec<String>,
    pub(crate) issued: Timestamp,
    pub(crate) not_before: Option<Timestamp>,
    /// The first of the ends that it names.
    pub(crate) expires: Option<Timestamp>,
    /// The end of the session at the provider.
    pub(crate) session_expires: Option<Timestamp>,
    /// Names and values, in order.
    pub(crate) attributes: Vec<(String, Vec<String>)>,
}

/// Why an assertion isn't taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(dead_code, reason = "a build has the first three, or the last")]
pub(crate) enum Refusal {
    /// It is no response with exactly one assertion.
    Unreadable,
    /// It is another provider's.
    OtherIssuer,
    /// Nothing that counts is signed by the provider.
    Signature,
    /// Signatures can't be verified by this build.
    NotBuilt,
}

impl Assertion {
    /// Reads the assertion of a response, which is to be signed by a provider; by nobody where none is given.
    #[cfg(feature = "saml")]
    pub(crate) fn open(response: &str, provider: Option<&Metadata>) -> Result<Self, Refusal> {
        super::response::open(response, provider)
    }

    /// This build can't tell who signed it.
    #[cfg(not(feature = "saml"))]
    pub(crate) fn open(_: &str, _: Option<&Metadata>) -> Result<Self, Refusal> {
        Err(Refusal::NotBuilt)
    }
}

/// What AWS calls the name qualifier of a provider's subjects: it tells equal subjects of different providers apart.
///
/// AWS: API Reference, `AssumeRoleWithSAML`, `NameQualifier`.
pub fn saml_name_qualifier(issuer: &str, account: &str, provider: &str) -> String {
    BASE64.encode(Sha1::digest(format!("{issuer}{account}/{provider}")))
}
