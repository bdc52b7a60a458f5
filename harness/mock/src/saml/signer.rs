//! The key of a provider that is the mock's own, with the certificate that its metadata shows.

use p256::ecdsa::SigningKey;

use super::certificate;

/// A key pair and its certificate.
#[derive(Clone)]
pub(crate) struct Signer {
    #[expect(dead_code, reason = "for assertions, which come next")]
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
}
