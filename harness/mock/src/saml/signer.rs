//! The keys of providers that are the mock's own, or a test's, each with the certificate that its metadata shows.

use p256::ecdsa::signature::Signer as _;
use rsa::rand_core::TryCryptoRng;
use rsa::signature::SignatureEncoding as _;
use sha2::Sha256;

use super::certificate;

/// AWS: IAM User Guide, Create a SAML identity provider in IAM: a key of 1,024 bits at least. That is RSA's way of counting.
const RSA_BITS: usize = 2_048;

/// A key pair and its certificate.
#[derive(Clone)]
pub(crate) struct Signer {
    key: Key,
    certificate: Vec<u8>,
}

/// A private key.
#[derive(Clone)]
pub(super) enum Key {
    P256(p256::ecdsa::SigningKey),
    Rsa(Box<rsa::pkcs1v15::SigningKey<Sha256>>),
}

impl std::fmt::Debug for Signer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Signer")
    }
}

impl Signer {
    /// The key pair of 32 bytes, on the curve P-256; `None` for the few that are no private key of the curve.
    pub(crate) fn from_bytes(bytes: &[u8; 32], name: &str) -> Option<Self> {
        let key = p256::ecdsa::SigningKey::from_slice(bytes).ok()?;
        Some(Self::new(Key::P256(key), name))
    }

    /// A new RSA key pair; `None` if there is no randomness.
    pub(super) fn rsa<R: TryCryptoRng + ?Sized>(random: &mut R, name: &str) -> Option<Self> {
        let key = rsa::pkcs1v15::SigningKey::random(random, RSA_BITS).ok()?;
        Some(Self::new(Key::Rsa(Box::new(key)), name))
    }

    fn new(key: Key, name: &str) -> Self {
        let certificate = certificate::self_signed(&key, name);
        Self { key, certificate }
    }

    /// The certificate, in DER.
    pub(crate) fn certificate(&self) -> &[u8] {
        &self.certificate
    }

    /// The algorithm of its signatures, as XML Signature names it (RFC 9231).
    pub(super) fn algorithm(&self) -> &'static str {
        match self.key {
            Key::P256(_) => "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256",
            Key::Rsa(_) => "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
        }
    }

    /// The signature of a text, as XML Signature writes it: of a curve both numbers, each in 32 bytes.
    pub(super) fn sign(&self, text: &[u8]) -> Vec<u8> {
        match &self.key {
            Key::P256(key) => {
                let signature: p256::ecdsa::Signature = key.sign(text);
                signature.to_bytes().to_vec()
            }
            Key::Rsa(key) => key.sign(text).to_vec(),
        }
    }
}
