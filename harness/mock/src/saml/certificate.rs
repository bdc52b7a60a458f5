//! The certificate of a test key: X.509 (RFC 5280) in DER, signed by the key itself.

use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{Signature, VerifyingKey};
use rsa::signature::{Keypair as _, SignatureEncoding as _};
use rsa::traits::PublicKeyParts as _;

use super::signer::Key;

const INTEGER: u8 = 0x02;
const BIT_STRING: u8 = 0x03;
/// `NULL`: the parameters of RSA's algorithms (RFC 4055).
const NULL: &[u8] = &[0x05, 0x00];
const UTF8_STRING: u8 = 0x0c;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;
const SEQUENCE: u8 = 0x30;
const SET: u8 = 0x31;
/// `[0]`, constructed: the version.
const VERSION: u8 = 0xa0;

/// `ecdsa-with-SHA256`, 1.2.840.10045.4.3.2 (RFC 5758).
const ECDSA_WITH_SHA256: &[u8] = &[0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02];
/// `id-ecPublicKey`, 1.2.840.10045.2.1 (RFC 5480).
const EC_PUBLIC_KEY: &[u8] = &[0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01];
/// `secp256r1`, 1.2.840.10045.3.1.7 (RFC 5480).
const SECP256R1: &[u8] = &[0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];
/// `sha256WithRSAEncryption`, 1.2.840.113549.1.1.11 (RFC 4055).
const SHA256_WITH_RSA: &[u8] = &[
    0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0b,
];
/// `rsaEncryption`, 1.2.840.113549.1.1.1 (RFC 3279).
const RSA_ENCRYPTION: &[u8] = &[
    0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01,
];
/// `id-at-commonName`, 2.5.4.3.
const COMMON_NAME: &[u8] = &[0x06, 0x03, 0x55, 0x04, 0x03];

/// The certificate of a key for a name. It is good until the end of the year 9999, since AWS doesn't look at when the
/// certificates of SAML providers expire.
pub(super) fn self_signed(key: &Key, name: &str) -> Vec<u8> {
    let algorithm = match key {
        Key::P256(_) => tagged(SEQUENCE, &[ECDSA_WITH_SHA256]),
        Key::Rsa(_) => tagged(SEQUENCE, &[SHA256_WITH_RSA, NULL]),
    };
    let to_be_signed = to_be_signed(key, name, &algorithm);
    let signature = signature(key, &to_be_signed);
    tagged(
        SEQUENCE,
        &[&to_be_signed, &algorithm, &bit_string(&signature)],
    )
}

/// The signature of a text, as certificates have it.
fn signature(key: &Key, text: &[u8]) -> Vec<u8> {
    match key {
        Key::P256(key) => {
            let signature: Signature = key.sign(text);
            let (r, s) = signature.split_bytes();
            tagged(SEQUENCE, &[&integer(&r), &integer(&s)])
        }
        Key::Rsa(key) => key.sign(text).to_vec(),
    }
}

/// `SubjectPublicKeyInfo`.
fn public_key_info(key: &Key) -> Vec<u8> {
    match key {
        Key::P256(key) => {
            let algorithm = tagged(SEQUENCE, &[EC_PUBLIC_KEY, SECP256R1]);
            let point = VerifyingKey::from(key).to_sec1_bytes();
            tagged(SEQUENCE, &[&algorithm, &bit_string(&point)])
        }
        Key::Rsa(key) => {
            let algorithm = tagged(SEQUENCE, &[RSA_ENCRYPTION, NULL]);
            let key = key.verifying_key();
            let key: &rsa::PublicKey = key.as_ref();
            let numbers = [
                integer(&key.n().to_be_bytes_trimmed_vartime()),
                integer(&key.e().to_be_bytes_trimmed_vartime()),
            ];
            let numbers = tagged(SEQUENCE, &numbers.each_ref().map(Vec::as_slice));
            tagged(SEQUENCE, &[&algorithm, &bit_string(&numbers)])
        }
    }
}

/// The public key of a certificate (`SubjectPublicKeyInfo`), in DER; `None` if it can't be found. Who issued the
/// certificate and when it expires doesn't matter: it is the metadata that makes it the provider's.
#[cfg(feature = "saml")]
pub(super) fn public_key(certificate: &[u8]) -> Option<&[u8]> {
    let (_, certificate, _) = element(certificate)?;
    let (_, mut rest, _) = element(certificate)?;
    if rest.first() == Some(&VERSION) {
        rest = element(rest)?.2;
    }
    // Serial number, signature algorithm, issuer, validity and subject come first.
    for _ in 0..5 {
        rest = element(rest)?.2;
    }
    let (public_key, _, _) = element(rest)?;
    (public_key.first() == Some(&SEQUENCE)).then_some(public_key)
}

/// The first element, whole and its content alone, and what follows it.
#[cfg(feature = "saml")]
fn element(encoded: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let (_, after_tag) = encoded.split_first()?;
    let (first, after_length) = after_tag.split_first()?;
    let (length, content) = if *first < 0x80 {
        (usize::from(*first), after_length)
    } else {
        let count = usize::from(*first & 0x7f);
        let (digits, content) = after_length.split_at_checked(count)?;
        if !(1..=4).contains(&count) {
            return None;
        }
        let length = digits
            .iter()
            .fold(0, |length, digit| (length << 8) | usize::from(*digit));
        (length, content)
    };
    let (content, rest) = content.split_at_checked(length)?;
    let (whole, _) = encoded.split_at_checked(encoded.len() - rest.len())?;
    Some((whole, content, rest))
}

fn to_be_signed(key: &Key, name: &str, algorithm: &[u8]) -> Vec<u8> {
    let common_name = tagged(
        SEQUENCE,
        &[COMMON_NAME, &tagged(UTF8_STRING, &[name.as_bytes()])],
    );
    let name = tagged(SEQUENCE, &[&tagged(SET, &[&common_name])]);
    let validity = tagged(
        SEQUENCE,
        &[
            &tagged(UTC_TIME, &[b"200101000000Z"]),
            &tagged(GENERALIZED_TIME, &[b"99991231235959Z"]),
        ],
    );
    let public_key = public_key_info(key);
    let version = tagged(VERSION, &[&integer(&[2])]);
    tagged(
        SEQUENCE,
        &[
            &version,
            &integer(&[1]),
            algorithm,
            &name,
            &validity,
            &name,
            &public_key,
        ],
    )
}

/// A positive number: without zeros in front, but for the one that keeps it positive.
fn integer(bytes: &[u8]) -> Vec<u8> {
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    let digits = bytes.get(zeros..).unwrap_or_default();
    match digits.first() {
        Some(first) if *first < 0x80 => tagged(INTEGER, &[digits]),
        _ => tagged(INTEGER, &[&[0], digits]),
    }
}

/// Whole bytes: no bit of the last is unused.
fn bit_string(bytes: &[u8]) -> Vec<u8> {
    tagged(BIT_STRING, &[&[0], bytes])
}

fn tagged(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let content = parts.concat();
    let length = content.len().to_be_bytes();
    let digits: Vec<u8> = length.into_iter().skip_while(|byte| *byte == 0).collect();
    let mut encoded = vec![tag];
    match (u8::try_from(content.len()), u8::try_from(digits.len())) {
        (Ok(length), _) if length < 0x80 => encoded.push(length),
        (_, Ok(count)) => {
            encoded.push(0x80 | count);
            encoded.extend(digits);
        }
        // No content is longer than a length can say.
        (_, Err(_)) => {}
    }
    encoded.extend(content);
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    /// ITU-T X.690, 8.1.3 and 8.3.
    #[test]
    fn lengths_and_numbers_are_distinguished_encodings() {
        assert_eq!(tagged(INTEGER, &[&[7; 0x7f]])[..2], [2, 0x7f]);
        assert_eq!(tagged(INTEGER, &[&[7; 0x80]])[..3], [2, 0x81, 0x80]);
        assert_eq!(tagged(INTEGER, &[&[7; 0x1234]])[..4], [2, 0x82, 0x12, 0x34]);
        assert_eq!(integer(&[0, 0, 1]), [2, 1, 1]);
        assert_eq!(integer(&[0x80]), [2, 2, 0, 0x80]);
        assert_eq!(integer(&[0]), [2, 1, 0]);
    }

    #[cfg(feature = "saml")]
    #[test]
    fn the_public_key_of_a_certificate_can_be_found() {
        let key = p256::ecdsa::SigningKey::from_slice(&[7; 32]).unwrap();
        let certificate = self_signed(&Key::P256(key.clone()), &"x".repeat(200));

        let found = public_key(&certificate).unwrap();

        assert!(found.ends_with(&VerifyingKey::from(&key).to_sec1_bytes()));
        for length in 0..certificate.len() {
            assert_eq!(public_key(&certificate[..length]), None, "{length}");
        }
        assert_eq!(public_key(&[0x30, 0x80, 0, 0]), None);
        assert_eq!(public_key(&[0x30, 0x85, 0, 0, 0, 0, 1, 0]), None);
    }
}
