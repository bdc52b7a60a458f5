//! The signature algorithms, and the keys that each takes.

use p256::ecdsa::signature::Verifier as _;
use rsa::pkcs1v15;
use sha2::{Sha256, Sha384, Sha512};

/// A signature algorithm of RFC 7518. There is none for `none`, nor for secrets that are shared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Algorithm {
    Rs256,
    Rs384,
    Rs512,
    Es256,
}

impl Algorithm {
    /// By its name in a token's header.
    pub(super) fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "RS256" => Self::Rs256,
            "RS384" => Self::Rs384,
            "RS512" => Self::Rs512,
            "ES256" => Self::Es256,
            _ => return None,
        })
    }
}

/// A provider's public key.
#[derive(Clone, Debug)]
pub(super) enum PublicKey {
    Rsa(rsa::PublicKey),
    P256(p256::ecdsa::VerifyingKey),
}

impl PublicKey {
    /// Whether the key is of the algorithm's kind, and the signature is the key's.
    pub(super) fn verifies(&self, algorithm: Algorithm, text: &[u8], signature: &[u8]) -> bool {
        match (self, algorithm) {
            (Self::Rsa(key), Algorithm::Rs256) => rsa_verifies(
                &pkcs1v15::VerifyingKey::<Sha256>::new(key.clone()),
                text,
                signature,
            ),
            (Self::Rsa(key), Algorithm::Rs384) => rsa_verifies(
                &pkcs1v15::VerifyingKey::<Sha384>::new(key.clone()),
                text,
                signature,
            ),
            (Self::Rsa(key), Algorithm::Rs512) => rsa_verifies(
                &pkcs1v15::VerifyingKey::<Sha512>::new(key.clone()),
                text,
                signature,
            ),
            (Self::P256(key), Algorithm::Es256) => {
                let signature = p256::ecdsa::Signature::from_slice(signature);
                signature.is_ok_and(|signature| key.verify(text, &signature).is_ok())
            }
            (Self::Rsa(_), Algorithm::Es256)
            | (Self::P256(_), Algorithm::Rs256 | Algorithm::Rs384 | Algorithm::Rs512) => false,
        }
    }
}

fn rsa_verifies(
    key: &impl p256::ecdsa::signature::Verifier<pkcs1v15::Signature>,
    text: &[u8],
    signature: &[u8],
) -> bool {
    let signature = pkcs1v15::Signature::try_from(signature);
    signature.is_ok_and(|signature| key.verify(text, &signature).is_ok())
}
