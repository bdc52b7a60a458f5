//! Access keys.

use std::fmt;

/// An access key, and the session token of a temporary one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credentials {
    /// `AKIA…` or `ASIA…`.
    pub access_key_id: String,
    /// The secret access key.
    pub secret: Secret,
    /// The token that a temporary key is sent with.
    pub session_token: Option<String>,
}

impl Credentials {
    /// An access key.
    pub fn new(
        access_key_id: &str,
        secret: impl Into<Secret>,
        session_token: Option<&str>,
    ) -> Self {
        let session_token = session_token.map(str::to_owned);
        Self {
            access_key_id: access_key_id.to_owned(),
            secret: secret.into(),
            session_token,
        }
    }
}

/// A text that doesn't print.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// The text itself.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl From<&str> for Secret {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_does_not_print() {
        let credentials = Credentials::new("AKIDEXAMPLE", "wJalrXUtnFEMI", None);
        assert!(!format!("{credentials:?}").contains("wJalr"));
    }
}
