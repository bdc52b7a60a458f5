//! The two algorithms of Signature Version 4.

use super::Scope;

/// How a request is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Algorithm {
    /// `AWS4-HMAC-SHA256`: with a secret, for one region.
    Hmac,
    /// `AWS4-ECDSA-P256-SHA256`: with a key pair, for a set of regions. Known with the feature `sigv4a`.
    Ecdsa,
}

impl Algorithm {
    /// The name in headers and parameters.
    pub fn name(self) -> &'static str {
        match self {
            Self::Hmac => super::ALGORITHM,
            Self::Ecdsa => "AWS4-ECDSA-P256-SHA256",
        }
    }

    /// The algorithm of a name, if it can be verified.
    pub(super) fn parse(name: &str) -> Option<Self> {
        let known: &[Self] = if cfg!(feature = "sigv4a") {
            &[Self::Hmac, Self::Ecdsa]
        } else {
            &[Self::Hmac]
        };
        known
            .iter()
            .copied()
            .find(|algorithm| algorithm.name() == name)
    }

    /// The scope as it is signed: a set of regions is no part of it.
    pub(super) fn scope(self, scope: &Scope) -> String {
        match self {
            Self::Hmac => scope.to_string(),
            Self::Ecdsa => format!("{}/{}/{}", scope.date, scope.service, super::TERMINATOR),
        }
    }
}
