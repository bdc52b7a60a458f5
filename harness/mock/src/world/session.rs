//! Access keys and the sessions behind temporary ones.

use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use rolecall_policy::PolicySet;
use rolecall_wire::sigv4::{Scope, Secret, SigningKey};

use super::{AccountId, Tags};

/// An access key, long-term (`AKIA…`) or temporary (`ASIA…`).
#[derive(Debug)]
pub(crate) struct AccessKey {
    pub(crate) id: String,
    pub(crate) secret: Secret,
    pub(crate) active: bool,
    pub(crate) owner: KeyOwner,
    /// The key derived last, and what it is for.
    signing_key: Mutex<Option<(Scope, SigningKey)>>,
}

/// Whom an access key stands for.
#[derive(Clone, Debug)]
pub(crate) enum KeyOwner {
    /// The root user of an account.
    Root(AccountId),
    /// A user, by name.
    User { account: AccountId, name: String },
    /// A session.
    Session(Arc<Session>),
}

impl AccessKey {
    pub(crate) fn new(id: String, secret: Secret, active: bool, owner: KeyOwner) -> Self {
        Self {
            id,
            secret,
            active,
            owner,
            signing_key: Mutex::new(None),
        }
    }

    /// The signing key for a scope: derived, or remembered from the last request of this access key.
    pub(crate) fn signing_key(&self, scope: &Scope) -> SigningKey {
        let mut last = self
            .signing_key
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        match &*last {
            Some((known, key)) if known == scope => key.clone(),
            _ => {
                let key = SigningKey::derive(&self.secret, scope);
                *last = Some((scope.clone(), key.clone()));
                key
            }
        }
    }

    /// The account it belongs to.
    pub(crate) fn account(&self) -> &AccountId {
        match &self.owner {
            KeyOwner::Root(account) | KeyOwner::User { account, .. } => account,
            KeyOwner::Session(session) => &session.account,
        }
    }

    /// The session of a temporary key.
    pub(crate) fn session(&self) -> Option<&Arc<Session>> {
        match &self.owner {
            KeyOwner::Session(session) => Some(session),
            KeyOwner::Root(_) | KeyOwner::User { .. } => None,
        }
    }
}

/// A session of temporary credentials.
#[derive(Clone, Debug)]
pub(crate) struct Session {
    pub(crate) account: AccountId,
    pub(crate) token: Secret,
    pub(crate) issued: Timestamp,
    pub(crate) expires: Timestamp,
    pub(crate) identity: SessionIdentity,
    /// Session policies, if any was passed.
    pub(crate) policies: Option<Arc<PolicySet>>,
    /// Session tags, passed and inherited.
    pub(crate) tags: Tags,
    /// The keys of those tags that a chained session inherits.
    pub(crate) transitive_tags: Vec<String>,
    pub(crate) source_identity: Option<String>,
}

/// Whose session it is. The unique id binds it: whoever is deleted and made anew is someone else.
#[derive(Clone, Debug)]
pub(crate) enum SessionIdentity {
    /// A role's (`AssumeRole` and its kind).
    Role {
        name: String,
        id: String,
        session_name: String,
    },
}

impl Session {
    /// The session tags that a chained session inherits.
    pub(crate) fn inherited_tags(&self) -> impl Iterator<Item = &(String, String)> {
        self.tags.iter().filter(|(key, _)| {
            self.transitive_tags
                .iter()
                .any(|t| t.eq_ignore_ascii_case(key))
        })
    }
}
