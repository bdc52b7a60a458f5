//! Scopes and the keys that are derived for them.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

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

/// A key for one secret and one scope. Deriving takes four HMACs: worth keeping. It doesn't print.
#[derive(Clone, PartialEq, Eq)]
pub struct SigningKey([u8; 32]);

impl SigningKey {
    /// The key of a secret for a scope.
    pub fn derive(secret: &Secret, scope: &Scope) -> Self {
        let day = hmac(format!("AWS4{}", secret.expose()).as_bytes(), &scope.date);
        let region = hmac(&day, &scope.region);
        let service = hmac(&region, &scope.service);
        Self(hmac(&service, TERMINATOR))
    }

    /// Whether a signature is that of a text: compared in constant time. Upper-case hexadecimal is refused.
    pub(super) fn verifies(&self, string_to_sign: &str, signature: &str) -> bool {
        self.sign(string_to_sign)
            .as_bytes()
            .ct_eq(signature.as_bytes())
            .into()
    }

    /// The signature of a text, as lower-case hexadecimal.
    pub fn sign(&self, string_to_sign: &str) -> String {
        hex(&hmac(&self.0, string_to_sign))
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningKey(…)")
    }
}

#[expect(clippy::expect_used, reason = "HMAC takes keys of any length")]
fn hmac(key: &[u8], text: &str) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    mac.update(text.as_bytes());
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

    /// AWS: General Reference, "Deriving a signing key", the example values.
    #[test]
    fn the_documented_key_is_derived() {
        let scope = Scope {
            date: "20120215".into(),
            region: "us-east-1".into(),
            service: "iam".into(),
        };
        let key = SigningKey::derive(&"wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY".into(), &scope);
        assert_eq!(
            hex(&key.0),
            "f4780e2d9f65fa895f9c67b32ce1baf0b0d8a43505a000a1a9e090d414db404d"
        );
    }
}
