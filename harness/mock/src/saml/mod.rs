//! SAML 2.0: the metadata of identity providers, their certificates, and the assertions they sign.

mod certificate;
mod metadata;
mod signer;

pub(crate) use self::metadata::Metadata;
pub(crate) use self::signer::Signer;
