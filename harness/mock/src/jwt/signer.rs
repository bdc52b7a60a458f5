//! Key pairs that are the mock's own: those of its providers, and those of AWS's token issuers.

use std::sync::LazyLock;

use p256::ecdsa::signature::{SignatureEncoding as _, Signer as _};
use rsa::traits::PublicKeyParts as _;
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

use super::encode;

/// A key pair and its id.
#[derive(Clone)]
pub(crate) struct Signer {
    key: Key,
    key_id: String,
}

#[derive(Clone)]
enum Key {
    P256(p256::ecdsa::SigningKey),
    P384(p384::ecdsa::SigningKey),
    Rsa(Box<rsa::PrivateKey>),
}

impl std::fmt::Debug for Signer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Signer").field(&self.key_id).finish()
    }
}

impl Signer {
    /// The key pair of 32 bytes, for ES256; `None` for the few that are no private key of the curve.
    pub(crate) fn es256(bytes: &[u8; 32]) -> Option<Self> {
        let key = p256::ecdsa::SigningKey::from_slice(bytes).ok()?;
        Some(Self::new(Key::P256(key)))
    }

    /// The key pair of 48 bytes, for ES384; `None` for the few that are no private key of the curve.
    pub(crate) fn es384(bytes: &[u8; 48]) -> Option<Self> {
        let key = p384::ecdsa::SigningKey::from_slice(bytes).ok()?;
        Some(Self::new(Key::P384(key)))
    }

    /// The one key pair for RS256. It is the same in every world, since a new one takes a second to find.
    pub(crate) fn rs256() -> Option<&'static Self> {
        static KEY: LazyLock<Option<Signer>> = LazyLock::new(|| {
            let key = rsa_key()?;
            Some(Signer::new(Key::Rsa(Box::new(key))))
        });
        KEY.as_ref()
    }

    fn new(key: Key) -> Self {
        let public = key.public().to_string();
        let key_id = encode(Sha256::digest(public));
        Self { key, key_id }
    }

    /// The public key as a JWK (RFC 7517).
    pub(crate) fn public_key(&self) -> Value {
        let mut key = self.key.public();
        if let Some(members) = key.as_object_mut() {
            members.insert("alg".to_owned(), self.key.algorithm().into());
            members.insert("kid".to_owned(), self.key_id.as_str().into());
            members.insert("use".to_owned(), "sig".into());
        }
        key
    }

    /// A signed token with these claims.
    pub(crate) fn sign(&self, claims: Map<String, Value>) -> String {
        let header = json!({"alg": self.key.algorithm(), "kid": self.key_id, "typ": "JWT"});
        let claims = Value::Object(claims);
        let text = format!(
            "{}.{}",
            encode(header.to_string()),
            encode(claims.to_string())
        );
        let signature = self.key.sign(text.as_bytes());
        format!("{text}.{}", encode(signature))
    }
}

impl Key {
    fn algorithm(&self) -> &'static str {
        match self {
            Self::P256(_) => "ES256",
            Self::P384(_) => "ES384",
            Self::Rsa(_) => "RS256",
        }
    }

    fn sign(&self, text: &[u8]) -> Vec<u8> {
        match self {
            Self::P256(key) => {
                let signature: p256::ecdsa::Signature = key.sign(text);
                signature.to_vec()
            }
            Self::P384(key) => {
                let signature: p384::ecdsa::Signature = key.sign(text);
                signature.to_vec()
            }
            Self::Rsa(key) => {
                let key = rsa::pkcs1v15::SigningKey::<Sha256>::new(rsa::PrivateKey::clone(key));
                key.sign(text).to_vec()
            }
        }
    }

    /// The members of a JWK that make up the key.
    fn public(&self) -> Value {
        match self {
            Self::P256(key) => curve("P-256", &key.verifying_key().to_sec1_bytes()),
            Self::P384(key) => curve("P-384", &key.verifying_key().to_sec1_bytes()),
            Self::Rsa(key) => {
                let number = |number: Box<[u8]>| encode(number);
                let (n, e) = (
                    key.n().to_be_bytes_trimmed_vartime(),
                    key.e().to_be_bytes_trimmed_vartime(),
                );
                json!({"kty": "RSA", "n": number(n), "e": number(e)})
            }
        }
    }
}

/// RFC 7518, section 6.2: the coordinates of a point, which SEC 1 puts one after the other behind a byte.
fn curve(name: &str, point: &[u8]) -> Value {
    let coordinates = point.get(1..).unwrap_or_default();
    let (x, y) = coordinates.split_at(coordinates.len() / 2);
    json!({"kty": "EC", "crv": name, "x": encode(x), "y": encode(y)})
}

/// The factors of a modulus that anybody may know: it guards nothing.
const FACTORS: [&str; 2] = [
    "df9de9ff3aa97bb1c730834ca0b0b85ab46a4d54ebe0ed3e597ab308dae2c70cfe5973e2b6f4569e1949a6431ead0985\
     836b83526a9f0b73a5928e9dccdb4696059178da5b968256e1975d1fccd0ef479086297962805471de0738c9918db837\
     7db5c9a51b99984130614d98beae484e090d08ce41f61345aca3f2eb1cb4e64f",
    "d7672c4f0f95390d6e72d860bc707f13bc10313d27e164b1e994e4d2d238c898d9b74d80919ddbe2b339327cc4b73e25\
     6847988a8332022373c4b16e1d9fd87d81a72ca63f3fae8683dffddbf68ef580eada1ed239745a5d6bd02a67be167c27\
     32638565d4ab3941b85b72b0f7e1a9b2707a5119806a1a9448aa65ab404d8dc1",
];

fn rsa_key() -> Option<rsa::PrivateKey> {
    let factor = |hex: &&str| {
        let digits = hex.as_bytes().chunks(2);
        let bytes = digits.map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok());
        let bytes: Vec<u8> = bytes.collect::<Option<_>>()?;
        rsa::BoxedUint::from_be_slice(&bytes, 1024).ok()
    };
    let [p, q] = FACTORS.each_ref().map(factor);
    rsa::PrivateKey::from_p_q(p?, q?, rsa::BoxedUint::from(65_537_u64)).ok()
}

#[cfg(test)]
mod tests {
    use super::super::{KeySet, Token};
    use super::*;

    #[test]
    fn a_key_set_of_the_public_key_verifies_the_token() {
        let signers = [
            Signer::es256(&[7; 32]).unwrap(),
            Signer::es384(&[7; 48]).unwrap(),
            Signer::rs256().unwrap().clone(),
        ];
        for signer in &signers {
            let token = signer.sign(Map::new());
            let token = Token::parse(&token).unwrap();
            for other in &signers {
                let keys = KeySet::of(&[other]);
                let is_its_own = signer.key_id == other.key_id;
                assert_eq!(keys.verifies(&token) == Some(true), is_its_own);
            }
        }
    }
}
