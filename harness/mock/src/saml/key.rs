//! A key pair for a SAML provider of a test's own, on a mock or on AWS.

use jiff::Timestamp;
use rsa::rand_core::TryCryptoRng;

use super::{AssertionSpec, Metadata, Signer, response};

/// An RSA key pair with which a SAML provider signs.
///
/// The key of [`SamlMetadataSpec::Generated`] follows from the world's seed, so that anybody knows it; this one nobody knows,
/// so that AWS can be told to trust it for the length of a test.
///
/// [`SamlMetadataSpec::Generated`]: crate::SamlMetadataSpec::Generated
#[derive(Clone, Debug)]
pub struct SamlKey(Signer);

impl SamlKey {
    /// A new key pair, for which some tenths of a second are needed; `None` if there is no randomness.
    pub fn generate<R: TryCryptoRng + ?Sized>(random: &mut R) -> Option<Self> {
        Signer::rsa(random, "rolecall").map(Self)
    }

    /// The metadata document of a provider that signs with it: a value for `SAMLMetadataDocument`.
    pub fn metadata(&self, issuer: &str) -> String {
        Metadata::of(issuer, self.0.certificate()).document
    }

    /// A signed response of a provider, issued now: a value for `SAMLAssertion`.
    pub fn sign_assertion(&self, issuer: &str, spec: &AssertionSpec, now: Timestamp) -> String {
        response(&self.0, issuer, spec, now)
    }
}
