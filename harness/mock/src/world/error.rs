//! Why something can't be in a world.

use thiserror::Error;

/// A part of a specification that AWS wouldn't have.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum WorldError {
    /// Not twelve digits.
    #[error("`{0}` is not an account number of 12 digits")]
    InvalidAccountId(String),
    /// The same account twice.
    #[error("account {0} is there already")]
    AccountExists(String),
    /// An account that was not added.
    #[error("there is no account {0}")]
    UnknownAccount(String),
    /// A name that AWS refuses.
    #[error("`{name}` is not a name for a {kind}: {rule}")]
    InvalidName {
        /// `user`, `role`, `policy`, `bucket`.
        kind: &'static str,
        /// The name.
        name: String,
        /// What AWS asks of one.
        rule: &'static str,
    },
    /// A path that AWS refuses.
    #[error("`{0}` is not a path: it begins and ends with a slash, as in `/` and `/team/`")]
    InvalidPath(String),
    /// A name that is taken; names in IAM ignore case.
    #[error("a {kind} named `{name}` is there already")]
    Exists {
        /// `user`, `role`, `policy`, `bucket`.
        kind: &'static str,
        /// The name.
        name: String,
    },
    /// A customer managed policy that was not added.
    #[error("there is no policy {0}")]
    UnknownPolicy(String),
    /// Tags that AWS refuses.
    #[error("{0}")]
    InvalidTags(String),
    /// An account in two places of the organization.
    #[error("account {0} is in the organization twice")]
    InOrganizationTwice(String),
    /// A group that was not added.
    #[error("there is no group `{0}`")]
    UnknownGroup(String),
    /// Something that isn't there to be changed or removed.
    #[error("there is no {kind} `{name}`")]
    Unknown {
        /// `user`, `role`, `group`, `policy`, `bucket`, `resource`.
        kind: &'static str,
        /// The name.
        name: String,
    },
    /// Text that is no ARN.
    #[error("`{0}` is no ARN")]
    InvalidArn(String),
    /// A JWKS that can't be read, or has no key for signatures.
    #[error("the keys of {issuer} are no use: {problem}")]
    InvalidKeys {
        /// The provider's URL.
        issuer: String,
        /// What is wrong.
        problem: String,
    },
    /// A SAML metadata document that AWS would refuse.
    #[error("the metadata of the SAML provider `{provider}` is no use: {problem}")]
    InvalidMetadata {
        /// The provider's name.
        provider: String,
        /// What is wrong.
        problem: &'static str,
    },
    /// A token or an assertion to be issued by a provider whose private keys are elsewhere.
    #[error("the private keys of {0} are not the world's own, so it can't sign for it")]
    CannotSign(String),
    /// A longest session that AWS refuses.
    #[error("a longest session of {0} seconds is not between 3600 and 43200")]
    InvalidMaxSession(i64),
}
