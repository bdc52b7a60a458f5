//! JSON Web Key Sets (RFC 7517): the public keys of a provider.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::algorithm::{Algorithm, PublicKey};
use super::token::Token;
use super::{Signer, decode};

/// The public keys of a provider that signatures can be verified with.
#[derive(Clone, Debug, Default)]
pub(crate) struct KeySet {
    keys: Vec<Key>,
    /// As it was given; none for the key of a signer.
    text: Option<Arc<str>>,
}

/// One key.
#[derive(Clone, Debug)]
struct Key {
    id: Option<String>,
    /// The only algorithm it is for, where the set says so.
    algorithm: Option<String>,
    public: PublicKey,
}

impl KeySet {
    /// Reads `{"keys": […]}`. Keys that aren't for signatures, and of kinds that AWS doesn't take, are passed over; a set
    /// without any other is no use.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let set: Value = serde_json::from_str(text).map_err(|error| error.to_string())?;
        let listed = set.get("keys").and_then(Value::as_array);
        let listed = listed.ok_or("a JWKS has a list `keys`")?;
        let keys: Vec<_> = listed.iter().filter_map(Key::read).collect();
        if keys.is_empty() {
            return Err(
                "no key in it verifies RS256, RS384, RS512, ES256, ES384 or ES512 signatures"
                    .to_owned(),
            );
        }
        Ok(Self {
            keys,
            text: Some(text.into()),
        })
    }

    /// The text that it was read from.
    pub(crate) fn text(&self) -> Option<&str> {
        self.text.as_deref()
    }

    /// The keys of signers.
    pub(crate) fn of(signers: &[&Signer]) -> Self {
        let keys = signers.iter().map(|signer| signer.public_key());
        Self {
            keys: keys.filter_map(|key| Key::read(&key)).collect(),
            text: None,
        }
    }

    /// Whether the set has the key that a token names, or any where it names none.
    pub(crate) fn knows(&self, token: &Token) -> bool {
        self.named(token).next().is_some()
    }

    /// The key that a token names; all where it names none.
    fn named<'k>(&'k self, token: &Token) -> impl Iterator<Item = &'k Key> {
        let id = token.key_id().map(str::to_owned);
        let is_named = move |key: &&Key| id.is_none() || key.id == id;
        self.keys.iter().filter(is_named)
    }

    /// Whether a token's signature is that of the key it names; `None` if no key could tell. A token that names none is
    /// tried with them all.
    pub(crate) fn verifies(&self, token: &Token) -> Option<bool> {
        let algorithm = Algorithm::parse(token.algorithm())?;
        let mut candidates = self.named(token).peekable();
        candidates.peek()?;
        Some(candidates.any(|key| {
            let is_for = |name: &String| name == token.algorithm();
            key.algorithm.as_ref().is_none_or(is_for)
                && key
                    .public
                    .verifies(algorithm, token.signed_text(), token.signature())
        }))
    }
}

impl Key {
    fn read(key: &Value) -> Option<Self> {
        let key = key.as_object()?;
        if text(key, "use").is_some_and(|purpose| purpose != "sig") {
            return None;
        }
        let owned = |name| text(key, name).map(str::to_owned);
        Some(Self {
            id: owned("kid"),
            algorithm: owned("alg"),
            public: match text(key, "kty")? {
                "RSA" => PublicKey::Rsa(rsa_key(key)?),
                "EC" => curve_key(key)?,
                _ => return None,
            },
        })
    }
}

/// The crate refuses moduli that are too long and exponents that are too small or too great.
fn rsa_key(key: &Map<String, Value>) -> Option<rsa::PublicKey> {
    let number = |name| {
        let bytes = decode(text(key, name)?)?;
        let bits = u32::try_from(bytes.len()).ok()?.checked_mul(8)?;
        rsa::BoxedUint::from_be_slice(&bytes, bits).ok()
    };
    rsa::PublicKey::new(number("n")?, number("e")?).ok()
}

/// RFC 7518, section 6.2.1: the coordinates have the curve's full length.
fn curve_key(key: &Map<String, Value>) -> Option<PublicKey> {
    let curve = text(key, "crv")?;
    let length = match curve {
        "P-256" => 32,
        "P-384" => 48,
        "P-521" => 66,
        _ => return None,
    };
    let coordinate = |name| decode(text(key, name)?).filter(|bytes| bytes.len() == length);
    // SEC 1: 4 is for a point with both coordinates.
    let point = [&[4_u8][..], &coordinate("x")?, &coordinate("y")?].concat();
    match curve {
        "P-256" => p256::ecdsa::VerifyingKey::from_sec1_bytes(&point)
            .ok()
            .map(PublicKey::P256),
        "P-384" => p384::ecdsa::VerifyingKey::from_sec1_bytes(&point)
            .ok()
            .map(PublicKey::P384),
        _ => p521::ecdsa::VerifyingKey::from_sec1_bytes(&point)
            .ok()
            .map(PublicKey::P521),
    }
}

fn text<'k>(key: &'k Map<String, Value>, name: &str) -> Option<&'k str> {
    key.get(name)?.as_str()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 7515, appendix A.2: a token signed with RS256, and its key. Appendix A.3: the same with ES256.
    const RSA_KEY: &str = r#"{"keys": [{"kty": "RSA", "e": "AQAB", "n": "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ"}]}"#;
    const RSA_TOKEN: &str = "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw";
    const EC_KEY: &str = r#"{"keys": [{"kty": "EC", "crv": "P-256", "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}]}"#;
    /// Made by OpenSSL, whose keys were thrown away.
    const P384_KEY: &str = r#"{"keys": [{"kty": "EC", "crv": "P-384", "x": "JithZmYl_JYP0TL5xKLpFBe10Sw5SSAk7gif9tU6yeITqrYhugqrwiG17tuDo9Qg", "y": "KDQRlX6s7vSBJAsGQe2ujKjb8oLGe1O3JM9Dyb4WGWhw6ypR8mRrnXqO70G1YmcE"}]}"#;
    const P384_TOKEN: &str = "eyJhbGciOiAiRVMzODQifQ.eyJpc3MiOiJqb2UifQ.O2s3rMJP5aJAqjDgWiKhuI2TVwWXZU62v5FEn2-8wH3coYAHNYXBdA_bvSGoAK8pB_V3qMWwqh4C6FMkWugrR9oADndxEfBWXkWl-0eyhLa9eS3QhlrbicTqdJMrtcAI";
    const P521_KEY: &str = r#"{"keys": [{"kty": "EC", "crv": "P-521", "x": "AW89vQcVoxzxFxjKQsSn4rPfWLpQcsvWsb_q-LuMNnfq4pbucIemvXtkq1st0GCXdFcyD2krxJryR4A257Y4Kz_Z", "y": "AK5VlQ2dYJN1AxaVywClnYQcN69spsGVA8fpjjhFXvZcJ1ir55wSGHnkA6gapS5298Z1YaUGbZWpXBxyqApZsE_1"}]}"#;
    const P521_TOKEN: &str = "eyJhbGciOiAiRVM1MTIifQ.eyJpc3MiOiJqb2UifQ.AApxZuZ3SHp0vx3QxYq1BgVhfA4aIrd0cnNlaE0Cu0Xo3OAVzBBpSfmzR6uVRfxBMr-m_iac-l5LczQVX-Z33_smAZd7155FV5jnBtgK0jJ-sxxYQfyyFPskBGCtNEWsP_kQQ-DMgyQhZNpqH2qMGpTkc-PeVksWwnXYaN_KgfR-Csiq";
    const EC_TOKEN: &str = "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";

    #[test]
    fn only_the_key_of_the_signature_verifies_it() {
        let rows = [
            (RSA_KEY, RSA_TOKEN, true),
            (EC_KEY, EC_TOKEN, true),
            (P384_KEY, P384_TOKEN, true),
            (P521_KEY, P521_TOKEN, true),
            (P384_KEY, P521_TOKEN, false),
            (P521_KEY, P384_TOKEN, false),
            (EC_KEY, P384_TOKEN, false),
            (RSA_KEY, EC_TOKEN, false),
            (EC_KEY, RSA_TOKEN, false),
        ];
        for (keys, token, verifies) in rows {
            let token = Token::parse(token).unwrap();
            let keys = KeySet::parse(keys).unwrap();
            assert_eq!(keys.verifies(&token), Some(verifies), "{token:?}");
        }
    }

    /// The keys of a public key are no secret: HS256 with one would be anybody's signature.
    #[test]
    fn no_key_is_for_unsigned_tokens_or_shared_secrets() {
        let keys = KeySet::parse(RSA_KEY).unwrap();
        for algorithm in ["none", "None", "HS256", "PS256", "rs256", ""] {
            let header = super::super::encode(format!(r#"{{"alg": "{algorithm}"}}"#));
            let (_, rest) = RSA_TOKEN.split_once('.').unwrap();
            let token = Token::parse(&format!("{header}.{rest}")).unwrap();
            assert_eq!(keys.verifies(&token), None, "{algorithm}");
        }
    }

    #[test]
    fn a_key_is_for_the_algorithm_and_the_purpose_that_its_set_says() {
        let token = Token::parse(RSA_TOKEN).unwrap();
        let with = |member: &str| RSA_KEY.replace(r#""kty""#, &format!(r#"{member}, "kty""#));
        let keys = KeySet::parse(&with(r#""alg": "RS512""#)).unwrap();
        assert_eq!(keys.verifies(&token), Some(false));
        let keys = KeySet::parse(&with(r#""alg": "RS256", "use": "sig""#)).unwrap();
        assert_eq!(keys.verifies(&token), Some(true));
        assert!(KeySet::parse(&with(r#""use": "enc""#)).is_err());
    }

    #[test]
    fn a_set_without_a_useful_key_is_refused() {
        for text in [
            "",
            "[]",
            r#"{"keys": {}}"#,
            r#"{"keys": []}"#,
            r#"{"keys": [1, {"kty": "oct", "k": "AAAA"}]}"#,
            r#"{"keys": [{"kty": "RSA", "n": "", "e": ""}]}"#,
            r#"{"keys": [{"kty": "RSA", "n": "AA", "e": "AQAB"}]}"#,
            r#"{"keys": [{"kty": "EC", "crv": "P-256", "x": "AAAA", "y": "AAAA"}]}"#,
            &EC_KEY.replace("P-256", "P-384"),
            &P384_KEY.replace("P-384", "secp256k1"),
        ] {
            assert!(KeySet::parse(text).is_err(), "{text}");
        }
    }
}
