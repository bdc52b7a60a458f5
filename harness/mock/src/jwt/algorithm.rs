//! The signature algorithms, and the keys that each takes.

use p256::ecdsa::signature::Verifier;
use rsa::pkcs1v15;
use sha2::{Sha256, Sha384, Sha512};

/// A signature algorithm of RFC 7518. There is none for `none`, nor for secrets that are shared.
///
/// AWS: IAM User Guide, Create an OpenID Connect (OIDC) identity provider in IAM, has these six.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Algorithm {
    Rs256,
    Rs384,
    Rs512,
    Es256,
    Es384,
    Es512,
}

impl Algorithm {
    /// By its name in a token's header.
    pub(crate) fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "RS256" => Self::Rs256,
            "RS384" => Self::Rs384,
            "RS512" => Self::Rs512,
            "ES256" => Self::Es256,
            "ES384" => Self::Es384,
            "ES512" => Self::Es512,
            _ => return None,
        })
    }
}

/// A provider's public key.
#[derive(Clone, Debug)]
pub(super) enum PublicKey {
    Rsa(rsa::PublicKey),
    P256(p256::ecdsa::VerifyingKey),
    P384(p384::ecdsa::VerifyingKey),
    P521(p521::ecdsa::VerifyingKey),
}

impl PublicKey {
    /// Whether the key is of the algorithm's kind, and the signature is the key's.
    pub(super) fn verifies(&self, algorithm: Algorithm, text: &[u8], signature: &[u8]) -> bool {
        use Algorithm::{Es256, Es384, Es512, Rs256, Rs384, Rs512};
        match (self, algorithm) {
            (Self::Rsa(key), Rs256) => {
                let key = pkcs1v15::VerifyingKey::<Sha256>::new(key.clone());
                verifies::<pkcs1v15::Signature>(&key, text, signature)
            }
            (Self::Rsa(key), Rs384) => {
                let key = pkcs1v15::VerifyingKey::<Sha384>::new(key.clone());
                verifies::<pkcs1v15::Signature>(&key, text, signature)
            }
            (Self::Rsa(key), Rs512) => {
                let key = pkcs1v15::VerifyingKey::<Sha512>::new(key.clone());
                verifies::<pkcs1v15::Signature>(&key, text, signature)
            }
            (Self::P256(key), Es256) => verifies::<p256::ecdsa::Signature>(key, text, signature),
            (Self::P384(key), Es384) => verifies::<p384::ecdsa::Signature>(key, text, signature),
            (Self::P521(key), Es512) => verifies::<p521::ecdsa::Signature>(key, text, signature),
            (Self::Rsa(_), Es256 | Es384 | Es512)
            | (Self::P256(_), Rs256 | Rs384 | Rs512 | Es384 | Es512)
            | (Self::P384(_), Rs256 | Rs384 | Rs512 | Es256 | Es512)
            | (Self::P521(_), Rs256 | Rs384 | Rs512 | Es256 | Es384) => false,
        }
    }
}

fn verifies<S: for<'s> TryFrom<&'s [u8]>>(
    key: &impl Verifier<S>,
    text: &[u8],
    signature: &[u8],
) -> bool {
    S::try_from(signature).is_ok_and(|signature| key.verify(text, &signature).is_ok())
}
