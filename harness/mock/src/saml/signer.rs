//! The key of a provider that is the mock's own, with the certificate that its metadata shows.

use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{Signature, SigningKey};

use super::certificate;

/// A key pair and its certificate.
#[derive(Clone)]
pub(crate) struct Signer {
    key: SigningKey,
    certificate: Vec<u8>,
}

impl std::fmt::Debug for Signer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Signer")
    }
}

impl Signer {
    /// The key pair of 32 bytes; `None` for the few that are no private key of the curve.
    pub(crate) fn from_bytes(bytes: &[u8; 32], name: &str) -> Option<Self> {
        let key = SigningKey::from_slice(bytes).ok()?;
        let certificate = certificate::self_signed(&key, name);
        Some(Self { key, certificate })
    }

    /// The certificate, in DER.
    pub(crate) fn certificate(&self) -> &[u8] {
        &self.certificate
    }

    /// The signature of a text, as XML Signature writes it: both numbers, each in 32 bytes.
    pub(super) fn sign(&self, text: &[u8]) -> Vec<u8> {
        let signature: Signature = self.key.sign(text);
        signature.to_bytes().to_vec()
    }
}
