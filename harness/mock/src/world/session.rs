//! Access keys and the sessions behind temporary ones.

use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use rolecall_policy::{Context, PolicySet};
use rolecall_wire::sigv4::{Algorithm, Scope, Secret, SignedRequest, SigningKey};

use super::{AccountId, Role, Tags};
use crate::context::ContextKey;

/// An access key, long-term (`AKIA…`) or temporary (`ASIA…`).
#[derive(Debug)]
pub(crate) struct AccessKey {
    pub(crate) id: String,
    pub(crate) secret: Secret,
    pub(crate) active: bool,
    pub(crate) owner: KeyOwner,
    /// When it was made; `None` for the beginning of the world, and for temporary ones.
    pub(crate) created: Option<Timestamp>,
    /// When and for what it was used last.
    last_use: Mutex<Option<LastUse>>,
    /// The key derived last, and what it is for.
    signing_key: Mutex<Option<(Algorithm, Scope, SigningKey)>>,
}

/// The last use of an access key.
#[derive(Clone, Debug)]
pub(crate) struct LastUse {
    pub(crate) when: Timestamp,
    /// The service's signing name: `s3`.
    pub(crate) service: String,
    pub(crate) region: String,
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
            created: None,
            last_use: Mutex::new(None),
            signing_key: Mutex::new(None),
        }
    }

    /// The same key, made later than the world.
    pub(crate) fn created_at(self, created: Timestamp) -> Self {
        Self {
            created: Some(created),
            ..self
        }
    }

    /// The same key, active or not.
    pub(crate) fn with_active(&self, active: bool) -> Self {
        Self {
            active,
            ..self.with_owner(self.owner.clone())
        }
    }

    /// The same key, as it was before anybody used it.
    pub(crate) fn unused(&self) -> Self {
        Self {
            last_use: Mutex::default(),
            ..self.with_owner(self.owner.clone())
        }
    }

    /// The same key of another owner, or of one with another name.
    pub(crate) fn with_owner(&self, owner: KeyOwner) -> Self {
        let (id, secret) = (self.id.clone(), self.secret.clone());
        Self {
            created: self.created,
            last_use: Mutex::new(self.last_use()),
            ..Self::new(id, secret, self.active, owner)
        }
    }

    /// When and for what it was used last; `None` before the first time.
    pub(crate) fn last_use(&self) -> Option<LastUse> {
        let last = self.last_use.lock();
        last.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Notes that it was used.
    pub(crate) fn note_use(&self, when: Timestamp, signed: &SignedRequest) {
        let (service, region) = (&signed.scope.service, &signed.scope.region);
        let mut last = self.last_use.lock().unwrap_or_else(PoisonError::into_inner);
        match &mut *last {
            Some(last) if last.service == *service && last.region == *region => last.when = when,
            last => {
                *last = Some(LastUse {
                    when,
                    service: service.clone(),
                    region: region.clone(),
                });
            }
        }
    }

    /// The signing key of a request: derived, or remembered from the last request of this access key.
    pub(crate) fn signing_key(&self, signed: &SignedRequest) -> SigningKey {
        let mut last = self
            .signing_key
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let wanted = (signed.algorithm, &signed.scope);
        match &*last {
            Some((algorithm, scope, key)) if (*algorithm, scope) == wanted => key.clone(),
            _ => {
                let key = signed.derive_key(&self.secret);
                *last = Some((signed.algorithm, signed.scope.clone(), key.clone()));
                key
            }
        }
    }

    /// Whether it is a user's.
    pub(crate) fn belongs_to(&self, owner: &AccountId, user: &str) -> bool {
        match &self.owner {
            KeyOwner::User { account, name } => account == owner && name == user,
            KeyOwner::Root(_) | KeyOwner::Session(_) => false,
        }
    }

    /// Whether it is a long-term key of a user, or of the root user where no name is given.
    pub(crate) fn is_of(&self, owner: &AccountId, user: Option<&str>) -> bool {
        match (user, &self.owner) {
            (Some(user), _) => self.belongs_to(owner, user),
            (None, KeyOwner::Root(account)) => account == owner,
            (None, _) => false,
        }
    }

    /// The name of the user that it is of; none of the root user's, and of temporary ones.
    pub(crate) fn user(&self) -> Option<&str> {
        match &self.owner {
            KeyOwner::User { name, .. } => Some(name),
            KeyOwner::Root(_) | KeyOwner::Session(_) => None,
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
    /// When an MFA device vouched for whoever began the session.
    pub(crate) mfa: Option<Timestamp>,
    /// Whether it is `AssumeRoot`'s.
    pub(crate) assumed_root: bool,
    /// What the session keeps of the identity provider that vouched for it.
    pub(crate) provider_keys: Vec<ContextKey>,
}

/// Whose session it is. The unique id binds it: whoever is deleted and made anew is someone else.
#[derive(Clone, Debug)]
pub(crate) enum SessionIdentity {
    /// The root user's (`GetSessionToken`, `AssumeRoot`).
    Root,
    /// A user's (`GetSessionToken`).
    User { name: String, id: String },
    /// A role's (`AssumeRole` and its kind).
    Role {
        name: String,
        id: String,
        session_name: String,
    },
    /// A federated user's (`GetFederationToken`).
    Federated {
        name: String,
        /// Name and unique id of the user that vouches for it; none where the root user does.
        by: Option<(String, String)>,
    },
}

impl Session {
    /// A plain session of a role, to ask about: nobody gets its credentials.
    pub(crate) fn of_role(role: &Role, session_name: &str, now: Timestamp) -> Self {
        Self {
            account: role.account.clone(),
            token: Secret::from(String::new()),
            issued: now,
            expires: now,
            identity: SessionIdentity::Role {
                name: role.name.clone(),
                id: role.id.clone(),
                session_name: session_name.to_owned(),
            },
            policies: None,
            tags: Tags::new(),
            transitive_tags: Vec::new(),
            source_identity: None,
            mfa: None,
            assumed_root: false,
            provider_keys: Vec::new(),
        }
    }

    /// The session tags that a chained session inherits.
    pub(crate) fn inherited_tags(&self) -> impl Iterator<Item = &(String, String)> {
        self.tags.iter().filter(|(key, _)| {
            self.transitive_tags
                .iter()
                .any(|t| t.eq_ignore_ascii_case(key))
        })
    }

    /// The condition keys that tell of the session.
    ///
    /// AWS: IAM User Guide, AWS global condition context keys, properties of the role session. Its pages disagree whether
    /// the MFA key is false or absent in role sessions; `CloudTrail` records false.
    pub(crate) fn describe(&self, now: Timestamp, context: &mut Context) {
        context.set("aws:TokenIssueTime", format!("{:.0}", self.issued));
        context.set("aws:MultiFactorAuthPresent", self.mfa.is_some().to_string());
        if let Some(since) = self.mfa {
            let age = now.duration_since(since).as_secs().max(0);
            context.set("aws:MultiFactorAuthAge", age.to_string());
        }
        if let Some(source_identity) = &self.source_identity {
            context.set("aws:SourceIdentity", source_identity.as_str());
        }
        if self.assumed_root {
            context.set("aws:AssumedRoot", "true");
        }
        for key in &self.provider_keys {
            key.set(context);
        }
    }
}
