//! Scopes and the keys that are derived for them.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

#[cfg(feature = "sigv4a")]
use super::ecdsa::KeyPair;
use super::{Secret, TERMINATOR};
use crate::time;

/// What a signature is good for: a day, a region and a service.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Scope {
    /// `20260102`.
    pub date: String,
    /// `us-east-1`.
    pub region: String,
    /// The service's signing name: `sts`.
    pub service: String,
}

impl Scope {
    /// The scope of a time.
    pub fn new(time: Timestamp, region: &str, service: &str) -> Self {
        let date = time::basic(time).chars().take(8).collect();
        Self {
            date,
            region: region.to_owned(),
            service: service.to_owned(),
        }
    }
}

/// `20260102/us-east-1/sts/aws4_request`.
impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}/{}/{}/{TERMINATOR}",
            self.date, self.region, self.service
        )
    }
}

/// A key for one secret and one scope. Deriving takes four HMACs, or a key pair: worth keeping. It doesn't print.
#[derive(Clone, PartialEq, Eq)]
pub struct SigningKey(Kind);

#[derive(Clone, PartialEq, Eq)]
enum Kind {
    Hmac([u8; 32]),
    #[cfg(feature = "sigv4a")]
    Ecdsa(Box<KeyPair>),
}

impl SigningKey {
    /// The key of a secret for a scope.
    pub fn derive(secret: &Secret, scope: &Scope) -> Self {
        let day = hmac(format!("AWS4{}", secret.expose()).as_bytes(), &scope.date);
        let region = hmac(&day, &scope.region);
        let service = hmac(&region, &scope.service);
        Self(Kind::Hmac(hmac(&service, TERMINATOR)))
    }

    /// The key of an access key for SigV4A, for all scopes.
    #[cfg(feature = "sigv4a")]
    pub fn asymmetric(access_key_id: &str, secret: &Secret) -> Option<Self> {
        KeyPair::derive(access_key_id, secret).map(|pair| Self(Kind::Ecdsa(Box::new(pair))))
    }

    /// Whether a signature is that of a text: compared in constant time. Upper-case hexadecimal is refused.
    pub(super) fn verifies(&self, string_to_sign: &str, signature: &str) -> bool {
        match &self.0 {
            Kind::Hmac(_) => self
                .sign(string_to_sign)
                .as_bytes()
                .ct_eq(signature.as_bytes())
                .into(),
            #[cfg(feature = "sigv4a")]
            Kind::Ecdsa(pair) => pair.verifies(string_to_sign, signature),
        }
    }

    /// The signature of a text, as lower-case hexadecimal.
    pub fn sign(&self, string_to_sign: &str) -> String {
        match &self.0 {
            Kind::Hmac(key) => hex(&hmac(key, string_to_sign)),
            #[cfg(feature = "sigv4a")]
            Kind::Ecdsa(pair) => pair.sign(string_to_sign),
        }
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningKey(…)")
    }
}

fn hmac(key: &[u8], text: &str) -> [u8; 32] {
    hmac_bytes(key, text.as_bytes())
}

#[expect(clippy::expect_used, reason = "HMAC takes keys of any length")]
pub(super) fn hmac_bytes(key: &[u8], bytes: &[u8]) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    mac.update(bytes);
    mac.finalize().into_bytes().into()
}

/// The SHA-256 of bytes, as lower-case hexadecimal.
pub(super) fn sha256_hex(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// Lower-case hexadecimal.
pub(super) fn hex(bytes: &[u8]) -> String {
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits
        .filter_map(|digit| char::from_digit(digit.into(), 16))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// AWS: General Reference, "Task 3: calculate the signature for AWS Signature Version 4", the example.
    #[test]
    fn the_documented_signature_is_made() {
        let scope = Scope {
            date: "20150830".into(),
            region: "us-east-1".into(),
            service: "iam".into(),
        };
        let key = SigningKey::derive(&"wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY".into(), &scope);
        let string_to_sign = "AWS4-HMAC-SHA256\n20150830T123600Z\n20150830/us-east-1/iam/aws4_request\n\
                              f536975d06c0309214f805bb90ccff089219ecd68b2577efef23edd43b7e1a59";
        let signature = "5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7";
        assert_eq!(key.sign(string_to_sign), signature);
        assert!(key.verifies(string_to_sign, signature));
        assert!(
            !key.verifies(string_to_sign, &signature.to_uppercase()),
            "upper-case hexadecimal is refused"
        );
        assert!(!key.verifies("another text", signature));
    }
}
