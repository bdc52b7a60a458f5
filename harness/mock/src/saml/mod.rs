//! SAML 2.0: the metadata of identity providers, their certificates, and the assertions they sign.

mod assertion;
mod certificate;
mod issue;
mod key;
mod metadata;
#[cfg(feature = "saml")]
mod response;
mod signer;

pub use self::assertion::saml_name_qualifier;
pub(crate) use self::assertion::{Assertion, Refusal};
pub use self::issue::AssertionSpec;
pub(crate) use self::issue::response;
pub use self::key::SamlKey;
pub(crate) use self::metadata::Metadata;
pub(crate) use self::signer::Signer;

const PROTOCOL: &str = "urn:oasis:names:tc:SAML:2.0:protocol";
const ASSERTION: &str = "urn:oasis:names:tc:SAML:2.0:assertion";
const SIGNATURE: &str = "http://www.w3.org/2000/09/xmldsig#";
