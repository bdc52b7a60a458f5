//! A token in its parts, not yet verified.

use serde_json::{Map, Value};

use super::decode;

/// A token of JWS's compact form (RFC 7515) with claims in it.
#[derive(Clone, Debug)]
pub(crate) struct Token {
    algorithm: String,
    key_id: Option<String>,
    claims: Map<String, Value>,
    signed_text: String,
    signature: Vec<u8>,
}

impl Token {
    /// Reads a token; `None` if it isn't one.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (signed_text, signature) = text.rsplit_once('.')?;
        let (header, claims) = signed_text.split_once('.')?;
        let header = object(header)?;
        let member = |name| Some(header.get(name)?.as_str()?.to_owned());
        Some(Self {
            algorithm: member("alg")?,
            key_id: member("kid"),
            claims: object(claims)?,
            signature: decode(signature)?,
            signed_text: signed_text.to_owned(),
        })
    }

    pub(super) fn algorithm(&self) -> &str {
        &self.algorithm
    }

    pub(super) fn key_id(&self) -> Option<&str> {
        self.key_id.as_deref()
    }

    pub(super) fn signed_text(&self) -> &[u8] {
        self.signed_text.as_bytes()
    }

    pub(super) fn signature(&self) -> &[u8] {
        &self.signature
    }

    /// The claims, which nobody vouches for until the signature is verified.
    pub(crate) fn claims(&self) -> &Map<String, Value> {
        &self.claims
    }

    pub(crate) fn into_claims(self) -> Map<String, Value> {
        self.claims
    }

    /// A claim's text.
    pub(crate) fn text(&self, claim: &str) -> Option<&str> {
        self.claims.get(claim)?.as_str()
    }

    /// A claim's time, in seconds; fractions are cut off.
    pub(crate) fn seconds(&self, claim: &str) -> Option<i64> {
        let number = self.claims.get(claim)?;
        number.as_i64().or_else(|| {
            let seconds = number.as_f64()?;
            #[expect(
                clippy::cast_possible_truncation,
                reason = "what is too great saturates"
            )]
            seconds.is_finite().then_some(seconds as i64)
        })
    }
}

fn object(part: &str) -> Option<Map<String, Value>> {
    serde_json::from_slice(&decode(part)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_token_is_not_read() {
        for text in [
            "",
            ".",
            "..",
            "a.b.c",
            "e30.e30",
            "e30.e30.",
            "eyJhbGciOjF9.e30.",
            "e30.e30.e30.e30",
            "é.é.é",
        ] {
            assert!(Token::parse(text).is_none(), "{text}");
        }
        assert!(Token::parse("eyJhbGciOiJub25lIn0.e30.").is_some());
    }
}
