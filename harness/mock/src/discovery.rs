//! Keys that issuers publish, fetched when a token comes.
//!
//! This crate opens no connections of its own: what fetches comes from its user, by
//! [`MockBuilder::fetch_keys`](crate::MockBuilder::fetch_keys).

use std::fmt;
use std::sync::Arc;

use thiserror::Error;

/// Why an issuer's keys couldn't be fetched.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum FetchError {
    /// The issuer didn't answer in time.
    #[error("the issuer didn't answer in time")]
    Timeout,
    /// There is no such issuer, or it answers something else.
    #[error("{0}")]
    Failed(String),
}

/// Fetches the JWKS of an issuer, by the issuer's URL.
type Fetch = dyn Fn(&str) -> Result<String, FetchError> + Send + Sync;

/// What fetches, shared.
#[derive(Clone)]
pub(crate) struct FetchKeys(Arc<Fetch>);

impl FetchKeys {
    pub(crate) fn new(
        fetch: impl Fn(&str) -> Result<String, FetchError> + Send + Sync + 'static,
    ) -> Self {
        Self(Arc::new(fetch))
    }

    pub(crate) fn fetch(&self, issuer: &str) -> Result<String, FetchError> {
        (self.0)(issuer)
    }
}

impl fmt::Debug for FetchKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FetchKeys")
    }
}
