//! Key pairs of SigV4A.
//!
//! The private key follows from an access key by the counter-mode derivation of NIST SP 800-108. The documents of AWS
//! don't spell it out; its signers do, and AWS's signing test suite has its results.

use p256::ecdsa::signature::{Signer, Verifier};
use p256::ecdsa::{Signature, SigningKey, VerifyingKey};

use super::key::{hex, hmac_bytes};
use super::{Algorithm, Secret};

/// The key pair of an access key.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct KeyPair(SigningKey);

impl KeyPair {
    /// Tries one counter after the other; all but one in 2^32 succeed at once.
    pub(super) fn derive(access_key_id: &str, secret: &Secret) -> Option<Self> {
        let secret = format!("AWS4A{}", secret.expose());
        (1..=u8::MAX).find_map(|counter| {
            let mut input = vec![0, 0, 0, 1];
            input.extend_from_slice(Algorithm::Ecdsa.name().as_bytes());
            input.push(0);
            input.extend_from_slice(access_key_id.as_bytes());
            input.push(counter);
            input.extend_from_slice(&256_u32.to_be_bytes());
            let candidate = incremented(hmac_bytes(secret.as_bytes(), &input))?;
            SigningKey::from_slice(&candidate).ok().map(Self)
        })
    }

    pub(super) fn sign(&self, text: &str) -> String {
        let signature: Signature = self.0.sign(text.as_bytes());
        hex(signature.to_der().as_bytes())
    }

    /// Chunk signatures are filled up with asterisks.
    pub(super) fn verifies(&self, text: &str, signature: &str) -> bool {
        let signature =
            unhex(signature.trim_end_matches('*')).and_then(|der| Signature::from_der(&der).ok());
        signature.is_some_and(|signature| {
            VerifyingKey::from(&self.0)
                .verify(text.as_bytes(), &signature)
                .is_ok()
        })
    }
}

/// One more than a number of 256 bits; none after the greatest.
fn incremented(mut number: [u8; 32]) -> Option<[u8; 32]> {
    for byte in number.iter_mut().rev() {
        let (sum, overflows) = byte.overflowing_add(1);
        *byte = sum;
        if !overflows {
            return Some(number);
        }
    }
    None
}

/// Upper-case hexadecimal is refused, as in every signature.
fn unhex(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: &u8| match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    };
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    let bytes = pairs
        .iter()
        .map(|[high, low]| Some(digit(high)? << 4 | digit(low)?));
    if rest.is_empty() {
        bytes.collect()
    } else {
        None
    }
}
