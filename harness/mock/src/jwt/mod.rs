//! JSON Web Tokens (RFC 7519) of OpenID Connect providers: read, verified against a provider's keys, and issued.

mod algorithm;
mod key_set;
mod signer;
mod token;

pub(crate) use self::algorithm::Algorithm;
pub(crate) use self::key_set::KeySet;
pub(crate) use self::signer::Signer;
pub(crate) use self::token::Token;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// Base64url without padding, as all parts of a token are.
fn encode(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

fn decode(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok()
}
