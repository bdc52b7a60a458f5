//! The key pair of a provider that is the mock's own, which signs with ES256.

use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{Signature, SigningKey, VerifyingKey};
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

use super::encode;

/// A key pair and its id.
#[derive(Clone)]
pub(crate) struct Signer {
    key: SigningKey,
    key_id: String,
}

impl std::fmt::Debug for Signer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Signer").field(&self.key_id).finish()
    }
}

impl Signer {
    /// The key pair of 32 bytes; `None` for the few that are no private key of the curve.
    pub(crate) fn from_bytes(bytes: &[u8; 32]) -> Option<Self> {
        let key = SigningKey::from_slice(bytes).ok()?;
        let point = VerifyingKey::from(&key).to_sec1_bytes();
        let key_id = encode(Sha256::digest(&point));
        Some(Self { key, key_id })
    }

    pub(super) fn key_id(&self) -> &str {
        &self.key_id
    }

    pub(super) fn public_key(&self) -> VerifyingKey {
        VerifyingKey::from(&self.key)
    }

    /// A signed token with these claims.
    pub(crate) fn sign(&self, claims: Map<String, Value>) -> String {
        let header = json!({"alg": "ES256", "kid": self.key_id, "typ": "JWT"});
        let claims = Value::Object(claims);
        let text = format!(
            "{}.{}",
            encode(header.to_string()),
            encode(claims.to_string())
        );
        let signature: Signature = self.key.sign(text.as_bytes());
        format!("{text}.{}", encode(signature.to_bytes()))
    }
}
